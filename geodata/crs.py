"""Coordinate reference systems: everything becomes WGS 84 longitude/latitude here, exactly.

Axis order is always x, y: longitude or easting first, whatever the authority's order may be.
"""

from __future__ import annotations

import difflib
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyproj
import pyproj.exceptions
import shapely

from geodata.datums import datum
from geodata.datums.densify import densified
from routing.errors import UndeclaredCrs, UnknownCrs

Array = npt.NDArray[np.float64]

_NAMES: dict[str, tuple[Literal["wgs84", "gcj02", "bd09"], str]] = {
    "WGS84": ("wgs84", "EPSG:4326"),
    "WGS1984": ("wgs84", "EPSG:4326"),
    "CRS84": ("wgs84", "EPSG:4326"),
    "OGC:CRS84": ("wgs84", "EPSG:4326"),
    "EPSG:4326": ("wgs84", "EPSG:4326"),
    # Same ellipsoid to 0.1 mm; the frames differ by the plate's decimetres since 2000, which no
    # published pair of parameters corrects, so converting would only invent digits.
    "CGCS2000": ("wgs84", "EPSG:4490"),
    "EPSG:4490": ("wgs84", "EPSG:4490"),
    "GCJ02": ("gcj02", "GCJ-02"),
    "BD09": ("bd09", "BD-09"),
    "BD09LL": ("bd09", "BD-09"),
}
_SUGGESTED = ("GCJ-02", "BD-09", "WGS84", "CGCS2000", "EPSG:4326", "EPSG:4490", "EPSG:3857")

# Longest edge left undivided, so that an edge straight in the source stays within 1 mm of where it
# was declared: sag = second derivative x length^2 / 8. GCJ-02 bends at most 4,700 m/degree^2
# (0.6 mm), BD-09 111,000 m/degree^2 (0.6 mm), a projection tan(latitude)/R (0.8 mm at 45 degrees).
_STEP_GCJ_DEG = 0.001
_STEP_BD_DEG = 0.0002
_STEP_PROJECTED_M = 200.0
_STEP_GEOGRAPHIC_DEG = 0.002


@dataclass(frozen=True, kw_only=True, slots=True)
class Crs:
    """A coordinate reference system as declared; compare and cache it freely."""

    kind: Literal["wgs84", "gcj02", "bd09", "proj"]
    """``wgs84`` also stands for CGCS2000 degrees; ``proj`` is left to PROJ."""
    name: str
    """For messages and version texts: ``GCJ-02``, ``EPSG:4490``, or PROJ's name of a WKT."""
    definition: str = ""
    """What PROJ reads; empty for the two datums it does not know."""
    geographic: bool = True
    """Coordinates are angles; otherwise lengths."""
    metres_per_unit: float = 1.0
    """Lengths only: 0.3048… for feet."""

    @property
    def identity(self) -> bool:
        """Coordinates are WGS 84 longitude/latitude already and stay bit for bit."""
        return self.kind == "wgs84"


WGS84 = Crs(kind="wgs84", name="EPSG:4326", definition="EPSG:4326")
GCJ02 = Crs(kind="gcj02", name="GCJ-02")
BD09 = Crs(kind="bd09", name="BD-09")


def parse_crs(text: str) -> Crs:
    """The CRS a text names: GCJ-02, BD-09, WGS84, CGCS2000, ``EPSG:n``, WKT or a PROJ string.

    Letters' case, blanks, ``-`` and ``_`` in names do not matter. Raises UndeclaredCrs for an empty
    text and UnknownCrs, with close matches, for anything neither shudi nor PROJ knows.
    """
    if not text.strip():
        raise UndeclaredCrs("no CRS given; set crs to EPSG:4490, GCJ-02, BD-09 or any EPSG code")
    return _parsed(text.strip())


@lru_cache(maxsize=256)
def _parsed(text: str) -> Crs:
    plain = re.sub(r"[\s_\-]", "", text).upper()
    plain = re.sub(r"^(?:URN:OGC:DEF:CRS:)?(EPSG|OGC):+(?:[\d.]+:+)?(\w+)$", r"\1:\2", plain)
    known = _NAMES.get(plain) or _NAMES.get(plain.replace("/", ""))
    if known is not None:
        kind, name = known
        return Crs(kind=kind, name=name, definition=name if kind == "wgs84" else "")
    try:
        crs = pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        close = difflib.get_close_matches(text.upper(), _SUGGESTED, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(close)}?" if close else "use GCJ-02, BD-09 or EPSG:n"
        raise UnknownCrs(f"unknown CRS {_short(text)}; {hint}") from None
    return _from_proj(crs, text)


