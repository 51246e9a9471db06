"""Farrington flexible: weekly counts with season and trend, past outbreaks weighed down.

Noufaily et al. 2013, Statistics in Medicine 32(7), doi 10.1002/sim.5595: quasi-Poisson regression
on the last years, a factor of ten seasons (the seven weeks around this one, then nine equal
parts), a linear trend, weights from Anscombe residuals, the bound as a quantile of the negative
binomial distribution. The last 26 weeks are left out, so that an outbreak under way does not
become its own normal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
from scipy import stats

from maps.model import EPOCH, Bools, Floats, Ints
from maps.surveillance.quasi_poisson import Fit, fit
from maps.surveillance.verdict import Verdict
from routing.errors import UserInputError

REWEIGHT_ABOVE = 2.58
"""Anscombe residual, standard normal: 99 %; Noufaily 2013 chose it over Farrington's 1."""
LEFT_OUT = 26
"""Weeks before the one that is judged (Noufaily 2013)."""
SEASONS = 10
HALF_WINDOW = 3
"""Weeks on either side that count as the same season."""
TREND_YEARS = 3
"""A trend is fitted from this many years on (Farrington 1996)."""
TREND_LEVEL = 0.05
LIMIT_54 = (5, 4)
"""An alarm needs 5 cases in the last 4 weeks (Farrington 1996): one week alone is no outbreak."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FarringtonVerdict(Verdict):
    """All (s,): one per series."""

    dispersion: Floats
    """φ ≥ 1; 1 is Poisson."""
    trend: Floats
    """Per week, log scale; NaN where none is used."""


def flexible(
    counts: Floats,
    starts: Ints,
    *,
    at: int = -1,
    years: int = 4,
    half_window: int = HALF_WINDOW,
    seasons: int = SEASONS,
    left_out: int = LEFT_OUT,
    alpha: float = 0.005,
    reweight_above: float = REWEIGHT_ABOVE,
    trend: Literal["always", "tested", "never"] = "always",
    extra: Floats | None = None,
    limit_54: tuple[int, int] = LIMIT_54,
) -> FarringtonVerdict:
    """Judge week ``at`` of each series.

    ``counts`` (s, t) weekly, ``starts`` (t,) first day of each week, days since 1970-01-01, seven
    apart. ``extra`` (t,) is one more explanation, e.g. days off in the week, for holidays that
    wander through the calendar as 春节 does; it is used where the past has some of it. ``trend``
    "always" is Noufaily's choice, "tested" drops one with p ≥ 0.05; below ``TREND_YEARS`` years
    there is none, nor where it would lead above everything ever seen. ``bound`` is
    the 1 − ``alpha`` quantile, NaN where ``limit_54`` (cases, weeks) is not met. A season without
    a single case in the past is expected to have half a case in all its weeks together. Raises
    UserInputError where ``years`` years are not there.
    """
    counts = np.atleast_2d(np.asarray(counts, dtype=np.float64))
    at = at % counts.shape[1]
    season, rows = _reference(starts, at, years, half_window, seasons, left_out)
    design, here = _design(season, rows, at, seasons, extra)
    past = counts[:, rows]
    allowed = trend != "never" and years >= TREND_YEARS
    expected, phi, slope = _predict(
        design, here, past, reweight_above, tested=trend == "tested", trend=allowed
    )
    floor = 0.5 / max(int((season[rows] == 0).sum()), 1)
    expected = np.maximum(expected, floor)
    observed = counts[:, at]
    recent = counts[:, max(at - limit_54[1] + 1, 0) : at + 1].sum(axis=1)
    bound = np.where(recent >= limit_54[0], _quantile(1 - alpha, expected, phi), np.nan)
    return FarringtonVerdict(
        observed=observed,
        expected=expected,
        bound=bound,
        p=_at_least(observed, expected, phi),
        dispersion=phi,
        trend=slope,
    )


def _reference(
    starts: Ints, at: int, years: int, half_window: int, seasons: int, left_out: int
) -> tuple[Ints, Ints]:
    """Season of each week (0 is the one around ``at``, −1 none) and the weeks that are used."""
    day = EPOCH + timedelta(days=int(starts[at]))
    middles = [
        int(np.abs(starts - (_years_before(day, back) - EPOCH).days).argmin())
        for back in range(years, 0, -1)
    ]
    first = middles[0] - half_window
    if years < 1 or first < 0 or starts[middles[0]] - (_years_before(day, years) - EPOCH).days > 3:
        raise UserInputError(
            f"需要 {years} 年零 {half_window} 周的历史，现有 {at} 周；请减少 years 或改用 EARS"
        )
    season = np.full(len(starts), -1, dtype=np.int32)
    for here, following in zip(middles, [*middles[1:], at], strict=True):
        season[here - half_window : here + half_window + 1] = 0
        rest = np.arange(here + half_window + 1, following - half_window)
        for number, part in enumerate(np.array_split(rest, max(seasons - 1, 1)), start=1):
            season[part] = number if seasons > 1 else -1
    rows = np.arange(first, at - left_out)
    return season, rows[season[rows] >= 0].astype(np.int32)


def _design(
    season: Ints, rows: Ints, at: int, seasons: int, extra: Floats | None
) -> tuple[Floats, Floats]:
    """Columns: constant, seasons 1…, extra, trend (last); and the row of the week judged."""
    levels = [number for number in range(1, seasons) if (season[rows] == number).any()]
    columns = [np.ones(len(rows)), *((season[rows] == number) * 1.0 for number in levels)]
    here = [1.0, *(0.0 for _ in levels)]
    if extra is not None and np.ptp(extra[rows]) > 0:
        columns.append(np.asarray(extra[rows], dtype=np.float64))
        here.append(float(extra[at]))
    columns.append((rows - rows[0]).astype(np.float64))
    here.append(float(at - rows[0]))
    return np.column_stack(columns), np.array(here)


def _predict(
    design: Floats, here: Floats, past: Floats, above: float, *, tested: bool, trend: bool
) -> tuple[Floats, Floats, Floats]:
    """Expected count, dispersion and slope (NaN: none) of each series."""
    expected = np.full(len(past), np.nan)
    phi, slope = np.ones(len(past)), np.full(len(past), np.nan)
    without: Bools = np.ones(len(past), dtype=bool)
    if trend:
        made = _reweighted(design, past, above)
        expected, phi, slope = np.exp(made.beta @ here), made.dispersion, made.beta[:, -1].copy()
        without = expected > past.max(axis=1)
        if tested:
            without |= made.chance(-1) >= TREND_LEVEL
        slope[without] = np.nan
    if without.any():
        made = _reweighted(design[:, :-1], past[without], above)
        expected[without] = np.exp(made.beta @ here[:-1])
        phi[without] = made.dispersion
    return expected, phi, slope


def _reweighted(design: Floats, past: Floats, above: float) -> Fit:
    """Fit, weigh down what stood out, fit again."""
    first = fit(design, past)
    residual = (
        1.5
        * (past ** (2 / 3) * first.mean ** (-1 / 6) - np.sqrt(first.mean))
        / np.sqrt(first.dispersion[:, None] * (1 - first.leverage))
    )
    weight = np.where(residual > above, 1 / np.maximum(residual, above) ** 2, 1.0)
    weight *= past.shape[1] / weight.sum(axis=1, keepdims=True)
    return fit(design, past, weight)


def _quantile(level: float, expected: Floats, phi: Floats) -> Floats:
    size = expected / np.maximum(phi - 1, 1e-9)
    plain = stats.poisson.ppf(level, expected)
    over = stats.nbinom.ppf(level, size, size / (size + expected))
    quantile: Floats = np.where(phi > 1 + 1e-6, over, plain)
    return quantile


def _at_least(observed: Floats, expected: Floats, phi: Floats) -> Floats:
    size = expected / np.maximum(phi - 1, 1e-9)
    plain = stats.poisson.sf(observed - 1, expected)
    over = stats.nbinom.sf(observed - 1, size, size / (size + expected))
    chance: Floats = np.where(phi > 1 + 1e-6, over, plain)
    return chance


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
