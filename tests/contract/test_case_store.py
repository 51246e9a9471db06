"""What every CaseStore promises; PostgreSQL is the one there is."""

from __future__ import annotations

import dataclasses
import threading
from itertools import product

import pytest
from shapely import LineString
from sqlalchemy import Engine

from geodata.cases import PostgresCaseStore
from routing.casework.cases import CaseState, Move
from routing.casework.workflow import ALLOWED_MOVES
from routing.errors import MoveConflict, MoveRefused, NotFoundError, UserInputError
from routing.model import Location, LocationPrecision
from routing.ports import CaseStore
from tests.postgis.builders import (
    CHANNEL,
    DISPATCHER,
    OTHER,
    complaint,
    decision,
    unlocated,
)

pytestmark = pytest.mark.postgis


@pytest.fixture
def store(engine: Engine) -> CaseStore:
    return PostgresCaseStore(engine)


def test_what_was_received_comes_back_bit_for_bit(store: CaseStore) -> None:
    road = Location(
        geometry=LineString([(119.1, 26.0 + 1e-15), (1 / 3 + 119, 26.2)]),
        radius_m=0.1 + 0.2,
        precision=LocationPrecision.SEGMENT,
        place_ids=("r-1", "r-2"),
        matched_text="西洪路",
        reading="道路=西洪路",
    )
    said, run = complaint(location=road), decision()
    case, new = store.receive(said, "A-1", run, **CHANNEL)
    again = store.case(case.no)
    assert new and again == case
    assert again.decision == run
    assert again.complaint == said
    assert (case.version, case.state, case.unit_code) == (1, CaseState.PENDING, None)
    assert case.no == "20261122-000001"


def test_the_same_complaint_twice_is_one_case(store: CaseStore) -> None:
    first, new = store.receive(complaint(), "A-1", decision(), **CHANNEL)
    other = complaint(text="另一段文字")
    second, again = store.receive(other, "A-1", decision("review"), actor="x", actor_name="x")
    assert (new, again) == (True, False)
    assert second == first
    assert len(store.events(first.no)) == 1


def test_the_same_number_from_two_channels_is_two_cases(store: CaseStore) -> None:
    first, _ = store.receive(complaint(), "A-1", decision(), **CHANNEL)
    second, new = store.receive(complaint(channel="app"), "A-1", decision(), **CHANNEL)
    assert new and second.no != first.no


def test_an_empty_external_id_is_refused(store: CaseStore) -> None:
    with pytest.raises(UserInputError, match="external id"):
        store.receive(complaint(), " ", decision(), **CHANNEL)


@pytest.mark.parametrize(
    "hostile", ["空字节\x00结尾", "半个\ud83d字符", "<script>", "'; DROP TABLE"]
)
def test_hostile_text_is_stored(store: CaseStore, hostile: str) -> None:
    case, _ = store.receive(complaint(text=hostile), "A-1", decision(), **CHANNEL)
    kept = store.case(case.no).complaint.text
    assert kept == hostile.replace("\x00", "\ufffd").replace("\ud83d", "?")


def test_confirm_makes_the_recommended_unit_responsible(store: CaseStore) -> None:
    case, _ = store.receive(complaint(), "A-1", decision(), **CHANNEL)
    moved = store.move(case.no, Move.CONFIRM, version=1, **DISPATCHER)
    assert (moved.state, moved.version) == (CaseState.DISPATCHED, 2)
    assert (moved.unit_code, moved.unit_name) == ("350102-JSJ", "区建设局")
    assert moved.co_units == ("350102008",)
    receipt, confirm = store.events(case.no)
    assert (receipt.move, receipt.version, receipt.unit_code) == (Move.RECEIVE, 1, None)
    assert (confirm.move, confirm.actor, confirm.unit_code) == (Move.CONFIRM, "lin", "350102-JSJ")
    assert moved.updated_at == confirm.at


def test_confirm_cannot_slip_another_unit_in(store: CaseStore) -> None:
    case, _ = store.receive(complaint(), "A-1", decision(), **CHANNEL)
    with pytest.raises(UserInputError, match="override"):
        store.move(case.no, Move.CONFIRM, version=1, unit_code="350102009", **DISPATCHER)


def test_nobody_to_confirm_where_nobody_is_recommended(store: CaseStore) -> None:
    case, _ = store.receive(complaint(location=None), "A-1", unlocated(), **CHANNEL)
    with pytest.raises(UserInputError, match="override"):
        store.move(case.no, Move.CONFIRM, version=1, **DISPATCHER)


