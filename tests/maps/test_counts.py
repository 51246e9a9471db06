"""Counts by jurisdiction, kind, channel and step: nothing is lost, nothing counted twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps import counts, incidents
from maps.counting.series import first_day, next_step
from maps.counts import Step
from maps.model import NONE, Cases, Coded, Filters, TimeWindow
from routing.errors import UserInputError
from routing.model import JurisdictionLevel
from tests.maps.made_cases import START, everything, made, none, shuffled, tiles, window


def town() -> Cases:
    """Two communities and what may go wrong: no point, words only, outside, abolished."""
    return made(
        [10, 20, 1500, np.nan, np.nan, 9000, 30],
        [10, 20, 10, np.nan, np.nan, 9000, 30],
        [0, 1, 2, 3, 4, 5, 6],
        community=["C00", "C00", "C01", "C01", None, None, "old"],
        district=["D1", "D1", "D1", "D2", None, "D2", "D1"],
        kind=["噪声", "噪声", "占道", "噪声", "占道", None, "噪声"],
        channel=["电话", "网站", "电话", "电话", "电话", "网站", "电话"],
    )


def test_by_area_says_where_every_case_went() -> None:
    found = counts.by_area(town(), tiles(2, 1), everything())
    assert found.codes == ("C00", "C01")
    assert found.n.tolist() == [2, 2]
    assert found.named.tolist() == [0, 1]
    assert (found.total, found.located, found.outside, found.unlocated) == (7, 3, 2, 2)
    assert found.incidents is None
    assert found.notes == (
        "2 件（28.6%）没有定位到点",
        "2 件的位置不在任何所示辖区内，未计入各辖区",
    )


def test_unlocated_by_district_with_the_unknown_last() -> None:
    found = counts.unlocated(town(), None, everything())
    assert [(one.code, one.name, one.total, one.n) for one in found] == [
        ("D1", "D1", 4, 0),
        ("D2", "D2", 2, 1),
        ("", "未知", 1, 1),
    ]
    assert found[1].share == 0.5
    districts = replace(
        tiles(2, 1, level=JurisdictionLevel.DISTRICT),
        codes=("D2", "D3"),
        names=("乙区", "丙区"),
    )
    named = counts.unlocated(town(), districts, everything())
    assert [(one.name, one.total) for one in named] == [
        ("乙区", 2),
        ("丙区", 0),
        ("D1", 4),
        ("未知", 1),
    ]
    assert named[1].share == 0.0


def test_by_kind_and_channel_most_first_and_unsaid_ones_named() -> None:
    assert [(one.name, one.n) for one in counts.by_kind(town(), everything())] == [
        ("噪声", 4),
        ("占道", 2),
        ("未填", 1),
    ]
    assert [(one.name, one.n) for one in counts.by_channel(town(), everything())] == [
        ("电话", 5),
        ("网站", 2),
    ]


def test_filters_of_kind_channel_window_and_jurisdiction() -> None:
    chosen = Filters(
        window=window(3),
        kinds=frozenset({"噪声"}),
        channels=frozenset({"电话"}),
        within=(JurisdictionLevel.DISTRICT, "D1"),
    )
    found = counts.by_area(town(), tiles(2, 1), chosen)
    assert (found.n.tolist(), found.total) == ([1, 0], 1)


def test_an_incident_on_a_border_counts_on_both_sides_and_once_in_all() -> None:
    cases = made([990, 1010, 5], [5, 5, 5], community=["C00", "C01", "C00"])
    found = counts.by_area(cases, tiles(2, 1), everything(), incidents=incidents.merge(cases))
    assert found.incidents is not None
    assert found.per_incident is not None
    assert found.incidents.tolist() == [2, 1]
    assert found.total_incidents == 2
    assert found.per_incident.tolist() == [1.0, 1.0]


def test_incidents_of_a_window_are_those_of_all_cases() -> None:
    """The report that links two others lies outside the window; they stay one incident."""
    cases = made([0, 45, 90], [0, 0, 0], [10, 5, 10], community="C00")
    merged = incidents.merge(cases)
    found = counts.by_area(cases, tiles(1, 1), Filters(window=window(3, after=9)), incidents=merged)
    assert found.incidents is not None
    assert (found.n.tolist(), found.incidents.tolist()) == ([2], [1])


def test_the_table_of_areas_and_kinds() -> None:
    kinds, table = counts.table(town(), tiles(2, 1), everything())
    assert kinds == ("占道", "噪声")
    assert table.tolist() == [[0, 2], [1, 1]]


@pytest.mark.parametrize("level", ["district", "subdistrict", "community", "grid"])
def test_no_case_gives_zeros_at_every_level(level: str) -> None:
    areas = tiles(2, 2, level=JurisdictionLevel(level))
    found = counts.by_area(none(), areas, everything(), incidents=incidents.merge(none()))
    assert found.n.tolist() == [0, 0, 0, 0]
    assert (found.total, found.total_incidents, found.notes) == (0, 0, ())
    assert counts.by_kind(none(), everything()) == ()
    assert counts.table(none(), areas, everything())[1].sum() == 0


def test_one_case_and_no_areas() -> None:
    one = made([5.0], [5.0], community="C00")
    assert counts.by_area(one, tiles(1, 1), everything()).n.tolist() == [1]
    found = counts.by_area(one, tiles(0, 0), everything(), incidents=incidents.merge(one))
    assert (len(found.n), found.outside) == (0, 1)


def test_a_million_cases_in_one_area() -> None:
    n = 1_000_000
    cases = made(np.zeros(n), np.zeros(n), community="C00", district="D1")
    found = counts.by_area(cases, tiles(2, 1), everything())
    assert found.n.tolist() == [n, 0]
    assert found.by_district[0].total == n


def test_an_overlay_has_no_cases() -> None:
    with pytest.raises(UserInputError, match="overlay"):
        counts.by_area(town(), tiles(1, 1, level=JurisdictionLevel.OVERLAY), everything())


def test_a_window_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(UserInputError, match="2026-03-09 到 2026-03-02"):
        TimeWindow(start=START + timedelta(days=7), end=START)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(0, 200))
def test_located_outside_and_unlocated_make_all_in_any_order(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.where(rng.random(n) < 0.3, np.nan, rng.uniform(0, 3000, n))
    cases = made(
        x,
        x,
        rng.integers(0, 40, n),
        community=Coded(
            codes=rng.integers(NONE, 5, n).astype(np.int32), labels=("C00", "C01", "C10", "X", "Y")
        ),
        district=Coded(codes=rng.integers(NONE, 2, n).astype(np.int32), labels=("D1", "D2")),
    )
    filters = Filters(window=window(30, after=5))
    found = counts.by_area(cases, tiles(2, 2), filters, incidents=incidents.merge(cases))
    assert found.located + found.outside + found.unlocated == found.total
    assert found.total == filters.rows(cases).sum()
    assert found.n.sum() == found.located + found.named.sum()
    assert sum(one.total for one in found.by_district) == found.total
    assert sum(one.n for one in found.by_district) == found.unlocated
    assert found.incidents is not None
    assert (found.incidents <= found.n).all()
    assert ((found.incidents > 0) == (found.n > 0)).all()
    again = counts.by_area(shuffled(cases, seed)[0], tiles(2, 2), filters)
    assert again.n.tolist() == found.n.tolist()
    for step in Step:
        split = counts.series(cases, tiles(2, 2), filters, step)
        assert split.matrix.sum(axis=0).tolist() == found.n.tolist()
        assert split.matrix.sum() + split.left_out == found.total


def test_weeks_begin_on_monday_and_cut_ones_are_incomplete() -> None:
    filters = Filters(window=TimeWindow(start=date(2026, 3, 4), end=date(2026, 3, 25)))
    days = [0, 2, 6, 7, 13, 22]  # 2 March (outside), 4, 8, 9, 15 and 24 March
    found = counts.series(made([1] * 6, [1] * 6, days), None, filters, "week")
    assert found.steps == (date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16), date(2026, 3, 23))
    assert found.codes == ("",)
    assert found.matrix.ravel().tolist() == [2, 2, 0, 1]
    assert found.complete.tolist() == [False, True, True, False]


def test_a_running_step_is_incomplete() -> None:
    filters = Filters(window=TimeWindow(start=date(2026, 3, 2), end=date(2026, 4, 1)))
    cases = made([1], [1], [0])
    running = counts.series(cases, None, filters, Step.WEEK, as_of=date(2026, 3, 15))
    assert running.complete.tolist() == [True, False, False, False, False]  # Sunday is not over
    over = counts.series(cases, None, filters, Step.WEEK, as_of=date(2026, 3, 16))
    assert over.complete.tolist() == [True, True, False, False, False]
    month = counts.series(cases, None, filters, Step.MONTH, as_of=date(2026, 5, 1))
    assert (month.steps, month.complete.tolist()) == ((date(2026, 3, 1),), [False])
    day = counts.series(cases, None, filters, Step.DAY, as_of=date(2026, 3, 31))
    assert day.complete.tolist() == [True] * 29 + [False]


def test_one_step_and_months_across_a_year() -> None:
    one = counts.series(made([1], [1], [0]), None, Filters(window=window(1)), Step.DAY)
    assert (one.matrix.tolist(), one.complete.tolist()) == ([[1]], [True])
    filters = Filters(window=TimeWindow(start=date(2025, 12, 1), end=date(2026, 3, 1)))
    months = counts.series(none(), JurisdictionLevel.DISTRICT, filters, Step.MONTH)
    assert months.steps == (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))
    assert months.complete.all()
    assert months.matrix.shape == (3, 0)


def test_series_of_a_level_takes_the_jurisdictions_the_cases_name() -> None:
    found = counts.series(town(), JurisdictionLevel.DISTRICT, Filters(window=window(7)), "week")
    assert found.codes == ("D1", "D2")
    assert found.matrix.tolist() == [[4, 2]]
    assert found.left_out == 1


@given(day=st.dates(date(1999, 1, 1), date(2050, 1, 1)), step=st.sampled_from(Step))
def test_every_day_lies_in_the_step_that_begins_before_it(day: date, step: Step) -> None:
    first = first_day(day, step)
    assert first <= day < next_step(first, step)
    assert first_day(first, step) == first
