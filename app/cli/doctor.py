"""``shudi doctor``: check this deployment and say what to do."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import click

from routing.errors import ShudiError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from geodata.doctor import Finding

_MARKS = {"ok": "ok     ", "warning": "WARNING", "failed": "FAILED ", "skipped": "skipped"}


@click.command("doctor")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text to read, or JSON for programs.",
)
def doctor_command(form: str) -> None:
    """Check programs, database, boundaries, units, secrets, disk and clock.

    Changes nothing and starts nothing. Exit status 1 where a check failed.
    """
    from app.cli.database import var_dir
    from geodata.doctor import Deployment, examine
    from geodata.store.case_intake import SHANGHAI

    engine, trouble = _engine()
    found = [
        _configuration(),
        _outside(),
        *examine(
            Deployment(
                engine=engine,
                private=not os.environ.get("DATABASE_URL"),
                var_dir=var_dir(),
                today=datetime.now(SHANGHAI).date(),
            )
        ),
    ]
    if engine is not None:
        engine.dispose()
    if form == "json":
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False))
    else:
        for one in found:
            click.echo(f"{_MARKS[one.status]}  {one.title}: {one.found}")
            if one.hint:
                click.echo(f"         → {one.hint}")
        if trouble:
            click.echo(trouble, err=True)
    if any(one.status == "failed" for one in found):
        raise SystemExit(1)


def _engine() -> tuple[Engine | None, str]:
    """Return (engine or None, why there is none); a private cluster that is down stays down."""
    from app.cli.database import var_dir
    from geodata import database, embedded

    try:
        given = os.environ.get("DATABASE_URL")
        if given:
            return database.engine(given, pool_size=1), ""
        cluster = embedded.open_cluster(var_dir())
        if cluster.pid is None:
            return None, f"the private cluster {cluster.home} does not run"
        return database.engine(cluster.url(), pool_size=1), ""
    except ShudiError as wrong:
        return None, str(wrong)


def _configuration() -> Finding:
    from app.config import Config
    from geodata.doctor import Finding

    title = "Secrets and settings are usable"
    try:
        config = Config.from_env()
    except ShudiError as wrong:
        return Finding(title=title, status="failed", found=str(wrong))
    if config.demo:
        return Finding(
            title=title,
            status="warning",
            found="demonstration: secrets made under var/, cookies without TLS",
            hint="a deployment sets SHUDI_SECRET_KEY and SHUDI_DATA_KEY and leaves SHUDI_DEMO out",
        )
    return Finding(title=title, status="ok", found="set")


def _outside() -> Finding:
    from app.config import outside_settings
    from geodata.doctor import Finding

    title = "Outside geocoders"
    try:
        settings = outside_settings(os.environ)
    except ShudiError as wrong:
        return Finding(title=title, status="failed", found=str(wrong))
    return Finding(title=title, status="ok", found=settings.words)
