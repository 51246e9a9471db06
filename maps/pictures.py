"""A map as a picture: classes over a quiet ground, names, scale, key, and what it says of itself.

Made with matplotlib's Figure alone, never pyplot, which keeps one state for all threads.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from maps import fonts
from maps.drawing import shapes as drawn
from maps.drawing.base import draw_borders, draw_furniture, draw_ground, draw_land
from maps.drawing.columns import Column, write_key, write_notes, write_unlocated
from maps.drawing.frame import (
    SIDE_MM,
    TITLE_MM,
    axes_box,
    fitted,
    frame_on,
)
from maps.drawing.labels import Box, draw_names
from maps.drawing.layers import draw_layer, name_shapes
from maps.drawing.parts import (
    NO_CLASS,
    AreaLayer,
    CellLayer,
    Ground,
    Key,
    Layer,
    Notes,
    PointLayer,
    ShapeLayer,
    SurfaceLayer,
)
from maps.drawing.style import (
    INK,
    INK_2,
    LAND_OUTSIDE,
    Size,
    size_named,
    wrapped,
)
from maps.model import Areas
from routing.errors import UserInputError
from routing.model import JurisdictionLevel

__all__ = [
    "NO_CLASS",
    "AreaLayer",
    "CellLayer",
    "Ground",
    "Key",
    "Notes",
    "PointLayer",
    "ShapeLayer",
    "SurfaceLayer",
    "draw_map",
]

LEVEL_WORDS = {
    JurisdictionLevel.DISTRICT: "区县",
    JurisdictionLevel.SUBDISTRICT: "街道（镇）",
    JurisdictionLevel.COMMUNITY: "社区（村）",
    JurisdictionLevel.GRID: "网格",
    JurisdictionLevel.OVERLAY: "专属区域",
}
SHORT_LEVELS = {
    JurisdictionLevel.DISTRICT: "区县",
    JurisdictionLevel.SUBDISTRICT: "街镇",
    JurisdictionLevel.COMMUNITY: "社区",
    JurisdictionLevel.GRID: "网格",
}
"""For headings and sentences, where brackets would pile up."""
_NAME_PT = {
    JurisdictionLevel.DISTRICT: 9.0,
    JurisdictionLevel.SUBDISTRICT: 6.6,
    JurisdictionLevel.COMMUNITY: 5.4,
    JurisdictionLevel.GRID: 4.8,
}


def draw_map(
    *,
    title: str,
    layers: Sequence[Layer],
    notes: Notes,
    subtitle: str = "",
    outlines: Areas | None = None,
    borders: Areas | None = None,
    names: Areas | None = None,
    ground: Ground | None = None,
    around: tuple[float, float, float, float] | None = None,
    size: str = "report",
    form: str = "png",
) -> bytes:
    """Draw one map sheet and return the file's bytes (``form`` ``png`` or ``svg``).

    ``outlines`` are drawn thin, ``borders`` thick (a coarser level), ``names`` are written where
    they have room. ``around`` is the ground to show (west, south, east, north, metres in the
    working CRS); by default all of these. A layer without anything is drawn as
    nothing; a sheet with no ground at all says 无可上图的内容. ``size`` is one of
    ``maps.drawing.style.SIZES``. Raises UserInputError for an unknown size or form, NoChineseFont
    where no Chinese face is installed.
    """
    if form not in ("png", "svg"):
        raise UserInputError(f"picture form {form!r} is unknown; use png or svg")
    fonts.prepare()
    sheet = size_named(size)
    found = around or _extent(layers, outlines, borders, names)
    ground_m = found or (0.0, 0.0, 1000.0, 1000.0)
    words = _Words(layers=layers, notes=notes, ground=ground, outlines=outlines, borders=borders)
    below_mm = words.height_mm(sheet) if sheet.tall else 0.0
    if sheet.fits:
        sheet = fitted(sheet, ground_m, below_mm)
    figure = Figure(figsize=sheet.inches, dpi=sheet.dpi, facecolor="white")
    page = _page_axes(figure, sheet)
    _title(page, sheet, title, subtitle)
    frame = frame_on(sheet, ground_m, below_mm=below_mm)
    axes = figure.add_axes(axes_box(frame, sheet))
    west, south, east, north = frame.extent_m
    axes.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[], facecolor=LAND_OUTSIDE)
    for spine in axes.spines.values():
        spine.set(linewidth=0.8, edgecolor=INK_2)
    if found is None:
        axes.text(0.5, 0.5, "无可上图的内容", transform=axes.transAxes, ha="center", color=INK_2)
    draw_land(axes, frame, outlines if outlines is not None else borders)
    draw_ground(axes, frame, ground, below=True)
    for layer in layers:
        draw_layer(axes, frame, layer, outlines)
    draw_ground(axes, frame, ground, below=False)
    draw_borders(axes, frame, outlines, borders)
    taken: list[Box] = []
    draw_furniture(axes, frame, sheet, taken)
    for layer in layers:
        if isinstance(layer, ShapeLayer):
            name_shapes(axes, frame, layer, taken)
    if names is not None and len(names):
        coarse = names.level is JurisdictionLevel.DISTRICT
        points = _NAME_PT.get(names.level, 6.0) * (1.0 if sheet.printed else 1.15)
        draw_names(axes, frame, names, points=points, taken=taken, bold=coarse)
    words.write(page, sheet, below_mm)
    made = io.BytesIO()
    figure.savefig(made, format=form, metadata={"Date": None} if form == "svg" else None)
    return made.getvalue()


def _extent(
    layers: Sequence[Layer], *areas: Areas | None
) -> tuple[float, float, float, float] | None:
    boxes = [drawn.extent(one.shapes) for one in areas if one is not None]
    for layer in layers:
        if isinstance(layer, AreaLayer):
            boxes.append(drawn.extent(layer.areas.shapes))
        elif isinstance(layer, ShapeLayer):
            boxes.append(drawn.extent(layer.shapes))
        elif isinstance(layer, SurfaceLayer):
            boxes.append(layer.extent_m)
        else:
            boxes.append(drawn.extent(shapely.points(layer.x_m, layer.y_m)))
    known = np.array([box for box in boxes if box is not None])
    if not len(known):
        return None
    west, south = known[:, :2].min(axis=0)
    east, north = known[:, 2:].max(axis=0)
    return float(west), float(south), float(east), float(north)


def _page_axes(figure: Figure, sheet: Size) -> Axes:
    """The whole sheet in millimetres, for what stands outside the map."""
    page = figure.add_axes((0, 0, 1, 1))
    page.set(xlim=(0, sheet.width_mm), ylim=(0, sheet.height_mm))
    page.set_axis_off()
    return page


def _title(page: Axes, sheet: Size, title: str, subtitle: str) -> None:
    room = sheet.width_mm - 2 * sheet.margin_mm
    points = next((size for size in (13.0, 11.0, 9.0) if len(wrapped(title, size, room)) == 1), 8.0)
    rows = wrapped(title, points, room)
    shown = rows[0] if len(rows) == 1 else rows[0][:-1] + "…"
    top = sheet.height_mm - sheet.margin_mm
    page.text(
        sheet.margin_mm, top - 1, shown, fontsize=points, color=INK, fontweight="bold", va="top"
    )
    if subtitle:
        under = wrapped(subtitle, 7.5, room)[0]
        page.text(sheet.margin_mm, top - 8.2, under, fontsize=7.5, color=INK_2, va="top")


@dataclass(frozen=True, kw_only=True)
class _Words:
    """What stands beside or below the map."""

    layers: Sequence[Layer]
    notes: Notes
    ground: Ground | None
    outlines: Areas | None
    borders: Areas | None

    def height_mm(self, sheet: Size) -> float:
        """How high the strip below a tall map has to be."""
        columns = self._below(None, sheet, 0.0)
        return 4.0 - min(column.top_mm for column in columns)

    def write(self, page: Axes, sheet: Size, below_mm: float) -> None:
        """Below the map on a tall sheet, else beside it."""
        if sheet.tall:
            self._below(page, sheet, sheet.margin_mm + below_mm - 2)
            return
        column = Column(
            axes=page,
            left_mm=sheet.width_mm - sheet.margin_mm - SIDE_MM + 5,
            top_mm=sheet.height_mm - sheet.margin_mm - TITLE_MM,
            width_mm=SIDE_MM - 5,
        )
        self._key(column)
        column.gap(3)
        write_unlocated(column, self.notes)
        column.gap(3)
        write_notes(column, self.notes)

    def _below(self, page: Axes | None, sheet: Size, top: float) -> list[Column]:
        room, left = sheet.width_mm - 2 * sheet.margin_mm - 10, sheet.margin_mm
        columns = []
        for share in (0.31, 0.31, 0.38):
            columns.append(Column(axes=page, left_mm=left, top_mm=top, width_mm=room * share))
            left += room * share + 5
        self._key(columns[0])
        write_unlocated(columns[1], self.notes)
        write_notes(columns[2], self.notes)
        return columns

    def _key(self, column: Column) -> None:
        thin, thick = (
            f"{LEVEL_WORDS[one.level]}界" if one is not None and len(one) else ""
            for one in (self.outlines, self.borders)
        )
        write_key(column, self.layers, self.ground, thin=thin, thick=thick)
