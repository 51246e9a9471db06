"""Emerging hot spots: how each place's hot and cold spells lie in time, in seventeen classes.

A space-time cube of counts; Gi* in every bin among neighbours in space at the same step and the
same cells at the steps just before; Benjamini–Hochberg over all bins; Mann–Kendall on each place's
series of z; then the definitions of ArcGIS Pro ("How Emerging Hot Spot Analysis works", the text
of 2026). Those overlap; ``classes`` decides in a documented order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from maps.model import Floats, Ints, Method
from maps.statistics import fdr, mann_kendall
from maps.statistics.emerging_classes import CATEGORIES, Category, classes
from maps.statistics.getis_ord import against, binned, standardised
from maps.statistics.permutation import tails
from maps.weights import Weights
from routing.errors import UserInputError

__all__ = ["CATEGORIES", "Category", "Cube", "EmergingResult", "classes", "classify"]

STEPS = 10
"""Below ten steps a share of 0.9 is all of them and Mann–Kendall finds hardly any trend."""

Window = Literal["cube", "step"]
Trend = Literal["overlap", "plain", "hamed_rao"]
_TRENDS = {
    "overlap": "Mann–Kendall（计入相邻时间步共用邻居）",
    "plain": "Mann–Kendall",
    "hamed_rao": "Mann–Kendall（Hamed–Rao 校正）",
}


@dataclass(frozen=True, kw_only=True)
class Cube:
    """Counts in bins of equal length: every place at every step, zeros filled in."""

    counts: Floats
    """(steps, places)."""
    first: date
    """First day of the first step."""
    step_days: int
    """Length of a step: 7 for weeks, 30 for 30-day periods. Months differ in length: use days."""

    def __post_init__(self) -> None:
        if self.step_days < 1 or np.ndim(self.counts) != 2:
            raise ValueError(f"counts {np.shape(self.counts)}, step of {self.step_days} days")

    @classmethod
    def of_days(
        cls,
        day: NDArray[Any],
        place: NDArray[Any],
        *,
        places: int,
        first: date,
        end: date,
        step_days: int,
        as_of: date | None = None,
    ) -> Cube:
        """Count cases, by day since 1970-01-01 and place (negative: nowhere), into whole steps.

        From ``first`` to the day before ``end``. A remainder shorter than a step is left off, and
        so is every step not yet over before the day ``as_of`` (today: its cases still come in).
        UserInputError where no whole step remains.
        """
        last = end if as_of is None else min(end, as_of)
        steps = max(0, (last - first).days // step_days)
        if steps == 0:
            raise UserInputError(
                f"{first} 至 {last - timedelta(days=1)} 不足一个完整的时间步（{step_days} 天）；"
                "请放宽时段或缩短时间步"
            )
        at = (np.asarray(day, dtype=np.int64) - (first - date(1970, 1, 1)).days) // step_days
        where = np.asarray(place, dtype=np.int64)
        kept = (at >= 0) & (at < steps) & (where >= 0)
        flat = np.bincount(at[kept] * places + where[kept], minlength=steps * places)
        counts = flat.reshape(steps, places).astype(np.float64)
        return cls(counts=counts, first=first, step_days=step_days)

    def whole(self, as_of: date) -> Cube:
        """Without the steps that are not over before the day ``as_of``."""
        over = max(0, (as_of - self.first).days // self.step_days)
        return Cube(counts=self.counts[:over], first=self.first, step_days=self.step_days)


@dataclass(frozen=True, kw_only=True, slots=True)
class EmergingResult:
    """One class for each place, and what it was read from."""

    category: tuple[str, ...]
    """(places,) keys of CATEGORIES."""
    z: Floats
    """(steps, places) Gi* of each bin."""
    p: Floats
    """(steps, places) two-sided, before correction."""
    q: Floats
    """(steps, places) after Benjamini–Hochberg over all bins."""
    bins: NDArray[np.int8]
    """(steps, places) −3…3 as in ``hotspots.HotspotResult``."""
    trend_z: Floats
    """(places,) Mann–Kendall of the z of each place."""
    trend_p: Floats
    """(places,) two-sided."""
    method: Method


def classify(
    counts: Cube | Floats,
    weights: Weights,
    *,
    level: float = 0.05,
    steps_back: int = 1,
    permutations: int = 0,
    seed: int = 0,
    window: Window = "cube",
    trend: Trend = "overlap",
) -> EmergingResult:
    """Classify the places of a cube, (steps, places), by their bins and their trend.

    ``steps_back``: how many earlier steps of the same cells count as neighbours; later steps never
    do. ``window``: what a bin is compared with, the whole cube, or the places of its own step: a
    city-wide rise then makes nothing hot, and its neighbours are those of that step alone, as
    nothing else is among what it is compared with. ``permutations`` as in ``hotspots.gi_star``: a
    bin's own count stays, its neighbours are drawn from the rest of the window. ``trend``
    "overlap" allows for what ``steps_back`` does to the z: neighbouring steps share bins, so that
    plain Mann–Kendall ("plain", as in ArcGIS) calls a trend at 0.05 on 15 of 100 places without
    any; "hamed_rao" estimates it from each series instead.

    Counts that are all equal, and places without neighbours that never stand out, are "none".
    UserInputError for one step. Fewer than ten steps and thin counts are in ``method.warnings``.
    """
    x = np.asarray(counts.counts if isinstance(counts, Cube) else counts, dtype=np.float64)
    if x.ndim != 2 or x.shape[1] != weights.n or not np.isfinite(x).all():
        raise ValueError(f"{x.shape} finite counts for {weights.n} places")
    steps, places = x.shape
    if steps < 2:
        raise UserInputError(
            f"只有 {steps} 个完整的时间步，无法判断新增、持续或减弱；"
            f"至少需要 2 个，建议 {STEPS} 个以上"
        )
    if not 0 <= steps_back < steps:
        raise UserInputError(f"回溯 {steps_back} 个时间步，但只有 {steps} 个时间步")
    back = steps_back if window == "cube" else 0
    sums, k = _neighbours(x, weights, back)
    z, p, draws, how = _bins(x, sums, k, window=window, permutations=permutations, seed=seed)
    q = fdr.adjusted(p)
    found = mann_kendall.test(
        z,
        correction="hamed_rao" if trend == "hamed_rao" else "none",
        overlap=back if trend == "overlap" else 0,
    )
    hot, cold = (q <= level) & (z > 0), (q <= level) & (z < 0)
    category = classes(hot, cold, found.z, found.p, level=level)
    return EmergingResult(
        category=category,
        z=z,
        p=p,
        q=q,
        bins=binned(z, q),
        trend_z=found.z,
        trend_p=found.p,
        method=Method(
            name="新兴时空热点分析",
            null="各时空单元的数值随机排列：某单元固定不动时，其时空邻居等同于从其余单元中随机抽取；"
            "各地 Gi* 序列无升降趋势",
            alternative="双侧：热点或冷点；上升或下降",
            correction=f"全部时空单元 Benjamini–Hochberg q={level:g}；趋势 p≤{level:g}",
            permutations=draws,
            seed=seed if draws else None,
            n=steps * places,
            choices={
                "邻居": weights.about,
                "时间邻居": f"同一步及此前 {back} 步" if back else "同一步",
                "比较范围": "整个时空立方体" if window == "cube" else "同一时间步",
                "时间步": _step(counts, steps),
                "显著性": how,
                "趋势": _TRENDS[trend],
            },
            warnings=_warnings(x, weights),
        ),
    )


def _neighbours(x: Floats, weights: Weights, back: int) -> tuple[Floats, Ints]:
    """Sum and number of each bin's neighbours, itself left out; (steps, places)."""
    star = weights.matrix + sp.eye_array(weights.n)
    around = (star @ x.T).T
    held = np.tile(weights.counts + 1, (len(x), 1)).astype(np.int32)
    sums, k = around.copy(), held.copy()
    for lag in range(1, back + 1):
        sums[lag:] += around[:-lag]
        k[lag:] += held[:-lag]
    return sums - x, k - 1


