"""Counts by jurisdiction × kind of one level, made only for the series that are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maps.alarming.settings import ALL_KINDS, WEEK
from maps.model import NONE, Bools, Cases, Coded, Floats, Ints
from routing.model import JurisdictionLevel


@dataclass(frozen=True, kw_only=True)
class LevelSeries:
    """All series of one level: each jurisdiction with each kind, and with all kinds together."""

    level: JurisdictionLevel
    cases: Cases
    first: int
    """First day of the past, days since EPOCH."""
    day: int
    """Last day: the one that is judged."""
    alive: NDArray[np.int64]
    """(s,) keys of the series with a case in the last ``alive_days``."""
    in_week: Ints
    """(s,) cases in the last seven days."""
    on_day: Ints
    """(s,) cases on the last day."""
    per_day: Floats
    """(s,) mean of the eight weeks before the last day."""

    @property
    def area(self) -> Coded:
        return self.cases.level(self.level)

    @property
    def width(self) -> int:
        """Keys per jurisdiction: all kinds together, then each kind."""
        return len(self.cases.kind.labels) + 1

    def code(self, key: int) -> str:
        """Jurisdiction of a series."""
        return self.area.labels[key // self.width]

    def kind_place(self, key: int) -> int:
        """Place of a series' kind among the labels; NONE for all together."""
        return int(key % self.width) - 1

    def kind(self, key: int) -> str:
        """Kind of a series; ``ALL_KINDS`` for all together."""
        at = self.kind_place(key)
        return ALL_KINDS if at == NONE else self.cases.kind.labels[at]

    def rows(self, key: int) -> Bools:
        """(n,) the cases of a series, over all days."""
        chosen: Bools = self.area.codes == key // self.width
        at = self.kind_place(key)
        return chosen if at == NONE else chosen & (self.cases.kind.codes == at)

    def daily(self, keys: NDArray[np.int64], rows: Bools | None = None) -> Floats:
        """(len(keys), days) counts from ``first`` to ``day``; of some of the cases only.

        All keys have to be of one kind, as they are judged.
        """
        days = self.day - self.first + 1
        area = self.area.codes
        used = (area != NONE) & (self.cases.day >= self.first) & (self.cases.day <= self.day)
        kinds = np.unique(keys % self.width)
        if len(kinds) != 1:
            raise ValueError(f"series of {len(kinds)} kinds in one table; one at a time")
        if kinds[0]:
            used &= self.cases.kind.codes == kinds[0] - 1
        if rows is not None:
            used &= rows
        place = np.full(len(self.area.labels), NONE, dtype=np.int64)
        place[keys // self.width] = np.arange(len(keys))
        at = place[area[used]]
        cell = at * days + (self.cases.day[used] - self.first)
        table = np.bincount(cell[at != NONE], minlength=len(keys) * days)
        return table.reshape(len(keys), days).astype(np.float64)


def level_series(
    cases: Cases, level: JurisdictionLevel, *, first: int, day: int, alive_days: int, mean_days: int
) -> LevelSeries:
    """Find the series of a level that live, and how many cases each has now."""
    area, width = cases.level(level), len(cases.kind.labels) + 1
    size = len(area.labels) * width

    def counted(since: int, until: int) -> NDArray[Any]:
        used = (area.codes != NONE) & (cases.day >= since) & (cases.day <= until)
        keys = _keys(cases, area, used)
        return np.asarray(sum(np.bincount(key[key != NONE], minlength=size) for key in keys))

    alive = np.flatnonzero(counted(day - alive_days + 1, day))
    return LevelSeries(
        level=level,
        cases=cases,
        first=first,
        day=day,
        alive=alive,
        in_week=counted(day - WEEK + 1, day)[alive].astype(np.int32),
        on_day=counted(day, day)[alive].astype(np.int32),
        per_day=counted(day - mean_days, day - 1)[alive] / mean_days,
    )


def _keys(cases: Cases, area: Coded, used: Bools) -> list[NDArray[np.int64]]:
    """Per list one key for each used case, NONE where it has none: with all kinds together, and
    with its kind."""
    together = area.codes[used].astype(np.int64) * (len(cases.kind.labels) + 1)
    kind = cases.kind.codes[used]
    return [together, np.where(kind == NONE, NONE, together + kind + 1)]
