"""Scan statistics: published numbers, brute force, and relations that always hold."""

from __future__ import annotations

import csv
from itertools import pairwise
from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps import scan
from maps.scanning.circles import circles
from maps.scanning.monte_carlo import simulate
from routing.errors import UserInputError

FIXTURES = Path(__file__).with_name("fixtures")


def carolina() -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    with (FIXTURES / "nc_sids.csv").open() as file:
        rows = list(csv.DictReader(file))
    seats = np.array([[float(row["x"]), float(row["y"])] for row in rows]) * 1000
    sudden = np.array([int(row["SID74"]) + int(row["SID79"]) for row in rows])
    births = np.array([float(row["BIR74"]) + float(row["BIR79"]) for row in rows])
    return [row["name"] for row in rows], seats, sudden, births


def test_the_cluster_of_sudden_infant_death() -> None:
    """Kulldorff 1997, on ``nc.sids`` of spData: reference numbers in fixtures/README.md."""
    names, seats, sudden, births = carolina()
    found = scan.poisson(seats, sudden, births, permutations=199, seed=1)
    first = found.clusters[0]
    assert {names[one] for one in first.members} == {
        "Bladen",
        "Columbus",
        "Hoke",
        "Robeson",
        "Scotland",
    }
    assert round(first.llr, 4) == 25.3807
    assert (first.observed, round(first.expected, 2)) == (139, 72.67)
    assert round(first.relative_risk, 2) == 2.01
    assert first.p == 1 / 200  # no simulation came near
    assert first.recurrence_runs == 200
    llrs = [one.llr for one in found.clusters]
    assert llrs == sorted(llrs, reverse=True)
    for one, other in pairwise(found.clusters):
        assert not set(one.members) & set(other.members)


def brute_poisson(xy, cases, population, max_share):
    """Every circle by its definition: members are all within a distance, no sums reused."""
    total, everybody, best = cases.sum(), population.sum(), 0.0
    for middle in xy:
        away = np.hypot(*(xy - middle).T)
        for radius in np.unique(away):
            inside = away <= radius
            c, e = cases[inside].sum(), total * population[inside].sum() / everybody
            if population[inside].sum() > max_share * everybody or c <= e:
                continue
            rest = total - c
            llr = c * log(c / e) + (rest * log(rest / (total - e)) if rest else 0.0)
            best = max(best, llr)
    return best


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_equals_brute_force_also_on_a_lattice_of_ties(seed: int) -> None:
    draws = np.random.default_rng(seed)
    n = int(draws.integers(2, 12))
    xy = draws.integers(0, 4, (n, 2)) * 100.0
    cases, population = draws.poisson(3, n), draws.integers(1, 9, n).astype(float)
    found = scan.poisson(xy, cases, population, permutations=1)
    llr = brute_poisson(xy, cases, population, 0.5)
    if not found.clusters:
        assert llr == 0
        return
    assert found.clusters[0].llr == pytest.approx(llr, abs=1e-9)
    # Two windows may be equally likely; then either is right, but its counts must be its own.
    one = found.clusters[0]
    assert one.observed == cases[list(one.members)].sum()
    away = np.hypot(*(xy - one.center).T)
    assert set(one.members) == set(np.flatnonzero(away <= one.radius_m + 1e-6).tolist())


