"""A flat plane in metres around the middle of a city, written apart from the product's own."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Point = tuple[float, float]


class Plane:
    """Metres east and north of a centre, from the radii of the WGS 84 ellipsoid at its latitude.

    Over a city of 50 km the error of a length is below 1 in 300; positions go back exactly.
    """

    def __init__(self, lon: float, lat: float) -> None:
        self.centre = (lon, lat)
        phi, e2, a = math.radians(lat), 0.00669438, 6_378_137.0
        w2 = 1 - e2 * math.sin(phi) ** 2
        north = a * (1 - e2) / w2**1.5
        east = a / math.sqrt(w2) * math.cos(phi)
        self.scale = (math.radians(east), math.radians(north))

    @classmethod
    def around(cls, geometries: Sequence[BaseGeometry]) -> Plane:
        """The plane whose centre is the middle of the box around some shapes (degrees)."""
        west, south, east, north = shapely.total_bounds(np.array(geometries, dtype=object))
        return cls((west + east) / 2, (south + north) / 2)

    def metres(self, geometries: NDArray[np.object_]) -> NDArray[np.object_]:
        """Shapes in degrees → shapes in metres."""
        made: NDArray[np.object_] = shapely.transform(
            geometries, lambda c: (c - self.centre) * self.scale
        )
        return made

    def degrees(self, geometry: BaseGeometry) -> BaseGeometry:
        """A shape in metres → in degrees."""
        return shapely.transform(geometry, lambda c: c / self.scale + self.centre)

    def lonlat(self, at: Point) -> Point:
        """A point in metres → longitude, latitude."""
        return at[0] / self.scale[0] + self.centre[0], at[1] / self.scale[1] + self.centre[1]

    def xy(self, lon: float, lat: float) -> Point:
        """Longitude, latitude → metres."""
        return (lon - self.centre[0]) * self.scale[0], (lat - self.centre[1]) * self.scale[1]
