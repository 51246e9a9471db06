"""What a map file shows: areas in classes, a test's result, cells, or borders alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import shapely

from app.analysis import areas as areas_answer
from app.analysis import cells as cells_answer
from app.analysis import hotspots as hotspots_answer
from app.analysis.filters import COUNTS, MEASURES
from app.analysis.hotspots import Asked
from app.analysis.outline import geometries, outline
from app.analysis.sight import Sight
from app.words import LEVELS
from maps.page import Legend, MapLayer
from routing.model import TERRITORIAL_LEVELS, JurisdictionLevel

LINES = {
    JurisdictionLevel.DISTRICT: (2.6, "#3b4754"),
    JurisdictionLevel.SUBDISTRICT: (1.8, "#4d5a68"),
    JurisdictionLevel.COMMUNITY: (1.0, "#6f7c89"),
    JurisdictionLevel.GRID: (0.6, "#8e99a5"),
}
"""Width in pixels and colour of each level's borders, as on the pages' maps."""
_CIRCLE_CORNERS = 48
_LEAST_RADIUS_M = 30.0
"""Metres; a cluster at one point would be drawn as nothing."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Coloured shapes with what has to be said of them."""

    title: str
    legend: Legend
    layers: Sequence[MapLayer] = ()
    method: Mapping[str, Any] = field(default_factory=dict)
    """As ``method_json`` writes it; empty where nothing was computed."""
    warnings: Sequence[str] = ()


def shown(seen: Sight, layer: str, asked: Asked) -> Shown:
    """Return one layer: ``areas``, ``hotspots``, ``cells`` or ``jurisdictions``."""
    make = {"areas": _areas, "hotspots": _hotspots, "cells": _cells, "jurisdictions": _borders_only}
    return make[layer](seen, asked)


def _areas(seen: Sight, asked: Asked) -> Shown:
    answer = areas_answer.areas(seen)
    values, classes = answer["values"], answer["classes"]
    view, level = seen.view, LEVELS[seen.view.level]
    what = COUNTS[view.count] if view.measure == "count" else MEASURES[view.measure]
    features = []
    for one in answer["outline"]["features"]:
        name, value = one["properties"]["name"], values[one["properties"]["code"]]
        rows = [(name, f"{value['n']:,} 件，{value['incidents']:,} 起事件")]
        if view.measure != "count":
            said = value["why"] or "没有数值"
            rows.append((what, said if value["shown"] is None else f"{value['shown']:,.2f}"))
        colour = "" if value["class"] is None else classes["colours"][value["class"]]
        features.append(feature(one["geometry"], colour, rows, name))
    return Shown(
        title=f"诉求{what}：按{level}",
        legend=Legend(
            title=f"{what}（{classes['unit']}）",
            rows=[*zip(classes["colours"], classes["labels"], strict=True), ("", "不足以显示")],
        ),
        layers=[MapLayer(name=level, features=features)],
        method=answer["method"],
        warnings=[*answer["method"]["warnings"], *([answer["note"]] if answer["note"] else [])],
    )


def _hotspots(seen: Sight, asked: Asked) -> Shown:
    answer = cast(dict[str, Any], hotspots_answer.hotspots(seen, asked))
    label = {"none": "不显著"} | {one["key"]: one["label"] for one in answer["classes"]}
    # What is not significant keeps its outline and gets no colour.
    colour = {one["key"]: one["colour"] for one in answer["classes"]} | {"none": ""}
    kind = hotspots_answer.METHODS[asked.method]
    features = []
    if answer["areas"] is not None:
        for one in outline(seen.areas, seen.snapshot.plane)["features"]:
            name, value = one["properties"]["name"], answer["areas"][one["properties"]["code"]]
            rows = [(name, f"{value['n']:,} 件"), ("类别", label[value["key"]])]
            rows += [(word, f"{value[word]:g}") for word in "zq" if value[word] is not None]
            features.append(feature(one["geometry"], colour[value["key"]], rows, name))
    elif answer["cells"] is not None:
        ring = answer["cells"]["ring"]
        for lon, lat, n, key in answer["cells"]["items"]:
            rows = [("方格", f"{n:,} 件"), ("类别", label[key])]
            features.append(feature(_around(lon, lat, ring), colour[key], rows))
    else:
        for one in answer["shapes"]:
            features.append(feature(_circle(seen, one), colour[one["key"]], [("", one["text"])]))
    return Shown(
        title=kind,
        legend=Legend(
            title=kind, rows=[(colour[one["key"]], one["label"]) for one in answer["classes"]]
        ),
        layers=[MapLayer(name=kind, features=features)],
        method=answer["method"],
        warnings=answer["method"]["warnings"],
    )


def _cells(seen: Sight, asked: Asked) -> Shown:
    answer = cast(dict[str, Any], cells_answer.cells(seen, "hexagon", asked.size_m))
    classes = answer["classes"]
    place = np.searchsorted(classes["breaks"], [n for _, _, n in answer["items"]], side="right")
    features = [
        feature(_around(lon, lat, answer["ring"]), classes["colours"][at], [("件数", f"{n:,}")])
        for (lon, lat, n), at in zip(answer["items"], place.tolist(), strict=True)
    ]
    return Shown(
        title="诉求格网",
        legend=Legend(
            title=f"每格件数（{asked.size_m} 米六边形）",
            rows=list(zip(classes["colours"], classes["labels"], strict=True)),
        ),
        layers=[MapLayer(name="六边形", features=features, weight_px=0.2)],
        warnings=[answer["truncated"]] if answer["truncated"] else [],
    )


def _borders_only(seen: Sight, asked: Asked) -> Shown:
    levels = [level for level in TERRITORIAL_LEVELS if len(seen.areas_of(level))]
    rows = [(LINES[level][1], LEVELS[level]) for level in levels]
    return Shown(title="辖区图", legend=Legend(title="界线", rows=rows))


def feature(
    geometry: Mapping[str, Any],
    colour: str,
    rows: Iterable[tuple[str, object]],
    label: str = "",
    at: tuple[float, float] | None = None,
    *,
    strong: bool = False,
) -> dict[str, Any]:
    """A feature as ``maps.page.MapLayer`` takes it; a label without a place gets one inside."""
    if label and at is None:
        inside = shapely.geometry.shape(geometry).representative_point()
        at = (round(inside.x, 6), round(inside.y, 6))
    properties = {"colour": colour, "rows": list(rows), "label": label, "at": at, "strong": strong}
    return {"geometry": geometry, "properties": properties}


def _around(lon: float, lat: float, ring: Sequence[Sequence[float]]) -> dict[str, Any]:
    corners = [[round(lon + dx, 6), round(lat + dy, 6)] for dx, dy in ring]
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}


def _circle(seen: Sight, one: Mapping[str, Any]) -> dict[str, Any]:
    [x_m], [y_m] = seen.snapshot.plane.from_lonlat(np.array([one["lon"]]), np.array([one["lat"]]))
    disc = shapely.buffer(
        shapely.Point(x_m, y_m),
        max(one["radius_m"], _LEAST_RADIUS_M),
        quad_segs=_CIRCLE_CORNERS // 4,
    )
    return geometries(np.array([disc], dtype=object), seen.snapshot.plane)[0]
