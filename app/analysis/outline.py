"""The outlines of areas as GeoJSON for the map: WGS 84, no finer than a screen shows."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from app.analysis.prepared import prepared, shapes_key
from app.analysis.sight import Sight
from maps.model import Areas, Plane

TOLERANCES_M = (2.0, 3.0, 5.0, 10.0, 20.0, 40.0)
"""Metres a border may move: the first that is coarse enough. 2 m are a pixel at zoom 16, 20 m at
zoom 13, at which a screen holds a whole city."""
MOST_CORNERS = 40_000
"""Of all outlines of one answer: 0.9 MB. The 75 communities of the demonstration city have 13,000
at 3 m; a city of 3,000 communities is drawn at 10 m, and finer when one drills down."""
_LITTLE = 0.9
"""A tolerance that leaves more than this part of the corners of the one before is the last tried:
squares do not become simpler."""
_DECIMALS = 6
"""Of a degree: a decimetre."""


def outline(areas: Areas, plane: Plane) -> dict[str, Any]:
    """Return a FeatureCollection with code, name and parent of each area, in their order.

    Shared borders stay shared: neighbours are simplified together. No areas give no features.
    """
    made: dict[str, Any] = json.loads(_written(areas, plane))
    return made


def outline_json(seen: Sight, areas: Areas) -> bytes:
    """The same as JSON, kept for as long as the boundaries are the same."""
    return prepared().answers.get(
        ("outline", *shapes_key(seen, areas)), lambda: _written(areas, seen.snapshot.plane)
    )


def _written(areas: Areas, plane: Plane) -> bytes:
    drawn = shapely.to_geojson(in_degrees(simplified(areas), plane))
    features = [
        f'{{"type":"Feature","properties":{_text(code=code, name=name, parent=parent)},'
        f'"geometry":{geometry}}}'
        for code, name, parent, geometry in zip(
            areas.codes, areas.names, areas.parents, drawn, strict=True
        )
    ]
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'.encode(
        "utf-8", "replace"
    )


def _text(**properties: str) -> str:
    return json.dumps(properties, ensure_ascii=False)


def simplified(areas: Areas) -> NDArray[Any]:
    """(n,) shapes in metres; one that would vanish stays as it is."""
    if not len(areas):
        return areas.shapes
    # Copies: what another thread may have prepared must not be touched.
    own: NDArray[Any] = shapely.from_wkb(shapely.to_wkb(areas.shapes))
    whole = bool(shapely.coverage_is_valid(own))
    corners = int(shapely.get_num_coordinates(own).sum())
    small = own
    for tolerance in TOLERANCES_M[min(len(areas) // 1_000, 2) :]:  # for many, not even tried finely
        small = _simplified(own, tolerance, whole)
        before, corners = corners, int(shapely.get_num_coordinates(small).sum())
        if corners <= MOST_CORNERS or corners > _LITTLE * before:
            break
    return small


def _simplified(own: NDArray[Any], tolerance_m: float, whole: bool) -> NDArray[Any]:
    """Neighbours together where they fit, each for itself where the source has gaps or overlaps."""
    if whole:
        small = shapely.coverage_simplify(own, tolerance_m)
    else:
        small = shapely.simplify(own, tolerance_m, preserve_topology=True)
    kept: NDArray[Any] = np.where(shapely.is_empty(small) | ~shapely.is_valid(small), own, small)
    return kept


def geometries(shapes: NDArray[Any], plane: Plane) -> list[dict[str, Any]]:
    """GeoJSON geometries of shapes in metres; ``_DECIMALS`` digits."""
    return [shapely.geometry.mapping(shape) for shape in in_degrees(shapes, plane)]


def in_degrees(shapes: NDArray[Any], plane: Plane) -> NDArray[Any]:
    """(n,) shapes in WGS 84 of shapes in metres; ``_DECIMALS`` digits."""
    if not len(shapes):
        return shapes

    def to_degrees(xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
        lon, lat = plane.to_lonlat(xy_m[:, 0], xy_m[:, 1])
        return np.column_stack([lon, lat]).round(_DECIMALS)

    degrees: NDArray[Any] = shapely.transform(shapes, to_degrees)
    return degrees
