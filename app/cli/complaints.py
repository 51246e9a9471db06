"""``shudi complaints``: complaints from a file into the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.files import today
from app.cli.progress import progress
from routing.errors import UserInputError

if TYPE_CHECKING:
    from app.wiring import Services
    from geodata.complaints import Complaints
    from routing.model import Complaint

_ROWS_AT_ONCE = 500
"""Rows of one transaction: what an interruption loses, and importing again completes."""

_SHOWN = 20
"""Invalid rows that are told one by one."""


@click.group("complaints")
def complaints_group() -> None:
    """Import complaints into the database."""


@complaints_group.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--channel", help="Channel of rows that name none.")
@click.option("--crs", metavar="CRS", help="CRS of coordinates whose row names none.")
@click.option(
    "--column", "columns", multiple=True, metavar="ours=theirs",
    help="Which heading stands for a column of ours; may be given several times.",
)  # fmt: skip
def import_complaints(
    file: Path, channel: str | None, crs: str | None, columns: tuple[str, ...]
) -> None:
    """Route the complaints of FILE and store them as cases.

    Idempotent by channel and id: importing a file again, whole or after an interruption, stores
    only what is not there yet. Rows that cannot be used are told and left out.
    """
    from app.config import Config
    from app.wiring import Services
    from geodata.complaint_files.columns import parse_declarations
    from geodata.complaints import read_complaints
    from geodata.crs import parse_crs

    if crs is not None:
        parse_crs(crs)
    declared = parse_declarations(columns)
    read = read_complaints(file, crs=crs, columns=declared, today=today())
    for line in [f"read {len(read)} rows from {file.name}", *read.notes]:
        click.echo(line, err=True)
    found = list(usable(read, channel))
    services = Services.from_config(Config.from_env())
    try:
        new = store(services, found)
    finally:
        services.engine.dispose()
    bad = [why for why in read.explanation.tolist() if why]
    for why in bad[:_SHOWN]:
        click.echo(why, err=True)
    if len(bad) > _SHOWN:
        click.echo(f"… and {len(bad) - _SHOWN} more", err=True)
    known = len(found) - new
    click.echo(f"{new} new cases, {known} already there, {len(bad)} rows invalid")


def usable(read: Complaints, channel: str | None) -> Iterator[Complaint]:
    """Each usable row as a complaint; UserInputError where one has no channel at all."""
    from shapely.geometry import Point

    from routing.batch import DEFAULT_PIN_RADIUS_M
    from routing.model import Complaint, Location, LocationPrecision

    for row in range(len(read)):
        if read.invalid[row]:
            continue
        own = read.channel[row] or channel
        if not own:
            raise UserInputError(
                f"row {row + 1} (id {read.id[row]!r}) names no channel; give --channel, for "
                "example --channel 12345"
            )
        place = None
        if read.lon[row] == read.lon[row]:  # not nan
            accuracy_m = float(read.radius_m[row])
            place = Location(
                geometry=Point(float(read.lon[row]), float(read.lat[row])),
                radius_m=accuracy_m if accuracy_m > 0 else DEFAULT_PIN_RADIUS_M,
                precision=LocationPrecision.PIN,
            )
        received = None
        if read.has_time[row]:
            received = datetime.fromtimestamp(int(read.received_s[row]), UTC)
        yield Complaint(
            id=str(read.id[row]).strip(),
            text=read.text[row].as_py(),
            category=read.category[row],
            received_at=received,
            location=place,
            channel=own,
        )


def store(services: Services, complaints: list[Complaint]) -> int:
    """Decide and store; returns how many were not there before."""
    from app.cli.database import actor
    from geodata.cases import PostgresCaseStore
    from geodata.store.case_intake import Received

    decide = services.router()
    cases = PostgresCaseStore(services.engine)
    new = 0
    starts = range(0, len(complaints), _ROWS_AT_ONCE)
    for part in progress([complaints[at : at + _ROWS_AT_ONCE] for at in starts], "storing"):
        rows = [
            Received(complaint=one, external_id=one.id, decision=decide(one, None)) for one in part
        ]
        done = cases.receive_many(rows, actor=actor(), actor_name="文件导入")
        new += sum(is_new for _, is_new in done)
    return new
