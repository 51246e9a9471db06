"""The map as a picture: the page's own numbers and classes, drawn with all it has to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from werkzeug.datastructures import MultiDict

from app import wiring, words
from app.analysis import cells, hotspots, spot_tests
from app.analysis.areas import coloured
from app.analysis.filters import COUNTS, MEASURES
from app.analysis.prepared import prepared
from app.analysis.sight import Sight
from app.analysis.spot_shapes import Shapes
from app.analysis.spot_tests import Class
from app.density import surface_of
from app.reporting.material import ground_of
from maps import classes as breaks
from maps import counts
from maps.classes import Classes
from maps.drawing.parts import (
    NO_CLASS,
    AreaLayer,
    CellLayer,
    Key,
    Layer,
    Notes,
    ShapeLayer,
    SurfaceLayer,
)
from maps.model import Areas, Method
from maps.pictures import draw_map
from maps.surfaces.surface import Surface
from routing.model import TERRITORIAL_LEVELS, JurisdictionLevel

Args = MultiDict[str, str]

LAYERS = {"areas": "辖区图", "hotspots": "热点图", "cells": "格网图", "density": "密度图"}
_CORNERS = 16
"""Of a quarter circle."""
_LEAST_M = 40.0
"""Metres; a cluster of one place has no radius and would be drawn as nothing."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """The layers of a picture, and what is said beside them."""

    title: str
    layers: Sequence[Layer]
    method: Method | None
    located: int
    """Cases that are on the picture."""


def picture(seen: Sight, layer: str, args: Args) -> bytes:
    """Return a PNG for a screen or a slide; UserInputError, in Chinese, as the layer's own answer.

    Drawn once per view; drawings take turns, because each fills a core for some seconds.
    """
    asked = tuple((name, *args.getlist(name)) for name in sorted(_OWN) if name in args)
    return prepared().answers.get(
        ("picture", layer, *seen.key, asked, spot_tests.last_over(seen.view.filters.window)),
        lambda: _picture(seen, layer, args),
        long=True,
    )


_OWN = ("method", "on", "size", "shape", "bandwidth", "against")
"""Parameters beside the common ones that change a picture."""


def _picture(seen: Sight, layer: str, args: Args) -> bytes:
    made = _LAYERS[layer](seen, args)
    level = seen.view.level
    coarser = [one for one in TERRITORIAL_LEVELS if len(seen.areas_of(one)) and one is not level]
    above = [one for one in coarser if TERRITORIAL_LEVELS.index(one) < _depth(level)]
    borders = seen.areas_of(above[-1]) if above else None
    names = seen.areas if len(seen.areas) <= _MOST_NAMES or borders is None else borders
    return draw_map(
        title=f"{seen.name(seen.top[1]) if seen.top else ''}{made.title}",
        layers=made.layers,
        notes=_notes(seen, made),
        subtitle=_subtitle(seen),
        outlines=seen.areas if len(seen.areas) else None,
        borders=borders,
        names=names,
        ground=ground_of(wiring.services().engine, seen.snapshot.plane.name),
        size="screen",
    )


_MOST_NAMES = 400
"""Areas that are named; of more, hardly any name finds room."""


def _depth(level: JurisdictionLevel) -> int:
    return TERRITORIAL_LEVELS.index(level)


def _notes(seen: Sight, made: Drawn) -> Notes:
    snapshot, method = seen.snapshot, made.method
    lines = []
    if method is not None:
        lines.append(f"方法 {method.name}")
        lines += [f"原假设 {method.null}"] if method.null else []
        lines += [f"校正 {method.correction}"] if method.correction else []
        if method.permutations:
            lines.append(f"置换 {method.permutations:,} 次，种子 {method.seed}")
    return Notes(
        period=str(seen.view.filters.window),
        located=made.located,
        total=int(np.count_nonzero(seen.rows)),
        unlocated=counts.unlocated(
            snapshot.cases, seen.areas_of(JurisdictionLevel.DISTRICT), seen.view.filters
        ),
        method=lines,
        version=seen.areas.version,
        crs=snapshot.plane.name,
        as_of=f"{snapshot.as_of.astimezone(wiring.LOCAL_TIME):%Y-%m-%d %H:%M}",
        more=list(method.warnings[:2]) if method is not None else [],
    )


def _subtitle(seen: Sight) -> str:
    view = seen.view.filters
    kinds = "、".join(sorted(view.kinds)) or "全部类别"
    channels = "、".join(words.channel(one) for one in sorted(view.channels)) or "全部渠道"
    return f"{view.window}　{kinds}　{channels}"


def _areas(seen: Sight, args: Args) -> Drawn:
    made, view = coloured(seen), seen.view
    what = COUNTS[view.count] if view.measure == "count" else MEASURES[view.measure]
    counted = made.counts
    layer = AreaLayer(
        areas=seen.areas,
        places=made.place,
        key=_key(f"{what}（{made.classes.unit}）", made.classes, counted="个"),
        hatched=made.suppressed,
    )
    return Drawn(
        title=f"各{words.LEVELS[view.level]}{what}",
        layers=[layer],
        method=made.method,
        located=counted.located + int(counted.named.sum()),
    )


def _cells(seen: Sight, args: Args) -> Drawn:
    shape, size_m = cells.asked_from(args)
    found, classes = cells.counted(seen, shape, size_m), breaks.for_cells(size_m)
    layer = CellLayer(
        x_m=found.x_m,
        y_m=found.y_m,
        ring=found.ring,
        places=classes.place(found.n),
        key=_key("每格件数（件）", classes, counted="格"),
    )
    title = f"{size_m} 米{cells.SHAPES[shape]}件数"
    return Drawn(title=title, layers=[layer], method=None, located=int(found.n.sum()))


def _hotspots(seen: Sight, args: Args) -> Drawn:
    asked = hotspots.asked_from(args)
    located = int(np.count_nonzero(seen.rows & seen.snapshot.cases.located))
    title = hotspots.METHODS[asked.method]
    tested = hotspots.run(seen, asked)
    if isinstance(tested, Shapes):
        layers: list[Layer] = [_circles(seen, tested.items, title)]
        return Drawn(title=title, layers=layers, method=tested.method, located=located)
    shown = [one for one in tested.classes if one["key"] != "none"]
    at = {one["key"]: place for place, one in enumerate(shown)}
    places = np.array([at.get(key, NO_CLASS) for key in tested.keys], dtype=np.int32)
    key = _key_of(title, shown)
    if tested.ring_m is None:
        layers = [_tested_areas(seen.areas, places, key)]
    else:
        x_m, y_m = tested.xy_m.T
        layers = [CellLayer(x_m=x_m, y_m=y_m, ring=tested.ring_m, places=places, key=key)]
    return Drawn(title=title, layers=layers, method=tested.method, located=located)


def _tested_areas(areas: Areas, places: NDArray[np.int32], key: Key) -> AreaLayer:
    """What is not significant is a class of its own here, not a lack of data."""
    whole = Key(
        title=key.title,
        colours=(*key.colours, "#f0f0f0"),
        labels=(*key.labels, "不显著"),
        counted="个",
    )
    return AreaLayer(
        areas=areas, places=np.where(places == NO_CLASS, len(key.colours), places), key=whole
    )


def _circles(seen: Sight, items: Sequence[Mapping[str, Any]], title: str) -> ShapeLayer:
    lon = np.array([one["lon"] for one in items], dtype=np.float64)
    lat = np.array([one["lat"] for one in items], dtype=np.float64)
    x_m, y_m = seen.snapshot.plane.from_lonlat(lon, lat)
    radius = np.maximum([one["radius_m"] for one in items], _LEAST_M) if items else np.empty(0)
    shapes = shapely.buffer(shapely.points(x_m, y_m), radius, quad_segs=_CORNERS)
    return ShapeLayer(
        shapes=np.asarray(shapes, dtype=object).reshape(-1),
        texts=tuple(f"{one['n']:,} 件" for one in items),
        label=title,
    )


def _density(seen: Sight, args: Args) -> Drawn:
    surface = surface_of(seen)
    layer = SurfaceLayer(
        places=_classed(surface),
        extent_m=(
            surface.lattice.x0_m,
            surface.lattice.y0_m,
            surface.lattice.x0_m + surface.lattice.columns * surface.lattice.cell_m,
            surface.lattice.y0_m + surface.lattice.rows * surface.lattice.cell_m,
        ),
        key=Key(title=f"密度（{surface.unit}）", colours=surface.colours, labels=surface.labels),
    )
    title = f"密度（带宽 {surface.bandwidth_m:g} 米）"
    return Drawn(title=title, layers=[layer], method=surface.method, located=surface.n)


def _classed(surface: Surface) -> NDArray[np.int32]:
    """(rows, columns), northernmost first; below the first break, and off the ground, clear."""
    at = np.searchsorted(np.array(surface.breaks), surface.values, side="right") - 1
    on_ground = np.where(surface.ground > 0.5, at, NO_CLASS)
    return on_ground[::-1].astype(np.int32)


def _key(title: str, classes: Classes, *, counted: str = "") -> Key:
    return Key(title=title, colours=classes.colours, labels=classes.labels, counted=counted)


def _key_of(title: str, shown: Sequence[Class]) -> Key:
    return Key(
        title=title,
        colours=tuple(one["colour"] for one in shown),
        labels=tuple(one["label"] for one in shown),
    )


_LAYERS: dict[str, Callable[[Sight, Args], Drawn]] = {
    "areas": _areas,
    "hotspots": _hotspots,
    "cells": _cells,
    "density": _density,
}
