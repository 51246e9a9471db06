"""Cases as the desks show them: words for codes, names for unit codes, personal data masked.

Everything returned is plain JSON. Citizen text stays text: the pages set it as text nodes, never
as markup.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app import words
from app.desks import reading
from app.personal import mask_text
from routing.casework.cases import Case, CaseEvent, CaseState, RoutedDecision
from routing.casework.workflow import ALLOWED_MOVES
from routing.model import TERRITORIAL_LEVELS, DecisionStatus, ReasonCode

UnitNames = Callable[[str], str]
"""Name of a unit code; the code itself where the directory does not know it."""

QUEUE_UNIT = "QUEUE"
EXCERPT_LENGTH = 48
"""Characters of the text in a queue row: two lines of the queue's column at its widest."""


def tab_of(case: Case) -> str:
    """Which tab of the queue holds the case: ``review``, ``confirm`` or ``dispatched``."""
    if case.state is CaseState.DISPATCHED:
        return "dispatched"
    sure = case.decision.recommendation.status is DecisionStatus.ROUTED
    return "confirm" if sure else "review"


def row(case: Case, names: UnitNames) -> dict[str, object]:
    """One line of the queue."""
    advice = case.decision.recommendation
    text = " ".join(mask_text(case.complaint.text).split())
    return {
        "no": case.no,
        "version": case.version,
        "tab": tab_of(case),
        "received_at": _received(case),
        "category": case.complaint.category or "未分类",
        "excerpt": text[:EXCERPT_LENGTH] + ("…" if len(text) > EXCERPT_LENGTH else ""),
        "unit_name": case.unit_name or advice.unit_name or names(advice.unit_code),
        "recommended_name": advice.unit_name or names(advice.unit_code),
        "status": advice.status.value,
        "confidence": round(advice.confidence, 4),
        "reasons": _reasons(advice.reasons, look_only=True),
        "channel": words.channel(case.complaint.channel),
    }


def full(
    case: Case,
    events: Sequence[CaseEvent],
    names: UnitNames,
    role: str,
    unit_at: reading.UnitAt = lambda place: "",
) -> dict[str, object]:
    """The case with everything a dispatcher needs to confirm or refute it."""
    return {
        "no": case.no,
        "version": case.version,
        "tab": tab_of(case),
        "state": case.state.value,
        "state_label": words.STATES[case.state],
        "text": mask_text(case.complaint.text),
        "segments": reading.segments(case.complaint.text, case.decision.text_place),
        "category": case.complaint.category or "未分类",
        "channel": words.channel(case.complaint.channel),
        "received_at": _received(case),
        **decided(case.decision, names, unit_at),
        "assigned": (
            {
                **unit(case.unit_code, names, case.unit_name or ""),
                "co": [unit(code, names) for code in case.co_units],
            }
            if case.unit_code
            else None
        ),
        "events": [event(step) for step in events],
        "moves": [
            line.move.value
            for line in ALLOWED_MOVES
            if line.from_state is case.state and role in line.roles
        ],
    }


def decided(
    decision: RoutedDecision, names: UnitNames, unit_at: reading.UnitAt = lambda place: ""
) -> dict[str, object]:
    """What the machine says of a place, stored with a case or just asked for."""
    advice = decision.recommendation
    return {
        "place": _place(decision),
        "said": reading.said(decision.text_place, unit_at),
        "status": advice.status.value,
        "status_label": words.STATUSES[advice.status],
        "lead": unit(advice.unit_code, names, advice.unit_name),
        "nobody": advice.unit_code in ("", QUEUE_UNIT),
        "co": [unit(code, names) for code in advice.co_units],
        "fallback": unit(advice.fallback_unit, names) if advice.fallback_unit else None,
        "runner_up": unit(advice.runner_up_unit, names) if advice.runner_up_unit else None,
        "confidence": round(advice.confidence, 4),
        "basis": mask_text(advice.basis),
        "reasons": _reasons(advice.reasons),
        "shares": shares(decision, names),
        "trace": [
            {
                "rule_id": step.rule_id,
                "outcome": step.outcome,
                "outcome_label": words.OUTCOMES.get(step.outcome, step.outcome),
                "why": step.why,
            }
            for step in advice.trace
        ],
        "versions": {
            "boundary": decision.boundary_version,
            "rules": advice.rules_version,
            "gazetteer": decision.gazetteer_version,
            "as_of": decision.as_of,
        },
    }


