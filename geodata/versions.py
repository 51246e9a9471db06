"""Boundary versions: staged, activated from a day, ended; never changed and never deleted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, or_, select, text, update

from geodata.database import transaction
from geodata.read import LoadedSource
from geodata.store.named import one_named
from geodata.store.version_rows import digest_of, insert_version
from geodata.tables import boundary_event, boundary_version, jurisdiction
from geodata.validate import check
from routing.errors import FindingsError, NotFoundError, UserInputError


class BlockingFindings(FindingsError):
    """A source that would route wrongly; ``boundaries check`` shows each finding on a map."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """界线版本: one staged, active or retired version of a source."""

    id: int
    name: str
    version: str
    """As decisions quote it."""
    state: str
    """``staged`` checked and stored · ``active`` in force on its days · ``retired`` closed."""
    declared_from: date
    declared_to: date | None
    effective_from: date | None
    """``None`` until activated."""
    effective_to: date | None
    """Last day, inclusive; the day before ``effective_from`` where it never came into force."""
    authority: str
    licence: str
    recorded_at: datetime
    recorded_by: str
    levels: dict[str, int]
    """How many jurisdictions of each level."""

    def in_force(self, day: date) -> bool:
        """Whether it decides on that day."""
        return (
            self.effective_from is not None
            and self.effective_from <= day
            and (self.effective_to is None or day <= self.effective_to)
        )


def stage(
    engine: Engine,
    loaded: LoadedSource,
    by: str,
    *,
    units: Collection[str] | None = None,
) -> int:
    """Check and store a source as a version that decides nothing yet; return its id.

    ``units`` are the known unit codes, ``None`` leaves them unchecked. The same content again
    returns the id it has. Raises BlockingFindings, listing them, where
    ``geodata.validate.check`` finds any; then nothing is stored.
    """
    blocking = [
        f"{finding.message}；{finding.advice}"
        for finding in check([loaded], units=units)
        if finding.severity == "blocking"
    ]
    if blocking:
        raise BlockingFindings(f"boundary source {loaded.source.name!r}", blocking)
    digest = digest_of(loaded)
    with transaction(engine) as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        # Two imports of one file at once: the second waits and then finds the first.
        connection.execute(text("LOCK TABLE boundary_version IN SHARE ROW EXCLUSIVE MODE"))
        known = connection.execute(
            select(boundary_version.c.id).where(
                or_(
                    boundary_version.c.sha256 == digest,
                    boundary_version.c.version == loaded.version,
                )
            )
        ).scalar()
        if known is not None:
            return int(known)
        version_id = insert_version(connection, loaded, digest, by)
        _record(connection, version_id, "staged", None, None, by)
    return version_id


def activate(
    engine: Engine, version_id: int, from_date: date, by: str, *, commit: bool = True
) -> list[str]:
    """Put a staged version in force from a day on; return one line for each thing that changed.

    With ``commit=False`` all is tried and told, then rolled back.

    The version of the same source that is in force ends the day before; one that would only begin
    later is superseded and never comes into force. Every worker is told. The same activation again
    changes nothing. Raises UserInputError where the day contradicts the declaration, or an older
    version would have to be cut in two.
    """
    with transaction(engine) as connection:
        row = _locked(connection, version_id)
        if row.activated_at is not None:
            if row.state == "active" and row.effective_from == from_date:
                return []
            raise UserInputError(
                f"version {row.version!r} was activated already, from {row.effective_from}; a "
                "changed file is a new version: import it, then activate that one"
            )
        if from_date < row.declared_from or from_date > (row.declared_to or date.max):
            ending = f" to {row.declared_to}" if row.declared_to else ""
            raise UserInputError(
                f"version {row.version!r} is declared for {row.declared_from}{ending}; "
                f"{from_date} lies outside: give a day inside, or correct the declaration"
            )
        told = _make_room(connection, row, from_date, by)
        connection.execute(
            update(boundary_version)
            .where(boundary_version.c.id == version_id)
            .values(
                state="active",
                effective_from=from_date,
                effective_to=row.declared_to,
                activated_at=func.clock_timestamp(),
                activated_by=by,
            )
        )
        _record(connection, version_id, "activated", from_date, row.declared_to, by)
        if not commit:
            connection.rollback()
    return [*told, f"{row.version} is in force from {from_date}"]


def retire(engine: Engine, version_id: int, on: date, by: str, *, commit: bool = True) -> None:
    """End a version: ``on`` is its last day in force. A staged one is only closed.

    Decisions for days before go on using it. Raises UserInputError for a day before its first, or
    after the end it already has.
    """
    with transaction(engine) as connection:
        row = _locked(connection, version_id)
        if row.state == "retired" and row.effective_to in (None, on):
            return
        if row.activated_at is not None:
            if on < row.effective_from:
                raise UserInputError(
                    f"version {row.version!r} came into force on {row.effective_from}; "
                    f"{on} lies before: give its last day in force"
                )
            if on > (row.effective_to or date.max):
                raise UserInputError(
                    f"version {row.version!r} ends on {row.effective_to} already; {on} is later"
                )
        last = on if row.activated_at is not None else None
        connection.execute(
            update(boundary_version)
            .where(boundary_version.c.id == version_id)
            .values(
                state="retired",
                effective_to=last,
                retired_at=func.clock_timestamp(),
                retired_by=by,
            )
        )
        _record(connection, version_id, "retired", row.effective_from, last, by)
        if not commit:
            connection.rollback()


def list_versions(engine: Engine) -> list[Version]:
    """Return every version there ever was, by source and first day, staged ones last."""
    with transaction(engine) as connection:
        counted = connection.execute(
            select(jurisdiction.c.version_id, jurisdiction.c.level, func.count().label("number"))
            .group_by(jurisdiction.c.version_id, jurisdiction.c.level)
            .order_by(jurisdiction.c.version_id, jurisdiction.c.level)
        ).all()
        rows = connection.execute(
            select(boundary_version).order_by(
                boundary_version.c.name,
                boundary_version.c.effective_from.nulls_last(),
                boundary_version.c.id,
            )
        ).all()
    levels: dict[int, dict[str, int]] = {}
    for count in counted:
        levels.setdefault(count.version_id, {})[count.level] = count.number
    own = [name for name in Version.__dataclass_fields__ if name != "levels"]
    return [
        Version(**{name: getattr(row, name) for name in own}, levels=levels.get(row.id, {}))
        for row in rows
    ]


def find_version(engine: Engine, named: str) -> Version:
    """Return the version with this id, version text, or ending of it (its digest).

    Raises NotFoundError where there is none, UserInputError where several end so.
    """
    return one_named(list_versions(engine), named, "boundary", "shudi boundaries list")


def _make_room(connection: Connection, row: Row[Any], from_date: date, by: str) -> list[str]:
    """End or supersede what the same source has on the days of the version to be activated."""
    until = row.declared_to or date.max
    others = connection.execute(
        select(boundary_version)
        .where(
            boundary_version.c.name == row.name,
            boundary_version.c.id != row.id,
            boundary_version.c.activated_at.is_not(None),
        )
        .order_by(boundary_version.c.effective_from)
        .with_for_update()
    ).all()
    told = []
    for other in others:
        last = other.effective_to or date.max
        if last < other.effective_from or last < from_date or other.effective_from > until:
            continue
        if last > until:
            raise UserInputError(
                f"{other.version!r} is in force beyond {until}, the declared end of "
                f"{row.version!r}, and would be cut in two; declare no effective_to, or "
                "activate the earlier version first"
            )
        whole = other.effective_from >= from_date
        ends = (other.effective_from if whole else from_date) - timedelta(days=1)
        values: dict[str, Any] = {"effective_to": ends}
        if whole:
            values |= {"state": "retired", "retired_at": func.clock_timestamp(), "retired_by": by}
        connection.execute(
            update(boundary_version).where(boundary_version.c.id == other.id).values(**values)
        )
        what = "superseded" if whole else "ended"
        _record(connection, other.id, what, other.effective_from, ends, by)
        told.append(
            f"{other.version} is superseded and no longer comes into force"
            if whole
            else f"{other.version} ends on {ends}"
        )
    return told


def _locked(connection: Connection, version_id: int) -> Row[Any]:
    row = connection.execute(
        select(boundary_version).where(boundary_version.c.id == version_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFoundError(f"no boundary version {version_id}; `shudi boundaries list` shows them")
    return row


def _record(
    connection: Connection,
    version_id: int,
    what: str,
    effective_from: date | None,
    effective_to: date | None,
    by: str,
) -> None:
    connection.execute(
        insert(boundary_event).values(
            version_id=version_id,
            what=what,
            effective_from=effective_from,
            effective_to=effective_to,
            actor=by,
        )
    )
