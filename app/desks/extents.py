"""A place that is more than a point, as the desks' maps draw it: its shape and its reach.

GeoJSON in WGS 84 longitude/latitude degrees.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from routing.geocoding.searching.grounds import mark
from routing.metric import metres_per_degree

QUARTER_CORNERS = 8
"""Corners of a quarter circle in a drawn reach: less than 2 % off, which nobody sees."""


def extent_of(text_place: Mapping[str, object] | None) -> dict[str, object] | None:
    """``shape`` and ``reach`` of the place that was used; ``None`` for a point or a bare pin.

    The reach is everything within the 95 % radius of the shape.
    """
    used = (text_place or {}).get("used")
    if not isinstance(used, Mapping) or not used.get("geometry"):
        return None
    return drawn(used["geometry"], float(used.get("radius_m") or 0.0))


def drawn(geojson: Any, radius_m: float) -> dict[str, object] | None:
    """The same for any stored geometry; ``None`` where it is a point or cannot be drawn."""
    try:
        geometry = shape(geojson)
        if geometry.geom_type == "Point" or geometry.is_empty:
            return None
        around = grown(geometry, radius_m)
        reach = json.loads(shapely.to_geojson(around)) if radius_m > 0 else None
    except (ShapelyError, ValueError, KeyError, TypeError, AttributeError):
        return None  # a stored shape that is no shape: the point and the circle still say where
    return {"shape": geojson, "reach": reach}


def point_in(geojson: Any) -> tuple[float, float] | None:
    """Longitude and latitude to mark a stored geometry by; ``None`` where it is none."""
    try:
        point = mark(shape(geojson))
    except (ShapelyError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return point.x, point.y


def grown(geometry: BaseGeometry, radius_m: float) -> BaseGeometry:
    """Everything within so many metres of the geometry."""
    west, south, east, north = geometry.bounds
    per_degree = np.array(metres_per_degree((south + north) / 2))
    middle = np.array([(west + east) / 2, (south + north) / 2])

    def to_metres(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        metres: NDArray[np.float64] = (degrees - middle) * per_degree
        return metres

    def to_degrees(metres: NDArray[np.float64]) -> NDArray[np.float64]:
        degrees: NDArray[np.float64] = (metres / per_degree + middle).round(7)
        return degrees

    wide = shapely.buffer(
        shapely.transform(geometry, to_metres), radius_m, quad_segs=QUARTER_CORNERS
    )
    return shapely.transform(wide, to_degrees)


def middle_of(extent: dict[str, object] | None) -> tuple[float, float] | None:
    """Longitude and latitude of the middle of the extent's box; ``None`` for none."""
    if extent is None:
        return None
    west, south, east, north = shape(extent["shape"]).bounds
    return (west + east) / 2, (south + north) / 2


def farthest_m(extent: dict[str, object] | None, lon: float, lat: float) -> float:
    """Metres from a point to the farthest side of the extent's box; 0 for none."""
    if extent is None:
        return 0.0
    west, south, east, north = shape(extent["reach"] or extent["shape"]).bounds
    per_lon, per_lat = metres_per_degree(lat)
    away = max(
        (east - lon) * per_lon, (lon - west) * per_lon, (north - lat) * per_lat,
        (lat - south) * per_lat, 0.0,
    )  # fmt: skip
    return away if math.isfinite(away) else 0.0
