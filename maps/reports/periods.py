"""Which days a report is about, what it is compared with, and how people call them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from maps.counting.series import Step
from maps.model import TimeWindow
from routing.errors import UserInputError

KINDS = {"daily": "日报", "weekly": "周报", "monthly": "月报", "special": "专报"}
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A report's days and the two windows it is compared with."""

    window: TimeWindow
    before: TimeWindow
    """环比: the period just before, of the same kind."""
    year_before: TimeWindow
    """同比: the same period a year earlier."""
    name: str
    """``2026年11月``, ``2026年第47周``, ``2026年11月25日（星期三）``."""
    before_name: str
    """As in 比…增加: ``10月``, ``上周``, ``前一日``, ``前30天``."""
    year_name: str
    step: Step
    """How its trend is drawn."""


def period_for(kind: str, day: date) -> Period:
    """The day, week (Monday to Sunday) or calendar month in which a day lies.

    Raises UserInputError for another kind; a special report says its days itself.
    """
    if kind == "daily":
        return _of_day(day)
    if kind == "weekly":
        return _of_week(day - timedelta(days=day.weekday()))
    if kind == "monthly":
        return _of_month(day.replace(day=1))
    raise UserInputError(f"report kind {kind!r} has no calendar period; use daily, weekly, monthly")


def period_of(window: TimeWindow) -> Period:
    """Any days, for a special report; whole months are called by their names."""
    if window.start.day == 1 and window.end == _next_month(window.start):
        return _of_month(window.start)
    n = window.days
    return Period(
        window=window,
        before=window.before(),
        year_before=window.year_before(),
        name=days_words(window),
        before_name=f"此前{n}天" if n > 1 else "前一日",
        year_name="去年同期",
        step=Step.DAY if n <= 62 else Step.WEEK if n <= 400 else Step.MONTH,
    )


def last_complete(kind: str, today: date) -> date:
    """First day of the last period of a kind that is over: yesterday, last week, last month."""
    if kind == "daily":
        return today - timedelta(days=1)
    if kind == "weekly":
        return today - timedelta(days=today.weekday() + 7)
    if kind == "monthly":
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    raise UserInputError(f"report kind {kind!r} cannot be scheduled; use daily, weekly or monthly")


def days_words(window: TimeWindow) -> str:
    """``2026年11月1日至11月30日``; the year is not said twice, one day is one day."""
    first, last = window.start, window.end - timedelta(days=1)
    if first == last:
        return day_words(first)
    year = "" if last.year == first.year else f"{last.year}年"
    return f"{day_words(first)}至{year}{last.month}月{last.day}日"


def day_words(day: date) -> str:
    """``2026年11月26日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def _of_day(day: date) -> Period:
    window = TimeWindow(start=day, end=day + timedelta(days=1))
    return Period(
        window=window,
        before=window.before(),
        year_before=window.year_before(),
        name=f"{day_words(day)}（星期{_WEEKDAYS[day.weekday()]}）",
        before_name="前一日",
        year_name="去年同日",
        step=Step.DAY,
    )


def _of_week(monday: date) -> Period:
    window = TimeWindow(start=monday, end=monday + timedelta(days=7))
    # The week 52 weeks earlier has the same weekdays; the same dates would have other ones.
    earlier = monday - timedelta(weeks=52)
    year, week, _ = monday.isocalendar()
    return Period(
        window=window,
        before=window.before(),
        year_before=TimeWindow(start=earlier, end=earlier + timedelta(days=7)),
        name=f"{year}年第{week}周",
        before_name="上周",
        year_name="去年同周",
        step=Step.DAY,
    )


def _of_month(first: date) -> Period:
    before = (first - timedelta(days=1)).replace(day=1)
    year = first.replace(year=first.year - 1)
    return Period(
        window=TimeWindow(start=first, end=_next_month(first)),
        before=TimeWindow(start=before, end=first),
        year_before=TimeWindow(start=year, end=_next_month(year)),
        name=f"{first.year}年{first.month}月",
        before_name=f"{before.month}月" if before.year == first.year else "上年12月",
        year_name=f"去年{first.month}月",
        step=Step.DAY,
    )


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
