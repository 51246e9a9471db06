"""Codes of one level against the administrative structure."""

from __future__ import annotations

from geodata.checks.code_structure import core, follows_structure, mistake, unusual
from geodata.checks.level import Level
from geodata.checks.words import LevelReport, whole
from geodata.findings import Finding, Severity


def code_findings(level: Level, city: str | None) -> list[Finding]:
    """Malformed and unusual codes, where most of the level's codes have the structure."""
    if not follows_structure(level.codes, level.level):
        return []
    report = LevelReport(level)
    within = _significant(city) if city else ""
    for at, jurisdiction in enumerate(level.jurisdictions):
        code, parent = jurisdiction.code, jurisdiction.parent_code
        wrong = mistake(code, level.level)
        if wrong is None and not code.startswith(within):
            wrong = f"不属于 {city}"
        if wrong is None and parent and parent.isdigit() and not code.startswith(core(parent)):
            wrong = f"与上级编码 {parent} 不符"
        rare = unusual(code, level.level) if wrong is None else None
        if wrong is not None:
            message = f"{jurisdiction.name} 的编码 {code} {wrong}"
            advice = "按区划代码、统计用区划代码或网格编码改正"
            report.add("malformed_code", Severity.WARNING, message, advice, whole(level, at))
        elif rare is not None:
            message = f"{jurisdiction.name} 的编码 {code}：{rare}"
            report.add("unusual_code", Severity.INFO, message, "确认无误即可", whole(level, at))
    return list(report.findings())


def _significant(city: str) -> str:
    """A city's code without the zeros that stand for all of it: 350100 is 3501."""
    digits = core(city)
    cut = digits.rstrip("0")
    return digits[: len(cut) + len(cut) % 2]
