"""What a private cluster holds: two roles, one database, its extensions."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql

ADMIN_ROLE = "postgres"
"""Superuser; makes extensions and databases, never serves a request."""
APP_ROLE = "shudi"
"""Owns the database and is no superuser: what the program connects as."""
SCOPED_ROLE = "shudi_scoped"
"""Cannot sign in; transactions of people with a scope switch to it."""
EXTENSIONS = ("postgis", "pg_trgm")


def bootstrap(socket_dir: Path, database: str) -> None:
    """Make roles and database where they are missing; raises psycopg.OperationalError while the
    server takes no connections."""
    with _connect(socket_dir, "postgres") as connection:
        roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        app, scoped = sql.Identifier(APP_ROLE), sql.Identifier(SCOPED_ROLE)
        if APP_ROLE not in roles:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(app))
        if SCOPED_ROLE not in roles:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(scoped))
            connection.execute(sql.SQL("GRANT {} TO {}").format(scoped, app))
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        missing = found.fetchone() is None
    if missing:
        create_database(socket_dir, database)


def create_database(socket_dir: Path, name: str) -> None:
    """Make a database of the app's role with the extensions.

    It is made under another name and renamed when complete, so a start that was interrupted
    leaves none without extensions.
    """
    part = sql.Identifier(f"{name}_part")
    with _connect(socket_dir, "postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(part))
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                part, sql.Identifier(APP_ROLE)
            )
        )
    with _connect(socket_dir, f"{name}_part") as connection:
        for extension in EXTENSIONS:
            connection.execute(
                sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
            )
    with _connect(socket_dir, "postgres") as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(part, sql.Identifier(name))
        )


def copy_database(socket_dir: Path, name: str, template: str) -> None:
    """Make a database that is a copy of another, to which nobody may be connected."""
    with _connect(socket_dir, "postgres") as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(APP_ROLE), sql.Identifier(template)
            )
        )


def drop_database(socket_dir: Path, name: str) -> None:
    """Drop a database and whoever is connected to it."""
    with _connect(socket_dir, "postgres") as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def _connect(socket_dir: Path, database: str) -> psycopg.Connection[tuple[str, ...]]:
    return psycopg.connect(
        host=str(socket_dir), port=5432, user=ADMIN_ROLE, dbname=database, autocommit=True
    )
