"""Jurisdictions as GeoJSON: by level, by day, below one code; and pins as places."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from shapely import box
from shapely.geometry import shape

from app.outlines import outlines
from app.places import located
from routing.batch import DEFAULT_PIN_RADIUS_M
from routing.errors import UndeclaredCrs, UnknownCrs, UserInputError
from routing.model import Jurisdiction, JurisdictionLevel

DAY = date(2026, 6, 1)
TWO_WEST = box(119.30, 26.08, 119.32, 26.09)


def area(code: str, level: str, geometry: Any, **more: Any) -> Jurisdiction:
    kind: dict[str, Any] = {"overlay_kind": "river"} if level == "overlay" else {}
    return Jurisdiction(
        code=code,
        name=code,
        level=JurisdictionLevel(level),
        geometry=geometry,
        unit_code=code,
        **kind,
        **more,
    )


TOWN = [
    area("W", "subdistrict", TWO_WEST),
    area("E", "subdistrict", box(119.32, 26.08, 119.34, 26.09)),
    area("W-c", "community", TWO_WEST, parent_code="W"),
    area("W-1", "grid", box(119.30, 26.08, 119.31, 26.09), parent_code="W-c"),
    area("W-2", "grid", box(119.31, 26.08, 119.32, 26.09)),  # no parent: it lies inside
    area("E-1", "grid", box(119.32, 26.08, 119.33, 26.09), parent_code="E-c"),  # unknown parent
    area("old", "grid", box(119.33, 26.08, 119.34, 26.09), effective_to=date(2026, 5, 31)),
    area("river", "overlay", box(119.315, 26.07, 119.316, 26.10)),
]


def codes(level: str, day: date = DAY, within: str | None = None) -> list[str]:
    made: Any = outlines(TOWN, level, day, within=within, unit_name=str.lower)
    assert made["type"] == "FeatureCollection"
    return [feature["properties"]["code"] for feature in made["features"]]


@pytest.mark.parametrize(
    ("level", "within", "found"),
    [
        ("subdistrict", None, ["W", "E"]),
        ("subdistrict", "W", ["W"]),
        ("grid", None, ["W-1", "W-2", "E-1"]),
        ("grid", "W", ["W-1", "W-2"]),
        ("grid", "E", ["E-1"]),
        ("grid", "nowhere", []),
        ("overlay", "W", ["river"]),
        ("overlay", "E", []),
        ("community", "E", []),
        ("nonsense", None, []),
    ],
)
def test_one_level_perhaps_below_one_code(level: str, within: str | None, found: list[str]) -> None:
    assert codes(level, within=within) == found


def test_the_last_day_is_still_in_force() -> None:
    assert "old" in codes("grid", date(2026, 5, 31))
    assert "old" not in codes("grid", date(2026, 6, 1))


def test_a_feature_has_the_shape_and_the_unit() -> None:
    made: Any = outlines(TOWN, "subdistrict", DAY, within="W", unit_name=str.lower)
    [feature] = made["features"]
    assert shape(feature["geometry"]).equals(TWO_WEST)
    assert feature["properties"]["unit_name"] == "w"


def test_a_pin_without_accuracy_has_the_default_radius() -> None:
    place = located(119.3, 26.08, "WGS84", None)
    assert place is not None and place.radius_m == DEFAULT_PIN_RADIUS_M
    assert located(None, None, None, None) is None


@pytest.mark.parametrize(
    ("lon", "lat", "crs", "error"),
    [
        (119.3, 26.08, None, UndeclaredCrs),
        (119.3, 26.08, "EPSG:1", UnknownCrs),
        (float("nan"), 26.08, "WGS84", UserInputError),
        (float("inf"), 26.08, "EPSG:3857", UserInputError),
        (0.0, 0.0, "GCJ-02", UserInputError),
        (26.08, 119.3, "WGS84", UserInputError),
        (119.3, 95.0, "WGS84", UserInputError),
        (190.0, 26.0, "BD-09", UserInputError),
        (1e300, 1e300, "EPSG:4528", UserInputError),
    ],
)
def test_a_pin_that_names_no_place_is_refused(
    lon: float, lat: float, crs: str | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        located(lon, lat, crs, None)
