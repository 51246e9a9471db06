"""Checking boundary sources against themselves and each other before anybody routes by them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date

import numpy as np
import shapely

from geodata.checks.coding import code_findings
from geodata.checks.datum import datum_findings
from geodata.checks.level import Level
from geodata.checks.shapes import level_findings
from geodata.checks.tree import exclaves, tree_findings
from geodata.findings import Finding, Severity, ordered
from geodata.read import LoadedSource
from routing.model import TERRITORIAL_LEVELS, Jurisdiction

_SHORT_DAYS = 30  # nobody re-cuts a city for less than a month; a year mistyped does


def check(
    loaded: Sequence[LoadedSource],
    *,
    units: Collection[str] | None = None,
    city: str | None = None,
) -> list[Finding]:
    """Everything found in the sources, worst first; empty where nothing is.

    Findings of reading are included. ``units``: codes of all units, without which missing ones
    are not looked for. ``city``: administrative code that all structured codes must begin with
    (its zeros at the end do not count). Sources that follow each other in time are checked for
    each day on which something begins.
    """
    found = [finding for one in loaded for finding in one.findings]
    names = {one.version: one.source.name for one in loaded}
    declared = {one.version: one.source.crs for one in loaded if len(loaded) > 1}
    everything = [item for one in loaded for item in one.jurisdictions]
    found += _dates(loaded)
    found += _duplicates(everything, names)
    found += exclaves(everything, names)
    if units is not None:
        found += _missing_units(everything, units, names)
    for tree in _trees(everything, names):
        for level, parents in tree:
            found += code_findings(level, city)
            found += level_findings(level, parents)
            found += datum_findings(level, parents, declared)
            found += tree_findings(level, [one for one, _ in tree if _above(one, level)])
    return ordered(found)


def _above(one: Level, other: Level) -> bool:
    return TERRITORIAL_LEVELS.index(one.level) < TERRITORIAL_LEVELS.index(other.level)


def _in_force(jurisdiction: Jurisdiction, day: date) -> bool:
    ends = jurisdiction.effective_to
    return jurisdiction.effective_from <= day and (ends is None or day <= ends)


def _trees(
    everything: Sequence[Jurisdiction], names: dict[str, str]
) -> Iterator[list[tuple[Level, Level | None]]]:
    """Each level with the level above it, for every day on which a different set comes in force.

    A level that stands as it stood with the same parents is not given again.
    """
    seen: set[tuple[frozenset[int], frozenset[int]]] = set()
    for day in sorted({jurisdiction.effective_from for jurisdiction in everything}):
        above: Level | None = None
        tree: list[tuple[Level, Level | None]] = []
        for name in TERRITORIAL_LEVELS:
            there = tuple(j for j in everything if j.level is name and _in_force(j, day))
            if not there:
                continue
            shapes = np.empty(len(there), dtype=object)
            shapes[:] = [jurisdiction.geometry for jurisdiction in there]
            sources = dict.fromkeys(names.get(j.version, j.version) for j in there)
            level = Level(level=name, jurisdictions=there, shapes=shapes, source="、".join(sources))
            key = (_ids(there), _ids(above.jurisdictions) if above else frozenset())
            if key not in seen:
                seen.add(key)
                tree.append((level, above))
            above = level
        if tree:
            yield tree


def _ids(jurisdictions: Sequence[Jurisdiction]) -> frozenset[int]:
    return frozenset(id(jurisdiction) for jurisdiction in jurisdictions)


def _dates(loaded: Sequence[LoadedSource]) -> Iterator[Finding]:
    for one in loaded:
        ends = one.source.effective_to
        days = None if ends is None else (ends - one.source.effective_from).days + 1
        if days is not None and days < _SHORT_DAYS:
            yield Finding(
                code="short_lived",
                severity=Severity.WARNING,
                message=f"有效期只有 {days} 天（{one.source.effective_from} 至 {ends}）",
                advice="核对 effective_from、effective_to，以及后一版本的起始日期",
                source=one.source.name,
            )


def _level_text(jurisdiction: Jurisdiction) -> str:
    kind = f":{jurisdiction.overlay_kind}" if jurisdiction.overlay_kind else ""
    return f"{jurisdiction.level.value}{kind}"


def _duplicates(everything: Sequence[Jurisdiction], names: dict[str, str]) -> Iterator[Finding]:
    """One code for two areas of a level on the same day, across layers and sources."""
    same: dict[tuple[str, str], list[Jurisdiction]] = defaultdict(list)
    for jurisdiction in everything:
        same[_level_text(jurisdiction), jurisdiction.code].append(jurisdiction)
    for (level, code), several in same.items():
        days = [j.effective_from for j in several]
        if not any(sum(_in_force(j, day) for j in several) > 1 for day in days):
            continue
        shape = shapely.union_all([j.geometry for j in several])
        point = shapely.point_on_surface(shape)
        sources = dict.fromkeys(names.get(j.version, j.version) for j in several)
        yield Finding(
            code="duplicate_code",
            severity=Severity.BLOCKING,
            message=f"{code} 在同一层级、同一时期出现 {len(several)} 次"
            f"（{'、'.join(dict.fromkeys(j.name for j in several))}）",
            advice="同一编码只能是一个辖区：删去多余的一份，或改正编码",
            level=level,
            codes=(code,),
            lon=float(point.x),
            lat=float(point.y),
            geometry=shape,
            source="、".join(sources),
        )


def _missing_units(
    everything: Sequence[Jurisdiction], units: Collection[str], names: dict[str, str]
) -> Iterator[Finding]:
    known = frozenset(units)
    absent: dict[tuple[str, str, str], list[Jurisdiction]] = defaultdict(list)
    for jurisdiction in everything:
        if jurisdiction.unit_code not in known:
            source = names.get(jurisdiction.version, jurisdiction.version)
            absent[source, _level_text(jurisdiction), jurisdiction.unit_code].append(jurisdiction)
    for (source, level, unit), several in absent.items():
        point = shapely.point_on_surface(several[0].geometry)
        who = "、".join(dict.fromkeys(f"{j.name}（{j.code}）" for j in several[:5]))
        yield Finding(
            code="missing_unit",
            severity=Severity.WARNING,
            message=f"承办单位 {unit} 不在单位名录中，{who}"
            + (f"等 {len(several)} 个辖区" if len(several) > 5 else "")
            + "的工单将无人承办",
            advice="在单位名录中补上该单位，或改正辖区的承办单位编码",
            level=level,
            codes=tuple(dict.fromkeys(j.code for j in several)),
            lon=float(point.x),
            lat=float(point.y),
            geometry=several[0].geometry,
            source=source,
        )
