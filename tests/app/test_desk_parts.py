"""The parts of the desks that need neither a database nor a browser."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest
from shapely import GeometryCollection, LineString, Point, box

from app import words
from app.desks import present
from app.desks.dispatch import MoveBody
from app.desks.shapes import polygons
from routing.casework.cases import CaseState, Move
from routing.model import (
    DecisionStatus,
    JurisdictionLevel,
    LocationPrecision,
    ReasonCode,
    UnitKind,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("codes", "table"),
    [
        (JurisdictionLevel, words.LEVELS),
        (LocationPrecision, words.PRECISIONS),
        (DecisionStatus, words.STATUSES),
        (CaseState, words.STATES),
        (Move, words.MOVES),
        (UnitKind, words.UNIT_KINDS),
    ],
)
def test_every_code_has_its_word(codes: type, table: dict[str, str]) -> None:
    assert set(table) == set(codes)


@pytest.mark.parametrize("code", list(ReasonCode))
def test_every_reason_is_said_in_chinese(code: ReasonCode) -> None:
    said = words.reason(code.value)
    assert re.search(r"[一-鿿]", str(said["label"]))
    assert len(str(said["label"])) <= 6  # a chip, not a sentence
    assert len(str(said["explain"])) > len(str(said["label"]))


def test_reasons_with_a_name_and_unknown_ones_are_shown() -> None:
    assert words.reason("rule:road-damage")["explain"] == "由规则 road-damage 决定"
    assert words.reason("overlay:railway")["label"] == "专属区域"
    assert words.reason("something_new")["label"] == "something_new"


@pytest.mark.parametrize("value", [math.nan, math.inf, None, "12"])
def test_what_is_no_finite_number_is_left_out(value: object) -> None:
    assert present.finite(value) is None


def test_moves_with_unknown_fields_or_versions_are_refused() -> None:
    for wrong in ({"version": 0}, {"version": 1, "actor": "somebody else"}):
        with pytest.raises(ValueError, match="validation error"):
            MoveBody.model_validate({"move": "confirm", **wrong})


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
