"""Where a case really is, said by a dispatcher: kept as data, and answered with whose it then is.

The case's own decision stays as it was made. The answer is a new run on the corrected place; it
becomes an event when the dispatcher gives the case to its unit.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from app import wiring
from app.auth import MAY_MOVE, current_user, require_role
from app.desks import access, places, present
from app.desks.places import Chosen
from app.desks.surroundings import surroundings
from app.personal import mask_text
from geodata.store.gazetteer_learning import Correction, record_correction
from routing.casework.cases import Case
from routing.errors import UserInputError
from routing.jurisdiction.best_point import best_point

corrections = Blueprint("corrections", __name__, url_prefix="/desk/cases")

MOST_MENTION = 60
"""Characters of the citizen's words for a place; a longer one is a sentence."""


class CorrectionBody(BaseModel):
    """What the desk sends."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    place: Chosen
    mention: str = Field(default="", max_length=MOST_MENTION)
    """The words of the text that mean the place; empty where there are none."""


@corrections.post("/<no>/place")
@require_role(*MAY_MOVE)
def correct(no: str) -> Response:
    """Store the correction and answer with the decision the corrected place would get.

    ``words`` is the place for the reason of the re-assignment that follows.
    """
    asked = CorrectionBody.model_validate(request.get_json())
    case = access.store().case(no)
    if asked.mention and asked.mention not in case.complaint.text:
        raise UserInputError(f"原文里没有“{asked.mention}”，请照原文填写市民对地点的叫法，或留空")
    where = places.location(asked.place)
    assert where is not None
    lon, lat = best_point(where)
    learnt = bool(asked.place.place_id and asked.mention)
    number = record_correction(
        wiring.services().engine,
        Correction(
            case_no=case.no,
            mention=asked.mention,
            actor=current_user().login,
            place_id=asked.place.place_id if learnt else None,
            lon=None if learnt else lon,
            lat=None if learnt else lat,
            district=case.decision.codes.get("district", ""),
            reason="" if learnt else (asked.place.place_id or _taken_from(asked.place)),
        ),
    )
    run = wiring.services().route(replace(case.complaint, location=where))
    shown = present.decided(run, access.unit_name)
    found = places.suggestion(asked.place.place_id) if asked.place.place_id else None
    named = str(found["full_name"]) if found else _point_words(where.geometry, shown["place"])
    return jsonify(
        correction=number,
        learnt=learnt,
        words=named,
        same_unit=run.recommendation.unit_code == _now(case),
        co_units=[present.unit(code, access.unit_name) for code in run.recommendation.co_units],
        **shown,
        around=surroundings(run, present.shares(run, access.unit_name)),
        text=mask_text(case.complaint.text),
    )


def _taken_from(place: Chosen) -> str:
    return place.hint.reading if place.hint else ""


def _now(case: Case) -> str:
    """The unit that has the case, or would get it."""
    return case.unit_code or case.decision.recommendation.unit_code


def _point_words(geometry: BaseGeometry, place: object) -> str:
    """``金牛山社区第2网格 · 地图点选 119.303000, 26.081000``."""
    assert isinstance(geometry, Point)
    spot = f"地图点选 {geometry.x:.6f}, {geometry.y:.6f}"
    path = place.get("path") if isinstance(place, dict) else None
    return f"{path[-1]['name']} · {spot}" if path else spot
