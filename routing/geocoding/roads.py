"""Roads as people mean them: all drawn pieces of one name that belong together, in metres."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from routing.geocoding.normalize import normal_name
from routing.geocoding.plane import XY, Plane
from routing.model import Place, PlaceKind

HEADING_M = 5.0
"""Metres to each side over which a road's direction is taken: less than its shortest bend."""
SAME_ROAD_M = 400.0
"""Metres. Pieces of one name nearer than this are one road (a river, a square, a missing survey
lies between); farther apart they are two roads of one name. Same-named roads in a city stand in
different districts, kilometres apart (domain.md section 5: two 教育路 ten kilometres apart)."""

GOES_ON_COS = 0.5
"""A piece goes on beyond a gap where it turns by no more than 60 degrees."""

PASSES_M = 60.0
"""Metres. Roads said to cross that come no nearer than this do not cross; within it one passes the
other on a bridge or ends at a service road (geocoding.md 3.3)."""

ONE_CROSSING_M = 70.0
"""Metres. Crossing points nearer than this are one junction: a dual carriageway meets another in
four points."""

_PARALLEL_M = 45.0
"""Metres. A piece whose middle lies this near another of the same name is the other carriageway."""


@dataclass(frozen=True, eq=False)
class Road:
    """One road of one name."""

    number: int
    """Position of its first piece in the places."""
    name: str
    place_ids: tuple[str, ...]
    line: BaseGeometry
    """LineString or MultiLineString, metres."""

    @cached_property
    def axis(self) -> LineString:
        """One line along the whole road, for distances along it: pieces in their order, gaps
        bridged, a second carriageway left out."""
        merged = shapely.line_merge(self.line)
        if merged.geom_type == "LineString":
            return merged
        pieces = sorted(merged.geoms, key=lambda piece: -piece.length)
        kept: list[LineString] = []
        for piece in pieces:
            middle = piece.interpolate(0.5, normalized=True)
            if all(other.distance(middle) > _PARALLEL_M for other in kept):
                kept.append(piece)
        return _chained(kept)

    def along(self, at: BaseGeometry) -> float:
        """Metres along the axis of the point nearest to a geometry."""
        if at.geom_type != "Point":
            at = shapely.ops.nearest_points(self.axis, at)[0]
        return float(self.axis.project(at))

    def point(self, along_m: float) -> Point:
        """The point of the axis at a distance along it; the ends beyond the ends."""
        return self.axis.interpolate(min(max(along_m, 0.0), self.axis.length))

    def part(self, start_m: float, end_m: float) -> LineString | None:
        """The stretch between two distances, in either order; ``None`` where it has no length."""
        low, high = sorted((max(start_m, 0.0), min(max(end_m, 0.0), self.axis.length)))
        if high - low < 1.0:
            return None
        found = substring(self.axis, low, high)
        return found if found.geom_type == "LineString" else None

    def heading(self, along_m: float) -> XY:
        """Unit vector of the road's direction at a distance along it."""
        low, high = max(0.0, along_m - HEADING_M), min(self.axis.length, along_m + HEADING_M)
        a, b = self.axis.interpolate(low), self.axis.interpolate(high)
        length = math.hypot(b.x - a.x, b.y - a.y) or 1.0
        return (b.x - a.x) / length, (b.y - a.y) / length


def _goes_on(a: BaseGeometry, b: BaseGeometry) -> bool:
    """Whether two pieces of one name are one road: they nearly touch, or one goes on where the
    other ends, beyond a gap. Two roads side by side are two roads."""
    gap = a.distance(b)
    if gap <= PASSES_M:
        return True
    if gap > SAME_ROAD_M:
        return False
    for p, out_p in _ends_of(a):
        for q, out_q in _ends_of(b):
            between = (q[0] - p[0], q[1] - p[1])
            length = math.hypot(*between)
            if length > SAME_ROAD_M:
                continue
            ahead = (between[0] * out_p[0] + between[1] * out_p[1]) / length
            back = -(between[0] * out_q[0] + between[1] * out_q[1]) / length
            if ahead > GOES_ON_COS and back > GOES_ON_COS:
                return True
    return False


def _ends_of(shape: BaseGeometry) -> list[tuple[XY, XY]]:
    """The ends of every line in a shape, each with the unit vector that leads out of it."""
    found: list[tuple[XY, XY]] = []
    for line in _lines_of(shape):
        points = [(x, y) for x, y in line.coords]
        for end, inner in ((points[0], points[1:]), (points[-1], points[-2::-1])):
            far = next((p for p in inner if math.dist(p, end) > 20.0), inner[-1] if inner else end)
            length = math.dist(far, end) or 1.0
            found.append((end, ((end[0] - far[0]) / length, (end[1] - far[1]) / length)))
    return found


def _lines_of(shape: BaseGeometry) -> list[BaseGeometry]:
    """The lines of whatever was drawn for a road; an area gives its outline."""
    if hasattr(shape, "geoms"):
        return [line for part in shape.geoms for line in _lines_of(part)]
    if shape.geom_type == "Polygon":
        return [shape.exterior]
    return [shape] if shape.geom_type == "LineString" else []


def _chained(pieces: list[LineString]) -> LineString:
    """One line through all pieces: from the longest on, always the nearest end next."""
    coordinates = list(pieces[0].coords)
    rest = [list(piece.coords) for piece in pieces[1:]]
    while rest:
        options = [
            (math.dist(end, piece[0 if first else -1]), at, front, first)
            for at, piece in enumerate(rest)
            for front, end in ((False, coordinates[-1]), (True, coordinates[0]))
            for first in (True, False)
        ]
        _, at, front, first = min(options)
        piece = rest.pop(at)
        if front:
            coordinates = (piece[::-1] if first else piece) + coordinates
        else:
            coordinates += piece if first else piece[::-1]
    return LineString(coordinates)


