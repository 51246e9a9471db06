"""``shudi calendar`` and ``shudi denominators`` on a database: dry, loaded, superseded."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from app.cli.calendar import calendar_group
from app.cli.denominators import denominators_group
from geodata import versions
from geodata.calendar import DayKind, load_calendar
from geodata.database import transaction
from geodata.denominators import Denominator, load_denominators, store_denominators
from geodata.read import read_source
from geodata.store.data_mark import data_mark
from tests.postgis.sources import TWO, source

pytestmark = pytest.mark.postgis

YEAR_2026 = (
    "day,kind,name\n2026-10-01,holiday,国庆节\n2026-10-02,holiday,国庆节\n2026-10-10,workday,\n"
)


@pytest.fixture(autouse=True)
def _this_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)


def _run(group: click.Group, *arguments: object) -> Result:
    done = CliRunner().invoke(group, [str(one) for one in arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def _rows(engine: Engine, table: str) -> tuple[int, int]:
    """(in force, superseded)."""
    with transaction(engine) as connection:
        found = connection.execute(
            text(f"SELECT superseded_at IS NULL, count(*) FROM {table} GROUP BY 1")
        )
        counted = {bool(row[0]): int(row[1]) for row in found}
    return counted.get(True, 0), counted.get(False, 0)


def test_a_calendar_from_file_to_force(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "2026.csv"
    path.write_text(YEAR_2026, encoding="utf-8")
    dry = _run(calendar_group, "import", path)
    assert dry.exit_code == 0 and "--commit" in dry.output
    assert load_calendar(engine).until is None

    done = _run(calendar_group, "import", path, "--commit")
    assert "recorded 3, superseded 0; the calendar reaches 2026-12-31" in done.output
    mark = data_mark(engine)
    again = _run(calendar_group, "import", path, "--commit")
    assert "recorded 0, superseded 0" in again.output
    assert data_mark(engine) == mark  # maps need not be made again

    # the notice is corrected: one day goes, another comes; other years stay
    path.write_text(YEAR_2026.replace("10-02", "10-05"), encoding="utf-8")
    _run(calendar_group, "import", path, "--commit")
    later = tmp_path / "2027.csv"
    later.write_text("day,kind\n2027-10-01,holiday\n", encoding="utf-8")
    _run(calendar_group, "import", later, "--commit")
    held = load_calendar(engine)
    assert held.until == date(2027, 12, 31)
    assert held.kind(date(2026, 10, 5)) is DayKind.HOLIDAY
    assert held.kind(date(2026, 10, 2)) is DayKind.WEEKDAY
    assert _rows(engine, "calendar_day") == (4, 1)
    listed = _run(calendar_group, "list").output
    assert "2026-10-10  workday" in listed and "2026-01-01 to 2027-12-31" in listed


def test_a_gap_to_what_is_loaded_stops_the_import(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(YEAR_2026, encoding="utf-8")
    _run(calendar_group, "import", path, "--commit")
    path.write_text("day,kind\n2028-10-01,holiday\n", encoding="utf-8")
    refused = _run(calendar_group, "import", path, "--commit")
    assert refused.exit_code == 1 and "缺少 2027 年" in refused.output
    assert load_calendar(engine).until == date(2026, 12, 31)
    # alone, without a database, the file has nothing that blocks
    assert _run(calendar_group, "check", path).exit_code == 0


@pytest.fixture
def towns(engine: Engine, tmp_path: Path) -> list[str]:
    """Boundaries in force; the codes of their two subdistricts."""
    source(tmp_path / "b", TWO)
    loaded = read_source(tmp_path / "b" / "source.toml")
    staged = versions.stage(engine, loaded, "test")
    versions.activate(engine, staged, date(2024, 1, 1), "test")
    return sorted(one.code for one in loaded.jurisdictions)


def _file(folder: Path, *lines: str) -> Path:
    path = folder / "d.csv"
    heading = "level,code,measure,value,as_of,source\n"
    path.write_text(heading + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_denominators_from_file_to_force(engine: Engine, tmp_path: Path, towns: list[str]) -> None:
    one, two = towns
    both = [
        f"subdistrict,{code},population,{n},2020-11-01,七普" for code, n in ((one, 10), (two, 20))
    ]
    path = _file(tmp_path, *both)
    assert "--commit" in _run(denominators_group, "import", path).output
    assert load_denominators(engine).rows == {}
    assert "recorded 2, superseded 0" in _run(denominators_group, "import", path, "--commit").output
    assert "recorded 0, superseded 0" in _run(denominators_group, "import", path, "--commit").output

    path = _file(tmp_path, f"subdistrict,{one},population,11,2025-12-31,抽样")
    done = _run(denominators_group, "import", path, "--commit")
    assert (
        "recorded 1, superseded 1" in done.output
        and f"1 个街道没有常住人口（{two}）" in done.output
    )
    assert load_denominators(engine).values("subdistrict", "population") == {one: 11, two: 20}
    done = _run(denominators_group, "import", path, "--replace", "--commit")
    assert "recorded 0, superseded 1" in done.output
    assert load_denominators(engine).values("subdistrict", "population") == {one: 11}
    assert _rows(engine, "denominator") == (1, 2)
    listed = _run(denominators_group, "list").output
    assert "subdistrict  population  1 values  total 11  as of 2025-12-31  抽样" in listed


def test_a_file_with_a_mistake_is_not_loaded_at_all(
    engine: Engine, tmp_path: Path, towns: list[str]
) -> None:
    path = _file(
        tmp_path,
        f"subdistrict,{towns[0]},population,10,2020-11-01,",
        "subdistrict,UNKNOWN,population,10,2020-11-01,",
    )
    for command in (["check"], ["import", "--commit"]):
        refused = _run(denominators_group, *command, path)
        assert refused.exit_code == 1 and "第 3 行：编码 'UNKNOWN'" in refused.output
    assert load_denominators(engine).rows == {}
    # against files, no database is asked
    boundaries = tmp_path / "b" / "source.toml"
    assert _run(denominators_group, "check", path, "-b", boundaries).exit_code == 1
    good = _file(tmp_path, f"subdistrict,{towns[0]},poi,1,2020-11-01,")
    assert _run(denominators_group, "check", good, "-b", boundaries).exit_code == 0


def test_other_measures_are_left_alone(engine: Engine) -> None:
    def value(measure: str, number: float) -> Denominator:
        return Denominator(
            level="grid", code="G", measure=measure, value=number, as_of=date(2025, 12, 31)
        )

    store_denominators(engine, [value("population", 1), value("poi", 2)], by="test")
    store_denominators(engine, [value("poi", 3)], by="test", replace=True)
    held = load_denominators(engine)
    assert (held.values("grid", "population"), held.values("grid", "poi")) == ({"G": 1}, {"G": 3})
