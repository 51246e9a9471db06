"""Hot spots of incidents with settings derived from the incidents, and every choice written down.

The steps of ArcGIS's Optimized Hot Spot Analysis ("How Optimized Hot Spot Analysis works"): check,
aggregate into cells, find the distance at which cases cluster, Gi* with that band, correct.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from maps import moran
from maps.model import Floats, Method
from maps.statistics.getis_ord import HotspotResult, gi_star
from maps.weights import distance_band
from routing.errors import UserInputError

INCIDENTS = 60
"""Fewest incidents that are counted into cells."""
CELLS = 30
"""Fewest cells, and they must differ."""
MOST_CELLS = 40_000
"""Most cells: 200 × 200, about one for each block of a large city; more of them only thins the
counts. Cells grow until they are as few."""
BANDS = 10
"""Distances tried for the scale, from 1.5 cells by one cell: up to about 350 neighbours."""
NEAREST_CELL_M = 50.0
"""Metres: the usual radius of a place from words. Finer cells would map the error of places."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OptimisedResult:
    """Square cells with their counts and Gi*; cells without a case are among them."""

    ij: NDArray[np.int64]
    """(n, 2) column and row of each cell: its corner is (i·size, j·size) metres of the CRS."""
    x_m: Floats
    """(n,) centres, metres east."""
    y_m: Floats
    """(n,) centres, metres north."""
    n: NDArray[np.int64]
    """(n,) cases in each cell."""
    size_m: float
    band_m: float
    """Fixed distance within which cells are neighbours."""
    ring: Floats
    """(4, 2) corners around a centre, metres, counter-clockwise."""
    gi: HotspotResult
    """In the order of the cells."""

    @property
    def method(self) -> Method:
        """How the cells and their classes were made."""
        return self.gi.method


def optimised(
    x_m: Floats,
    y_m: Floats,
    *,
    seed: int = 0,
    extent: Any = None,
    level: float = 0.05,
    size_m: float | None = None,
    band_m: float | None = None,
) -> OptimisedResult:
    """Find cell size, distance and hot spots of incidents at (n,) metres of the working CRS.

    Incidents without a place (NaN) are left out and counted. ``extent``: where incidents could
    have been, as (x0, y0, x1, y1) metres or a polygon; without it, the convex hull of the
    incidents, which hides that all lie in one corner of a district. ``size_m`` and ``band_m`` take
    the place of what would be derived. UserInputError for fewer than 60 incidents, all at one
    place, or too little ground for 30 cells.
    """
    x, y = np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)
    choices: dict[str, str] = {}
    points = _checked(x, y, choices)
    ground = _ground(points, extent, choices)
    size = _cell_size(points, ground, choices) if size_m is None else _given(size_m, choices)
    ij, n = _aggregated(points, ground, size, choices)
    centres = (ij.astype(np.float64) + 0.5) * size
    if band_m is None:
        band = _scale(n.astype(np.float64), centres, size, choices)
    else:
        band, choices["距离阈值"] = band_m, f"{band_m:g} 米（指定）"
    found = gi_star(n.astype(np.float64), distance_band(centres, band), seed=seed, level=level)
    half = size / 2
    return OptimisedResult(
        ij=ij,
        x_m=centres[:, 0],
        y_m=centres[:, 1],
        n=n,
        size_m=size,
        band_m=band,
        ring=np.array([(-half, -half), (half, -half), (half, half), (-half, half)]),
        gi=_with_choices(found, choices),
    )


def _given(size_m: float, choices: dict[str, str]) -> float:
    if not (np.isfinite(size_m) and size_m > 0):
        raise UserInputError(f"格网边长为 {size_m} 米；应为正数")
    choices["格网边长"] = f"{size_m:g} 米（指定）"
    return size_m


def _with_choices(found: HotspotResult, choices: dict[str, str]) -> HotspotResult:
    old = found.method
    method = Method(
        name="优化热点分析（Getis-Ord Gi*）",
        null=old.null,
        alternative=old.alternative,
        correction=old.correction,
        permutations=old.permutations,
        seed=old.seed,
        n=old.n,
        choices={**choices, **old.choices},
        warnings=old.warnings,
    )
    return HotspotResult(
        z=found.z, p=found.p, q=found.q, bin=found.bin, hot=found.hot, cold=found.cold,
        mean=found.mean, method=method,
    )  # fmt: skip


def _checked(x: Floats, y: Floats, choices: dict[str, str]) -> Floats:
    located = np.isfinite(x) & np.isfinite(y)
    n = int(located.sum())
    choices["事件"] = f"{n:,} 件有位置，共 {len(x):,} 件"
    if n < INCIDENTS:
        raise UserInputError(
            f"有位置的事件只有 {n} 件，少于 {INCIDENTS} 件，无法做优化热点分析；"
            "请放宽时段、类别或范围"
        )
    points = np.column_stack([x[located], y[located]])
    distinct = len(np.unique(points, axis=0))
    if distinct == 1:
        raise UserInputError(
            f"{n} 件事件全部位于同一点（{points[0, 0]:.0f}，{points[0, 1]:.0f}）；"
            "请检查该点是否为默认坐标"
        )
    choices["不同位置"] = f"{distinct:,} 处"
    return points


