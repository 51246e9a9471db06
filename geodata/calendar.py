"""The working calendar: days that are not as their weekday says, and until when it is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sqlalchemy import Engine, extract, func, insert, select, update

from geodata.database import transaction
from geodata.tables_analysis import calendar_day
from routing.errors import UserInputError


class DayKind(StrEnum):
    """What a calendar says of a day."""

    HOLIDAY = "holiday"  # 放假: of a public holiday, whatever the weekday
    WORKDAY = "workday"  # 调休上班: a weekend day that is worked
    WEEKDAY = "weekday"  # an ordinary working day
    WEEKEND = "weekend"  # an ordinary Saturday or Sunday


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarDay:
    """One line of a calendar."""

    day: date
    kind: DayKind
    """``HOLIDAY`` or ``WORKDAY``."""
    name: str = ""
    """春节; empty where the file names none."""
    source: str = ""
    """The notice it is from."""


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The lines in force by day; asking beyond the last year covered is an error."""

    days: Mapping[date, CalendarDay] = field(default_factory=dict)

    @property
    def until(self) -> date | None:
        """The last day covered: notices are for whole years; ``None`` for an empty calendar."""
        return date(max(self.days).year, 12, 31) if self.days else None

    @property
    def since(self) -> date | None:
        """The first day covered; ``None`` for an empty calendar."""
        return date(min(self.days).year, 1, 1) if self.days else None

    def covers(self, day: date) -> bool:
        """Whether the calendar knows this day."""
        return self.since is not None and self.until is not None and self.since <= day <= self.until

    def kind(self, day: date) -> DayKind:
        """What the day is; UserInputError, which says until when the calendar reaches, for a day
        that it does not cover."""
        if not self.covers(day):
            raise UserInputError(self.beyond(day))
        line = self.days.get(day)
        if line is not None:
            return line.kind
        return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WEEKDAY

    def is_working(self, day: date) -> bool:
        """Whether offices work on this day; errors as ``kind``."""
        return self.kind(day) in (DayKind.WORKDAY, DayKind.WEEKDAY)

    def name(self, day: date) -> str:
        """The holiday's name; empty for any other day, also one not covered."""
        line = self.days.get(day)
        return line.name if line is not None and line.kind is DayKind.HOLIDAY else ""

    def beyond(self, day: date) -> str:
        """The sentence for a day that is not covered, for errors and for notes on pages."""
        if self.until is None:
            return f"尚未导入工作日历，无法判断 {day} 是否放假；请用 shudi calendar import 导入"
        if day < (self.since or day):
            return f"日历从 {self.since} 起，不含 {day}；请补充导入该年的放假安排"
        return f"日历只到 {self.until}，不含 {day}；请导入国务院办公厅公布的下一年放假安排"


def load_calendar(engine: Engine) -> Calendar:
    """Return the calendar in force; an empty one where none was imported."""
    asked = select(calendar_day).where(calendar_day.c.superseded_at.is_(None))
    with transaction(engine) as connection:
        rows = connection.execute(asked.order_by(calendar_day.c.day)).all()
    return calendar_of(
        CalendarDay(day=row.day, kind=DayKind(row.kind), name=row.name, source=row.source)
        for row in rows
    )


def store_calendar(engine: Engine, days: Sequence[CalendarDay], *, by: str) -> tuple[int, int]:
    """Make the years of ``days`` be exactly these lines; return (recorded, superseded).

    Lines of other years stay. One that is as recorded stays too, so the same file again changes
    nothing; one that differs or is no longer given is superseded, not deleted.
    """
    given = {(one.day, one.kind.value, one.name, one.source) for one in days}
    years = sorted({one.day.year for one in days})
    with transaction(engine) as connection:
        connection.exec_driver_sql("LOCK TABLE calendar_day IN SHARE ROW EXCLUSIVE MODE")
        rows = connection.execute(
            select(calendar_day).where(
                calendar_day.c.superseded_at.is_(None),
                extract("year", calendar_day.c.day).in_(years),
            )
        ).all()
        known = {(row.day, row.kind, row.name, row.source): row.id for row in rows}
        gone = [number for values, number in known.items() if values not in given]
        if gone:
            connection.execute(
                update(calendar_day)
                .where(calendar_day.c.id.in_(gone))
                .values(superseded_at=func.clock_timestamp())
            )
        new = [dict(zip(_FIELDS, one, strict=True)) for one in sorted(given - set(known))]
        if new:
            connection.execute(insert(calendar_day), [{**one, "recorded_by": by} for one in new])
    return len(new), len(gone)


_FIELDS = ("day", "kind", "name", "source")


def calendar_of(days: Iterable[CalendarDay]) -> Calendar:
    """A calendar of lines, the last one of a day holding."""
    return Calendar(days={one.day: one for one in days})
