"""The map as one file to take away: what the page shows, in a form that needs no server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from app import wiring
from app.analysis.filters import BY
from app.analysis.hotspots import Asked
from app.analysis.map_layers import LINES, feature, shown
from app.analysis.outline import outline
from app.analysis.sight import Sight
from app.words import LEVELS
from geodata.store.ground_shapes import ground_shapes
from maps import counts
from maps.model import Areas
from maps.page import Assets, Heading, MapLayer, map_page
from routing.errors import UserInputError
from routing.model import TERRITORIAL_LEVELS, JurisdictionLevel

LAYERS = {
    "areas": "辖区统计图",
    "hotspots": "热点图",
    "cells": "格网图",
    "jurisdictions": "辖区图",
}
"""What a file can show; the last is for street-level staff: borders and names alone."""
_VENDOR = Path(__file__).resolve().parents[1] / "static" / "vendor" / "leaflet"
_MOST_ROADS = 250
"""The longest, so that people find their way; the demonstration city has 1,100 named roads."""
_THIN_DEG = 3e-5
"""About 3 m: two pixels at zoom 16."""
_COUNTRY = (73.0, 18.0, 135.0, 54.0)
"""Degrees: shown where no boundaries are loaded, so that there is a view."""


def map_file(seen: Sight, layer: str, asked: Asked | None = None, notice: str = "") -> bytes:
    """Return the HTML of one map, UTF-8.

    ``layer`` is a key of LAYERS, ``asked`` the test for ``hotspots`` (by default Gi* on areas),
    ``notice`` a line under the title. Raises UserInputError for another layer, where the data do
    not suffice for the test, and where the file would be too large to send.
    """
    if layer not in LAYERS:
        raise UserInputError(f"没有图层“{layer[:40]}”；可用：{'、'.join(LAYERS)}")
    made = shown(seen, layer, asked or Asked(method="gi", on="areas", size_m=500))
    levels = [level for level in TERRITORIAL_LEVELS if len(seen.areas_of(level))]
    alone = layer == "jurisdictions"
    if not alone and seen.view.level in levels:  # finer borders would only cover what is coloured
        levels = levels[: levels.index(seen.view.level) + 1]
    cases, rows = seen.snapshot.cases, seen.rows
    heading = Heading(
        title=f"{seen.name(seen.top[1]) if seen.top else ''}{made.title}",
        version=next((v for level in reversed(levels) if (v := seen.areas_of(level).version)), ""),
        notice=notice,
        warnings=made.warnings,
    )
    if not alone:
        heading = replace(
            heading,
            period=str(seen.view.filters.window),
            located=int((rows & cases.located).sum()),
            total=int(rows.sum()),
            unlocated=_unlocated(seen),
            method=_method_lines(made.method),
            extra=_chosen(seen),
        )
    named = any(one["properties"]["label"] for layer in made.layers for one in layer.features)
    # Coarser borders lie above finer ones, and both above colours.
    borders = [
        _borders(seen, level, alone=alone, names=not named and _says_something(seen, level))
        for level in reversed(levels)
    ]
    water, roads = _ground()
    layers = [water, *made.layers, roads, *borders]
    page = map_page(layers, heading, made.legend, _bounds(seen, levels), assets())
    return page.encode("utf-8")


def assets() -> Assets:
    """Leaflet as it was installed; UserInputError where the front end is not."""
    script, style = _VENDOR / "leaflet.js", _VENDOR / "leaflet.css"
    if not script.is_file() or not style.is_file():
        raise UserInputError(f"no {script}; run scripts/setup, which installs the front end")
    return Assets(leaflet_js=script.read_text("utf-8"), leaflet_css=style.read_text("utf-8"))


def _ground() -> tuple[MapLayer, MapLayer]:
    """Water and the longest roads of the gazetteer in force; empty without one."""
    found = ground_shapes(wiring.services().engine, wiring.today())
    length = shapely.length(found.roads) if len(found.roads) else np.empty(0)
    longest = found.roads[np.argsort(-length, kind="stable")[:_MOST_ROADS]]
    water, roads = (
        [feature(shapely.geometry.mapping(one), colour, []) for one in _thinned(shapes)]
        for shapes, colour in ((found.water, "#cfe4f2"), (longest, ""))
    )
    return (
        MapLayer(name="水系", features=water, weight_px=0.6, line="#9cc3de", opacity=1.0),
        MapLayer(name="道路", features=roads, weight_px=1.0, line="#7d8893", line_opacity=0.45),
    )


def _thinned(shapes: NDArray[Any]) -> list[Any]:
    if not len(shapes):
        return []
    small = shapely.simplify(shapes, _THIN_DEG)
    return [one for one in shapely.set_precision(small, 1e-6) if not one.is_empty]


def _says_something(seen: Sight, level: JurisdictionLevel) -> bool:
    """A level with one area around everything looked at needs no name on the map."""
    return len(seen.areas_of(level)) > 1 or (seen.top is not None and level is seen.top[0])


def _borders(seen: Sight, level: JurisdictionLevel, *, alone: bool, names: bool) -> MapLayer:
    """Alone, the borders answer the pointer; under colours they are lines."""
    areas, (width, colour) = seen.areas_of(level), LINES[level]
    features = [
        feature(
            one["geometry"],
            "",
            [(LEVELS[level], name)] if alone else [],
            name.removeprefix(seen.name(parent)) if names else "",
            at,
            strong=level is not JurisdictionLevel.GRID,
        )
        for one, name, parent, at in zip(
            outline(areas, seen.snapshot.plane)["features"],
            areas.names,
            areas.parents,
            _middles(seen, areas),
            strict=True,
        )
    ]
    return MapLayer(
        name=f"{LEVELS[level]}界线",
        features=features,
        shown=alone or level in (JurisdictionLevel.DISTRICT, JurisdictionLevel.SUBDISTRICT),
        weight_px=width,
        line=colour,
    )


def _middles(seen: Sight, areas: Areas) -> list[tuple[float, float]]:
    lon, lat = seen.snapshot.plane.to_lonlat(areas.middles[:, 0], areas.middles[:, 1])
    return list(zip(lon.round(6).tolist(), lat.round(6).tolist(), strict=True))


def _bounds(seen: Sight, levels: Sequence[JurisdictionLevel]) -> tuple[float, float, float, float]:
    """West, south, east, north of the ground looked at, degrees."""
    if not levels:
        return _COUNTRY
    ground = seen.areas_of(seen.top[0] if seen.top else levels[0])
    west, south, east, north = shapely.total_bounds(ground.shapes)
    lon, lat = seen.snapshot.plane.to_lonlat(np.array([west, east]), np.array([south, north]))
    return (float(lon[0]), float(lat[0]), float(lon[1]), float(lat[1]))


def _unlocated(seen: Sight) -> list[str]:
    districts = seen.areas_of(JurisdictionLevel.DISTRICT)
    return [
        f"{one.name} {one.share:.1%}（{one.n:,} 件，共 {one.total:,} 件）"
        for one in counts.unlocated(seen.snapshot.cases, districts, seen.view.filters)
    ]


def _method_lines(method: Mapping[str, Any]) -> list[str]:
    if not method:
        return []
    said = {"零假设": "null", "备择假设": "alternative", "多重检验校正": "correction"}
    lines = [method["name"], *(f"{w}：{method[key]}" for w, key in said.items() if method[key])]
    if method["permutations"]:
        lines.append(f"重排 {method['permutations']:,} 次，随机种子 {method['seed']}")
    lines.append(f"检验单元 {method['n']:,} 个")
    return [*lines, *(f"{word}：{value}" for word, value in method["choices"].items())]


def _chosen(seen: Sight) -> dict[str, str]:
    asked = seen.view.filters
    return {
        "诉求类别": "、".join(sorted(asked.kinds)) or "全部",
        "受理渠道": "、".join(sorted(asked.channels)) or "全部",
        **({"基数": BY[seen.view.by]} if seen.view.measure != "count" else {}),
        "数据截至": f"{seen.snapshot.as_of:%Y-%m-%d %H:%M}",
    }
