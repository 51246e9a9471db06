"""Commands and their output as they stand in a Markdown document, and a way to run them.

Every ```` ```console ```` block is run. A line that begins with ``$ `` is a command (continued by
a backslash at its end), the lines below it are exactly what it prints. A line ``…`` stands for any
number of lines. ``# exit status 1`` at the end of a command says that it ends so; 0 is meant else.
A block that only shows something to type is marked ``sh`` and not run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ANY_LINES = "…"
TIMEOUT_S = 120

_FENCE = re.compile(r"^(?P<indent> *)(?P<marks>`{3,})(?P<language>[a-z0-9]*)[^`]*$")
_STATUS = re.compile(r"\s+# exit status (\d+)$")


@dataclass(frozen=True, kw_only=True)
class Block:
    """One fenced block."""

    language: str
    lines: tuple[str, ...]
    line: int
    """Number of its first line inside the fence."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command with what it has to print."""

    text: str
    expected: tuple[str, ...]
    status: int
    line: int


def documents() -> list[Path]:
    """All Markdown documents of the project that are there."""
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a document, in order; raises ValueError for one that is not closed."""
    found: list[Block] = []
    opened: tuple[str, str, int] | None = None
    inside: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if opened is None:
            fence = _FENCE.match(line)
            if fence:
                opened = (fence["marks"], fence["language"], number + 1)
                inside = []
        elif line.strip() == opened[0]:
            found.append(Block(language=opened[1], lines=tuple(inside), line=opened[2]))
            opened = None
        else:
            inside.append(line)
    if opened is not None:
        raise ValueError(f"the block before line {opened[2]} is not closed")
    return found


def commands(block: Block) -> list[Command]:
    """The commands of one console block; raises ValueError where it does not begin with one."""
    found: list[Command] = []
    lines = list(block.lines)
    position = 0
    while position < len(lines):
        if not lines[position].startswith("$ "):
            raise ValueError(f"line {block.line + position}: a console block begins with '$ '")
        line = block.line + position
        text = lines[position][2:]
        while text.endswith("\\"):
            position += 1
            text += "\n" + lines[position].removeprefix("> ")
        position += 1
        expected: list[str] = []
        while position < len(lines) and not lines[position].startswith("$ "):
            expected.append(lines[position].rstrip())
            position += 1
        while expected and not expected[-1]:
            expected.pop()
        ends = _STATUS.search(text)
        found.append(
            Command(
                text=_STATUS.sub("", text),
                expected=tuple(expected),
                status=int(ends[1]) if ends else 0,
                line=line,
            )
        )
    return found


def run(command: Command, folder: Path) -> tuple[int, list[str]]:
    """Run it there with this environment's ``shudi`` first; return its status and its lines."""
    environment = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "100",
    }
    done = subprocess.run(
        ["bash", "-c", command.text],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    printed = [line.rstrip() for line in done.stdout.splitlines()]
    while printed and not printed[-1]:
        printed.pop()
    return done.returncode, printed


def matches(expected: tuple[str, ...], printed: list[str]) -> bool:
    """Whether the lines are the expected ones, ``…`` standing for any number of them."""
    pattern = "".join(
        "(?:.*\n)*" if line.strip() == ANY_LINES else re.escape(line) + "\n" for line in expected
    )
    return re.fullmatch(pattern, "".join(line + "\n" for line in printed)) is not None
