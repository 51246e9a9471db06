"""``shudi gazetteer``: check and search files without a database, and manage versions in one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.stored_group import StoredGroup

if TYPE_CHECKING:
    from routing.model import Jurisdiction, Place


@click.group(
    cls=StoredGroup,
    module="app.cli.gazetteer_store",
    stored=("import", "activate", "list", "candidates", "approve", "reject", "missing"),
)
def gazetteer_group() -> None:
    """Check, search, import and publish the city's names of places (地名地址库)."""


_FILE = click.Path(dir_okay=False, path_type=Path)
_BOUNDARIES = click.option(
    "-b",
    "--boundaries",
    multiple=True,
    type=_FILE,
    metavar="SOURCE.toml",
    help="Boundaries that admin_code is held against; may be given several times.",
)


@gazetteer_group.command("check")
@click.argument("file", type=_FILE)
@_BOUNDARIES
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    help="Default: by the ending of OUT, else text.",
)
@click.option("-o", "--output", type=_FILE, help="Write to this file.")
def check_command(
    file: Path, boundaries: Sequence[Path], form: str | None, output: Path | None
) -> None:
    """Check a gazetteer FILE (CSV, GeoJSON, GeoPackage, Parquet, or the TOML that names one).

    Exit status: 0 nothing blocking; 1 blocking findings; 2 the file is unusable.
    """
    from geodata.findings import blocking
    from geodata.gazetteer import read_gazetteer
    from geodata.gazetteer_checks import check
    from geodata.gazetteer_checks.report import as_json, as_page, as_text
    from geodata.read import read_sources
    from geodata.whole_file import whole_file

    endings = {".json": "json", ".html": "html", ".htm": "html"}
    form = form or (endings.get(output.suffix.lower(), "text") if output else "text")
    sources = read_sources(list(boundaries), keep_going=True)
    gazetteer = read_gazetteer(file, keep_going=True)
    areas = areas_today(area for one in sources for area in one.jurisdictions)
    findings = check(gazetteer, areas)
    write = {"text": as_text, "json": as_json, "html": as_page}[form]
    result = write(gazetteer, sources, findings)
    if output is None:
        click.echo(result, nl=False)
    else:
        with whole_file(output) as opened:
            opened.write(result.encode("utf-8"))
        click.echo(str(output), err=True)
    if blocking(findings):
        raise SystemExit(1)


@gazetteer_group.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option(
    "-g",
    "--gazetteer",
    "file",
    type=_FILE,
    help="Search this file; without it, the gazetteer in force in the database.",
)
@_BOUNDARIES
@click.option(
    "-n",
    "limit",
    type=click.IntRange(1, 100),
    default=10,
    show_default=True,
    help="Show at most this many.",
)
def search_command(
    words: Sequence[str], file: Path | None, boundaries: Sequence[Path], limit: int
) -> None:
    """Find places by the WORDS an operator would type: characters, pinyin initials, numbers.

    One line each: full name, kind, id, longitude and latitude in WGS 84 degrees.
    """
    from routing.geocoding.search import PlaceSearch

    places, areas = _given(file, boundaries)
    found = PlaceSearch(places, areas).find(" ".join(words), limit)
    for one in found:
        place = f"{one.lon:.6f},{one.lat:.6f}"
        click.echo("\t".join((one.full_name, str(one.kind), one.place_id, place)))
    if not found:
        click.echo("没有找到；换一种写法，或检查地名地址库是否收录", err=True)


def areas_today(areas: Iterable[Jurisdiction]) -> list[Jurisdiction]:
    """Those in force today; all of them where none is yet."""
    from app.cli.files import today

    everything, on = list(areas), today()
    return [
        area
        for area in everything
        if area.effective_from <= on and (area.effective_to is None or on <= area.effective_to)
    ] or everything


def _given(
    file: Path | None, boundaries: Sequence[Path]
) -> tuple[Sequence[Place], Sequence[Jurisdiction]]:
    from geodata.read import read_sources

    sources = read_sources(list(boundaries), keep_going=True)
    areas = areas_today(area for one in sources for area in one.jurisdictions)
    if file is not None:
        from geodata.gazetteer import read_gazetteer

        return read_gazetteer(file).places(), areas
    from app.cli.database import open_database
    from geodata.boundaries import load as load_boundaries
    from geodata.store.gazetteer_versions import load
    from routing.errors import UserInputError

    with open_database() as engine:
        places = load(engine).places()
        if not places:
            raise UserInputError(
                "no gazetteer is in force: name a file with -g, or publish one with "
                "shudi gazetteer import FILE --commit and shudi gazetteer activate"
            )
        return places, areas or areas_today(load_boundaries(engine)[1])
