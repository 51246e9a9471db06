"""A default point is found before anything is mapped, and a busy place is not taken for one."""

from __future__ import annotations

import numpy as np
import pytest

from maps import pileups
from maps.model import Cases, Coded
from tests.maps.made_cases import made, none, shuffled

KINDS = tuple(f"类{at}" for at in range(12))
MIX = np.array([30, 20, 12, 10, 8, 6, 5, 4, 2, 1.5, 1, 0.5]) / 100


def city(n: int = 6000, default: int = 0, market: int = 0, burst: int = 0, seed: int = 0) -> Cases:
    """A city; some of its cases are written to one point, others really happen at one place."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 20_000, (2, n))
    day = rng.integers(0, 180, n)
    kind = rng.choice(12, n, p=MIX)
    x[:default], y[:default] = 10_000.25, 9_000.75
    here = slice(default, default + market)  # stalls and noise, every day
    x[here], y[here], kind[here] = 4_000.0, 4_000.0, rng.choice([0, 3], market, p=[0.2, 0.8])
    here = slice(default + market, default + market + burst)  # a burst pipe, three days
    x[here], y[here], day[here] = 6_000.0, 6_000.0, rng.integers(50, 53, burst)
    return made(x, y, day, kind=Coded(codes=kind.astype(np.int32), labels=KINDS))


def test_a_default_point_is_found_and_named() -> None:
    cases = city(default=90)
    found = pileups.find(cases)
    assert len(found.points) == 1
    point = found.points[0]
    assert (point.x_m, point.y_m, point.n) == (
        pytest.approx(10_000.25),
        pytest.approx(9_000.75),
        90,
    )
    assert point.share == pytest.approx(90 / 6000)
    assert np.flatnonzero(found.rows).tolist() == list(range(90))
    assert "90 件（占有点工单 1.5%）落在同一点" in point.text
    assert found.method.warnings == (point.text,)


@pytest.mark.parametrize("seed", range(5))
def test_a_city_without_default_point_has_none(seed: int) -> None:
    found = pileups.find(city(market=100, burst=200, seed=seed))
    assert found.points == ()
    assert not found.rows.any()


def test_two_points_within_a_metre_are_one_and_farther_ones_are_two() -> None:
    cases = city(default=120)
    x = cases.x_m.copy()
    x[:60] += 0.9
    near = made(x, cases.y_m, cases.day - cases.day.min(), kind=cases.kind)
    assert [point.n for point in pileups.find(near).points] == [120]
    x[:60] += 50
    far = made(x, cases.y_m, cases.day - cases.day.min(), kind=cases.kind)
    assert [point.n for point in pileups.find(far).points] == [60, 60]


def test_the_few_cases_just_beside_a_pile_belong_to_it() -> None:
    cases = city(default=90)
    x = cases.x_m.copy()
    x[:5] += 0.6  # one of the two lies in another cell of the lattice of metres
    x[5:10] -= 0.6
    beside = made(x, cases.y_m, cases.day - cases.day.min(), kind=cases.kind)
    assert [point.n for point in pileups.find(beside).points] == [90]


def test_a_large_share_on_all_days_is_a_pile_whatever_its_kinds() -> None:
    found = pileups.find(city(market=300))
    assert [point.n for point in found.points] == [300]


def test_order_and_place_do_not_matter() -> None:
    cases = city(default=90, market=80)
    other, order = shuffled(cases)
    first, second = pileups.find(cases), pileups.find(other)
    assert [point.n for point in first.points] == [point.n for point in second.points]
    assert (first.rows[order] == second.rows).all()
    moved = made(
        cases.x_m + 500_000, cases.y_m - 3_000_000, cases.day - cases.day.min(), kind=cases.kind
    )
    assert (pileups.find(moved).rows == first.rows).all()


def test_few_kinds_say_nothing_about_a_small_pile() -> None:
    cases = city(default=90)
    alone = made(cases.x_m, cases.y_m, cases.day - cases.day.min(), kind="噪声")
    assert pileups.find(alone).points == ()


def test_no_case_one_case_no_place_and_all_at_one_point() -> None:
    assert pileups.find(none()).points == ()
    assert pileups.find(made([1.0], [1.0])).points == ()
    assert pileups.find(made([np.nan] * 50, [np.nan] * 50)).points == ()
    all_at_one = pileups.find(made([5.0] * 400, [5.0] * 400, np.arange(400) % 200))
    assert [(point.n, point.share) for point in all_at_one.points] == [(400, 1.0)]
    assert all_at_one.rows.all()


def test_hundreds_of_thousands_at_one_point() -> None:
    n = 300_000
    found = pileups.find(made(np.zeros(n), np.zeros(n), np.arange(n) % 365))
    assert found.points[0].n == n
