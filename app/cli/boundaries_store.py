"""``shudi boundaries import|list|activate|retire|diff|simulate``: versions in the database.

Commands that change something only say what they would do, until ``--commit`` is given.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from geodata.findings import Finding
    from geodata.read import LoadedSource
    from geodata.store.version_diff import Changed, VersionDiff
    from geodata.versions import Version

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_COMMIT = click.option("--commit", is_flag=True, help="Do it; without this nothing is written.")
_FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text to read, or JSON for programs.",
)
_NOTHING = "nothing was written; add --commit to do it"
_MOST_LINES = 20


@click.command("import")
@click.argument("sources", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@_COMMIT
def import_command(sources: Sequence[Path], commit: bool) -> None:
    """Check each SOURCE.toml and stage it as a version that decides nothing yet.

    Staging again what is staged already changes nothing. Exit status 1 where a source has
    blocking findings; then it is not staged.
    """
    from app.cli.database import actor, open_database
    from geodata import rules_store, versions
    from geodata.read import read_source
    from geodata.validate import check

    loaded = [read_source(path) for path in sources]
    blocked = False
    with open_database() if commit else nullcontext() as engine:
        units = [unit.code for unit in rules_store.load_units(engine)] if engine else []
        for one in loaded:
            found = check([one], units=units or None)
            _tell(one, found)
            if any(finding.severity == "blocking" for finding in found):
                blocked = True
                click.echo(f"not staged: see shudi boundaries check {one.source.path}", err=True)
            elif engine is not None:
                number = versions.stage(engine, one, actor(), units=units or None)
                click.echo(f"staged as version {number}; next: shudi boundaries diff {number}")
    if not commit:
        click.echo(_NOTHING)
    if blocked:
        raise SystemExit(1)


def _tell(one: LoadedSource, found: Sequence[Finding]) -> None:
    severities = Counter(finding.severity.value for finding in found)
    levels = Counter(area.level.value for area in one.jurisdictions)
    areas = ", ".join(f"{number} {level}" for level, number in levels.items())
    told = ", ".join(f"{number} {severity}" for severity, number in severities.items()) or "none"
    click.echo(f"{one.version}: {areas}; findings: {told}")


@click.command("list")
@_FORMAT
def list_command(form: str) -> None:
    """List every version there ever was, and what is in force today."""
    from app.cli.database import open_database
    from geodata.versions import list_versions

    with open_database() as engine:
        found = list_versions(engine)
    if form == "json":
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, default=str))
        return
    if not found:
        click.echo("no versions yet: shudi boundaries import SOURCE.toml --commit", err=True)
    for one in found:
        click.echo("\t".join((str(one.id), _standing(one), _days(one), _levels(one), one.version)))


@click.command("activate")
@click.argument("version")
@click.option("--from", "from_day", type=_DAY, required=True, help="First day in force.")
@_COMMIT
def activate_command(version: str, from_day: datetime, commit: bool) -> None:
    """Put VERSION (number, text, or the digest at its end) in force from a day on.

    The version of the same source that is in force ends the day before. Running services follow
    with their next request.
    """
    from app.cli.database import actor, open_database
    from geodata import versions

    with open_database() as engine:
        chosen = versions.find_version(engine, version)
        told = versions.activate(engine, chosen.id, from_day.date(), actor(), commit=commit)
    for line in told or [f"{chosen.version} is in force from {chosen.effective_from} already"]:
        click.echo(line)
    if not commit:
        click.echo(_NOTHING)


@click.command("retire")
@click.argument("version")
@click.option("--on", "last_day", type=_DAY, required=True, help="Last day in force.")
@_COMMIT
def retire_command(version: str, last_day: datetime, commit: bool) -> None:
    """End VERSION with no successor; decisions for the days before go on using it."""
    from app.cli.database import actor, open_database
    from geodata import versions

    with open_database() as engine:
        chosen = versions.find_version(engine, version)
        versions.retire(engine, chosen.id, last_day.date(), actor(), commit=commit)
    click.echo(
        f"{chosen.version} ends on {last_day.date()}"
        if chosen.effective_from
        else f"{chosen.version} is closed; it was never in force"
    )
    if not commit:
        click.echo(_NOTHING)


@click.command("diff")
@click.argument("version")
@click.option("--against", help="Version to compare with; else what the source has in force last.")
@_FORMAT
def diff_command(version: str, against: str | None, form: str) -> None:
    """Show what VERSION changes: codes, names, units, areas, and stored cases that would move."""
    result = _diff(version, against)
    if form == "json":
        whole = {**asdict(result), "cases_changed": result.cases_changed}
        click.echo(json.dumps(whole, ensure_ascii=False))
        return
    click.echo(f"{result.version} against {result.against or 'nothing: never in force before'}")
    _show("added", result.added)
    _show("retired", result.retired)
    _show("renamed", result.renamed)
    _show("reassigned", result.reassigned)
    _show("reshaped", result.reshaped)
    for level, share in result.area_share.items():
        click.echo(f"area of level {level} that changes hands: {share:.4%}")
    click.echo(_cases_line(result))


@click.command("simulate")
@click.argument("version")
@click.option("--against", help="Version to compare with; else what the source has in force last.")
@_FORMAT
def simulate_command(version: str, against: str | None, form: str) -> None:
    """Replay stored cases against VERSION: how many would leave which unit for which.

    By the territory of its finest level; rules on categories come after it and stay as they are.
    """
    result = _diff(version, against)
    if form == "json":
        shifts = [asdict(shift) for shift in result.shifts]
        told = {"cases": result.cases, "cases_changed": result.cases_changed, "shifts": shifts}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for shift in result.shifts:
        click.echo(f"{shift.cases}\t{shift.before or '(outside)'} → {shift.after or '(outside)'}")
    click.echo(_cases_line(result))


STORE_COMMANDS: tuple[click.Command, ...] = (
    import_command,
    list_command,
    activate_command,
    retire_command,
    diff_command,
    simulate_command,
)
"""For the ``boundaries`` group."""


def _diff(version: str, against: str | None) -> VersionDiff:
    from app.cli.database import open_database
    from geodata.store.version_diff import diff
    from geodata.versions import find_version

    with open_database() as engine:
        chosen = find_version(engine, version)
        other = find_version(engine, against).id if against else None
        return diff(engine, chosen.id, other)


def _show(what: str, changes: Sequence[Changed]) -> None:
    if changes:
        click.echo(f"{what}: {len(changes)}")
    for one in changes[:_MOST_LINES]:
        change = f" {one.before} → {one.after}" if one.after else ""
        share = f" {one.area_share:.4%} of its area" if one.area_share else ""
        click.echo(f"  {one.level} {one.code} {one.name}{change}{share}")
    if len(changes) > _MOST_LINES:
        click.echo(f"  … and {len(changes) - _MOST_LINES} more (--format json has all)")


def _cases_line(result: VersionDiff) -> str:
    share = result.cases_changed / result.cases if result.cases else 0.0
    return (
        f"stored cases that would change unit: {result.cases_changed} of {result.cases} "
        f"({share:.2%}), by level {result.level or '-'}"
    )


def _standing(one: Version) -> str:
    return "in force" if one.in_force(_today()) else one.state


def _today() -> date:
    from geodata.store.case_intake import SHANGHAI

    return datetime.now(SHANGHAI).date()


def _days(one: Version) -> str:
    if one.effective_from is None:
        return f"declared {one.declared_from}–{one.declared_to or ''}"
    if one.effective_to is not None and one.effective_to < one.effective_from:
        return "superseded"
    return f"{one.effective_from}–{one.effective_to or ''}"


def _levels(one: Version) -> str:
    return ",".join(f"{number} {level}" for level, number in one.levels.items())
