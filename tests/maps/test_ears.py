"""EARS: R's numbers, CDC's C3, day factors, and relations that always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.surveillance import ears
from maps.surveillance.day_factors import HOLIDAY, day_factors, day_kinds, weekly
from routing.errors import UserInputError

Y = np.array([10, 12, 9, 11, 13, 8, 10, 12, 11, 9, 30, 14, 10, 9, 28, 27, 12], dtype=float)
C1_BOUNDS = [
    *(15.73836, 16.27507, 15.88122, 15.88122, 36.66513, 36.81771, 36.47277, 36.61782),
    *(44.14746, 48.17956),
]
"""``earsC`` of surveillance 1.20.3, baseline 7, α = 0.001, minSigma 0, from t = 8."""


def test_bounds_as_r_has_them() -> None:
    c1 = ears.c1(Y, minimal_sigma=0)
    c2 = ears.c2(Y, minimal_sigma=0)
    assert c1.bound[7:].round(5).tolist() == C1_BOUNDS
    assert c2.bound[9:].round(5).tolist() == C1_BOUNDS[:8]
    assert np.isnan(c1.bound[:7]).all() and np.isnan(c2.bound[:9]).all()
    assert c2.alarm.nonzero()[0].tolist() == [10]  # 30; the 28 of day 15 hides in its own baseline
    assert (c1.p[:7] == 1).all() and ((c1.p > 0) & (c1.p <= 1)).all()


def test_other_settings_as_r_has_them() -> None:
    """``earsC`` with baseline 5, α = 0.01, minSigma 2."""
    c1 = ears.c1(Y, baseline=5, alpha=0.01, minimal_sigma=2)
    assert c1.bound[5:10].round(5).tolist() == [15.6527, 15.42402, 14.8527, 15.4527, 15.4527]
    c2 = ears.c2(Y, baseline=5, alpha=0.01, minimal_sigma=2)
    assert c2.bound[7:10].round(5).tolist() == [15.6527, 15.42402, 14.8527]


def test_c3_is_the_sum_of_three_days_above_one() -> None:
    """CDC's form, by its definition."""
    total = ears.c3(Y, minimal_sigma=0)
    for at in range(11, len(Y)):
        by_hand = 0.0
        for day in range(at - 2, at + 1):
            base = Y[day - 9 : day - 2]
            by_hand += max(0.0, (Y[day] - base.mean()) / base.std(ddof=1) - 1)
        assert total[at] == pytest.approx(by_hand)
    assert np.isnan(total[:11]).all()


def test_c3_sees_a_rise_that_no_single_day_shows() -> None:
    """Three days at two standard deviations: C2 is silent, C3 is not."""
    base = np.array([8, 12, 8, 12, 8, 12, 10], dtype=float)
    rising = np.concatenate([base, base, [14.5, 14.5, 14.5]])
    assert not ears.c2(rising, lag=2).alarm[-1]
    assert ears.c3(rising)[-1] > ears.C3_ABOVE


def test_weeks_without_a_case_are_not_an_alarm_at_the_first() -> None:
    counts = np.zeros(20)
    counts[-1] = 1
    assert not ears.c2(counts).alarm[-1]
    counts[-1] = 2
    assert ears.c2(counts).alarm[-1]
    assert ears.c2(counts, minimal_sigma=0).bound[-1] == 0


@given(st.integers(0, 5000))
@settings(max_examples=30, deadline=None)
def test_the_step_itself_never_moves_its_own_bound_and_more_is_never_less_likely(seed: int) -> None:
    draws = np.random.default_rng(seed)
    counts = draws.poisson(6, (3, 20)).astype(float)
    more = counts.copy()
    more[:, -1] += draws.integers(1, 9)
    for judge in (ears.c1, ears.c2):
        for kappa in (None, 0.1):
            one, other = judge(counts, overdispersion=kappa), judge(more, overdispersion=kappa)
            assert one.bound[:, -1] == pytest.approx(other.bound[:, -1])
            assert (other.p[:, -1] <= one.p[:, -1]).all()
    # C2 leaves the two steps before it free as well.
    lately = counts.copy()
    lately[:, -3:-1] += 50
    assert ears.c2(lately).bound[:, -1] == pytest.approx(ears.c2(counts).bound[:, -1])


