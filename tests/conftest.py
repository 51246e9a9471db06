"""The database of the tests: a private cluster once per run, a fresh database for each test.

``SHUDI_TEST_DATABASE_URL`` names a server to use instead; its user must be superuser, because
databases with extensions are made and dropped.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text

from geodata import database
from geodata.cluster.binaries import PostgresMissing
from geodata.embedded import Cluster, open_cluster

_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""A cluster that is thrown away need not survive a power cut."""


@dataclass(frozen=True, kw_only=True)
class TestServer:
    """Makes and drops databases on the server of this run."""

    __test__ = False

    create: Callable[[str, str], str]
    """(name, template) → URL; template ``template0`` makes an empty one with the extensions."""
    drop: Callable[[str], None]


@pytest.fixture(scope="session")
def short_dir() -> Iterator[Path]:
    """A folder that every user may enter and whose path leaves room for a socket's name."""
    folder = Path(tempfile.mkdtemp(prefix="shudi-", dir=_in_memory()))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _in_memory() -> str | None:
    """Memory where there is plenty: removing the clusters from a disk took 30 s of a run."""
    memory = Path("/dev/shm")
    enough = 4 * 1024**3  # bytes; these tests were seen to use 1.3 GB at most
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > enough:
        return str(memory)
    return None


@pytest.fixture(scope="session")
def test_server(short_dir: Path) -> Iterator[TestServer]:
    """The server of this run; a missing PostGIS fails and names the command that installs it."""
    given = os.environ.get("SHUDI_TEST_DATABASE_URL")
    if given:
        yield _given_server(given)
        return
    try:
        cluster = open_cluster(short_dir, settings=_FAST)
    except PostgresMissing as missing:
        pytest.fail(str(missing), pytrace=False)
    cluster.start()
    yield TestServer(
        create=lambda name, template: cluster.create_database(
            name, template=None if template == "template0" else template
        ),
        drop=cluster.drop_database,
    )
    cluster.stop("immediate")


def _given_server(given: str) -> TestServer:
    admin = database.engine(given).execution_options(isolation_level="AUTOCOMMIT")

    def create(name: str, template: str) -> str:
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        made = make_url(database.normal_url(given)).set(database=name)
        return made.render_as_string(hide_password=False)

    def drop(name: str) -> None:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))

    return TestServer(create=create, drop=drop)


@pytest.fixture(scope="session")
def template_database(test_server: TestServer) -> Iterator[str]:
    """The name of a database that was migrated once; each test gets a copy of it."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    engine = database.engine(test_server.create(name, "template0"))
    database.migrate(engine)
    engine.dispose()  # a database with a connection cannot be copied
    yield name
    if os.environ.get("SHUDI_TEST_DATABASE_URL"):  # else the whole cluster goes
        test_server.drop(name)


@pytest.fixture
def database_url(test_server: TestServer, template_database: str) -> Iterator[str]:
    """The URL of a migrated, empty database of this test alone."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    yield test_server.create(name, template_database)
    test_server.drop(name)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on ``database_url``."""
    made = database.engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def own_cluster(short_dir: Path) -> Iterator[Cluster]:
    """A cluster of this test alone, running, to be stopped and killed.

    Commits are written before they are acknowledged, as in life; only the disk's cache is trusted.
    """
    cluster = open_cluster(short_dir / uuid.uuid4().hex[:6], settings={"fsync": "off"})
    cluster.start()
    yield cluster
    cluster.stop("immediate")
