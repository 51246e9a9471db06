"""The tables behind the pictures, one function for each, ready to be written as a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
from werkzeug.datastructures import MultiDict

from app import words
from app.analysis import borders, cells, hotspots
from app.analysis.areas import Coloured, coloured
from app.analysis.case_table import case_table
from app.analysis.cells import DECIMALS
from app.analysis.filters import BY, COUNTS, MEASURES
from app.analysis.outline import geometries, simplified
from app.analysis.sheets import Cell, Sheet
from app.analysis.sight import Sight
from app.analysis.table_head import fits, head_of
from maps.cells import CellCounts

Args = MultiDict[str, str]


def table(seen: Sight, what: str, args: Args) -> Sheet:
    """Return a table of TABLES; errors as the answer it is made from."""
    return TABLES[what](seen, args)


def _areas(seen: Sight, args: Args) -> Sheet:
    made, areas = coloured(seen), seen.areas
    title = f"{words.LEVELS[areas.level]}{MEASURES[seen.view.measure]}"
    compared = made.before is not None
    columns = [
        "代码",
        "名称",
        "上级代码",
        "件数",
        "事件数",
        "重复反映指数",
        f"率（{_unit(made)}）",
        "率下限",
        "率上限",
        "平滑率",
        "局部平滑率",
        "实际/期望",
        "不显示的原因",
        "显示值",
    ]
    if compared:
        columns += ["对比时段", "变化", "变化 q 值"]
    rows = [_area_row(seen, made, at, compared) for at in range(len(areas))]
    return Sheet(
        title=title,
        head=[
            *head_of(seen, title, made.method),
            f"统计量：{COUNTS[seen.view.count]}；基数：{BY[seen.view.by]}；{made.note}",
        ],
        columns=columns,
        rows=rows,
        geometries=lambda: geometries(simplified(areas), seen.snapshot.plane),
    )


def _unit(made: Coloured) -> str:
    return made.table.measure.unit if made.table else "无基数"


def _area_row(seen: Sight, made: Coloured, at: int, compared: bool) -> list[Cell]:
    areas, found, rates = seen.areas, made.counts, made.table
    columns = (
        (rates.rate, rates.low, rates.high, rates.eb, rates.local_eb, rates.oe)
        if rates
        else (None,) * 6
    )
    row: list[Cell] = [
        areas.codes[at],
        areas.names[at],
        areas.parents[at],
        int(found.n[at]),
        None if found.incidents is None else int(found.incidents[at]),
        None if found.per_incident is None else _number(found.per_incident[at]),
        *(None if one is None else _number(one[at]) for one in columns),
        rates.why[at] if rates else "",
        _number(made.shown[at]),
    ]
    if compared:
        assert made.before is not None and made.change is not None
        row += [int(made.before[at]), _number(made.change.ratio[at]), _number(made.change.q[at])]
    return row


def _cells(seen: Sight, args: Args) -> Sheet:
    shape, size_m = cells.asked_from(args)
    found = cells.counted(seen, shape, size_m)
    fits(len(found.n), args)
    lon, lat = seen.snapshot.plane.to_lonlat(found.x_m, found.y_m)
    title = f"{cells.SHAPES[shape]}{size_m}米件数"
    return Sheet(
        title=title,
        head=[*head_of(seen, title, None), f"另有 {found.unlocated} 件没有位置，不在表中"],
        columns=["经度", "纬度", "件数"],
        rows=[
            [x, y, n]
            for x, y, n in zip(
                lon.round(DECIMALS).tolist(),
                lat.round(DECIMALS).tolist(),
                found.n.tolist(),
                strict=True,
            )
        ],
        geometries=lambda: _polygons(seen, found),
    )


def _polygons(seen: Sight, found: CellCounts) -> list[dict[str, Any]]:
    """GeoJSON polygons of cells, each ring closed."""
    corners_m = np.stack([found.x_m, found.y_m], axis=-1)[:, None, :] + found.ring[None]
    n, k, _ = corners_m.shape
    flat = corners_m.reshape(-1, 2)
    lon, lat = seen.snapshot.plane.to_lonlat(flat[:, 0], flat[:, 1])
    degrees = np.column_stack([lon, lat]).round(DECIMALS).reshape(n, k, 2).tolist()
    return [{"type": "Polygon", "coordinates": [[*ring, ring[0]]]} for ring in degrees]


def _hotspots(seen: Sight, args: Args) -> Sheet:
    """The page's own answer, flattened: the file cannot say anything else than the map."""
    asked = hotspots.asked_from(args)
    answer = json.loads(hotspots.hotspots_json(seen, asked))
    method = answer["method"]
    labels = {one["key"]: one["label"] for one in answer["classes"]}
    title = str(method["name"]).replace("/", " ")
    head = head_of(seen, title, method)
    if answer["areas"] is not None:
        names = dict(zip(seen.areas.codes, seen.areas.names, strict=True))
        rows: list[list[Cell]] = [
            [code, names[code], one["n"], labels[one["key"]], one["z"], one["p"], one["q"]]
            for code, one in answer["areas"].items()
        ]
        areas = seen.areas

        def shapes() -> list[dict[str, Any]]:
            return geometries(simplified(areas), seen.snapshot.plane)

        columns = ["代码", "名称", "件数", "分类", "z", "p（未校正）", "q（已校正）"]
    elif answer["cells"] is not None:
        items = answer["cells"]["items"]
        ring = answer["cells"]["ring"]
        rows = [[lon, lat, n, labels[key]] for lon, lat, n, key in items]

        def shapes() -> list[dict[str, Any]]:
            return [_around(lon, lat, ring) for lon, lat, _, _ in items]

        columns = ["经度", "纬度", "件数", "分类"]
    else:
        items = answer["shapes"]
        rows = [[one["lon"], one["lat"], one["radius_m"], one["n"], one["text"]] for one in items]

        def shapes() -> list[dict[str, Any]]:
            return [{"type": "Point", "coordinates": [one["lon"], one["lat"]]} for one in items]

        columns = ["经度", "纬度", "半径（米）", "件数", "说明"]
    return Sheet(title=title, head=head, columns=columns, rows=rows, geometries=shapes)


def _around(lon: float, lat: float, ring: list[list[float]]) -> dict[str, Any]:
    corners = [[round(lon + x, DECIMALS), round(lat + y, DECIMALS)] for x, y in ring]
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}


def _borders(seen: Sight, args: Args) -> Sheet:
    answer = borders.borders(seen, borders.metres_from(args))
    title = "交界地带"
    items, method = answer["items"], answer["method"]
    return Sheet(
        title=title,
        head=[*head_of(seen, title, method), str(answer["note"])],
        columns=[
            "一侧代码",
            "一侧",
            "另一侧代码",
            "另一侧",
            "共边长（米）",
            "件数",
            "改派",
            "退单",
            "每公里件数",
            "提示",
        ],
        rows=[
            [
                one["left"],
                one["left_name"],
                one["right"],
                one["right_name"],
                one["length_m"],
                one["cases"],
                "无已定工单" if one["overrides"] is None else one["overrides"],
                "未记录" if one["returns"] is None else one["returns"],
                one["per_km"],
                one["hint"],
            ]
            for one in items
        ],
        geometries=lambda: [one["geometry"] for one in items],
    )


def _number(value: float) -> float | None:
    return None if value != value else float(f"{value:.6g}")


TABLES: dict[str, Callable[[Sight, Args], Sheet]] = {
    "areas": _areas,
    "cells": _cells,
    "hotspots": _hotspots,
    "cases": case_table,
    "borders": _borders,
}
