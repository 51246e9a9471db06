"""Polygons and lines as matplotlib draws them, no finer than a picture can show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from matplotlib.path import Path
from numpy.typing import NDArray

from maps.model import Floats


def path(shape: Any) -> Path:
    """One polygon or multipolygon with its holes; an empty path for an empty shape."""
    rings = [
        ring
        for polygon in shapely.get_parts(shape)
        if polygon.geom_type == "Polygon" and not polygon.is_empty
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    if not rings:
        return Path(np.empty((0, 2)))
    vertices, codes = [], []
    for ring in rings:
        points = shapely.get_coordinates(ring)
        code = np.full(len(points), Path.LINETO, dtype=Path.code_type)
        code[0], code[-1] = Path.MOVETO, Path.CLOSEPOLY
        vertices.append(points)
        codes.append(code)
    return Path(np.concatenate(vertices), np.concatenate(codes))


def lines(shapes: Iterable[Any]) -> list[Floats]:
    """The lines of shapes, or the outlines of polygons, as arrays of points."""
    found = []
    for part in shapely.get_parts(np.asarray(list(shapes), dtype=object)):
        outline = part.boundary if part.geom_type == "Polygon" else part
        for one in shapely.get_parts(outline):
            if one.geom_type in ("LineString", "LinearRing") and not one.is_empty:
                found.append(np.asarray(shapely.get_coordinates(one), dtype=np.float64))
    return found


def coarser(shapes: NDArray[Any], metres_per_pt: float) -> NDArray[Any]:
    """Shapes without what is finer than a third of a point on this picture.

    Neighbours are thinned each by itself; what gaps between them that leaves, at most a third of
    a point, the drawn border covers.
    """
    if not len(shapes):
        return shapes
    thinned: NDArray[Any] = shapely.simplify(shapes, metres_per_pt / 3, preserve_topology=True)
    return thinned


def extent(shapes: NDArray[Any]) -> tuple[float, float, float, float] | None:
    """West, south, east, north of all shapes; ``None`` where there is nothing."""
    bounds = shapely.total_bounds(shapes) if len(shapes) else np.full(4, np.nan)
    if not np.isfinite(bounds).all():
        return None
    west, south, east, north = (float(edge) for edge in bounds)
    return west, south, east, north
