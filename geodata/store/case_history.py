"""Cases taken over with their history: moves made elsewhere, with the times they were made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, bindparam, func, insert, update

from geodata.database import transaction
from geodata.store.case_rows import storable
from geodata.tables import case_, case_event
from routing.casework.cases import CaseState, Move
from routing.casework.workflow import allowed
from routing.errors import MoveConflict


@dataclass(frozen=True, kw_only=True, slots=True)
class PastMove:
    """The first move of a case, made before it came here."""

    case_no: str
    move: Move
    """``CONFIRM`` or ``OVERRIDE``: what leads from pending to dispatched."""
    at: datetime
    """Aware; when it was made."""
    actor: str
    actor_name: str
    unit_code: str
    unit_name: str
    co_units: tuple[str, ...] = ()
    reason: str = ""


def append_past_moves(engine: Engine, moves: Sequence[PastMove]) -> int:
    """Append the first move of many pending cases in one transaction; return how many.

    For data taken over from another system, so roles are not asked: whoever made the moves was
    allowed to there. The table of moves is. Raises MoveRefused for a move that does not lead on
    from pending, MoveConflict where a case has been moved here already; then nothing is stored.
    """
    if not moves:
        return 0
    states = [allowed(move.move, CaseState.PENDING).to_state for move in moves]
    with transaction(engine) as connection:
        pointer = (
            update(case_)
            .where(case_.c.no == bindparam("key"), case_.c.version == 1)
            .values(
                version=2,
                state=bindparam("to"),
                unit_code=bindparam("unit"),
                unit_name=bindparam("name"),
                co_units=bindparam("helpers"),
                updated_at=func.greatest(case_.c.updated_at, bindparam("when")),
            )
        )
        for start in range(0, len(moves), 1_000):
            part = list(zip(moves, states, strict=True))[start : start + 1_000]
            done = connection.execute(pointer, [_pointer_values(move, to) for move, to in part])
            if done.rowcount != len(part):
                raise MoveConflict(
                    f"{len(part) - done.rowcount} of {len(part)} cases do not exist or were moved "
                    "here already; nothing was stored",
                    {},
                )
            connection.execute(insert(case_event), [_event_values(move, to) for move, to in part])
    return len(moves)


def _pointer_values(move: PastMove, to: CaseState) -> dict[str, object]:
    return {
        "key": move.case_no,
        "to": to.value,
        "unit": storable(move.unit_code),
        "name": storable(move.unit_name),
        "helpers": storable(list(move.co_units)),
        "when": move.at,
    }


def _event_values(move: PastMove, to: CaseState) -> dict[str, object]:
    return {
        "case_no": move.case_no,
        "version": 2,
        "move": move.move.value,
        "state": to.value,
        "actor": storable(move.actor),
        "actor_name": storable(move.actor_name),
        "unit_code": storable(move.unit_code),
        "unit_name": storable(move.unit_name),
        "co_units": storable(list(move.co_units)),
        "reason": storable(move.reason),
        "at": move.at,
    }
