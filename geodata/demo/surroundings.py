"""What a person standing somewhere in the demonstration city sees that has a name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geodata.demo.gazetteer_parts.addresses import FRONTAGE_M, house_number, last_number
from geodata.demo.gazetteer_parts.ground import NamedRoad
from geodata.demo.partition import to_metres
from routing.model import Place, PlaceKind

_WIDEST_GAP_M = 380.0
"""Between known numbers of one side; in a wider gap nobody can say where a number would be."""
_SMALL_M = 110.0
"""Across; the largest thing from which metres are counted."""
_LANDMARKS = (PlaceKind.POI, PlaceKind.STOP, PlaceKind.VILLAGE)
_DIRECTIONS = ("东", "东北", "北", "西北", "西", "西南", "南", "东南")


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A named place and how far away it is."""

    place: Place
    distance_m: float
    direction: str
    """From the named place towards the person: 东, 东北 …; empty under a metre."""


class Surroundings:
    """Nearest names of a gazetteer around points in local metres."""

    def __init__(self, places: Sequence[Place], roads: Sequence[NamedRoad]) -> None:
        self._roads = list(roads)
        # house numbers count along the main part; near another piece nobody goes by them
        self._lines = np.array([road.main for road in roads])
        shapely.prepare(self._lines)
        self._trees = {
            kind: _Tree([one for one in places if one.kind is kind and one.valid_to is None])
            for kind in PlaceKind
        }
        small = {place.id for place in places if _extent_m(place) <= _SMALL_M}
        self._small = _Tree(
            [
                place
                for place in places
                if place.kind in _LANDMARKS and place.valid_to is None and place.id in small
            ]
        )
        estates = [
            place
            for place in places
            if place.kind is PlaceKind.COMPOUND and not place.name.endswith("期")
        ]
        self._estates = _Tree(estates)
        self._crossings: dict[str, list[tuple[float, NamedRoad]]] = {}
        self._numbers = _known_numbers(places, roads)
        # an address with two places is no help: 二条巷3号 is in two subdistricts
        names = Counter(road.name for road in roads)
        self.twice = {name for name, count in names.items() if count > 1}

    def nearest(self, kind: PlaceKind, at: Point, within_m: float) -> Seen | None:
        """The nearest entry of a kind that is in use, or ``None``."""
        tree = self._estates if kind is PlaceKind.COMPOUND else self._trees[kind]
        return tree.nearest(at, within_m)

    def landmark(self, at: Point, within_m: float) -> Seen | None:
        """The nearest small thing; from a big one, metres in a direction start anywhere."""
        return self._small.nearest(at, within_m)

    def roads_near(self, at: Point, within_m: float) -> list[tuple[NamedRoad, float]]:
        """(road, metres to its middle), nearest first."""
        distances = shapely.distance(self._lines, at)
        order = np.argsort(distances, kind="stable")
        return [(self._roads[n], float(distances[n])) for n in order if distances[n] <= within_m]

    def crossings(self, road: NamedRoad) -> list[tuple[float, NamedRoad]]:
        """(metres along the road's main part, road met there), rising; each road once."""
        if road.id not in self._crossings:
            self._crossings[road.id] = self._met(road)
        return self._crossings[road.id]

    def _met(self, road: NamedRoad) -> list[tuple[float, NamedRoad]]:
        found: dict[str, tuple[float, NamedRoad]] = {}
        for other in self._roads:
            if other.name == road.name or other.name in self.twice:
                continue
            met = road.main.intersection(other.line)
            if met.geom_type == "Point" and other.name not in found:
                found[other.name] = (float(road.main.project(met)), other)
        return sorted(found.values(), key=lambda item: item[0])

    def number_at(self, road: NamedRoad, at: Point) -> int | None:
        """The house number there, if it is known or lies between known ones; else ``None``."""
        number = house_number(road, at)
        return number if self.is_told(road, number) else None

    def is_told(self, road: NamedRoad, number: int) -> bool:
        """Whether the gazetteer tells where this number is, itself or by its neighbours."""
        known = self._numbers[road.id]
        if not 1 <= number <= last_number(road) or road.name in self.twice:
            return False
        if number in known:
            return True
        same = [other for other in known if other % 2 == number % 2]
        below = max((other for other in same if other < number), default=None)
        above = min((other for other in same if other > number), default=None)
        if below is None or above is None:
            return False
        return (above - below) / 2 * FRONTAGE_M <= _WIDEST_GAP_M


class _Tree:
    def __init__(self, places: Sequence[Place]) -> None:
        self._places = list(places)
        self._shapes: list[BaseGeometry] = [
            shapely.transform(place.geometry, to_metres) for place in places
        ]
        self._tree = shapely.STRtree(self._shapes)

    def nearest(self, at: Point, within_m: float) -> Seen | None:
        found = self._tree.query_nearest(at, max_distance=within_m, all_matches=False)
        if not len(found):
            return None
        shape = self._shapes[found[0]]
        # directions are counted from the middle of what is drawn as an area
        middle = shape.representative_point() if shape.area else shapely.line_interpolate_point(
            shapely.shortest_line(shape, at), 0.0
        )  # fmt: skip
        distance = float(shape.distance(at))
        return Seen(
            place=self._places[found[0]],
            distance_m=distance,
            direction=_direction(at.x - middle.x, at.y - middle.y),
        )


def _extent_m(place: Place) -> float:
    west, south, east, north = shapely.transform(place.geometry, to_metres).bounds
    return float(np.hypot(east - west, north - south))


def _direction(east_m: float, north_m: float) -> str:
    if np.hypot(east_m, north_m) < 1.0:
        return ""
    return _DIRECTIONS[round(float(np.arctan2(north_m, east_m)) / (np.pi / 4)) % 8]


def _known_numbers(places: Sequence[Place], roads: Sequence[NamedRoad]) -> dict[str, set[int]]:
    """Road id → plain numbers of its addresses; the ids of addresses begin with their road's."""
    known: dict[str, set[int]] = {road.id: set() for road in roads}
    for place in places:
        if place.kind is PlaceKind.ADDRESS and re.fullmatch(r"\d+", place.number):
            known[f"demo-road-{place.id.split('-')[2]}"].add(int(place.number))
    return known
