"""All names a text may hold, found in one pass: places, areas, and the rest of the country.

One Aho–Corasick automaton over every form of every name. Built once per gazetteer version and
never changed, so threads share it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from ahocorasick_rs import AhoCorasick

from routing.geocoding.admin_names import admin_names, forms
from routing.geocoding.forms import FORM_PENALTIES, STOP_STEMS, area_forms, place_forms
from routing.geocoding.normalize import normal_name
from routing.model import TERRITORIAL_LEVELS, Jurisdiction, JurisdictionLevel, Place, PlaceKind

_HOWS = tuple(FORM_PENALTIES)
_HOW_NUMBER = {how: number for number, how in enumerate(_HOWS)}


class EntryKind(IntEnum):
    """What a form leads to."""

    PLACE = 0
    AREA = 1  # a loaded jurisdiction
    FOREIGN = 2  # a province, city or county of the country's list that is not loaded


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a form may mean."""

    kind: EntryKind
    number: int
    """Position in ``Lexicon.places``, ``.areas`` or ``.foreign``."""
    how: str
    """A key of ``FORM_PENALTIES``."""


@dataclass(frozen=True, slots=True)
class Area:
    """An administrative area with every version of its ground that is loaded."""

    code: str
    name: str
    level: JurisdictionLevel
    versions: tuple[Jurisdiction, ...]

    def on(self, day: date) -> Jurisdiction:
        """The version in force on a day; the latest where none is."""
        for version in self.versions:
            last = version.effective_to
            if version.effective_from <= day and (last is None or day <= last):
                return version
        return self.versions[-1]


class Lexicon:
    """Names → entries. ``areas`` are the loaded jurisdictions of the territorial levels."""

    def __init__(self, places: Sequence[Place], areas: Sequence[Jurisdiction]) -> None:
        self.places = tuple(places)
        self.areas = _areas(areas)
        self.home = frozenset(area.code[:4] for area in self.areas if len(area.code) >= 6)
        """First four digits of every loaded area: the cities that are at home here."""
        loaded = {area.code for area in self.areas}
        self.foreign = tuple(one for one in admin_names() if one.code not in loaded)
        self.names: list[str] = []
        """Normal form of each place's name."""
        table = self._table()
        self.forms: list[str] = list(table)
        self._packed: list[tuple[int, ...]] = list(table.values())
        self._entries: dict[int, tuple[Entry, ...]] = {}
        self._automaton = AhoCorasick(self.forms, store_patterns=False)

    def _table(self) -> dict[str, tuple[int, ...]]:
        table: dict[str, tuple[int, ...]] = {}

        def add(text: str, kind: EntryKind, number: int, how: str) -> None:
            packed = number << 8 | kind << 6 | _HOW_NUMBER[how]
            known = table.get(text)
            table[text] = (packed,) if known is None else (*known, packed)

        by_code = {area.code: number for number, area in enumerate(self.areas)}
        by_name = {area.name: number for number, area in enumerate(self.areas)}
        for number, area in enumerate(self.areas):
            for form in area_forms(normal_name(area.name), area.level):
                add(form.text, EntryKind.AREA, number, form.how)
        for number, one in enumerate(self.foreign):
            for text in forms(one.name):
                add(text, EntryKind.FOREIGN, number, "name" if text == one.name else "short")
        for number, place in enumerate(self.places):
            name = normal_name(place.name)
            self.names.append(name)
            aliases = tuple(map(normal_name, place.aliases))
            if place.kind is PlaceKind.ADMIN:
                code = place.admin_code.rstrip("0")
                at = by_code.get(place.admin_code, by_name.get(place.name))
                if at is None:
                    at = next(
                        (n for c, n in by_code.items() if code and c.rstrip("0") == code), None
                    )
                if at is not None:
                    for form in area_forms(name, self.areas[at].level):
                        if form.text != normal_name(self.areas[at].name):
                            add(form.text, EntryKind.AREA, at, form.how)
                    for alias in aliases:
                        if len(alias) >= 2 and alias not in STOP_STEMS:
                            add(alias, EntryKind.AREA, at, "short")
                    continue
            if place.kind in (PlaceKind.ADDRESS, PlaceKind.BUILDING):
                # found by what they belong to and their number; only further names stand alone
                own = aliases if place.number or place.road else (name, *aliases)
                for alias in own:
                    if len(alias) >= 3 and alias not in STOP_STEMS and alias[-1] != "号":
                        add(alias, EntryKind.PLACE, number, "alias")
                continue
            for form in place_forms(place, name, aliases):
                add(form.text, EntryKind.PLACE, number, form.how)
        return table

    def matches(self, text: str) -> list[tuple[int, int, int]]:
        """Every form in the text as (start, end, form number), overlapping ones included."""
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return [(start, end, form) for form, start, end in found]

    def entries(self, form: int) -> tuple[Entry, ...]:
        """What a form may mean, in the order of the gazetteer."""
        known = self._entries.get(form)
        if known is None:
            known = self._entries[form] = tuple(
                [
                    Entry(EntryKind(packed >> 6 & 3), packed >> 8, _HOWS[packed & 63])
                    for packed in self._packed[form]
                ]
            )
        return known

    def kind_of(self, entry: Entry) -> PlaceKind | None:
        """What sort of place an entry is; ``None`` for areas."""
        return self.places[entry.number].kind if entry.kind is EntryKind.PLACE else None


def _areas(jurisdictions: Sequence[Jurisdiction]) -> tuple[Area, ...]:
    grouped: dict[tuple[JurisdictionLevel, str], list[Jurisdiction]] = {}
    for one in jurisdictions:
        if one.level in TERRITORIAL_LEVELS:
            grouped.setdefault((one.level, one.code), []).append(one)
    key: Callable[[Jurisdiction], date] = lambda one: one.effective_from  # noqa: E731
    return tuple(
        Area(code, max(versions, key=key).name, level, tuple(sorted(versions, key=key)))
        for (level, code), versions in grouped.items()
    )
