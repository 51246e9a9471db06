"""`shudi route` on boundaries that an import would refuse: it goes on where the ground is known."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import shapely
from click.testing import CliRunner, Result

from app.cli.route import route_command

SOURCE = """
[source]
name = "试用界线"
authority = "区民政局"
licence = "内部使用"
crs = "EPSG:4326"
effective_from = 2024-01-01
retrieved = 2026-01-01

[[layer]]
file = "grids.geojson"
level = "grid"
code = "code"
name = "name"
"""

SQUARE = shapely.box(119.30, 26.08, 119.31, 26.09)
NEXT = shapely.box(119.31, 26.08, 119.32, 26.09)
BOW_TIE = shapely.Polygon([(119.30, 26.08), (119.31, 26.09), (119.31, 26.08), (119.30, 26.09)])


def _route(folder: Path, areas: list[tuple[str, str, shapely.Geometry]]) -> tuple[Result, Path]:
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for code, name, shape in areas
    ]
    collection = {"type": "FeatureCollection", "features": features}
    (folder / "grids.geojson").write_text(json.dumps(collection), "utf-8")
    (folder / "source.toml").write_text(SOURCE, "utf-8")
    (folder / "in.csv").write_text("id,lon,lat\n1,119.302,26.085\n2,119.318,26.085\n", "utf-8")
    out = folder / "out.csv"
    arguments = [str(folder / "in.csv"), "-b", str(folder / "source.toml")]
    arguments += ["--crs", "EPSG:4326", "--as-of", "2026-01-01", "-o", str(out)]
    return CliRunner().invoke(route_command, arguments, catch_exceptions=False), out


def _units(out: Path) -> list[str]:
    with out.open(encoding="utf-8", newline="") as file:
        return [row["unit_code"] for row in csv.DictReader(file)]


def test_one_code_in_parts_with_different_names_is_one_jurisdiction(tmp_path: Path) -> None:
    done, out = _route(tmp_path, [("07", "1713", SQUARE), ("07", "1651", NEXT)])
    assert done.exit_code == 0, done.output
    assert _units(out) == ["07", "07"]
    assert "07 出现 2 次" in done.output


def test_a_crossed_ring_is_routed_on_its_repair_and_told(tmp_path: Path) -> None:
    done, out = _route(tmp_path, [("01", "一", BOW_TIE), ("02", "二", NEXT)])
    assert done.exit_code == 0, done.output
    assert _units(out) == ["01", "02"]
    assert "自相交" in done.output


def test_ground_that_is_missing_stops_it_and_the_old_output_stays(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("before")
    done, out = _route(tmp_path, [("01", "一", SQUARE), ("", "二", NEXT)])
    assert done.exit_code == 1
    assert "没有编码" in done.output
    assert out.read_text() == "before"
