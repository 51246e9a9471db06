"""Neighbours: by touching, distance, number and lattice."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.model import Areas
from maps.weights import Weights, cells, contiguity, distance_band, from_pairs, k_nearest
from routing.errors import UserInputError
from routing.model import JurisdictionLevel


def of(weights: Weights, place: int) -> list[int]:
    return weights.indices[weights.indptr[place] : weights.indptr[place + 1]].tolist()


def areas(*shapes: shapely.Geometry) -> Areas:
    codes = tuple(f"A{at}" for at in range(len(shapes)))
    return Areas(
        level=JurisdictionLevel.COMMUNITY,
        codes=codes,
        names=codes,
        parents=("",) * len(shapes),
        shapes=np.array(shapes, dtype=object),
        version="test",
    )


def test_areas_touch_by_edge_corner_or_within_a_metre_and_enclaves_by_what_is_around() -> None:
    box = shapely.box
    ring = box(1000, 1000, 1100, 1100).difference(box(1040, 1040, 1060, 1060))
    found = contiguity(
        areas(
            box(0, 0, 100, 100),
            box(100, 0, 200, 100),  # an edge with 0
            box(200, 100, 300, 200),  # a corner with 1
            box(0, 100.6, 100, 200),  # a gap of 0.6 m to 0, a digitising slip
            box(0, 203, 100, 300),  # 3 m from it, a lane
            ring,
            box(1040, 1040, 1060, 1060),
        )
    )
    assert [of(found, at) for at in range(7)] == [[1, 3], [0, 2, 3], [1], [0, 1], [], [6], [5]]
    assert found.islands.tolist() == [4]


def test_band_includes_its_own_distance_and_points_at_one_place() -> None:
    found = distance_band(np.array([[0, 0], [0, 0], [300, 400], [2000, 0]], float), 500)
    assert [of(found, at) for at in range(4)] == [[1, 2], [0, 2], [0, 1], []]


@pytest.mark.parametrize("band", [0.0, -5.0, float("nan"), float("inf")])
def test_band_must_be_a_distance(band: float) -> None:
    with pytest.raises(UserInputError, match="距离阈值"):
        distance_band(np.zeros((2, 2)), band)


def test_band_over_everything_is_refused_before_memory_is_taken() -> None:
    xy = np.random.default_rng(0).uniform(0, 100, (8000, 2))
    with pytest.raises(UserInputError, match="63,992,000 对邻居"):
        distance_band(xy, 1000)


def test_nearest_leaves_out_the_place_itself_where_points_coincide() -> None:
    xy = np.array([[0, 0]] * 5 + [[10, 0]], float)
    found = k_nearest(xy, 2)
    assert found.counts.tolist() == [2] * 6
    assert all(at not in of(found, at) for at in range(6))
    assert k_nearest(xy, 99).counts.tolist() == [5] * 6
    assert k_nearest(xy[:1], 3).counts.tolist() == [0]
    with pytest.raises(UserInputError, match="最近邻个数为 0"):
        k_nearest(xy, 0)


def test_nothing_has_no_neighbours() -> None:
    none = np.empty((0, 2))
    for found in (distance_band(none, 5), k_nearest(none, 3), cells(none), contiguity(areas())):
        assert (found.n, len(found.indices), len(found.islands)) == (0, 0, 0)


@settings(deadline=None, max_examples=40)
@given(st.sets(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=1, max_size=40))
def test_squares_are_neighbours_at_king_s_moves(found: set[tuple[int, int]]) -> None:
    ij = np.array(sorted(found, key=hash))
    made = cells(ij)
    assert np.array_equal(
        made.matrix.toarray(), distance_band(ij.astype(float), 1.5).matrix.toarray()
    )


@settings(deadline=None, max_examples=40)
@given(st.sets(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=1, max_size=40))
def test_hexagons_are_neighbours_at_one_width(found: set[tuple[int, int]]) -> None:
    ij = np.array(sorted(found, key=hash))
    centres = np.column_stack([ij[:, 0] + 0.5 * (ij[:, 1] % 2), ij[:, 1] * np.sqrt(3) / 2])
    made = cells(ij, shape="hexagon")
    assert np.array_equal(made.matrix.toarray(), distance_band(centres, 1.01).matrix.toarray())


def test_a_cell_or_a_pair_given_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        cells(np.array([[1, 1], [1, 1]]))
    made = from_pairs(3, np.array([0, 0, 1, 2]), np.array([1, 1, 1, 0]), about="")
    assert [of(made, at) for at in range(3)] == [[1], [], [0]]
    with pytest.raises(ValueError, match="outside"):
        from_pairs(2, np.array([0]), np.array([2]), about="")
