"""The two map datums used in China that PROJ does not know, as plain array arithmetic.

GCJ-02 (高德, 腾讯) moves WGS 84 by 20–700 m with a published formula; BD-09 (百度) moves GCJ-02
once more. Neither has a closed inverse: it is found by iteration. Only ``geodata.crs`` calls this
module; everything else asks that one.

The formula applies inside a rectangle only, on WGS 84 coordinates. The rectangle also holds parts
of neighbouring countries, and vendors differ on Hong Kong, Macao and Taiwan: a source from there
must be declared in the datum it was really published in.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

GCJ_BOX = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north in WGS 84 degrees; outside it the datums equal WGS 84."""

# Krasovsky 1940, as the formula uses it; with other axes the result is off by about a centimetre.
_AXIS_M = 6378245.0
_ECCENTRICITY_2 = 0.00669342162296594323
_BD_WAVES = np.pi * 3000.0 / 180.0

# The map is a contraction by at most 0.02 (GCJ-02) and 0.06 (BD-09) per step over the rectangle, so
# an error of 0.01 degrees is below 1e-13 degrees (10 nm) after nine steps; measured in the tests.
_STEPS = 9


# A point on the rectangle's edge comes back from the iteration a rounding error beside it.
_EDGE_DEG = 1e-9


def inside_gcj_box(lon: Array, lat: Array, margin: float = 0.0) -> npt.NDArray[np.bool_]:
    """Where the datums differ from WGS 84, in degrees; false for nan."""
    west, south, east, north = GCJ_BOX
    east_west = (lon >= west - margin) & (lon <= east + margin)
    return east_west & (lat >= south - margin) & (lat <= north + margin)


def _shift(lon: Array, lat: Array) -> tuple[Array, Array]:
    """What GCJ-02 adds to WGS 84, in degrees, without asking for the rectangle."""
    x, y = lon - 105.0, lat - 35.0
    waves = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    root = np.sqrt(np.abs(x))
    north = (
        -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + (
            waves
            + 20.0 * np.sin(np.pi * y)
            + 40.0 * np.sin(np.pi / 3.0 * y)
            + 160.0 * np.sin(np.pi / 12.0 * y)
            + 320.0 * np.sin(np.pi / 30.0 * y)
        )
        * (2.0 / 3.0)
    )
    east = (
        300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + (
            waves
            + 20.0 * np.sin(np.pi * x)
            + 40.0 * np.sin(np.pi / 3.0 * x)
            + 150.0 * np.sin(np.pi / 12.0 * x)
            + 300.0 * np.sin(np.pi / 30.0 * x)
        )
        * (2.0 / 3.0)
    )
    latitude = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY_2 * np.sin(latitude) ** 2
    meridian_m = _AXIS_M * (1.0 - _ECCENTRICITY_2) / (magic * np.sqrt(magic))
    parallel_m = _AXIS_M / np.sqrt(magic) * np.cos(latitude)
    return np.degrees(east / parallel_m), np.degrees(north / meridian_m)


def _gcj_to_bd(x: Array, y: Array) -> tuple[Array, Array]:
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BD_WAVES)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD_WAVES)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def wgs84_to_gcj02(lon: Array, lat: Array) -> tuple[Array, Array]:
    """GCJ-02 longitude and latitude of WGS 84 points; unchanged outside the rectangle."""
    with np.errstate(invalid="ignore"):
        east, north = _shift(lon, lat)
    inside = inside_gcj_box(lon, lat)
    return np.where(inside, lon + east, lon), np.where(inside, lat + north, lat)


def wgs84_to_bd09(lon: Array, lat: Array) -> tuple[Array, Array]:
    """BD-09 longitude and latitude of WGS 84 points; unchanged outside the rectangle."""
    with np.errstate(invalid="ignore"):
        east, north = _shift(lon, lat)
        x, y = _gcj_to_bd(lon + east, lat + north)
    inside = inside_gcj_box(lon, lat)
    return np.where(inside, x, lon), np.where(inside, y, lat)


def gcj02_to_wgs84(x: Array, y: Array) -> tuple[Array, Array]:
    """WGS 84 points whose GCJ-02 is given; exact to under a micrometre.

    The rectangle is a rule about WGS 84, so it is tested on the answer and not on the question:
    a point just inside its edge may be moved across the edge and still comes back. A position
    that no point inside is moved to is returned unchanged.
    """
    lon, lat = _unshifted(x, y)
    inside = inside_gcj_box(lon, lat, _EDGE_DEG)
    return np.where(inside, lon, x), np.where(inside, lat, y)


def bd09_to_wgs84(x: Array, y: Array) -> tuple[Array, Array]:
    """WGS 84 points whose BD-09 is given; exact to under a micrometre, as ``gcj02_to_wgs84``."""
    gx, gy = x - 0.0065, y - 0.006
    with np.errstate(invalid="ignore"):
        for _ in range(_STEPS):
            bx, by = _gcj_to_bd(gx, gy)
            gx, gy = gx + (x - bx), gy + (y - by)
    lon, lat = _unshifted(gx, gy)
    inside = inside_gcj_box(lon, lat, _EDGE_DEG)
    return np.where(inside, lon, x), np.where(inside, lat, y)


def _unshifted(x: Array, y: Array) -> tuple[Array, Array]:
    lon, lat = x, y
    with np.errstate(invalid="ignore"):
        for _ in range(_STEPS):
            east, north = _shift(lon, lat)
            lon, lat = x - east, y - north
    return lon, lat
