"""``shudi demo``: the demonstration city as files, or in the database."""

from __future__ import annotations

from pathlib import Path

import click

from geodata.demo.names import NOTICE


@click.group(name="demo")
def demo_group() -> None:
    """The demonstration city 福州市鼓楼区: real names, generated borders (演示数据，非官方界线)."""


@demo_group.command("write")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def write_command(folder: Path) -> None:
    """Write boundaries, names, units, rules and 3,000 complaints with their answers into DIR.

    DIR is made where missing; files of the same names in it are replaced.
    """
    from geodata.demo.write import write_demo
    from routing.errors import UserInputError

    try:
        made = write_demo(folder)
    except OSError as wrong:
        raise UserInputError(
            f"cannot write into {str(folder)!r}: {wrong.strerror}; name a folder you may write to"
        ) from None
    click.echo(f"{NOTICE}: {made.folder}")
    for path in (
        made.source,
        made.faulty_source,
        made.units,
        made.rules,
        made.gazetteer_source,
        made.complaints,
        made.truth,
    ):
        click.echo(f"  {path.relative_to(made.folder)}")


@demo_group.command("load")
@click.option(
    "--history/--no-history",
    default=True,
    show_default=True,
    envvar="SHUDI_DEMO_HISTORY",
    show_envvar=True,
    help="With some 30,000 further cases of the two years until yesterday, for maps.",
)
def load_command(history: bool) -> None:
    """Load the demonstration city, its cases and its accounts into the database."""
    from app.demo_load import load_demo

    load_demo(history=history)
