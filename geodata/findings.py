"""What is wrong with a boundary source or a gazetteer, in words a person can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from shapely.geometry.base import BaseGeometry


class Severity(StrEnum):
    """``BLOCKING`` would route wrongly or cannot be loaded; ``WARNING`` routing copes with and
    says so in its reasons; ``INFO`` is worth knowing and needs nothing."""

    BLOCKING = "blocking"
    WARNING = "warning"
    INFO = "info"


SEVERITY_NAMES = {Severity.BLOCKING: "必须处理", Severity.WARNING: "提醒", Severity.INFO: "说明"}

FINDING_NAMES = {
    "crs_mismatch": "坐标系与文件不一致",
    "crs_contradicted": "坐标系与坐标矛盾",
    "crs_suspect": "坐标系存疑",
    "bad_coordinates": "坐标无效",
    "invalid_ring": "边界环无效",
    "unreadable_geometry": "图形无法读取",
    "empty_geometry": "图形为空",
    "not_a_polygon": "不是面",
    "missing_code": "缺少编码",
    "duplicate_code": "编码重复",
    "several_features": "一码多图",
    "malformed_code": "编码不规范",
    "unusual_code": "编码少见",
    "gap": "空白区",
    "overlap": "重叠区",
    "sliver": "细碎面",
    "child_outside_parent": "超出上级范围",
    "orphan": "上级不存在",
    "no_children": "没有下级",
    "exclave": "飞地",
    "missing_unit": "承办单位不存在",
    "short_lived": "有效期过短",
    "bad_border": "界线规则无效",
    "encoding": "文字编码",
    # of a gazetteer
    "unknown_key": "声明中有未知项",
    "bad_row": "行格式错误",
    "crs_undeclared": "坐标系未声明",
    "crs_assumed": "坐标系按格式推定",
    "missing_place_id": "缺少地名编号",
    "duplicate_place_id": "地名编号重复",
    "missing_name": "缺少名称",
    "unknown_kind": "类别不明",
    "bad_text": "文字异常",
    "bad_date": "日期无效",
    "invalid_geometry": "图形无效",
    "bad_alias": "别名异常",
    "bad_admin_code": "行政编码异常",
    "road_without_line": "道路没有线形",
    "outside_community": "不在所称辖区",
    "unknown_admin_code": "行政编码未知",
    "far_outlier": "位置远离其余",
    "duplicate_place": "地名重复",
    "duplicate_address": "门牌重复",
    "unknown_road": "所在道路缺失",
    "number_out_of_order": "门牌次序异常",
    "alias_hides_name": "别名遮住地名",
    "generic_alias": "别名过泛",
    "alias_cycle": "别名互指",
}
"""Every finding code there is, with its Chinese name."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Finding:
    """One thing found: what, how bad, where, how large, and what to do."""

    code: str
    """One of ``FINDING_NAMES``."""
    severity: Severity
    message: str
    """Chinese; names the jurisdictions and the measure."""
    advice: str
    """Chinese; what to do."""
    level: str | None = None
    """Jurisdiction level, with ``:kind`` for overlays; ``None`` where it is about the file."""
    codes: tuple[str, ...] = ()
    """Codes of the jurisdictions concerned."""
    area_m2: float | None = None
    """Ground area of ``geometry``; ``None`` where area says nothing."""
    lon: float | None = None
    """A point in the place, WGS 84 degrees; ``None`` with ``lat`` where there is no place."""
    lat: float | None = None
    geometry: BaseGeometry | None = None
    """The place, WGS 84 degrees, for the map."""
    source: str = ""
    """Name of the boundary source."""
    layer: str = ""
    """File (and layer) name."""
    places: int = 1
    """How many places of one kind are told together in this finding."""

    def __post_init__(self) -> None:
        if self.code not in FINDING_NAMES:
            raise ValueError(f"unknown finding code {self.code!r}")


_ORDER = {severity: at for at, severity in enumerate(Severity)}


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Worst first, then by kind, level, area (largest first) and codes."""
    kinds = {code: at for at, code in enumerate(FINDING_NAMES)}
    return sorted(
        findings,
        key=lambda f: (
            _ORDER[f.severity],
            kinds[f.code],
            f.level or "",
            f.places > 1,
            -(f.area_m2 or 0.0),
            f.codes,
            f.message,
        ),
    )


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Those that stop an import."""
    return [finding for finding in findings if finding.severity is Severity.BLOCKING]
