"""Places that are lines: a stretch of a road between two things, and what lies between them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from datetime import date

import shapely
from shapely.geometry import LineString, MultiPoint, Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from routing.geocoding.ground import Ground
from routing.geocoding.mentions import Mention, Shape
from routing.geocoding.placed import Placed, Said
from routing.geocoding.roads import Road
from routing.geocoding.tokens import Token
from routing.geocoding.uncertainty import RADII_M
from routing.model import LocationPrecision, PlaceKind

END_BESIDE_M = 250.0
"""Metres. An end of a stretch farther than this from the carrier does not lie on it."""

FARTHEST_BETWEEN_M = 1200.0
"""Metres between two things with something 'between' them; beyond, people would say otherwise."""

_POST = re.compile(r"K?(\d+)(?:\+(\d+)|公里\+?(\d+)?)?")

PlaceEnd = Callable[[Mention, date], list[Placed]]


def segments(mention: Mention, ground: Ground, day: date, place: PlaceEnd) -> list[Placed]:
    """``A到B``: the part of the carrier between the two ends, for every carrier that fits."""
    assert mention.first is not None and mention.last is not None
    found: list[Placed] = []
    for road, cost, said in _carriers(mention, ground, day):
        first = _ends(mention.first, road, ground, day, place)
        last = _ends(mention.last, road, ground, day, place)
        for part, ids, more in _spans(road, first, last):
            words = Said(f"{road.name}（{_name(mention.first)}—{_name(mention.last)}）", "路段")
            penalties = {**cost, **more} | ({} if said else {"carrier_unsaid": 0.2})
            found.append(
                Placed(
                    part,
                    RADII_M[LocationPrecision.SEGMENT],
                    LocationPrecision.SEGMENT,
                    (*road.place_ids, *ids),
                    words,
                    penalties,
                    road,
                )
            )
    if not found and mention.other is not None:  # the carrier is said: somewhere along it
        return [
            Placed(
                road.line,
                RADII_M[LocationPrecision.ROAD],
                LocationPrecision.ROAD,
                road.place_ids,
                Said(road.name, "两端不在这条路上，整条道路"),
                {**cost, "no_carrier": 0.8},
                road,
            )
            for road, cost in ground.roads_of(mention.name, day)
        ]
    return found or _straight(mention, day, place)


def _carriers(
    mention: Mention, ground: Ground, day: date
) -> list[tuple[Road, dict[str, float], bool]]:
    """Roads the stretch may run along, and whether the text says so."""
    assert mention.first is not None and mention.last is not None
    if mention.other is not None:
        return [(road, cost, True) for road, cost in ground.roads_of(mention.name, day)]
    ends = (mention.first, mention.last)
    for end in ends:
        if end.near is not None:  # 津泰路津泰华庭到五一北路口: along 津泰路
            return [(road, cost, True) for road, cost in ground.roads_of(end.near, day)]
    lasts = {road.number for road, _ in ground.roads_of(mention.last.name, day)}
    for end, other in (ends, ends[::-1]):
        if end.shape is Shape.CROSSING:  # A路B路到C路: along A
            wanted = {road.number for road, _ in ground.roads_of(other.other, day)} | lasts
            own = ground.roads_of(end.name, day)
            crossed = ground.roads_of(end.other, day)
            shared = [one for one in crossed if one[0].number in wanted]
            return [(road, cost, True) for road, cost in (shared or own)]
    if all(end.shape in (Shape.ROAD, Shape.JUNCTION) for end in ends):
        meeting = [[road for road, _ in ground.roads_of(end.name, day)] for end in ends]
        third = _meeting_both(meeting[0], meeting[1], ground)
        if third:  # A路到B路: along a third road that meets both
            return [(road, {}, False) for road in third]
    for end in ends:
        if end.shape in (Shape.JUNCTION, Shape.HOUSE, Shape.STOP_ON_ROAD):
            return [(road, cost, True) for road, cost in ground.roads_of(end.name, day)]
    both = [
        [road for road, _ in ground.roads_of(end.name, day)]
        for end in ends
        if end.shape is Shape.ROAD
    ]
    if len(both) == 1:
        named = ends[0] if ends[1].shape is Shape.ROAD else ends[1]
        at = [ground.metres(n) for n, _ in ground.meant(named.name, PlaceKind, day)]
        beside = [road for road in both[0] if at and road.line.distance(at[0]) <= END_BESIDE_M]
        if not beside and at:  # 凤凰池站到梅峰路: along the station's road, which meets the other
            across = {road.number for one in both[0] for _, road in ground.roads.crossings(one)}
            beside = [road for road in ground.roads.near(at[0], 80.0) if road.number in across]
        return [(road, {}, False) for road in beside[:3]]
    shapes = [
        [ground.metres(n) for n, _ in ground.meant(end.name, PlaceKind, day)][:3] for end in ends
    ]
    if not all(shapes):
        return []
    near = [
        {road.number: road for shape in some for road in ground.roads.near(shape, 120.0)}
        for some in shapes
    ]
    common = [road for number, road in near[0].items() if number in near[1]]
    return [(road, {}, False) for road in common[:3]]


def _meeting_both(first: list[Road], last: list[Road], ground: Ground) -> list[Road]:
    found: list[tuple[float, Road]] = []
    for a in first:
        for b in last:
            if a.number == b.number:
                continue
            across = {road.number for _, road in ground.roads.crossings(b)}
            for point, road in ground.roads.crossings(a):
                if road.number in across and road.number != b.number:
                    found.append((point.distance(b.line), road))
    found.sort(key=lambda one: (one[0], one[1].number))
    return list({road.number: road for _, road in found}.values())[:3]


def _ends(
    end: Mention, road: Road, ground: Ground, day: date, place: PlaceEnd
) -> list[tuple[float, tuple[str, ...], float]]:
    """Where along the carrier an end may lie: metres, gazetteer ids, penalty."""
    if end.shape is Shape.JUNCTION and not _other_road(end, road, ground, day):
        named = ground.named_junctions(road)
        if named:
            return [(road.along(ground.metres(n)), (ground.places[n].id,), 0.0) for n in named]
        return [(road.along(point), (), 0.0) for point, _ in ground.roads.crossings(road)]
    if end.shape in (Shape.ROAD, Shape.JUNCTION, Shape.CROSSING):
        found: list[tuple[float, tuple[str, ...], float]] = []
        for token in (end.name, end.other):
            for other, cost in ground.roads_of(token, day):
                if other.number == road.number:
                    continue
                points, real = ground.roads.meeting(road, other)
                size = sum(cost.values()) + (0.0 if real else 0.3)
                found += [(road.along(point), other.place_ids, size) for point in points]
        return found
    return [
        (road.along(one.geometry), one.place_ids, one.penalty)
        for one in place(end, day)
        if road.line.distance(one.geometry) <= END_BESIDE_M
    ]


def _other_road(end: Mention, road: Road, ground: Ground, day: date) -> bool:
    return all(one.number != road.number for one, _ in ground.roads_of(end.name, day))


def _spans(
    road: Road,
    first: list[tuple[float, tuple[str, ...], float]],
    last: list[tuple[float, tuple[str, ...], float]],
) -> list[tuple[LineString, tuple[str, ...], dict[str, float]]]:
    """Stretches between the ends; where an end is one of several junctions, the nearest on each
    side of the other end are meant together."""
    if not first or not last:
        return []
    many, one = (first, last) if len(first) >= len(last) else (last, first)
    if len(many) > 1 and len(one) == 1 and all(not ids for _, ids, _ in many):
        at = one[0][0]
        left = [m[0] for m in many if m[0] < at - 5]
        right = [m[0] for m in many if m[0] > at + 5]
        low, high = max(left, default=at), min(right, default=at)
        part = road.part(low, high)
        both = {"endpoint_ambiguous": 0.3} if left and right else {}
        return [(part, one[0][1], both)] if part is not None else []
    found = []
    for a, ids_a, cost_a in first:
        for b, ids_b, cost_b in last:
            part = road.part(a, b)
            if part is not None:
                cost = {"end": cost_a + cost_b} if cost_a + cost_b else {}
                found.append((part, (*ids_a, *ids_b), cost))
    found.sort(key=lambda one: (sum(one[2].values()), one[0].length))
    return found[:3]


def _straight(mention: Mention, day: date, place: PlaceEnd) -> list[Placed]:
    """No carrier: the line between the nearest points of the two ends, as a guess."""
    assert mention.first is not None and mention.last is not None
    return between(mention, day, place, penalty=0.8)


def between(mention: Mention, day: date, place: PlaceEnd, penalty: float = 0.0) -> list[Placed]:
    """What lies between two things, or where they meet: from the nearest point of one to the
    nearest of the other."""
    assert mention.first is not None and mention.last is not None
    found: list[Placed] = []
    for a in place(mention.first, day)[:4]:
        for b in place(mention.last, day)[:4]:
            gap = a.geometry.distance(b.geometry)
            if gap > FARTHEST_BETWEEN_M:
                continue
            p, q = nearest_points(a.geometry, b.geometry)
            line: BaseGeometry = LineString([p, q]) if p.distance(q) > 5 else p
            if a.road is not None and b.road is not None and a.road.number == b.road.number:
                part = a.road.part(a.road.along(a.geometry), b.road.along(b.geometry))
                line = part if part is not None else line
            penalties = {**_sum(a, b)} | ({"no_carrier": penalty} if penalty else {})
            words = Said(f"{_name(mention.first)}与{_name(mention.last)}之间", "两处之间")
            found.append(
                Placed(
                    line,
                    55.0 if line.geom_type == "LineString" else 60.0,
                    LocationPrecision.VICINITY,
                    (*a.place_ids, *b.place_ids),
                    words,
                    penalties,
                    a.road,
                )
            )
    found.sort(key=lambda one: (one.penalty, one.geometry.length))
    return found[:3]


def _sum(a: Placed, b: Placed) -> dict[str, float]:
    return {
        name: a.penalties.get(name, 0.0) + b.penalties.get(name, 0.0)
        for name in {**a.penalties, **b.penalties}
    }


def _name(end: Mention) -> str:
    def of(token: Token | None) -> str:
        return token.text if token is not None else ""

    if end.shape is Shape.CROSSING:
        return f"{of(end.name)}与{of(end.other)}路口"
    if end.shape is Shape.JUNCTION:
        return f"{of(end.name)}路口"
    return of(end.name) + end.number


def chainage(mention: Mention, road: Road, ground: Ground) -> Placed | None:
    """公里桩: between registered posts where there are some, else measured from both ends."""
    found = _POST.match(mention.number)
    if found is None:
        return None
    metres = int(found[1]) * 1000 + int(found[2] or found[3] or 0)
    words = Said(f"{road.name} {mention.number}", "公里桩")
    posts: list[tuple[int, float, str]] = []
    for number in ground.parts.get(road.name, ()):
        post = _POST.fullmatch(ground.places[number].number.upper())
        if post is not None and "K" in ground.places[number].number.upper():
            said = int(post[1]) * 1000 + int(post[2] or post[3] or 0)
            posts.append((said, road.along(ground.metres(number)), ground.places[number].id))
    posts.sort()
    for low, high in itertools.pairwise(posts):
        if low[0] <= metres <= high[0] and high[0] > low[0]:
            part = (metres - low[0]) / (high[0] - low[0])
            at = road.point(low[1] + part * (high[1] - low[1]))
            return Placed(
                at,
                60.0,
                LocationPrecision.CHAINAGE,
                (*road.place_ids, low[2], high[2]),
                words,
                {},
                road,
            )
    length = road.axis.length
    if len(posts) >= 2:  # beyond the posts: on at their pace
        first, last = posts[0], posts[-1]
        pace = (last[1] - first[1]) / (last[0] - first[0]) if last[0] > first[0] else 0.0
        near = first if metres < first[0] else last
        along = near[1] + (metres - near[0]) * pace
        if not pace or not -100.0 <= along <= length + 100.0:
            return None
        return Placed(
            road.point(along),
            100.0,
            LocationPrecision.CHAINAGE,
            (*road.place_ids, near[2]),
            words,
            {"chainage_origin": 0.2},
            road,
        )
    if posts or metres > length + 200.0:
        return None
    ends = MultiPoint([road.point(metres), road.point(length - metres)])
    return Placed(
        ends,
        RADII_M[LocationPrecision.CHAINAGE],
        LocationPrecision.CHAINAGE,
        road.place_ids,
        words,
        {"chainage_origin": 0.5},
        road,
    )


def tail(road: Road, part: str) -> BaseGeometry | None:
    """中段, 东段, 尽头 of a road: a third of it, or its ends."""
    length = road.axis.length
    if part in ("中段", "中部"):
        return road.part(length / 3, 2 * length / 3)
    start, end = Point(road.axis.coords[0]), Point(road.axis.coords[-1])
    if part in ("尽头", "末端", "起点", "头"):
        return shapely.union_all([start, end])
    east, north = end.x - start.x, end.y - start.y
    ahead = {"东段": east, "西段": -east, "北段": north, "南段": -north}.get(part, 0.0)
    if not ahead:
        return None
    return road.part(length * 0.6, length) if ahead > 0 else road.part(0.0, length * 0.4)
