"""``shudi route`` and ``explain`` on a gazetteer with unusable rows: told, and it goes on."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.app.drawn_city import Outcome, shudi, source, table

HEADING = "place_id,name,kind,road,number,wkt,crs\n"
GOOD = 'a,西门小区,compound,,,"POINT (119.295 26.075)",EPSG:4326\n'
BAD = ',西门市场,compound,,,"POINT (119.296 26.075)",EPSG:4326\n'
"""A row without an id: it cannot be used, and blocks an import."""


def _route(folder: Path, names: str, *more: object) -> Outcome:
    table(folder, HEADING + names, "names.csv")
    given = table(folder, "id,text\n1,西门小区垃圾没人清\n")
    return shudi(
        "route", given, "-b", source(folder), "-g", folder / "names.csv",
        "--as-of", "2026-01-05", "-o", folder / "out.csv", *more,
    )  # fmt: skip


def _unit(folder: Path) -> str:
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    return row["unit_code"]


def _told(done: Outcome) -> list[str]:
    return [line for line in done.err.splitlines() if line.startswith("names")]


@pytest.mark.parametrize("quiet", [(), ("-q",)])
def test_a_row_that_is_left_out_is_told(tmp_path: Path, quiet: tuple[str, ...]) -> None:
    done = _route(tmp_path, GOOD + BAD, *quiet)
    assert (done.code, _unit(tmp_path)) == (0, "W")
    [line] = _told(done)
    assert line == "names names.csv: 第 3 行没有place_id 补上 place_id"
    assert "more;" not in done.err and done.out == ""


def test_no_more_than_five_are_told(tmp_path: Path) -> None:
    kinds = "".join(
        f'k{at},名{at},什么{at},,,"POINT (119.29 26.07)",EPSG:4326\n' for at in range(9)
    )
    done = _route(tmp_path, GOOD + kinds)
    assert (done.code, _unit(tmp_path)) == (0, "W")
    assert len(_told(done)) == 5
    assert "and 4 more; shudi gazetteer check shows them all" in done.err.splitlines()


def test_a_sound_gazetteer_tells_nothing(tmp_path: Path) -> None:
    done = _route(tmp_path, GOOD, "-q")
    assert (done.code, done.err, _unit(tmp_path)) == (0, "", "W")


def test_explain_goes_on_too(tmp_path: Path) -> None:
    table(tmp_path, HEADING + GOOD + BAD, "names.csv")
    done = shudi(
        "explain", "-b", source(tmp_path), "-g", tmp_path / "names.csv",
        "--date", "2026-01-05", "西门小区垃圾没人清",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert len(_told(done)) == 1
    assert "西街道" in done.out
