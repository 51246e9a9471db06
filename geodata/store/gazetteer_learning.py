"""What people teach the gazetteer: corrections, aliases they agree on, names that are missing.

Nothing is learnt by itself. A correction is stored; the same words for the same place by two
different people make a candidate; a curator decides; only then are the words an alias.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, func, insert, select, union_all

from geodata.database import transaction
from geodata.store.case_rows import storable
from geodata.store.gazetteer_aliases import AliasCandidate, alias_candidates, decide, plain
from geodata.tables import (
    alias_decision,
    gazetteer_place,
    gazetteer_version,
    missing_name,
    place_correction,
)
from routing.errors import UserInputError

__all__ = [
    "AliasCandidate",
    "Correction",
    "MissingName",
    "alias_candidates",
    "decide",
    "missing_names",
    "record_correction",
    "record_missing",
]

MOST_MENTION = 100
"""Characters of a mention or missing name kept: the longest name a gazetteer takes. What is longer
is a sentence, and a sentence may name its writer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """One person's word for where one case is."""

    case_no: str
    mention: str
    """The words of the place as the citizen wrote them, without the rest of the text."""
    actor: str
    place_id: str | None = None
    """The place chosen; ``None`` where a point was set by hand."""
    lon: float | None = None
    """WGS 84 degrees; with ``lat`` where a point was set."""
    lat: float | None = None
    normalised: str = ""
    """As the reader compares words; made from ``mention`` where empty."""
    district: str = ""
    """Code of the district the case is in; empty where unknown."""
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.lon is None) != (self.lat is None):
            raise UserInputError(f"a point needs lon and lat, was {self.lon}, {self.lat}")
        if not self.place_id and self.lon is None:
            raise UserInputError(f"correction of {self.case_no!r}: name a place or a point")


@dataclass(frozen=True, kw_only=True, slots=True)
class MissingName:
    """A name that complaints ask for."""

    mention: str
    count: int
    first_at: datetime
    last_at: datetime
    case_no: str | None
    """One case to look at, the latest; ``None`` where it was asked outside of one."""


def record_correction(engine: Engine, correction: Correction) -> int:
    """Store a correction; return its number. Raises UserInputError for an empty mention that
    names a place: nothing could be learnt from it but the case's own place."""
    mention = storable(correction.mention.strip())[:MOST_MENTION]
    if not mention and correction.place_id:
        raise UserInputError(
            f"correction of {correction.case_no!r}: mark the words that mean the place"
        )
    with transaction(engine) as connection:
        return int(
            connection.execute(
                insert(place_correction)
                .values(
                    case_no=correction.case_no,
                    mention=mention,
                    normalised=storable(correction.normalised.strip())[:MOST_MENTION]
                    or plain(mention),
                    district=storable(correction.district),
                    place_id=storable(correction.place_id) or None,
                    lon=correction.lon,
                    lat=correction.lat,
                    actor=storable(correction.actor),
                    reason=storable(correction.reason.strip()),
                )
                .returning(place_correction.c.id)
            ).scalar_one()
        )


def record_missing(engine: Engine, mentions: Iterable[str], *, case_no: str | None = None) -> None:
    """Store names that a text asked for in vain; empty and overlong ones are left out."""
    rows: list[dict[str, Any]] = [
        {"mention": name, "case_no": case_no}
        for mention in dict.fromkeys(mentions)
        if 0 < len(name := storable(mention.strip())) <= MOST_MENTION
    ]
    if rows:
        with transaction(engine) as connection:
            connection.execute(insert(missing_name), rows)


def missing_names(
    engine: Engine, *, since: date | None = None, limit: int = 100
) -> list[MissingName]:
    """Return names asked for in vain, the most asked first.

    Names that an active gazetteer version has got meanwhile are left out.
    """
    last = func.max(missing_name.c.at)
    active = gazetteer_place.c.version_id.in_(
        select(gazetteer_version.c.id).where(gazetteer_version.c.state == "active")
    )
    known = union_all(
        select(gazetteer_place.c.name).where(active),
        select(func.unnest(gazetteer_place.c.aliases)).where(active),
        select(alias_decision.c.alias).where(alias_decision.c.approved),
    )
    query = (
        select(
            missing_name.c.mention,
            func.count().label("times"),
            func.min(missing_name.c.at).label("first_at"),
            last.label("last_at"),
            func.max(missing_name.c.case_no).label("case_no"),
        )
        .where(missing_name.c.mention.not_in(known))
        .group_by(missing_name.c.mention)
        .order_by(func.count().desc(), last.desc(), missing_name.c.mention)
        .limit(limit)
    )
    if since is not None:
        query = query.where(missing_name.c.at >= since)
    with transaction(engine) as connection:
        rows = connection.execute(query).all()
    return [
        MissingName(
            mention=row.mention,
            count=row.times,
            first_at=row.first_at,
            last_at=row.last_at,
            case_no=row.case_no,
        )
        for row in rows
    ]
