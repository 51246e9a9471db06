"""``python -m tests.acceptance.generator``: a corpus of labelled sentences as CSV."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from routing.errors import UserInputError


@click.command()
@click.option("-g", "--gazetteer", required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "-b", "--boundaries", required=True, multiple=True,
    type=click.Path(path_type=Path, exists=True), metavar="SOURCE.toml",
)  # fmt: skip
@click.option("--seed", type=int, default=2001, show_default=True)
@click.option("--count", type=int, default=1000, show_default=True)
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Names and areas of this day.")
@click.option("--city", default="", help="Name of the city: 福州市.")
@click.option("--city-code", default="", help="Its code; by default from the areas' codes.")
@click.option("--clean", is_flag=True, help="No noise.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path))
def main(
    gazetteer: Path, boundaries: tuple[Path, ...], seed: int, count: int, day: object,
    city: str, city_code: str, clean: bool, output: Path,
) -> None:  # fmt: skip
    """Write COUNT labelled sentences over a gazetteer and boundaries."""
    from geodata.gazetteer import read_gazetteer
    from geodata.read import read_sources
    from tests.acceptance.generator import (
        CLEAN,
        Profile,
        Sentences,
        World,
        neighbours_of,
        write_rows,
    )

    on = day.date() if hasattr(day, "date") else date.today()  # noqa: DTZ011
    sources = read_sources(list(boundaries))
    areas = [area for source in sources for area in source.jurisdictions]
    borders = [border for source in sources for border in source.borders]
    code = city_code or next((a.code[:4] + "00" for a in areas if a.code[:6].isdigit()), "")
    named = city or {"350100": "福州市"}.get(code, "")
    read = read_gazetteer(gazetteer)
    places = read.places() if callable(read.places) else read.places
    world = World(places, areas, borders, day=on, neighbours=neighbours_of(code))
    sentences = Sentences(world, profile=CLEAN if clean else Profile(), city=named, city_code=code)
    try:
        write_rows(output, sentences.rows(seed, count))
    except ValueError as error:
        raise UserInputError(str(error)) from error
    click.echo(f"wrote {count} sentences to {output}", err=True)


if __name__ == "__main__":
    main()
