"""Rates, intervals, expectations, smoothing and funnels against published numbers."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from esda import smoothing as esda_smoothing
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.rates import confint_poisson

from maps import rates
from maps.counting.funnel import funnel
from maps.counting.smoothing import empirical_bayes, local_empirical_bayes
from maps.model import Floats
from maps.weights import Weights, from_pairs
from routing.errors import UserInputError

FIXTURES = Path(__file__).parent / "fixtures"


def columns(name: str) -> dict[str, list[str]]:
    """A table of the fixtures by columns."""
    with (FIXTURES / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {key: [row[key] for row in rows] for key in rows[0]}


COUNTIES = columns("nc_sids.csv")
EXPECTED = columns("nc_expected.csv")


def numbers(table: dict[str, list[str]], name: str) -> Floats:
    return np.array([float(one) for one in table[name]])


def neighbours() -> Weights:
    """ncCR85: who neighbours whom by Cressie and Read 1985."""
    table = columns("nc_neighbours.csv")
    place = {name: at for at, name in enumerate(COUNTIES["name"])}
    pairs = [
        (place[name], place[other])
        for name, others in zip(table["name"], table["neighbours"], strict=True)
        for other in others.split(";")
        if other
    ]
    return from_pairs(len(place), *np.array(pairs).T, about="ncCR85")


@pytest.mark.parametrize(
    ("years", "first"),
    [
        ("74", [0.00169730, 0.00170538, 0.00177309, 0.00201287, 0.00353491]),
        ("79", [0.00162492, 0.00226271, 0.00186202, 0.00202962, 0.00195649]),
    ],
)
def test_empirical_bayes_of_the_sids_counties(years: str, first: list[float]) -> None:
    """Printed by spdep 1.2-7 ``EBest``; the whole column is in the fixture; esda agrees."""
    n, births = numbers(COUNTIES, f"SID{years}"), numbers(COUNTIES, f"BIR{years}")
    found = empirical_bayes(n, births)
    assert np.round(found.rate[:5], 8).tolist() == first
    assert found.rate == pytest.approx(numbers(EXPECTED, f"eb{years}"), rel=1e-10)
    assert found.rate == pytest.approx(
        esda_smoothing.Empirical_Bayes(n, births).r.ravel(), rel=1e-12
    )


def test_variance_and_mean_of_the_sids_counties() -> None:
    found = empirical_bayes(numbers(COUNTIES, "SID74"), numbers(COUNTIES, "BIR74"))
    assert f"{found.variance[0]:.6e}" == "7.692931e-07"
    assert f"{found.mean[0]:.9f}" == "0.002021445"


def test_local_empirical_bayes_of_the_sids_counties() -> None:
    """Printed by spdep 1.2-7 ``EBlocal`` on ncCR85."""
    for years in ("74", "79"):
        found = local_empirical_bayes(
            numbers(COUNTIES, f"SID{years}"), numbers(COUNTIES, f"BIR{years}"), neighbours()
        )
        assert found.rate == pytest.approx(numbers(EXPECTED, f"eb_local{years}"), rel=1e-10)
        if years == "74":
            first = [0.00099223, 0.00126390, 0.00108593, 0.00125945, 0.00512492]
            assert np.round(found.rate[:5], 8).tolist() == first


def test_smoothing_draws_small_areas_more_and_leaves_out_those_without_denominator() -> None:
    n = np.array([1.0, 30.0, 250.0, 4.0, 9.0])
    over = np.array([10.0, 1000.0, 20_000.0, 0.0, np.nan])
    found = empirical_bayes(n, over)
    raw = n[:3] / over[:3]
    assert np.isnan(found.rate[3:]).all()
    assert abs(found.rate[0] - found.mean[0]) < abs(raw[0] - found.mean[0])
    kept = (found.rate[:3] - found.mean[:3]) / (raw - found.mean[:3])
    assert (np.diff(kept) > 0).all()
    assert found.rate[:3] == pytest.approx(empirical_bayes(n[:3], over[:3]).rate)


def test_smoothing_of_nothing_equal_rates_and_islands() -> None:
    assert len(empirical_bayes(np.empty(0), np.empty(0)).rate) == 0
    alike = empirical_bayes(np.array([2.0, 4.0]), np.array([100.0, 200.0]))
    assert alike.rate == pytest.approx([0.02, 0.02])
    assert empirical_bayes(np.zeros(3), np.full(3, 9.0)).rate.tolist() == [0.0, 0.0, 0.0]
    assert np.isnan(empirical_bayes(np.ones(2), np.full(2, np.nan)).rate).all()
    island = local_empirical_bayes(
        np.array([3.0, 1.0]),
        np.array([100.0, 50.0]),
        from_pairs(2, np.empty(0), np.empty(0), about=""),
    )
    assert island.rate == pytest.approx([0.03, 0.02])
    with pytest.raises(ValueError, match="weights of 2 areas"):
        local_empirical_bayes(np.ones(3), np.ones(3), from_pairs(2, [0], [1], about=""))


@settings(max_examples=60, deadline=None)
@given(
    counts=st.lists(st.tuples(st.integers(0, 50), st.integers(1, 5000)), min_size=2, max_size=30),
    factor=st.sampled_from([0.001, 7.0, 1000.0]),
)
def test_smoothed_rates_lie_between_raw_and_mean_and_scale(
    counts: list[tuple[int, int]], factor: float
) -> None:
    n, over = np.array(counts, dtype=float).T
    found = empirical_bayes(n, over)
    raw = n / over
    low, high = np.minimum(raw, found.mean), np.maximum(raw, found.mean)
    assert ((found.rate >= low - 1e-12) & (found.rate <= high + 1e-12)).all()
    order = np.argsort(over, kind="stable")
    assert empirical_bayes(n[order], over[order]).rate == pytest.approx(found.rate[order])
    assert empirical_bayes(n, over * factor).rate == pytest.approx(found.rate / factor)


def test_exact_interval_against_tables_and_its_definition() -> None:
    """Garwood's limits as in Breslow and Day 1987, and as tail probabilities of one half each."""
    n = np.array([0, 1, 5, 10, 100])
    low, high = rates.poisson_interval(n)
    assert np.round(low, 3).tolist() == [0.0, 0.025, 1.623, 4.795, 81.364]
    assert np.round(high, 3).tolist() == [3.689, 5.572, 11.668, 18.390, 121.627]
    assert stats.poisson.sf(n[1:] - 1, low[1:]) == pytest.approx(np.full(4, 0.025))
    assert stats.poisson.cdf(n, high) == pytest.approx(np.full(5, 0.025))


