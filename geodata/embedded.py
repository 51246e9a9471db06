"""A private PostGIS for one machine: a folder, a unix socket, no port and no password.

Who may connect is decided by the socket's folder alone: mode 0700, owned by the user the cluster
runs as, so only that user and root reach the socket, and inside it authentication is ``trust``.
There is no password on disk that could leak and no TCP port that could be probed.

Layout under ``<var>/postgres``: ``data`` (the cluster), ``run`` (the socket), ``log``. The roles
inside are ``postgres`` (superuser, only for extensions and test databases) and ``shudi`` (owns the
database, not a superuser; the program connects as this one).
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from geodata.cluster import roles as inside
from geodata.cluster.binaries import Binaries, Owner, cluster_owner, find_binaries
from geodata.cluster.roles import ADMIN_ROLE, APP_ROLE
from routing.errors import StoreUnavailable

DATABASE = "shudi"

# sun_path holds 108 bytes with its closing zero (unix(7)).
_SOCKET_PATH_MOST_BYTES = 107
_SOCKET_NAME = ".s.PGSQL.5432"
# A cluster that has to replay its log after a crash may be slow; a healthy one needs 0.1 s.
_START_TIMEOUT_S = 60

_log = logging.getLogger("shudi.embedded")

_SETTINGS = {
    "listen_addresses": "''",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "'Asia/Shanghai'",
    "log_timezone": "'Asia/Shanghai'",
    # Citizens' words must not reach the log: DETAIL and CONTEXT lines quote values, and a failing
    # statement is printed with its literals.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """One private cluster; ``open_cluster`` finds out where it is and as whom it runs."""

    home: Path
    """Holds ``data``, ``run`` and ``log``; absolute."""
    socket_dir: Path
    owner: Owner
    binaries: Binaries
    settings: Mapping[str, str] = field(default_factory=dict)
    """Lines for postgresql.conf beyond the usual ones; tests turn fsync off here."""

    @property
    def data_dir(self) -> Path:
        return self.home / "data"

    def url(self, database: str = DATABASE, *, role: str = APP_ROLE) -> str:
        """Return the SQLAlchemy URL of a database in this cluster."""
        return (
            f"postgresql+psycopg://{role}@/{quote(database)}"
            f"?host={quote(str(self.socket_dir), safe='')}&port=5432"
        )

    @property
    def pid(self) -> int | None:
        """Process id of the running postmaster, ``None`` where it does not run."""
        try:
            first = (self.data_dir / "postmaster.pid").read_text().split("\n", 1)[0]
            pid = int(first)
            # A pid file outlives a crash, and in a container the number soon belongs to somebody
            # else; the postmaster works inside its data folder, and nobody else does.
            return pid if Path(f"/proc/{pid}/cwd").resolve() == self.data_dir.resolve() else None
        except (FileNotFoundError, ValueError, PermissionError):
            return None

    def start(self) -> str:
        """Make the cluster where it is new, start it where it is down; return the app's URL.

        Can be called at any time by any number of processes. A cluster that was killed is
        recovered by PostgreSQL from its log. Raises StoreUnavailable with the end of the server's
        log where it does not come up.
        """
        with self._alone():
            if not (self.data_dir / "PG_VERSION").exists():
                self._initialise()
            deadline = time.monotonic() + _START_TIMEOUT_S
            while True:
                if self.pid is None:
                    self._launch()
                try:
                    inside.bootstrap(self.socket_dir, DATABASE)
                    return self.url()
                except psycopg.OperationalError as refused:
                    # It is going down or coming up this very moment.
                    if time.monotonic() > deadline:
                        raise StoreUnavailable(
                            f"the private cluster {self.home} takes no connections: {refused}"
                        ) from refused
                    time.sleep(0.1)

    def stop(self, mode: str = "fast") -> None:
        """Stop it (``fast`` rolls open transactions back; ``immediate`` is a crash); a cluster
        that does not run stays so."""
        with self._alone():
            if self.pid is None:
                return
            done = self._pg_ctl("stop", "-m", mode, "-w", "-t", str(_START_TIMEOUT_S))
            if done and self.pid is not None:
                raise StoreUnavailable(f"the private cluster {self.home} does not stop: {done}")

    def kill(self) -> None:
        """End the postmaster as a power cut would (SIGKILL); for tests of recovery."""
        pid = self.pid
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    def wait_until_gone(self) -> bool:
        """Return ``True`` when no process of the cluster is left, ``False`` after half a minute."""
        here = self.data_dir.resolve()
        deadline = time.monotonic() + _START_TIMEOUT_S / 2
        # The children of a killed postmaster leave as soon as they notice.
        while any(_cwd(process) == here for process in Path("/proc").glob("[0-9]*")):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._make_folder(self.home, 0o711)
        with open(self.home / "lock", "a") as lock:  # noqa: PTH123 - a descriptor is needed
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make_folder(self, folder: Path, mode: int) -> None:
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(mode)
            if self.owner.other:
                os.chown(folder, self.owner.uid, self.owner.gid)
        info = folder.lstat()
        if not folder.is_dir() or folder.is_symlink() or info.st_uid not in (0, self.owner.uid):
            # Somebody else's folder of that name in a shared place could catch our connections.
            raise StoreUnavailable(f"{folder} is not a folder of {self.owner.name}; remove it")

    def _initialise(self) -> None:
        fresh = self.home / "data.new"  # renamed when complete: a killed initdb leaves no half
        if fresh.exists():
            self.owner.run(["rm", "-rf", str(fresh)], check=True)
        _log.info("making a private PostGIS cluster in %s", self.home)
        done = self.owner.run(
            [
                self.binaries["initdb"],
                *("-D", str(fresh), "-U", ADMIN_ROLE, "-A", "trust", "-E", "UTF8"),
                *("--locale=C.UTF-8", "--no-instructions"),
            ]
        )
        if done.returncode:
            raise StoreUnavailable(f"initdb in {self.home} failed:\n{done.stdout.strip()[-2000:]}")
        with open(fresh / "postgresql.conf", "a") as conf:  # noqa: PTH123
            conf.write("\ninclude_if_exists = 'shudi.conf'\n")
        fresh.rename(self.data_dir)

    def _launch(self) -> None:
        self._make_folder(self.socket_dir, 0o700)
        wanted = {**_SETTINGS, "unix_socket_directories": f"'{self.socket_dir}'", **self.settings}
        conf = self.data_dir / "shudi.conf"
        conf.write_text("".join(f"{key} = {value}\n" for key, value in wanted.items()))
        conf.chmod(0o644)  # readable inside a 0700 folder: its owner need not be the cluster's
        self._clear_stale_locks()
        log = self.home / "log"
        said = self._pg_ctl("start", "-w", "-t", str(_START_TIMEOUT_S), "-l", str(log))
        if said or self.pid is None:
            raise StoreUnavailable(
                f"the private cluster {self.home} does not start ({said}); "
                f"its log ends:\n{_tail(log)}"
            )

    def _clear_stale_locks(self) -> None:
        """Remove the lock files of a postmaster that was killed, once nothing of it is left.

        PostgreSQL sees to a dead process id itself, but refuses to start where the number belongs
        to somebody else by now or to a zombie nobody reaps: both are usual in containers.
        """
        # While its children still use the shared memory, PostgreSQL must see the locks.
        if not self.wait_until_gone():
            return  # PostgreSQL will say which process is in the way
        for lock in (self.data_dir / "postmaster.pid", self.socket_dir / f"{_SOCKET_NAME}.lock"):
            if lock.exists():
                _log.warning("removing %s, left by a server that was killed", lock)
                lock.unlink()

    def _pg_ctl(self, *arguments: str) -> str:
        """Run pg_ctl; return what it said where it failed, else the empty string."""
        done = self.owner.run(
            [self.binaries["pg_ctl"], "-D", str(self.data_dir), *arguments],
            timeout_s=_START_TIMEOUT_S + 10,
        )
        return (done.stdout.strip().splitlines() or ["pg_ctl failed"])[0] if done.returncode else ""

    def create_database(self, name: str, *, template: str | None = None) -> str:
        """Make a database owned by the app's role, with the extensions; return its URL.

        A copy of ``template`` has what the template has.
        """
        if template:
            inside.copy_database(self.socket_dir, name, template)
        else:
            inside.create_database(self.socket_dir, name)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database and whoever is connected to it; for tests."""
        inside.drop_database(self.socket_dir, name)


