"""Jurisdictions as GeoJSON (WGS 84) for the desks' maps: those of a window, or of a subdistrict.

A case's map shows the boundaries of the case's own day, and the cases of a queue have many days, so
nothing is kept ready per day: the few shapes of a window are picked and written each time.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from app import wiring
from routing.jurisdiction.index import JurisdictionIndex
from routing.model import Jurisdiction, JurisdictionLevel

Collection = dict[str, Any]
Window = tuple[float, float, float, float]
"""West, south, east, north in WGS 84 degrees."""

_lock = threading.Lock()
_boxes: tuple[JurisdictionIndex, NDArray[np.float64]] | None = None


def in_window(
    window: Window | None,
    day: date,
    levels: Iterable[JurisdictionLevel],
    *,
    detail_deg: float = 0.0,
) -> dict[str, Collection]:
    """What is in force on a day and meets the window (everything for ``None``), by level.

    Territories come whole, so that no border is drawn where none is; overlays are cut to the
    window, because roads and rivers run on for kilometres. Bends smaller than ``detail_deg`` are
    left out: a map of kilometres has no room for them.
    """
    found: dict[str, list[Collection]] = {level.value: [] for level in levels}
    index = wiring.services().deps()[0].index
    assert isinstance(index, JurisdictionIndex)
    for one in _meeting(index, window):
        if one.level.value not in found or not _in_force(one, day):
            continue
        geometry = one.geometry
        if window is not None and one.level is JurisdictionLevel.OVERLAY:
            geometry = polygons(shapely.clip_by_rect(geometry, *window))
        if detail_deg > 0:
            geometry = shapely.simplify(geometry, detail_deg)
        if not geometry.is_empty:
            found[one.level.value].append(feature(one, geometry))
    return {level: collection(features) for level, features in found.items()}


def of_subdistrict(code: str | None, level: JurisdictionLevel, day: date) -> Collection:
    """One level below a subdistrict, or everywhere for ``None``; kept ready by the services."""
    whole: Collection = wiring.services().jurisdictions_geojson(level.value, day, within=code)
    return whole


def polygons(geometry: BaseGeometry) -> BaseGeometry:
    """The polygons of a cut: where shapes only touch, cutting also gives lines and points.

    Empty where there are none.
    """
    if geometry.geom_type in ("Polygon", "MultiPolygon"):
        return geometry
    parts = getattr(geometry, "geoms", ())
    return shapely.union_all([part for part in parts if part.geom_type.endswith("Polygon")])


def feature(one: Jurisdiction, geometry: BaseGeometry) -> Collection:
    return {
        "type": "Feature",
        "properties": {
            "code": one.code,
            "name": one.name,
            "overlay_kind": one.overlay_kind,
            "parent_code": one.parent_code,
        },
        "geometry": json.loads(shapely.to_geojson(geometry)),
    }


def collection(features: list[Collection]) -> Collection:
    return {"type": "FeatureCollection", "features": features}


def _meeting(index: JurisdictionIndex, window: Window | None) -> Iterable[Jurisdiction]:
    if window is None or not index.jurisdictions:
        return index.jurisdictions
    west, south, east, north = window
    boxes = _boxes_of(index)
    meets = (
        (boxes[:, 0] <= east)
        & (boxes[:, 2] >= west)
        & (boxes[:, 1] <= north)
        & (boxes[:, 3] >= south)
    )
    return (index.jurisdictions[at] for at in np.flatnonzero(meets))


def _boxes_of(index: JurisdictionIndex) -> NDArray[np.float64]:
    global _boxes
    with _lock:
        if _boxes is None or _boxes[0] is not index:
            _boxes = (index, shapely.bounds([one.geometry for one in index.jurisdictions]))
        return _boxes[1]


def _in_force(one: Jurisdiction, day: date) -> bool:
    return one.effective_from <= day and (one.effective_to is None or day <= one.effective_to)
