"""Cases over the API: a page of them, one with its history, a move, the caller in clear."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from app.api.bodies import read_json
from app.api.given import MoveIn
from app.api.schemas import CallerOut
from app.api.views import case_out, case_with_events
from app.auth import MAY_MOVE, MAY_REVEAL, current_user, require_role, scope
from app.observability import MOVES
from app.wiring import services
from routing.errors import (
    MoveConflict,
    NotAllowed,
    NotFoundError,
    StoreUnavailable,
    UserInputError,
)

MAY_READ = ("api", "street", "department", *MAY_MOVE)
"""Each sees the rows of their scope only; the database enforces it."""

FILTERS = {
    "state": "pending 待派单 · dispatched 已派单",
    "status": "机器判断：routed · review · unlocated · outside；needs_person 为全部需人工研判",
    "category": "诉求类别",
    "unit_code": "现承办单位",
    "subdistrict_code": "街道（镇）",
    "community_code": "社区（村）",
    "grid_code": "网格",
    "channel": "来件渠道",
    "received_from": "受理日期自（YYYY-MM-DD）",
    "received_to": "受理日期至（含）",
    "q": "编号、来件编号或原文中的文字",
}
"""Query parameters of the list, with what each compares."""

MOST_IN_PAGE = 200
_DEFAULT_PAGE = 50


def register(api: Blueprint) -> None:
    """Add the addresses."""
    api.add_url_rule("/v1/cases", view_func=list_cases, methods=["GET"])
    api.add_url_rule("/v1/cases/<no>", view_func=one_case, methods=["GET"])
    api.add_url_rule("/v1/cases/<no>/moves", view_func=move, methods=["POST"])
    api.add_url_rule("/v1/cases/<no>/caller", view_func=caller, methods=["GET"])


@require_role(*MAY_READ)
def list_cases() -> Response:
    """A page of cases, those that need a person first; ``next`` is the mark of the next page."""
    known = {*FILTERS, "limit", "after"}
    unknown = sorted(set(request.args) - known)
    if unknown:
        raise UserInputError(f"unknown query parameters {unknown}; known are {sorted(known)}")
    filters = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    own = current_user().channel
    if own is not None:
        if filters.get("channel", own) != own:
            raise NotAllowed(f"the key belongs to channel {own!r}; it reads that channel only")
        filters["channel"] = own
    found, mark = (
        services()
        .store(scope())
        .cases(
            filters,
            limit=_limit(request.args.get("limit")),
            after=request.args.get("after") or None,
        )
    )
    return jsonify(cases=[case_out(case) for case in found], next=mark)


@require_role(*MAY_READ)
def one_case(no: str) -> Response:
    """One case with its history."""
    store = services().store(scope())
    case = store.case(no)
    own = current_user().channel
    if own is not None and case.complaint.channel != own:
        raise NotFoundError(f"no case {no[:40]!r} of channel {own!r}; check the number")
    caller = services().callers.to_mask(scope(), no)
    return jsonify(case_with_events(case, store.events(no), caller))


@require_role(*MAY_MOVE)
def move(no: str) -> Response:
    """Make one move; 409 with the state as it is now where somebody else was first."""
    who = current_user()
    given = MoveIn.model_validate(read_json())
    outcome = "refused"
    try:
        case = services().move(
            scope(),
            no,
            given.move,
            version=given.version,
            actor=who.login,
            actor_name=who.name,
            role=who.role,
            unit_code=given.unit_code,
            co_units=given.co_units,
            reason=given.reason,
        )
        outcome = "done"
    except MoveConflict:
        outcome = "conflict"
        raise
    except StoreUnavailable:
        outcome = "unavailable"
        raise
    finally:
        MOVES.labels(given.move.value, outcome).inc()
    return jsonify(case_out(case, services().callers.to_mask(scope(), no)))


@require_role(*MAY_REVEAL)
def caller(no: str) -> Response:
    """The caller's name and telephone in clear; who looked, and when, is recorded first."""
    who = current_user()
    purpose = request.args.get("purpose", "")[:200]
    seen = services().callers.reveal(scope(), no, actor=who.login, purpose=purpose)
    return jsonify(CallerOut(name=seen.name, phone=seen.phone).model_dump())


def _limit(given: str | None) -> int:
    if not given:
        return _DEFAULT_PAGE
    if not given.isdecimal() or not 1 <= int(given) <= MOST_IN_PAGE:
        raise UserInputError(f"limit={given!r}; give a whole number from 1 to {MOST_IN_PAGE}")
    return int(given)
