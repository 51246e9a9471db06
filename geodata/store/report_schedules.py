"""Reports that are made by themselves: for which period each was last asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, insert, or_, select
from sqlalchemy import update as update_

from geodata.database import transaction
from geodata.store.jobs import insert_job
from geodata.tables_analysis import report_schedule
from routing.errors import NotFoundError


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """A report that is made by itself."""

    id: int
    period: str
    """``daily``, ``weekly`` or ``monthly``."""
    wanted: Mapping[str, Any]
    enabled: bool
    made_for: date | None
    """First day of the last period it was made for."""
    created_at: datetime
    created_by: str


def add_schedule(
    engine: Engine, period: str, wanted: Mapping[str, Any], *, by: str, made_for: date | None
) -> int:
    """Make a schedule; ``made_for`` is the period that need not be made any more."""
    values = {"period": period, "wanted": dict(wanted), "created_by": by, "made_for": made_for}
    with transaction(engine) as connection:
        return int(
            connection.execute(
                insert(report_schedule).values(**values).returning(report_schedule.c.id)
            ).scalar_one()
        )


def schedules(engine: Engine) -> list[Schedule]:
    """Return all schedules in the order they were made."""
    asked = select(*report_schedule.c).order_by(report_schedule.c.id)
    with transaction(engine) as connection:
        rows = connection.execute(asked).all()
    return [
        Schedule(
            id=row.id,
            period=row.period,
            wanted=row.wanted,
            enabled=row.enabled,
            made_for=row.made_for,
            created_at=row.created_at,
            created_by=row.created_by,
        )
        for row in rows
    ]


def set_enabled(engine: Engine, schedule_id: int, enabled: bool, made_for: date | None) -> None:
    """Turn a schedule on or off; turned on, it begins after ``made_for``: what was missed while
    it was off stays unmade. NotFoundError where there is none."""
    values: dict[str, Any] = {"enabled": enabled}
    if enabled:
        values["made_for"] = made_for
    with transaction(engine) as connection:
        done = connection.execute(
            update_(report_schedule).where(report_schedule.c.id == schedule_id).values(**values)
        )
    if done.rowcount == 0:
        raise NotFoundError(f"there is no report schedule {schedule_id}")


def enqueue_due(
    engine: Engine, schedule_id: int, first_day: date, kind: str, wanted: Mapping[str, Any]
) -> int | None:
    """Ask for a schedule's report of the period that begins on a day, once.

    ``None`` where it was asked for already, or the schedule is off: of several processes that try,
    one succeeds.
    """
    row = report_schedule.c
    with transaction(engine) as connection:
        done = connection.execute(
            update_(report_schedule)
            .where(
                row.id == schedule_id,
                row.enabled,
                or_(row.made_for.is_(None), row.made_for < first_day),
            )
            .values(made_for=first_day)
        )
        if done.rowcount == 0:
            return None
        return insert_job(connection, kind, wanted, f"schedule:{schedule_id}")
