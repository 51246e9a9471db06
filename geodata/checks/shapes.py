"""Topology within one level, said in words: overlaps, gaps and slivers."""

from __future__ import annotations

import shapely

from geodata.checks.level import Level
from geodata.checks.topology import Piece, gaps_in_parents, gaps_inside, is_sliver, overlaps, union
from geodata.checks.words import LEVEL_NAMES, LevelReport, measure
from geodata.findings import Finding, Severity
from geodata.source_files.measure import areas_m2, mean_widths_m

# Above this share of the smaller polygon two areas claim the same ground, not the same edge.
BLOCKING_OVERLAP = 0.01


def level_findings(level: Level, parents: Level | None) -> list[Finding]:
    """Overlaps, gaps and slivers within one level; gaps of the parents where there are any."""
    report = LevelReport(level)
    areas = areas_m2(level.shapes)
    for piece in overlaps(level.shapes):
        if piece.sliver:
            report.slivers.append(("重叠", piece))
            continue
        share = piece.area_m2 / float(min(areas[list(piece.members)]))
        report.add(
            "overlap",
            Severity.BLOCKING if share > BLOCKING_OVERLAP else Severity.WARNING,
            f"{report.names(piece.members)} 重叠 {measure(piece.area_m2, piece.width_m)}，"
            f"占较小一方的{f' {share:.2%}' if share >= 1e-4 else '不足 0.01%'}",
            "由双方确认该处归谁，改正边界线",
            piece,
        )
    _gaps(report, level, parents)
    _thin_parts(report, level)
    return list(report.findings())


def _gaps(report: LevelReport, level: Level, parents: Level | None) -> None:
    together = union(level.shapes)
    empty: list[int] = []
    if parents is None:
        gaps = gaps_inside(level.shapes, together)
    else:
        gaps, empty = gaps_in_parents(level.shapes, together, parents.shapes)
    where = "" if parents is None else "上级范围内"
    for gap in gaps:
        if gap.sliver:
            report.slivers.append(("空白", gap))
            continue
        around = f"（周围：{report.names(gap.members)}）" if gap.members else ""
        report.add(
            "gap",
            Severity.WARNING,
            f"{where}有 {measure(gap.area_m2, gap.width_m)}无人管辖{around}",
            "由相邻各方确认归属并补画；确属外地的（飞入地）无需处理",
            gap,
        )
    if empty and parents is not None:
        who = [parents.jurisdictions[at] for at in empty]
        shapes = parents.shapes[empty]
        report.add(
            "no_children",
            Severity.INFO,
            f"{'、'.join(j.name for j in who[:5])}"
            + (f"等 {len(who)} 个" if len(who) > 5 else "")
            + f"之下没有{LEVEL_NAMES[level.level.value]}",
            "如应有下级，请补上其图层",
            Piece(
                geometry=shapely.geometrycollections(list(shapes)),
                area_m2=float(areas_m2(shapes).sum()),
                width_m=0.0,
                members=(),
            ),
        )


def _thin_parts(report: LevelReport, level: Level) -> None:
    parts, owner = shapely.get_parts(level.shapes, return_index=True)
    areas, widths = areas_m2(parts), mean_widths_m(parts)
    for at in range(len(parts)):
        if is_sliver(float(areas[at]), float(widths[at])):
            piece = Piece(
                geometry=parts[at],
                area_m2=float(areas[at]),
                width_m=float(widths[at]),
                members=(int(owner[at]),),
            )
            report.slivers.append(("辖区的碎块", piece))
