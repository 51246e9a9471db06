"""The tails of a neighbourhood's sum: against all arrangements, exact against drawn."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.statistics import permutation
from maps.weights import k_nearest
from tests.maps.examples import lattice


def every_arrangement(values: np.ndarray, at: int, total: float, k: int) -> tuple[float, float]:
    others = np.delete(values, at)
    sums = np.array([others[list(some)].sum() for some in combinations(range(len(others)), k)])
    return float((sums >= total - 1e-9).mean()), float((sums <= total + 1e-9).mean())


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(-3, 12), min_size=2, max_size=9), st.data())
def test_exact_is_the_share_of_all_arrangements(found: list[int], data: st.DataObject) -> None:
    values = np.array(found, dtype=float)
    n = len(values)
    k = np.array([data.draw(st.integers(0, n - 1)) for _ in range(n)])
    sums = np.zeros(n)
    for at in range(n):
        others = data.draw(st.permutations([other for other in range(n) if other != at]))
        sums[at] = values[others[: k[at]]].sum()
    made = permutation.exact(values, sums, k)
    assert made is not None
    for at in range(n):
        upper, lower = every_arrangement(values, at, sums[at], int(k[at]))
        assert made.upper[at] == pytest.approx(upper, abs=1e-12)
        assert made.lower[at] == pytest.approx(lower, abs=1e-12)


@pytest.mark.parametrize("dense", [False, True])
def test_draws_come_to_the_exact_tails_also_of_fractions(dense: bool) -> None:
    rng = np.random.default_rng(4)
    xy = rng.uniform(0, 1000, (60, 2))
    weights = k_nearest(xy, 12 if dense else 4)  # 12² > 2·60: the other way to draw
    values = rng.poisson(2.0, 60).astype(float)
    sums = weights.sums(values)
    right = permutation.exact(values, sums, weights.counts)
    assert right is not None
    # five standard errors of 40,000 draws at p = 0.5
    for scale in (1.0, 0.1):
        made = permutation.drawn(
            values * scale, sums * scale, weights.counts, permutations=40_000, seed=3
        )
        assert np.abs(made.upper - right.upper).max() < 0.0125
        assert np.abs(made.lower - right.lower).max() < 0.0125


def test_a_draw_never_holds_the_place_itself() -> None:
    """One value of a thousand: were its place drawn as its own neighbour, the chance of a sum of
    a thousand would not be the least there is."""
    values = np.zeros(6)
    values[2] = 1000.0
    k = np.full(6, 3, dtype=np.int32)
    sums = np.where(np.arange(6) == 2, 0.0, 1000.0)
    sums[2] = 0.0
    for made in (
        permutation.exact(values, sums, k),
        permutation.drawn(values, sums, k, permutations=9_999, seed=1),
    ):
        assert made is not None
        assert (made.upper[2], made.lower[2]) == (pytest.approx(1.0), pytest.approx(1.0))
        # the others hold it in three draws of five
        assert made.upper[0] == pytest.approx(0.6, abs=0.03)


def test_draws_have_the_smallest_chance_of_one_in_so_many_and_the_seed_decides() -> None:
    weights = lattice(30)
    values = np.zeros(900)
    values[[31, 32, 61, 62]] = 400.0
    values += np.random.default_rng(0).uniform(0, 1, 900)
    sums = weights.sums(values)
    one = permutation.drawn(values, sums, weights.counts, permutations=999, seed=5)
    again = permutation.drawn(values, sums, weights.counts, permutations=999, seed=5)
    other = permutation.drawn(values, sums, weights.counts, permutations=999, seed=6)
    assert one.upper.min() == 1 / 1000
    assert np.array_equal(one.upper, again.upper)
    assert not np.array_equal(one.upper, other.upper)
    assert permutation.tails(values, sums, weights.counts).draws == 99_999


def test_a_million_in_one_cell_is_drawn_and_the_rest_stays_small() -> None:
    weights = lattice(20)
    values = np.random.default_rng(1).poisson(2.0, 400).astype(float)
    values[210] = 1_000_000
    made = permutation.tails(values, weights.sums(values), weights.counts)
    assert made.draws == 99_999
    around = weights.indices[weights.indptr[210] : weights.indptr[211]]
    # 8 of 399 others hold it by chance, 0.02, and then the rest has to fit: not one in a million
    assert np.all((made.upper[around] > 1e-4) & (made.upper[around] < 0.025))


def test_a_chance_too_small_for_a_number_is_not_zero() -> None:
    """A hundred neighbours all high, where the chance of each to be so is a hundredth."""
    side, k = 100, 120
    values = np.zeros(side * side)
    values[: side + 21] = 9.0
    sums = np.zeros(side * side)
    sums[:50] = 9.0 * k
    made = permutation.exact(values, sums, np.full(side * side, k, dtype=np.int32))
    assert made is not None
    assert np.all(made.upper > 0)
    assert np.all(made.two_sided > 0)
    assert made.upper[0] < 1e-200


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(3, 9), st.booleans())
def test_chances_lie_in_zero_to_one(seed: int, side: int, fractions: bool) -> None:
    rng = np.random.default_rng(seed)
    weights = lattice(side)
    values = rng.negative_binomial(1, 0.2, side * side).astype(float)
    values += rng.random(side * side) if fractions else 0.0
    made = permutation.tails(
        values, weights.sums(values), weights.counts, permutations=99 if fractions else 0
    )
    for found in (made.upper, made.lower, made.two_sided):
        assert np.all((found > 0) & (found <= 1))
    # no set is neither as large nor as small
    assert np.all(made.upper + made.lower >= 1)
