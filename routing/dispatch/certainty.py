"""From the share of a place to the probability that its unit is right."""

from __future__ import annotations

from bisect import bisect_left
from math import acos, erf, pi, sqrt

ROUTED_FROM = 0.95
"""Probability from which an answer counts as sure enough to be ``routed``. Below it a person
looks. For a pin known to 30 m this is a border 20 m away. docs/rules.md has the measured error
rate on both sides of it."""

CONFIDENCE_CEILING = 0.99
"""No pin is trusted beyond this: of the Chicago complaints farther than 30 m from every border,
0.01 % (wards), 0.07 % (community areas) and 1.9 % (police districts) still disagree with what the
city stamped on them (docs/rules.md)."""

_R95_IN_SIGMA = 2.4477
"""The circle that holds 95 % of a round normal scatter has this radius in standard deviations
(square root of the chi-squared quantile with two degrees of freedom)."""

_STEPS = 200


END_SIGMA_M = 30.0
"""Metres, standard deviation of the difference between two parts of a stretch: an end at a junction
is known to some 15 m, and what one part gains the other loses."""

LEAST_SIGMA = 0.03
"""The same at least, in parts of the length: however long the stretch, its two longest parts are
not told apart more finely than that by lines drawn for maps."""


def probability_longest(share: float, rival: float, length_m: float) -> float:
    """Probability that the unit with ``share`` of a stretch really has its longest part, where the
    next has ``rival``; 0.5 where both have the same. A length of 0 is taken as 100 m."""
    sigma = max(LEAST_SIGMA, END_SIGMA_M / (length_m or 100.0))
    return 0.5 * (1.0 + erf((share - rival) / (sigma * sqrt(2.0))))


def _table() -> tuple[list[float], list[float]]:
    """Disc share against normal probability for a straight border at growing distance."""
    shares, probabilities = [], []
    for step in range(-_STEPS, _STEPS + 1):
        d = step / _STEPS  # signed distance of the border from the centre, in radii
        shares.append(1.0 - (acos(d) - d * sqrt(1.0 - d * d)) / pi)
        probabilities.append(0.5 * (1.0 + erf(d * _R95_IN_SIGMA / sqrt(2.0))))
    return shares, probabilities


_SHARES, _PROBABILITIES = _table()


def probability_of_share(share: float) -> float:
    """Probability that the true place lies on the side holding ``share`` of the 95 % disc.

    Exact for one straight border and a round normal scatter of the error; 0.5 stays 0.5, a disc
    lying wholly on one side gives 0.993. Never above ``CONFIDENCE_CEILING``.
    """
    if share >= 1.0:
        return min(CONFIDENCE_CEILING, _PROBABILITIES[-1])
    if share <= 0.0:
        return _PROBABILITIES[0]
    at = bisect_left(_SHARES, share)
    low, high = _SHARES[at - 1], _SHARES[at]
    part = (share - low) / (high - low) if high > low else 1.0
    found = _PROBABILITIES[at - 1] + part * (_PROBABILITIES[at] - _PROBABILITIES[at - 1])
    return min(CONFIDENCE_CEILING, found)
