"""From what was found to the alarm that people read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from maps.alarming.charting import chart_of, chart_of_cluster
from maps.alarming.clusters import KindCluster, common_ground
from maps.alarming.explaining import Explained, period
from maps.alarming.judging import Judge, Judged
from maps.alarming.methods import SPACE_TIME
from maps.alarming.past import Past
from maps.alarming.result import Alarm
from maps.alarming.wording import (
    CITY,
    cluster_sentence,
    same_spot,
    series_sentence,
)
from maps.model import Areas, Bools, Cases
from routing.model import JurisdictionLevel

SMALLEST_P = 1e-300
"""A tail below what a double can hold is not 0: the correction needs p > 0."""
_SPOT_M = 1.0
"""Pins closer than this are one: decimals that were cut differently on the way."""


def of_series(
    past: Past, judge: Judge, one: Explained, q: float, names: Mapping[str, str]
) -> Alarm:
    """An alarm of a series."""
    judged: Judged = one.judged
    code, kind = judge.series.code(judged.key), judge.series.kind(judged.key)
    first = period(past, judged.method)
    return Alarm(
        day=past.day,
        first=first,
        level=one.found.level.value,
        code=code,
        kind=kind,
        method=judged.method,
        observed=judged.observed,
        expected=judged.expected,
        bound=judged.bound,
        p=max(judged.p, SMALLEST_P),
        q=q,
        recurrence_days=None,
        case_numbers=_numbers(past.cases, one.rows),
        why=series_sentence(
            place=names.get(code, code),
            kind=kind,
            method=judged.method,
            first=first,
            last=past.day,
            observed=judged.observed,
            expected=judged.expected,
            bound=judged.bound,
            p=judged.p,
            without=one.rest is not None,
        )
        + _spot(past.cases, one.rows),
        chart=chart_of(judge, judged),
        rest=one.rest is not None,
    )


def of_cluster(
    past: Past,
    one: KindCluster,
    areas: Mapping[JurisdictionLevel, Areas],
    names: Mapping[str, str],
    q: float,
) -> Alarm:
    """An alarm of a cluster; its place is the smallest jurisdiction that holds all of it."""
    level, code = common_ground(one.communities, areas)
    cluster = one.cluster
    return Alarm(
        day=past.day,
        first=one.first,
        level=level,
        code=code,
        kind=one.kind,
        method=SPACE_TIME,
        observed=cluster.observed,
        expected=cluster.expected,
        bound=None,
        p=cluster.p,
        q=q,
        recurrence_days=cluster.recurrence_runs,
        case_numbers=_numbers(past.cases, one.rows),
        why=cluster_sentence(
            place=names.get(code, code) if code else CITY,
            kind=one.kind,
            first=one.first,
            last=past.day,
            communities=len(one.communities),
            radius_m=cluster.radius_m,
            observed=cluster.observed,
            expected=cluster.expected,
            recurrence_days=cluster.recurrence_runs,
            or_more=cluster.recurrence_runs > past.settings.permutations,
        )
        + _spot(past.cases, one.rows),
        chart=chart_of_cluster(one.daily, past.day),
        circle=(*cluster.center, cluster.radius_m),
        communities=one.communities,
    )


def _spot(cases: Cases, rows: Bools) -> str:
    """The sentence about a single point, see ``same_spot``."""
    there = rows & cases.located
    if not there.any():
        return ""
    east, north = (
        np.round(one[there] / _SPOT_M).astype(np.int64) for one in (cases.x_m, cases.y_m)
    )
    _, counts = np.unique(east * 2**32 + north, return_counts=True)
    return same_spot(int(counts.max()), int(there.sum()))


def _numbers(cases: Cases, rows: Bools) -> tuple[str, ...]:
    numbers: list[Any] = np.sort(cases.number[rows]).tolist()
    return tuple(str(one) for one in numbers)
