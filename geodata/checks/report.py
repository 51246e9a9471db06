"""The findings of a check as text for a terminal and as JSON for a program.

The page with the map is in ``geodata.checks.page``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geodata.checks.words import LEVEL_NAMES, measure
from geodata.findings import FINDING_NAMES, SEVERITY_NAMES, Finding, Severity
from geodata.read import LoadedSource

_TOLD = 10  # of one kind and severity in the text; JSON and the page have all


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How many findings there are of each severity."""

    blocking: int
    warning: int
    info: int

    @property
    def sentence(self) -> str:
        """One Chinese sentence."""
        if not (self.blocking or self.warning or self.info):
            return "没有发现问题。"
        parts = [
            f"{SEVERITY_NAMES[severity]} {count} 项"
            for severity, count in zip(
                Severity, (self.blocking, self.warning, self.info), strict=True
            )
            if count
        ]
        ending = "处理之前不能导入。" if self.blocking else "可以导入。"
        return f"{'，'.join(parts)}；{ending}"


def counts(findings: Sequence[Finding]) -> Counts:
    """Count by severity; a crowd told in one finding counts once."""
    number = Counter(finding.severity for finding in findings)
    return Counts(
        blocking=number[Severity.BLOCKING],
        warning=number[Severity.WARNING],
        info=number[Severity.INFO],
    )


def level_name(level: str | None) -> str:
    """Chinese name of a level as findings carry it; empty for ``None``."""
    if level is None:
        return ""
    word, _, kind = level.partition(":")
    return LEVEL_NAMES.get(level, f"专属区域（{kind}）" if word == "overlay" else level)


def contents(one: LoadedSource) -> str:
    """What a source holds, e.g. ``10 个街道（镇）、3 条界线规则``."""
    number = Counter(j.level.value for j in one.jurisdictions)
    kinds = {j.overlay_kind for j in one.jurisdictions if j.overlay_kind}
    parts = [
        f"{count} 个专属区域（{len(kinds)} 类）"
        if level == "overlay"
        else f"{count} 个{level_name(level)}"
        for level, count in number.items()
    ]
    parts += [f"{len(one.borders)} 条界线规则"] if one.borders else []
    return "、".join(parts) or "没有可用的图层"


def place_text(finding: Finding) -> str:
    """Longitude, latitude to a tenth of a metre; empty where there is no place."""
    if finding.lon is None or finding.lat is None:
        return ""
    return f"{finding.lon:.6f}, {finding.lat:.6f}"


def as_text(loaded: Sequence[LoadedSource], findings: Sequence[Finding]) -> str:
    """For a terminal: the sources, the sum, and each finding with its place and advice."""
    return text_of([f"{one.version}：{contents(one)}" for one in loaded], findings)


def text_of(head: Sequence[str], findings: Sequence[Finding]) -> str:
    """The same for anything checked: lines that say what it is, the sum, the findings."""
    lines = [*head, counts(findings).sentence]
    told: Counter[tuple[str, Severity]] = Counter()
    for finding in findings:
        key = finding.code, finding.severity
        told[key] += 1
        if told[key] > _TOLD:
            continue
        where = " · ".join(
            part
            for part in (level_name(finding.level), finding.layer or finding.source)
            if part
        )  # fmt: skip
        lines.append("")
        kind = f"【{SEVERITY_NAMES[finding.severity]}】{FINDING_NAMES[finding.code]}"
        lines.append(f"{kind} · {where}" if where else kind)
        lines.append(f"  {finding.message}")
        if place := place_text(finding):
            lines.append(f"  位置：{place}")
        lines.append(f"  办法：{finding.advice}")
    rest = {key: count - _TOLD for key, count in told.items() if count > _TOLD}
    if rest:
        lines.append("")
        what = "、".join(f"{FINDING_NAMES[code]} {count} 项" for (code, _), count in rest.items())
        lines.append(f"另有{what}未列出；全部见 --format json 或 --format html")
    return "\n".join(_plain(line) for line in lines) + "\n"


def _plain(line: str) -> str:
    """No control characters: a name from a file must not drive the terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)


def as_json(loaded: Sequence[LoadedSource], findings: Sequence[Finding]) -> str:
    """For a program: ``sources``, ``summary`` and ``findings``; areas in m², WGS 84 degrees."""
    return json_of([_source(one) for one in loaded], findings)


def json_of(sources: Sequence[dict[str, Any]], findings: Sequence[Finding]) -> str:
    """The same for anything checked; ``sources`` say what it is."""
    number = counts(findings)
    document: dict[str, Any] = {
        "sources": list(sources),
        "summary": {
            "blocking": number.blocking,
            "warning": number.warning,
            "info": number.info,
        },
        "findings": [_finding(finding) for finding in findings],
    }
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _source(one: LoadedSource) -> dict[str, Any]:
    source = one.source
    return {
        "name": source.name,
        "version": one.version,
        "authority": source.authority,
        "licence": source.licence,
        "crs": source.crs.name,
        "effective_from": source.effective_from.isoformat(),
        "effective_to": source.effective_to.isoformat() if source.effective_to else None,
        "levels": dict(Counter(j.level.value for j in one.jurisdictions)),
        "borders": len(one.borders),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    shape = finding.geometry
    bounds = None if shape is None or shape.is_empty else [round(v, 7) for v in shape.bounds]
    return {
        "code": finding.code,
        "name": FINDING_NAMES[finding.code],
        "severity": finding.severity.value,
        "message": finding.message,
        "advice": finding.advice,
        "level": finding.level,
        "codes": list(finding.codes),
        "area_m2": None if finding.area_m2 is None else round(finding.area_m2, 3),
        "lon": None if finding.lon is None else round(finding.lon, 7),
        "lat": None if finding.lat is None else round(finding.lat, 7),
        "bounds": bounds,
        "places": finding.places,
        "source": finding.source,
        "layer": finding.layer,
    }


def area_text(finding: Finding) -> str:
    """The area for a table; empty where area says nothing."""
    return "" if finding.area_m2 is None else measure(finding.area_m2)
