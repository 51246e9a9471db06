"""Reports merge into incidents by links of distance and time, whatever order they come in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from maps import incidents
from maps.counting import linking
from routing.errors import UserInputError
from tests.maps.made_cases import made, none, shuffled


def partition(of_case: NDArray[np.int32]) -> set[frozenset[int]]:
    """Which cases are together, without the numbers."""
    return {frozenset(np.flatnonzero(of_case == one).tolist()) for one in np.unique(of_case)}


def brute(
    points: NDArray[np.float64], groups: NDArray[np.int32], cylinder: bool
) -> set[frozenset[int]]:
    """All pairs, looked at one by one."""
    apart = points[:, None] - points[None]
    if cylinder:
        near = ((apart[..., :2] ** 2).sum(-1) <= linking.NEAR) & (
            abs(apart[..., 2]) <= linking.NEAR
        )
    else:
        near = (apart**2).sum(-1) <= linking.NEAR
    near &= groups[:, None] == groups[None]
    return partition(connected_components(coo_array(near), directed=False)[1])


@pytest.mark.parametrize("cylinder", [True, False])
@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 150),
    wide=st.sampled_from([0.3, 2.0, 6.0, 15.0]),
    snapped=st.booleans(),
)
def test_components_are_those_of_all_pairs(
    cylinder: bool, seed: int, n: int, wide: float, snapped: bool
) -> None:
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, wide, (n, 3))
    if snapped:  # many distances of exactly 1, many equal points
        points = np.round(points * 2) / 2
    groups = rng.integers(0, 2, n).astype(np.int32)
    found = linking.components(points, groups=groups, cylinder=cylinder)
    assert partition(found) == brute(points, groups, cylinder)
    assert set(found.tolist()) == set(range(len(set(found.tolist()))))


@pytest.mark.parametrize("cylinder", [True, False])
def test_crowded_cells_are_those_of_all_pairs_too(cylinder: bool) -> None:
    rng = np.random.default_rng(3)
    # hundreds in a cell: the path that looks at pairs of cells one by one
    hearts = rng.uniform(0, 3, (8, 3))
    points = hearts[rng.integers(0, 8, 900)] + rng.normal(0, 0.05, (900, 3))
    groups = np.zeros(900, dtype=np.int32)
    found = linking.components(points, groups=groups, cylinder=cylinder)
    assert partition(found) == brute(points, groups, cylinder)
    assert 1 < len(set(found.tolist())) < 8


def test_two_crowds_hang_together_by_a_single_pair() -> None:
    rng = np.random.default_rng(4)
    left = np.column_stack([rng.uniform(0.0, 0.3, (500, 2)), np.zeros(500)])
    right = left + np.array([1.5, 0.0, 0.0])
    bridge = np.array([[0.35, 0.1, 0.0], [1.34, 0.1, 0.0]])
    groups = np.zeros(1002, dtype=np.int32)
    apart = linking.components(np.concatenate([left, right]), groups=groups[:1000], cylinder=True)
    assert len(set(apart.tolist())) == 2
    joined = linking.components(np.concatenate([left, right, bridge]), groups=groups, cylinder=True)
    assert len(set(joined.tolist())) == 1


def test_two_cells_on_with_the_one_between_occupied() -> None:
    """The first and the third point are linked, and neither hangs on the second's cell alone."""
    side = 0.5**0.5
    anchor = [0.0, -5 * side, 0.0]  # where cells begin
    points = np.array([anchor, [0.0, 0.45, 0.0], [0.70, 1.40, 0.0], [0.0, 1.44, 0.0]])
    found = linking.components(points, groups=np.zeros(4, dtype=np.int32), cylinder=True)
    assert partition(found) == {frozenset({0}), frozenset({1, 2, 3})}


def test_fifty_metres_and_fourteen_days_are_still_one_incident() -> None:
    cases = made([0, 30, 0, 51], [0, 40, 0, 0], [0, 0, 14, 0], minute=[0, 0, 0, 0])
    assert partition(incidents.merge(cases).of_case) == {frozenset({0, 1, 2, 3})}
    beyond = made([0, 50.01], [0, 0])
    assert incidents.merge(beyond).count == 2
    later = made([0, 0], [0, 0], [0, 14], minute=[599, 600])
    assert incidents.merge(later).count == 2


def test_the_window_slides_with_the_reports() -> None:
    cases = made([0, 0, 0, 0], [0, 0, 0, 0], [0, 13, 26, 41])
    assert partition(incidents.merge(cases).of_case) == {frozenset({0, 1, 2}), frozenset({3})}


def test_other_kinds_and_cases_without_place_or_kind_stay_alone() -> None:
    cases = made(
        [0, 0, np.nan, np.nan, 0, 0],
        [0, 0, 0, 0, 0, 0],
        kind=["占道", "噪声", "噪声", "噪声", None, None],
    )
    merged = incidents.merge(cases)
    assert merged.count == 6
    assert merged.reports.tolist() == [1] * 6


def test_no_case_one_case_and_all_at_one_point() -> None:
    assert incidents.merge(none()).count == 0
    assert incidents.merge(made([5.0], [5.0])).count == 1
    same = incidents.merge(made([7.0] * 300, [7.0] * 300))
    assert (same.count, same.reports.tolist(), same.extent_m.tolist()) == (1, [300], [0.0])


def test_a_million_reports_of_one_market_take_no_pairs() -> None:
    rng = np.random.default_rng(5)
    n = 1_000_000
    cases = made(rng.uniform(0, 40, n), rng.uniform(0, 40, n), rng.integers(0, 300, n))
    assert incidents.merge(cases).count == 1  # by pairs, the test would not end


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 120),
    by=st.tuples(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6)),
)
def test_order_and_place_of_the_city_do_not_matter(seed: int, n: int, by: tuple[int, int]) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 400, (2, n)).astype(float)
    cases = made(x, y, rng.integers(0, 60, n), kind=rng.choice(["占道", "噪声"], n).tolist())
    expected = partition(incidents.merge(cases).of_case)
    other, order = shuffled(cases, seed)
    again = {
        frozenset(order[list(one)].tolist()) for one in partition(incidents.merge(other).of_case)
    }
    assert again == expected
    moved = made(x + by[0], y + by[1], cases.day - cases.day.min(), kind=cases.kind)
    assert partition(incidents.merge(moved).of_case) == expected


def test_reports_add_up_and_chains_are_named() -> None:
    cases = made(np.arange(20) * 40.0, np.zeros(20))
    merged = incidents.merge(cases)
    assert merged.reports.sum() == 20
    assert (merged.count, merged.extent_m.tolist(), merged.chained) == (1, [760.0], 1)
    assert merged.within(np.array([True] * 3 + [False] * 17)) == 1


def test_index_is_reports_per_incident_and_nothing_without_incidents() -> None:
    index = incidents.reporting_index(np.array([6, 0, 4]), np.array([2, 0, 4]))
    assert index[[0, 2]].tolist() == [3.0, 1.0]
    assert np.isnan(index[1])


@pytest.mark.parametrize(("metres", "days"), [(0, 14), (-5, 14), (50, 0)])
def test_a_reach_that_is_not_positive_is_named(metres: float, days: float) -> None:
    with pytest.raises(UserInputError, match=str(min(metres, days))):
        incidents.merge(none(), reach_m=metres, reach_days=days)


def test_coordinates_beyond_any_earth_are_named_not_mixed_up() -> None:
    with pytest.raises(UserInputError, match="1e\\+13"):
        incidents.merge(made([0.0, 5e14], [0.0, 5e14], [0, 300]))
