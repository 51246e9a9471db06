"""The doctor finds what is wrong and says what to do."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from geodata import database, doctor, rules_store
from geodata.calendar import CalendarDay, DayKind, store_calendar
from geodata.cluster import binaries as pg_binaries
from geodata.doctor import Deployment, Finding, examine
from geodata.embedded import Cluster
from geodata.store import gazetteer_versions
from geodata.versions import activate, stage
from routing.model import Unit, UnitKind
from tests import town_names
from tests.postgis.sources import TWO, source

pytestmark = pytest.mark.postgis

TODAY = date(2026, 11, 23)


def _examine(engine: Engine | None, tmp_path: Path) -> dict[str, Finding]:
    at = Deployment(engine=engine, private=True, var_dir=tmp_path / "var", today=TODAY)
    return {one.title: one for one in examine(at)}


def test_a_fresh_database_needs_boundaries(engine: Engine, tmp_path: Path) -> None:
    found = _examine(engine, tmp_path)
    assert [title for title, one in found.items() if one.status == doctor.FAILED] == [
        "Boundaries are in force today"
    ]
    assert "boundaries import" in found["Boundaries are in force today"].hint
    stage(engine, source(tmp_path / "s", TWO), "lin")
    staged = _examine(engine, tmp_path)["Boundaries are in force today"]
    assert staged.status == doctor.FAILED and "activate" in staged.hint


def test_without_a_gazetteer_words_are_not_located(engine: Engine, tmp_path: Path) -> None:
    title = "A gazetteer is in force today"
    none = _examine(engine, tmp_path)[title]
    assert none.status == doctor.WARNING and "gazetteer import" in none.hint
    number = town_names.stage(engine, town_names.in_a_row(119.3, 26.08, 0.01))
    staged = _examine(engine, tmp_path)[title]
    assert staged.status == doctor.WARNING
    assert staged.hint.startswith(f"shudi gazetteer activate {number} ")
    gazetteer_versions.activate(engine, number, TODAY + timedelta(days=1), "lin")
    ahead = _examine(engine, tmp_path)[title]  # from tomorrow on
    assert ahead.status == doctor.WARNING
    gazetteer_versions.activate(engine, number, TODAY, "lin")
    assert _examine(engine, tmp_path)[title].found == f"{town_names.VERSION}, 7 places"


def test_a_sound_deployment(engine: Engine, tmp_path: Path) -> None:
    loaded = source(tmp_path / "s", TWO)
    activate(engine, stage(engine, loaded, "lin"), date(2024, 1, 1), "lin")
    units = [Unit(code=code, name=code, kind=UnitKind.SUBDISTRICT, phone="0591-1") for code in TWO]
    rules_store.store_units(engine, units, by="lin")
    rules_store.store_rules(engine, version="v", toml="", effective_from=date(2024, 1, 1), by="lin")
    town_names.publish(engine, town_names.in_a_row(119.3, 26.08, 0.01))
    new_year = CalendarDay(day=date(2027, 1, 1), kind=DayKind.HOLIDAY, name="元旦")
    store_calendar(engine, [new_year], by="lin")
    found = _examine(engine, tmp_path)
    assert {one.status for one in found.values()} == {doctor.OK}, found
    assert loaded.version in found["Boundaries are in force today"].found


def test_a_calendar_that_ends_soon_is_told(engine: Engine, tmp_path: Path) -> None:
    title = "The calendar of holidays reaches ahead"
    none = _examine(engine, tmp_path)[title]
    assert (none.status, none.found) == (doctor.WARNING, "none")
    last_year = CalendarDay(day=date(2025, 10, 1), kind=DayKind.HOLIDAY, name="国庆节")
    store_calendar(engine, [last_year], by="lin")
    old = _examine(engine, tmp_path)[title]
    assert (old.status, old.found) == (doctor.WARNING, "until 2025-12-31")
    assert "shudi calendar import" in old.hint


def test_missing_units_and_silent_ones_are_named(engine: Engine, tmp_path: Path) -> None:
    activate(engine, stage(engine, source(tmp_path, TWO), "lin"), date(2024, 1, 1), "lin")
    rules_store.store_units(engine, [Unit(code="W", name="西镇", kind=UnitKind.CITY)], by="lin")
    found = _examine(engine, tmp_path)
    missing = found["Every jurisdiction in force has a unit"]
    assert (missing.status, missing.found) == (doctor.WARNING, "1 missing: E")
    silent = found["Every unit has a duty telephone"]
    assert (silent.status, silent.found) == (doctor.WARNING, "1 without: W")


def test_without_a_database_the_rest_is_skipped(tmp_path: Path) -> None:
    found = _examine(None, tmp_path)
    assert found["The database answers"].status == doctor.FAILED
    assert "scripts/serve" in found["The database answers"].hint
    assert found["Boundaries are in force today"].status == doctor.SKIPPED
    assert found["There is room on the disk"].status == doctor.OK


def test_a_database_that_is_down_is_told_not_thrown(own_cluster: Cluster, tmp_path: Path) -> None:
    engine = database.engine(own_cluster.url())
    own_cluster.stop()
    down = _examine(engine, tmp_path)["The database answers"]
    assert down.status == doctor.FAILED and "scripts/serve" in down.found
    engine.dispose()


def test_a_database_in_the_c_locale_is_blind_to_chinese(
    own_cluster: Cluster, tmp_path: Path
) -> None:
    sql = "CREATE DATABASE blind OWNER shudi TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
    admin = database.engine(own_cluster.url("postgres", role="postgres"))
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(sql)
    admin.dispose()
    inside = database.engine(own_cluster.url("blind", role="postgres"))
    with inside.begin() as connection:
        connection.exec_driver_sql("CREATE EXTENSION postgis; CREATE EXTENSION pg_trgm")
    found = _examine(inside, tmp_path)
    inside.dispose()
    assert found["Chinese text can be stored and searched"].status == doctor.FAILED
    assert "blind to Chinese" in found["Chinese text can be stored and searched"].found
    assert found["The tables are those of this program"].status == doctor.FAILED


def test_missing_programs_and_a_full_disk(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pg_binaries, "_installed", list)
    monkeypatch.setattr(doctor, "_LEAST_FREE_BYTES", 2**63)
    found = _examine(engine, tmp_path)
    assert "apt-get install" in found["PostgreSQL and PostGIS are installed"].hint
    assert found["There is room on the disk"].status == doctor.FAILED


def test_a_clock_that_is_off(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_MOST_CLOCK_DIFFERENCE_S", -1)
    found = _examine(engine, tmp_path)["Program and database agree on time and time zone"]
    assert found.status == doctor.FAILED and "NTP" in found.hint
