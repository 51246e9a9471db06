"""A file that is written whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from routing.errors import UnwritableOutput


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A binary file that takes the place of ``path`` only when the block ends well.

    Written beside it under a temporary name, forced to the disk, then renamed; readers see the
    old file or the new one. On any failure the temporary file goes and the old one stays.
    Raises UnwritableOutput where the disk is full, the folder refuses, or ``path`` is no file.
    """
    target = check_writable(path)
    temporary: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".shudi-", suffix=".part")
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fchmod(file.fileno(), _mode(target))
            os.fsync(file.fileno())
        temporary.replace(target)
        temporary = None
        _sync_folder(target.parent)
    except OSError as error:
        before = "the file there before is unchanged" if target.exists() else "nothing was written"
        raise UnwritableOutput(
            f"cannot write {str(path)!r}: {error.strerror or error}; {before}"
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def check_writable(path: Path) -> Path:
    """Where ``path`` really is, links followed; UnwritableOutput where no file can stand there."""
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise UnwritableOutput(f"cannot write {str(path)!r}: it is a folder")
    if target.exists() and not target.is_file():
        raise UnwritableOutput(
            f"cannot write {str(path)!r}: it is a device or pipe, and the output is renamed into "
            "place when it is whole; name a file"
        )
    if not target.parent.is_dir():
        raise UnwritableOutput(
            f"cannot write {str(path)!r}: folder {str(path.parent)!r} is missing"
        )
    return target


def _mode(target: Path) -> int:
    """The old file's permissions, else what the process gives to new files."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
