"""Names on a map: the larger areas first, none over another, none outside the frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from matplotlib import patheffects
from matplotlib.axes import Axes

from maps.drawing.frame import Frame
from maps.drawing.shapes import coarser
from maps.drawing.style import INK, PT_PER_MM, text_mm
from maps.model import Areas, Floats

_MOST = 400
"""Names tried at most: more than fit on a page, and a bound on the time."""
_GAP_PT = 1.5
_STEPS = ((0, 0), (0, 0.7), (0, -0.7), (0.35, 0), (-0.35, 0), (0, 1.4), (0, -1.4))
"""Where a name is tried: shares of its width to the side, of its height up."""

Box = tuple[float, float, float, float]


def draw_names(
    axes: Axes,
    frame: Frame,
    areas: Areas,
    *,
    points: float,
    taken: list[Box],
    seconds: Sequence[str] | None = None,
    colour: str = INK,
    bold: bool = False,
) -> int:
    """Write the areas' names; return how many found room.

    ``seconds`` is a second line for each. ``taken`` are boxes in points within the frame that
    stay free, and gets those of the names drawn. A name wider than twice its area is left out: it
    would stand over the neighbours.
    """
    shapes = coarser(areas.shapes, frame.metres_per_pt * 2)
    wide = _widths(shapes)
    order = sorted(range(len(areas)), key=lambda at: (-areas.km2[at], areas.codes[at]))
    middles = _middles(shapes, order[:_MOST], areas.middles)
    drawn = 0
    for at in order[:_MOST]:
        rows = [areas.names[at], *([seconds[at]] if seconds and seconds[at] else [])]
        width = max(text_mm(row, points) for row in rows) * PT_PER_MM
        height = points * 1.2 * len(rows)
        if width > 2 * wide[at] / frame.metres_per_pt:
            continue
        x, y = frame.to_pt(*middles[at])
        box = _free(x, y, width, height, frame, taken)
        if box is None:
            continue
        taken.append(box)
        middle = frame.to_m((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        axes.text(
            *middle,
            "\n".join(rows),
            fontsize=points,
            color=colour,
            fontweight="bold" if bold else "normal",
            ha="center",
            va="center",
            linespacing=1.05,
            zorder=20,
            path_effects=[patheffects.withStroke(linewidth=points * 0.28, foreground="white")],
        )
        drawn += 1
    return drawn


def _free(
    x: float, y: float, width: float, height: float, frame: Frame, taken: Sequence[Box]
) -> Box | None:
    for right, up in _STEPS:
        left, low = x - width / 2 + right * width, y - height / 2 + up * height
        box = (left, low, left + width, low + height)
        inside = left >= 2 and low >= 2 and box[2] <= frame.width_pt - 2
        if inside and box[3] <= frame.height_pt - 2 and not any(_meet(box, one) for one in taken):
            return box
    return None


def _meet(one: Box, other: Box) -> bool:
    return (
        one[0] < other[2] + _GAP_PT
        and other[0] < one[2] + _GAP_PT
        and one[1] < other[3] + _GAP_PT
        and other[1] < one[3] + _GAP_PT
    )


def _widths(shapes: Any) -> Floats:
    bounds = shapely.bounds(shapes)
    return np.asarray(bounds[:, 2] - bounds[:, 0], dtype=np.float64)


def _middles(shapes: Any, wanted: Sequence[int], otherwise: Floats) -> Floats:
    """The middle of the widest circle within each, where a name has most room around it."""
    middles = otherwise.copy()
    for at in wanted:
        shape = shapes[at]
        if shape.is_empty or not shape.is_valid:
            continue
        parts = shapely.get_parts(shape)
        largest = parts[int(np.argmax(shapely.area(parts)))]
        size = max(largest.bounds[2] - largest.bounds[0], largest.bounds[3] - largest.bounds[1])
        if size > 0:
            circle = shapely.maximum_inscribed_circle(largest, tolerance=size / 50)
            middles[at] = shapely.get_coordinates(circle)[0]
    return middles
