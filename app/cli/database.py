"""The database for commands: ``DATABASE_URL``, else the private cluster, which they may start."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from geodata import database

if TYPE_CHECKING:
    from app.wiring import Services


def var_dir() -> Path:
    """``SHUDI_VAR``, else ``var/`` beside the program."""
    given = os.environ.get("SHUDI_VAR")
    return Path(given) if given else Path(__file__).resolve().parent.parent.parent / "var"


@contextmanager
def open_database() -> Iterator[Engine]:
    """An engine on the database of this deployment; its connections are closed at the end.

    The private cluster is started where it is down, goes on running, and is migrated; a server
    that DATABASE_URL names is not: its operator does that.
    """
    engine = database.engine(database.resolve_url(var_dir()), pool_size=1)
    try:
        if not os.environ.get("DATABASE_URL"):
            database.migrate(engine)
        yield engine
    finally:
        engine.dispose()


@contextmanager
def open_services() -> Iterator[Services]:
    """What maps, alarms and reports are made from, on ``open_database``; the whole city.

    No caller's name or telephone can be read through it: its key is made for this call alone.
    """
    from cryptography.fernet import Fernet

    from app import wiring
    from app.config import working_crs
    from app.personal import PersonalData

    with open_database() as engine:
        made = wiring.Services(
            engine,
            PersonalData([Fernet.generate_key().decode()]),
            var_dir=var_dir(),
            working_crs=working_crs(os.environ),
        )
        wiring.use(made)
        yield made


def actor() -> str:
    """Who is recorded as having run a command, e.g. ``cli:lin``."""
    return f"cli:{getpass.getuser()}"
