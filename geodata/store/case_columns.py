"""All cases a viewer may see as numpy columns: what maps and statistics are made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, text

from geodata.database import Scope, transaction
from geodata.store.column_coding import Coding, arrays
from geodata.store.copying import driver
from routing.errors import StoreUnavailable

CODED = (
    "category",
    "channel",
    "district_code",
    "subdistrict_code",
    "community_code",
    "grid_code",
    "unit_code",
)
"""Columns of few different values, each read as codes and labels."""

_BLOCKS = 4_096
"""Pages of the table in one piece: 32 MB hold some 80,000 cases, so that neither side ever has
more than about 15 MB of a read of any size in hand."""

_TIMEOUT_MS = 600_000
"""The read of ten million cases takes half a minute, more than a page may; ten minutes stop what
hangs."""

_LONGEST_NUMBER = 16
"""Characters: a day, a dash and up to 9,999,999 cases in it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseColumns:
    """Place i of every column is the same case; the order means nothing. All of one moment."""

    number: NDArray[Any]
    """(n,) case numbers; numpy's StringDType, 16 bytes each, elements are ``str``."""
    lon: NDArray[np.float64]
    """(n,) WGS 84 degrees of the best point; NaN where unlocated."""
    lat: NDArray[np.float64]
    radius_m: NDArray[np.float64]
    """(n,) 95 % radius, metres; NaN where unknown."""
    day: NDArray[np.int32]
    """(n,) calendar day of reception in Asia/Shanghai, days since 1970-01-01."""
    minute: NDArray[np.int32]
    """(n,) minute of that day, 0–1439."""
    codes: dict[str, NDArray[np.int32]]
    """By name of ``CODED``: (n,) places in ``labels``, ``NONE`` where there is no value."""
    labels: dict[str, tuple[str, ...]]
    """By name of ``CODED``: the values, each once."""
    overridden: NDArray[np.int8]
    """(n,) the last decisive move: 1 override, 0 confirm, ``NONE`` while nobody has decided."""
    as_of: datetime
    """The moment that all rows are of; aware."""

    def __len__(self) -> int:
        return len(self.day)


def read_case_columns(engine: Engine, scope: Scope | None = None) -> CaseColumns:
    """Read every case that ``scope`` may see (``None``: all), of one moment.

    Row-level security chooses the rows. The memory needed beyond the result is that of one piece
    of the table. No cases give columns of length 0. Raises StoreUnavailable where the database is
    gone or was lost on the way.
    """
    with transaction(engine, scope=scope, isolation="REPEATABLE READ") as connection:
        return columns_of(connection, pieces=scope is None)


def columns_of(connection: Connection, *, pieces: bool) -> CaseColumns:
    """Read within a transaction that is open; ``pieces`` for a viewer who sees the whole table."""
    connection.execute(text(f"SET LOCAL statement_timeout = {_TIMEOUT_MS}"))
    connection.execute(text("SET LOCAL jit = off"))  # compiling costs more than one piece takes
    as_of: datetime = connection.execute(text("SELECT transaction_timestamp()")).scalar_one()
    coding = {name: Coding() for name in CODED}
    parts = []
    try:
        with driver(connection).cursor(binary=True) as cursor:
            overridden = _overridden(cursor)
            for where, given in _ranges(connection, pieces):
                part = _piece(cursor, where, given, coding, overridden)
                if part is not None:
                    parts.append(part)
    except psycopg.OperationalError as lost:
        raise StoreUnavailable(
            "the database was lost while cases were read, or needed more than ten minutes; "
            "nothing was changed, ask again (`shudi doctor` says what is wrong)"
        ) from lost
    whole = {name: _joined(parts, name) for name in _KEPT}
    local = whole["received"]
    return CaseColumns(
        number=whole["number"],
        lon=whole["lon"],
        lat=whole["lat"],
        radius_m=whole["radius_m"],
        day=local // 1440,
        minute=local % 1440,
        codes={name: whole[name] for name in CODED},
        labels={name: tuple(coding[name].labels) for name in CODED},
        overridden=whole["decided"],
        as_of=as_of,
    )


_KEPT: dict[str, Any] = {
    "number": np.dtypes.StringDType(),
    "lon": np.float64,
    "lat": np.float64,
    "radius_m": np.float64,
    "received": np.int32,
    **dict.fromkeys(CODED, np.int32),
    "decided": np.int8,
}
"""The columns of a piece as they are kept."""


def _joined(parts: list[dict[str, NDArray[Any]]], name: str) -> NDArray[Any]:
    """One column of all pieces, which are given up as they are used."""
    if not parts:
        return np.empty(0, dtype=_KEPT[name])
    return np.concatenate([part.pop(name) for part in parts])


