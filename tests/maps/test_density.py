"""Density against exact evaluation and against what must hold of any density."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from maps.density import (
    CLASSES,
    cell_for,
    density,
    density_breaks,
    mass_on_ground,
    silverman,
    smoothed,
)
from maps.model import Floats, Method
from maps.surfaces.lattice import Lattice, lattice_over
from maps.surfaces.relative_risk import LEAST_EXPECTED, relative, spread
from maps.surfaces.surface import Surface
from routing.errors import UserInputError

FINEST = lattice_over((0.0, 0.0, 9_999.0, 9_999.0))


def counted(x: Floats, y: Floats, bandwidth_m: float) -> tuple[Floats, Lattice]:
    at = FINEST.cells(x, y)
    counts = np.bincount(at[at >= 0], minlength=len(FINEST))
    cell = cell_for(bandwidth_m)
    return FINEST.summed(counts, cell), FINEST.coarser(cell)


def surface(x: Floats, y: Floats, bandwidth_m: float = 300.0, days: int = 30) -> Surface:
    counts, lattice = counted(np.asarray(x, float), np.asarray(y, float), bandwidth_m)
    free = np.ones(lattice.shape)  # no edge: as on an endless plain
    return density(counts, lattice, days=days, bandwidth_m=bandwidth_m, mass=free)


def exact(x: Floats, y: Floats, at_x: Floats, at_y: Floats, bandwidth_m: float) -> Floats:
    """Per km²: the sum of the kernels, one by one."""
    away = (at_x[:, None] - x) ** 2 + (at_y[:, None] - y) ** 2
    kernels = np.exp(-away / 2 / bandwidth_m**2) / (2 * math.pi * bandwidth_m**2) * 1e6
    summed: Floats = kernels.sum(axis=1)
    return summed


@pytest.mark.parametrize("bandwidth_m", [100.0, 199.0, 300.0, 500.0, 1_000.0])
def test_within_two_and_a_half_per_cent_of_the_exact_one(bandwidth_m: float) -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(5_000, 900, 3_000), rng.normal(5_000, 1_200, 3_000)
    at_x = np.r_[rng.uniform(2_000, 8_000, 500), x[:200]]
    at_y = np.r_[rng.uniform(2_000, 8_000, 500), y[:200]]
    wanted = exact(x, y, at_x, at_y, bandwidth_m)
    off = (surface(x, y, bandwidth_m).at(at_x, at_y) - wanted) / wanted.max()
    assert np.abs(off).max() < 0.025
    assert math.sqrt((off**2).mean()) < 0.005


def test_one_case_is_a_hill_at_most_a_cell_off() -> None:
    rng = np.random.default_rng(2)
    for _ in range(5):
        x, y = rng.uniform(4_000, 6_000, (2, 1))
        hill = surface(x, y, 300.0)
        row, column = np.unravel_index(hill.values.argmax(), hill.values.shape)
        cell = hill.lattice.cell_m
        away = math.hypot((column + 0.5) * cell - x[0], (row + 0.5) * cell - y[0])
        assert away <= 0.71 * cell
        peak = 1 / (2 * math.pi * 0.3**2)
        assert hill.values.max() == pytest.approx(peak, rel=0.01)


def test_nothing_is_lost_or_won() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.uniform(3_000, 7_000, (2, 400))
    counts, lattice = counted(x, y, 300.0)
    assert smoothed(counts, lattice, 300.0).sum() == pytest.approx(400, rel=1e-5)
    thirty = surface(x, y, days=30)
    assert float(thirty.values.sum()) * lattice.km2 == pytest.approx(400, rel=1e-4)
    assert np.allclose(surface(x, y, days=60).values * 2, thirty.values, rtol=1e-5)


def test_at_the_border_an_even_ground_stays_even() -> None:
    """Evenly spread cases: without the correction the border would have half."""
    x, y = np.meshgrid(np.arange(12.5, 5_000, 25), np.arange(12.5, 9_999, 25))
    counts, lattice = counted(x, y, 300.0)
    ground = np.zeros(lattice.shape, dtype=bool)
    ground[:, : int(5_000 / lattice.cell_m)] = True
    made = density(counts, lattice, days=30, bandwidth_m=300.0, ground=ground)
    middle, edge = made.at(np.array([2_500.0, 4_960.0]), np.array([5_000.0, 5_000.0]))
    assert edge == pytest.approx(middle, rel=0.02)
    assert mass_on_ground(ground, lattice, 300.0)[100, -1] < 1e-6
    assert made.at(np.array([5_200.0]), np.array([5_000.0]))[0] == 0  # off the ground


def test_no_cases_and_a_million_in_one_cell() -> None:
    nothing = surface(np.empty(0), np.empty(0))
    assert nothing.n == 0
    assert nothing.highest == 0
    heap, lattice = counted(np.array([5_000.0]), np.array([5_000.0]), 300.0)
    made = density(heap * 1_000_000, lattice, days=30, bandwidth_m=300.0)
    assert np.isfinite(made.values).all()
    assert made.values.min() >= 0
    assert made.highest == pytest.approx(1e6 / (2 * math.pi * 0.09), rel=0.01)
    # What a transform leaves far away is below anything that could be drawn.
    assert made.at(np.array([9_000.0]), np.array([9_000.0]))[0] < made.breaks[0] / 1e3


@pytest.mark.parametrize("wrong", [99.9, 5_001.0, float("nan"), float("inf"), -300.0])
def test_a_bandwidth_out_of_bounds_is_named(wrong: float) -> None:
    with pytest.raises(UserInputError, match="带宽"):
        cell_for(wrong)


def test_classes_depend_on_bandwidth_and_window_alone() -> None:
    rng = np.random.default_rng(4)
    few, many = rng.uniform(4_000, 6_000, (2, 20)), rng.uniform(4_000, 6_000, (2, 9_000))
    assert surface(*few).breaks == surface(*many).breaks
    for bandwidth in (100, 300, 1_000):
        for days in (1, 7, 30, 90, 365):
            breaks = density_breaks(bandwidth, days)
            assert len(breaks) == CLASSES
            for low, high in pairwise(breaks):
                assert high / low == pytest.approx(2) or high / low == pytest.approx(2.5)
            # One complaint alone is never drawn, three at one point always are.
            peak = 30 / min(days, 90) / (2 * math.pi * (bandwidth / 1_000) ** 2)
            assert peak < breaks[0] <= 2 * peak * 2.5 + 1e-9
    assert density_breaks(300, 90) == density_breaks(300, 365)


def test_silverman_is_advice_in_metres() -> None:
    rng = np.random.default_rng(5)
    x, y = rng.normal(0, 1_000, (2, 4_096))
    assert silverman(x, y) == pytest.approx(1_000 * 4_096 ** (-1 / 6), rel=0.03)
    assert silverman(np.r_[x, np.nan], np.r_[y, 0.0]) == silverman(x, y)
    assert silverman(np.array([1.0]), np.array([1.0])) is None
    assert silverman(np.ones(9), np.ones(9)) is None


def test_relative_risk_is_one_where_nothing_differs_and_three_where_it_is_thrice() -> None:
    rng = np.random.default_rng(6)
    x, y = rng.uniform(1_000, 9_000, (2, 60_000))
    whole = surface(x, y, 500.0)
    same = relative(surface(x[:20_000], y[:20_000], 500.0), whole)
    inside = whole.at(np.array([5_000.0]), np.array([5_000.0]))[0]
    assert inside > 0
    assert same.at(np.array([5_000.0]), np.array([5_000.0]))[0] == pytest.approx(1, abs=0.15)
    more = np.hypot(x - 5_000, y - 5_000) < 1_500
    chosen = rng.random(60_000) < np.where(more, 0.3, 0.1)
    risk = relative(surface(x[chosen], y[chosen], 500.0), whole)
    centre, away = risk.at(np.array([5_000.0, 2_000.0]), np.array([5_000.0, 2_000.0]))
    assert centre / away == pytest.approx(3, rel=0.25)
    assert isinstance(risk.method, Method)


def test_no_ratio_is_drawn_where_too_few_are_expected() -> None:
    x, y = np.random.default_rng(7).uniform(1_000, 9_000, (2, 5_000))
    few = relative(surface(x[:40], y[:40]), surface(x, y))  # 40 / 64 km² × 1.13 km² < 5
    assert 40 / 64 * 4 * math.pi * 0.09 < LEAST_EXPECTED
    assert few.highest == 0
    empty = surface(np.empty(0), np.empty(0))
    assert relative(empty, surface(x, y)).highest == 0
    assert relative(surface(x, y), empty).highest == 0


def test_residents_are_laid_evenly_on_their_area() -> None:
    lattice = FINEST.coarser(400.0)
    member = np.full(lattice.shape, -1, dtype=np.int32)
    member[:5, :4], member[10:, 10:] = 0, 1
    laid = spread(np.array([1_000.0, 300.0, 7.0]), member, lattice)
    assert laid.sum() == pytest.approx(1_300)
    assert np.ptp(laid[:5, :4]) == 0
    assert laid[7, 7] == 0


def test_the_method_says_what_was_done() -> None:
    made = surface(
        np.full(9, 5_000.0), np.full(9, 5_000.0), days=(date(2026, 3, 1) - date(2026, 2, 1)).days
    )
    assert made.method.choices["带宽"].startswith("300 m")
    assert "28 天" in made.method.choices["归一"]
    assert any("9 件" in warning for warning in made.method.warnings)
