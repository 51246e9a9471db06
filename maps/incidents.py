"""事件: reports of the same trouble, merged; and the reporting index 重复反映指数.

One pothole reported forty times is one incident. Maps of reports show workload and willingness to
complain, maps of incidents show trouble; they are shown beside each other, never one for the other
(Liu, Bhandaram and Garg, Nature Computational Science 2023: neighbourhoods differ up to threefold
in how often one incident is reported).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maps.counting.linking import components
from maps.model import NONE, Cases, Floats, Ints
from routing.errors import UserInputError

REACH_M = 50.0
"""Metres between two reports of one incident: the 95 % radius of a house number is about this, so
two descriptions of one spot lie within it."""
REACH_DAYS = 14.0
"""Days between two reports of one incident: the usual term for an answer; who reports the same spot
later reports that it came back."""
LONG_M = 500.0
"""Extent in metres from which an incident is named as a chain (see ``Incidents.chained``): ten
times the reach, farther than anybody would call one spot."""


@dataclass(frozen=True, kw_only=True)
class Incidents:
    """Which incident each case reports; numbers mean nothing but "the same"."""

    of_case: Ints
    """(n,) incident of each case, 0 … count-1; every case has one."""
    count: int
    reach_m: float
    reach_days: float
    reports: NDArray[np.int64]
    """(count,) reports of each incident, at least 1."""
    extent_m: Floats
    """(count,) metres, longer side of the box around its reports; 0 for one report or no place."""

    @property
    def chained(self) -> int:
        """How many are longer than ``LONG_M``: each report near the next, the ends far apart. Where
        there are many, the kind is too common there for merging to mean anything."""
        return int((self.extent_m > LONG_M).sum())

    def within(self, rows: NDArray[Any]) -> int:
        """How many different incidents some of the cases (a mask or places) report."""
        return int(np.count_nonzero(np.bincount(self.of_case[rows], minlength=self.count)))


def merge(cases: Cases, *, reach_m: float = REACH_M, reach_days: float = REACH_DAYS) -> Incidents:
    """Merge reports into incidents.

    Two reports are linked where they are of the same kind, at most ``reach_m`` metres apart and at
    most ``reach_days`` days apart (to the minute); an incident is all reports that links connect,
    so the window of days slides with the reports. The order of the cases does not matter. A case
    without a place or without a kind is an incident of its own: nothing says what it repeats.

    Merge all cases once and count within filters afterwards: merged per window, an incident would
    fall apart where the report that links it lies outside. UserInputError unless both are positive.
    """
    if not (reach_m > 0 and reach_days > 0):
        raise UserInputError(f"合并范围应为正数，得到 {reach_m!r} 米、{reach_days!r} 天")
    n = len(cases)
    can = cases.located & (cases.kind.codes != NONE)
    rows = np.flatnonzero(can)
    of_case = np.empty(n, dtype=np.int32)
    joined = components(
        np.column_stack(
            [
                cases.x_m[rows] / reach_m,
                cases.y_m[rows] / reach_m,
                minutes(cases, rows) / (reach_days * 1440.0),
            ]
        ),
        groups=cases.kind.codes[rows],
        cylinder=True,
    )
    some = int(joined.max()) + 1 if len(joined) else 0
    of_case[rows] = joined
    of_case[~can] = some + np.arange(n - len(rows), dtype=np.int32)
    count = some + n - len(rows)
    extent = np.zeros(count)
    for column in (cases.x_m, cases.y_m):
        low = np.full(some, np.inf)
        high = np.full(some, -np.inf)
        np.minimum.at(low, joined, column[rows])
        np.maximum.at(high, joined, column[rows])
        extent[:some] = np.maximum(extent[:some], high - low)
    return Incidents(
        of_case=of_case,
        count=count,
        reach_m=reach_m,
        reach_days=reach_days,
        reports=np.bincount(of_case, minlength=count),
        extent_m=extent,
    )


def minutes(cases: Cases, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Local minutes since ``EPOCH`` at which some cases were received."""
    received: NDArray[np.int64] = cases.day[rows].astype(np.int64) * 1440 + cases.minute[rows]
    return received


def reporting_index(reports: NDArray[np.int64], incidents: NDArray[np.int64]) -> Floats:
    """重复反映指数: reports per incident, element by element; NaN where there are none."""
    index = np.full(len(reports), np.nan)
    np.divide(reports, incidents, out=index, where=incidents > 0)
    return index
