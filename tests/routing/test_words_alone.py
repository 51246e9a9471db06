"""Words without a coordinate become a place, shares and a unit."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from geodata.units import Units
from routing.dispatch.rules import RuleSet
from routing.jurisdiction.index import JurisdictionIndex
from routing.model import Complaint, DecisionStatus, JurisdictionLevel, Location
from routing.pipeline import Deps, Routed, route
from tests.routing.geocoding import town
from tests.routing.geocoding.test_same_meaning import SITES
from tests.routing.geocoding.town import DAY, point

WEST_GRID = "350102001001001"
"""金牛社区第1网格: x −6000 to −5000, y 0 to 1500; 西洪路59号 lies in it."""


@cache
def deps() -> Deps:
    """The town with its reader, without rules, units and calibration."""
    return Deps(
        index=JurisdictionIndex(town.jurisdictions()),
        rules=RuleSet.empty(),
        units=Units([]),
        reader=town.reader(),
    )


def asked(text: str, place: Location | None = None) -> Routed:
    """The whole answer for one complaint."""
    return route(Complaint(id="1", text=text, location=place), DAY, deps())


def test_words_become_a_unit_with_the_place_in_the_basis() -> None:
    routed = asked("市民来电反映：西洪路59号路灯不亮")
    answer = routed.recommendation
    assert (answer.status, answer.unit_code) == (DecisionStatus.ROUTED, WEST_GRID)
    assert routed.location is not None and "a-59" in routed.location.place_ids
    assert "西洪路59号" in answer.basis
    assert routed.text_place is not None


def test_a_wrong_district_is_routed_by_the_place_and_told() -> None:
    right, wrong = asked("鼓楼区西洪路59号积水"), asked("台江区西洪路59号积水")
    assert wrong.recommendation.unit_code == right.recommendation.unit_code == WEST_GRID
    assert "district_conflict" in wrong.recommendation.reasons
    assert "district_conflict" not in right.recommendation.reasons


@pytest.mark.parametrize("text", ["", "路灯不亮", "望龙路积水", "🙂"])
def test_words_without_a_place_are_unlocated_and_owned(text: str) -> None:
    routed = asked(text)
    assert routed.location is None
    assert routed.recommendation.status is DecisionStatus.UNLOCATED
    assert routed.recommendation.unit_code == "QUEUE"


def test_names_that_are_missing_are_named_in_the_basis() -> None:
    assert "望龙路" in asked("望龙路积水").recommendation.basis


def test_another_city_is_outside_and_owned() -> None:
    routed = asked("南京市鼓楼区中山北路积水")
    assert routed.recommendation.status is DecisionStatus.OUTSIDE
    assert routed.recommendation.unit_code == "QUEUE"
    assert "鼓楼区" in routed.recommendation.basis


def test_places_of_one_name_all_in_one_grid_have_one_unit_without_a_doubt_about_it() -> None:
    routed = asked("便民超市门前积水")
    assert routed.location is not None
    assert routed.location.geometry.geom_type == "MultiPoint"
    assert routed.text_place is not None
    assert town.ids(routed.text_place) == {"p-mart-1", "p-mart-2"}
    finest = routed.hits.finest
    assert finest is not None and finest.hits[0].share == pytest.approx(1.0)
    assert routed.recommendation.unit_code == finest.hits[0].jurisdiction.code
    assert routed.recommendation.share == 1.0


def test_places_of_one_name_far_apart_go_to_people() -> None:
    routed = asked("茶花市场门前积水")
    assert routed.recommendation.status is DecisionStatus.REVIEW
    assert "ambiguous_place" in routed.recommendation.reasons
    assert routed.recommendation.runner_up_unit


@pytest.mark.parametrize("site", SITES)
def test_shares_of_a_place_add_up_to_one_at_every_level(site: str) -> None:
    routed = asked(site)
    assert routed.location is not None
    for level in routed.hits.levels:
        assert sum(hit.share for hit in level.hits) == pytest.approx(1.0, abs=1e-6), level.level


def test_a_stretch_through_two_grids_goes_to_the_longer_part_with_the_other_at_hand() -> None:
    routed = asked("西洪路（梅峰路至杨桥路）积水")
    grids = next(one for one in routed.hits.levels if one.level is JurisdictionLevel.GRID)
    shares = sorted((hit.share for hit in grids.hits), reverse=True)
    assert shares == pytest.approx([0.5, 0.5], abs=1e-3)
    assert "crosses_units" in routed.recommendation.reasons
    assert routed.recommendation.co_units


def test_a_house_on_a_border_road_belongs_to_its_side_of_the_road() -> None:
    """二环路 is the border of two districts; number 5 stands 12 m east of it, 6 west."""
    houses = [
        town.place(
            f"h{n}", f"二环路{n}号", "address", point(-2000 + x, 300), road="二环路", number=str(n)
        )
        for n, x in ((5, 12), (6, -12))
    ]
    reader = town.small([*town.ROADS, *houses])
    for number, district in ((5, "350103"), (6, "350102")):
        complaint = Complaint(id="1", text=f"二环路{number}号积水")
        routed = route(complaint, DAY, replace(deps(), reader=reader))
        hit = routed.hits.at(JurisdictionLevel.DISTRICT)
        assert hit is not None and hit.jurisdiction.code == district
        assert hit.share == pytest.approx(1.0, abs=1e-6)
        assert routed.recommendation.status is DecisionStatus.ROUTED


def test_a_side_of_a_border_road_is_that_side_and_the_road_itself_is_both() -> None:
    both = asked("二环路积水").hits
    east = asked("二环路东侧积水").hits
    shares = {hit.jurisdiction.code: hit.share for hit in both.levels[0].hits}
    assert shares == pytest.approx({"350102": 0.5, "350103": 0.5}, abs=1e-3)
    best = east.at(JurisdictionLevel.DISTRICT)
    assert best is not None and best.jurisdiction.code == "350103"
    assert best.share == pytest.approx(1.0, abs=1e-3)
