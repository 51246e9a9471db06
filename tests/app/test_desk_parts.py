"""The parts of the desks that need neither a database nor a browser."""

from __future__ import annotations

import json
import math
import re
from datetime import date
from pathlib import Path

import pytest
from shapely import GeometryCollection, LineString, Point, box

from app.desks import present
from app.desks.dispatch import MoveBody
from app.desks.period import pending_and_recent, received_from
from app.desks.shapes import polygons
from routing.casework.cases import CaseState
from routing.errors import UserInputError

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("value", [math.nan, math.inf, None, "12"])
def test_what_is_no_finite_number_is_left_out(value: object) -> None:
    assert present.finite(value) is None


def test_moves_with_unknown_fields_or_versions_are_refused() -> None:
    for wrong in ({"version": 0}, {"version": 1, "actor": "somebody else"}):
        with pytest.raises(ValueError, match="validation error"):
            MoveBody.model_validate({"move": "confirm", **wrong})


def test_a_period_ends_today() -> None:
    day = date(2026, 3, 1)
    assert received_from("7", day) == {"received_from": "2026-02-23"}
    assert received_from("30", day) == {"received_from": "2026-01-31"}
    assert received_from("all", day) == {}
    with pytest.raises(UserInputError, match="'31'"):
        received_from("31", day)


def test_what_is_pending_has_no_period() -> None:
    recent = {"received_from": "2026-01-31"}
    asked = list(pending_and_recent({"subdistrict_code": "W"}, recent))
    assert {one["state"] for one in asked} == set(CaseState)  # none is forgotten
    assert all(one["subdistrict_code"] == "W" for one in asked)
    assert [one["state"] for one in asked if "received_from" not in one] == [CaseState.PENDING]
    assert list(pending_and_recent({}, {})) == [{}]


def test_the_kind_of_zone_replaces_the_plain_word() -> None:
    said = [one["code"] for one in present._reasons(("overlay", "overlay:railway", "tie"))]
    assert said == ["overlay:railway", "tie"]
    assert [one["code"] for one in present._reasons(("overlay",))] == ["overlay"]


def test_a_cut_leaves_polygons_only() -> None:
    square, corner, beside = box(0, 0, 1, 1), box(1, 1, 2, 2), box(1, 0, 2, 1)
    assert polygons(square.intersection(corner)).is_empty  # touch in a point
    assert polygons(square.intersection(beside)).is_empty  # touch along a line
    mixed = GeometryCollection([square, Point(5, 5), LineString([(0, 0), (1, 1)])])
    assert polygons(mixed).equals(square)
    assert polygons(square) is square


def test_lock_file_names_no_download_host() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["packages"]["node_modules/leaflet"]["integrity"].startswith("sha512-")
    assert "resolved" not in json.dumps(lock)
    assert "://" not in json.dumps(lock)


def test_pages_hold_no_inline_script_or_style() -> None:
    for page in [*ROOT.glob("app/templates/desk/*"), *ROOT.glob("app/templates/grid/*")]:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", text), page
    for script in ROOT.glob("app/static/js/**/*.js"):
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", text), (
            script
        )
