"""Optimised hot spots: what is derived, that it is written down, and bad input."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from maps.hotspots import optimised
from routing.errors import UserInputError


def town(n: int = 3000, cluster: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = np.concatenate([rng.uniform(0, 12_000, n), rng.normal(4_000, 250, cluster)])
    y = np.concatenate([rng.uniform(0, 9_000, n), rng.normal(6_000, 250, cluster)])
    return x + 500_000, y + 3_400_000


def test_finds_the_cluster_and_writes_down_every_choice() -> None:
    x, y = town()
    found = optimised(x, y)
    hot = found.gi.bin == 3
    away = np.hypot(found.x_m - 504_000, found.y_m - 3_406_000)
    assert hot[away < 300].all()
    assert not hot[away > 2_500].any()
    assert found.n.sum() == 3400
    assert (found.n == 0).any()
    choices = found.method.choices
    for name in ("事件", "不同位置", "分析范围", "格网边长", "格网", "距离阈值", "邻居", "显著性"):
        assert name in choices
    assert choices["格网边长"].startswith(f"{found.size_m:g} 米")
    assert choices["距离阈值"].startswith(f"{found.band_m:.0f} 米（增量 Moran's I 的第一个峰值")
    # twice the nearest distance of 3,400 random places on 108 km² is about 180 m
    assert 130 <= found.size_m <= 230


def test_each_case_lies_in_its_cell_and_order_does_not_matter() -> None:
    x, y = town(500, 100)
    found = optimised(x, y)
    at = {tuple(cell): count for cell, count in zip(found.ij.tolist(), found.n, strict=True)}
    cells = np.floor(np.column_stack([x, y]) / found.size_m).astype(int)
    for cell in np.unique(cells, axis=0).tolist():
        assert at[tuple(cell)] == (cells == cell).all(axis=1).sum()
    order = np.random.default_rng(1).permutation(len(x))
    again = optimised(x[order], y[order])
    assert np.array_equal(again.gi.bin, found.gi.bin)
    assert again.method == found.method


def test_moved_by_whole_cells_everything_moves_along() -> None:
    x, y = town(500, 100)
    found = optimised(x, y)
    moved = optimised(x + 20 * found.size_m, y - 10 * found.size_m)
    assert np.array_equal(moved.ij, found.ij + np.array([20, -10]))
    np.testing.assert_allclose(moved.gi.z, found.gi.z, atol=1e-9)


def test_where_cases_could_be_is_counted_with_zeros() -> None:
    x, y = town(500, 100)
    inside = optimised(x, y, size_m=500.0)
    ground = (490_000.0, 3_400_000.0, 520_000.0, 3_409_000.0)
    wide = optimised(x, y, extent=ground, size_m=500.0)
    shaped = optimised(x, y, extent=shapely.box(*ground), size_m=500.0)
    assert len(wide.n) == len(shaped.n) > 2 * len(inside.n)
    assert wide.method.choices["分析范围"] == "指定范围"
    assert "指定" in wide.method.choices["格网边长"]
    banded = optimised(x, y, size_m=500.0, band_m=1234.0)
    assert (banded.band_m, banded.method.choices["距离阈值"]) == (1234.0, "1234 米（指定）")


def test_without_a_peak_the_distance_is_that_of_a_usual_neighbourhood() -> None:
    rng = np.random.default_rng(5)
    found = optimised(rng.uniform(0, 8_000, 900), rng.uniform(0, 8_000, 900))
    assert "无峰值" in found.method.choices["距离阈值"]
    assert "30 个邻居" in found.method.choices["距离阈值"]
    assert not found.gi.hot.any()


@pytest.mark.parametrize("n", [0, 1, 59])
def test_too_few_incidents(n: int) -> None:
    x, y = town(100, 0)
    with pytest.raises(UserInputError, match=f"只有 {n} 件，少于 60 件"):
        optimised(x[:n], y[:n])


def test_incidents_without_a_place_do_not_count() -> None:
    x, y = town(100, 0)
    x[20:] = np.nan
    with pytest.raises(UserInputError, match="只有 20 件"):
        optimised(x, y)


def test_all_at_one_place_or_on_too_little_ground() -> None:
    with pytest.raises(UserInputError, match="200 件事件全部位于同一点"):
        optimised(np.full(200, 500_000.0), np.full(200, 3_400_000.0))
    rng = np.random.default_rng(0)
    with pytest.raises(UserInputError, match="个格网，少于 30 个"):
        optimised(rng.uniform(0, 90, 500), rng.uniform(0, 90, 500))
    with pytest.raises(UserInputError, match="超过 1,000,000 个"):
        optimised(*town(), size_m=5.0)
    with pytest.raises(UserInputError, match="格网边长为 0"):
        optimised(*town(), size_m=0.0)


def test_a_pile_up_and_a_far_point_do_not_decide_the_size_of_cells() -> None:
    x, y = town(2000, 0)
    plain = optimised(x, y).size_m
    piled = optimised(np.append(x, np.full(5000, x[0])), np.append(y, np.full(5000, y[0])))
    assert piled.size_m == plain
    far = optimised(np.append(x, x.max() + 3_000), np.append(y, y.max()))
    assert abs(far.size_m - plain) <= 10
    assert "离群点" in far.method.choices["格网边长"]
