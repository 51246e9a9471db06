"""What is called a clear change, and what is not."""

from __future__ import annotations

import numpy as np

from maps.reports.changes import DOWN, FEW, SAME, UP, spread, verdicts


def test_large_changes_stand_and_small_ones_do_not() -> None:
    said = verdicts(
        [400, 100, 205, 4, 50],
        [200, 200, 200, 3, None],
        days=30,
        days_before=31,
        spreads=np.ones(5),
    )
    assert said == [UP, DOWN, SAME, FEW, None]


def test_the_length_of_the_windows_is_allowed_for() -> None:
    # The same number a day in windows of different lengths is no change.
    assert verdicts([310], [70], days=31, days_before=7, spreads=np.ones(1)) == [SAME]


def test_a_kind_that_always_varies_needs_more() -> None:
    steady = verdicts([150], [100], days=30, days_before=30, spreads=np.ones(1))
    wild = verdicts([150], [100], days=30, days_before=30, spreads=np.array([8.0]))
    assert (steady, wild) == ([UP], [SAME])


def test_spread_is_one_for_poisson_and_more_for_storms() -> None:
    chance = np.random.default_rng(5)
    weekday = np.tile([12, 12, 12, 12, 12, 6, 6], 40)[:, None]
    poisson = chance.poisson(weekday, (280, 3))
    assert (spread(poisson) < 1.35).all()  # weekdays differ, and that is no spread
    storms = poisson.copy()
    storms[::23] *= 6
    assert (spread(storms) > 3).all()
    assert (spread(poisson[:10]) == 1).all()


def test_on_pure_noise_few_kinds_are_called_changed() -> None:
    chance = np.random.default_rng(9)
    any_called = 0
    for _ in range(300):
        now, before = chance.poisson(60, 12), chance.poisson(60, 12)
        said = verdicts(now.tolist(), before.tolist(), days=30, days_before=30, spreads=np.ones(12))
        any_called += UP in said or DOWN in said
    # By Benjamini–Hochberg at 0.05; 300 runs have a standard error of 1.3 points.
    assert any_called / 300 <= 0.05 + 3 * 0.013


def test_nothing_to_test() -> None:
    assert verdicts([], [], days=1, days_before=1, spreads=np.ones(0)) == []
