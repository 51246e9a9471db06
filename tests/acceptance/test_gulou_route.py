"""A point in each of the ten real subdistricts of 鼓楼区 goes to its subdistrict, in any datum."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import shapely

from tests.app.drawn_city import ROOT, shudi

DATA = ROOT.parent / "shared" / "data" / "gulou" / "streets.geojson"

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not DATA.is_file(), reason=f"left out: no data at {DATA}"),
]


@pytest.mark.parametrize("datum", ["WGS84", "GCJ-02", "BD-09", "EPSG:4547"])
def test_ten_points_go_to_their_ten_subdistricts(tmp_path: Path, datum: str) -> None:
    """The points are converted on the way in, and come out where they were, to a centimetre."""
    from geodata.crs import from_wgs84, parse_crs

    source = tmp_path / "gulou.toml"
    source.write_text(
        '[source]\nname = "鼓楼区街道界线"\nauthority = "未注明"\nlicence = "未知，仅供测试"\n'
        'crs = "EPSG:4326"\neffective_from = 2023-01-01\nretrieved = 2026-11-01\n\n'
        f'[[layer]]\nfile = "{DATA}"\nlevel = "subdistrict"\ncode = "乡"\nname = "乡"\n'
    )
    features = json.loads(DATA.read_text())["features"]
    names = [feature["properties"]["乡"] for feature in features]
    inside = [
        shapely.from_geojson(json.dumps(feature["geometry"])).representative_point()
        for feature in features
    ]
    x, y = from_wgs84([p.x for p in inside], [p.y for p in inside], parse_crs(datum))
    cells = zip(names, x.tolist(), y.tolist(), strict=True)
    lines = [f"{name},{a!r},{b!r}" for name, a, b in cells]
    given = tmp_path / "in.csv"
    given.write_text("id,lon,lat\n" + "\n".join(lines), encoding="utf-8")
    out = tmp_path / "out.csv"
    done = shudi("route", given, "-b", source, "--crs", datum, "-o", out)
    assert done.code == 0, done.err
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 10
    assert [row["subdistrict_code"] for row in rows] == names
    assert {row["status"] for row in rows} == {"routed"}
    for row, point in zip(rows, inside, strict=True):
        assert float(row["lon"]) == pytest.approx(point.x, abs=1.1e-7)
        assert float(row["lat"]) == pytest.approx(point.y, abs=1.1e-7)
