"""Squares and hexagons in metres: counts on a lattice that stands still.

The lattice is anchored at the origin of the working CRS, so a cell is the same cell on every day
and in every filter. Where the lattice lies is arbitrary all the same: moving all cases by a whole
number of cells moves the counts with them, moving them by part of a cell gives other counts. What
holds at one size only is the lattice's doing, not the city's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from maps.model import NONE, Bools, Floats, Ints
from routing.errors import UserInputError

Shape = Literal["square", "hexagon"]

DENSE = 20_000_000
"""Cells of the box around all cases up to which they are counted in an array (160 MB), which takes
a tenth of the time of sorting ten million cases; a city at 100 m has 2 million."""
AT_ONCE = 200_000
"""Cases whose cell is computed at once: what is in between then stays in the processor's cache,
which for ten million cases takes a quarter of the time."""


@dataclass(frozen=True, kw_only=True)
class CellCounts:
    """Cells with at least one case, in the order of ``ij``."""

    shape: Shape
    size_m: float
    """Side of a square; of a hexagon the distance between opposite sides."""
    ij: NDArray[np.int64]
    """(cells, 2) column and row from the origin; odd rows of hexagons lie half a cell east."""
    x_m: Floats
    """(cells,) centre, metres in the working CRS."""
    y_m: Floats
    n: NDArray[np.int64]
    """(cells,) cases, at least 1."""
    cell_of: Ints
    """(cases,) place of each case in these columns; ``NONE`` for a case without a place."""
    unlocated: int
    """Cases without a place."""

    @property
    def ring(self) -> Floats:
        """(4 or 6, 2) metres from a centre to the corners, counter-clockwise, not closed."""
        return ring(self.shape, self.size_m)

    @property
    def km2(self) -> float:
        """Square kilometres of one cell."""
        hexagon = math.sqrt(3) / 2 if self.shape == "hexagon" else 1.0
        return self.size_m**2 * hexagon / 1e6


def ring(shape: Shape, size_m: float) -> Floats:
    """(4 or 6, 2) metres from a centre to its cell's corners, counter-clockwise, not closed."""
    if shape == "square":
        return np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * size_m
    angles = np.radians(np.arange(-150, 210, 60))
    return np.column_stack([np.cos(angles), np.sin(angles)]) * (size_m / math.sqrt(3))


def aggregate(x_m: Floats, y_m: Floats, *, shape: Shape = "square", size_m: float) -> CellCounts:
    """Count points in cells; order does not matter.

    A point on the edge of two squares belongs to the eastern or northern one; on the edge of two
    hexagons to one of the two whose centre is nearest, always the same. NaN is counted as
    unlocated. No points give empty columns. UserInputError for another shape and for a size that is
    not positive, or so small that cells cannot be numbered.
    """
    if shape not in ("square", "hexagon"):
        raise UserInputError(
            f"单元形状 {shape!r} 无法使用；可用 square（方格）或 hexagon（六边形）"
        )
    if not (math.isfinite(size_m) and size_m > 0):
        raise UserInputError(f"单元边长为 {size_m!r} 米；应为正数")
    column, row, found = _placed(x_m, y_m, shape, size_m)
    ij, cell_of, n = _counted(column, row, found)
    at_x, at_y = centres(shape, size_m, ij)
    return CellCounts(
        shape=shape,
        size_m=size_m,
        ij=ij,
        x_m=at_x,
        y_m=at_y,
        n=n,
        cell_of=cell_of,
        unlocated=len(x_m) - int(np.count_nonzero(found)),
    )


def centres(shape: Shape, size_m: float, ij: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """(cells,) metres east and north of the centres of cells."""
    column, row = ij[:, 0], ij[:, 1]
    east, north = column.astype(np.float64), row.astype(np.float64)
    if shape == "square":
        return (east + 0.5) * size_m, (north + 0.5) * size_m
    return (east + 0.5 * (row % 2)) * size_m, north * (size_m * math.sqrt(3) / 2)


def _placed(x_m: Floats, y_m: Floats, shape: Shape, size: float) -> tuple[Ints, Ints, Bools]:
    """Column and row of each point, 0 for one without a place, and which have one."""
    n = len(x_m)
    column, row = np.zeros(n, dtype=np.int32), np.zeros(n, dtype=np.int32)
    found = np.isfinite(x_m) & np.isfinite(y_m)
    way = _square if shape == "square" else _hexagon
    for start in range(0, n, AT_ONCE):
        part = slice(start, start + AT_ONCE)
        here = found[part]
        i, j = way(np.where(here, x_m[part], 0.0), np.where(here, y_m[part], 0.0), size)
        if max(np.abs(i).max(), np.abs(j).max()) > 2**31 - 2:
            raise UserInputError(f"单元边长为 {size!r} 米，对工单所占范围太小；请用更大的单元")
        column[part], row[part] = i, j
    return column, row, found


def _square(x: Floats, y: Floats, size: float) -> tuple[Floats, Floats]:
    return np.floor(x / size), np.floor(y / size)


def _hexagon(x: Floats, y: Floats, size: float) -> tuple[Floats, Floats]:
    """The nearest centre. Centres are two rectangular lattices, the even rows and the odd ones:
    the nearest of each is found by rounding, and the nearer of the two is the answer."""
    high = size * math.sqrt(3)
    best: list[Floats] = []
    for odd in (0.0, 0.5):
        column = np.floor(x / size - odd + 0.5)
        pair = np.floor(y / high - odd + 0.5)
        away = ((column + odd) * size - x) ** 2 + ((pair + odd) * high - y) ** 2
        best += [column, 2 * pair + 2 * odd, away]
    odd_row = best[5] < best[2]  # an equal distance goes to the even row
    return np.where(odd_row, best[3], best[0]), np.where(odd_row, best[4], best[1])


def _counted(
    column: Ints, row: Ints, found: Bools
) -> tuple[NDArray[np.int64], Ints, NDArray[np.int64]]:
    """Cells with a case, the cell of each case, and how many are in each."""
    whole = bool(found.all())
    if not found.any():
        return (
            np.empty((0, 2), np.int64),
            np.full(len(found), NONE, np.int32),
            np.empty(0, np.int64),
        )
    some = slice(None) if whole else found
    west, east = int(column[some].min()), int(column[some].max())
    south, north = int(row[some].min()), int(row[some].max())
    high = north - south + 1
    total = (east - west + 1) * high
    key = np.empty(len(found), dtype=np.int32 if total < 2**31 - 1 else np.int64)
    for start in range(0, len(found), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        key[part] = (column[part].astype(np.int64) - west) * high + (row[part] - south)
    if not whole:
        key[~found] = total  # one more cell, for those without a place
    if total <= DENSE:
        full = np.bincount(key, minlength=total + 1)[:total]
        keys = np.flatnonzero(full)
        place = np.full(total + 1, NONE, dtype=np.int32)
        place[keys] = np.arange(len(keys), dtype=np.int32)
        cell_of, n = place[key], full[keys]
    else:
        keys, inverse, n = np.unique(key, return_inverse=True, return_counts=True)
        cell_of = inverse.astype(np.int32)
        if not whole:  # the last one
            cell_of[~found] = NONE
            keys, n = keys[:-1], n[:-1]
    ij = np.column_stack([keys // high + west, keys % high + south]).astype(np.int64)
    return ij, cell_of, n
