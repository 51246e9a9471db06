"""``shudi gazetteer import|activate|list|candidates|approve|reject|missing`` on a database."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from app.cli.gazetteer import gazetteer_group
from geodata import versions as boundary_versions
from geodata.cases import PostgresCaseStore
from geodata.store import gazetteer_learning as learning
from geodata.store import gazetteer_versions as versions
from geodata.store.gazetteer_learning import Correction
from routing.errors import ShudiError, UserInputError
from tests.postgis.builders import CHANNEL, complaint, decision
from tests.postgis.sources import TWO, source

pytestmark = pytest.mark.postgis

NAMES = (
    "place_id,name,kind,wkt,road,number,admin_code,crs\n"
    '1,西洪路,road,"LINESTRING (119.301 26.085, 119.339 26.085)",,,,EPSG:4490\n'
    "2,西洪路59号,address,POINT (119.305 26.0851),西洪路,59,W,EPSG:4490\n"
    "3,金牛新村,compound,POINT (119.335 26.0852),,,E,EPSG:4490\n"
)
MOVED = NAMES.replace("119.305 26.0851", "119.331 26.0851").replace(",59,W,", ",59,E,")
GOLDEN = (
    "id,text,expect,unit\n"
    "S1,西洪路59号路灯不亮,place,W\n"
    "S2,金牛新村里有人乱停车,place,E\n"
)  # fmt: skip


@pytest.fixture(autouse=True)
def _this_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> None:
    """西镇 (W) and 东镇 (E) in force since 2024."""
    number = boundary_versions.stage(engine, source(tmp_path / "b", TWO), "li")
    boundary_versions.activate(engine, number, date(2024, 1, 1), "li")


def _run(*arguments: object) -> Result:
    done = CliRunner().invoke(gazetteer_group, [str(one) for one in arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def _file(folder: Path, text: str, name: str = "names") -> Path:
    path = folder / f"{name}.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _in_force(engine: Engine, file: Path, day: str = "2026-01-01") -> None:
    _run("import", file, "--commit")
    number = versions.list_versions(engine)[-1].id
    _run("activate", number, "--from", day, "--commit")


def test_from_file_to_force(engine: Engine, tmp_path: Path) -> None:
    file = _file(tmp_path, NAMES)
    dry = _run("import", file)
    assert dry.exit_code == 0 and "3 places; findings: none" in dry.output
    assert "--commit" in dry.output and versions.list_versions(engine) == []

    done = _run("import", file, "--commit")
    (one,) = versions.list_versions(engine)
    assert f"next: shudi gazetteer activate {one.id} --from DATE" in done.output
    assert f"staged as version {one.id}" in _run("import", file, "--commit").output

    dry = _run("activate", one.id, "--from", "2026-01-01")
    assert "is in force from 2026-01-01" in dry.output and "--commit" in dry.output
    assert versions.list_versions(engine)[0].state == "staged"
    _run("activate", one.version.partition("#")[2], "--from", "2026-01-01", "--commit")
    assert "already" in _run("activate", one.id, "--from", "2026-01-01", "--commit").output

    (line,) = _run("list").output.splitlines()
    assert line.split("\t")[1:4] == ["in force", "2026-01-01–", "3 places"]
    (told,) = json.loads(_run("list", "--format", "json").output)
    assert (told["state"], told["places"]) == ("active", 3)


def test_blocking_findings_end_with_status_1_and_stage_nothing(
    engine: Engine, tmp_path: Path
) -> None:
    file = _file(tmp_path, NAMES + "4,乙,castle,POINT (119.33 26.08),,,,EPSG:4490\n")
    done = _run("import", file, "--commit")
    assert done.exit_code == 1 and "gazetteer check" in done.output
    assert versions.list_versions(engine) == []
    assert _run("import", file, "--commit", "--despite-findings").exit_code == 0
    assert [one.places for one in versions.list_versions(engine)] == [3]


@pytest.mark.usefixtures("town")
def test_import_holds_codes_against_the_stored_boundaries(engine: Engine, tmp_path: Path) -> None:
    file = _file(tmp_path, NAMES.replace(",59,W,", ",59,E,"))
    assert _run("import", file).exit_code == 0, "without --commit no database is asked"
    assert _run("import", file, "--commit").exit_code == 1
    assert _run("import", file, "-b", tmp_path / "b" / "source.toml").exit_code == 1


@pytest.mark.usefixtures("town")
def test_the_golden_set_guards_a_publication(engine: Engine, tmp_path: Path) -> None:
    golden = _file(tmp_path, GOLDEN, "golden")
    _run("import", _file(tmp_path, NAMES), "--commit")
    first = _run("activate", 1, "--from", "2026-01-01", "--golden", golden, "--commit")
    assert first.exit_code == 0, first.output
    assert "golden.csv: 2 of 2 pass (0 before), 0 new failures" in first.output

    _run("import", _file(tmp_path, MOVED, "moved"), "--commit")
    two = versions.list_versions(engine)[-1].id
    asked = ("activate", two, "--from", "2026-06-01", "--golden", golden, "--commit")
    refused = _run(*asked)
    assert refused.exit_code == 1
    assert "new failure: S1: W → E, right is W" in refused.output
    assert "路灯" not in refused.output, "the text may be a citizen's"
    assert [one.state for one in versions.list_versions(engine)] == ["active", "staged"]

    forced = _run(*asked, "--force")
    assert forced.exit_code == 0 and "is in force from 2026-06-01" in forced.output
    empty = _file(tmp_path, GOLDEN.partition("\n")[0] + "\n", "empty")
    with pytest.raises(UserInputError, match="no sentences"):
        _run("activate", two, "--from", "2026-07-01", "--golden", empty)


def test_candidates_are_decided_and_missing_names_listed(engine: Engine, tmp_path: Path) -> None:
    _in_force(engine, _file(tmp_path, NAMES))
    store = PostgresCaseStore(engine)
    for number, actor in enumerate(("lin", "wang")):
        case, _ = store.receive(complaint(f"c-{number}"), f"A-{number}", decision(), **CHANNEL)
        chosen = Correction(case_no=case.no, mention="老西洪", actor=actor, place_id="1")
        learning.record_correction(engine, chosen)
        learning.record_missing(engine, ["乙桥"], case_no=case.no)
    (line,) = _run("candidates").output.splitlines()
    assert line.split("\t")[1:] == ["老西洪 → 西洪路 (1)", "2 people, 2 cases"]
    number = line.partition("\t")[0]
    (told,) = json.loads(_run("candidates", "--format", "json").output)
    assert told["id"] == number

    assert "--commit" in _run("approve", number).output
    assert len(learning.alias_candidates(engine)) == 1
    assert "老西洪 is an alias of 西洪路 (1)" in _run("approve", number, "--commit").output
    assert versions.load(engine).places()[0].aliases == ("老西洪",)
    assert "no candidates" in _run("candidates").output
    assert "is no alias of" in _run("reject", number, "--commit").output
    assert versions.load(engine).places()[0].aliases == ()

    (line,) = _run("missing").output.splitlines()
    assert line.split("\t")[:2] == ["2", "乙桥"]
    assert json.loads(_run("missing", "--format", "json", "--since", "2999-01-01").output) == []


def test_search_in_what_is_in_force(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(UserInputError, match="no gazetteer is in force"):
        _run("search", "金牛")
    _in_force(engine, _file(tmp_path, NAMES))
    assert "金牛新村" in _run("search", "金牛").output


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("activate", "9", "--from", "2024-01-01"), "gazetteer list"),
        (("approve", "9"), "gazetteer candidates"),
        (("reject", "x"), "gazetteer candidates"),
    ],
)
def test_what_is_not_there_says_how_to_list_it(arguments: tuple[str, ...], hint: str) -> None:
    with pytest.raises(ShudiError, match=hint):
        _run(*arguments)
