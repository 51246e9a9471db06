"""Decisions as files: the contract's columns, formulas as text, whole or not at all."""

from __future__ import annotations

import csv
import errno
import json
import os
import resource
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest

from geodata.decision_files import text as decision_text
from geodata.decisions import DECIMALS, check_output, write_decisions
from geodata.whole_file import whole_file
from routing.errors import UnwritableOutput

CONTRACT = [
    "id", "status", "unit_code", "unit_name", "co_units", "fallback_unit", "district_code",
    "subdistrict_code", "community_code", "grid_code", "overlay_codes", "confidence", "share",
    "runner_up_unit", "runner_up_share", "edge_distance_m", "reasons", "lon", "lat", "radius_m",
    "precision", "place_id", "matched_text", "reading", "basis", "boundary_version",
    "gazetteer_version", "rules_version",
]  # fmt: skip
ENDINGS = (".csv", ".geojson", ".xlsx", ".parquet")


def decisions(**columns: list[Any]) -> dict[str, np.ndarray]:
    rows = len(next(iter(columns.values())))
    return {
        name: np.array(columns.get(name, [""] * rows), dtype=object)
        if decimals is None
        else np.array(columns.get(name, [np.nan] * rows), dtype=float)
        for name, decimals in DECIMALS.items()
    }


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Rows as any reader sees them, empties as ``""``."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    if path.suffix == ".geojson":
        found = [feature["properties"] for feature in json.loads(path.read_text())["features"]]
    elif path.suffix == ".parquet":
        found = pq.read_table(path).to_pylist()
    else:
        sheet = openpyxl.load_workbook(path).active
        heading, *data = sheet.iter_rows(values_only=True)
        found = [dict(zip(heading, row, strict=True)) for row in data]
    return [{key: "" if v is None else v for key, v in row.items()} for row in found]


