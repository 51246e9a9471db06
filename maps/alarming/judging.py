"""Which method judges which series, and what it says of the last day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from maps.alarming.methods import EARS_DAY, EARS_WEEK, FARRINGTON
from maps.alarming.past import Past
from maps.alarming.series import LevelSeries
from maps.alarming.settings import WEEK
from maps.alarming.spread import Spread
from maps.model import Bools, Floats
from maps.surveillance import ears, farrington
from maps.surveillance.day_factors import weekly
from maps.surveillance.verdict import Verdict

_AT_ONCE = 2000
"""Series judged together: with five years of days 30 MB."""
SHOWN = 26
"""Steps that a chart shows: half a year of weeks, or nearly four weeks of days."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """One test: a series under one method."""

    key: int
    method: str
    observed: float
    expected: float
    bound: float
    """NaN: not enough cases for this method to alarm."""
    p: float

    @property
    def above(self) -> bool:
        """More than the bound."""
        return self.observed > self.bound


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Judges the series of one level."""

    past: Past
    series: LevelSeries

    @cached_property
    def spread(self) -> Spread:
        return Spread.of(self.past, self.series)

    @cached_property
    def _busy(self) -> Bools:
        """(s,) which are judged by the day as well."""
        busy: Bools = self.series.per_day >= self.past.settings.daily_from
        return busy

    def methods(self, kind: int) -> tuple[str, ...]:
        """For series of a kind (NONE: all together): by the week, and for busy ones by the day.

        None while the kind is younger than the ten weeks that C2 needs.
        """
        if self.past.weeks(kind) <= ears.BASELINE + ears.C2_LAG:
            return ()
        seasonal = self.past.years(kind) >= self.past.settings.least_years
        return (FARRINGTON if seasonal else EARS_WEEK, EARS_DAY)

    def tests(self) -> int:
        """How many tests the level is, the quiet series included."""
        kinds = self.series.alive % self.series.width - 1
        judged = np.isin(kinds, [kind for kind in np.unique(kinds) if self.methods(int(kind))])
        return int(judged.sum() + (judged & self._busy).sum())

    def all(self) -> Iterator[Judged]:
        """Judge every series that has the least number of cases; the others cannot alarm."""
        series, least = self.series, self.past.settings.min_cases
        kinds = series.alive % series.width - 1
        for kind in np.unique(kinds):
            for method in self.methods(int(kind)):
                enough = series.in_week >= least
                if method == EARS_DAY:
                    enough = self._busy & (series.on_day >= least)
                keys = series.alive[(kinds == kind) & enough]
                for start in range(0, len(keys), _AT_ONCE):
                    part = keys[start : start + _AT_ONCE]
                    verdict = self.verdict(method, int(kind), series.daily(part))
                    yield from (_one(verdict, at, int(key), method) for at, key in enumerate(part))

    def again(self, judged: Judged, rows: Bools) -> Judged:
        """Judge one series anew on some of the cases."""
        daily = self.series.daily(np.array([judged.key]), rows)
        kind = self.series.kind_place(judged.key)
        return _one(self.verdict(judged.method, kind, daily), 0, judged.key, judged.method)

    def verdict(self, method: str, kind: int, daily: Floats) -> Verdict:
        """What a method says of the last step of each series; ``daily`` is (s, days)."""
        if method == FARRINGTON:
            return self.seasonal(kind, daily)
        whole = self.short(method, kind, daily)
        return Verdict(
            observed=whole.observed[:, -1],
            expected=whole.expected[:, -1],
            bound=whole.bound[:, -1],
            p=whole.p[:, -1],
        )

    def seasonal(self, kind: int, daily: Floats, at: int = -1) -> Verdict:
        """Farrington flexible for week ``at``; as many years as the kind has."""
        return farrington.flexible(
            weekly(daily),
            self.past.week_starts,
            at=at,
            years=self.past.years(kind),
            alpha=self.past.settings.bound_alpha,
            extra=self.past.off_share,
        )

    def short(self, method: str, kind: int, daily: Floats) -> Verdict:
        """C2 on the last steps, (s, steps) each: days, or weeks."""
        shown = slice(-SHOWN - ears.BASELINE - ears.C2_LAG, None)
        factors = self.past.factors[kind + 1]
        if method == EARS_DAY:
            counts, scale, kappa = daily, factors, self.spread.by_day[kind + 1]
        else:
            counts, scale = weekly(daily), weekly(factors) / WEEK
            kappa = self.spread.by_week[kind + 1]
        return ears.c2(counts[:, shown], factors=scale[shown], overdispersion=float(kappa))


def _one(verdict: Verdict, at: int, key: int, method: str) -> Judged:
    return Judged(
        key=key,
        method=method,
        observed=float(verdict.observed[at]),
        expected=float(verdict.expected[at]),
        bound=float(verdict.bound[at]),
        p=float(verdict.p[at]),
    )
