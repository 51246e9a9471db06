"""The back-test measures what it says: relations on small worlds, not figures."""

from __future__ import annotations

import numpy as np
import pytest

from maps.backtest import measuring, whole_run
from maps.backtest.measuring import measure
from maps.backtest.methods import METHODS
from maps.backtest.scan_power import measure_scan
from maps.backtest.simulation import SHAPE, day_of, injected, simulate
from maps.surveillance.day_factors import HOLIDAY


def test_the_simulated_series_have_what_they_claim() -> None:
    world = simulate(np.random.default_rng(0), 300, 3.0)
    recent = world.counts[:, -400:]
    kinds = world.kinds[-400:]
    by_kind = [recent[:, kinds == kind].mean() for kind in range(8)]
    assert by_kind[0] > by_kind[5] > by_kind[6] > by_kind[HOLIDAY]
    assert abs(by_kind[HOLIDAY] / np.mean(by_kind[:7]) - 0.55) < 0.08
    growth = world.counts[:, -365:].mean() / world.counts[:, :365].mean()
    assert 1.15 < growth < 1.4  # four years between, 6 % each
    weeks = world.counts[:, -28:].reshape(300, 4, 7).sum(axis=2)
    assert weeks.var() > 1.3 * weeks.mean()  # more than chance
    assert str(day_of(world, -1)) == "2026-11-24"
    assert sum(SHAPE) == pytest.approx(1)


def test_an_outbreak_is_of_its_size_and_nowhere_else() -> None:
    world = simulate(np.random.default_rng(0), 400, 1.0)
    start = world.counts.shape[1] - 10
    more = injected(np.random.default_rng(1), world, start, 6.0) - world.counts
    assert more[:, :start].sum() == more[:, start + 7 :].sum() == 0
    assert more.sum(axis=1).mean() == pytest.approx(6 * world.weekly_deviation(), rel=0.05)


def test_larger_outbreaks_are_found_more_often_and_alarms_close_together_are_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(measuring, "QUIET_WEEKS", 3)
    world = simulate(np.random.default_rng(2), 60, 1.0)
    for name in ("EARS C2, weeks", "EARS C3, days, day factors"):
        made = measure(METHODS[name], world, 0)
        assert list(made.found) == sorted(made.found)
        assert made.found[-1] > 0.9
        assert 1 <= made.days[-1] <= measuring.WATCHED_DAYS
    always = np.ones((10, 2), dtype=bool)
    assert measuring._episodes(always) == 4  # day 0 and day 8 of each
    assert measuring._episodes(np.zeros((10, 2), dtype=bool)) == 0
    never = measure(lambda w, c, at: np.zeros(len(c), dtype=bool), world, 0)
    assert never.found == (0, 0, 0) and np.isnan(never.days).all()
    assert never.false_per_100 == 0


def test_the_whole_run_on_a_small_city(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_run, "QUIET_DAYS", 2)
    monkeypatch.setattr(whole_run, "_REPEATS", 1)
    monkeypatch.setattr(whole_run, "SIZES", (10.0,))
    monkeypatch.setattr(whole_run, "WATCHED_DAYS", 7)
    world = simulate(np.random.default_rng(3), whole_run.GRIDS, 0.4)
    made = whole_run.measure_city(world, 0, years=0.5)
    assert made.found[0] >= 0.5
    assert 1 <= made.days[0] <= 7
    assert made.false_per_day <= 1


def test_the_scan_finds_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from maps.backtest import scan_power

    monkeypatch.setattr(scan_power, "RUNS", 3)
    often, surely = measure_scan(25, 0)
    assert often == 1 and surely <= often
    quiet, _ = measure_scan(0, 1)
    assert quiet <= 0.4
