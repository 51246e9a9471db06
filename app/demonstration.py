"""The demonstration city for who serves it: when it is loaded, and the password of its accounts."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Engine, select

from geodata import database, tables
from routing.errors import ShudiError

LOADER = "demo"
"""Who is recorded as having loaded the city."""


def password_file(var_dir: Path) -> Path:
    """Where the password of the demonstration accounts is kept, readable by its owner only."""
    return var_dir / "demo-password"


def make_password(var_dir: Path) -> str:
    """Make a new password for the demonstration accounts, keep it and return it."""
    var_dir.mkdir(parents=True, exist_ok=True)
    path = password_file(var_dir)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    password = secrets.token_urlsafe(9)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(password + "\n")
    part.rename(path)
    return password


def is_wanted(engine: Engine) -> bool:
    """Whether the city is still to be loaded: nothing here, or a load of it that was cut off.

    Its accounts come last, so a database with its borders and no account is half loaded.
    """
    version, account = tables.boundary_version, tables.account
    foreign = (
        select(1).select_from(account),
        select(1).where(version.c.recorded_by != LOADER),
        select(1).where(
            tables.case_event.c.actor != f"api:{LOADER}", tables.case_event.c.version == 1
        ),
    )
    with database.transaction(engine) as connection:
        return not any(connection.execute(asked.limit(1)).first() for asked in foreign)


def load(var_dir: Path, environ: Mapping[str, str]) -> None:
    """Run ``shudi demo load`` in this environment, with a new password for its accounts.

    As a process of its own: what loading a city takes of memory is given back before serving.
    """
    environment = {**environ, "SHUDI_NEW_PASSWORD": make_password(var_dir)}
    command = [sys.executable, "-c", "from app.cli import main; main()", "demo", "load"]
    # Its report goes to standard error: standard output is for the address alone.
    done = subprocess.run(command, env=environment, stdout=sys.stderr, check=False)
    if done.returncode:
        raise ShudiError(f"`shudi demo load` ended with status {done.returncode}; see above")
