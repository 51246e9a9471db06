"""Mann–Kendall: published numbers, pymannkendall, and what always holds."""

from __future__ import annotations

import numpy as np
import pymannkendall
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.statistics import mann_kendall

SERIES = st.lists(st.integers(0, 6), min_size=2, max_size=30).map(np.array)


@pytest.mark.parametrize(
    ("series", "s", "variance", "z", "p"),
    [
        ([1, 2, 3, 4, 5], 10, 16.6667, 2.2045, 0.027486),
        ([23, 24, 29, 6, 29, 24, 24, 29, 23], 3, 83.6667, 0.2187, 0.82692),
    ],
)
def test_numbers_of_pymannkendall(
    series: list[int], s: float, variance: float, z: float, p: float
) -> None:
    """pymannkendall 1.4.3 ``original_test``; the second series is Gilbert's 1987 with ties."""
    found = mann_kendall.test(np.array(series))
    assert found.s[0] == s
    assert found.variance[0] == pytest.approx(variance, abs=5e-5)
    assert found.z[0] == pytest.approx(z, abs=5e-5)
    assert found.p[0] == pytest.approx(p, abs=5e-6)


@pytest.mark.parametrize(
    ("s", "p"),
    [
        (1, 1.0),
        (3, 0.858027697),
        (5, 0.720514774),
        (7, 0.591505051),
        (15, 0.210497618),
        (19, 0.107404709),
        (21, 0.073638320),
        (27, 0.020044684),
        (31, 0.007290363),
        (33, 0.004207492),
        (35, 0.002357483),
        (37, 0.001282215),
    ],
)
def test_numbers_published_for_boston(s: int, p: float) -> None:
    """The trends that sfdep's manual prints for Boston, ten years without ties: S = 45·tau."""
    found = mann_kendall.test(series_with(s, 10))
    # printed from single precision
    assert (found.s[0], found.p[0]) == (s, pytest.approx(p, abs=2e-7))


def series_with(s: int, n: int) -> np.ndarray:
    """n different values whose pairs rise ``s`` times more often than they fall."""
    falls = (n * (n - 1) // 2 - s) // 2
    left, series = list(range(n)), []
    while left:
        series.append(left.pop(step := min(falls, len(left) - 1)))
        falls -= step
    return np.array(series)


@settings(deadline=None, max_examples=150)
@given(SERIES)
def test_ties_as_in_pymannkendall(series: np.ndarray) -> None:
    found = mann_kendall.test(series)
    if len(set(series.tolist())) == 1:
        assert (found.s[0], found.z[0], found.p[0]) == (0.0, 0.0, 1.0)
        return
    right = pymannkendall.original_test(series)
    assert (found.s[0], found.variance[0]) == pytest.approx((right.s, right.var_s))
    assert (found.z[0], found.p[0]) == pytest.approx((right.z, right.p), abs=1e-12)


def test_series_that_resemble_themselves_as_in_pymannkendall() -> None:
    rng = np.random.default_rng(3)
    series = np.round(rng.normal(size=(40, 60)).cumsum(axis=0) + rng.integers(0, 3, (40, 60)))
    found = mann_kendall.test(series, correction="hamed_rao")
    plain = mann_kendall.test(series)
    right = [pymannkendall.hamed_rao_modification_test(series[:, at]) for at in range(60)]
    usable = np.array([one.var_s > 0 for one in right])
    assert usable.sum() > 40
    np.testing.assert_allclose(
        found.z[usable], np.array([one.z for one in right])[usable], atol=1e-9
    )
    assert np.all(found.variance > 0)
    # walks: plainly tested, nearly all of them have a trend
    assert (found.p < 0.05).sum() < (plain.p < 0.05).sum()


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.integers(2, 25), st.integers(1, 6))
def test_columns_are_tested_one_by_one_and_time_turned_round_turns_the_sign(
    seed: int, steps: int, many: int
) -> None:
    series = np.random.default_rng(seed).integers(0, 5, (steps, many)).astype(float)
    found = mann_kendall.test(series)
    for at in range(many):
        one = mann_kendall.test(series[:, at])
        assert (one.s[0], one.variance[0], one.p[0]) == (
            found.s[at], found.variance[at], found.p[at],
        )  # fmt: skip
    turned = mann_kendall.test(series[::-1])
    assert np.array_equal(turned.s, -found.s)
    assert np.array_equal(turned.p, found.p)
    assert np.all((found.p > 0) & (found.p <= 1))
    # only the order counts
    assert np.array_equal(mann_kendall.test(np.exp(series)).s, found.s)


def test_one_step_has_no_trend_and_gaps_are_refused() -> None:
    found = mann_kendall.test(np.array([[3.0, 4.0]]))
    assert (found.s.tolist(), found.p.tolist()) == ([0.0, 0.0], [1.0, 1.0])
    with pytest.raises(ValueError, match="finite"):
        mann_kendall.test(np.array([1.0, np.nan]))


def test_overlap_is_what_running_means_do_to_s() -> None:
    """2,000 series of running sums without a trend; the variance of S as worked out."""
    noise = np.random.default_rng(2).normal(size=(22, 4000))
    for back in (1, 2):
        sums = sum(noise[2 - lag : 22 - lag] for lag in range(back + 1))
        sums[0] = noise[2]
        for step in range(1, back):
            sums[step] = noise[2 : 3 + step].sum(axis=0) / np.sqrt((step + 1) / (back + 1))
        sums[0] *= np.sqrt(back + 1)
        found = mann_kendall.test(sums, overlap=back)
        # five standard errors of a variance from 4,000
        assert found.s.var() == pytest.approx(found.variance[0], rel=0.11)
        assert 0.03 < (found.p < 0.05).mean() < 0.07
    assert mann_kendall.overlapping(20, 0) == pytest.approx(1.0)
