"""A gazetteer as a generator needs it: roads joined, houses in order, crossings worked out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from routing.jurisdiction.borders import BorderSegment
from routing.model import Jurisdiction, Place, PlaceKind
from tests.acceptance.generator.ground import (
    Crossing,
    House,
    Road,
    apart,
    aside_of,
    near_groups,
)
from tests.acceptance.generator.plane import Plane, Point
from tests.acceptance.generator.territory import Territory

ONE_CROSSING_M = 60.0
"""Metres. Crossing points of the same two roads nearer than this are one crossing: the
carriageways of a divided road."""
ALMOST_M = 30.0
"""Metres. Lines that end so near each other meet in the world, if not on the map."""
_NUMBER = re.compile(r"^(\d{1,5})(?:-(\d{1,3}))?$")


class World:
    """Everything sentences are drawn from. Positions are metres in ``plane``."""

    def __init__(
        self,
        places: Sequence[Place],
        areas: Sequence[Jurisdiction],
        borders: Sequence[BorderSegment] = (),
        *,
        day: date | None = None,
        neighbours: Sequence[str] = (),
    ) -> None:
        if not places:
            raise ValueError("a gazetteer without places says nothing to write sentences of")
        day = day or date.today()  # noqa: DTZ011 - the caller names a day where it matters
        self.places = [p for p in places if p.valid_to is None or p.valid_to >= day]
        self.plane = Plane.around([area.geometry for area in areas])
        self.territory = Territory(areas, borders, self.plane, day)
        self.neighbours = tuple(neighbours)
        """Districts of the same city that are not loaded: what a citizen may name wrongly."""
        self.geometries = self.plane.metres(np.array([p.geometry for p in self.places]))
        self.of_kind: dict[PlaceKind, list[int]] = {kind: [] for kind in PlaceKind}
        self.by_word: dict[str, list[int]] = defaultdict(list)
        for at, place in enumerate(self.places):
            self.of_kind[place.kind].append(at)
            if place.kind is not PlaceKind.ADDRESS:
                for word in dict.fromkeys((place.name, *place.aliases)):
                    self.by_word[word].append(at)
        self.roads = self._join_roads()
        self.roads_by_name: dict[str, list[Road]] = defaultdict(list)
        for road in self.roads:
            for word in dict.fromkeys((road.name, *road.aliases)):
                self.roads_by_name[word].append(road)

    def point_of(self, at: int) -> Point:
        """A point that stands for a place: itself, or one on its surface or line."""
        geometry = self.geometries[at]
        point = geometry if geometry.geom_type == "Point" else geometry.representative_point()
        return point.x, point.y

    def others(self, word: str, *, but: int) -> tuple[Point, ...]:
        """Where else something of this name is."""
        return tuple(self.point_of(at) for at in self.by_word.get(word, ()) if at != but)

    def _join_roads(self) -> list[Road]:
        named: dict[str, list[int]] = defaultdict(list)
        for at in self.of_kind[PlaceKind.ROAD]:
            if self.geometries[at].length > 0:
                named[self.places[at].name].append(at)
        roads: list[Road] = []
        for name, pieces in named.items():
            for group in near_groups(pieces, self.geometries):
                line = shapely.line_merge(shapely.union_all(self.geometries[group]))
                if "Line" not in line.geom_type:
                    line = shapely.boundary(line)
                roads.append(
                    Road(
                        at=len(roads),
                        name=name,
                        line=line,
                        ids=tuple(self.places[at].id for at in group),
                        aliases=tuple(
                            dict.fromkeys(a for at in group for a in self.places[at].aliases)
                        ),
                    )
                )
        return roads

    @cached_property
    def lines(self) -> np.ndarray:
        """The roads' lines, for trees."""
        return np.array([road.line for road in self.roads], dtype=object)

    @cached_property
    def road_tree(self) -> shapely.STRtree:
        """Over ``lines``."""
        return shapely.STRtree(self.lines)

    @cached_property
    def houses(self) -> dict[int, list[House]]:
        """Road index → its known numbers, by number and sub-number."""
        found: dict[int, list[House]] = defaultdict(list)
        for at in self.of_kind[PlaceKind.ADDRESS]:
            place = self.places[at]
            read = _NUMBER.match(place.number)
            roads = self.roads_by_name.get(place.road, ())
            if read is None or not roads:
                continue
            x, y = self.point_of(at)
            point = shapely.Point(x, y)
            road = min(roads, key=lambda r: r.line.distance(point)) if len(roads) > 1 else roads[0]
            along = float(road.line.project(point))
            found[road.at].append(
                House(
                    number=int(read[1]),
                    sub=int(read[2] or 0),
                    along=along,
                    aside=aside_of(road, along, (x, y)),
                    point=(x, y),
                    place_id=place.id,
                )
            )
        for houses in found.values():
            houses.sort(key=lambda h: (h.number, h.sub))
        return dict(found)

    @cached_property
    def housed_roads(self) -> list[int]:
        """Roads with house numbers, the longer ones oftener: one entry for each house."""
        return [at for at in sorted(self.houses) for _ in self.houses[at]]

    @cached_property
    def crossings(self) -> list[Crossing]:
        """All of them, two where two roads meet twice."""
        pairs = self.road_tree.query(self.lines, predicate="dwithin", distance=ALMOST_M)
        kept = pairs[:, pairs[0] < pairs[1]]
        first, second = self.lines[kept[0]], self.lines[kept[1]]
        common = shapely.intersection(first, second)
        nearest = shapely.shortest_line(first, second)
        found: list[Crossing] = []
        for a, b, shape, bridge in zip(*kept.tolist(), common, nearest, strict=True):
            if shape.is_empty:
                points = [bridge.interpolate(0.5, normalized=True)]
            elif shape.length > ONE_CROSSING_M:  # they share a stretch: no crossing to speak of
                continue
            else:
                points = [part.centroid for part in shapely.get_parts(shape)]
            kept_points: list[Point] = []
            for point in points:
                xy = (point.x, point.y)
                if all(apart(xy, other) > ONE_CROSSING_M for other in kept_points):
                    kept_points.append(xy)
            found += [Crossing(first=a, second=b, point=xy) for xy in kept_points]
        return found

    @cached_property
    def crossings_of(self) -> dict[int, list[Crossing]]:
        """Road index → the crossings on it."""
        found: dict[int, list[Crossing]] = defaultdict(list)
        for crossing in self.crossings:
            found[crossing.first].append(crossing)
            found[crossing.second].append(crossing)
        return dict(found)

    def crossing_points(self, one: str, other: str) -> list[Point]:
        """Every place where roads of these two names meet."""
        ours = {road.at for road in self.roads_by_name.get(one, ())}
        theirs = {road.at for road in self.roads_by_name.get(other, ())}
        return [
            crossing.point
            for at in sorted(ours)
            for crossing in self.crossings_of.get(at, ())
            if (crossing.second if crossing.first == at else crossing.first) in theirs
        ]

    def nearest_road(self, at: Point, within_m: float) -> Road | None:
        """The road nearest to a point; ``None`` where none is so near."""
        found = self.road_tree.query_nearest(shapely.Point(at), max_distance=within_m)
        return self.roads[int(min(found))] if len(found) else None

    @cached_property
    def landmarks(self) -> list[int]:
        """Places that others are described by: compounds, POIs, stops; valid today."""
        kinds = (PlaceKind.COMPOUND, PlaceKind.POI, PlaceKind.STOP)
        return [at for kind in kinds for at in self.of_kind[kind]]

    @cached_property
    def landmark_tree(self) -> shapely.STRtree:
        """Over the shapes of ``landmarks``."""
        return shapely.STRtree(self.geometries[self.landmarks])

    def landmarks_near(self, shape: BaseGeometry, within_m: float) -> list[int]:
        """Landmarks within so many metres of a shape, in order."""
        found = self.landmark_tree.query(shape, predicate="dwithin", distance=within_m)
        return [self.landmarks[n] for n in sorted(found.tolist())]
