"""Two windows compared area by area, with a test that holds for all of them together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maps import comparison
from maps.counting.columns import Counts
from maps.model import Floats, Method, TimeWindow
from maps.rates import LEAST_CASES
from maps.statistics import fdr
from routing.errors import UserInputError


@dataclass(frozen=True, kw_only=True)
class Change:
    """Counts of the first window against those of the second, in the order given."""

    ratio: Floats
    """(n,) cases per day over those of the other window, minus 1; NaN where that had none, or where
    both have too few to say anything."""
    q: Floats
    """(n,) after Benjamini–Hochberg over the areas tested; NaN where neither window has a case."""
    method: Method


def change(n: Counts, before: Counts, window: TimeWindow, other: TimeWindow) -> Change:
    """Test each area for another number per day than in the other window (``maps.comparison``).

    Takes counts, so that incidents compare like reports. UserInputError where the windows overlap:
    the same cases cannot be compared with themselves.
    """
    if other.start < window.end and window.start < other.end:
        raise UserInputError(f"两个时段重叠：{window} 与 {other}；请缩短时段，或选择不重叠的时段")
    ratio, _, _, p = comparison.rate_ratio(n, before, (window.days, other.days))
    tested = n + before > 0
    q = np.full(len(n), np.nan)
    q[tested] = fdr.adjusted(p[tested])
    few = (n < LEAST_CASES) & (before < LEAST_CASES)
    uneven = window.days != other.days
    return Change(
        ratio=np.where(few | ~np.isfinite(ratio), np.nan, ratio - 1),
        q=q,
        method=Method(
            name="两时段比较（条件二项精确检验）",
            null="该辖区两个时段平均每天的件数相同",
            alternative="双侧：多于或少于",
            correction=f"Benjamini–Hochberg q={comparison.LEVEL:g}",
            n=int(np.count_nonzero(tested)),
            choices={
                "本时段": f"{window}（{window.days} 天）",
                "对比时段": f"{other}（{other.days} 天）",
            },
            warnings=(
                "反复反映和节假日使波动大于检验所设，显著不等于重要；请同时看事件数",
                *(("两个时段天数不同，按每天件数比较",) if uneven else ()),
            ),
        ),
    )
