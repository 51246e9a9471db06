"""Cases made ready to be counted on a lattice: ten million rows, any filter, in 0.1 seconds.

Rows are sorted by day, so a window is a slice; what is filtered are columns of one or two bytes;
the lattice's cell of each case is worked out once.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maps.model import NONE, Bools, Cases, Coded, Filters, Ints, TimeWindow
from maps.surfaces.lattice import Lattice
from routing.model import JurisdictionLevel

_PART = 1 << 20
"""Least rows of a part: below, adding two lattices costs more than the second thread saves."""
_THREADS = min(os.cpu_count() or 1, 4)


@dataclass(frozen=True, kw_only=True)
class CaseIndex:
    """The located cases of a snapshot, sorted by day; read by many threads."""

    lattice: Lattice
    """The finest one; coarser ones are summed from it."""
    day: Ints
    """(n,) ascending, days since EPOCH."""
    cell: Ints
    """(n,) flat index on the lattice."""
    kind: NDArray[Any]
    """(n,) code + 1, of the smallest type that holds it; 0 for none."""
    channel: NDArray[Any]
    order: Ints
    """(n,) place of the case in the snapshot."""
    cases: Cases
    _levels: dict[JurisdictionLevel, NDArray[Any]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __len__(self) -> int:
        return len(self.day)

    @property
    def nbytes(self) -> int:
        """Bytes of its own columns."""
        own = (self.day, self.cell, self.kind, self.channel, self.order, *self._levels.values())
        return sum(column.nbytes for column in own)

    def counts(
        self,
        filters: Filters,
        window: TimeWindow | None = None,
        *,
        incident_of: Ints | None = None,
    ) -> NDArray[np.int64]:
        """(rows, columns) of the finest lattice: cases meant in each cell.

        Another window may take the place of the filters' own. ``incident_of`` is the incident of
        each case of the snapshot (``maps.incidents``): each is then counted once, at the first of
        the cases meant. Nothing meant gives zeros.
        """
        span = window or filters.window
        first, after = np.searchsorted(self.day, (span.first, span.after))
        tests = self._tests(filters)
        cells = len(self.lattice)

        def meant(rows: slice, of: NDArray[Any]) -> NDArray[Any]:
            if not tests:
                return of[rows]
            wanted = tests[0](rows)
            for test in tests[1:]:
                wanted &= test(rows)
            return np.compress(wanted, of[rows])

        def count(rows: slice) -> NDArray[np.int64]:
            return np.bincount(meant(rows, self.cell), minlength=cells)

        if incident_of is not None:
            every = slice(int(first), int(after))
            incidents = incident_of[meant(every, self.order)]
            # The last written wins, so written from the end the first case of each remains.
            at = np.full(int(incident_of.max(initial=-1)) + 1, NONE, dtype=np.int32)
            at[incidents[::-1]] = meant(every, self.cell)[::-1]
            return np.bincount(at[at >= 0], minlength=cells).reshape(self.lattice.shape)

        # Each part counts on a lattice of its own, so there are only as many as threads.
        size = max(_PART, -(-int(after - first) // _THREADS))
        parts = [slice(at, min(at + size, after)) for at in range(first, after, size)]
        if len(parts) <= 1:
            total = count(parts[0] if parts else slice(0, 0))
        else:
            counted = _threads().map(count, parts)
            total = next(counted)
            for part in counted:
                total += part
        return total.reshape(self.lattice.shape)

    def _tests(self, filters: Filters) -> list[Callable[[slice], Bools]]:
        tests: list[Callable[[slice], Bools]] = []
        if filters.within is not None:
            level, code = filters.within
            column, place = self._level(level), self.cases.level(level).code(code)
            # No case has the code: nothing matches, not those without one.
            wanted = place + 1 if place != NONE else np.iinfo(np.int64).max
            tests.append(lambda rows: column[rows] == wanted)
        for names, of, column_ in (
            (filters.kinds, self.cases.kind, self.kind),
            (filters.channels, self.cases.channel, self.channel),
        ):
            if names:
                tests.append(_lookup(names, of, column_))
        return tests

    def _level(self, level: JurisdictionLevel) -> NDArray[Any]:
        with self._lock:  # made when a level is first asked for
            if level not in self._levels:
                self._levels[level] = _narrow(self.cases.level(level))[self.order]
            return self._levels[level]


def index_cases(cases: Cases, lattice: Lattice) -> CaseIndex:
    """Make a snapshot's cases ready; those without a place or off the lattice are left out."""
    cell = lattice.cells(cases.x_m, cases.y_m)
    order = np.argsort(cases.day, kind="stable").astype(np.int32)
    order = order[cell[order] >= 0]
    return CaseIndex(
        lattice=lattice,
        day=cases.day[order],
        cell=cell[order],
        kind=_narrow(cases.kind)[order],
        channel=_narrow(cases.channel)[order],
        order=order,
        cases=cases,
    )


def _narrow(column: Coded) -> NDArray[Any]:
    """Codes + 1 in as few bytes as hold them."""
    size = np.min_scalar_type(len(column.labels))
    return (column.codes + 1).astype(size)


def _lookup(names: frozenset[str], of: Coded, column: NDArray[Any]) -> Callable[[slice], Bools]:
    wanted = np.array([False, *(label in names for label in of.labels)])

    def test(rows: slice) -> Bools:
        chosen: Bools = wanted[column[rows]]
        return chosen

    return test


@cache
def _threads() -> ThreadPoolExecutor:
    # Taking and counting let go of the interpreter's lock, so threads share the work.
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="counting")
