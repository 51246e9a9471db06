"""对面, 附近, 往北20米, 路东: words that move a place, each as a geometry with its own size."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

from routing.geocoding.mentions import Mention
from routing.geocoding.numbers import value
from routing.geocoding.placed import Placed
from routing.geocoding.plane import XY
from routing.geocoding.roads import Road, Roads
from routing.geocoding.sides import corner, own_side
from routing.geocoding.stretches import tail
from routing.geocoding.tokens import Token
from routing.geocoding.uncertainty import NEARBY_M, OFFSET_SHARE, RADII_M, SECTOR_DEG
from routing.model import LocationPrecision

COMPASS: dict[str, XY] = {
    "东": (1.0, 0.0),
    "西": (-1.0, 0.0),
    "南": (0.0, -1.0),
    "北": (0.0, 1.0),
}
for _first in "东西":
    for _second in "南北":
        _x, _y = COMPASS[_first][0], COMPASS[_second][1]
        COMPASS[_first + _second] = (_x / math.sqrt(2), _y / math.sqrt(2))

ROAD_SIDE_M = 12.0
"""Metres from a road's middle to what stands at its side: half of a usual carriageway and
pavement."""

ACROSS_M = 18.0
"""Metres from a road's middle to the fronts across it, where the near front does not tell."""

CORNER_ROADS_M = 25.0
"""Metres from a crossing's point to the middles of its roads."""

ALONG_BEND_COS = 0.6
"""A road goes 'north' where it turns from north by no more than 53 degrees."""

_ON_ROADS = frozenset({LocationPrecision.JUNCTION, LocationPrecision.CHAINAGE})
"""From a crossing people go along a road; from anything else they point."""

_UNITS = {"公里": 1000.0, "千米": 1000.0, "米": 1.0, "M": 1.0}
_POINTS = ("Point", "MultiPoint")


def modified(placed: Placed, mention: Mention, roads: Roads) -> Placed:
    """The place after all its modifiers, in the order of the text."""
    for token in mention.modifiers:
        change = _CHANGES.get(token.kind)
        if change is not None:
            moved = change(placed, token, mention, roads)
            if moved is not placed:
                if moved.ground is placed.ground:  # it was cut for the place before
                    moved = replace(moved, ground=None)
                words = placed.words._replace(name=placed.words.name + _said(token))
                placed = replace(moved, words=words)
    return placed


def _said(token: Token) -> str:
    return token.text.strip("的,处")


def _opposite(placed: Placed, token: Token, mention: Mention, roads: Roads) -> Placed:
    """The other side of the carrier, else of the nearest road; around the anchor where none is."""
    road = _carrier(placed, roads)
    if road is None or placed.geometry.geom_type not in (*_POINTS, "Polygon", "MultiPolygon"):
        return _around(placed, RADII_M[LocationPrecision.OPPOSITE], LocationPrecision.OPPOSITE)
    if placed.geometry.geom_type in _POINTS:
        across = [_across(road, point) for point in shapely.get_parts(placed.geometry)]
        geometry = across[0] if len(across) == 1 else MultiPoint(across)
        return replace(placed, geometry=geometry, precision=LocationPrecision.OPPOSITE, road=road,
                       radius_m=max(placed.radius_m, 50.0))  # fmt: skip
    front = road.axis.intersection(placed.geometry.buffer(60.0))
    if front.is_empty or front.length < 5:
        return _around(placed, RADII_M[LocationPrecision.OPPOSITE], LocationPrecision.OPPOSITE)
    part = road.part(road.along(Point(front.bounds[:2])), road.along(Point(front.bounds[2:])))
    if part is None:
        return _around(placed, RADII_M[LocationPrecision.OPPOSITE], LocationPrecision.OPPOSITE)
    side = -1.0 if _left_of(road, placed.geometry.representative_point()) else 1.0
    strip = part.buffer(side * 45.0, single_sided=True)
    return replace(placed, geometry=_polygon(strip, part), precision=LocationPrecision.OPPOSITE,
                   radius_m=20.0, road=road)  # fmt: skip


