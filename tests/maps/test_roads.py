"""Counts along roads and the density on the network, against small networks done by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from maps import network_density, road_counts
from maps.counting import road_lines
from maps.model import NONE
from maps.network_density import NetworkDensity, density
from maps.road_counts import Roads
from routing.errors import UserInputError

Line = list[tuple[float, float]]


def roads(**lines: Line) -> Roads:
    """Roads by name."""
    return Roads(
        names=tuple(lines),
        lines=np.array([shapely.LineString(line) for line in lines.values()], dtype=object),
    )


STRAIGHT = roads(东街=[(-500, 0), (500, 0)])
FORK = roads(西=[(-500, 0), (0, 0)], 东=[(0, 0), (500, 0)], 北=[(0, 0), (0, 500)])


def at(*points: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    places = np.array(points, dtype=float).reshape(-1, 2)
    return places[:, 0], places[:, 1]


def beyond(found: NetworkDensity, box: shapely.Geometry) -> float:
    """Mass on the pieces inside a box."""
    return float(found.mass[shapely.covers(box, found.pieces)].sum())


def test_cases_per_hundred_metres_of_each_road() -> None:
    found = road_counts.count(
        *at((-400, 5), (-300, -5), (0, 200), (0, 31), (900, 900), (math.nan, 0), (300, 45)), FORK
    )
    assert found.names == ("东", "北", "西")
    assert found.n.tolist() == [0, 2, 2]
    assert found.length_m.tolist() == [500.0, 500.0, 500.0]
    assert found.per_100m.tolist() == [0.0, 0.4, 0.4]
    assert (found.off_road, found.unlocated) == (2, 1)
    assert found.stretch_n.sum() == 4
    assert len(found.stretches) == 15


def test_lines_of_one_name_are_one_road_and_lines_without_length_none() -> None:
    two = Roads(
        names=("环路", "环路", "点"),
        lines=np.array(
            [
                shapely.MultiLineString([[(0, 0), (100, 0)], [(200, 0), (300, 0)]]),
                shapely.LineString([(0, 50), (50, 50)]),
                shapely.LineString([(7, 7), (7, 7)]),
            ],
            dtype=object,
        ),
    )
    found = road_counts.count(*at((10, 0), (210, 1), (20, 50)), two)
    assert found.names == ("点", "环路")
    assert found.n.tolist() == [0, 3]
    assert found.length_m.tolist() == [0.0, 250.0]
    assert np.isnan(found.per_100m[0])
    assert found.per_100m[1] == pytest.approx(1.2)


def test_equally_near_roads_and_the_reach() -> None:
    parallel = roads(甲=[(0, 0), (100, 0)], 乙=[(0, 20), (100, 20)])
    found = road_counts.count(*at((50, 10)), parallel)
    assert dict(zip(found.names, found.n.tolist(), strict=True)) == {"甲": 1, "乙": 0}
    edge = road_counts.count(*at((50, 50), (50, 50.01)), parallel)
    assert (edge.n.sum(), edge.off_road) == (1, 1)
    with pytest.raises(UserInputError, match="-1"):
        road_counts.count(*at((0, 0)), parallel, reach_m=-1)


def test_no_cases_and_no_roads() -> None:
    assert road_counts.count(*at(), FORK).n.tolist() == [0, 0, 0]
    empty = Roads(names=(), lines=np.array([], dtype=object))
    found = road_counts.count(*at((0, 0)), empty)
    assert (len(found.n), len(found.stretches), found.off_road) == (0, 0, 1)
    assert density(*at((0, 0)), empty).off_road == 1
    assert density(*at(), FORK).mass.sum() == 0
    with pytest.raises(ValueError, match="1 names do not fit 0 lines"):
        Roads(names=("a",), lines=np.array([], dtype=object))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 5))
def test_pieces_of_a_line_are_the_line(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    lines = np.array(
        [shapely.LineString(rng.integers(0, 50, (rng.integers(2, 7), 2))) for _ in range(n)]
    )
    lines = lines[shapely.length(lines) > 0]
    found = road_lines.cut(lines, rng.integers(1, 9, len(lines)))
    assert shapely.length(found.lines) == pytest.approx(found.length_m)
    for place, line in enumerate(lines):
        own = found.lines[found.of == place]
        points = np.concatenate([shapely.get_coordinates(piece) for piece in own])
        joined = shapely.LineString(points)
        assert joined.length == pytest.approx(line.length)
        assert shapely.hausdorff_distance(joined, line) < 1e-9
        assert points[0].tolist() == list(line.coords[0])


def test_quartic_kernel_integrates_to_one() -> None:
    u = np.linspace(-1, 1, 2001)
    by_hand = np.cumsum(15 / 16 * (1 - u**2) ** 2) * (u[1] - u[0])
    assert network_density.quartic_below(u) == pytest.approx(by_hand, abs=1e-3)
    assert network_density.quartic_below(np.array([-9.0, 0.0, 9.0])).tolist() == [0.0, 0.5, 1.0]


def test_on_a_straight_road_the_kernel_is_that_of_the_line() -> None:
    found = density(*at((2.5, 12.0)), STRAIGHT, bandwidth_m=100)
    middle = shapely.get_coordinates(shapely.centroid(found.pieces))[:, 0]
    u = (middle - 2.5) / 100
    by_hand = np.where(abs(u) < 1, 15 / 16 * (1 - u**2) ** 2, 0) / 100 * 100  # per 100 m
    assert found.per_100m == pytest.approx(by_hand, abs=0.01)
    assert (found.n, found.mass.sum()) == (1, pytest.approx(1.0))


def test_at_a_fork_what_arrives_is_shared_evenly_and_nothing_comes_back() -> None:
    found = density(*at((-47.5, 0.0)), FORK, bandwidth_m=200)
    arrives = 1 - float(network_density.quartic_below(np.array(47.5 / 200)))
    east = beyond(found, shapely.box(0, -1, 500, 1))
    north = beyond(found, shapely.box(-1, 0, 1, 500))
    assert east == pytest.approx(arrives / 2)
    assert north == pytest.approx(arrives / 2)
    assert beyond(found, shapely.box(-500, -1, 0, 1)) == pytest.approx(1 - arrives)


def test_at_a_crossing_of_four_each_other_arm_gets_a_third() -> None:
    cross = roads(横=[(-300, 0), (300, 0)], 竖=[(0, -300), (0, 300)])
    found = density(*at((-22.5, 0.0)), cross, bandwidth_m=100)
    arrives = 1 - float(network_density.quartic_below(np.array(22.5 / 100)))
    for arm in (
        shapely.box(0, -1, 300, 1),
        shapely.box(-1, 0, 1, 300),
        shapely.box(-1, -300, 1, 0),
    ):
        assert beyond(found, arm) == pytest.approx(arrives / 3)


def test_at_a_dead_end_it_turns_back() -> None:
    found = density(*at((482.5, 0.0)), STRAIGHT, bandwidth_m=100)
    last = beyond(found, shapely.box(480, -1, 500, 1))
    below = network_density.quartic_below
    by_hand = below(np.array([0.175, 0.375, -0.025])) @ [1, 1, -1] - below(np.array(0.175))
    assert last == pytest.approx(float(by_hand))
    assert found.mass.sum() == pytest.approx(1.0)


def test_a_street_that_ends_beside_a_road_by_centimetres_joins_it() -> None:
    near = roads(横=[(-300, 0), (300, 0)], 竖=[(0.013, 0.04), (0.013, 300)])
    found = density(*at((0.0, 100.0)), near, bandwidth_m=200)
    assert beyond(found, shapely.box(-300, -1, 300, 0.2)) > 0.1


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    streets=st.integers(1, 8),
    bandwidth=st.sampled_from([20.0, 90.0, 300.0]),
)
def test_no_case_is_lost_on_any_network(seed: int, streets: int, bandwidth: float) -> None:
    rng = np.random.default_rng(seed)
    ends = rng.integers(0, 40, (streets, 2, 2)) * 10.0
    lines = shapely.linestrings(ends)
    town = Roads(names=tuple(map(str, range(streets))), lines=lines)
    x, y = rng.uniform(0, 400, (2, 40))
    found = density(x, y, town, bandwidth_m=bandwidth)
    assert found.mass.sum() == pytest.approx(found.n)
    assert found.n + found.off_road == 40
    assert (found.mass >= 0).all()
    assert found.length_m.sum() == pytest.approx(shapely.union_all(lines).length, rel=0.01, abs=1)
    order = rng.permutation(40)
    assert density(x[order], y[order], town, bandwidth_m=bandwidth).mass == pytest.approx(
        found.mass
    )


def test_many_short_roads_end_and_keep_every_case() -> None:
    """A yard of alleys every 5 m: ways double at each corner, 40 corners deep."""
    alleys = {f"h{i}": [(0.0, i * 5.0), (100.0, i * 5.0)] for i in range(21)}
    alleys |= {f"v{i}": [(i * 5.0, 0.0), (i * 5.0, 100.0)] for i in range(21)}
    found = density(*at((51.0, 50.0)), roads(**alleys), bandwidth_m=200)
    assert found.mass.sum() == pytest.approx(1.0)


def test_a_million_cases_at_one_lamp_spread_as_one() -> None:
    n = 1_000_000
    many = density(np.full(n, 1.0), np.zeros(n), STRAIGHT)
    one = density(*at((1.0, 0.0)), STRAIGHT)
    assert many.mass / n == pytest.approx(one.mass)


def test_a_bandwidth_below_a_piece_is_named() -> None:
    with pytest.raises(UserInputError, match="5"):
        density(*at((0, 0)), STRAIGHT, bandwidth_m=5)


def test_snapping_keeps_the_order_of_cases() -> None:
    pieces = road_lines.cut(STRAIGHT.lines, np.array([10]))
    found = road_lines.snap(*at((450, 0), (math.nan, 0), (-450, 3), (0, 99)), pieces, reach_m=30)
    assert found.piece.tolist() == [9, NONE, 0, NONE]
    assert found.along_m[[0, 2]].tolist() == [50.0, 50.0]
