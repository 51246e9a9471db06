"""``shudi calendar check|import|list``: holidays and working weekends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from geodata.calendar_files import CalendarFile

_FILE = click.Path(dir_okay=False, path_type=Path)
NOTHING_WRITTEN = "nothing was written; add --commit to do it"


@click.group(name="calendar")
def calendar_group() -> None:
    """Public holidays and working weekends, as the State Council announces them year by year.

    A FILE (.csv or .xlsx) has the columns day, kind (holiday or workday), name, and perhaps
    source; Chinese headings (日期, 类型, 名称, 来源) and 放假/调休上班 are understood too.
    """


@calendar_group.command("check")
@click.argument("file", type=_FILE)
def check_command(file: Path) -> None:
    """Say what is wrong with a FILE; nothing is written and no database is needed.

    Exit status 1 where something blocks its import.
    """
    from geodata.calendar_files import read_calendar

    _tell(read_calendar(file))


@calendar_group.command("import")
@click.argument("file", type=_FILE)
@click.option("--commit", is_flag=True, help="Do it; without this nothing is written.")
def import_command(file: Path, commit: bool) -> None:
    """Load a FILE: the years it speaks of become what it says, other years stay.

    Exit status 1, and nothing is loaded, where something blocks. Running services follow with
    their next request.
    """
    from app.cli.database import actor, open_database
    from geodata.calendar import load_calendar, store_calendar
    from geodata.calendar_files import read_calendar

    with open_database() as engine:
        read = read_calendar(file, load_calendar(engine))
        _tell(read)
        if commit:
            new, gone = store_calendar(engine, read.days, by=actor())
            held = load_calendar(engine)
            click.echo(f"recorded {new}, superseded {gone}; the calendar reaches {held.until}")
        else:
            click.echo(NOTHING_WRITTEN)


@calendar_group.command("list")
def list_command() -> None:
    """List the lines in force, and until when the calendar reaches."""
    from app.cli.database import open_database
    from geodata.calendar import load_calendar

    with open_database() as engine:
        held = load_calendar(engine)
    for one in held.days.values():
        click.echo("  ".join(filter(None, (str(one.day), one.kind.value, one.name, one.source))))
    if held.until is None:
        click.echo("no calendar yet: shudi calendar import FILE --commit", err=True)
    else:
        click.echo(f"reaches from {held.since} to {held.until}")


def _tell(read: CalendarFile) -> None:
    """Print findings and a summary; end in status 1 where something blocks."""
    for finding in read.findings:
        click.echo(str(finding))
    off = sum(one.kind.value == "holiday" for one in read.days)
    years = ", ".join(map(str, read.years)) or "none"
    click.echo(f"years {years}: {off} days off, {len(read.days) - off} weekend days worked")
    if read.blocked:
        click.echo("blocked: mend the rows above", err=True)
        raise SystemExit(1)
