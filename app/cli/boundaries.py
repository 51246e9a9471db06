"""``shudi boundaries``: check files without a database, and manage versions in one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from app.cli.stored_group import StoredGroup


@click.group(
    cls=StoredGroup,
    module="app.cli.boundaries_store",
    stored=("import", "list", "activate", "retire", "diff", "simulate"),
)
def boundaries_group() -> None:
    """Check boundary sources; import, compare and activate versions of them."""


@boundaries_group.command("check")
@click.argument("sources", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--units",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Unit directory (CSV); jurisdictions whose unit is not in it are reported.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    help="Default: by the ending of OUT, else text.",
)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file."
)
@click.option(
    "--city",
    metavar="CODE",
    help="Administrative code; coordinates outside its province and codes that do not begin with "
    "it are reported.",
)
def check_command(
    sources: Sequence[Path],
    units: Path | None,
    form: str | None,
    output: Path | None,
    city: str | None,
) -> None:
    """Check SOURCES (declarations in TOML), each alone and all against one another.

    Exit status: 0 nothing blocking; 1 blocking findings; 2 a declaration or file is unusable.
    Several declarations of one source name are taken as editions that follow each other.
    """
    from geodata.checks.page import as_page
    from geodata.checks.report import as_json, as_text
    from geodata.datums.provinces import city_bounds
    from geodata.findings import blocking
    from geodata.read import read_sources
    from geodata.units import read_units
    from geodata.validate import check
    from geodata.whole_file import whole_file

    endings = {".json": "json", ".html": "html", ".htm": "html"}
    form = form or (endings.get(output.suffix.lower(), "text") if output else "text")
    expected = city_bounds(city) if city else None
    codes = {unit.code for unit in read_units(units)} if units else None
    loaded = read_sources(list(sources), keep_going=True, expected=expected)
    findings = check(loaded, units=codes, city=city)
    write = {"text": as_text, "json": as_json, "html": as_page}[form]
    result = write(loaded, findings)
    if output is None:
        click.echo(result, nl=False)
    else:
        with whole_file(output) as file:
            file.write(result.encode("utf-8"))
        click.echo(str(output), err=True)
    if blocking(findings):
        raise SystemExit(1)
