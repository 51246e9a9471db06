"""Gazetteers in PostGIS: staged, put in force, read back bit for bit, swapped at once."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from pathlib import Path

import psycopg
import pytest
import shapely
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from geodata import boundaries
from geodata.gazetteer import LoadedGazetteer, read_gazetteer
from geodata.store import gazetteer_versions as versions
from geodata.tables import metadata
from routing.errors import NotFoundError, UserInputError
from routing.model import Place

pytestmark = pytest.mark.postgis

HEAD = "place_id,name,kind,wkt,aliases,road,number,admin_code,source,valid_from,valid_to,crs"
ROWS = (
    '1,西洪路,road,"LINESTRING (119.29 26.08, 119.3 26.0900000000001)",洪路;大路,,,350102100,民政,'
    "2008-01-01,,EPSG:4490",
    '2,"西洪路""甲""59号",address,POINT (119.295 26.085),,西洪路,59,,,,,EPSG:4490',
    '3,甲湖,water,"POLYGON ((119.3 26, 119.31 26, 119.31 26.01, 119.3 26))",,,,,,,2019-12-31,'
    "EPSG:4490",
)
MORE = "4,乙桥,poi,POINT (119.29 26.08),,,,,,,,EPSG:4490"


def gazetteer(folder: Path, *more: str, name: str = "地名") -> LoadedGazetteer:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.csv"
    path.write_text("\n".join([HEAD, *ROWS, *more, ""]), encoding="utf-8")
    return read_gazetteer(path)


def same(one: Place, other: Place) -> bool:
    return all(
        getattr(one, field.name) == getattr(other, field.name)
        for field in fields(Place)
        if field.name != "geometry"
    ) and bool(shapely.equals_identical(one.geometry, other.geometry))


def test_what_is_staged_comes_back_bit_for_bit_in_order(engine: Engine, tmp_path: Path) -> None:
    given = gazetteer(tmp_path)
    number = versions.stage(engine, given, "li")
    assert versions.load(engine).places() == () and versions.load(engine).version == ""
    versions.activate(engine, number, date(2026, 1, 1), "li")
    loaded = versions.load(engine, date(2026, 5, 1))
    assert loaded.version == given.version
    assert len(loaded.places()) == 3
    for one, other in zip(given.places(), loaded.places(), strict=True):
        assert same(one, other)


def test_the_same_content_is_one_version(engine: Engine, tmp_path: Path) -> None:
    first = versions.stage(engine, gazetteer(tmp_path), "li")
    assert versions.stage(engine, gazetteer(tmp_path), "wang") == first
    other = gazetteer(tmp_path, MORE)
    assert versions.stage(engine, other, "li") != first
    (one, two) = versions.list_versions(engine)
    assert (one.recorded_by, one.places, two.places) == ("li", 3, 4)
    assert versions.find_version(engine, one.version.partition("#")[2]).id == first


def test_one_version_is_in_force_on_a_day(engine: Engine, tmp_path: Path) -> None:
    one = versions.stage(engine, gazetteer(tmp_path), "li")
    two = versions.stage(engine, gazetteer(tmp_path, MORE), "li")
    three = versions.stage(engine, gazetteer(tmp_path, MORE.replace("乙", "丙")), "li")
    assert versions.activate(engine, one, date(2026, 1, 1), "li")[-1].endswith("from 2026-01-01")
    assert versions.activate(engine, one, date(2026, 1, 1), "li") == []
    told = versions.activate(engine, two, date(2026, 6, 1), "li", commit=False)
    assert "ends on 2026-05-31" in told[0]
    assert versions.list_versions(engine)[0].effective_to is None, "a trial changes nothing"
    versions.activate(engine, two, date(2026, 6, 1), "li")
    assert "superseded" in versions.activate(engine, three, date(2026, 3, 1), "li")[1]

    def on(day: date) -> int | None:
        found = versions.in_force(engine, day)
        return found.id if found else None

    assert on(date(2025, 12, 31)) is None
    assert versions.version_in_force(engine, date(2025, 12, 31)) == ""
    assert (
        versions.version_in_force(engine, date(2026, 3, 1))
        == versions.load(engine, date(2026, 3, 1)).version
        != versions.version_in_force(engine, date(2026, 2, 28))
    )
    assert (on(date(2026, 2, 28)), on(date(2026, 3, 1)), on(date(2026, 7, 1))) == (
        one,
        three,
        three,
    )


def test_an_ended_version_can_come_back(engine: Engine, tmp_path: Path) -> None:
    one = versions.stage(engine, gazetteer(tmp_path), "li")
    two = versions.stage(engine, gazetteer(tmp_path, MORE), "li")
    versions.activate(engine, one, date(2026, 1, 1), "li")
    versions.activate(engine, two, date(2026, 6, 1), "li")
    versions.activate(engine, one, date(2026, 6, 3), "wang")
    found = versions.in_force(engine, date(2026, 6, 3))
    assert found is not None and found.id == one
    with engine.connect() as connection:
        said = connection.execute(
            text("SELECT version_id, what, actor FROM gazetteer_event ORDER BY id")
        ).all()
    assert [tuple(row) for row in said][-2:] == [(two, "ended", "wang"), (one, "activated", "wang")]


def test_activation_tells_every_process(engine: Engine, tmp_path: Path) -> None:
    number = versions.stage(engine, gazetteer(tmp_path), "li")
    before = boundaries.generation(engine)
    versions.activate(engine, number, date(2026, 1, 1), "li", commit=False)
    assert boundaries.generation(engine) == before
    versions.activate(engine, number, date(2026, 1, 1), "li")
    assert boundaries.generation(engine) > before


def test_unknown_versions(engine: Engine) -> None:
    for ask in (
        lambda: versions.activate(engine, 9, date(2026, 1, 1), "li"),
        lambda: versions.load_version(engine, 9),
        lambda: versions.find_version(engine, "9"),
    ):
        with pytest.raises(NotFoundError, match="gazetteer list"):
            ask()
    with pytest.raises(UserInputError, match="read from a file"):
        versions.stage(engine, LoadedGazetteer((), "v"), "li")


@pytest.mark.parametrize(
    "table",
    ["gazetteer_place", "gazetteer_event", "place_correction", "alias_decision", "missing_name"],
)
def test_rows_are_not_updated(engine: Engine, table: str) -> None:
    other = next(one.name for one in metadata.tables[table].c if not one.primary_key)
    with engine.connect() as connection, pytest.raises(IntegrityError) as refused:
        connection.execute(text(f"UPDATE {table} SET {other} = {other}"))
    assert isinstance(refused.value.orig, psycopg.errors.RestrictViolation)


def test_the_scoped_role_sees_nothing_of_it(engine: Engine) -> None:
    with engine.connect() as connection:
        rights = connection.execute(
            text(
                "SELECT count(*) FROM information_schema.role_table_grants WHERE grantee = "
                "'shudi_scoped' AND (table_name LIKE 'gazetteer%' OR table_name IN "
                "('place_correction', 'alias_decision', 'missing_name'))"
            )
        ).scalar_one()
    assert rights == 0
