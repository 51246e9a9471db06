"""Exact look-up of all jurisdictions at a place on a day: covers semantics, all hits."""

from __future__ import annotations

import bisect
import hashlib
import math
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
import shapely
from numpy.typing import NDArray
from rtree import index as rtree_index
from shapely import lib
from shapely.geometry.base import BaseGeometry

from routing.jurisdiction.best_point import best_point
from routing.jurisdiction.borders import BorderSegment
from routing.jurisdiction.corridors import apply_side_rules, apply_side_rules_along
from routing.jurisdiction.edges import Near
from routing.jurisdiction.editions import Edition, editions
from routing.jurisdiction.levels import Touch, arrange
from routing.jurisdiction.neighbourhoods import MARGIN_M, Neighbourhood, Neighbourhoods
from routing.jurisdiction.pieces import Box, Squares
from routing.jurisdiction.shares import Region, extended_touches, region_of, touches_of_pieces
from routing.metric import metres_per_degree
from routing.model import Hits, Jurisdiction, JurisdictionLevel, Location

NEAR_EDGE_M = 30.0
"""Metres. A border nearer than this is said even when the place itself is known better: borders
run along roads, and two lanes with pavements are about 30 m wide."""

GAP_REACH_M = 60.0
"""Metres. Where a level has no polygon at a place, the nearest one within this is still named.
On 74,377 complaints in Chicago it moves agreement with the city's own ward from 95.8 to 96.0 %;
beyond 60 m nothing more is gained."""

ON_BORDER_M = 1e-7
"""Metres. A centre nearer than this to a border counts as on it when shares are computed."""

ASIDE_DEG = (1.1e-11, 0.7e-11)
"""Degrees by which a centre on a border is moved aside (about 1 µm, 1,000 steps of a float) before
its share is computed: a centre on an edge has no definite turn around it. The share of a disc of
1 m changes by less than 1e-6; who covers the point is always asked of the point itself."""

ANSWERS_KEPT = 4_096
"""Answers kept for lines and areas, the oldest thrown out first: complaints name the same roads,
estates and rivers again and again, and their shares are the dearest."""

_ORDER = {level: n for n, level in enumerate(JurisdictionLevel)}
_FOR_EVER = date.max.toordinal()


