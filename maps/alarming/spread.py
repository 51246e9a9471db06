"""How much more than by chance series of a kind vary, learnt from all of them together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from maps.alarming.past import Past
from maps.alarming.series import LevelSeries
from maps.alarming.settings import WEEK
from maps.model import Bools, Floats
from maps.surveillance import ears
from maps.surveillance.day_factors import RECENT_DAYS, weekly

_DAYS = (ears.BASELINE + ears.C2_LAG + 1) * WEEK
"""The ten weeks that C2 needs; the eight weeks of single days lie within them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """How much more than by chance a series of a kind varies from step to step, at one level."""

    by_week: Floats
    """(1 + kinds,) κ in variance = μ + κμ²; ≥ 0."""
    by_day: Floats

    @classmethod
    def of(cls, past: Past, series: LevelSeries) -> Spread:
        """From the weeks (days) of C2's baseline, pooled over all series of the kind that live.

        One series has seven values there, which say next to nothing of its spread; all series
        together say it well. Moments: Σ(s² − m) / Σ(m² − s²/7).
        """
        by_week, by_day = np.zeros(series.width), np.zeros(series.width)
        used = slice(-1 - ears.C2_LAG - ears.BASELINE, -1 - ears.C2_LAG)
        days = slice(-RECENT_DAYS - WEEK, -WEEK)
        if past.day - past.first + 1 < _DAYS:
            return cls(by_week=by_week, by_day=by_day)
        first = series.day - _DAYS + 1
        recent: Bools = series.cases.day >= first
        short = replace(series, cases=series.cases.take(recent), first=first)
        busy = series.per_day >= past.settings.daily_from
        kinds = series.alive % series.width
        for kind in np.unique(kinds):
            of_kind = kinds == kind
            daily = short.daily(series.alive[of_kind])
            factors = past.factors[kind, -_DAYS:]
            by_week[kind] = _pooled((weekly(daily) / weekly(factors) * WEEK)[:, used])
            if (busy & of_kind).any():
                by_day[kind] = _pooled((daily[busy[of_kind]] / factors)[:, days])
        return cls(by_week=by_week, by_day=by_day)


def _pooled(values: Floats) -> float:
    mean, spread = values.mean(axis=1), values.var(axis=1, ddof=1)
    squares = float((mean**2 - spread / values.shape[1]).sum())
    return max(float((spread - mean).sum()) / squares, 0.0) if squares > 0 else 0.0
