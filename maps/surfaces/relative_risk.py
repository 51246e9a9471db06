"""Relative risk: density over what another surface makes one expect, all kinds or residents."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from maps.counting.palettes import diverging
from maps.model import Floats, Method
from maps.surfaces.lattice import Lattice
from maps.surfaces.surface import Surface

RATIO_BREAKS = (1.5, 2.0, 3.0, 5.0, 10.0)
"""Lower bounds of the classes, times; a third more than expected is within what chance does."""
LEAST_EXPECTED = 5.0
"""Cases expected within one kernel (4πh²: the area of a flat kernel as high as its middle twice
smoothed); the usual least for a ratio of counts. Where fewer are expected nothing is drawn."""


def relative(part: Surface, whole: Surface) -> Surface:
    """Relative risk: the share of ``part`` here over the share of ``whole`` here.

    1 means as much as expected from the other surface (all kinds, or residents). Where that makes
    one expect fewer than ``LEAST_EXPECTED`` cases within one kernel the ratio is 0 and not drawn.
    Both must lie on one lattice. Two empty surfaces, or one, give an empty one.
    """
    if part.lattice != whole.lattice:
        raise ValueError("the two surfaces lie on different lattices")
    ours, theirs = (_shares(one) for one in (part, whole))
    kernel_km2 = 4 * math.pi * (whole.bandwidth_m / 1000) ** 2
    enough = theirs * part.n * kernel_km2 >= LEAST_EXPECTED
    ratio = np.divide(ours, theirs, out=np.zeros_like(ours), where=enough & (theirs > 0))
    return Surface(
        lattice=part.lattice,
        values=ratio.astype(np.float32),
        ground=part.ground,
        bandwidth_m=part.bandwidth_m,
        n=part.n,
        unit="倍（与对照分布相比）",
        breaks=RATIO_BREAKS,
        colours=diverging(11)[6:],
        method=Method(
            name="相对密度（核密度之比）",
            null="所选诉求与对照的空间分布相同，比值处处为 1；本图只供观察，不作检验",
            alternative="无",
            n=part.n,
            choices={
                "带宽": f"{part.bandwidth_m:g} m",
                "对照数量": f"{whole.n:,}",
                "不绘处": f"一个核内期望不足 {LEAST_EXPECTED:g} 件",
            },
            warnings=part.method.warnings,
        ),
    )


def spread(amounts: Floats, member: NDArray[np.int32], lattice: Lattice) -> Floats:
    """Amounts of areas (residents) laid evenly on the cells of each; for ``density``.

    ``member`` (rows × columns) is the place of the area each cell belongs to, -1 for none. An area
    without a cell keeps its amount to itself: it is lost, and less than a cell large.
    """
    if not len(amounts):
        return np.zeros(lattice.shape)
    cells = np.bincount(member[member >= 0], minlength=len(amounts))
    each = np.divide(amounts, cells, out=np.zeros(len(amounts)), where=cells > 0)
    return np.where(member >= 0, each[np.maximum(member, 0)], 0.0).reshape(lattice.shape)


def _shares(surface: Surface) -> Floats:
    """Density as share per km²: sums to one over the ground; all zero for an empty surface."""
    on_ground = surface.values.astype(np.float64) * (surface.ground > 0)
    total = float(on_ground.sum()) * surface.lattice.km2
    return on_ground / total if total > 0 else np.zeros(surface.lattice.shape)
