"""The metric CRS of a city: its zone, lengths as on the ground, and what is refused."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest

from geodata.working_plane import named_plane, working_plane
from routing.errors import UnknownCrs, UserInputError


@pytest.mark.parametrize(
    ("lon", "name"),
    [
        (73.6, "EPSG:4534"),
        (119.2955, "EPSG:4549"),  # 福州
        (104.07, "EPSG:4544"),  # 成都
        (116.4, "EPSG:4548"),  # 北京: nearer to 117 than to 114
        (134.7, "EPSG:4554"),
    ],
)
def test_the_zone_is_the_nearest_meridian_of_three_degrees(lon: float, name: str) -> None:
    assert working_plane(lon).name == name
    operation = pyproj.CRS(name).coordinate_operation
    assert operation is not None
    meridian = next(one.value for one in operation.params if "origin" in one.name.lower()
                    and "Longitude" in one.name)  # fmt: skip
    assert abs(meridian - lon) <= 1.5


@pytest.mark.parametrize("lon", [0.0, 73.0, 137.0])
def test_outside_the_zones_it_says_what_to_set(lon: float) -> None:
    with pytest.raises(UserInputError, match="SHUDI_WORKING_CRS"):
        working_plane(lon)


@pytest.mark.parametrize("lat", [20.0, 26.0, 45.0])
def test_a_hundred_metres_are_a_hundred_metres(lat: float) -> None:
    """Against the geodesic on the ellipsoid, in the middle and at the edge of a zone."""
    for lon in (120.0, 118.5, 121.49):
        plane = working_plane(lon)
        for azimuth in (0.0, 37.0, 90.0):
            lon2, lat2, _ = pyproj.Geod(ellps="GRS80").fwd(lon, lat, azimuth, 100.0)
            x, y = plane.from_lonlat(np.array([lon, lon2]), np.array([lat, lat2]))
            assert np.hypot(*np.diff([x, y])) == pytest.approx(100.0, rel=3.5e-4)


def test_there_and_back_and_nan_stays() -> None:
    plane = working_plane(119.3)
    lon, lat = np.array([119.3, np.nan, 119.1]), np.array([26.08, np.nan, 26.2])
    x, y = plane.from_lonlat(lon, lat)
    assert np.isnan([x[1], y[1]]).all()
    back = plane.to_lonlat(x, y)
    np.testing.assert_allclose(back, (lon, lat), atol=1e-10)


def test_a_local_grid_may_be_set() -> None:
    local = "+proj=tmerc +lat_0=0 +lon_0=119.3 +k=1 +x_0=40000 +y_0=-2800000 +ellps=GRS80 +units=m"
    assert named_plane(local).from_lonlat(np.array([119.3]), np.array([26.0]))[0][0] == (
        pytest.approx(40_000, abs=1e-6)
    )


@pytest.mark.parametrize(
    ("crs", "said"),
    [
        ("EPSG:4326", "degrees"),
        ("EPSG:4490", "degrees"),
        ("GCJ-02", "degrees"),
        ("EPSG:2263", "0.3048"),
        ("EPSG:3857", "not those on the ground"),
        ("EPSG:3395", "not those on the ground"),
    ],
)
def test_what_does_not_count_in_metres_is_refused(crs: str, said: str) -> None:
    with pytest.raises(UserInputError, match=said):
        named_plane(crs)


def test_an_unknown_one_is_refused() -> None:
    with pytest.raises(UnknownCrs):
        named_plane("EPSG:999999")
