"""Kulldorff's likelihood ratio, for whole arrays of windows at once."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maps.model import Floats


class Likelihood:
    """ln LR = c ln(c/E) + (C−c) ln((C−c)/(C−E)) where c > E, else 0 (Kulldorff 1997, eq. 4).

    The expectations stay the same in every simulation, and counts are whole numbers: the two
    logarithms of E are taken once, those of c read from a table.
    """

    def __init__(self, expected: Floats, total: int, *, at_least: int = 1) -> None:
        """``expected`` (any shape) cases in each window, ``total`` cases in all; windows with less
        than ``at_least`` cases count as 0."""
        self._expected, self._total = expected, total
        with np.errstate(divide="ignore", invalid="ignore"):
            self._inside, self._outside = np.log(expected), np.log(total - expected)
        # A window is worth looking at from this many cases on.
        self._from = np.maximum(np.floor(expected) + 1, at_least)

    @cached_property
    def _table(self) -> Floats:
        numbers = np.arange(self._total + 1, dtype=np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(numbers > 0, numbers * np.log(numbers), 0.0)

    def ratios(self, counts: NDArray[Any]) -> Floats:
        """ln LR of each window, same shape as ``expected``."""
        found = np.zeros(counts.shape)
        at = np.nonzero(counts >= self._from)
        found[at] = self._of(counts[at], at)
        return found

    def largest(self, counts: NDArray[Any]) -> float:
        """The largest ln LR of all windows; 0 where none has more than expected."""
        at = np.nonzero(counts >= self._from)
        return float(self._of(counts[at], at).max()) if len(at[0]) else 0.0

    def _of(self, counts: NDArray[Any], at: Any) -> Floats:
        inside, rest = counts.astype(np.int64), self._total - counts.astype(np.int64)
        outer = np.where(rest > 0, rest * self._outside[at], 0.0)
        ratio: Floats = self._table[inside] - inside * self._inside[at] + self._table[rest] - outer
        return ratio
