"""Alarms as the page shows them: words for codes, numbers as they are."""

from __future__ import annotations

from app import words
from geodata.store.alarm_rows import AlarmEvent, AlarmMove, AlarmState, StoredAlarm
from maps.alarming.methods import METHODS
from maps.alarming.wording import ALL_KINDS_WORD, CITY

STATES = {
    AlarmState.OPEN: "待处理",
    AlarmState.ACKNOWLEDGED: "已认领",
    AlarmState.DISMISSED: "已排除",
}
MOVES = {
    AlarmMove.ACKNOWLEDGE: "认领",
    AlarmMove.DISMISS: "排除",
    AlarmMove.REOPEN: "重新打开",
}


def row_shown(one: StoredAlarm) -> dict[str, object]:
    """One line of the list."""
    new = one.new
    return {
        "id": one.id,
        "day": new.day.isoformat(),
        "first": new.detail.get("first", new.day.isoformat()),
        "level": new.level,
        "level_label": words.LEVELS.get(new.level, CITY),
        "code": new.code,
        "place": new.detail.get("place") or new.code or CITY,
        "kind": new.kind or ALL_KINDS_WORD,
        "method": METHODS.get(new.method, new.method),
        "observed": new.observed,
        "expected": round(new.expected, 4),
        "bound": None if new.bound is None else round(new.bound, 4),
        "p": new.p,
        "q": new.q,
        "recurrence_days": new.recurrence_days,
        "rest": bool(new.detail.get("rest")),
        "why": new.detail.get("why", ""),
        "state": one.state.value,
        "state_label": STATES[one.state],
        "events_seen": one.events,
        "last": event_shown(one.last) if one.last else None,
    }


def event_shown(one: AlarmEvent) -> dict[str, object]:
    """One thing that a person did."""
    return {
        "what": one.what.value,
        "label": MOVES[one.what],
        "actor_name": one.actor_name,
        "reason": one.reason,
        "at": one.at.isoformat(),
    }