def _bins(
    x: Floats, sums: Floats, k: Ints, *, window: Window, permutations: int, seed: int
) -> tuple[Floats, Floats, int, str]:
    z, p, draws = np.zeros(x.shape), np.ones(x.shape), 0
    steps = len(x)
    windows = [slice(0, steps)] if window == "cube" else [slice(t, t + 1) for t in range(steps)]
    for at in windows:
        own, around, held = x[at].ravel(), sums[at].ravel(), k[at].ravel()
        n = own.size
        if n < 3 or own.max() == own.min():
            continue
        mean = float(own.mean())
        squares = float(((own - mean) ** 2).sum())
        full = held.astype(np.float64) + 1
        score = standardised(around + own - mean * full, full, squares, n)
        found = tails(own, around, held, permutations=permutations, seed=seed)
        chance = found.two_sided
        chance[against(score, found)] = 1.0
        z[at], p[at] = score.reshape(x[at].shape), chance.reshape(x[at].shape)
        draws = max(draws, found.draws)
    how = f"条件置换 {draws:,} 次" if draws else "条件置换（全部排列，精确计数）"
    return z, p, draws, how


def _step(counts: Cube | Floats, steps: int) -> str:
    if not isinstance(counts, Cube):
        return f"{steps} 步"
    last = counts.first + timedelta(days=steps * counts.step_days - 1)
    return f"{steps} 步，每步 {counts.step_days} 天，{counts.first} 至 {last}"


def _warnings(x: Floats, weights: Weights) -> tuple[str, ...]:
    said = []
    steps, mean = len(x), float(x.mean()) if x.size else 0.0
    if steps < STEPS:
        said.append(f"只有 {steps} 个时间步，少于 {STEPS} 个，分类和趋势不可靠；请延长时段")
    if x.size and x.max() == x.min():
        said.append(f"全部时空单元的数值均为 {x.flat[0]:g}，没有差异，无法检验")
    elif mean < 1:
        said.append(
            f"平均每个时空单元 {mean:.2f} 件，少于 1 件，结果多为随机波动；"
            "请加长时间步或改用更大的单元"
        )
    if len(weights.islands):
        said.append(f"{len(weights.islands)} 个单元没有空间邻居，只与自身的前一时间步比较")
    return tuple(said)
