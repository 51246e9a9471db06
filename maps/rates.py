"""Rates with their uncertainty: cases per resident, household, kilometre of road or place.

Three maps, always named: the count is workload, the rate is risk, observed over expected is what
is left when the city's own rate is taken out. Each rate comes with an interval, and where there is
too little to say anything the table says so instead of drawing a colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from maps.counting.columns import Counts
from maps.counting.smoothing import empirical_bayes, local_empirical_bayes, usable
from maps.model import Bools, Floats, Method
from maps.weights import Weights
from routing.errors import UserInputError

LEAST_CASES = 5
"""Cases below which a rate is hatched: with 4 cases the 95 % interval reaches from 0.27 to 2.6
times the rate, with 5 from 0.32 to 2.3; below that two areas of one risk look ninefold apart."""
LEAST_HOUSEHOLDS = 100.0
"""Households below which a rate is hatched: one household that calls every month is then 12 % of
all; with 100 it takes a tenth of a usual block of flats."""
PEOPLE_PER_HOUSEHOLD = 2.62
"""Seventh national census, 2020 (第七次全国人口普查公报第二号: 平均每个家庭户的人口为 2.62 人)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """What cases are divided by."""

    name: str
    """Chinese, as in a legend: ``常住人口``."""
    unit: str
    """Of the rate: ``件/千人``."""
    per: float
    """The rate is per this many."""
    least: float
    """Denominators below this are hatched."""


MEASURES = MappingProxyType(
    {
        "population": Measure(
            name="常住人口",
            unit="件/千人",
            per=1000.0,
            least=LEAST_HOUSEHOLDS * PEOPLE_PER_HOUSEHOLD,
        ),
        "household": Measure(name="户数", unit="件/千户", per=1000.0, least=LEAST_HOUSEHOLDS),
        # Half a kilometre: shorter, one junction decides; a grid of one block has more.
        "road_km": Measure(name="道路长度", unit="件/公里", per=1.0, least=0.5),
        # Ten places: with fewer, one restaurant is more than a tenth of the denominator.
        "poi": Measure(name="兴趣点数", unit="件/百个", per=100.0, least=10.0),
    }
)
"""The four denominators that users load."""

KEPT, FEW_CASES, SMALL, ABSENT = "", "少于 5 件", "基数过小", "缺基数"
"""Why a rate is not shown; empty text where it is."""


@dataclass(frozen=True, kw_only=True)
class RateTable:
    """Rates of areas, in the order given; NaN where there is nothing to divide by."""

    measure: Measure
    rate: Floats
    """(n,) cases per ``measure.per``."""
    low: Floats
    """(n,) 95 % interval of the rate."""
    high: Floats
    expected: Floats
    """(n,) cases if the area had the city's rate."""
    oe: Floats
    """(n,) observed over expected (标化比); NaN where nothing is expected."""
    oe_low: Floats
    oe_high: Floats
    eb: Floats
    """(n,) rate by empirical Bayes, per ``measure.per``."""
    local_eb: Floats | None
    """(n,) the same towards the neighbours; ``None`` without weights."""
    why: tuple[str, ...]
    """(n,) Chinese reason for hatching; empty text where the rate is shown."""
    method: Method

    @property
    def suppressed(self) -> Bools:
        """(n,) whether the area is hatched."""
        return np.array([bool(one) for one in self.why], dtype=np.bool_)

    def shown(self, which: Literal["rate", "eb", "local_eb", "oe"]) -> Floats:
        """(n,) the values of one map, NaN where hatched; UserInputError for what is not there."""
        values = {"rate": self.rate, "eb": self.eb, "local_eb": self.local_eb, "oe": self.oe}
        chosen = values.get(which)
        if chosen is None:
            raise UserInputError(
                f"没有指标 {which!r}；可用：{[k for k, v in values.items() if v is not None]}"
            )
        return np.where(self.suppressed, np.nan, chosen)


