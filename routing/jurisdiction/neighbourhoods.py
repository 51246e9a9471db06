"""What lies around a small square of ground, worked out once and kept while it is asked for.

Complaints come from the same streets again and again. For a square no border comes near, every
point in it has the same answer; elsewhere only the few polygons with a border near need a test,
and only their edges near need measuring.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from routing.jurisdiction.edges import Ends, Near, edge_distance_m
from routing.jurisdiction.editions import Edition
from routing.jurisdiction.pieces import Pieces
from routing.metric import metres_per_degree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SIDE_M = 64.0
"""Metres. Smaller squares are asked for less often each, larger ones list more edges: 32, 64 and
128 differ by less than a tenth on the demonstration city."""

MARGIN_M = 60.0
"""Metres around the square within which edges are listed: the farthest that a place with an
ordinary radius looks, see ``GAP_REACH_M``."""

KEPT = 20_000
"""Squares kept. The demonstration city has 8,700; each takes about 4 kB where borders are near."""


@dataclass(frozen=True, slots=True, eq=False)
class Neighbourhood:
    """One square; numbers are positions in the edition."""

    whole: tuple[int, ...]
    """Polygons that cover all of the square and have no border near it."""
    crossing: tuple[int, ...]
    """Polygons with a border near: whether they cover a point has to be asked."""
    edge: Ints
    """Edges near, ascending."""
    owner: Ints
    """Their polygons."""
    ends: Ends
    finest: Ints
    """Positions in ``edge`` of those of the finest level."""
    border_roads: bool
    """Whether the corridor of a border segment with a side rule comes near."""
    pieces: Pieces
    """The crossing polygons, cut to what lies within ``MARGIN_M``."""

    def within(
        self, x: float, y: float, mx: float, my: float, reach_m: float
    ) -> tuple[Near, float]:
        """Edges within reach of a point of the square, and the distance to the finest level's.

        Complete only for a reach of at most ``MARGIN_M``; the distance is ``inf`` where it is more.
        """
        distance = edge_distance_m(self.ends, x, y, mx, my)
        found = (distance <= reach_m).nonzero()[0]
        near = Near(self.edge[found], self.owner[found], distance[found])
        finest = float(distance[self.finest].min()) if len(self.finest) else math.inf
        return near, finest if finest <= MARGIN_M else math.inf


class Neighbourhoods:
    """The squares of one edition, the latest asked for kept. Not for two threads at once."""

    def __init__(self, edition: Edition, covering: Callable[[float, float], list[int]]) -> None:
        """``covering`` gives the polygons, as positions in the edition, covering a point."""
        self._edition, self._borders, self._covering = edition, edition.borders, covering
        mx, my = metres_per_degree(edition.middle_lat)
        self._per_lon, self._per_lat = mx / SIDE_M, my / SIDE_M
        self._kept: OrderedDict[tuple[int, int], Neighbourhood] = OrderedDict()

    def at(self, lon: float, lat: float) -> Neighbourhood:
        """The square a point lies in."""
        key = (math.floor(lon * self._per_lon), math.floor(lat * self._per_lat))
        known = self._kept.get(key)
        if known is None:
            known = self._kept[key] = self._look(key)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return known

    def _look(self, key: tuple[int, int]) -> Neighbourhood:
        west, south = key[0] / self._per_lon, key[1] / self._per_lat
        east, north = (key[0] + 1) / self._per_lon, (key[1] + 1) / self._per_lat
        # a little more than the margin: the square's own latitude is not quite the city's
        mx, my = metres_per_degree((south + north) / 2)
        dx, dy = 1.01 * MARGIN_M / mx, 1.01 * MARGIN_M / my
        borders, scale = self._borders, self._borders.x_scale
        box = shapely.box((west - dx) * scale, south - dy, (east + dx) * scale, north + dy)
        edge = np.sort(borders.edges_of_pieces(borders.tree.query(box))[1])
        owner = borders.owner[edge]
        crossing = tuple(dict.fromkeys(owner.tolist()))
        middle = self._covering((west + east) / 2, (south + north) / 2)
        whole = tuple(number for number in middle if number not in crossing)
        finest = np.array(self._edition.is_finest)[owner].nonzero()[0]
        ground = shapely.box(west - dx, south - dy, east + dx, north + dy)
        return Neighbourhood(
            whole=whole,
            crossing=crossing,
            edge=edge,
            owner=owner,
            ends=borders.ends_of(edge),
            finest=finest,
            border_roads=len(self._edition.segment_tree.query(ground)) > 0,
            pieces=Pieces((west - dx, south - dy, east + dx, north + dy), crossing),
        )
