"""The queue: which cases, in which order, page by page, and how many there are."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Select,
    SmallInteger,
    Text,
    and_,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP

from geodata.store.case_intake import SHANGHAI
from geodata.store.case_rows import CASES, case_of, storable
from geodata.tables import case_, complaint
from routing.casework.cases import Case, CaseState
from routing.errors import UserInputError

_ORDER = (case_.c.queue_rank, case_.c.queue_confidence, case_.c.received_at, case_.c.no)
_BY_TIME = _ORDER[2:]
_ORDER_TYPES: tuple[Any, ...] = (SmallInteger, Double, TIMESTAMP(timezone=True), Text)

MOST_IN_PAGE = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class MapCase:
    """A case as a mark on a map."""

    no: str
    state: str
    status: str
    category: str | None
    lon: float
    """Best point, WGS 84 degrees."""
    lat: float
    radius_m: float | None
    unit_code: str | None
    unit_name: str | None
    community_code: str | None
    grid_code: str | None
    received_at: datetime


def page(
    connection: Connection, filters: Mapping[str, str], *, limit: int, after: str | None
) -> tuple[list[Case], str | None]:
    """Return a page of cases and the mark of the next one, ``None`` at the end.

    Order: those a person must look at first, least sure first; then the rest of the queue, then
    what is dispatched, each oldest first. Asked for what is dispatched alone, the latest come
    first: nobody waits for them any more. Raises UserInputError for an unknown filter, an
    unreadable date, or a mark this program did not make.
    """
    if not 1 <= limit <= MOST_IN_PAGE:
        raise UserInputError(f"limit={limit}; give a whole number from 1 to {MOST_IN_PAGE}")
    latest_first = filters.get("state") == CaseState.DISPATCHED.value
    order = [one.desc() for one in _BY_TIME] if latest_first else _ORDER
    wanted = CASES.where(*_conditions(filters)).order_by(*order).limit(limit + 1)
    if after is not None:
        values = _mark_values(after)
        wanted = wanted.where(
            tuple_(*_BY_TIME) < tuple_(*values[-len(_BY_TIME) :])
            if latest_first
            else tuple_(*_ORDER) > tuple_(*values)
        )
    rows = connection.execute(wanted).all()
    mark = _mark(rows[limit - 1]) if len(rows) > limit else None
    return [case_of(row) for row in rows[:limit]], mark


def counts(connection: Connection, filters: Mapping[str, str]) -> dict[str, int]:
    """Return how many cases there are, e.g. ``{"pending": 5, "pending:review": 2, "total": 9}``.

    Keys: each state, each state:status, ``needs_person`` and ``total``; absent means none.
    """
    wanted: Select[Any] = select(
        case_.c.state, case_.c.status, case_.c.queue_rank, func.count().label("cases")
    ).select_from(case_)
    if "q" in filters:
        wanted = wanted.join(complaint, case_.c.complaint_id == complaint.c.id)
    wanted = wanted.where(*_conditions(filters))
    found: dict[str, int] = {"total": 0, "needs_person": 0}
    for row in connection.execute(
        wanted.group_by(case_.c.state, case_.c.status, case_.c.queue_rank)
    ):
        for key in (row.state, f"{row.state}:{row.status}", "total"):
            found[key] = found.get(key, 0) + row.cases
        if row.queue_rank == 0:
            found["needs_person"] += row.cases
    return found


def on_map(connection: Connection, filters: Mapping[str, str], *, limit: int) -> list[MapCase]:
    """Return cases that have a point, in the order of the queue."""
    wanted = (
        select(case_, func.ST_X(case_.c.point).label("lon"), func.ST_Y(case_.c.point).label("lat"))
        .where(case_.c.point.is_not(None), *_conditions(filters))
        .order_by(*_ORDER)
        .limit(limit)
    )
    if "q" in filters:
        wanted = wanted.join(complaint, case_.c.complaint_id == complaint.c.id)
    names = MapCase.__dataclass_fields__
    return [
        MapCase(**{name: getattr(row, name) for name in names})
        for row in connection.execute(wanted)
    ]


def _equals(name: str) -> Callable[[str], ColumnElement[bool]]:
    def compare(value: str) -> ColumnElement[bool]:
        return case_.c[name] == literal(storable(value))

    return compare


def _contains(value: str) -> ColumnElement[bool]:
    value = storable(value)
    return or_(
        complaint.c.text.icontains(value, autoescape=True),
        case_.c.no.icontains(value, autoescape=True),
        complaint.c.external_id == value,
    )


def _status(value: str) -> ColumnElement[bool]:
    if value == "needs_person":
        return case_.c.queue_rank == literal(0)
    return case_.c.status == literal(storable(value))


def _day(name: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as wrong:
        raise UserInputError(f"{name}={value!r} is no day; write it as 2026-09-01") from wrong


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)


def _from(value: str) -> ColumnElement[bool]:
    return case_.c.received_at >= _midnight(_day("received_from", value))


def _to(value: str) -> ColumnElement[bool]:
    return case_.c.received_at < _midnight(_day("received_to", value) + timedelta(days=1))


FILTERS: dict[str, Callable[[str], ColumnElement[bool]]] = {
    "state": _equals("state"),
    "status": _status,  # a DecisionStatus, or needs_person
    "unit": _equals("unit_code"),
    "unit_code": _equals("unit_code"),
    "subdistrict": _equals("subdistrict_code"),
    "subdistrict_code": _equals("subdistrict_code"),
    "community_code": _equals("community_code"),
    "grid_code": _equals("grid_code"),
    "category": _equals("category"),
    "channel": _equals("channel"),
    "q": _contains,  # in the text or the number
    "received_from": _from,  # day, Asia/Shanghai
    "received_to": _to,  # day, inclusive
}
"""Every filter with what it compares; all given must hold."""


def _conditions(filters: Mapping[str, str]) -> Sequence[ColumnElement[bool]]:
    unknown = sorted(set(filters) - set(FILTERS))
    if unknown:
        raise UserInputError(f"unknown filters {unknown}; known are {sorted(FILTERS)}")
    return [and_(True, *(FILTERS[name](value) for name, value in filters.items()))]


def _mark(row: Any) -> str:
    values = [row.queue_rank, row.queue_confidence, row.queued_at.isoformat(), row.no]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _mark_values(mark: str) -> list[ColumnElement[Any]]:
    try:
        padded = mark + "=" * (-len(mark) % 4)
        rank, confidence, at, number = json.loads(base64.urlsafe_b64decode(padded))
        values = [int(rank), float(confidence), datetime.fromisoformat(at), str(number)]
    except (ValueError, TypeError) as wrong:
        raise UserInputError(
            f"after={mark[:80]!r} is no page mark; use the one the page before gave, or none"
        ) from wrong
    return [literal(value, kind) for value, kind in zip(values, _ORDER_TYPES, strict=True)]