class JurisdictionIndex:
    """All jurisdictions of all versions; answers for any day.

    One R-tree over (longitude, latitude, day) finds candidates, prepared polygons decide. Threads
    may share it: look-ups are serialised by a lock, because neither libspatialindex nor GEOS
    prepared geometries may be used by two threads at once.
    """

    def __init__(
        self, jurisdictions: Sequence[Jurisdiction], borders: Sequence[BorderSegment] = ()
    ) -> None:
        self.jurisdictions: tuple[Jurisdiction, ...] = tuple(
            sorted(
                jurisdictions,
                key=lambda j: (_ORDER[j.level], -j.precedence, j.code, j.effective_from),
            )
        )
        geometries = [j.geometry for j in self.jurisdictions]
        # copies, since preparing marks the object and the caller may use it in another thread
        self._polygons: NDArray[np.object_] = np.array(
            shapely.from_wkb(shapely.to_wkb(geometries)), dtype=object
        )
        shapely.prepare(self._polygons)
        self._boxes: list[Box] = [tuple(box) for box in shapely.bounds(self._polygons).tolist()]
        self._editions = editions(self.jurisdictions, borders)
        self._first_days = [edition.first_day for edition in self._editions]
        self._tree = self._build_tree()
        self._squares: dict[int, Neighbourhoods] = {}
        self._wide: dict[int, Squares] = {}
        self._answers: OrderedDict[tuple[object, ...], Hits] = OrderedDict()
        self._lock = threading.Lock()

    def _build_tree(self) -> rtree_index.Index:
        properties = rtree_index.Property(dimension=3)
        if not self.jurisdictions:
            return rtree_index.Index(properties=properties)

        def entries() -> Iterator[tuple[int, tuple[float, ...], None]]:
            for number, jurisdiction in enumerate(self.jurisdictions):
                west, south, east, north = self._boxes[number]
                last = jurisdiction.effective_to
                begins = jurisdiction.effective_from.toordinal()
                ends = _FOR_EVER if last is None else last.toordinal()
                yield number, (west, south, begins, east, north, ends), None

        return rtree_index.Index(entries(), properties=properties)

    def edition(self, day: int) -> Edition | None:
        """The edition in force on a proleptic ordinal day; ``None`` before the first."""
        at = bisect.bisect_right(self._first_days, day) - 1
        return self._editions[at] if at >= 0 else None

    def versions_on(self, day: date) -> tuple[str, ...]:
        """Boundary versions in force on the day, sorted; empty where none is."""
        edition = self.edition(day.toordinal())
        return edition.versions if edition else ()

    def covering(self, lon: float, lat: float, day: date) -> list[Jurisdiction]:
        """Every jurisdiction in force that covers the point, its border included, in index order.

        Raises ValueError for a coordinate that is not finite: no polygon can answer it.
        """
        with self._lock:
            return [self.jurisdictions[n] for n in self._covering(lon, lat, day.toordinal())]

    def _covering(self, lon: float, lat: float, day: int) -> list[int]:
        if not (math.isfinite(lon) and math.isfinite(lat)):
            raise ValueError(f"a coordinate must be finite, was ({lon!r}, {lat!r})")
        polygons = self._polygons
        found = self._tree.intersection((lon, lat, day, lon, lat, day))
        return sorted(n for n in found if lib.intersects_xy(polygons[n], lon, lat))

    def polygons(self, edition: Edition) -> NDArray[np.object_]:
        """Prepared polygons of an edition; to be used inside ``exclusive()`` only."""
        return self._polygons[edition.numbers]

    def exclusive(self) -> threading.Lock:
        """The lock that guards the prepared polygons."""
        return self._lock

    def meets(self, number: int, lon: float, lat: float) -> bool:
        """Whether the point lies in this polygon or on its border; called with the lock held."""
        return bool(lib.intersects_xy(self._polygons[number], lon, lat))

    def interior(self, number: int, lon: float, lat: float) -> bool:
        """Whether the point lies inside this polygon, off its border; with the lock held."""
        return bool(lib.contains_xy(self._polygons[number], lon, lat))

    def hits(self, location: Location, day: date) -> Hits:
        """Everything the boundaries in force on ``day`` say of the place (WGS 84).

        A day before the first boundaries gives empty levels. A point exactly on a border belongs
        to every jurisdiction that touches it. Lines are shared out as the strip of their radius,
        several points as their discs, polygons by area.
        """
        edition = self.edition(day.toordinal())
        if edition is None or not edition.jurisdictions:
            return Hits(levels=())
        if location.geometry.geom_type == "Point" and location.ground is None:
            lon, lat = best_point(location)
            with self._lock:
                return self._point_hits(edition, lon, lat, location.radius_m)
        key = (edition.first_day, location.radius_m, *map(_print_of, _shapes_of(location)))
        with self._lock:
            known = self._answers.get(key)
            if known is None:
                lon, lat = best_point(location)
                known = self._extended_hits(edition, location, lon, lat, day.toordinal())
                if len(self._answers) >= ANSWERS_KEPT:
                    self._answers.popitem(last=False)
                self._answers[key] = known
            return known

    def _extended_hits(
        self, edition: Edition, location: Location, lon: float, lat: float, day: int
    ) -> Hits:
        """Lines, areas, several points. Called with the lock held."""
        if location.ground is not None:
            region = Region(location.ground, None)
        else:
            region = region_of(location.geometry, location.radius_m)
        mx, my = metres_per_degree(lat)
        reach, far = max(location.radius_m, NEAR_EDGE_M), _far_m(region.shape, lon, lat, mx, my)
        numbers, polygons = edition.numbers_of, self._polygons

        def polygon(number: int) -> BaseGeometry:
            found: BaseGeometry = polygons[numbers[number]]
            return found

        def box(number: int) -> Box:
            return self._boxes[numbers[number]]

        around: Neighbourhood | None = None
        small = far <= MARGIN_M
        if reach <= MARGIN_M:
            around = self._neighbourhoods(edition).at(lon, lat)
            edges, distance = around.within(lon, lat, mx, my, max(reach, far) if small else reach)
        else:
            small = False
            edges, distance = edition.borders.near(lon, lat, mx, my, reach), math.inf
        distances: dict[int, float] = {}
        for owner, metres in zip(edges.owner.tolist(), edges.distance_m.tolist(), strict=True):
            if metres < distances.get(owner, math.inf):
                distances[owner] = metres
        covering: set[int]
        if around is not None:
            covering = {n for n in around.crossing if lib.intersects_xy(polygon(n), lon, lat)}
            covering.update(around.whole)
        else:
            local = edition.local
            covering = {local[n] for n in self._covering(lon, lat, day)}
        if around is not None and small:
            touches = touches_of_pieces(
                region, around.pieces, polygon, box, covering, distances, reach, settled_m=far
            )
            # these have no border anywhere near
            touches += [Touch(n, 1.0, True, math.inf) for n in around.whole]
        else:
            pieces = self._squares_of(edition).holding(lon, lat, far)
            if pieces is not None:
                touches = touches_of_pieces(
                    region, pieces, polygon, box, covering, distances, reach
                )
            else:
                ground = tuple(lib.bounds(region.shape).tolist())
                near = {n: polygon(n) for n in self._meeting(edition, ground)}
                touches = extended_touches(region, near, covering, distances)
        if math.isinf(distance):
            distance = _far_distance_m(edition, touches, lon, lat)
        return self.assemble(edition, touches, lon, lat, location.radius_m, distance, region=region)

    def _meeting(self, edition: Edition, box: Box) -> list[int]:
        """Positions of the polygons in force whose box meets a box; called with the lock held."""
        west, south, east, north = box
        day, local = edition.first_day, edition.local
        found = self._tree.intersection((west, south, day, east, north, day))
        return [local[n] for n in found if n in local]

    def _squares_of(self, edition: Edition) -> Squares:
        known = self._wide.get(edition.first_day)
        if known is None:
            mx, my = metres_per_degree(edition.middle_lat)
            known = self._wide[edition.first_day] = Squares(
                mx, my, lambda box: self._meeting(edition, box)
            )
        return known

    def _point_hits(self, edition: Edition, lon: float, lat: float, radius_m: float) -> Hits:
        """Called with the lock held."""
        around = self._neighbourhoods(edition).at(lon, lat)
        touches, distance = self._point_touches(edition, around, lon, lat, radius_m)
        if math.isinf(distance):  # farther than was looked
            distance = _far_distance_m(edition, touches, lon, lat)
        return self.assemble(
            edition, touches, lon, lat, radius_m, distance, border_roads=around.border_roads
        )

    def assemble(
        self,
        edition: Edition,
        touches: list[Touch],
        lon: float,
        lat: float,
        radius_m: float,
        edge_distance_m: float,
        *,
        border_roads: bool = True,
        region: Region | None = None,
    ) -> Hits:
        """Arrange the touches of one place into hits, after the side rules of border roads.

        ``border_roads`` may be false where it is known that no border road comes near; ``region``
        is the ground of a place that is no single disc. Called with the lock held.
        """
        road: tuple[str, ...] = ()
        if border_roads and edition.segments:
            if region is not None and region.line is not None:
                touches, road = apply_side_rules_along(edition, touches, region.line)
            else:
                touches, road = apply_side_rules(edition, touches, lon, lat, radius_m)
        levels, overlays = arrange(
            edition,
            touches,
            lambda n: self.interior(int(edition.numbers[n]), lon, lat),
            by_share=region is not None,
        )
        near_m = max(radius_m, NEAR_EDGE_M)
        near = any(
            touch.distance_m <= near_m
            and edition.jurisdictions[touch.number].level is not JurisdictionLevel.OVERLAY
            for touch in touches
        )
        return Hits(
            levels=levels,
            overlays=overlays,
            edge_distance_m=edge_distance_m,
            near_edge=near,
            boundary_road=road,
            versions=edition.versions,
            overlay_kinds=edition.overlay_kinds,
        )

    def _point_touches(
        self, edition: Edition, around: Neighbourhood, lon: float, lat: float, radius_m: float
    ) -> tuple[list[Touch], float]:
        """Touches of a disc, by position in the edition, and the distance to the finest border."""
        test, polygons, numbers = lib.intersects_xy, self._polygons, edition.numbers_of
        inside = [n for n in around.crossing if test(polygons[numbers[n]], lon, lat)]
        inside = sorted([*around.whole, *inside])
        mx, my = metres_per_degree(lat)
        reach = max(radius_m, NEAR_EDGE_M)
        covered = {edition.jurisdictions[n].level for n in inside}
        if not covered.issuperset(edition.levels):
            reach = max(reach, GAP_REACH_M)
        near, finest = around.within(lon, lat, mx, my, min(reach, MARGIN_M))
        if reach > MARGIN_M:
            near = edition.borders.near(lon, lat, mx, my, reach)
        if not len(near.edge):
            return [Touch(n, 1.0, True, math.inf) for n in inside], finest
        return disc_touches(self, edition, near, inside, lon, lat, radius_m), finest

    def _neighbourhoods(self, edition: Edition) -> Neighbourhoods:
        """The squares of an edition; called with the lock held."""
        known = self._squares.get(edition.first_day)
        if known is None:
            local, day = edition.local, edition.first_day
            known = self._squares[day] = Neighbourhoods(
                edition, lambda lon, lat: [local[n] for n in self._covering(lon, lat, day)]
            )
        return known