def event(step: CaseEvent) -> dict[str, object]:
    """One line of the history."""
    return {
        "version": step.version,
        "move": step.move.value,
        "move_label": words.MOVES[step.move],
        "state": step.state.value,
        "state_label": words.STATES[step.state],
        "actor": step.actor,
        "actor_name": step.actor_name or step.actor,
        "at": step.at.isoformat(),
        "unit_code": step.unit_code,
        "unit_name": step.unit_name,
        "reason": mask_text(step.reason),
    }


def unit(code: str, names: UnitNames, name: str = "") -> dict[str, str]:
    return {"code": code, "name": name or names(code)}


def shares(decision: RoutedDecision, names: UnitNames) -> list[dict[str, object]]:
    """The jurisdictions of the finest level touched, largest share first, winner and rival marked.

    Empty where there is no place or nothing was touched.
    """
    level = finest_level(decision)
    if level is None:
        return []
    touched = [found for found in decision.candidates if found.get("level") == level]
    winner = decision.codes.get(level, "")
    touched.sort(key=lambda found: (found.get("code") != winner, -number(found.get("share"))))
    rival = next((found for found in touched if found.get("code") != winner), None)
    shown: list[dict[str, object]] = []
    for found in touched:
        code = str(found.get("code", ""))
        unit_code = str(found.get("unit_code", ""))
        role = "winner" if code == winner else "rival" if found is rival else "other"
        shown.append(
            {
                "code": code,
                "name": str(found.get("name", "")),
                "level": level,
                "level_label": words.LEVELS.get(level, level),
                "unit_code": unit_code,
                "unit_name": names(unit_code),
                "share": round(number(found.get("share")), 4),
                "covers": bool(found.get("covers")),
                "edge_distance_m": finite(found.get("edge_distance_m")),
                "role": role,
            }
        )
    return shown


def finest_level(decision: RoutedDecision) -> str | None:
    """The finest territorial level among the candidates; ``None`` where none was touched."""
    touched = {str(found.get("level")) for found in decision.candidates}
    return next((level.value for level in reversed(TERRITORIAL_LEVELS) if level in touched), None)


def _place(decision: RoutedDecision) -> dict[str, object] | None:
    if decision.lon is None or decision.lat is None:
        return None
    named = {
        (str(found.get("level")), str(found.get("code"))): str(found.get("name", ""))
        for found in decision.candidates
    }
    return {
        "lon": decision.lon,
        "lat": decision.lat,
        # Of a road the width to each side, not how far its ends are from its middle.
        "radius_m": reading.used_radius_m(decision.text_place) or decision.radius_m,
        "precision": decision.precision,
        "precision_label": words.PRECISIONS.get(decision.precision, decision.precision),
        "edge_distance_m": finite(decision.edge_distance_m),
        "path": [
            {"level": level.value, "code": code, "name": named.get((level.value, code)) or code}
            for level in TERRITORIAL_LEVELS
            if (code := decision.codes.get(level.value))
        ],
    }


def _received(case: Case) -> str:
    return (case.complaint.received_at or case.created_at).isoformat()


def _reasons(codes: Sequence[str], *, look_only: bool = False) -> list[dict[str, object]]:
    # The kind of zone says all that the plain word says, and more.
    kinds = any(code.startswith("overlay:") for code in codes)
    said = [words.reason(code) for code in codes if not (kinds and code == ReasonCode.OVERLAY)]
    return [one for one in said if one["look"]] if look_only else said


def number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def finite(value: object) -> float | None:
    """The number rounded to a centimetre; ``None`` where it is missing or not finite."""
    if not isinstance(value, (int, float)) or value != value or value in (float("inf"),):
        return None
    return round(float(value), 2)
