"""The layers a declaration names: ``[[layer]]`` of polygons and ``[[border]]`` of lines."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from geodata.source_files.declaration import Table
from routing.jurisdiction.borders import SIDES
from routing.model import TERRITORIAL_LEVELS, JurisdictionLevel

LAYER_KEYS = (
    "file", "layer", "level", "code", "name", "parent", "unit", "precedence", "attributes",
    "encoding",
)  # fmt: skip
BORDER_KEYS = (
    "file", "layer", "between_left", "between_right", "side", "inside", "width_m", "encoding",
)  # fmt: skip


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


def read_layer_table(table: Table, folder: Path) -> SourceLayer:
    """One ``[[layer]]``; mistakes go to the table's list and leave placeholders."""
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


def read_border_table(table: Table, folder: Path) -> BorderLayer:
    """One ``[[border]]``; mistakes go to the table's list and leave placeholders."""
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
