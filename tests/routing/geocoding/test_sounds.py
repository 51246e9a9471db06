"""Misspelt names: found by sound or one wrong character, marked, and never against known words."""

from __future__ import annotations

import pytest

from routing.geocoding.sounds import syllable
from routing.model import PlaceOutcome
from tests.routing.geocoding import town
from tests.routing.geocoding.town import DAY, read, road, small


@pytest.mark.parametrize(
    ("written", "place_id", "how"),
    [
        ("台江区大风路", "r-df", "homophone"),
        ("台江区大峰路", "r-df", "homophone"),
        ("台江区达凤路", "r-df", "homophone"),
        ("鼓楼区西宏路", "r-xh", "homophone"),
        ("鼓楼区梅风路", "r-mf", "homophone"),
        ("鼓楼区扬桥路", "r-yq", "homophone"),
    ],
)
def test_a_name_of_the_same_sound_is_found_and_marked(
    written: str, place_id: str, how: str
) -> None:
    said = read(f"{written}积水")
    assert said.location is not None
    assert place_id in said.location.place_ids
    assert "homophone" in said.reasons
    assert how in said.candidates[0].penalties


@pytest.mark.parametrize(
    ("written", "place_id"),
    [
        ("西宏路59号", "a-59"),
        ("西红路与梅峰路路口", "r-mf"),
        ("西洪路与梅丰路路口", "r-mf"),
        ("西宏路（梅峰路至杨桥路）", "r-yq"),
    ],
)
def test_the_rest_of_the_place_is_read_with_it(written: str, place_id: str) -> None:
    said = read(f"鼓楼区{written}积水")
    assert said.location is not None
    assert {"r-xh", place_id} <= set(said.location.place_ids)
    assert "homophone" in said.reasons


def test_the_right_name_is_never_marked() -> None:
    for one in town.PLACES:
        said = read(one.name)
        assert "homophone" not in said.reasons and "fuzzy" not in said.reasons, one.name


def test_another_district_keeps_the_sound_from_being_taken() -> None:
    said = read("仓山区大风路积水")  # 大凤路 lies in 台江区
    assert said.location is None or "r-df" not in said.location.place_ids
    assert "大风路" in said.missing


def test_sounds_that_ears_confuse_cost_more() -> None:
    reader = small([road("r", "宁兴路", (0, 500), (900, 500))])
    said = reader.read("台江区林新路积水", DAY)
    assert said.location is not None
    assert "near_sound" in said.candidates[0].penalties
    exact = reader.read("台江区宁星路积水", DAY)
    assert exact.candidates[0].penalty < said.candidates[0].penalty


def test_one_wrong_character_of_a_long_name_is_found_and_marked() -> None:
    reader = small([road("r", "康泰中山路", (0, 500), (900, 500))])
    for written in ("康泰中心路", "康泰中路", "康泰中小山路"):
        said = reader.read(f"台江区茶亭街道{written}积水", DAY)
        assert said.location is not None, written
        assert "fuzzy" in said.reasons


def test_of_three_characters_one_wrong_is_no_evidence() -> None:
    reader = small([road("r", "长山路", (0, 500), (900, 500))])
    said = reader.read("长河路积水", DAY)
    assert said.location is None
    assert said.missing == ("长河路",)


def test_two_names_one_character_away_are_not_guessed() -> None:
    two = [
        road("a", "康泰中山路", (0, 500), (900, 500)),
        road("b", "康泰中江路", (0, 900), (900, 900)),
    ]
    said = small(two).read("台江区康泰中心路积水", DAY)
    assert not {"a", "b"} & town.ids(said)
    assert said.missing


def test_names_of_one_sound_are_all_told() -> None:
    two = [road("a", "东虹路", (0, 500), (900, 500)), road("b", "东鸿路", (0, 2000), (900, 2000))]
    said = small(two).read("台江区东洪路积水", DAY)
    assert said.outcome is PlaceOutcome.AMBIGUOUS
    assert {tuple(one.location.place_ids) for one in said.candidates} == {("a",), ("b",)}


@pytest.mark.parametrize(
    "text",
    [
        "这条马路积水",
        "道路破损",
        "人行道路面塌陷",
        "车道积水",
        "走到半路摔倒",
        "公路上有石头",
        "没有路灯",
        "过马路不安全",
        "修路噪音",
        "街边摆摊",
        "小巷积水",
        "一条路都是坑",
    ],
)
def test_everyday_words_for_roads_are_no_misspelt_names(text: str) -> None:
    said = read(text)
    assert said.location is None, said
    assert not any(name in ("马路", "道路", "公路", "半路") for name in said.missing)


@pytest.mark.parametrize("text", ["金山大道与望龙路口积水", "金桥新村路灯不亮，望龙路"])
def test_names_that_nobody_knows_are_told_as_missing(text: str) -> None:
    said = read(text)
    assert said.outcome is PlaceOutcome.NOT_FOUND
    assert any("望龙路" in name for name in said.missing)


def test_every_character_has_a_sound_or_stays_itself() -> None:
    assert syllable("西") == "xi" and syllable("路") == "lu"
    for char in ("A", "1", "🙂", "，", "\u3400"):
        assert isinstance(syllable(char), str)


@pytest.mark.parametrize("written", ["西洪支路", "西洪北路", "西洪中路", "西洪二路", "梅北峰路"])
def test_a_direction_more_is_another_road(written: str) -> None:
    """A word that tells roads apart is never a slip: 西洪北路 is not 西洪路."""
    said = read(f"鼓楼区洪山镇{written}59号积水")
    assert not {"r-xh", "r-mf", "a-59"} & town.ids(said)
