"""Serving on one machine: what is started is told, and all of it is stopped again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from app import demonstration, serve
from app.stopping import Stopped, StopRequests
from routing.errors import ShudiError, UserInputError

ROOT = Path(__file__).resolve().parents[2]
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("environ", "demo"),
    [
        ({}, True),  # the private cluster is ours to fill
        ({"SHUDI_DEMO": "0"}, False),
        ({"DATABASE_URL": "postgresql://db/x"}, False),  # somebody's database is not
        ({"DATABASE_URL": "postgresql://db/x", "SHUDI_DEMO": "1"}, True),
        ({"DATABASE_URL": ""}, True),  # set to nothing is not set
    ],
)
def test_the_demonstration_is_loaded_only_where_it_may_be(
    environ: dict[str, str], demo: bool
) -> None:
    assert serve.plan("127.0.0.1", 8000, environ).demo is demo


def test_a_setting_that_is_neither_on_nor_off_is_refused() -> None:
    with pytest.raises(UserInputError, match="SHUDI_DEMO='maybe'"):
        serve.plan("127.0.0.1", 8000, {"SHUDI_DEMO": "maybe"})


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("::1", "http://[::1]:8000"),
    ],
)
def test_the_address_is_one_that_a_browser_here_can_open(host: str, address: str) -> None:
    assert serve.plan(host, 8000, {}).address == address


def test_a_port_in_use_is_said_before_anything_starts() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UserInputError, match=f"port {port}.*--port"):
            serve.check_port("127.0.0.1", port)


def test_a_host_that_is_no_address_here_is_refused() -> None:
    with pytest.raises(UserInputError, match="--host"):
        serve.check_port("256.0.0.1", 8000)


def test_the_password_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    password = demonstration.make_password(tmp_path / "var")
    file = demonstration.password_file(tmp_path / "var")
    assert file.read_text() == f"{password}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(password) >= 10
    assert demonstration.make_password(tmp_path / "var") != password


@pytest.fixture
def requests() -> Iterator[StopRequests]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    listening = StopRequests()
    listening.listen()
    yield listening
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_request_to_stop_is_raised_at_once(requests: StopRequests) -> None:
    with pytest.raises(Stopped, match="SIGTERM"):
        os.kill(os.getpid(), signal.SIGTERM)


def test_a_request_to_stop_waits_until_a_start_is_complete(requests: StopRequests) -> None:
    steps = []
    with pytest.raises(Stopped, match="SIGINT"):  # noqa: SIM117
        with requests.held():
            os.kill(os.getpid(), signal.SIGINT)
            steps.append("complete")
    assert steps == ["complete"]


def test_a_second_request_does_not_cut_the_stopping_short(requests: StopRequests) -> None:
    steps = []
    with pytest.raises(Stopped, match="SIGINT"):
        try:
            os.kill(os.getpid(), signal.SIGINT)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            steps.append("stopped all")
    assert steps == ["stopped all"]


def test_a_request_whose_exception_was_lost_is_still_there(requests: StopRequests) -> None:
    requests.check()
    with suppress(Stopped):
        os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(Stopped, match="SIGTERM"):
        requests.check()


def test_stopping_cannot_be_cut_short(requests: StopRequests) -> None:
    requests.ignore()
    os.kill(os.getpid(), signal.SIGTERM)  # would end this test run


def test_a_server_that_ends_is_noticed_at_once() -> None:
    with subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"]) as server:
        server.wait()
        with pytest.raises(ShudiError, match="status 3"):
            serve.wait_until_ready(f"http://127.0.0.1:{_free_port()}", server)


class _NotReady(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(503)
        self.end_headers()
        self.wfile.write(b"no boundaries are in force")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def never_ready() -> Iterator[str]:
    """Address of a server that lives and is never ready."""
    with HTTPServer(("127.0.0.1", 0), _NotReady) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def living() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def test_a_bare_database_is_served_and_what_it_lacks_is_told(
    never_ready: str, living: subprocess.Popen[bytes]
) -> None:
    lacking = serve.wait_until_ready(never_ready, living, may_be_bare=True)
    assert lacking == "503: no boundaries are in force"


def test_the_demonstration_has_to_become_ready(
    never_ready: str, living: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "READY_TIMEOUT_S", 0.3)
    with pytest.raises(ShudiError, match=r"not ready after 0\.3 s.*no boundaries are in force"):
        serve.wait_until_ready(never_ready, living)


@pytest.fixture
def var_dir() -> Iterator[Path]:
    # Not pytest's folder: nobody but its owner can enter that, and the cluster of a root user
    # runs as somebody else.
    folder = Path(tempfile.mkdtemp(prefix="shudi-serve-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def _serve(port: int, var_dir: Path, **settings: str) -> subprocess.Popen[str]:
    environ = {
        key: value
        for key, value in os.environ.items()
        if key != "DATABASE_URL" and not key.startswith("SHUDI_")
    }
    return subprocess.Popen(
        [sys.executable, "-m", "app.serve", "--port", str(port)],
        cwd=ROOT,
        env={**environ, **settings, "SHUDI_VAR": str(var_dir), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _working_in(folder: Path) -> list[str]:
    """Command lines of all processes that work inside a folder, as a postmaster does."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve(strict=True).is_relative_to(folder.resolve()):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:  # it ended meanwhile
            continue
    return found


