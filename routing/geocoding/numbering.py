"""House numbers: the known ones of a road, what lies between them, and what lies beyond."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import shapely
from shapely.geometry import LineString, Point

from routing.geocoding.normalize import normal_name
from routing.geocoding.numbers import CHINESE, NUM, value
from routing.geocoding.plane import XY, Plane
from routing.geocoding.roads import HEADING_M, Road
from routing.model import LocationPrecision, Place

LONGEST_GAP_M = 400.0
"""Metres along the road. Between known numbers farther apart nothing is interpolated: numbering
often starts anew behind a large site (geocoding.md 3.4)."""

FARTHEST_BEYOND_M = 300.0
"""Metres along the road that a number may lie beyond the last known one of its side."""

OWN_ROAD_M = 300.0
"""Metres. An address farther from its road belongs to another road of the same name."""

_NUMBER = re.compile(
    rf"(?P<before>附|甲|乙|丙)?(?P<main>{NUM})(?P<letter>[甲乙丙丁A-D])?(?:(?:号)?(?:之|-|附)(?P<sub>{NUM}))?号?"
    rf"(?:之|-|附)?(?P<sub2>{NUM})?号?"
)
_NAMED = re.compile(
    rf"^(?P<road>.+[^\d{CHINESE}])(?P<number>(?:附|甲|乙|丙)?(?:\d|[{CHINESE}]){{1,5}}(?:-\d+)?号.*)$"
)


@dataclass(frozen=True, slots=True)
class HouseNumber:
    """门牌号: 88 of 88号之三, and 三."""

    main: int
    sub: str = ""
    """之几、附几、甲乙; empty for the number itself."""


def parse_number(written: str) -> HouseNumber | None:
    """The number as written (59, 59号, 88-3, 88号之三, 附12号); ``None`` where it is none."""
    found = _NUMBER.match(normal_name(written))
    main = value(found["main"]) if found else None
    if found is None or not main:  # 0 is no number
        return None
    sub = found["sub"] or found["sub2"]
    subs = (found["before"], found["letter"], str(value(sub)) if sub else None)
    return HouseNumber(main, "".join(part for part in subs if part))


def address_of(place: Place) -> tuple[str, HouseNumber] | None:
    """What an address counts along (normal form) and its number; by its name where the columns
    ``road`` and ``number`` are empty; ``None`` where there is no number."""
    road, number = place.road, place.number
    if not road or not number:
        named = _NAMED.match(normal_name(place.name))
        if named is None:
            return None
        road, number = road or named["road"], number or named["number"]
    parsed = parse_number(number)
    return (normal_name(road), parsed) if parsed else None


@dataclass(frozen=True, slots=True)
class House:
    """A house number with a place, in metres."""

    at: XY
    place_id: str
    precision: LocationPrecision
    spread_m: float
    """A third of the distance between the known numbers around it; 0 where it is known itself."""


@dataclass(frozen=True, slots=True)
class _Known:
    main: int
    sub: str
    along: float
    aside: float
    at: XY
    place_id: str


def _along(
    road: Road, addresses: Iterable[tuple[HouseNumber, Place]], plane: Plane
) -> Iterator[_Known]:
    """The addresses that stand at the road, with where along it and how far aside, left positive:
    all at once, as a long road has a thousand."""
    listed = list(addresses)
    axis = road.axis
    # of a building's outline the middle: its own entrance is not known
    points = plane.metres_of(shapely.centroid([place.geometry for _, place in listed]))
    along = shapely.line_locate_point(axis, points)
    near = shapely.distance(axis, points) <= OWN_ROAD_M

    def on_axis(metres: np.ndarray) -> np.ndarray:
        found: np.ndarray = shapely.get_coordinates(
            shapely.line_interpolate_point(axis, np.clip(metres, 0.0, axis.length))
        )
        return found

    ahead = on_axis(along + HEADING_M) - on_axis(along - HEADING_M)
    xy = shapely.get_coordinates(points)
    off = xy - on_axis(along)
    length = np.hypot(ahead[:, 0], ahead[:, 1])
    length[length == 0.0] = 1.0
    aside = (ahead[:, 0] * off[:, 1] - ahead[:, 1] * off[:, 0]) / length
    for at in np.flatnonzero(near).tolist():
        number, place = listed[at]
        yield _Known(
            number.main, number.sub, float(along[at]), float(aside[at]),
            (float(xy[at, 0]), float(xy[at, 1])), place.id,
        )  # fmt: skip


class Numbering:
    """The known numbers of one road."""

    def __init__(self, road: Road, addresses: Iterable[tuple[HouseNumber, Place]], plane: Plane):
        self._road = road
        known = [] if road.axis.is_empty else list(_along(road, addresses, plane))
        known.sort(key=lambda one: (one.main, one.sub))
        self._exact: dict[tuple[int, str], list[_Known]] = {}
        for one in known:
            self._exact.setdefault((one.main, one.sub), []).append(one)
        self._sides = {
            parity: [one for one in known if one.main % 2 == parity] for parity in (0, 1)
        }

    @property
    def empty(self) -> bool:
        """Whether nothing is known of the road's numbers."""
        return not self._exact

    def find(self, number: HouseNumber) -> list[House]:
        """Every place the number may have: itself, else by interpolation; empty where it cannot be
        told. Several only where one number is registered at several places."""
        exact = self._exact.get((number.main, number.sub))
        if exact is not None:
            return [House(one.at, one.place_id, LocationPrecision.DOOR, 0.0) for one in exact]
        kin = [one for one in self._sides[number.main % 2] if one.main == number.main]
        if kin:  # 88-3 stands with 88; 88 with 88-1
            plain = [one for one in kin if not one.sub] or kin
            return [House(plain[0].at, plain[0].place_id, LocationPrecision.DOOR, 10.0)]
        house = self._between(number.main) or self._beyond(number.main)
        return [house] if house else []

    def _between(self, main: int) -> House | None:
        side = self._sides[main % 2]
        at = bisect_left(side, main, key=lambda one: one.main)
        if at == 0 or at == len(side):
            return self._between_sides(main) if not side else None
        low, high = side[at - 1], side[at]
        gap = abs(high.along - low.along)
        if gap > LONGEST_GAP_M:
            return None
        part = (main - low.main) / (high.main - low.main)
        along = low.along + part * (high.along - low.along)
        aside = low.aside + part * (high.aside - low.aside)
        return self._house(along, aside, low.place_id, LocationPrecision.DOOR_BETWEEN, gap / 3)

    def _between_sides(self, main: int) -> House | None:
        """Only the other side's numbers are known: the position along the road is, the side not."""
        side = self._sides[1 - main % 2]
        at = bisect_left(side, main, key=lambda one: one.main)
        if at == 0 or at == len(side):
            return None
        low, high = side[at - 1], side[at]
        gap = abs(high.along - low.along)
        if gap > LONGEST_GAP_M:
            return None
        part = (main - low.main) / (high.main - low.main)
        along = low.along + part * (high.along - low.along)
        return self._house(along, 0.0, low.place_id, LocationPrecision.DOOR_BETWEEN, gap / 2 + 20.0)

    def gap(self, number: HouseNumber) -> tuple[LineString, list[str]] | None:
        """The stretch between the known numbers around one that is too far from both to be
        interpolated; ``None`` where it is not between two."""
        side = self._sides[number.main % 2]
        at = bisect_left(side, number.main, key=lambda one: one.main)
        if at == 0 or at == len(side):
            return None
        part = self._road.part(side[at - 1].along, side[at].along)
        if part is None:
            return None
        moved = part.offset_curve((side[at - 1].aside + side[at].aside) / 2)
        usable = moved.geom_type == "LineString" and moved.length > 1
        return (moved if usable else part), [side[at - 1].place_id, side[at].place_id]

    def _beyond(self, main: int) -> House | None:
        side = self._sides[main % 2] or self._sides[1 - main % 2]
        if len(side) < 2:
            return None
        if side[0].main < main < side[-1].main:  # in a gap: see ``gap``
            return None
        last = side[0] if main < side[0].main else side[-1]
        step = self._metres_per_number(side)
        ahead = (main - last.main) * step
        if not step or abs(ahead) > FARTHEST_BEYOND_M:
            return None
        along = last.along + ahead
        if not -30.0 <= along <= self._road.axis.length + 30.0:
            return None
        return self._house(
            along, last.aside, last.place_id, LocationPrecision.DOOR_BEYOND, abs(ahead) / 2
        )

    @staticmethod
    def _metres_per_number(side: Sequence[_Known]) -> float:
        """Signed metres along the road from one number to the next, the usual of the side."""
        steps = [
            (b.along - a.along) / (b.main - a.main)
            for a, b in itertools.pairwise(side)
            if b.main > a.main
        ]
        return median(steps) if steps else 0.0

    def stretch(self, first: HouseNumber, last: HouseNumber) -> tuple[LineString, list[str]] | None:
        """The part of the road between two numbers, on their side where both have the same."""
        a, b = self.find(first), self.find(last)
        if not a or not b:
            return None
        part = self._road.part(self._road.along(Point(a[0].at)), self._road.along(Point(b[0].at)))
        if part is None:
            return None
        ids = list(dict.fromkeys([a[0].place_id, b[0].place_id]))
        if first.main % 2 == last.main % 2:
            beside = LineString([a[0].at, b[0].at])
            offset = sum(self._aside(house.at) for house in (a[0], b[0])) / 2
            moved = part.offset_curve(offset)
            return (moved if moved.geom_type == "LineString" and moved.length > 1 else beside), ids
        return part, ids

    def _aside(self, at: XY) -> float:
        along = self._road.along(Point(at))
        heading, foot = self._road.heading(along), self._road.point(along)
        return float(heading[0] * (at[1] - foot.y) - heading[1] * (at[0] - foot.x))

    def _house(
        self, along: float, aside: float, place_id: str, precision: LocationPrecision, spread: float
    ) -> House:
        foot, heading = self._road.point(along), self._road.heading(along)
        at = (foot.x - heading[1] * aside, foot.y + heading[0] * aside)
        return House(at, place_id, precision, spread)