def test_override_then_withdraw_keeps_all_of_it(store: CaseStore) -> None:
    case, _ = store.receive(complaint(), "A-1", decision(), **CHANNEL)
    moved = store.move(
        case.no,
        Move.OVERRIDE,
        version=1,
        unit_code="350102009",
        unit_name="五凤街道",
        co_units=["350102-CGJ"],
        reason="现场在路东侧",
        **DISPATCHER,
    )
    assert (moved.unit_code, moved.unit_name) == ("350102009", "五凤街道")
    assert moved.co_units == ("350102-CGJ",)
    back = store.move(case.no, Move.WITHDRAW, version=2, reason="点错了", **DISPATCHER)
    assert (back.state, back.unit_code, back.co_units) == (CaseState.PENDING, None, ())
    told = [(event.move, event.reason) for event in store.events(case.no)]
    assert told == [
        (Move.RECEIVE, ""),
        (Move.OVERRIDE, "现场在路东侧"),
        (Move.WITHDRAW, "点错了"),
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"reason": " ", "unit_code": "x"}, "reason"), ({"reason": "因为"}, "unit")],
)
def test_an_override_needs_reason_and_unit(
    store: CaseStore, changes: dict[str, str], message: str
) -> None:
    case, _ = store.receive(complaint(), "A-1", decision(), **CHANNEL)
    with pytest.raises(UserInputError, match=message):
        store.move(case.no, Move.OVERRIDE, version=1, **changes, **DISPATCHER)
    assert store.case(case.no) == case


_IN_TABLE = {(line.move, line.from_state) for line in ALLOWED_MOVES}


@pytest.mark.parametrize(
    ("move", "state"),
    [pair for pair in product(Move, CaseState) if pair not in _IN_TABLE],
    ids=lambda value: value.value,
)
def test_every_move_not_in_the_table_is_refused(
    store: CaseStore, move: Move, state: CaseState
) -> None:
    case, _ = store.receive(complaint(), "A-1", decision(), **CHANNEL)
    if state is CaseState.DISPATCHED:
        case = store.move(case.no, Move.CONFIRM, version=1, **DISPATCHER)
    assert case.state is state
    with pytest.raises(MoveRefused):
        store.move(case.no, move, version=case.version, unit_code="u", reason="r", **DISPATCHER)
    assert store.case(case.no) == case


@pytest.mark.parametrize("role", ["street", "department", "analyst", "api"])
def test_only_dispatchers_move(store: CaseStore, role: str) -> None:
    case, _ = store.receive(complaint(), "A-1", decision(), **CHANNEL)
    with pytest.raises(MoveRefused, match=role):
        store.move(case.no, Move.CONFIRM, version=1, **{**DISPATCHER, "role": role})


def test_a_move_on_an_old_version_says_who_was_first(store: CaseStore) -> None:
    case, _ = store.receive(complaint(), "A-1", decision(), **CHANNEL)
    store.move(case.no, Move.CONFIRM, version=1, **DISPATCHER)
    with pytest.raises(MoveConflict, match="林派单") as conflict:
        store.move(case.no, Move.CONFIRM, version=1, **OTHER)
    current = conflict.value.current
    assert (current["state"], current["version"]) == ("dispatched", 2)
    assert (current["actor"], current["actor_name"]) == ("lin", "林派单")
    assert current["unit_name"] == "区建设局"
    assert str(current["at"]).endswith("+08:00")


def test_the_same_move_again_by_the_same_actor_is_no_conflict(store: CaseStore) -> None:
    case, _ = store.receive(complaint(), "A-1", decision(), **CHANNEL)
    first = store.move(case.no, Move.CONFIRM, version=1, **DISPATCHER)
    assert store.move(case.no, Move.CONFIRM, version=1, **DISPATCHER) == first
    assert len(store.events(case.no)) == 2


def test_another_move_on_the_old_version_by_the_same_actor_is_a_conflict(store: CaseStore) -> None:
    case, _ = store.receive(complaint(), "A-1", decision(), **CHANNEL)
    store.move(case.no, Move.CONFIRM, version=1, **DISPATCHER)
    with pytest.raises(MoveConflict):
        store.move(case.no, Move.OVERRIDE, version=1, unit_code="x", reason="y", **DISPATCHER)


