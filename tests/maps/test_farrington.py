"""Farrington flexible against R's surveillance 1.20.3, against statsmodels, and on relations."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm

from maps.model import EPOCH
from maps.surveillance import farrington
from maps.surveillance.quasi_poisson import fit
from routing.errors import UserInputError

FIXTURES = Path(__file__).with_name("fixtures")


@pytest.fixture(scope="module")
def newport() -> tuple[np.ndarray, np.ndarray]:
    with (FIXTURES / "salm_newport.csv").open() as file:
        rows = list(csv.DictReader(file))
    days = [(date.fromisoformat(row["week"]) - EPOCH).days for row in rows]
    counts = np.array([float(row["count"]) for row in rows])
    assert (len(counts), counts.sum()) == (528, 1374)
    return counts, np.array(days, dtype=np.int32)


def judged(newport, weeks, **settings):
    counts, days = newport
    made = [
        farrington.flexible(counts, days, at=week - 1, limit_54=(0, 4), **settings)
        for week in weeks
    ]
    return {
        name: np.array([getattr(one, name)[0] for one in made])
        for name in ("observed", "expected", "bound", "p", "dispersion", "trend")
    }


def test_the_last_26_weeks_of_salmonella_newport(newport) -> None:
    """``farringtonFlexible`` with b=4 w=3 noPeriods=10 pastWeeksNotIncluded=26 pThresholdTrend=1
    nbPlugin α=0.05."""
    found = judged(newport, range(503, 529), alpha=0.05)
    assert found["bound"].astype(int).tolist() == [
        *(8, 8, 8, 8, 7, 7, 8, 9, 10, 9, 11, 11, 11, 11, 10, 10, 8, 8, 7, 8, 7, 6, 6, 6, 6, 6)
    ]
    assert found["expected"][:4].round(5).tolist() == [3.60623, 3.17086, 3.50019, 3.22271]
    assert found["trend"][:2].round(6).tolist() == [0.001828, 0.001641]
    assert found["p"][[4, 18]] == pytest.approx([0.226958, 0.0792], abs=2e-6)
    assert found["dispersion"][:2] == pytest.approx([1.62386, 1.80554], abs=2e-5)


@pytest.mark.parametrize(
    ("weeks", "settings", "bound", "expected", "p"),
    [
        (
            range(521, 529),
            {"years": 5, "half_window": 4, "alpha": 0.01},
            [9, 9, 9, 7, 8, 8, 8, 7],
            [2.71394, 2.65156, 2.49469, 1.99505, 2.00975, 1.93121, 1.84378, 1.67758],
            [0.0575, 1, 1, 0.54112, 0.526698, 0.76924, 0.481057, 0.13577],
        ),
        (
            range(521, 529),
            {"seasons": 1, "alpha": 0.01},
            [10, 11, 9, 8, 8, 7, 6, 7],
            [3.64189, 3.48529, 2.83006, 2.346, 2.40911, 1.93045, 1.70578, 1.69236],
            [0.113195, 1, 1, 0.61114, 0.642073, 0.794049, 0.474813, 0.123931],
        ),
        (
            range(521, 529),
            {"years": 3, "half_window": 2, "seasons": 6, "left_out": 20, "alpha": 0.05},
            [7, 6, 5, 5, 5, 5, 5, 4],
            [2.3917, 1.92557, 1.73017, 1.68861, 1.49012, 1.50608, 1.38746, 1.11749],
            [0.054332, 1, 1, 0.434704, 0.377769, 0.647457, 0.348422, 0.072272],
        ),
        (
            range(390, 394),
            {"years": 3, "alpha": 0.005},
            [5, 5, 5, 6],
            [1.25839, 1.19402, 1.47477, 1.71314],
            [0.141578, 0.697, 0.433693, 1],
        ),
    ],
    ids=["five years", "no seasons", "other windows", "Poisson"],
)
def test_other_settings_as_r_has_them(newport, weeks, settings, bound, expected, p) -> None:
    """``farringtonFlexible`` as above, with the settings named."""
    found = judged(newport, weeks, **settings)
    assert found["bound"].astype(int).tolist() == bound
    assert found["expected"] == pytest.approx(expected, abs=1.5e-5)
    assert found["p"] == pytest.approx(p, abs=2e-5)


def test_the_regression_equals_statsmodels() -> None:
    draws = np.random.default_rng(4)
    design = np.column_stack([np.ones(120), draws.integers(0, 2, 120), np.arange(120.0)])
    mean = np.exp(design @ [1.0, 0.4, -0.004])
    counts = draws.negative_binomial(4, 4 / (4 + mean), (3, 120)).astype(float)
    weights = draws.uniform(0.3, 1.2, (3, 120))
    made = fit(design, counts, weights)
    for at in range(3):
        other = sm.GLM(
            counts[at], design, family=sm.families.Poisson(), var_weights=weights[at]
        ).fit(scale="X2", tol=1e-12)
        assert made.beta[at] == pytest.approx(other.params, rel=1e-6)
        assert made.dispersion[at] == pytest.approx(max(other.scale, 1), rel=1e-6)
        assert made.leverage[at] == pytest.approx(
            other.get_hat_matrix_diag(observed=False), rel=1e-5
        )
        assert made.chance(-1)[at] == pytest.approx(
            2 * sm.stats.stattools.stats.t.sf(abs(other.tvalues[-1]), 117), rel=1e-5
        )


def test_an_outbreak_of_the_past_does_not_raise_the_bound_of_today(newport) -> None:
    counts, days = newport
    settings = {"at": 500, "alpha": 0.01, "limit_54": (0, 4)}
    plain = farrington.flexible(counts, days, **settings)
    before = counts.copy()
    before[442:446] += 60  # the same season of the year before
    after = farrington.flexible(before, days, **settings)
    unweighted = farrington.flexible(before, days, reweight_above=1e9, **settings)
    raised, blind = (one.bound[0] - plain.bound[0] for one in (after, unweighted))
    assert 0 <= raised < blind / 4


def test_the_last_half_year_is_not_part_of_its_own_past(newport) -> None:
    counts, days = newport
    changed = counts.copy()
    changed[500 - 26 : 500] += 40
    one = farrington.flexible(counts, days, at=500)
    other = farrington.flexible(changed, days, at=500)
    assert (one.expected, one.p) == (other.expected, other.p)


def test_many_series_at_once_are_as_one_by_one(newport) -> None:
    counts, days = newport
    draws = np.random.default_rng(1)
    table = np.stack([counts, counts[::-1], draws.poisson(0.2, 528), np.zeros(528)])
    together = farrington.flexible(table, days, at=520)
    for at in range(4):
        alone = farrington.flexible(table[at], days, at=520)
        assert together.expected[at] == pytest.approx(alone.expected[0], rel=1e-9)
        assert together.p[at] == pytest.approx(alone.p[0], rel=1e-9)


def test_nothing_ever_and_then_one() -> None:
    """Years of zeros: the expected number is small but not 0, and a single case is no alarm."""
    days = np.arange(0, 260 * 7, 7, dtype=np.int32)
    counts = np.zeros(260)
    counts[-1] = 1
    found = farrington.flexible(counts, days)
    assert 0 < found.expected[0] < 0.1
    assert np.isnan(found.bound[0]) and not found.alarm[0]  # fewer than 5 in 4 weeks
    counts[-1] = 6
    assert farrington.flexible(counts, days).alarm[0]


def test_holidays_that_wander_are_explained_by_the_extra_column() -> None:
    """Half as many in the week of 春节, which lies in another week each year."""
    days = np.arange(0, 52 * 7 * 5, 7, dtype=np.int32)
    share = np.zeros(len(days))
    share[[4, 52 + 7, 104 + 3, 156 + 6, 208 + 2]] = 1.0
    counts = np.random.default_rng(2).poisson(40 * np.where(share, 0.5, 1.0)).astype(float)
    at = 210  # the holiday week of the last year
    knows = farrington.flexible(counts, days, at=at, years=3, extra=share)
    blind = farrington.flexible(counts, days, at=at, years=3)
    assert share[at] == 1
    assert abs(knows.expected[0] - 20) < 6 < abs(blind.expected[0] - 20)


def test_a_trend_needs_three_years_and_never_leads_above_what_was_seen() -> None:
    days = np.arange(0, 300 * 7, 7, dtype=np.int32)
    rising = np.round(np.exp(np.arange(300) * 0.02) + 5)
    kept = farrington.flexible(rising, days, years=4)
    assert kept.expected[0] <= rising.max()
    short = farrington.flexible(rising, days, years=2)
    assert np.isnan(short.trend[0])
    flat = np.random.default_rng(0).poisson(9, 300).astype(float)
    assert np.isnan(farrington.flexible(flat, days, trend="tested").trend[0])
    assert np.isnan(farrington.flexible(flat, days, trend="never").trend[0])
    steady = np.random.default_rng(0).poisson(9 + np.arange(300) * 0.03).astype(float)
    assert farrington.flexible(steady, days, trend="tested").trend[0] > 0


def test_too_short_a_past_says_what_to_do(newport) -> None:
    counts, days = newport
    with pytest.raises(UserInputError, match="需要 4 年零 3 周的历史，现有 100 周"):
        farrington.flexible(counts, days, at=100)
