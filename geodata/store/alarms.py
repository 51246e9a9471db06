"""Alarms in PostgreSQL: what a run said stays as it was; what people do with it is appended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_once

from geodata.database import transaction
from geodata.store.alarm_rows import (
    AFTER,
    ALARMS,
    FROM,
    AlarmEvent,
    AlarmMove,
    AlarmState,
    NewAlarm,
    StoredAlarm,
    event_of,
    new_of,
    stored_of,
)
from geodata.store.case_rows import storable
from geodata.tables_analysis import alarm, alarm_event
from routing.errors import MoveConflict, NotFoundError, UserInputError

MOST_IN_PAGE = 200
REASON_LENGTH = 600


def store_alarms(engine: Engine, found: Sequence[NewAlarm]) -> int:
    """Append all alarms of a run in one transaction, or none of them; return how many are new.

    An alarm of the same day, jurisdiction, kind and method that is already there stays as it is, so
    a run can be repeated, and two at a time do no harm. Raises StoreUnavailable where the database
    is gone; nothing is then stored.
    """
    if not found:
        return 0
    with transaction(engine) as connection:
        return sum(
            connection.execute(
                insert_once(alarm)
                .values(
                    day=one.day,
                    level=one.level,
                    code=storable(one.code),
                    kind=storable(one.kind),
                    method=one.method,
                    observed=one.observed,
                    expected=one.expected,
                    bound=one.bound,
                    p=one.p,
                    q=one.q,
                    recurrence_days=one.recurrence_days,
                    case_numbers=[storable(number) for number in one.case_numbers],
                    detail=storable(one.detail),
                )
                .on_conflict_do_nothing()
                .returning(alarm.c.id)
            ).first()
            is not None
            for one in found
        )


def recent_alarms(engine: Engine, since: date, until: date) -> list[NewAlarm]:
    """Return the alarms of the days from ``since`` up to, not with, ``until``; oldest first."""
    asked = select(alarm).where(alarm.c.day >= since, alarm.c.day < until)
    with transaction(engine) as connection:
        rows = connection.execute(asked.order_by(alarm.c.day, alarm.c.id)).all()
    return [new_of(row) for row in rows]


def list_alarms(
    engine: Engine,
    *,
    state: AlarmState | None = None,
    kind: str | None = None,
    before: tuple[date, int] | None = None,
    limit: int = 50,
) -> tuple[list[StoredAlarm], tuple[date, int] | None]:
    """Return a page of alarms, the latest day first and in it the most certain, and the mark of
    the next page, ``None`` at the end.

    ``state`` ``None`` means all. Raises UserInputError for a page longer than ``MOST_IN_PAGE``.
    """
    if not 1 <= limit <= MOST_IN_PAGE:
        raise UserInputError(f"limit={limit}；每页 1 到 {MOST_IN_PAGE} 条")
    asked = ALARMS
    if state is AlarmState.OPEN:
        asked = asked.where(
            alarm_event.c.what.is_(None) | (alarm_event.c.what == AlarmMove.REOPEN.value)
        )
    elif state is not None:
        what = next(move for move, after in AFTER.items() if after is state)
        asked = asked.where(alarm_event.c.what == what.value)
    if kind is not None:
        asked = asked.where(alarm.c.kind == storable(kind))
    if before is not None:
        day, number = before
        asked = asked.where((alarm.c.day < day) | ((alarm.c.day == day) & (alarm.c.id > number)))
    # A run stores its alarms the most certain first, so ids are in that order.
    asked = asked.order_by(alarm.c.day.desc(), alarm.c.id).limit(limit + 1)
    with transaction(engine) as connection:
        rows = connection.execute(asked).all()
    found = [stored_of(row) for row in rows[:limit]]
    more = len(rows) > limit
    return found, (found[-1].new.day, found[-1].id) if more else None


def count_alarms(engine: Engine) -> dict[AlarmState, int]:
    """Return how many alarms there are in each state."""
    asked = ALARMS.subquery()
    with transaction(engine) as connection:
        rows = connection.execute(
            select(asked.c.what, func.count().label("n")).group_by(asked.c.what)
        ).all()
    counted = dict.fromkeys(AlarmState, 0)
    for row in rows:
        counted[AlarmState.OPEN if row.what is None else AFTER[AlarmMove(row.what)]] += row.n
    return counted


def alarm_of(engine: Engine, number: int) -> tuple[StoredAlarm, tuple[AlarmEvent, ...]]:
    """Return an alarm with all that was done, oldest first; NotFoundError where there is none."""
    with transaction(engine) as connection:
        return _read(connection, number), _events(connection, number)


def append_event(
    engine: Engine,
    number: int,
    move: AlarmMove,
    *,
    seen: int,
    actor: str,
    actor_name: str,
    reason: str = "",
) -> StoredAlarm:
    """Append what a person did and return the alarm as it then is.

    ``seen`` is the number of events they had seen. The same person doing the same again (a second
    click, a lost answer) changes nothing and is no error. Raises NotFoundError for no such alarm,
    UserInputError for a dismissal without a reason or a reason of more than ``REASON_LENGTH``
    characters, MoveConflict where somebody else was first or the alarm is in no state for this.
    """
    reason = storable(reason.strip())
    if move is AlarmMove.DISMISS and not reason:
        raise UserInputError("排除预警须写明理由，例如“已派单处置”“重复来电”“节庆活动”")
    if len(reason) > REASON_LENGTH:
        raise UserInputError(f"理由有 {len(reason)} 字，最多 {REASON_LENGTH} 字，请精简")
    with transaction(engine) as connection:
        # One change at a time for each alarm; the row itself never changes.
        connection.execute(select(alarm.c.id).where(alarm.c.id == number).with_for_update())
        now = _read(connection, number)
        last = now.last
        repeated = last is not None and (last.what, last.actor, last.reason) == (
            move,
            actor,
            reason,
        )
        if repeated and now.events == seen + 1:
            return now
        if now.events != seen or now.state not in FROM[move]:
            raise _conflict(now)
        connection.execute(
            insert(alarm_event).values(
                alarm_id=number,
                what=move.value,
                actor=storable(actor),
                actor_name=storable(actor_name),
                reason=reason,
            )
        )
        return _read(connection, number)


def _read(connection: Connection, number: int) -> StoredAlarm:
    row = connection.execute(ALARMS.where(alarm.c.id == number)).first()
    if row is None:
        raise NotFoundError(f"没有编号为 {number} 的预警")
    return stored_of(row)


def _events(connection: Connection, number: int) -> tuple[AlarmEvent, ...]:
    asked = select(alarm_event).where(alarm_event.c.alarm_id == number).order_by(alarm_event.c.id)
    return tuple(event_of(row) for row in connection.execute(asked))


def _conflict(now: StoredAlarm) -> MoveConflict:
    last = now.last
    by = f" by {last.actor_name} at {last.at:%Y-%m-%d %H:%M}" if last else ""
    return MoveConflict(
        f"alarm {now.id} is {now.state.value}{by}, {now.events} change(s) so far; look again",
        {
            "state": now.state.value,
            "events": now.events,
            "move": last.what.value if last else "",
            "actor": last.actor if last else "",
            "actor_name": last.actor_name if last else "",
            "at": last.at.isoformat() if last else "",
        },
    )
