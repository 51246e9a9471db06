"""What a test is made on: the areas of a level, or square cells over the same ground."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from app.analysis.prepared import neighbours
from app.analysis.sight import Sight
from maps import weights
from maps.cells import ring
from maps.model import NONE, Areas, Floats, Ints
from maps.weights import Weights
from routing.errors import UserInputError
from routing.model import TERRITORIAL_LEVELS

MOST_CELLS = 40_000
"""Cells tested at once, as in ``maps.statistics.optimisation``: 200 × 200."""


@dataclass(frozen=True, kw_only=True)
class Places:
    """n places of one kind, and which of them each case of the snapshot lies in."""

    xy_m: Floats
    """(n, 2) a point inside each, metres in the working CRS."""
    of_case: Ints
    """(cases,) place of each case; NONE for those in none of them."""
    areas: Areas | None
    """``None`` for cells."""
    ring_m: Floats | None
    """Corners of a cell around its centre, metres; ``None`` for areas."""
    make_weights: Callable[[], Weights]

    def __len__(self) -> int:
        return len(self.xy_m)

    @cached_property
    def weights(self) -> Weights:
        """Who borders whom; for cells the eight around."""
        return self.make_weights()

    def counts(self, rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        """(n,) how many of some cases lie in each."""
        at = self.of_case[rows]
        return np.bincount(at[at != NONE], minlength=len(self))


def area_places(seen: Sight) -> Places:
    """The areas of the view's level within the ground looked at; none where it has none."""
    areas = seen.areas
    return Places(
        xy_m=areas.middles if len(areas) else np.empty((0, 2)),
        of_case=seen.place_of_cases(areas),
        areas=areas,
        ring_m=None,
        make_weights=lambda: neighbours(seen, areas),
    )


def cell_places(seen: Sight, size_m: int) -> Places:
    """Squares whose middle lies on the ground looked at, or that hold a case of the view.

    Empty ones are among them: where nothing was said is part of the pattern. Raises UserInputError
    where there would be more than ``MOST_CELLS``.
    """
    cases, rows = seen.snapshot.cases, seen.rows & seen.snapshot.cases.located
    held = np.unique(_cell(cases.x_m[rows], cases.y_m[rows], size_m), axis=0)
    ij = np.unique(np.concatenate([_on_ground(seen, size_m), held]), axis=0)
    if len(ij) > MOST_CELLS:
        raise UserInputError(
            f"{size_m} 米方格有 {len(ij):,} 个，超过 {MOST_CELLS:,} 个；请选更大的方格，或缩小范围"
        )
    of_case = np.full(len(cases), NONE, dtype=np.int32)
    if len(ij):
        low, spread = ij.min(axis=0), int(np.ptp(ij[:, 1])) + 1
        keys = (ij[:, 0] - low[0]) * spread + ij[:, 1] - low[1]
        at = np.flatnonzero(rows)
        mine = _cell(cases.x_m[at], cases.y_m[at], size_m) - low
        of_case[at] = np.searchsorted(keys, mine[:, 0] * spread + mine[:, 1])
    return Places(
        xy_m=(ij + 0.5) * size_m,
        of_case=of_case,
        areas=None,
        ring_m=ring("square", size_m),
        make_weights=lambda: weights.cells(ij),
    )


def ground_m(seen: Sight) -> shapely.Geometry:
    """The ground looked at, metres: the area chosen, else all of the coarsest; may be empty."""
    level = seen.top[0] if seen.top else None
    for coarse in [level] if level else TERRITORIAL_LEVELS:
        areas = seen.areas_of(coarse)
        if len(areas):
            # An own copy: a prepared geometry shared between threads aborts the process.
            return shapely.from_wkb(shapely.to_wkb(shapely.union_all(areas.shapes)))
    return shapely.Polygon()


def _cell(x_m: Floats, y_m: Floats, size_m: int) -> NDArray[np.int64]:
    """(n, 2) column and row, as ``maps.cells`` numbers squares."""
    return np.floor(np.column_stack([x_m, y_m]) / size_m).astype(np.int64)


def _on_ground(seen: Sight, size_m: int) -> NDArray[np.int64]:
    ground = ground_m(seen)
    if shapely.is_empty(ground):
        return np.empty((0, 2), dtype=np.int64)
    west, south, east, north = np.floor(np.array(shapely.bounds(ground)) / size_m).astype(int)
    if (east - west + 1) * (north - south + 1) > 25 * MOST_CELLS:
        raise UserInputError(f"范围太大，放不下 {size_m} 米方格；请选更大的方格，或缩小范围")
    columns, rows = np.arange(west, east + 1), np.arange(south, north + 1)
    lattice = np.stack(np.meshgrid(columns, rows, indexing="ij"), axis=-1).reshape(-1, 2)
    shapely.prepare(ground)
    inside = shapely.intersects_xy(ground, *((lattice + 0.5) * size_m).T)
    chosen: NDArray[np.int64] = lattice[inside].astype(np.int64)
    return chosen
