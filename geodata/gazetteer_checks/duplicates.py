"""One thing entered twice: the same name and kind at one spot, the same address twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import shapely

from geodata.findings import Severity
from geodata.gazetteer_checks.crowd import Crowd, called, together
from geodata.gazetteer_checks.ground import Ground
from routing.model import Place, PlaceKind

_SAME_M = 50.0
"""Two entries of one name and kind nearer than this are one thing surveyed twice: two surveys of
one door differ by a house's depth, two shops of a chain are rarely in one block."""

_SAME_STOP_M = 5.0  # a stop has an entry per direction, as far apart as the road is wide

_OVERLAP = 0.8
"""Share of the shorter road within ``_LANE_M`` of the other: the same road drawn twice. Pieces that
follow each other share only their ends."""
_LANE_M = 10.0

_PAIRWISE = 6
"""Members up to which all pairs are tried: of ten, an index is 2.5 times as fast (0.03 ms),
of sixty forty times."""


def duplicate_findings(ground: Ground, crowd: Crowd) -> None:
    """Note pairs of places that are one; names that were in use at different times are not."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    doors: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, place in enumerate(ground.places):
        if place.kind is PlaceKind.ADDRESS and place.road and place.number:
            doors[place.road, place.number].append(at)
        else:
            groups[place.name, place.kind.value].append(at)
    for members in groups.values():
        if len(members) > 1:
            _same_name(ground, members, crowd)
    for (road, number), members in doors.items():
        if len(members) > 1:
            _same_door(ground, road, number, members, crowd)


def _pairs(ground: Ground, members: list[int], within: float) -> Iterator[tuple[int, int]]:
    if len(members) <= _PAIRWISE:
        yield from combinations(members, 2)
        return
    shapes = ground.metres[members]
    # Thousands of entries on one spot would make millions of pairs: each is held against the first.
    first: dict[bytes, int] = {}
    alone = []
    for at, wkb in enumerate(shapely.to_wkb(shapes)):
        if wkb in first:
            yield members[first[wkb]], members[at]
        else:
            first[wkb] = at
            alone.append(at)
    tree = shapely.STRtree(shapes[alone])
    left, right = tree.query(shapes[alone], predicate="dwithin", distance=within)
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        if one < other:
            yield members[alone[one]], members[alone[other]]


def _same_name(ground: Ground, members: list[int], crowd: Crowd) -> None:
    kind = ground.places[members[0]].kind
    within = _SAME_STOP_M if kind is PlaceKind.STOP else _SAME_M
    for one, other in _pairs(ground, members, within):
        first, second = ground.places[one], ground.places[other]
        if not together(first, second) or _told_apart(first, second):
            continue
        a, b = ground.metres[one], ground.metres[other]
        apart = float(shapely.distance(a, b))
        if apart > within or (kind in (PlaceKind.ROAD, PlaceKind.WATER) and not _overlap(a, b)):
            continue
        crowd.add(
            "duplicate_place",
            Severity.WARNING,
            f"{called(first)}与{called(second)}同名同类，相距 {apart:.0f} 米",
            "同一地名只留一条，其余删去；确是两处的，在名称中区分",
            [first, second],
        )


def _told_apart(one: Place, other: Place) -> bool:
    """Numbers or owners that differ: poles of one road, gates and buildings of two compounds."""
    return (one.number, one.road) != (other.number, other.road)


def _overlap(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    short, long = sorted((one, other), key=shapely.length)
    if shapely.get_dimensions(short) != 1 or not shapely.length(short):
        return bool(shapely.intersects(one, other))
    # A buffer of two points per quarter is right to 8 % of the lane.
    inside = shapely.intersection(short, shapely.buffer(long, _LANE_M, quad_segs=2))
    return bool(shapely.length(inside) >= _OVERLAP * shapely.length(short))


def _same_door(ground: Ground, road: str, number: str, members: list[int], crowd: Crowd) -> None:
    several = len(ground.roads.get(road, ())) > 1
    for one, other in _pairs(ground, members, _SAME_M):
        first, second = ground.places[one], ground.places[other]
        apart = float(shapely.distance(ground.metres[one], ground.metres[other]))
        if not together(first, second) or not np.isfinite(apart):
            continue
        if apart > _SAME_M and several:
            continue  # each may belong to another road of the name
        crowd.add(
            "duplicate_address",
            Severity.WARNING,
            f"{road} {number} 号有两条：{called(first)}与{called(second)}，相距 {apart:,.0f} 米",
            "同一门牌只留一条"
            if apart <= _SAME_M
            else "核对两处的 road 和 number：其中一处有误，或是另一条同名道路",
            [first, second],
        )
