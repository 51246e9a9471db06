"""Quasi-Poisson regression with log link, for thousands of series on one design at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from maps.model import Bools, Floats

_ROUNDS = 40
"""Fisher scoring settles in 5 to 8 rounds; a season in which nothing ever happened never does."""
_SETTLED = 1e-10
"""Largest change of a linear predictor, relative."""
_RIDGE = 1e-9
"""Keeps the equations solvable where a season's count is 0; moves other results in digit 9."""
_LIMIT = 20.0
"""Linear predictors stay within ±this: e^20 is half a billion cases in a week."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """Of s series on n rows of a design with k columns."""

    beta: Floats
    """(s, k)"""
    mean: Floats
    """(s, n) fitted counts."""
    dispersion: Floats
    """(s,) Pearson's χ² over degrees of freedom, not below 1."""
    leverage: Floats
    """(s, n) diagonal of the hat matrix."""
    covariance: Floats
    """(s, k, k) of ``beta``, without the dispersion."""

    def chance(self, column: int) -> Floats:
        """(s,) two-sided p of one coefficient being 0, Student's t with the dispersion."""
        error = np.sqrt(self.covariance[:, column, column] * self.dispersion)
        freedom = max(self.mean.shape[1] - self.beta.shape[1], 1)
        p: Floats = 2 * stats.t.sf(np.abs(self.beta[:, column]) / error, freedom)
        return p


def fit(design: Floats, counts: Floats, weights: Floats | None = None) -> Fit:
    """Fit each row of ``counts`` (s, n) on ``design`` (n, k); ``weights`` (s, n), by default 1."""
    n, k = design.shape
    prior = np.ones_like(counts) if weights is None else weights
    squares = (design[:, :, None] * design[:, None, :]).reshape(n, k * k)
    eta = np.log(counts + 0.1)
    running: Bools = np.ones(len(counts), dtype=bool)
    beta = np.zeros((len(counts), k))
    for _ in range(_ROUNDS):
        weight = prior[running] * np.exp(eta[running])
        mean = np.exp(eta[running])
        working = eta[running] + (counts[running] - mean) / mean
        left = (weight @ squares).reshape(-1, k, k) + _RIDGE * np.eye(k)
        right = (weight * working) @ design
        beta[running] = np.linalg.solve(left, right[:, :, None])[:, :, 0]
        fresh = np.clip(beta[running] @ design.T, -_LIMIT, _LIMIT)
        moved = np.abs(fresh - eta[running]).max(axis=1) > _SETTLED * (
            1 + np.abs(fresh).max(axis=1)
        )
        eta[running] = fresh
        running[running] = moved
        if not running.any():
            break
    mean = np.exp(eta)
    weight = prior * mean
    inverse = np.linalg.inv((weight @ squares).reshape(-1, k, k) + _RIDGE * np.eye(k))
    leverage = weight * (np.matmul(design, inverse) * design).sum(axis=-1)
    pearson = (prior * (counts - mean) ** 2 / mean).sum(axis=1)
    return Fit(
        beta=beta,
        mean=mean,
        dispersion=np.maximum(pearson / max(n - k, 1), 1.0),
        leverage=np.clip(leverage, 0.0, 1 - 1e-9),
        covariance=np.asarray(inverse, dtype=np.float64),
    )
