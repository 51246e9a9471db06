"""Getis-Ord Gi*: where high values, or low ones, lie closer together than chance puts them.

Ord and Getis 1995, Geographical Analysis 27, 286–306, in the form of ArcGIS and of esda's
``G_Local(star=True, transform="B")``: binary weights, the place itself included.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from maps.model import Bools, Floats, Method
from maps.statistics import fdr
from maps.statistics.permutation import Tails, tails
from maps.weights import Weights

BINS = ((0.01, 3), (0.05, 2), (0.10, 1))
"""False discovery rate → Gi_Bin: 99, 95 and 90 % as on ArcGIS's maps, after the correction."""
NORMAL_NEIGHBOURS, NORMAL_MEAN = 8, 1.0
"""Below 8 neighbours or 1 case per area the normal form is wrong even for a single area."""

Inference = Literal["permutation", "normal"]


@dataclass(frozen=True, kw_only=True, slots=True)
class HotspotResult:
    """Gi* of n places, in the order of the values given."""

    z: Floats
    """(n,) standard scores of the sums, the place included; 0 where all values are equal."""
    p: Floats
    """(n,) two-sided, in (0, 1], before correction: not to be mapped. 1 where the place and its
    neighbours point in different directions."""
    q: Floats
    """(n,) after Benjamini–Hochberg."""
    bin: NDArray[np.int8]
    """(n,) −3…3: 99, 95, 90 % cold; none; 90, 95, 99 % hot; after correction."""
    hot: Bools
    """(n,) hot at ``level`` after correction: what the method's sentence speaks of."""
    cold: Bools
    """(n,) cold at ``level`` after correction."""
    mean: float
    """Of all values."""
    method: Method


def gi_star_z(values: Floats, weights: Weights) -> Floats:
    """(n,) z alone, without any inference; 0 where it is not defined (equal values, n < 2)."""
    x = np.asarray(values, dtype=np.float64)
    n = len(x)
    held = weights.counts.astype(np.float64) + 1
    # centred first: the difference of two large sums would lose digits on large values
    centred = x - x.mean() if n else x
    # not centred @ centred: BLAS spreads that over threads, which wait for one another where
    # others work too, a hundred times as long as the sum takes
    squares = float(np.square(centred).sum())
    return standardised(weights.sums(centred) + centred, held, squares, n)


def gi_z(values: Floats, weights: Weights) -> Floats:
    """(n,) z of Gi, the place itself left out of the sum, the mean and the spread.

    These are the standard scores of the conditional permutation that p is taken from. 0 where not
    defined (no neighbours, all others equal, n < 3).
    """
    x = np.asarray(values, dtype=np.float64)
    x = x - x.mean() if len(x) else x
    others, k = len(x) - 1, weights.counts.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = -x / others
        spread = np.sqrt((np.square(x).sum() - x**2) / others - mean**2)
        sums = weights.sums(x) - k * mean
        z: Floats = sums / (spread * np.sqrt((others * k - k**2) / (others - 1)))
    z[~np.isfinite(z)] = 0.0
    return z


def standardised(sums: Floats, held: Floats, squares: float, n: int) -> Floats:
    """z of sums of ``held`` centred values out of n whose squares add up to ``squares``."""
    spread = np.sqrt(squares / n) if n else 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        z: Floats = sums / (spread * np.sqrt((n * held - held**2) / (n - 1)))
    # not defined where nothing varies, or where the neighbours are everything there is
    z[~np.isfinite(z) | (held >= n)] = 0.0
    return z


