"""Columns that hold a place: WKB, WKT, hexadecimal WKB, GeoArrow points, or two numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from routing.errors import UnusableSource

Shapes = npt.NDArray[Any]
"""shapely geometries, ``None`` where there is none."""
Mask = npt.NDArray[np.bool_]


def is_bytes(of: pa.DataType) -> bool:
    """Whether a column of this type may hold WKB."""
    return bool(pa.types.is_binary(of) or pa.types.is_large_binary(of))


def from_wkb(column: pa.ChunkedArray, subject: str) -> tuple[Shapes, Mask]:
    """Shapes of a geometry column of Arrow, and where there is something that is none.

    Raises UnusableSource for an encoding other than WKB and GeoArrow points.
    """
    values = column.combine_chunks()
    if isinstance(values, pa.ExtensionArray):
        values = values.storage
    if pa.types.is_struct(values.type):  # GeoArrow points
        x, y = (
            pc.fill_null(pc.struct_field(values, axis), np.nan).to_numpy(zero_copy_only=False)
            for axis in ("x", "y")
        )
        return _points(x, y), np.zeros(len(x), dtype=bool)
    if not is_bytes(values.type):
        raise UnusableSource(
            f"{subject}: its geometry is stored as {values.type}; write it as WKB "
            "(GeoParquet's usual encoding)"
        )
    wkb = values.to_numpy(zero_copy_only=False)
    shapes = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
    given = pc.is_valid(values).to_numpy(zero_copy_only=False)
    return _flat(shapes), given & shapely.is_missing(shapes)


def from_texts(columns: dict[str, pa.Array], rows: int, file: Path) -> tuple[Shapes, Mask]:
    """Shapes of a WKT column, where it is empty of ``lon`` and ``lat``; and what cannot be read.

    Raises UnusableSource where there is only one of ``lon`` and ``lat``.
    """
    geometry: Shapes = np.full(rows, None, dtype=object)
    unreadable = np.zeros(rows, dtype=bool)
    if ("lon" in columns) != ("lat" in columns):
        have, miss = ("lon", "lat") if "lon" in columns else ("lat", "lon")
        raise UnusableSource(f"gazetteer {str(file)!r} has {have!r} but no {miss!r}; add it")
    if "lon" in columns:
        x, x_wrong = _numbers(columns["lon"])
        y, y_wrong = _numbers(columns["lat"])
        geometry, unreadable = _points(x, y), x_wrong | y_wrong
    if "geometry" in columns:
        texts = pc.replace_substring_regex(columns["geometry"], r"(?i)^\s*SRID=\d+\s*;\s*", "")
        given = np.asarray(pc.not_equal(texts, "").to_numpy(zero_copy_only=False))
        asked = np.where(given, texts.to_numpy(zero_copy_only=False), None)
        shapes = np.asarray(shapely.from_wkt(asked, on_invalid="ignore"), dtype=object)
        hexed = given & shapely.is_missing(shapes)
        if hexed.any():  # PostGIS writes its shapes into CSV as hexadecimal WKB
            shapes[hexed] = _from_hex(asked[hexed])
        geometry = np.where(given, _flat(shapes), geometry)
        unreadable = np.where(given, shapely.is_missing(shapes), unreadable)
    return geometry, unreadable


def _from_hex(texts: Iterable[str]) -> Shapes:
    hexadecimal = re.compile(r"(?:[0-9A-Fa-f]{2}){9,}")
    plain = [text if hexadecimal.fullmatch(text) else None for text in texts]
    out: Shapes = np.asarray(shapely.from_wkb(plain, on_invalid="ignore"), dtype=object)
    return out


def _numbers(texts: pa.Array) -> tuple[npt.NDArray[np.float64], Mask]:
    """The texts as numbers, nan where there is none; and where there is text that is none."""
    given = pc.not_equal(texts, "")
    try:
        values = pc.cast(pc.if_else(given, texts, None), pa.float64())
    except pa.ArrowInvalid:
        plain = pc.match_substring_regex(texts, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
        values = pc.cast(pc.if_else(plain, texts, None), pa.float64())
    numbers = pc.fill_null(values, np.nan).to_numpy(zero_copy_only=False)
    return numbers, given.to_numpy(zero_copy_only=False) & ~np.isfinite(numbers)


def _points(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> Shapes:
    good = np.isfinite(x) & np.isfinite(y)
    out: Shapes = np.full(len(x), None, dtype=object)
    out[good] = shapely.points(x[good], y[good])
    return out


def _flat(shapes: Shapes) -> Shapes:
    """Without heights; most files have none, and then nothing is copied."""
    high = shapely.has_z(shapes)
    if high.any():
        shapes = shapes.copy()
        shapes[high] = shapely.force_2d(shapes[high])
    return shapes
