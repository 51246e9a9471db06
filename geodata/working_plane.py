"""The one metric CRS of a deployment: by default the CGCS2000 zone of three degrees it lies in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pyproj

from geodata.crs import Array, Crs, from_wgs84, parse_crs, to_wgs84
from routing.errors import UserInputError

_FIRST_MERIDIAN, _LAST_MERIDIAN = 75, 135
_FIRST_EPSG = 4534
"""EPSG:4534 to 4554 are the zones around 75°, 78° … 135° E without a zone number in the easting
(EPSG registry, "CGCS2000 / 3-degree Gauss-Kruger CM …")."""


@dataclass(frozen=True, kw_only=True)
class WorkingPlane:
    """A projection with metres; implements ``maps.model.Plane``.

    Within a zone lengths are right to 1 in 5,000 below 45° of latitude (at 1.5° from the meridian
    the scale is 1 + (λ cos φ)²/2, at most 1.00034 at the equator and 1.00017 at 45°).
    """

    name: str

    @cached_property
    def _crs(self) -> Crs:
        return parse_crs(self.name)

    def to_lonlat(self, x_m: Array, y_m: Array) -> tuple[Array, Array]:
        """Metres to WGS 84 degrees, element by element; NaN stays NaN."""
        return to_wgs84(x_m, y_m, self._crs)

    def from_lonlat(self, lon: Array, lat: Array) -> tuple[Array, Array]:
        """WGS 84 degrees to metres, element by element; NaN stays NaN."""
        return from_wgs84(lon, lat, self._crs)


def working_plane(lon: float) -> WorkingPlane:
    """Return the zone around a city's longitude (degrees); UserInputError outside the zones.

    >>> working_plane(119.3).name
    'EPSG:4549'
    """
    meridian = round(lon / 3) * 3
    if not _FIRST_MERIDIAN <= meridian <= _LAST_MERIDIAN:
        raise UserInputError(
            f"longitude {lon:g} lies in none of the CGCS2000 zones (73.5 to 136.5 degrees east); "
            "set SHUDI_WORKING_CRS to a metric CRS of the city"
        )
    return WorkingPlane(name=f"EPSG:{_FIRST_EPSG + (meridian - _FIRST_MERIDIAN) // 3}")


def named_plane(text: str) -> WorkingPlane:
    """Return the plane a CRS names.

    UserInputError for one that is unknown, of degrees, of another unit than metres, or a Mercator
    map of the world, whose metres are longer than those on the ground by 1 / cos φ.
    """
    crs = parse_crs(text)
    if crs.geographic:
        raise UserInputError("it counts in degrees, not metres")
    if crs.metres_per_unit != 1.0:
        raise UserInputError(f"it counts in units of {crs.metres_per_unit:g} m, not metres")
    operation = pyproj.CRS.from_user_input(crs.definition).coordinate_operation
    method = operation.method_name if operation is not None else ""
    if "Mercator" in method and "Transverse" not in method and "Oblique" not in method:
        raise UserInputError(f"its metres are not those on the ground ({method})")
    return WorkingPlane(name=text)
