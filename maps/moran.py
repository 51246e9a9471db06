"""Moran's I: whether like lies beside like; over the whole city, place by place, by distance.

Moran 1950; the variances after Cliff and Ord 1981; local form after Anselin 1995, Geographical
Analysis 27, 93–115; rates after Assunção and Reis 1999, Statistics in Medicine 18, 2147–2162.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.stats import norm

from maps.model import Floats, Method
from maps.statistics import fdr
from maps.statistics.getis_ord import cautions
from maps.statistics.permutation import tails
from maps.weights import PAIRS, Weights
from routing.errors import UserInputError

QUADRANTS = {
    "HH": "高值被高值包围",
    "LL": "低值被低值包围",
    "HL": "高值被低值包围",
    "LH": "低值被高值包围",
    "none": "不显著",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class GlobalMoran:
    """I over the whole map."""

    i: float
    expected: float
    z: float
    p: float
    """Two-sided from N(0, 1); 1 where nothing varies or nobody has a neighbour."""


def global_moran(
    values: Floats,
    weights: Weights,
    *,
    rows: bool = True,
    variance: Literal["normal", "random"] = "random",
) -> GlobalMoran:
    """Moran's I of finite values.

    ``rows``: the weights of each place add up to 1, so that a place of ten neighbours counts as
    one of three does. ``variance``: under values from a normal distribution, or under these values
    in random order. Equal values, or no neighbours, give z = 0 and p = 1.
    """
    x = np.asarray(values, dtype=np.float64)
    n, k = len(x), weights.counts.astype(np.float64)
    z = x - x.mean() if n else x
    scale = np.divide(1.0, k, out=np.zeros(n), where=k > 0) if rows else np.ones(n)
    s0 = float((scale * k).sum())
    expected = -1.0 / (n - 1) if n > 1 else 0.0
    if n < 4 or s0 == 0 or not np.any(z):
        return GlobalMoran(i=expected, expected=expected, z=0.0, p=1.0)
    w = weights.matrix
    out, into = scale * k, w.T @ scale
    # Σ (w_ij + w_ji)²/2 = Σ w_ij² + Σ w_ij w_ji
    mutual = w.multiply(w.T)
    s1 = float((scale**2 * k).sum() + (scale * (mutual @ scale)).sum())
    s2 = float(((out + into) ** 2).sum())
    squares = float(np.square(z).sum())
    value = n / s0 * float((scale * z * (w @ z)).sum()) / squares
    if variance == "normal":
        second = (n**2 * s1 - n * s2 + 3 * s0**2) / ((n**2 - 1) * s0**2)
    else:
        second = _random_second(n, s0, s1, s2, n * float((z**4).sum()) / squares**2)
    return _judged(value, expected, second - expected**2)


def _random_second(n: int, s0: float, s1: float, s2: float, kurtosis: float) -> float:
    """E[I²] over all orders of the values."""
    some = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    less = kurtosis * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
    return float((some - less) / ((n - 1) * (n - 2) * (n - 3) * s0**2))


def _judged(value: float, expected: float, variance: float) -> GlobalMoran:
    if variance <= 0:  # everything neighbours everything: I has one value only
        return GlobalMoran(i=value, expected=expected, z=0.0, p=1.0)
    z = (value - expected) / np.sqrt(variance)
    p = max(float(2 * norm.sf(abs(z))), np.finfo(float).tiny)
    return GlobalMoran(i=value, expected=expected, z=float(z), p=p)


def eb_rates(events: Floats, base: Floats) -> Floats:
    """Rates standardised for unequal denominators, for ``global_moran``; not for maps.

    ``base`` must be positive everywhere, else UserInputError: leave places out that have none.
    """
    events, base = np.asarray(events, dtype=np.float64), np.asarray(base, dtype=np.float64)
    if np.any(base <= 0):
        raise UserInputError(f"{int((base <= 0).sum())} 个单元的分母为零或负数，请先排除")
    rate, whole = events / base, events.sum() / base.sum()
    between = (base * (rate - whole) ** 2).sum() / base.sum() - whole / base.mean()
    spread = between + whole / base
    spread[spread <= 0] = (whole / base)[spread <= 0]
    found: Floats = (rate - whole) / np.sqrt(spread)
    return found


# ------------------------------------------------------------------ place by place


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalMoran:
    """Local I of n places, in the order of the values given."""

    i: Floats
    """(n,) z of the place times the mean z of its neighbours; 0 without neighbours."""
    p: Floats
    """(n,) two-sided, by conditional permutation, before correction."""
    q: Floats
    """(n,) after Benjamini–Hochberg."""
    quadrant: tuple[str, ...]
    """(n,) a key of QUADRANTS; "none" where not significant at ``level`` after correction."""
    method: Method


def local_moran(
    values: Floats,
    weights: Weights,
    *,
    permutations: int = 0,
    seed: int = 0,
    level: float = 0.05,
) -> LocalMoran:
    """Local Moran with row-standardised weights; p as in ``hotspots.gi_star``.

    Beside clusters (HH, LL) it names outliers (HL, LH), which Gi* does not. Places without
    neighbours, equal values and fewer than three places give i = 0, p = 1, "none".
    """
    x = np.asarray(values, dtype=np.float64)
    n, k = len(x), weights.counts
    if n != weights.n or not np.isfinite(x).all():
        raise ValueError(f"{x.shape} finite values for {weights.n} places")
    flat = n < 3 or bool(x.max() == x.min())
    i, p, draws, how = np.zeros(n), np.ones(n), 0, "未检验"
    quadrant = np.full(n, "none", dtype="U4")
    q = np.ones(n)
    if not flat:
        z = x - x.mean()
        lag = weights.sums(z) / np.maximum(k, 1)
        i = z * lag / np.square(z).mean()
        found = tails(x, weights.sums(x), k, permutations=permutations, seed=seed)
        p, draws = found.two_sided, found.draws
        how = f"条件置换 {draws:,} 次" if draws else "条件置换（全部排列，精确计数）"
        q = fdr.adjusted(p)
        high, around = z > 0, found.upper < found.lower
        for name, mine, theirs in (("HH", 1, 1), ("LL", 0, 0), ("HL", 1, 0), ("LH", 0, 1)):
            quadrant[(q <= level) & (high == mine) & (around == theirs)] = name
    return LocalMoran(
        i=i,
        p=p,
        q=q,
        quadrant=tuple(quadrant.tolist()),
        method=Method(
            name="局部 Moran's I",
            null="各单元的数值在空间上随机排列：某单元固定不动时，其邻居的数值等同于从其余单元中随机抽取",
            alternative="双侧：邻居的平均值高于或低于随机排列",
            correction=f"Benjamini–Hochberg q={level:g}",
            permutations=draws,
            seed=seed if draws else None,
            n=n,
            choices={"邻居": weights.about, "权重": "按行标准化", "显著性": how},
            warnings=cautions(x, weights, flat=flat, draws=draws, normal=False, level=level),
        ),
    )


# ------------------------------------------------------------------ by distance


@dataclass(frozen=True, kw_only=True, slots=True)
class Incremental:
    """I at growing distances: where z is highest first, clustering has its scale."""

    bands_m: tuple[float, ...]
    moran: tuple[GlobalMoran, ...]
    peak_m: float | None
    """The first distance whose z is above those before and after it and significant at 0.05;
    ``None`` where there is none."""


def incremental(values: Floats, xy_m: Floats, bands_m: Sequence[float]) -> Incremental:
    """Moran's I, binary weights, at each of the ascending distances in metres.

    All distances share one search for pairs. Bands too wide to be held in memory are left off at
    the far end. ValueError for bands that do not ascend.
    """
    x, xy = np.asarray(values, dtype=np.float64), np.asarray(xy_m, dtype=np.float64)
    bands = np.asarray(bands_m, dtype=np.float64)
    if np.any(np.diff(bands) <= 0):
        raise ValueError(f"bands must ascend: {bands_m}")
    n = len(x)
    tree = cKDTree(xy)
    held = (tree.count_neighbors(tree, bands) - n) // 2
    bands = bands[held <= PAIRS // 2]
    if n < 4 or len(bands) == 0 or x.max() == x.min():
        flat = tuple(
            GlobalMoran(i=-1 / max(n - 1, 1), expected=-1 / max(n - 1, 1), z=0.0, p=1.0)
            for _ in bands
        )
        return Incremental(bands_m=tuple(bands.tolist()), moran=flat, peak_m=None)
    z = x - x.mean()
    pairs = tree.query_pairs(bands[-1], output_type="ndarray")
    gap = np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T)
    ring = np.searchsorted(bands, gap, side="left").clip(max=len(bands) - 1)
    products = np.cumsum(
        np.bincount(ring, weights=z[pairs[:, 0]] * z[pairs[:, 1]], minlength=len(bands))
    )
    flat_index: NDArray[np.intp] = np.concatenate([pairs[:, 0], pairs[:, 1]]) * len(bands)
    flat_index += np.concatenate([ring, ring])
    degrees = np.bincount(flat_index, minlength=n * len(bands)).reshape(n, len(bands))
    degrees = np.cumsum(degrees, axis=1).astype(np.float64)
    squares = float(np.square(z).sum())
    kurtosis = n * float((z**4).sum()) / squares**2
    found = []
    for at in range(len(bands)):
        k = degrees[:, at]
        s0 = float(k.sum())
        if s0 == 0:
            found.append(GlobalMoran(i=-1 / (n - 1), expected=-1 / (n - 1), z=0.0, p=1.0))
            continue
        second = _random_second(n, s0, 2 * s0, float(4 * (k**2).sum()), kurtosis)
        value = n / s0 * 2 * float(products[at]) / squares
        found.append(_judged(value, -1 / (n - 1), second - 1 / (n - 1) ** 2))
    return Incremental(
        bands_m=tuple(bands.tolist()), moran=tuple(found), peak_m=_first_peak(bands, found)
    )


def _first_peak(bands: Floats, found: list[GlobalMoran]) -> float | None:
    scores = [one.z for one in found]
    for at in range(1, len(scores) - 1):
        peak = scores[at - 1] < scores[at] > scores[at + 1]
        if peak and found[at].p <= 0.05 and scores[at] > 0:
            return float(bands[at])
    return None
