"""The ground of the street's map: its shapes, and its communities with their grids."""

from __future__ import annotations

from datetime import date
from typing import Any

import shapely
from shapely.geometry import shape

from app.desks.shapes import Collection, collection, of_subdistrict, polygons
from routing.model import JurisdictionLevel

LEVELS = (
    JurisdictionLevel.SUBDISTRICT,
    JurisdictionLevel.COMMUNITY,
    JurisdictionLevel.GRID,
    JurisdictionLevel.OVERLAY,
)


def subdistricts(day: date) -> list[tuple[str, str]]:
    """Code and name of each subdistrict in force."""
    features = of_subdistrict(None, JurisdictionLevel.SUBDISTRICT, day)["features"]
    return [(one["code"], one["name"]) for one in map(_named, features)]


def layers_of(own: str | None, day: date) -> dict[str, Any]:
    """The shapes of one subdistrict, or of all for ``None``, as GeoJSON by level (WGS 84)."""
    layers = {level.value: of_subdistrict(own, level, day) for level in LEVELS}
    if own is not None:
        layers["overlay"] = _cut(layers["overlay"], layers["subdistrict"])
    return layers


def groups_of(layers: dict[str, Any]) -> list[dict[str, Any]]:
    """Communities, each with its grids; grids without one stand under their subdistrict."""
    above: list[dict[str, Any]] = [
        {**_named(feature), "level": level, "grids": []}
        for level in ("community", "subdistrict")
        for feature in layers[level]["features"]
    ]
    by_code = {group["code"]: group for group in above}
    for feature in layers["grid"]["features"]:
        group = by_code.get(str(feature["properties"].get("parent_code")))
        if group is not None:
            group["grids"].append(_named(feature))
    return [group for group in above if group["level"] == "community" or group["grids"]]


def codes_of(groups: list[dict[str, Any]]) -> set[str]:
    """Every community and grid on the page."""
    return {group["code"] for group in groups} | {
        one["code"] for group in groups for one in group["grids"]
    }


def _named(feature: dict[str, Any]) -> dict[str, str]:
    about = feature["properties"]
    return {"code": str(about["code"]), "name": str(about.get("name", ""))}


def _cut(overlay: Collection, ground: Collection) -> Collection:
    """Overlays within the ground only: a road goes on, but what lies beyond is not this map's."""
    inside = shapely.union_all([shape(one["geometry"]) for one in ground["features"]])
    shapely.prepare(inside)
    cut = []
    for one in overlay["features"]:
        whole = shape(one["geometry"])
        part = whole if inside.covers(whole) else polygons(whole.intersection(inside))
        if not part.is_empty:
            cut.append({**one, "geometry": shapely.geometry.mapping(part)})
    return collection(cut)
