"""Empirical Bayes: rates of small jurisdictions drawn towards what is known around them.

One case among forty households is a rate of 25 ‰ and means nothing. Marshall's estimator (Mapping
disease and mortality rates using empirical Bayes estimators, Applied Statistics 40, 1991) keeps as
much of a rate as its denominator supports and takes the rest from the city, or with local smoothing
from the neighbours. Smoothed rates are for colouring only: a test on them would smooth twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maps.model import Bools, Floats
from maps.weights import Weights


@dataclass(frozen=True, kw_only=True)
class Smoothed:
    """Smoothed rates, cases per one unit of the denominator."""

    rate: Floats
    """(n,) NaN where the denominator is missing or zero."""
    mean: Floats
    """(n,) the rate it is drawn to: of the city, or of the place and its neighbours."""
    variance: Floats
    """(n,) a: between-area variance of the rates there, at least 0; 0 draws all the way."""


def empirical_bayes(n: NDArray[Any], denominator: Floats) -> Smoothed:
    """Marshall's global estimator: b + (r − b)·a / (a + b/d).

    b is the rate of all, a = Σd(r − b)²/Σd − b/d̄, at least 0. Areas without a denominator (NaN or
    not positive) take no part and get NaN. Equals spdep's ``EBest``; esda's ``Empirical_Bayes`` is
    the same but lets a fall below 0.
    """
    known = usable(denominator)
    cases, over = n[known].astype(np.float64), denominator[known]
    mean, variance = np.full(len(n), np.nan), np.full(len(n), np.nan)
    if known.any():
        whole = cases.sum() / over.sum()
        spread = (over * (cases / over - whole) ** 2).sum() / over.sum()
        mean[known] = whole
        variance[known] = max(0.0, spread - whole / over.mean())
    return _drawn(n, denominator, mean, variance)


def local_empirical_bayes(n: NDArray[Any], denominator: Floats, weights: Weights) -> Smoothed:
    """The same with b and a of each area's neighbourhood, the area itself in it.

    The deviation of a neighbour is taken from the mean of the *neighbour's own* neighbourhood, as
    ``EBlocal`` of spdep takes it unless ``geoda=TRUE``: a trend across the city is then not counted
    as spread. An area without neighbours keeps its raw rate as its mean; neighbours without a
    denominator take no part. ValueError where the weights are of another number of areas.
    """
    if not weights.n == len(n) == len(denominator):
        raise ValueError(f"weights of {weights.n} areas do not fit {len(n)} counts")
    known = usable(denominator)
    cases, over = np.where(known, n, 0.0), np.where(known, denominator, 0.0)
    near = np.column_stack([cases, over, known.astype(np.float64)])
    near_cases, near_over, near_count = (near + weights.sums(near)).T
    mean, variance = np.full(len(n), np.nan), np.full(len(n), np.nan)
    mean[known] = near_cases[known] / near_over[known]
    apart = np.zeros(len(n))
    apart[known] = over[known] * (cases[known] / over[known] - mean[known]) ** 2
    spread = (apart + weights.sums(apart))[known] / near_over[known]
    within = mean[known] * near_count[known] / near_over[known]
    variance[known] = np.maximum(0.0, spread - within)
    return _drawn(n, denominator, mean, variance)


def usable(denominator: Floats) -> Bools:
    """(n,) where something can be divided by: a finite number above 0."""
    found: Bools = np.isfinite(denominator) & (denominator > 0)
    return found


def _drawn(n: NDArray[Any], denominator: Floats, mean: Floats, variance: Floats) -> Smoothed:
    known = usable(denominator)
    rate = np.full(len(n), np.nan)
    m, a, over = mean[known], variance[known], denominator[known]
    raw = n[known] / over
    noise = m / over
    total = a + noise
    # Without any case near, both are 0 and the rate is the mean: 0.
    keep = np.divide(a, total, out=np.zeros_like(a), where=total > 0)
    rate[known] = m + (raw - m) * keep
    return Smoothed(rate=rate, mean=mean, variance=variance)
