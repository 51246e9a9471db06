"""总体情况: how many, compared with before, when most, and what could not be placed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from maps import charts
from maps.counting.series import Step, series
from maps.counts import UNKNOWN, Unlocated, unlocated
from maps.model import TimeWindow
from maps.reports.figures import Figures
from maps.reports.model import Block, Column, Headline, Picture, Section, Table, Warn
from maps.reports.periods import day_words, days_words
from maps.reports.wording import change_words, compared_words, count, listed, share
from routing.model import JurisdictionLevel

_DAYS_SHOWN = {"daily": 30, "weekly": 56}
"""Days of the trend: a month around a day, eight weeks around a week; else the period itself."""
_FEW_FOR_DAYS = 30
"""Cases below which the busiest day is not worth a sentence: it has two or three of them."""


def headlines(figures: Figures) -> list[Headline]:
    """The figures at the top of the first page."""
    total, cases = figures.total, figures.material.cases
    placed = int(np.count_nonzero(figures.rows & cases.located))
    found = [
        Headline(
            name="受理诉求",
            value=f"{count(total)}件",
            changes=(
                change_words("环比", total, figures.before()),
                change_words("同比", total, figures.year()),
            ),
        ),
    ]
    if figures.window.days > 1:
        days = f"{figures.window.days}天"
        found.append(
            Headline(name="日均", value=f"{total / figures.window.days:,.1f}件", changes=(days,))
        )
    found.append(
        Headline(
            name="已定位",
            value=share(placed, total),
            changes=(f"未定位 {count(total - placed)}件",),
        )
    )
    merged = figures.material.incidents
    if merged is not None and total:
        incidents = merged.within(figures.rows)
        ratio = f"每个事件平均反映{total / incidents:.2f}次" if incidents else "—"
        found.append(Headline(name="合并后事件", value=f"{count(incidents)}个", changes=(ratio,)))
    return found


def overview(figures: Figures) -> Section:
    """The first section of every report."""
    blocks: list[Block] = []
    if figures.running:
        as_of = figures.material.as_of
        blocks.append(
            Warn(
                text=f"统计期未满：数据截至{day_words(as_of.date())}{as_of:%H:%M}，"
                "本报告只含此前受理的诉求，不与完整的时段比较。"
            )
        )
    blocks.append(_first_sentence(figures))
    if figures.total:
        busiest = _busiest(figures)
        if busiest:
            blocks.append(busiest)
        channels = _channels(figures)
        if channels:
            blocks.append(channels)
    blocks.append(_trend(figures))
    blocks += _without_place(figures)
    return Section(title="总体情况", blocks=blocks)


def _first_sentence(figures: Figures) -> str:
    total, name = figures.total, figures.asked.period.name
    about = "、".join(sorted(figures.asked.filters.kinds))
    what = f"{about}类诉求" if about else "诉求"
    where = "" if figures.asked.filters.within is None else figures.asked.place
    said = f"{name}{where}受理{what}{count(total)}件"
    before, year = figures.before(), figures.year()
    if before.n is None and before.why_not.startswith("本期未满"):
        return f"{said}。"
    if before.n is None and year.n is None:
        first = figures.first_day
        since = f"（系统中的诉求自{day_words(first)}起）" if first else "（系统中尚无诉求）"
        return f"{said}。环比、同比均没有可比数据{since}。"
    return f"{said}，{compared_words(total, before)}，{compared_words(total, year)}。"


def _busiest(figures: Figures) -> str:
    window = figures.window
    daily = figures.per_day(window)
    if window.days < 2 or figures.total < _FEW_FOR_DAYS:
        return ""
    most, least = max(daily), min(daily)
    top = [window.start + timedelta(days=at) for at, n in enumerate(daily) if n == most]
    average = figures.total / window.days
    said = f"平均每天{average:,.1f}件，最多的是{_named_day(figures, top[0])}（{count(most)}件）"
    if figures.running:
        return f"{said}。"
    low = [window.start + timedelta(days=at) for at, n in enumerate(daily) if n == least]
    if len(low) == 1:
        return f"{said}，最少的是{_named_day(figures, low[0])}（{count(least)}件）。"
    return f"{said}，最少的一天{count(least)}件。"


def _named_day(figures: Figures, day: date) -> str:
    name = dict(figures.material.holidays).get(day)
    weekday = "一二三四五六日"[day.weekday()]
    shown = f"{day.month}月{day.day}日"
    return f"{shown}{name}" if name else f"{shown}星期{weekday}"


def _channels(figures: Figures) -> str:
    cases = figures.material.cases
    counted = [
        (name, n or 0)
        for name, n in zip(
            cases.channel.labels, figures.counted(cases.channel, figures.rows), strict=False
        )
        if n
    ]
    if len(counted) < 2:
        return ""
    counted.sort(key=lambda one: (-one[1], one[0]))
    parts = [f"{name}{count(n)}件（{share(n, figures.total)}）" for name, n in counted[:4]]
    return f"按受理渠道，{listed(parts)}。"


def _trend(figures: Figures) -> Picture:
    asked, material = figures.asked, figures.material
    window, period = asked.period.window, asked.period
    days = _DAYS_SHOWN.get(asked.kind, 0)
    if days:
        window = TimeWindow(start=period.window.end - timedelta(days=days), end=period.window.end)
        if figures.first_day is not None and window.start < figures.first_day < window.end:
            window = TimeWindow(start=figures.first_day, end=window.end)
    filters = replace(asked.filters, window=window)
    step = Step.DAY if days else period.step
    made = series(material.cases, None, filters, step, as_of=material.as_of.date())
    compared = None
    if not days and figures.rows_before is not None and step is Step.DAY:
        compared = figures.per_day(period.before)
    counts = [int(n) for n in made.matrix[:, 0]]
    name = period.name if not days else "每日受理"
    words = {"day": "逐日", "week": "逐周", "month": "逐月"}[step.value]
    return Picture(
        png=charts.trend(
            made.steps,
            counts,
            name=name,
            step=step.value,
            compared=compared,
            compared_name=period.before_name,
            complete=[bool(one) for one in made.complete],
            holidays=material.holidays,
        ),
        caption=f"{words}受理量（{days_words(window)}）",
        alt=f"{words}受理量折线，最多{count(max(counts, default=0))}件，"
        f"最少{count(min(counts, default=0))}件。",
    )


def by_district(figures: Figures, window: TimeWindow | None = None) -> tuple[Unlocated, ...]:
    """Without a place per district inside the ground, of the period or of another window;
    districts outside the ground are left out."""
    districts = figures.material.areas.get(JurisdictionLevel.DISTRICT)
    filters = replace(figures.asked.filters, window=window or figures.window)
    found = unlocated(figures.material.cases, districts, filters)
    if filters.within is None:
        return found
    return tuple(one for one in found if one.total)


def _without_place(figures: Figures) -> list[Block]:
    rows = [one for one in by_district(figures) if one.total]
    lost = sum(one.n for one in rows)
    if not figures.total:
        return []
    if not lost:
        return ["全部诉求都已定位。"]
    said = (
        f"有{count(lost)}件（{share(lost, figures.total)}）没有定位到点，"
        "计入总量和类别，不在地图上，也不在热点分析中。"
    )
    if len(rows) < 2:
        return [said]
    named = [one for one in rows if one.name != UNKNOWN]
    if len(named) > 1:
        worst = max(named, key=lambda one: one.share)
        least = min(named, key=lambda one: one.share)
        if worst.share - least.share >= 0.02:
            said += (
                f"未定位占比最高的是{worst.name}（{worst.share:.1%}），"
                f"最低的是{least.name}（{least.share:.1%}），比较这些区域时应考虑这一差别。"
            )
    table = Table(
        title="各区县未定位情况",
        columns=(
            Column(title="区县", wide=True),
            Column(title="受理（件）", form="count"),
            Column(title="未定位（件）", form="count"),
            Column(title="未定位占比", form="share"),
        ),
        rows=[(one.name, one.total, one.n, one.share) for one in rows],
    )
    return [said, table]
