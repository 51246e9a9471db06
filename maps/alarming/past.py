"""What all series of a city have in common: days, holidays, the rhythm of each kind."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from maps.alarming.settings import WEEK, Settings
from maps.model import Cases, Floats, Ints
from maps.surveillance import farrington
from maps.surveillance.day_factors import HOLIDAY, day_factors, day_kinds, weekly


@dataclass(frozen=True, kw_only=True)
class Past:
    """One city up to one day."""

    cases: Cases
    first: int
    day: int
    days_off: Collection[int]
    """Public holidays, days since EPOCH."""
    working: Collection[int]
    """Weekends at work for them."""
    settings: Settings

    @cached_property
    def kinds_of_day(self) -> Ints:
        """(t,) 0 Monday to 6 Sunday, 7 holiday."""
        days = np.arange(self.first, self.day + 1, dtype=np.int32)
        return day_kinds(days, self.days_off, self.working)

    @cached_property
    def by_kind(self) -> Floats:
        """(1 + kinds, t) the city's cases per day: all together, then each kind."""
        days, kinds = self.day - self.first + 1, len(self.cases.kind.labels)
        used = (self.cases.day >= self.first) & (self.cases.day <= self.day)
        cell = (self.cases.kind.codes[used] + 1).astype(np.int64) * days + (
            self.cases.day[used] - self.first
        )
        table: Floats = np.bincount(cell, minlength=(kinds + 1) * days).astype(np.float64)
        table = table.reshape(kinds + 1, days)
        table[0] = table.sum(axis=0)
        return table

    @cached_property
    def factors(self) -> Floats:
        """(1 + kinds, t) how busy each day is for each kind, learnt from before the last week."""
        until = max(len(self.kinds_of_day) - WEEK, 0)
        return np.stack([day_factors(one, self.kinds_of_day, until=until) for one in self.by_kind])

    @cached_property
    def begins(self) -> Ints:
        """(1 + kinds,) day from which there are cases of a kind, days since EPOCH.

        A kind that came later has no past before it; a stray case of long ago is no beginning, or
        years of zeros would make everything since an alarm: up to 1 % of the days with cases may
        lie before it. Days, not cases, or a flood of cases today would be the beginning.
        """
        running = (self.by_kind > 0).cumsum(axis=1)
        begun = (running > 0.01 * running[:, -1:]).argmax(axis=1)
        return np.asarray(self.first + begun, dtype=np.int32)

    def years(self, kind: int) -> int:
        """Whole years of past that the seasonal method can use for a kind (NONE: all)."""
        spare = farrington.HALF_WINDOW * WEEK + WEEK
        known = self.day - int(self.begins[kind + 1]) + 1 - spare
        return max(min(int(known / 365.25), self.settings.years), 0)

    def weeks(self, kind: int) -> int:
        """Whole weeks of past for a kind (NONE: all), the one judged included."""
        return (self.day - int(self.begins[kind + 1]) + 1) // WEEK

    @cached_property
    def week_starts(self) -> Ints:
        """First day of each rolling week; the last one ends with the last day."""
        weeks = (self.day - self.first + 1) // WEEK
        return (self.day + 1 - WEEK * np.arange(weeks, 0, -1)).astype(np.int32)

    @cached_property
    def off_share(self) -> Floats:
        """(w,) part of each week that is holiday."""
        return weekly((self.kinds_of_day == HOLIDAY) * 1.0) / WEEK
