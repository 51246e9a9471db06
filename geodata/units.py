"""The unit directory: a CSV of who acts, read with every mistake at once, answered by day."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from routing.errors import UnusableUnits
from routing.model import Unit, UnitKind

COLUMNS = ("code", "name", "kind", "parent_code", "effective_from", "effective_to", "phone")
"""The columns; ``parent_code``, both dates and ``phone`` may be empty or absent."""

_REQUIRED = ("code", "name", "kind")


class Units:
    """A ``UnitDirectory`` in memory. Later versions of a unit share its code, not its days."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._versions: dict[str, list[Unit]] = {}
        self._below: dict[str, list[Unit]] = {}
        for unit in sorted(units, key=lambda unit: (unit.code, unit.effective_from)):
            self._versions.setdefault(unit.code, []).append(unit)
            if unit.parent_code is not None:
                self._below.setdefault(unit.parent_code, []).append(unit)

    def __iter__(self) -> Iterator[Unit]:
        return (unit for versions in self._versions.values() for unit in versions)

    def __len__(self) -> int:
        return sum(len(versions) for versions in self._versions.values())

    def unit(self, code: str, day: date) -> Unit | None:
        """The unit with this code on that day; ``None`` where there is none."""
        for unit in self._versions.get(code, ()):
            if _in_force(unit, day):
                return unit
        return None

    def change_days(self) -> tuple[date, ...]:
        """Days on which any unit comes, goes or is renamed, ascending."""
        begins = {unit.effective_from for unit in self}
        ends = {unit.effective_to + timedelta(days=1) for unit in self if unit.effective_to}
        return tuple(sorted(begins | ends))

    def children(self, code: str, day: date) -> tuple[Unit, ...]:
        """The units directly below, in code order; empty for an unknown code."""
        return tuple(unit for unit in self._below.get(code, ()) if _in_force(unit, day))


def read_units(path: Path | str) -> list[Unit]:
    """The units of a CSV file (UTF-8, with or without a byte order mark), in file order.

    An empty ``effective_from`` means always, an empty ``effective_to`` that the unit still exists.
    Raises UnusableUnits with every mistake and its line: missing columns, an empty code or name,
    an unknown kind, a bad date, dates the wrong way round, one code twice on the same day, a
    parent that is not in the file, a unit above itself.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UnusableUnits(str(path), ["there is no such file; name the units' CSV"]) from None
    except OSError as wrong:
        raise UnusableUnits(str(path), [f"cannot be read: {wrong.strerror}"]) from None
    except UnicodeDecodeError:
        raise UnusableUnits(str(path), ["is not UTF-8; save it as CSV UTF-8"]) from None
    reader = csv.DictReader(text.splitlines(keepends=True), restkey="")
    mistakes = [f"line 1: column {name!r} is missing" for name in _REQUIRED
                if name not in (reader.fieldnames or ())]  # fmt: skip
    if mistakes:
        raise UnusableUnits(str(path), mistakes)
    numbered: list[tuple[int, Unit]] = []
    rows: list[dict[str, str | None]] = []
    for row in reader:
        rows.append(row)
        if any((value or "").strip() for key, value in row.items() if key):
            unit = _unit(row, reader.line_num, mistakes)
            if unit is not None:
                numbered.append((reader.line_num, unit))
    # also the codes of rows that are wrong themselves: one mistake, one message
    known = {(row.get("code") or "").strip() for row in rows}
    mistakes += _overlapping(numbered) + _orphans(numbered, known) + _circles(numbered)
    if not numbered and not mistakes:
        mistakes.append("has no rows; a directory needs at least one unit")
    if mistakes:
        raise UnusableUnits(str(path), sorted(mistakes, key=_line_of))
    return [unit for _, unit in numbered]


def _line_of(mistake: str) -> int:
    number = mistake.removeprefix("line ").partition(":")[0]
    return int(number) if number.isdigit() else 0


def _in_force(unit: Unit, day: date) -> bool:
    return unit.effective_from <= day and (unit.effective_to is None or day <= unit.effective_to)


def _unit(row: dict[str, str | None], line: int, mistakes: list[str]) -> Unit | None:
    cell = {name: (row.get(name) or "").strip() for name in COLUMNS}
    before = len(mistakes)
    if row.get("") is not None:
        mistakes.append(f"line {line}: more cells than columns; put names with commas in quotes")
    for name in ("code", "name"):
        if not cell[name]:
            mistakes.append(f"line {line}: {name} is empty")
    kinds = [kind.value for kind in UnitKind]
    if cell["kind"] not in kinds:
        mistakes.append(f"line {line}: kind {cell['kind']!r} is unknown; use {', '.join(kinds)}")
    start = _day(cell["effective_from"], "effective_from", line, mistakes)
    end = _day(cell["effective_to"], "effective_to", line, mistakes)
    if start and end and end < start:
        mistakes.append(f"line {line}: effective_to {end} lies before effective_from {start}")
    if len(mistakes) > before:
        return None
    return Unit(
        code=cell["code"],
        name=cell["name"],
        kind=UnitKind(cell["kind"]),
        parent_code=cell["parent_code"] or None,
        effective_from=start or date.min,
        effective_to=end,
        phone=cell["phone"],
    )


def _day(text: str, name: str, line: int, mistakes: list[str]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        mistakes.append(f"line {line}: {name} {text!r} is not a date; write 2026-01-31")
        return None


def _overlapping(numbered: Sequence[tuple[int, Unit]]) -> list[str]:
    found: list[str] = []
    by_code: dict[str, list[tuple[int, Unit]]] = {}
    for line, unit in numbered:
        for earlier, other in by_code.setdefault(unit.code, []):
            if unit.effective_from <= (other.effective_to or date.max) and (
                other.effective_from <= (unit.effective_to or date.max)
            ):
                found.append(
                    f"line {line}: code {unit.code!r} is in force on the same days on line "
                    f"{earlier}; end one before the other starts"
                )
        by_code[unit.code].append((line, unit))
    return found


def _orphans(numbered: Sequence[tuple[int, Unit]], known: set[str]) -> list[str]:
    return [
        f"line {line}: parent_code {unit.parent_code!r} of {unit.code!r} is not in the file"
        for line, unit in numbered
        if unit.parent_code is not None and unit.parent_code not in known
    ]


def _circles(numbered: Sequence[tuple[int, Unit]]) -> list[str]:
    """A unit above itself, reported once per circle, at its first line."""
    parents: dict[str, set[str]] = {}
    first_line: dict[str, int] = {}
    for line, unit in numbered:
        first_line.setdefault(unit.code, line)
        if unit.parent_code is not None:
            parents.setdefault(unit.code, set()).add(unit.parent_code)
    found: list[str] = []
    reported: set[str] = set()
    for start in parents:
        if start in reported:
            continue
        circle = _way_back(start, parents)
        if circle:
            reported.update(circle)
            line = min(first_line[code] for code in circle)
            found.append(f"line {line}: circle of parents: {' → '.join([*circle, start])}")
    return found


def _way_back(start: str, parents: dict[str, set[str]]) -> list[str]:
    """Codes from ``start`` up to a child of ... ``start`` again; empty where none leads back."""
    paths = [[start]]
    seen: set[str] = set()
    while paths:
        path = paths.pop()
        for above in sorted(parents.get(path[-1], ())):
            if above == start:
                return path
            if above not in seen:
                seen.add(above)
                paths.append([*path, above])
    return []
