"""The private cluster: made, stopped, killed, moved, and run as another user."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import traceback
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from geodata import database, embedded
from geodata.cluster import binaries as pg_binaries
from geodata.cluster.binaries import PostgresMissing, find_binaries
from geodata.embedded import Cluster, open_cluster
from routing.errors import StoreUnavailable, UserInputError

pytestmark = pytest.mark.postgis

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs a cluster as others")


def _ask(url: str, sql: str) -> object:
    engine = database.engine(url)
    try:
        with engine.connect() as connection:
            return connection.execute(text(sql)).scalar()
    finally:
        engine.dispose()


def test_start_again_and_stop_again_change_nothing(own_cluster: Cluster) -> None:
    pid = own_cluster.pid
    assert pid is not None
    assert own_cluster.start() == own_cluster.url()
    assert own_cluster.pid == pid
    own_cluster.stop()
    own_cluster.stop()
    assert own_cluster.pid is None


def test_it_speaks_utf8_and_finds_chinese(own_cluster: Cluster) -> None:
    assert _ask(own_cluster.url(), "SHOW server_encoding") == "UTF8"
    assert _ask(own_cluster.url(), "SELECT show_trgm('人民') <> '{}'") is True
    assert _ask(own_cluster.url(), "SELECT current_user::text") == "shudi"
    superuser = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    assert _ask(own_cluster.url(), superuser) is False


def test_no_port_and_a_socket_for_the_owner_alone(own_cluster: Cluster) -> None:
    assert _ask(own_cluster.url(), "SHOW listen_addresses") == ""
    for folder in (own_cluster.socket_dir, own_cluster.data_dir):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.stat().st_uid == own_cluster.owner.uid


def test_what_was_committed_survives_a_kill(own_cluster: Cluster) -> None:
    # fsync is off in tests, but a killed process loses nothing the kernel has
    with psycopg.connect(
        host=str(own_cluster.socket_dir), user="shudi", dbname="shudi", autocommit=True
    ) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (42)")
    killed = own_cluster.pid
    own_cluster.kill()
    assert own_cluster.start() == own_cluster.url()
    assert own_cluster.pid != killed
    assert _ask(own_cluster.url(), "SELECT n FROM kept") == 42


def test_a_pid_file_that_names_somebody_else_does_not_stop_it(own_cluster: Cluster) -> None:
    own_cluster.stop()
    # as after a power cut in a container: the number belongs to a living process that is not ours
    lock = own_cluster.data_dir / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{own_cluster.data_dir}\n1\n5432\n\n*\n")
    (own_cluster.socket_dir / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    assert own_cluster.pid is None
    own_cluster.start()
    assert own_cluster.pid not in (None, os.getpid())


def test_a_cluster_that_cannot_start_shows_the_end_of_its_log(own_cluster: Cluster) -> None:
    own_cluster.stop()
    (own_cluster.data_dir / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(StoreUnavailable, match=r"(?s)does not start.*incompatible"):
        own_cluster.start()
    (own_cluster.data_dir / "PG_VERSION").write_text(f"{own_cluster.binaries.major}\n")


def test_citizens_words_stay_out_of_the_log(own_cluster: Cluster) -> None:
    with psycopg.connect(
        host=str(own_cluster.socket_dir), user="shudi", dbname="shudi", autocommit=True
    ) as connection:
        connection.execute("CREATE TABLE words (w text UNIQUE)")
        connection.execute("INSERT INTO words VALUES ('张三13812341234')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO words VALUES ('张三13812341234')")
    log = (own_cluster.home / "log").read_text()
    assert "words_w_key" in log
    assert "13812341234" not in log


def test_a_long_path_gets_a_short_socket(short_dir: Path) -> None:
    deep = short_dir / ("很长的目录" * 8)
    cluster = open_cluster(deep, settings={"fsync": "off"})
    assert len(os.fsencode(cluster.home / "run" / ".s.PGSQL.5432")) > 107
    assert len(os.fsencode(cluster.socket_dir / ".s.PGSQL.5432")) <= 107
    try:
        assert _ask(cluster.start(), "SELECT 1") == 1
        assert stat.S_IMODE(cluster.socket_dir.stat().st_mode) == 0o700
    finally:
        cluster.stop("immediate")
        shutil.rmtree(cluster.socket_dir, ignore_errors=True)


@needs_root
def test_a_folder_the_server_cannot_enter_moves_the_cluster(
    tmp_path: Path, short_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    cluster = open_cluster(closed / "var", settings={"fsync": "off"}, elsewhere=short_dir)
    assert cluster.home.parent == short_dir
    assert str(cluster.home) in caplog.text
    again = open_cluster(closed / "var", elsewhere=short_dir)
    assert again.home == cluster.home
    try:
        assert _ask(cluster.start(), "SELECT 1") == 1
    finally:
        cluster.stop("immediate")


@needs_root
def test_an_ordinary_user_runs_its_own(short_dir: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    home = short_dir / "nobody"
    home.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    child = os.fork()  # not a new interpreter: nobody may not be able to read this one
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(nobody.pw_gid)
            os.setuid(nobody.pw_uid)
            cluster = open_cluster(home / "var", settings={"fsync": "off"})
            (home / "said").write_text(f"{_ask(cluster.start(), 'SELECT 1')} {cluster.owner.name}")
            cluster.stop()
        except BaseException:  # noqa: BLE001 - a forked child must not go on with the tests
            (home / "said").write_text(traceback.format_exc())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert (home / "said").read_text() == "1 nobody"
    assert (home / "var" / "postgres" / "data").stat().st_uid == nobody.pw_uid


@needs_root
def test_a_cluster_made_by_root_is_not_for_others(own_cluster: Cluster) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        pg_binaries.Owner(name="nobody", uid=65534, gid=65534).run(
            ["ls", str(own_cluster.socket_dir)], check=True
        )


def test_missing_programs_name_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pg_binaries, "_installed", list)
    with pytest.raises(PostgresMissing, match="apt-get install postgresql-postgis"):
        find_binaries()
    with pytest.raises(PostgresMissing, match="apt-get install postgresql-13-postgis-3"):
        find_binaries(13)


def test_missing_postgis_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    have = find_binaries()
    monkeypatch.setattr(pg_binaries.Binaries, "has_postgis", False)
    with pytest.raises(PostgresMissing, match=rf"apt-get install postgresql-{have.major}-postgis"):
        find_binaries()


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("postgres://me@db/shudi", "postgresql+psycopg://me@db/shudi"),
        ("postgresql://me@db/shudi", "postgresql+psycopg://me@db/shudi"),
        ("postgresql+psycopg://me@db/shudi", "postgresql+psycopg://me@db/shudi"),
    ],
)
def test_both_spellings_of_a_url_are_taken(given: str, normal: str) -> None:
    assert database.normal_url(given) == normal


def test_another_url_is_refused_without_showing_the_password() -> None:
    with pytest.raises(UserInputError, match="mysql") as refused:
        database.normal_url("mysql://me:hunter2@db/shudi")
    assert "hunter2" not in str(refused.value)


def test_database_url_goes_before_the_private_cluster(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://me@db/shudi")
    monkeypatch.setattr(embedded, "start", lambda _: pytest.fail("must not start"))
    assert database.resolve_url(tmp_path) == "postgresql+psycopg://me@db/shudi"