def _greeting(process: subprocess.Popen[str]) -> str:
    """What is printed up to the end of the greeting; all there is where the process ends."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Ctrl-C"):
            break
    return "".join(lines)


@pytest.mark.postgis
def test_it_serves_the_demonstration_and_stops_all_it_started(var_dir: Path) -> None:
    port = _free_port()
    with _serve(port, var_dir, SHUDI_DEMO_HISTORY="0") as process:
        try:
            greeting = _greeting(process)
            assert f"http://127.0.0.1:{port}" in greeting
            assert (var_dir / "demo-password").read_text().strip() in greeting
            assert "演示数据，非官方界线" in greeting
            assert DIRECT.open(f"http://127.0.0.1:{port}/readyz", timeout=10).status == 200
            assert _working_in(var_dir), "the private cluster does not run under var"
        finally:
            process.terminate()
            process.wait(60)
    assert process.returncode == 0
    assert _working_in(var_dir) == []
    with pytest.raises(urllib.error.URLError):
        DIRECT.open(f"http://127.0.0.1:{port}/healthz", timeout=5)


@pytest.mark.postgis
def test_without_the_demonstration_it_serves_what_is_there(var_dir: Path) -> None:
    port = _free_port()
    secrets = {
        "SHUDI_DEMO": "0",
        "SHUDI_SECRET_KEY": "only-for-this-test-" * 3,
        "SHUDI_DATA_KEY": Fernet.generate_key().decode(),
    }
    with _serve(port, var_dir, **secrets) as process:
        try:
            greeting = _greeting(process)
            assert "Not ready for work yet" in greeting
            assert "演示" not in greeting
            assert not (var_dir / "demo-password").exists()
            assert DIRECT.open(f"http://127.0.0.1:{port}/healthz", timeout=10).status == 200
        finally:
            process.send_signal(signal.SIGINT)
            process.terminate()  # as a supervisor and a terminal may do at the same moment
            process.wait(60)
    assert process.returncode == 0
    assert _working_in(var_dir) == []


@pytest.mark.postgis
def test_a_request_to_stop_during_the_start_leaves_nothing_behind(var_dir: Path) -> None:
    with _serve(_free_port(), var_dir) as process:
        data = var_dir / "postgres" / "data"
        while process.poll() is None and not data.exists():
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
        process.terminate()
        process.wait(120)
    assert process.returncode == 0
    assert _working_in(var_dir) == []


def test_the_command_says_in_one_line_that_the_port_is_taken() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "app.serve", "--port", str(port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert str(port) in done.stderr
    assert len(done.stderr.splitlines()) == 1
