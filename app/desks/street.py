"""The street's first view: one's own communities and grids, and the open cases in them.

Whatever is sent here went through the viewer's scope in the database: other people's rows are
never read, so there is nothing to hide on the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from app import words
from app.auth import SignedIn, current_user, require_role
from app.desks import access, ground, period, present
from geodata.cases import MapCase
from routing.casework.cases import Case
from routing.errors import UserInputError
from routing.model import ReasonCode

grid = Blueprint("grid", __name__, url_prefix="/grid")

MAY_LOOK = ("street", "department", "supervisor", "admin")
PERIODS = ("30", "90", "all")
"""The first is shown where the address names none: until cases can be closed, dispatched ones pile
up, and those of the last month are the ones still worked on."""
READ_AT_ONCE = 200
MOST_SHOWN = 2000
"""Cases of one state on one map, and in one list; beyond this the page says that it shows a part.
The largest subdistrict of the demonstration city has 661 in two years."""


@grid.get("")
@require_role(*MAY_LOOK)
def page() -> str:
    """The page itself; its script fetches what is on it."""
    who = current_user()
    return render_template(
        "grid/grid.html",
        place=_place_name(who),
        chosen=_subdistrict(who),
        subdistricts=_choices(who),
        period=_period(),
        periods=[(one, words.PERIODS[one]) for one in PERIODS],
    )


@grid.get("/overview")
@require_role(*MAY_LOOK)
def overview() -> Response:
    """Communities and grids with their numbers of cases, their shapes, and a point per case.

    Pending cases of any age, and the others of the period.
    """
    who = current_user()
    own = _subdistrict(who)
    store = access.store()
    total = 0
    most = False
    points: list[MapCase] = []
    for filters in _wanted(own):
        total += store.counts(filters)["total"]
        found = store.cases_for_map(limit=MOST_SHOWN, **filters)
        most = most or len(found) >= MOST_SHOWN
        points += found
    layers = ground.layers_of(own, access.today())
    groups = _counted(ground.groups_of(layers), points)
    if who.role == "department":  # the whole city, so only where its cases are
        groups = [one for one in groups if one["open"]]
    return jsonify(
        place=_place_name(who),
        total=total,
        most=len(points) if most else None,
        layers=layers,
        communities=groups,
        points=[_point(point) for point in points],
        # What the map was not given is not unplaced.
        unplaced=0 if most else total - sum(group["open"] for group in groups),
    )


@grid.get("/cases")
@require_role(*MAY_LOOK)
def cases() -> Response:
    """The cases of one grid, one community, or those in neither; newest first."""
    own = _subdistrict(current_user())
    narrower = {
        f"{name}_code": value
        for name in ("grid", "community")
        if (value := request.args.get(name, "").strip()[:32])
    }
    found = [case for filters in _wanted(own) for case in _all({**filters, **narrower})]
    if request.args.get("unplaced"):
        known = ground.codes_of(ground.groups_of(ground.layers_of(own, access.today())))
        found = [
            case
            for case in found
            if not known & {case.decision.codes.get("community"), case.decision.codes.get("grid")}
        ]
    found.sort(key=lambda case: case.complaint.received_at or case.created_at, reverse=True)
    return jsonify(items=[_row(case) for case in found])


@grid.get("/cases/<no>")
@require_role(*MAY_LOOK)
def case(no: str) -> Response:
    """One case: what was said, who leads it and how to reach them, and the border hint."""
    store = access.store()
    found = store.case(no)
    shown = present.full(found, store.events(no), access.unit_name, current_user().role)
    lead = found.unit_code or found.decision.recommendation.unit_code
    shown["duty_name"], shown["lead_phone"] = access.duty(lead)
    shown["hint"] = _hint(found)
    return jsonify(shown)


def _period() -> str:
    asked = request.args.get("period", PERIODS[0])
    if asked not in PERIODS:
        raise UserInputError(f"period {asked!r} is none of {list(PERIODS)}")
    return asked


def _wanted(subdistrict: str | None) -> list[dict[str, str]]:
    """The filters of the cases on this page; their answers together are the page's cases."""
    ground_filter = {"subdistrict_code": subdistrict} if subdistrict else {}
    recent = period.received_from(_period(), access.today())
    return list(period.pending_and_recent(ground_filter, recent))


def _subdistrict(who: SignedIn) -> str | None:
    """Street staff have one; supervisors choose; a department's own cases lie anywhere."""
    if who.role == "street":
        return who.subdistrict_code
    asked = request.args.get("subdistrict", "").strip()[:32]
    if who.role == "department":
        return asked or None
    choices = [code for code, _ in _choices(who)]
    if not asked:
        return choices[0] if choices else None
    if asked not in choices:
        raise UserInputError(f"subdistrict {asked!r} is not in force today")
    return asked


def _choices(who: SignedIn) -> list[tuple[str, str]]:
    if who.role not in ("supervisor", "admin"):
        return []
    return ground.subdistricts(access.today())


def _place_name(who: SignedIn) -> str:
    if who.role in ("street", "department"):
        return who.unit_name or access.unit_name(who.unit_code or "") or who.name
    own = _subdistrict(who)
    return next((name for code, name in _choices(who) if code == own), "全区")


def _all(filters: dict[str, str]) -> Iterator[Case]:
    store = access.store()
    after: str | None = None
    for _ in range(MOST_SHOWN // READ_AT_ONCE):
        found, after = store.cases(filters, limit=READ_AT_ONCE, after=after)
        yield from found
        if after is None:
            return


def _counted(groups: list[dict[str, Any]], points: list[MapCase]) -> list[dict[str, Any]]:
    by_grid = Counter(point.grid_code for point in points)
    by_community = Counter(point.community_code for point in points)
    for group in groups:
        group["open"] = by_community[group["code"]]
        for one in group["grids"]:
            one["open"] = by_grid[one["code"]]
        if group["level"] == "subdistrict":  # grids without a community above them
            group["open"] = sum(one["open"] for one in group["grids"])
    return groups


def _point(case: MapCase) -> dict[str, object]:
    return {
        "no": case.no,
        "lon": case.lon,
        "lat": case.lat,
        "state": case.state,
        "community": case.community_code or "",
        "grid": case.grid_code or "",
    }


def _row(case: Case) -> dict[str, object]:
    return {
        **present.row(case, access.unit_name),
        "state": case.state.value,
        "near_edge": ReasonCode.NEAR_EDGE in case.decision.recommendation.reasons,
    }


def _hint(case: Case) -> str:
    """One sentence for a case near a border; empty where it is not near one."""
    reasons = case.decision.recommendation.reasons
    if not {ReasonCode.NEAR_EDGE, ReasonCode.TIE, ReasonCode.BOUNDARY_ROAD} & set(reasons):
        return ""
    shares = present.shares(case.decision, access.unit_name)
    rival = next((part for part in shares if part["role"] == "rival"), None)
    distance = present.finite(case.decision.edge_distance_m)
    near = "正好在边界上" if distance is not None and distance < 1 else "离边界很近"
    if distance is not None and distance >= 1:
        near = f"距边界约 {round(distance)} 米"
    if rival is None:
        return f"{near}，到现场请先核对位置。"
    part = round(present.number(rival["share"]) * 100)
    other = str(rival["name"])
    if rival["unit_name"] and rival["unit_name"] != other:
        other += f"（{rival['unit_name']}）"
    share = f"，误差范围有 {part}% 在那一侧" if part else ""
    return f"{near}，另一侧是{other}{share}；到现场请先核对位置。"