@given(n=st.integers(0, 3000), level=st.sampled_from([0.8, 0.95, 0.998]))
def test_exact_interval_is_that_of_statsmodels(n: int, level: float) -> None:
    low, high = rates.poisson_interval(np.array([n]), level=level)
    expected = confint_poisson(n, 1, method="exact-c", alpha=1 - level)
    assert (low[0], high[0]) == pytest.approx(expected, rel=1e-9)


def test_byar_is_within_one_percent_from_five_cases_on() -> None:
    n = np.arange(5, 2000)
    for exact, byar in zip(
        rates.poisson_interval(n), rates.poisson_interval(n, form="byar"), strict=True
    ):
        assert (abs(byar / exact - 1) < 0.01).all()
    low, high = rates.poisson_interval(np.array([0]), form="byar")
    assert low[0] == 0.0
    assert 3 < high[0] < 4


def test_a_table_of_rates() -> None:
    found = rates.rate_table(np.array([10, 40, 0]), np.array([1000.0, 2000.0, 7000.0]))
    assert found.rate == pytest.approx([10.0, 20.0, 0.0])
    assert found.expected == pytest.approx([5.0, 10.0, 35.0])
    assert found.oe == pytest.approx([2.0, 4.0, 0.0])
    assert found.low[0] == pytest.approx(4.795, abs=1e-3)
    assert found.oe_low[0] == pytest.approx(4.795 / 5, abs=1e-3)
    assert found.why == ("", "", "少于 5 件")
    assert found.local_eb is None
    assert found.shown("rate")[:2] == pytest.approx([10.0, 20.0])
    assert np.isnan(found.shown("eb")[2])
    with pytest.raises(UserInputError, match="local_eb"):
        found.shown("local_eb")


def test_observed_over_expected_is_esda_s_excess_risk() -> None:
    n, births = numbers(COUNTIES, "SID74").astype(np.int64), numbers(COUNTIES, "BIR74")
    found = rates.rate_table(n, births, weights=neighbours())
    assert found.oe == pytest.approx(esda_smoothing.Excess_Risk(n, births).r.ravel())
    assert found.eb == pytest.approx(1000 * numbers(EXPECTED, "eb74"))
    assert found.local_eb == pytest.approx(1000 * numbers(EXPECTED, "eb_local74"))


def test_zero_missing_and_small_denominators_are_hatched_not_divided_by() -> None:
    n = np.array([10, 10, 10, 10, 3])
    over = np.array([0.0, np.nan, 99.0, 100.0, 500.0])
    found = rates.rate_table(n, over, by="household", weights=from_pairs(5, [0], [1], about=""))
    assert found.why == ("缺基数", "缺基数", "基数过小", "", "少于 5 件")
    assert found.suppressed.tolist() == [True, True, True, False, True]
    assert found.local_eb is not None
    for column in (found.rate, found.low, found.high, found.oe, found.eb, found.local_eb):
        assert np.isnan(column[:2]).all()
        assert np.isfinite(column[2:]).all()
    assert found.method.warnings == ("2 个辖区缺基数，其 20 件未计入全市发生率",)


