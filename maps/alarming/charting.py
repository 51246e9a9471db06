"""The series behind an alarm, step by step with what was expected and the bound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maps.alarming.judging import SHOWN, Judge, Judged
from maps.alarming.methods import EARS_DAY, FARRINGTON
from maps.alarming.settings import WEEK
from maps.surveillance.day_factors import weekly
from maps.surveillance.farrington import SEASONS

_JUDGED_WEEKS = 12
"""Weeks for which the seasonal bound is worked out again: each is a fit of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """Steps in order; the last one is the alarm's."""

    step: str
    """``day`` or ``week``; weeks end on the weekday of the alarm."""
    starts: tuple[int, ...]
    """First day of each step, days since EPOCH."""
    counts: tuple[int, ...]
    expected: tuple[float | None, ...]
    """``None`` where it was not worked out."""
    bound: tuple[float | None, ...]


def chart_of(judge: Judge, judged: Judged) -> Chart:
    """Return the whole series of a test, also where the alarm is of the rest only."""
    kind = judge.series.kind_place(judged.key)
    daily = judge.series.daily(np.array([judged.key]))
    if judged.method == FARRINGTON:
        counts = weekly(daily)[0]
        shown = min(SHOWN, len(counts))
        pairs: list[tuple[float | None, float | None]] = [(None, None)] * shown
        for back in range(1, min(_JUDGED_WEEKS, shown) + 1):
            if len(counts) - back <= _least_weeks(judge, kind):
                break
            one = judge.seasonal(kind, daily, at=-back)
            pairs[-back] = _known(float(one.expected[0])), _known(float(one.bound[0]))
    else:
        verdict = judge.short(judged.method, kind, daily)
        counts = verdict.observed[0]
        shown = min(SHOWN, counts.shape[-1])
        pairs = [
            (_known(float(expected)), _known(float(bound)))
            for expected, bound in zip(
                verdict.expected[0, -shown:], verdict.bound[0, -shown:], strict=True
            )
        ]
    length = 1 if judged.method == EARS_DAY else WEEK
    after = judge.series.day + 1
    return Chart(
        step="day" if length == 1 else "week",
        starts=tuple(after - length * back for back in range(shown, 0, -1)),
        counts=tuple(int(one) for one in counts[-shown:]),
        expected=tuple(expected for expected, _ in pairs),
        bound=tuple(bound for _, bound in pairs),
    )


def chart_of_cluster(daily: tuple[int, ...], day: int) -> Chart:
    """Return the days up to ``day`` without bounds: the scan compares places, not days."""
    nothing: tuple[float | None, ...] = (None,) * len(daily)
    starts = tuple(day - back for back in range(len(daily) - 1, -1, -1))
    return Chart(step="day", starts=starts, counts=daily, expected=nothing, bound=nothing)


def _least_weeks(judge: Judge, kind: int) -> int:
    return judge.past.years(kind) * 53 + SEASONS // 3


def _known(value: float) -> float | None:
    return round(value, 4) if np.isfinite(value) else None
