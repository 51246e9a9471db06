"""One layer of a file, through GDAL: geometry as it is, fields as text, and what the file says.

GDAL guesses a legacy shapefile's encoding as Latin-1, and turns whole numbers with blanks into
decimals; both would spoil codes and names, so both are undone here.
"""

from __future__ import annotations

import difflib
import math
import re
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyogrio
import pyogrio.errors
import pyogrio.raw
import shapely

from routing.errors import UnusableSource


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class RawLayer:
    """A layer as the file has it."""

    geometry: npt.NDArray[Any]
    """shapely geometries in the file's own coordinates; ``None`` where there is none."""
    unreadable: npt.NDArray[np.bool_]
    """Where the file has a geometry that no polygon can be made of."""
    fields: dict[str, list[str | None]]
    """Texts, stripped; ``None`` for null and blank; whole numbers without a decimal point."""
    embedded_crs: str | None
    """As the file states it; ``None`` where it states none (a GeoJSON without ``crs``)."""
    encoding: str | None
    """Detected encoding of the texts; ``None`` where nothing had to be detected."""

    def __len__(self) -> int:
        return len(self.geometry)


def read_layer(
    file: Path, layer: str | None, encoding: str | None, wanted: Collection[str]
) -> RawLayer:
    """Read the ``wanted`` fields of one layer.

    Raises UnusableSource, naming the file, where GDAL cannot read it, the layer or a field is not
    there (with those that are), or the declared encoding is wrong.
    """
    name = file.name
    layer = _chosen_layer(file, layer)
    detected = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # open rings: closed below
            info = pyogrio.read_info(str(file), layer=layer, encoding="ISO-8859-1")
            if encoding is None and info["driver"] == "ESRI Shapefile":
                encoding = detected = _detected_encoding(file, layer)
            meta, _, wkb, columns = pyogrio.raw.read(
                str(file), layer=layer, encoding=encoding, force_2d=True
            )
            geometry = _geometries(wkb, int(info["features"]))
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as wrong:
        raise UnusableSource(f"boundary file {name!r} cannot be read: {_first(wrong)}") from None
    except UnicodeDecodeError:
        raise UnusableSource(
            f"boundary file {name!r}: its texts are not {encoding or 'UTF-8'}; "
            'set encoding = "GB18030" for this layer'
        ) from None
    present = [str(field) for field in meta["fields"]]
    missing = [field for field in wanted if field not in present]
    if missing and len(geometry):
        raise UnusableSource(_missing_text(name, missing, present))
    fields = {
        field: _texts(columns[present.index(field)], str(meta["dtypes"][present.index(field)]))
        for field in wanted
        if field in present
    }
    had = [item is not None for item in wkb] if wkb is not None else [False] * len(geometry)
    return RawLayer(
        geometry=geometry,
        unreadable=np.array(had, dtype=bool) & np.array([item is None for item in geometry], bool),
        fields=fields,
        embedded_crs=_embedded(file, info["driver"], meta["crs"]),
        encoding=detected,
    )


def _first(wrong: Exception) -> str:
    return str(wrong).partition(";")[0]


def _chosen_layer(file: Path, layer: str | None) -> str | None:
    try:
        names = [str(name) for name in pyogrio.list_layers(str(file))[:, 0]]
    except pyogrio.errors.DataSourceError as wrong:
        raise UnusableSource(
            f"boundary file {file.name!r} cannot be read: {_first(wrong)}"
        ) from None
    if layer is None and len(names) > 1:
        raise UnusableSource(
            f"boundary file {file.name!r} has {len(names)} layers; "
            f"set layer = to one of {', '.join(names)}"
        )
    if layer is not None and layer not in names:
        raise UnusableSource(
            f"boundary file {file.name!r} has no layer {layer!r}; it has {', '.join(names)}"
        )
    return layer


def _missing_text(name: str, missing: list[str], present: list[str]) -> str:
    parts = []
    for field in missing:
        close = difflib.get_close_matches(field, present, n=1)
        parts.append(f"{field!r}" + (f" (did you mean {close[0]!r}?)" if close else ""))
    there = ", ".join(present) if present else "none at all"
    return f"boundary file {name!r} has no field {', '.join(parts)}; fields there: {there}"


def _geometries(wkb: npt.NDArray[Any] | None, features: int) -> npt.NDArray[Any]:
    if wkb is None:
        return np.full(max(features, 0), None, dtype=object)
    read: npt.NDArray[Any] = np.asarray(shapely.from_wkb(wkb, on_invalid="fix"), dtype=object)
    return read


def _detected_encoding(file: Path, layer: str | None) -> str | None:
    """UTF-8 or GB18030 by what the bytes can be; ``None`` where all of them are ASCII."""
    # Read as Latin-1, each character is one byte of the file.
    meta, _, _, columns = pyogrio.raw.read(
        str(file), layer=layer, encoding="ISO-8859-1", read_geometry=False
    )
    texts = [str(field) for field in meta["fields"]]
    for column in columns:
        if column.dtype == object:
            texts += [item for item in column if isinstance(item, str)]
    data = [text.encode("latin-1", "replace") for text in texts if not text.isascii()]
    if not data:
        return None
    for encoding in ("UTF-8", "GB18030"):
        try:
            for item in data:
                item.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise UnusableSource(
        f"boundary file {file.name!r}: its texts are neither UTF-8 nor GB18030; "
        "set encoding = for this layer"
    )


def _texts(column: npt.NDArray[Any], dtype: str) -> list[str | None]:
    whole = dtype.startswith(("int", "uint"))
    return [_text(item, whole) for item in column]


def _text(item: Any, whole: bool) -> str | None:
    if item is None:
        return None
    if isinstance(item, (float, np.floating)):
        if math.isnan(item):
            return None
        if whole or float(item).is_integer():
            return f"{item:.0f}"
        return repr(float(item))
    return str(item).strip() or None


_GEOJSON_CRS = re.compile(rb'"crs"\s*:\s*\{')


def _embedded(file: Path, driver: str, crs: str | None) -> str | None:
    if not crs:
        return None
    if driver in ("GeoJSON", "GeoJSONSeq", "TopoJSON"):
        # GDAL reports WGS 84 for every GeoJSON; only a member of its own is a statement.
        if "!" in str(file) or file.suffix.lower() == ".zip":
            return None
        return crs if _GEOJSON_CRS.search(file.read_bytes()) else None
    return crs
