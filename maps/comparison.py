"""环比、同比: did an area change from one window to another, beyond chance?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy import stats

from maps.counting.columns import Counts, places, tally
from maps.model import EPOCH, NONE, Areas, Bools, Cases, Filters, Floats, Ints, Method, TimeWindow
from maps.rates import LEAST_CASES
from maps.statistics.fdr import adjusted
from routing.errors import UserInputError

LEVEL = 0.05
"""Rate of false discoveries among areas called changed."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two windows per area, in the order of ``Areas.codes``."""

    codes: tuple[str, ...]
    now: Counts
    """(areas,) cases of the filters' window."""
    before: Counts
    """(areas,) cases of the other window."""
    ratio: Floats
    """(areas,) cases per day now over cases per day before; NaN where both are 0, inf where only
    before is."""
    low: Floats
    """(areas,) 95 % interval of the ratio (Clopper–Pearson)."""
    high: Floats
    p: Floats
    """(areas,) two-sided."""
    q: Floats
    """(areas,) after Benjamini–Hochberg over the areas with a case in either window."""
    direction: Ints
    """(areas,) 1 more, -1 fewer, 0 not beyond chance."""
    days: tuple[int, int]
    """Days of the windows compared, now and before."""
    method: Method

    @property
    def change(self) -> Floats:
        """(areas,) ratio - 1, what ``READY["change"]`` colours; NaN with few cases in both."""
        few = (self.now < LEAST_CASES) & (self.before < LEAST_CASES)
        return np.where(few, np.nan, self.ratio - 1.0)


def by_area(
    cases: Cases, areas: Areas, filters: Filters, other: TimeWindow, *, as_of: date | None = None
) -> Comparison:
    """Compare the filters' window with another one in each area, per day of each.

    Under the null hypothesis the cases of an area fall to the two windows by their days: given the
    sum, the count now is binomial with p = days/(days + other days) (Przyborowski and Wilenski,
    Biometrika 31, 1940); two-sided by doubling the smaller tail. ``as_of``, the local day on which
    the data were read, cuts days that are not over from both ends of time, so that half a week is
    not compared with a whole one. UserInputError where the windows overlap or nothing is over yet.
    """
    if other.start < filters.window.end and filters.window.start < other.end:
        raise UserInputError(f"两个时段重叠：{filters.window} 与 {other}；请选择不重叠的时段")
    now_window, before_window = _over(filters.window, as_of), _over(other, as_of)
    now = _counts(cases, areas, filters.rows(cases, now_window))
    before = _counts(cases, areas, filters.rows(cases, before_window))
    days = (now_window.days, before_window.days)
    ratio, low, high, p = rate_ratio(now, before, days)
    q = np.ones(len(areas))
    some = now + before > 0
    q[some] = adjusted(p[some])
    direction = np.where(q <= LEVEL, np.sign(np.nan_to_num(ratio, nan=1.0) - 1.0), 0)
    return Comparison(
        codes=areas.codes,
        now=now,
        before=before,
        ratio=ratio,
        low=low,
        high=high,
        p=p,
        q=q,
        direction=direction.astype(np.int32),
        days=days,
        method=_method(int(some.sum()), now_window, before_window),
    )


def rate_ratio(
    now: Counts, before: Counts, days: tuple[int, int], *, level: float = 0.95
) -> tuple[Floats, Floats, Floats, Floats]:
    """(n,) ratio of daily rates, its lower and upper limit, and the two-sided p in (0, 1].

    Without any case the ratio is NaN, the interval 0 to inf and p 1.
    """
    total = (now + before).astype(np.float64)
    exposure = days[1] / days[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = now / before * exposure
    share = days[0] / (days[0] + days[1])
    tails = np.minimum(stats.binom.cdf(now, total, share), stats.binom.sf(now - 1, total, share))
    p = np.clip(2.0 * tails, np.finfo(float).tiny, 1.0)
    tail = (1.0 - level) / 2.0
    low = np.where(now > 0, stats.beta.ppf(tail, np.maximum(now, 1), before + 1.0), 0.0)
    high = np.where(before > 0, stats.beta.ppf(1 - tail, now + 1.0, np.maximum(before, 1)), 1.0)
    with np.errstate(divide="ignore"):
        return ratio, low / (1 - low) * exposure, high / (1 - high) * exposure, p


def _over(window: TimeWindow, as_of: date | None) -> TimeWindow:
    if as_of is None or window.end <= (last := EPOCH.fromordinal(as_of.toordinal())):
        return window
    if last <= window.start:
        raise UserInputError(f"时段 {window} 在 {last} 还没有过完的一天；请选择更早的时段")
    return TimeWindow(start=window.start, end=last)


def _counts(cases: Cases, areas: Areas, rows: Bools) -> Counts:
    column = cases.level(areas.level)
    counted = np.zeros(len(areas) + 1, dtype=np.int64)
    np.add.at(counted, places(column, areas), tally(column, rows))
    return counted[:NONE]


def _method(n: int, now: TimeWindow, before: TimeWindow) -> Method:
    uneven = now.days != before.days
    return Method(
        name="两时段比较",
        null="辖区两个时段每天的件数来自同一 Poisson 分布",
        alternative="每天的件数有增减（双侧）",
        correction=f"Benjamini–Hochberg q={LEVEL:g}",
        n=n,
        choices={
            "本期": f"{now}（{now.days} 天）",
            "对比期": f"{before}（{before.days} 天）",
            "检验": "条件二项精确检验",
        },
        warnings=(
            "重复反映和节假日使件数的波动大于 Poisson，显著不等于重要；请同时看事件数",
            *(("两个时段天数不同，按每天件数比较",) if uneven else ()),
        ),
    )
