"""Whether a count changed by more than it varies anyway.

Complaints vary more than Poisson counts do: weather, weekends and campaigns move all of them. The
variance of a count is therefore taken as φ times its mean, with φ measured on the days before both
windows (quasi-Poisson; McCullagh and Nelder, Generalized Linear Models, 2nd ed., section 6.2.3),
and the kinds of one table are corrected for their number by Benjamini–Hochberg.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from maps.model import Floats
from maps.statistics import fdr

LEAST = 10
"""Cases of both windows together below which nothing is said: there the normal form is wrong by a
factor of two (9 cases against 1: 0.011, by the exact binomial test 0.021)."""
DAYS_FOR_SPREAD, LEAST_DAYS = 56, 14
"""Days on which φ is measured: eight weeks hold each weekday eight times; less than two weeks do
not say how much days differ, and φ is then taken from all kinds together or as 1."""
LEVEL = 0.05

UP, DOWN, SAME, FEW = "明显增加", "明显减少", "波动范围内", "数量过少"


def spread(daily: NDArray[np.int64]) -> Floats:
    """(kinds,) φ of (days, kinds) counts, at least 1, each weekday having its own mean.

    Fewer than 14 days give 1.
    """
    days, kinds = daily.shape
    if days < LEAST_DAYS:
        return np.ones(kinds)
    weekday = np.arange(days) % 7
    mean = np.vstack([daily[weekday == day].mean(axis=0) for day in range(7)])[weekday]
    over = np.where(mean > 0, (daily - mean) ** 2 / np.where(mean > 0, mean, 1.0), 0.0)
    found: Floats = np.maximum(1.0, over.sum(axis=0) / (days - 7))
    return found


def verdicts(
    now: Sequence[int],
    before: Sequence[int | None],
    *,
    days: int,
    days_before: int,
    spreads: Floats,
) -> list[str | None]:
    """One of UP, DOWN, SAME, FEW for each count; ``None`` where there is nothing to compare.

    z = (a/d − b/e) / √(φ λ (1/d + 1/e)), λ the pooled rate per day; two-sided, corrected over all
    counts that could be tested.
    """
    said: list[str | None] = [None] * len(now)
    tested: list[int] = []
    p: list[float] = []
    up: list[bool] = []
    for at, (a, b) in enumerate(zip(now, before, strict=True)):
        if b is None:
            continue
        if a + b < LEAST:
            said[at] = FEW
            continue
        pooled = (a + b) / (days + days_before)
        error = np.sqrt(spreads[at] * pooled * (1 / days + 1 / days_before))
        z = (a / days - b / days_before) / error
        tested.append(at)
        p.append(max(2 * float(norm.sf(abs(z))), 1e-300))
        up.append(bool(z > 0))
    stands = fdr.significant(np.array(p, dtype=np.float64), LEVEL)
    for at, found, rose in zip(tested, stands, up, strict=True):
        said[at] = (UP if rose else DOWN) if found else SAME
    return said
