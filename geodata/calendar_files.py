"""A file of holidays and working weekends: read, and checked before it is believed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from geodata.calendar import Calendar, CalendarDay, DayKind
from geodata.listed_rows import ListedRow, RowFinding, day_of, read_rows

COLUMNS = {
    "day": ("日期",),
    "kind": ("类型", "类别"),
    "name": ("名称", "节日"),
    "source": ("来源", "依据"),
}
_KINDS = {
    "holiday": DayKind.HOLIDAY,
    "放假": DayKind.HOLIDAY,
    "休": DayKind.HOLIDAY,
    "workday": DayKind.WORKDAY,
    "上班": DayKind.WORKDAY,
    "调休上班": DayKind.WORKDAY,
    "班": DayKind.WORKDAY,
}
_YEARS = range(1990, 2101)
_FEWEST_HOLIDAYS, _MOST_HOLIDAYS = 11, 45
"""Days off in a year's notice: 11 statutory days until 2024 and 13 since, 28 to 34 with the
weekends that the notices count in; far fewer is a part of a year, far more a mistake."""
_NEAR_DAYS = 21
"""A weekend is worked for a holiday at most two weeks off (2024 to 2026: 13 days)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarFile:
    """What a file says, and what is wrong with it."""

    days: tuple[CalendarDay, ...]
    """In order, each day once; those of rows with a blocking finding are left out."""
    findings: tuple[RowFinding, ...]
    """By row; those of the whole file come first."""

    @property
    def years(self) -> tuple[int, ...]:
        """The years it has lines of."""
        return tuple(sorted({one.day.year for one in self.days}))

    @property
    def blocked(self) -> bool:
        return any(one.blocking for one in self.findings)


def read_calendar(path: Path, known: Calendar | None = None) -> CalendarFile:
    """Read and check a file; ``known`` is what is loaded already, for years that are missing.

    Raises UserInputError where the file cannot be read or lacks a column.
    """
    rows, findings = read_rows(path, COLUMNS, ("day", "kind"))
    first: dict[date, tuple[int, CalendarDay]] = {}
    for row in rows:
        one = _line(row, findings)
        if one is None:
            continue
        earlier = first.get(one.day)
        if earlier is None:
            first[one.day] = (row.number, one)
        else:
            same = earlier[1].kind is one.kind
            told = f"{one.day} 与第 {earlier[0]} 行重复"
            told += "，已忽略" if same else f"且类型不同（{earlier[1].kind} / {one.kind}），请改正"
            findings.append(RowFinding(row=row.number, message=told, blocking=not same))
    for number, one in first.values():
        findings += _doubtful(number, one, first)
    days = tuple(one for _, one in sorted(first.values(), key=lambda line: line[1].day))
    findings += _years(days, known)
    if not days and not findings:
        findings.append(RowFinding(row=None, message="没有任何日期；请至少给出一年的放假安排"))
    ordered = sorted(findings, key=lambda one: (one.row is not None, one.row or 0))
    return CalendarFile(days=days, findings=tuple(ordered))


def _line(row: ListedRow, findings: list[RowFinding]) -> CalendarDay | None:
    before = len(findings)
    day, kind = day_of(row.cells["day"]), _KINDS.get(row.cells["kind"].lower())
    if day is None:
        told = f"日期 {row.cells['day']!r} 无法识别；请写成 2026-01-31"
        findings.append(RowFinding(row=row.number, message=told))
    elif day.year not in _YEARS:
        findings.append(RowFinding(row=row.number, message=f"日期 {day} 的年份不合理"))
    if kind is None:
        told = f"类型 {row.cells['kind']!r} 无法识别；请用 holiday（放假）或 workday（调休上班）"
        findings.append(RowFinding(row=row.number, message=told))
    if len(findings) > before or day is None or kind is None:
        return None
    return CalendarDay(day=day, kind=kind, name=row.cells["name"], source=row.cells["source"])


def _doubtful(
    number: int, one: CalendarDay, lines: Mapping[date, tuple[int, CalendarDay]]
) -> Iterable[RowFinding]:
    """What may be meant but is seldom."""
    if one.kind is not DayKind.WORKDAY:
        return
    if one.day.weekday() < 5:
        yield RowFinding(
            row=number,
            message=f"{one.day} 是{_WEEKDAYS[one.day.weekday()]}，本来就上班；"
            "调休上班应为周六或周日，请核对日期",
            blocking=False,
        )
    near = (
        other.day
        for _, other in lines.values()
        if other.kind is DayKind.HOLIDAY and abs((other.day - one.day).days) <= _NEAR_DAYS
    )
    if next(near, None) is None:
        yield RowFinding(
            row=number,
            message=f"{one.day} 调休上班，但前后 {_NEAR_DAYS} 天内没有假期，请核对日期",
            blocking=False,
        )


_WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")


def _years(days: Sequence[CalendarDay], known: Calendar | None) -> Iterable[RowFinding]:
    """Years that are missing between others, and years that are not whole."""
    given = {one.day.year for one in days}
    loaded = {day.year for day in known.days} if known else set()
    covered = given | loaded
    for year in range(min(covered, default=0), max(covered, default=-1) + 1):
        if year not in covered:
            told = f"缺少 {year} 年：它的前后都有安排；请补上，否则该年的节假日会被当作平日"
            yield RowFinding(row=None, message=told)
    for year in sorted(given):
        off = sum(one.day.year == year and one.kind is DayKind.HOLIDAY for one in days)
        if not _FEWEST_HOLIDAYS <= off <= _MOST_HOLIDAYS:
            told = (
                f"{year} 年只有 {off} 天放假"
                if off < _FEWEST_HOLIDAYS
                else f"{year} 年有 {off} 天放假"
            )
            told += f"，通常为 {_FEWEST_HOLIDAYS} 至 {_MOST_HOLIDAYS} 天；请核对该年是否完整"
            yield RowFinding(row=None, message=told, blocking=False)
