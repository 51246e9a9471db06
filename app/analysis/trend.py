"""How many per day, week or month; beside them those of the window compared with."""

from __future__ import annotations

import numpy as np

from app.analysis.events import Steps, cut, event_rows
from app.analysis.sight import Sight
from maps.model import TimeWindow

MOST_HOLIDAYS = 400
"""Marks under a curve; beyond them nothing could be read."""


def trend(seen: Sight, step: str) -> dict[str, object]:
    """Return the curve of the window, and of the other window step by step.

    Step k of the other window begins as many days after its start as step k does after the start
    of the first, so both have the same number of days; ``None`` where it lies beyond its end.
    """
    window, other = seen.view.filters.window, seen.view.compared
    steps = cut(window, step)
    return {
        "step": step,
        "steps": [start.isoformat() for start in steps.starts],
        "counts": _counts(seen, steps, window, None),
        "compared": _counts(seen, steps, window, other) if other else None,
        "complete": list(steps.complete),
        "holidays": _holidays(seen, window),
    }


def _counts(
    seen: Sight, steps: Steps, window: TimeWindow, other: TimeWindow | None
) -> list[int | None]:
    span = other or window
    days = seen.snapshot.cases.day[event_rows(seen, span)].astype(np.int64) - span.first
    days = days[days < window.days]  # a longer window to compare with ends with the first
    found = np.bincount(steps.place(days), minlength=len(steps.starts))
    return [
        int(n) if edge < span.days else None for n, edge in zip(found, steps.edges, strict=True)
    ]


def _holidays(seen: Sight, window: TimeWindow) -> list[dict[str, str]]:
    calendar = seen.snapshot.holidays
    named = [
        {"day": day.isoformat(), "name": name}
        for day in sorted(calendar.days)
        if window.start <= day < window.end and (name := calendar.name(day))
    ]
    return named[:MOST_HOLIDAYS]
