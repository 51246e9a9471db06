"""A rules file read and checked: every mistake at once, each with its line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from routing.dispatch.places import CONDITIONS, ON_VALUES, ROAD_CLASSES
from routing.model import TERRITORIAL_LEVELS, Rule, RuleLayer

LEAD_WORDS = (*(level.value for level in TERRITORIAL_LEVELS), "overlay")
"""Words that stand for the unit of the place instead of one unit's code."""

_TOP_KEYS = ("version", "categories", "rule", "ruling", "overlay")
_RULE_KEYS = (
    "id", "category", "where", "lead", "co", "basis", "effective_from", "effective_to",
)  # fmt: skip
_OVERLAY_KEYS = ("kind", "category")
_VALUES = {"on": ON_VALUES, "road_class": ROAD_CLASSES}


@dataclass
class ParsedRules:
    """What a file holds, and everything that is wrong with it."""

    version: str = ""
    categories: tuple[str, ...] = ()
    rules: list[Rule] = field(default_factory=list)
    overlay_topics: dict[str, tuple[str, ...]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def parse_rules(
    document: Mapping[str, Any], text: str, units: Collection[str] | None
) -> ParsedRules:
    """Check a parsed TOML document against the format; ``text`` gives the lines for messages."""
    reader = _Reader(document, _Lines(text), units)
    reader.read()
    return reader.parsed


class _Lines:
    """Where tables and their keys stand; tomllib itself keeps no positions."""

    def __init__(self, text: str) -> None:
        self._tables: dict[str, list[int]] = {}
        self._keys: dict[tuple[str, int, str], int] = {}
        table, nth = "", 0
        for number, line in enumerate(text.splitlines(), start=1):
            header = re.match(r"\s*\[\[\s*([A-Za-z_]+)\s*\]\]", line)
            key = re.match(r"\s*([A-Za-z_]+)\s*=", line)
            if header:
                table = header.group(1)
                found = self._tables.setdefault(table, [])
                found.append(number)
                nth = len(found) - 1
            elif key:
                self._keys.setdefault((table, nth, key.group(1)), number)

    def of(self, table: str, nth: int, key: str = "") -> int:
        """Line of a key, else of its table's header, else 1."""
        headers = self._tables.get(table, [])
        header = headers[nth] if nth < len(headers) else 1
        return self._keys.get((table, nth, key), header)


class _Reader:
    def __init__(
        self, document: Mapping[str, Any], lines: _Lines, units: Collection[str] | None
    ) -> None:
        self.document, self.lines, self.units = document, lines, units
        self.parsed = ParsedRules()
        self._seen: dict[str, list[tuple[int, tuple[date, date]]]] = {}

    def read(self) -> None:
        for key in self.document:
            if key not in _TOP_KEYS:
                self._error("", 0, key, f"unknown key {key!r}{_did_you_mean(key, _TOP_KEYS)}")
        version = self.document.get("version")
        if not isinstance(version, str) or not version:
            self._error(
                "", 0, "version", f'version must be a text such as "2026-09", was {version!r}'
            )
        else:
            self.parsed.version = version
        categories = self.document.get("categories", [])
        if _is_texts(categories):
            self.parsed.categories = tuple(categories)
        else:
            self._error(
                "", 0, "categories", f"categories must be a list of texts, was {categories!r}"
            )
        for table, layer in (("ruling", RuleLayer.RULING), ("rule", RuleLayer.MATRIX)):
            for nth, entry in enumerate(self._tables(table)):
                self._rule(table, nth, entry, layer)
        for nth, entry in enumerate(self._tables("overlay")):
            self._overlay(nth, entry)
        self.parsed.errors.sort(key=lambda message: int(message.split(":")[0].split()[1]))

    def _tables(self, name: str) -> list[Mapping[str, Any]]:
        found = self.document.get(name, [])
        if isinstance(found, list) and all(isinstance(entry, dict) for entry in found):
            return found
        self._error("", 0, name, f"write [[{name}]] tables, not {name} = …")
        return []

    def _error(self, table: str, nth: int, key: str, message: str) -> None:
        self.parsed.errors.append(f"line {self.lines.of(table, nth, key)}: {message}")

    def _rule(self, table: str, nth: int, entry: Mapping[str, Any], layer: RuleLayer) -> None:
        before = len(self.parsed.errors)
        for key in entry:
            if key not in _RULE_KEYS:
                self._error(table, nth, key, f"unknown key {key!r}{_did_you_mean(key, _RULE_KEYS)}")
        name = entry.get("id")
        if not isinstance(name, str) or not name:
            self._error(table, nth, "id", f"every {table} needs an id, was {name!r}")
            name = ""
        categories = self._categories(table, nth, entry)
        where = self._where(table, nth, entry.get("where", {}))
        lead = self._unit(table, nth, "lead", entry.get("lead"))
        co = entry.get("co", [])
        if not _is_texts(co):
            self._error(table, nth, "co", f"co must be a list of unit codes, was {co!r}")
            co = []
        for code in co:
            self._unit(table, nth, "co", code)
        begins = self._day(table, nth, entry, "effective_from")
        ends = self._day(table, nth, entry, "effective_to")
        if begins and ends and ends < begins:
            self._error(table, nth, "effective_to", f"effective_to {ends} lies before {begins}")
        days = (begins or date.min, ends or date.max)
        self._claim_id(table, nth, name, days)
        if len(self.parsed.errors) > before:
            return
        self.parsed.rules.append(
            Rule(
                id=name,
                layer=layer,
                categories=categories,
                where=where,
                lead=lead,
                co=tuple(co),
                basis=str(entry.get("basis", "")),
                effective_from=days[0],
                effective_to=ends,
                line=self.lines.of(table, nth),
            )
        )

    def _claim_id(self, table: str, nth: int, name: str, days: tuple[date, date]) -> None:
        """An id may be used again on other days only; faulty rules count too."""
        used = self._seen.setdefault(name, []) if name else []
        for line, (begins, ends) in used:
            if days[0] <= ends and begins <= days[1]:
                message = f"id {name!r} is used by line {line} on the same days"
                self._error(table, nth, "id", message)
                break
        used.append((self.lines.of(table, nth), days))

    def _categories(self, table: str, nth: int, entry: Mapping[str, Any]) -> tuple[str, ...]:
        given = entry.get("category", [])
        if not _is_texts(given) or ("category" in entry and not given and table != "overlay"):
            self._error(table, nth, "category", f"category must be a list of texts, was {given!r}")
            return ()
        known = self.parsed.categories
        for category in given:
            if known and category not in known:
                hint = _did_you_mean(category, known)
                self._error(
                    table, nth, "category", f"category {category!r} is not in categories{hint}"
                )
        return tuple(given)

    def _where(self, table: str, nth: int, given: Any) -> dict[str, tuple[str, ...]]:
        if not isinstance(given, dict):
            self._error(table, nth, "where", f"where must be a table of conditions, was {given!r}")
            return {}
        where = {}
        for condition, value in given.items():
            if condition not in CONDITIONS:
                hint = _did_you_mean(condition, CONDITIONS)
                self._error(table, nth, "where", f"unknown place condition {condition!r}{hint}")
                continue
            values = [value] if isinstance(value, str) else value
            if not _is_texts(values) or not values:
                self._error(
                    table, nth, "where", f"{condition} must be a text or a list, was {value!r}"
                )
                continue
            allowed = _VALUES.get(condition)
            for one in values:
                if allowed and one not in allowed:
                    self._error(
                        table, nth, "where", f"{condition} knows {', '.join(allowed)}; was {one!r}"
                    )
            where[condition] = tuple(values)
        return where

    def _unit(self, table: str, nth: int, key: str, code: Any) -> str:
        if not isinstance(code, str) or not code:
            self._error(
                table,
                nth,
                key,
                f"{key} must name a unit code or {', '.join(LEAD_WORDS)}; was {code!r}",
            )
            return ""
        if self.units is not None and code not in LEAD_WORDS and code not in self.units:
            self._error(
                table,
                nth,
                key,
                f"{key} {code!r} is not in the unit list{_did_you_mean(code, self.units)}",
            )
        return code

    def _day(self, table: str, nth: int, entry: Mapping[str, Any], key: str) -> date | None:
        value = entry.get(key)
        if value is None:
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self._error(table, nth, key, f"{key} must be a date such as 2026-01-01, was {value!r}")
        return None

    def _overlay(self, nth: int, entry: Mapping[str, Any]) -> None:
        for key in entry:
            if key not in _OVERLAY_KEYS:
                self._error(
                    "overlay", nth, key, f"unknown key {key!r}{_did_you_mean(key, _OVERLAY_KEYS)}"
                )
        kind = entry.get("kind")
        if not isinstance(kind, str) or not kind:
            self._error("overlay", nth, "kind", f"every overlay needs a kind, was {kind!r}")
        elif "category" in entry:
            self.parsed.overlay_topics[kind] = self._categories("overlay", nth, entry)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _did_you_mean(value: str, known: Iterable[str]) -> str:
    close = get_close_matches(value, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
