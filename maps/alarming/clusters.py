"""Clusters that cross borders: the space-time permutation scan of each kind, up to today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from maps import scan
from maps.alarming.past import Past
from maps.alarming.settings import WEEK
from maps.model import NONE, Areas, Bools
from maps.scan import ScanCluster
from routing.model import JurisdictionLevel

_GIVE_UP = 10
"""Simulations as large as the observed one after which a kind is left (Besag and Clifford 1991):
its p is then at least 0.011, and most kinds of a day cost 20 simulations instead of 999."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KindCluster:
    """The likeliest cluster of a kind."""

    kind: str
    cluster: ScanCluster
    communities: tuple[str, ...]
    """Codes, ascending."""
    first: int
    """First day of the cluster, days since EPOCH; the last is the day judged."""
    rows: Bools
    """(n,) its cases."""
    daily: tuple[int, ...]
    """Cases of the kind in these communities, day by day, the last one the day judged."""


def clusters(past: Past, communities: Areas) -> tuple[list[KindCluster], int]:
    """Return the likeliest cluster of each kind, significant or not, and how many kinds were
    searched.

    Places are the communities (a point inside each), steps are days. Kinds with fewer than
    ``min_cases`` in the last week are searched in vain by definition, but count as searched. Empty
    where there are fewer than two communities.
    """
    cases, settings = past.cases, past.settings
    start = past.day - settings.scan_days + 1
    place_of = np.array(
        [communities.place_of.get(label, NONE) for label in cases.community.labels] + [NONE]
    )
    place = place_of[cases.community.codes]  # a case without a community takes the last: NONE
    used = (place != NONE) & (cases.day >= start) & (cases.day <= past.day)
    found: list[KindCluster] = []
    searched = 0
    if len(communities) < 2:
        return found, 0
    for at, kind in enumerate(cases.kind.labels):
        rows = np.flatnonzero(used & (cases.kind.codes == at))
        if not len(rows):
            continue
        searched += 1
        step = cases.day[rows] - start
        if int((step >= settings.scan_days - WEEK).sum()) < settings.min_cases:
            continue
        first, *_ = scan.space_time_permutation(
            communities.middles,
            step,
            place[rows],
            steps=settings.scan_days,
            max_share=settings.scan_share,
            max_radius_m=settings.scan_radius_m,
            max_steps=WEEK,
            min_cases=settings.min_cases,
            permutations=settings.permutations,
            seed=settings.seed + past.day,
            give_up_after=_GIVE_UP,
        ).clusters or (None,)
        if first is None or first.steps is None:
            continue
        member = np.zeros(len(communities), dtype=bool)
        member[list(first.members)] = True
        there = member[place[rows]]
        inside = there & (step >= first.steps[0])
        mask = np.zeros(len(cases), dtype=bool)
        mask[rows[inside]] = True
        found.append(
            KindCluster(
                kind=kind,
                cluster=first,
                communities=tuple(sorted(communities.codes[one] for one in first.members)),
                first=start + first.steps[0],
                rows=mask,
                daily=tuple(np.bincount(step[there], minlength=settings.scan_days).tolist()),
            )
        )
    return found, searched


def common_ground(
    communities: tuple[str, ...], areas: Mapping[JurisdictionLevel, Areas]
) -> tuple[str, str]:
    """Level and code of the smallest jurisdiction that holds all; ("city", "") where none does."""
    codes = set(communities)
    for level, above in (
        (JurisdictionLevel.COMMUNITY, JurisdictionLevel.SUBDISTRICT),
        (JurisdictionLevel.SUBDISTRICT, JurisdictionLevel.DISTRICT),
        (JurisdictionLevel.DISTRICT, None),
    ):
        if len(codes) == 1 and (only := next(iter(codes))):
            return level.value, only
        table = areas.get(level)
        if above is None or table is None:
            break
        codes = {table.parents[table.place_of[one]] for one in codes if one in table.place_of}
    return "city", ""
