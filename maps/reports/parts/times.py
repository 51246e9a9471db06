"""时间分布: on which weekdays and at which hours people call."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from maps import charts
from maps.reports.figures import Figures
from maps.reports.model import Block, Picture, Section
from maps.reports.wording import count, share

_LEAST_DAYS = 7
"""Below a week some weekdays are missing."""
_LEAST_CASES = 100
"""168 fields with fewer cases than this are empty or one."""


def times(figures: Figures) -> Section | None:
    """Weekday by hour; ``None`` for less than a week or few cases."""
    window = figures.window
    if window.days < _LEAST_DAYS or figures.total < _LEAST_CASES:
        return None
    cases = figures.material.cases
    # 1 January 1970, day 0, was a Thursday.
    weekday = (cases.day[figures.rows] + 3) % 7
    hour = cases.minute[figures.rows] // 60
    field = np.bincount(weekday * 24 + hour, minlength=168).reshape(7, 24)
    per_hour = field.sum(axis=0)
    start = int(np.argmax(per_hour[:-1] + per_hour[1:]))
    two = int(per_hour[start] + per_hour[start + 1])
    office = int(per_hour[8:18].sum())
    blocks: list[Block] = [
        f"一天中{start}时至{start + 2}时来件最集中（{count(two)}件，"
        f"占{share(two, figures.total)}），8时至18时占{share(office, figures.total)}。"
        + _weekends(figures)
    ]
    blocks.append(
        Picture(
            png=charts.week(field),
            caption=f"{figures.asked.period.name}按星期和时刻的受理量（件）",
            alt=f"星期与时刻交叉的受理量，{start}时至{start + 2}时最多。",
        )
    )
    return Section(title="时间分布", blocks=blocks)


def _weekends(figures: Figures) -> str:
    daily = figures.per_day(figures.window)
    holidays = {day for day, _ in figures.material.holidays}
    kinds: dict[str, list[int]] = {"工作日": [], "周末": [], "节假日": []}
    for at, n in enumerate(daily):
        day = figures.window.start + timedelta(days=at)
        if day in holidays:
            kinds["节假日"].append(n)
        else:
            kinds["周末" if day.weekday() >= 5 else "工作日"].append(n)
    parts = [f"{name}平均每天{sum(ns) / len(ns):,.1f}件" for name, ns in kinds.items() if ns]
    return f"{'，'.join(parts)}。" if len(parts) > 1 else ""