@pytest.mark.parametrize("ending", ENDINGS)
def test_columns_order_and_rounding(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    columns = decisions(
        id=["b", "a"],
        unit_name=["洪山镇", None],
        confidence=[0.123456, np.nan],
        edge_distance_m=[12.3456, np.inf],
        lon=[119.123456789, np.nan],
        lat=[26.0, np.nan],
    )
    write_decisions(path, columns)
    first, second = rows_of(path)
    assert list(first) == CONTRACT
    shown = [first[name] for name in ("id", "unit_name", "confidence", "edge_distance_m", "lon")]
    assert [str(value) for value in shown] == ["b", "洪山镇", "0.1235", "12.3", "119.1234568"]
    assert {second[name] for name in CONTRACT if name != "id"} == {""}


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_rows_give_a_whole_file_without_rows(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    write_decisions(path, decisions(id=[]))
    assert rows_of(path) == []


HARD = ['a,"b"\nc', "<&>", "制表\t符", "\\", "", "-12", "x" * 5, "🏮", "\u2028"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_texts_come_back_as_they_were(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    write_decisions(path, decisions(id=HARD))
    assert [row["id"] for row in rows_of(path)] == HARD


FORMULAS = ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"]


def test_formulas_leave_csv_as_text(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_decisions(path, decisions(id=FORMULAS, matched_text=FORMULAS))
    for row, formula in zip(rows_of(path), FORMULAS, strict=True):
        assert row["id"] == row["matched_text"] == "'" + formula


def test_formulas_leave_excel_as_marked_text_cells(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    write_decisions(path, decisions(id=[*FORMULAS, "normal"]))
    sheet = openpyxl.load_workbook(path).active
    cells = [sheet.cell(row, 1) for row in range(2, len(FORMULAS) + 3)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.quotePrefix for cell in cells] == [True] * len(FORMULAS) + [False]
    assert [cell.value for cell in cells[:4]] == FORMULAS[:4]
    assert sheet.freeze_panes == "B2"


def test_excel_takes_no_control_characters_and_no_endless_cells(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    write_decisions(path, decisions(id=["a\x00\x1fb"], basis=["长" * 40_000]))
    row = rows_of(path)[0]
    assert row["id"] == "ab"
    assert row["basis"].endswith("长…")
    assert len(row["basis"]) < 32_767


def test_csv_is_plain_utf8_and_marked_only_on_request(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_decisions(path, decisions(id=["属地"]))
    content = path.read_bytes()
    assert content.startswith(b"id,status,") and b"\r" not in content
    write_decisions(path, decisions(id=["属地"]), bom=True)
    assert path.read_bytes() == b"\xef\xbb\xbf" + content


def test_geojson_has_a_point_where_there_is_a_place(tmp_path: Path) -> None:
    path = tmp_path / "out.geojson"
    write_decisions(path, decisions(id=["1", "2"], lon=[119.3, np.nan], lat=[26.08, np.nan]))
    first, second = json.loads(path.read_text())["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [119.3, 26.08]}
    assert second["geometry"] is None


@pytest.mark.parametrize("ending", [".csv", ".geojson", ".xlsx"])
def test_rows_beyond_one_chunk_are_all_there_in_order(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decision_text, "_ROWS_AT_ONCE", 7)
    monkeypatch.setattr("geodata.decision_files.xlsx._ROWS_AT_ONCE", 7)
    path = tmp_path / f"out{ending}"
    ids = [f"r{number}" for number in range(23)]
    write_decisions(path, decisions(id=ids))
    assert [row["id"] for row in rows_of(path)] == ids


# --- whole or not at all ------------------------------------------------------------------------


def test_a_full_disk_leaves_the_old_output_and_no_rest(tmp_path: Path) -> None:
    """In a process whose files may not grow beyond 64 kB, as a disk that fills up half-way."""
    path = tmp_path / "out.csv"
    path.write_text("the old output")
    program = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "from pathlib import Path\n"
        "from routing.errors import UnwritableOutput\n"
        "from tests.geodata.test_decisions import decisions, write_decisions\n"
        "try: write_decisions(Path(sys.argv[1]), decisions(id=['x' * 100] * 2000))\n"
        "except UnwritableOutput as error: print(error); sys.exit(2)\n"
    )
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", program, str(path), root],
        capture_output=True, text=True, check=False, cwd=root,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, 65_536)),
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "the file there before is unchanged" in done.stdout
    assert path.read_text() == "the old output"
    assert [item.name for item in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_space_is_one_clear_error_in_every_format(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        """A disk that takes 100 bytes."""

        def __init__(self, file: BinaryIO) -> None:
            self.file = file
            self.taken = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

        def write(self, data: Any) -> int:
            self.taken += len(data)
            if self.taken > 100:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return self.file.write(data)

        def writelines(self, parts: Any) -> None:
            for part in parts:
                self.write(part)

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

    real = os.fdopen
    monkeypatch.setattr("geodata.whole_file.os.fdopen", lambda *given: Full(real(*given)))
    path = tmp_path / f"out{ending}"
    path.write_text("old")
    with pytest.raises(UnwritableOutput, match="No space left on device; the file there before"):
        write_decisions(path, decisions(id=["1"] * 50))
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


def test_an_interruption_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), whole_file(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["out.csv"]


def test_a_new_file_gets_usual_permissions_and_an_old_one_keeps_its_own(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    before = os.umask(0o027)
    try:
        write_decisions(path, decisions(id=["1"]))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    path.chmod(0o604)
    write_decisions(path, decisions(id=["2"]))
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    link = tmp_path / "out.csv"
    link.symlink_to("real.csv")
    write_decisions(link, decisions(id=["1"]))
    assert link.is_symlink()
    assert (tmp_path / "real.csv").read_text().startswith("id,")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("out.txt", "ending '.txt' is not known; use one of .csv"),
        ("out", "ending '' is not known"),
        ("none/out.csv", "is missing"),
        ("folder.csv", "it is a folder"),
        ("pipe.csv", "it is a device or pipe"),
    ],
)
def test_where_no_output_can_stand_is_said_before_any_work(
    tmp_path: Path, name: str, message: str
) -> None:
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(UnwritableOutput, match=message):
        check_output(tmp_path / name)


def test_a_missing_column_is_a_bug_that_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="basis"):
        write_decisions(tmp_path / "out.csv", {"id": np.array(["1"], dtype=object)})
