"""Residents, households, roads and points of interest of the demonstration city, all invented."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
import shapely

from geodata.demo.history_parts.ground import PeopledGround
from geodata.demo.names import NOTICE
from geodata.demo.partition import City, to_metres
from geodata.denominators import Denominator
from routing.model import Place, PlaceKind

AS_OF = date(2025, 12, 31)
_PER_HOUSEHOLD = 2.4
"""Residents of a household; cities of Fujian had 2.3 to 2.6 in the census of 2020."""


def demo_denominators(city: City, places: Sequence[Place]) -> list[Denominator]:
    """All four measures of all four levels; a coarser level is the sum of its grids."""
    ground = PeopledGround(city)
    road_km = [float(shapely.length(shapely.intersection(ground.roads, one)).sum()) / 1000
               for one in ground.shapes]  # fmt: skip
    names = [place.geometry for place in places if place.kind is PlaceKind.POI]
    points = shapely.points(to_metres(shapely.get_coordinates(shapely.centroid(np.array(names)))))
    grid, _ = shapely.STRtree(points).query(ground.shapes, predicate="intersects")
    measured = {
        "population": ground.people,
        "household": np.round(ground.people / _PER_HOUSEHOLD),
        "road_km": np.round(road_km, 3),
        "poi": np.bincount(grid, minlength=len(ground.grids)),
    }
    return [
        Denominator(
            level=level,
            code=code,
            measure=measure,
            value=round(value, 3),
            as_of=AS_OF,
            source=NOTICE,
        )
        for measure, values in measured.items()
        for level, digits in (("district", 6), ("subdistrict", 9), ("community", 12), ("grid", 0))
        for code, value in _summed(
            (one.code[: digits or None] for one in ground.grids), map(float, values)
        ).items()
    ]


def _summed(codes: Iterable[str], values: Iterable[float]) -> dict[str, float]:
    total: dict[str, float] = {}
    for code, value in zip(codes, values, strict=True):
        total[code] = total.get(code, 0.0) + value
    return dict(sorted(total.items()))
