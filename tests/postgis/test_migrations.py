"""The tables as declared and the tables as migrated are the same tables."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from geoalchemy2 import alembic_helpers
from sqlalchemy import Column, Engine, MetaData, Text, text

import geodata.tables_analysis  # noqa: F401 - declares its tables
from geodata import database
from geodata.database import WrongDatabase
from geodata.tables import metadata
from routing.errors import StoreUnavailable
from tests.conftest import TestServer

pytestmark = pytest.mark.postgis


def _differences(engine: Engine, declared: MetaData) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": alembic_helpers.include_object,
                "compare_type": True,
                "compare_server_default": True,
            },
        )
        return list(compare_metadata(context, declared))


def test_models_and_migrations_meet(engine: Engine) -> None:
    assert _differences(engine, metadata) == []


def test_the_comparison_would_see_a_difference(engine: Engine) -> None:
    changed = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.tables.values():
        table.to_metadata(changed)
    changed.tables["unit"].append_column(Column("colour", Text))
    assert [difference[0] for difference in _differences(engine, changed)] == ["add_column"]  # type: ignore[index]


@pytest.fixture
def empty(test_server: TestServer) -> Iterator[Engine]:
    name = "test_empty"
    made = database.engine(test_server.create(name, "template0"))
    yield made
    made.dispose()
    test_server.drop(name)


def test_an_empty_database_says_that_it_is_not_migrated(empty: Engine) -> None:
    assert database.revisions(empty)[0] is None
    with pytest.raises(WrongDatabase, match="not migrated"), database.transaction(empty) as at:
        at.execute(text("SELECT * FROM case_"))


def test_several_may_migrate_at_once(empty: Engine) -> None:
    wrong: list[BaseException] = []

    def migrate() -> None:
        try:
            database.migrate(empty)
        except BaseException as error:  # noqa: BLE001 - shown by the assertion
            wrong.append(error)

    threads = [threading.Thread(target=migrate) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    at, head = database.revisions(empty)
    assert at == head is not None


def test_migrations_are_numbered_and_titled() -> None:
    folder = Path(database.__file__).with_name("migrations") / "versions"
    names = sorted(path.name for path in folder.glob("[0-9]*.py"))
    assert names and all(re.fullmatch(r"\d{4}_[a-z_]+\.py", name) for name in names)
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_a_server_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    engine = database.engine(f"postgresql://nobody@/nothing?host={tmp_path}")
    with pytest.raises(StoreUnavailable, match="scripts/serve"), database.transaction(engine):
        pass
    engine.dispose()
