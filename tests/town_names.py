"""A small gazetteer for the drawn towns of the web and browser tests, put in force for real."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from shapely import LineString, Point
from sqlalchemy import Engine

from geodata.gazetteer import LoadedGazetteer
from geodata.gazetteer_files.declaration import GazetteerSource
from geodata.store import gazetteer_versions
from routing.model import Place, PlaceKind

FIRST_DAY = date(2020, 1, 1)
VERSION = "测试地名@2026-01-01#00000001"


def publish(engine: Engine, places: list[Place], version: str = VERSION) -> None:
    """Stage the places and activate them."""
    gazetteer_versions.activate(engine, stage(engine, places, version), FIRST_DAY, "test")


def stage(engine: Engine, places: list[Place], version: str = VERSION) -> int:
    """Stage the places; return the version's id."""
    source = GazetteerSource(file=Path("names.csv"), name="测试地名", crs="EPSG:4326")
    loaded = LoadedGazetteer(places, version, source=source, sha256=version)
    return gazetteer_versions.stage(engine, loaded, "test")


def in_a_row(west: float, south: float, step: float) -> list[Place]:
    """Places in four grids side by side, numbered from 0; middle of a grid at half a step.

    西洪路 runs from grid 0 into grid 2; its numbers 5, 50, 59 lie in grid 1, 阳光小区 in grid 3.
    """

    def at(column: float) -> Point:
        return Point(west + column * step, south + step / 2)

    road = LineString([at(0.2), at(2.6)])
    made = [
        Place(id="r-xh", name="西洪路", kind=PlaceKind.ROAD, geometry=road),
        Place(
            id="r-dj",
            name="道教文化街",
            kind=PlaceKind.ROAD,
            geometry=LineString([at(3.1), at(3.9)]),
        ),
        Place(id="c-yg", name="阳光小区", kind=PlaceKind.COMPOUND, geometry=at(3.5)),
        Place(id="p-xh", name="西洪小学", kind=PlaceKind.POI, geometry=at(2.5)),
    ]
    made += [
        Place(
            id=f"a-xh-{number}",
            name=f"西洪路{number}号",
            kind=PlaceKind.ADDRESS,
            geometry=at(column),
            road="西洪路",
            number=number,
        )
        for number, column in (("5", 1.2), ("50", 1.4), ("59", 1.5))
    ]
    return made
