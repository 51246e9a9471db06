"""How busy a day is by what kind of day it is: weekday, weekend, holiday, working weekend."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from maps.model import Floats, Ints

HOLIDAY = 7
"""The kind of a day off; 0 Monday to 6 Sunday are the others."""
_WORKING_WEEKEND = 2
"""调休: a Saturday at work is as a Wednesday; there are too few to learn them apart."""
RECENT_DAYS = 56
"""Weekdays are learnt from the last eight weeks: each from eight days."""
_PRIOR_CASES = 20.0
"""Pulls a factor towards 1 as strongly as 20 cases would; thin kinds keep 1."""


def day_kinds(days: Ints, days_off: Collection[int], working: Collection[int]) -> Ints:
    """The kind of each day; all days are counted since 1970-01-01, which was a Thursday.

    ``days_off`` are public holidays (also where they fall on a weekend), ``working`` the weekends
    at work for them.
    """
    kinds = (np.asarray(days, dtype=np.int64) + 3) % 7
    kinds[np.isin(days, list(working))] = _WORKING_WEEKEND
    kinds[np.isin(days, list(days_off))] = HOLIDAY
    return kinds.astype(np.int32)


def day_factors(counts: Floats, kinds: Ints, *, until: int, recent: int = RECENT_DAYS) -> Floats:
    """Factor of each day (t,), mean about 1, from ``counts`` (…, t) added up over all series.

    Only days before ``until`` are learnt from: the day that is judged is never one of them.
    Weekdays from the ``recent`` days before it; days off from the whole past, relative to the two
    weeks on either side, because there are few. Days off never seen count as Sundays. Without a
    single case every factor is 1.
    """
    daily = np.asarray(counts, dtype=np.float64)
    daily = daily.reshape(-1, daily.shape[-1]).sum(axis=0)
    first = max(until - recent, 0)
    table = np.ones(HOLIDAY + 1)
    plain = kinds[first:until] != HOLIDAY
    level = daily[first:until][plain].mean() if plain.any() else 0.0
    for kind in range(HOLIDAY):
        chosen = daily[first:until][kinds[first:until] == kind]
        table[kind] = (chosen.sum() + _PRIOR_CASES) / (len(chosen) * level + _PRIOR_CASES)
    off = np.flatnonzero(kinds[:until] == HOLIDAY)
    table[HOLIDAY] = table[6]
    if len(off):
        around = [_usual(daily[:until], kinds[:until], int(at)) for at in off]
        usual = float(np.sum(around))
        pull = _PRIOR_CASES * table[6]
        table[HOLIDAY] = (daily[off].sum() + pull) / (usual + _PRIOR_CASES)
    return np.asarray(table[kinds], dtype=np.float64)


def _usual(daily: Floats, kinds: Ints, at: int) -> float:
    """Cases of an ordinary day within two weeks of ``at``; 0 where there is none."""
    span = slice(max(at - 14, 0), at + 15)
    plain = daily[span][kinds[span] != HOLIDAY]
    return float(plain.mean()) if len(plain) else 0.0


def weekly(values: Floats) -> Floats:
    """(…, w) sums of each seven days of (…, t), the last week ending with the last day.

    Days at the beginning that fill no week are left out.
    """
    weeks = values.shape[-1] // 7
    used = values[..., values.shape[-1] - weeks * 7 :]
    summed: Floats = used.reshape(*values.shape[:-1], weeks, 7).sum(axis=-1)
    return summed
