"""界线视图: which shared borders gather cases, overrides and returns; where to redraw or agree.

A case within its own uncertainty of a border belongs to either side. Where many such cases are
overruled by people, the line itself is worth checking; where there are simply many, a rule agreed
beforehand saves the argument each time. What the workflow does not record is ``None``, never 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import stats

from maps.counting.borders import SharedBorders, shared_borders
from maps.model import NONE, Areas, Bools, Cases, Filters, Floats, Method
from maps.rates import LEAST_CASES, poisson_interval
from maps.statistics.fdr import adjusted
from routing.errors import UserInputError

NEAR_M = 50.0
"""Metres to each side: the 95 % radius of a house number is about this, so either side may be
meant."""
MOST_M = 1000.0
"""Metres; wider, the strips of a community's borders cover all of it."""
LEVEL = 0.05
"""Rate of false discoveries among borders of which a redrawing is suggested."""
MANY_CASES = 20
"""Cases near a border from which a rule is suggested: at 20 the 95 % interval of a rate is 0.6 to
1.5 times; fewer do not pay for a meeting of two offices."""
TIMES = 2.0
"""How many times the rate of all borders the lower limit of a border's rate reaches before a rule
is suggested. On evenly spread cases (1,000 maps of 100 borders with 30 cases each) none did."""

CHECK, AGREE = "建议核对界线", "建议约定规则"


@dataclass(frozen=True, kw_only=True)
class Border:
    """One border and what happened near it."""

    left: str
    """Code of one side."""
    left_name: str
    right: str
    right_name: str
    line: Any
    """Shapely line or lines, metres in the working CRS."""
    length_m: float
    cases: int
    decided: int
    """Cases of which somebody decided the unit."""
    overrides: int
    """Of these, decided otherwise than advised."""
    returns: int | None
    """退单 among the cases; ``None`` 未记录."""
    per_km: float
    """Cases per kilometre. The half discs around the two ends count as length, π/2 times the reach:
    without them a border of ten metres, with the ground of a hundred, would be the busiest."""
    per_km_low: float
    """95 % interval (Garwood)."""
    per_km_high: float
    overrides_per_km: float
    overrides_per_km_low: float
    overrides_per_km_high: float
    q: float | None
    """Of more overrides than everywhere, after Benjamini–Hochberg; ``None`` without decisions."""
    hint: str
    """Chinese; empty where the numbers do not warrant one."""


@dataclass(frozen=True, kw_only=True)
class BorderRanking:
    """Borders, the one most worth looking at first."""

    items: tuple[Border, ...]
    returns_recorded: bool
    cases: int
    """Different cases near any border; one near two borders counts at both but here once."""
    method: Method


def rank(
    cases: Cases,
    areas: Areas,
    filters: Filters,
    *,
    metres: float = NEAR_M,
    between_parents: bool = False,
    borders: SharedBorders | None = None,
) -> BorderRanking:
    """Rank the borders between ``areas`` by overrides, then by cases, within ``metres`` of each.

    The order is by the lower limit of overrides per km, then of cases per km, then by codes: a
    short border with one case does not come first. ``between_parents`` keeps borders whose sides
    have different ones above: the borders between subdistricts out of those between communities.
    ``borders`` saves finding them again for the same areas. No cases give zeros, one area no
    borders. UserInputError for ``metres`` outside 0–1000.
    """
    if not 0 < metres <= MOST_M:
        raise UserInputError(f"界线两侧宽度为 {metres!r} 米；应大于 0，不超过 {MOST_M:g}")
    found = borders if borders is not None else shared_borders(areas)
    if between_parents:
        parents = np.array(areas.parents, dtype=object)
        found = found.where(np.asarray(parents[found.left] != parents[found.right], dtype=bool))
    meant = filters.rows(cases)
    near = _Near(cases, meant, found, metres)
    decided_all = int((cases.overridden[meant] != NONE).sum())
    share = int((cases.overridden[meant] == 1).sum()) / decided_all if decided_all else 0.0
    q = _more_overrides(near, share)
    returns_recorded = bool((cases.returned[meant] != NONE).any())
    km = (found.length_m + np.pi / 2 * metres) / 1000.0
    low, high = poisson_interval(near.cases)
    over_low, over_high = poisson_interval(near.overrides)
    whole = near.cases.sum() / km.sum() if len(km) else 0.0
    hints = _hints(near, q, low / km, whole)
    order = sorted(
        range(len(km)),
        key=lambda at: (-over_low[at] / km[at], -low[at] / km[at], found.left[at], found.right[at]),
    )
    items = tuple(
        Border(
            left=areas.codes[found.left[at]],
            left_name=areas.names[found.left[at]],
            right=areas.codes[found.right[at]],
            right_name=areas.names[found.right[at]],
            line=found.lines[at],
            length_m=float(found.length_m[at]),
            cases=int(near.cases[at]),
            decided=int(near.decided[at]),
            overrides=int(near.overrides[at]),
            returns=_returns(near, at, returns_recorded),
            per_km=float(near.cases[at] / km[at]),
            per_km_low=float(low[at] / km[at]),
            per_km_high=float(high[at] / km[at]),
            overrides_per_km=float(near.overrides[at] / km[at]),
            overrides_per_km_low=float(over_low[at] / km[at]),
            overrides_per_km_high=float(over_high[at] / km[at]),
            q=None if np.isnan(q[at]) else float(q[at]),
            hint=hints[at],
        )
        for at in order
    )
    return BorderRanking(
        items=items,
        returns_recorded=returns_recorded,
        cases=near.different,
        method=_method(len(items), metres, share, whole, returns_recorded),
    )