def gi_star(
    values: Floats,
    weights: Weights,
    *,
    permutations: int = 0,
    seed: int = 0,
    level: float = 0.05,
    inference: Inference = "permutation",
) -> HotspotResult:
    """Gi* with its p, corrected for the number of places.

    ``values`` (n,) are numbers of cases, or any finite numbers, one for each place of ``weights``.
    ``permutations`` 0 counts all arrangements exactly for whole numbers and draws as many as are
    needed for others (``statistics.permutation``); a positive number draws that many. ``inference``
    "normal" takes p from N(0, 1), fast and too small in the tails of counts: for comparison.

    A place without neighbours has the z of its own value, p = 1 and no bin. Equal values, or fewer
    than three places, give z = 0 and p = 1 everywhere. Both are said in ``method.warnings``.
    A place is hot only where its z is high and its neighbours are high as well: one high value
    among low neighbours is not a hot spot. ValueError for values that are not finite or not n.
    """
    x = np.asarray(values, dtype=np.float64)
    n = len(x)
    if n != weights.n or x.ndim != 1:
        raise ValueError(f"{x.shape} values for {weights.n} places")
    if not np.isfinite(x).all():
        raise ValueError(f"values that are not finite at places {np.flatnonzero(~np.isfinite(x))}")
    z = gi_star_z(x, weights)
    flat = n < 3 or bool(x.max() == x.min())
    draws = 0
    if flat:
        z, p = np.zeros(n), np.ones(n)
        how = "未检验"
    elif inference == "normal":
        p = np.maximum(2 * ndtr(-np.abs(z)), np.finfo(float).tiny)
        how = "正态近似"
    else:
        found = tails(x, weights.sums(x), weights.counts, permutations=permutations, seed=seed)
        p, draws = found.two_sided, found.draws
        # a high value among low neighbours, or the other way round, is no cluster of either
        p[against(z, found)] = 1.0
        how = f"条件置换 {draws:,} 次" if draws else "条件置换（全部排列，精确计数）"
    p[weights.islands] = 1.0
    q = fdr.adjusted(p)
    stands = q <= level
    warnings = cautions(x, weights, flat=flat, draws=draws, normal=how == "正态近似", level=level)
    return HotspotResult(
        z=z,
        p=p,
        q=q,
        bin=binned(z, q),
        hot=stands & (z > 0),
        cold=stands & (z < 0),
        mean=float(x.mean()) if n else 0.0,
        method=Method(
            name="Getis-Ord Gi*",
            null="各单元的数值在空间上随机排列：某单元固定不动时，其邻居的数值等同于从其余单元中随机抽取",
            alternative="双侧：该单元及其邻居的合计高于（热点）或低于（冷点）随机排列",
            correction=f"Benjamini–Hochberg q={level:g}",
            permutations=draws,
            seed=seed if draws else None,
            n=n,
            choices={
                "邻居": weights.about,
                "邻居个数": _range(weights),
                "显著性": how,
            },
            warnings=warnings,
        ),
    )


def against(z: Floats, found: Tails) -> Bools:
    """Where the place with its neighbours is high and the neighbours alone low, or vice versa."""
    high, low = found.upper < found.lower, found.upper > found.lower
    hair = 1e-9  # a z of nothing but rounding has no direction
    return ((z > hair) & low) | ((z < -hair) & high)


def binned(z: Floats, q: Floats) -> NDArray[np.int8]:
    """Gi_Bin: ±3, ±2, ±1 where q is at most 0.01, 0.05, 0.10, with the sign of z; else 0."""
    strength = np.zeros(z.shape, dtype=np.int8)
    for rate, name in reversed(BINS):
        strength[q <= rate] = name
    return (strength * np.sign(z)).astype(np.int8)


def _range(weights: Weights) -> str:
    if weights.n == 0:
        return "无单元"
    counts = weights.counts
    return f"{counts.min()}–{counts.max()}，平均 {counts.mean():.1f}"


def cautions(
    x: Floats, weights: Weights, *, flat: bool, draws: int, normal: bool, level: float
) -> tuple[str, ...]:
    """What an analyst must know before trusting these numbers."""
    said, n = [], len(x)
    if n < 3:
        said.append(f"只有 {n} 个单元，无法检验聚集；至少需要 3 个，建议 30 个以上")
    elif flat:
        said.append(f"{n} 个单元的数值全部为 {x[0]:g}，没有差异，无法检验聚集")
    elif n < 30:
        said.append(f"只有 {n} 个单元，少于 30 个，检验力很低")
    if len(weights.islands) and n >= 3:
        said.append(f"{len(weights.islands)} 个单元没有邻居，只反映自身数值，不判为热点或冷点")
    if flat:
        return tuple(said)
    if x.min() >= 0 and x.mean() < NORMAL_MEAN:
        said.append(
            f"平均每单元 {x.mean():.2f} 件，少于 1 件，冷点几乎无法识别；"
            "建议改用更大的单元或更长的时段"
        )
    if normal and (weights.counts.min() < NORMAL_NEIGHBOURS or x.mean() < NORMAL_MEAN):
        said.append(
            f"正态近似要求每单元至少 {NORMAL_NEIGHBOURS} 个邻居且平均不少于 1 件；"
            "此处不满足，p 值偏小，请改用条件置换"
        )
    if draws and (alone := np.ceil(2 * n / ((draws + 1) * level))) > 1:
        said.append(
            f"置换 {draws:,} 次，p 最小为 {2 / (draws + 1):.2g}；{n:,} 个单元校正后，"
            f"至少同时有 {alone:.0f} 个单元达到该值才会显示，小的热点可能漏掉"
        )
    return tuple(said)
