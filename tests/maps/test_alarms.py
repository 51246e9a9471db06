"""A day of early warning: who alarms, who is silent, and why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from maps.alarms import ALL_KINDS, Recent, Settings, alarms_of_day
from maps.model import NONE, Cases
from routing.errors import UserInputError
from tests.maps.warned_city import DAY, KINDS, NAMES, areas, cases_at, city

AREAS = areas()
FEW = Settings(permutations=199)


def run(cases: Cases, day: int = DAY, **more: object):
    return alarms_of_day(cases, AREAS, NAMES, day, **{"settings": FEW, **more})


def keys(batch) -> list[tuple[str, str, str]]:
    return [(one.level, one.code, one.kind) for one in batch.alarms]


def joined(one: Cases, other: Cases) -> Cases:
    """The cases of both; their labels are the same."""

    def column(name: str):
        first, second = getattr(one, name), getattr(other, name)
        if hasattr(first, "codes"):
            return replace(first, codes=np.concatenate([first.codes, second.codes]))
        return np.concatenate([first, second])

    return Cases(**{name: column(name) for name in Cases.__dataclass_fields__})


def test_an_outbreak_in_one_grid_is_said_once_by_the_grid() -> None:
    batch = run(city(extra=((5, 0, 14, 4),)))
    assert keys(batch) == [("grid", "G5", "道路破损")]
    assert batch.explained > 0  # community, subdistrict and all kinds together were above too
    (alarm,) = batch.alarms
    assert alarm.first == DAY - 6
    assert alarm.observed == len(alarm.case_numbers) >= 14
    assert alarm.expected < alarm.bound < alarm.observed
    assert 0 < alarm.p <= alarm.q <= 0.05
    for said in ("第网格5", "11月12日至18日", "道路破损", f"共 {alarm.observed:.0f} 件"):
        assert said in alarm.why
    assert alarm.chart.counts[-1] == alarm.observed
    assert alarm.chart.starts[-1] == alarm.first
    assert len(alarm.chart.counts) == len(alarm.chart.bound) == len(alarm.chart.starts)


def test_the_same_excess_spread_over_a_subdistrict_is_said_by_the_subdistrict_or_above() -> None:
    spread = tuple((grid, 0, 4, 6) for grid in (4, 5, 6, 7))
    batch = run(city(per_day=0.05, extra=spread))
    assert batch.alarms
    assert all(one.kind in ("道路破损", ALL_KINDS) for one in batch.alarms)
    named = {one.level for one in batch.alarms}
    assert named & {"community", "subdistrict"}
    numbers = [one for alarm in batch.alarms for one in alarm.case_numbers]
    assert len(numbers) == len(set(numbers))  # no case makes two alarms


def test_the_rest_of_a_community_may_alarm_by_itself() -> None:
    """One grid explodes, and its neighbour in the community has trouble of its own."""
    both = run(city(extra=((4, 0, 40, 4), (5, 0, 12, 4))))
    assert {("grid", "G4", "道路破损"), ("grid", "G5", "道路破损")} <= set(keys(both))
    # All kinds together in the same grid, one kind already said: the rest is another kind's.
    other = run(city(extra=((4, 0, 40, 4), (4, 1, 12, 4))))
    assert {("grid", "G4", "道路破损"), ("grid", "G4", "噪音扰民")} <= set(keys(other))
    assert not [key for key in keys(other) if key[2] == ALL_KINDS]


@pytest.mark.parametrize("seed", range(4))
def test_noise_has_no_alarm(seed: int) -> None:
    batch = run(city(seed=seed))
    assert batch.alarms == ()
    assert batch.tested > 80


def test_the_day_judged_alone_counts_not_what_comes_after() -> None:
    cases = city(extra=((5, 0, 14, 4),))
    early = cases.take(cases.day <= DAY - 5)
    assert keys(run(early, DAY - 5)) == keys(run(cases, DAY - 5)) == []
    later = cases_at(np.full(50, 3), np.full(50, DAY + 2), np.zeros(50))
    assert keys(run(joined(cases, later))) == keys(run(cases))


def test_running_twice_and_shuffled_gives_the_same() -> None:
    cases = city(extra=((5, 0, 14, 4), (12, 2, 11, 3)))
    shuffled = cases.take(np.random.default_rng(1).permutation(len(cases)))
    first, second, third = run(cases), run(cases), run(shuffled)
    assert first == second
    assert [one.case_numbers for one in first.alarms] == [one.case_numbers for one in third.alarms]
    assert [(one.p, one.q) for one in first.alarms] == [(one.p, one.q) for one in third.alarms]


def test_cool_down_until_it_doubles() -> None:
    cases = city(extra=((5, 0, 14, 4),))
    (alarm,) = run(cases).alarms

    def before(observed: float, days: int) -> Recent:
        return Recent(day=DAY - days, level="grid", code="G5", kind="道路破损", observed=observed)

    quiet = run(cases, recent=[before(alarm.observed - 1, 1)])
    assert quiet.alarms == () and quiet.cooling == 1
    assert keys(run(cases, recent=[before(alarm.observed / 2, 1)])) == keys(run(cases))  # doubled
    assert keys(run(cases, recent=[before(alarm.observed, 8)])) == keys(run(cases))  # long ago
    assert keys(run(cases, recent=[before(alarm.observed, 0)])) == keys(
        run(cases)
    )  # this run's own


def test_at_most_so_many_and_the_rest_is_said() -> None:
    many = tuple((grid, grid % 3, 15, 3) for grid in range(0, 16, 2))
    every = run(city(extra=many))
    few = run(city(extra=many), settings=replace(FEW, most=2))
    assert len(every.alarms) > 2 == len(few.alarms)
    assert few.alarms == every.alarms[:2]
    assert few.dropped == len(every.alarms) - 2
    assert any("未列出" in one for one in few.warnings)
    qs = [one.q for one in every.alarms]
    assert qs == sorted(qs)


def test_fewer_than_the_least_cases_never_alarm() -> None:
    empty = city(per_day=0.0, extra=((5, 0, 4, 2), (5, 1, 1, 180)))
    assert run(empty).alarms == ()


def test_a_cluster_across_a_border_is_found_by_the_scan() -> None:
    """Community 3 lies in one district, 4 and 5 in the next. The past of nine weeks is
    too short for any series, but long enough for usual shares."""
    spread = tuple((grid, 2, 9, 3) for grid in range(6, 12))
    cases = city(days=63, extra=spread)
    batch = run(cases, settings=replace(FEW, scan_share=0.7, scan_radius_m=1200))
    (alarm,) = batch.alarms
    assert (alarm.method, alarm.level, alarm.code) == ("space_time", "city", "")
    assert alarm.kind == "垃圾堆放"
    assert alarm.communities == ("C3", "C4", "C5")
    assert DAY - 4 <= alarm.first <= DAY - 2
    assert alarm.bound is None
    assert sum(alarm.chart.counts[-(DAY - alarm.first + 1) :]) == alarm.observed
    assert alarm.chart.starts[-1] == DAY and set(alarm.chart.bound) == {None}
    assert alarm.recurrence_days == pytest.approx(1 / alarm.p)
    assert alarm.circle[2] == pytest.approx(1000)
    rows = np.isin(cases.number, alarm.case_numbers)
    assert rows.sum() == alarm.observed
    assert set(cases.community.codes[rows]) == {3, 4, 5}


def test_cases_without_kind_or_jurisdiction_are_not_lost_and_break_nothing() -> None:
    cases = city(extra=((5, 0, 14, 4),))
    kinds = cases.kind.codes.copy()
    kinds[(cases.grid.codes == 5) & (cases.day > DAY - 4)] = NONE
    without = replace(cases, kind=replace(cases.kind, codes=kinds))
    assert keys(run(without)) == [("grid", "G5", ALL_KINDS)]
    nowhere = {
        name: replace(getattr(cases, name), codes=np.full(len(cases), NONE, dtype=np.int32))
        for name in ("grid", "community", "subdistrict", "district")
    }
    assert run(replace(cases, **nowhere)).alarms == ()


def test_no_cases_one_case_and_a_short_past() -> None:
    nothing = cases_at(*(np.zeros(0, dtype=int) for _ in range(3)))
    assert run(nothing).warnings == ("到这一天为止没有诉求，未做预警。",)
    assert run(cases_at(np.array([1]), np.array([DAY]), np.array([0]))).alarms == ()
    at_once = cases_at(np.full(500, 5), np.full(500, DAY), np.zeros(500))
    assert run(at_once).alarms == ()  # no past, nothing to compare with
    young = city(days=60, extra=((5, 0, 30, 3),))
    batch = run(young)
    assert all(one.method == "space_time" for one in batch.alarms)
    assert any("不足 3 年" in one for one in batch.warnings)


def test_a_million_cases_in_one_grid_are_one_alarm() -> None:
    flood = cases_at(np.full(1_000_000, 5), np.full(1_000_000, DAY), np.zeros(1_000_000))
    quick = replace(FEW, permutations=3)
    (alarm,) = run(joined(city(), flood), settings=quick).alarms
    assert (alarm.code, alarm.kind) == ("G5", "道路破损")
    assert alarm.observed == len(alarm.case_numbers) >= 1_000_000


def test_settings_are_checked() -> None:
    with pytest.raises(UserInputError, match="q=0"):
        Settings(q=0)
    with pytest.raises(UserInputError, match="最少件数 0"):
        Settings(min_cases=0)


def test_busy_series_are_judged_by_the_day() -> None:
    cases = city(per_day=4.0, extra=((5, 0, 25, 1),))
    batch = run(cases)
    daily = [one for one in batch.alarms if one.method == "ears_day"]
    assert [(one.level, one.code, one.kind) for one in daily] == [("grid", "G5", KINDS[0])]
    assert daily[0].first == DAY
    assert daily[0].chart.step == "day"
    assert "11月18日的" in daily[0].why


def test_three_years_of_past_bring_the_method_that_knows_seasons() -> None:
    cases = city(days=1300, per_day=0.12, extra=((5, 0, 14, 4),))
    batch = run(cases)
    (alarm,) = batch.alarms
    assert (alarm.method, alarm.level, alarm.code) == ("farrington", "grid", "G5")
    assert "按往年同期和走势" in alarm.why
    assert not batch.warnings
    bounds = alarm.chart.bound
    assert len(bounds) == 26 and bounds[-1] == pytest.approx(alarm.bound, abs=1e-3)
    assert bounds[:14] == (None,) * 14  # each week judged again is a fit of its own


def test_one_stray_case_of_long_ago_is_no_past() -> None:
    """Years of zeros before the line began would make every ordinary week an alarm."""
    cases = city(days=120)
    stray = cases_at(np.array([3]), np.array([DAY - 1500]), np.array([0]))
    both = joined(cases, stray)
    batch = run(both)
    assert batch.alarms == ()
    assert any("17 周" in one for one in batch.warnings)


def test_coordinates_that_are_all_the_same_are_said() -> None:
    cases = city(extra=((5, 0, 14, 4),))
    (alarm,) = run(cases).alarms
    # All cases of a grid lie on its middle in this city.
    assert f"其中 {alarm.observed:.0f} 件的坐标完全相同" in alarm.why
    apart = replace(cases, x_m=cases.x_m + np.arange(len(cases)) * 7.0 % 300)
    assert "坐标完全相同" not in run(apart).alarms[0].why


def test_a_holiday_in_the_baseline_is_allowed_for() -> None:
    """Three weeks ago there was a holiday with almost no calls; the same count on an ordinary day
    is expected to be higher where the calendar is known."""
    cases = city(per_day=2.0)
    off = range(DAY - 30, DAY - 22)
    kept = ~(np.isin(cases.day, list(off)) & (np.arange(len(cases)) % 4 > 0))
    quiet = joined(cases.take(kept), cases_at(*(np.full(90, one) for one in (5, DAY, 0))))
    knows, blind = (run(quiet, days_off=days) for days in (off, ()))
    pairs = [
        next(one for one in batch.alarms if (one.code, one.method) == ("G5", "ears_week"))
        if any(one.method == "ears_week" for one in batch.alarms)
        else batch.alarms[0]
        for batch in (knows, blind)
    ]
    assert pairs[0].method == pairs[1].method
    assert pairs[0].expected >= pairs[1].expected
