"""Codes of one level against the administrative structure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import shapely

from geodata.codes import core, follows_structure, mistake, unusual
from geodata.findings import Finding, Severity
from routing.model import Jurisdiction

if TYPE_CHECKING:
    from geodata.validate import Level


def code_findings(level: Level, city: str | None) -> Iterator[Finding]:
    """Malformed and unusual codes, where most of the level's codes have the structure."""
    codes = level.codes
    if not follows_structure(codes, level.level):
        return
    within = core(city).rstrip("0") if city else ""
    if city and len(within) < len(city) and len(within) % 2:
        within += "0"
    for jurisdiction in level.jurisdictions:
        code = jurisdiction.code
        wrong = mistake(code, level.level)
        if wrong is None and within and not code.startswith(within):
            wrong = f"不属于 {city}"
        parent = jurisdiction.parent_code
        if wrong is None and parent and parent.isdigit() and not code.startswith(core(parent)):
            wrong = f"与上级编码 {parent} 不符"
        if wrong is not None:
            yield _finding(
                "malformed_code",
                Severity.WARNING,
                f"{jurisdiction.name} 的编码 {code} {wrong}",
                "按区划代码、统计用区划代码或网格编码改正",
                jurisdiction,
                level,
            )
        elif rare := unusual(code, level.level):
            yield _finding(
                "unusual_code",
                Severity.INFO,
                f"{jurisdiction.name} 的编码 {code}：{rare}",
                "确认无误即可",
                jurisdiction,
                level,
            )


def _finding(
    kind: str,
    severity: Severity,
    message: str,
    advice: str,
    jurisdiction: Jurisdiction,
    level: Level,
) -> Finding:
    point = shapely.point_on_surface(jurisdiction.geometry)
    return Finding(
        code=kind,
        severity=severity,
        message=message,
        advice=advice,
        level=level.level.value,
        codes=(jurisdiction.code,),
        lon=float(point.x),
        lat=float(point.y),
        geometry=jurisdiction.geometry,
        source=level.source,
    )
