"""``shudi denominators check|import|list``: what counts are divided by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from geodata.denominator_files import Codes, DenominatorFile
    from routing.model import Jurisdiction

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(name="denominators")
def denominators_group() -> None:
    """Population, households, road length and points of interest by jurisdiction.

    A FILE (.csv or .xlsx) has the columns level (district, subdistrict, community, grid), code,
    measure (population, household, road_km, poi), value, as_of, and perhaps source; Chinese
    headings (层级, 编码, 指标, 数值, 截止日期, 来源) and words are understood too.
    """


@denominators_group.command("check")
@click.argument("file", type=_FILE)
@click.option(
    "-b",
    "--boundaries",
    multiple=True,
    type=_FILE,
    metavar="SOURCE.toml",
    help="Boundaries that codes are held against; without any, those in the database.",
)
def check_command(file: Path, boundaries: Sequence[Path]) -> None:
    """Say what is wrong with a FILE; nothing is written.

    Exit status 1 where something blocks its import.
    """
    from app.cli.database import open_database
    from app.cli.files import today
    from geodata.boundaries import load
    from geodata.denominator_files import read_denominators
    from geodata.read import read_sources

    if boundaries:
        sources = read_sources(list(boundaries), keep_going=True)
        areas = [area for one in sources for area in one.jurisdictions]
    else:
        with open_database() as engine:
            areas = load(engine)[1]
    _tell(read_denominators(file, _codes(areas, today()), today()))


@denominators_group.command("import")
@click.argument("file", type=_FILE)
@click.option(
    "--replace",
    is_flag=True,
    help="Values of the same level and measure that the file lacks are ended.",
)
@click.option("--commit", is_flag=True, help="Do it; without this nothing is written.")
def import_command(file: Path, replace: bool, commit: bool) -> None:
    """Load a FILE: its values take the place of those that the jurisdictions had.

    Values of jurisdictions that the file does not name stay, unless --replace is given. Exit
    status 1, and nothing is loaded, where something blocks. Running services follow with their
    next request.
    """
    from app.cli.calendar import NOTHING_WRITTEN
    from app.cli.database import actor, open_database
    from app.cli.files import today
    from geodata.boundaries import load
    from geodata.denominator_files import read_denominators
    from geodata.denominators import store_denominators

    with open_database() as engine:
        read = read_denominators(file, _codes(load(engine)[1], today()), today())
        _tell(read)
        if commit:
            new, gone = store_denominators(engine, read.values, by=actor(), replace=replace)
            click.echo(f"recorded {new}, superseded {gone}")
        else:
            click.echo(NOTHING_WRITTEN)


@denominators_group.command("list")
def list_command() -> None:
    """List what is in force: each level and measure with its total, day and source."""
    from app.cli.database import open_database
    from geodata.denominators import load_denominators

    with open_database() as engine:
        held = load_denominators(engine)
    for level, measure in held.rows:
        values = held.values(level, measure)
        sources = "; ".join(held.sources(level, measure)) or "no source given"
        click.echo(
            f"{level}  {measure}  {len(values)} values  total {sum(values.values()):g}  "
            f"as of {held.as_of(level, measure)}  {sources}"
        )
    if not held.rows:
        click.echo("no denominators yet: shudi denominators import FILE --commit", err=True)


def _codes(areas: Sequence[Jurisdiction], day: date) -> Codes:
    """Level → codes in force on a day."""
    codes: dict[str, set[str]] = {}
    for one in areas:
        if one.effective_from <= day and (one.effective_to is None or day <= one.effective_to):
            codes.setdefault(one.level.value, set()).add(one.code)
    return codes


def _tell(read: DenominatorFile) -> None:
    """Print findings and a summary; end in status 1 where something blocks."""
    for finding in read.findings:
        click.echo(str(finding))
    counted: dict[tuple[str, str], int] = {}
    for one in read.values:
        counted[one.level, one.measure] = counted.get((one.level, one.measure), 0) + 1
    for (level, measure), number in counted.items():
        click.echo(f"{level} {measure}: {number} values")
    if read.blocked:
        click.echo("blocked: mend the rows above", err=True)
        raise SystemExit(1)
