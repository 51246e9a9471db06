"""Who neighbours whom: binary spatial weights in compressed rows, for every statistic here.

A place is never its own neighbour in these rows; a statistic that counts the place itself (Gi*)
adds it. Distances are metres of the working CRS.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from maps.model import Areas, Floats, Ints
from routing.errors import UserInputError

TOUCH_M = 1.0
"""Metres. Boundaries drawn by different offices leave gaps and slivers of centimetres along one
and the same line; the narrowest lane between two blocks is some metres wide. One metre bridges the
former and never the latter."""
PAIRS = 50_000_000
"""Neighbour pairs a band may make: 0.4 GB of indices. A band wider than that covers the city."""


_AROUND = {
    "square": ((-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)),
    "hexagon": ((-1, 0), (1, 0), (-1, -1), (0, -1), (-1, 1), (0, 1)),
}
"""Steps to the cells around, in columns and rows; of a hexagon in an even row."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """The neighbours of place i are ``indices[indptr[i]:indptr[i + 1]]``, each with weight 1."""

    n: int
    """Places."""
    indptr: Ints
    """(n + 1,) where the neighbours of each place begin in ``indices``."""
    indices: Ints
    """(pairs,) places, ascending within a row; never the place of the row itself."""
    about: str
    """Chinese, as printed beside a map: ``共边或共点相邻``, ``800 米以内``."""

    @cached_property
    def counts(self) -> Ints:
        """(n,) how many neighbours each place has."""
        return np.diff(self.indptr).astype(np.int32)

    @cached_property
    def islands(self) -> NDArray[np.intp]:
        """Places without any neighbour, ascending."""
        return np.flatnonzero(self.counts == 0)

    @cached_property
    def matrix(self) -> sp.csr_array:
        """(n, n) ones where two places are neighbours."""
        ones = np.ones(len(self.indices))
        return sp.csr_array((ones, self.indices, self.indptr), shape=(self.n, self.n))

    def sums(self, values: Floats) -> Floats:
        """Σ over the neighbours of each place; of (n,) values, or of (n, k) by columns."""
        total: Floats = self.matrix @ np.asarray(values, dtype=np.float64)
        return total


def from_pairs(n: int, left: NDArray[Any], right: NDArray[Any], *, about: str) -> Weights:
    """Weights from pairs in any order; twins and pairs of a place with itself are dropped.

    A pair (a, b) makes b a neighbour of a, not the other way round: give both for both.
    """
    left, right = np.asarray(left, dtype=np.int64), np.asarray(right, dtype=np.int64)
    if len(left) and not 0 <= min(left.min(), right.min()) <= max(left.max(), right.max()) < n:
        raise ValueError(f"pairs name places outside 0…{n - 1}")
    other = left != right
    keys = np.sort(left[other] * n + right[other])  # np.unique hashes: 20 times slower here
    keys = keys[np.diff(keys, prepend=-1) > 0]
    rows, columns = np.divmod(keys, max(n, 1))
    indptr = np.zeros(n + 1, dtype=np.int32)
    np.cumsum(np.bincount(rows, minlength=n), out=indptr[1:])
    return Weights(n=n, indptr=indptr, indices=columns.astype(np.int32), about=about)


def contiguity(areas: Areas, *, touch_m: float = TOUCH_M) -> Weights:
    """Queen contiguity: areas that share an edge or a corner, or come within ``touch_m`` metres.

    An enclave neighbours what surrounds it. No areas give empty weights.
    """
    tree = shapely.STRtree(areas.shapes)
    left, right = tree.query(areas.shapes, predicate="dwithin", distance=touch_m)
    return from_pairs(len(areas), left, right, about="共边或共点相邻")


def distance_band(xy_m: Floats, band_m: float) -> Weights:
    """All within a fixed distance, in metres, of each of the (n, 2) points; both ways.

    Points at one place are neighbours of each other. UserInputError for a band that is no positive
    number, and for one so wide that nearly everything neighbours everything.
    """
    xy = np.asarray(xy_m, dtype=np.float64)
    if not (np.isfinite(band_m) and band_m > 0):
        raise UserInputError(f"距离阈值为 {band_m} 米；应为正数")
    if len(xy) == 0:
        return from_pairs(0, np.empty(0), np.empty(0), about=f"{band_m:g} 米以内")
    tree = cKDTree(xy)
    if (pairs := int(tree.count_neighbors(tree, band_m)) - len(xy)) > PAIRS:
        raise UserInputError(
            f"距离阈值 {band_m:g} 米产生 {pairs:,} 对邻居，超过 {PAIRS:,}；"
            "请缩小距离阈值，或改用较大的单元"
        )
    found = tree.query_pairs(band_m, output_type="ndarray")
    left, right = found[:, 0], found[:, 1]
    return from_pairs(
        len(xy),
        np.concatenate([left, right]),
        np.concatenate([right, left]),
        about=f"{band_m:g} 米以内",
    )


def k_nearest(xy_m: Floats, k: int) -> Weights:
    """The k nearest of each of the (n, 2) points, metres; one-sided, so not symmetric.

    Of points equally far, the search tree's choice. With k or fewer points, all others.
    """
    xy = np.asarray(xy_m, dtype=np.float64)
    if k < 1:
        raise UserInputError(f"最近邻个数为 {k}；应至少为 1")
    n = len(xy)
    near = min(k, n - 1)
    if near < 1:
        return from_pairs(n, np.empty(0), np.empty(0), about=f"最近的 {k} 个")
    _, found = cKDTree(xy).query(xy, k=near + 1)
    # where points coincide the place itself need not come first, nor be among them at all
    own = found == np.arange(n)[:, None]
    own[~own.any(axis=1), -1] = True
    right = found[~own].reshape(n, near)
    left = np.repeat(np.arange(n), near)
    return from_pairs(n, left, right.ravel(), about=f"最近的 {near} 个")


def cells(ij: NDArray[Any], *, shape: Literal["square", "hexagon"] = "square") -> Weights:
    """Neighbours of the (n, 2) lattice cells, column and row: those that are there.

    Eight around a square, six around a hexagon (odd rows lie half a cell east, as in
    ``maps.cells``). ValueError where a cell occurs twice.
    """
    about = "相邻格网（8 邻域）" if shape == "square" else "相邻六边形（6 邻域）"
    at = np.asarray(ij, dtype=np.int64)
    n = len(at)
    if n == 0:
        return from_pairs(0, np.empty(0), np.empty(0), about=about)
    column, row = (at - at.min(axis=0)).T
    width = int(column.max()) + 3  # a free column on each side: a step never wraps into a row
    keys = (row + 1) * width + column + 1
    order = np.argsort(keys)
    ranked = keys[order]
    if np.any(ranked[1:] == ranked[:-1]):
        raise ValueError("a cell occurs twice")
    odd = at[:, 1] % 2
    lefts, rights = [], []
    for east, north in _AROUND[shape]:
        moved = keys + north * width + east
        if shape == "hexagon" and north:
            moved += odd  # from an odd row, the two above and below begin one column further on
        place = np.minimum(np.searchsorted(ranked, moved), n - 1)
        hit = ranked[place] == moved
        lefts.append(np.flatnonzero(hit))
        rights.append(order[place[hit]])
    return from_pairs(n, np.concatenate(lefts), np.concatenate(rights), about=about)
