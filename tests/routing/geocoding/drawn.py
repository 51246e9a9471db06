"""Points, lines and places given in metres east and north of the middle of the drawn town."""

from __future__ import annotations

from shapely.geometry import LineString, Point, box
from shapely.geometry.base import BaseGeometry

from routing.geocoding.plane import Plane
from routing.model import Place, PlaceKind

PLANE = Plane.around(119.3, 26.06)
"""The reader puts its own frame around the middle of the areas, which is the same place."""

XIHONG_Y = 1000.0
"""Metres: where 西洪路 runs."""


def point(x: float, y: float) -> BaseGeometry:
    """A point of the town in WGS 84 degrees."""
    return PLANE.degrees(Point(x, y))


def line(*spots: tuple[float, float]) -> BaseGeometry:
    """A line of the town in WGS 84 degrees."""
    return PLANE.degrees(LineString(spots))


def area(west: float, south: float, east: float, north: float) -> BaseGeometry:
    """A rectangle of the town in WGS 84 degrees."""
    return PLANE.degrees(box(west, south, east, north))


def house_x(number: int) -> float:
    """Where on 西洪路 a house number stands, known or not."""
    return -5710.0 + 10.0 * number


def house_y(number: int) -> float:
    """Odd numbers stand north of 西洪路, even ones south."""
    return XIHONG_Y + (20.0 if number % 2 else -20.0)


def place(id: str, name: str, kind: str, shape: BaseGeometry, **more: object) -> Place:
    """One entry; ``more`` are further fields of ``Place``."""
    return Place(id=id, name=name, kind=PlaceKind(kind), geometry=shape, **more)  # type: ignore[arg-type]


def road(id: str, name: str, *spots: tuple[float, float], **more: object) -> Place:
    """A road through such points."""
    return place(id, name, "road", line(*spots), **more)
