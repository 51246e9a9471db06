"""Words beside a coordinate: agreement, conflict, and several places as one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPoint, Point
from shapely.geometry.base import BaseGeometry

from routing.dispatch.words_and_pin import APART_M, compared, distance_m, fused
from routing.geocoding.uncertainty import RADII_M
from routing.model import (
    Complaint,
    DecisionStatus,
    Location,
    LocationPrecision,
    PlaceCandidate,
    PlaceOutcome,
    TextPlace,
)
from routing.pipeline import route
from tests.routing.geocoding.test_same_meaning import SITES
from tests.routing.geocoding.town import DAY, PLANE, house_x, house_y, point
from tests.routing.test_words_alone import WEST_GRID, asked, deps
from tests.tilings import EXAMPLES

AT_59 = (house_x(59), house_y(59))


def pin(x: float, y: float, radius_m: float = 30.0) -> Location:
    """A coordinate in metres of the town."""
    return Location(geometry=point(x, y), radius_m=radius_m, precision=LocationPrecision.PIN)


@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (20, 10), (-40, 30)])
def test_a_pin_that_agrees_decides_and_nothing_is_told(dx: float, dy: float) -> None:
    routed = asked("西洪路59号路灯不亮", pin(AT_59[0] + dx, AT_59[1] + dy))
    assert routed.recommendation.status is DecisionStatus.ROUTED
    assert routed.location is not None
    assert routed.location.precision is LocationPrecision.PIN
    assert not {"text_point_conflict", "district_conflict"} & set(routed.recommendation.reasons)


@pytest.mark.parametrize(("dx", "dy"), [(300, 0), (0, 1500), (4000, -2000)])
def test_a_pin_that_disagrees_is_for_a_person_with_both_known(dx: float, dy: float) -> None:
    routed = asked("西洪路59号路灯不亮", pin(AT_59[0] + dx, AT_59[1] + dy))
    assert "text_point_conflict" in routed.recommendation.reasons
    assert routed.recommendation.status is DecisionStatus.REVIEW
    assert routed.text_place is not None and routed.text_place.location is not None


@pytest.mark.parametrize("over", [-5.0, 5.0])
def test_a_conflict_begins_beyond_both_radii(over: float) -> None:
    both = RADII_M[LocationPrecision.POI] + RADII_M[LocationPrecision.PIN]
    routed = asked("西湖宾馆", pin(-3000 + both + APART_M + over, 1500))
    assert ("text_point_conflict" in routed.recommendation.reasons) is (over > 0)


def test_a_wide_pin_conflicts_with_less() -> None:
    there = (AT_59[0] + 400, AT_59[1])
    assert "text_point_conflict" in asked("西洪路59号", pin(*there)).recommendation.reasons
    assert "text_point_conflict" not in asked("西洪路59号", pin(*there, 500)).recommendation.reasons


def test_a_wrong_district_beside_a_pin_is_told_and_the_pin_still_decides() -> None:
    routed = asked("台江区西洪路59号积水", pin(*AT_59))
    answer = routed.recommendation
    assert (answer.status, answer.unit_code) == (DecisionStatus.ROUTED, WEST_GRID)
    assert "district_conflict" in answer.reasons
    assert "text_point_conflict" not in answer.reasons


@pytest.mark.parametrize("right", ["鼓楼区", "洪山镇", "金牛社区", "福州市", "福州市鼓楼区"])
def test_a_right_area_beside_a_pin_is_not_told(right: str) -> None:
    answer = asked(f"{right}有坑", pin(*AT_59)).recommendation
    assert (answer.status, answer.reasons) == (DecisionStatus.ROUTED, ())


@pytest.mark.parametrize("wrong", ["台江区", "建新镇", "福州市仓山区", "晋安区", "南京市鼓楼区"])
@pytest.mark.parametrize("rest", ["有坑", "西洪路59号有坑"])
def test_a_wrong_area_beside_a_pin_is_told_and_the_pin_decides(wrong: str, rest: str) -> None:
    answer = asked(f"{wrong}{rest}", pin(*AT_59)).recommendation
    assert "district_conflict" in answer.reasons
    assert "text_point_conflict" not in answer.reasons
    assert (answer.status, answer.unit_code) == (DecisionStatus.ROUTED, WEST_GRID)


@pytest.mark.parametrize("text", ["路灯不亮", "西洪路路灯不亮", "鼓楼区", "望龙路", ""])
def test_words_that_lead_nowhere_or_agree_leave_the_pin_alone(text: str) -> None:
    answer = asked(text, pin(*AT_59)).recommendation
    assert (answer.status, answer.unit_code) == (DecisionStatus.ROUTED, WEST_GRID)
    assert "text_point_conflict" not in answer.reasons


def test_the_callers_home_elsewhere_is_no_conflict_with_the_pin() -> None:
    routed = asked("家住五一路，路灯不亮", pin(*AT_59))
    assert "text_point_conflict" not in routed.recommendation.reasons


def test_a_pin_tells_places_of_one_name_apart() -> None:
    routed = asked("茶花市场门口积水", pin(3300, 905))
    assert routed.text_place is not None and routed.text_place.location is not None
    assert routed.text_place.location.place_ids == ("p-tea-2",)
    assert routed.recommendation.status is DecisionStatus.ROUTED
    assert "text_point_conflict" not in routed.recommendation.reasons


def test_a_pin_abroad_is_outside_whatever_the_words_say() -> None:
    routed = asked("西洪路59号", pin(50_000, 50_000))
    assert routed.recommendation.status is DecisionStatus.OUTSIDE
    assert "text_point_conflict" in routed.recommendation.reasons


def test_without_a_reader_words_change_nothing() -> None:
    mute = replace(deps(), reader=None)
    routed = route(Complaint(id="1", text="台江区西洪路59号", location=pin(*AT_59)), DAY, mute)
    assert routed.text_place is None
    assert "district_conflict" not in routed.recommendation.reasons


@EXAMPLES
@given(
    text=st.one_of(st.text(max_size=20), st.sampled_from(SITES)),
    x=st.floats(-9e3, 9e3),
    y=st.floats(-5e3, 5e3),
)
def test_every_complaint_has_an_owner(text: str, x: float, y: float) -> None:
    for place in (None, pin(x, y)):
        answer = asked(text, place).recommendation
        assert answer.unit_code and answer.fallback_unit and answer.basis
        assert 0 <= answer.confidence <= 1


# ------------------------------------------------------------------ the two functions


def candidate(shape: BaseGeometry, penalty: float = 0.0, radius_m: float = 25.0) -> PlaceCandidate:
    location = Location(
        geometry=PLANE.degrees(shape), radius_m=radius_m, precision=LocationPrecision.POI
    )
    return PlaceCandidate(location=location, penalty=penalty, name="某处", words="某处（兴趣点）")


def several(
    *candidates: PlaceCandidate, outcome: PlaceOutcome = PlaceOutcome.AMBIGUOUS
) -> TextPlace:
    return TextPlace(outcome=outcome, candidates=candidates, reasons=("ambiguous_place",))


def test_all_points_as_likely_as_the_best_are_one_place_as_wide_as_the_widest() -> None:
    said = several(
        candidate(Point(0, 0)), candidate(Point(500, 0), 0.3, 60), candidate(Point(900, 0), 2.0)
    )
    place, reasons = fused(said)
    assert isinstance(place.geometry, MultiPoint) and len(place.geometry.geoms) == 2
    assert place.radius_m == 60
    assert reasons == ("ambiguous_place",)


def test_lines_and_areas_are_not_put_together() -> None:
    road = candidate(LineString([(0, 0), (100, 0)]))
    assert fused(several(road, candidate(Point(500, 0))))[0] is road.location
    dot = candidate(Point(0, 0))
    assert fused(several(dot, road))[0] is dot.location


def test_a_place_that_is_sure_stays_itself() -> None:
    said = several(candidate(Point(0, 0)), candidate(Point(9, 0)), outcome=PlaceOutcome.LOCATED)
    assert fused(said)[0] is said.candidates[0].location


def test_one_of_several_that_agrees_with_the_pin_is_enough() -> None:
    said = several(candidate(Point(0, 0)), candidate(Point(5000, 0)))
    assert compared(pin(5000, 10), said) == ()
    assert compared(pin(2500, 0), said) == ("text_point_conflict",)
    assert compared(pin(2500, 0), None) == ()


@EXAMPLES
@given(x=st.floats(-5e3, 5e3), y=st.floats(-3e3, 3e3))
def test_metres_between_places_are_those_of_the_plane(x: float, y: float) -> None:
    far = distance_m(point(0, 0), point(x, y))
    assert far == pytest.approx((x * x + y * y) ** 0.5, rel=1e-4, abs=1e-3)
    assert distance_m(point(x, y), point(0, 0)) == pytest.approx(far, rel=2e-3, abs=1e-3)
    assert distance_m(point(0, 0), point(0, 0)) == 0.0


@pytest.mark.parametrize("text", ["南京市鼓楼区有坑", "晋安区有坑"])
def test_a_pin_beyond_all_areas_is_not_against_a_district_that_is_not_loaded(text: str) -> None:
    routed = asked(text, pin(500_000, 0))
    assert routed.recommendation.status is DecisionStatus.OUTSIDE
    assert "district_conflict" not in routed.recommendation.reasons
    assert routed.text_place is not None
    assert not any("坐标不在那里" in note for note in routed.text_place.notes)
