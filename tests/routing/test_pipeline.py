"""The spine from end to end, and the nouns' own checks."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from shapely.geometry import Point, Polygon, box

from routing.errors import FindingsError, ShudiError, UnusableRules, UserInputError
from routing.model import (
    Complaint,
    DecisionStatus,
    Hits,
    Jurisdiction,
    JurisdictionLevel,
    Location,
    LocationPrecision,
)
from routing.pipeline import route
from tests.drawn_place import CODE, DAY, areas, city, spot

PIN = LocationPrecision.PIN


def test_a_complaint_with_a_place_comes_out_with_one_unit_and_its_reasons():
    deps = city(zones=areas("...P....\n" * 4, "overlay", kind="road")).deps()
    complaint = Complaint(
        id="12345-1",
        text="路面坑洼，请尽快修补",
        category="道路破损",
        received_at=datetime(2026, 9, 1, 1, 0, tzinfo=UTC),
        location=Location(geometry=spot(3.5, 2), radius_m=10, precision=PIN),
    )
    routed = route(complaint, DAY, deps)
    hits, answer = routed.hits, routed.recommendation
    assert (answer.status, answer.unit_code) == (DecisionStatus.ROUTED, "JSJ")
    assert answer.fallback_unit == CODE["H"]
    assert hits.finest.best.jurisdiction.code == CODE["2"]
    assert answer.rules_version == "2026-09"


def test_a_decision_replays_to_the_same_answer():
    deps, again = city().deps(), city().deps()
    place = Location(geometry=spot(2, 2), radius_m=30, precision=PIN)
    complaint = Complaint(id="1", category="占道经营", location=place)
    first = route(complaint, DAY, deps)
    assert route(complaint, DAY, deps) == first
    assert route(complaint, DAY, again).recommendation == first.recommendation


def test_a_complaint_without_a_place_is_unlocated_and_owned():
    routed = route(Complaint(id="1", text="某处路灯不亮"), DAY, city().deps())
    answer = routed.recommendation
    assert routed.hits == Hits(levels=())
    assert answer.status is DecisionStatus.UNLOCATED
    assert answer.unit_code == answer.fallback_unit == "QUEUE"
    assert answer.basis == "未能确定地点，转人工研判队列，请与诉求人核实地址。"


@pytest.mark.parametrize(
    "place",
    [
        Point(0, 0),
        Point(26.08, 119.3),
        Point(-180, -90),
        Point(1e300, -1e300),
        box(-180, -90, 180, 90),
        Polygon([(119, 26), (119, 26), (119, 26)]),
    ],
    ids=["null island", "axes swapped", "south pole", "absurd", "the whole earth", "no area"],
)
def test_an_odd_place_gets_an_answer_and_an_owner(place):
    location = Location(geometry=place, radius_m=30, precision=PIN)
    answer = route(Complaint(id="1", location=location), DAY, city().deps()).recommendation
    assert answer.unit_code and answer.fallback_unit


# ------------------------------------------------------------------ nouns


@pytest.mark.parametrize("radius", [0.0, -1.0, float("nan"), float("inf")])
def test_a_location_has_an_honest_radius(radius):
    with pytest.raises(ValueError, match="radius_m must be above 0 and finite"):
        Location(geometry=Point(119, 26), radius_m=radius, precision=PIN)


@pytest.mark.parametrize("place", [Point(), Polygon()])
def test_a_location_is_somewhere(place):
    with pytest.raises(ValueError, match="needs a geometry"):
        Location(geometry=place, radius_m=10, precision=PIN)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="received_at must be aware, was datetime"):
        Complaint(id="1", received_at=datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    "fields, says",
    [
        ({"code": ""}, "needs a code, '甲' has none"),
        ({"level": JurisdictionLevel.OVERLAY}, "overlay_kind goes with level overlay"),
        ({"overlay_kind": "river"}, "overlay_kind goes with level overlay"),
        (
            {"effective_from": date(2026, 1, 2), "effective_to": date(2026, 1, 1)},
            "effective_to 2026-01-01 lies before effective_from 2026-01-02",
        ),
    ],
)
def test_a_jurisdiction_that_makes_no_sense_is_refused(fields, says):
    given = {"code": "A", "name": "甲", "level": JurisdictionLevel.GRID,
             "geometry": box(0, 0, 1, 1), "unit_code": "A"}  # fmt: skip
    with pytest.raises(ValueError, match=says):
        Jurisdiction(**given | fields)


def test_a_jurisdiction_of_one_day_is_allowed():
    one = Jurisdiction(
        code="A", name="甲", level=JurisdictionLevel.GRID, geometry=box(0, 0, 1, 1),
        unit_code="A", effective_from=date(2026, 1, 1), effective_to=date(2026, 1, 1),
    )  # fmt: skip
    assert one.effective_from == one.effective_to


def test_errors_with_several_findings_list_them_all_and_are_the_users_to_mend():
    error = UnusableRules("rules.toml", ["line 3: a", "line 9: b"])
    assert isinstance(error, FindingsError | UserInputError)
    assert isinstance(error, ShudiError)
    assert error.findings == ("line 3: a", "line 9: b")
    assert str(error) == "rules.toml: 2 error(s)\n  line 3: a\n  line 9: b"
