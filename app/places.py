"""A coordinate as it was sent becomes a place in WGS 84, or one sentence that says why not."""

from __future__ import annotations

import math

from shapely.geometry import Point

from geodata.crs import parse_crs, to_wgs84
from routing.batch import DEFAULT_PIN_RADIUS_M
from routing.errors import UndeclaredCrs, UserInputError
from routing.model import Location, LocationPrecision


def located(
    lon: float | None, lat: float | None, crs: str | None, accuracy_m: float | None
) -> Location | None:
    """Return the place of a pin, ``None`` where no coordinate was given.

    ``lon`` is the easting and ``lat`` the northing where ``crs`` is projected. Raises UndeclaredCrs
    or UnknownCrs for the CRS, UserInputError for a coordinate that names no place on Earth.
    """
    if lon is None or lat is None:
        return None
    if not (crs or "").strip():
        raise UndeclaredCrs("坐标没有说明坐标系，请填 crs，例如 GCJ-02、BD-09、EPSG:4490")
    system = parse_crs(crs or "")
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise UserInputError(f"坐标 {lon}, {lat} 不是有限的数")
    if lon == 0 and lat == 0:
        raise UserInputError("坐标是 (0, 0)，不是真实位置；没有坐标时请留空")
    if system.geographic:
        _check_degrees(lon, lat)
    x, y = to_wgs84([lon], [lat], system)
    if not (math.isfinite(x[0]) and math.isfinite(y[0])):
        raise UserInputError(f"坐标 {lon}, {lat} 不在坐标系 {system.name[:40]} 的适用范围内")
    return Location(
        geometry=Point(float(x[0]), float(y[0])),
        radius_m=accuracy_m or DEFAULT_PIN_RADIUS_M,
        precision=LocationPrecision.PIN,
    )


def _check_degrees(lon: float, lat: float) -> None:
    if abs(lat) > 90:
        swapped = abs(lat) <= 180 and abs(lon) <= 90
        hint = "看起来经度和纬度写反了" if swapped else "若是投影坐标，请用 crs 说明"
        raise UserInputError(f"纬度 {lat} 超出 ±90；{hint}")
    if abs(lon) > 180:
        raise UserInputError(f"经度 {lon} 超出 ±180；若是投影坐标，请用 crs 说明")
