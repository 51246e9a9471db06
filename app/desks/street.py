"""The street's first view: one's own communities and grids, and the open cases in them.

Whatever is sent here went through the viewer's scope in the database: other people's rows are
never read, so there is nothing to hide on the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import shapely
from flask import Blueprint, Response, jsonify, render_template, request
from shapely.geometry import shape

from app.auth import SignedIn, current_user, require_role
from app.desks import access, present
from app.desks.shapes import Collection, collection, of_subdistrict, polygons
from geodata.cases import MapCase
from routing.casework.cases import Case
from routing.errors import UserInputError
from routing.model import JurisdictionLevel, ReasonCode
from routing.ports import CaseStore

grid = Blueprint("grid", __name__, url_prefix="/grid")

MAY_LOOK = ("street", "department", "supervisor", "admin")
READ_AT_ONCE = 200
MOST_SHOWN = 2000
"""Cases on one map. A subdistrict of the demonstration city has about 300 in two years; beyond
this the page says that it shows the newest part only."""


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
    )


@grid.get("/overview")
@require_role(*MAY_LOOK)
def overview() -> Response:
    """Communities and grids with their numbers of cases, their shapes, and a point per case."""
    who = current_user()
    own = _subdistrict(who)
    store = access.store()
    total = store.counts(_filters(own))["total"]
    points = store.cases_for_map(own, limit=MOST_SHOWN)
    layers = _layers(own, access.today())
    by_grid = Counter(point.grid_code for point in points)
    by_community = Counter(point.community_code for point in points)
    groups = _groups(layers)
    if who.role == "department":  # the whole city, so only where its cases are
        groups = [one for one in groups if by_community[one["code"]]]
    for group in groups:
        group["open"] = by_community[group["code"]]
        for one in group["grids"]:
            one["open"] = by_grid[one["code"]]
        if group["level"] == "subdistrict":  # grids without a community above them
            group["open"] = sum(one["open"] for one in group["grids"])
    return jsonify(
        place=_place_name(who),
        total=total,
        most=len(points) >= MOST_SHOWN,
        layers=layers,
        communities=groups,
        points=[_point(point) for point in points],
        unplaced=total - sum(group["open"] for group in groups),
    )


@grid.get("/cases")
@require_role(*MAY_LOOK)
def cases() -> Response:
    """The cases of one grid, one community, or those in neither; newest first."""
    who = current_user()
    filters = _filters(_subdistrict(who))
    for name in ("grid", "community"):
        if value := request.args.get(name, "").strip()[:32]:
            filters[f"{name}_code"] = value
    found = list(_all(access.store(), filters))
    if request.args.get("unplaced"):
        groups = _groups(_layers(_subdistrict(who), access.today()))
        known = {group["code"] for group in groups}
        known |= {one["code"] for group in groups for one in group["grids"]}
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


def _filters(subdistrict: str | None) -> dict[str, str]:
    return {"subdistrict_code": subdistrict} if subdistrict else {}


def _subdistrict(who: SignedIn) -> str | None:
    """Street staff have one; supervisors choose; a department's own cases lie anywhere."""
    if who.role == "street":
        return who.subdistrict_code
    asked = request.args.get("subdistrict", "").strip()[:32]
    if who.role == "department" or not asked:
        return asked or (None if who.role == "department" else _first_subdistrict())
    if asked not in {code for code, _ in _choices(who)}:
        raise UserInputError(f"subdistrict {asked!r} is not in force today")
    return asked


def _first_subdistrict() -> str | None:
    shapes = of_subdistrict(None, JurisdictionLevel.SUBDISTRICT, access.today())["features"]
    return str(shapes[0]["properties"]["code"]) if shapes else None


def _choices(who: SignedIn) -> list[tuple[str, str]]:
    if who.role not in ("supervisor", "admin"):
        return []
    return [
        (str(one["properties"]["code"]), str(one["properties"]["name"]))
        for one in of_subdistrict(None, JurisdictionLevel.SUBDISTRICT, access.today())["features"]
    ]


def _place_name(who: SignedIn) -> str:
    if who.role in ("street", "department"):
        return who.unit_name or access.unit_name(who.unit_code or "") or who.name
    own = _subdistrict(who)
    return next((name for code, name in _choices(who) if code == own), "全区")


def _layers(own: str | None, day: date) -> dict[str, Any]:
    layers = {
        level.value: of_subdistrict(own, level, day)
        for level in (
            JurisdictionLevel.SUBDISTRICT,
            JurisdictionLevel.COMMUNITY,
            JurisdictionLevel.GRID,
            JurisdictionLevel.OVERLAY,
        )
    }
    if own is not None:
        layers["overlay"] = _cut(layers["overlay"], layers["subdistrict"])
    return layers


def _cut(overlay: Collection, ground: Collection) -> Collection:
    """Overlays within the ground only: a road goes on, but what lies beyond is not this map's."""
    inside = shapely.union_all([shape(one["geometry"]) for one in ground["features"]])
    shapely.prepare(inside)
    cut = []
    for one in overlay["features"]:
        whole = shape(one["geometry"])
        part = whole if inside.covers(whole) else polygons(whole.intersection(inside))
        if not part.is_empty:
            cut.append({**one, "geometry": shapely.geometry.mapping(part)})
    return collection(cut)


def _all(store: CaseStore, filters: dict[str, str]) -> Iterator[Case]:
    after: str | None = None
    for _ in range(MOST_SHOWN // READ_AT_ONCE):
        found, after = store.cases(filters, limit=READ_AT_ONCE, after=after)
        yield from found
        if after is None:
            return


def _groups(layers: dict[str, Any]) -> list[dict[str, Any]]:
    """Communities, each with its grids; grids without one stand under their subdistrict."""
    above: list[dict[str, Any]] = [
        {**_named(feature), "level": level, "grids": []}
        for level in ("community", "subdistrict")
        for feature in layers[level]["features"]
    ]
    by_code = {group["code"]: group for group in above}
    for feature in layers["grid"]["features"]:
        group = by_code.get(str(feature["properties"].get("parent_code")))
        if group is not None:
            group["grids"].append(_named(feature))
    return [group for group in above if group["level"] == "community" or group["grids"]]


def _named(feature: dict[str, Any]) -> dict[str, str]:
    about = feature["properties"]
    return {"code": str(about["code"]), "name": str(about.get("name", ""))}


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
    shares = present.shares(case, access.unit_name)
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