def _from_proj(crs: pyproj.CRS, text: str) -> Crs:
    if crs.is_compound:
        crs = next(part for part in crs.sub_crs_list if not part.is_vertical)
    if not (crs.is_geographic or crs.is_projected or crs.is_bound):
        raise UnknownCrs(
            f"CRS {_short(text)} is {crs.type_name.lower()}, not one of positions on a map; "
            "declare a geographic or projected CRS"
        )
    # Confidence 70 accepts a .prj that names its datum in another spelling.
    code = crs.to_epsg(min_confidence=70)
    if code in (4326, 4490, 4979, 4480) or crs.equals(pyproj.CRS("OGC:CRS84"), True):
        name = "EPSG:4490" if code in (4490, 4480) else "EPSG:4326"
        return Crs(kind="wgs84", name=name, definition=name)
    factor = crs.axis_info[0].unit_conversion_factor if crs.axis_info else 1.0
    return Crs(
        kind="proj",
        name=f"EPSG:{code}" if code else crs.name,
        definition=text,
        geographic=crs.is_geographic,
        metres_per_unit=1.0 if crs.is_geographic else float(factor),
    )


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")


_local = threading.local()


def _transformer(crs: Crs, *, forward: bool) -> pyproj.Transformer:
    # One per thread: a PROJ context must not be used from two threads at once.
    cache: dict[tuple[str, bool], pyproj.Transformer] = _local.__dict__.setdefault("cache", {})
    key = (crs.definition, forward)
    if key not in cache:
        ends = (crs.definition, "EPSG:4326") if forward else ("EPSG:4326", crs.definition)
        cache[key] = pyproj.Transformer.from_crs(*ends, always_xy=True)
    return cache[key]


def _arrays(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array]:
    return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)


def to_wgs84(x: npt.ArrayLike, y: npt.ArrayLike, crs: Crs) -> tuple[Array, Array]:
    """WGS 84 longitude and latitude in degrees, same shape as given.

    ``x`` is longitude or easting, ``y`` latitude or northing, in the units of ``crs``. WGS 84 and
    CGCS2000 degrees come back bit for bit. What cannot be converted comes back as nan.
    """
    xs, ys = _arrays(x, y)
    if crs.kind == "wgs84":
        return xs, ys
    if crs.kind == "gcj02":
        return datum.gcj02_to_wgs84(xs, ys)
    if crs.kind == "bd09":
        return datum.bd09_to_wgs84(xs, ys)
    return _finite(*_transformer(crs, forward=True).transform(xs, ys))


def from_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike, crs: Crs) -> tuple[Array, Array]:
    """The reverse of ``to_wgs84``: x and y in the units of ``crs``, same shape as given."""
    lons, lats = _arrays(lon, lat)
    if crs.kind == "wgs84":
        return lons, lats
    if crs.kind == "gcj02":
        return datum.wgs84_to_gcj02(lons, lats)
    if crs.kind == "bd09":
        return datum.wgs84_to_bd09(lons, lats)
    return _finite(*_transformer(crs, forward=False).transform(lons, lats))


def _finite(x: Any, y: Any) -> tuple[Array, Array]:
    xs, ys = _arrays(x, y)
    good = np.isfinite(xs) & np.isfinite(ys)
    return np.where(good, xs, np.nan), np.where(good, ys, np.nan)


def _step(crs: Crs) -> float:
    if crs.kind == "gcj02":
        return _STEP_GCJ_DEG
    if crs.kind == "bd09":
        return _STEP_BD_DEG
    return _STEP_GEOGRAPHIC_DEG if crs.geographic else _STEP_PROJECTED_M / crs.metres_per_unit


def geometry_to_wgs84(geometries: Sequence[Any] | npt.NDArray[Any], crs: Crs) -> npt.NDArray[Any]:
    """The geometries in WGS 84 degrees, as an array of the same length.

    An edge straight in ``crs`` is bent in degrees, so edges are divided first until the bend is
    under 1 mm; the vertices given are all kept, and an edge that two neighbours share is divided
    at the same points for both. In WGS 84 and CGCS2000 degrees nothing is changed at all.
    ``None`` and empty geometries stay. Heights are dropped where anything is converted.
    """
    given = np.asarray(geometries, dtype=object)
    if crs.identity:
        return given
    return _moved(densified(given, _step(crs)), lambda x, y: to_wgs84(x, y, crs))


def geometry_from_wgs84(geometries: Sequence[Any] | npt.NDArray[Any], crs: Crs) -> npt.NDArray[Any]:
    """The reverse of ``geometry_to_wgs84``, with edges divided in the same way (in degrees)."""
    given = np.asarray(geometries, dtype=object)
    if crs.identity:
        return given
    step = _step(crs) if crs.geographic else _STEP_GEOGRAPHIC_DEG
    return _moved(densified(given, step), lambda x, y: from_wgs84(x, y, crs))


def _moved(geometries: npt.NDArray[Any], convert: Any) -> npt.NDArray[Any]:
    def move(coordinates: Array) -> Array:
        return np.column_stack(convert(coordinates[:, 0], coordinates[:, 1]))

    moved: npt.NDArray[Any] = np.asarray(shapely.transform(geometries, move), dtype=object)
    return moved
