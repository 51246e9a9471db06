"""Shares of a place that is more than one disc: the strip of a line, an area, several discs."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import lib
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from routing.jurisdiction.levels import Touch
from routing.jurisdiction.pieces import Box, Piece, Pieces
from routing.metric import metres_per_degree

SMOOTH_M = 0.5
"""Metres by which a line may be moved before its strip is made: a road drawn every two metres costs
ten times the time, and its strip is 50 m wide."""

MANY = 8
"""Polygons from which it pays to prepare the region: with a hundred grids in a district it does,
for a road with four polygons the preparing costs more than it saves."""

HALF = 0.5
"""Part of a region's box under which a polygon's box cuts the region too before they are met."""

LEAST = 1e-12
"""Shares below this are the rounding of a difference."""


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
    whole = lib.area(shape)
    box = tuple(lib.bounds(shape).tolist())
    # a district holds most of its grids whole; a copy, since preparing marks the object
    holder = shapely.from_wkb(shapely.to_wkb(shape)) if len(near) > MANY else None
    if holder is not None:
        lib.prepare(holder)
    touches = []
    for number in sorted(near):
        polygon = near[number]
        covers = number in covering
        share = 0.0
        if whole > 0 and (covers or lib.intersects(polygon, shape)):
            if covers and lib.covers(polygon, shape):
                share = 1.0
            elif holder is not None and lib.contains_properly(holder, polygon):
                share = min(1.0, float(lib.area(polygon)) / whole)
            else:
                share = min(1.0, _common_area(polygon, shape, box) / whole)
        if share > 0 or covers:
            touches.append(Touch(number, share, covers, distances.get(number, math.inf)))
    return touches


def _common_area(
    polygon: BaseGeometry, shape: BaseGeometry, box: tuple[float, float, float, float]
) -> float:
    """Of both, in square degrees; both clipped first, so that what lies far away costs nothing."""
    w, s, e, n = lib.bounds(polygon).tolist()
    west, south, east, north = max(box[0], w), max(box[1], s), min(box[2], e), min(box[3], n)
    wide, high = (east - west) * 0.01 + 1e-9, (north - south) * 0.01 + 1e-9
    around = west - wide, south - high, east + wide, north + high
    try:
        near = lib.clip_by_rect(polygon, *around)
        if (east - west) * (north - south) < HALF * (box[2] - box[0]) * (box[3] - box[1]):
            shape_near = lib.clip_by_rect(shape, *around)
        else:
            shape_near = shape
        return float(lib.area(lib.intersection(near, shape_near)))
    except GEOSException:  # a clip may leave a ring that touches itself
        return float(lib.area(lib.intersection(polygon, shape)))


def touches_of_pieces(
    region: Region,
    pieces: Pieces,
    polygons: Callable[[int], BaseGeometry],
    boxes: Callable[[int], Box],
    covering: Collection[int],
    distances: Mapping[int, float],
    reach_m: float,
    settled_m: float | None = None,
) -> list[Touch]:
    """The same for a region that lies within the box of some pieces.

    ``polygons`` and ``boxes`` give the prepared polygon at a position and its box. Distances beyond
    ``reach_m`` are told as ``inf``. ``settled_m``: metres from the middle
    point to the farthest of the region, where ``distances`` are complete up to there: a polygon
    whose border lies farther holds all of it or nothing.
    """
    shape = region.shape
    whole = float(lib.area(shape))
    west, south, east, north = lib.bounds(shape).tolist()
    known: dict[int, float] = {}
    touches = []
    for number in pieces.numbers:
        covers = number in covering
        w, s, e, n = boxes(number)
        if not (covers or (w < east and west < e and s < north and south < n)):
            continue
        distance = distances.get(number, math.inf)
        share = 0.0
        if whole > 0:
            if settled_m is not None and distance > settled_m:
                share = 1.0 if covers else 0.0
            else:
                piece = pieces.of(number, polygons(number))
                w, s, e, n = piece.bounds
                if piece.full:
                    share = 1.0
                elif w < east and west < e and s < north and south < n:
                    share = _share_of_piece(piece, shape, whole, known)
        if share > 0 or covers:
            told = distance if distance <= reach_m else math.inf
            touches.append(Touch(number, share, covers, told))
    return touches


def _share_of_piece(
    piece: Piece, shape: BaseGeometry, whole: float, known: dict[int, float]
) -> float:
    """``known``: shares of pieces found before; a grid and its community often have one border."""
    share = known.get(piece.same)
    if share is None:
        other = known.get(piece.rest) if piece.rest is not None else None
        if other is not None:
            share = 1.0 - other if other < 1.0 - LEAST else 0.0
        else:
            try:
                common = lib.area(lib.intersection(piece.shape, shape))
            except GEOSException:  # a clip may leave a ring that touches itself
                common = lib.area(lib.intersection(piece.polygon, shape))
            share = float(min(1.0, common / whole))
        known[piece.same] = share
    return share
