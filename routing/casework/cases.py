"""The case, a pointer, and its history, which is only ever appended to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from routing.model import Complaint, Recommendation


class CaseState(StrEnum):
    """Where a case stands."""

    PENDING = "pending"  # 待派单: the machine recommends, nobody has confirmed
    DISPATCHED = "dispatched"  # 已派单: a unit is responsible


class Move(StrEnum):
    """What a person or the machine does to a case."""

    RECEIVE = "receive"  # 受理: the complaint arrives with its first recommendation
    CONFIRM = "confirm"  # 确认派单: the recommended unit
    OVERRIDE = "override"  # 改派: another unit, with a reason
    WITHDRAW = "withdraw"  # 撤回: back to the queue, with a reason; also the desk's undo


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutedDecision:
    """派单依据: one run of the machine with everything needed to show and replay it."""

    recommendation: Recommendation
    lon: float | None
    """Best point, WGS 84 degrees; ``None`` where unlocated."""
    lat: float | None
    radius_m: float | None
    """95 % radius in metres; ``None`` where unlocated."""
    precision: str
    codes: dict[str, str] = field(default_factory=dict)
    """Most likely jurisdiction code by level word; a level without one is absent."""
    overlay_codes: tuple[str, ...] = ()
    edge_distance_m: float | None = None
    boundary_version: str = ""
    gazetteer_version: str = ""
    candidates: tuple[dict[str, object], ...] = ()
    """Every jurisdiction touched: level, code, name, unit_code, share, covers, edge_distance_m."""
    as_of: str = ""
    """ISO day whose boundaries and rules were used."""
    text_place: Mapping[str, object] | None = None
    """What was known of the place besides its best point, plain JSON: ``used`` (geometry as
    GeoJSON in WGS 84, radius_m, precision, place_ids, matched_text, reading, words) and what the
    text says: outcome, spans, candidates, reasons, notes, missing. ``None`` for a bare pin, and
    in decisions stored before it was kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """工单: the pointer to the latest state; the events are the truth."""

    no: str
    """Case number people quote, e.g. ``20261122-000123``."""
    version: int
    """Counts the events; a move must name the version it was made on."""
    state: CaseState
    complaint: Complaint
    external_id: str
    decision: RoutedDecision
    unit_code: str | None
    """The unit now responsible; ``None`` until a person has confirmed one."""
    unit_name: str | None
    co_units: tuple[str, ...]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseEvent:
    """流转记录: who did what, when, on which version; never edited, never deleted."""

    case_no: str
    version: int
    """1 for the receipt, then counting."""
    move: Move
    state: CaseState
    """The state after it."""
    actor: str
    """Login name of the person, or ``api:<channel>``."""
    actor_name: str
    at: datetime
    unit_code: str | None
    """The unit this event makes responsible; ``None`` where it makes none."""
    unit_name: str | None
    reason: str
    """Why; required for an override and a withdrawal."""
