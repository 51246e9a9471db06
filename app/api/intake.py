"""Complaints coming in: decide only (``route``), or decide and open a case (``complaints``)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pydantic
from flask import Blueprint, Response, jsonify, request

from app.answers import validation_errors
from app.api.bodies import read_json
from app.api.given import MOST_ITEMS, ComplaintIn, NewComplaint
from app.api.schemas import DecisionOut
from app.api.views import case_out
from app.auth import MAY_MOVE, current_user, require_role
from app.callers import Caller
from app.observability import CASES, DECISIONS
from app.wiring import Router, services
from routing.errors import NotAllowed, UserInputError
from routing.model import Complaint, ReasonCode


class _Repeated(UserInputError):
    """An id that an earlier item of the same call has."""


def register(api: Blueprint) -> None:
    """Add the two addresses."""
    api.add_url_rule("/v1/route", view_func=route, methods=["POST"])
    api.add_url_rule("/v1/complaints", view_func=receive, methods=["POST"])


@require_role("api", "analyst", *MAY_MOVE)
def route() -> Response:
    """Decide one complaint or a list of up to 1,000; nothing is stored.

    An item that cannot be used is answered in its place with status ``invalid`` and the reasons.
    """
    body = read_json()
    day = _as_of(request.args.get("as_of"))
    items = body if isinstance(body, list) else [body]
    if len(items) > MOST_ITEMS:
        raise UserInputError(f"{len(items)} complaints in one call; send at most {MOST_ITEMS}")
    seen: set[str] = set()
    decide = services().router()  # one generation of boundaries and rules for the whole call
    answers = [
        _decide(item, str(place), day, seen, decide) for place, item in enumerate(items, start=1)
    ]
    shown = [answer.model_dump(mode="json") for answer in answers]
    return jsonify(shown if isinstance(body, list) else shown[0])


@require_role("api", *MAY_MOVE)
def receive() -> tuple[Response, int]:
    """Open a case; the same channel and external id again gives the same case, unchanged."""
    who = current_user()
    given = NewComplaint.model_validate(read_json())
    if who.channel and given.channel not in ("", who.channel):
        raise NotAllowed(
            f"the key belongs to channel {who.channel!r}, the complaint names {given.channel!r}; "
            "leave channel out or use that channel's key"
        )
    channel = who.channel or given.channel or "desk"
    complaint = replace(build(given, given.id or given.external_id), channel=channel)
    case, first = services().receive(
        complaint,
        given.external_id,
        actor=who.login,
        actor_name=who.name,
        caller=Caller(name=given.caller_name, phone=given.caller_phone),
    )
    CASES.labels("new" if first else "repeated").inc()
    answer = jsonify(case_out(case, services().callers.to_mask(None, case.no)))
    answer.headers["Location"] = f"/api/v1/cases/{case.no}"
    return answer, 201 if first else 200


def build(given: ComplaintIn, given_id: str) -> Complaint:
    """Return the complaint with its place in WGS 84; raises UserInputError where it has none."""
    return services().complaint(
        id=given_id,
        text=given.text,
        lon=given.lon,
        lat=given.lat,
        crs=given.crs,
        accuracy_m=given.accuracy_m,
        category=given.category,
        received_at=given.received_at,
        channel=given.channel,
    )


def _decide(
    item: object, place: str, day: date | None, seen: set[str], decide: Router
) -> DecisionOut:
    named = item.get("id") if isinstance(item, dict) else None
    given_id = named[:200] if isinstance(named, str) and named else place
    try:
        given = ComplaintIn.model_validate(item)
        if given_id in seen:
            raise _Repeated(f"编号 {given_id!r} 重复，每件须有自己的编号")
        complaint = build(given, given_id)
    except pydantic.ValidationError as wrong:
        answer = DecisionOut.invalid(given_id, validation_errors(wrong))
    except _Repeated as wrong:
        errors = [{"pointer": "/id", "detail": str(wrong)}]
        answer = DecisionOut.invalid(given_id, errors, [ReasonCode.DUPLICATE_ID.value])
    except UserInputError as wrong:
        answer = DecisionOut.invalid(given_id, [{"pointer": "/crs", "detail": str(wrong)}])
    else:
        answer = DecisionOut.of(given_id, decide(complaint, day))
    seen.add(given_id)
    DECISIONS.labels(answer.status).inc()
    return answer


def _as_of(given: str | None) -> date | None:
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise UserInputError(f"as_of={given!r} is not a date; write it like 2026-11-22") from None
