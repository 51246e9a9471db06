"""Early warning of one day: the snapshot of the whole city → alarms → the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Engine

from app import wiring
from app.snapshots.cache import Snapshot
from app.wiring import LOCAL_TIME, Services
from geodata.calendar import DayKind
from geodata.store.alarm_rows import NewAlarm
from geodata.store.alarms import recent_alarms, store_alarms
from maps.alarming.settings import Settings
from maps.alarms import CITY, Alarm, Batch, Recent, alarms_of_day
from maps.model import EPOCH, Plane
from routing.errors import UserInputError


@dataclass(frozen=True, kw_only=True, slots=True)
class DayRun:
    """What one run did."""

    day: date
    batch: Batch
    stored: int
    """Alarms that were not there yet."""
    warnings: tuple[str, ...]
    """What an analyst must know before trusting it, Chinese sentences."""


def run_day(
    services: Services, day: date | None = None, *, settings: Settings | None = None
) -> DayRun:
    """Judge a day of the whole city as the services hold it; see ``judge_day``."""
    return judge_day(services.engine, services.snapshot(None), day, settings=settings)


def judge_day(
    engine: Engine,
    snapshot: Snapshot,
    day: date | None = None,
    *,
    settings: Settings | None = None,
) -> DayRun:
    """Judge a day that is over, by default yesterday, and store what is found.

    Cases count by the day they were received. Alarms of the same day that are already stored stay
    as they are: the run may be repeated, at the same time too. Raises UserInputError for a day that
    is not over, StoreUnavailable where the database is gone; nothing is then stored.
    """
    judged = day or wiring.today() - timedelta(days=1)
    if judged >= wiring.today():
        raise UserInputError(
            f"{judged} 还没有结束，当天的件数还会增加；请用 {wiring.today() - timedelta(days=1)} "
            "或更早的日期"
        )
    settings = settings or Settings()
    if snapshot.as_of.astimezone(LOCAL_TIME).date() <= judged:
        raise UserInputError(
            f"数据只到 {snapshot.as_of:%Y-%m-%d %H:%M}，{judged} 还不完整；请稍后再运行"
        )
    number = (judged - EPOCH).days
    recent = recent_alarms(engine, judged - timedelta(days=settings.cool_down_days), judged)
    calendar = snapshot.holidays.days.values()
    batch = alarms_of_day(
        snapshot.cases,
        snapshot.areas,
        snapshot.names,
        number,
        days_off=_numbers(one.day for one in calendar if one.kind is DayKind.HOLIDAY),
        working=_numbers(one.day for one in calendar if one.kind is DayKind.WORKDAY),
        recent=[
            Recent(
                day=(one.day - EPOCH).days,
                level=one.level,
                code=one.code,
                kind=one.kind,
                observed=one.observed,
            )
            for one in recent
        ],
        settings=settings,
    )
    warnings = list(batch.warnings)
    if not snapshot.holidays.covers(judged):
        warnings.append(f"{snapshot.holidays.beyond(judged)}；节假日按普通日子计算。")
    stored = store_alarms(
        engine, [new_alarm(one, snapshot, snapshot.plane) for one in batch.alarms]
    )
    return DayRun(day=judged, batch=batch, stored=stored, warnings=tuple(warnings))


def new_alarm(one: Alarm, snapshot: Snapshot, plane: Plane) -> NewAlarm:
    """An alarm as it is stored: days as dates, a cluster's circle in WGS 84."""
    detail: dict[str, Any] = {
        "why": one.why,
        "place": snapshot.names.get(one.code, one.code) if one.code else CITY,
        "first": _day(one.first),
        "rest": one.rest,
    }
    if one.chart is not None:
        detail["chart"] = {
            "step": one.chart.step,
            "starts": [_day(start) for start in one.chart.starts],
            "counts": list(one.chart.counts),
            "expected": list(one.chart.expected),
            "bound": list(one.chart.bound),
        }
    if one.circle is not None:
        x_m, y_m, radius_m = one.circle
        [lon], [lat] = plane.to_lonlat(np.array([x_m]), np.array([y_m]))
        detail["circle"] = {"lon": float(lon), "lat": float(lat), "radius_m": radius_m}
        detail["communities"] = list(one.communities)
    return NewAlarm(
        day=EPOCH + timedelta(days=one.day),
        level=one.level,
        code=one.code,
        kind=one.kind,
        method=one.method,
        observed=one.observed,
        expected=one.expected,
        bound=one.bound,
        p=one.p,
        q=one.q,
        recurrence_days=one.recurrence_days,
        case_numbers=one.case_numbers,
        detail=detail,
    )


def _day(number: int) -> str:
    return (EPOCH + timedelta(days=number)).isoformat()


def _numbers(days: Any) -> frozenset[int]:
    return frozenset((day - EPOCH).days for day in days)
