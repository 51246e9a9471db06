"""Who works for one subdistrict cannot see another's cases, whatever is asked."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from geodata.cases import PostgresCaseStore, Scope
from geodata.database import transaction
from routing.casework.cases import Move
from routing.errors import MoveRefused, NotFoundError
from tests.postgis.builders import CHANNEL, DISPATCHER, complaint, decision, unlocated

pytestmark = pytest.mark.postgis

HERE, THERE = "350102008", "350102009"


@pytest.fixture
def numbers(engine: Engine) -> dict[str, str]:
    """here: ours by place · there: another's · nowhere: nobody's."""
    store = PostgresCaseStore(engine)
    runs = {
        "here": decision(subdistrict=HERE, unit="350102-CGJ"),
        "there": decision(subdistrict=THERE),
        "nowhere": unlocated(),
    }
    return {
        name: store.receive(complaint(name), name, run, **CHANNEL)[0].no
        for name, run in runs.items()
    }


def _seen(store: PostgresCaseStore) -> set[str]:
    return {case.external_id for case in store.cases({}, limit=100)[0]}


def test_only_the_own_subdistrict_is_there(engine: Engine, numbers: dict[str, str]) -> None:
    store = PostgresCaseStore(engine, Scope(subdistrict=HERE))
    assert _seen(store) == {"here"}
    assert store.counts()["total"] == 1
    assert [case.no for case in store.cases_for_map(HERE)] == [numbers["here"]]
    assert store.cases_for_map(THERE) == []
    assert store.case(numbers["here"]).complaint.id == "here"
    for name in ("there", "nowhere"):
        for ask in (store.case, store.events, store.sealed_caller):
            with pytest.raises(NotFoundError):
                ask(numbers[name])


@pytest.mark.parametrize("table", ["case_", "complaint", "decision", "case_event"])
def test_a_hand_written_select_sees_no_more(
    engine: Engine, numbers: dict[str, str], table: str
) -> None:
    count = text(f"SELECT count(*) FROM {table}")
    with transaction(engine) as connection:
        assert connection.execute(count).scalar() == 3
    with transaction(engine, scope=Scope(subdistrict=HERE)) as connection:
        assert connection.execute(count).scalar() == 1
        everything = text(f"SELECT count(*) FROM {table} WHERE true OR 1 = 1")
        assert connection.execute(everything).scalar() == 1
    with transaction(engine, scope=Scope()) as connection:
        assert connection.execute(count).scalar() == 0


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT caller_phone_enc FROM complaint",
        "SELECT * FROM account",
        "SELECT * FROM api_key",
        "SELECT * FROM personal_data_read",
    ],
)
def test_the_rest_is_closed_to_a_scope(engine: Engine, sql: str) -> None:
    with (
        pytest.raises(ProgrammingError) as refused,
        transaction(engine, scope=Scope(subdistrict=HERE)) as connection,
    ):
        connection.execute(text(sql))
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


def test_a_scope_cannot_write(engine: Engine, numbers: dict[str, str]) -> None:
    with (
        pytest.raises(DBAPIError) as refused,
        transaction(engine, scope=Scope(subdistrict=HERE)) as connection,
    ):
        connection.execute(text("UPDATE case_ SET state = 'dispatched'"))
    assert isinstance(
        refused.value.orig,
        psycopg.errors.ReadOnlySqlTransaction | psycopg.errors.InsufficientPrivilege,
    )
    assert PostgresCaseStore(engine).case(numbers["here"]).state.value == "pending"


def test_the_scope_ends_with_its_transaction(engine: Engine, numbers: dict[str, str]) -> None:
    del numbers
    for _ in range(3):  # the same pooled connection serves both in turn
        assert _seen(PostgresCaseStore(engine, Scope(subdistrict=HERE))) == {"here"}
        assert len(_seen(PostgresCaseStore(engine))) == 3


def test_a_unit_sees_what_it_leads_and_what_it_assists(
    engine: Engine, numbers: dict[str, str]
) -> None:
    everything = PostgresCaseStore(engine)
    leads = PostgresCaseStore(engine, Scope(unit="350102-CGJ"))
    assists = PostgresCaseStore(engine, Scope(unit=HERE))
    assert _seen(leads) == _seen(assists) == set()  # nobody has confirmed anything yet
    everything.move(numbers["here"], Move.CONFIRM, version=1, **DISPATCHER)
    assert _seen(leads) == _seen(assists) == {"here"}


def test_a_channel_sees_what_it_sent(engine: Engine, numbers: dict[str, str]) -> None:
    PostgresCaseStore(engine).receive(complaint("app", channel="app"), "app", decision(), **CHANNEL)
    assert _seen(PostgresCaseStore(engine, Scope(channel="12345"))) == set(numbers)
    assert _seen(PostgresCaseStore(engine, Scope(channel="app"))) == {"app"}


def test_a_move_out_of_scope_is_not_found(engine: Engine, numbers: dict[str, str]) -> None:
    store = PostgresCaseStore(engine, Scope(subdistrict=HERE))
    with pytest.raises(NotFoundError):
        store.move(numbers["there"], Move.CONFIRM, version=1, **DISPATCHER)
    with pytest.raises(MoveRefused):
        store.move(numbers["here"], Move.CONFIRM, version=1, **{**DISPATCHER, "role": "street"})


def test_reading_a_caller_leaves_a_trace(engine: Engine) -> None:
    store = PostgresCaseStore(engine)
    case, _ = store.receive(
        complaint(), "A-1", decision(), caller_name_enc=b"n", caller_phone_enc=b"p", **CHANNEL
    )
    traces = text("SELECT case_no, actor, purpose FROM personal_data_read")
    assert store.sealed_caller(case.no).phone_enc == b"p"
    with transaction(engine) as connection:
        assert connection.execute(traces).all() == []
    assert store.reveal_caller(case.no, actor="lin", purpose="回访").name_enc == b"n"
    with transaction(engine) as connection:
        assert connection.execute(traces).all() == [(case.no, "lin", "回访")]