class _Near:
    """Counts of the cases near each border."""

    def __init__(self, cases: Cases, meant: Bools, borders: SharedBorders, metres: float) -> None:
        rows = np.flatnonzero(meant & cases.located)
        tree = shapely.STRtree(shapely.points(cases.x_m[rows], cases.y_m[rows]))
        border, case = tree.query(borders.lines, predicate="dwithin", distance=metres)
        case = rows[case]
        k = len(borders.left)

        def count(which: Bools | None) -> NDArray[np.int64]:
            return np.bincount(border if which is None else border[which], minlength=k)

        self.cases = count(None)
        self.decided = count(cases.overridden[case] != NONE)
        self.overrides = count(cases.overridden[case] == 1)
        self.returns = count(cases.returned[case] == 1)
        self.recorded = count(cases.returned[case] != NONE)
        self.different = len(np.unique(case))


def _returns(near: _Near, at: int, recorded: bool) -> int | None:
    known = recorded and (near.recorded[at] > 0 or near.cases[at] == 0)
    return int(near.returns[at]) if known else None


def _more_overrides(near: _Near, share: float) -> Floats:
    """(k,) q of more overrides among the decided than the share of all; NaN without decisions."""
    q = np.full(len(near.cases), np.nan)
    known = near.decided > 0
    p = stats.binom.sf(near.overrides[known] - 1, near.decided[known], share)
    q[known] = adjusted(np.clip(p, np.finfo(float).tiny, 1.0))
    return q


def _hints(near: _Near, q: Floats, low_per_km: Floats, whole: float) -> Sequence[str]:
    with np.errstate(invalid="ignore"):
        check = (near.overrides >= LEAST_CASES) & (q <= LEVEL)
    agree = (near.cases >= MANY_CASES) & (low_per_km > TIMES * whole)
    return [str(one) for one in np.select([check, agree], [CHECK, AGREE], "")]


def _method(n: int, metres: float, share: float, whole: float, returns: bool) -> Method:
    warnings = ["靠近两条界线的工单在两条界线上各计一次"]
    if not returns:
        warnings.append("流程尚未记录退单，退单数为“未记录”，不是 0")
    return Method(
        name="界线视图",
        null="界线附近的改派比例与全部工单相同",
        alternative="界线附近改派更多",
        correction=f"Benjamini–Hochberg q={LEVEL:g}",
        n=n,
        choices={
            "两侧宽度": f"{metres:g} 米",
            "每公里": "长度含两端半圆，折合 π/2 × 宽度",
            "全部已定工单的改派比例": f"{share:.1%}",
            "全部界线平均": f"{whole:.2f} 件/公里",
            CHECK: f"改派不少于 {LEAST_CASES} 件，且 q≤{LEVEL:g}",
            AGREE: (
                f"不少于 {MANY_CASES} 件，且每公里件数的 95% 下限超过全部界线平均的 {TIMES:g} 倍"
            ),
            "排序": "每公里改派数的 95% 下限，其次每公里件数的 95% 下限",
        },
        warnings=tuple(warnings),
    )