def disc_touches(
    index: JurisdictionIndex,
    edition: Edition,
    near: Near,
    inside: Sequence[int],
    lon: float,
    lat: float,
    radius_m: float,
) -> list[Touch]:
    """Share and distance of every polygon that covers the centre or has a border within reach.

    Called with the lock held. Distances beyond the reach are ``inf``: they were not looked for.
    """
    borders = edition.borders
    mx, my = metres_per_degree(lat)
    edge, owner, distance_m = near.edge, near.owner, near.distance_m
    first = np.concatenate(([True], owner[1:] != owner[:-1])).nonzero()[0]
    least = np.minimum.reduceat(distance_m, first).tolist()
    nearest = dict(zip(owner[first].tolist(), least, strict=True))
    cut: dict[int, list[int]] = {}
    inner = distance_m < radius_m  # the others add nothing to the share
    for number, one in zip(owner[inner].tolist(), edge[inner].tolist(), strict=True):
        cut.setdefault(number, []).append(one)
    terms: dict[tuple[float, ...], float] = {}
    touches = []
    for number in sorted({*nearest, *inside}):
        closest = nearest.get(number, math.inf)
        covers = centred = number in inside
        x, y = lon, lat
        if closest < ON_BORDER_M:
            x, y = lon + ASIDE_DEG[0], lat + ASIDE_DEG[1]
            centred = index.meets(int(edition.numbers[number]), x, y)
        summed = 0.0
        for one in cut.get(number, ()):
            a, b, c, d = borders.ends(one)
            term = terms.get((a, b, c, d, x))
            if term is None:
                term = borders.disc_term(one, x, y, mx, my, radius_m)
                terms[a, b, c, d, x] = term
                terms[c, d, a, b, x] = -term  # the neighbour walks it the other way
            summed += term
        touches.append(Touch(number, min(1.0, max(0.0, centred + summed)), covers, closest))
    return touches


