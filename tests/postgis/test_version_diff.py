"""What a version would change is counted before it is activated."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from geodata.cases import PostgresCaseStore
from geodata.store.version_diff import CaseShift, diff
from geodata.versions import activate, stage
from routing.errors import NotFoundError
from tests.postgis.builders import CHANNEL, complaint, decision, unlocated
from tests.postgis.sources import MOVED, SOUTH, STEP, TWO, WEST, cell, source

pytestmark = pytest.mark.postgis


@pytest.fixture
def active(engine: Engine, tmp_path: Path) -> int:
    number = stage(engine, source(tmp_path / "active", TWO), "lin")
    activate(engine, number, date(2024, 1, 1), "lin")
    return number


def _case_at(engine: Engine, ref: str, column: float) -> None:
    run = dataclasses.replace(decision(), lon=WEST + STEP * column, lat=SOUTH + STEP / 2)
    PostgresCaseStore(engine).receive(complaint(ref), ref, run, **CHANNEL)


def test_a_border_that_moves(engine: Engine, active: int, tmp_path: Path) -> None:
    for ref, column in {"w1": 0.5, "w2": 1.5, "w3": 1.7, "e": 3.5, "far": 99.0}.items():
        _case_at(engine, ref, column)
    PostgresCaseStore(engine).receive(complaint("?"), "?", unlocated(), **CHANNEL)
    number = stage(engine, source(tmp_path / "new", MOVED, effective_from="2025-06-01"), "lin")
    found = diff(engine, number)
    assert (found.added, found.retired, found.renamed, found.reassigned) == ((), (), (), ())
    # 西镇 loses 1 of its 2 columns: 1/2; 东镇 gains 1 on 2: 1/2; of all 4 columns 1 changes hands
    assert {one.code: round(one.area_share, 4) for one in found.reshaped} == {"W": 0.5, "E": 0.5}
    assert found.area_share == {"subdistrict": pytest.approx(0.25, abs=1e-4)}
    assert found.level == "subdistrict"
    assert (found.cases, found.cases_changed) == (4, 2)
    assert found.shifts == (CaseShift(before="W", after="E", cases=2),)
    assert diff(engine, number, active) == found


def test_codes_names_and_units(engine: Engine, active: int, tmp_path: Path) -> None:
    del active
    _case_at(engine, "e", 3.5)
    changed = source(
        tmp_path / "new",
        {"W": ("西湖镇", TWO["W"][1]), "N": ("北镇", cell(0, 2, 4, 1))},
        units={"W": "WEST"},
        effective_from="2025-06-01",
    )
    found = diff(engine, stage(engine, changed, "lin"))
    assert [one.code for one in found.added] == ["N"]
    assert [(one.code, one.name) for one in found.retired] == [("E", "东镇")]
    assert [(one.before, one.after) for one in found.renamed] == [("西镇", "西湖镇")]
    assert [(one.before, one.after) for one in found.reassigned] == [("W", "WEST")]
    assert found.reshaped == ()
    assert found.shifts == (CaseShift(before="E", after=None, cases=1),)


def test_nothing_changes(engine: Engine, active: int, tmp_path: Path) -> None:
    _case_at(engine, "on the border", 2.0)
    same = stage(engine, source(tmp_path / "same", TWO, effective_from="2025-06-01"), "lin")
    found = diff(engine, same, active)
    assert (found.reshaped, found.area_share, found.shifts) == ((), {}, ())
    assert (found.cases, found.cases_changed) == (1, 0)


def test_a_source_that_is_new_adds_everything(engine: Engine, tmp_path: Path) -> None:
    found = diff(engine, stage(engine, source(tmp_path, TWO), "lin"))
    assert found.against is None
    assert [one.code for one in found.added] == ["E", "W"]
    with pytest.raises(NotFoundError):
        diff(engine, 10**9)
    with pytest.raises(NotFoundError):
        diff(engine, list_first(engine), 10**9)


def list_first(engine: Engine) -> int:
    from geodata.versions import list_versions

    return list_versions(engine)[0].id
