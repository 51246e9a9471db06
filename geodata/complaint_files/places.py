"""Coordinates as written, each in its own CRS → WGS 84, and what is wrong with those that fail."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geodata.complaint_files.formats import RawComplaints
from geodata.crs import Crs, parse_crs, to_wgs84
from routing.errors import UndeclaredCrs, UnknownCrs

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_NOT_FINITE = r"(?i)^[+-]?(nan|inf|infinity)$"

_ACCURACY_LIMIT_M = 100_000.0
"""Above this a coordinate names no place inside a city; the API refuses the same."""

Problem = tuple[str, np.ndarray, str]
"""Code, rows it holds for, and a Chinese sentence with ``{column}`` for a row's own value."""


@dataclass(kw_only=True)
class Places:
    """One row each, and the problems found on the way."""

    lon: np.ndarray
    """float64, WGS 84 degrees; nan where there is no usable coordinate."""
    lat: np.ndarray
    radius_m: np.ndarray
    """float64; nan where the row gives no accuracy."""
    given: np.ndarray
    """bool: the row has a coordinate, good or bad."""
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_places(raw: RawComplaints, columns: dict[str, pa.Array], crs: str | None) -> Places:
    """Places of all rows. ``columns`` are trimmed texts; ``crs`` serves rows that name none.

    A file's geometry goes before its columns ``lon`` and ``lat``; its CRS is the row's ``crs``
    (unless the file has coordinates in columns too, which that then describes), else ``crs``,
    else what the file declares.
    """
    rows = raw.rows
    nowhere = np.full(rows, np.nan)
    none = np.zeros(rows, dtype=bool)
    places = Places(lon=nowhere.copy(), lat=nowhere.copy(), radius_m=nowhere.copy(), given=none)
    empty = pa.array([""] * rows, pa.string())
    row_crs = columns.get("crs", empty)
    x, y, name = nowhere.copy(), nowhere.copy(), np.full(rows, crs or "", dtype=object)
    if "lon" in columns and "lat" in columns:
        x, y = _from_columns(columns["lon"], columns["lat"], places)
        name = _or(row_crs, name)
        row_crs = empty
    if raw.points is not None:
        shaped = ~(np.isnan(raw.points.x) & np.isnan(raw.points.y))
        default = np.full(rows, crs or raw.points.crs or "", dtype=object)
        x, y = np.where(shaped, raw.points.x, x), np.where(shaped, raw.points.y, y)
        name = np.where(shaped, _or(row_crs, default), name)
        places.problems = [(code, m & ~shaped, why) for code, m, why in places.problems]
        wrong = raw.points.not_a_point != ""
        places.problems.append(("not_a_point", wrong, "几何不是单个点，是什么线面请给出代表位置"))
        places.given = places.given | shaped | wrong
        if crs and raw.points.crs and parse_crs(crs) != parse_crs(raw.points.crs):
            places.notes.append(
                f"geometry read as {crs} (--crs), though the file declares "
                + raw.points.crs.split("\n")[0][:60]
            )
    _to_wgs84(x, y, name, places)
    if "accuracy_m" in columns:
        _accuracy(columns["accuracy_m"], places)
    return places


def _or(texts: pa.Array, default: np.ndarray) -> np.ndarray:
    own = texts.to_numpy(zero_copy_only=False)
    chosen: np.ndarray = np.where(own != "", own, default)
    return chosen


def _from_columns(lon: pa.Array, lat: pa.Array, places: Places) -> tuple[np.ndarray, np.ndarray]:
    x, bad_x = numbers(lon)
    y, bad_y = numbers(lat)
    has_x = pc.not_equal(lon, "").to_numpy(zero_copy_only=False)
    has_y = pc.not_equal(lat, "").to_numpy(zero_copy_only=False)
    places.given = has_x | has_y
    both = has_x & has_y
    bad = both & (bad_x | bad_y)
    infinite = both & ~bad & ~(np.isfinite(x) & np.isfinite(y))
    places.problems += [
        ("incomplete_coordinate", has_x & ~has_y, "有经度 {lon}，没有纬度"),
        ("incomplete_coordinate", has_y & ~has_x, "有纬度 {lat}，没有经度"),
        ("not_a_number", bad, "坐标 {lon}, {lat} 不是数字"),
        ("not_finite", infinite, "坐标 {lon}, {lat} 不是有限的数"),
    ]
    usable = both & ~bad & ~infinite
    return np.where(usable, x, np.nan), np.where(usable, y, np.nan)


