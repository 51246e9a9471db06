"""The jurisdictions a report can be about, by name, as they are today."""

from __future__ import annotations

from typing import Any, cast

from app import wiring
from routing.model import JurisdictionLevel


def names(level: JurisdictionLevel) -> dict[str, str]:
    """Code → name of one level, in the order of codes; kept ready by the services."""
    collection = cast("dict[str, Any]", wiring.services().jurisdictions_geojson(level.value))
    found = {one["properties"]["code"]: one["properties"]["name"] for one in collection["features"]}
    return dict(sorted(found.items()))


def place_name(within: tuple[JurisdictionLevel, str] | None) -> str:
    """A jurisdiction's name, its code where it is gone; for ``None`` 全市, or the district where
    the deployment is one district's."""
    if within is not None:
        level, code = within
        return names(level).get(code, code)
    districts = names(JurisdictionLevel.DISTRICT)
    return next(iter(districts.values())) if len(districts) == 1 else "全市"
