"""General G, one number for a whole map: Getis and Ord 1992, Geographical Analysis 24, 189–206."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from maps.model import Floats
from maps.weights import Weights


@dataclass(frozen=True, kw_only=True, slots=True)
class GlobalG:
    """Whether high values, or low ones, cluster anywhere at all."""

    g: float
    expected: float
    z: float
    p: float
    """One-sided, from N(0, 1)."""


def global_g(values: Floats, weights: Weights) -> GlobalG:
    """General G with binary weights, for positive values; variance under random arrangement."""
    x = np.asarray(values, dtype=np.float64)
    n, w = len(x), weights.matrix
    s0 = float(w.sum())
    both = (w + w.T).power(2)
    s1 = float(both.sum()) / 2
    s2 = float(((w.sum(axis=0) + w.sum(axis=1)) ** 2).sum())
    m1, m2, m3, m4 = (float((x**power).sum()) for power in (1, 2, 3, 4))
    b0 = (n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2
    b1 = -((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
    b2 = -(2 * n * s1 - (n + 3) * s2 + 6 * s0**2)
    b3 = 4 * (n - 1) * s1 - 2 * (n + 1) * s2 + 8 * s0**2
    b4 = s1 - s2 + s0**2
    count = n * (n - 1) * (n - 2) * (n - 3)
    squared = (b0 * m2**2 + b1 * m4 + b2 * m1**2 * m2 + b3 * m1 * m3 + b4 * m1**4) / (
        (m1**2 - m2) ** 2 * count
    )
    g = float((x * weights.sums(x)).sum()) / (m1**2 - m2)
    expected = s0 / (n * (n - 1))
    z = (g - expected) / np.sqrt(squared - expected**2)
    return GlobalG(g=g, expected=expected, z=float(z), p=float(ndtr(-abs(z))))