def test_two_at_once_one_wins_and_the_other_learns_who(store: CaseStore) -> None:
    for number in range(5):  # each round is a new race
        case, _ = store.receive(complaint(), f"A-{number}", decision(), **CHANNEL)
        gate = threading.Barrier(2)
        won: list[str] = []
        lost: list[MoveConflict] = []

        def confirm(who: dict[str, str], no: str = case.no) -> None:
            gate.wait()  # noqa: B023 - both threads end inside this round
            try:
                store.move(no, Move.CONFIRM, version=1, **who)
                won.append(who["actor"])  # noqa: B023
            except MoveConflict as conflict:
                lost.append(conflict)  # noqa: B023

        threads = [threading.Thread(target=confirm, args=(who,)) for who in (DISPATCHER, OTHER)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == len(lost) == 1
        assert lost[0].current["actor"] == won[0]
        assert len(store.events(case.no)) == 2


def test_numbers_have_no_duplicates_under_a_crowd(store: CaseStore) -> None:
    numbers: list[str] = []

    def receive(worker: int) -> None:
        for at in range(10):
            case, _ = store.receive(complaint(), f"{worker}-{at}", decision(), **CHANNEL)
            numbers.append(case.no)

    threads = [threading.Thread(target=receive, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [f"20261122-{n:06d}" for n in range(1, 41)]


def test_an_unknown_number_is_not_found(store: CaseStore) -> None:
    for ask in (store.case, store.events):
        with pytest.raises(NotFoundError, match="20000101-000001"):
            ask("20000101-000001")
    with pytest.raises(NotFoundError):
        store.move("20000101-000001", Move.CONFIRM, version=1, **DISPATCHER)


def test_the_queue_puts_first_what_a_person_must_look_at(store: CaseStore) -> None:
    def receive(ref: str, hour: int, status: str, confidence: float) -> str:
        said = complaint(ref)
        assert said.received_at is not None
        said = dataclasses.replace(said, received_at=said.received_at.replace(hour=hour))
        run = unlocated() if status == "unlocated" else decision(status, confidence=confidence)
        return store.receive(said, ref, run, **CHANNEL)[0].no

    sure_late = receive("a", 12, "routed", 0.99)
    doubtful = receive("b", 11, "review", 0.4)
    sure_early = receive("c", 8, "routed", 0.95)
    lost = receive("d", 10, "unlocated", 0.0)
    better = receive("e", 7, "review", 0.6)
    done = receive("f", 6, "review", 0.1)
    store.move(done, Move.CONFIRM, version=1, **DISPATCHER)
    expected = [lost, doubtful, better, sure_early, sure_late, done]
    whole, mark = store.cases({}, limit=10)
    assert [case.no for case in whole] == expected and mark is None
    paged: list[str] = []
    mark = None
    while True:
        page, mark = store.cases({}, limit=2, after=mark)
        paged += [case.no for case in page]
        if mark is None:
            break
    assert paged == expected


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"state": "pending"}, "bc"),
        ({"state": "dispatched"}, "a"),
        ({"status": "review"}, "b"),
        ({"unit": "350102-JSJ"}, "a"),
        ({"subdistrict": "350102009"}, "c"),
        ({"category": "道路破损"}, "abc"),
        ({"category": "噪声"}, ""),
        ({"channel": "12345"}, "abc"),
        ({"q": "路灯"}, "ac"),
        ({"q": "100%"}, "b"),
        ({"q": "%"}, "b"),
        ({"q": "20261122-000002"}, "b"),
        ({"received_from": "2026-11-23"}, "c"),
        ({"received_to": "2026-11-22"}, "ab"),
        ({"state": "pending", "q": "路灯"}, "c"),
    ],
)
def test_filters(store: CaseStore, filters: dict[str, str], found: str) -> None:
    no_a = store.receive(complaint("a"), "a", decision(), **CHANNEL)[0].no
    store.receive(complaint("b", text="100%断电"), "b", decision("review"), **CHANNEL)
    later = complaint("c")
    assert later.received_at is not None
    later = dataclasses.replace(later, received_at=later.received_at.replace(day=23, hour=0))
    store.receive(later, "c", decision(subdistrict="350102009"), **CHANNEL)
    store.move(no_a, Move.CONFIRM, version=1, **DISPATCHER)
    cases, _ = store.cases(filters, limit=10)
    assert "".join(sorted(case.external_id for case in cases)) == found


@pytest.mark.parametrize(
    ("filters", "after", "message"),
    [
        ({"colour": "red"}, None, "colour"),
        ({"received_from": "gestern"}, None, "gestern"),
        ({}, "nonsense", "page mark"),
        ({}, "WzEsMl0", "page mark"),
    ],
)
def test_a_question_nobody_can_answer_is_refused(
    store: CaseStore, filters: dict[str, str], after: str | None, message: str
) -> None:
    with pytest.raises(UserInputError, match=message):
        store.cases(filters, limit=10, after=after)
