"""Cases taken over with their history: past moves with their own times, all or none."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from geodata.cases import PostgresCaseStore, Received
from geodata.store.case_history import PastMove, append_past_moves
from routing.casework.cases import CaseState, Move
from routing.errors import MoveConflict, MoveRefused
from tests.postgis.builders import CHANNEL, CST, complaint, decision

pytestmark = pytest.mark.postgis

ARRIVED = datetime(2025, 3, 1, 9, 0, tzinfo=CST)


def _taken_over(store: PostgresCaseStore, count: int) -> list[str]:
    rows = [
        Received(
            complaint=complaint(f"p-{n}", received_at=ARRIVED + timedelta(days=n)),
            external_id=f"P-{n}",
            decision=decision(),
            arrived_at=ARRIVED + timedelta(days=n),
        )
        for n in range(count)
    ]
    return [number for number, _ in store.receive_many(rows, **CHANNEL)]


def _move(case_no: str, move: Move = Move.CONFIRM, **changes: object) -> PastMove:
    given: dict[str, object] = {
        "case_no": case_no,
        "move": move,
        "at": ARRIVED + timedelta(minutes=20),
        "actor": "zhang",
        "actor_name": "张",
        "unit_code": "350102-JSJ",
        "unit_name": "区建设局",
    }
    return PastMove(**{**given, **changes})  # type: ignore[arg-type]


def test_the_history_says_when_and_by_whom_it_was_done(engine: Engine) -> None:
    store = PostgresCaseStore(engine)
    [number, other] = _taken_over(store, 2)
    assert append_past_moves(engine, [_move(number)]) == 1
    case = store.case(number)
    assert (case.state, case.version, case.unit_code) == (CaseState.DISPATCHED, 2, "350102-JSJ")
    received, confirmed = store.events(number)
    assert received.at == case.created_at == ARRIVED
    assert (confirmed.at, confirmed.actor) == (ARRIVED + timedelta(minutes=20), "zhang")
    assert store.case(other).state is CaseState.PENDING
    # the desk goes on from there
    assert (
        store.move(
            number,
            Move.WITHDRAW,
            version=2,
            actor="li",
            actor_name="李",
            role="dispatcher",
            reason="误派",
        ).state
        is CaseState.PENDING
    )


def test_a_case_moved_here_already_stops_all_of_them(engine: Engine) -> None:
    store = PostgresCaseStore(engine)
    first, second = _taken_over(store, 2)
    append_past_moves(engine, [_move(first)])
    with pytest.raises(MoveConflict, match="1 of 2"):
        append_past_moves(engine, [_move(first), _move(second)])
    assert store.case(second).state is CaseState.PENDING
    assert len(store.events(second)) == 1
    assert append_past_moves(engine, []) == 0


def test_only_moves_that_lead_on_from_pending(engine: Engine) -> None:
    [number] = _taken_over(PostgresCaseStore(engine), 1)
    with pytest.raises(MoveRefused, match="withdraw"):
        append_past_moves(engine, [_move(number, Move.WITHDRAW)])


def test_what_is_dispatched_is_listed_latest_first_page_by_page(engine: Engine) -> None:
    store = PostgresCaseStore(engine)
    numbers = _taken_over(store, 5)
    append_past_moves(engine, [_move(number) for number in numbers])
    listed, mark = [], None
    while True:
        page, mark = store.cases({"state": "dispatched"}, limit=2, after=mark)
        listed += [case.no for case in page]
        if mark is None:
            break
    assert listed == list(reversed(numbers))
    everything, _ = store.cases({}, limit=10)
    assert [case.no for case in everything] == numbers