def _across(road: Road, point: Point) -> Point:
    along = road.along(point)
    foot, heading = road.point(along), road.heading(along)
    aside = heading[0] * (point.y - foot.y) - heading[1] * (point.x - foot.x)
    far = max(abs(aside), ACROSS_M) if abs(aside) < 60 else ACROSS_M
    sign = -1.0 if aside >= 0 else 1.0
    return Point(foot.x - heading[1] * sign * far, foot.y + heading[0] * sign * far)


def _left_of(road: Road, point: Point) -> bool:
    along = road.along(point)
    foot, heading = road.point(along), road.heading(along)
    return float(heading[0] * (point.y - foot.y) - heading[1] * (point.x - foot.x)) >= 0


def _carrier(placed: Placed, roads: Roads) -> Road | None:
    if placed.road is not None:
        return placed.road
    near = roads.near(placed.geometry, 80.0)
    return near[0] if near else None


def _around(placed: Placed, radius_m: float, precision: LocationPrecision) -> Placed:
    """A larger size around the same geometry; lines keep their width."""
    if placed.geometry.geom_type in _POINTS:
        return replace(placed, radius_m=max(placed.radius_m, radius_m), precision=precision)
    if placed.geometry.geom_type in ("Polygon", "MultiPolygon"):
        wider = placed.geometry.buffer(max(0.0, radius_m - placed.radius_m), quad_segs=4)
        return replace(placed, geometry=wider, precision=precision)
    return placed


_IS_THE_HOUSE = re.compile(
    r"的?(?:大?门口|大?门|门前|门外|店门口|楼下|楼前|门头|门面|店面|店铺|沿街店面|台阶)"
)
"""Words behind a house that mean the house itself, seen from the street."""
_HOUSES = frozenset(
    {LocationPrecision.DOOR, LocationPrecision.DOOR_BETWEEN, LocationPrecision.BUILDING}
)


def _beside(placed: Placed, token: Token, mention: Mention, roads: Roads) -> Placed:
    if _IS_THE_HOUSE.match(token.text) is not None and placed.precision in _HOUSES:
        return placed
    radius = min(RADII_M[LocationPrecision.VICINITY], placed.radius_m + 15.0)
    if placed.geometry.geom_type.endswith("LineString"):
        return replace(placed, precision=LocationPrecision.VICINITY)
    if placed.road is not None and placed.precision in _HOUSES:
        side = own_side(_anchors(placed.geometry)[0], radius, placed.road)
        return replace(placed, ground=side, radius_m=radius, precision=LocationPrecision.VICINITY)
    if placed.geometry.geom_type in ("Polygon", "MultiPolygon"):
        return _around(placed, 40.0, LocationPrecision.VICINITY)
    return _around(placed, radius, LocationPrecision.VICINITY)


def _near(placed: Placed, token: Token, mention: Mention, roads: Roads) -> Placed:
    if placed.geometry.geom_type in ("Polygon", "MultiPolygon"):
        return _around(placed, NEARBY_M / 2, LocationPrecision.VICINITY)
    return _around(placed, NEARBY_M, LocationPrecision.VICINITY)


