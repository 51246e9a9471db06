"""The curator's page: words that people agree on for a place, and names the gazetteer lacks."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import wiring
from app.auth import current_user, require_role
from app.desks import access, places
from geodata.store import gazetteer_learning
from routing.errors import UserInputError

names = Blueprint("names", __name__, url_prefix="/admin/names")

MAY_CURATE = ("supervisor", "admin")
MISSING_DAYS = 90
"""How far back missing names are counted: a name nobody asked for in a quarter can wait."""
MOST_MISSING = 60
"""Names on the page; the most asked come first, and a curator does not clear more in a sitting."""


@names.get("")
@require_role(*MAY_CURATE)
def page() -> str:
    """Candidates to decide about, and the missing names of the last quarter."""
    engine = wiring.services().engine
    found = gazetteer_learning.alias_candidates(engine)
    return render_template(
        "desk/names.html",
        candidates=[
            {
                "id": one.id,
                "mention": one.mention,
                "name": one.name,
                "full_name": _full_name(one.place_id) or one.name,
                "people": one.people,
                "cases": one.cases,
                "rivals": one.rivals,
                "last_at": one.last_at.astimezone(wiring.LOCAL_TIME),
            }
            for one in found
        ],
        missing=[
            {
                "mention": one.mention,
                "count": one.count,
                "case_no": one.case_no,
                "last_at": one.last_at.astimezone(wiring.LOCAL_TIME),
            }
            for one in gazetteer_learning.missing_names(
                engine, since=access.today() - timedelta(days=MISSING_DAYS), limit=MOST_MISSING
            )
        ],
        missing_days=MISSING_DAYS,
        no_gazetteer="" if places.search() else places.NO_GAZETTEER,
    )


@names.post("/<candidate>")
@require_role(*MAY_CURATE)
def decide(candidate: str) -> Response:
    """Approve or refuse one candidate, then back to the page, which says what was done."""
    word = request.form.get("decision", "")
    if word not in ("approve", "reject"):
        raise UserInputError(f"decision {word!r} is neither approve nor reject")
    approved = word == "approve"
    done = gazetteer_learning.decide(
        wiring.services().engine, candidate, approved=approved, by=current_user().login
    )
    flash(
        f"“{done.mention}”已成为“{done.name}”的别名，随后的诉求即可按它定位"
        if approved
        else f"“{done.mention}”没有采纳为“{done.name}”的别名，不会再次列出"
    )
    return redirect(url_for("names.page"), 303)


def _full_name(place_id: str) -> str:
    found = places.suggestion(place_id)
    return str(found["full_name"]) if found else ""
