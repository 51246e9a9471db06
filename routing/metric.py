"""Metres at a place, without leaving longitude/latitude.

"Covers" is asked of coordinates as published, since an edge that is straight in degrees is not
straight in any projection (docs/adr/0002). Distances and areas near a place need metres, and over
the few kilometres that matter an ellipsoidal scale at the place's own latitude gives them: the
error of a length is below 1 in 5,000 per kilometre of north–south extent at 45° of latitude.
"""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]

_SEMI_MAJOR_M = 6_378_137.0
_ECCENTRICITY_SQUARED = 6.694379990141316e-3  # WGS 84; CGCS2000 differs in the 11th digit


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Return metres per degree of longitude and of latitude at one latitude (degrees).

    From the radii of curvature of the WGS 84 ellipsoid (prime vertical N, meridian M):
    N cos(lat) and M, each times pi/180.
    """
    phi = math.radians(lat)
    w2 = 1.0 - _ECCENTRICITY_SQUARED * math.sin(phi) ** 2
    normal = _SEMI_MAJOR_M / math.sqrt(w2)
    meridian = normal * (1.0 - _ECCENTRICITY_SQUARED) / w2
    degree = math.pi / 180.0
    return normal * math.cos(phi) * degree, meridian * degree


def metres_per_degree_many(lat: Floats) -> tuple[Floats, Floats]:
    """The same for an array of latitudes, shape kept."""
    phi = np.radians(lat)
    w2 = 1.0 - _ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    normal = _SEMI_MAJOR_M / np.sqrt(w2)
    meridian = normal * (1.0 - _ECCENTRICITY_SQUARED) / w2
    degree = math.pi / 180.0
    return normal * np.cos(phi) * degree, meridian * degree


def length_m(geometry: BaseGeometry) -> float:
    """Metres along a line in degrees, half the outline of an area; 0 for points."""
    _, south, _, north = geometry.bounds
    mx, my = metres_per_degree(max(-89.0, min(89.0, (south + north) / 2)))

    def metres(xy: Floats) -> Floats:
        scaled: Floats = xy * (mx, my)
        return scaled

    length = float(shapely.length(shapely.transform(geometry, metres)))
    return length / 2 if geometry.geom_type.endswith("Polygon") else length
