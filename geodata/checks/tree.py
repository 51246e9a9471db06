"""The levels against each other: children outside their parent, orphans; and exclaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.checks.level import Level
from geodata.checks.topology import Piece, is_sliver, kinship, outside
from geodata.checks.words import LEVEL_NAMES, LevelReport, measure, whole
from geodata.findings import Finding, Severity
from geodata.source_files.measure import areas_m2, mean_widths_m
from routing.model import Jurisdiction

# A child with less than this of its area in a parent is in the wrong place altogether.
_WHOLLY_OUTSIDE = 0.01


def tree_findings(level: Level, above: Sequence[Level]) -> list[Finding]:
    """Children outside their parent and children whose parent is not there.

    ``above``: the coarser levels, coarse to fine. A declared parent is looked for in all of them;
    without one, the level next above should contain the child.
    """
    if not above:
        return []
    report = LevelReport(level)
    shapes = {j.code: j.geometry for one in above for j in one.jurisdictions}
    names = {j.code: j.name for one in above for j in one.jurisdictions}
    declared = [at for at, j in enumerate(level.jurisdictions) if j.parent_code]
    for at in declared:
        code = level.jurisdictions[at].parent_code
        if code not in shapes:
            report.add(
                "orphan",
                Severity.WARNING,
                f"{report.names([at])} 的上级 {code} 不在已载入的上级图层中",
                "改正上级编码，或补上该上级的图层",
                whole(level, at),
            )
    held = [at for at in declared if level.jurisdictions[at].parent_code in shapes]
    of = [str(level.jurisdictions[at].parent_code) for at in held]
    _outside(report, level, held, [(names[code], shapes[code]) for code in of])
    free = [at for at, j in enumerate(level.jurisdictions) if not j.parent_code]
    _contained(report, level, free, above[-1])
    return list(report.findings())


def _outside(
    report: LevelReport, level: Level, children: list[int], parents: list[tuple[str, BaseGeometry]]
) -> None:
    if not children:
        return
    array: npt.NDArray[Any] = np.empty(len(parents), dtype=object)
    array[:] = [shape for _, shape in parents]
    inside = shapely.covered_by(level.shapes[children], array)
    rows = np.flatnonzero(~inside).tolist()
    areas = areas_m2(level.shapes)
    for piece in outside(level.shapes[[children[row] for row in rows]], array[rows]):
        row = rows[piece.members[0]]
        at = children[row]
        moved = Piece(
            geometry=piece.geometry,
            area_m2=piece.area_m2,
            width_m=piece.width_m,
            members=(at,),
        )
        share = piece.area_m2 / float(areas[at])
        _beyond(report, moved, at, share, f"上级 {parents[row][0]}")


def _beyond(report: LevelReport, piece: Piece, at: int, share: float, parent: str) -> None:
    wholly = share > 1 - _WHOLLY_OUTSIDE
    if piece.sliver and not wholly:
        report.slivers.append(("超出上级", piece))
        return
    text = (
        "完全不在" if wholly else f"有 {measure(piece.area_m2, piece.width_m)}（{share:.1%}）超出"
    )
    report.add(
        "child_outside_parent",
        Severity.BLOCKING if wholly else Severity.WARNING,
        f"{report.names([at])} {text}{parent}范围" + ("内" if wholly else ""),
        "改正上级编码" if wholly else "确认以哪一级的界线为准，使下级与上级共用边界线",
        piece,
    )


def _contained(report: LevelReport, level: Level, children: list[int], parents: Level) -> None:
    """Children without a declared parent: the level above as a whole should contain each in one."""
    if not children:
        return
    kin = kinship(level.shapes[children], parents.shapes)
    lost = [row.child for row in kin if row.parent is None]
    for child in lost:
        at = children[child]
        _beyond(report, whole(level, at), at, 1.0, LEVEL_NAMES[parents.level.value])
    held = [(children[row.child], row.parent) for row in kin if row.parent is not None]
    names = [(parents.jurisdictions[parent].name, parents.shapes[parent]) for _, parent in held]
    _outside(report, level, [at for at, _ in held], names)


def exclaves(everything: Sequence[Jurisdiction], names: Mapping[str, str]) -> Iterator[Finding]:
    """Jurisdictions in several parts, slivers not counted; overlays come in parts by nature."""
    for jurisdiction in everything:
        count = shapely.get_num_geometries(jurisdiction.geometry)
        if count < 2 or jurisdiction.overlay_kind is not None:
            continue
        parts = shapely.get_parts(jurisdiction.geometry)
        areas, widths = areas_m2(parts), mean_widths_m(parts)
        real = [
            at for at in range(count) if not is_sliver(float(areas[at]), float(widths[at]))
        ]  # fmt: skip
        if len(real) < 2:
            continue
        real.sort(key=lambda at: -float(areas[at]))
        away = real[1:]
        point = shapely.point_on_surface(parts[away[0]])
        area = float(areas[away].sum())
        yield Finding(
            code="exclave",
            severity=Severity.INFO,
            message=f"{jurisdiction.name}（{jurisdiction.code}）分为 {len(real)} 块，"
            f"主体之外合计 {measure(area)}",
            advice="确认飞地属实即可",
            level=jurisdiction.level.value,
            codes=(jurisdiction.code,),
            area_m2=area,
            lon=float(point.x),
            lat=float(point.y),
            geometry=shapely.multipolygons(parts[away]),
            source=names.get(jurisdiction.version, jurisdiction.version),
        )
