"""A boundary source: what a TOML declaration says of the files beside it.

The format is in ``docs/boundaries.md``. Everything wrong in a declaration is reported at once.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from geodata.crs import WGS84, Crs, parse_crs
from geodata.declaration import Table, read_toml
from routing.errors import UndeclaredCrs, UnknownCrs, UnusableSource
from routing.jurisdiction.borders import SIDES
from routing.model import TERRITORIAL_LEVELS, JurisdictionLevel

_SOURCE_KEYS = (
    "name", "authority", "licence", "crs", "effective_from", "retrieved", "effective_to", "notes",
    "axis_order", "bounds",
)  # fmt: skip
_LAYER_KEYS = (
    "file", "layer", "level", "code", "name", "parent", "unit", "precedence", "attributes",
    "encoding",
)  # fmt: skip
_BORDER_KEYS = (
    "file", "layer", "between_left", "between_right", "side", "inside", "width_m", "encoding",
)  # fmt: skip

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceLayer:
    """One layer of polygons and which of its fields mean what."""

    file: Path
    """Resolved against the declaration's folder; may end in ``!inner`` for a file in a .zip."""
    layer: str | None
    """Layer name in a many-layered file; ``None`` takes the only one."""
    level: JurisdictionLevel
    overlay_kind: str | None
    """For overlays only: railway, road, river, …"""
    code: str
    """Field with the code; the next four are fields too."""
    name: str
    """The code's field where none is declared."""
    parent: str | None
    """``None``: containment decides."""
    unit: str | None
    """``None``: the jurisdiction's own code is the unit."""
    precedence: int = 0
    attributes: tuple[str, ...] = ()
    """Overlays only: fields copied to ``Jurisdiction.attributes``."""
    encoding: str | None = None
    """Of the texts; ``None``: as the file says, else detected."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BorderLayer:
    """One layer of lines saying who has the width of the road or river that is the border."""

    file: Path
    layer: str | None
    between_left: str
    """Field with the code of the jurisdiction left of the line's direction."""
    between_right: str
    side: str
    """centre, left, right, outer_edge, unknown, or the field that says which."""
    inside: str | None
    """Field with the code that has the whole width, for ``outer_edge``."""
    width_m: float | str
    """Full width in metres, or the field that has it."""
    encoding: str | None = None


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
    layers = [_layer(table, path.parent) for table in tables("layer", _LAYER_KEYS)]
    borders = [_border(table, path.parent) for table in tables("border", _BORDER_KEYS)]
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


def _file(table: Table, folder: Path) -> Path:
    text = table.text("file", required=True)
    path = folder / text
    outer = Path(str(path).partition("!")[0])
    if text and not outer.exists():
        table.wrong("file", f"{text!r} does not exist in {folder}")
    return path


def _level(table: Table) -> tuple[JurisdictionLevel, str | None]:
    text = table.text("level", required=True)
    word, _, kind = text.partition(":")
    names = [level.value for level in TERRITORIAL_LEVELS]
    if word == "overlay":
        if not kind.strip():
            table.wrong("level", "an overlay needs its kind, e.g. overlay:railway")
        return JurisdictionLevel.OVERLAY, kind.strip() or "?"
    if text in names:
        return JurisdictionLevel(text), None
    if text:
        close = difflib.get_close_matches(text, names, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        table.wrong("level", f"must be {', '.join(names)} or overlay:<kind>, was {text!r}{hint}")
    return JurisdictionLevel.GRID, None


def _layer(table: Table, folder: Path) -> SourceLayer | None:
    level, kind = _level(table)
    overlay = level is JurisdictionLevel.OVERLAY
    precedence = table.raw("precedence")
    if precedence is not None and (isinstance(precedence, bool) or not isinstance(precedence, int)):
        table.wrong("precedence", f"must be a whole number, was {precedence!r}")
        precedence = 0
    if precedence is not None and not overlay:
        table.wrong("precedence", "goes with level = overlay:<kind> only")
    attributes = table.texts("attributes")
    if attributes and not overlay:
        table.wrong("attributes", "goes with level = overlay:<kind> only")
    return SourceLayer(
        file=_file(table, folder),
        layer=table.text("layer") or None,
        level=level,
        overlay_kind=kind,
        code=table.text("code", required=True),
        name=table.text("name") or table.text("code"),
        parent=table.text("parent") or None,
        unit=table.text("unit") or None,
        precedence=precedence or 0,
        attributes=attributes,
        encoding=_encoding(table),
    )


def _border(table: Table, folder: Path) -> BorderLayer | None:
    side = table.text("side", required=True)
    inside = table.text("inside") or None
    if side == "outer_edge" and inside is None:
        table.wrong("inside", "side = outer_edge needs the field of the code that has the width")
    width = table.raw("width_m")
    if width is None:
        table.wrong("width_m", "is required: the full width in metres, or the field that has it")
        width = 0.0
    elif isinstance(width, bool) or not isinstance(width, (int, float, str)):
        table.wrong("width_m", f"must be metres or a field name, was {width!r}")
        width = 0.0
    elif not isinstance(width, str) and not 0 <= width < 1000:
        table.wrong("width_m", f"must be 0 to 1,000 metres, was {width!r}")
    return BorderLayer(
        file=_file(table, folder),
        layer=table.text("layer") or None,
        between_left=table.text("between_left", required=True),
        between_right=table.text("between_right", required=True),
        side=side,
        inside=inside,
        width_m=width if isinstance(width, str) else float(width),
        encoding=_encoding(table),
    )


def _encoding(table: Table) -> str | None:
    text = table.text("encoding")
    if not text:
        return None
    try:
        "".encode(text)
    except LookupError:
        table.wrong("encoding", f"{text!r} is not known; use GB18030, GBK or UTF-8")
        return None
    return text


def is_side(text: str) -> bool:
    """Whether a declared ``side`` is the rule itself, and not the field that holds it."""
    return text in SIDES
