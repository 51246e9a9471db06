"""Benjamini–Hochberg: what is still significant when thousands of places are tested at once.

Benjamini and Hochberg 1995, J. R. Statist. Soc. B 57, 289–300. Of the places called significant at
rate q, at most the share q is expected to be chance. Where nothing is going on anywhere, the chance
to call even one place is at most q.
"""

from __future__ import annotations

import numpy as np

from maps.model import Bools, Floats


def adjusted(p: Floats) -> Floats:
    """The smallest q at which each test is still significant; same shape and order as ``p``.

    Empty gives empty. Equal p give equal q. ValueError for p outside (0, 1] or NaN.
    """
    flat = np.asarray(p, dtype=np.float64).ravel()
    if not np.all((flat > 0) & (flat <= 1)):
        raise ValueError(f"p outside (0, 1]: {flat[~((flat > 0) & (flat <= 1))][:3]}")
    m = len(flat)
    order = np.argsort(flat)
    # from the largest p down: never larger than the one of a larger p
    stepped = np.minimum.accumulate((flat[order] * m / np.arange(1, m + 1))[::-1])[::-1]
    q = np.empty(m)
    q[order] = stepped
    return q.reshape(np.shape(p))


def significant(p: Floats, q: float) -> Bools:
    """Which tests stand at rate ``q``: all p up to the largest p_(k) ≤ k·q/m.

    Empty gives empty. ValueError for p outside (0, 1] or NaN.
    """
    # a hair of room: k·q/m is to be reached, and no binary fraction is exactly 0.05
    found: Bools = adjusted(p) <= q * (1 + 1e-12)
    return found
