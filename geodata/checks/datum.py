"""Two sources that fit each other only if one of them is in another Chinese datum than declared.

No range of values tells GCJ-02 or BD-09 from WGS 84, but two maps of the same city do: a datum
mixed up moves one of them by 300 to 1,200 m, and undoing exactly that shift makes them fit again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geodata.checks.level import Level
from geodata.checks.topology import kinship
from geodata.crs import BD09, GCJ02, WGS84, Array, Crs, from_wgs84, to_wgs84
from geodata.datums.datum import inside_gcj_box
from geodata.findings import Finding, Severity

_SAMPLE = 200  # children compared; the share of a few hundred is near enough
# Straddling less than this says nothing; drawn in the same datum, real levels that were digitised
# apart (Chicago's police beats in its wards) still fit badly, but no shift improves them tenfold.
_NOTICEABLE = 0.02
_BETTER = 0.1


def datum_findings(
    level: Level, parents: Level | None, declared: Mapping[str, Crs]
) -> Iterator[Finding]:
    """A suspicion about the level's source or the parents', where both are one source each.

    ``declared`` is the CRS by boundary version.
    """
    if parents is None:
        return
    versions = {j.version for j in level.jurisdictions}, {j.version for j in parents.jurisdictions}
    if any(len(some) != 1 or not some <= declared.keys() for some in versions):
        return
    if versions[0] == versions[1]:
        return
    middle = shapely.centroid(parents.shapes)
    if not inside_gcj_box(shapely.get_x(middle), shapely.get_y(middle)).all():
        return
    step = max(1, len(level.shapes) // _SAMPLE)
    children = level.shapes[::step]
    before = _straddling(children, parents.shapes)
    if before < _NOTICEABLE:
        return
    tried: list[tuple[float, Level, Crs, Crs]] = []
    pairs = ((level, next(iter(versions[0]))), (parents, next(iter(versions[1]))))
    for about, version in pairs:
        own = declared[version]
        for other in (GCJ02, BD09, WGS84):
            if other.kind == own.kind or own.kind == "proj":
                continue
            after = (
                _straddling(_as_if(children, own, other), parents.shapes)
                if about is level
                else _straddling(children, _as_if(parents.shapes, own, other))
            )
            tried.append((after, about, own, other))
    if not tried:
        return
    after, about, own, other = min(tried, key=lambda one: one[0])
    if after > before * _BETTER:
        return
    point = shapely.point_on_surface(about.shapes[0])
    yield Finding(
        code="crs_suspect",
        severity=Severity.WARNING,
        message=f"{about.source} 声明为 {own.name}，但按 {other.name} 读取才与"
        f"{parents.source if about is level else level.source} 相合："
        f"跨越上级的面积由 {before:.1%} 降到 {after:.1%}",
        advice=f'向数据提供方核实；属实则写 crs = "{other.name}"',
        level=about.level.value,
        lon=float(point.x),
        lat=float(point.y),
        source=about.source,
    )


def _as_if(shapes: npt.NDArray[Any], own: Crs, other: Crs) -> npt.NDArray[Any]:
    """The shapes as they would be had their file been declared in ``other`` instead of ``own``."""

    def move(xy: Array) -> Array:
        return np.column_stack(to_wgs84(*from_wgs84(xy[:, 0], xy[:, 1], own), other))

    moved: npt.NDArray[Any] = np.asarray(shapely.transform(shapes, move), dtype=object)
    return moved


def _straddling(children: npt.NDArray[Any], parents: npt.NDArray[Any]) -> float:
    """Share of the children's area that lies outside each child's best parent."""
    whole = shapely.area(children)
    shares = np.array([kin.share for kin in kinship(children, parents)])
    return float(((1 - shares) * whole).sum() / whole.sum())
