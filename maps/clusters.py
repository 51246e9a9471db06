"""重复投诉簇: groups of cases close in space and time, by HDBSCAN.

Hierarchical density clustering (Campello, Moulavi and Sander, PAKDD 2013; scikit-learn) on metres
and days scaled to one another: 150 m count as much as 30 days. The hierarchy is cut at that reach:
a case is in a cluster only if enough others lie within it, so that the thin scatter of a quiet
suburb is no cluster, however far apart its cases are from the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from maps.counting.linking import components
from maps.incidents import minutes
from maps.model import EPOCH, Bools, Cases, Filters, Floats, Ints, Method
from routing.errors import UserInputError

REACH_M = 150.0
"""Metres that count as much as ``REACH_DAYS``: one gate of a compound to the next."""
REACH_DAYS = 30.0
"""Days: a month in which a repeated complaint is answered and comes back."""
LEAST = 5
"""Cases of a cluster; fewer are shown as counts (and hatched as rates)."""
MOST = 50_000
"""Cases of one kind worked on at once; more are taken in tiles."""
MOST_AT_ONCE = 8_000
"""Cases of one dense group that the tree of all distances is made of: 0.4 s, growing with the
square. In a denser group the reach is halved first, and that is said."""
LEAST_REACH = 1 / 8
"""Part of the reach below which it is not halved again: 19 m and 4 days, less than a place and an
answer are known to. What is denser still is one spot, and one cluster."""

Rows = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """One group of cases."""

    rows: Rows
    """Places in the cases, ascending."""
    x_m: float
    """Mean, metres in the working CRS."""
    y_m: float
    span_m: float
    """Metres from the mean to the farthest case."""
    first: date
    last: date
    kinds: tuple[tuple[str, int], ...]
    """Kinds and their cases, most first; cases without a kind are left out."""

    @property
    def days(self) -> int:
        """From the first to the last day, both counted."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, kw_only=True)
class Clusters:
    """Clusters, the largest first; most cases are in none."""

    items: tuple[Cluster, ...]
    unlocated: int
    """Cases without a place, which no cluster can hold."""
    method: Method


def find(
    cases: Cases,
    filters: Filters,
    *,
    reach_m: float = REACH_M,
    reach_days: float = REACH_DAYS,
    least: int = LEAST,
) -> Clusters:
    """Find groups of at least ``least`` cases of the filters' in space and time.

    Kind by kind: a lamp and a noise at one gate are two matters, and with all kinds together a
    whole busy quarter is one group. Cases without a kind are one kind. The order of the cases does
    not matter. No cases, one case: no clusters. UserInputError for reaches that are not
    positive and for ``least`` below 2.
    """
    if not (reach_m > 0 and reach_days > 0 and least >= 2):
        raise UserInputError(
            "聚类范围应为正数、最少件数不小于 2；"
            f"得到 {reach_m!r} 米、{reach_days!r} 天、{least} 件"
        )
    meant = filters.rows(cases)
    rows = np.flatnonzero(meant & cases.located)
    # In one order whatever the order of the rows, since equal distances are broken by place.
    rows = rows[np.lexsort([cases.y_m[rows], cases.x_m[rows], minutes(cases, rows)])]
    points = np.column_stack(
        [
            cases.x_m[rows] / reach_m,
            cases.y_m[rows] / reach_m,
            minutes(cases, rows) / (1440.0 * reach_days),
        ]
    )
    blocks, how = _blocks(points, cases.kind.codes[rows])
    found: list[Rows] = []
    too_dense = 0
    for block in blocks:
        groups, dense = _clusters(points[block], least)
        found += [rows[block[group]] for group in groups]
        too_dense += dense
    items = [_cluster(cases, np.sort(members)) for members in found]
    items.sort(key=lambda one: (-len(one.rows), one.first, one.x_m, one.y_m))
    warnings = (*how, *((f"{too_dense} 处工单过密，已缩小尺度再聚类",) if too_dense else ()))
    return Clusters(
        items=tuple(items),
        unlocated=int(np.count_nonzero(meant)) - len(rows),
        method=Method(
            name="重复投诉簇（HDBSCAN）",
            null="不作检验：描述工单在何处、何时聚集",
            alternative="",
            n=len(rows),
            choices={
                "范围": "同一类别之内",
                "尺度": f"{reach_m:g} 米相当于 {reach_days:g} 天",
                "最少件数": f"{least} 件",
                "截断": "尺度以内不足最少件数的工单不属于任何簇",
            },
            warnings=warnings,
        ),
    )


