"""Numbers in words, the forms of names that hold them, and house numbers as written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.geocoding.numbering import HouseNumber, address_of, parse_number
from routing.geocoding.numbers import NUM, chinese, numeral_forms, value
from tests.routing.geocoding.town import place, point
from tests.tilings import EXAMPLES


@EXAMPLES
@given(number=st.integers(0, 9_999))
def test_the_chinese_form_has_the_value_it_came_from(number: int) -> None:
    assert value(chinese(number)) == number
    assert value(str(number)) == number


@EXAMPLES
@given(digits=st.lists(st.integers(0, 9), min_size=2, max_size=4))
def test_digit_by_digit_is_a_number_too(digits: list[int]) -> None:
    said = "".join("零一二三四五六七八九"[digit] for digit in digits)
    assert value(said) == int("".join(map(str, digits)))


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("廿三", 23),
        ("卅", 30),
        ("两百", 200),
        ("一百零五", 105),
        ("叁拾贰", 32),
        ("①", 1),
        ("⑳", 20),
        ("十", 10),
        ("十二", 12),
        ("二百二", 220),
    ],
)
def test_ways_to_write_a_number(written: str, number: int) -> None:
    assert value(written) == number


@pytest.mark.parametrize("written", ["", "百零", "号", "A", "零百", "十十"])
def test_what_makes_no_number_has_no_value(written: str) -> None:
    assert value(written) is None


@pytest.mark.parametrize("written", ["13705910000", "20260901", "350102196001011234"])
def test_more_than_five_digits_are_no_house_number(written: str) -> None:
    assert re.fullmatch(NUM, written) is None


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("五一路", "51路"),
        ("51路", "五一路"),
        ("51路", "五十一路"),
        ("红旗路32号巷", "红旗路三十二巷"),
        ("红旗路三十二巷", "红旗路32号巷"),
        ("红旗路32巷", "红旗路32号巷"),
        ("八一七路", "817路"),
        ("201省道", "二零一省道"),
        ("第三中学", "第3中学"),
    ],
)
def test_the_other_forms_of_a_name(name: str, other: str) -> None:
    assert other in set(numeral_forms(name))


@pytest.mark.parametrize("name", ["西洪路", "", "路", "ABC", "阳光花园小区"])
def test_names_without_a_number_have_no_other_form(name: str) -> None:
    assert list(numeral_forms(name)) == []


@EXAMPLES
@given(number=st.integers(1, 300))
def test_forms_of_a_lane_are_forms_of_each_other(number: int) -> None:
    names = [f"红旗路{number}巷", f"红旗路{number}号巷", f"红旗路{chinese(number)}巷"]
    for name in names:
        assert set(names) - {name} <= set(numeral_forms(name))
        assert name not in set(numeral_forms(name))


@pytest.mark.parametrize(
    ("written", "main", "sub"),
    [
        ("59", 59, ""),
        ("59号", 59, ""),
        ("５９號", 59, ""),
        ("五十九号", 59, ""),
        ("88-3", 88, "3"),
        ("88号之三", 88, "3"),
        ("88之3号", 88, "3"),
        ("88号-3", 88, "3"),
        ("88号附3号", 88, "3"),
        ("附12号", 12, "附"),
        ("甲3号", 3, "甲"),
        ("一千号", 1000, ""),
        ("一千二百号", 1200, ""),
        ("3甲号", 3, "甲"),
    ],
)
def test_house_numbers_as_people_write_them(written: str, main: int, sub: str) -> None:
    assert parse_number(written) == HouseNumber(main, sub)


@pytest.mark.parametrize("written", ["", "号", "北门", "B-044", "之三"])
def test_what_is_no_house_number(written: str) -> None:
    assert parse_number(written) is None


@EXAMPLES
@given(main=st.integers(1, 999), sub=st.integers(1, 99))
def test_a_number_has_one_meaning_however_it_is_written(main: int, sub: int) -> None:
    plain = {parse_number(f"{main}号"), parse_number(str(main)), parse_number(f"{chinese(main)}号")}
    assert plain == {HouseNumber(main)}
    behind = {
        parse_number(f"{main}-{sub}"),
        parse_number(f"{main}号之{chinese(sub)}"),
        parse_number(f"{main}之{sub}号"),
    }
    assert behind == {HouseNumber(main, str(sub))}


def test_an_address_counts_along_its_columns_or_else_its_name() -> None:
    at = point(0, 0)
    told = place("1", "随便", "address", at, road="西洪路", number="５９")
    named = place("2", "西洪路五十九号", "address", at)
    half = place("3", "西洪路59号", "address", at, road="西洪路")
    for one in (told, named, half):
        assert address_of(one) == ("西洪路", HouseNumber(59)), one.name
    assert address_of(place("4", "西洪路", "address", at)) is None
    assert address_of(place("5", "号", "address", at)) is None
    lane = place("6", "红旗路32号巷5号", "address", at)
    assert address_of(lane) == ("红旗路32号巷", HouseNumber(5))
