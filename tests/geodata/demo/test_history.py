"""The two years for maps: structure that maps are to find, whatever day they end on."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from cryptography.fernet import Fernet
from numpy.typing import NDArray
from sqlalchemy import Engine

from app import demo_history
from app.demo_load import _reference_data
from app.personal import PersonalData
from app.wiring import Services
from geodata.cases import PostgresCaseStore
from geodata.demo import DemoFiles
from geodata.demo.denominators import demo_denominators
from geodata.demo.history import DAYS, DEFAULT_PIN_M, HistoryCase, build_history
from geodata.demo.history_parts.patterns import (
    EMERGING_AT,
    EMERGING_DAYS,
    NIGHT_MARKET_AT,
    OUTBREAK_AT,
    OUTBREAK_DAYS,
)
from geodata.demo.partition import City, to_degrees, to_metres
from maps.model import EPOCH
from routing.casework.cases import CaseState
from routing.errors import StoreUnavailable
from routing.model import Place

LAST = date(2026, 11, 25)

Mask = NDArray[np.bool_]


@pytest.fixture(scope="module")
def history(city: City) -> list[HistoryCase]:
    return build_history(city, LAST)


@pytest.fixture(scope="module")
def metres(history: list[HistoryCase]) -> NDArray[np.float64]:
    lonlat = [(np.nan, np.nan) if one.lon is None else (one.lon, one.lat) for one in history]
    return to_metres(np.array(lonlat, dtype=np.float64))


@pytest.fixture(scope="module")
def ago(history: list[HistoryCase]) -> NDArray[np.int64]:
    """(n,) days before the last one."""
    return np.array([(LAST - one.received_at.date()).days for one in history])


@pytest.fixture(scope="module")
def near(
    history: list[HistoryCase], metres: NDArray[np.float64]
) -> Callable[[str, tuple[float, float]], Mask]:
    kinds = np.array([one.kind for one in history])

    def find(kind: str, at: tuple[float, float]) -> Mask:
        """Of the kind, within 600 m."""
        found: Mask = (kinds == kind) & (np.hypot(*(metres - at).T) < 600)
        return found

    return find


def test_the_same_day_gives_the_same_history(city: City, history: list[HistoryCase]) -> None:
    assert build_history(city, LAST) == history
    assert 28_000 < len(history) < 31_000


@pytest.mark.parametrize("last", [LAST, date(2025, 2, 3), date(2031, 6, 30)])
def test_it_ends_on_the_day_wanted_and_has_two_years(city: City, last: date) -> None:
    made = build_history(city, last)
    days = Counter(one.received_at.date() for one in made)
    assert max(days) == last and min(days) == last - timedelta(days=DAYS - 1)
    assert len(days) == DAYS
    assert made == sorted(made, key=lambda one: one.received_at)


def test_every_kind_is_one_the_rules_know(history: list[HistoryCase], made: DemoFiles) -> None:
    rules = tomllib.loads(made.rules.read_text(encoding="utf-8"))
    assert {one.kind for one in history} <= set(rules["categories"])


def test_pins_lie_in_the_district_but_for_their_error(
    city: City, history: list[HistoryCase]
) -> None:
    pinned = [(one.lon, one.lat) for one in history if one.lon is not None]
    inside = shapely.contains_xy(city.district.geometry, np.array(pinned, dtype=np.float64))
    assert inside.mean() > 0.99
    assert 0.05 < 1 - len(pinned) / len(history) < 0.08


def test_the_outbreak_is_on_the_last_days(
    ago: NDArray[np.int64], near: Callable[[str, tuple[float, float]], Mask]
) -> None:
    here = near("便民服务", OUTBREAK_AT)
    assert (here & (ago < OUTBREAK_DAYS)).sum() >= 50
    assert (here & (ago >= OUTBREAK_DAYS)).sum() / DAYS < 0.1  # a day


def test_the_emerging_one_grows_out_of_nothing(
    ago: NDArray[np.int64], near: Callable[[str, tuple[float, float]], Mask]
) -> None:
    here = near("共享单车乱停放", EMERGING_AT)
    assert (here & (ago >= EMERGING_DAYS)).sum() == 0
    assert (here & (ago < 28)).sum() > 2 * (here & (ago >= 56)).sum() > 0


def test_the_night_market_is_at_night(
    history: list[HistoryCase], near: Callable[[str, tuple[float, float]], Mask]
) -> None:
    hours = np.array([one.received_at.hour for one in history])[near("占道经营", NIGHT_MARKET_AT)]
    assert len(hours) > 900
    assert ((hours >= 18) | (hours < 2)).mean() > 0.95


def test_sundays_and_the_spring_festival_are_quiet(history: list[HistoryCase]) -> None:
    days = Counter(one.received_at.date() for one in history)

    def mean(wanted: Sequence[date]) -> float:
        return sum(days[day] for day in wanted) / len(wanted)

    every = [LAST - timedelta(days=n) for n in range(DAYS)]
    sundays, mondays = (
        mean([day for day in every if day.weekday() == weekday]) for weekday in (6, 0)
    )
    assert sundays < 0.75 * mondays
    festival = mean([date(2026, 2, 17) + timedelta(days=n) for n in range(7)])
    around = mean([date(2026, 1, 20) + timedelta(days=n) for n in range(21)])
    assert festival < 0.6 * around


def test_one_pin_is_a_pile(history: list[HistoryCase]) -> None:
    pins = Counter((one.lon, one.lat) for one in history if one.lon is not None)
    (top, number), (_, second) = pins.most_common(2)
    np.testing.assert_allclose(top, to_degrees(np.array([DEFAULT_PIN_M]))[0], atol=1e-7)
    assert number > 400 and second < 10


def test_overrides_are_along_the_disputed_border(history: list[HistoryCase]) -> None:
    along = [one for one in history if one.instead == "温泉—水部"]
    elsewhere = sum(one.instead == "" for one in history) / len(history)
    assert len(along) > 150
    assert 0.02 < elsewhere < 0.03


def test_denominators_add_up_over_the_levels(city: City, places: tuple[Place, ...]) -> None:
    values = demo_denominators(city, places)
    for measure in ("population", "household", "road_km", "poi"):
        totals = {
            level: sum(one.value for one in values if (one.level, one.measure) == (level, measure))
            for level in ("district", "subdistrict", "community", "grid")
        }
        assert totals["district"] > 0
        np.testing.assert_allclose(list(totals.values()), totals["district"], rtol=1e-6)


def test_a_load_that_was_cut_off_is_finished_by_the_next(
    engine: Engine, made: DemoFiles, history: list[HistoryCase], monkeypatch: pytest.MonkeyPatch
) -> None:
    services = Services(engine, PersonalData([Fernet.generate_key().decode()]))
    _reference_data(services, made)
    chosen = [*history[:150], *[one for one in history if one.instead == "温泉—水部"][:30]]
    chosen.sort(key=lambda one: one.received_at)
    worker = demo_history.Worker.of(services, chosen)
    monkeypatch.setattr(demo_history, "_worker", worker)
    store = PostgresCaseStore(engine)

    def lost(*_: object) -> int:
        raise StoreUnavailable("lost")

    with monkeypatch.context() as broken:
        broken.setattr(demo_history, "append_past_moves", lost)
        with pytest.raises(StoreUnavailable):
            demo_history._load(slice(0, 60))
    assert store.counts()["total"] == 60
    for _ in range(2):  # the second time nothing is left to do
        for part in (slice(0, 60), slice(60, len(chosen))):
            demo_history._load(part)
    assert store.counts()["total"] == len(chosen)
    assert store.cases({"state": CaseState.PENDING.value}, limit=10)[0] == []

    snapshot = services.snapshot(None)
    cases = snapshot.cases
    wanted = Counter((one.received_at.date() - EPOCH).days for one in chosen)
    assert Counter(cases.day.tolist()) == wanted
    assert cases.located.sum() >= sum(one.lon is not None for one in chosen)
    assert (cases.overridden == 1).sum() >= 30
    assert snapshot.holidays.until == date(2026, 12, 31)
    assert len(snapshot.denominators.values("grid", "population")) == 144


def test_parts_are_whole_days(history: list[HistoryCase]) -> None:
    parts = list(demo_history._parts(history))
    assert [one for part in parts for one in range(part.start, part.stop)] == list(
        range(len(history))
    )
    days = [{one.received_at.date() for one in history[part]} for part in parts]
    assert len(set().union(*days)) == sum(map(len, days))
