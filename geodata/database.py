"""Connections: an engine from a URL, transactions that fail in words, migrations."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from routing.errors import StoreUnavailable, UserInputError

# A page of the desk needs milliseconds; whatever needs half a minute is a mistake or an attack.
STATEMENT_TIMEOUT_MS = 30_000
# Two people on one case wait for each other for the length of one small transaction.
LOCK_TIMEOUT_MS = 5_000
# A worker that died with a transaction open must not hold its locks for longer.
IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000

_MIGRATIONS = Path(__file__).with_name("migrations")
_MIGRATION_LOCK = 20_261_122  # any number, the same for all who migrate this database


class WrongDatabase(UserInputError):
    """The database is there but cannot be used as it is; the message says what to run."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """The rows a viewer may see; with several given, those that any of them allows."""

    subdistrict: str | None = None
    """Jurisdiction code of the subdistrict; ``None`` gives nothing by place."""
    unit: str | None = None
    """Unit responsible or assisting; ``None`` gives nothing by unit."""
    channel: str | None = None
    """Channel the complaint came through; ``None`` gives nothing by channel."""


def normal_url(url: str) -> str:
    """Return the URL as SQLAlchemy wants it; ``postgres://`` and ``postgresql://`` are taken.

    >>> normal_url("postgres://me@db/shudi")
    'postgresql+psycopg://me@db/shudi'
    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        shown = re.sub(r"//[^/@]*@", "//…@", url)  # never print a password
        raise UserInputError(
            f"DATABASE_URL={shown!r} is no PostgreSQL URL; use postgresql://user@host/database"
        )
    return f"postgresql+psycopg://{rest}"


def resolve_url(var_dir: Path) -> str:
    """Return ``DATABASE_URL``, else start the private cluster under ``var_dir`` and return its URL.

    Raises PostgresMissing, StoreUnavailable or UserInputError, each saying what to do.
    """
    given = os.environ.get("DATABASE_URL")
    if given:
        return normal_url(given)
    from geodata import embedded  # only where it is needed: a served database needs no binaries

    return embedded.start(var_dir)


def engine(url: str, *, pool_size: int = 5) -> Engine:
    """Return an engine with a small pool; nothing is connected yet.

    Each connection is tried before use, so a server that was restarted costs no failed request.
    """
    options = {
        "statement_timeout": STATEMENT_TIMEOUT_MS,
        "lock_timeout": LOCK_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_TIMEOUT_MS,
        "timezone": "Asia/Shanghai",
    }
    return create_engine(
        normal_url(url),
        pool_size=pool_size,
        max_overflow=5,
        pool_timeout=10,
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,  # they are citizens' words: not for logs or error messages
        connect_args={
            "connect_timeout": 5,
            "application_name": "shudi",
            "options": " ".join(f"-c {key}={value}" for key, value in options.items()),
        },
    )


@contextmanager
def transaction(
    database: Engine, *, scope: Scope | None = None, isolation: str | None = None
) -> Iterator[Connection]:
    """One transaction: committed at the end, rolled back by any error.

    With a scope it is read-only and sees that scope's rows alone, whatever is selected. Raises
    StoreUnavailable where the database is gone, busy beyond the time limits, or was lost on the
    way; nothing is then half-done and the same request can be sent again.
    """
    with failing_in_words(), database.connect() as plain:
        connection = plain.execution_options(isolation_level=isolation) if isolation else plain
        with connection.begin():
            if scope is not None:
                connection.execute(text("SET TRANSACTION READ ONLY"))
                enter_scope(connection, scope)
            yield connection


def enter_scope(connection: Connection, scope: Scope) -> None:
    """See only the scope's rows until the end of the transaction or ``leave_scope``."""
    for name in ("subdistrict", "unit", "channel"):
        connection.execute(
            text("SELECT set_config(:name, :value, true)"),
            {"name": f"shudi.{name}", "value": getattr(scope, name) or ""},
        )
    connection.execute(text("SET LOCAL ROLE shudi_scoped"))


def leave_scope(connection: Connection) -> None:
    """See everything again, in the same transaction."""
    connection.execute(text("SET LOCAL ROLE NONE"))


@contextmanager
def failing_in_words() -> Iterator[None]:
    """Turn a lost, busy or unprepared database into an error that says what to do."""
    try:
        yield
    except PoolTimeout as busy:
        raise StoreUnavailable(
            "all database connections are in use; nothing was changed, send the request again"
        ) from busy
    except (OperationalError, InterfaceError) as lost:
        raise StoreUnavailable(_what_to_do(lost)) from lost
    except ProgrammingError as wrong:
        if isinstance(wrong.orig, psycopg.errors.UndefinedTable):
            raise WrongDatabase(
                f"the database lacks tables ({_first_line(wrong)}); it is not migrated: start it "
                "with scripts/serve, which migrates"
            ) from wrong
        raise
    except DBAPIError as broken:
        if broken.connection_invalidated:
            raise StoreUnavailable(_what_to_do(broken)) from broken
        raise


def _what_to_do(error: DBAPIError) -> str:
    cause = error.orig
    if isinstance(cause, psycopg.errors.QueryCanceled):
        return (
            f"the database needed more than {STATEMENT_TIMEOUT_MS // 1000} s; nothing was changed; "
            "ask for less, or send the request again"
        )
    if isinstance(
        cause,
        psycopg.errors.LockNotAvailable
        | psycopg.errors.DeadlockDetected
        | psycopg.errors.SerializationFailure,
    ):
        return "somebody else is changing the same rows; nothing was changed, send it again"
    if isinstance(cause, psycopg.errors.DiskFull):
        return "the database's disk is full; nothing was changed; free space, then send it again"
    return (
        f"the database cannot be reached ({_first_line(error)}); nothing is half-done and the same "
        "request can be sent again: start PostgreSQL (scripts/serve starts the private cluster), "
        "`shudi doctor` says what is wrong"
    )


def _first_line(error: DBAPIError) -> str:
    return (str(error.orig).strip().splitlines() or ["connection lost"])[0]


def migrate(database: Engine) -> None:
    """Bring the database to the newest schema; safe to be called by several processes at once.

    Raises WrongDatabase, with the SQL to run as superuser, where an extension is missing and this
    user may not make it.
    """
    with failing_in_words(), database.connect() as connection, connection.begin():
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _MIGRATION_LOCK})
        config = _alembic()
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except ProgrammingError as refused:
            if isinstance(refused.orig, psycopg.errors.InsufficientPrivilege):
                raise WrongDatabase(
                    f"{_first_line(refused)}; as a superuser run, in this database: CREATE "
                    "EXTENSION postgis; CREATE EXTENSION pg_trgm; CREATE ROLE shudi_scoped; "
                    "GRANT shudi_scoped TO <the user of DATABASE_URL>; GRANT CREATE ON SCHEMA "
                    "public TO <the same>;"
                ) from refused
            raise


def revisions(database: Engine) -> tuple[str | None, str | None]:
    """Return (the database's schema revision, the program's newest); ``None`` for an empty one."""
    with failing_in_words(), database.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
    return at, ScriptDirectory.from_config(_alembic()).get_current_head()


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config