def _shapes_of(location: Location) -> tuple[BaseGeometry, ...]:
    if location.ground is None:
        return (location.geometry,)
    return location.geometry, location.ground


def _print_of(geometry: BaseGeometry) -> bytes:
    """What tells a geometry from all others, short enough to be kept."""
    return hashlib.blake2b(shapely.to_wkb(geometry), digest_size=16).digest()


def _far_m(shape: BaseGeometry, lon: float, lat: float, mx: float, my: float) -> float:
    """Metres from a point to the farthest corner of a shape."""
    away = (shapely.get_coordinates(shape) - (lon, lat)) * (mx, my)
    return float(np.hypot(away[:, 0], away[:, 1]).max()) if len(away) else 0.0


_FEW_EDGES = 2_000
"""Up to so many edges one pass over them in an array (40 µs) is quicker than the tree (90 µs)."""


def _far_distance_m(edition: Edition, touches: Sequence[Touch], lon: float, lat: float) -> float:
    """From a place to the nearest border of the finest level, however far."""
    mx, my = metres_per_degree(lat)
    if edition.levels and edition.finest_apart:
        for touch in touches:
            number = touch.number
            if touch.covers and edition.is_finest[number]:
                first = edition.borders.first
                if first[number + 1] - first[number] <= _FEW_EDGES:
                    return edition.borders.own_distance_m(number, lon, lat, mx, my)
    return edition.finest_borders.nearest_one_m(lon, lat, mx, my)
