"""Squares and hexagons on a lattice that stands still."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from maps import cells
from maps.cells import Shape
from maps.model import NONE
from routing.errors import UserInputError

SHAPES: tuple[Shape, ...] = ("square", "hexagon")


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(0, 200),
    size=st.sampled_from([1.0, 100.0, 250.0, 333.3]),
    far=st.sampled_from([0.0, 3_500_000.0]),
)
def test_every_point_lies_in_its_cell_and_counts_once(
    shape: Shape, seed: int, n: int, size: float, far: float
) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(-1000, 1000, (2, n)) + far
    x[rng.random(n) < 0.1] = np.nan
    found = cells.aggregate(x, y, shape=shape, size_m=size)
    assert found.n.sum() + found.unlocated == n
    assert (found.n > 0).all()
    assert len(np.unique(found.ij, axis=0)) == len(found.n)
    assert ((found.cell_of == NONE) == np.isnan(x)).all()
    located = np.flatnonzero(found.cell_of != NONE)
    assert np.bincount(found.cell_of[located], minlength=len(found.n)).tolist() == found.n.tolist()
    at = found.cell_of[located]
    corner = np.hypot(*found.ring.T).max()
    assert (np.hypot(x[located] - found.x_m[at], y[located] - found.y_m[at]) <= corner + 1e-6).all()
    for place, case in zip(at[:6], located[:6], strict=True):
        ring = found.ring + np.array([found.x_m[place], found.y_m[place]])
        assert shapely.Polygon(ring).buffer(1e-6).covers(shapely.Point(x[case], y[case]))
    order = rng.permutation(n)
    again = cells.aggregate(x[order], y[order], shape=shape, size_m=size)
    assert (again.ij.tolist(), again.n.tolist()) == (found.ij.tolist(), found.n.tolist())


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), i=st.integers(-50, 50), j=st.integers(-50, 50))
def test_moving_by_whole_cells_moves_the_counts(seed: int, i: int, j: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 2000, (2, 80)) + 0.5  # no point on an edge
    square = cells.aggregate(x, y, shape="square", size_m=128.0)
    moved = cells.aggregate(x + i * 128.0, y + j * 128.0, shape="square", size_m=128.0)
    assert (moved.ij - square.ij == [i, j]).all()
    assert moved.n.tolist() == square.n.tolist()
    hexagon = cells.aggregate(x, y, shape="hexagon", size_m=100.0)
    high = 100 * math.sqrt(3)
    slid = cells.aggregate(x + i * 100.0, y + j * high, shape="hexagon", size_m=100.0)
    assert (slid.ij - hexagon.ij == [i, 2 * j]).all()
    assert slid.n.tolist() == hexagon.n.tolist()


def test_edges_of_squares_belong_to_the_east_and_north() -> None:
    found = cells.aggregate(
        np.array([0.0, 100.0, 99.999, -0.001]), np.array([0.0, 100.0, 0.0, 0.0]), size_m=100.0
    )
    assert found.ij[found.cell_of].tolist() == [[0, 0], [1, 1], [0, 0], [-1, 0]]


def test_hexagons_take_the_nearest_centre_and_break_ties_always_alike() -> None:
    size = 100.0
    corner = size / math.sqrt(3)
    at = np.array([[50.0, 0.0], [150.0, 0.0], [0.0, corner], [50.0, corner / 2], [50.0, 0.0]])
    found = cells.aggregate(at[:, 0], at[:, 1], shape="hexagon", size_m=size)
    cell = found.cell_of
    assert cell[0] == cell[4]
    near = np.hypot(found.x_m[cell] - at[:, 0], found.y_m[cell] - at[:, 1])
    assert near == pytest.approx([50, 50, corner, corner, 50])
    assert found.ij[cell][:2].tolist() == [[1, 0], [2, 0]]
    alone = cells.aggregate(at[:1, 0], at[:1, 1], shape="hexagon", size_m=size)
    assert alone.ij.tolist() == [[1, 0]]


@pytest.mark.parametrize("shape", SHAPES)
def test_cells_tile_the_plane(shape: Shape) -> None:
    grid = np.array([(x, y) for x in range(0, 900, 30) for y in range(0, 900, 30)], float)
    found = cells.aggregate(grid[:, 0], grid[:, 1], shape=shape, size_m=120.0)
    rings = found.ring + np.column_stack([found.x_m, found.y_m])[:, None]
    polygons = shapely.polygons(rings)
    assert shapely.area(polygons) / 1e6 == pytest.approx(np.full(len(polygons), found.km2))
    assert shapely.area(polygons).sum() == pytest.approx(shapely.union_all(polygons).area)
    assert all(shapely.is_ccw(shapely.linearrings(rings)))


def test_the_sparse_way_counts_as_the_dense_way(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0, 5000, (2, 500))
    dense = cells.aggregate(x, y, shape="hexagon", size_m=50.0)
    monkeypatch.setattr(cells, "DENSE", 0)
    sparse = cells.aggregate(x, y, shape="hexagon", size_m=50.0)
    assert sparse.ij.tolist() == dense.ij.tolist()
    assert sparse.n.tolist() == dense.n.tolist()
    assert sparse.cell_of.tolist() == dense.cell_of.tolist()


@pytest.mark.parametrize("shape", SHAPES)
def test_no_point_one_point_and_a_million_in_one_cell(shape: Shape) -> None:
    empty = cells.aggregate(np.empty(0), np.empty(0), shape=shape, size_m=100.0)
    assert (len(empty.n), empty.ij.shape, empty.unlocated) == (0, (0, 2), 0)
    nowhere = cells.aggregate(np.array([np.nan]), np.array([np.nan]), shape=shape, size_m=100.0)
    assert (len(nowhere.n), nowhere.unlocated) == (0, 1)
    one = cells.aggregate(np.array([5.0]), np.array([5.0]), shape=shape, size_m=100.0)
    assert one.n.tolist() == [1]
    full = cells.aggregate(np.full(10**6, 5.0), np.full(10**6, 5.0), shape=shape, size_m=100.0)
    assert full.n.tolist() == [10**6]


@pytest.mark.parametrize("size", [0.0, -100.0, math.nan, math.inf])
def test_a_size_that_is_no_length_is_named(size: float) -> None:
    with pytest.raises(UserInputError, match=str(size)):
        cells.aggregate(np.zeros(1), np.zeros(1), size_m=size)


def test_another_shape_and_cells_too_small_to_number_are_named() -> None:
    with pytest.raises(UserInputError, match="triangle"):
        cells.aggregate(np.zeros(1), np.zeros(1), shape="triangle", size_m=1.0)  # type: ignore[arg-type]
    with pytest.raises(UserInputError, match="1e-06"):
        cells.aggregate(np.array([0.0, 1e7]), np.array([0.0, 1e7]), size_m=1e-6)
