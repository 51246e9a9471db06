"""What is done by itself, and when: reports that were scheduled, and every day's early warning."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Engine

from app import wiring
from geodata.store import jobs, report_schedules
from geodata.store.report_schedules import Schedule
from maps.reports.periods import last_complete

REPORT, ALARMS = "report", "alarms"
"""The kinds of jobs."""
ALARMS_AT = time(6, 0)
"""Local time from which yesterday is judged: its late entries are in, and nobody is at work yet."""
DUE_AT = {"daily": time(7, 30), "weekly": time(7, 30), "monthly": time(7, 30)}
"""Local time from which yesterday, last week (on Mondays) and last month (on the 1st) are made:
before offices open at 8:30, after the night's late entries."""


def last_due(period: str, now: datetime) -> date:
    """First day of the latest period whose report is due at a local time.

    Before the hour of the day the one before is the latest: at 6:00 yesterday is not due yet.
    """
    day = now.date() if now.time() >= DUE_AT[period] else now.date() - timedelta(days=1)
    return last_complete(period, day)


def make_due(engine: Engine, now: datetime) -> list[int]:
    """Ask for every scheduled report that is due and not made yet; return the jobs' numbers.

    After a time out of service only the latest period is made: nobody reads a week of old dailies.
    """
    from app.reporting.wanted import wanted, wanted_from

    asked = []
    for one in report_schedules.schedules(engine):
        if not one.enabled:
            continue
        first = last_due(one.period, now)
        if one.made_for is not None and one.made_for >= first:
            continue
        template = wanted_from(one.wanted)
        wish = wanted(
            kind=one.period,
            first=first,
            within=f"{template.within[0].value}:{template.within[1]}" if template.within else "",
            kinds=template.kinds,
            formats=template.formats,
            title="",
            subdistrict=template.subdistrict,
        )
        number = report_schedules.enqueue_due(engine, one.id, first, REPORT, wish.as_json())
        if number is not None:
            asked.append(number)
    return asked


def judge_yesterday(engine: Engine, now: datetime) -> int | None:
    """Ask, once a day, for the early warning of the day before; return the job's number.

    After a time out of service only the latest day is judged: `shudi alarms run --since` judges
    the days missed.
    """
    if now.time() < ALARMS_AT:
        return None
    day = now.date() - timedelta(days=1)
    return jobs.enqueue_once(engine, ALARMS, {"day": day.isoformat()}, by="schedule")


def due_next(schedule: Schedule, now: datetime) -> dict[str, Any]:
    """When a schedule comes next and about what, for the page."""
    day = now.date()
    at = DUE_AT[schedule.period]
    if schedule.period == "daily":
        next_day = day if now.time() < at else day + timedelta(days=1)
    elif schedule.period == "weekly":
        next_day = day + timedelta(days=-day.weekday() % 7)
        if next_day == day and now.time() >= at:
            next_day += timedelta(days=7)
    else:
        next_day = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
        if day.day == 1 and now.time() < at:
            next_day = day
    return {"at": datetime.combine(next_day, at, wiring.LOCAL_TIME).isoformat()}
