"""Everything the gazetteer knows of the ground, arranged for questions in metres."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from routing.geocoding.forms import FORM_PENALTIES
from routing.geocoding.lexicon import EntryKind, Lexicon
from routing.geocoding.normalize import normal_name
from routing.geocoding.numbering import HouseNumber, Numbering, address_of
from routing.geocoding.plane import Plane
from routing.geocoding.roads import Road, Roads
from routing.geocoding.tokens import Token
from routing.model import Place, PlaceKind

SAME_LINE_M = 15.0
"""Metres. A road whose middle and ends lie this near another is the same ground under another
name; carriageways of one road are farther apart."""

NAMED_AFTER_M = 60.0
"""Metres between a junction and the road it is called after."""

_PARTS = frozenset({PlaceKind.BUILDING, PlaceKind.GATE, PlaceKind.POLE})


class Ground:
    """Places in one metric plane; what is worked out at a first question is kept.

    Threads may share it: what is kept is only ever replaced by an equal value.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.places = lexicon.places
        self.plane = _plane(lexicon)
        self.roads = Roads(self.places, self.plane)
        self.addresses: dict[str, list[tuple[HouseNumber, int]]] = {}
        """By what they count along, in normal form: number and position."""
        self.parts: dict[str, list[int]] = {}
        """Buildings, gates and poles by what they belong to, in normal form."""
        self.poles: dict[str, list[int]] = {}
        """Poles by their number without dashes."""
        self._numberings: dict[int, Numbering] = {}
        self._metres: dict[int, BaseGeometry] = {}
        for number, place in enumerate(self.places):
            if place.kind is PlaceKind.ADDRESS:
                found = address_of(place)
                if found is not None:
                    self.addresses.setdefault(found[0], []).append((found[1], number))
            elif place.kind in _PARTS:
                self._add_part(number, place)
        self._junctions: dict[str, list[int]] = {}
        for number, place in enumerate(self.places):
            if place.kind is PlaceKind.JUNCTION:
                self._junctions.setdefault(lexicon.names[number], []).append(number)
        self._stops = [n for n, p in enumerate(self.places) if p.kind is PlaceKind.STOP]
        self._stop_tree = shapely.STRtree([self.metres(number) for number in self._stops])
        self._stop_tree.query(shapely.Point(0, 0))  # built here, not in a thread

    def _add_part(self, number: int, place: Place) -> None:
        name = lexicon_name = self.lexicon.names[number]
        parent = normal_name(place.road)
        if not parent:
            for size in range(len(lexicon_name) - 1, 1, -1):
                if lexicon_name[:size] in self.parts:
                    parent = lexicon_name[:size]
                    break
        if parent:
            self.parts.setdefault(parent, []).append(number)
        if place.kind is PlaceKind.POLE:
            for code in {plain_code(place.number), plain_code(name)}:
                if code:
                    self.poles.setdefault(code, []).append(number)

    def metres(self, number: int) -> BaseGeometry:
        """The geometry of a place in the plane."""
        known = self._metres.get(number)
        if known is None:
            known = self._metres[number] = self.plane.metres(self.places[number].geometry)
        return known

    def names_of(self, number: int) -> list[str]:
        """Name and aliases of a place, in normal form."""
        return [self.lexicon.names[number], *map(normal_name, self.places[number].aliases)]

    def numbering(self, road: Road) -> Numbering:
        """The house numbers of a road, whatever of its names they are registered under."""
        known = self._numberings.get(road.number)
        if known is None:
            found = [
                (number, self.places[at])
                for name in dict.fromkeys(self.names_of(road.number))
                for number, at in self.addresses.get(name, ())
            ]
            if not found:
                found = self._renamed(road)
            known = self._numberings[road.number] = Numbering(road, found, self.plane)
        return known

    def _renamed(self, road: Road) -> list[tuple[HouseNumber, Place]]:
        """The numbers of the road that lies where this one without numbers lies: 贤南路 of old."""
        middle = road.point(road.axis.length / 2)
        ends = (road.point(0.0), road.point(road.axis.length))
        for other in self.roads.near(middle, SAME_LINE_M):
            if other.number != road.number and all(
                other.line.distance(end) <= SAME_LINE_M for end in ends
            ):
                return [
                    (number, self.places[at])
                    for name in dict.fromkeys(self.names_of(other.number))
                    for number, at in self.addresses.get(name, ())
                ]
        return []

    def named_junctions(self, road: Road) -> list[int]:
        """Positions of junctions called after a road: 西洪路口, 西洪路路口."""
        stem = road.name.removesuffix("路")
        return [
            number
            for name in dict.fromkeys((f"{road.name}口", f"{stem}路口", f"{road.name}路口"))
            for number in self._junctions.get(name, ())
            if self.metres(number).distance(road.line) <= NAMED_AFTER_M
        ]

    def stops_on(self, road: Road, within_m: float) -> list[int]:
        """Positions of stops beside a road."""
        found = self._stop_tree.query(road.line, predicate="dwithin", distance=within_m)
        return sorted(self._stops[at] for at in found)

    def meant(
        self, token: Token | None, kinds: Iterable[PlaceKind], day: date
    ) -> list[tuple[int, dict[str, float]]]:
        """Places of some kinds that a name may mean on a day, each with what its form costs."""
        wanted = frozenset(kinds)
        found: dict[int, dict[str, float]] = {}
        for entry in token.entries if token is not None else ():
            if entry.kind is not EntryKind.PLACE or entry.number in found:
                continue
            place = self.places[entry.number]
            if place.kind not in wanted:
                continue
            cost = {entry.how: FORM_PENALTIES[entry.how]} if FORM_PENALTIES[entry.how] else {}
            if place.valid_to is not None and place.valid_to < day:
                cost["old"] = FORM_PENALTIES["old"]
            if place.valid_from is not None and place.valid_from > day:
                cost["not_yet"] = NOT_YET
            found[entry.number] = cost
        return list(found.items())

    def roads_of(self, token: Token | None, day: date) -> list[tuple[Road, dict[str, float]]]:
        """Roads that a name may mean, each once, the cheapest form of it."""
        found: dict[int, tuple[Road, dict[str, float]]] = {}
        for number, cost in self.meant(token, (PlaceKind.ROAD,), day):
            road = self.roads.of(number)
            known = found.get(road.number)
            if known is None or sum(cost.values()) < sum(known[1].values()):
                found[road.number] = (road, cost)
        return list(found.values())


def plain_code(written: str) -> str:
    """A number on a pole without its dashes: C-060 and C060 are one."""
    return normal_name(written).replace("-", "")


NOT_YET = 0.6
"""Penalty of a name that begins after the day of the complaint: somebody may use it early."""


def _plane(lexicon: Lexicon) -> Plane:
    """A frame around the middle of the loaded areas, else of the places."""
    shapes = [area.versions[-1].geometry for area in lexicon.areas]
    if not shapes:
        shapes = [place.geometry for place in lexicon.places[:10_000]]
    if not shapes:
        return Plane.around(0.0, 0.0)
    west, south, east, north = (float(edge) for edge in np.asarray(shapely.total_bounds(shapes)))
    return Plane.around((west + east) / 2, (south + north) / 2)