def brute_space_time(xy, step, place, steps, longest, max_share):
    total, best = len(step), 0.0
    for middle in xy:
        away = np.hypot(*(xy - middle).T)
        for radius in np.unique(away):
            near = (away <= radius)[place]
            if near.sum() > max_share * total:
                continue
            for first in range(steps - longest, steps):
                late = step >= first
                c, mu = (near & late).sum(), near.sum() * late.sum() / total
                if c < 2 or c <= mu:
                    continue
                rest = total - c
                outer = rest * log(rest / (total - mu)) if rest else 0.0
                best = max(best, c * log(c / mu) + outer)
    return best


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_space_time_equals_brute_force(seed: int) -> None:
    draws = np.random.default_rng(seed)
    n, m, steps = int(draws.integers(2, 9)), int(draws.integers(2, 40)), 8
    xy = draws.integers(0, 5, (n, 2)) * 100.0
    step, place = draws.integers(0, steps, m), draws.integers(0, n, m)
    found = scan.space_time_permutation(xy, step, place, steps=steps, max_steps=3, permutations=1)
    expected = brute_space_time(xy, step, place, steps, 3, 0.5)
    assert (found.clusters[0].llr if found.clusters else 0.0) == pytest.approx(expected, abs=1e-9)
    for one in found.clusters:
        inside = np.isin(place, one.members) & (step >= one.steps[0]) & (step <= one.steps[1])
        assert one.observed == inside.sum()
        assert one.steps[1] == steps - 1


