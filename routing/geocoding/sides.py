"""One side of a road: the half of the ground there, cut by the road's own direction."""

from __future__ import annotations

import math
from collections.abc import Iterable

from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from routing.geocoding.plane import XY
from routing.geocoding.roads import Road

LEAST_TURN = 0.2
"""Sine of the angle between a road and a compass word below which the word names no side of it:
路东 of a road that runs east."""

_FAR = 400.0
"""Metres; larger than any disc that is cut."""


def half_plane(at: Point, heading: XY, left: bool) -> Polygon:
    """The ground on one side of a straight road through a point."""
    x, y = heading
    side = 1.0 if left else -1.0
    nx, ny = -y * side * _FAR, x * side * _FAR
    ax, ay = at.x - x * _FAR, at.y - y * _FAR
    bx, by = at.x + x * _FAR, at.y + y * _FAR
    return Polygon([(ax, ay), (bx, by), (bx + nx, by + ny), (ax + nx, ay + ny)])


def own_side(at: Point, radius_m: float, road: Road) -> BaseGeometry | None:
    """The disc around a house without what lies across its road: the house is not there.

    ``None`` where the disc does not reach the road's middle, or the house stands on it.
    """
    along = road.along(at)
    foot, heading = road.point(along), road.heading(along)
    aside = heading[0] * (at.y - foot.y) - heading[1] * (at.x - foot.x)
    if abs(aside) >= radius_m or abs(aside) < 1.0:
        return None
    if radius_m + abs(aside) >= _FAR:
        ground = at.buffer(radius_m, quad_segs=6)
        return ground.intersection(half_plane(foot, heading, aside > 0))
    nx, ny = (-heading[1], heading[0]) if aside > 0 else (heading[1], -heading[0])
    return _cut_disc(at.x, at.y, radius_m, (nx, ny), abs(aside))


_TURN = [(math.cos(math.pi * step / 12.0), -math.sin(math.pi * step / 12.0)) for step in range(24)]
"""Corners of a disc, six to a quarter, clockwise."""


def _cut_disc(x: float, y: float, radius_m: float, normal: XY, inner_m: float) -> Polygon:
    """A disc without what lies beyond a straight line ``inner_m`` from its middle; ``normal``
    points from the line to the middle. A disc is convex: its corners are walked once."""
    nx, ny = normal[0] * radius_m, normal[1] * radius_m
    corners: list[XY] = []
    ux, uy = _TURN[-1]
    before = ux * nx + uy * ny + inner_m
    for vx, vy in _TURN:
        depth = vx * nx + vy * ny + inner_m
        if (depth > 0.0) is not (before > 0.0):
            part = before / (before - depth)
            corners.append(
                (x + radius_m * (ux + part * (vx - ux)), y + radius_m * (uy + part * (vy - uy)))
            )
        if depth > 0.0:
            corners.append((x + radius_m * vx, y + radius_m * vy))
        ux, uy, before = vx, vy, depth
    return Polygon(corners)


def corner(at: Point, radius_m: float, roads: Iterable[Road], direction: XY) -> BaseGeometry | None:
    """The corner of a crossing that lies in a compass direction, cut by its roads; ``None`` where
    no road has a side there."""
    ground: BaseGeometry = at.buffer(radius_m, quad_segs=6)
    cut = False
    for road in roads:
        along = road.along(at)
        heading = road.heading(along)
        turn = heading[0] * direction[1] - heading[1] * direction[0]
        if abs(turn) >= LEAST_TURN * math.hypot(*direction):
            ground = ground.intersection(half_plane(road.point(along), heading, turn > 0))
            cut = True
    return ground if cut and ground.area > 1.0 else None
