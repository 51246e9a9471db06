"""Dividing long edges so that two neighbours' shared edge stays one edge.

``shapely.segmentize`` interpolates from an edge's own start, so the two directions in which
neighbours draw a shared edge give points that differ in the last digit, and a border that was
exact becomes a row of slivers. Here every edge is divided from its lower end.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LinearRing, LineString, MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

Array = npt.NDArray[np.float64]


def densified_path(path: Array, step: float) -> Array:
    """The path, shape (n, 2), with points added so that no edge is longer than ``step``.

    Given points are kept bit for bit; edges with a coordinate that is not finite are left alone.
    """
    start, end = path[:-1], path[1:]
    length = np.hypot(*(end - start).T)
    pieces = np.ones(len(length), dtype=np.int64)
    finite = np.isfinite(length)
    pieces[finite] = np.maximum(1, np.ceil(length[finite] / step)).astype(np.int64)
    if not len(pieces) or pieces.max() == 1:
        return path
    edge = np.repeat(np.arange(len(pieces)), pieces)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    backwards = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    low = np.where(backwards[:, None], end, start)
    high = np.where(backwards[:, None], start, end)
    count = np.where(backwards[edge], pieces[edge] - number, number)
    inner = low[edge] + (high[edge] - low[edge]) * (count / pieces[edge])[:, None]
    points = np.where((number == 0)[:, None], start[edge], inner)
    return np.vstack([points, path[-1:]])


def _one(geometry: BaseGeometry | None, step: float) -> BaseGeometry | None:
    if geometry is None or geometry.is_empty:
        return geometry
    if isinstance(geometry, Polygon):
        rings = [densified_path(shapely.get_coordinates(ring), step) for ring in geometry.interiors]
        return Polygon(densified_path(shapely.get_coordinates(geometry.exterior), step), rings)
    if isinstance(geometry, MultiPolygon):
        return MultiPolygon([_one(part, step) for part in geometry.geoms])
    if isinstance(geometry, LinearRing):
        return LinearRing(densified_path(shapely.get_coordinates(geometry), step))
    if isinstance(geometry, LineString):
        return LineString(densified_path(shapely.get_coordinates(geometry), step))
    if isinstance(geometry, MultiLineString):
        return MultiLineString([_one(part, step) for part in geometry.geoms])
    if shapely.get_dimensions(geometry) == 0:
        return shapely.force_2d(geometry)
    return shapely.GeometryCollection([_one(part, step) for part in shapely.get_parts(geometry)])


def densified(geometries: npt.NDArray[Any], step: float) -> npt.NDArray[Any]:
    """Each geometry in two dimensions with no edge longer than ``step``, in its own units."""
    out = np.empty(geometries.shape, dtype=object)
    for index, geometry in np.ndenumerate(geometries):
        out[index] = _one(geometry, step)
    return out
