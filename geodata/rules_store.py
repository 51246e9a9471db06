"""Units, people on duty and rule sets in the database, each with its days; nothing is deleted.

Two times are kept apart: the days something is in force, and the moment it was recorded. Asking
``recorded_by_then`` answers as the program would have answered at that moment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, Row, func, insert, or_, select, update

from geodata.database import transaction
from geodata.tables import duty_person, rule_set, unit
from routing.errors import UserInputError
from routing.model import Unit, UnitKind

_UNIT_FIELDS = ("code", "name", "kind", "parent_code", "effective_from", "effective_to", "phone")


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRules:
    """A rule set as it was given."""

    version: str
    toml: str
    effective_from: date
    effective_to: date | None
    """Last day, inclusive; ``None`` while in force."""
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyPerson:
    """值班人员: whom to call in a unit on some days."""

    unit_code: str
    name: str
    phone: str
    starts_on: date
    ends_on: date
    """Inclusive."""


def store_units(engine: Engine, units: Iterable[Unit], *, by: str) -> tuple[int, int]:
    """Make the directory be exactly these units; return (recorded, superseded).

    A unit that is as recorded stays; one that differs or is no longer given is superseded, which
    keeps it for replays. The same directory again changes nothing.
    """
    given = {_unit_values(one) for one in units}
    with transaction(engine) as connection:
        connection.exec_driver_sql("LOCK TABLE unit IN SHARE ROW EXCLUSIVE MODE")
        rows = connection.execute(select(unit).where(unit.c.superseded_at.is_(None))).all()
        known = {tuple(getattr(row, name) for name in _UNIT_FIELDS): row.id for row in rows}
        gone = [number for values, number in known.items() if values not in given]
        new = sorted(given - set(known), key=lambda values: (values[0], values[4]))
        if gone:
            connection.execute(
                update(unit).where(unit.c.id.in_(gone)).values(superseded_at=func.clock_timestamp())
            )
        if new:
            connection.execute(
                insert(unit),
                [{**dict(zip(_UNIT_FIELDS, one, strict=True)), "recorded_by": by} for one in new],
            )
    return len(new), len(gone)


def load_units(engine: Engine, *, recorded_by_then: datetime | None = None) -> list[Unit]:
    """Return the directory, all days of it, as recorded now or as it was recorded then."""
    asked = select(unit).order_by(unit.c.code, unit.c.effective_from)
    if recorded_by_then is None:
        asked = asked.where(unit.c.superseded_at.is_(None))
    else:
        asked = asked.where(
            unit.c.recorded_at <= recorded_by_then,
            or_(unit.c.superseded_at.is_(None), unit.c.superseded_at > recorded_by_then),
        )
    with transaction(engine) as connection:
        rows = connection.execute(asked).all()
    return [
        Unit(**{**{name: getattr(row, name) for name in _UNIT_FIELDS}, "kind": UnitKind(row.kind)})
        for row in rows
    ]


def store_rules(
    engine: Engine,
    *,
    version: str,
    toml: str,
    effective_from: date,
    effective_to: date | None = None,
    by: str,
) -> bool:
    """Record a rule set; ``False`` where this very text is recorded under this version already.

    The text must have been parsed before: it is not checked here. Raises UserInputError where the
    version names another text, or the days are the wrong way round.
    """
    if effective_to is not None and effective_to < effective_from:
        raise UserInputError(
            f"rules {version!r}: effective_to {effective_to} lies before {effective_from}"
        )
    digest = hashlib.sha256(toml.encode()).hexdigest()
    with transaction(engine) as connection:
        connection.exec_driver_sql("LOCK TABLE rule_set IN SHARE ROW EXCLUSIVE MODE")
        known = connection.execute(
            select(rule_set.c.sha256).where(rule_set.c.version == version)
        ).scalar_one_or_none()
        if known == digest:
            return False
        if known is not None:
            raise UserInputError(
                f"rules version {version!r} is recorded with another text; decisions quote it, so "
                "give the changed file a version of its own"
            )
        connection.execute(
            insert(rule_set).values(
                version=version,
                toml=toml,
                sha256=digest,
                effective_from=effective_from,
                effective_to=effective_to,
                recorded_by=by,
            )
        )
    return True


def rules_in_force(
    engine: Engine, day: date, *, recorded_by_then: datetime | None = None
) -> StoredRules | None:
    """Return the rule set of a day: of those that cover it, the one that begins last, and of
    these the one recorded last; ``None`` where none covers it."""
    asked = (
        select(rule_set)
        .where(
            rule_set.c.effective_from <= day,
            or_(rule_set.c.effective_to.is_(None), rule_set.c.effective_to >= day),
        )
        .order_by(rule_set.c.effective_from.desc(), rule_set.c.id.desc())
        .limit(1)
    )
    if recorded_by_then is not None:
        asked = asked.where(rule_set.c.recorded_at <= recorded_by_then)
    with transaction(engine) as connection:
        row = connection.execute(asked).one_or_none()
    return _rules(row) if row is not None else None


def rules_of_version(engine: Engine, version: str) -> StoredRules | None:
    """Return the rule set a decision names; ``None`` where it was never recorded here."""
    with transaction(engine) as connection:
        row = connection.execute(
            select(rule_set).where(rule_set.c.version == version)
        ).one_or_none()
    return _rules(row) if row is not None else None


def list_rules(engine: Engine) -> list[StoredRules]:
    """Return every rule set, oldest first."""
    with transaction(engine) as connection:
        rows = connection.execute(select(rule_set).order_by(rule_set.c.id)).all()
    return [_rules(row) for row in rows]


def store_duty(engine: Engine, people: Sequence[DutyPerson], *, by: str) -> int:
    """Make the duty roster of the days these people cover be exactly theirs, unit by unit.

    An entry that overlaps a given one of the same unit is superseded. Returns how many were.
    """
    superseded = 0
    with transaction(engine) as connection:
        for one in people:
            superseded += connection.execute(
                update(duty_person)
                .where(
                    duty_person.c.unit_code == one.unit_code,
                    duty_person.c.superseded_at.is_(None),
                    duty_person.c.starts_on <= one.ends_on,
                    duty_person.c.ends_on >= one.starts_on,
                    duty_person.c.recorded_at < func.now(),  # not those of this very roster
                )
                .values(superseded_at=func.clock_timestamp())
            ).rowcount
            connection.execute(
                insert(duty_person).values(
                    unit_code=one.unit_code,
                    name=one.name,
                    phone=one.phone,
                    starts_on=one.starts_on,
                    ends_on=one.ends_on,
                    recorded_by=by,
                )
            )
    return superseded


def on_duty(engine: Engine, unit_code: str, day: date) -> list[DutyPerson]:
    """Return who is on duty in a unit on a day; empty where nobody was entered."""
    names = DutyPerson.__dataclass_fields__
    with transaction(engine) as connection:
        rows = connection.execute(
            select(*(duty_person.c[name] for name in names))
            .where(
                duty_person.c.unit_code == unit_code,
                duty_person.c.superseded_at.is_(None),
                duty_person.c.starts_on <= day,
                duty_person.c.ends_on >= day,
            )
            .order_by(duty_person.c.id)
        ).all()
    return [DutyPerson(**row._mapping) for row in rows]


def _unit_values(one: Unit) -> tuple[Any, ...]:
    return tuple(
        getattr(one, name).value if name == "kind" else getattr(one, name) for name in _UNIT_FIELDS
    )


def _rules(row: Row[Any]) -> StoredRules:
    return StoredRules(**{name: getattr(row, name) for name in StoredRules.__dataclass_fields__})