def rate_table(
    n: Counts,
    denominator: Floats,
    *,
    by: str = "population",
    weights: Weights | None = None,
    expected: Floats | None = None,
    households: Floats | None = None,
    form: Literal["exact", "byar"] = "exact",
) -> RateTable:
    """Rates of areas with intervals, ratios to the expected, smoothed rates and what is hatched.

    ``denominator`` (n,) residents, households, kilometres or places; NaN where not known, which is
    no zero. ``expected`` (n,) replaces the expectation from the one rate of the city, see
    ``expected_by_kind``. ``households`` hatches below 100 whatever the denominator is. Areas
    without a denominator take no part in the city's rate. No areas, and a city without a single
    case or denominator, give empty or NaN columns. UserInputError for an unknown ``by`` and for a
    negative or infinite denominator.
    """
    if by not in MEASURES:
        raise UserInputError(f"基数 {by!r} 无法使用；可用：{', '.join(MEASURES)}")
    measure = MEASURES[by]
    over = _checked(np.asarray(denominator, dtype=np.float64), measure.name)
    if len(over) != len(n):
        raise ValueError(f"{len(n)} counts do not fit {len(over)} denominators")
    known = usable(over)
    low, high = poisson_interval(n, form=form)
    if expected is None:
        expected = expected_by_kind(n[:, None], over[:, None])
    small = known & (over < measure.least)
    if households is not None:
        small |= _checked(households, "户数") < LEAST_HOUSEHOLDS
    local = local_empirical_bayes(n, over, weights).rate if weights is not None else None
    return RateTable(
        measure=measure,
        rate=_over(n, over) * measure.per,
        low=_over(low, over) * measure.per,
        high=_over(high, over) * measure.per,
        expected=expected,
        oe=_over(n, expected),
        oe_low=_over(low, expected),
        oe_high=_over(high, expected),
        eb=empirical_bayes(n, over).rate * measure.per,
        local_eb=None if local is None else local * measure.per,
        why=_why(n, known, small),
        method=_method(measure, n, known, form),
    )


def expected_by_kind(n: Counts, denominator: Floats) -> Floats:
    """(areas,) cases if each area had the city's rate of each kind: indirect standardisation.

    ``n`` and ``denominator`` are (areas, kinds): noise is expected by residents, street lamps by
    kilometres of road. E_i = Σ_k d_ik·(Σn_k/Σd_k) over areas whose denominator is known; NaN where
    any kind that the city has cases of lacks its denominator.
    """
    known = usable(denominator)
    over = np.where(known, denominator, 0.0)
    cases = np.where(known, n, 0).sum(axis=0).astype(np.float64)
    total = over.sum(axis=0)
    rate = np.divide(cases, total, out=np.zeros(len(total)), where=total > 0)
    absent = (~known & (n.sum(axis=0) > 0)).any(axis=1) | ~known.any(axis=1)
    expected: Floats = np.where(absent, np.nan, over @ rate)
    return expected


def poisson_interval(
    n: NDArray[np.generic], *, level: float = 0.95, form: Literal["exact", "byar"] = "exact"
) -> tuple[Floats, Floats]:
    """(n,) lower and upper limit of the mean of which counts were drawn.

    ``exact``: Garwood 1936, by quantiles of χ². ``byar``: Byar's cube-root form (Breslow and Day,
    Statistical Methods in Cancer Research II, 1987), within 1 % of the exact one from 5 cases on.
    The lower limit of 0 cases is 0.
    """
    counts = np.asarray(n, dtype=np.float64)
    tail = (1.0 - level) / 2.0
    some = np.maximum(counts, 1.0)  # 0 cases are put right below
    if form == "exact":
        low = stats.chi2.ppf(tail, 2.0 * some) / 2.0
        high = stats.chi2.ppf(1.0 - tail, 2.0 * counts + 2.0) / 2.0
    else:
        z = stats.norm.ppf(1.0 - tail)
        more = counts + 1.0
        low = some * np.maximum(0.0, 1 - 1 / (9 * some) - z / (3 * np.sqrt(some))) ** 3
        high = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
    return np.where(counts > 0, low, 0.0), np.asarray(high)


def _checked(denominator: Floats, name: str) -> Floats:
    wrong = denominator[(denominator < 0) | np.isinf(denominator)]
    if len(wrong):
        raise UserInputError(f"{name}为 {wrong[0]:g}；基数应为非负数，不知道时请留空")
    return denominator


def _over(top: NDArray[np.generic], below: Floats) -> Floats:
    ratio = np.full(len(below), np.nan)
    np.divide(top, below, out=ratio, where=usable(below))
    return ratio


def _why(n: Counts, known: Bools, small: Bools) -> tuple[str, ...]:
    reason = np.select([~known, small, n < LEAST_CASES], [ABSENT, SMALL, FEW_CASES], KEPT)
    return tuple(str(one) for one in reason)


def _method(measure: Measure, n: Counts, known: Bools, form: str) -> Method:
    interval = "Garwood 精确区间" if form == "exact" else "Byar 近似区间"
    absent = int(np.count_nonzero(~known))
    left = int(n[~known].sum())
    return Method(
        name=f"按{measure.name}的发生率",
        null="各辖区的发生率与全市相同",
        alternative="辖区的发生率与全市不同（95% 区间不含全市值时为线索，未作多重检验校正）",
        n=int(np.count_nonzero(known)),
        choices={
            "基数": measure.name,
            "单位": measure.unit,
            "区间": f"95% {interval}（Poisson）",
            "期望": "全市发生率间接标准化",
            "平滑": "Marshall 经验贝叶斯，仅用于着色",
            "隐去": f"少于 {LEAST_CASES} 件、基数小于 {measure.least:g}、或缺基数",
        },
        warnings=(f"{absent} 个辖区缺基数，其 {left:,} 件未计入全市发生率",) if absent else (),
    )
