"""How many per day, week or month; steps that are not over are marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from maps.counting.columns import Counts, places
from maps.model import EPOCH, NONE, Areas, Cases, Filters, TimeWindow
from routing.model import JurisdictionLevel


class Step(StrEnum):
    """统计步长."""

    DAY = "day"
    WEEK = "week"
    """Monday to Sunday."""
    MONTH = "month"
    """Calendar month."""


@dataclass(frozen=True, kw_only=True)
class Series:
    """Counts per step and jurisdiction, zeros filled."""

    step: Step
    steps: tuple[date, ...]
    """First day of each step; of the first one it may lie before the window."""
    codes: tuple[str, ...]
    """Jurisdictions; one empty text where all cases are counted together."""
    matrix: Counts
    """(steps, codes) cases; of a step that the window cuts, only the days inside it."""
    complete: NDArray[np.bool_]
    """(steps,) whether every day of the step is in the window and over. Trends are read from
    complete steps only: a running week looks like a fall."""
    left_out: int
    """Cases in the window that belong to none of the jurisdictions."""


def first_day(day: date, step: Step) -> date:
    """First day of the step in which a day lies."""
    if step is Step.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step is Step.MONTH else day


def next_step(first: date, step: Step) -> date:
    """First day of the step after the one that begins on ``first``."""
    if step is Step.MONTH:
        return (first + timedelta(days=31)).replace(day=1)
    return first + timedelta(days=7 if step is Step.WEEK else 1)


def steps_of(window: TimeWindow, step: Step) -> tuple[date, ...]:
    """First day of each step that the window touches, at least one."""
    steps = [first_day(window.start, step)]
    while (later := next_step(steps[-1], step)) < window.end:
        steps.append(later)
    return tuple(steps)


def series(
    cases: Cases,
    areas: Areas | JurisdictionLevel | None,
    filters: Filters,
    step: Step | str,
    *,
    as_of: date | None = None,
) -> Series:
    """Count per step and jurisdiction.

    ``areas`` gives the jurisdictions and their order; a level means those that the cases name, in
    the order of their labels; ``None`` counts all together. ``as_of`` is the local day on which the
    data were read: that day is not over, nor is any step that holds it or a later day. Without it
    only the window decides what is complete. UserInputError for an overlay.
    """
    step = Step(step)
    window = filters.window
    steps = steps_of(window, step)
    rows = filters.rows(cases)
    # A table of the window's days: ten million cases look up, nobody computes a calendar for each.
    starts = np.array([(one - EPOCH).days for one in steps])
    of_day = np.searchsorted(starts, np.arange(window.first, window.after), side="right") - 1
    at = of_day[cases.day[rows] - window.first]
    codes, place = _places(cases, areas, rows)
    known = place != NONE
    counted = np.bincount(
        at[known] * len(codes) + place[known], minlength=len(steps) * len(codes)
    ).reshape(len(steps), len(codes))
    over = min(window.end, _day(as_of)) if as_of is not None else window.end
    complete = [one >= window.start and next_step(one, step) <= over for one in steps]
    return Series(
        step=step,
        steps=steps,
        codes=codes,
        matrix=counted,
        complete=np.array(complete, dtype=np.bool_),
        left_out=int(np.count_nonzero(~known)),
    )


def _day(when: date) -> date:
    return when.date() if isinstance(when, datetime) else when


def _places(
    cases: Cases, areas: Areas | JurisdictionLevel | None, rows: NDArray[np.bool_]
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    if areas is None:
        return ("",), np.zeros(int(np.count_nonzero(rows)), dtype=np.int64)
    if isinstance(areas, JurisdictionLevel):
        column = cases.level(areas)
        return column.labels, column.codes[rows].astype(np.int64)
    column = cases.level(areas.level)
    return areas.codes, places(column, areas)[column.codes[rows]].astype(np.int64)
