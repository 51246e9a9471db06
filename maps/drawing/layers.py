"""The layers of a map: areas, cells, a surface, points, outlined shapes with their words."""

from __future__ import annotations

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_rgba_array
from matplotlib.patches import PathPatch

from maps.drawing import shapes as drawn
from maps.drawing.frame import Frame
from maps.drawing.labels import Box, draw_names
from maps.drawing.parts import (
    NO_CLASS,
    AreaLayer,
    CellLayer,
    Layer,
    PointLayer,
    ShapeLayer,
    SurfaceLayer,
)
from maps.drawing.style import NO_VALUE, RULE
from maps.model import Areas
from routing.model import JurisdictionLevel


def draw_layer(axes: Axes, frame: Frame, layer: Layer, outlines: Areas | None) -> None:
    """Draw one layer; a surface ends at the outlines where there are any."""
    if isinstance(layer, AreaLayer):
        _area_layer(axes, frame, layer)
    elif isinstance(layer, CellLayer):
        shown = layer.places != NO_CLASS
        colours = to_rgba_array(layer.key.colours)[layer.places[shown]]
        middles = np.column_stack([layer.x_m[shown], layer.y_m[shown]])
        axes.add_collection(
            PolyCollection(
                list(middles[:, None, :] + np.asarray(layer.ring)[None, :, :]),
                facecolors=colours,
                edgecolors="white",
                linewidths=0.15,
                zorder=6,
            ),
            autolim=False,
        )
    elif isinstance(layer, SurfaceLayer):
        _surface(axes, frame, layer, outlines)
    elif isinstance(layer, PointLayer):
        axes.plot(
            layer.x_m,
            layer.y_m,
            linestyle="none",
            marker="o",
            markersize=layer.radius_pt * 2,
            markerfacecolor=layer.colour,
            markeredgecolor="white",
            markeredgewidth=0.3,
            zorder=12,
            scalex=False,
            scaley=False,
        )
    else:
        strokes = drawn.lines(layer.shapes)
        for colour, width in (("white", 2.6), (layer.colour, 1.3)):
            axes.add_collection(
                LineCollection(strokes, colors=colour, linewidths=width, zorder=13), autolim=False
            )


def _area_layer(axes: Axes, frame: Frame, layer: AreaLayer) -> None:
    if not len(layer.areas):
        return
    paths = [drawn.path(one) for one in drawn.coarser(layer.areas.shapes, frame.metres_per_pt)]
    palette = np.vstack([to_rgba_array(layer.key.colours), to_rgba_array(NO_VALUE)])
    colours = palette[np.asarray(layer.places)]  # NO_CLASS, -1, is the last row
    hatched = layer.hatched
    if hatched is not None and hatched.any():
        few = [path for path, is_few in zip(paths, hatched, strict=True) if is_few]
        axes.add_collection(
            PathCollection(
                few, facecolors="#ffffff", edgecolors=RULE, linewidths=0.2, hatch="////", zorder=6
            ),
            autolim=False,
        )
        paths = [path for path, is_few in zip(paths, hatched, strict=True) if not is_few]
        colours = colours[~hatched]
    axes.add_collection(
        PathCollection(paths, facecolors=colours, edgecolors=colours, linewidths=0.3, zorder=6),
        autolim=False,
    )


def _surface(axes: Axes, frame: Frame, layer: SurfaceLayer, outlines: Areas | None) -> None:
    palette = np.vstack([to_rgba_array(layer.key.colours), [[0, 0, 0, 0]]])
    west, south, east, north = layer.extent_m
    image = axes.imshow(
        palette[np.asarray(layer.places)],
        extent=(west, east, south, north),
        origin="upper",
        interpolation="nearest",
        aspect="auto",
        zorder=6,
        alpha=0.85,
    )
    axes.set(xlim=frame.extent_m[::2], ylim=frame.extent_m[1::2])
    if outlines is not None and len(outlines):
        whole = shapely.union_all(drawn.coarser(outlines.shapes, frame.metres_per_pt))
        image.set_clip_path(PathPatch(drawn.path(whole), transform=axes.transData))


def name_shapes(axes: Axes, frame: Frame, layer: ShapeLayer, taken: list[Box]) -> None:
    """Write each shape's words where they have room; see ``draw_names``."""
    marks = Areas(
        level=JurisdictionLevel.GRID,
        codes=tuple(f"{at:05d}" for at in range(len(layer.shapes))),
        names=layer.texts,
        parents=("",) * len(layer.shapes),
        shapes=layer.shapes,
        version="",
    )
    draw_names(axes, frame, marks, points=6.4, taken=taken, colour=layer.colour, bold=True)
