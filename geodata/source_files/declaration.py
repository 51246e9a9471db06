"""TOML tables read strictly: every mistake is collected with its line, none stops the reading."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from routing.errors import UnusableSource

_TABLE = re.compile(r"^\s*(\[\[?)\s*([\w.-]+)\s*\]\]?")
_KEY = re.compile(r"^\s*\"?([\w-]+)\"?\s*=")


def read_toml(path: Path) -> tuple[dict[str, Any], Mapping[tuple[str, int, str], int]]:
    """The document, and the line of each (table, number of that table, key); key "" is its header.

    Raises UnusableSource where the file cannot be read, is not UTF-8 or is not TOML.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as wrong:
        raise UnusableSource(f"{path}: cannot be read ({wrong.strerror or wrong})") from None
    except UnicodeDecodeError as wrong:
        raise UnusableSource(
            f"{path}: is not UTF-8 (byte {wrong.start}); save the declaration as UTF-8"
        ) from None
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise UnusableSource(f"{path}: is not TOML: {wrong}") from None
    return document, _lines(text)


def _lines(text: str) -> dict[tuple[str, int, str], int]:
    lines: dict[tuple[str, int, str], int] = {}
    counts: dict[str, int] = {}
    table, number = "", 0
    for at, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            table = header[2]
            number = counts.get(table, -1) + 1 if header[1] == "[[" else 0
            counts[table] = number
            lines.setdefault((table, number, ""), at)
        elif key := _KEY.match(line):
            lines.setdefault((table, number, key[1]), at)
    return lines


class Table:
    """One TOML table being read; what is wrong goes to ``mistakes`` and reading goes on."""

    def __init__(
        self,
        values: object,
        name: str,
        number: int,
        lines: Mapping[tuple[str, int, str], int],
        mistakes: list[str],
        known: tuple[str, ...],
    ) -> None:
        self.name, self.number = name, number
        self._lines, self._mistakes = lines, mistakes
        self._values: dict[str, Any] = values if isinstance(values, dict) else {}
        if not isinstance(values, dict):
            self.wrong("", f"must be a table, was {values!r}")
        for key in self._values:
            if key not in known:
                close = difflib.get_close_matches(key, known, n=1)
                hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(known)}"
                self.wrong(key, f"unknown key; {hint}")

    def wrong(self, key: str, text: str) -> None:
        """Note a mistake at this key, with the line where it stands."""
        at = self._lines.get((self.name, self.number, key))
        at = at or self._lines.get((self.name, self.number, ""))
        place = f"line {at}: " if at else ""
        brackets = f"[[{self.name}]]" if self.name in ("layer", "border") else f"[{self.name}]"
        self._mistakes.append(f"{place}{brackets} {key + ': ' if key else ''}{text}")

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def raw(self, key: str) -> Any:
        """The value as TOML gave it; ``None`` where the key is absent."""
        return self._values.get(key)

    def text(self, key: str, *, required: bool = False, default: str = "") -> str:
        """A text, stripped; a required one may not be empty."""
        value = self._values.get(key)
        if value is None:
            if required:
                self.wrong(key, "is required")
            return default
        if not isinstance(value, str):
            self.wrong(key, f"must be a text, was {value!r}; put it in quotes")
            return default
        if required and not value.strip():
            self.wrong(key, "is required, was empty")
        return value.strip()

    def day(self, key: str, *, required: bool = False) -> date | None:
        """A calendar day."""
        value = self._values.get(key)
        if value is None:
            if required:
                self.wrong(key, f"is required, e.g. {key} = 2026-01-01")
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if isinstance(value, str):
            try:
                return date.fromisoformat(value.strip())
            except ValueError:
                pass
        self.wrong(key, f"must be a day such as 2026-01-01, was {value!r}")
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where absent."""
        value = self._values.get(key)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.wrong(key, f"must be a list of texts, was {value!r}")
        return ()
