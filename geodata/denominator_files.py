"""A file of denominators: read, and held against the jurisdictions that exist."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from geodata.denominators import MEASURES, UNITS, Denominator
from geodata.listed_rows import ListedRow, RowFinding, day_of, read_rows

COLUMNS = {
    "level": ("层级",),
    "code": ("编码", "代码", "管辖区编码"),
    "measure": ("指标",),
    "value": ("数值", "值"),
    "as_of": ("截止日期", "统计日期"),
    "source": ("来源",),
}
_LEVELS = {"区县": "district", "街道": "subdistrict", "社区": "community", "网格": "grid"}
_NAMES = {english: chinese for chinese, english in _LEVELS.items()}
_MEASURES = {chinese: name for name, chinese in MEASURES.items()} | {"人口": "population"}
_WHOLE = frozenset({"population", "household", "poi"})
_SHOWN = 5

Codes = Mapping[str, Collection[str]]
"""Level → the codes in force."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DenominatorFile:
    """What a file says, and what is wrong with it."""

    values: tuple[Denominator, ...]
    """Those of rows without a blocking finding, in the file's order."""
    findings: tuple[RowFinding, ...]
    """By row; those of the whole file come first."""

    @property
    def blocked(self) -> bool:
        return any(one.blocking for one in self.findings)


def read_denominators(path: Path, codes: Codes, today: date) -> DenominatorFile:
    """Read and check a file against the ``codes`` in force.

    A level without any code in force is not held against anything, which is a finding of the
    file. Raises UserInputError where the file cannot be read or lacks a column.
    """
    rows, findings = read_rows(path, COLUMNS, ("level", "code", "measure", "value", "as_of"))
    first: dict[tuple[str, str, str], int] = {}
    values = []
    for row in rows:
        one = _value(row, codes, today, findings)
        if one is None:
            continue
        key = (one.level, one.code, one.measure)
        if key in first:
            told = (
                f"{_NAMES[one.level]} {one.code} 的{MEASURES[one.measure]}与第 {first[key]} 行重复"
            )
            findings.append(RowFinding(row=row.number, message=f"{told}；每项只能有一行"))
            continue
        first[key] = row.number
        values.append(one)
    findings += _of_the_file(values, codes)
    zero = [first[one.level, one.code, one.measure] for one in values if one.value == 0]
    if zero:
        shown = "、".join(map(str, zero[:_SHOWN])) + (" 等" if len(zero) > _SHOWN else "")
        told = f"{len(zero)} 行数值为 0（第 {shown} 行），这些地方不计算比率"
        findings.append(RowFinding(row=None, message=told, blocking=False))
    if not rows and not findings:
        findings.append(RowFinding(row=None, message="没有任何数据行"))
    ordered = sorted(findings, key=lambda one: (one.row is not None, one.row or 0))
    return DenominatorFile(values=tuple(values), findings=tuple(ordered))


def _value(
    row: ListedRow, codes: Codes, today: date, findings: list[RowFinding]
) -> Denominator | None:
    """One row; ``None`` where something of it blocks."""
    cells = row.cells
    wrong: list[str] = []
    level = _LEVELS.get(cells["level"], cells["level"])
    if level not in _NAMES:
        wrong.append(f"层级 {cells['level']!r} 无法识别；请用 {'、'.join(_NAMES)}")
    code = cells["code"]
    if not code:
        wrong.append("编码为空")
    elif codes.get(level) and code not in codes[level]:
        wrong.append(f"编码 {code!r} 不是现行的{_NAMES[level]}；请核对编码或先导入界线")
    measure = _MEASURES.get(cells["measure"], cells["measure"])
    if measure not in MEASURES:
        wrong.append(f"指标 {cells['measure']!r} 无法识别；请用 {'、'.join(MEASURES)}")
    value = _number(cells["value"])
    if value is None:
        wrong.append(f"数值 {cells['value']!r} 不是数字；请只填数字，单位不要写在格内")
    elif value < 0:
        wrong.append(f"数值 {cells['value']} 是负数；不能作分母")
    as_of = day_of(cells["as_of"])
    if as_of is None:
        wrong.append(f"截止日期 {cells['as_of']!r} 无法识别；请写成 2026-01-31")
    findings += [RowFinding(row=row.number, message=told) for told in wrong]
    if wrong or value is None or as_of is None:
        return None
    for told in _doubts(value, measure, as_of, today):
        findings.append(RowFinding(row=row.number, message=told, blocking=False))
    return Denominator(
        level=level, code=code, measure=measure, value=value, as_of=as_of, source=cells["source"]
    )


def _doubts(value: float, measure: str, as_of: date, today: date) -> Iterable[str]:
    if measure in _WHOLE and value != round(value):
        yield f"{MEASURES[measure]} {value:g} 不是整数，请核对（单位为{UNITS[measure]}）"
    if as_of > today:
        yield f"截止日期 {as_of} 在今天之后，请核对"


def _number(text: str) -> float | None:
    """A number as people write it, also with thousands separators; ``None`` where it is none."""
    plain = text.replace(",", "").replace("，", "").replace(" ", "")
    if "_" in plain:  # Python reads 1_000
        return None
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _of_the_file(values: Iterable[Denominator], codes: Codes) -> Iterable[RowFinding]:
    """Jurisdictions left out, and levels nothing is known of."""
    given: dict[tuple[str, str], set[str]] = {}
    for one in values:
        given.setdefault((one.level, one.measure), set()).add(one.code)
    for (level, measure), found in given.items():
        there = codes.get(level)
        if not there:
            told = f"没有现行的{_NAMES[level]}界线，未核对{MEASURES[measure]}的编码"
            yield RowFinding(row=None, message=told, blocking=False)
            continue
        missing = sorted(set(there) - found)
        if missing:
            shown = "、".join(missing[:_SHOWN]) + (" 等" if len(missing) > _SHOWN else "")
            told = f"{len(missing)} 个{_NAMES[level]}没有{MEASURES[measure]}（{shown}），不计算比率"
            yield RowFinding(row=None, message=told, blocking=False)