def _offset(placed: Placed, token: Token, mention: Mention, roads: Roads) -> Placed:
    """N metres in a direction: along a road that goes that way, else a sector."""
    written = token.parts.get("dist") or token.parts.get("dist2") or token.parts.get("dist3") or ""
    distance = float(value(written) or 0) * _UNITS.get(token.parts.get("dunit", "米"), 1.0)
    word = token.parts.get("dir") or token.parts.get("dir3")
    if not distance or distance > 3000:
        return placed
    spread = max(RADII_M[LocationPrecision.OFFSET], OFFSET_SHARE * distance)
    spread = math.hypot(spread, max(0.0, placed.radius_m - RADII_M[LocationPrecision.POI]))
    anchors = _anchors(placed.geometry)
    if word is None:  # 往前50米: the way is not said
        return _around(placed, distance + spread, LocationPrecision.OFFSET)
    direction = COMPASS[word]
    if placed.geometry.geom_type.endswith("LineString"):
        return _one_side(placed, direction)  # a whole road: N metres from nowhere in particular
    if placed.geometry.geom_type.endswith("Polygon"):
        anchors = [_edge(placed.geometry, direction)]
    reached: list[Point] = []
    along_roads = placed.precision in _ON_ROADS
    for anchor in anchors if along_roads else ():
        road = _road_going(anchor, direction, placed, roads)
        if road is None:
            continue
        along = road.along(anchor)
        heading = road.heading(along)
        ahead = heading[0] * direction[0] + heading[1] * direction[1]
        left = road.axis.length - along if ahead > 0 else along
        if left < STRETCHED * distance:
            continue  # the road ends before
        reached.append(road.point(along + math.copysign(distance, ahead)))
    if reached and len(reached) == len(anchors):
        geometry = reached[0] if len(reached) == 1 else MultiPoint(reached)
        return replace(placed, geometry=geometry, radius_m=1.25 * spread,
                       precision=LocationPrecision.OFFSET)  # fmt: skip
    sectors = [_sector(anchor, direction, distance, spread) for anchor in anchors]
    return replace(placed, geometry=shapely.union_all(sectors), radius_m=spread,
                   precision=LocationPrecision.OFFSET)  # fmt: skip


STRETCHED = 0.9
"""Of a distance said by eye that a road must still go on for."""


def _road_going(anchor: Point, direction: XY, placed: Placed, roads: Roads) -> Road | None:
    """The road at the anchor that goes best in the direction; ``None`` where none does."""
    best: tuple[float, int, Road] | None = None
    near = roads.near(anchor, 30.0)
    if placed.road is not None and all(road.number != placed.road.number for road in near):
        near.append(placed.road)
    for road in near:
        heading = road.heading(road.along(anchor))
        fits = abs(heading[0] * direction[0] + heading[1] * direction[1])
        if fits >= ALONG_BEND_COS and (best is None or (fits, -road.number) > best[:2]):
            best = (fits, -road.number, road)
    return best[2] if best else None


def _edge(area: BaseGeometry, direction: XY) -> Point:
    """Where a ray from the middle leaves an area: people count from the wall, not from inside."""
    middle = area.centroid
    ray = LineString([middle, (middle.x + 5000 * direction[0], middle.y + 5000 * direction[1])])
    points = [
        Point(xy)
        for part in shapely.get_parts(area.boundary.intersection(ray))
        for xy in part.coords
    ]
    return max(points, key=lambda point: point.distance(middle), default=middle)


def _sector(anchor: Point, direction: XY, distance: float, spread: float) -> Polygon:
    middle = math.atan2(direction[1], direction[0])
    turns = [math.radians(SECTOR_DEG) * step / 4 for step in range(-4, 5)]
    inner, outer = max(1.0, distance - spread), distance + spread
    ring = [(anchor.x + outer * math.cos(middle + t), anchor.y + outer * math.sin(middle + t))
            for t in turns]  # fmt: skip
    ring += [(anchor.x + inner * math.cos(middle + t), anchor.y + inner * math.sin(middle + t))
             for t in reversed(turns)]  # fmt: skip
    return Polygon(ring)


