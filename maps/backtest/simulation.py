"""Series as complaints make them: weekday, season, trend, holidays, and more spread than chance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from maps.model import EPOCH, Floats, Ints
from maps.surveillance.day_factors import HOLIDAY, day_factors, day_kinds, weekly

_LAST = date(2026, 11, 24)
_YEARS = 5
_WEEKDAYS = (1.12, 1.06, 1.03, 1.02, 1.04, 0.90, 0.83)
"""Monday to Sunday; 12345 lines have a quiet weekend."""
_SEASON = 0.25
"""Half the way between the best and the worst month, relative."""
_TREND = 0.06
"""Growth per year."""
_DAY_OFF = 0.55
"""A public holiday against an ordinary day."""
KAPPA = 0.04
"""Weeks of one series vary by a fifth beyond chance: variance = μ + 0.04 μ²."""
_SPRING = ("2022-01-31", "2023-01-21", "2024-02-10", "2025-01-28", "2026-02-16")
"""First day of 春节's holidays."""
SHAPE = (0.10, 0.16, 0.20, 0.20, 0.14, 0.12, 0.08)
"""How an outbreak's cases come over seven days."""


@dataclass(frozen=True, kw_only=True)
class World:
    """Series of one mean, without outbreaks."""

    mean: float
    """Cases per day and series, of an ordinary day."""
    counts: Floats
    """(n, days)"""
    days: Ints
    """(days,) since 1970-01-01."""
    days_off: frozenset[int]

    @cached_property
    def kinds(self) -> Ints:
        """(days,) weekday or holiday."""
        return day_kinds(self.days, self.days_off, ())

    def factors(self, until: int) -> Floats:
        """(days,) day factors as they are known a week before day ``until``."""
        return day_factors(self.counts, self.kinds, until=max(until - 7, 0))

    def off_share(self, end: int) -> Floats:
        """(weeks,) part of each rolling week up to day ``end`` (not with it) that is holiday."""
        return weekly((self.kinds[:end] == HOLIDAY) * 1.0) / 7

    def weekly_deviation(self) -> float:
        """Standard deviation of a series' weekly count, of an ordinary week."""
        week = self.mean * 7
        return float(np.sqrt(week + KAPPA * week**2))


def simulate(draws: np.random.Generator, series: int, mean: float) -> World:
    """Draw five years of ``series`` series."""
    days = np.arange(_YEARS * 365 + 30, dtype=np.int32)
    days += (_LAST - EPOCH).days - len(days) + 1
    off = _holidays()
    kinds = day_kinds(days, off, ())
    weekday = np.array([*_WEEKDAYS, _DAY_OFF])[kinds]
    phase = draws.uniform(0, 2 * np.pi, (series, 1))
    season = 1 + _SEASON * np.sin(2 * np.pi * days / 365.25 + phase)
    trend = (1 + _TREND) ** ((days - days[-1]) / 365.25)
    week = draws.gamma(1 / KAPPA, KAPPA, (series, len(days) // 7 + 1)).repeat(7, axis=1)
    rate = mean * weekday * season * trend * week[:, : len(days)]
    return World(mean=mean, counts=draws.poisson(rate) * 1.0, days=days, days_off=off)


def injected(draws: np.random.Generator, world: World, start: int, size: float) -> Floats:
    """The counts with an outbreak in each series from day ``start`` on.

    ``size`` is in standard deviations of the weekly count; the cases are Poisson around it.
    """
    extra = size * world.weekly_deviation() * np.array(SHAPE)
    counts = world.counts.copy()
    counts[:, start : start + len(SHAPE)] += draws.poisson(extra, (len(counts), len(SHAPE)))
    return counts


def _holidays() -> frozenset[int]:
    days: set[int] = set()
    for first in _SPRING:
        start = (date.fromisoformat(first) - EPOCH).days
        days.update(range(start, start + 8))
    for year in range(2021, 2027):
        for month, day, length in ((1, 1, 1), (5, 1, 5), (10, 1, 7)):
            start = (date(year, month, day) - EPOCH).days
            days.update(range(start, start + length))
    return frozenset(days)


def day_of(world: World, at: int) -> date:
    """The calendar day at a place of ``world.days``."""
    return EPOCH + timedelta(days=int(world.days[at]))
