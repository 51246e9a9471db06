"""Roads, houses and crossings in metres."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from tests.acceptance.generator.plane import Point

ONE_ROAD_M = 200.0
"""Metres. Pieces of one name nearer than this are one road drawn in pieces."""
_LANES = tuple("巷弄里胡同条")


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Road:
    """One road: every drawn piece of it."""

    at: int
    """Its place in ``World.roads``."""
    name: str
    line: BaseGeometry
    """LineString or MultiLineString, metres."""
    ids: tuple[str, ...]
    aliases: tuple[str, ...]

    @property
    def half_width_m(self) -> float:
        """A guess from the name: lanes are narrow."""
        return 3.0 if self.name.endswith(_LANES) else 10.0

    def at_chainage(self, along: float) -> Point:
        """The point so many metres along."""
        point = self.line.interpolate(along)
        return point.x, point.y

    def part(self, one: float, other: float) -> BaseGeometry:
        """The stretch between two chainages; in several pieces where the road is."""
        start, end = sorted((one, other))
        pieces, before = [], 0.0
        for line in shapely.get_parts(self.line):
            low, high = max(start - before, 0.0), min(end - before, line.length)
            if high > low:
                pieces.append(substring(line, low, high))
            before += line.length
        return pieces[0] if len(pieces) == 1 else shapely.MultiLineString(pieces)

    def beside(self, along: float, aside: float) -> Point:
        """So many metres along and, left of its direction, aside."""
        x, y = self.at_chainage(along)
        behind, ahead = self.at_chainage(max(0.0, along - 3)), self.at_chainage(along + 3)
        dx, dy = ahead[0] - behind[0], ahead[1] - behind[1]
        length = (dx * dx + dy * dy) ** 0.5 or 1.0
        return x - dy / length * aside, y + dx / length * aside


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """A known house number on one road."""

    number: int
    sub: int
    """0 where the number has no second part."""
    along: float
    aside: float
    """Metres left of the road's direction; negative on the right."""
    point: Point
    place_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Crossing:
    """Where two roads meet."""

    first: int
    second: int
    """Indexes in ``World.roads``, ascending."""
    point: Point


def apart(a: Point, b: Point) -> float:
    """Metres between two points."""
    return float(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5)


def near_groups(pieces: Iterable[int], geometries: np.ndarray) -> list[list[int]]:
    """Pieces that lie within ONE_ROAD_M of one another, directly or by way of others."""
    groups: list[list[int]] = []
    for piece in pieces:
        near = [
            group
            for group in groups
            if any(geometries[piece].distance(geometries[other]) <= ONE_ROAD_M for other in group)
        ]
        for group in near:
            groups.remove(group)
        groups.append(sorted([piece, *(one for group in near for one in group)]))
    return sorted(groups)


def aside_of(road: Road, along: float, at: Point) -> float:
    here, ahead = road.at_chainage(max(0.0, along - 2)), road.at_chainage(along + 2)
    dx, dy = ahead[0] - here[0], ahead[1] - here[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    x, y = road.at_chainage(along)
    return ((at[1] - y) * dx - (at[0] - x) * dy) / length
