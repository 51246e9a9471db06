"""How many alarms a day: what has just alarmed is quiet, and people can look at so many."""

from __future__ import annotations

from collections.abc import Sequence

from maps.alarming.past import Past
from maps.alarming.result import Alarm, Batch, Recent
from maps.model import NONE
from maps.surveillance import farrington


def within_budget(
    past: Past,
    alarms: list[Alarm],
    recent: Sequence[Recent],
    *,
    tested: int,
    searched: int,
    significant: int,
    explained: int,
) -> Batch:
    """Leave out what alarmed a few days ago and has not doubled, then keep the most certain."""
    settings = past.settings
    since = past.day - settings.cool_down_days
    before: dict[tuple[str, str, str], float] = {}
    for one in recent:
        if since <= one.day < past.day:
            key = (one.level, one.code, one.kind)
            before[key] = max(before.get(key, 0.0), one.observed)
    fresh = [
        one
        for one in alarms
        if one.observed >= 2 * before.get((one.level, one.code, one.kind), 0.0)
    ]
    fresh.sort(key=lambda one: (one.q, one.p, one.expected - one.observed, one.level, one.code))
    warnings = []
    weeks = past.weeks(NONE)
    if weeks < farrington.HALF_WINDOW + 52 * settings.least_years:
        warnings.append(
            f"历史数据只有 {weeks} 周，不足 {settings.least_years} 年：按近期水平判断，未考虑季节。"
        )
    dropped = max(len(fresh) - settings.most, 0)
    if dropped:
        warnings.append(f"另有 {dropped} 条预警超出每日上限 {settings.most} 条，未列出。")
    return Batch(
        alarms=tuple(fresh[: settings.most]),
        tested=tested,
        searched=searched,
        significant=significant,
        explained=explained,
        cooling=len(alarms) - len(fresh),
        dropped=dropped,
        warnings=tuple(warnings),
    )
