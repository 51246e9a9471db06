"""默认点: a point where cases pile up that were not placed at all.

Where an address cannot be placed, many systems write the middle of the city or the door of the
office. A map then shows its worst hot spot where nothing happens, and every test is wrong. A real
place has troubles of its own: some kinds, some weeks. A default point has the whole city's: all
kinds in the city's proportions, all days. Look for such points before anything is mapped, over all
cases and not over a filter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maps.counting.linking import components
from maps.model import NONE, Bools, Cases, Floats, Ints, Method

SAME_M = 1.0
"""Metres within which two places are the same point: coordinates are written to 10⁻⁵ degrees, about
a metre, and a point that went through two datum changes comes back within that."""
LEAST = 30
"""Cases from which a point is looked at: below, the mix of kinds says nothing. With 30 cases of ten
kinds chance alone moves a mix by 0.18 (total variation). Random cases of Chicago's 74,377
sanitation complaints put on one point were found in 40 of 40 trials from 50 cases on, of 30 in 7.
"""
TIMES = 10.0
"""How many times the mean of all points a pile has at least."""
DAYS = 0.75
"""Different days among those that as many random cases would have. Of the 25 fullest points of
Chicago 6 have less; random samples of 150 to 1,500 cases put on one point had 1.00 to 1.03."""
MIX = 0.15
"""Total variation between the point's kinds and those of all cases, beyond what chance gives a
sample of that size. Those of the 25 points with enough days all have more (0.19 and up); random
samples 0.00 to 0.02. None of the real points is called a pile."""
SHARE = 0.02
"""Of all cases with a place, from which a point with enough days is a pile whatever its kinds:
twelve times the fullest real point of Chicago (125 of 74,377)."""


@dataclass(frozen=True, kw_only=True)
class PileUp:
    """One point at which cases pile up."""

    x_m: float
    """Mean of its cases, metres in the working CRS."""
    y_m: float
    n: int
    share: float
    """Of all cases with a place, 0–1."""
    kinds: int
    """Different kinds there."""
    days: int
    """Different days there."""

    @property
    def text(self) -> str:
        """For the page, a Chinese sentence."""
        return (
            f"{self.n:,} 件（占有点工单 {self.share:.1%}）落在同一点，涉及 {self.kinds} 类、"
            f"{self.days} 天，分布与全部工单相近：疑为无法定位时写入的默认点"
        )


@dataclass(frozen=True, kw_only=True)
class PileUps:
    """All piles found, the largest first."""

    points: tuple[PileUp, ...]
    rows: Bools
    """(n,) cases on one of the points; leave them out of maps, and say so."""
    method: Method


def find(cases: Cases) -> PileUps:
    """Find points that look like the default of a geocoder; give all cases, not a filter's.

    A pile has at least ``LEAST`` cases within ``SAME_M`` metres, ``TIMES`` the mean of all points
    (or is the only point), nearly as many different days as a random sample, and a random sample's
    mix of kinds or more than ``SHARE`` of everything. No cases, one case: none. The order of the
    cases does not matter.
    """
    on_pile = np.zeros(len(cases), dtype=np.bool_)
    found = np.flatnonzero(cases.located)
    rows, spot, mean = _crowded(cases.x_m[found], cases.y_m[found])
    rows = found[rows]
    kinds = _shares(cases.kind.codes[found], len(cases.kind.labels))
    first = int(cases.day[found].min()) if len(found) else 0
    days = _shares(cases.day[found] - first, 1)
    points = []
    order = np.argsort(spot, kind="stable")
    for members in np.split(rows[order], np.flatnonzero(np.diff(spot[order])) + 1):
        n = len(members)
        if n < max(LEAST, TIMES * mean if n < len(found) else 0):
            continue
        different = len(np.unique(cases.day[members]))
        share = n / len(found)
        if different < DAYS * _expected_different(days, n):
            continue
        if share < SHARE and not _like_all(cases.kind.codes[members], kinds):
            continue
        on_pile[members] = True
        known = cases.kind.codes[members]
        points.append(
            PileUp(
                x_m=float(cases.x_m[members].mean()),
                y_m=float(cases.y_m[members].mean()),
                n=n,
                share=share,
                kinds=len(np.unique(known[known != NONE])),
                days=different,
            )
        )
    points.sort(key=lambda one: (-one.n, one.x_m, one.y_m))
    return PileUps(points=tuple(points), rows=on_pile, method=_method(len(found), points))


def _crowded(x: Floats, y: Floats) -> tuple[NDArray[np.int64], Ints, float]:
    """Rows in spots with enough cases, the spot of each, and the mean of cases per spot.

    Spots are first looked for on a lattice of ``SAME_M``, where a spot may lie across four cells,
    so only what lies around cells with a quarter of enough is linked."""
    if not len(x):
        return np.empty(0, np.int64), np.empty(0, np.int32), 0.0
    column = np.floor((x - x.min()) / SAME_M).astype(np.int64) + 1
    row = np.floor((y - y.min()) / SAME_M).astype(np.int64) + 1
    high = int(row.max()) + 2
    key = column * high + row
    cells, n = np.unique(key, return_counts=True)
    full = cells[n >= LEAST / 4]
    around = np.unique([full + i * high + j for i in (-1, 0, 1) for j in (-1, 0, 1)])
    near = np.flatnonzero(np.isin(key, around, kind="sort"))
    points = np.column_stack([x[near], y[near], np.zeros(len(near))]) / SAME_M
    spot = components(points, groups=np.zeros(len(near), dtype=np.int32), cylinder=False)
    return near, spot, len(x) / len(cells)


def _shares(codes: Ints, labels: int) -> Floats:
    """Share of each value among those that have one; zeros where none has."""
    counted = np.bincount(codes[codes != NONE], minlength=labels)
    shares: Floats = counted / max(1, counted.sum())
    return shares


def _expected_different(shares: Floats, n: int) -> float:
    """How many different values n random cases have."""
    return float((1.0 - (1.0 - shares) ** n).sum())


def _like_all(codes: Ints, shares: Floats) -> bool:
    """Whether the kinds are those of a random sample: distance beyond chance at most ``MIX``.

    With fewer than three kinds everything looks like everything, so nothing is said."""
    known = codes[codes != NONE]
    if np.count_nonzero(shares >= 0.01) < 3 or len(known) < LEAST:
        return False
    apart = np.abs(_shares(known, len(shares)) - shares).sum() / 2
    # Mean absolute deviation of a binomial share, halved as total variation is.
    chance = np.sqrt(shares * (1 - shares) * 2 / (np.pi * len(known))).sum() / 2
    return bool(apart - chance <= MIX)


def _method(n: int, points: list[PileUp]) -> Method:
    return Method(
        name="默认点检查",
        null="各点的工单有自己的类别和日期",
        alternative="某点的工单类别、日期与全部工单一样分散",
        n=n,
        choices={
            "同一点": f"{SAME_M:g} 米以内",
            "最少件数": f"{LEAST} 件，且不少于各点平均的 {TIMES:g} 倍",
            "日期": f"不同日期数达到随机抽取的 {DAYS:.0%}",
            "类别": f"与全部工单类别构成之差（总变差，扣除抽样误差）不超过 {MIX:g}",
            "或占比": f"占全部有点工单 {SHARE:.0%} 以上",
        },
        warnings=tuple(point.text for point in points),
    )
