"""Shared borders, and what gathers near them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from maps import border_view
from maps.counting.borders import SharedBorders, shared_borders
from maps.model import Areas, Filters
from routing.errors import UserInputError
from tests.maps.made_cases import everything, made, none, shuffled, tiles, window


def of(*shapes: shapely.Geometry) -> Areas:
    """Areas with the codes A, B, C … ."""
    codes = tuple("ABCDEFGH"[: len(shapes)])
    return replace(
        tiles(1, 1),
        codes=codes,
        names=codes,
        parents=("",) * len(codes),
        shapes=np.array(shapes, dtype=object),
    )


def pairs(found: SharedBorders) -> dict[tuple[int, int], float]:
    return {
        (int(a), int(b)): round(float(length), 3)
        for a, b, length in zip(found.left, found.right, found.length_m, strict=True)
    }


def test_sides_are_borders_and_corners_are_not() -> None:
    assert pairs(shared_borders(tiles(2, 2))) == {
        (0, 1): 1000.0,
        (0, 2): 1000.0,
        (1, 3): 1000.0,
        (2, 3): 1000.0,
    }


def test_a_corner_that_only_one_of_them_has() -> None:
    """One long side against two short ones, also where it is slanted."""
    long, upper, lower = (
        shapely.box(0, 0, 100, 200),
        shapely.box(100, 80, 200, 200),
        shapely.box(100, 0, 200, 80),
    )
    expected = {(0, 1): 120.0, (0, 2): 80.0, (1, 2): 100.0}
    assert pairs(shared_borders(of(long, upper, lower))) == expected
    turned = [shapely.affinity.rotate(one, 33, origin=(0, 0)) for one in (long, upper, lower)]
    assert pairs(shared_borders(of(*turned))) == pytest.approx(expected)


def test_slivers_between_and_strips_claimed_twice() -> None:
    gap = pairs(shared_borders(of(shapely.box(0, 0, 100, 100), shapely.box(100.4, 0, 200, 100))))
    assert gap == {(0, 1): 100.0}
    over = pairs(shared_borders(of(shapely.box(0, 0, 100, 100), shapely.box(99.6, 0, 200, 100))))
    assert over == {(0, 1): pytest.approx(100.0, abs=1)}
    lane = shared_borders(of(shapely.box(0, 0, 100, 100), shapely.box(103, 0, 200, 100)))
    assert pairs(lane) == {}


def test_a_border_partly_exact_and_partly_slivered_is_whole() -> None:
    left = shapely.Polygon([(0, 0), (100, 0), (100, 50), (99.7, 75), (100, 100), (0, 100)])
    right = shapely.Polygon([(100, 0), (200, 0), (200, 100), (100, 100), (100, 50)])
    found = pairs(shared_borders(of(left, right)))
    assert found == {(0, 1): pytest.approx(100.0, abs=0.1)}


def test_an_enclave_shares_its_ring_and_islands_share_nothing() -> None:
    outer = shapely.box(0, 0, 100, 100) - shapely.box(40, 40, 60, 60)
    assert pairs(shared_borders(of(outer, shapely.box(40, 40, 60, 60)))) == {(0, 1): 80.0}
    assert pairs(shared_borders(of(shapely.box(0, 0, 9, 9), shapely.box(500, 0, 600, 9)))) == {}
    assert pairs(shared_borders(of(shapely.box(0, 0, 9, 9)))) == {}
    assert pairs(shared_borders(tiles(0, 0))) == {}


def test_borders_of_a_random_tiling_are_all_edges_but_the_outer() -> None:
    rng = np.random.default_rng(0)
    seeds = shapely.multipoints(rng.uniform(0, 5000, (80, 2)))
    frame = shapely.box(0, 0, 5000, 5000)
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=frame))
    cells = shapely.intersection(cells, frame)
    areas = replace(of(), codes=tuple(map(str, range(80))), shapes=cells)
    found = shared_borders(areas)
    inner = (shapely.length(cells).sum() - shapely.length(frame)) / 2
    assert found.length_m.sum() == pytest.approx(inner, rel=0.002)  # less corners under 5 m
    for a, b, line in zip(found.left, found.right, found.lines, strict=True):
        both = shapely.intersection(shapely.boundary(cells[a]), shapely.buffer(cells[b], 0.01))
        assert shapely.hausdorff_distance(line, both) < 0.1


def near_border(metres: list[float]) -> NDArray[np.float64]:
    """Places beside the border between the first and the second tile."""
    return np.array([1000.0 + one for one in metres])


def test_counts_near_a_border_with_rates_per_kilometre() -> None:
    x = near_border([-50, -49, 0, 20, 50.01, 400])
    cases = made(x, np.full(6, 500.0), overridden=[1, 0, -1, 1, 1, 1], returned=[1, 0, 0, -1, 1, 1])
    found = border_view.rank(cases, tiles(2, 1), everything())
    (border,) = found.items
    assert (border.left, border.right, border.left_name) == ("C00", "C01", "C00社区")
    assert (border.cases, border.decided, border.overrides, border.returns) == (4, 3, 2, 1)
    km = 1.0 + np.pi / 2 * 0.05
    assert border.per_km == pytest.approx(4 / km)
    assert border.per_km_low < border.per_km < border.per_km_high
    assert border.overrides_per_km == pytest.approx(2 / km)
    assert border.length_m == pytest.approx(1000.0)
    assert border.line.length == pytest.approx(1000.0)
    assert (found.cases, found.returns_recorded, border.hint) == (4, True, "")


def test_returns_that_are_not_recorded_are_none_and_never_zero() -> None:
    cases = made(near_border([0, 1]), [500.0, 500.0], overridden=0)
    found = border_view.rank(cases, tiles(2, 2), everything())
    assert {border.returns for border in found.items} == {None}
    assert not found.returns_recorded
    assert any("未记录" in one for one in found.method.warnings)
    partly = made(
        [1000.0, 1000.0, 500.0], [500.0, 1500.0, 1000.0], returned=[-1, 0, -1], overridden=0
    )
    by_pair = {
        (one.left, one.right): one.returns
        for one in border_view.rank(partly, tiles(2, 2), everything()).items
    }
    assert by_pair == {
        ("C00", "C01"): None,
        ("C10", "C11"): 0,
        ("C00", "C10"): None,
        ("C01", "C11"): 0,
    }


def test_the_border_with_more_overrides_than_chance_is_to_be_checked() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0, 3000, (2, 3000))
    overridden = (rng.random(3000) < 0.05).astype(np.int8)
    near = (abs(x - 1000) < 40) & (y < 1000)
    overridden[near] = rng.random(near.sum()) < 0.7
    found = border_view.rank(made(x, y, overridden=overridden), tiles(3, 3), everything())
    first = found.items[0]
    assert (first.left, first.right, first.hint) == ("C00", "C01", border_view.CHECK)
    assert first.q is not None
    assert first.q < 0.001
    assert [one.hint for one in found.items[1:]] == [""] * (len(found.items) - 1)


def test_a_crowded_border_without_overrides_wants_a_rule() -> None:
    x = np.concatenate([np.full(80, 1000.0), np.arange(100) * 30.0])
    y = np.concatenate([np.linspace(100, 900, 80), np.full(100, 1500.0)])
    found = border_view.rank(made(x, y, overridden=0), tiles(3, 3), everything())
    hints = {(one.left, one.right): one.hint for one in found.items}
    assert hints.pop(("C00", "C01")) == border_view.AGREE
    assert set(hints.values()) == {""}


def test_few_cases_warrant_no_hint() -> None:
    cases = made([1000.0] * 4, [500.0] * 4, overridden=1)
    assert border_view.rank(cases, tiles(2, 2), everything()).items[0].hint == ""


def test_a_corner_of_three_counts_at_each_border_but_once_in_all() -> None:
    found = border_view.rank(made([1000.0], [1000.0]), tiles(2, 2), everything())
    assert [one.cases for one in found.items] == [1, 1, 1, 1]
    assert found.cases == 1


def test_only_borders_between_different_ones_above() -> None:
    areas = tiles(2, 2, parents=("S1", "S1", "S2", "S2"))
    found = border_view.rank(made([5.0], [1000.0]), areas, everything(), between_parents=True)
    assert {(one.left, one.right) for one in found.items} == {("C00", "C10"), ("C01", "C11")}


def test_order_filter_and_prepared_borders_change_nothing_else() -> None:
    rng = np.random.default_rng(1)
    areas = tiles(3, 3)
    cases = made(
        rng.uniform(0, 3000, 400),
        rng.uniform(0, 3000, 400),
        rng.integers(0, 20, 400),
        overridden=rng.integers(-1, 2, 400),
    )
    filters = Filters(window=window(10))

    def key(one: border_view.Border) -> tuple[object, ...]:
        return one.left, one.right, one.cases, one.overrides, one.per_km, one.hint

    found = [key(one) for one in border_view.rank(cases, areas, filters).items]
    other = border_view.rank(shuffled(cases)[0], areas, filters, borders=shared_borders(areas))
    assert [key(one) for one in other.items] == found
    chosen = border_view.rank(cases.take(filters.rows(cases)), areas, everything())
    assert [key(one) for one in chosen.items] == found


def test_no_cases_one_area_and_widths_that_make_no_sense() -> None:
    found = border_view.rank(none(), tiles(2, 1), everything())
    assert (found.items[0].cases, found.items[0].returns, found.items[0].q) == (0, None, None)
    assert border_view.rank(none(), tiles(1, 1), everything()).items == ()
    for metres in (0.0, -10.0, 2000.0):
        with pytest.raises(UserInputError, match=str(metres)):
            border_view.rank(none(), tiles(2, 1), everything(), metres=metres)


def test_on_chance_alone_hardly_any_map_gives_a_hint() -> None:
    """At most 5 % of maps are expected to; of 100, more than 10 has a chance of 1 %."""
    rng = np.random.default_rng(2026)
    areas = tiles(4, 4)
    borders = shared_borders(areas)
    hinted = 0
    for _ in range(100):
        x, y = rng.uniform(0, 4000, (2, 1500))
        cases = made(x, y, overridden=rng.random(1500) < 0.2)
        found = border_view.rank(cases, areas, everything(), borders=borders)
        hinted += any(one.hint for one in found.items)
    assert hinted <= 10
