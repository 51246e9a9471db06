"""漏斗图: limits around the city's rate within which a unit's ratio is chance.

A league table ranks noise: the smallest units are always first and last. A funnel plot
(Spiegelhalter, Statistics in Medicine 24, 2005) shows each unit against its own size, and only
those outside the limits differ from the city at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from maps.counting.columns import Counts
from maps.model import Floats, Ints

TRIMMED = 0.1
"""Share of units at each end whose deviation is pulled in before the spread is measured, after
Spiegelhalter 2005: the units that do differ must not widen the limits that judge them."""


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """Limits of observed over expected around 1."""

    low95: Floats
    """(n,) lower 95 % limit; NaN where nothing is expected."""
    high95: Floats
    low998: Floats
    """(n,) lower 99.8 % limit: three standard deviations, the usual mark of "look into it"."""
    high998: Floats
    spread: float
    """By which the variance is larger than Poisson's, at least 1; the limits hold it already."""
    outside: Ints
    """(n,) -2 below 99.8 %, -1 below 95 %, 0 within, 1 above 95 %, 2 above 99.8 %; 0 without
    expectation."""


def funnel(observed: Counts, expected: Floats) -> Funnel:
    """Limits for each unit from what is expected of it, wider where all units spread more.

    The limits are those of a Poisson count, interpolated between whole cases, times the square
    root of the measured spread around 1. No units give empty columns and a spread of 1.
    """
    known = np.isfinite(expected) & (expected > 0)
    spread = _spread(observed[known], expected[known])
    limits = {}
    for name, tail in (("95", 0.025), ("998", 0.001)):
        for side, share in (("low", tail), ("high", 1 - tail)):
            limit = np.full(len(expected), np.nan)
            limit[known] = _limit(share, expected[known], spread)
            limits[side + name] = limit
    ratio = np.full(len(expected), np.nan)
    np.divide(observed, expected, out=ratio, where=known)
    with np.errstate(invalid="ignore"):
        above = (ratio > limits["high95"]).astype(np.int32) + (ratio > limits["high998"])
        below = (ratio < limits["low95"]).astype(np.int32) + (ratio < limits["low998"])
    return Funnel(
        low95=limits["low95"],
        high95=limits["high95"],
        low998=limits["low998"],
        high998=limits["high998"],
        spread=spread,
        outside=(above - below).astype(np.int32),
    )


def _spread(observed: Counts, expected: Floats) -> float:
    if len(observed) < 2:
        return 1.0
    # Square roots of counts have one variance whatever their size.
    deviation = 2.0 * (np.sqrt(observed) - np.sqrt(expected))
    low, high = np.quantile(deviation, [TRIMMED, 1.0 - TRIMMED])
    return max(1.0, float((np.clip(deviation, low, high) ** 2).mean()))


def _limit(share: float, expected: Floats, spread: float) -> Floats:
    whole = stats.poisson.ppf(share, expected)
    at, below = stats.poisson.cdf(whole, expected), stats.poisson.cdf(whole - 1, expected)
    count = whole - (at - share) / (at - below)
    limit: Floats = np.maximum(0.0, 1.0 + (count / expected - 1.0) * np.sqrt(spread))
    return limit
