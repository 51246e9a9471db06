"""What maps are made from, on a real database: cases in metres, areas, names, by role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import numpy as np
import pytest
import shapely
from flask import Flask, g
from sqlalchemy import Engine, text

from app.analysis.snapshot import Snapshot, current
from app.auth import SignedIn
from app.personal import PersonalData
from app.wiring import LOCAL_TIME, Services
from geodata import database
from geodata.calendar import CalendarDay, DayKind, store_calendar
from geodata.cases import PostgresCaseStore
from geodata.database import Scope, transaction
from geodata.denominators import Denominator, store_denominators
from geodata.embedded import Cluster
from geodata.store.case_history import PastMove, append_past_moves
from geodata.store.case_intake import Received
from maps.model import NONE
from routing.casework.cases import Move
from routing.errors import StoreUnavailable, UserInputError
from routing.model import JurisdictionLevel
from tests.web import town
from tests.web.people import DATA_KEY

pytestmark = pytest.mark.postgis

LONG_AGO = datetime(2021, 3, 4, 5, 6, tzinfo=LOCAL_TIME)


def _receive(services: Services, ref: str, grid: str | None, **more: object) -> str:
    lon, lat = town.middle(grid) if grid else (None, None)
    complaint = services.complaint(
        id=ref, lon=lon, lat=lat, crs="WGS84" if grid else None, category="道路破损",
        received_at=LONG_AGO, channel="12345",
    )  # fmt: skip
    row = Received(
        complaint=complaint, external_id=ref, decision=services.route(complaint),
        arrived_at=LONG_AGO, **more,  # type: ignore[arg-type]
    )  # fmt: skip
    store = PostgresCaseStore(services.engine)
    return store.receive_many([row], actor="api:12345", actor_name="热线")[0][0]


def _numbers(snapshot: Snapshot) -> set[str]:
    return set(snapshot.cases.number.tolist())


def test_cases_and_areas_are_in_one_plane(services: Services) -> None:
    numbers = {grid: _receive(services, grid, grid) for grid in town.GRIDS}
    nowhere = _receive(services, "nowhere", None)
    made = services.snapshot(None)
    assert made.plane.name == "EPSG:4549"  # the zone of 119.3° E
    cases, grids = made.cases, made.areas[JurisdictionLevel.GRID]
    assert grids.codes == tuple(sorted(town.GRIDS))
    assert grids.parents == ("E", "E", "W", "W") and grids.version == town.VERSION
    # a box of 0.01 degrees at 26.085° N: 1,000.6 by 1,107.9 m on the ellipsoid
    np.testing.assert_allclose(grids.km2, 1.1085, rtol=1e-3)
    for grid, number in numbers.items():
        (at,) = np.flatnonzero(cases.number == number)
        place = shapely.Point(cases.x_m[at], cases.y_m[at])
        inside = [code for code, one in zip(grids.codes, grids.shapes) if one.contains(place)]  # noqa: B905
        assert inside == [grid] == [cases.grid.labels[cases.grid.codes[at]]]
    (at,) = np.flatnonzero(cases.number == nowhere)
    assert not cases.located[at] and cases.located.sum() == 4
    assert cases.subdistrict.codes[at] == NONE
    assert (cases.returned == -1).all()
    assert made.names["W-1"] == "W-1网格" and made.names["ROADS"] == "区建设局"
    assert len(made.areas[JurisdictionLevel.COMMUNITY]) == 0
    assert {cases.day[at], cases.minute[at]} == {(LONG_AGO.date() - date(1970, 1, 1)).days, 306}


def test_everything_that_changes_it_is_seen_by_the_next_request(services: Services) -> None:
    """Also what came with dates of the past, and what is no case."""
    number = _receive(services, "first", "W-1")
    engine = services.engine
    day = CalendarDay(day=date(2026, 10, 1), kind=DayKind.HOLIDAY, name="国庆节")
    people = Denominator(
        level="grid", code="W-1", measure="population", value=1200, as_of=date(2025, 12, 31)
    )
    past = PastMove(
        case_no=number, move=Move.OVERRIDE, at=LONG_AGO + timedelta(minutes=1), actor="a",
        actor_name="甲", unit_code="W", unit_name="西镇",
    )  # fmt: skip
    changes: dict[str, Callable[[], object]] = {
        "a case taken over": lambda: _receive(services, "second", "E-1"),
        "a move of long ago": lambda: append_past_moves(engine, [past]),
        "a holiday": lambda: store_calendar(engine, [day], by="test"),
        "a denominator": lambda: store_denominators(engine, [people], by="test"),
        "a boundary": lambda: town.publish(
            engine, "neu", date(2020, 1, 2), {grid: at for at, grid in enumerate(town.GRIDS)}
        ),
    }
    for name, change in changes.items():
        before = services.snapshot(None)
        change()
        if "long ago" in name:
            _tell_statistics(engine)
        after = services.snapshot(None)
        assert after is not before and after.key != before.key, name
    made = services.snapshot(None)
    assert len(made.cases) == 2 and (made.cases.overridden == 1).sum() == 1
    assert made.holidays.name(day.day) == "国庆节"
    assert made.denominators.values("grid", "population") == {"W-1": 1200}


def _tell_statistics(engine: Engine) -> None:
    """What a second of waiting does: the connection that wrote reports its counts."""
    with transaction(engine) as connection:
        connection.execute(text("SELECT pg_stat_force_next_flush()"))


def test_nothing_changed_is_the_same_one(services: Services) -> None:
    _receive(services, "first", "W-1")
    _tell_statistics(services.engine)
    made = services.snapshot(None)
    assert all(services.snapshot(None) is made for _ in range(3))


def test_a_scope_holds_its_rows_and_all_the_ground(services: Services) -> None:
    west, east = _receive(services, "w", "W-1"), _receive(services, "e", "E-1")
    assert _numbers(services.snapshot(None)) == {west, east}
    made = services.snapshot(Scope(subdistrict="W"))
    assert _numbers(made) == {west}
    assert made.cases.subdistrict.labels == ("W",)
    assert len(made.areas[JurisdictionLevel.SUBDISTRICT]) == 2
    assert made.key != services.snapshot(Scope(subdistrict="E")).key


@pytest.mark.parametrize(("login", "seen"), [("analyst", {"w", "e"}), ("west", {"w"})])
def test_the_signed_in_person_sees_what_the_role_may(
    services: Services, app: Flask, login: str, seen: set[str]
) -> None:
    numbers = {ref: _receive(services, ref, f"{ref.upper()}-1") for ref in ("w", "e")}
    about = services.accounts.account(login)
    assert about is not None
    with app.test_request_context("/analysis"):
        g.signed_in = SignedIn(
            login=login, name=about.name, role=about.role, unit_code=about.unit_code,
            unit_name=about.unit_name, subdistrict_code=about.subdistrict_code,
        )  # fmt: skip
        found = [current(), current()]
    assert found[0] is found[1]
    assert _numbers(found[0]) == {numbers[ref] for ref in seen}


def test_a_crs_that_was_set_is_used(services: Services, town_url: str) -> None:
    _receive(services, "first", "W-1")
    zone = services.snapshot(None)
    other = Services(database.engine(town_url), PersonalData([DATA_KEY]), working_crs="EPSG:4548")
    made = other.snapshot(None)
    other.engine.dispose()
    assert made.plane.name == "EPSG:4548"
    # the zone around 117° E: the same place lies some 300 km further east of its meridian
    assert made.cases.x_m[0] - zone.cases.x_m[0] == pytest.approx(300_000, rel=0.01)
    there = np.array(made.plane.to_lonlat(made.cases.x_m, made.cases.y_m))
    np.testing.assert_allclose(there[:, 0], town.middle("W-1"), atol=1e-8)


@pytest.fixture
def stoppable(own_cluster: Cluster) -> Iterator[Services]:
    engine = database.engine(own_cluster.create_database("town"))
    database.migrate(engine)
    town.build(engine)
    yield Services(engine, PersonalData([DATA_KEY]))
    engine.dispose()


def test_without_postgresql_it_says_so_and_later_the_old_one_is_there(
    stoppable: Services, own_cluster: Cluster
) -> None:
    number = _receive(stoppable, "first", "W-1")
    before = stoppable.snapshot(None)
    own_cluster.stop("immediate")
    with pytest.raises(StoreUnavailable, match="again"):
        stoppable.snapshot(None)
    with pytest.raises(StoreUnavailable):
        stoppable.snapshot(Scope(subdistrict="W"))
    own_cluster.start()
    after = stoppable.snapshot(None)
    assert _numbers(after) == _numbers(before) == {number}


def test_a_day_outside_the_calendar_is_said(services: Services) -> None:
    with pytest.raises(UserInputError, match="尚未导入工作日历"):
        services.snapshot(None).holidays.kind(date(2026, 1, 1))
