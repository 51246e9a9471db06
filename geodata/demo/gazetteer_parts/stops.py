"""Bus stops, one point for each direction, and metro stops with their exits."""

from __future__ import annotations

from collections.abc import Iterator

import shapely
from shapely.geometry import MultiPoint, Point

from geodata.demo.gazetteer_parts.ground import Ground, NamedRoad
from geodata.demo.layout import Point as Spot
from routing.model import Place, PlaceKind

_EVERY_M = 460.0
_SMALLEST_WIDTH_M = 14.0
_STAGGER_M = 30.0
"""Between the stops of the two directions, along the road."""
METROS: tuple[tuple[str, Spot], ...] = (
    ("东街口站", (60, -20)), ("南门兜站", (110, -1310)), ("屏山站", (150, 1000)),
    ("树兜站", (1085, 620)), ("西洪路站", (-2555, 662)), ("屏东站", (400, 1980)),
    ("水部站", (2120, -500)), ("左海站", (-1180, 1350)),
)  # fmt: skip
"""Metro stops and where they lie; 西洪路站 and 屏东站 stand beside their building sites."""
_EXITS = (("A", -38, 24), ("B", 40, 26), ("C", 42, -27), ("D", -36, -25))
FIXED: tuple[tuple[str, str, float], ...] = (
    ("西洪路公交站", "西洪路", 420.0),
    ("杨桥东路公交站", "杨桥东路", 900.0),
    ("五四路公交站", "五四路", 300.0),
)
"""(stop, road, metres from the road's beginning)."""


def stop_places(ground: Ground, named: list[Place]) -> Iterator[Place]:
    """All stops; a bus stop is called after the estate or road beside it in ``named``."""
    yield from _metros(ground)
    taken = {name for name, _ in METROS}
    number = 0
    for name, along_of, along in FIXED:
        number += 1
        taken.add(name)
        road = next(road for road in ground.roads if road.name == along_of)
        yield from _stop(ground, number, name, (), road, along)
    estates = [
        place for place in named if place.kind is PlaceKind.COMPOUND and "期" not in place.name
    ]
    tree = shapely.STRtree([place.geometry for place in estates])
    for road in ground.roads:
        if road.width_m < _SMALLEST_WIDTH_M:
            continue
        fixed = [along for _, name, along in FIXED if name == road.name]
        along = _EVERY_M / 2
        while along < road.main.length - 60:
            if all(abs(along - other) > 200 for other in fixed):
                crossing = _crossing(ground, road, along)
                here = ground.place(
                    id="", name="", kind=PlaceKind.STOP, shape=Point(road.beside(along, 0))
                ).geometry
                near = [estates[hit] for hit in tree.query_nearest(here, all_matches=False)]
                base = crossing or min((*near[0].aliases, near[0].name), key=len)
                name, aliases = f"{base}公交站", (f"{base}站", f"{base}站台")
                if name in taken:
                    base = min((*near[0].aliases, near[0].name), key=len)
                    name, aliases = f"{base}公交站", (f"{base}站", f"{base}站台")
                if name not in taken:
                    taken.add(name)
                    number += 1
                    kept = tuple(alias for alias in aliases if alias not in taken)
                    yield from _stop(ground, number, name, kept, road, along)
            along += _EVERY_M


def _crossing(ground: Ground, road: NamedRoad, along: float) -> str:
    """``五四路口``-like, where another wide road is crossed within 90 m; else empty."""
    at = Point(road.beside(along, 0))
    near = [
        other
        for other in ground.roads
        if other.name != road.name and other.width_m >= 14 and other.line.distance(at) < 90
    ]
    return f"{min(near, key=lambda one: float(one.line.distance(at))).name}口" if near else ""


def _stop(
    ground: Ground, number: int, name: str, aliases: tuple[str, ...], road: NamedRoad, along: float
) -> Iterator[Place]:
    off = road.width_m / 2 + 3
    one = Point(road.beside(along, off))
    other = Point(road.beside(min(along + _STAGGER_M, road.main.length - 5), -off))
    if number % 7 == 3:  # recorded once, for both directions
        yield ground.place(
            id=f"demo-stop-{number:03d}",
            name=name,
            kind=PlaceKind.STOP,
            shape=MultiPoint([one, other]),
            aliases=aliases,
            road=road.name,
        )
        return
    for letter, at in (("a", one), ("b", other)):
        yield ground.place(
            id=f"demo-stop-{number:03d}{letter}",
            name=name,
            kind=PlaceKind.STOP,
            shape=at,
            aliases=aliases,
            road=road.name,
        )


def _metros(ground: Ground) -> Iterator[Place]:
    for number, (name, (x, y)) in enumerate(METROS, start=1):
        base = name.removesuffix("站")
        yield ground.place(
            id=f"demo-metro-{number}",
            name=name,
            kind=PlaceKind.STOP,
            shape=Point(x, y),
            aliases=(f"{base}地铁站", f"地铁{name}"),
        )
        for letter, east, north in _EXITS:
            yield ground.place(
                id=f"demo-metro-{number}-{letter}",
                name=f"{name}{letter}口",
                kind=PlaceKind.GATE,
                shape=Point(x + east, y + north),
                aliases=(f"{base}地铁站{letter}口", f"{name}{letter}出口", f"地铁{name}{letter}口"),
                road=name,
                number=f"{letter}口",
            )
