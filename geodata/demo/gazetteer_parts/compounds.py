"""Estates with their buildings and gates: those of the overlays, and one in most other grids."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Point, Polygon
from shapely.ops import split

from geodata.demo.gazetteer_parts.ground import Ground
from geodata.demo.partition import to_metres
from routing.model import Place, PlaceKind

_ENDINGS = ("佳园", "华庭", "雅居", "花苑", "嘉园", "家园", "名居", "公馆")
_BRANDS = ("榕信", "闽江", "三江", "海晏")
"""Invented builders; citizens leave them away."""
_SMALLEST_M = 22.0
"""Radius of the free circle in a grid below which no estate is put there."""
_BUILDING_STEP_M = 40.0
_PHASED_EVERY = 9
_SIDES = ("南", "东", "北", "西")


def compound_places(ground: Ground) -> Iterator[Place]:
    """Every estate, then its phases, buildings and gates."""
    for number, (id, name, aliases, area) in enumerate(_estates(ground)):
        yield ground.place(id=id, name=name, kind=PlaceKind.COMPOUND, shape=area, aliases=aliases)
        if number % _PHASED_EVERY == 4:
            yield from _phases(ground, id, name, area)
        yield from _buildings(ground, id, name, area)
        yield from _gates(ground, id, name, area, number)


def _estates(ground: Ground) -> Iterator[tuple[str, str, tuple[str, ...], Polygon]]:
    known: set[str] = set()
    for overlay in ground.overlays:
        if overlay.kind == "compound":
            area = shapely.transform(overlay.geometry, to_metres)
            known.add(overlay.name)
            yield f"demo-compound-{overlay.code[-2:]}", overlay.name, (), area
    taken = shapely.union_all(
        [shapely.transform(o.geometry, to_metres) for o in ground.overlays]
        + [road.line.buffer(road.width_m / 2 + 2) for road in ground.roads]
    )
    firsts = {cell.code: f"{cell.code}001" for cell in ground.city.communities}
    number = 100
    for grid in ground.city.grids:
        if grid.code == firsts[str(grid.parent_code)]:
            continue
        free = shapely.transform(grid.geometry, to_metres).difference(taken)
        circle = shapely.maximum_inscribed_circle(free, tolerance=2.0)
        if circle.length < _SMALLEST_M:
            continue
        centre, half = np.array(circle.coords[0]), min(80.0, 0.62 * circle.length)
        stem = _stem(ground, Point(centre))
        endings = [_ENDINGS[(number + step) % len(_ENDINGS)] for step in range(len(_ENDINGS))]
        name = next(stem + ending for ending in endings if stem + ending not in known)
        known.add(name)
        box = np.array([[-1, -0.7], [0.9, -0.8], [1, 0.6], [-0.9, 0.75]]) * half
        brand = _BRANDS[number % len(_BRANDS)] if number % 3 == 0 else ""
        number += 1
        yield (
            f"demo-compound-{number}",
            brand + name,
            (name,) if brand else (),
            Polygon(box + centre),
        )


def _stem(ground: Ground, at: Point) -> str:
    """Of the nearest road whose name is a stem and a plain 路 or 街."""
    fitting = [road for road in ground.roads if road.name[-1] in "路街" and len(road.name) <= 4]
    nearest = min(fitting, key=lambda road: float(road.line.distance(at)))
    return nearest.name[:-1]


def _phases(ground: Ground, id: str, name: str, area: Polygon) -> Iterator[Place]:
    west, south, east, north = area.bounds
    middle = (west + east) / 2
    cut = LineString([(middle, south - 10), (middle, north + 10)])
    halves = sorted(split(area, cut).geoms, key=lambda part: float(part.centroid.x))
    for digit, word, half in zip("12", "一二", halves, strict=True):
        yield ground.place(
            id=f"{id}-p{digit}",
            name=f"{name}{word}期",
            kind=PlaceKind.COMPOUND,
            shape=half,
            aliases=(f"{name}{digit}期",),
        )


def _buildings(ground: Ground, id: str, name: str, area: Polygon) -> Iterator[Place]:
    """Numbered from the north-west, row by row, on a lattice inside the estate."""
    west, south, east, north = area.bounds
    rows = np.arange(north - 12, south, -_BUILDING_STEP_M)
    columns = np.arange(west + 12, east, _BUILDING_STEP_M)
    lattice = [Point(x, y) for y in rows for x in columns]
    inner = area.buffer(-6)
    standing = [at for at in lattice if inner.contains(at)] or [area.representative_point()]
    for number, at in enumerate(standing, start=1):
        yield ground.place(
            id=f"{id}-b{number}",
            name=f"{name}{number}号楼",
            kind=PlaceKind.BUILDING,
            shape=at,
            road=name,
            number=str(number),
        )


def _gates(ground: Ground, id: str, name: str, area: Polygon, number: int) -> Iterator[Place]:
    """A south gate everywhere, others at some."""
    x, y = area.centroid.x, area.centroid.y
    ways = {"南": (0, -300), "北": (0, 300), "东": (300, 0), "西": (-300, 0)}
    sides = ("南", *(side for step, side in enumerate(_SIDES[1:]) if (number >> step) & 1))
    for side in sides:
        ray = LineString([(x, y), (x + ways[side][0], y + ways[side][1])])
        at = ray.intersection(area.exterior)
        if isinstance(at, MultiPoint):
            at = at.geoms[0]
        yield ground.place(
            id=f"{id}-g{'南北东西'.index(side) + 1}",
            name=f"{name}{side}门",
            kind=PlaceKind.GATE,
            shape=at,
            road=name,
            number=f"{side}门",
            aliases=(f"{name}{side}大门",),
        )