def _ground(points: Floats, extent: Any, choices: dict[str, str]) -> Any:
    if extent is None:
        choices["分析范围"] = "事件的凸包（未指定可能发生的范围）"
        return shapely.convex_hull(shapely.multipoints(points))
    choices["分析范围"] = "指定范围"
    if not isinstance(extent, shapely.Geometry):
        return shapely.box(*extent)
    # an own copy: it is prepared below, and two threads must not prepare the same one
    return shapely.from_wkb(shapely.to_wkb(extent))


def _cell_size(points: Floats, ground: Any, choices: dict[str, str]) -> float:
    """Twice the larger of the mean and the median distance to the nearest other place."""
    places = np.unique(points, axis=0)
    gap = cKDTree(places).query(places, k=2)[0][:, 1]
    # places farther from all others than three standard deviations say nothing of the rest
    near = gap[gap <= gap.mean() + 3 * gap.std()]
    mean, median = float(near.mean()), float(np.median(near))
    size = 2 * max(mean, median)
    left_out = f"，不计 {len(gap) - len(near)} 处离群点" if len(near) < len(gap) else ""
    reason = f"最近邻距离平均 {mean:.0f} 米、中位 {median:.0f} 米{left_out}，取较大者的 2 倍"
    x0, y0, x1, y1 = shapely.bounds(shapely.union(ground, shapely.multipoints(points)))
    least = float(np.sqrt(max(x1 - x0, 1.0) * max(y1 - y0, 1.0) / MOST_CELLS))
    for floor, why in ((NEAREST_CELL_M, "不小于定位误差"), (least, f"不超过 {MOST_CELLS:,} 格")):
        if size < floor:
            size, reason = floor, f"{reason}；{why}，放大到 {floor:.0f} 米"
    # whole tens of metres: a size that can be named, and lattices of two days that coincide
    size = float(np.ceil(size / 10) * 10)
    choices["格网边长"] = f"{size:g} 米（{reason}）"
    return size


def _aggregated(
    points: Floats, ground: Any, size: float, choices: dict[str, str]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cells whose centre lies on the ground, or that hold a case; with counts, zeros among them."""
    held, counts = np.unique(np.floor(points / size).astype(np.int64), axis=0, return_counts=True)
    x0, y0, x1, y1 = shapely.bounds(ground)
    if (wanted := (x1 - x0) * (y1 - y0) / size**2) > 25 * MOST_CELLS:
        raise UserInputError(
            f"按 {size:g} 米划分约有 {wanted:,.0f} 个格网，超过 {25 * MOST_CELLS:,} 个；"
            "请加大边长或缩小范围"
        )
    across = np.arange(np.floor(x0 / size), np.floor(x1 / size) + 1, dtype=np.int64)
    along = np.arange(np.floor(y0 / size), np.floor(y1 / size) + 1, dtype=np.int64)
    lattice = np.stack(np.meshgrid(across, along, indexing="ij"), axis=-1).reshape(-1, 2)
    shapely.prepare(ground)
    inside = shapely.intersects_xy(ground, *((lattice + 0.5) * size).T)
    ij = np.unique(np.concatenate([lattice[inside], held]), axis=0)
    # both are in the order of np.unique, so the held ones are found by their place in the whole
    width = int(ij[:, 1].max() - ij[:, 1].min()) + 1
    keys = ij[:, 0] * width + ij[:, 1] - ij[:, 1].min()
    n = np.zeros(len(ij), dtype=np.int64)
    n[np.searchsorted(keys, held[:, 0] * width + held[:, 1] - ij[:, 1].min())] = counts
    if len(ij) < CELLS:
        raise UserInputError(
            f"按 {size:g} 米划分只有 {len(ij)} 个格网，少于 {CELLS} 个；请放宽范围，或改用区划统计"
        )
    if n.min() == n.max():
        raise UserInputError(f"{len(ij)} 个格网各有 {n[0]} 件，没有差异，无法检验聚集")
    choices["格网"] = f"{len(ij):,} 个，其中 {int((n > 0).sum()):,} 个有事件，最多 {n.max():,} 件"
    return ij, n


def _scale(n: Floats, centres: Floats, size: float, choices: dict[str, str]) -> float:
    """The first peak of incremental Moran's I; else the distance of a usual neighbourhood."""
    bands = [size * (step + 1.5) for step in range(BANDS)]
    found = moran.incremental(n, centres, bands)
    tried = f"{bands[0]:.0f}–{found.bands_m[-1]:.0f} 米，每次加 {size:.0f} 米"
    if found.peak_m is not None:
        best = found.moran[found.bands_m.index(found.peak_m)]
        choices["距离阈值"] = (
            f"{found.peak_m:.0f} 米（增量 Moran's I 的第一个峰值，z={best.z:.2f}；试 {tried}）"
        )
        return found.peak_m
    k = int(np.clip(round(0.05 * len(n)), 3, 30))
    usual = float(cKDTree(centres).query(centres, k=k + 1)[0][:, -1].mean())
    middle = np.average(centres, axis=0, weights=n)
    # one standard distance: where half of the cases and more lie, everything is a neighbour
    standard = float(np.sqrt(np.average(((centres - middle) ** 2).sum(axis=1), weights=n)))
    band = max(min(usual, standard), bands[0])
    capped = "，以一个标准距离为限" if standard < usual else ""
    choices["距离阈值"] = (
        f"{band:.0f} 米（增量 Moran's I 无峰值，试 {tried}；取平均有 {k} 个邻居的距离{capped}）"
    )
    return band
