"""A layer's geometries become valid polygons in WGS 84, and what had to be done is said."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geodata.crs import Crs, geometry_to_wgs84
from geodata.findings import Finding, Severity
from geodata.source_files.measure import area_m2, polygons_of

_AT = re.compile(r"\[(-?[\d.eE+]+) (-?[\d.eE+]+)\]")


@dataclass(kw_only=True)
class Noted:
    """Findings about one layer while it is read."""

    source: str
    layer: str
    level: str | None
    found: list[Finding] = field(default_factory=list)

    def note(self, code: str, severity: Severity, message: str, advice: str, **more: Any) -> None:
        """Add one finding about this layer."""
        self.found.append(
            Finding(
                code=code,
                severity=severity,
                message=message,
                advice=advice,
                level=self.level,
                source=self.source,
                layer=self.layer,
                **more,
            )
        )


def finite(geometries: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Where every coordinate of a geometry is a number; true for ``None`` and empty ones."""
    xy, owner = shapely.get_coordinates(geometries, return_index=True)
    bad = ~np.isfinite(xy).all(axis=1)
    good = np.ones(len(geometries), dtype=bool)
    good[owner[bad]] = False
    return good


def swapped(geometries: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The geometries with x and y exchanged."""
    out: npt.NDArray[Any] = np.asarray(
        shapely.transform(geometries, lambda xy: xy[:, ::-1]), dtype=object
    )
    return out


def usable_polygons(
    geometries: npt.NDArray[Any],
    unreadable: npt.NDArray[np.bool_],
    labels: list[str],
    crs: Crs,
    noted: Noted,
) -> list[BaseGeometry | None]:
    """A valid Polygon or MultiPolygon per feature in WGS 84; ``None`` for what cannot be used.

    ``labels`` name the features in findings. Valid polygons given in WGS 84 or CGCS2000 degrees
    keep their coordinates bit for bit.
    """
    good = finite(geometries)
    for at in np.flatnonzero(~good).tolist():
        noted.note(
            "bad_coordinates",
            Severity.BLOCKING,
            f"{labels[at]} 的坐标里有非数值（NaN 或无穷大）",
            "在原数据中改正该图形后重新导出",
            codes=(labels[at],),
        )
    kept = geometries.copy()
    kept[~good] = None
    moved = geometry_to_wgs84(kept, crs)
    still = finite(moved)
    for at in np.flatnonzero(good & ~still).tolist():
        noted.note(
            "bad_coordinates",
            Severity.BLOCKING,
            f"{labels[at]} 的坐标按 {crs.name} 无法换算为经纬度",
            "核对该图形的坐标和声明的 crs",
            codes=(labels[at],),
        )
    out: list[BaseGeometry | None] = []
    for at, shape in enumerate(moved.tolist()):
        if not (good[at] and still[at]):
            out.append(None)
        elif unreadable[at]:
            noted.note(
                "unreadable_geometry",
                Severity.BLOCKING,
                f"{labels[at]} 的图形不成面：环上的点太少或格式不完整",
                "在原数据中补画该图形",
                codes=(labels[at],),
            )
            out.append(None)
        else:
            out.append(_usable(shape, labels[at], noted))
    return out


def _usable(shape: BaseGeometry | None, label: str, noted: Noted) -> BaseGeometry | None:
    if shape is None or shape.is_empty:
        noted.note(
            "empty_geometry",
            Severity.BLOCKING,
            f"{label} 没有图形",
            "补上图形；该辖区已撤销的，从图层中删去",
            codes=(label,),
        )
        return None
    if not isinstance(shape, (Polygon, MultiPolygon)):
        found = polygons_of(shape)
        kind = shape.geom_type
        point = shapely.point_on_surface(shape)
        noted.note(
            "not_a_polygon",
            Severity.BLOCKING if found.is_empty else Severity.WARNING,
            f"{label} 的图形是 {kind}，" + ("不是面" if found.is_empty else "只取其中的面"),
            "辖区须为面（Polygon 或 MultiPolygon）",
            codes=(label,),
            lon=float(point.x),
            lat=float(point.y),
            geometry=shape,
        )
        if found.is_empty:
            return None
        shape = found
    if shapely.is_valid(shape):
        return shape
    return _repaired(shape, label, noted)


def _repaired(shape: BaseGeometry, label: str, noted: Noted) -> BaseGeometry | None:
    reason = str(shapely.is_valid_reason(shape))
    repaired = polygons_of(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    place = _AT.search(reason)
    what = {
        "Self-intersection": "边界自相交",
        "Ring Self-intersection": "边界环自相交",
        "Hole lies outside shell": "内环在外环之外",
        "Nested holes": "内环互相嵌套",
        "Nested shells": "两个部分重叠",
        "Duplicate Rings": "边界环重复",
        "Too few points in geometry component": "环上的点太少",
        "Interior is disconnected": "内部不连通",
    }.get(reason.partition("[")[0].strip(), reason.partition("[")[0].strip())
    empty = repaired.is_empty
    at = None if empty else shapely.point_on_surface(repaired)
    noted.note(
        "invalid_ring",
        Severity.BLOCKING,
        f"{label}：{what}；" + ("修复后没有面积" if empty else "派单暂按修复后的图形"),
        "在原数据中改正边界环后重新导出；修复后的图形未必是本意",
        codes=(label,),
        area_m2=None if empty else area_m2(repaired),
        lon=float(place[1]) if place else (None if at is None else float(at.x)),
        lat=float(place[2]) if place else (None if at is None else float(at.y)),
        geometry=shape if empty else repaired,
    )
    return None if empty else repaired


def merged(parts: list[BaseGeometry]) -> BaseGeometry:
    """One shape of several features; coordinates stay bit for bit where the parts lie apart."""
    if len(parts) == 1:
        return parts[0]
    singles = [single for part in parts for single in shapely.get_parts(part)]
    together = MultiPolygon(singles)
    if shapely.is_valid(together):
        return together
    return polygons_of(shapely.union_all(singles))
