"""Other cities and districts in the text: where the place is, or only mentioned."""

from __future__ import annotations

import pytest

from routing.geocoding.reader import Reader
from routing.model import PlaceOutcome
from tests.routing.geocoding import town
from tests.routing.geocoding.town import DAY, read


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("南京市鼓楼区中山北路5号", "鼓楼区"),
        ("厦门市思明区湖滨南路20号", "思明区"),
        ("北京市朝阳区建国路93号", "朝阳区"),
        ("江苏省南京市鼓楼区西洪路59号", "鼓楼区"),
        ("上海市浦东新区世纪大道", "浦东新区"),
    ],
)
def test_another_city_is_outside_and_nothing_is_forced_in(text: str, named: str) -> None:
    said = read(f"{text}路面破损")
    assert said.outcome is PlaceOutcome.OUTSIDE
    assert said.candidates == () and said.location is None
    assert named in said.notes[0]


def test_a_district_of_this_city_that_is_not_loaded_is_outside_where_nothing_is_known() -> None:
    said = read("马尾区青洲路5号")
    assert said.outcome is PlaceOutcome.OUTSIDE
    assert "马尾区" in said.notes[0]
    assert "青洲路" in said.missing


def test_the_city_may_be_given_where_no_area_is_loaded() -> None:
    here = Reader(town.PLACES, [], city="350100")
    assert here.read("马尾区西洪路59号", DAY).location is not None
    assert here.read("福州市西洪路59号", DAY).location is not None
    assert here.read("南京市西洪路59号", DAY).outcome is PlaceOutcome.OUTSIDE


@pytest.mark.parametrize(
    "text",
    [
        "我从南京市来，在西洪路59号摔倒",
        "快递从上海市发到西洪路59号，没人收",
        "户籍江苏省南京市，西洪路59号租房漏水",
        "西洪路59号的兰州拉面油烟扰民",
        "浙江牌照的车堵在西洪路59号",
    ],
)
def test_another_city_that_is_only_mentioned_does_not_send_the_complaint_there(text: str) -> None:
    said = read(text)
    assert said.outcome is PlaceOutcome.LOCATED
    assert "a-59" in town.ids(said)


@pytest.mark.parametrize(
    "text", ["南京西路积水", "北京路59号", "厦门大学门口", "长乐路积水", "朝阳路"]
)
def test_a_road_that_is_called_after_a_city_is_no_other_city(text: str) -> None:
    assert read(text).outcome is PlaceOutcome.NOT_FOUND
