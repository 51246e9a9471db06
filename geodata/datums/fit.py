"""Can these coordinates be what the declared CRS says? And if not, which CRS would fit?

Only contradictions are found. GCJ-02, BD-09 and WGS 84 differ by less than a kilometre, so no
range of values tells one from another: that remains a matter of declaring the right one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyproj
import pyproj.exceptions
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType

from geodata.crs import Array, Crs, to_wgs84
from geodata.datums.datum import GCJ_BOX

Bounds = tuple[float, float, float, float]

_POLE_DEG = 85.0  # no city lies nearer to a pole; Longyearbyen is at 78
_MARGIN_GEOGRAPHIC_DEG = 1.0
# Cities on a zone's edge often keep one zone for all: a 3-degree zone reaches 1.5 degrees.
_MARGIN_PROJECTED_DEG = 3.0
_MARGIN_EXPECTED_DEG = 0.01  # the width of a GCJ-02 shift
_CHINA: Bounds = (73.0, 3.0, 136.0, 54.0)
_MOST = 40  # all that fit; who prints them may stop earlier


@dataclass(frozen=True, kw_only=True, slots=True)
class Misfit:
    """Coordinates that cannot be in the CRS declared for them."""

    problem: str
    """swapped_axes · projected_as_degrees · degrees_as_projected · outside_area ·
    outside_expected"""
    message: str
    """One Chinese clause saying what is seen."""
    would_fit: tuple[str, ...]
    """CRS names that would put the coordinates in the right place, best first; a swapped axis
    order is written ``EPSG:n, axis_order = "yx"``. Empty where none is known."""


def fits(
    x: npt.ArrayLike, y: npt.ArrayLike, crs: Crs, expected: Bounds | None = None
) -> Misfit | None:
    """``None`` where more than half of the coordinates can be in ``crs``, else what is wrong.

    ``x``, ``y`` in the units of ``crs``, x first; not finite ones are left out, and none at all
    fits. ``expected`` is west, south, east, north in WGS 84 degrees where the city is known to be.
    """
    xs, ys = np.ravel(np.asarray(x, np.float64)), np.ravel(np.asarray(y, np.float64))
    finite = np.isfinite(xs) & np.isfinite(ys)
    xs, ys = xs[finite], ys[finite]
    if not len(xs):
        return None
    if len(xs) > 5_000:  # a median of 5,000 is the same answer
        pick = np.linspace(0, len(xs) - 1, 5_000).astype(np.int64)
        xs, ys = xs[pick], ys[pick]
    middle = f"中间坐标 ({np.median(xs):.6g}, {np.median(ys):.6g})"
    degrees = _most((np.abs(xs) <= 180) & (np.abs(ys) <= 90))
    swapped_degrees = _most((np.abs(xs) <= 90) & (np.abs(ys) <= 180))
    if crs.geographic and not degrees and not swapped_degrees:
        return Misfit(
            problem="projected_as_degrees",
            message=f"声明为经纬度（{crs.name}），坐标却是平面数值，{middle}",
            would_fit=_candidates(xs, ys, expected),
        )
    if not crs.geographic and (degrees or swapped_degrees):
        order = "" if degrees and _most(np.abs(ys) <= _POLE_DEG) else ', axis_order = "yx"'
        return Misfit(
            problem="degrees_as_projected",
            message=f"声明为平面坐标（{crs.name}），坐标却是经纬度，{middle}",
            would_fit=tuple(name + order for name in ("EPSG:4490", "GCJ-02", "BD-09")),
        )
    area, where = (expected, "应在的范围") if expected else (_area(crs), f"{crs.name} 的适用范围")
    if _lies(xs, ys, crs, area) and (not crs.geographic or _most(np.abs(ys) <= _POLE_DEG)):
        return None
    if _lies(ys, xs, crs, area) and (not crs.geographic or _most(np.abs(xs) <= _POLE_DEG)):
        return Misfit(
            problem="swapped_axes",
            message=f"坐标次序颠倒：第一个数是纬度（北向），第二个数是经度（东向），{middle}",
            would_fit=(f'{crs.name}, axis_order = "yx"',),
        )
    problem = "outside_expected" if expected else "outside_area"
    return Misfit(
        problem=problem,
        message=f"按 {crs.name} 读取后落在{where}之外，{middle}",
        would_fit=() if crs.geographic else _candidates(xs, ys, expected),
    )


def _most(mask: npt.NDArray[np.bool_]) -> bool:
    return bool(np.count_nonzero(mask) * 2 > len(mask))


def _padded(bounds: Bounds, margin: float) -> Bounds:
    return bounds[0] - margin, bounds[1] - margin, bounds[2] + margin, bounds[3] + margin


@lru_cache(maxsize=256)
def _area(crs: Crs) -> Bounds:
    if crs.kind in ("gcj02", "bd09"):
        return GCJ_BOX
    margin = _MARGIN_GEOGRAPHIC_DEG if crs.geographic else _MARGIN_PROJECTED_DEG
    use = pyproj.CRS.from_user_input(crs.definition).area_of_use
    if use is None or use.west > use.east:
        return -180.0, -90.0, 180.0, 90.0
    return _padded((use.west, use.south, use.east, use.north), margin)


def _lies(xs: Array, ys: Array, crs: Crs, area: Bounds) -> bool:
    return _within(*to_wgs84(xs, ys, crs), area)


def _candidates(xs: Array, ys: Array, expected: Bounds | None) -> tuple[str, ...]:
    """EPSG codes of projected CRSs that put the middle of the coordinates where it should be.

    Where nothing is expected, China is tried first and then the feet grids, each within its own
    area of use.
    """
    x, y = np.array([np.median(xs)]), np.array([np.median(ys)])
    if expected:
        return _fitting(x, y, _projected(expected), expected)
    return _fitting(x, y, _projected(_CHINA), _CHINA, own=True) or _fitting(
        x, y, _projected(None), None, own=True
    )


@lru_cache(maxsize=16)
def _projected(within: Bounds | None) -> tuple[str, ...]:
    """EPSG codes of projected CRSs used there; for ``None`` those in feet anywhere."""
    area = AreaOfInterest(*within) if within else None
    found = query_crs_info(
        auth_name="EPSG", pj_types=PJType.PROJECTED_CRS, area_of_interest=area, contains=False
    )

    def rank(name: str) -> int:
        order = ("CGCS2000 / 3-degree", "CGCS2000", "WGS 84 / Pseudo", "WGS 84 / UTM", "NAD83 / ")
        return next((at for at, start in enumerate(order) if name.startswith(start)), len(order))

    if within == _CHINA:
        # Xian 1980 and Beijing 1954 share the numbers of CGCS2000 to a hundred metres.
        found = [info for info in found if rank(info.name) < 4]
    elif within is None:
        found = [info for info in found if "(ft" in info.name]

    def size(bounds: tuple[float, float, float, float] | None) -> float:
        return (bounds[2] - bounds[0]) * (bounds[3] - bounds[1]) if bounds else 1e9

    found.sort(
        key=lambda info: (
            rank(info.name),
            size(info.area_of_use.bounds if info.area_of_use else None),
            int(info.code),
        )
    )
    return tuple(f"EPSG:{info.code}" for info in found)


def _fitting(
    x: Array, y: Array, names: Iterable[str], area: Bounds | None, *, own: bool = False
) -> tuple[str, ...]:
    """Those that put x, y inside ``area`` and, with ``own``, inside their own area of use."""
    found: list[str] = []
    for name in names:
        crs = pyproj.CRS(name)
        use = crs.area_of_use
        if own and use is None:
            continue
        # Without the datum's own shift: a hundred metres do not matter here, and building
        # the exact transformation of some hundred grids takes half a minute.
        try:
            lon, lat = pyproj.Proj(crs)(x, y, inverse=True)
        except pyproj.exceptions.ProjError:
            continue  # a projection this PROJ was built without fits nothing
        inside = area is None or _within(lon, lat, area)
        if inside and own and use is not None:
            inside = _within(lon, lat, (use.west, use.south, use.east, use.north))
        if inside:
            found.append(name)
        if len(found) == _MOST:
            break
    return tuple(found)


def _within(lon: Array, lat: Array, area: Bounds) -> bool:
    west, south, east, north = _padded(area, _MARGIN_EXPECTED_DEG)
    with np.errstate(invalid="ignore"):
        return _most((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
