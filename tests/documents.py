"""Commands and their output as they stand in a Markdown document, and a way to run them.

Every ```` ```console ```` block is run. A line that begins with ``$ `` is a command (continued by
a backslash at its end), the lines below it are exactly what it prints. A line ``…`` stands for any
number of lines. ``# exit status 1`` at the end of a command says that it ends so; 0 is meant else.
A block that only shows something to type is marked ``sh`` and not run.

``python -m tests.documents --renew README.md`` writes what is really printed below each command.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
DEMO = "shudi demo write demo"
"""Makes the files that the documents' commands are run beside."""
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


def renewed(text: str, folder: Path) -> str:
    """A document with what its commands print in ``folder`` now, everything else as it was.

    A ``…`` stays where the lines around it are still printed. Raises ValueError for a command that
    ends with another status than the document says: that is for a person to look at.
    """
    lines = text.splitlines()
    changes: list[tuple[int, int, list[str]]] = []
    for block in blocks(text):
        for command in commands(block) if block.language == "console" else ():
            status, printed = run(command, folder)
            if status != command.status:
                shown = "\n".join(printed)
                raise ValueError(f"line {command.line}: ended with {status}: {shown}")
            start = command.line + command.text.count("\n")  # of the output, counted from 0
            new = abridged(command.expected, printed)
            changes.append((start, start + len(command.expected), new))
    for start, end, new in reversed(changes):
        lines[start:end] = new
    return "\n".join(lines) + "\n"


def abridged(expected: Sequence[str], printed: Sequence[str]) -> list[str]:
    """``printed`` with each ``…`` of ``expected`` whose neighbouring lines are still printed."""
    new, rest = [], list(printed)
    for at, line in enumerate(expected):
        if line.strip() != ANY_LINES:
            continue
        before, after = expected[:at][-1:], expected[at + 1 :][:1]
        first = rest.index(before[0]) + 1 if before and before[0] in rest else 0
        last = len(rest) if not after else -1
        if after and after[0] in rest[first:]:
            last = rest.index(after[0], first)
        if (before and not first) or last <= first:
            continue
        new += [*rest[:first], line]
        rest = rest[last:]
    return [*new, *rest]


def main(given: Sequence[str] | None = None) -> int:
    """Renew the documents named; exit status 1 where a command fails, whose document stays."""
    parser = argparse.ArgumentParser(prog="python -m tests.documents")
    parser.add_argument("--renew", nargs="+", required=True, type=Path, metavar="DOCUMENT")
    failed = False
    with tempfile.TemporaryDirectory() as made:
        run(Command(text=DEMO, expected=(), status=0, line=0), Path(made))
        for path in parser.parse_args(given).renew:
            with tempfile.TemporaryDirectory() as folder:
                shutil.copytree(made, folder, dirs_exist_ok=True)
                before = path.read_text("utf-8")
                try:
                    after = renewed(before, Path(folder))
                except ValueError as wrong:
                    click.echo(f"{path}: {wrong}", err=True)
                    failed = True
                    continue
            path.write_text(after, "utf-8")
            click.echo(f"{path}: {'renewed' if after != before else 'as it was'}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
