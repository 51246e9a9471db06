"""Relations: what does not change the place, and what must change it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from opencc import OpenCC

from routing.geocoding.numbers import chinese
from routing.model import PlaceOutcome, TextPlace
from tests.routing.geocoding.town import read
from tests.tilings import EXAMPLES

SITES = [
    "西洪路59号",
    "西洪路45号",
    "西洪路88号之三",
    "西洪路12-38号",
    "西洪路与梅峰路路口",
    "西洪路和白马路交叉口",
    "西洪路（梅峰路至杨桥路）",
    "西洪路从凤凰池公交站到杨桥路",
    "阳光花园小区3号楼2单元",
    "阳光花园南门",
    "凤凰池公交站",
    "东街口地铁站A出口",
    "西洪路B-044号灯杆",
    "201省道K10+250",
    "上洋村",
    "西湖宾馆对面",
    "西洪路59号对面",
    "西洪路与梅峰路路口往北50米",
    "西洪路",
    "老洪路59号",
    "红旗路32号巷",
    "教育路",
    "茶花市场",
    "桂园与西湖宾馆之间",
]
OPENERS = [
    "",
    "市民来电反映：",
    "热线转来：",
    "您好，",
    "您好，我要反映一下，",
    "来电人反映，",
    "群众举报：",
    "市民王先生来电反映：",
    "投诉：",
    "地点：",
    "事发地点：",
    "在",
    "位于",
    "【道路】",
    "1、",
    "“",
]
TRAILERS = [
    "",
    "路灯不亮",
    "，积水严重，请相关部门尽快处理。",
    "有人占道经营",
    "井盖缺失，要求回复处理结果",
    "晚上很吵",
    "，已经三个月了没人管！！！",
    "的路面破损",
    "，谢谢。",
    "\n",
    "🙂",
    "漏水，信息保密",
]


def same(a: TextPlace, b: TextPlace) -> bool:
    """Whether two answers are one: outcome, places, geometry and size."""
    return (
        a.outcome is b.outcome
        and len(a.candidates) == len(b.candidates)
        and all(
            one.location.geometry.equals(two.location.geometry)
            and one.location.ground == two.location.ground
            and one.location.radius_m == two.location.radius_m
            and one.location.precision is two.location.precision
            and one.location.place_ids == two.location.place_ids
            for one, two in zip(a.candidates, b.candidates, strict=True)
        )
    )


def changed(written: Callable[[str], str]) -> list[str]:
    """The sites that are another place when written so."""
    return [written(site) for site in SITES if not same(read(written(site)), read(site))]


@pytest.mark.parametrize("opener", OPENERS)
def test_an_opener_changes_nothing(opener: str) -> None:
    assert changed(lambda site: opener + site) == []


@pytest.mark.parametrize("trailer", TRAILERS)
def test_the_complaint_behind_it_changes_nothing(trailer: str) -> None:
    assert changed(lambda site: site + trailer) == []


@hypothesis_settings(EXAMPLES, max_examples=100)
@given(
    site=st.sampled_from(SITES),
    opener=st.sampled_from(OPENERS),
    trailer=st.sampled_from(TRAILERS),
    closing=st.sampled_from(TRAILERS),
)
def test_all_of_it_together_changes_nothing(
    site: str, opener: str, trailer: str, closing: str
) -> None:
    assert same(read(f"{opener}{site}{trailer}{closing}"), read(site))


def test_traditional_characters_change_nothing() -> None:
    assert changed(OpenCC("s2t").convert) == []


def test_full_width_digits_and_letters_change_nothing() -> None:
    def wide(site: str) -> str:
        return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in site)

    assert changed(wide) == []


@pytest.mark.parametrize("space", [" ", "\u3000", "\t", "\u200b", "\xa0"], ids=ascii)
def test_spaces_between_chinese_characters_change_nothing(space: str) -> None:
    def spaced(site: str) -> str:
        return "".join(f"{char}{space}" if not char.isascii() else char for char in site)

    assert changed(spaced) == []


@EXAMPLES
@given(number=st.integers(1, 120))
def test_chinese_numerals_change_nothing(number: int) -> None:
    plain = read(f"西洪路{number}号积水")
    said = read(f"西洪路{chinese(number)}号积水")
    assert [one.location.geometry.wkt for one in said.candidates] == [
        one.location.geometry.wkt for one in plain.candidates
    ]


def test_reading_twice_is_reading_once() -> None:
    assert changed(lambda site: site) == []


def test_a_sentence_about_no_place_before_or_behind_changes_nothing() -> None:
    assert changed(lambda site: f"一直没有人来处理。{site}") == []
    assert changed(lambda site: f"{site}。一直没有人来处理") == []


@EXAMPLES
@given(a=st.sampled_from(SITES), b=st.sampled_from(SITES))
def test_different_sites_are_different_places(a: str, b: str) -> None:
    one, two = read(a), read(b)
    if a == b or {a, b} == {"西洪路59号", "老洪路59号"}:
        return
    assert one.outcome in (PlaceOutcome.LOCATED, PlaceOutcome.AMBIGUOUS)
    assert not same(one, two)
