"""House numbers: odd on the left, ten metres of frontage each, and many of them not recorded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry import Point

from geodata.demo.gazetteer_parts.ground import Ground, NamedRoad
from geodata.demo.partition import to_degrees
from routing.model import Place, PlaceKind

FRONTAGE_M = 10.0
"""Of one house on its side; numbers rise by two with each."""
SETBACK_M = 8.0
"""From the kerb to the middle of the front rooms."""
_RECORDED = 0.6
"""Share of the numbers that the gazetteer has; the others lie between them."""
_STRETCH_M = (260.0, 480.0)
"""Length of the stretch that has no number at all, on roads longer than _LONG_M."""
_LONG_M = 1_500.0
_SUB_NUMBERS = 0.03
_SURE: dict[str, tuple[int, ...]] = {
    "津泰路": (98,), "西洪路": (30, 59), "杨桥东路": (107,), "中军后": (6,), "东泰路": (18,),
}  # fmt: skip
"""Numbers that are recorded whatever the dice say: texts of documents and tests name them."""
_RANGES = 0.012


def house_place(road: NamedRoad, number: int) -> Point:
    """Where a number stands by the rule of this city, local metres; also one never built."""
    along = ((number - 1) // 2 + 0.5) * FRONTAGE_M
    off = road.width_m / 2 + SETBACK_M
    return Point(road.beside(along, off if number % 2 else -off))


def house_number(road: NamedRoad, at: Point) -> int:
    """The number whose frontage is nearest to a place in local metres."""
    along = min(float(road.main.project(at)), road.main.length - 0.1)
    here = np.array(road.beside(along, 0.0))
    left = np.array(road.beside(along, 1.0)) - here
    on_left = float(left @ (np.array([at.x, at.y]) - here)) >= 0
    return 2 * int(along / FRONTAGE_M) + (1 if on_left else 2)


def last_number(road: NamedRoad) -> int:
    """The highest number a road has room for."""
    return 2 * int(road.main.length / FRONTAGE_M)


def address_places(ground: Ground) -> Iterator[Place]:
    """The recorded numbers, road by road and rising."""
    carriageways = ground.carriageways()
    shapely.prepare(carriageways)
    district = ground.city.district.geometry
    shapely.prepare(district)
    for road in ground.roads:
        rng = ground.rng(f"addresses {road.id}")
        for number, written in _numbers(road, rng):
            at = house_place(road, number)
            if carriageways.contains(at):
                continue  # the corner of a crossing
            if not district.covers(shapely.transform(at, to_degrees)):
                continue
            yield ground.place(
                id=f"demo-addr-{road.id[-3:]}-{written}",
                name=f"{road.name}{written}号",
                kind=PlaceKind.ADDRESS,
                shape=at,
                road=road.name,
                number=written,
            )


def _numbers(road: NamedRoad, rng: np.random.Generator) -> Iterator[tuple[int, str]]:
    """(number that gives the place, number as written)."""
    last = last_number(road)
    empty = (0, 0)
    if road.main.length > _LONG_M:
        length = rng.uniform(*_STRETCH_M)
        start = rng.uniform(0.3, 0.7) * (road.main.length - length)
        empty = (2 * int(start / FRONTAGE_M), 2 * int((start + length) / FRONTAGE_M))
    for number in range(1, last + 1):
        kept, sub, span = rng.random(3)
        sure = number in _SURE.get(road.name, ())
        if not sure and (kept > _RECORDED or empty[0] <= number < empty[1]):
            continue
        yield number, str(number)
        if sub < _SUB_NUMBERS:
            for part in range(1, 4):
                yield number, f"{number}-{part}"
        elif span < _RANGES and number + 6 <= last:
            yield number + 2, f"{number}-{number + 6}"