def outbreak(extra: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A lattice of 49 places over 30 days, busy in the middle and on day 10, and an outbreak at
    places 0, 1, 7 in the last three days."""
    draws = np.random.default_rng(5)
    xy = np.array([(i * 300.0, j * 300.0) for i in range(7) for j in range(7)])
    busy = np.where(np.arange(49) == 24, 30.0, 1.0)
    place = draws.choice(49, 500, p=busy / busy.sum())
    days = np.where(np.arange(30) == 10, 10.0, 1.0)
    step = draws.choice(30, 500, p=days / days.sum())
    place = np.concatenate([place, draws.choice([0, 1, 7], extra)])
    return xy, np.concatenate([step, draws.integers(27, 30, extra)]), place


def test_an_outbreak_is_found_with_its_places_and_days_not_the_busy_place_or_day() -> None:
    xy, step, place = outbreak(20)
    found = scan.space_time_permutation(xy, step, place, steps=30, max_steps=7, permutations=199)
    first = found.clusters[0]
    assert set(first.members) == {0, 1, 7}
    assert first.steps == (27, 29)
    assert first.p == 1 / 200
    quiet = scan.space_time_permutation(*outbreak(0), steps=30, max_steps=7, permutations=199)
    assert quiet.clusters[0].p > 0.05  # place 24 and day 10 are no news


def test_retrospective_finds_an_outbreak_that_is_over() -> None:
    xy, step, place = outbreak(20)
    step = np.where(step >= 27, step - 15, step)
    looks = {
        which: scan.space_time_permutation(
            xy, step, place, steps=30, max_steps=5, permutations=99, prospective=which
        )
        for which in (True, False)
    }
    assert looks[False].clusters[0].steps == (12, 14)
    assert set(looks[False].clusters[0].members) == {0, 1, 7}
    assert not looks[True].clusters or looks[True].clusters[0].p > 0.05


def test_order_of_rows_and_moving_the_map_change_nothing() -> None:
    _, seats, sudden, births = carolina()
    plain = scan.poisson(seats, sudden, births, permutations=1).clusters
    shuffled = np.random.default_rng(3).permutation(len(seats))
    moved = scan.poisson(
        seats[shuffled] + [5_000_000, -300_000],
        sudden[shuffled],
        births[shuffled],
        permutations=1,
    ).clusters
    assert [one.llr for one in moved] == pytest.approx([one.llr for one in plain])
    assert [{int(shuffled[m]) for m in one.members} for one in moved] == [
        set(one.members) for one in plain
    ]


def test_p_under_the_null_is_not_too_small() -> None:
    """Of 200 maps of pure noise, at most 10 % may have p ≤ 0.05 (binomial: 4 standard errors)."""
    draws = np.random.default_rng(11)
    xy = draws.uniform(0, 5000, (25, 2))
    people = draws.uniform(100, 900, 25)
    alarmed = 0
    for run in range(200):
        cases = draws.multinomial(60, people / people.sum())
        clusters = scan.poisson(xy, cases, people, permutations=39, seed=run).clusters
        assert not clusters or 0 < clusters[0].p <= 1
        alarmed += bool(clusters) and clusters[0].p <= 0.05
    assert alarmed <= 20


def test_giving_up_early_keeps_the_order_of_p_and_never_makes_it_smaller() -> None:
    _, seats, sudden, births = carolina()
    noise = np.random.default_rng(2).multinomial(int(sudden.sum()), births / births.sum())
    full = scan.poisson(seats, noise, births, permutations=499).clusters[0]
    early = scan.poisson(seats, noise, births, permutations=499, give_up_after=10).clusters[0]
    assert full.p > 0.05 and early.p > 0.05
    assert early.llr == full.llr
    drawn = iter([1.0, 3.0, 3.0, 3.0])
    null = simulate(lambda: next(drawn), 99, observed=2.0, give_up_after=3)
    assert null.stopped and len(null.largest) == 4
    assert null.p(2.0) == 4 / 5


@pytest.mark.parametrize("cases", [[0, 0, 0], [1, 0, 0], [7, 0, 0]])
def test_no_cases_and_all_at_one_place(cases: list[int]) -> None:
    xy = np.array([[0.0, 0.0], [100.0, 0.0], [900.0, 0.0]])
    found = scan.poisson(xy, np.array(cases), np.ones(3), permutations=19)
    if not sum(cases):
        assert found.clusters == ()
    else:
        assert found.clusters[0].members == (0,)
        assert found.clusters[0].relative_risk == float("inf")
    same = scan.poisson(np.zeros((3, 2)), np.array(cases), np.ones(3), permutations=19)
    assert same.clusters == ()  # one circle that is everything is no cluster


def test_empty_frames_have_no_clusters() -> None:
    nothing = np.zeros((0, 2))
    none = np.zeros(0, dtype=np.int32)
    assert scan.poisson(nothing, none, none.astype(float)).clusters == ()
    assert scan.space_time_permutation(nothing, none, none).clusters == ()
    one_step = scan.space_time_permutation(np.eye(2), np.zeros(5, int), np.zeros(5, int))
    assert one_step.clusters == ()


def test_places_without_population_are_left_out_and_said() -> None:
    xy = np.array([[0.0, 0.0], [100.0, 0.0], [900.0, 0.0], [0.0, 500.0]])
    found = scan.poisson(xy, np.array([5, 1, 1, 9]), np.array([1.0, 1, 1, 0]), permutations=19)
    assert all(3 not in one.members for one in found.clusters)
    assert "1 个地点没有人口，连同其 9 件" in found.method.warnings[0]


@pytest.mark.parametrize("wrong", [-1.0, float("nan")])
def test_negative_or_missing_population_is_refused(wrong: float) -> None:
    with pytest.raises(UserInputError, match="负或缺失"):
        scan.poisson(np.eye(2), np.array([1, 1]), np.array([1.0, wrong]))


def test_limits_are_checked_and_explained() -> None:
    with pytest.raises(UserInputError, match=r"max_share=1\.5"):
        circles(np.eye(2), np.ones(2), max_share=1.5, max_radius_m=None)
    with pytest.raises(UserInputError, match="没有坐标"):
        circles(np.full((2, 2), np.nan), np.ones(2), max_share=0.5, max_radius_m=None)
    with pytest.raises(UserInputError, match="permutations=0"):
        scan.poisson(np.eye(2), np.array([3, 0]), np.ones(2), permutations=0)
    with pytest.raises(UserInputError, match="时段应在"):
        scan.space_time_permutation(np.eye(2), np.array([0, 9]), np.array([0, 1]), steps=5)
    many = np.random.default_rng(0).uniform(0, 1e5, (10_000, 2))
    with pytest.raises(UserInputError, match="缩小 max_radius_m"):
        circles(many, np.ones(10_000), max_share=0.5, max_radius_m=None)


def test_caps_on_radius_and_length_hold() -> None:
    xy, step, place = outbreak(20)
    found = scan.space_time_permutation(
        xy, step, place, steps=30, max_steps=2, max_radius_m=310, permutations=19
    )
    for one in found.clusters:
        assert one.radius_m <= 310
        assert one.steps[0] >= 28
