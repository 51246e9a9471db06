"""Serve shudi on one machine: database, migrations, demonstration city, web server; then stop all.

``python -m app.serve`` is what ``scripts/serve`` runs. With ``DATABASE_URL`` it uses that database
and stops nothing but its own web server; without, it runs the private cluster under ``SHUDI_VAR``.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from app.stopping import Stopped, StopRequests
from routing.errors import ShudiError, UserInputError

READY_TIMEOUT_S = 60
"""A worker on 2 busy cores imports and builds its index in a few seconds; after a minute without
an answer something is wrong, and saying so beats waiting."""

STOP_TIMEOUT_S = 35
"""Longer than gunicorn's own graceful timeout of 30 s, so that a request under way can end."""

_DEFAULT_VAR = Path(__file__).resolve().parent.parent / "var"
_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What this run is going to start."""

    host: str
    port: int
    var_dir: Path
    database_url: str | None
    """``None`` where the private cluster is to be used."""
    demo: bool
    """Whether the demonstration city may be loaded into an empty database."""

    @property
    def address(self) -> str:
        """Where a browser on this machine finds it."""
        return f"http://{_in_url(_reachable(self.host))}:{self.port}"


def plan(host: str, port: int, environ: Mapping[str, str]) -> Plan:
    """Read what to do from the options and the environment.

    The demonstration is on by default only where the database is our own: it must never be
    written into a database that somebody gave, unless SHUDI_DEMO asks for it.
    """
    url = environ.get("DATABASE_URL") or None
    asked = environ.get("SHUDI_DEMO", "").strip().lower()
    if asked not in {"", "0", "1", "true", "false", "yes", "no", "on", "off"}:
        raise UserInputError(f"SHUDI_DEMO={asked!r} is neither on nor off; set 1 or 0")
    return Plan(
        host=host,
        port=port,
        var_dir=Path(environ.get("SHUDI_VAR") or _DEFAULT_VAR).absolute(),
        database_url=url,
        demo=asked in {"1", "true", "yes", "on"} or (not asked and url is None),
    )


def check_port(host: str, port: int) -> None:
    """Raise UserInputError where nobody can listen there, before anything is started."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as wrong:
        raise UserInputError(f"--host {host!r} is no address of this machine: {wrong}") from wrong
    family, kind, protocol, _, address = found[0]
    with socket.socket(family, kind, protocol) as probe:
        # As gunicorn does: a port that only waits for old connections to end is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as wrong:
            raise UserInputError(
                f"cannot listen on {host} port {port}: {wrong.strerror}; "
                "stop what uses it or choose another with --port"
            ) from wrong


def wait_until_ready(
    address: str, server: subprocess.Popen[bytes], *, may_be_bare: bool = False
) -> str:
    """Return the empty string when ``/readyz`` answers 200.

    With ``may_be_bare`` the answer 503, as from a new database without any boundaries, is good
    enough and what it says is returned. Raises ShudiError where the server ends or stays mute.
    """
    deadline = time.monotonic() + READY_TIMEOUT_S
    last = "no answer"
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise ShudiError(f"the web server ended with status {server.returncode}; see above")
        try:
            with _NO_PROXY.open(f"{address}/readyz", timeout=5):
                return ""
        except urllib.error.HTTPError as refused:
            last = f"{refused.code}: {refused.read(500).decode(errors='replace').strip()}"
            if may_be_bare and refused.code == 503:
                return last
        except OSError as refused:
            last = str(refused)
        time.sleep(0.1)
    raise ShudiError(f"not ready after {READY_TIMEOUT_S} s; {address}/readyz last said {last}")


def start_server(wanted: Plan, database_url: str) -> subprocess.Popen[bytes]:
    """Start gunicorn as a child of this process, in a process group of its own.

    Its own group, so that Ctrl-C at a terminal reaches this process alone, which then stops
    things in order: first the workers, then the database below them.
    """
    configuration = Path(__file__).with_name("gunicorn_conf.py")
    return subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", str(configuration), "app.wsgi:application"],
        env=_child_environment(wanted, database_url),
        start_new_session=True,
    )


