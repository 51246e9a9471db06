"""Aliases that people agree on, and what a curator decided about them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine, distinct, func, insert, select

from geodata.database import transaction
from geodata.store.case_rows import storable
from geodata.tables import (
    alias_decision,
    gazetteer_place,
    gazetteer_version,
    place_correction,
)
from routing.errors import NotFoundError

PEOPLE = 2
"""Different people who have to choose the same place for the same words. One may be wrong or have
clicked beside; that two make the same mistake independently is what the curator is there for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AliasCandidate:
    """Words that people agree on for a place and nobody has decided about."""

    id: str
    """``<number of its latest correction>``; names the candidate in commands."""
    normalised: str
    mention: str
    """As written the last time."""
    place_id: str
    name: str
    """The place's name in the newest version that has it; empty where none has."""
    people: int
    cases: int
    rivals: int
    """Other places that somebody chose for the same words; above 0 a curator should look twice."""
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Learnt:
    """The aliases that hold now."""

    by_place: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    decisions: int = 0
    """How many decisions the state rests on; 0 where none ever added an alias."""


def plain(mention: str) -> str:
    """Words as compared here where the reader did not say: NFKC, no blanks, small letters.

    >>> plain("Ａ 区西洪路 ")
    'a区西洪路'
    """
    return "".join(unicodedata.normalize("NFKC", mention).split()).casefold()


def alias_candidates(engine: Engine, *, people: int = PEOPLE) -> list[AliasCandidate]:
    """Return what at least ``people`` different people chose alike and nobody decided about.

    Most people first. Words that are the place's name or alias already are left out; so are
    those of places that no gazetteer version has.
    """
    with transaction(engine) as connection:
        return _candidates(connection, people)


def _candidates(connection: Connection, people: int) -> list[AliasCandidate]:
    pair = (place_correction.c.normalised, place_correction.c.place_id)
    decided = select(alias_decision.c.id).where(
        alias_decision.c.normalised == place_correction.c.normalised,
        alias_decision.c.place_id == place_correction.c.place_id,
    )
    agreed = connection.execute(
        select(
            *pair,
            func.count(distinct(place_correction.c.actor)).label("people"),
            func.count(distinct(place_correction.c.case_no)).label("cases"),
            func.max(place_correction.c.id).label("latest"),
            func.max(place_correction.c.at).label("last_at"),
        )
        .where(place_correction.c.place_id.is_not(None), ~decided.exists())
        .group_by(*pair)
        .having(func.count(distinct(place_correction.c.actor)) >= people)
    ).all()
    if not agreed:
        return []
    known = _newest_places(connection, {row.place_id for row in agreed})
    chosen = connection.execute(
        select(place_correction.c.normalised, place_correction.c.place_id)
        .where(
            place_correction.c.normalised.in_({row.normalised for row in agreed}),
            place_correction.c.place_id.is_not(None),
        )
        .distinct()
    ).all()
    places_of: dict[str, set[str]] = {}
    for one in chosen:
        places_of.setdefault(one.normalised, set()).add(one.place_id)
    latest = connection.execute(
        select(place_correction.c.id, place_correction.c.mention).where(
            place_correction.c.id.in_([row.latest for row in agreed])
        )
    )
    written = {row.id: row.mention for row in latest}
    found = [
        AliasCandidate(
            id=str(row.latest),
            normalised=row.normalised,
            mention=written[row.latest],
            place_id=row.place_id,
            name=known[row.place_id][0],
            people=row.people,
            cases=row.cases,
            rivals=len(places_of[row.normalised]) - 1,
            last_at=row.last_at,
        )
        for row in agreed
        if row.place_id in known
        and row.normalised not in {plain(word) for word in known[row.place_id]}
    ]
    return sorted(found, key=lambda one: (-one.people, -one.cases, one.normalised, one.place_id))


def _newest_places(connection: Connection, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Name and aliases of each place in the newest version that has it."""
    rows = connection.execute(
        select(gazetteer_place.c.place_id, gazetteer_place.c.name, gazetteer_place.c.aliases)
        .join(gazetteer_version, gazetteer_version.c.id == gazetteer_place.c.version_id)
        .where(gazetteer_place.c.place_id.in_(sorted(ids)))
        .order_by(gazetteer_version.c.id)
    )
    return {row.place_id: (row.name, *row.aliases) for row in rows}


def decide(
    engine: Engine, candidate: str, *, approved: bool, by: str, commit: bool = True
) -> AliasCandidate:
    """Decide about a candidate by its id; return it. An approved one is an alias from now on.

    An id of a pair decided before takes the earlier decision back: rejecting an approved alias
    ends it. With ``commit=False`` all is tried and rolled back. Raises NotFoundError where no
    candidate has this id.
    """
    with transaction(engine) as connection:
        found = next((one for one in _candidates(connection, PEOPLE) if one.id == candidate), None)
        found = found or _decided(connection, candidate)
        if found is None:
            raise NotFoundError(
                f"no alias candidate {candidate!r}; `shudi gazetteer candidates` shows them"
            )
        connection.execute(
            insert(alias_decision).values(
                normalised=found.normalised,
                place_id=found.place_id,
                alias=found.mention or found.normalised,
                approved=approved,
                actor=storable(by),
            )
        )
        if not commit:
            connection.rollback()
    return found


def _decided(connection: Connection, candidate: str) -> AliasCandidate | None:
    """The pair of a correction that was decided about already."""
    if not candidate.isdecimal() or len(candidate) > 18:
        return None
    row = connection.execute(
        select(place_correction, alias_decision.c.alias)
        .join(
            alias_decision,
            (alias_decision.c.normalised == place_correction.c.normalised)
            & (alias_decision.c.place_id == place_correction.c.place_id),
        )
        .where(place_correction.c.id == int(candidate))
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    names = _newest_places(connection, [row.place_id]).get(row.place_id, ("",))
    return AliasCandidate(
        id=candidate,
        normalised=row.normalised,
        mention=row.alias,
        place_id=row.place_id,
        name=names[0],
        people=0,
        cases=0,
        rivals=0,
        last_at=row.at,
    )


def learnt_aliases(connection: Connection) -> Learnt:
    """The aliases that hold, by place: the last decision of each pair counts."""
    rows = connection.execute(select(alias_decision).order_by(alias_decision.c.id)).all()
    held: dict[tuple[str, str], str] = {}
    changes = 0
    for number, row in enumerate(rows, start=1):
        key = row.place_id, row.normalised
        if row.approved:
            held[key] = row.alias
        elif held.pop(key, None) is None:
            continue  # a candidate that was refused changes nothing
        changes = number
    by_place: dict[str, tuple[str, ...]] = {}
    for (place_id, _), alias in held.items():
        by_place[place_id] = (*by_place.get(place_id, ()), alias)
    return Learnt(by_place, changes)
