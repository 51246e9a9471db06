"""Where a true place lies about what the words name; all lengths in metres."""

from __future__ import annotations

import math
from random import Random

import shapely
from shapely.geometry.base import BaseGeometry

from tests.acceptance.generator.plane import Point

R95_PER_SIGMA = 2.4477
"""95 % of a round normal scatter lie within so many standard deviations of one axis."""

HOUSE_SIGMA_M = 6.0
"""A doorway against its address point: about 8 m off in the root mean square."""


def scattered(rng: Random, at: Point, *, r95_m: float) -> Point:
    """A round normal scatter that leaves 5 % beyond ``r95_m``."""
    sigma = r95_m / R95_PER_SIGMA
    return at[0] + rng.gauss(0, sigma), at[1] + rng.gauss(0, sigma)


def normal(rng: Random, at: Point, *, sigma_m: float) -> Point:
    """The same with the standard deviation of one axis given."""
    return scattered(rng, at, r95_m=sigma_m * R95_PER_SIGMA)


def inside(rng: Random, area: BaseGeometry) -> Point:
    """Uniform in a polygon; a point inside it where a thousand tries all miss a sliver."""
    west, south, east, north = area.bounds
    shapely.prepare(area)
    for _ in range(1_000):
        x, y = rng.uniform(west, east), rng.uniform(south, north)
        if shapely.intersects_xy(area, x, y):
            return x, y
    point = area.representative_point()
    return point.x, point.y


def on_outline(rng: Random, area: BaseGeometry, *, out_m: float) -> Point:
    """On the outline of a polygon, up to about ``out_m`` outwards."""
    ring = area.buffer(rng.uniform(0, out_m)).boundary
    part = ring.interpolate(rng.random(), normalized=True)
    return part.x, part.y


def along(rng: Random, line: BaseGeometry, *, aside_m: float) -> Point:
    """Uniform along a line, up to ``aside_m`` to either side: on the carriageway."""
    parts = shapely.get_parts(line)
    part = rng.choices(list(parts), [p.length for p in parts])[0]
    at = rng.uniform(0, part.length)
    here, ahead = part.interpolate(max(0.0, at - 2)), part.interpolate(at + 2)
    dx, dy = ahead.x - here.x, ahead.y - here.y
    length = math.hypot(dx, dy) or 1.0
    aside = rng.uniform(-aside_m, aside_m)
    middle = part.interpolate(at)
    return middle.x - dy / length * aside, middle.y + dx / length * aside


def towards(at: Point, bearing_deg: float, metres: float) -> Point:
    """So far from a point in a direction counted clockwise from north."""
    angle = math.radians(bearing_deg)
    return at[0] + metres * math.sin(angle), at[1] + metres * math.cos(angle)
