"""Jurisdictions as GeoJSON for the maps of the desks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

import shapely

from routing.model import TERRITORIAL_LEVELS, Jurisdiction, JurisdictionLevel

_DECIMALS = 7
"""Of a degree: one centimetre, finer than any border is known."""


def outlines(
    jurisdictions: Sequence[Jurisdiction],
    level: str,
    day: date,
    *,
    within: str | None = None,
    unit_name: Callable[[str], str],
) -> dict[str, object]:
    """Return a GeoJSON FeatureCollection (WGS 84) of one level as in force on the day.

    ``within`` keeps the jurisdiction with that code itself and what lies below it. An unknown
    level or code gives an empty collection.
    """
    in_force = [one for one in jurisdictions if _on(one, day)]
    chosen = [one for one in in_force if one.level.value == level]
    if within is not None:
        ancestors = [
            one
            for one in in_force
            if one.code == within and one.level is not JurisdictionLevel.OVERLAY
        ]
        chosen = [one for one in chosen if any(_below(one, top, in_force) for top in ancestors)]
    return {
        "type": "FeatureCollection",
        "features": [_feature(one, unit_name) for one in chosen],
    }


def _on(one: Jurisdiction, day: date) -> bool:
    return one.effective_from <= day and (one.effective_to is None or day <= one.effective_to)


def _below(one: Jurisdiction, top: Jurisdiction, in_force: Iterable[Jurisdiction]) -> bool:
    if one.code == top.code and one.level is top.level:
        return True
    if one.level is JurisdictionLevel.OVERLAY:
        return bool(shapely.intersects(one.geometry, top.geometry))
    depth = {level: at for at, level in enumerate(TERRITORIAL_LEVELS)}
    if depth[one.level] <= depth[top.level]:
        return False
    above = depth[one.level] - 1
    if one.parent_code is not None:
        if one.parent_code == top.code and TERRITORIAL_LEVELS[above] is top.level:
            return True
        parents = [
            other
            for other in in_force
            if other.code == one.parent_code and other.level is TERRITORIAL_LEVELS[above]
        ]
        if parents:
            return any(_below(parent, top, in_force) for parent in parents)
    # No parent was declared: a point inside decides, which no shared border can make ambiguous.
    return bool(shapely.covers(top.geometry, shapely.point_on_surface(one.geometry)))


def _feature(one: Jurisdiction, unit_name: Callable[[str], str]) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {
            "code": one.code,
            "name": one.name,
            "level": one.level.value,
            "unit_code": one.unit_code,
            "unit_name": unit_name(one.unit_code),
            "parent_code": one.parent_code,
            "overlay_kind": one.overlay_kind,
            "version": one.version,
        },
        "geometry": _rounded(shapely.geometry.mapping(one.geometry)),
    }


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, _DECIMALS)
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(part) for part in value]
    return value
