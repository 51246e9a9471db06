"""Units, rules, people on duty, accounts and keys: dated, superseded, never removed."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from geodata import accounts, boundaries, rules_store
from geodata.rules_store import DutyPerson
from routing.errors import NotFoundError, UserInputError
from routing.model import Unit, UnitKind

pytestmark = pytest.mark.postgis

CITY = Unit(code="CITY", name="测试市", kind=UnitKind.CITY)
WEST = Unit(
    code="W",
    name="西镇",
    kind=UnitKind.SUBDISTRICT,
    parent_code="CITY",
    effective_from=date(2020, 1, 1),
    effective_to=date(2024, 12, 31),
    phone="0591-12345",
)


def test_a_directory_comes_back_whole(engine: Engine) -> None:
    assert rules_store.store_units(engine, [CITY, WEST], by="lin") == (2, 0)
    assert rules_store.load_units(engine) == [CITY, WEST]


def test_the_same_directory_again_changes_nothing(engine: Engine) -> None:
    rules_store.store_units(engine, [CITY, WEST], by="lin")
    before = boundaries.generation(engine)
    assert rules_store.store_units(engine, [WEST, CITY], by="chen") == (0, 0)
    assert boundaries.generation(engine) == before


def test_what_was_recorded_then_can_still_be_asked(engine: Engine) -> None:
    rules_store.store_units(engine, [CITY, WEST], by="lin")
    then = datetime.now(UTC)
    before = boundaries.generation(engine)
    renamed = dataclasses.replace(CITY, name="新市")
    assert rules_store.store_units(engine, [renamed], by="lin") == (1, 2)
    assert rules_store.load_units(engine) == [renamed]
    assert rules_store.load_units(engine, recorded_by_then=then) == [CITY, WEST]
    assert boundaries.generation(engine) > before


def test_the_rules_of_a_day_are_the_latest_that_cover_it(engine: Engine) -> None:
    def store(version: str, first: date, last: date | None = None) -> bool:
        return rules_store.store_rules(
            engine,
            version=version,
            toml=f'version = "{version}"',
            effective_from=first,
            effective_to=last,
            by="lin",
        )

    def on(day: date) -> str | None:
        rules = rules_store.rules_in_force(engine, day)
        return rules.version if rules else None

    before = boundaries.generation(engine)
    assert store("v1", date(2024, 1, 1))
    assert boundaries.generation(engine) > before
    assert store("v2", date(2025, 1, 1), date(2025, 12, 31))
    then = datetime.now(UTC)
    assert store("v2-corrected", date(2025, 1, 1), date(2025, 12, 31))
    assert store("v1", date(2024, 1, 1)) is False
    assert [on(date(year, 6, 1)) for year in (2023, 2024, 2025, 2026)] == [
        None,
        "v1",
        "v2-corrected",
        "v1",
    ]
    old = rules_store.rules_in_force(engine, date(2025, 6, 1), recorded_by_then=then)
    assert old is not None and old.version == "v2"
    kept = rules_store.rules_of_version(engine, "v2")
    assert kept is not None and kept.toml == 'version = "v2"'
    assert rules_store.rules_of_version(engine, "v9") is None
    assert [one.version for one in rules_store.list_rules(engine)] == ["v1", "v2", "v2-corrected"]


def test_a_version_name_stands_for_one_text(engine: Engine) -> None:
    day = date(2024, 1, 1)
    rules_store.store_rules(engine, version="v1", toml="a = 1", effective_from=day, by="lin")
    with pytest.raises(UserInputError, match="a version of its own"):
        rules_store.store_rules(engine, version="v1", toml="a = 2", effective_from=day, by="lin")


def test_who_is_on_duty(engine: Engine) -> None:
    def duty(name: str, first: int, last: int) -> DutyPerson:
        return DutyPerson(
            unit_code="W",
            name=name,
            phone="1",
            starts_on=date(2026, 11, first),
            ends_on=date(2026, 11, last),
        )

    both = [duty("林", 1, 7), duty("陈", 7, 14)]
    assert rules_store.store_duty(engine, both, by="x") == 0
    assert rules_store.on_duty(engine, "W", date(2026, 11, 7)) == both
    assert rules_store.store_duty(engine, [duty("王", 7, 7)], by="x") == 2
    assert rules_store.on_duty(engine, "W", date(2026, 11, 7)) == [duty("王", 7, 7)]
    assert rules_store.on_duty(engine, "W", date(2026, 11, 20)) == []
    assert rules_store.on_duty(engine, "E", date(2026, 11, 7)) == []


def _save(engine: Engine, login: str = "lin", role: str = "dispatcher") -> bool:
    return accounts.save_account(
        engine, login=login, name="林", role=role, password_hash="$argon2id$x", by="admin"
    )


def test_an_account_is_made_changed_and_closed(engine: Engine) -> None:
    assert _save(engine) is True
    first = accounts.find_account(engine, "lin")
    assert first is not None and not first.disabled
    assert _save(engine, role="analyst") is False
    second = accounts.find_account(engine, "lin")
    assert second is not None
    assert second.role == "analyst"
    assert second.session_epoch > first.session_epoch  # signed out everywhere
    accounts.disable_account(engine, "lin")
    third = accounts.find_account(engine, "lin")
    assert third is not None and third.disabled
    assert third.session_epoch > second.session_epoch
    assert accounts.end_sessions(engine, "lin") == third.session_epoch + 1
    _save(engine)
    assert [one.disabled for one in accounts.list_accounts(engine)] == [False]


def test_unknown_accounts(engine: Engine) -> None:
    assert accounts.find_account(engine, "nobody\x00") is None
    for change in (accounts.disable_account, accounts.end_sessions):
        with pytest.raises(NotFoundError, match="nobody"):
            change(engine, "nobody")
    with pytest.raises(UserInputError, match="login"):
        _save(engine, login=" ")


def test_failed_sign_ins_are_counted_per_login_and_address(engine: Engine) -> None:
    def failures(login: str, address: str, minutes: float = 15) -> tuple[int, int]:
        found = accounts.recent_failures(engine, login, address, within=timedelta(minutes=minutes))
        assert (found.latest is None) == (found.of_login_at_address == 0)
        return found.of_login_at_address, found.at_address

    assert failures("lin", "10.0.0.1") == (0, 0)
    for login, address in [("lin", "10.0.0.1")] * 3 + [("chen", "10.0.0.1"), ("lin", "10.0.0.2")]:
        accounts.record_sign_in(engine, login, address, ok=False)
    assert failures("lin", "10.0.0.1") == (3, 4)
    assert failures("lin", "10.0.0.2") == (1, 1)
    assert failures("lin", "10.0.0.1", minutes=0) == (0, 0)
    accounts.record_sign_in(engine, "lin", "10.0.0.1", ok=True)
    assert failures("lin", "10.0.0.1") == (0, 4)  # what came before the success is forgiven
    accounts.record_sign_in(engine, "lin", "10.0.0.1", ok=False)
    assert failures("lin", "10.0.0.1") == (1, 5)


def test_keys_of_a_channel(engine: Engine) -> None:
    accounts.add_api_key(engine, channel="12345", key_hash="aa", by="admin")
    accounts.add_api_key(engine, channel="12345", key_hash="bb", by="admin")
    accounts.add_api_key(engine, channel="app", key_hash="cc", by="admin")
    assert [accounts.channel_of(engine, key) for key in ("aa", "bb", "cc", "dd")] == [
        "12345",
        "12345",
        "app",
        None,
    ]
    assert accounts.disable_api_keys(engine, "12345") == 2
    assert accounts.disable_api_keys(engine, "12345") == 0
    assert accounts.channel_of(engine, "aa") is None
    assert accounts.channel_of(engine, "cc") == "app"
    assert [one.disabled_at is None for one in accounts.list_api_keys(engine)] == [
        False,
        False,
        True,
    ]
