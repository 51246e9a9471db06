"""Sensitivity, days to detect and false alarms of one method on one world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maps.backtest.methods import Judge
from maps.backtest.simulation import World, injected
from maps.model import Bools, Floats

WATCHED_DAYS = 14
"""An outbreak of seven days that nobody has noticed a week after its end is missed."""
QUIET_WEEKS = 13
"""Weeks without outbreaks in which alarms are counted."""
COOL_DOWN_DAYS = 7
SIZES = (3.0, 6.0, 10.0)
"""Outbreaks, in standard deviations of the weekly count."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """Of one method."""

    false_per_100: float
    """Alarms per 100 series-weeks without an outbreak, those within a week counted once."""
    found: tuple[float, ...]
    """Share of outbreaks of each size that are noticed."""
    days: tuple[float, ...]
    """Median day of the outbreak on which it is first noticed, 1 the first; NaN where none is."""


def measure(judge: Judge, world: World, seed: int) -> Measured:
    """Run a method over the last quarter of a year, quiet and with outbreaks."""
    last = world.counts.shape[1] - 1
    quiet = np.stack(
        [judge(world, world.counts, at) for at in range(last - QUIET_WEEKS * 7 + 1, last + 1)]
    )
    start = last - WATCHED_DAYS + 1
    draws = np.random.default_rng(seed)
    outcomes = [_outbreak(judge, world, injected(draws, world, start, one), start) for one in SIZES]
    return Measured(
        false_per_100=100 * _episodes(quiet) / (quiet.shape[1] * QUIET_WEEKS),
        found=tuple(float(np.isfinite(one).mean()) for one in outcomes),
        days=tuple(
            float(np.median(one[np.isfinite(one)])) if np.isfinite(one).any() else float("nan")
            for one in outcomes
        ),
    )


def _outbreak(judge: Judge, world: World, counts: Floats, start: int) -> Floats:
    """(n,) day of the first alarm, 1 the first day of the outbreak; NaN where there is none."""
    alarms = np.stack([judge(world, counts, start + back) for back in range(WATCHED_DAYS)])
    first = alarms.argmax(axis=0) + 1.0
    return np.where(alarms.any(axis=0), first, np.nan)


def _episodes(alarms: Bools) -> int:
    """Alarms of (days, n), those within the cool-down of an earlier one left out."""
    episodes = 0
    silent = np.zeros(alarms.shape[1], dtype=np.int64)
    for today in alarms:
        fresh = today & (silent == 0)
        episodes += int(fresh.sum())
        silent = np.where(fresh, COOL_DOWN_DAYS, np.maximum(silent - 1, 0))
    return episodes
