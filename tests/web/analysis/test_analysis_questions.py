"""Addresses as people type them, share them and break them: every message shows the value."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import wiring
from tests.web.analysis import city
from tests.web.analysis.office import Seat

PATHS = (
    "summary",
    "areas",
    "trend",
    "frames",
    "hotspots",
    "cells",
    "cases",
    "misroutes",
    "borders",
)


@pytest.mark.parametrize("path", PATHS)
def test_a_window_the_wrong_way_round_is_refused_with_both_days(analyst: Seat, path: str) -> None:
    said = analyst.refused(path, from_="2026-05-02", to="2026-04-01")
    assert "2026-05-02" in said and "2026-04-01" in said and "颠倒" in said


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"from_": "2026-13-01"}, "2026-13-01"),
        ({"from_": "20260101"}, "20260101"),
        ({"from_": "2026-W01-1"}, "2026-W01-1"),
        ({"to": "0001-01-01"}, "0001-01-01"),
        ({"to": "9999-12-31"}, "9999-12-31"),
        ({"to": "今天"}, "今天"),
        ({"level": "overlay"}, "overlay"),
        ({"level": "街道"}, "街道"),
        ({"measure": "z"}, "“z”"),
        ({"by": "cars"}, "cars"),
        ({"count": "cases"}, "cases"),
        ({"compare": "week"}, "week"),
        ({"compare": "custom"}, "from2"),
        ({"compare": "custom", "from2": "2026-02-02", "to2": "2026-02-01"}, "2026-02-02"),
        ({"within": "W"}, "W"),
        ({"within": "subdistrict:X"}, "X"),
        ({"within": "overlay:W"}, "overlay:W"),
        ({"within": "community:W"}, "W"),
        ({"kind": "噪" * 300}, "300"),
        ({"kind": [f"k{at}" for at in range(101)]}, "101"),
        ({"channel": "c" * 65}, "65"),
        ({"level": ["grid", "community"]}, "community"),
        ({"from_": ["2026-01-01", "2026-01-02"]}, "2026-01-02"),
    ],
)
def test_what_cannot_be_read_is_refused_and_shown(
    analyst: Seat, query: dict[str, object], shown: str
) -> None:
    said = analyst.refused("areas", **query)
    assert shown in said
    assert any("一" <= char <= "鿿" for char in said), "for people, in Chinese"
    assert len(said) < 300


@pytest.mark.parametrize(
    ("path", "query", "shown"),
    [
        ("trend", {"step": "hour"}, "hour"),
        ("trend", {"from_": "1990-01-01", "to": "2100-12-31"}, "4000"),
        ("frames", {"from_": "2010-01-01", "level": "grid", "step": "day", "to": "2021-01-01"}, ""),
        ("cells", {"shape": "triangle"}, "triangle"),
        ("cells", {"size": "99999"}, "99999"),
        ("cells", {"size": "1e3"}, "1e3"),
        ("hotspots", {"method": "knox"}, "knox"),
        ("hotspots", {"on": "roads"}, "roads"),
        ("borders", {"metres": "0"}, "“0”"),
        ("borders", {"metres": "-5"}, "-5"),
        ("borders", {"metres": "1001"}, "1001"),
        ("cases", {"near": "119,26"}, "119,26"),
        ("cases", {"near": "119,26,nan"}, "nan"),
        ("cases", {"near": "119,96,10"}, "96"),
        ("cases", {"near": "119,26,90000"}, "90000"),
        ("cases", {"near": "119,26,10", "area": "grid:G00"}, "near"),
        ("cases", {"area": "grid:nowhere"}, "nowhere"),
        ("cases", {"after": "' OR 1=1"}, "' OR 1=1"),
        ("download", {"what": "people"}, "people"),
        ("download", {"format": "exe"}, "exe"),
        ("picture.png", {"layer": "x"}, "“x”"),
        ("map.html", {"layer": "../../etc"}, "../../etc"),
    ],
)
def test_each_answer_refuses_what_it_does_not_know(
    analyst: Seat, path: str, query: dict[str, object], shown: str
) -> None:
    assert shown in analyst.refused(path, **query)


def test_the_same_value_twice_is_one_value(analyst: Seat) -> None:
    assert analyst.get("areas", level=["grid", "grid"])["level"] == "grid"


def test_the_order_of_an_address_does_not_matter(analyst: Seat) -> None:
    one = analyst.get("summary", kind=["路灯", "噪声"], within="subdistrict:W")
    other = analyst.get("summary", within="subdistrict:W", kind=["噪声", "路灯"])
    assert one == other


@pytest.mark.parametrize("path", PATHS)
def test_days_beyond_the_data_are_fine(analyst: Seat, path: str) -> None:
    """Nothing there is a result, not an error; only a test may say that it needs more."""
    answer = analyst.ask(path, from_="2030-01-01", to="2030-04-30")
    assert answer.status_code == 200, answer.get_data(as_text=True)


def test_a_window_without_cases_says_so(analyst: Seat) -> None:
    answer = analyst.get("summary", from_="2030-01-01", to="2030-04-30")
    assert answer["n"] == 0 and any("没有工单" in one for one in answer["warnings"])
    assert answer["previous"] == {"n": 0, "text": "2029-09-03 至 2029-12-31"}


def test_only_a_beginning_or_only_an_end(analyst: Seat) -> None:
    since = analyst.get("summary", from_=city.day(10))["period"]
    assert (since["from"], since["to"]) == (str(city.day(10)), str(city.day(1)))
    until = analyst.get("summary", to=city.day(10))["period"]
    assert until["from"] == str(city.day(10) - timedelta(days=89))
    ahead = analyst.get("summary", from_=wiring.today())["period"]
    assert ahead["from"] == ahead["to"] == str(wiring.today())


def test_a_kind_nobody_has_gives_nothing_and_no_error(analyst: Seat) -> None:
    hostile = "'; DROP TABLE case_; --<script>"
    answer = analyst.get("summary", kind=hostile)
    assert answer["n"] == 0
    assert sum(one["n"] for one in answer["kinds"]) > 0, "the picker still shows the others"


def test_filters_add_up_over_kinds(analyst: Seat) -> None:
    """Each kind for itself, and together; the same by channel and by ground."""
    whole = analyst.get("summary")
    kinds = [analyst.get("summary", kind=one["name"])["n"] for one in whole["kinds"]]
    assert kinds == [one["n"] for one in whole["kinds"]] and sum(kinds) == whole["n"]
    both = analyst.get("summary", kind=[one["name"] for one in whole["kinds"]])
    assert both["n"] == whole["n"]
    sides = [analyst.get("summary", within=f"subdistrict:{code}")["n"] for code in "WE"]
    assert sum(sides) == whole["n"] - city.OUTSIDE - city.NOWHERE
