"""How many complaints a day and an hour have: growth, weekdays, holidays, rain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BY_WEEKDAY = (1.0, 0.95, 0.9, 0.9, 0.95, 0.6, 0.5)
_BY_HOUR = np.array(
    (0.3, 0.2, 0.1, 0.1, 0.1, 0.3, 1, 3, 7, 9, 9, 7, 4, 4, 7, 8, 8, 6, 4, 4, 4, 3, 2, 1)
)
EVENING = np.array((4, 1, *(0,) * 16, 3, 6, 9, 12, 12, 8), dtype=np.float64)
"""Hours of noise, fumes and stalls, which people report while they last."""
SCHOOL_RUN = np.array((*(0,) * 7, 9, 3, *(0,) * 7, 6, 7, *(0,) * 6), dtype=np.float64)

_NEW_YEARS = (
    "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26",
    "2029-02-13", "2030-02-03", "2031-01-23", "2032-02-11",
)  # fmt: skip
NEW_YEARS = tuple(date.fromisoformat(day) for day in _NEW_YEARS)
"""First day of the lunar year (春节)."""


class Days:
    """The days of a history, the oldest first, and their shares of what happens."""

    def __init__(self, last_day: date, number: int, seed: int) -> None:
        self.first = last_day - timedelta(days=number - 1)
        self.dates: Sequence[date] = [self.first + timedelta(days=n) for n in range(number)]
        self.holiday = np.array([_is_holiday(day) for day in self.dates])
        # A holiday is quieter than a Sunday; at the Spring Festival half the city is away.
        self.usual = np.array(
            [_BY_WEEKDAY[day.weekday()] * _festival(day) for day in self.dates]
        ) * np.linspace(1.0, 1.33, number)
        self.storms = np.array([_storm(day, seed) for day in self.dates])

    def __len__(self) -> int:
        return len(self.dates)

    def back(self, first: int, last: int) -> Floats:
        """Weights 1 from ``first`` to ``last`` days before the end, both inclusive, else 0."""
        ago = len(self) - 1 - np.arange(len(self))
        return ((ago <= first) & (ago >= last)).astype(np.float64)

    def ramp(self, first: int, last: int, start: float, end: float) -> Floats:
        """Weights that go from ``start`` to ``end`` over the same days, else 0."""
        ago = len(self) - 1 - np.arange(len(self))
        return np.interp(-ago, (-first, -last), (start, end)) * self.back(first, last)

    def months(self, *wanted: int) -> Floats:
        return np.array([day.month in wanted for day in self.dates], dtype=np.float64)

    def draw(self, rng: np.random.Generator, number: int, weights: Floats) -> Ints:
        """(number,) days, as places in ``dates``."""
        return rng.choice(len(self), number, p=weights / weights.sum())


def draw_seconds(rng: np.random.Generator, number: int, hours: Floats | None = None) -> Ints:
    """(number,) seconds since midnight; by default office hours are the busiest."""
    weights = _BY_HOUR if hours is None else hours
    hour = rng.choice(24, number, p=weights / weights.sum())
    return np.asarray(hour * 3600 + rng.integers(0, 3600, number), dtype=np.int64)


def _festival(day: date) -> float:
    if any(-2 <= (day - start).days <= 6 for start in NEW_YEARS):
        return 0.35
    return 0.65 if day.month == 10 and day.day <= 7 else 1.0


def _is_holiday(day: date) -> bool:
    return _festival(day) < 1.0


def _storm(day: date, seed: int) -> float:
    """Weight of heavy rain: some days of May to September have nearly all of it."""
    chance = {5: 0.12, 6: 0.2, 7: 0.14, 8: 0.16, 9: 0.1}.get(day.month, 0.0)
    rng = np.random.default_rng([seed, day.toordinal()])  # a day's rain is the same in any history
    return float(rng.gamma(1.2)) if rng.random() < chance else 0.0
