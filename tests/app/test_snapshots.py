"""One snapshot per scope and process: loaded once, kept while true, the old one kept on failure."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import numpy as np
import pytest

from app.snapshots import cache
from app.snapshots.cache import KEPT, LARGE, Snapshot, Snapshots
from geodata.database import Scope
from geodata.working_plane import working_plane
from maps.model import Cases, Coded
from routing.errors import StoreUnavailable

PATIENCE_S = 10


def _cases(number: int) -> Cases:
    nothing = np.zeros(number)
    days = np.zeros(number, dtype=np.int32)
    coded = Coded(codes=days - 1, labels=())
    flags = np.zeros(number, dtype=np.int8)
    return Cases(
        number=np.zeros(number, dtype="U1"), x_m=nothing, y_m=nothing, radius_m=nothing,
        day=days, minute=days, kind=coded, channel=coded, district=coded, subdistrict=coded,
        community=coded, grid=coded, unit=coded, overridden=flags, returned=flags,
    )  # fmt: skip


class Database:
    """What the two questions are answered from."""

    def __init__(self, number: int) -> None:
        self.number, self.state, self.loads = number, 0, 0
        self.gone = False
        self.hold: Callable[[], object] = lambda: None

    def key(self, scope: Scope | None) -> tuple[object, ...]:
        if self.gone:
            raise StoreUnavailable("the database cannot be reached")
        return scope, self.state

    def load(self, scope: Scope | None) -> Snapshot:
        self.loads += 1
        key = self.key(scope)
        self.hold()
        return Snapshot(
            cases=_cases(self.number), plane=working_plane(119.3), areas={}, names={},
            as_of=datetime.now(UTC), key=key,
        )  # fmt: skip

    def snapshots(self) -> Snapshots:
        return Snapshots(self.key, self.load)


def _wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.005)


def test_many_at_a_time_load_once() -> None:
    database = Database(3)
    database.hold = lambda: time.sleep(0.05)
    kept = database.snapshots()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: kept.get(None), range(32)))
    assert database.loads == 1
    assert len({id(one) for one in found}) == 1


def test_a_small_one_is_never_older_than_the_call() -> None:
    database = Database(LARGE - 1)
    kept = database.snapshots()
    first = kept.get(None)
    assert kept.get(None) is first
    database.state = 1
    assert kept.get(None).key == (None, 1)
    assert database.loads == 2


def test_a_large_one_is_shown_while_the_next_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "REST", 0)
    database = Database(LARGE)
    kept = database.snapshots()
    old = kept.get(None)
    database.state = 1
    go = threading.Event()
    database.hold = lambda: go.wait(PATIENCE_S)
    assert kept.get(None) is old
    _wait_for(lambda: database.loads == 2)
    assert [kept.get(None) for _ in range(5)] == [old] * 5  # and no second load begins
    go.set()
    _wait_for(lambda: kept.get(None).key == (None, 1))
    assert database.loads == 2


def test_a_small_one_that_is_slow_to_load_is_treated_as_a_large_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cache, "REST", 0)
    monkeypatch.setattr(cache, "SLOW_S", 0.02)
    database = Database(3)
    database.hold = lambda: time.sleep(0.03)
    kept = database.snapshots()
    old = kept.get(None)
    database.state = 1
    assert kept.get(None) is old
    _wait_for(lambda: kept.get(None).key == (None, 1))


def test_a_large_one_rests_before_it_is_loaded_again() -> None:
    database = Database(LARGE)
    database.hold = lambda: time.sleep(0.02)
    kept = database.snapshots()
    old = kept.get(None)
    database.state = 1
    began = time.monotonic()
    _wait_for(lambda: kept.get(None) is not old)
    assert time.monotonic() - began >= 0.02 * (cache.REST - 1)


@pytest.mark.parametrize("number", [3, LARGE])
def test_a_lost_database_is_said_and_the_old_one_kept(number: int) -> None:
    database = Database(number)
    kept = database.snapshots()
    old = kept.get(None)
    database.gone = True
    with pytest.raises(StoreUnavailable):
        kept.get(None)
    database.gone = False
    assert kept.get(None) is old and database.loads == 1


def test_a_load_that_fails_behind_the_answer_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cache, "REST", 0)
    database = Database(LARGE)
    kept = database.snapshots()
    old = kept.get(None)
    database.state = 1

    def fail() -> None:
        raise StoreUnavailable("lost on the way")

    database.hold = fail
    assert kept.get(None) is old
    _wait_for(lambda: database.loads == 2)
    database.hold = lambda: None
    _wait_for(lambda: kept.get(None).key == (None, 1))


def test_a_failed_first_load_is_raised_and_the_next_works() -> None:
    database = Database(3)
    kept = database.snapshots()

    def fail() -> None:
        raise StoreUnavailable("lost on the way")

    database.hold = fail
    with pytest.raises(StoreUnavailable, match="lost on the way"):
        kept.get(None)
    database.hold = lambda: None
    assert len(kept.get(None).cases) == 3


def test_scopes_do_not_mix_and_the_least_used_goes() -> None:
    database = Database(1)
    kept = database.snapshots()
    scopes = [Scope(unit=f"U-{n}") for n in range(KEPT)]
    for scope in scopes:
        assert kept.get(scope).key[0] == scope
    kept.get(scopes[0])
    kept.get(None)  # the ninth: U-1 was used longest ago
    assert database.loads == KEPT + 1
    kept.get(scopes[0])
    assert database.loads == KEPT + 1
    kept.get(scopes[1])
    assert database.loads == KEPT + 2
