"""Boundaries, rules and units given as files → everything a decision depends on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from routing.dispatch.calibration import shipped_calibration
from routing.errors import UnusableRules, UserInputError
from routing.jurisdiction.index import JurisdictionIndex
from routing.model import Jurisdiction
from routing.pipeline import Deps

if TYPE_CHECKING:
    from geodata.findings import Finding
    from routing.geocoding.reader import Reader

ROUTABLE = frozenset({"invalid_ring", "duplicate_code"})
"""Findings that stop an import but not a trial on files: the ground is known, by a repaired ring
or as the parts of one code, and each is told."""

MOST_TOLD = 5
"""Findings of a gazetteer that are printed; a wrong export has one for each of its rows."""


@dataclass(frozen=True, kw_only=True)
class LoadedFiles:
    """What a command on files decides with."""

    deps: Deps
    index: JurisdictionIndex
    """The same as ``deps.index``, by its own type."""
    summary: tuple[str, ...]
    """Lines to tell: versions, findings, warnings of rules."""


def load_files(
    boundaries: Sequence[Path],
    rules: Path | None = None,
    units: Path | None = None,
    *,
    gazetteer: Path | None = None,
    city: str | None = None,
) -> LoadedFiles:
    """Read and index; what blocks is printed and, where ground is missing, ends in status 1.

    With a ``gazetteer`` the words of complaints are read too; ``city`` is the administrative code
    of the city they speak of, by default those of the boundaries.

    Raises UserInputError (UnusableSource, UnusableRules, UnusableUnits …) where a file cannot be
    used; a rules file may name only units of the directory, where one is given.
    """
    from geodata.findings import blocking
    from geodata.read import read_sources
    from geodata.units import Units, read_units
    from routing.dispatch.rules import RuleSet

    directory = Units(read_units(units) if units else [])
    codes = {unit.code for unit in directory} if units else None
    ruleset = RuleSet.empty()
    if rules:
        ruleset = RuleSet.parse(_rules_text(rules), str(rules), units=codes)
    sources = read_sources(list(boundaries))
    found = blocking([finding for source in sources for finding in source.findings])
    stopping = [finding for finding in found if finding.code not in ROUTABLE]
    for finding in found:
        place = f"{finding.source} {finding.layer}"
        click.echo(f"{place}: {finding.message} {finding.advice}", err=True)
    if stopping:
        click.echo(
            f"{len(stopping)} blocking findings; nothing was decided "
            "(shudi boundaries check shows them all)",
            err=True,
        )
        raise SystemExit(1)
    index = JurisdictionIndex(
        [jurisdiction for source in sources for jurisdiction in source.jurisdictions],
        [border for source in sources for border in source.borders],
    )
    summary = []
    for source in sources:
        counted = f"{len(source.jurisdictions)} jurisdictions"
        counted += f", {len(source.findings)} findings" if source.findings else ""
        summary.append(f"boundaries {source.version}: {counted}")
    summary += [f"rules {ruleset.version}: {len(ruleset.rules)}"] if rules else []
    summary += [f"warning: {warning}" for warning in ruleset.warnings]
    reader = None
    if gazetteer is not None:
        reader, told = _reader(gazetteer, index.jurisdictions, city)
        summary += told
    return LoadedFiles(
        deps=Deps(
            index=index,
            rules=ruleset,
            units=directory,
            reader=reader,
            calibration=shipped_calibration() if reader is not None else None,
        ),
        index=index,
        summary=tuple(summary),
    )


def _reader(
    path: Path, areas: Sequence[Jurisdiction], city: str | None
) -> tuple[Reader, list[str]]:
    """The reader of a gazetteer file, and what to tell of it."""
    from geodata.findings import blocking
    from geodata.gazetteer import read_gazetteer
    from routing.geocoding.reader import Reader

    if city is not None and not (city.isdigit() and len(city) in (4, 6)):
        raise UserInputError(f"--city {city!r} is not a code of 4 or 6 digits; write 350100")
    if not path.exists():
        raise UserInputError(f"gazetteer {str(path)!r} does not exist")
    loaded = read_gazetteer(path)
    _tell(blocking(loaded.findings))
    counted = f"{len(loaded.places())} places"
    counted += f", {len(loaded.findings)} findings" if loaded.findings else ""
    reader = Reader(loaded.places(), areas, version=loaded.version, city=city or "")
    return reader, [f"gazetteer {loaded.version}: {counted}"]


def _tell(found: Sequence[Finding]) -> None:
    """Each is of rows that were left out; the rest of the gazetteer is used all the same."""
    for finding in found[:MOST_TOLD]:
        place = f"{finding.source} {finding.layer}".strip()
        click.echo(f"{place}: {finding.message} {finding.advice}", err=True)
    if len(found) > MOST_TOLD:
        more = f"and {len(found) - MOST_TOLD} more; shudi gazetteer check shows them all"
        click.echo(more, err=True)


def _rules_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UnusableRules(str(path), [f"cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise UnusableRules(str(path), ["is not UTF-8; TOML has to be"]) from error


def today() -> date:
    """The calendar day in Asia/Shanghai."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def parse_day(text: str, option: str) -> date:
    """An ISO date as given to an option; UserInputError where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UserInputError(f"{option} {text!r} is not a date; write 2026-01-31") from error
