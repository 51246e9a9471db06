"""``shudi gazetteer import|activate|list|candidates|approve|reject|missing``: in the database.

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
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from geodata.store.gazetteer_versions import GazetteerVersion

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_FILE = click.Path(dir_okay=False, path_type=Path)
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


@click.command("import")
@click.argument("file", type=_FILE)
@click.option(
    "-b",
    "--boundaries",
    multiple=True,
    type=_FILE,
    metavar="SOURCE.toml",
    help="Boundaries that admin_code is held against; without any, those in the database.",
)
@click.option(
    "--despite-findings",
    is_flag=True,
    help="Stage it although something blocks; rows that cannot be used are left out.",
)
@_COMMIT
def import_command(
    file: Path, boundaries: Sequence[Path], despite_findings: bool, commit: bool
) -> None:
    """Check a gazetteer FILE and stage it as a version that is not used yet.

    Staging again what is staged already changes nothing. Exit status 1 where it has blocking
    findings and --despite-findings is not given; then it is not staged.
    """
    from app.cli.database import actor, open_database
    from app.cli.gazetteer import areas_today
    from geodata.boundaries import load as load_boundaries
    from geodata.findings import blocking
    from geodata.gazetteer import read_gazetteer
    from geodata.gazetteer_checks import check
    from geodata.read import read_sources
    from geodata.store import gazetteer_versions

    gazetteer = read_gazetteer(file)
    sources = read_sources(list(boundaries), keep_going=True)
    areas = areas_today(area for one in sources for area in one.jurisdictions)
    with open_database() if commit else nullcontext() as engine:
        if engine is not None and not areas:
            areas = areas_today(load_boundaries(engine)[1])
        found = check(gazetteer, areas)
        number = Counter(finding.severity.value for finding in found)
        told = ", ".join(f"{many} {severity}" for severity, many in number.items()) or "none"
        click.echo(f"{gazetteer.version}: {len(gazetteer.places())} places; findings: {told}")
        blocked = bool(blocking(found)) and not despite_findings
        if blocked:
            click.echo(f"not staged: see shudi gazetteer check {file}", err=True)
        elif engine is not None:
            staged = gazetteer_versions.stage(engine, gazetteer, actor())
            click.echo(
                f"staged as version {staged}; next: shudi gazetteer activate {staged} --from DATE"
            )
    if not commit:
        click.echo(_NOTHING)
    if blocked:
        raise SystemExit(1)


@click.command("activate")
@click.argument("version")
@click.option("--from", "from_day", type=_DAY, required=True, help="First day in force.")
@click.option(
    "--golden",
    type=_FILE,
    metavar="CORPUS.csv",
    help="Replay these labelled texts first; new failures stop the activation.",
)
@click.option("--force", is_flag=True, help="Activate in spite of new failures.")
@_COMMIT
def activate_command(
    version: str, from_day: datetime, golden: Path | None, force: bool, commit: bool
) -> None:
    """Put VERSION (number, text, or the digest at its end) in force from a day on.

    The version in force ends the day before. Running services follow with their next request. A
    version that has ended can be put in force again. Exit status 1 where the golden set has new
    failures and --force is not given.
    """
    from app.cli.database import actor, open_database
    from geodata.store import gazetteer_versions

    with open_database() as engine:
        chosen = gazetteer_versions.find_version(engine, version)
        if golden is not None:
            _replay(engine, chosen, golden, from_day.date(), force=force)
        told = gazetteer_versions.activate(
            engine, chosen.id, from_day.date(), actor(), commit=commit
        )
    for line in told or [f"{chosen.version} is in force from {chosen.effective_from} already"]:
        click.echo(line)
    if not commit:
        click.echo(_NOTHING)


def _replay(
    engine: Engine, chosen: GazetteerVersion, golden: Path, day: date, *, force: bool
) -> None:
    """Tell what the chosen version reads worse than the one in force; stop where it does."""
    from app.golden import replay
    from geodata.boundaries import load as load_boundaries
    from geodata.store import gazetteer_versions

    done = replay(
        golden,
        gazetteer_versions.load(engine, day),
        gazetteer_versions.load_version(engine, chosen.id),
        load_boundaries(engine)[1],
        day,
    )
    for line in done.new_failures:
        click.echo(f"new failure: {line}", err=True)
    click.echo(
        f"{golden.name}: {done.passed_after} of {done.sentences} pass "
        f"({done.passed_before} before), {len(done.new_failures)} new failures"
    )
    if done.new_failures and not force:
        click.echo("not activated: correct the gazetteer, or add --force", err=True)
        raise SystemExit(1)


@click.command("list")
@_FORMAT
def list_command(form: str) -> None:
    """List every version there ever was, and what is in force today."""
    from app.cli.database import open_database
    from geodata.store.gazetteer_versions import list_versions

    with open_database() as engine:
        found = list_versions(engine)
    if form == "json":
        _echo_json(found)
        return
    if not found:
        click.echo("no versions yet: shudi gazetteer import FILE --commit", err=True)
    for one in found:
        places = f"{one.places} places"
        click.echo("\t".join((str(one.id), _standing(one), _days(one), places, one.version)))


@click.command("candidates")
@_FORMAT
def candidates_command(form: str) -> None:
    """List words that at least two different people chose the same place for.

    One line each: number, words, place, people, cases; a mark where others chose another place.
    """
    from app.cli.database import open_database
    from geodata.store.gazetteer_learning import alias_candidates

    with open_database() as engine:
        found = alias_candidates(engine)
    if form == "json":
        _echo_json(found)
        return
    if not found:
        click.echo("no candidates: no two people corrected the same words alike", err=True)
    for one in found:
        rivals = f"\talso chosen for {one.rivals} other place(s)" if one.rivals else ""
        place = f"{one.name} ({one.place_id})"
        click.echo(f"{one.id}\t{one.mention} → {place}\t{one.people} people, {one.cases} cases"
                   f"{rivals}")  # fmt: skip


@click.command("approve")
@click.argument("candidate")
@_COMMIT
def approve_command(candidate: str, commit: bool) -> None:
    """Make the words of a CANDIDATE (its number) an alias of its place, from now on."""
    _decide(candidate, approved=True, commit=commit)


@click.command("reject")
@click.argument("candidate")
@_COMMIT
def reject_command(candidate: str, commit: bool) -> None:
    """Refuse a CANDIDATE (its number); one that was approved stops being an alias."""
    _decide(candidate, approved=False, commit=commit)


def _decide(candidate: str, *, approved: bool, commit: bool) -> None:
    from app.cli.database import actor, open_database
    from geodata.store.gazetteer_learning import decide

    with open_database() as engine:
        found = decide(engine, candidate, approved=approved, by=actor(), commit=commit)
    verb = "is an alias of" if approved else "is no alias of"
    click.echo(f"{found.mention} {verb} {found.name} ({found.place_id})")
    if not commit:
        click.echo(_NOTHING)


@click.command("missing")
@click.option("--since", type=_DAY, help="Only what was asked for from this day on.")
@click.option(
    "-n",
    "limit",
    type=click.IntRange(1, 100_000),
    default=100,
    show_default=True,
    help="Show at most this many, the most asked for first.",
)
@_FORMAT
def missing_command(since: datetime | None, limit: int, form: str) -> None:
    """List names that complaints asked for and the gazetteer does not have.

    One line each: how often, the name, the day it was last asked for, one case.
    """
    from app.cli.database import open_database
    from geodata.store.gazetteer_learning import missing_names

    with open_database() as engine:
        found = missing_names(engine, since=since.date() if since else None, limit=limit)
    if form == "json":
        _echo_json(found)
        return
    if not found:
        click.echo("no name was asked for in vain", err=True)
    for one in found:
        click.echo(f"{one.count}\t{one.mention}\t{one.last_at:%Y-%m-%d}\t{one.case_no or ''}")


STORE_COMMANDS: tuple[click.Command, ...] = (
    import_command,
    activate_command,
    list_command,
    candidates_command,
    approve_command,
    reject_command,
    missing_command,
)
"""For the ``gazetteer`` group."""


def _echo_json(rows: Sequence[Any]) -> None:
    click.echo(json.dumps([asdict(one) for one in rows], ensure_ascii=False, default=str))


def _standing(one: GazetteerVersion) -> str:
    from app.cli.files import today

    return "in force" if one.in_force(today()) else one.state


def _days(one: GazetteerVersion) -> str:
    if one.effective_from is None:
        return ""
    if one.effective_to is not None and one.effective_to < one.effective_from:
        return "superseded"
    return f"{one.effective_from}–{one.effective_to or ''}"
