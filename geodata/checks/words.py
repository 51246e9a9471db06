"""Findings of one level put into words, and crowds of them put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import shapely

from geodata.checks.level import Level
from geodata.checks.topology import Piece
from geodata.findings import Finding, Severity
from geodata.source_files.measure import areas_m2

LEVEL_NAMES = {
    "district": "区县",
    "subdistrict": "街道（镇）",
    "community": "社区（村）",
    "grid": "网格",
}

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


class LevelReport:
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
        """Note one place; the piece's members are positions in the level."""
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
        """At most twenty of a kind and severity, the rest of it in one, all slivers in one."""
        for (kind, severity), found in self._found.items():
            found.sort(key=lambda one: -(one.area_m2 or 0.0))
            yield from found[:_LISTED]
            if len(found) > _LISTED:
                yield self._together(kind, severity, found[_LISTED:])
        if self.slivers:
            yield self._sliver_finding()

    def _together(self, kind: str, severity: Severity, rest: list[Finding]) -> Finding:
        area = sum(one.area_m2 or 0.0 for one in rest)
        message = f"另有 {len(rest)} 处同类问题，合计 {measure(area)}，每处均小于以上各处"
        if kind in ("malformed_code", "unusual_code"):
            message = f"另有 {len(rest)} 个辖区的编码有同类问题"
        return Finding(
            code=kind,
            severity=severity,
            message=message,
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


def whole(level: Level, at: int) -> Piece:
    """The whole jurisdiction at this position, as the place of a finding."""
    area = float(areas_m2(level.shapes[[at]])[0])
    return Piece(geometry=level.shapes[at], area_m2=area, width_m=0.0, members=(at,))
