"""Gazetteer versions: staged, in force from a day; the places of one are never changed.

One version is in force at a time, whatever its name: two at once would hold each place twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Engine, Row, func, insert, or_, select, text
from sqlalchemy import update as update_

from geodata.database import transaction
from geodata.gazetteer import LoadedGazetteer
from geodata.store.gazetteer_aliases import Learnt, learnt_aliases
from geodata.store.gazetteer_rows import insert_places, places_of, read_rows
from geodata.store.named import one_named
from geodata.tables import gazetteer_event, gazetteer_version
from routing.errors import NotFoundError, UserInputError

_LOCAL_TIME = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, kw_only=True, slots=True)
class GazetteerVersion:
    """One staged, active or retired version."""

    id: int
    name: str
    version: str
    """Of the file; what is loaded adds ``+n`` for n decisions about aliases."""
    state: str
    """``staged`` stored · ``active`` in force on its days · ``retired`` superseded."""
    places: int
    authority: str
    licence: str
    retrieved: date | None
    effective_from: date | None
    """``None`` until activated."""
    effective_to: date | None
    """Last day, inclusive; the day before ``effective_from`` where it never came into force."""
    recorded_at: datetime
    recorded_by: str

    def in_force(self, day: date) -> bool:
        """Whether text is read with it on that day."""
        return (
            self.effective_from is not None
            and self.effective_from <= day
            and (self.effective_to is None or day <= self.effective_to)
        )


def stage(engine: Engine, gazetteer: LoadedGazetteer, by: str) -> int:
    """Store a gazetteer as a version that decides nothing yet; return its id.

    The same content again returns the id it has. Findings are not asked: whoever stages has seen
    them, and rows that cannot be used are not among the places. Raises UserInputError for one
    without places or without a file's digest.
    """
    source = gazetteer.source
    if not gazetteer.places() or source is None or not gazetteer.sha256:
        raise UserInputError(
            f"gazetteer {gazetteer.version!r} has {len(gazetteer.places())} places and "
            f"{'a' if source else 'no'} file; stage one that was read from a file"
        )
    with transaction(engine) as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        # Two imports of one file at once: the second waits and then finds the first.
        connection.execute(text("LOCK TABLE gazetteer_version IN SHARE ROW EXCLUSIVE MODE"))
        known = connection.execute(
            select(gazetteer_version.c.id).where(
                or_(
                    gazetteer_version.c.sha256 == gazetteer.sha256,
                    gazetteer_version.c.version == gazetteer.version,
                )
            )
        ).scalar()
        if known is not None:
            return int(known)
        version_id = connection.execute(
            insert(gazetteer_version)
            .values(
                name=source.name,
                version=gazetteer.version,
                authority=source.authority,
                licence=source.licence,
                crs=source.crs,
                retrieved=source.retrieved,
                notes=source.notes,
                places=len(gazetteer.places()),
                sha256=gazetteer.sha256,
                recorded_by=by,
            )
            .returning(gazetteer_version.c.id)
        ).scalar_one()
        insert_places(connection, int(version_id), gazetteer.places())
        _record(connection, int(version_id), "staged", None, None, by)
    return int(version_id)


def activate(
    engine: Engine, version_id: int, from_date: date, by: str, *, commit: bool = True
) -> list[str]:
    """Put a version in force from a day on; return one line for each thing that changed.

    The one in force ends the day before; one that would only begin later is superseded. A version
    that has ended can be put in force again: that is the way back. Every process is told and
    swaps with its next request. With ``commit=False`` all is tried and told, then rolled back.
    The same activation again changes nothing. Raises NotFoundError for an unknown version.
    """
    with transaction(engine) as connection:
        connection.execute(text("LOCK TABLE gazetteer_version IN SHARE ROW EXCLUSIVE MODE"))
        row = connection.execute(
            select(gazetteer_version).where(gazetteer_version.c.id == version_id)
        ).one_or_none()
        if row is None:
            raise NotFoundError(
                f"no gazetteer version {version_id}; `shudi gazetteer list` shows them"
            )
        if row.state == "active" and row.effective_from == from_date and row.effective_to is None:
            return []
        told = _make_room(connection, row, from_date, by)
        _update(
            connection,
            gazetteer_version.c.id == version_id,
            state="active",
            effective_from=from_date,
            effective_to=None,
            activated_at=func.clock_timestamp(),
            activated_by=by,
            retired_at=None,
            retired_by=None,
        )
        _record(connection, version_id, "activated", from_date, None, by)
        if not commit:
            connection.rollback()
    return [*told, f"{row.version} is in force from {from_date}"]


def list_versions(engine: Engine) -> list[GazetteerVersion]:
    """Return every version there ever was, by first day, staged ones last."""
    with transaction(engine) as connection:
        rows = connection.execute(
            select(gazetteer_version).order_by(
                gazetteer_version.c.effective_from.nulls_last(), gazetteer_version.c.id
            )
        ).all()
    return [_version_of(row) for row in rows]


def find_version(engine: Engine, named: str) -> GazetteerVersion:
    """Return the version with this id, version text, or ending of it (its digest).

    Raises NotFoundError where there is none, UserInputError where several end so.
    """
    return one_named(list_versions(engine), named, "gazetteer", "shudi gazetteer list")


def in_force(engine: Engine, day: date | None = None) -> GazetteerVersion | None:
    """Return the version in force on a day, by default today; ``None`` where there is none."""
    with transaction(engine) as connection:
        row = _row_in_force(connection, day)
    return None if row is None else _version_of(row)


def version_in_force(engine: Engine, day: date | None = None) -> str:
    """Return the version that ``load`` would give, without reading a place; empty for none.

    It changes with each activation, each decision about an alias, and on the day on which a
    version that was activated ahead begins: whoever holds another one should load.
    """
    with transaction(engine, isolation="REPEATABLE READ") as connection:
        row = _row_in_force(connection, day)
        return "" if row is None else _version_text(row, learnt_aliases(connection))


def load(engine: Engine, day: date | None = None) -> LoadedGazetteer:
    """Return the gazetteer in force on a day, by default today, with approved aliases added.

    Its version ends in ``+n`` where n decisions of curators changed it: with the file's digest
    that names exactly what was read. Without one in force it has no places and no version.
    """
    with transaction(engine, isolation="REPEATABLE READ") as connection:
        row = _row_in_force(connection, day)
        if row is None:
            return LoadedGazetteer((), "")
        stored = _stored(connection, row)
    return _loaded(*stored)


def load_version(engine: Engine, version_id: int) -> LoadedGazetteer:
    """Return one version, in force or not, with approved aliases added.

    Raises NotFoundError for an unknown one.
    """
    with transaction(engine, isolation="REPEATABLE READ") as connection:
        row = connection.execute(
            select(gazetteer_version).where(gazetteer_version.c.id == version_id)
        ).one_or_none()
        if row is None:
            raise NotFoundError(
                f"no gazetteer version {version_id}; `shudi gazetteer list` shows them"
            )
        stored = _stored(connection, row)
    return _loaded(*stored)


def _stored(connection: Connection, row: Row[Any]) -> tuple[Row[Any], bytes, Learnt]:
    # Reading 700,000 places takes longer than what a page may.
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    return row, read_rows(connection, row.id), learnt_aliases(connection)


def _loaded(row: Row[Any], data: bytes, learnt: Learnt) -> LoadedGazetteer:
    places = places_of(data, learnt.by_place)
    return LoadedGazetteer(places, _version_text(row, learnt), sha256=row.sha256)


def _version_text(row: Row[Any], learnt: Learnt) -> str:
    return str(row.version) + (f"+{learnt.decisions}" if learnt.decisions else "")


def _row_in_force(connection: Connection, day: date | None) -> Row[Any] | None:
    on = day or datetime.now(_LOCAL_TIME).date()
    return connection.execute(
        select(gazetteer_version)
        .where(
            gazetteer_version.c.effective_from <= on,
            or_(gazetteer_version.c.effective_to.is_(None), gazetteer_version.c.effective_to >= on),
        )
        .order_by(gazetteer_version.c.effective_from.desc(), gazetteer_version.c.id.desc())
        .limit(1)
    ).one_or_none()


def _version_of(row: Row[Any]) -> GazetteerVersion:
    return GazetteerVersion(
        **{name: getattr(row, name) for name in GazetteerVersion.__dataclass_fields__}
    )


def _make_room(connection: Connection, row: Row[Any], from_date: date, by: str) -> list[str]:
    """End or supersede what is in force from that day on; what ended before stays."""
    others = connection.execute(
        select(gazetteer_version)
        .where(gazetteer_version.c.id != row.id, gazetteer_version.c.effective_from.is_not(None))
        .order_by(gazetteer_version.c.effective_from)
    ).all()
    told = []
    for other in others:
        last = other.effective_to or date.max
        if last < from_date or last < other.effective_from:
            continue
        whole = other.effective_from >= from_date
        ends = (other.effective_from if whole else from_date) - timedelta(days=1)
        values: dict[str, Any] = {"effective_to": ends}
        if whole:
            values |= {"state": "retired", "retired_at": func.clock_timestamp(), "retired_by": by}
        _update(connection, gazetteer_version.c.id == other.id, **values)
        what = "superseded" if whole else "ended"
        _record(connection, other.id, what, other.effective_from, ends, by)
        told.append(
            f"{other.version} is superseded and no longer comes into force"
            if whole
            else f"{other.version} ends on {ends}"
        )
    return told


def _update(connection: Connection, which: ColumnElement[bool], **values: Any) -> None:
    connection.execute(update_(gazetteer_version).where(which).values(**values))


def _record(
    connection: Connection,
    version_id: int,
    what: str,
    effective_from: date | None,
    effective_to: date | None,
    by: str,
) -> None:
    connection.execute(
        insert(gazetteer_event).values(
            version_id=version_id,
            what=what,
            effective_from=effective_from,
            effective_to=effective_to,
            actor=by,
        )
    )
