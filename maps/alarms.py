"""Early warning for one day: what is more than its past explains, at the lowest level that says it.

Every jurisdiction of every level × kind is judged (``maps.alarming.judging``), the false discovery
rate is held over the whole batch, an alarm silences those above it unless the rest is alarming by
itself, and the space-time scan looks for clusters that no jurisdiction shows. The day itself is
never part of what it is compared with.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from maps.alarming.budget import within_budget
from maps.alarming.clusters import KindCluster, clusters
from maps.alarming.explaining import Explained, Found, lowest
from maps.alarming.judging import Judge
from maps.alarming.methods import METHODS
from maps.alarming.past import Past
from maps.alarming.result import Alarm, Batch, Recent
from maps.alarming.series import level_series
from maps.alarming.settings import ALL_KINDS, LEVELS, Settings
from maps.alarming.telling import SMALLEST_P, of_cluster, of_series
from maps.alarming.wording import CITY
from maps.model import Areas, Bools, Cases, Floats
from maps.statistics.fdr import adjusted
from routing.model import JurisdictionLevel

__all__ = ["ALL_KINDS", "CITY", "METHODS", "Alarm", "Batch", "Recent", "Settings", "alarms_of_day"]


def alarms_of_day(
    cases: Cases,
    areas: Mapping[JurisdictionLevel, Areas],
    names: Mapping[str, str],
    day: int,
    *,
    days_off: Collection[int] = (),
    working: Collection[int] = (),
    recent: Sequence[Recent] = (),
    settings: Settings | None = None,
) -> Batch:
    """Judge one day (days since EPOCH), which has to be over.

    Cases count by the day they were received; later ones are not looked at, so that a day can be
    run again and gives the same. ``days_off`` and ``working`` are public holidays and the weekends
    worked for them. No cases give no alarms. Ten weeks of past are needed, three years for the
    method that knows seasons; a warning says what could not be judged.
    """
    settings = settings or Settings()
    known = cases.day[cases.day <= day]
    if not len(known):
        return Batch(
            alarms=(),
            tested=0,
            searched=0,
            significant=0,
            explained=0,
            cooling=0,
            dropped=0,
            warnings=("到这一天为止没有诉求，未做预警。",),
        )
    past = Past(
        cases=cases,
        first=max(int(known.min()), day - (settings.years + 1) * 366),
        day=day,
        days_off=days_off,
        working=working,
        settings=settings,
    )
    judges = {
        level: Judge(
            past=past,
            series=level_series(
                cases,
                level,
                first=past.first,
                day=day,
                alive_days=settings.alive_days,
                mean_days=settings.scan_days,
            ),
        )
        for level in LEVELS
    }
    tested = sum(judge.tests() for judge in judges.values())
    found = _above(judges)
    kept, explained = _distinct(past, judges, found, tested)
    alarms = [of_series(past, judges[one.found.level], one, q, names) for one, q in kept]
    covered = _covered([one.rows for one, _ in kept], len(cases))
    grounds, searched = _clusters(past, areas)
    for cluster, q in grounds:
        if q > settings.q:
            continue
        if int((cluster.rows & covered).sum()) * 2 > int(cluster.rows.sum()):
            explained += 1  # most of its cases are already named
            continue
        alarms.append(of_cluster(past, cluster, areas, names, q))
    return within_budget(
        past,
        alarms,
        recent,
        tested=tested,
        searched=searched,
        significant=len(kept) + explained,
        explained=explained,
    )


def _above(judges: Mapping[JurisdictionLevel, Judge]) -> list[Found]:
    """Every test above its own bound."""
    return [
        Found(level=level, judged=one)
        for level, judge in judges.items()
        for one in judge.all()
        if one.above
    ]


def _distinct(
    past: Past, judges: Mapping[JurisdictionLevel, Judge], found: list[Found], tested: int
) -> tuple[list[tuple[Explained, float]], int]:
    """The alarms within the budget, each with its q, and how many tests they explain.

    One outbreak lifts its grid, community, subdistrict and district, one kind and all kinds. Were
    each counted as a discovery, it would let in noise from elsewhere: so only what stays after
    explaining counts as one, the explained and the quiet ones are tests with p = 1, and the
    threshold comes down until both agree.
    """
    settings = past.settings
    limit = settings.q * int(
        (_adjusted([one.judged.p for one in found], tested) <= settings.q).sum()
    )
    limit /= max(tested, 1)
    while limit > 0:
        within_limit = [one for one in found if one.judged.p <= limit]
        kept, explained = lowest(past, judges, within_limit, limit)
        q = _adjusted([one.judged.p for one in kept], tested)
        fits = int((q <= settings.q).sum())
        if fits == len(kept):
            return list(zip(kept, q.tolist(), strict=True)), explained
        limit = settings.q * fits / tested  # smaller each time: fewer fit than were kept
    return [], 0


def _adjusted(p: Sequence[float], tested: int) -> Floats:
    """Benjamini–Hochberg over all tests; those not among ``p`` have p = 1.

    Leaving the quiet ones out would pick the tests by their outcome.
    """
    known = np.maximum(np.array(p, dtype=np.float64), SMALLEST_P)
    return adjusted(np.concatenate([known, np.ones(max(tested - len(p), 0))]))[: len(p)]


def _clusters(
    past: Past, areas: Mapping[JurisdictionLevel, Areas]
) -> tuple[list[tuple[KindCluster, float]], int]:
    """Each kind's likeliest cluster with its q, and how many kinds were searched."""
    if JurisdictionLevel.COMMUNITY not in areas:
        return [], 0
    found, searched = clusters(past, areas[JurisdictionLevel.COMMUNITY])
    q = _adjusted([one.cluster.p for one in found], searched)
    return [(one, float(q[at])) for at, one in enumerate(found)], searched


def _covered(rows: Sequence[Bools], n: int) -> Bools:
    covered: Bools = np.zeros(n, dtype=bool)
    for one in rows:
        covered |= one
    return covered