def _blocks(points: Floats, kinds: Ints) -> tuple[list[Rows], tuple[str, ...]]:
    """Rows to work on together, and what has to be said about it."""
    order = np.argsort(kinds, kind="stable")
    by_kind = np.split(order, np.flatnonzero(np.diff(kinds[order])) + 1)
    blocks = [tile for one in by_kind for tile in _tiles(points, one)]
    parted = len(blocks) > len(by_kind)
    return blocks, ("件数过多的类别分块聚类，跨块的簇会被分开",) if parted else ()


def _tiles(points: Floats, rows: Rows) -> list[Rows]:
    """Halved across the longer side until small enough; equal places are never parted."""
    if len(rows) <= MOST:
        return [rows]
    axis = int(np.ptp(points[rows, :2], axis=0).argmax())
    east = points[rows, axis] > np.median(points[rows, axis])
    if not east.any():  # more than half lie on one line: part the days instead
        axis = 2
        east = points[rows, axis] > np.median(points[rows, axis])
    if not east.any():
        return [rows]
    return [*_tiles(points, rows[~east]), *_tiles(points, rows[east])]


def _clusters(points: Floats, least: int, reach: float = 1.0) -> tuple[list[Rows], int]:
    """Members of each cluster, and how many groups were too dense for the reach asked for."""
    if len(points) < least:
        return [], 0
    dense = np.flatnonzero(_core_distances(points, least) <= reach)
    if not len(dense):
        return [], 0
    near = points[dense] / reach
    group = components(near, groups=np.zeros(len(dense), np.int32), cylinder=False)
    order = np.argsort(group, kind="stable")
    found: list[Rows] = []
    too_dense = 0
    for some in np.split(dense[order], np.flatnonzero(np.diff(group[order])) + 1):
        if len(some) > MOST_AT_ONCE and reach > LEAST_REACH:
            inside, _ = _clusters(points[some], least, reach / 2)
            found += [some[one] for one in inside]
            too_dense += 1
        elif 2 * least <= len(some) <= MOST_AT_ONCE:
            found += _split(some, points[some], least)
        elif len(some) >= least:
            found.append(some)
    return found, too_dense


def _core_distances(points: Floats, least: int) -> Floats:
    """Distance to the ``least``-th nearest case, the case itself counted.

    Cases at one place and time are asked for once: a tree of a million equal points is a list."""
    different, of, n = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    k = min(least, len(different))
    away, near = cKDTree(different).query(different, k=k)
    away, near = away.reshape(-1, k), near.reshape(-1, k)
    enough = n[near].cumsum(axis=1) >= least
    core = np.where(enough.any(axis=1), away[np.arange(len(away)), enough.argmax(axis=1)], np.inf)
    return core[of.reshape(-1)]


def _split(rows: Rows, points: Floats, least: int) -> list[Rows]:
    """The most stable clusters within one dense group; the group itself where none is better."""
    from sklearn.cluster import HDBSCAN  # a second to import, and rarely reached

    labels = HDBSCAN(
        min_cluster_size=least, min_samples=least, allow_single_cluster=True, copy=True
    ).fit_predict(points)
    if labels.max() < 1:
        return [rows]
    return [rows[labels == label] for label in range(labels.max() + 1)]


def _cluster(cases: Cases, rows: Rows) -> Cluster:
    x, y = cases.x_m[rows], cases.y_m[rows]
    middle = float(x.mean()), float(y.mean())
    known: Bools = cases.kind.codes[rows] >= 0
    n = np.bincount(cases.kind.codes[rows][known], minlength=len(cases.kind.labels))
    kinds = [(name, int(count)) for name, count in zip(cases.kind.labels, n, strict=True) if count]
    return Cluster(
        rows=rows,
        x_m=middle[0],
        y_m=middle[1],
        span_m=float(np.hypot(x - middle[0], y - middle[1]).max()),
        first=EPOCH + timedelta(days=int(cases.day[rows].min())),
        last=EPOCH + timedelta(days=int(cases.day[rows].max())),
        kinds=tuple(sorted(kinds, key=lambda one: (-one[1], one[0]))),
    )
