"""``shudi hotspots``: hot spots and other maps as one file that needs no server and no network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("hotspots")
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="MAP.html",
    help="The file to write; whole or not at all.",
)
@click.option(
    "--layer",
    type=click.Choice(["hotspots", "areas", "cells", "jurisdictions"]),
    default="hotspots",
    show_default=True,
    help="A test of clustering, areas in classes, hexagons, or borders and names alone.",
)
@click.option(
    "--method",
    type=click.Choice(["gi", "moran", "emerging", "scan", "space_time", "repeats"]),
    default="gi",
    show_default=True,
    help="The test (docs/hotspots.md).",
)
@click.option(
    "--on",
    type=click.Choice(["areas", "cells"]),
    default="areas",
    show_default=True,
    help="Test jurisdictions or squares.",
)
@click.option(
    "--size",
    type=click.Choice(["100", "250", "500", "1000"]),
    default="500",
    show_default=True,
    help="Metres across a square or hexagon.",
)
@click.option("--from", "first", type=_DAY, help="First day; by default 90 days in all.")
@click.option("--to", "last", type=_DAY, help="Last day, included; by default the last one over.")
@click.option("--kind", "kinds", multiple=True, help="诉求类别; may be repeated. By default all.")
@click.option("--channel", "channels", multiple=True, help="受理渠道; may be repeated.")
@click.option(
    "--level",
    type=click.Choice(["district", "subdistrict", "community", "grid"]),
    help="What is coloured or tested; by default communities.",
)
@click.option("--within", metavar="LEVEL:CODE", help="Only one jurisdiction.")
@click.option(
    "--measure",
    type=click.Choice(["count", "rate", "eb", "local_eb", "oe"]),
    default="count",
    show_default=True,
    help="What areas are coloured by.",
)
@click.option(
    "--by",
    type=click.Choice(["population", "household", "road_km", "poi"]),
    default="population",
    show_default=True,
    help="What a rate is divided by.",
)
def hotspots_command(
    out: Path,
    layer: str,
    method: str,
    on: str,
    size: str,
    first: datetime | None,
    last: datetime | None,
    kinds: Sequence[str],
    channels: Sequence[str],
    level: str | None,
    within: str | None,
    measure: str,
    by: str,
) -> None:
    """Write one map of the cases in the database as a file of its own.

    All scripts are inside and no address is asked for: it opens on a machine without a network.
    """
    from werkzeug.datastructures import MultiDict

    from app.analysis.filters import view_from
    from app.analysis.hotspots import asked_from
    from app.analysis.map_file import map_file
    from app.analysis.sight import Sight
    from app.cli.database import open_services
    from geodata.whole_file import check_writable, whole_file

    given = [
        ("layer", layer), ("method", method), ("on", on), ("size", size), ("level", level),
        ("within", within), ("measure", measure), ("by", by),
        ("from", f"{first:%Y-%m-%d}" if first else None),
        ("to", f"{last:%Y-%m-%d}" if last else None),
        *(("kind", one) for one in kinds), *(("channel", one) for one in channels),
    ]  # fmt: skip
    args = MultiDict([(name, value) for name, value in given if value])
    check_writable(out)
    with open_services() as services:
        snapshot = services.snapshot(None)
        seen = Sight(snapshot=snapshot, view=view_from(args, snapshot), scope=None)
        content = map_file(seen, layer, asked_from(args))
    with whole_file(out) as file:
        file.write(content)
    click.echo(f"{out}: {len(content) / 1e6:.2f} MB, {int(seen.rows.sum())} cases")
