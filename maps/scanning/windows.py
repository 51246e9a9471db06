"""All windows of a scan with what is in them, and the clusters picked from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maps.model import Bools, Floats, Ints
from maps.scanning.circles import Circles
from maps.scanning.monte_carlo import Null

MOST_CLUSTERS = 10
"""Secondary clusters are shown up to here; further ones are never near significance."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScanCluster:
    """One window: a circle, in space-time with a period."""

    members: tuple[int, ...]
    """Places (rows of ``xy_m``) in the circle, ascending."""
    center: tuple[float, float]
    """Metres in the working CRS; the place the circle is drawn around."""
    radius_m: float
    """To the farthest member; 0 for a single place."""
    observed: int
    expected: float
    """Cases, under the null hypothesis."""
    relative_risk: float
    """Inside against outside: (c/E) / ((C−c)/(C−E)); infinite where nothing is outside."""
    llr: float
    """Log likelihood ratio."""
    p: float
    """Against the largest window of each simulation; conservative for secondary clusters."""
    recurrence_runs: float
    """重现间隔: 1/p, in runs of the analysis; days where it runs daily."""
    steps: tuple[int, int] | None = None
    """First and last step of the period; ``None`` for the purely spatial scan."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Windows:
    """All windows with what is in them: (w, i) circles × periods."""

    around: Circles
    rows: NDArray[Any]
    """Place in ``around`` → row of ``xy_m``."""
    ratios: Floats
    expected: Floats
    observed: NDArray[Any]
    total: int
    periods: Sequence[tuple[int, int] | None]

    def apart(self, xy_m: Floats, null: Null) -> tuple[ScanCluster, ...]:
        """The likeliest first, then each that shares no place with those before it."""
        taken: Bools = np.zeros(len(self.rows), dtype=bool)
        clusters: list[ScanCluster] = []
        ratios = self.ratios.ravel()
        flat = self.around.flat
        # Of windows equally likely (the same members around another middle) the first is taken.
        for at in np.argsort(-ratios, kind="stable"):
            if ratios[at] <= 0 or len(clusters) == MOST_CLUSTERS:
                break
            circle, period = divmod(int(at), len(self.periods))
            window = int(flat[circle])
            members = self.around.members(window)
            if taken[members].any():
                continue
            taken[members] = True
            clusters.append(self._cluster(int(at), circle, period, window, members, xy_m, null))
        return tuple(clusters)

    def _cluster(
        self,
        at: int,
        circle: int,
        period: int,
        window: int,
        members: Ints,
        xy_m: Floats,
        null: Null,
    ) -> ScanCluster:
        c, e = int(self.observed[circle, period]), float(self.expected[circle, period])
        outside = (self.total - c) / (self.total - e) if self.total > e else 0.0
        row, column = divmod(window, self.around.order.shape[1])
        middle = xy_m[self.rows[self.around.order[row, 0]]]
        llr = float(self.ratios.ravel()[at])
        p = null.p(llr)
        return ScanCluster(
            members=tuple(sorted(int(one) for one in self.rows[members])),
            center=(float(middle[0]), float(middle[1])),
            radius_m=float(self.around.distance_m[row, column]),
            observed=c,
            expected=e,
            relative_risk=(c / e) / outside if outside else float("inf"),
            llr=llr,
            p=p,
            recurrence_runs=1 / p,
            steps=self.periods[period],
        )
