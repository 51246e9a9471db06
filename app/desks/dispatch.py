"""The dispatcher's desk: one page, and the JSON its own scripts ask for.

Only for people with a session; machines use ``/api/v1``. Errors are answered by ``app.errors``.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request
from pydantic import BaseModel, ConfigDict, Field

from app import words
from app.auth import MAY_MOVE, current_user, require_role
from app.desks import access, places, present
from app.desks.period import ALL, received_from
from app.desks.surroundings import surroundings
from routing.casework.cases import Move
from routing.errors import UserInputError
from routing.model import UnitKind

desk = Blueprint("desk", __name__, url_prefix="/desk")

PAGE_SIZE = 50
"""Cases in one answer: six screens of the queue at 1366 × 768, so that paging is rare."""

TABS: dict[str, dict[str, str]] = {
    "review": {"state": "pending", "status": "needs_person"},
    "confirm": {"state": "pending", "status": "routed"},
    "dispatched": {"state": "dispatched"},
}
"""Filters of each tab, as ``geodata.store.case_queue`` knows them."""


class MoveBody(BaseModel):
    """What the desk sends to move a case."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    move: Move
    version: int = Field(ge=1)
    unit_code: str | None = Field(default=None, max_length=64)
    co_units: list[str] | None = Field(default=None, max_length=20)
    reason: str = Field(default="", max_length=600)


@desk.get("")
@require_role(*MAY_MOVE)
def page() -> str:
    """The desk itself; everything that changes is fetched by its scripts."""
    return render_template(
        "desk/desk.html",
        categories=access.categories(),
        subdistricts=[unit for unit in access.units() if unit.kind is UnitKind.SUBDISTRICT],
        channels=list(words.CHANNELS.items()),
        periods=[one for one in words.PERIODS.items() if one[0] != ALL],
    )


@desk.get("/queue")
@require_role(*MAY_MOVE)
def queue() -> Response:
    """One page of a tab, those that need a person first, and the counts of all tabs."""
    tab = request.args.get("tab", "review")
    if tab not in TABS:
        raise UserInputError(f"tab {tab!r} is none of {sorted(TABS)}")
    asked = {
        name: value
        for name in ("q", "category", "subdistrict", "channel")
        if (value := request.args.get(name, "").strip()[:80])
    }
    asked |= received_from(request.args.get("period", ALL), access.today())
    store = access.store()
    cases, after = store.cases(
        {**asked, **TABS[tab]}, limit=PAGE_SIZE, after=request.args.get("after") or None
    )
    counted = store.counts(asked)
    return jsonify(
        items=[present.row(case, access.unit_name) for case in cases],
        next=after,
        counts={
            "review": counted.get("needs_person", 0),
            "confirm": counted.get("pending:routed", 0),
            "dispatched": counted.get("dispatched", 0),
        },
    )


@desk.get("/cases/<no>")
@require_role(*MAY_MOVE)
def case(no: str) -> Response:
    """One case with its history."""
    return jsonify(_shown(no))


@desk.get("/cases/<no>/surroundings")
@require_role(*MAY_MOVE)
def around(no: str) -> Response:
    """The jurisdictions around the case's place, for the map."""
    decision = access.store().case(no).decision
    return jsonify(surroundings(decision, present.shares(decision, access.unit_name)))


@desk.get("/units")
@require_role(*MAY_MOVE)
def units() -> Response:
    """Everybody a case can be given to."""
    return jsonify(
        units=[
            {
                "code": unit.code,
                "name": unit.name,
                "kind": unit.kind.value,
                "kind_label": words.UNIT_KINDS[unit.kind],
                "parent_code": unit.parent_code,
            }
            for unit in access.units()
            if unit.kind is not UnitKind.QUEUE
        ]
    )


@desk.post("/cases/<no>/moves")
@require_role(*MAY_MOVE)
def move(no: str) -> Response:
    """Confirm, override or withdraw; answers with the case as it now is.

    409 with the state as it is where somebody else was first; nothing is changed then.
    """
    asked = MoveBody.model_validate(request.get_json())
    if asked.move is Move.RECEIVE:
        raise UserInputError("受理由来件渠道完成，工作台上不能再受理一次")
    if asked.move is Move.CONFIRM:
        advised = access.store().case(no).decision.recommendation.unit_code
        if advised in ("", present.QUEUE_UNIT):
            raise UserInputError("机器没有给出可确认的单位，请用“改派”指定单位")
    if asked.unit_code == present.QUEUE_UNIT:
        raise UserInputError("人工研判队列不是承办单位，请选择能办理的单位")
    access.move(
        no,
        asked.move,
        version=asked.version,
        unit_code=asked.unit_code,
        co_units=asked.co_units,
        reason=asked.reason,
    )
    return jsonify(_shown(no))


def _shown(no: str) -> dict[str, object]:
    store = access.store()
    found = store.case(no)
    return present.full(
        found,
        store.events(no),
        access.unit_name,
        current_user().role,
        places.unit_at(found.complaint.category, found.decision.as_of),
    )
