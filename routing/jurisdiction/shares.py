"""Shares of a place that is more than one disc: the strip of a line, an area, several discs."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import lib
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from routing.jurisdiction.levels import Touch
from routing.metric import metres_per_degree

SMOOTH_M = 0.5
"""Metres by which a line may be moved before its strip is made: a road drawn every two metres costs
ten times the time, and its strip is 50 m wide."""


@dataclass(frozen=True, slots=True)
class Region:
    """The ground on which an extended place lies with 95 %, WGS 84 degrees."""

    shape: BaseGeometry
    line: BaseGeometry | None
    """The line whose strip it is; ``None`` for areas and discs."""


def region_of(geometry: BaseGeometry, radius_m: float) -> Region:
    """A line becomes its strip of ``radius_m`` to each side with flat ends, points become discs
    (32-gons: 0.6 % less than round), an area is itself."""
    if geometry.geom_type.endswith("Polygon") or geometry.geom_type == "GeometryCollection":
        return Region(geometry, None)
    lon, lat = geometry.bounds[:2]
    mx, my = metres_per_degree(max(-89.0, min(89.0, lat)))

    def metres(xy: np.ndarray) -> np.ndarray:
        moved: np.ndarray = (xy - (lon, lat)) * (mx, my)
        return moved

    def degrees(xy: np.ndarray) -> np.ndarray:
        moved: np.ndarray = xy / (mx, my) + (lon, lat)
        return moved

    is_line = geometry.geom_type.endswith("LineString")
    flat = shapely.transform(geometry, metres)
    if is_line:
        flat = shapely.simplify(flat, SMOOTH_M, preserve_topology=False)
    cap = "flat" if is_line else "round"
    strip = shapely.buffer(flat, radius_m, quad_segs=4 if is_line else 8, cap_style=cap)
    if strip.is_empty:  # a line without length
        strip = shapely.buffer(flat, radius_m, quad_segs=8)
    return Region(shapely.transform(strip, degrees), geometry if is_line else None)


def extended_touches(
    region: Region,
    near: Mapping[int, BaseGeometry],
    covering: Collection[int],
    distances: Mapping[int, float],
) -> list[Touch]:
    """Touches of a region, by position in the edition; the shares of a full tiling add up to 1.

    ``near`` are the prepared polygons that may meet the region, by position; ``covering`` those
    that cover the middle point; ``distances`` metres from the middle point to their borders, of
    which the far ones are left out (``inf``). Ratios of areas are the same in degrees as in metres,
    since over a place both axes have one scale. A region without area (a polygon of no size) has
    no shares.
    """
    shape = region.shape
    whole = shape.area
    box = shape.bounds
    touches = []
    for number in sorted(near):
        polygon = near[number]
        covers = number in covering
        share = 0.0
        if whole > 0 and (covers or lib.intersects(polygon, shape)):
            if covers and lib.covers(polygon, shape):
                share = 1.0
            else:
                share = min(1.0, _common_area(polygon, shape, box) / whole)
        if share > 0 or covers:
            touches.append(Touch(number, share, covers, distances.get(number, math.inf)))
    return touches


def _common_area(
    polygon: BaseGeometry, shape: BaseGeometry, box: tuple[float, float, float, float]
) -> float:
    """Of both, in square degrees; clipped first, so that what lies far away costs nothing."""
    west, south, east, north = box
    wide, high = (east - west) * 0.01 + 1e-9, (north - south) * 0.01 + 1e-9
    try:
        near = shapely.clip_by_rect(polygon, west - wide, south - high, east + wide, north + high)
        return float(shapely.intersection(near, shape).area)
    except GEOSException:  # a clip may leave a ring that touches itself
        return float(shapely.intersection(polygon, shape).area)