def _side(placed: Placed, token: Token, mention: Mention, roads: Roads) -> Placed:
    """路东, 北侧, 东北角: one side of a line, a corner of a crossing, the edge of an estate."""
    word = token.parts.get("side") or token.parts.get("side2") or token.parts.get("corner")
    if word is None:
        return placed
    direction = COMPASS[word]
    geometry = placed.geometry
    if geometry.geom_type in _POINTS:
        if placed.precision not in (LocationPrecision.JUNCTION, LocationPrecision.OFFSET,
                                    LocationPrecision.CHAINAGE, LocationPrecision.POI,
                                    LocationPrecision.VICINITY):  # fmt: skip
            return placed
        if placed.precision is LocationPrecision.JUNCTION and geometry.geom_type == "Point":
            near = roads.near(geometry, CORNER_ROADS_M)
            ground = corner(geometry, placed.radius_m + 5.0, near, direction)
            if ground is not None:
                inside = ground.representative_point()
                return replace(placed, geometry=inside, radius_m=30.0, ground=ground)
        step = ROAD_SIDE_M if placed.precision is not LocationPrecision.POI else 30.0
        by = np.array(direction) * step
        moved = shapely.transform(geometry, lambda xy: xy + by)
        return replace(placed, geometry=moved)
    if geometry.geom_type in ("LineString", "MultiLineString"):
        return _one_side(placed, direction)
    west, south, east, north = geometry.bounds
    wide, high = east - west, north - south
    edge = geometry.buffer(30.0, quad_segs=4)
    half = shapely.box(
        west + wide * 0.5 if direction[0] > 0.1 else west - 40,
        south + high * 0.5 if direction[1] > 0.1 else south - 40,
        west + wide * 0.5 if direction[0] < -0.1 else east + 40,
        south + high * 0.5 if direction[1] < -0.1 else north + 40,
    )
    outside = edge.difference(geometry.buffer(-15.0)).intersection(half)
    if outside.is_empty:
        return placed
    return replace(placed, geometry=outside, precision=LocationPrecision.VICINITY)


def _one_side(placed: Placed, direction: XY) -> Placed:
    """The strip along a line on the named side; the line itself where it runs that way."""
    line = max(shapely.get_parts(placed.geometry), key=shapely.length)
    a, b = Point(line.coords[0]), Point(line.coords[-1])
    normal = (-(b.y - a.y), b.x - a.x)
    leans = normal[0] * direction[0] + normal[1] * direction[1]
    if abs(leans) < 0.3 * math.hypot(*normal):
        return placed
    width = placed.radius_m * (1.0 if leans > 0 else -1.0)
    strip = line.buffer(width, single_sided=True)
    return replace(placed, geometry=_polygon(strip, line), radius_m=20.0)


def _part(placed: Placed, token: Token, mention: Mention, roads: Roads) -> Placed:
    """中段, 尽头, 东段 of a road."""
    if placed.road is None or placed.precision is not LocationPrecision.ROAD:
        return placed
    found = tail(placed.road, token.parts["part"])
    if found is None:
        return placed
    if found.geom_type in _POINTS:
        return replace(placed, geometry=found, radius_m=60.0, precision=LocationPrecision.VICINITY)
    return replace(placed, geometry=found, precision=LocationPrecision.SEGMENT)


def _zone(placed: Placed, token: Token, mention: Mention, roads: Roads) -> Placed:
    """西区 of an estate whose zones the gazetteer does not know: its half."""
    word = token.text.removesuffix("区")
    if word not in COMPASS or placed.geometry.geom_type not in ("Polygon", "MultiPolygon"):
        return placed
    x, y = COMPASS[word]
    west, south, east, north = placed.geometry.bounds
    half = shapely.box(
        (west + east) / 2 if x > 0.1 else west,
        (south + north) / 2 if y > 0.1 else south,
        (west + east) / 2 if x < -0.1 else east,
        (south + north) / 2 if y < -0.1 else north,
    )
    inside = placed.geometry.intersection(half)
    return placed if inside.is_empty or inside.area < 1 else replace(placed, geometry=inside)


def _anchors(geometry: BaseGeometry) -> list[Point]:
    if geometry.geom_type in _POINTS:
        return list(shapely.get_parts(geometry))
    return [geometry.representative_point()]


def _polygon(shape: BaseGeometry, fallback: LineString) -> BaseGeometry:
    return shape if shape.area > 1.0 else fallback


_Change = Callable[[Placed, Token, Mention, Roads], Placed]
_CHANGES: dict[str, _Change] = {
    "OPP": _opposite,
    "BESIDE": _beside,
    "NEAR": _near,
    "OFF": _offset,
    "SIDE": _side,
    "CORNER": _side,
    "TAIL": _part,
    "ZONE": _zone,
}
