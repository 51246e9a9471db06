"""Planar kernel density in metres: for looking, not for inference.

Cases are counted on a fixed lattice, smoothed with a Gaussian and divided by how much of the kernel
lies on the city's ground (the uniform edge correction of Diggle, Applied Statistics 34, 1985).
The classes are steps 1-2-5 that depend on bandwidth and length of the window, never on the zoom or
on what is in view: one colour means the same density on every map of the same settings.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import fft

from maps.counting.palettes import sequential
from maps.model import Bools, Floats, Method
from maps.surfaces.lattice import BASE_M, COARSEST_M, Lattice
from maps.surfaces.surface import Surface
from routing.errors import UserInputError

DEFAULT_BANDWIDTH_M = 300.0
"""Standard deviation of the kernel, metres: about two blocks, larger than the radius within which
most complaints are placed and smaller than a community (the usual start is 300 to 500 m)."""
BANDWIDTHS_M = (100, 5_000)
"""Metres. Narrower shows single complaints, wider only the shape of the city."""
CELLS_PER_BANDWIDTH = 4
"""At least so many cells per bandwidth. With the variance of the cells taken off the kernel's and
bilinear reading, the surface of 3,000 cases is everywhere within 2.5 % of the exact one's peak
(0.5 % root mean square; both in the test). A single case's hill stands up to 0.71 cells off."""
LEAST_ON_GROUND = 0.1
"""Least part of a kernel on the ground that is divided by. A straight border has 0.5, a right
corner 0.25; below a tenth one case beyond a spit of land would be counted more than tenfold."""
REACH = 5.0
"""Standard deviations of empty cells around the lattice; 4 in a million of a kernel lie beyond."""
DAYS = 30
"""Density is stated per km² and so many days, so that windows of unequal length compare."""
LONGEST_SCALE_DAYS = 90
"""From a quarter on, all windows share the scale of a quarter: what is asked then is where much is,
no longer whether one complaint stands alone."""
CLASSES = 8
"""Steps 1-2-5 over more than two decades: a city's centre has 100 times its outskirts."""


def density(
    counts: Floats,
    lattice: Lattice,
    *,
    days: int,
    bandwidth_m: float = DEFAULT_BANDWIDTH_M,
    ground: Bools | None = None,
    mass: Floats | None = None,
) -> Surface:
    """Cases per km² and 30 days from counts (rows × columns) on a lattice.

    The lattice's cells must be those of ``cell_for(bandwidth_m)``. ``ground`` is the mask of the
    city, everywhere where not given; ``mass`` its ``mass_on_ground``, where already known. No
    cases give an empty surface. Raises UserInputError for a bandwidth out of bounds.
    """
    check_bandwidth(bandwidth_m)
    if days < 1:
        raise UserInputError(f"时段有 {days} 天，至少要 1 天")
    if ground is None:
        ground = np.ones(lattice.shape, dtype=np.bool_)
    if mass is None:
        mass = mass_on_ground(ground, lattice, bandwidth_m)
    smooth = smoothed(counts, lattice, bandwidth_m) / np.maximum(mass, LEAST_ON_GROUND)
    values = smooth * (DAYS / days / lattice.km2)
    breaks = density_breaks(bandwidth_m, days)
    return Surface(
        lattice=lattice,
        values=values.astype(np.float32),
        ground=ground.astype(np.float32),
        bandwidth_m=bandwidth_m,
        n=int(counts.sum()),
        unit=f"件/平方公里·{DAYS}天",
        breaks=breaks,
        colours=sequential(CLASSES),
        method=_method(int(counts.sum()), bandwidth_m, lattice.cell_m, days),
    )


def check_bandwidth(bandwidth_m: float) -> None:
    """Raise UserInputError for a bandwidth out of bounds or not finite."""
    least, most = BANDWIDTHS_M
    if not least <= bandwidth_m <= most:  # nan fails too
        raise UserInputError(f"带宽 {bandwidth_m:g} 米无法使用；请给 {least} 到 {most} 米")


def cell_for(bandwidth_m: float) -> float:
    """Side of the cells for a bandwidth, metres: the largest of the halves that is fine enough.

    >>> cell_for(300), cell_for(100), cell_for(5000)
    (50.0, 25.0, 800.0)
    """
    check_bandwidth(bandwidth_m)
    cell = BASE_M
    while cell * 2 <= min(bandwidth_m / CELLS_PER_BANDWIDTH, COARSEST_M):
        cell *= 2
    return cell


