"""Cutting addresses into elements: by names and endings, in the text as it was given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.geocoding.element_patterns import DIGITS
from routing.geocoding.elements import LABELS, elements


def cut(text: str) -> str:
    """``鼓楼区/district 五四路/road``: easier to read than numbers."""
    return " ".join(f"{text[start:end]}/{label}" for start, end, label in elements(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "福建省福州市鼓楼区华大街道西洪路59号",
            "福建省/prov 福州市/city 鼓楼区/district 华大街道/town 西洪路/road 59号/roadno",
        ),
        ("北京市海淀区", "北京市/city 海淀区/district"),
        ("广西南宁市", "广西/prov 南宁市/city"),
        # short names count where their neighbour vouches for them
        ("浙江义乌北苑街道", "浙江/prov 义乌/district 北苑街道/town"),
        ("南京西路100号", "南京西路/road 100号/roadno"),
        ("宁波金辉西路1015号", "宁波/city 金辉西路/road 1015号/roadno"),
        # names of before, and towns that became subdistricts
        ("浙江省玉环县大麦屿街道", "浙江省/prov 玉环县/district 大麦屿街道/town"),
        ("杭州市江干区九堡镇", "杭州市/city 江干区/district 九堡镇/town"),
        # written twice
        (
            "浙江省衢州市江山市江山市南三街2号",
            "浙江省/prov 衢州市/city 江山市/district 南三街/road 2号/roadno",
        ),
        ("宁波宁波市鄞州区", "宁波市/city 鄞州区/district"),
        # roads: long ones, after a site, with a numeral, numbered streets, two of them
        ("花苑产业园区梓苑路41号", "花苑产业园区/poi 梓苑路/road 41号/roadno"),
        ("之江东路与通盛路交汇处", "之江东路/road 通盛路/subroad 交汇处/poi"),
        ("白杨街道4号大街71号", "白杨街道/town 4号大街/road 71号/roadno"),
        ("泰寓路68弄5号", "泰寓路/road 68弄/subroad 5号/subroadno"),
        ("公园路8号", "公园路/road 8号/roadno"),
        # numbers by what stands before them
        ("石桥路818号五楼", "石桥路/road 818号/roadno 五楼/floorno"),
        ("流星花园8-10-1109", "流星花园/poi 8/houseno 10/cellno 1109/roomno"),
        ("佳乐苑二栋一单元749室", "佳乐苑/poi 二栋/houseno 一单元/cellno 749室/roomno"),
        ("环村南路48-49号", "环村南路/road 48-49号/roadno"),
        ("子政路952-13号", "子政路/road 952/roadno 13号/houseno"),
        ("义桥镇复兴村6组", "义桥镇/town 复兴村/community 6组/road"),
        ("鳌江镇B座1室", "鳌江镇/town B座/houseno 1室/roomno"),
        ("", ""),
        ("号", ""),
        ("hello", ""),
    ],
)  # fmt: skip
def test_cut(text: str, expected: str) -> None:
    assert cut(text) == expected


def test_positions_are_those_of_the_original() -> None:
    text = "鼓楼區　西洪路\u200b５９號"
    assert cut(text) == "鼓楼區/district 西洪路/road ５９號/roadno"


_PIECES = st.sampled_from(
    ["福州市", "鼓楼区", "鼓楼", "西洪路", "镇", "路", "村", "12", "3号", "-", "A", "栋", "与", " ",
     "_", "👍", *DIGITS]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=20).map("".join) | st.text(max_size=40))
def test_whatever_comes_spans_are_in_order_and_inside(text: str) -> None:
    found = elements(text)
    assert all(label in LABELS for _, _, label in found)
    ends = [at for start, end, _ in found for at in (start, end)]
    assert ends == sorted(ends)
    assert not ends or (ends[0] >= 0 and ends[-1] <= len(text))
    assert all(start < end for start, end, _ in found)


@pytest.mark.parametrize("piece", ["路", "1-", "号", "福州市", "文二路391号", "啊1号", "一"])
def test_a_very_long_text_takes_no_more_than_its_share(piece: str) -> None:
    elements(piece * (50_000 // len(piece)))  # the test's time limit is the assertion