def _to_wgs84(x: np.ndarray, y: np.ndarray, name: np.ndarray, places: Places) -> None:
    """Convert row groups of one CRS at once; what cannot be becomes a problem of its rows."""
    there = np.isfinite(x) & np.isfinite(y)
    shaped_badly = places.given & ~there & (np.isinf(x) | np.isinf(y))
    places.problems.append(("not_finite", shaped_badly, "坐标不是有限的数"))
    found = pa.array(np.where(there, name, ""), pa.string()).dictionary_encode()
    group = found.indices.to_numpy(zero_copy_only=False)
    for number, text in enumerate(found.dictionary.to_pylist()):
        rows = there & (group == number)
        if not rows.any():
            continue
        try:
            system = parse_crs(text)
        except UndeclaredCrs:
            places.problems.append(
                ("no_crs", rows, "坐标没有说明坐标系；请填 crs 一列，或在命令中加 --crs")
            )
            continue
        except UnknownCrs as error:
            hint = str(error).partition("; ")[2]
            why = f"坐标系 {_plain(text)} 无法识别（{_plain(hint)}）"
            places.problems.append(("unknown_crs", rows, why))
            continue
        good = rows & _in_range(x, y, rows, system, places)
        places.lon[good], places.lat[good] = to_wgs84(x[good], y[good], system)
        lost = good & ~(np.isfinite(places.lon) & np.isfinite(places.lat))
        places.problems.append(
            ("outside_crs", lost, f"坐标不在坐标系 {_plain(system.name)} 的适用范围内")
        )
        places.lon[lost] = places.lat[lost] = np.nan


def _in_range(
    x: np.ndarray, y: np.ndarray, rows: np.ndarray, system: Crs, places: Places
) -> np.ndarray:
    zero = rows & (x == 0) & (y == 0)
    high = wide = swapped = np.zeros_like(rows)
    if system.geographic:
        beyond = rows & (np.abs(y) > 90)
        swapped = beyond & (np.abs(y) <= 180) & (np.abs(x) <= 90)
        high = beyond & ~swapped
        wide = rows & ~beyond & (np.abs(x) > 180)
    places.problems += [
        ("zero_coordinate", zero, "坐标是 (0, 0)，不是真实位置"),
        ("swapped", swapped, "纬度 {y} 超出 ±90，看起来经度和纬度写反了 (lon and lat exchanged?)"),
        ("latitude_range", high, "纬度 {y} 超出 ±90；若是投影坐标，请说明坐标系"),
        ("longitude_range", wide, "经度 {x} 超出 ±180"),
    ]
    good: np.ndarray = ~(zero | swapped | high | wide)
    return good


def _accuracy(texts: pa.Array, places: Places) -> None:
    values, bad = numbers(texts)
    stated = places.given & pc.not_equal(texts, "").to_numpy(zero_copy_only=False)
    # written so that nan fails too
    fits = (values > 0) & (values <= _ACCURACY_LIMIT_M)
    wrong = stated & (bad | ~fits)
    why = f"定位精度 {{accuracy_m}} 米不可用（应大于 0，不超过 {_ACCURACY_LIMIT_M:.0f}）"
    places.problems.append(("accuracy", wrong, why))
    places.radius_m = np.where(stated & ~wrong, values, np.nan)


def numbers(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Decimal texts as float64 (nan and inf as written), and which are no numbers.

    Empty gives nan and is no mistake here.
    """
    blank = pc.equal(texts, "")
    try:
        cast = pc.cast(pc.if_else(blank, "nan", texts), pa.float64())
        return cast.to_numpy(zero_copy_only=False), np.zeros(len(texts), dtype=bool)
    except pa.ArrowInvalid:
        good = pc.or_(
            pc.match_substring_regex(texts, _NUMBER), pc.match_substring_regex(texts, _NOT_FINITE)
        )
        cast = pc.cast(pc.if_else(good, texts, "nan"), pa.float64())
        bad = pc.invert(pc.or_(good, blank))
        return cast.to_numpy(zero_copy_only=False), bad.to_numpy(zero_copy_only=False)


def _plain(text: str) -> str:
    """For a sentence that is a format string."""
    short = text if len(text) <= 40 else text[:37] + "…"
    return short.replace("{", "{{").replace("}", "}}")