class Roads:
    """All roads of a gazetteer; grouping is done when a road is first asked for, then kept."""

    def __init__(self, places: Sequence[Place], plane: Plane) -> None:
        self._places = places
        self._plane = plane
        self._by_name: dict[str, list[int]] = {}
        numbers = [n for n, place in enumerate(places) if place.kind is PlaceKind.ROAD]
        for number in numbers:
            self._by_name.setdefault(normal_name(places[number].name), []).append(number)
        self._numbers = np.array(numbers, dtype=np.int64)
        lines = [plane.metres(places[number].geometry) for number in numbers]
        self._lines = dict(zip(numbers, lines, strict=True))
        self._tree = shapely.STRtree(lines)
        self._tree.query(Point(0, 0))  # GEOS builds a tree at its first question: not in a thread
        self._groups: dict[str, tuple[Road, ...]] = {}
        self._meetings: dict[tuple[int, int], tuple[list[Point], bool]] = {}
        self._crossings: dict[int, tuple[tuple[Point, Road], ...]] = {}

    def named(self, name: str) -> tuple[Road, ...]:
        """Every road of a standard name (normal form); several where the name is used twice."""
        known = self._groups.get(name)
        if known is None:
            known = self._groups[name] = self._group(name)
        return known

    def of(self, number: int) -> Road:
        """The road that the piece at this position belongs to."""
        name = normal_name(self._places[number].name)
        place_id = self._places[number].id
        return next(road for road in self.named(name) if place_id in road.place_ids)

    def _group(self, name: str) -> tuple[Road, ...]:
        groups: list[list[int]] = []
        for number in self._by_name.get(name, ()):
            line = self._lines[number]
            near = [g for g in groups if any(_goes_on(self._lines[n], line) for n in g)]
            merged = [number, *(n for group in near for n in group)]
            groups = [group for group in groups if group not in near] + [merged]
        return tuple(self._road(name, sorted(group)) for group in sorted(groups, key=min))

    def _road(self, name: str, numbers: list[int]) -> Road:
        lines = [self._lines[number] for number in numbers]
        parts = [part for line in lines for part in _lines_of(line)]
        drawn = [part for part in parts if part.length > 0]
        if not drawn:  # a road given as a point or nothing drawn: a stub, so that it can be placed
            x, y = lines[0].centroid.coords[0]
            drawn = [LineString([(x - 5, y), (x + 5, y)])]
        line = drawn[0] if len(drawn) == 1 else shapely.union_all(drawn)
        ids = tuple(self._places[number].id for number in numbers)
        return Road(number=numbers[0], name=name, place_ids=ids, line=line)

    def near(self, at: BaseGeometry, within_m: float) -> list[Road]:
        """Roads within a distance, nearest first."""
        found = self._tree.query(at, predicate="dwithin", distance=within_m)
        roads = {road.number: road for road in (self.of(int(self._numbers[n])) for n in found)}
        return sorted(roads.values(), key=lambda road: (road.line.distance(at), road.number))

    def meeting(self, a: Road, b: Road) -> tuple[list[Point], bool]:
        """``crossing_points`` of two roads, kept."""
        key = (a.number, b.number)
        known = self._meetings.get(key)
        if known is None:
            known = self._meetings[key] = crossing_points(a, b)
        return known

    def crossings(self, road: Road) -> tuple[tuple[Point, Road], ...]:
        """Every junction of a road with another, in order along it."""
        known = self._crossings.get(road.number)
        if known is None:
            found: list[tuple[Point, Road]] = []
            for number in sorted(self._tree.query(road.line, predicate="dwithin", distance=12.0)):
                other = self.of(int(self._numbers[number]))
                if other.number != road.number:
                    found += [(point, other) for point in self.meeting(road, other)[0]]
            found.sort(key=lambda one: road.along(one[0]))
            distinct: list[tuple[Point, Road]] = []
            for one in found:
                if not any(one[0].distance(other[0]) < 1.0 for other in distinct):
                    distinct.append(one)
            known = self._crossings[road.number] = tuple(distinct)
        return known


def crossing_points(a: Road, b: Road) -> tuple[list[Point], bool]:
    """Where two roads meet, one point per junction, and whether they really meet.

    Where they only pass within ``PASSES_M`` the middle of the gap is given with ``False``; where
    they do not even pass, nothing. Where they run together, both ends of the common stretch count.
    """
    met = a.line.intersection(b.line)
    if met.is_empty:
        if a.line.distance(b.line) > PASSES_M:
            return [], False
        p, q = shapely.ops.nearest_points(a.line, b.line)
        return [Point((p.x + q.x) / 2, (p.y + q.y) / 2)], a.line.distance(b.line) <= 12.0
    points: list[Point] = []
    for part in shapely.get_parts(met):
        if part.geom_type == "Point":
            points.append(part)
        else:
            points += [Point(part.coords[0]), Point(part.coords[-1])]
    return clustered(points), True


def clustered(points: Sequence[Point]) -> list[Point]:
    """Points nearer to each other than ``ONE_CROSSING_M`` become their middle."""
    if len(points) < 2:
        return list(points)
    groups: list[list[Point]] = []
    for point in points:
        near = [g for g in groups if any(point.distance(one) < ONE_CROSSING_M for one in g)]
        merged = [point, *(one for group in near for one in group)]
        groups = [group for group in groups if group not in near] + [merged]
    return [MultiPoint(group).centroid if len(group) > 1 else group[0] for group in groups]
