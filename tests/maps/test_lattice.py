"""The lattice: cells are where they are whatever is counted, sums stay, drawn ground is right."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from maps.surfaces.lattice import (
    BASE_M,
    COARSEST_M,
    covered,
    ground_lattice,
    lattice_over,
    places_on,
)
from routing.errors import UserInputError
from tests.maps.made_cases import made


def test_a_place_has_one_cell_whatever_the_ground() -> None:
    small = lattice_over((1_010.0, 2_010.0, 4_000.0, 4_000.0))
    large = lattice_over((-9_000.0, -9_000.0, 30_000.0, 30_000.0))
    x, y = np.array([1_500.0, 3_999.0, 2_222.2]), np.array([2_500.0, 3_999.0, 2_025.0])
    for lattice in (small, large):
        at = lattice.cells(x, y)
        west = lattice.x0_m + at % lattice.columns * lattice.cell_m
        south = lattice.y0_m + at // lattice.columns * lattice.cell_m
        assert (west == np.floor(x / BASE_M) * BASE_M).all()
        assert (south == np.floor(y / BASE_M) * BASE_M).all()


def test_edges_belong_to_the_east_and_north_and_outside_is_none() -> None:
    lattice = lattice_over((0.0, 0.0, 799.0, 799.0))
    at = lattice.cells(
        np.array([25.0, 0.0, 799.9, 800.0, -0.1, np.nan]), np.array([0.0, 25.0, 0.0, 0.0, 0.0, 1.0])
    )
    assert at.tolist() == [1, lattice.columns, lattice.columns - 1, -1, -1, -1]


@pytest.mark.parametrize("cell_m", [25.0, 50.0, 100.0, 800.0])
def test_coarser_cells_hold_what_their_parts_held(cell_m: float) -> None:
    lattice = lattice_over((0.0, 0.0, 3_000.0, 1_500.0))
    counts = np.random.default_rng(3).integers(0, 9, len(lattice))
    whole = lattice.summed(counts, cell_m)
    coarse = lattice.coarser(cell_m)
    assert whole.shape == coarse.shape
    assert whole.sum() == counts.sum()
    times = int(cell_m / BASE_M)
    block = counts.reshape(lattice.shape)[-times:, :times]
    assert whole[-1, 0] == block.sum()


def test_cells_that_do_not_fit_are_a_mistake_of_the_program() -> None:
    lattice = lattice_over((0.0, 0.0, 10.0, 10.0))
    for wrong in (10.0, 75.0, 1_600.0):
        with pytest.raises(ValueError, match="do not make up"):
            lattice.coarser(wrong)


def test_a_case_in_the_sea_is_named_not_computed() -> None:
    with pytest.raises(UserInputError, match="太大"):
        lattice_over((0.0, 0.0, 3e6, 3e6))
    with pytest.raises(UserInputError, match="无法使用"):
        lattice_over((0.0, 0.0, float("nan"), 1.0))


def test_without_areas_the_cases_say_where_the_city_is() -> None:
    x = np.r_[np.linspace(5_000, 6_000, 5_000), 4e6]  # one far away does not stretch it
    lattice = ground_lattice(None, made(x, np.full(len(x), 5_000.0), 0))
    assert len(lattice) * BASE_M**2 < 10 * COARSEST_M**2
    assert (lattice.cells(np.array([5_500.0]), np.array([5_000.0])) >= 0).all()
    nothing = ground_lattice(None, made([], [], 0))
    assert len(nothing) == (COARSEST_M / BASE_M) ** 2


def test_ground_is_drawn_to_two_cells_with_its_holes() -> None:
    lattice = lattice_over((0.0, 0.0, 3_900.0, 3_900.0))
    hole = shapely.box(1_500, 1_500, 2_500, 2_500)
    ring = shapely.Point(2_000, 2_000).buffer(1_800).difference(hole)
    island = shapely.box(50, 50, 250, 250)
    drawn = covered(np.array([ring, island, shapely.Polygon()], dtype=object), lattice)
    rows, columns = np.indices(lattice.shape)
    middles = shapely.points((columns + 0.5) * BASE_M, (rows + 0.5) * BASE_M)
    for shape, inside in ((ring, True), (island, True), (hole, False)):
        far = shapely.contains(shape.buffer(-2 * BASE_M), middles)
        assert far.any()
        assert (drawn[far] == inside).all()
    outside = ~shapely.intersects(shapely.union_all([ring, island]).buffer(2 * BASE_M), middles)
    assert not drawn[outside].any()


def test_each_cell_knows_its_area() -> None:
    lattice = lattice_over((0.0, 0.0, 1_500.0, 700.0))
    west, east = shapely.box(0, 0, 700, 700), shapely.box(800, 0, 1_500, 700)
    drawn = places_on(np.array([west, east], dtype=object), lattice)
    at = lattice.cells(np.array([300.0, 1_200.0, 1_550.0]), np.array([300.0, 300.0, 300.0]))
    assert drawn.ravel()[at].tolist() == [0, 1, -1]
