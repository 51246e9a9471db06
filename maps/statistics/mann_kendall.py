"""Mann–Kendall: whether a series rises or falls steadily, whatever the shape of the rise.

Mann 1945, Econometrica 13, 245–259; variance with ties as in Kendall 1975; correction of the
variance for series whose steps resemble each other after Hamed and Rao 1998, J. Hydrology 204,
182–196. Many series at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from scipy.stats import norm, rankdata

from maps.model import Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class Trend:
    """One test for each of the series, in their order."""

    s: Floats
    """(k,) Σ sign(later − earlier); whole numbers."""
    variance: Floats
    """(k,) of s without a trend, ties counted; 0 where all values are equal."""
    z: Floats
    """(k,) (s ∓ 1)/√variance; 0 where s or the variance is 0."""
    p: Floats
    """(k,) two-sided from N(0, 1), in (0, 1]."""


def test(
    series: Floats, *, correction: Literal["none", "hamed_rao"] = "none", overlap: int = 0
) -> Trend:
    """Test each column of ``series`` (steps, k), or one series (steps,).

    One step, or equal values, give s = 0 and p = 1. "hamed_rao" widens the variance where the
    ranks, the trend taken off, resemble those of the steps before; it never goes below a positive
    variance. ``overlap``: each step was made of itself and so many before it (``overlapping``).
    ValueError for values that are not finite.
    """
    x = np.asarray(series, dtype=np.float64)
    x = x[:, None] if x.ndim == 1 else x
    if not np.isfinite(x).all():
        raise ValueError("values that are not finite")
    n, many = x.shape
    s = np.zeros(many)
    for step in range(1, n):
        s += np.sign(x[step:] - x[:-step]).sum(axis=0)
    variance = np.full(many, n * (n - 1) * (2 * n + 5) / 18.0) - _ties(x)
    if correction == "hamed_rao" and n > 3:
        variance *= _inflation(x)
    if overlap and n > 1:
        variance *= overlapping(n, overlap)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (s - np.sign(s)) / np.sqrt(variance)
    z[~np.isfinite(z) | (variance <= 0)] = 0.0
    p = np.clip(2 * norm.sf(np.abs(z)), np.finfo(float).tiny, 1.0)
    return Trend(s=s, variance=variance, z=z, p=p)


test.__test__ = False  # type: ignore[attr-defined]  # no test of pytest's, wherever imported


LONG = 30
"""Steps up to which the overlap is worked out, in a millisecond: 1.90 times the variance for one
step back. For 120 steps it would be 1.95, and cost a second for each length."""


@cache
def overlapping(n: int, back: int) -> float:
    """How much more S varies, without a trend, where each step contains the ``back`` before it.

    Two steps that share all but one of three parts have a correlation of 2/3, whatever the data.
    Var S = Σ over all pairs of pairs of 2/π·arcsin of the correlation of their differences, for a
    normal series (Hamed and Rao 1998, their equation 8); over the same without overlap.
    """
    n = min(n, LONG)
    at = np.arange(n)
    first = np.maximum(at - back, 0)
    shared = np.minimum(at[:, None], at) - np.maximum(first[:, None], first) + 1
    length = (at - first + 1).astype(np.float64)
    r = np.maximum(shared, 0) / np.sqrt(length[:, None] * length)
    i, j = np.triu_indices(n, 1)
    spread = np.sqrt(2 - 2 * r[i, j])
    alike = r[np.ix_(j, j)] - r[np.ix_(j, i)] - r[np.ix_(i, j)] + r[np.ix_(i, i)]
    alike /= spread[:, None] * spread
    total = float(np.arcsin(np.clip(alike, -1, 1)).sum()) * 2 / np.pi
    return total / (n * (n - 1) * (2 * n + 5) / 18.0)


def _ties(x: Floats) -> Floats:
    """Σ t(t − 1)(2t + 5)/18 over the groups of equal values in each column."""
    n, many = x.shape
    ranked = np.sort(x, axis=0)
    fresh = np.ones((n, many), dtype=bool)
    fresh[1:] = ranked[1:] != ranked[:-1]
    group = np.cumsum(fresh, axis=0) - 1
    sizes = np.bincount((group + np.arange(many) * n).ravel(), minlength=n * many)
    t = sizes.reshape(many, n).astype(np.float64)
    total: Floats = (t * (t - 1) * (2 * t + 5)).sum(axis=1) / 18.0
    return total


def _inflation(x: Floats) -> Floats:
    """n/n* of Hamed and Rao: from the autocorrelations of the detrended ranks that stand out."""
    n, many = x.shape
    later, earlier = np.triu_indices(n, 1)[::-1]
    slopes = np.empty(many)
    for at in range(0, many, block := max(1, 4_000_000 // len(later))):
        part = x[:, at : at + block]
        rises = (part[later] - part[earlier]) / (later - earlier)[:, None]
        slopes[at : at + block] = np.median(rises, axis=0)
    ranks = rankdata(x - np.arange(1, n + 1)[:, None] * slopes, axis=0)
    ranks -= ranks.mean(axis=0)
    own = (ranks**2).sum(axis=0)
    factor = np.ones(many)
    for lag in range(1, n - 1):
        with np.errstate(divide="ignore", invalid="ignore"):
            r = np.where(own > 0, (ranks[lag:] * ranks[:-lag]).sum(axis=0) / own, 0.0)
        weight = (n - lag) * (n - lag - 1) * (n - lag - 2)
        counts = np.abs(r) > norm.ppf(0.975) / np.sqrt(n)
        factor += np.where(counts, 2.0 / (n * (n - 1) * (n - 2)) * weight * r, 0.0)
    # so strongly alternating a series that the estimate turns negative has no usable variance
    return np.where(factor > 0, factor, 1.0)
