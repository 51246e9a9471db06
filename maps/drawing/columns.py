"""The words beside a map: its key, where cases are missing from it, and how it was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Rectangle

from maps.drawing.parts import (
    NO_CLASS,
    NOT_THE_TROUBLE,
    AreaLayer,
    Ground,
    Layer,
    Notes,
    PointLayer,
    ShapeLayer,
    datum_words,
)
from maps.drawing.style import (
    BORDER_THICK,
    BORDER_THIN,
    INK,
    INK_2,
    INK_3,
    NO_VALUE,
    PT_PER_MM,
    ROAD_MAIN,
    RULE,
    WATER,
    wrapped,
)

HEAD_PT, TEXT_PT, SMALL_PT = 7.5, 6.8, 6.0
_LINE = 1.36
_SWATCH_MM = 5.2
_MOST_ROWS = 14
"""Districts listed with their share; a city has fewer, and the column no room for more."""


@dataclass(kw_only=True)
class Column:
    """Writes downwards from ``top_mm``; coordinates are millimetres on the sheet."""

    axes: Axes | None
    """``None`` only measures how far down the words would reach."""
    left_mm: float
    top_mm: float
    width_mm: float

    def line(self, text: str, points: float, *, colour: str = INK, bold: bool = False) -> None:
        """One text, broken where it is wider than the column."""
        for row in wrapped(text, points, self.width_mm):
            self.top_mm -= points * _LINE / PT_PER_MM
            self._text(
                self.left_mm,
                self.top_mm,
                row,
                fontsize=points,
                color=colour,
                fontweight="bold" if bold else "normal",
                va="bottom",
            )

    def row(self, left: str, right: str, points: float) -> None:
        """A name at the left and a number at the right edge of one line."""
        self.top_mm -= points * _LINE / PT_PER_MM
        self._text(self.left_mm, self.top_mm, left, fontsize=points, color=INK_2, va="bottom")
        self._text(
            self.left_mm + self.width_mm,
            self.top_mm,
            right,
            fontsize=points,
            color=INK_2,
            va="bottom",
            ha="right",
        )

    def _text(self, x: float, y: float, text: str, **how: Any) -> None:
        if self.axes is not None:
            self.axes.text(x, y, text, **how)

    def _add(self, artist: Artist) -> None:
        if self.axes is not None:
            self.axes.add_artist(artist)

    def gap(self, mm: float) -> None:
        self.top_mm -= mm

    def swatch(
        self, text: str, *, fill: str = "none", edge: str = RULE, hatch: str = "", more: str = ""
    ) -> None:
        """A filled box with what it means, and a number at the right."""
        height = TEXT_PT * _LINE / PT_PER_MM * 1.06
        self.top_mm -= height
        self._add(
            Rectangle(
                (self.left_mm, self.top_mm + 0.35),
                _SWATCH_MM,
                height - 0.7,
                facecolor=fill,
                edgecolor=edge,
                linewidth=0.4,
                hatch=hatch,
            )
        )
        self._named(text, height, more)

    def stroke(
        self, text: str, colour: str, width: float, *, style: object = "-", dot: bool = False
    ) -> None:
        """A line or a dot with what it means."""
        height = TEXT_PT * _LINE / PT_PER_MM
        self.top_mm -= height
        y = self.top_mm + height / 2
        if dot:
            middle = (self.left_mm + _SWATCH_MM / 2, y)
            self._add(Circle(middle, width / PT_PER_MM, facecolor=colour, linewidth=0))
        else:
            self._add(
                Line2D(
                    [self.left_mm, self.left_mm + _SWATCH_MM],
                    [y, y],
                    color=colour,
                    linewidth=width,
                    linestyle=style,  # type: ignore[arg-type]
                )
            )
        self._named(text, height, "")

    def _named(self, text: str, height: float, more: str) -> None:
        left, y = self.left_mm + _SWATCH_MM + 1.6, self.top_mm + height / 2
        rows = wrapped(text, TEXT_PT, self.width_mm - _SWATCH_MM - 1.6)
        self._text(left, y, rows[0], fontsize=TEXT_PT, color=INK, va="center_baseline")
        if more:
            self._text(
                self.left_mm + self.width_mm,
                y,
                more,
                fontsize=SMALL_PT,
                color=INK_3,
                va="center_baseline",
                ha="right",
            )
        for row in rows[1:]:
            self.top_mm -= TEXT_PT * _LINE / PT_PER_MM
            self._text(left, self.top_mm, row, fontsize=TEXT_PT, color=INK, va="bottom")


def write_key(
    column: Column, layers: Sequence[Layer], ground: Ground | None, *, thin: str, thick: str
) -> None:
    """What the colours and lines mean; ``thin`` and ``thick`` name the borders drawn, if any."""
    for layer in layers:
        if isinstance(layer, PointLayer):
            column.stroke(layer.label, layer.colour, layer.radius_pt, dot=True)
        elif isinstance(layer, ShapeLayer):
            column.stroke(layer.label, layer.colour, 1.2)
        else:
            _classes(column, layer)
        column.gap(0.8)
    if thick:
        column.stroke(thick, BORDER_THICK, 1.0, style=(0, (6, 2, 1, 2)))
    if thin:
        column.stroke(thin, BORDER_THIN, 0.6)
    if ground is not None and len(ground.main_roads):
        column.stroke("主要道路", ROAD_MAIN, 1.4)
    if ground is not None and len(ground.water):
        column.swatch("水域", fill=WATER, edge=WATER)


def _classes(column: Column, layer: Layer) -> None:
    assert not isinstance(layer, PointLayer | ShapeLayer)
    key = layer.key
    column.line(key.title, HEAD_PT, bold=True)
    column.gap(0.6)
    places = np.asarray(layer.places)
    hatched = layer.hatched if isinstance(layer, AreaLayer) else None
    shown = places if hatched is None else places[~hatched]

    def how_many(n: int) -> str:
        return f"{n:,}{key.counted}" if key.counted else ""

    for place, (colour, label) in enumerate(zip(key.colours, key.labels, strict=True)):
        column.swatch(label, fill=colour, more=how_many(int((shown == place).sum())))
    if isinstance(layer, AreaLayer):
        if (shown == NO_CLASS).any():
            none = int((shown == NO_CLASS).sum())
            column.swatch("无数据", fill=NO_VALUE, more=how_many(none))
        if hatched is not None and hatched.any():
            column.swatch(
                layer.hatched_label,
                fill="#ffffff",
                hatch="/////",
                more=how_many(int(hatched.sum())),
            )


def write_unlocated(column: Column, notes: Notes) -> None:
    """The share of cases without a place per district, the worst first where not all have room."""
    if not notes.unlocated:
        return
    column.line("未能定位、未上图的诉求", HEAD_PT, bold=True)
    column.gap(0.4)
    rows = list(notes.unlocated)
    if len(rows) > _MOST_ROWS:
        rows = sorted(rows, key=lambda one: -one.share)[: _MOST_ROWS - 1]
    for one in rows:
        share = f"{one.share:.1%}" if one.total else "无诉求"
        column.row(one.name, f"{share}（{one.n:,}/{one.total:,}）", SMALL_PT)
    if len(rows) < len(notes.unlocated):
        column.line(
            f"另有{len(notes.unlocated) - len(rows)}个区县，占比更低", SMALL_PT, colour=INK_3
        )


def write_notes(column: Column, notes: Notes) -> None:
    """Period, numbers, method, versions, datum and the warning that stands on every picture."""
    on_map = f"诉求 {notes.total:,} 件，上图 {notes.located:,} 件"
    if notes.total:
        on_map += f"（{notes.located / notes.total:.1%}）"
    column.line(f"时段 {notes.period}", TEXT_PT)
    column.line(on_map, TEXT_PT)
    for text in notes.method:
        column.line(text, SMALL_PT, colour=INK_2)
    for text in notes.more:
        column.line(text, SMALL_PT, colour=INK_2)
    if notes.version:
        column.line(f"界线 {notes.version}", SMALL_PT, colour=INK_2)
    if notes.crs:
        column.line(f"坐标 {datum_words(notes.crs)}", SMALL_PT, colour=INK_2)
    if notes.as_of:
        column.line(f"数据截至 {notes.as_of}", SMALL_PT, colour=INK_2)
    column.gap(0.6)
    column.line(NOT_THE_TROUBLE, SMALL_PT, bold=True, colour="#8a4b00")
