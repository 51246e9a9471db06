"""Many rows at once, through PostgreSQL's COPY on the connection of a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection

from routing.errors import StoreUnavailable


def copy_in(
    connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Append rows to a table, in order; raises StoreUnavailable where the server is lost."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    try:
        with driver(connection).cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.OperationalError as lost:
        raise StoreUnavailable(_LOST) from lost


def copy_out(connection: Connection, query: sql.Composed | sql.SQL) -> bytes:
    """The rows of a query as CSV without heading; raises StoreUnavailable as ``copy_in``."""
    statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(query)
    try:
        with driver(connection).cursor() as cursor, cursor.copy(statement) as copy:
            return b"".join(bytes(part) for part in copy)
    except psycopg.OperationalError as lost:
        raise StoreUnavailable(_LOST) from lost


_LOST = (
    "the database was lost while rows were copied; nothing is half-done, send it again "
    "(`shudi doctor` says what is wrong)"
)


def driver(connection: Connection) -> psycopg.Connection[Any]:
    """Return the driver's own connection under SQLAlchemy's, in the same transaction."""
    own = connection.connection.driver_connection
    if not isinstance(own, psycopg.Connection):
        raise TypeError(f"a psycopg connection is needed, was {type(own).__name__}")
    return own
