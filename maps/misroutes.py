"""派错率: how often people named another unit than the machine, by area."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from maps.counting.columns import Counts, places, tally
from maps.model import NONE, Areas, Bools, Cases, Filters, Floats, Method

LEAST_DECIDED = 20
"""Decided cases below which a share is hatched: of 20 with 2 overridden the 95 % interval reaches
from 3 % to 30 %, of 10 with 1 from 2 % to 40 %, which is no statement about a street."""


@dataclass(frozen=True, kw_only=True)
class Flow:
    """Cases moved from the unit advised to the unit decided."""

    advised: str
    decided: str
    n: int


@dataclass(frozen=True, kw_only=True)
class Misroutes:
    """Shares of areas, in the order of ``Areas.codes``."""

    codes: tuple[str, ...]
    decided: Counts
    """(areas,) cases of which somebody decided the unit."""
    overridden: Counts
    """(areas,) of these, decided otherwise than advised."""
    share: Floats
    """(areas,) 0–1; NaN where nothing is decided."""
    low: Floats
    """(areas,) 95 % interval (Wilson)."""
    high: Floats
    suppressed: Bools
    """(areas,) too few decisions to draw."""
    outside: int
    """Decided cases that belong to none of the areas."""
    flows: tuple[Flow, ...] | None
    """From which unit to which, most first; ``None`` 未记录: the columns of the cases name the unit
    now responsible, not the one that was advised."""
    method: Method


def by_area(cases: Cases, areas: Areas, filters: Filters) -> Misroutes:
    """Share of the decided cases that people gave to another unit, in each area.

    Undecided cases are in neither number. No cases, or none decided, give NaN shares, all hatched.
    """
    rows = filters.rows(cases)
    column = cases.level(areas.level)
    place = places(column, areas)

    def count(which: Bools) -> Counts:
        counted = np.zeros(len(areas) + 1, dtype=np.int64)
        np.add.at(counted, place, tally(column, which))
        return counted

    decided = count(rows & (cases.overridden != NONE))
    overridden = count(rows & (cases.overridden == 1))[:-1]
    outside, decided = int(decided[-1]), decided[:-1]
    share = np.full(len(areas), np.nan)
    np.divide(overridden, decided, out=share, where=decided > 0)
    low, high = wilson(overridden, decided)
    return Misroutes(
        codes=areas.codes,
        decided=decided,
        overridden=overridden,
        share=share,
        low=low,
        high=high,
        suppressed=decided < LEAST_DECIDED,
        outside=outside,
        flows=None,
        method=_method(int(decided.sum()), int(overridden.sum()), outside),
    )


def wilson(hits: Counts, of: Counts, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """(n,) lower and upper limit of a share (Wilson, JASA 22, 1927); NaN where there is nothing."""
    z = stats.norm.ppf((1.0 + level) / 2.0)
    n = np.where(of > 0, of, np.nan).astype(np.float64)
    share = hits / n
    middle = share + z**2 / (2 * n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    below = 1 + z**2 / n
    low = np.where(hits == 0, 0 * n, (middle - half) / below)  # exactly 0 and 1, NaN stays NaN
    high = np.where(hits == of, n / n, (middle + half) / below)
    return low, high


def _method(decided: int, overridden: int, outside: int) -> Method:
    warnings = ["建议单位未记录在工单列中，无法给出由哪个单位改到哪个单位"]
    if outside:
        warnings.append(f"{outside:,} 件已定工单不在任何所示辖区内")
    return Method(
        name="派错率",
        null="各辖区的改派比例与全市相同",
        alternative="辖区的改派比例与全市不同（区间为线索，未作多重检验校正）",
        n=decided,
        choices={
            "改派": f"{overridden:,} 件 / 已定 {decided:,} 件",
            "区间": "95% Wilson 区间",
            "隐去": f"已定少于 {LEAST_DECIDED} 件",
        },
        warnings=tuple(warnings),
    )
