"""The table of moves: every allowed one, and every pair of move and state not in it refused."""

from __future__ import annotations

from itertools import product

import pytest

from routing.casework.cases import CaseState, Move
from routing.casework.workflow import ALLOWED_MOVES, allowed, check_move
from routing.errors import MoveRefused, UserInputError

STATES = (None, *CaseState)

TABLE = {
    (Move.RECEIVE, None): CaseState.PENDING,
    (Move.CONFIRM, CaseState.PENDING): CaseState.DISPATCHED,
    (Move.OVERRIDE, CaseState.PENDING): CaseState.DISPATCHED,
    (Move.OVERRIDE, CaseState.DISPATCHED): CaseState.DISPATCHED,
    (Move.WITHDRAW, CaseState.DISPATCHED): CaseState.PENDING,
}

DESK = {"dispatcher", "supervisor", "admin"}
ROLES = [*sorted(DESK), "api", "grid", "department", "analyst", "citizen", ""]


def test_the_table_has_these_lines_and_no_other():
    assert {(line.move, line.from_state): line.to_state for line in ALLOWED_MOVES} == TABLE
    assert len(ALLOWED_MOVES) == len(TABLE)
    assert all(line.why for line in ALLOWED_MOVES)


@pytest.mark.parametrize("move, state", list(product(Move, STATES)))
def test_every_move_from_every_state_is_allowed_or_refused_with_what_is_possible(move, state):
    if (move, state) in TABLE:
        line = allowed(move, state)
        assert (line.move, line.from_state) == (move, state)
        assert line.to_state is TABLE[(move, state)]
        return
    with pytest.raises(MoveRefused) as refused:
        allowed(move, state)
    possible = sorted({m.value for m, s in TABLE if s is state})
    at = state.value if state else "no case yet"
    assert str(refused.value) == (
        f"move {move.value!r} is not allowed from {at}; allowed: {possible}"
    )


@pytest.mark.parametrize("line", ALLOWED_MOVES, ids=lambda line: line.move)
@pytest.mark.parametrize("role", ROLES)
def test_each_move_is_for_its_roles_only(line, role):
    may = DESK | {"api"} if line.move is Move.RECEIVE else DESK
    if role in may:
        check_move(line, role=role, reason="群众来电更正地址", unit_code="JSJ")
        return
    with pytest.raises(MoveRefused, match=f"role {role!r} may not {line.move.value}; .*dispatcher"):
        check_move(line, role=role, reason="群众来电更正地址", unit_code="JSJ")


@pytest.mark.parametrize("line", ALLOWED_MOVES, ids=lambda line: line.move)
@pytest.mark.parametrize("reason", ["", "  ", "\n\t", "\u3000"])
def test_override_and_withdrawal_need_a_reason_in_words(line, reason):
    if line.move in (Move.OVERRIDE, Move.WITHDRAW):
        with pytest.raises(UserInputError, match=f"{line.move.value} needs a reason"):
            check_move(line, role="dispatcher", reason=reason, unit_code="JSJ")
    else:
        check_move(line, role="dispatcher", reason=reason, unit_code="JSJ")


@pytest.mark.parametrize("line", ALLOWED_MOVES, ids=lambda line: line.move)
@pytest.mark.parametrize("unit", [None, ""])
def test_only_an_override_needs_the_unit_named(line, unit):
    if line.move is Move.OVERRIDE:
        with pytest.raises(UserInputError, match="needs the unit"):
            check_move(line, role="dispatcher", reason="更正", unit_code=unit)
    else:
        check_move(line, role="dispatcher", reason="更正", unit_code=unit)
