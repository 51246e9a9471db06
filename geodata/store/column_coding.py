"""Columns on their way from PostgreSQL: arrays in its binary form, and values coded by hash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

NONE = -1
"""The code of a row without a value."""

_ARRAY_HEAD = 20
"""Bytes before the elements of an array of one dimension: dimensions, flags, type, length, first
index, four bytes each (PostgreSQL, array_send)."""


def arrays(cursor: psycopg.Cursor[Any], sent: Mapping[str, str]) -> dict[str, NDArray[Any]] | None:
    """The only row of a result as arrays, in order; ``None`` where it is of no rows."""
    result = cursor.pgresult
    assert result is not None  # of a SELECT
    read = {}
    for place, (name, kind) in enumerate(sent.items()):
        value = result.get_value(0, place)
        if value is None:
            return None
        layout = np.dtype([("length", ">i4"), ("value", kind)])
        read[name] = np.frombuffer(value, dtype=layout, offset=_ARRAY_HEAD)["value"]
    return read


class Coding:
    """Hashes of one column to small numbers.

    64 bits: among 100,000 different values two share a hash once in four billion cities.
    """

    def __init__(self) -> None:
        self._hashes = np.empty(0, dtype=np.int64)  # sorted
        self._codes = np.empty(0, dtype=np.int32)  # of each of ``_hashes``
        self.labels: list[str] = []

    def codes(self, hashes: NDArray[Any]) -> NDArray[np.int32]:
        """(n,) codes; ``NONE`` for a hash that stands for no value or is not known."""
        if not len(self._hashes):
            return np.full(len(hashes), NONE, dtype=np.int32)
        wanted = hashes.astype(np.int64)
        at = np.minimum(np.searchsorted(self._hashes, wanted), len(self._hashes) - 1)
        return np.where(self._hashes[at] == wanted, self._codes[at], np.int32(NONE))

    def unknown(self, hashes: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
        """Each value's hash that has no code yet, with a place where it stands."""
        places = np.flatnonzero((self.codes(hashes) == NONE) & (hashes != 0))
        new, first = np.unique(hashes[places].astype(np.int64), return_index=True)
        return new, places[first]

    def learn(self, new: NDArray[np.int64], labels: Sequence[str]) -> None:
        codes = np.arange(len(self.labels), len(self.labels) + len(new), dtype=np.int32)
        self.labels += labels
        self._hashes, self._codes = (
            np.concatenate([self._hashes, new]),
            np.concatenate([self._codes, codes]),
        )
        order = np.argsort(self._hashes)
        self._hashes, self._codes = self._hashes[order], self._codes[order]
