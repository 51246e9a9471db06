"""Where the complaints of the demonstration truly lie, the awkward places included."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geodata.demo.faulty import gap_area
from geodata.demo.names import SUBDISTRICTS
from geodata.demo.oracle import Oracle
from geodata.demo.overlays import PAVEMENT_M, build_roads
from geodata.demo.partition import City, to_degrees, to_metres

CASE_COUNTS = {
    "border_vertex": 30,  # exactly on a vertex that two or more grids share
    "border_edge": 30,  # exactly on an edge, between vertices
    "in_gap": 15,  # in the strip that the faulty grids leave out
    "boundary_road": 40,  # on a border road that is declared to belong to one side
    "boundary_road_unknown": 20,  # on a border road of which nobody knows the side
    "exclave": 20,
    "overlay_zone": 130,
    "wrong_district": 60,  # the text names a neighbouring district
    "text_only": 120,
    "outside": 25,
    "zero_zero": 15,  # a true place whose coordinates were lost as (0, 0)
}
"""How many of each awkward kind; the rest are plain, and named after their datum."""

Degrees = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
_HOTSPOTS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnPlace:
    """A true place, WGS 84 degrees."""

    lon: float
    lat: float
    exact: bool = False
    """Must reach the file without error or rounding."""


class PlaceSource:
    """Draws places: hot spots along roads with Zipf weights, road strips, estates, and all over."""

    def __init__(self, city: City, oracle: Oracle, rng: np.random.Generator) -> None:
        self._city, self._oracle, self._rng = city, oracle, rng
        self._roads = [
            (shapely.transform(road.line, to_metres), road.width_m) for road in build_roads(city)
        ]
        lengths = np.array([line.length for line, _ in self._roads])
        self._road_shares = lengths / lengths.sum()
        self._spots = [self._beside_road(25.0) for _ in range(_HOTSPOTS)]
        zipf = 1 / np.arange(1, _HOTSPOTS + 1)
        self._spot_shares = zipf / zipf.sum()
        self._spreads = rng.uniform(30.0, 200.0, _HOTSPOTS)
        self._compounds = [o.geometry for o in oracle.overlays if o.kind == "compound"]
        self._gap = gap_area(city)
        self._shared = self._shared_edges()
        self._district = city.district.geometry
        shapely.prepare(self._district)

    def draw(self, kind: str) -> DrawnPlace:
        """A place of one of the kinds of CASE_COUNTS, or a plain one."""
        if kind == "border_vertex":
            return _place(self._on_vertex(), exact=True)
        if kind == "border_edge":
            return _place(self._on_edge(), exact=True)
        if kind == "in_gap":
            return self._rounded(self._within(self._gap))
        if kind.startswith("boundary_road"):
            return self._rounded(self._on_border_road(unknown=kind.endswith("unknown")))
        if kind == "exclave":
            hongshan = next(c for c in self._city.subdistricts if c.code == SUBDISTRICTS[-1].code)
            part = min(shapely.get_parts(hongshan.geometry), key=lambda area: area.area)
            return self._rounded(self._within(part))
        if kind == "overlay_zone":
            zones = [o for o in self._oracle.overlays if o.precedence > 0]
            return self._rounded(self._within(zones[self._rng.integers(len(zones))].geometry))
        if kind == "outside":
            return self._rounded(self._outside())
        return self._rounded(self._plain())

    def _rounded(self, at: Degrees) -> DrawnPlace:
        return _place(np.round(at, 7))

    def _beside_road(self, sideways_m: float) -> Degrees:
        """Local metres, up to ``sideways_m`` off a road's middle (or its own width if 0)."""
        line, width = self._roads[self._rng.choice(len(self._roads), p=self._road_shares)]
        part = shapely.get_parts(line)
        part = part[self._rng.integers(len(part))]
        at = np.array(part.interpolate(self._rng.uniform(0, part.length)).coords[0])
        reach = sideways_m or width / 2 + PAVEMENT_M
        return at + self._rng.uniform(-reach, reach, 2)

    def _plain(self) -> Degrees:
        """Inside the district, not on a road whose side is unknown or whose rules disagree."""
        while True:
            at: Degrees = self._anywhere()
            if not self._district.contains(Point(at)):
                continue
            corridors = self._oracle.corridors_at(*at)
            owners = {piece.owner.code for piece in corridors if piece.owner is not None}
            if len(owners) <= 1 and all(piece.side != "unknown" for piece in corridors):
                return at

    def _anywhere(self) -> Degrees:
        chance = self._rng.random()
        if chance < 0.55:
            spot = self._rng.choice(_HOTSPOTS, p=self._spot_shares)
            metres = self._spots[spot] + self._rng.standard_normal(2) * self._spreads[spot]
        elif chance < 0.75:
            metres = self._beside_road(0.0)
        elif chance < 0.92:
            return self._within(self._compounds[self._rng.integers(len(self._compounds))])
        else:
            grids = self._city.grids
            return self._within(grids[self._rng.integers(len(grids))].geometry)
        at: Degrees = to_degrees(metres[None])[0]
        return at

    def _within(self, area: BaseGeometry) -> Degrees:
        west, south, east, north = area.bounds
        while True:
            at: Degrees = np.round(self._rng.uniform((west, south), (east, north)), 7)
            if area.contains(Point(at)):
                return at

    def _outside(self) -> Degrees:
        """150 to 2,500 m outside the district."""
        edge = shapely.transform(self._city.district.geometry.exterior, to_metres)
        while True:
            at = np.array(edge.interpolate(self._rng.uniform(0, edge.length)).coords[0])
            angle = self._rng.uniform(0, 2 * np.pi)
            at = at + self._rng.uniform(150, 2500) * np.array([np.cos(angle), np.sin(angle)])
            degrees: Degrees = to_degrees(at[None])[0]
            if edge.distance(Point(at)) >= 150 and not self._district.covers(Point(degrees)):
                return degrees

    def _on_border_road(self, *, unknown: bool) -> Degrees:
        """Within the road's width, where exactly one stretch of border road is concerned."""
        pieces = [
            piece
            for piece in self._oracle.pieces
            if (piece.side == "unknown" if unknown else piece.owner is not None)
            and piece.line.length > 5e-4
        ]
        while True:
            piece = pieces[self._rng.integers(len(pieces))]
            middle = piece.line.interpolate(self._rng.uniform(0.1, 0.9), normalized=True)
            off = self._rng.uniform(-1, 1, 2) * piece.width_m / 3
            at: Degrees = np.round(to_degrees(to_metres(np.array(middle.coords)) + off)[0], 7)
            if self._oracle.corridors_at(*at) == [piece]:
                return at

    def _shared_edges(self) -> list[Degrees]:
        """(2, 2) edges that two grids share, sorted."""
        seen: dict[tuple[float, ...], int] = {}
        for grid in self._city.grids:
            for polygon in shapely.get_parts(grid.geometry):
                for ring in (polygon.exterior, *polygon.interiors):
                    coords = list(ring.coords)
                    for a, b in pairwise(coords):
                        key = (*min(a, b), *max(a, b))
                        seen[key] = seen.get(key, 0) + 1
        return [np.array(key).reshape(2, 2) for key in sorted(seen) if seen[key] == 2]

    def _on_vertex(self) -> Degrees:
        while True:
            at: Degrees = self._shared[self._rng.integers(len(self._shared))][0]
            if not self._oracle.corridors_at(*at):
                return at

    def _on_edge(self) -> Degrees:
        """The middle of an edge whose middle is a pair of doubles lying exactly on it."""
        while True:
            a, b = self._shared[self._rng.integers(len(self._shared))]
            at: Degrees = (a + b) / 2
            exact = bool(np.all(at - a == b - at))
            if exact and not self._oracle.corridors_at(*at) and len(self._oracle.grids_at(*at)) > 1:
                return at


def _place(at: Degrees, *, exact: bool = False) -> DrawnPlace:
    return DrawnPlace(lon=float(at[0]), lat=float(at[1]), exact=exact)
