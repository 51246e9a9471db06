"""Alarms in real tables: append-only, idempotent, one state at a time, nothing half stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, select, text

from geodata import database
from geodata.database import transaction
from geodata.store.alarm_rows import AlarmMove, AlarmState, NewAlarm
from geodata.store.alarms import (
    alarm_of,
    append_event,
    count_alarms,
    list_alarms,
    recent_alarms,
    store_alarms,
)
from geodata.tables_analysis import alarm
from routing.errors import MoveConflict, NotFoundError, StoreUnavailable, UserInputError

pytestmark = pytest.mark.postgis

DAY = date(2026, 11, 24)
LIN = {"actor": "lin", "actor_name": "林分析"}
CHEN = {"actor": "chen", "actor_name": "陈督办"}


def found(code: str = "C1", **changes: object) -> NewAlarm:
    given: dict[str, object] = {
        "day": DAY,
        "level": "community",
        "code": code,
        "kind": "道路破损",
        "method": "ears_week",
        "observed": 14.0,
        "expected": 3.2,
        "bound": 8.5,
        "p": 1e-6,
        "q": 0.004,
        "recurrence_days": None,
        "case_numbers": ("20261124-000001", "20261123-000007"),
        "detail": {"why": "多", "chart": {"bound": [None, float("nan"), 2.5]}},
    }
    return NewAlarm(**{**given, **changes})


def only(engine: Engine) -> int:
    [one], _ = list_alarms(engine)
    return one.id


def test_stored_once_however_often_a_day_is_run(engine: Engine) -> None:
    assert store_alarms(engine, [found("C1"), found("C2")]) == 2
    changed = found("C1", observed=99.0)
    assert store_alarms(engine, [changed, found("C3")]) == 1
    stored, mark = list_alarms(engine)
    assert mark is None
    assert [one.new.code for one in stored] == ["C1", "C2", "C3"]
    assert stored[0].new.observed == 14.0  # what was said stays
    assert stored[0].new.case_numbers == found().case_numbers
    assert stored[0].new.detail["chart"]["bound"] == [None, None, 2.5]  # JSON has no NaN
    assert stored[0].state is AlarmState.OPEN and stored[0].events == 0


def test_two_runs_at_the_same_time_store_one_set(engine: Engine) -> None:
    batch = [found(f"C{n}") for n in range(20)]
    start, new = Barrier(2), []

    def run(order: list[NewAlarm]) -> None:
        start.wait()
        new.append(store_alarms(engine, order))

    # The same order, as two runs of one day have it; the other order could wait for each other.
    threads = [Thread(target=run, args=(batch,)) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(new) == 20
    assert len(list_alarms(engine)[0]) == 20


def test_a_run_that_fails_on_the_way_stores_nothing(engine: Engine) -> None:
    bad = replace(found("C2"), p=None)  # type: ignore[arg-type]
    with pytest.raises(Exception, match="null value"):
        store_alarms(engine, [found("C1"), bad, found("C3")])
    assert list_alarms(engine) == ([], None)


def test_a_database_that_goes_away_stores_nothing(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = database.engine(database_url)
    seen: list[int] = []

    def cut(*_: object) -> dict[str, object]:
        """Before the second alarm the server ends this connection."""
        seen.append(1)
        if len(seen) == 2:
            with other.connect() as connection, connection.begin():
                connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE pid <> pg_backend_pid() AND datname = current_database()"
                    )
                )
        return {}

    from geodata.store import alarms

    monkeypatch.setattr(alarms, "storable", lambda value: cut() if value == {} else value)
    rows = [found(f"C{n}", detail={}) for n in range(4)]
    with pytest.raises(StoreUnavailable):
        store_alarms(engine, rows)
    monkeypatch.undo()
    assert list_alarms(engine) == ([], None)
    assert store_alarms(engine, rows) == 4  # the same call can be made again
    other.dispose()


def test_acknowledge_dismiss_and_reopen(engine: Engine) -> None:
    store_alarms(engine, [found()])
    number = only(engine)
    made = append_event(engine, number, AlarmMove.ACKNOWLEDGE, seen=0, **LIN)
    assert (made.state, made.events, made.last.actor_name) == (
        AlarmState.ACKNOWLEDGED,
        1,
        "林分析",
    )
    made = append_event(engine, number, AlarmMove.DISMISS, seen=1, reason=" 已派单处置 ", **CHEN)
    assert (made.state, made.last.reason) == (AlarmState.DISMISSED, "已派单处置")
    made = append_event(engine, number, AlarmMove.REOPEN, seen=2, **CHEN)
    assert made.state is AlarmState.OPEN
    _, events = alarm_of(engine, number)
    assert [one.what for one in events] == ["acknowledge", "dismiss", "reopen"]
    assert count_alarms(engine) == {
        AlarmState.OPEN: 1,
        AlarmState.ACKNOWLEDGED: 0,
        AlarmState.DISMISSED: 0,
    }


def test_dismissing_twice_is_once_for_one_person_and_refused_for_another(engine: Engine) -> None:
    store_alarms(engine, [found()])
    number = only(engine)
    first = append_event(engine, number, AlarmMove.DISMISS, seen=0, reason="重复来电", **LIN)
    again = append_event(engine, number, AlarmMove.DISMISS, seen=0, reason="重复来电", **LIN)
    assert again == first
    with pytest.raises(MoveConflict) as late:
        append_event(engine, number, AlarmMove.DISMISS, seen=0, reason="重复来电", **CHEN)
    assert late.value.current["actor_name"] == "林分析"
    assert late.value.current["events"] == 1
    with pytest.raises(MoveConflict):  # seen, but already there
        append_event(engine, number, AlarmMove.DISMISS, seen=1, reason="重复来电", **CHEN)
    assert len(alarm_of(engine, number)[1]) == 1


def test_two_people_at_the_same_time_one_of_them_wins(engine: Engine) -> None:
    store_alarms(engine, [found()])
    number = only(engine)
    start, outcomes = Barrier(2), []

    def act(who: dict[str, str], move: AlarmMove) -> None:
        start.wait()
        try:
            append_event(engine, number, move, seen=0, reason="同时", **who)
            outcomes.append("done")
        except MoveConflict:
            outcomes.append("conflict")

    threads = [
        Thread(target=act, args=(LIN, AlarmMove.ACKNOWLEDGE)),
        Thread(target=act, args=(CHEN, AlarmMove.DISMISS)),
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["conflict", "done"]
    assert len(alarm_of(engine, number)[1]) == 1


@pytest.mark.parametrize(
    ("move", "reason", "said"),
    [
        (AlarmMove.DISMISS, "  ", "须写明理由"),
        (AlarmMove.DISMISS, "长" * 601, "理由有 601 字"),
    ],
)
def test_reasons(engine: Engine, move: AlarmMove, reason: str, said: str) -> None:
    store_alarms(engine, [found()])
    with pytest.raises(UserInputError, match=said):
        append_event(engine, only(engine), move, seen=0, reason=reason, **LIN)


def test_no_such_alarm_and_no_such_move(engine: Engine) -> None:
    with pytest.raises(NotFoundError, match="77"):
        append_event(engine, 77, AlarmMove.ACKNOWLEDGE, seen=0, **LIN)
    store_alarms(engine, [found()])
    with pytest.raises(MoveConflict):  # an open one cannot be opened
        append_event(engine, only(engine), AlarmMove.REOPEN, seen=0, **LIN)


def test_pages_by_day_and_by_state(engine: Engine) -> None:
    days = [DAY - timedelta(days=n) for n in range(3)]
    for day in days:
        store_alarms(engine, [found(f"C{n}", day=day) for n in range(3)])
    pages, mark = [], None
    while True:
        page, mark = list_alarms(engine, limit=4, before=mark)
        pages.append([(one.new.day, one.new.code) for one in page])
        if mark is None:
            break
    assert [len(page) for page in pages] == [4, 4, 1]
    assert [one for page in pages for one in page] == [
        (day, f"C{n}") for day in days for n in range(3)
    ]
    latest, _ = list_alarms(engine, limit=1)
    append_event(engine, latest[0].id, AlarmMove.ACKNOWLEDGE, seen=0, **LIN)
    assert len(list_alarms(engine, state=AlarmState.OPEN)[0]) == 8
    assert [one.id for one in list_alarms(engine, state=AlarmState.ACKNOWLEDGED)[0]] == [
        latest[0].id
    ]
    append_event(engine, latest[0].id, AlarmMove.REOPEN, seen=1, **LIN)
    assert len(list_alarms(engine, state=AlarmState.OPEN)[0]) == 9
    assert list_alarms(engine, kind="噪音扰民") == ([], None)
    with pytest.raises(UserInputError, match="limit=0"):
        list_alarms(engine, limit=0)


def test_the_days_before_for_the_cool_down(engine: Engine) -> None:
    for back in range(5):
        store_alarms(engine, [found("C1", day=DAY - timedelta(days=back))])
    days = [one.day for one in recent_alarms(engine, DAY - timedelta(days=3), DAY)]
    assert days == [DAY - timedelta(days=back) for back in (3, 2, 1)]


def test_text_that_postgresql_cannot_hold_is_kept_readable(engine: Engine) -> None:
    store_alarms(engine, [found("C\x001", detail={"why": "a\x00b"})])
    with transaction(engine) as connection:
        row = connection.execute(select(alarm.c.code, alarm.c.detail)).one()
    assert (row.code, row.detail["why"]) == ("C\ufffd1", "a\ufffdb")
