"""Knox: whether cases that are near in space are near in time more often than chance allows.

Knox 1964, Applied Statistics 13, 25–29. It says that there is contagion or a common cause
somewhere (one broken main, one caller), not where: for that the space-time permutation scan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.stats import poisson

from maps.model import Floats
from maps.weights import PAIRS
from routing.errors import UserInputError


@dataclass(frozen=True, kw_only=True, slots=True)
class Knox:
    """Pairs of cases, near and far in space and time."""

    near_both: int
    """Pairs near in space and in time: the statistic."""
    table: NDArray[np.int64]
    """(2, 2) pairs: near, far in space down; near, far in time across."""
    expected: float
    """Of ``near_both``, if space and time were independent."""
    p_poisson: float
    """P(at least as many) for a Poisson number with that expectation."""
    p: float
    """(1 + #as many)/(permutations + 1), the times permuted among the places; 1 without any."""


def knox(
    xy_m: Floats,
    time: Floats,
    *,
    near_m: float,
    near_time: float,
    permutations: int = 0,
    seed: int = 0,
) -> Knox:
    """Count pairs of the (n, 2) places in metres and (n,) times, in any unit, at most so far apart.

    Fewer than two cases have no pairs: all counts 0, p = 1. UserInputError for a distance so wide
    that nearly all pairs are near.
    """
    xy, when = np.asarray(xy_m, dtype=np.float64), np.asarray(time, dtype=np.float64)
    n = len(when)
    every = n * (n - 1) // 2
    if every == 0:
        empty = np.zeros((2, 2), dtype=np.int64)
        return Knox(near_both=0, table=empty, expected=0.0, p_poisson=1.0, p=1.0)
    tree = cKDTree(xy)
    if (held := (int(tree.count_neighbors(tree, near_m)) - n) // 2) > PAIRS // 2:
        raise UserInputError(f"距离 {near_m:g} 以内有 {held:,} 对，过多；请缩小距离或时段")
    left, right = tree.query_pairs(near_m, output_type="ndarray").T
    ranked = np.sort(when)
    in_time = int((np.searchsorted(ranked, ranked + near_time, side="right") - 1).sum())
    in_time -= every  # Σ of places up to the last one near, less the place of the case itself
    both = int((np.abs(when[left] - when[right]) <= near_time).sum())
    in_space = len(left)
    table = np.array([[both, in_space - both], [in_time - both, every - in_space - in_time + both]])
    rng = np.random.default_rng(seed)
    as_many = 0
    for _ in range(permutations):
        mixed = rng.permutation(when)
        as_many += int((np.abs(mixed[left] - mixed[right]) <= near_time).sum()) >= both
    expected = in_space * in_time / every
    return Knox(
        near_both=both,
        table=table,
        expected=expected,
        p_poisson=float(poisson.sf(both - 1, expected)) if expected else 1.0,
        p=(1 + as_many) / (permutations + 1),
    )
