"""The workflow is one table: each allowed move on its own line with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from routing.casework.cases import CaseState, Move
from routing.errors import MoveRefused, UserInputError


@dataclass(frozen=True, kw_only=True, slots=True)
class AllowedMove:
    """One line of the table."""

    move: Move
    from_state: CaseState | None
    """``None`` for the move that creates the case."""
    to_state: CaseState
    roles: frozenset[str]
    """Who may make it; ``api`` stands for a machine channel."""
    needs_reason: bool
    needs_unit: bool
    """Whether the person names the unit (else the recommended one is meant)."""
    why: str


_DISPATCHERS = frozenset({"dispatcher", "supervisor", "admin"})

ALLOWED_MOVES: tuple[AllowedMove, ...] = (
    AllowedMove(
        move=Move.RECEIVE,
        from_state=None,
        to_state=CaseState.PENDING,
        roles=frozenset({"api", *_DISPATCHERS}),
        needs_reason=False,
        needs_unit=False,
        why="every complaint becomes a case, also one that cannot be located",
    ),
    AllowedMove(
        move=Move.CONFIRM,
        from_state=CaseState.PENDING,
        to_state=CaseState.DISPATCHED,
        roles=_DISPATCHERS,
        needs_reason=False,
        needs_unit=False,
        why="a person agrees with the recommended unit",
    ),
    AllowedMove(
        move=Move.OVERRIDE,
        from_state=CaseState.PENDING,
        to_state=CaseState.DISPATCHED,
        roles=_DISPATCHERS,
        needs_reason=True,
        needs_unit=True,
        why="a person knows better; the reason is what the machine later learns from",
    ),
    AllowedMove(
        move=Move.OVERRIDE,
        from_state=CaseState.DISPATCHED,
        to_state=CaseState.DISPATCHED,
        roles=_DISPATCHERS,
        needs_reason=True,
        needs_unit=True,
        why="re-assignment of a case that went to the wrong unit",
    ),
    AllowedMove(
        move=Move.WITHDRAW,
        from_state=CaseState.DISPATCHED,
        to_state=CaseState.PENDING,
        roles=_DISPATCHERS,
        needs_reason=True,
        needs_unit=False,
        why="undo of a slip at the desk; the history keeps both",
    ),
)


def allowed(move: Move, state: CaseState | None) -> AllowedMove:
    """Return the line of the table for this move from this state.

    Raises MoveRefused, naming the moves that are allowed, for every pair not in the table.
    """
    for line in ALLOWED_MOVES:
        if line.move is move and line.from_state is state:
            return line
    possible = sorted({line.move.value for line in ALLOWED_MOVES if line.from_state is state})
    at = state.value if state else "no case yet"
    raise MoveRefused(f"move {move.value!r} is not allowed from {at}; allowed: {possible}")


def check_move(line: AllowedMove, *, role: str, reason: str, unit_code: str | None) -> None:
    """Raise where the role may not make the move, or a reason or unit it needs is missing."""
    if role not in line.roles:
        raise MoveRefused(f"role {role!r} may not {line.move.value}; {sorted(line.roles)} may")
    if line.needs_reason and not reason.strip():
        raise UserInputError(f"{line.move.value} needs a reason; say why in a few words")
    if line.needs_unit and not unit_code:
        raise UserInputError(f"{line.move.value} needs the unit that is to take the case")
