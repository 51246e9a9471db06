"""Places a dispatcher looks up, chooses or sets by hand, and how each becomes a location."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from shapely.errors import ShapelyError
from shapely.geometry import Point, shape

from app import wiring, words
from app.desks.outside import radius_of
from app.desks.present import QUEUE_UNIT
from app.desks.reading import UnitAt
from routing.errors import UserInputError
from routing.geocoding.search import PlaceSearch, PlaceSuggestion
from routing.geocoding.uncertainty import BARE_COMPOUND_M, BARE_VILLAGE_M, RADII_M
from routing.model import Complaint, Location, LocationPrecision, Place, PlaceKind

NO_GAZETTEER = "尚未导入地名库，请系统管理员运行 shudi gazetteer import"
MOST_SUGGESTED = 20
"""Lines under the box: more than fit on a screen are no help, typing on is."""

CLICK_RADIUS_M = 15.0
"""Metres, 95 %: a click on a map at the desk's usual scale, where 15 m are about 12 pixels."""

_CLASS: dict[PlaceKind, LocationPrecision] = {
    PlaceKind.ROAD: LocationPrecision.ROAD,
    PlaceKind.ADDRESS: LocationPrecision.DOOR,
    PlaceKind.COMPOUND: LocationPrecision.COMPOUND,
    PlaceKind.BUILDING: LocationPrecision.BUILDING,
    PlaceKind.POI: LocationPrecision.POI,
    PlaceKind.STOP: LocationPrecision.STOP,
    PlaceKind.GATE: LocationPrecision.GATE,
    PlaceKind.POLE: LocationPrecision.POLE,
    PlaceKind.JUNCTION: LocationPrecision.JUNCTION,
    PlaceKind.VILLAGE: LocationPrecision.VILLAGE,
    PlaceKind.WATER: LocationPrecision.WATER,
}
_BARE_M = {PlaceKind.COMPOUND: BARE_COMPOUND_M, PlaceKind.VILLAGE: BARE_VILLAGE_M}
"""Radius of those of which only a point is known."""


class Hint(BaseModel):
    """Whose hint a point on the map was taken from; stored with the case."""

    model_config = ConfigDict(extra="forbid")

    provider: Literal["amap", "baidu", "tianditu"]
    precision: LocationPrecision
    """What the provider matched; it says how far off its point may be."""

    @property
    def reading(self) -> str:
        """``outside:amap:poi``."""
        return f"outside:{self.provider}:{self.precision.value}"


class Chosen(BaseModel):
    """What the place box sends: a place by its id, or a point set on the map (WGS 84)."""

    model_config = ConfigDict(extra="forbid")

    place_id: str | None = Field(default=None, max_length=200)
    lon: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    hint: Hint | None = None
    """For a point taken from an outside geocoder; ``None`` for a click."""

    @model_validator(mode="after")
    def _one(self) -> Chosen:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("lon 与 lat 须同时给出")
        if not self.place_id and self.lon is None:
            raise ValueError("请选择一处地点，或在地图上点选")
        if self.hint and (self.place_id or self.lon is None):
            raise ValueError("hint 只用于地图上的点")
        return self


def search() -> PlaceSearch | None:
    """The box's search; ``None`` while no gazetteer is in force."""
    return wiring.services().search()


def find(query: str, limit: int, near: str = "") -> list[dict[str, object]] | None:
    """Suggestions as JSON, best first; ``None`` while no gazetteer is in force."""
    box = search()
    if box is None:
        return None
    return [shown(one) for one in box.find(query, min(limit, MOST_SUGGESTED), near=near)]


def shown(one: PlaceSuggestion) -> dict[str, object]:
    """One suggestion as JSON."""
    return {**asdict(one), "kind": one.kind.value, "kind_label": words.PLACE_KINDS[one.kind]}


def suggestion(place_id: str) -> dict[str, object] | None:
    """A place of the gazetteer in force as the box would show it."""
    box = search()
    found = box.suggestion(place_id) if box else None
    return shown(found) if found else None


def location(chosen: Chosen | None) -> Location | None:
    """Where the chosen place is, ``None`` for none; UserInputError where it is not known (any
    more): a gazetteer may have been replaced since the list was shown."""
    if chosen is None:
        return None
    if chosen.place_id:
        return of_place(_known(chosen.place_id))
    assert chosen.lon is not None and chosen.lat is not None
    if not (math.isfinite(chosen.lon) and math.isfinite(chosen.lat)):
        raise UserInputError(f"坐标 {chosen.lon}, {chosen.lat} 不是有限的数")
    return Location(
        geometry=Point(chosen.lon, chosen.lat),
        radius_m=radius_of(chosen.hint.precision) if chosen.hint else CLICK_RADIUS_M,
        precision=LocationPrecision.PIN,
        reading=chosen.hint.reading if chosen.hint else "",
    )


def of_place(place: Place) -> Location:
    """A place of the gazetteer as a location: its whole shape, never a point for a road."""
    precision = _CLASS.get(place.kind) or _admin_class(place.admin_code)
    radius_m = RADII_M[precision]
    if place.geometry.geom_type == "Point":
        radius_m = _BARE_M.get(place.kind, radius_m)
    return Location(
        geometry=place.geometry,
        radius_m=radius_m,
        precision=precision,
        place_ids=(place.id,),
        matched_text=place.name,
        reading=f"{place.kind.value}:{place.name}",
    )


def unit_at(category: str | None, day: str) -> UnitAt:
    """Who would lead for a category at a stored place on a day (ISO; empty for today): its name,
    empty for nobody or where the place cannot be read any more."""
    on = date.fromisoformat(day) if day else None

    def name(place: Mapping[str, object]) -> str:
        try:
            where = Location(
                geometry=shape(place["geometry"]),
                radius_m=float(str(place["radius_m"])),
                precision=LocationPrecision(str(place["precision"])),
            )
        except (ShapelyError, ValueError, KeyError, TypeError, AttributeError):
            return ""
        asked = Complaint(id="rival", category=category or None, location=where)
        advice = wiring.services().route(asked, on).recommendation
        return "" if advice.unit_code in ("", QUEUE_UNIT) else advice.unit_name

    return name


def _known(place_id: str) -> Place:
    box = search()
    if box is None:
        raise UserInputError(NO_GAZETTEER)
    found = box.place(place_id)
    if found is None:
        raise UserInputError(f"现行地名库里没有地点 {place_id[:40]!r}，请重新查找并选择")
    return found


def _admin_class(code: str) -> LocationPrecision:
    """By the digits of a division's code that are not noughts: 6, 9 or 12."""
    digits = len(code.rstrip("0"))
    if digits <= 6:
        return LocationPrecision.DISTRICT
    return LocationPrecision.SUBDISTRICT if digits <= 9 else LocationPrecision.COMMUNITY
