"""What is counted in time: every report, or each incident once, on the day of its first report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from app import wiring
from app.analysis.prepared import merged
from app.analysis.sight import Sight
from maps.counting.series import Step, next_step, steps_of
from maps.incidents import minutes
from maps.model import NONE, Bools, TimeWindow
from routing.errors import UserInputError

STEPS = {"day": "日", "week": "周", "month": "月"}
MOST_STEPS = 4_000
"""Points of a curve: eleven years of days; a screen has fewer pixels."""
_DAYS = {"day": 1, "week": 7, "month": 28}


@dataclass(frozen=True, kw_only=True)
class Steps:
    """A window cut at midnights, on Mondays or on the first of the month."""

    starts: tuple[date, ...]
    """First day of each step; that of the first may lie before the window."""
    complete: tuple[bool, ...]
    """Whether the whole step lies in the window and is over."""
    edges: NDArray[np.int64]
    """(steps,) days from the window's start to the first day of each that lies in it."""

    def place(self, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """The step of each day, given as days since the window's start."""
        return np.searchsorted(self.edges, days, side="right") - 1


def cut(window: TimeWindow, step: str) -> Steps:
    """Cut a window into steps; UserInputError where that gives more than ``MOST_STEPS``."""
    if window.days // _DAYS[step] > MOST_STEPS:
        raise UserInputError(
            f"时段 {window} 按{STEPS[step]}超过 {MOST_STEPS} 步；请缩短时段，或改按周、按月"
        )
    size = Step(step)
    starts = steps_of(window, size)
    over = min(window.end, wiring.today())
    return Steps(
        starts=starts,
        complete=tuple(
            window.start <= start and next_step(start, size) <= over for start in starts
        ),
        edges=np.maximum([(start - window.start).days for start in starts], 0),
    )


def event_rows(seen: Sight, window: TimeWindow | None = None) -> Bools:
    """(n,) the cases to count: all that are meant, or the first report of each incident."""
    cases = seen.snapshot.cases
    rows = seen.rows if window is None else seen.view.filters.rows(cases, window)
    if seen.view.count == "reports":
        return rows
    at, found = np.flatnonzero(rows), merged(seen)
    latest_first = at[np.argsort(minutes(cases, at), kind="stable")[::-1]]
    first = np.full(found.count, NONE, dtype=np.int64)
    first[found.of_case[latest_first]] = latest_first  # the last one written stays: the earliest
    chosen = np.zeros(len(rows), dtype=np.bool_)
    chosen[first[first != NONE]] = True
    return chosen
