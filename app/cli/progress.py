"""A progress bar on a terminal, and nothing on a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

import click

Part = TypeVar("Part")


def progress(parts: Sequence[Part], label: str) -> Iterator[Part]:
    """Each part in turn; a bar on standard error where that is a terminal and parts are many."""
    if len(parts) < 2 or not sys.stderr.isatty():
        yield from parts
        return
    with click.progressbar(parts, label=label, file=sys.stderr) as bar:
        yield from bar
