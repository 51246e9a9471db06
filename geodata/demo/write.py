"""The demonstration city as files: boundary sources, names, units, duty, rules, complaints."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geodata.demo.borders import border_pieces
from geodata.demo.complaints import COMPLAINT_COLUMNS, TRUTH_COLUMNS, build_complaints
from geodata.demo.denominators import demo_denominators
from geodata.demo.faulty import faulty_grids
from geodata.demo.gazetteer import build_gazetteer, demo_ground, write_gazetteer
from geodata.demo.gazetteer_parts.ground import Ground
from geodata.demo.names import NOTICE
from geodata.demo.overlays import RoadLine, build_overlays, build_roads, build_waters
from geodata.demo.partition import Cell, City, build_city
from geodata.demo.units import demo_duty, demo_units
from routing.model import Place

README = f"""{NOTICE}

福州市鼓楼区演示数据：街道（镇）、社区的名称和代码是公开的真实名称和代码；
所有界线、道路、门牌、地名、水系、专属区域、职责条文、值班人员、电话和诉求都是程序生成的，
不能用于任何实际工作。文件名都带 demo 字样。

gulou_demo.toml        界线声明（WGS 84，2024-01-01 起生效），说明其余 GeoJSON 各是什么
*_demo.geojson         区、街道（镇）、社区、网格、专属区域、界线道路、道路和水系中线
units_demo.csv         承办单位    duty_demo.csv  值班人员（占位名）    rules_demo.toml  派单规则
gazetteer_demo.geojson 地名地址库（道路、门牌、小区、站点、灯杆等），声明在 gazetteer_demo.toml
complaints_demo.csv    3000 件诉求   truth_demo.csv  每件诉求的真实地点和应承办单位
denominators_demo.csv  分母：人口、户数、道路里程、兴趣点数（程序生成）
calendar_demo.csv      工作日历：国务院办公厅公布的 2024 至 2026 年节假日安排（真实）
faulty/                故意弄坏的网格界线（一处空白、一处重叠），供检查命令演示

洪山镇福屿社区有一块飞地在五凤街道内，是有意设置的。
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoFiles:
    """Where everything was written."""

    folder: Path
    source: Path
    """The boundary declaration (TOML)."""
    faulty_source: Path
    units: Path
    duty: Path
    rules: Path
    complaints: Path
    truth: Path
    roads: Path
    waters: Path
    gazetteer: Path
    """The names (GeoJSON); its declaration lies beside it."""
    gazetteer_source: Path
    denominators: Path
    """Residents, households, roads and points of interest by jurisdiction."""
    calendar: Path
    """The real holidays of three years."""
    readme: Path


def write_demo(folder: Path | str) -> DemoFiles:
    """Write all files into ``folder`` (made where missing) and return where they are.

    The same bytes on every run on one platform. Files of the same names are replaced.
    """
    folder = Path(folder)
    (folder / "faulty").mkdir(parents=True, exist_ok=True)
    city = build_city()
    made = DemoFiles(
        folder=folder,
        source=folder / "gulou_demo.toml",
        faulty_source=folder / "faulty" / "gulou_faulty_demo.toml",
        units=folder / "units_demo.csv",
        duty=folder / "duty_demo.csv",
        rules=folder / "rules_demo.toml",
        complaints=folder / "complaints_demo.csv",
        truth=folder / "truth_demo.csv",
        roads=folder / "roads_demo.geojson",
        waters=folder / "waters_demo.geojson",
        gazetteer=folder / "gazetteer_demo.geojson",
        gazetteer_source=folder / "gazetteer_demo.toml",
        denominators=folder / "denominators_demo.csv",
        calendar=folder / "calendar_demo.csv",
        readme=folder / "README.txt",
    )
    _write_boundaries(city, made)
    _write_units(city, made)
    made.rules.write_text(_text("rules.toml"), encoding="utf-8")
    made.readme.write_text(README, encoding="utf-8")
    ground = demo_ground(city)
    places = build_gazetteer(ground)
    write_gazetteer(places, made.gazetteer, made.gazetteer_source)
    _write_complaints(ground, places, made)
    _write_csv(
        made.denominators,
        ("level", "code", "measure", "value", "as_of", "source"),
        (
            (one.level, one.code, one.measure, f"{one.value:g}", one.as_of, one.source)
            for one in demo_denominators(city, places)
        ),
    )
    made.calendar.write_text(_text("calendar_demo.csv"), encoding="utf-8")
    return made


