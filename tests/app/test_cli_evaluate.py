"""``shudi evaluate`` on a small invented city: report, kept runs, fit, and what it refuses."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from app.cli import main
from routing.dispatch.calibration import Calibration
from tests.acceptance.generator import Row, Sentences, World, write_rows
from tests.acceptance.generator.city import build_city, write_city

DAY = "2026-11-01"


@dataclass(frozen=True, kw_only=True)
class Written:
    """Files of one city."""

    gazetteer: Path
    source: Path
    corpus: Path
    rows: list[Row]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("town")
    city = build_city(3_000, seed=11)
    gazetteer, source = write_city(city, folder)
    world = World(city.places, city.areas, day=date.fromisoformat(DAY))
    rows = list(Sentences(world, city=city.name, city_code=city.code).rows(2001, 320))
    write_rows(folder / "corpus.csv", rows)
    return Written(gazetteer=gazetteer, source=source, corpus=folder / "corpus.csv", rows=rows)


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def evaluate(
    town: Written, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    def run(*more: object, corpus: Path | None = None) -> tuple[int, str, str]:
        words = [str(corpus or town.corpus), "-b", town.source, "-g", town.gazetteer, *more]
        monkeypatch.setattr("sys.argv", ["shudi", "evaluate", "--date", DAY, *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def test_the_report_is_printed_with_every_measure(town: Written, evaluate: Run) -> None:
    status, out, _ = evaluate()
    assert status == 0
    assert out.startswith("320 sentences.")
    ordinary = sum(row.ordinary for row in town.rows)
    assert f"of {ordinary}" in out
    found = re.search(r"right unit, routed or not \| ([\d.]+) %", out)
    assert found is not None and float(found[1]) > 60  # the reader is at work
    assert str(town.gazetteer.parent) not in out  # no folder of this machine


def test_a_run_is_kept_and_a_new_failure_ends_in_status_1(
    town: Written, evaluate: Run, tmp_path: Path
) -> None:
    kept = tmp_path / "run.json"
    report = tmp_path / "accuracy.md"
    status, out, err = evaluate("--save", kept, "--report", report)
    assert (status, out) == (0, "")
    assert "wrote" in err and "## Reliability" in report.read_text(encoding="utf-8")
    same, out, _ = evaluate("--compare", kept)
    assert same == 0 and "0 new failures, 0 new passes" in out
    with town.corpus.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    passed = json.loads(kept.read_text(encoding="utf-8"))["sentences"]
    victim = next(r for r in rows if r["expect"] == "place" and passed[r["id"]]["passed"])
    victim["unit"] = "000000"
    changed = tmp_path / "changed.csv"
    with changed.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    status, out, _ = evaluate("--compare", kept, corpus=changed)
    assert status == 1
    assert f"New failures: {victim['id']}" in out


def test_a_fit_is_written_and_decides_what_follows(evaluate: Run, tmp_path: Path) -> None:
    cases, fitted = tmp_path / "cases.json", tmp_path / "calibration.json"
    status, out, err = evaluate("--cases", cases)
    assert (status, out) == (0, "") and "cases" in err
    status, out, err = evaluate("--fit", fitted, "--with-cases", cases)
    assert status == 0, err
    calibration = Calibration.from_json(fitted.read_text(encoding="utf-8"))
    assert calibration.fitted_on["placed sentences"].isdigit()
    assert int(calibration.fitted_on["placed sentences"]) % 2 == 0  # the same cases twice
    again, with_it, _ = evaluate("--calibration", fitted)
    assert again == 0

    def measures(text: str) -> list[str]:
        return [line for line in text.splitlines() if "text to decision" not in line]

    assert measures(with_it) == measures(out)


def test_what_cannot_be_used_is_one_line_and_status_2(evaluate: Run, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("id,text,expect,unit\n", encoding="utf-8")
    strange = tmp_path / "strange.csv"
    strange.write_text("id,text,expect,unit\n1,东街,perhaps,\n", encoding="utf-8")
    few = tmp_path / "few.csv"
    few.write_text("id,text,expect,unit\n1,东街59号,place,990101\n", encoding="utf-8")
    bad = tmp_path / "bad.json"
    bad.write_text("{}", encoding="utf-8")
    for more, corpus, words in (
        ((), tmp_path / "none.csv", "cannot be read"),
        ((), empty, "no sentence"),
        ((), strange, "line 2: expect 'perhaps'"),
        (("--compare", bad), None, "not a saved run"),
        (("--calibration", bad), few, "fit it again"),
        (("--fit", tmp_path / "f.json"), few, "a fit needs 200 or more"),
        (("--save", tmp_path / "no" / "run.json"), few, "cannot be written"),
    ):
        status, _, err = evaluate(*more, corpus=corpus)
        assert status == 2, words
        assert words in err and "Traceback" not in err
        assert len(err.strip().splitlines()) <= 2, err
    assert not (tmp_path / "f.json").exists()
