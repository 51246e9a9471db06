"""A snapshot made ready for density: its cases by day and cell, its ground, surfaces of both."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import TypeVar

import numpy as np

from maps.density import (
    DEFAULT_BANDWIDTH_M,
    cell_for,
    check_bandwidth,
    density,
    mass_on_ground,
    silverman,
)
from maps.model import Areas, Bools, Cases, Filters, Floats, Ints, TimeWindow
from maps.surfaces.day_index import CaseIndex, index_cases
from maps.surfaces.lattice import Lattice, covered, ground_lattice, places_on
from maps.surfaces.relative_risk import relative, spread
from maps.surfaces.surface import Surface

A = TypeVar("A", Bools, Floats)

_MASSES_KEPT = 6
"""Edge corrections of different bandwidths, 8 MB each for a large city: people try a few."""


class Prepared:
    """Density of one snapshot for any filters; used by many threads."""

    def __init__(self, cases: Cases, areas: Areas | None) -> None:
        """``areas`` are those of any one level that together are the city's ground; where there
        are none, no edge is corrected."""
        self._areas = areas if areas is not None and len(areas) else None
        self.index: CaseIndex = index_cases(cases, ground_lattice(self._areas, cases))
        self._columns = self.index.nbytes
        self._lock = Lock()
        self._grounds: dict[float, Future[Bools]] = {}
        self._masses: dict[float, Future[Floats]] = {}

    @property
    def weight(self) -> int:
        """Bytes it comes to: its columns, and the edge corrections it may keep."""
        kept = _MASSES_KEPT * len(self.index.lattice) // 4 * 8
        return self._columns + kept

    def surface(
        self,
        filters: Filters,
        *,
        bandwidth_m: float = DEFAULT_BANDWIDTH_M,
        window: TimeWindow | None = None,
        incident_of: Ints | None = None,
    ) -> Surface:
        """Density of the cases meant; see ``CaseIndex.counts`` and ``density``.

        Cases on the lattice but off the ground are not counted.
        """
        check_bandwidth(bandwidth_m)
        span = window or filters.window
        counts = self.index.counts(filters, span, incident_of=incident_of)
        cell_m = cell_for(bandwidth_m)
        lattice = self.index.lattice.coarser(cell_m)
        ground = self._ground(lattice)
        on_ground = self.index.lattice.summed(counts, cell_m) * ground
        return density(
            on_ground,
            lattice,
            days=span.days,
            bandwidth_m=bandwidth_m,
            ground=ground,
            mass=self._mass(lattice, bandwidth_m),
        )

    def relative(
        self,
        filters: Filters,
        *,
        bandwidth_m: float = DEFAULT_BANDWIDTH_M,
        incident_of: Ints | None = None,
    ) -> Surface:
        """Where the chosen kinds make up more than elsewhere of all cases of the same window,
        channels and ground."""
        every = Filters(window=filters.window, channels=filters.channels, within=filters.within)
        return relative(
            self.surface(filters, bandwidth_m=bandwidth_m, incident_of=incident_of),
            self.surface(every, bandwidth_m=bandwidth_m, incident_of=incident_of),
        )

    def relative_to(
        self,
        filters: Filters,
        areas: Areas,
        amounts: Floats,
        *,
        bandwidth_m: float = DEFAULT_BANDWIDTH_M,
        incident_of: Ints | None = None,
    ) -> Surface:
        """Where there are more cases than the amounts of areas (residents, households) make one
        expect; each amount is laid evenly on its area. Amounts that are not known count as none."""
        part = self.surface(filters, bandwidth_m=bandwidth_m, incident_of=incident_of)
        lattice = part.lattice
        ground = self._ground(lattice)
        known = np.where(np.isfinite(amounts) & (amounts > 0), amounts, 0.0)
        expected = density(
            spread(known, places_on(areas.shapes, lattice), lattice) * ground,
            lattice,
            days=1,
            bandwidth_m=bandwidth_m,
            ground=ground,
            mass=self._mass(lattice, bandwidth_m),
        )
        return relative(part, expected)

    def advice_m(self) -> float | None:
        """The bandwidth of Silverman's rule for all located cases, metres."""
        cases, at = self.index.cases, self.index.order
        return silverman(cases.x_m[at], cases.y_m[at])

    def _ground(self, lattice: Lattice) -> Bools:
        def draw() -> Bools:
            if self._areas is None:
                return np.ones(lattice.shape, dtype=np.bool_)
            return covered(self._areas.shapes, lattice)

        return self._once(self._grounds, lattice.cell_m, draw)

    def _mass(self, lattice: Lattice, bandwidth_m: float) -> Floats:
        return self._once(
            self._masses,
            bandwidth_m,
            lambda: mass_on_ground(self._ground(lattice), lattice, bandwidth_m),
        )

    def _once(self, kept: dict[float, Future[A]], key: float, make: Callable[[], A]) -> A:
        with self._lock:
            made = kept.get(key)
            mine = made is None
            if made is None:
                made = kept[key] = Future()
                while len(kept) > _MASSES_KEPT:
                    del kept[next(iter(kept))]
        if mine:
            try:
                made.set_result(make())
            except BaseException as wrong:
                with self._lock:
                    kept.pop(key, None)
                made.set_exception(wrong)
                raise
        return made.result()
