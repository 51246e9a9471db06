"""Districts, subdistricts and communities in the text: what they decide, contradict and tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from routing.geocoding.context import AT_THE_BORDER_M
from routing.model import LocationPrecision, PlaceOutcome
from tests.routing.geocoding import town
from tests.routing.geocoding.town import (
    DAY,
    area,
    ground,
    located,
    metres,
    place,
    point,
    read,
    small,
    spot,
)

SITES = [
    "西洪路59号",
    "西洪路与梅峰路路口",
    "阳光花园3号楼",
    "西洪路（梅峰路至杨桥路）",
    "西湖宾馆",
    "西洪路B-044号灯杆",
    "西洪路59号对面",
    "凤凰池公交站",
]


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize(
    "before",
    [
        "鼓楼区",
        "鼓楼",
        "福州市鼓楼区",
        "福建省福州市鼓楼区",
        "鼓楼区洪山镇",
        "洪山镇",
        "福州鼓楼区",
        "三坊片区",
        "位于鼓楼区",
    ],
)
def test_the_right_district_changes_nothing(site: str, before: str) -> None:
    plain, said = located(site), read(f"{before}{site}")
    assert said.outcome is PlaceOutcome.LOCATED, said
    assert said.location is not None
    assert metres(said.location).equals_exact(metres(plain), 0.1)
    assert said.location.precision is plain.precision
    assert "district_conflict" not in said.reasons
    assert said.notes == ()


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("wrong", ["台江区", "仓山区", "福州市台江区", "晋安区", "台江区茶亭街道"])
def test_a_wrong_district_keeps_the_place_and_tells(site: str, wrong: str) -> None:
    said = read(f"{wrong}{site}")
    assert said.location is not None
    assert metres(said.location).equals_exact(metres(located(site)), 0.1)
    assert "district_conflict" in said.reasons
    assert any("鼓楼区" in note for note in said.notes), said.notes
    assert said.candidates[0].penalties["outside_stated"] > 0


@pytest.mark.parametrize(
    "said", ["台江区鼓楼区西洪路59号", "鼓楼区台江区西洪路59号", "鼓楼区西洪路59号，台江区的"]
)
def test_districts_that_contradict_each_other_are_told(said: str) -> None:
    answer = read(said)
    assert answer.location is not None
    assert "a-59" in answer.location.place_ids
    assert "district_conflict" in answer.reasons


def test_a_subdistrict_of_another_district_is_a_conflict_too() -> None:
    said = read("建新镇西洪路59号")
    assert "district_conflict" in said.reasons
    assert said.notes == ("原文写建新镇，该处在洪山镇",)


def test_the_district_tells_places_of_one_name_apart() -> None:
    assert read("茶花市场").outcome is PlaceOutcome.AMBIGUOUS
    for before, wanted in (
        ("鼓楼区", "p-tea-1"),
        ("仓山", "p-tea-2"),
        ("建新镇", "p-tea-2"),
        ("福屿社区", "p-tea-1"),
    ):
        assert located(f"{before}茶花市场").place_ids == (wanted,)


@pytest.mark.parametrize("name", ["鼓楼区", "鼓楼"])
def test_a_district_of_a_name_that_many_cities_have_is_this_citys(name: str) -> None:
    said = read(f"{name}西洪路59号")
    assert said.outcome is PlaceOutcome.LOCATED
    assert "district_conflict" not in said.reasons


@pytest.mark.parametrize(
    ("text", "precision", "size"),
    [
        ("金牛社区有人占道", LocationPrecision.COMMUNITY, 2000 * 3000),
        ("洪山镇有人占道", LocationPrecision.SUBDISTRICT, 4000 * 3000),
        ("鼓楼区有人占道", LocationPrecision.DISTRICT, 4000 * 6000),
        ("金牛社区第3网格有人占道", LocationPrecision.GRID, 1000 * 1500),
        ("鼓楼区洪山镇金牛社区有人占道", LocationPrecision.COMMUNITY, 2000 * 3000),
    ],
)
def test_an_area_alone_is_its_whole_ground_never_a_point(
    text: str, precision: LocationPrecision, size: float
) -> None:
    found = located(text)
    assert found.precision is precision
    assert metres(found).area == pytest.approx(size, rel=1e-3)
    assert "coarse_place" in read(text).reasons


def test_a_road_is_cut_to_the_area_that_is_said() -> None:
    whole, part = spot("西洪路"), spot("金牛社区西洪路")
    assert part.length < whole.length
    assert part.bounds[2] == pytest.approx(-4000, abs=25)
    assert whole.covers(part.intersection(whole.buffer(1)))


def test_a_place_whose_size_reaches_over_a_border_is_cut_at_the_area_said() -> None:
    things = [place("p", "界边宾馆", "poi", point(-4010, 1000))]
    reader = small(things)
    plain, said = reader.read("界边宾馆", DAY), reader.read("金牛社区界边宾馆", DAY)
    assert plain.location is not None and said.location is not None
    cut = ground(said.location)
    assert cut.bounds[2] <= -4000 + 0.1  # 金牛社区 ends at −4000, 10 m east of the hotel
    assert cut.area < ground(plain.location).area
    assert ground(plain.location).buffer(1).covers(cut)


@pytest.mark.parametrize(
    ("beyond", "told", "costs"),
    [
        (-10, False, False),
        (20, False, False),
        (AT_THE_BORDER_M - 10, True, False),
        (AT_THE_BORDER_M + 10, True, True),
    ],
)
def test_over_a_border_is_told_before_it_costs(beyond: float, told: bool, costs: bool) -> None:
    reader = small([place("p", "界外宾馆", "poi", point(-2000 + beyond, 500))])
    said = reader.read("鼓楼区界外宾馆", DAY)
    assert ("district_conflict" in said.reasons) is told
    assert ("outside_stated" in said.candidates[0].penalties) is costs


def test_of_two_just_inside_and_just_outside_the_inside_is_meant() -> None:
    reader = small(
        [
            place("in", "界桥", "poi", point(-2080, 500)),
            place("out", "界桥", "poi", point(-2000 + 140, 900)),
        ]
    )
    best = reader.read("鼓楼区界桥", DAY).candidates[0]
    assert best.location.place_ids == ("in",)


def test_an_area_only_with_a_wrong_district_is_not_placed() -> None:
    said = read("台江区洪山镇")
    assert said.outcome in (PlaceOutcome.NOT_FOUND, PlaceOutcome.LOCATED)
    if said.outcome is PlaceOutcome.LOCATED:
        assert "district_conflict" in said.reasons


def test_without_areas_words_are_still_read() -> None:
    reader = small(town.PLACES, [])
    said = reader.read("西洪路59号", DAY)
    assert said.location is not None and "a-59" in said.location.place_ids
    assert reader.read("鼓楼区西洪路59号", DAY).location is not None


def test_the_office_that_was_asked_is_not_the_site() -> None:
    said = read("西洪路59号路灯不亮，之前向金牛社区反映过没人管")
    assert said.location is not None
    assert "a-59" in said.location.place_ids
    assert area(-6000, 0, -4000, 3000).covers(said.location.geometry)


def test_an_area_is_what_it_was_on_the_day() -> None:
    """台江区 reached 1 km farther west until 2020."""
    today = next(one for one in town.jurisdictions() if one.code == "350103")
    old = replace(today, geometry=area(-3000, -3000, 2000, 3000), effective_to=date(2019, 12, 31))
    new = replace(today, effective_from=date(2020, 1, 1))
    others = [one for one in town.jurisdictions() if one.code != "350103"]
    reader = small(town.PLACES, [old, new, *others])
    for day, told in ((date(2019, 12, 31), False), (date(2020, 1, 1), True)):
        said = reader.read("台江区实验小学", day)  # 600 m west of today's border
        assert ("district_conflict" in said.reasons) is told, day
