"""A boundary source: what a TOML declaration says of the files beside it.

The format is in ``docs/data-sources.md``. Everything wrong in a declaration is reported at once.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from geodata.crs import WGS84, Crs, parse_crs
from geodata.source_files.declaration import Table, read_toml
from geodata.source_files.layers import (
    BORDER_KEYS,
    LAYER_KEYS,
    BorderLayer,
    SourceLayer,
    read_border_table,
    read_layer_table,
)
from routing.errors import UndeclaredCrs, UnknownCrs, UnusableSource

_SOURCE_KEYS = (
    "name", "authority", "licence", "crs", "effective_from", "retrieved", "effective_to", "notes",
    "axis_order", "bounds",
)  # fmt: skip
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class BoundarySource:
    """界线来源: a declaration, checked in itself; the files are read by ``geodata.read``."""

    name: str
    authority: str
    licence: str
    crs: Crs
    effective_from: date
    retrieved: date
    effective_to: date | None
    """Last day in force, inclusive; ``None`` while it is."""
    notes: str
    layers: tuple[SourceLayer, ...]
    path: Path
    """The declaration itself."""
    borders: tuple[BorderLayer, ...] = ()
    axis_order: Literal["xy", "yx"] = "xy"
    """``yx``: the files hold latitude or northing first."""
    bounds: Bounds | None = None
    """West, south, east, north in WGS 84 degrees the source must lie in; ``None``: not said."""


def parse_source(path: str | Path) -> BoundarySource:
    """The declaration at ``path``.

    Raises UndeclaredCrs where ``crs`` is missing, UnknownCrs where it alone is wrong, and
    UnusableSource, listing every mistake with its line, for anything else.
    """
    path = Path(path)
    document, lines = read_toml(path)
    mistakes: list[str] = []
    for key in document:
        if key not in ("source", "layer", "border"):
            close = difflib.get_close_matches(key, ("source", "layer", "border"), n=1)
            hint = f"did you mean {close[0]}?" if close else "known: source, layer, border"
            mistakes.append(f"unknown table or key {key!r}; {hint}")

    def tables(name: str, known: tuple[str, ...]) -> list[Table]:
        found = document.get(name, [])
        if not isinstance(found, list):
            mistakes.append(f"write [[{name}]] with two brackets, there may be several")
            return []
        return [Table(value, name, n, lines, mistakes, known) for n, value in enumerate(found)]

    if "source" not in document:
        raise UnusableSource(_listed(path, [*mistakes, "there is no [source] table"]))
    head = Table(document["source"], "source", 0, lines, mistakes, _SOURCE_KEYS)
    start = head.day("effective_from", required=True)
    end = head.day("effective_to")
    if start and end and end < start:
        head.wrong("effective_to", f"{end} lies before effective_from {start}")
    texts = {key: head.text(key, required=True) for key in ("name", "authority", "licence")}
    retrieved = head.day("retrieved", required=True)
    axis_order = head.text("axis_order", default="xy")
    if axis_order not in ("xy", "yx"):
        head.wrong("axis_order", f"must be xy or yx, was {axis_order!r}")
    bounds = _bounds(head)
    layers = [read_layer_table(table, path.parent) for table in tables("layer", LAYER_KEYS)]
    borders = [read_border_table(table, path.parent) for table in tables("border", BORDER_KEYS)]
    if not layers and not borders:
        mistakes.append("there is no [[layer]]; name at least one file of boundaries")
    crs = _crs(head, path, document, mistakes)
    if mistakes:
        raise UnusableSource(_listed(path, mistakes))
    assert start is not None and retrieved is not None
    return BoundarySource(
        **texts,
        crs=crs,
        effective_from=start,
        effective_to=end,
        retrieved=retrieved,
        notes=head.text("notes"),
        layers=tuple(layer for layer in layers if layer is not None),
        borders=tuple(border for border in borders if border is not None),
        path=path,
        axis_order="yx" if axis_order == "yx" else "xy",
        bounds=bounds,
    )


def _listed(path: Path, mistakes: list[str]) -> str:
    if len(mistakes) == 1:
        return f"{path}: {mistakes[0]}"
    return f"{path}: {len(mistakes)} errors\n" + "\n".join(f"  {text}" for text in mistakes)


def _crs(head: Table, path: Path, document: dict[str, Any], mistakes: list[str]) -> Crs:
    text = head.text("crs")
    if not text:
        if "crs" in head and not isinstance(head.raw("crs"), str):
            return WGS84  # the wrong type is on the list already
        layers = document.get("layer")
        first = layers[0] if isinstance(layers, list) and layers else {}
        file = first.get("file", "?") if isinstance(first, dict) else "?"
        message = (
            f'boundary file {str(file)!r} has no CRS; set crs = "EPSG:4490" (or "GCJ-02", "BD-09", '
            f"any EPSG code) under [source] in {path}"
        )
        raise UndeclaredCrs(_listed(path, [message, *mistakes]) if mistakes else message)
    try:
        return parse_crs(text)
    except UnknownCrs as wrong:
        if not mistakes:
            raise UnknownCrs(f"{path}: {wrong}") from None
        head.wrong("crs", str(wrong))
        return WGS84


def _bounds(head: Table) -> Bounds | None:
    value = head.raw("bounds")
    if value is None:
        return None
    numbers = isinstance(value, list) and all(
        isinstance(item, (int, float)) and math.isfinite(item) for item in value
    )
    if numbers and len(value) == 4:
        west, south, east, north = (float(item) for item in value)
        if -180 <= west < east <= 180 and -90 <= south < north <= 90:
            return west, south, east, north
    head.wrong("bounds", f"must be [west, south, east, north] in degrees, was {value!r}")
    return None
