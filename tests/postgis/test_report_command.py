"""``shudi report`` and the process of a job, on a database with nothing in it and in real files."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from sqlalchemy import Engine

from app import jobs as work
from app.cli.report import report_group
from app.reporting.wanted import wanted
from app.schedules import REPORT
from geodata.store import jobs
from routing.errors import UserInputError

pytestmark = pytest.mark.postgis


@pytest.fixture
def command(database_url: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("DATABASE_URL", database_url)
    return CliRunner()


def test_a_special_report_in_two_forms(command: CliRunner, tmp_path: Path) -> None:
    pdf, book = tmp_path / "r.pdf", tmp_path / "r.XLSX"
    done = command.invoke(
        report_group,
        [
            "special",
            "--from=2026-11-01",
            "--to=2026-11-10",
            "--kind=占道经营",
            f"-o{pdf}",
            f"-o{book}",
        ],
        catch_exceptions=False,
    )
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        f"{pdf}: special report, 2026-11-01 to 2026-11-10, 1 sections",
        f"{book}: special report, 2026-11-01 to 2026-11-10, 1 sections",
    ]
    assert done.stderr == ""  # no bar where there is no terminal
    assert pdf.read_bytes().startswith(b"%PDF")
    opened = openpyxl.load_workbook(book)
    assert "占道经营" in opened["概况"]["A1"].value
    opened.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["daily", "-o{}/r.odt"], r"use \.pdf, \.docx or \.xlsx"),
        (["daily", "-o{}/missing/r.pdf"], "folder .*missing.* is missing"),
        (["weekly", "--within=street:1", "-o{}/r.pdf"], "层级:代码"),
        (["weekly", "--within=subdistrict:1", "-o{}/r.pdf"], "没有代码为“1”的街道（镇）"),
        (["special", "--from=2026-02-02", "--to=2026-02-01", "-o{}/r.pdf"], "时段颠倒"),
    ],
)
def test_what_cannot_be_made(
    arguments: list[str], said: str, command: CliRunner, tmp_path: Path
) -> None:
    given = [one.format(tmp_path) for one in arguments]
    with pytest.raises(UserInputError, match=said):
        command.invoke(report_group, given, catch_exceptions=False)
    assert list(tmp_path.iterdir()) == []


def test_a_day_that_is_none_is_refused(command: CliRunner, tmp_path: Path) -> None:
    done = command.invoke(report_group, ["daily", "--for=2026-02-30", f"-o{tmp_path}/r.pdf"])
    assert done.exit_code == 2
    assert "2026-02-30" in done.stderr


def test_the_process_of_a_job(
    engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SHUDI_VAR", str(tmp_path))
    monkeypatch.setenv("SHUDI_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("SHUDI_DATA_KEY", Fernet.generate_key().decode())
    lowered: list[int] = []
    monkeypatch.setattr(os, "nice", lowered.append)
    wish = wanted(kind="special", first=date(2026, 11, 1), last=date(2026, 11, 2))
    number = jobs.enqueue(engine, REPORT, wish.as_json(), by="lin")
    taken = jobs.claim(engine)
    assert taken is not None
    work.main([str(number), "7"])  # of an attempt that is over: nothing is changed
    assert jobs.get(engine, number).state == "running"
    work.main([str(number), str(taken.attempts)])
    done = jobs.get(engine, number)
    assert (done.state, done.note) == ("done", "")
    folder = work.reports_folder(tmp_path, number)
    assert [one.name for one in folder.iterdir()] == list(done.files)
    assert lowered == [work.NICE] * 2
    assert not [one for one in folder.parent.iterdir() if one.name.startswith(".")]
