"""Between rows and the nouns: complaints, decisions, cases and events."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from geoalchemy2.elements import WKBElement
from geoalchemy2.shape import from_shape, to_shape
from shapely import Point
from sqlalchemy import Row, Select, select

from geodata.tables import SRID, case_, case_event, complaint, decision
from routing.casework.cases import Case, CaseEvent, CaseState, Move, RoutedDecision
from routing.model import (
    Complaint,
    DecisionStatus,
    Location,
    LocationPrecision,
    Recommendation,
    TraceStep,
)

T = TypeVar("T")

CASES: Select[Any] = select(
    case_.c.no,
    case_.c.version,
    case_.c.state,
    case_.c.unit_code,
    case_.c.unit_name,
    case_.c.co_units,
    case_.c.created_at,
    case_.c.updated_at,
    case_.c.queue_rank,
    case_.c.queue_confidence,
    case_.c.received_at.label("queued_at"),
    complaint.c.external_id,
    complaint.c.channel,
    complaint.c.ref,
    complaint.c.text,
    complaint.c.category,
    complaint.c.received_at,
    complaint.c.geom,
    complaint.c.radius_m,
    complaint.c.precision,
    complaint.c.place_ids,
    complaint.c.matched_text,
    complaint.c.reading,
    decision.c.document,
).select_from(
    case_.join(complaint, case_.c.complaint_id == complaint.c.id).join(
        decision, case_.c.decision_id == decision.c.id
    )
)
"""Everything a Case is made of; callers' names and telephones are not in it."""


def storable(value: Any) -> Any:
    """Return the value as PostgreSQL can hold it, all the way down.

    PostgreSQL has no NUL in text and no lone surrogates: both become U+FFFD. JSON has no infinity
    and no NaN: both become ``None``. Mappings and dataclasses come back as dict, sequences as list.
    """
    kind = type(value)
    if value is None or kind is int or kind is bool:  # most parts of a decision; asked for first
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")
    if kind is float:
        return value if math.isfinite(value) else None
    if kind is dict or isinstance(value, Mapping):
        return {storable(str(key)): storable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [storable(part) for part in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if is_dataclass(value):  # not by asdict, which copies everything once more
        return {one.name: storable(getattr(value, one.name)) for one in fields(value)}
    return value


def document_of(run: RoutedDecision) -> dict[str, Any]:
    """Return a decision as JSON; doubles keep every bit, infinity becomes ``None``."""
    document: dict[str, Any] = storable(run)
    return document


def decision_of(document: Mapping[str, Any]) -> RoutedDecision:
    """Return the decision that ``document_of`` wrote.

    Fields that later versions of the program add take their defaults, fields they dropped are
    left out: a stored decision stays readable.
    """
    said = document["recommendation"]
    steps = tuple(_made(TraceStep, step) for step in said.get("trace", ()))
    status = DecisionStatus(said["status"])
    recommendation = _made(Recommendation, {**said, "status": status, "trace": steps})
    return _made(RoutedDecision, {**document, "recommendation": recommendation})


def _made(cls: type[T], data: Mapping[str, Any]) -> T:
    given = {name: data[name] for name in (one.name for one in fields(cls)) if name in data}  # type: ignore[arg-type]
    return cls(**{name: tuple(v) if isinstance(v, list) else v for name, v in given.items()})


def complaint_values(said: Complaint, external_id: str) -> dict[str, Any]:
    """Return a complaint as a row of its table."""
    where = said.location
    values: dict[str, Any] = {
        "channel": said.channel,
        "external_id": external_id,
        "ref": said.id,
        "text": said.text,
        "category": said.category,
        "received_at": said.received_at,
        "geom": from_shape(where.geometry, srid=SRID, extended=True) if where else None,
        "radius_m": where.radius_m if where else None,
        "precision": where.precision.value if where else None,
        "place_ids": where.place_ids if where else (),
        "matched_text": where.matched_text if where else "",
        "reading": where.reading if where else "",
    }
    return {name: storable(value) for name, value in values.items()}


def point_of(run: RoutedDecision) -> WKBElement | None:
    """Return the best point as stored; ``None`` where unlocated."""
    if run.lon is None or run.lat is None:
        return None
    return from_shape(Point(run.lon, run.lat), srid=SRID, extended=True)


def case_of(row: Row[Any]) -> Case:
    """Return the case a row of ``CASES`` is."""
    where = None
    if row.geom is not None:
        where = Location(
            geometry=to_shape(row.geom),
            radius_m=row.radius_m,
            precision=LocationPrecision(row.precision),
            place_ids=tuple(row.place_ids),
            matched_text=row.matched_text,
            reading=row.reading,
        )
    return Case(
        no=row.no,
        version=row.version,
        state=CaseState(row.state),
        complaint=Complaint(
            id=row.ref,
            text=row.text,
            category=row.category,
            received_at=row.received_at,
            location=where,
            channel=row.channel,
        ),
        external_id=row.external_id,
        decision=decision_of(row.document),
        unit_code=row.unit_code,
        unit_name=row.unit_name,
        co_units=tuple(row.co_units),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def event_of(row: Row[Any]) -> CaseEvent:
    """Return the event a row of ``case_event`` is."""
    return CaseEvent(
        case_no=row.case_no,
        version=row.version,
        move=Move(row.move),
        state=CaseState(row.state),
        actor=row.actor,
        actor_name=row.actor_name,
        at=row.at,
        unit_code=row.unit_code,
        unit_name=row.unit_name,
        reason=row.reason,
    )


EVENTS: Select[Any] = select(case_event).order_by(case_event.c.version)
"""Histories, oldest first."""