def _ranges(connection: Connection, pieces: bool) -> Iterator[tuple[str, dict[str, str]]]:
    """Parts of the table by page; the size includes every page that holds a row of this moment.

    A table in partitions has no pages of its own and is read at once.
    """
    blocks = None
    if pieces:
        blocks = connection.execute(
            text(
                "SELECT CASE relkind WHEN 'r' THEN "
                "pg_relation_size(oid) / current_setting('block_size')::int END "
                "FROM pg_class WHERE oid = 'case_'::regclass"
            )
        ).scalar_one()
    if blocks is None:
        yield "", {}
        return
    for first in range(0, blocks, _BLOCKS):
        ends = {"low": f"({first},0)", "high": f"({first + _BLOCKS},0)"}
        yield "WHERE c.ctid >= %(low)s::tid AND c.ctid < %(high)s::tid", ends


_SENT: dict[str, tuple[str, str]] = {
    "id": ("c.complaint_id", ">i8"),
    "number": (f"rpad(c.no, {_LONGEST_NUMBER})", f"S{_LONGEST_NUMBER}"),
    "lon": ("coalesce(ST_X(c.point), 'NaN')", ">f8"),
    "lat": ("coalesce(ST_Y(c.point), 'NaN')", ">f8"),
    "radius_m": ("coalesce(c.radius_m, 'NaN')", ">f8"),
    # minutes since 1970-01-01 00:00, local time; whole minutes fit 32 bits until the year 6053
    "received": (
        "floor(extract(epoch FROM c.received_at AT TIME ZONE 'Asia/Shanghai')::float8 / 60)::int",
        ">i4",
    ),
    # 0 where there is no value: a text with that hash turns up once in 1.8e19
    **{name: (f"coalesce(hashtextextended(c.{name}, 0), 0)", ">i8") for name in CODED},
    "decided": ("CASE WHEN c.state = 'pending' THEN -1 ELSE 0 END", ">i4"),
}
"""What is asked for: an expression, never null and of one width, and how PostgreSQL sends it."""


def _piece(
    cursor: psycopg.Cursor[Any],
    where: str,
    given: dict[str, str],
    coding: dict[str, Coding],
    overridden: NDArray[np.bool_],
) -> dict[str, NDArray[Any]] | None:
    """One part of the table, sent as one row of arrays; ``None`` where it holds no cases."""
    wanted = ", ".join(f"array_agg({name})" for name in _SENT)
    made = ", ".join(f"{expression} AS {name}" for name, (expression, _) in _SENT.items())
    cursor.execute(f"SELECT {wanted} FROM (SELECT {made} FROM case_ c {where}) AS part", given)
    read = arrays(cursor, {name: sent for name, (_, sent) in _SENT.items()})
    if read is None:
        return None
    _learn(cursor, read, coding)
    for name in CODED:
        read[name] = coding[name].codes(read[name])
    read["number"] = np.strings.rstrip(read["number"])
    ids = np.minimum(read["id"], len(overridden) - 1)
    read["decided"] = np.where(overridden[ids], 1, read["decided"])
    return {name: read[name].astype(kept, copy=False) for name, kept in _KEPT.items()}


_OVERRIDES = """
    SELECT array_agg(c.complaint_id)
    FROM case_event e JOIN case_ c ON c.no = e.case_no
    WHERE e.move = 'override' AND c.state <> 'pending' AND NOT EXISTS (
        SELECT FROM case_event l
        WHERE l.case_no = e.case_no AND l.version > e.version AND l.move IN ('confirm', 'override')
    )
"""
# Out of the queue a case gets by a confirmation or an override alone, so one that is out of it and
# has no override that holds was confirmed; one taken back to the queue is nobody's decision.


def _overridden(cursor: psycopg.Cursor[Any]) -> NDArray[np.bool_]:
    """By complaint: whether the last decisive move was an override; beyond its end, none was."""
    cursor.execute(_OVERRIDES)
    read = arrays(cursor, {"id": ">i8"})
    ids = read["id"] if read is not None else np.empty(0, dtype=np.int64)
    marks = np.zeros(int(ids.max(initial=-1)) + 2, dtype=np.bool_)
    marks[ids] = True
    return marks


def _learn(
    cursor: psycopg.Cursor[Any], read: Mapping[str, NDArray[Any]], coding: Mapping[str, Coding]
) -> None:
    """Ask for the texts of values that turn up for the first time, by a case that has each."""
    unknown = {name: coding[name].unknown(read[name]) for name in CODED}
    ids = {name: read["id"][places] for name, (_, places) in unknown.items()}
    asked = sorted({int(one) for some in ids.values() for one in some})
    if not asked:
        return
    cursor.execute(
        f"SELECT complaint_id, {', '.join(CODED)} FROM case_ WHERE complaint_id = ANY(%s)",
        [asked],
    )
    texts = {row[0]: dict(zip(CODED, row[1:], strict=True)) for row in cursor.fetchall()}
    for name, (new, _) in unknown.items():
        coding[name].learn(new, [texts[int(one)][name] for one in ids[name]])
