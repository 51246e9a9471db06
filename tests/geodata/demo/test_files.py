from __future__ import annotations

import csv
import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import shapely
from click.testing import CliRunner
from shapely.geometry import shape

from app.cli.demo import demo_group
from geodata.demo import DemoFiles
from geodata.demo.names import NOTICE
from geodata.demo.overlays import build_overlays
from geodata.demo.partition import City
from geodata.sources import parse_source
from geodata.units import Units, read_units

ROOT = Path(__file__).resolve().parents[3]


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_runs_write_the_same_bytes(made: DemoFiles, tmp_path: Path) -> None:
    """In another process, so that neither hash seeds nor caches can hide a difference."""
    script = "import sys; from geodata.demo import write_demo; write_demo(sys.argv[1])"
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, cwd=ROOT)
    assert digests(tmp_path) == digests(made.folder)


def test_every_file_says_that_it_is_a_demonstration(made: DemoFiles) -> None:
    for path in made.folder.rglob("*"):
        if path.is_dir():
            continue
        if path.name != "README.txt":
            assert "demo" in path.name
        if path.suffix == ".geojson":
            document = json.loads(path.read_text(encoding="utf-8"))
            assert NOTICE in document["name"] and document["notice"] == NOTICE
        elif path.suffix != ".csv":
            assert NOTICE in path.read_text(encoding="utf-8").splitlines()[0]
    assert NOTICE in parse_source(made.source).name
    assert NOTICE in parse_source(made.source).notes


def test_geojson_keeps_the_coordinates_bit_for_bit(city: City, made: DemoFiles) -> None:
    document = json.loads((made.folder / "grid_demo.geojson").read_text(encoding="utf-8"))
    for feature, grid in zip(document["features"], city.grids, strict=True):
        assert feature["properties"]["code"] == grid.code
        assert shapely.equals_exact(shape(feature["geometry"]), grid.geometry, tolerance=0)


def test_units_have_a_tree_and_no_real_telephone(city: City, made: DemoFiles) -> None:
    units = Units(read_units(made.units))
    kinds = Counter(unit.kind.value for unit in units)
    assert (kinds["subdistrict"], kinds["community"], kinds["grid"]) == (10, 69, 144)
    assert set(kinds) == {
        "city", "district", "department", "subdistrict", "community", "grid", "company", "zone",
        "queue",
    }  # fmt: skip
    assert all(re.fullmatch(r"0591-0000\d{4}", unit.phone) for unit in units)
    overlay_units = {overlay.unit_code for overlay in build_overlays(city)}
    assert all(units.unit(code, date(2025, 6, 1)) for code in overlay_units)
    office = [units.unit("350102-SZB", day) for day in (date(2024, 12, 31), date(2025, 1, 1))]
    assert [unit.name for unit in office if unit] == ["区数字办", "区大数据服务中心"]


def test_duty_names_a_placeholder_for_every_grid_on_every_day(made: DemoFiles) -> None:
    with made.duty.open(encoding="utf-8", newline="") as file:
        duty = list(csv.DictReader(file))
    assert {row["role"] for row in duty} == {"网格员", "网格长", "街巷长"}
    assert all(re.search(r"长?[甲乙]\d{3}", row["name"]) for row in duty)
    units = {unit.code for unit in read_units(made.units)}
    assert {row["unit_code"] for row in duty} <= units
    for day in ("2024-11-01", "2025-09-30", "2025-10-01", "2026-10-31"):
        on = Counter(
            row["unit_code"]
            for row in duty
            if row["role"] == "网格员" and row["from"] <= day and day <= (row["to"] or "9999")
        )
        assert len(on) == 144 and set(on.values()) == {1}


def test_demo_write_lists_what_it_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pretend(folder: Path) -> DemoFiles:
        names = (
            "source", "faulty_source", "units", "duty", "rules", "complaints", "truth", "roads",
            "waters", "gazetteer", "gazetteer_source", "denominators", "calendar", "readme",
        )  # fmt: skip
        return DemoFiles(folder=folder, **{name: folder / name for name in names})

    monkeypatch.setattr("geodata.demo.write.write_demo", pretend)
    result = CliRunner().invoke(demo_group, ["write", str(tmp_path / "city")])
    assert result.exit_code == 0
    assert NOTICE in result.output and "complaints" in result.output


def test_demo_write_into_a_place_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-c", "from app.cli import main; main()", "demo", "write", "file/city"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "file/city" in result.stderr and "Traceback" not in result.stderr