def test_five_cases_are_enough_and_four_are_not() -> None:
    found = rates.rate_table(np.array([4, 5]), np.array([5000.0, 5000.0]))
    assert found.why == ("少于 5 件", "")


def test_few_households_hatch_whatever_is_divided_by() -> None:
    found = rates.rate_table(
        np.array([50, 50]),
        np.array([10.0, 10.0]),
        by="road_km",
        households=np.array([99.0, np.nan]),
    )
    assert found.why == ("基数过小", "")


@pytest.mark.parametrize(("wrong", "said"), [(-3.5, "-3.5"), (np.inf, "inf")])
def test_negative_and_infinite_denominators_are_named(wrong: float, said: str) -> None:
    with pytest.raises(UserInputError, match=f"常住人口为 {said}；基数应为非负数"):
        rates.rate_table(np.array([1, 2]), np.array([100.0, wrong]))
    with pytest.raises(UserInputError, match=f"户数为 {said}"):
        rates.rate_table(np.array([1]), np.array([9.0]), households=np.array([wrong]))


def test_an_unknown_denominator_is_named() -> None:
    with pytest.raises(UserInputError, match=r"footfall.*population"):
        rates.rate_table(np.array([1]), np.array([1.0]), by="footfall")


def test_no_areas_no_cases_no_denominators() -> None:
    empty = rates.rate_table(np.empty(0, np.int64), np.empty(0))
    assert (len(empty.rate), empty.why) == (0, ())
    quiet = rates.rate_table(np.zeros(2, np.int64), np.full(2, 1000.0))
    assert quiet.rate.tolist() == [0.0, 0.0]
    assert np.isnan(quiet.oe).all()  # nothing is expected, so nothing is over or under it
    unknown = rates.rate_table(np.array([9, 9]), np.full(2, np.nan))
    assert np.isnan(unknown.rate).all()
    assert unknown.suppressed.all()


def test_expected_by_kind_takes_each_kind_its_own_denominator() -> None:
    """Noise by residents, lamps by kilometres: the road through the park expects lamps only."""
    n = np.array([[30, 0], [10, 8]])
    over = np.array([[1000.0, 1.0], [1000.0, 3.0]])
    assert rates.expected_by_kind(n, over).tolist() == [20.0 + 2.0, 20.0 + 6.0]
    gap = rates.expected_by_kind(n, np.array([[1000.0, 1.0], [1000.0, np.nan]]))
    assert gap[0] == 20.0 + 0.0
    assert np.isnan(gap[1])


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 90), st.integers(0, 20), st.floats(1, 1e4), st.floats(0.1, 50)),
        min_size=1,
        max_size=20,
    )
)
def test_expected_adds_up_to_observed(rows: list[tuple[int, int, float, float]]) -> None:
    table = np.array(rows)
    n = table[:, :2].astype(np.int64)
    assert rates.expected_by_kind(n, table[:, 2:]).sum() == pytest.approx(n.sum())


def test_funnel_limits_narrow_with_size_and_hold_the_poisson_tails() -> None:
    expected = np.array([5.0, 50.0, 500.0, 0.0, np.nan])
    found = funnel(np.array([5, 50, 500, 3, 3]), expected)
    assert found.spread == 1.0
    assert (np.diff(found.high95[:3]) < 0).all()
    assert (np.diff(found.low95[:3]) > 0).all()
    assert (found.low998[:3] < found.low95[:3]).all()
    assert np.isnan(found.low95[3:]).all()
    assert found.outside.tolist() == [0, 0, 0, 0, 0]
    # 95 % of Poisson counts of 500 lie in 457…544
    assert found.high95[2] * 500 == pytest.approx(stats.poisson.ppf(0.975, 500), abs=1)


def test_funnel_names_who_is_outside_and_widens_where_all_spread() -> None:
    rng = np.random.default_rng(0)
    expected = np.full(200, 100.0)
    observed = rng.poisson(expected)
    observed[:2] = (200, 20)
    found = funnel(observed, expected)
    assert found.outside[:2].tolist() == [2, -2]
    assert (abs(found.outside[2:]) == 2).mean() < 0.02
    wild = rng.poisson(rng.gamma(10, 10, 200))
    assert funnel(wild, expected).spread > 4
    assert (funnel(wild, expected).outside != 0).mean() < 0.15
    assert len(funnel(np.empty(0, np.int64), np.empty(0)).low95) == 0
