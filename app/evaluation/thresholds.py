"""From which probability on an answer may be routed, for a stated share of wrong ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.evaluation.metrics import wilson

Z_ONE_SIDED_95 = 1.6448536269514722
"""Standard normal quantile: the bound that the true rate passes in 5 of 100 fits."""
FEW = 150
"""Sentences. Classes seen less often have one threshold together."""
STRICT = 0.995
"""For classes not seen at all, and for the rare ones where even together they are too few."""
_CANDIDATES = 400


def chosen_thresholds(
    said: NDArray[np.float64],
    right: NDArray[np.bool_],
    precision: Sequence[str],
    error_rate: float,
) -> tuple[dict[str, float], float]:
    """(threshold by class, threshold for classes not seen).

    The lowest common threshold whose share of wrong ones, all classes together, has its upper
    Wilson bound (one-sided 95 %) at ``error_rate`` or below. A class whose own share above it is
    surely greater (lower bound above the rate) gets the first higher threshold where it is not.
    Where the cases are too few for any bound so low, the threshold of the lowest bound.
    """
    order = np.argsort(-said, kind="stable")
    common = _lowest(said[order], right[order], error_rate)
    by_class: dict[str, float] = {}
    names = np.array(precision)
    seldom = {name for name in set(precision) if (names == name).sum() < FEW}
    rare = np.isin(names, sorted(seldom))
    together = STRICT
    if rare.sum() >= FEW:
        together = round(_raised(said[rare], right[rare], common, error_rate), 5)
    for name in sorted(set(precision)):
        mine = names == name
        by_class[name] = (
            max(common, together)
            if name in seldom
            else round(_raised(said[mine], right[mine], common, error_rate), 5)
        )
    return by_class, max(common, STRICT)


def _lowest(said: NDArray[np.float64], right: NDArray[np.bool_], rate: float) -> float:
    """Descending ``said``: the smallest value down to which the bound holds."""
    wrong = np.cumsum(~right)
    ends = np.flatnonzero(np.append(said[1:] < said[:-1], True))  # never part equal ones
    steps = ends if len(ends) <= _CANDIDATES else ends[:: len(ends) // _CANDIDATES]
    bounds = [(wilson(int(wrong[n]), int(n) + 1, Z_ONE_SIDED_95)[1], n) for n in steps.tolist()]
    good = [n for bound, n in bounds if bound <= rate]
    chosen = max(good) if good else min(bounds)[1]
    return round(float(said[chosen]) - 5e-6, 5)


def _raised(
    said: NDArray[np.float64], right: NDArray[np.bool_], common: float, rate: float
) -> float:
    for threshold in np.unique(np.append(said[said >= common], common)).tolist():
        above = said >= threshold
        wrong, n = int((~right[above]).sum()), int(above.sum())
        if wilson(wrong, n, Z_ONE_SIDED_95)[0] <= rate:
            return float(threshold)
    return 1.0
