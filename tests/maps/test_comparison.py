"""Two windows per area: the conditional test, its interval and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from maps import comparison
from maps.model import Filters, TimeWindow
from routing.errors import UserInputError
from tests.maps.made_cases import START, made, none, tiles, window


def test_ratio_interval_and_p_of_one_area() -> None:
    """20 cases in 10 days after 10 in 20 days: four times as many a day."""
    ratio, low, high, p = comparison.rate_ratio(np.array([20]), np.array([10]), (10, 20))
    assert ratio[0] == 4.0
    assert p[0] == pytest.approx(2 * stats.binom.sf(19, 30, 1 / 3))
    exact = stats.binomtest(20, 30).proportion_ci(method="exact")
    assert low[0] == pytest.approx(exact.low / (1 - exact.low) * 2)
    assert high[0] == pytest.approx(exact.high / (1 - exact.high) * 2)


def test_nothing_before_nothing_now_and_nothing_at_all() -> None:
    ratio, low, high, p = comparison.rate_ratio(np.array([6, 0, 0]), np.array([0, 6, 0]), (7, 7))
    assert ratio[:2].tolist() == [np.inf, 0.0]
    assert np.isnan(ratio[2])
    assert p.tolist() == [pytest.approx(2 * 0.5**6), pytest.approx(2 * 0.5**6), 1.0]
    assert (low[1], high[0]) == (0.0, np.inf)
    assert low[0] > 1 > high[1]
    assert (low[2], high[2]) == (0.0, np.inf)


@given(
    now=st.integers(0, 400),
    before=st.integers(0, 400),
    days=st.tuples(st.integers(1, 90), st.integers(1, 90)),
)
def test_the_other_way_round_is_the_inverse(now: int, before: int, days: tuple[int, int]) -> None:
    ratio, low, high, p = comparison.rate_ratio(np.array([now]), np.array([before]), days)
    back = comparison.rate_ratio(np.array([before]), np.array([now]), days[::-1])
    assert 0 < p[0] <= 1
    assert back[3][0] == pytest.approx(p[0], rel=1e-6, abs=1e-300)
    if now and before:
        assert back[0][0] == pytest.approx(1 / ratio[0])
        assert back[1][0] == pytest.approx(1 / high[0], rel=1e-6)
        assert low[0] < ratio[0] < high[0]


def test_by_area_finds_the_one_that_changed() -> None:
    steady = [(i * 1000 + 5, d) for i in range(6) for d in range(14) for _ in range(10)]
    more = [(6 * 1000 + 5, d) for d in range(7, 14) for _ in range(10)]
    x, day = np.array(steady + more).T
    cases = made(x, np.full(len(x), 5.0), day, community=[f"C0{at // 1000}" for at in x])
    now = Filters(window=window(7, after=7))
    found = comparison.by_area(cases, tiles(7, 1), now, now.window.before())
    assert found.now.tolist() == [70] * 7
    assert found.before.tolist() == [70] * 6 + [0]
    assert found.direction.tolist() == [0] * 6 + [1]
    assert (found.q >= found.p).all()
    assert found.change[:6].tolist() == [0.0] * 6
    assert found.days == (7, 7)


def test_changes_of_few_cases_have_no_colour() -> None:
    cases = made([5, 5, 5], [5, 5, 5], [0, 7, 7], community="C00")
    now = Filters(window=window(7, after=7))
    found = comparison.by_area(cases, tiles(1, 1), now, now.window.before())
    assert found.ratio[0] == 2.0
    assert np.isnan(found.change[0])


def test_days_that_are_not_over_are_not_compared() -> None:
    cases = made([5] * 14, [5] * 14, range(14), community="C00")
    now = Filters(window=window(7, after=7))
    found = comparison.by_area(
        cases, tiles(1, 1), now, now.window.before(), as_of=START + timedelta(days=10)
    )
    assert found.days == (3, 7)
    assert (found.now[0], found.before[0], found.ratio[0]) == (3, 7, 1.0)
    assert "两个时段天数不同，按每天件数比较" in found.method.warnings
    with pytest.raises(UserInputError, match="2026-03-09 还没有"):
        comparison.by_area(cases, tiles(1, 1), now, now.window.before(), as_of=date(2026, 3, 9))


def test_windows_that_overlap_are_refused() -> None:
    with pytest.raises(UserInputError, match="2026-03-05 至 2026-03-11"):
        comparison.by_area(
            none(),
            tiles(1, 1),
            Filters(window=window(7)),
            TimeWindow(start=date(2026, 3, 5), end=date(2026, 3, 12)),
        )


def test_no_cases_change_nothing() -> None:
    now = Filters(window=window(7, after=7))
    found = comparison.by_area(none(), tiles(2, 1), now, now.window.before())
    assert found.direction.tolist() == [0, 0]
    assert np.isnan(found.ratio).all()
    assert found.q.tolist() == [1.0, 1.0]


def test_of_a_hundred_steady_cities_hardly_any_has_a_changed_area() -> None:
    """Under the null hypothesis at most 5 % of cities show any; exact tests show fewer."""
    rng = np.random.default_rng(7)
    shown = 0
    for _ in range(100):
        now, before = rng.poisson(12, (2, 100))
        p = comparison.rate_ratio(now, before, (7, 7))[3]
        shown += bool((comparison.adjusted(p) <= comparison.LEVEL).any())
    assert shown <= 10  # 5 expected at most; more than 10 has a chance of 1 %
