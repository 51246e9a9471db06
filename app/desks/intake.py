"""Taking a complaint by telephone: what was said, where it is, and the case that comes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from pydantic import BaseModel, ConfigDict, Field, field_validator

from app import wiring, words
from app.auth import MAY_MOVE, current_user, require_role
from app.callers import Caller
from app.desks import access, outside, places, present, reading
from app.desks.places import Chosen
from app.desks.surroundings import surroundings
from app.observability import CASES
from routing.casework.cases import RoutedDecision
from routing.errors import UserInputError
from routing.model import Complaint

intake = Blueprint("intake", __name__, url_prefix="/desk")

MOST_TEXT = 20_000
"""Characters: an hour of speech written down; a form is not for files."""
DEFAULT_CHANNEL = "12345"


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str = Field(default="", max_length=MOST_TEXT)
    category: str | None = Field(default=None, max_length=200)
    place: Chosen | None = None

    @field_validator("text", "category")
    @classmethod
    def _storable(cls, value: str | None) -> str | None:
        return value.replace("\x00", "") if value else value


class IntakeBody(_Given):
    """The form as it is saved."""

    form_id: str = Field(max_length=40)
    """Made by the page once per form, so that a form sent twice makes one case."""
    channel: str = Field(default=DEFAULT_CHANNEL, max_length=64)
    caller_name: str | None = Field(default=None, max_length=100)
    caller_phone: str | None = Field(default=None, max_length=40)

    @field_validator("form_id")
    @classmethod
    def _made_by_the_page(cls, value: str) -> str:
        if len(value) < 8 or not set(value) <= set("0123456789abcdef-"):
            raise ValueError("表单编号不对，请刷新页面后重新登记；请先复制已填写的内容")
        return value


@intake.get("/intake")
@require_role(*MAY_MOVE)
def page() -> str:
    """The form."""
    return render_template(
        "desk/intake.html",
        categories=access.categories(),
        channels=list(words.CHANNELS.items()),
        default_channel=DEFAULT_CHANNEL,
        most_text=MOST_TEXT,
        no_gazetteer="" if places.search() else places.NO_GAZETTEER,
    )


@intake.get("/places")
@require_role(*MAY_MOVE)
def suggest() -> Response:
    """Places for what is typed so far; ``ready`` is false while there is no gazetteer."""
    query = request.args.get("q", "")
    limit = request.args.get("limit", 10, type=int)
    found = places.find(query, max(1, limit), near=request.args.get("near", "")[:32])
    return jsonify(
        ready=found is not None,
        advice="" if found is not None else places.NO_GAZETTEER,
        places=found or [],
    )


@intake.post("/read")
@require_role(*MAY_MOVE)
def read() -> Response:
    """What the words and the chosen place come to, before anything is stored.

    Spans come as pieces of the text, not masked: it is the text of the person who typed it.
    ``outside`` is what an outside geocoder says where our own reading is in doubt and the
    deployment has turned one on, else ``None``.
    """
    asked = _Given.model_validate(request.get_json())
    decision = _decide(_complaint(asked))
    question = outside.ask(asked.text, decision) if asked.place is None else None
    unit_at = places.unit_at(asked.category, decision.as_of)
    shares = present.shares(decision, access.unit_name)
    shown = present.decided(decision, access.unit_name, unit_at)
    around = surroundings(decision, shares)
    return jsonify(
        ready=places.search() is not None,
        advice="" if places.search() is not None else places.NO_GAZETTEER,
        segments=reading.pieces(asked.text, decision.text_place),
        chosen=asked.place is not None,
        **shown,
        around=around,
        outside=question.hint(unit_at) if question else None,  # asked above: it works meanwhile
    )


@intake.post("/intake")
@require_role(*MAY_MOVE)
def save() -> tuple[Response, int]:
    """Open a case; the same form again gives the same case. Answers where it is at the desk."""
    asked = IntakeBody.model_validate(request.get_json())
    if not asked.text.strip():
        raise UserInputError("请填写诉求内容；至少写明发生了什么事")
    if asked.category and asked.category not in access.categories():
        raise UserInputError(f"类别 {asked.category!r} 不在现行规则的类别表中，请重新选择")
    if asked.channel not in words.CHANNELS:
        raise UserInputError(f"渠道 {asked.channel!r} 不在渠道表中，请重新选择")
    who = current_user()
    complaint = replace(
        _complaint(asked),
        id=asked.form_id,
        channel=asked.channel,
        received_at=datetime.now(wiring.LOCAL_TIME),
    )
    case, new = wiring.services().receive(
        complaint,
        f"desk-{asked.form_id}",
        actor=who.login,
        actor_name=who.name,
        caller=Caller(name=asked.caller_name or None, phone=asked.caller_phone or None),
    )
    CASES.labels("new" if new else "repeated").inc()
    answer = jsonify(no=case.no, tab=present.tab_of(case), url=url_for("desk.page", case=case.no))
    return answer, 201 if new else 200


def _complaint(asked: _Given) -> Complaint:
    return Complaint(
        id="desk",
        text=asked.text,
        category=asked.category or None,
        location=places.location(asked.place),
        channel=DEFAULT_CHANNEL,
    )


def _decide(complaint: Complaint) -> RoutedDecision:
    return wiring.services().route(complaint)