def test_p_keeps_its_word_on_noise() -> None:
    """40,000 series of noise: p ≤ α at most twice as often as α says (0.0017 at 0.001)."""
    draws = np.random.default_rng(7)
    for mean, kappa in ((2.0, 0.0), (8.0, 0.15)):
        shape = (40_000, 10)
        rate = draws.gamma(1 / kappa, mean * kappa, shape) if kappa else np.full(shape, mean)
        counts = draws.poisson(rate).astype(float)
        p = ears.c2(counts, overdispersion=kappa).p[:, -1]
        for alpha in (0.01, 0.001):
            assert (p <= alpha).mean() <= 2 * alpha
        plain = ears.c2(counts).p[:, -1]
        assert (plain <= 0.01).mean() <= 0.022  # skewed counts: twice as often


def test_seven_values_are_too_few_for_the_normal_tail() -> None:
    """Why p is not taken from the bound: α = 0.001 alarms ten times as often."""
    counts = np.random.default_rng(3).poisson(8, (40_000, 10)).astype(float)
    assert ears.c2(counts).alarm[:, -1].mean() > 0.005


def test_settings_are_checked() -> None:
    with pytest.raises(UserInputError, match="baseline=1"):
        ears.c1(Y, baseline=1)
    with pytest.raises(UserInputError, match="alpha=2"):
        ears.c1(Y, alpha=2)
    with pytest.raises(UserInputError, match="日型系数"):
        ears.c1(Y, factors=np.zeros(len(Y)))
    assert np.isnan(ears.c1(Y[:3]).bound).all()


def test_kinds_of_days_with_a_holiday_and_a_working_weekend() -> None:
    # 2026-10-01 is a Thursday, the 10th a Saturday at work for it.
    first = 20_727
    kinds = day_kinds(np.arange(first, first + 10), range(first, first + 7), [first + 9])
    assert kinds.tolist() == [*[HOLIDAY] * 7, 3, 4, 2]


def test_factors_learn_weekends_and_holidays_but_not_from_the_day_judged() -> None:
    days = np.arange(20_000, 20_400)
    off = [day for day in days if 100 <= day - 20_000 < 107 or day - 20_000 >= 395]
    kinds = day_kinds(days, off, [])
    truth = np.where(kinds == HOLIDAY, 0.4, np.where(kinds >= 5, 0.7, 1.0))
    counts = np.random.default_rng(0).poisson(200 * truth)
    made = day_factors(counts[None], kinds, until=393)
    ratio = made / truth
    plain = kinds != HOLIDAY
    assert np.ptp(ratio[plain]) / ratio[plain].mean() < 0.1
    assert made[kinds == HOLIDAY][0] / made[kinds == 2][0] == pytest.approx(0.4, abs=0.08)
    flood = counts.copy()
    flood[393:] = 10_000
    assert (day_factors(flood[None], kinds, until=393) == made).all()


def test_without_cases_or_past_every_factor_is_one() -> None:
    kinds = day_kinds(np.arange(20_000, 20_070), [], [])
    assert (day_factors(np.zeros((2, 70)), kinds, until=63) == 1).all()
    assert (day_factors(np.ones((1, 70)), kinds, until=0) == 1).all()


def test_a_quiet_sunday_is_judged_as_a_sunday() -> None:
    """Three times as many on Mondays: without factors they hide what happens on a Sunday."""
    kinds = day_kinds(np.arange(20_000, 20_070), [], [])
    truth = np.where(kinds == 0, 3.0, 1.0)
    counts = np.random.default_rng(5).poisson(10 * truth).astype(float)
    factors = day_factors(counts[None], kinds, until=63)
    mondays = np.flatnonzero(kinds == 0)[-4:]
    assert not ears.c2(counts, factors=factors).alarm[mondays].any()
    sunday = np.flatnonzero(kinds == 6)[-1]
    counts[sunday] += 16
    assert not ears.c2(counts).alarm[sunday]
    assert ears.c2(counts, factors=factors).alarm[sunday]


def test_weeks_end_with_the_last_day() -> None:
    assert weekly(np.arange(16.0)).tolist() == [sum(range(2, 9)), sum(range(9, 16))]
    assert weekly(np.ones((2, 6))).shape == (2, 0)
