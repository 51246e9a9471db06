"""Between rows and alarms: what a run said, where it stands, what people did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, func, select

from geodata.tables_analysis import alarm, alarm_event


class AlarmState(StrEnum):
    """Where an alarm stands; the last event says it."""

    OPEN = "open"  # 待处理
    ACKNOWLEDGED = "acknowledged"  # 已认领
    DISMISSED = "dismissed"  # 已排除


class AlarmMove(StrEnum):
    """What a person does with an alarm."""

    ACKNOWLEDGE = "acknowledge"  # 认领
    DISMISS = "dismiss"  # 排除
    REOPEN = "reopen"  # 重新打开


AFTER = {
    AlarmMove.ACKNOWLEDGE: AlarmState.ACKNOWLEDGED,
    AlarmMove.DISMISS: AlarmState.DISMISSED,
    AlarmMove.REOPEN: AlarmState.OPEN,
}
FROM = {
    AlarmMove.ACKNOWLEDGE: (AlarmState.OPEN,),
    AlarmMove.DISMISS: (AlarmState.OPEN, AlarmState.ACKNOWLEDGED),
    AlarmMove.REOPEN: (AlarmState.ACKNOWLEDGED, AlarmState.DISMISSED),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAlarm:
    """What a run found, as it is stored."""

    day: date
    """Last day of the data it saw."""
    level: str
    code: str
    kind: str
    """诉求类别; empty means all together."""
    method: str
    observed: float
    expected: float
    bound: float | None
    p: float
    q: float
    recurrence_days: float | None
    case_numbers: tuple[str, ...]
    detail: Mapping[str, Any] = field(default_factory=dict)
    """Why, the chart, a cluster's circle: for people, not for queries."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmEvent:
    """One thing that a person did."""

    what: AlarmMove
    actor: str
    actor_name: str
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredAlarm:
    """An alarm with its state."""

    id: int
    new: NewAlarm
    recorded_at: datetime
    state: AlarmState
    events: int
    """How many; a change says how many it saw, so that nobody undoes what they have not seen."""
    last: AlarmEvent | None


_LAST = (
    select(
        alarm_event.c.alarm_id,
        func.count().label("events"),
        func.max(alarm_event.c.id).label("last_id"),
    )
    .group_by(alarm_event.c.alarm_id)
    .subquery()
)
ALARMS: Select[Any] = select(
    alarm,
    func.coalesce(_LAST.c.events, 0).label("events"),
    alarm_event.c.what,
    alarm_event.c.actor,
    alarm_event.c.actor_name,
    alarm_event.c.reason,
    alarm_event.c.at,
).select_from(
    alarm.outerjoin(_LAST, _LAST.c.alarm_id == alarm.c.id).outerjoin(
        alarm_event, alarm_event.c.id == _LAST.c.last_id
    )
)
"""Every alarm with the last event, whose columns are null where there is none."""


def new_of(row: Row[Any]) -> NewAlarm:
    """What the run said."""
    values = {name: getattr(row, name) for name in NewAlarm.__dataclass_fields__}
    return NewAlarm(**{**values, "case_numbers": tuple(row.case_numbers)})


def event_of(row: Row[Any]) -> AlarmEvent:
    """One event, from a row that has its columns."""
    return AlarmEvent(
        what=AlarmMove(row.what),
        actor=row.actor,
        actor_name=row.actor_name,
        reason=row.reason,
        at=row.at,
    )


def stored_of(row: Row[Any]) -> StoredAlarm:
    """An alarm, from a row of ``ALARMS``."""
    last = event_of(row) if row.what is not None else None
    return StoredAlarm(
        id=row.id,
        new=new_of(row),
        recorded_at=row.recorded_at,
        state=AFTER[last.what] if last else AlarmState.OPEN,
        events=row.events,
        last=last,
    )
