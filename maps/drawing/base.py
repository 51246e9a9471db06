"""What a map stands on: land, water, roads, borders, the scale bar and the arrow to the north."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.patches import Polygon, Rectangle

from maps.drawing import shapes as drawn
from maps.drawing.frame import Frame, bar_length_m, length_words, ratio_words
from maps.drawing.labels import Box
from maps.drawing.parts import Ground
from maps.drawing.style import (
    BORDER_BAND,
    BORDER_THICK,
    BORDER_THIN,
    INK,
    INK_2,
    LAND,
    ROAD,
    ROAD_MAIN,
    WATER,
    Size,
)
from maps.model import Areas


def draw_land(axes: Axes, frame: Frame, areas: Areas | None) -> None:
    """The ground of the areas, lighter than what lies outside them."""
    if areas is None or not len(areas):
        return
    paths = [drawn.path(one) for one in drawn.coarser(areas.shapes, frame.metres_per_pt)]
    axes.add_collection(
        PathCollection(paths, facecolors=LAND, edgecolors=LAND, linewidths=0.4, zorder=1),
        autolim=False,
    )


def draw_ground(axes: Axes, frame: Frame, ground: Ground | None, *, below: bool) -> None:
    """Water and roads below the classes; once more above, lightly, to find one's way."""
    if ground is None:
        return
    if len(ground.water):
        water = [drawn.path(one) for one in drawn.coarser(ground.water, frame.metres_per_pt)]
        axes.add_collection(
            PathCollection(
                water,
                facecolors=WATER,
                edgecolors="none",
                alpha=1.0 if below else 0.6,
                zorder=2 if below else 7,
            ),
            autolim=False,
        )
    if below:
        many = [(ground.roads, ROAD, 0.35), (ground.main_roads, ROAD_MAIN, 0.9)]
    else:
        many = [(ground.main_roads, "#ffffff", 0.5)]
    for roads, colour, width in many:
        if len(roads):
            strokes = drawn.lines(drawn.coarser(roads, frame.metres_per_pt))
            axes.add_collection(
                LineCollection(
                    strokes,
                    colors=colour,
                    linewidths=width,
                    alpha=1.0 if below else 0.65,
                    zorder=3 if below else 9,
                    capstyle="round",
                ),
                autolim=False,
            )


def draw_borders(axes: Axes, frame: Frame, outlines: Areas | None, borders: Areas | None) -> None:
    """Thin lines around the outlines, thick ones around the coarser borders."""
    if outlines is not None and len(outlines):
        strokes = drawn.lines(drawn.coarser(outlines.shapes, frame.metres_per_pt))
        width = 0.5 if len(outlines) < 300 else 0.3
        axes.add_collection(
            LineCollection(strokes, colors=BORDER_THIN, linewidths=width, zorder=8), autolim=False
        )
    if borders is not None and len(borders):
        strokes = drawn.lines(drawn.coarser(borders.shapes, frame.metres_per_pt))
        # A soft band and a dashed line in it, as borders stand in printed atlases.
        axes.add_collection(
            LineCollection(strokes, colors=BORDER_BAND, linewidths=3.0, alpha=0.45, zorder=10),
            autolim=False,
        )
        axes.add_collection(
            LineCollection(
                strokes,
                colors=BORDER_THICK,
                linewidths=0.9,
                linestyles=[(0, (6, 2, 1, 2))],
                zorder=11,
            ),
            autolim=False,
        )


def draw_furniture(axes: Axes, frame: Frame, sheet: Size, taken: list[Box]) -> None:
    """Scale bar at the lower left, north at the upper right; no name is written there."""
    length = bar_length_m(frame)
    wide = length / frame.metres_per_pt
    ratio = f"  {ratio_words(frame)}" if sheet.printed else ""
    box = (6.0, 6.0, 6.0 + max(wide + 30, 76), 30.0)
    left, low = frame.to_m(box[0], box[1])
    right, high = frame.to_m(box[2], box[3])
    axes.add_patch(
        Rectangle(
            (left, low), right - left, high - low, facecolor="white", alpha=0.8, lw=0, zorder=21
        )
    )
    for part in range(4):
        start, bottom = frame.to_m(12 + wide * part / 4, 10)
        axes.add_patch(
            Rectangle(
                (start, bottom),
                length / 4,
                2.6 * frame.metres_per_pt,
                facecolor=INK if part % 2 == 0 else "white",
                edgecolor=INK,
                linewidth=0.5,
                zorder=22,
            )
        )
    axes.text(*frame.to_m(12, 15.5), "0", fontsize=5.8, color=INK, zorder=22, ha="center")
    axes.text(
        *frame.to_m(12 + wide, 15.5), length_words(length), fontsize=5.8, color=INK, zorder=22,
        ha="center",
    )  # fmt: skip
    if ratio:
        axes.text(*frame.to_m(12, 22.5), ratio.strip(), fontsize=5.8, color=INK_2, zorder=22)
    taken.append(box)
    x, y = frame.width_pt - 16, frame.height_pt - 12
    arrow = [frame.to_m(x, y), frame.to_m(x - 5, y - 20), frame.to_m(x, y - 15.5)]
    other = [frame.to_m(x, y), frame.to_m(x + 5, y - 20), frame.to_m(x, y - 15.5)]
    axes.add_patch(Polygon(arrow, facecolor=INK, edgecolor=INK, linewidth=0.5, zorder=22))
    axes.add_patch(Polygon(other, facecolor="white", edgecolor=INK, linewidth=0.5, zorder=22))
    axes.text(
        *frame.to_m(x, y - 28), "北", fontsize=7, color=INK, ha="center", va="center", zorder=22
    )
    taken.append((x - 12, y - 34, x + 12, frame.height_pt))