def _text(name: str) -> str:
    return files("geodata.demo").joinpath(name).read_text(encoding="utf-8")


def _write_boundaries(city: City, made: DemoFiles) -> None:
    folder = made.folder
    for level, cells in (
        ("district", (city.district,)),
        ("subdistrict", city.subdistricts),
        ("community", city.communities),
        ("grid", city.grids),
    ):
        _write_geojson(folder / f"{level}_demo.geojson", level, map(_cell, cells))
    overlays = build_overlays(city)
    kinds = list(dict.fromkeys(overlay.kind for overlay in overlays))
    for kind in kinds:
        features = [
            (
                {
                    "code": o.code,
                    "name": o.name,
                    "unit_code": o.unit_code,
                    **({"road_class": o.road_class} if o.road_class else {}),
                },
                o.geometry,
            )
            for o in overlays
            if o.kind == kind
        ]
        _write_geojson(folder / f"overlay_{kind}_demo.geojson", f"overlay:{kind}", features)
    _write_geojson(
        folder / "borders_demo.geojson",
        "界线道路归属",
        (
            (
                {
                    "road": piece.road,
                    "left_code": piece.left.code,
                    "right_code": piece.right.code,
                    "side": piece.side,
                    "inside_code": piece.inside_code or None,
                    "width_m": piece.width_m,
                },
                piece.line,
            )
            for piece in border_pieces(city)
        ),
    )
    _write_geojson(made.roads, "道路中线", map(_line, build_roads(city)))
    _write_geojson(made.waters, "水系中线", map(_line, build_waters()))
    _write_geojson(
        made.faulty_source.parent / "grid_faulty_demo.geojson",
        "故意弄坏的网格",
        map(_cell, faulty_grids(city)),
    )
    made.source.write_text(_text("gulou_demo.toml"), encoding="utf-8")
    made.faulty_source.write_text(_text("gulou_faulty_demo.toml"), encoding="utf-8")


def _cell(cell: Cell) -> tuple[dict[str, Any], BaseGeometry]:
    return {"code": cell.code, "name": cell.name, "parent_code": cell.parent_code}, cell.geometry


def _line(road: RoadLine) -> tuple[dict[str, Any], BaseGeometry]:
    facts: dict[str, Any] = {"name": road.name, "width_m": road.width_m}
    return facts | ({"road_class": road.road_class} if road.road_class else {}), road.line


def _write_geojson(
    path: Path, title: str, features: Iterable[tuple[dict[str, Any], BaseGeometry]]
) -> None:
    collection = {
        "type": "FeatureCollection",
        "name": f"{title}（{NOTICE}）",
        "notice": NOTICE,
        "features": [
            {"type": "Feature", "properties": facts, "geometry": shapely.geometry.mapping(shape)}
            for facts, shape in features
        ],
    }
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")


def _write_units(city: City, made: DemoFiles) -> None:
    _write_csv(
        made.units,
        ("code", "name", "kind", "parent_code", "effective_from", "effective_to", "phone"),
        (
            (
                unit.code,
                unit.name,
                unit.kind.value,
                unit.parent_code or "",
                unit.effective_from.isoformat(),
                unit.effective_to.isoformat() if unit.effective_to else "",
                unit.phone,
            )
            for unit in demo_units(city)
        ),
    )
    _write_csv(made.duty, ("unit_code", "role", "name", "from", "to"), demo_duty(city))


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _write_complaints(ground: Ground, places: Sequence[Place], made: DemoFiles) -> None:
    complaints = build_complaints(ground.city, _text("rules.toml"), ground.roads, places)
    numbered = list(enumerate(complaints, start=1))
    _write_csv(made.complaints, COMPLAINT_COLUMNS, (one.row(n) for n, one in numbered))
    _write_csv(made.truth, TRUTH_COLUMNS, (one.truth_row(n) for n, one in numbered))
