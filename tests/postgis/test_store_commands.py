"""``shudi boundaries import|list|activate|retire|diff|simulate`` and ``shudi doctor``."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from app.cli.boundaries_store import STORE_COMMANDS
from app.cli.doctor import doctor_command
from geodata.versions import list_versions
from routing.errors import ShudiError
from tests.postgis.sources import MOVED, TWO, cell, source

pytestmark = pytest.mark.postgis


@pytest.fixture(autouse=True)
def _this_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)


def _run(*arguments: object) -> Result:
    group = click.Group(commands={str(one.name): one for one in STORE_COMMANDS})
    done = CliRunner().invoke(group, [str(one) for one in arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_from_file_to_force(engine: Engine, tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    source(first, TWO)
    source(second, MOVED, effective_from="2025-06-01")

    dry = _run("import", first / "source.toml")
    assert dry.exit_code == 0 and "--commit" in dry.output
    assert list_versions(engine) == []

    done = _run("import", first / "source.toml", second / "source.toml", "--commit")
    assert done.exit_code == 0, done.output
    assert [one.state for one in list_versions(engine)] == ["staged", "staged"]
    one, two = (version.id for version in list_versions(engine))

    dry = _run("activate", one, "--from", "2024-01-01")
    assert "is in force from 2024-01-01" in dry.output and "--commit" in dry.output
    assert list_versions(engine)[0].state == "staged"
    _run("activate", one, "--from", "2024-01-01", "--commit")

    told = _run("diff", two).output
    assert "reshaped: 2" in told
    assert "stored cases that would change unit: 0 of 0" in told
    assert json.loads(_run("simulate", two, "--format", "json").output)["shifts"] == []

    assert "ends on 2025-05-31" in _run("activate", two, "--from", "2025-06-01", "--commit").output
    listed = _run("list").output.splitlines()
    assert [line.split("\t")[1:3] for line in listed] == [
        ["active", "2024-01-01–2025-05-31"],
        ["in force", "2025-06-01–"],
    ]
    assert "--commit" in _run("retire", two, "--on", "2026-06-30").output
    _run("retire", two, "--on", "2026-06-30", "--commit")
    states = [one["state"] for one in json.loads(_run("list", "--format", "json").output)]
    assert states == ["active", "retired"]


def test_blocking_findings_end_with_status_1_and_stage_nothing(
    engine: Engine, tmp_path: Path
) -> None:
    crossed = {"A": ("甲", cell(0, 0)), "B": ("乙", cell(1, 0))}
    path = source(tmp_path, crossed).source.path
    layer = path.with_name("areas.geojson")
    shapes = json.loads(layer.read_text())
    shapes["features"].append({**shapes["features"][0]})
    shapes["features"][2]["properties"] = {"code": "A", "name": "另一个", "unit": "X"}
    layer.write_text(json.dumps(shapes))
    done = _run("import", path, "--commit")
    assert done.exit_code == 1
    assert "boundaries check" in done.output
    assert list_versions(engine) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("activate", "9", "--from", "2024-01-01"),
        ("diff", "9"),
        ("retire", "9", "--on", "2024-01-01"),
    ],
)
def test_an_unknown_version_says_how_to_list_them(arguments: tuple[str, ...]) -> None:
    with pytest.raises(ShudiError, match="boundaries list"):
        _run(*arguments)


def test_a_day_that_is_none_is_a_usage_error() -> None:
    assert _run("activate", "1", "--from", "soon").exit_code == 2


def test_the_doctor_reports_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHUDI_DEMO", raising=False)
    monkeypatch.delenv("SHUDI_SECRET_KEY", raising=False)
    done = CliRunner().invoke(doctor_command, ["--format", "json"])
    found = {one["title"]: one for one in json.loads(done.stdout)}
    assert done.exit_code == 1
    assert found["The database answers"]["status"] == "ok"
    assert found["Secrets and settings are usable"]["status"] == "failed"
    assert "SHUDI_SECRET_KEY" in found["Secrets and settings are usable"]["found"]
    shown = CliRunner().invoke(doctor_command, [])
    assert "FAILED   Boundaries are in force today" in shown.output


def test_the_doctor_starts_no_cluster(monkeypatch: pytest.MonkeyPatch, short_dir: Path) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("SHUDI_VAR", str(short_dir / "untouched"))
    done = CliRunner().invoke(doctor_command, [])
    assert done.exit_code == 1 and "scripts/serve" in done.output
    assert not (short_dir / "untouched").exists()
