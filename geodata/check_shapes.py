"""Topology of the levels, said in words: overlaps, gaps, slivers, children outside, exclaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.findings import Finding, Severity
from geodata.measure import areas_m2, mean_widths_m
from geodata.topology import (
    Piece,
    gaps_in_parents,
    gaps_inside,
    is_sliver,
    kinship,
    outside,
    overlaps,
    union,
)
from routing.model import Jurisdiction

if TYPE_CHECKING:
    from geodata.validate import Level

LEVEL_NAMES = {
    "district": "区县",
    "subdistrict": "街道（镇）",
    "community": "社区（村）",
    "grid": "网格",
}

# Above this share of the smaller polygon two areas claim the same ground, not the same edge.
BLOCKING_OVERLAP = 0.01
# A child with less than this of its area in a parent is in the wrong place altogether.
_WHOLLY_OUTSIDE = 0.01
_LISTED = 20  # of one kind; the rest become one finding, so that a page stays readable


def measure(area_m2: float, width_m: float | None = None) -> str:
    """An area, and a width, for a Chinese sentence; square kilometres from one on."""
    if area_m2 >= 1e6:
        text = f"{area_m2 / 1e6:,.2f} 平方公里"
    else:
        text = f"{area_m2:,.1f} 平方米" if area_m2 < 1_000 else f"{area_m2:,.0f} 平方米"
    if width_m is None:
        return text
    if width_m < 1:
        return f"{text}，平均宽 {width_m * 100:.1f} 厘米"
    return f"{text}，平均宽 {width_m:,.1f} 米"


class _Report:
    """Findings of one level, with slivers and whatever comes in crowds put together."""

    def __init__(self, level: Level) -> None:
        self._level = level
        self.slivers: list[tuple[str, Piece]] = []
        self._found: dict[tuple[str, Severity], list[Finding]] = defaultdict(list)

    def names(self, members: Sequence[int]) -> str:
        """The jurisdictions at these positions, by name and code, at most four."""
        who = [self._level.jurisdictions[at] for at in members[:4]]
        text = "、".join(f"{j.name}（{j.code}）" if j.name != j.code else j.code for j in who)
        return text + (f"等 {len(members)} 个" if len(members) > 4 else "")

    def add(self, kind: str, severity: Severity, message: str, advice: str, piece: Piece) -> None:
        point = shapely.point_on_surface(piece.geometry)
        self._found[kind, severity].append(
            Finding(
                code=kind,
                severity=severity,
                message=message,
                advice=advice,
                level=self._level.level.value,
                codes=tuple(self._level.jurisdictions[at].code for at in piece.members),
                area_m2=piece.area_m2,
                lon=float(point.x),
                lat=float(point.y),
                geometry=piece.geometry,
                source=self._level.source,
            )
        )

    def findings(self) -> Iterator[Finding]:
        for (kind, severity), found in self._found.items():
            found.sort(key=lambda one: -(one.area_m2 or 0.0))
            yield from found[:_LISTED]
            if len(found) > _LISTED:
                yield self._together(kind, severity, found[_LISTED:])
        if self.slivers:
            yield self._sliver_finding()

    def _together(self, kind: str, severity: Severity, rest: list[Finding]) -> Finding:
        area = sum(one.area_m2 or 0.0 for one in rest)
        return Finding(
            code=kind,
            severity=severity,
            message=f"另有 {len(rest)} 处同类问题，合计 {measure(area)}，每处均小于以上各处",
            advice=rest[0].advice,
            level=self._level.level.value,
            codes=tuple(dict.fromkeys(code for one in rest for code in one.codes)),
            area_m2=area,
            lon=rest[0].lon,
            lat=rest[0].lat,
            geometry=shapely.geometrycollections([one.geometry for one in rest]),
            source=self._level.source,
            places=len(rest),
        )

    def _sliver_finding(self) -> Finding:
        pieces = [piece for _, piece in self.slivers]
        kinds: dict[str, int] = defaultdict(int)
        for kind, _ in self.slivers:
            kinds[kind] += 1
        widest = max(pieces, key=lambda piece: piece.width_m)
        point = shapely.point_on_surface(widest.geometry)
        area = sum(piece.area_m2 for piece in pieces)
        what = "、".join(f"{kind} {count} 处" for kind, count in kinds.items())
        return Finding(
            code="sliver",
            severity=Severity.WARNING,
            message=f"细碎面：{what}，合计 {measure(area)}；"
            f"最宽的一处{measure(widest.area_m2, widest.width_m)}，在 {self.names(widest.members)}",
            advice="多为坐标取位或描边不一致造成，不影响派单；下次制图时以共用边界线生成各面",
            level=self._level.level.value,
            codes=tuple(
                dict.fromkeys(
                    self._level.jurisdictions[at].code for piece in pieces for at in piece.members
                )
            ),
            area_m2=area,
            lon=float(point.x),
            lat=float(point.y),
            geometry=shapely.geometrycollections([piece.geometry for piece in pieces]),
            source=self._level.source,
            places=len(pieces),
        )


def level_findings(level: Level, parents: Level | None) -> list[Finding]:
    """Overlaps, gaps and slivers within one level; gaps of the parents where there are any."""
    report = _Report(level)
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


def _gaps(report: _Report, level: Level, parents: Level | None) -> None:
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


def _thin_parts(report: _Report, level: Level) -> None:
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


def tree_findings(level: Level, above: Sequence[Level]) -> list[Finding]:
    """Children outside their parent and children whose parent is not there.

    ``above``: the coarser levels, coarse to fine. A declared parent is looked for in all of them;
    without one, the level next above should contain the child.
    """
    if not above:
        return []
    report = _Report(level)
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
                _whole(level, at),
            )
    held = [at for at in declared if level.jurisdictions[at].parent_code in shapes]
    of = [str(level.jurisdictions[at].parent_code) for at in held]
    _outside(report, level, held, [(names[code], shapes[code]) for code in of])
    free = [at for at, j in enumerate(level.jurisdictions) if not j.parent_code]
    _contained(report, level, free, above[-1])
    return list(report.findings())


def _whole(level: Level, at: int) -> Piece:
    shape = level.shapes[at]
    area = float(areas_m2(level.shapes[[at]])[0])
    return Piece(geometry=shape, area_m2=area, width_m=0.0, members=(at,))


def _outside(
    report: _Report, level: Level, children: list[int], parents: list[tuple[str, BaseGeometry]]
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


def _beyond(report: _Report, piece: Piece, at: int, share: float, parent: str) -> None:
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


def _contained(report: _Report, level: Level, children: list[int], parents: Level) -> None:
    """Children without a declared parent: the level above as a whole should contain each in one."""
    if not children:
        return
    kin = kinship(level.shapes[children], parents.shapes)
    lost = [row.child for row in kin if row.parent is None]
    for child in lost:
        at = children[child]
        _beyond(report, _whole(level, at), at, 1.0, LEVEL_NAMES[parents.level.value])
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
