"""Versions: staged, activated from a day, ended; the index sees what was in force on each day."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import shapely
from sqlalchemy import Engine, select, text

from geodata import boundaries, versions
from geodata.boundaries import BoundaryWatch, PostgisBoundaries
from geodata.database import transaction
from geodata.tables import boundary_event
from geodata.versions import BlockingFindings, activate, list_versions, retire, stage
from routing.errors import NotFoundError, UserInputError
from routing.jurisdiction.index import JurisdictionIndex
from routing.model import Location, LocationPrecision
from tests.postgis.sources import MOVED, SOUTH, TWO, WEST, cell, source

pytestmark = pytest.mark.postgis

DAY_1, DAY_2 = date(2024, 1, 1), date(2025, 6, 1)
LAST_OF_1 = date(2025, 5, 31)


@pytest.fixture
def two(engine: Engine, tmp_path: Path) -> tuple[int, int]:
    """Ids of two staged versions of one source; the second moves the border."""
    first = stage(engine, source(tmp_path / "1", TWO), "lin")
    second = stage(engine, source(tmp_path / "2", MOVED, effective_from="2025-06-01"), "lin")
    return first, second


def _standing(engine: Engine) -> list[tuple[str, date | None, date | None]]:
    return [(one.state, one.effective_from, one.effective_to) for one in list_versions(engine)]


def _unit_at(engine: Engine, column: float, day: date) -> str | None:
    _, areas, borders = boundaries.load(engine)
    place = Location(
        geometry=shapely.Point(WEST + 0.01 * column, SOUTH + 0.005),
        radius_m=1.0,
        precision=LocationPrecision.PIN,
    )
    finest = JurisdictionIndex(areas, borders).hits(place, day).finest
    return finest.best.jurisdiction.unit_code if finest and finest.best else None


def test_what_is_staged_decides_nothing(engine: Engine, two: tuple[int, int]) -> None:
    del two
    assert [state for state, _, _ in _standing(engine)] == ["staged", "staged"]
    assert boundaries.load(engine)[1] == []


def test_the_same_source_twice_is_one_version(engine: Engine, tmp_path: Path) -> None:
    loaded = source(tmp_path, TWO)
    assert stage(engine, loaded, "lin") == stage(engine, loaded, "chen")
    [only] = list_versions(engine)
    assert (only.recorded_by, only.levels) == ("lin", {"subdistrict": 2})
    assert only.version == loaded.version


def test_shapes_come_back_bit_for_bit(engine: Engine, tmp_path: Path) -> None:
    odd = shapely.Polygon([(119.1, 26.1), (119.1 + 1 / 30, 26.1 + 1e-15), (119.11, 26.1 + 2 / 30)])
    far = shapely.box(119.3, 26.3, 119.3 + 0.1 / 3, 26.3 + 0.1 / 3)
    holed = shapely.difference(cell(9, 0, 3, 3), cell(10, 1))
    loaded = source(
        tmp_path,
        {"A": ("甲", shapely.MultiPolygon([odd, far])), "B": ("乙", holed)},
    )
    activate(engine, stage(engine, loaded, "lin"), DAY_1, "lin")
    _, found, _ = boundaries.load(engine)
    for given, kept in zip(loaded.jurisdictions, found, strict=True):
        assert shapely.to_wkb(kept.geometry) == shapely.to_wkb(given.geometry)
        assert (kept.code, kept.name, kept.level, kept.unit_code, kept.version) == (
            given.code,
            given.name,
            given.level,
            given.unit_code,
            given.version,
        )
        assert (kept.effective_from, kept.effective_to) == (DAY_1, None)


def test_a_blocking_finding_stages_nothing(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "check", lambda *_, **__: [_blocking()])
    with pytest.raises(BlockingFindings, match="测试界线"):
        stage(engine, source(tmp_path, TWO), "lin")
    assert list_versions(engine) == []


def _blocking() -> object:
    from geodata.findings import Finding, Severity

    return Finding(
        code="duplicate_code", severity=Severity.BLOCKING, message="编码重复", advice="改正"
    )


def test_a_successor_ends_the_one_before(engine: Engine, two: tuple[int, int]) -> None:
    first, second = two
    activate(engine, first, DAY_1, "lin")
    assert _unit_at(engine, 1.5, DAY_2) == "W"
    told = activate(engine, second, DAY_2, "chen")
    assert any("ends on 2025-05-31" in line for line in told)
    assert _standing(engine) == [("active", DAY_1, LAST_OF_1), ("active", DAY_2, None)]
    assert _unit_at(engine, 1.5, LAST_OF_1) == "W"
    assert _unit_at(engine, 1.5, DAY_2) == "E"
    assert _unit_at(engine, 1.5, date(2023, 12, 31)) is None


def test_what_was_believed_when_is_kept(engine: Engine, two: tuple[int, int]) -> None:
    first, second = two
    activate(engine, first, DAY_1, "lin")
    activate(engine, second, DAY_2, "chen")
    retire(engine, second, date(2026, 1, 31), "admin")
    with transaction(engine) as connection:
        events = connection.execute(select(boundary_event).order_by(boundary_event.c.id)).all()
    assert [(one.version_id, one.what, one.effective_to, one.actor) for one in events] == [
        (first, "staged", None, "lin"),
        (second, "staged", None, "lin"),
        (first, "activated", None, "lin"),
        (first, "ended", LAST_OF_1, "chen"),
        (second, "activated", None, "chen"),
        (second, "retired", date(2026, 1, 31), "admin"),
    ]


def test_a_correction_from_the_same_day_supersedes(engine: Engine, tmp_path: Path) -> None:
    first = stage(engine, source(tmp_path / "1", TWO), "lin")
    second = stage(engine, source(tmp_path / "2", MOVED), "lin")
    activate(engine, first, DAY_1, "lin")
    assert any("superseded" in line for line in activate(engine, second, DAY_1, "lin"))
    assert _unit_at(engine, 1.5, DAY_2) == "E"
    assert len({area.version for area in boundaries.load(engine)[1]}) == 1


def test_an_earlier_version_is_put_before_the_later(
    engine: Engine, tmp_path: Path, two: tuple[int, int]
) -> None:
    _, second = two
    activate(engine, second, DAY_2, "lin")
    past = source(tmp_path / "0", TWO, effective_from="2020-01-01", effective_to="2025-05-31")
    told = activate(engine, stage(engine, past, "lin"), date(2020, 1, 1), "lin")
    assert len(told) == 1
    assert _unit_at(engine, 1.5, date(2022, 1, 1)) == "W"
    assert _unit_at(engine, 1.5, DAY_2) == "E"


def test_a_version_is_not_cut_in_two(engine: Engine, tmp_path: Path) -> None:
    activate(engine, stage(engine, source(tmp_path / "1", TWO), "lin"), DAY_1, "lin")
    middle = source(tmp_path / "2", MOVED, effective_from="2025-01-01", effective_to="2025-12-31")
    number = stage(engine, middle, "lin")
    with pytest.raises(UserInputError, match="cut in two"):
        activate(engine, number, date(2025, 1, 1), "lin")
    assert _unit_at(engine, 1.5, date(2025, 6, 1)) == "W"


def test_other_sources_are_left_alone(engine: Engine, tmp_path: Path) -> None:
    activate(engine, stage(engine, source(tmp_path / "1", TWO), "lin"), DAY_1, "lin")
    other = source(tmp_path / "2", {"N": ("北镇", cell(0, 5))}, name="另一界线")
    activate(engine, stage(engine, other, "lin"), DAY_2, "lin")
    assert all(ending is None for _, _, ending in _standing(engine))


def test_activating_again_is_quiet_and_another_day_is_refused(
    engine: Engine, two: tuple[int, int]
) -> None:
    first, _ = two
    activate(engine, first, DAY_1, "lin")
    before = boundaries.generation(engine)
    assert activate(engine, first, DAY_1, "lin") == []
    assert boundaries.generation(engine) == before
    with pytest.raises(UserInputError, match="activated already"):
        activate(engine, first, DAY_2, "lin")


def test_days_outside_the_declaration_are_refused(engine: Engine, two: tuple[int, int]) -> None:
    with pytest.raises(UserInputError, match="2025-06-01"):
        activate(engine, two[1], date(2025, 5, 31), "lin")


def test_dry_runs_change_nothing(engine: Engine, two: tuple[int, int]) -> None:
    before = boundaries.generation(engine)
    assert activate(engine, two[0], DAY_1, "lin", commit=False)
    retire(engine, two[1], DAY_2, "lin", commit=False)
    assert [state for state, _, _ in _standing(engine)] == ["staged", "staged"]
    assert boundaries.generation(engine) == before


def test_retired_on_a_day_it_decides_until_that_day(engine: Engine, two: tuple[int, int]) -> None:
    first, second = two
    activate(engine, first, DAY_1, "lin")
    retire(engine, first, LAST_OF_1, "lin")
    retire(engine, first, LAST_OF_1, "lin")
    assert _unit_at(engine, 1.5, LAST_OF_1) == "W"
    assert _unit_at(engine, 1.5, DAY_2) is None
    with pytest.raises(UserInputError, match="ends on 2025-05-31 already"):
        retire(engine, first, DAY_2, "lin")
    retire(engine, second, DAY_2, "lin")  # staged: only closed
    assert _standing(engine)[-1] == ("retired", None, None)


def test_versions_are_found_by_number_text_and_digest(engine: Engine, two: tuple[int, int]) -> None:
    one = list_versions(engine)[0]
    digest = one.version.partition("#")[2]
    for named in (str(one.id), one.version, digest):
        assert versions.find_version(engine, named).id == one.id
    with pytest.raises(NotFoundError, match="boundaries list"):
        versions.find_version(engine, "nothing")
    with pytest.raises(NotFoundError):
        activate(engine, 10**9, DAY_1, "lin")
    assert two[0] == one.id


@pytest.mark.parametrize(
    "change",
    [
        lambda engine, two: activate(engine, two[0], DAY_1, "lin"),
        lambda engine, two: retire(engine, two[0], DAY_1, "lin"),
    ],
    ids=["activate", "retire"],
)
def test_every_change_raises_the_generation(
    engine: Engine, two: tuple[int, int], change: Callable[[Engine, tuple[int, int]], object]
) -> None:
    before = PostgisBoundaries.generation(engine)
    change(engine, two)
    assert PostgisBoundaries.generation(engine) > before
    assert PostgisBoundaries.load(engine)[0] == boundaries.generation(engine)


def test_staging_raises_no_generation(engine: Engine, tmp_path: Path) -> None:
    before = boundaries.generation(engine)
    stage(engine, source(tmp_path, TWO), "lin")
    assert boundaries.generation(engine) == before


def test_who_listens_hears_of_it_also_after_a_lost_connection(
    engine: Engine, two: tuple[int, int]
) -> None:
    heard: list[int] = []
    news = threading.Event()

    def changed(generation: int) -> None:
        heard.append(generation)
        news.set()

    watch = BoundaryWatch(engine, changed).start()
    try:
        assert news.wait(10)  # the state at the start
        news.clear()
        activate(engine, two[0], DAY_1, "lin")
        assert news.wait(10) and heard[-1] == boundaries.generation(engine)
        with transaction(engine) as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid() "
                    "AND query LIKE 'LISTEN%'"
                )
            )
        news.clear()
        assert news.wait(10)  # connected again, and told what it may have missed
        news.clear()
        activate(engine, two[1], DAY_2, "lin")
        assert news.wait(10)
    finally:
        watch.stop()
    assert heard == sorted(heard) and heard[-1] >= boundaries.generation(engine) - 1
