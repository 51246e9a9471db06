"""What was said and done cannot be changed, not even by a hand-written statement."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

import geodata.tables_analysis  # noqa: F401 - declares its tables
from geodata import database
from geodata.cases import PostgresCaseStore
from geodata.tables import metadata
from routing.casework.cases import Move
from tests.conftest import TestServer
from tests.postgis.builders import CHANNEL, DISPATCHER, complaint, decision

pytestmark = pytest.mark.postgis

_UNCHANGING = (
    "complaint",
    "decision",
    "case_event",
    "personal_data_read",
    "jurisdiction",
    "border_segment",
    "boundary_event",
    "rule_set",
    "sign_in_attempt",
    "gazetteer_place",
    "gazetteer_event",
    "place_correction",
    "alias_decision",
    "missing_name",
    "alarm",
    "alarm_event",
)


@pytest.fixture(scope="module")
def shared(test_server: TestServer, template_database: str) -> Iterator[Engine]:
    """One database for all statements that are refused: none of them changes it."""
    name = "test_append_only"
    made = database.engine(test_server.create(name, template_database))
    yield made
    made.dispose()
    test_server.drop(name)


def _refused(engine: Engine, sql: str) -> bool:
    with engine.connect() as connection, pytest.raises(IntegrityError) as refused:
        connection.execute(text(sql))
    return isinstance(refused.value.orig, psycopg.errors.RestrictViolation)


@pytest.mark.parametrize("table", _UNCHANGING)
def test_rows_are_not_updated(shared: Engine, table: str) -> None:
    other = next(one.name for one in metadata.tables[table].c if not one.primary_key)
    assert _refused(shared, f"UPDATE {table} SET {other} = {other}")


@pytest.mark.parametrize("table", sorted(metadata.tables))
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_nothing_is_deleted_from_any_table(shared: Engine, table: str, statement: str) -> None:
    assert _refused(shared, statement.format(table))


def test_a_stored_case_keeps_its_words(engine: Engine) -> None:
    store = PostgresCaseStore(engine)
    case, _ = store.receive(complaint(), "A-1", decision(), **CHANNEL)
    store.move(case.no, Move.CONFIRM, version=1, **DISPATCHER)
    for sql in (
        "UPDATE complaint SET text = '别的'",
        "UPDATE case_event SET actor = 'somebody'",
        "DELETE FROM case_event",
    ):
        assert _refused(engine, sql)
    assert store.case(case.no).complaint.text == case.complaint.text