def open_cluster(
    var_dir: Path, *, settings: Mapping[str, str] | None = None, elsewhere: Path = Path("/var/lib")
) -> Cluster:
    """Return the private cluster of ``<var_dir>/postgres``; nothing is made or started yet.

    Where PostgreSQL must run as another user (we are root) and that user cannot enter the folder,
    the cluster lives in ``<elsewhere>/shudi-<hash of the folder>`` instead, and the log says so.
    """
    wanted = var_dir.absolute() / "postgres"
    owner = cluster_owner(wanted / "data")
    home = wanted
    if owner.other and not _can_enter(owner, wanted):
        home = elsewhere / f"shudi-{_short(wanted)}"
        owner = cluster_owner(home / "data")
        _log.warning(
            "user %s cannot enter %s: the private cluster is kept in %s", owner.name, wanted, home
        )
    version = home / "data" / "PG_VERSION"
    major = int(version.read_text()) if version.exists() else None
    return Cluster(
        home=home,
        socket_dir=_socket_dir(home, owner),
        owner=owner,
        binaries=find_binaries(major),
        settings=settings or {},
    )


def start(var_dir: Path) -> str:
    """Start the private cluster under ``var_dir``, making it where needed; return its URL."""
    return open_cluster(var_dir).start()


def stop(var_dir: Path) -> None:
    """Stop the private cluster under ``var_dir``; nothing happens where there is none."""
    open_cluster(var_dir).stop()


def _socket_dir(home: Path, owner: Owner) -> Path:
    inside = home / "run"
    if len(os.fsencode(inside / _SOCKET_NAME)) <= _SOCKET_PATH_MOST_BYTES:
        return inside
    base = Path("/run") if os.geteuid() == 0 else Path(os.environ.get("XDG_RUNTIME_DIR", "/tmp"))
    return base / f"shudi-{owner.uid}-{_short(home)}"


def _can_enter(owner: Owner, folder: Path) -> bool:
    while not folder.exists():
        folder = folder.parent
    return owner.run(["test", "-x", str(folder)]).returncode == 0


def _short(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:10]


def _cwd(process: Path) -> Path | None:
    try:
        return (process / "cwd").resolve(strict=True)
    except OSError:  # it ended meanwhile, or is none of ours
        return None


def _tail(log: Path, lines: int = 8) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return "(no log)"
