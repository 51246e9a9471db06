"""PostgreSQL goes away at the worst moment; nothing is half-done and it works again after."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from geodata import database
from geodata.cases import PostgresCaseStore
from geodata.embedded import Cluster
from routing.casework.cases import CaseState, Move
from routing.errors import StoreUnavailable
from tests.postgis.builders import CHANNEL, DISPATCHER, complaint, decision

pytestmark = pytest.mark.postgis


@pytest.fixture
def own_engine(own_cluster: Cluster) -> Iterator[Engine]:
    made = database.engine(own_cluster.url())
    database.migrate(made)
    yield made
    made.dispose()


@pytest.mark.parametrize("how", ["immediate", "fast", "kill"])
def test_stopped_in_the_middle_of_a_confirm(
    own_cluster: Cluster, own_engine: Engine, how: str
) -> None:
    store = PostgresCaseStore(own_engine)
    case, _ = store.receive(complaint(), "A-1", decision(), **CHANNEL)

    def stop() -> None:
        if how == "kill":
            own_cluster.kill()
            own_cluster.wait_until_gone()
        else:
            own_cluster.stop(how)

    interrupted = PostgresCaseStore(own_engine, before_commit=stop)
    with pytest.raises(StoreUnavailable, match="scripts/serve"):
        interrupted.move(case.no, Move.CONFIRM, version=1, **DISPATCHER)
    with pytest.raises(StoreUnavailable, match="same request can be sent again"):
        store.case(case.no)

    own_cluster.start()
    now = store.case(case.no)  # the same engine, its pool full of dead connections
    assert (now.state, now.version, now.unit_code) == (CaseState.PENDING, 1, None)
    assert [event.move for event in store.events(case.no)] == [Move.RECEIVE]
    moved = store.move(case.no, Move.CONFIRM, version=1, **DISPATCHER)
    assert (moved.state, moved.version) == (CaseState.DISPATCHED, 2)


def test_stopped_in_the_middle_of_a_receipt(own_cluster: Cluster, own_engine: Engine) -> None:
    interrupted = PostgresCaseStore(own_engine, before_commit=lambda: own_cluster.stop("immediate"))
    with pytest.raises(StoreUnavailable):
        interrupted.receive(complaint(), "A-1", decision(), **CHANNEL)
    own_cluster.start()
    with database.transaction(own_engine) as connection:
        for table in ("complaint", "decision", "case_", "case_event", "case_number"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0
    case, new = PostgresCaseStore(own_engine).receive(complaint(), "A-1", decision(), **CHANNEL)
    assert new and case.no.endswith("-000001")


def test_an_answer_that_got_lost_is_asked_for_again(engine: Engine) -> None:
    """Committed, but the caller never heard: the same request again is no conflict."""
    store = PostgresCaseStore(engine)
    case, _ = store.receive(complaint(), "A-1", decision(), **CHANNEL)
    store.move(case.no, Move.CONFIRM, version=1, **DISPATCHER)
    again = store.move(case.no, Move.CONFIRM, version=1, **DISPATCHER)
    assert again.version == 2


def test_waiting_too_long_for_a_row_is_said_in_words(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOCK_TIMEOUT_MS", 100)
    impatient = database.engine(engine.url.render_as_string(hide_password=False))
    case, _ = PostgresCaseStore(engine).receive(complaint(), "A-1", decision(), **CHANNEL)
    with database.transaction(engine) as connection:
        connection.execute(text("SELECT 1 FROM case_ FOR UPDATE"))
        with pytest.raises(StoreUnavailable, match="nothing was changed"):
            PostgresCaseStore(impatient).move(case.no, Move.CONFIRM, version=1, **DISPATCHER)
    impatient.dispose()


def test_a_question_that_takes_too_long_is_stopped(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "STATEMENT_TIMEOUT_MS", 100)
    impatient = database.engine(engine.url.render_as_string(hide_password=False))
    with (
        pytest.raises(StoreUnavailable, match="ask for less"),
        database.transaction(impatient) as connection,
    ):
        connection.execute(text("SELECT pg_sleep(5)"))
    impatient.dispose()
