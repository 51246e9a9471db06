"""Where PostgreSQL's programs are on this machine, and as whom they can run."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from routing.errors import UserInputError

APT_PACKAGE = "postgresql-postgis"
"""Debian's and Ubuntu's name for "PostGIS for the PostgreSQL of this release"."""

# Debian and Ubuntu; the PGDG rpm layout; anything else is found through PATH.
_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")


class PostgresMissing(UserInputError):
    """PostgreSQL or PostGIS is not installed; the message names the command that installs it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Binaries:
    """One installed PostgreSQL server."""

    folder: Path
    major: int
    """Major version; a cluster can only be run by the version that made it."""

    def __getitem__(self, name: str) -> str:
        return str(self.folder / name)

    @property
    def has_postgis(self) -> bool:
        """Whether ``CREATE EXTENSION postgis`` can work with this server."""
        shown = subprocess.run(
            [self["pg_config"], "--sharedir"], capture_output=True, text=True, check=False
        )
        # pg_config belongs to a development package on some systems: Debian's place is the guess.
        share = shown.stdout.strip() or f"/usr/share/postgresql/{self.major}"
        places = {share, f"/usr/share/postgresql/{self.major}"}
        return any(Path(place, "extension", "postgis.control").exists() for place in places)


def find_binaries(major: int | None = None) -> Binaries:
    """Return the newest server that has PostGIS, or the one of exactly this major version.

    Raises PostgresMissing, naming the apt package, where there is none.
    """
    found = sorted(_installed(), key=lambda one: one.major, reverse=True)
    if major is not None:
        found = [one for one in found if one.major == major]
        package = f"postgresql-{major}-postgis-3"
    else:
        package = APT_PACKAGE
    if not found:
        wanted = f" {major} (the version that made this cluster)" if major else ""
        raise PostgresMissing(
            f"PostgreSQL{wanted} is not installed; run: apt-get install {package} "
            "(or set DATABASE_URL to a PostGIS of your own)"
        )
    for one in found:
        if one.has_postgis:
            return one
    raise PostgresMissing(
        f"PostgreSQL {found[0].major} is installed but PostGIS is not; "
        f"run: apt-get install postgresql-{found[0].major}-postgis-3"
    )


def _installed() -> list[Binaries]:
    folders = [folder for place in _PLACES for folder in Path("/").glob(place.lstrip("/"))]
    on_path = shutil.which("pg_ctl")
    if on_path:
        # Debian's wrapper is a script elsewhere; only a real bin folder has initdb beside it.
        folders.append(Path(on_path).resolve().parent)
    found = {}
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            shown = subprocess.run(
                [folder / "postgres", "--version"], capture_output=True, text=True, check=False
            ).stdout
            number = re.search(r"(\d+)", shown)
            if number:
                found[folder] = Binaries(folder=folder, major=int(number[1]))
    return list(found.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """The system user a private cluster runs as; PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int

    @property
    def other(self) -> bool:
        """Whether that is somebody else than the user of this process."""
        return self.uid != os.geteuid()

    def run(
        self, command: list[str], *, check: bool = False, timeout_s: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as this user, in a UTF-8 locale and without anybody's PG* settings.

        Standard output and error come back joined in ``stdout``.
        """
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        for key in list(kept):
            if key == "LANG" or key.startswith("LC_"):
                del kept[key]
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd="/",  # the user may not be able to enter the present folder
            env={**kept, "LC_ALL": "C.UTF-8"},
            check=check,
            timeout=timeout_s,
            user=self.uid if self.other else None,
            group=self.gid if self.other else None,
            extra_groups=[] if self.other else None,
        )


def cluster_owner(data_dir: Path) -> Owner:
    """Return as whom the cluster in ``data_dir`` runs.

    An existing cluster belongs to whoever made it. A new one belongs to this user, or, for root,
    to the system user ``postgres`` that the package makes. Raises UserInputError where this user
    may not act as the owner.
    """
    if data_dir.exists():
        info = data_dir.stat()
        if info.st_uid == 0:
            raise UserInputError(
                f"{data_dir} belongs to root, and PostgreSQL does not run as root; "
                "move it away and start again"
            )
        if os.geteuid() not in (0, info.st_uid):
            raise UserInputError(
                f"the private cluster {data_dir} belongs to user {_name(info.st_uid)!r}; "
                "run as that user or as root, or set SHUDI_VAR to a folder of your own"
            )
        return Owner(name=_name(info.st_uid), uid=info.st_uid, gid=info.st_gid)
    if os.geteuid() != 0:
        return Owner(name=_name(os.geteuid()), uid=os.geteuid(), gid=os.getegid())
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError as missing:
        raise PostgresMissing(
            "PostgreSQL does not run as root and the system user 'postgres' is missing; "
            f"run: apt-get install {APT_PACKAGE}"
        ) from missing
    return Owner(name="postgres", uid=entry.pw_uid, gid=entry.pw_gid)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
