"""Clusters of repeated complaints in space and time."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from maps import clusters
from maps.model import Cases, Filters
from routing.errors import UserInputError
from tests.maps.made_cases import START, everything, made, none, shuffled, window


def scattered(n: int = 300, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 20_000, n), rng.uniform(0, 20_000, n), rng.integers(0, 300, n)


def with_clusters(seed: int = 0, *, of_one_kind: int = 20) -> Cases:
    """Two groups in a scatter: rows 0–19, the first ``of_one_kind`` of a kind of their own, and
    20–29."""
    rng = np.random.default_rng(seed)
    x, y, day = scattered(seed=seed)
    x[:20], y[:20], day[:20] = (*rng.normal(5000, 30, (2, 20)), rng.integers(100, 120, 20))
    x[20:30], y[20:30], day[20:30] = (*rng.normal(9000, 30, (2, 10)), rng.integers(10, 20, 10))
    return made(x, y, day, kind=["占道"] * of_one_kind + ["噪声"] * (300 - of_one_kind))


def test_groups_in_a_scatter_are_found_with_what_they_are() -> None:
    found = clusters.find(with_clusters(), everything())
    assert [set(range(20)) <= set(found.items[0].rows.tolist()), len(found.items)] == [True, 2]
    assert set(range(20, 30)) <= set(found.items[1].rows.tolist())
    first = found.items[0]
    assert np.hypot(first.x_m - 5000, first.y_m - 5000) < 60
    assert first.span_m < 250
    assert first.kinds[0] == ("占道", 20)
    assert first.first >= START + timedelta(days=70)
    assert first.days == (first.last - first.first).days + 1
    assert first.days < 90


def test_two_kinds_at_one_gate_are_two_matters() -> None:
    both = clusters.find(with_clusters(of_one_kind=10), everything())
    assert all(len(one.kinds) == 1 for one in both.items)
    assert set(range(10)) in [set(one.rows.tolist()) for one in both.items]


def test_a_scatter_has_no_clusters() -> None:
    for seed in range(5):
        assert clusters.find(made(*scattered(seed=seed)), everything()).items == ()


def test_the_same_place_at_another_time_is_another_cluster() -> None:
    cases = made([0.0] * 16, [0.0] * 16, [*range(8), *range(200, 208)])
    found = clusters.find(cases, everything())
    assert [one.rows.tolist() for one in found.items] == [list(range(8)), list(range(8, 16))]


def test_two_hearts_within_reach_of_each_other_are_parted_by_density() -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(0, 8, 40), rng.normal(120, 8, 40)])
    found = clusters.find(made(x, rng.normal(0, 8, 80), rng.integers(0, 3, 80)), everything())
    assert len(found.items) == 2
    sides = [{bool(row >= 40) for row in one.rows} for one in found.items]
    assert all(len(side) == 1 for side in sides)


def test_order_of_cases_does_not_matter() -> None:
    cases = with_clusters()
    other, order = shuffled(cases)
    first = {frozenset(one.rows.tolist()) for one in clusters.find(cases, everything()).items}
    again = clusters.find(other, everything()).items
    assert {frozenset(order[one.rows].tolist()) for one in again} == first


def test_a_thin_line_and_a_star_of_cases_are_no_cluster() -> None:
    line = made(np.arange(30) * 140.0, np.zeros(30))
    assert clusters.find(line, everything()).items == ()
    star = made([0, 140, -140, 0, 0], [0, 0, 0, 140, -140])
    assert clusters.find(star, everything()).items == ()


def test_equal_distances_are_broken_alike_in_every_order() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 26, (2, 150)) * 40.0
    cases = made(x, y, rng.integers(0, 9, 150) * 7)
    expected = {frozenset(one.rows.tolist()) for one in clusters.find(cases, everything()).items}
    assert len(expected) > 1
    for seed in range(5):
        other, order = shuffled(cases, seed)
        again = clusters.find(other, everything()).items

        def what(row: int) -> tuple[float, float, int]:
            return float(cases.x_m[row]), float(cases.y_m[row]), int(cases.day[row])

        # cases that are equal in all three may stand for one another
        assert sorted(sorted(what(order[row]) for row in one.rows) for one in again) == sorted(
            sorted(what(row) for row in one) for one in expected
        )


def test_only_the_cases_of_the_filters() -> None:
    chosen = Filters(window=window(30))
    found = clusters.find(with_clusters(), chosen)
    assert len(found.items) == 1
    assert set(found.items[0].rows.tolist()) >= set(range(20, 30))


def test_no_case_one_case_few_and_all_at_one_point() -> None:
    assert clusters.find(none(), everything()).items == ()
    assert clusters.find(made([1.0], [1.0]), everything()).items == ()
    assert clusters.find(made([1.0] * 4, [1.0] * 4), everything()).items == ()
    found = clusters.find(made([1.0] * 5, [1.0] * 5), everything())
    assert [(one.rows.tolist(), one.span_m, one.days) for one in found.items] == [
        ([0, 1, 2, 3, 4], 0.0, 1)
    ]
    lost = clusters.find(made([np.nan] * 9, [np.nan] * 9), everything())
    assert (lost.items, lost.unlocated) == ((), 9)


def test_many_cases_go_kind_by_kind_and_in_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = with_clusters(of_one_kind=15)
    monkeypatch.setattr(clusters, "MOST", 200)
    found = clusters.find(cases, everything())
    assert len(found.method.warnings) == 1
    rows = [set(one.rows.tolist()) for one in found.items]
    assert any(set(range(15)) <= one for one in rows)  # the other five are of another kind
    assert any(set(range(20, 30)) <= one for one in rows)


def test_a_hundred_thousand_cases_at_one_point() -> None:
    n = 100_000
    found = clusters.find(made(np.zeros(n), np.zeros(n), np.arange(n) % 20), everything())
    assert sum(len(one.rows) for one in found.items) == n
    assert any("过密" in one for one in found.method.warnings)


def test_in_a_crowd_the_reach_is_halved_until_its_hearts_stand_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    hearts = np.repeat([[0.0, 0.0], [100.0, 0.0], [200.0, 0.0]], 60, axis=0)
    x, y = (hearts + rng.normal(0, 8, hearts.shape)).T
    monkeypatch.setattr(clusters, "MOST_AT_ONCE", 100)
    found = clusters.find(made(x, y, rng.integers(0, 3, 180)), everything())
    hearts_of = [{int(row) // 60 for row in one.rows} for one in found.items if len(one.rows) > 20]
    assert sorted(next(iter(one)) for one in hearts_of) == [0, 1, 2]
    assert all(len(one) == 1 for one in hearts_of)
    assert found.method.warnings == ("1 处工单过密，已缩小尺度再聚类",)


@pytest.mark.parametrize(("metres", "days", "least"), [(0, 30, 5), (150, -1, 5), (150, 30, 1)])
def test_reaches_that_make_no_sense_are_named(metres: float, days: float, least: int) -> None:
    with pytest.raises(UserInputError, match=f"{metres} 米、{days} 天、{least} 件"):
        clusters.find(none(), everything(), reach_m=metres, reach_days=days, least=least)
