"""``/analysis/alarms``: what early warning found, and what people do with it.

Errors are answered by ``app.errors``; everything sent is plain JSON, citizen text masked.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request
from pydantic import BaseModel, ConfigDict, Field

from app import words
from app.analysis.alarm_words import event_shown, row_shown
from app.auth import current_user, require_role, scope
from app.desks import access, present
from app.wiring import services
from geodata.store.alarm_cases import cases_of_alarm
from geodata.store.alarm_rows import AlarmMove, AlarmState, StoredAlarm
from geodata.store.alarms import (
    REASON_LENGTH,
    alarm_of,
    append_event,
    count_alarms,
    list_alarms,
)
from routing.casework.cases import Case
from routing.errors import UserInputError
from routing.model import JurisdictionLevel

analysis_alarms = Blueprint("analysis_alarms", __name__, url_prefix="/analysis/alarms")

MAY_LOOK = ("analyst", "supervisor", "dispatcher", "admin")
"""Alarms are of the whole city: street and department staff see theirs as cases."""
PAGE_SIZE = 50
MOST_CASES = 200
"""Cases of one alarm that are listed and drawn; the number of all stands above them."""
_ALL = "all"


class EventBody(BaseModel):
    """What the page sends to change an alarm."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    what: AlarmMove
    seen: int = Field(ge=0)
    """Number of changes the page had seen."""
    reason: str = Field(default="", max_length=REASON_LENGTH)


@analysis_alarms.get("")
@require_role(*MAY_LOOK)
def page() -> str:
    """The page itself; its script fetches what is on it."""
    opens = "/desk" if current_user().role in ("dispatcher", "supervisor", "admin") else ""
    return render_template("analysis/alarms.html", opens=opens)


@analysis_alarms.get("/items")
@require_role(*MAY_LOOK)
def items() -> Response:
    """One page of alarms in a state, the latest day first, and how many there are of each."""
    engine = services().engine
    found, mark = list_alarms(
        engine,
        state=_state(request.args.get("state", AlarmState.OPEN.value)),
        before=_mark(request.args.get("after", "")),
        limit=PAGE_SIZE,
    )
    return jsonify(
        items=[row_shown(one) for one in found],
        next=f"{mark[0].isoformat()}.{mark[1]}" if mark else None,
        counts={state.value: n for state, n in count_alarms(engine).items()},
    )


@analysis_alarms.get("/<int:number>")
@require_role(*MAY_LOOK)
def one(number: int) -> Response:
    """One alarm: its numbers, the series, the ground, the cases, what was done."""
    return jsonify(_whole(number))


@analysis_alarms.post("/<int:number>/events")
@require_role(*MAY_LOOK)
def change(number: int) -> Response:
    """Acknowledge, dismiss (with a reason) or reopen; answers with the alarm as it then is.

    409 with the state as it is where somebody else was first; nothing is changed then.
    """
    asked = EventBody.model_validate(request.get_json())
    who = current_user()
    append_event(
        services().engine,
        number,
        asked.what,
        seen=asked.seen,
        actor=who.login,
        actor_name=who.name,
        reason=asked.reason,
    )
    return jsonify(_whole(number))


def _whole(number: int) -> dict[str, Any]:
    engine = services().engine
    found, events = alarm_of(engine, number)
    cases = cases_of_alarm(engine, scope(), found.new.case_numbers, limit=MOST_CASES)
    detail = found.new.detail
    return {
        **row_shown(found),
        "chart": detail.get("chart"),
        "circle": detail.get("circle"),
        "outline": _outline(found),
        "cases": [_case(one) for one in cases],
        "case_count": len(found.new.case_numbers),
        "events": [event_shown(one) for one in events],
    }


def _outline(found: StoredAlarm) -> dict[str, object]:
    """The jurisdiction of the alarm, of a cluster its communities, as GeoJSON (WGS 84).

    As in force today: one that was redrawn since is drawn as it is now, one abolished not at all.
    """
    communities = set(found.new.detail.get("communities", ()))
    if communities:
        every = services().jurisdictions_geojson(JurisdictionLevel.COMMUNITY.value)
        wanted = communities
    else:
        every = services().jurisdictions_geojson(found.new.level)
        wanted = {found.new.code}
    features: Any = every["features"]
    return {
        "type": "FeatureCollection",
        "features": [one for one in features if one["properties"]["code"] in wanted],
    }


def _case(case: Case) -> dict[str, object]:
    shown = present.row(case, access.unit_name)
    return {
        **{name: shown[name] for name in ("no", "received_at", "category", "excerpt", "unit_name")},
        "state_label": words.STATES[case.state],
        "lon": case.decision.lon,
        "lat": case.decision.lat,
    }


def _state(asked: str) -> AlarmState | None:
    if asked == _ALL:
        return None
    if asked not in list(AlarmState):
        raise UserInputError(
            f"state={asked[:40]!r} 无法识别；只能是 {[*map(str, AlarmState), _ALL]} 之一"
        )
    return AlarmState(asked)


def _mark(asked: str) -> tuple[date, int] | None:
    if not asked:
        return None
    day, _, number = asked.partition(".")
    try:
        return date.fromisoformat(day), int(number)
    except ValueError as wrong:
        raise UserInputError(f"after={asked[:40]!r} 不是翻页标记；请用上一页给出的标记") from wrong
