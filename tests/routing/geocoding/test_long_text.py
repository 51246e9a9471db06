"""Texts of 50,000 characters: no exception, and work that grows with the length and not faster."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from routing.model import SpanRole
from tests.routing.geocoding.test_bad_text import sane
from tests.routing.geocoding.town import read

LONG = {
    "one character": "路",
    "a name": "西洪路",
    "crossings": "西洪路与梅峰路路口、",
    "joined names": "西洪路与",
    "brackets": "（",
    "numbers": "5",
    "places in districts": "台江区西洪路59号，",
    "no name": "不知道在什么地方有人施工",
    "misspelt": "大风路西宏路",
    "words": "对面往北50米",
    "boilerplate": "请相关部门尽快处理",
    "lines": "西洪路\n",
    "ten roads": "教育路到教育路，",
}


@pytest.mark.parametrize("unit", LONG.values(), ids=LONG.keys())
def test_fifty_thousand_characters(unit: str) -> None:
    text = (unit * (50_000 // len(unit) + 1))[:50_000]
    sane(read(text), text)


def test_a_place_at_the_end_of_a_long_text_is_found() -> None:
    text = "一直没有人来处理这件事，" * 4_000 + "西洪路59号"
    said = read(text)
    assert said.location is not None and "a-59" in said.location.place_ids
    assert [text[s.start : s.end] for s in said.spans if s.role is SpanRole.SITE] == ["西洪路59号"]


def _calls(work: Callable[[], object]) -> int:
    """Calls of functions, Python's and C's, that a piece of work takes: time without a clock."""
    count = 0

    def seen(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("unit", LONG.values(), ids=LONG.keys())
def test_work_grows_with_the_length_and_not_faster(unit: str) -> None:
    short, long = unit * (2_000 // len(unit)), unit * (16_000 // len(unit))
    read(short), read(long)  # what is kept is not counted
    ratio = _calls(lambda: read(long)) / _calls(lambda: read(short))
    assert ratio < 8 * 1.5 + 4, f"8 times the text took {ratio:.0f} times the work"