def stop_server(server: subprocess.Popen[bytes]) -> None:
    """Ask it to end, and end it where it does not."""
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            # The whole group: workers must not outlive their master.
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def run(wanted: Plan, requests: StopRequests) -> None:
    """Start everything, say where it is, and stay until asked to stop; then stop what was started.

    Raises Stopped on SIGTERM and SIGINT, and ShudiError where something does not start.
    """
    from app.config import Config
    from geodata import embedded

    check_port(wanted.host, wanted.port)
    # A wrong setting is said here in one line, not by each worker with a stack trace.
    Config.from_env(_child_environment(wanted, wanted.database_url or ""))
    cluster = None if wanted.database_url else embedded.open_cluster(wanted.var_dir)
    # One that runs already belongs to somebody else, who will stop it.
    ours = cluster is not None and cluster.pid is None
    server: subprocess.Popen[bytes] | None = None
    try:
        url = wanted.database_url or ""
        if cluster is not None:
            _say("starting the private PostGIS …")
            with requests.held():
                url = cluster.start()
        prepare(wanted, url)
        with requests.held():
            server = start_server(wanted, url)
        _greet(wanted, wait_until_ready(wanted.address, server, may_be_bare=not wanted.demo))
        while (status := server.poll()) is None:
            requests.check()
            time.sleep(0.2)
        raise ShudiError(f"the web server ended by itself with status {status}; see above")
    finally:
        requests.ignore()
        if server is not None:
            stop_server(server)
        if ours and cluster is not None:
            cluster.stop()


def prepare(wanted: Plan, url: str) -> None:
    """Bring the database to the newest schema and, where allowed, load the demonstration city."""
    from app import demonstration
    from geodata import database

    engine = database.engine(url)
    try:
        database.migrate(engine)
        if wanted.demo and demonstration.is_wanted(engine):
            _say("loading the demonstration city …")
            demonstration.load(wanted.var_dir, _child_environment(wanted, url))
    finally:
        engine.dispose()


def _child_environment(wanted: Plan, url: str) -> dict[str, str]:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "SHUDI_VAR": str(wanted.var_dir),
        "SHUDI_BIND": f"{_in_url(wanted.host)}:{wanted.port}",
    }
    if wanted.demo:
        environment["SHUDI_DEMO"] = "1"
    return environment


def _greet(wanted: Plan, lacking: str) -> None:
    from app import demonstration

    lines = [f"shudi 属地: {wanted.address}"]
    if lacking:
        lines.append(f"Not ready for work yet: {wanted.address}/readyz says {lacking}")
    if wanted.demo:
        file = demonstration.password_file(wanted.var_dir)
        password = file.read_text().strip() if file.exists() else f"unknown, {file} is gone"
        lines += [
            "",
            "演示数据，非官方界线。演示账号 (demonstration accounts):",
            "  dispatcher  hongshan  jianshe  analyst  supervisor  admin",
            f"  密码 (password): {password}",
        ]
    lines += ["", "Ctrl-C stops it."]
    click.echo("\n".join(lines))


def _say(text: str) -> None:
    click.echo(f"serve: {text}", err=True)


def _reachable(host: str) -> str:
    """The address a browser here can use for a server that listens on all addresses."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to use."
)
def serve(host: str, port: int) -> None:
    """Serve shudi until SIGTERM or Ctrl-C; then stop everything that was started.

    Without DATABASE_URL a private PostGIS runs under var/ and gets the demonstration city when it
    is empty. A database given by DATABASE_URL gets it only with SHUDI_DEMO=1.
    """
    requests = StopRequests()
    requests.listen()
    try:
        run(plan(host, port, os.environ), requests)
    except Stopped as asked:
        _say(f"stopped by {asked}")
    except UserInputError as wrong:
        click.echo(f"serve: {wrong}", err=True)
        sys.exit(2)
    except ShudiError as failed:
        click.echo(f"serve: {failed}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    serve()
