"""Measures of decisions; arrays in, numbers out, nothing else."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

BINS = 15
"""Equal-mass bins of the reliability table; on 3,000 sentences each holds 200."""
Z95 = 1.959963984540054
"""Standard normal quantile of a two-sided 95 % interval."""


def wilson(successes: int, n: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's interval of a proportion; (0, 1) where n is 0 (Wilson 1927)."""
    if n == 0:
        return 0.0, 1.0
    share = successes / n
    middle = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """One line of the reliability table."""

    low: float
    high: float
    """Least and greatest confidence in it."""
    n: int
    said: float
    """Mean confidence."""
    came: float
    """Share that was right."""


def reliability(confidence: Floats, right: Bools, bins: int = BINS) -> list[Bin]:
    """Equal-mass bins by ascending confidence; fewer where there are fewer cases than bins.

    Equal confidences are never parted, so that a bin can be larger than the others.
    """
    order = np.argsort(confidence, kind="stable")
    said, came = confidence[order], right[order]
    table: list[Bin] = []
    start = 0
    for part in range(1, bins + 1):
        end = round(len(said) * part / bins)
        while 0 < end < len(said) and said[end] == said[end - 1]:
            end += 1
        if end <= start:
            continue
        one, truth = said[start:end], came[start:end]
        table.append(
            Bin(low=float(one[0]), high=float(one[-1]), n=len(one), said=float(one.mean()),
                came=float(truth.mean()))
        )  # fmt: skip
        start = end
    return table


def expected_calibration_error(confidence: Floats, right: Bools, bins: int = BINS) -> float:
    """Mean of |said − came| over the bins, weighted by their size; nan without cases."""
    if not len(confidence):
        return math.nan
    table = reliability(confidence, right, bins)
    return sum(b.n * abs(b.said - b.came) for b in table) / len(confidence)


def brier(confidence: Floats, right: Bools) -> float:
    """Mean squared error of the confidence; nan without cases."""
    return float(np.mean((confidence - right) ** 2)) if len(confidence) else math.nan


def risk_coverage(confidence: Floats, right: Bools) -> tuple[Floats, Floats]:
    """(coverage, share wrong) when the surest cases are taken first, one point a case."""
    order = np.argsort(-confidence, kind="stable")
    n = np.arange(1, len(order) + 1)
    wrong = np.cumsum(~right[order])
    return n / max(1, len(order)), wrong / n


def area_under_risk_coverage(confidence: Floats, right: Bools) -> float:
    """AURC: mean share wrong over all coverages, 0 is best; nan without cases."""
    if not len(confidence):
        return math.nan
    return float(risk_coverage(confidence, right)[1].mean())


def mcnemar(before: Bools, after: Bools) -> tuple[int, int, float]:
    """(only before right, only after right, p) of two runs on the same cases.

    Exact and two-sided (binomial on the cases where they differ); p is 1 where they never do.
    """
    lost = int(np.sum(before & ~after))
    won = int(np.sum(after & ~before))
    n, k = lost + won, min(lost, won)
    if n == 0:
        return 0, 0, 1.0
    logs = [
        math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) - n * math.log(2)
        for i in range(k + 1)
    ]
    return lost, won, min(1.0, 2 * sum(map(math.exp, logs)))


def middle_and_ninth(values: Floats) -> tuple[float, float]:
    """Median and 90th percentile; nan without values."""
    if not len(values):
        return math.nan, math.nan
    return float(np.median(values)), float(np.percentile(values, 90))
