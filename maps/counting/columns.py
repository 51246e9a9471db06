"""A column of the cases against the jurisdictions of a map: places and tallies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from maps.model import NONE, Areas, Bools, Coded, Ints

Counts = NDArray[np.int64]


def places(column: Coded, areas: Areas) -> Ints:
    """(labels + 1,) place in ``areas`` of each label; the last one, for code -1, is ``NONE``."""
    known = [areas.place_of.get(label, NONE) for label in column.labels]
    return np.array([*known, NONE], dtype=np.int32)


def tally(column: Coded, rows: Bools) -> Counts:
    """(labels + 1,) cases of each label; the last one counts those without a value."""
    counted = np.bincount(column.codes[rows] + 1, minlength=len(column.labels) + 1)
    return np.roll(counted, -1)
