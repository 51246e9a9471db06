"""The polygons around one square, cut to what is near it: small enough to be met with a place.

A district has thousands of corners, the ground of a house thirty. Places lie in the same streets
again and again, so what a square has of each polygon is cut once and kept.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import shapely
from shapely import lib
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

SAME_PART = 1e-12
"""Part of the box by which two pieces may overlap or leave a gap and still fill it together."""

SIDES_M = (256.0, 1024.0)
"""Metres. Sides of the squares for places that are larger than a house's ground; each square is
listed with as much around it, so that a place as large as its side lies within."""

KEPT = 2_000
"""Squares kept of each size, so that memory does not grow with the complaints."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """What one polygon has of a box."""

    polygon: BaseGeometry
    """The whole of it, prepared."""
    shape: BaseGeometry
    """What lies in the box."""
    bounds: Box
    full: bool
    """It is all of the box."""
    same: int
    """Pieces of one shape have one number: a grid and its community often share a border."""
    rest: int | None
    """Number of the piece that has all the rest of the box, ``None`` where no single one has."""


class Pieces:
    """Pieces of one box, cut when first asked for. Not for two threads at once."""

    def __init__(self, box: Box, numbers: Sequence[int]) -> None:
        """``numbers``: positions in the edition of the polygons that come near the box."""
        self.numbers = tuple(sorted(numbers))
        self._box = box
        self._whole = (box[2] - box[0]) * (box[3] - box[1])
        self._known: dict[int, Piece] = {}
        self._same: dict[bytes, int] = {}
        self._distinct: list[tuple[BaseGeometry, float]] = []

    def of(self, number: int, polygon: BaseGeometry) -> Piece:
        """The piece of the polygon at a position in the edition."""
        known = self._known.get(number)
        if known is None:
            known = self._known[number] = self._cut(polygon)
        return known

    def _cut(self, polygon: BaseGeometry) -> Piece:
        try:
            shape = lib.normalize(lib.clip_by_rect(polygon, *self._box))
        except GEOSException:
            shape = polygon
        key, area = shapely.to_wkb(shape), float(lib.area(shape))
        same = self._same.setdefault(key, len(self._distinct))
        if same == len(self._distinct):
            self._distinct.append((shape, area))
        shape = self._distinct[same][0]
        west, south, east, north = lib.bounds(shape).tolist()
        full = shape is not polygon and area >= self._whole * (1.0 - SAME_PART)
        rest = None if full or area == 0.0 else self._rest(same, shape, area)
        return Piece(polygon, shape, (west, south, east, north), full, same, rest)

    def _rest(self, same: int, shape: BaseGeometry, area: float) -> int | None:
        """One of the pieces known so far that fills the box together with this one."""
        slack = SAME_PART * self._whole
        for at, (other, size) in enumerate(self._distinct):
            if at != same and abs(area + size - self._whole) <= slack:
                try:
                    if float(lib.area(lib.intersection(shape, other))) <= slack:
                        return at
                except GEOSException:
                    continue
        return None


class Squares:
    """Squares of ``SIDES_M``, the latest asked for kept. Not for two threads at once."""

    def __init__(self, mx: float, my: float, meeting: Callable[[Box], list[int]]) -> None:
        """``mx``, ``my``: metres per degree; ``meeting`` gives the polygons whose box meets a box,
        as positions in the edition."""
        self._mx, self._my, self._meeting = mx, my, meeting
        self._kept: dict[float, OrderedDict[tuple[int, int], Pieces]] = {
            side: OrderedDict() for side in SIDES_M
        }

    def holding(self, lon: float, lat: float, far_m: float) -> Pieces | None:
        """The pieces around a place that reaches ``far_m`` from its middle; ``None`` where it is
        larger than any square."""
        for side, kept in self._kept.items():
            if far_m <= side:
                key = math.floor(lon * self._mx / side), math.floor(lat * self._my / side)
                known = kept.get(key)
                if known is None:
                    known = kept[key] = self._look(key, side)
                    if len(kept) > KEPT:
                        kept.popitem(last=False)
                return known
        return None

    def _look(self, key: tuple[int, int], side: float) -> Pieces:
        # a little more: the scale at the place is not quite the city's
        dx, dy = side / self._mx, side / self._my
        box = (
            (key[0] - 1.02) * dx,
            (key[1] - 1.02) * dy,
            (key[0] + 2.02) * dx,
            (key[1] + 2.02) * dy,
        )
        return Pieces(box, self._meeting(box))
