"""Every method at its own bound, on the last day of many series."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from maps.backtest.simulation import World
from maps.model import Bools, Floats
from maps.surveillance import ears, farrington
from maps.surveillance.day_factors import weekly

Judge = Callable[[World, Floats, int], Bools]
"""World, counts (n, days), the day judged (its place) → (n,) whether it alarms."""

_STEPS = 20
"""Steps that EARS is given: baseline, lag and the three of C3."""


def _c1(world: World, counts: Floats, at: int) -> Bools:
    return ears.c1(counts[:, at + 1 - _STEPS : at + 1]).alarm[:, -1]


def _c2(world: World, counts: Floats, at: int) -> Bools:
    return ears.c2(counts[:, at + 1 - _STEPS : at + 1]).alarm[:, -1]


def _c2_factors(world: World, counts: Floats, at: int) -> Bools:
    used = slice(at + 1 - _STEPS, at + 1)
    return ears.c2(counts[:, used], factors=world.factors(at)[used]).alarm[:, -1]


def _c3(world: World, counts: Floats, at: int) -> Bools:
    used = slice(at + 1 - _STEPS, at + 1)
    total = ears.c3(counts[:, used], factors=world.factors(at)[used])
    above: Bools = total[:, -1] > ears.C3_ABOVE
    return above


def _c2_weeks(world: World, counts: Floats, at: int) -> Bools:
    days = slice(at + 1 - _STEPS * 7, at + 1)
    factors = weekly(world.factors(at)[days]) / 7
    return ears.c2(weekly(counts[:, days]), factors=factors).alarm[:, -1]


def _farrington(world: World, counts: Floats, at: int) -> Bools:
    weeks = weekly(counts[:, : at + 1])
    starts = (world.days[at] + 1 - 7 * np.arange(weeks.shape[1], 0, -1)).astype(np.int32)
    return farrington.flexible(weeks, starts, years=4, extra=world.off_share(at + 1)).alarm


METHODS: dict[str, Judge] = {
    "EARS C1, days": _c1,
    "EARS C2, days": _c2,
    "EARS C2, days, day factors": _c2_factors,
    "EARS C3, days, day factors": _c3,
    "EARS C2, weeks": _c2_weeks,
    "Farrington flexible, weeks": _farrington,
}
