"""Every area's number in every step of time: what the slider plays."""

from __future__ import annotations

import numpy as np

from app.analysis.breaks import frame_classes
from app.analysis.events import STEPS, cut, event_rows
from app.analysis.sight import Sight
from maps.model import NONE
from routing.errors import UserInputError

MOST_NUMBERS = 2_000_000
"""Steps × areas of one answer: 4 MB of digits, mostly zeros; 3,000 communities by day for 22
months, which nobody plays to the end."""


def frames(seen: Sight, step: str) -> dict[str, object]:
    """Return counts per step and area, with classes that hold for all steps.

    An incident counts on the day and in the area of its first report. Raises UserInputError for
    more than ``MOST_NUMBERS`` numbers.
    """
    window, areas = seen.view.filters.window, seen.areas
    steps = cut(window, step)
    shape = len(steps.starts), len(areas)
    if shape[0] * shape[1] > MOST_NUMBERS:
        raise UserInputError(
            f"时段 {window} 按{STEPS[step]}有 {shape[0]} 步、{shape[1]} 个辖区，播放不了；"
            "请缩短时段，改按周、按月，或选更粗的层级"
        )
    rows = event_rows(seen)
    place = seen.place_of_cases(areas)[rows]
    inside = place != NONE
    days = seen.snapshot.cases.day[rows][inside].astype(np.int64) - window.first
    counted = np.bincount(
        steps.place(days) * shape[1] + place[inside], minlength=shape[0] * shape[1]
    ).reshape(shape)
    return {
        "step": step,
        "steps": [start.isoformat() for start in steps.starts],
        "complete": list(steps.complete),
        "codes": list(areas.codes),
        "counts": counted.tolist(),
        "classes": frame_classes(seen, step),
    }