def density_breaks(bandwidth_m: float, days: int) -> tuple[float, ...]:
    """Lower bounds of the classes, per km² and 30 days.

    The first is the step of 1-2-5 above the peak of two complaints at one point within the window
    (or a quarter, where that is shorter): a single complaint is never drawn.

    >>> density_breaks(300, 90)[:4]
    (2.0, 5.0, 10.0, 20.0)
    """
    peak = 1 / (2 * math.pi * (bandwidth_m / 1000) ** 2)
    least = 2 * peak * DAYS / min(days, LONGEST_SCALE_DAYS)
    place = math.ceil(round(3 * math.log10(least), 6)) - 1
    while _step(place) < least:
        place += 1
    return tuple(_step(place + at) for at in range(CLASSES))


def silverman(x_m: Floats, y_m: Floats) -> float | None:
    """Advice for a bandwidth, metres: σ·n^(−1/6), σ² the mean of both variances.

    Silverman, Density Estimation (1986), eq. 4.14 for two dimensions and a Gaussian; made for one
    hill, so for a city with several centres it is too wide. ``None`` for fewer than two different
    points. NaN is left out.
    """
    at = np.isfinite(x_m) & np.isfinite(y_m)
    n = int(at.sum())
    if n < 2:
        return None
    spread_m = math.sqrt((float(np.var(x_m[at], ddof=1)) + float(np.var(y_m[at], ddof=1))) / 2)
    return spread_m * n ** (-1 / 6) if spread_m > 0 else None


def smoothed(counts: Floats, lattice: Lattice, bandwidth_m: float) -> Floats:
    """Counts (rows × columns) under the kernel: its sum is kept but for what leaves the lattice.

    The counts stand at the middles of their cells; the variance that this adds (side²/12 along
    each axis, Sheppard) is taken off the kernel's.
    """
    sigma = math.sqrt((bandwidth_m / lattice.cell_m) ** 2 - 1 / 12)
    # By Fourier transform, half the time of a filter by rows and columns; what would come round
    # from the other side is kept off by empty cells.
    rows, columns = (
        fft.next_fast_len(n + int(REACH * sigma) + 1, real=True) for n in lattice.shape
    )
    waves = fft.rfft2(np.asarray(counts, dtype=np.float64), s=(rows, columns), workers=2)
    waves *= np.exp(-2 * (math.pi * sigma * np.fft.fftfreq(rows)) ** 2)[:, None]
    waves *= np.exp(-2 * (math.pi * sigma * np.fft.rfftfreq(columns)) ** 2)
    made = fft.irfft2(waves, s=(rows, columns), workers=2, overwrite_x=True)
    kept: Floats = made[: lattice.rows, : lattice.columns]
    return np.maximum(kept, 0.0)


def mass_on_ground(ground: Bools, lattice: Lattice, bandwidth_m: float) -> Floats:
    """(rows, columns) which part of a kernel at each cell lies on the ground, 0 to 1."""
    return smoothed(ground.astype(np.float64), lattice, bandwidth_m)


def _step(place: int) -> float:
    """The ladder …, 0.5, 1, 2, 5, 10, …; place 0 is 1."""
    decade, within = divmod(place, 3)
    return float(f"{(1, 2, 5)[within]}e{decade}")


def _method(n: int, bandwidth_m: float, cell_m: float, days: int) -> Method:
    warnings = ["密度图只供观察，不作检验；是否为热点请看 Gi* 或扫描统计", "投诉量不等于问题量"]
    if n < 30:
        warnings.append(f"只有 {n} 件有位置，图形主要取决于带宽")
    return Method(
        name="核密度（平面，高斯核）",
        null="无：密度图不作检验",
        alternative="无",
        n=n,
        choices={
            "带宽": f"{bandwidth_m:g} m（核的标准差）",
            "格网": f"{cell_m:g} m",
            "边缘校正": "除以核落在市域内的部分",
            "归一": f"每平方公里每 {DAYS} 天，时段 {days} 天",
        },
        warnings=tuple(warnings),
    )
