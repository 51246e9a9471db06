"""The figures that several parts of a report need, each computed once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from maps.counting.columns import Counts, places, tally
from maps.model import EPOCH, NONE, Areas, Bools, Coded, Floats, TimeWindow
from maps.reports import changes
from maps.reports.grounds import coarser, finer, inside, mapped_level, ranked_level
from maps.reports.material import Asked, Material
from maps.reports.periods import day_words
from maps.reports.wording import Compared
from routing.model import JurisdictionLevel


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What was asked for, counted in the data given."""

    material: Material
    asked: Asked

    @cached_property
    def rows(self) -> Bools:
        """(n,) the report's own cases."""
        return self.asked.filters.rows(self.material.cases)

    @cached_property
    def total(self) -> int:
        return int(np.count_nonzero(self.rows))

    @cached_property
    def first_day(self) -> date | None:
        """The first day of any case in the data; ``None`` without cases."""
        cases = self.material.cases
        return EPOCH + timedelta(days=int(cases.day.min())) if len(cases) else None

    @property
    def window(self) -> TimeWindow:
        return self.asked.period.window

    @cached_property
    def running(self) -> bool:
        """Whether the period was not over when the data were read."""
        return self.material.as_of.date() < self.window.end

    @cached_property
    def rows_before(self) -> Bools | None:
        """(n,) cases of the period before; ``None`` where it cannot be compared with."""
        return self._rows_of(self.asked.period.before)

    @cached_property
    def rows_year(self) -> Bools | None:
        """(n,) cases of the same period a year before; ``None`` likewise."""
        return self._rows_of(self.asked.period.year_before)

    def before(self, rows: Bools | None = None) -> Compared:
        """The count of the period before, of some of the cases where ``rows`` is given."""
        return self._compared(
            self.asked.period.before_name, self.asked.period.before, self.rows_before, rows
        )

    def year(self, rows: Bools | None = None) -> Compared:
        """The count a year before."""
        return self._compared(
            self.asked.period.year_name, self.asked.period.year_before, self.rows_year, rows
        )

    def _rows_of(self, window: TimeWindow) -> Bools | None:
        if self._why_not("", window):
            return None
        return self.asked.filters.rows(self.material.cases, window)

    def _why_not(self, name: str, window: TimeWindow) -> str:
        """Why a window cannot be compared with; empty where it can."""
        if self.running:
            return f"本期未满，不与{name}比较"
        if self.first_day is None or self.first_day >= window.end:
            return f"{name}没有可比数据"
        if self.first_day > window.start:
            return f"{name}的数据不全（自{day_words(self.first_day)}起），不作比较"
        return ""

    def _compared(
        self, name: str, window: TimeWindow, counted: Bools | None, only: Bools | None
    ) -> Compared:
        if counted is None:
            return Compared(name=name, n=None, why_not=self._why_not(name, window))
        n = np.count_nonzero(counted if only is None else counted & only)
        return Compared(name=name, n=int(n))

    def counted(self, column: Coded, rows: Bools | None) -> list[int | None]:
        """Cases per label, the last those without one; all ``None`` where ``rows`` is."""
        if rows is None:
            return [None] * (len(column.labels) + 1)
        return [int(n) for n in tally(column, rows)]

    def by_area(self, areas: Areas, rows: Bools | None) -> list[int | None]:
        """Cases per area; all ``None`` where ``rows`` is."""
        if rows is None:
            return [None] * len(areas)
        return [int(n) for n in self.area_counts(areas, rows)]

    def area_counts(self, areas: Areas, rows: Bools) -> Counts:
        """(areas,) cases whose row names the area."""
        column = self.material.cases.level(areas.level)
        counted = np.zeros(len(areas) + 1, dtype=np.int64)
        np.add.at(counted, places(column, areas), tally(column, rows))
        return counted[:-1]

    def spread(self, column: Coded) -> Floats:
        """(labels + 1,) how much more than Poisson each varies from day to day, before both
        windows where the data reach back, else within them."""
        return changes.spread(self.daily(column, self._spread_window()))

    def _spread_window(self) -> TimeWindow:
        end = self.asked.period.before.start
        start = end - timedelta(days=changes.DAYS_FOR_SPREAD)
        if self.first_day is not None and self.first_day > start:
            end = self.window.end
            start = max(self.first_day, end - timedelta(days=changes.DAYS_FOR_SPREAD))
            start = min(start, end - timedelta(days=1))
        return TimeWindow(start=start, end=end)

    def daily(self, column: Coded, window: TimeWindow) -> Counts:
        """(days, labels + 1) cases per day and label."""
        cases = self.material.cases
        rows = self.asked.filters.rows(cases, window)
        kinds = len(column.labels) + 1
        label = np.where(column.codes[rows] == NONE, kinds - 1, column.codes[rows])
        at = (cases.day[rows] - window.first).astype(np.int64) * kinds + label
        return np.bincount(at, minlength=window.days * kinds).reshape(window.days, kinds)

    def per_day(self, window: TimeWindow) -> list[int]:
        """Cases of each day of a window."""
        cases = self.material.cases
        rows = self.asked.filters.rows(cases, window)
        counted = np.bincount(cases.day[rows] - window.first, minlength=window.days)
        return [int(n) for n in counted]

    @cached_property
    def levels(self) -> dict[JurisdictionLevel, Areas]:
        """The areas inside the report's ground."""
        return inside(self.material.areas, self.asked.filters.within)

    @cached_property
    def ranked(self) -> Areas | None:
        """What the table of areas lists; ``None`` where nothing lies below the ground."""
        return ranked_level(self.levels, self.asked.filters.within)

    @cached_property
    def mapped(self) -> Areas | None:
        """What the maps colour."""
        return mapped_level(self.levels, self.ranked) if self.ranked is not None else None

    @cached_property
    def detailed(self) -> Areas | None:
        """The next finer level than ``ranked`` that a table can list; ``None`` where none is."""
        if self.ranked is None:
            return None
        return finer(self.levels, self.ranked)

    @cached_property
    def named(self) -> Areas | None:
        """Whose names the maps write: the level just above the coloured one, else that one."""
        if self.mapped is None:
            return None
        return coarser(self.levels, self.mapped) or self.mapped

    @property
    def borders(self) -> Areas | None:
        """What the maps draw thick: the ranked level where they colour a finer one."""
        return self.ranked if self.ranked is not self.mapped else None
