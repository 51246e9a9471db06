"""A fixed lattice of square cells on the working plane, and what is counted on it quickly.

The lattice is anchored at whole multiples of ``COARSEST_M`` of the plane's own coordinates, so the
same place falls into the same cell whatever is filtered and however the data grow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from maps.model import Areas, Bools, Cases, Floats, Ints
from routing.errors import UserInputError

BASE_M = 25.0
"""Side of the finest cell, metres: a quarter of the narrowest bandwidth (``density``), and about
the width of an arterial road, finer than most complaints are placed."""
COARSEST_M = 800.0
"""Side of the coarsest cell, metres; every lattice is anchored to it and divided by halves."""
MOST_CELLS = 64_000_000
"""Finest cells of one lattice: 200 km × 200 km, every prefecture's built-up ground; 64 million
counts of 8 bytes are half a gigabyte, and more is a case in the sea."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lattice:
    """Square cells in rows from south to north; flat index = row × columns + column."""

    x0_m: float
    """South-west corner of cell (0, 0), metres in the working CRS."""
    y0_m: float
    cell_m: float
    columns: int
    rows: int

    def __len__(self) -> int:
        return self.columns * self.rows

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns), as arrays on it are shaped."""
        return self.rows, self.columns

    @property
    def km2(self) -> float:
        """Square kilometres of one cell."""
        return self.cell_m**2 / 1e6

    def cells(self, x_m: Floats, y_m: Floats) -> Ints:
        """(n,) flat index of the cell of each point; -1 outside and for NaN.

        A point on the edge between two cells belongs to the eastern or northern one.
        """
        with np.errstate(invalid="ignore"):
            column = np.floor((x_m - self.x0_m) / self.cell_m)
            row = np.floor((y_m - self.y0_m) / self.cell_m)
            inside = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        flat = np.where(inside, row * self.columns + column, -1)
        return flat.astype(np.int32)

    def coarser(self, cell_m: float) -> Lattice:
        """The same ground in cells of 2, 4, 8 … times the side."""
        times = self._times(cell_m)
        return Lattice(
            x0_m=self.x0_m,
            y0_m=self.y0_m,
            cell_m=cell_m,
            columns=self.columns // times,
            rows=self.rows // times,
        )

    def summed(self, counts: NDArray[Any], cell_m: float) -> Floats:
        """Counts of this lattice (flat or rows × columns) on the coarser one of ``cell_m``."""
        times = self._times(cell_m)
        square = np.asarray(counts).reshape(self.shape)
        while times > 1:  # by halves: a third of the time of summing blocks at once
            square = square[0::2] + square[1::2]
            square = square[:, 0::2] + square[:, 1::2]
            times //= 2
        return square.astype(np.float64)

    def _times(self, cell_m: float) -> int:
        times = round(cell_m / self.cell_m)
        fits = times >= 1 and times.bit_count() == 1 and times * self.cell_m == cell_m
        if not fits or self.rows % times or self.columns % times:
            raise ValueError(f"cells of {self.cell_m:g} m do not make up cells of {cell_m:g} m")
        return times


def lattice_over(bounds_m: tuple[float, float, float, float]) -> Lattice:
    """The finest lattice over west, south, east, north (metres), anchored to the plane.

    Raises UserInputError for a ground of more than ``MOST_CELLS`` cells or without finite bounds.
    """
    west, south, east, north = bounds_m
    if not all(math.isfinite(side) for side in bounds_m) or west > east or south > north:
        raise UserInputError(f"范围 {bounds_m} 无法使用；请先加载界线或有坐标的工单")
    x0, y0 = (math.floor(side / COARSEST_M) * COARSEST_M for side in (west, south))
    # A point exactly on the last edge belongs to the next cell, so there is always one more.
    wide = int((math.floor(east / COARSEST_M) + 1) - x0 / COARSEST_M)
    high = int((math.floor(north / COARSEST_M) + 1) - y0 / COARSEST_M)
    times = int(COARSEST_M / BASE_M)
    if wide * high * times**2 > MOST_CELLS:
        raise UserInputError(
            f"范围 {(east - west) / 1000:.0f} km × {(north - south) / 1000:.0f} km 太大，"
            "密度图最多 200 km × 200 km；请检查是否有工单坐标远在城市之外"
        )
    return Lattice(x0_m=x0, y0_m=y0, cell_m=BASE_M, columns=wide * times, rows=high * times)


def ground_lattice(areas: Areas | None, cases: Cases) -> Lattice:
    """The finest lattice over a city: its areas, else the middle 99.8 % of its cases.

    Without either it covers one coarsest cell at the plane's origin, in which nothing lies.
    """
    if areas is not None and len(areas):
        west, south, east, north = shapely.total_bounds(areas.shapes)
        return lattice_over((float(west), float(south), float(east), float(north)))
    at = cases.located
    if not at.any():
        return lattice_over((0.0, 0.0, 0.0, 0.0))
    x, y = cases.x_m[at], cases.y_m[at]
    (west, east), (south, north) = np.percentile(x, (0.1, 99.9)), np.percentile(y, (0.1, 99.9))
    return lattice_over((float(west), float(south), float(east), float(north)))


def covered(shapes: Sequence[Any] | NDArray[Any], lattice: Lattice) -> Bools:
    """(rows, columns) whether a cell's middle, or a border, lies in one of the polygons.

    Drawn, not tested cell by cell: at a border the answer is right to one cell or two.
    """
    picture = Image.new("1", (lattice.columns, lattice.rows))
    pen = ImageDraw.Draw(picture)
    for polygon in shapely.get_parts(np.asarray(shapes, dtype=object)):
        if shapely.is_empty(polygon):
            continue
        own = Image.new("1", picture.size) if shapely.get_num_interior_rings(polygon) else None
        draw = ImageDraw.Draw(own) if own is not None else pen
        draw.polygon(_ring(shapely.get_exterior_ring(polygon), lattice), fill=1, outline=1)
        if own is not None:
            for hole in range(shapely.get_num_interior_rings(polygon)):
                draw.polygon(_ring(shapely.get_interior_ring(polygon, hole), lattice), fill=0)
            picture.paste(1, mask=own)
    drawn: Bools = np.asarray(picture, dtype=np.bool_)
    return drawn


def places_on(shapes: Sequence[Any] | NDArray[Any], lattice: Lattice) -> Ints:
    """(rows, columns) place in ``shapes`` of the polygon each cell lies in; -1 for none.

    Where several do, the last; right to one cell at borders. Holes are filled: what stands in one
    should come later.
    """
    picture = Image.new("I", (lattice.columns, lattice.rows), -1)
    pen = ImageDraw.Draw(picture)
    every = np.asarray(shapes, dtype=object)
    polygons, owners = shapely.get_parts(every, return_index=True)
    for polygon, owner in zip(polygons, owners.tolist(), strict=True):
        if not shapely.is_empty(polygon):
            pen.polygon(_ring(shapely.get_exterior_ring(polygon), lattice), fill=owner)
    drawn: Ints = np.asarray(picture, dtype=np.int32)
    return drawn


def _ring(ring: Any, lattice: Lattice) -> list[tuple[float, float]]:
    corner = np.array([lattice.x0_m, lattice.y0_m])
    # A pixel of Pillow has its middle at whole numbers, a cell at halves.
    places = (shapely.get_coordinates(ring) - corner) / lattice.cell_m - 0.5
    return [(float(x), float(y)) for x, y in places]
