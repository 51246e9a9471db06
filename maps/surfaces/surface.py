"""A smoothed surface on a lattice: what is drawn as density or as relative risk."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from maps.model import Floats, Method
from maps.surfaces.lattice import Lattice


@dataclass(frozen=True, kw_only=True)
class Surface:
    """A smoothed surface on a lattice, with the classes it is drawn in."""

    lattice: Lattice
    values: NDArray[np.float32]
    """(rows, columns) at the middles of the cells, in ``unit``; finite everywhere."""
    ground: NDArray[np.float32]
    """(rows, columns) 1 on the city's ground, 0 elsewhere; drawn is where it reads over a half."""
    bandwidth_m: float
    n: int
    """Cases counted: located and on the lattice."""
    unit: str
    breaks: tuple[float, ...]
    """Lower bounds of the classes, ascending; below the first nothing is drawn."""
    colours: tuple[str, ...]
    """``#rrggbb`` of each class, as many as breaks."""
    method: Method

    @cached_property
    def highest(self) -> float:
        """The largest value on the ground; 0 for an empty one."""
        return float((self.values * self.ground).max(initial=0.0))

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return self.values.nbytes + self.ground.nbytes

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes in words, as many as breaks."""
        ends = (*self.breaks[1:], None)
        return tuple(
            f"{low:,g} 以上" if high is None else f"{low:,g}–{high:,g}"
            for low, high in zip(self.breaks, ends, strict=True)
        )

    def at(self, x_m: Floats, y_m: Floats) -> NDArray[np.float32]:
        """Values at points (metres, any shape), read bilinearly; 0 off the ground."""
        return read_bilinear(self, x_m, y_m)


def read_bilinear(surface: Surface, x_m: Floats, y_m: Floats) -> NDArray[np.float32]:
    """See ``Surface.at``."""
    lattice = surface.lattice
    column = (x_m - lattice.x0_m) / lattice.cell_m - 0.5
    row = (y_m - lattice.y0_m) / lattice.cell_m - 0.5
    with np.errstate(invalid="ignore"):
        inside = (
            (column >= -0.5)
            & (column <= lattice.columns - 0.5)
            & (row >= -0.5)
            & (row <= lattice.rows - 0.5)
        )
    column = np.where(inside, column, 0.0).clip(0, lattice.columns - 1).astype(np.float32)
    row = np.where(inside, row, 0.0).clip(0, lattice.rows - 1).astype(np.float32)
    left = np.minimum(column.astype(np.int32), max(lattice.columns - 2, 0))
    low = np.minimum(row.astype(np.int32), max(lattice.rows - 2, 0))
    east, north = column - left, row - low
    at = low * lattice.columns + left
    right = 1 if lattice.columns > 1 else 0
    up = lattice.columns if lattice.rows > 1 else 0

    def read(flat: NDArray[np.float32]) -> NDArray[np.float32]:
        below = flat[at] * (1 - east) + flat[at + right] * east
        above = flat[at + up] * (1 - east) + flat[at + up + right] * east
        mixed: NDArray[np.float32] = below * (1 - north) + above * north
        return mixed

    on_ground = inside & (read(surface.ground.ravel()) >= 0.5)
    return np.where(on_ground, read(surface.values.ravel()), np.float32(0))
