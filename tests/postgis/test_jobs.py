"""Long work: one worker at a time, a dead one is replaced, and a schedule asks once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from app.jobs import Alive, Stopped, Worker, run_job
from app.reporting.wanted import wanted
from app.schedules import ALARMS, due_next, judge_yesterday, last_due, make_due
from geodata.database import transaction
from geodata.store import jobs, report_schedules
from routing.errors import NotFoundError

pytestmark = pytest.mark.postgis

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _ask(engine: Engine, n: int = 1) -> list[int]:
    return [jobs.enqueue(engine, "report", {"n": at}, by="lin") for at in range(n)]


def _age(engine: Engine, seconds: float) -> None:
    """Make every sign of life older."""
    with transaction(engine) as connection:
        connection.execute(
            text("UPDATE job SET heartbeat_at = heartbeat_at - make_interval(secs => :s)"),
            {"s": seconds},
        )


def test_the_oldest_is_taken_first_and_one_at_a_time(engine: Engine) -> None:
    first, second = _ask(engine, 2)
    taken = jobs.claim(engine)
    assert taken is not None
    assert (taken.id, taken.state, taken.attempts) == (first, "running", 1)
    assert jobs.claim(engine) is None  # one is alive
    assert jobs.finish(engine, taken, ["a.pdf"])
    other = jobs.claim(engine)
    assert other is not None
    assert other.id == second
    done = jobs.get(engine, first)
    assert (done.state, done.progress, done.files) == ("done", 1.0, ("a.pdf",))
    assert [one.id for one in jobs.newest(engine, "report")] == [second, first]


def test_of_many_workers_one_gets_it(engine: Engine) -> None:
    _ask(engine, 3)
    with ThreadPoolExecutor(6) as pool:
        taken = [one for one in pool.map(lambda _: jobs.claim(engine), range(6)) if one]
    assert len(taken) == 1


def test_a_dead_worker_is_replaced_three_times_and_then_it_fails_in_words(engine: Engine) -> None:
    (number,) = _ask(engine)
    for attempt in (1, 2, 3):
        taken = jobs.claim(engine)
        assert taken is not None
        assert (taken.id, taken.attempts) == (number, attempt)
        assert jobs.claim(engine) is None
        _age(engine, 61)
    assert jobs.claim(engine) is None
    failed = jobs.get(engine, number)
    assert failed.state == "failed"
    assert "连续3次异常中断" in failed.note
    assert failed.finished_at is not None


def test_a_worker_given_up_for_dead_changes_nothing_when_it_wakes(engine: Engine) -> None:
    (number,) = _ask(engine)
    sleeper = jobs.claim(engine)
    assert sleeper is not None
    _age(engine, 61)
    other = jobs.claim(engine)
    assert other is not None
    assert other.attempts == 2
    assert not jobs.beat(engine, sleeper, 0.9, "旧")
    assert not jobs.finish(engine, sleeper, ["old.pdf"])
    assert not jobs.fail(engine, sleeper, "旧")
    assert jobs.get(engine, number).note == "准备"
    assert jobs.finish(engine, other, ["new.pdf"])
    assert jobs.get(engine, number).files == ("new.pdf",)


def test_a_worker_known_to_be_dead_is_replaced_at_once(engine: Engine) -> None:
    (number,) = _ask(engine)
    for attempt in (1, 2, 3):
        taken = jobs.claim(engine)
        assert taken is not None
        assert taken.attempts == attempt
        assert jobs.lost(engine, taken)
    assert jobs.claim(engine) is None
    assert jobs.get(engine, number).state == "failed"
    assert not jobs.lost(engine, taken)  # over: nothing is changed


def test_progress_is_written_and_a_cancelled_job_stops(engine: Engine) -> None:
    (number,) = _ask(engine)
    taken = jobs.claim(engine)
    assert taken is not None
    with Alive(engine, taken, every_s=0.02) as alive:
        alive.progress(0.4, "区域分布")
        now = jobs.get(engine, number)
        assert (now.progress, now.note) == (0.4, "区域分布")
        seen = now.heartbeat_at
        deadline = time.monotonic() + 10
        while jobs.get(engine, number).heartbeat_at == seen and time.monotonic() < deadline:
            time.sleep(0.02)
        assert jobs.get(engine, number).heartbeat_at != seen
        assert jobs.cancel(engine, number)
        with pytest.raises(Stopped):
            alive.progress(0.5, "热点")
    assert jobs.get(engine, number).state == "cancelled"
    assert not jobs.cancel(engine, number)  # over already
    assert jobs.claim(engine) is None
    with pytest.raises(NotFoundError):
        jobs.cancel(engine, 10**9)


def test_jobs_are_never_deleted(engine: Engine) -> None:
    _ask(engine)
    with pytest.raises(DBAPIError), transaction(engine) as connection:
        connection.execute(text("DELETE FROM job"))


def test_a_subdistrict_sees_the_jobs_of_its_own_scope(engine: Engine) -> None:
    for subdistrict in ("W", "E", None):
        wish = wanted(kind="daily", first=date(2026, 11, 1), subdistrict=subdistrict)
        jobs.enqueue(engine, "report", wish.as_json(), by="lin")
    scopes = [
        one.wanted["scope"]["subdistrict"] for one in jobs.newest(engine, "report", subdistrict="W")
    ]
    assert scopes == ["W"]
    assert len(jobs.newest(engine, "report")) == 3
    assert jobs.waiting(engine, "report", by="lin") == 3
    assert jobs.waiting(engine, "report", by="chen") == 0


def test_a_worker_takes_what_comes_and_survives_a_job_that_breaks(engine: Engine) -> None:
    _ask(engine, 2)
    seen: list[int] = []
    both = threading.Event()

    def run(taken: jobs.Job) -> None:
        seen.append(taken.id)
        jobs.finish(engine, taken, [])
        if len(seen) == 1:
            raise RuntimeError("one job's own fault")
        both.set()

    night = datetime(2026, 11, 26, 3, tzinfo=SHANGHAI)  # nothing comes by itself at this hour
    worker = Worker(engine, run, look_every_s=0.02, schedule_every_s=1e9, now=lambda: night).start()
    assert both.wait(20)
    worker.stop()
    assert len(seen) == 2


def _at(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=SHANGHAI)


def test_when_a_report_is_due() -> None:
    assert last_due("daily", _at("2026-11-26", "07:29")) == date(2026, 11, 24)
    assert last_due("daily", _at("2026-11-26", "07:30")) == date(2026, 11, 25)
    monday = "2026-11-23"
    assert last_due("weekly", _at(monday, "07:00")) == date(2026, 11, 9)
    assert last_due("weekly", _at(monday, "07:30")) == date(2026, 11, 16)
    assert last_due("monthly", _at("2026-12-01", "07:00")) == date(2026, 10, 1)
    assert last_due("monthly", _at("2026-12-01", "07:30")) == date(2026, 11, 1)


def _schedule(engine: Engine, period: str, made_for: date) -> int:
    wish = wanted(kind=period, first=made_for, kinds=["噪声"], formats=["pdf", "docx"])
    return report_schedules.add_schedule(
        engine, period, wish.as_json(), by="lin", made_for=made_for
    )


def test_a_schedule_asks_once_for_each_period(engine: Engine) -> None:
    number = _schedule(engine, "daily", date(2026, 11, 24))
    assert make_due(engine, _at("2026-11-26", "07:00")) == []  # not yet
    with ThreadPoolExecutor(4) as pool:
        now = _at("2026-11-26", "07:31")
        asked = [
            one for found in pool.map(lambda _: make_due(engine, now), range(4)) for one in found
        ]
    assert len(asked) == 1
    wish = jobs.get(engine, asked[0]).wanted
    assert (wish["from"], wish["to"]) == ("2026-11-25", "2026-11-25")
    assert (wish["kinds"], wish["formats"]) == (["噪声"], ["pdf", "docx"])
    assert make_due(engine, _at("2026-11-26", "23:00")) == []
    assert report_schedules.schedules(engine)[0].made_for == date(2026, 11, 25)
    assert jobs.get(engine, asked[0]).requested_by == f"schedule:{number}"


def test_after_a_time_out_of_service_only_the_latest_is_made(engine: Engine) -> None:
    _schedule(engine, "daily", date(2026, 11, 1))
    _schedule(engine, "weekly", date(2026, 10, 5))
    _schedule(engine, "monthly", date(2026, 10, 1))
    asked = make_due(engine, _at("2026-11-26", "12:00"))
    made = {jobs.get(engine, one).wanted["kind"]: jobs.get(engine, one).wanted for one in asked}
    assert {kind: (one["from"], one["to"]) for kind, one in made.items()} == {
        "daily": ("2026-11-25", "2026-11-25"),
        "weekly": ("2026-11-16", "2026-11-22"),
    }


def test_a_schedule_that_is_off_asks_for_nothing_and_starts_afresh(engine: Engine) -> None:
    number = _schedule(engine, "daily", date(2026, 11, 20))
    report_schedules.set_enabled(engine, number, False, None)
    assert make_due(engine, _at("2026-11-26", "12:00")) == []
    report_schedules.set_enabled(engine, number, True, date(2026, 11, 25))
    assert make_due(engine, _at("2026-11-26", "12:00")) == []  # what was missed stays unmade
    assert len(make_due(engine, _at("2026-11-27", "12:00"))) == 1
    with pytest.raises(NotFoundError):
        report_schedules.set_enabled(engine, 10**9, True, None)


def test_the_page_knows_when_the_next_comes(engine: Engine) -> None:
    for period in ("daily", "weekly", "monthly"):
        _schedule(engine, period, date(2026, 10, 1))
    one = {schedule.period: schedule for schedule in report_schedules.schedules(engine)}
    thursday = _at("2026-11-26", "12:00")
    assert due_next(one["daily"], thursday)["at"].startswith("2026-11-27T07:30")
    assert due_next(one["weekly"], thursday)["at"].startswith("2026-11-30T07:30")
    assert due_next(one["monthly"], thursday)["at"].startswith("2026-12-01T07:30")
    assert due_next(one["monthly"], _at("2026-12-01", "07:00"))["at"].startswith("2026-12-01")
    assert due_next(one["weekly"], _at("2026-11-30", "07:30"))["at"].startswith("2026-12-07")


def test_yesterday_is_judged_once_and_not_before_six(engine: Engine) -> None:
    at = datetime(2026, 11, 26, 5, 59, tzinfo=SHANGHAI)
    assert judge_yesterday(engine, at) is None
    later = at.replace(hour=6, minute=0)
    with ThreadPoolExecutor(6) as pool:
        asked = [one for one in pool.map(lambda _: judge_yesterday(engine, later), range(6)) if one]
    assert len(asked) == 1
    assert jobs.get(engine, asked[0]).wanted == {"day": "2026-11-25"}
    assert judge_yesterday(engine, later.replace(day=27)) is not None


def test_the_job_judges_a_day_and_leaves_no_files(engine: Engine, tmp_path: Path) -> None:
    yesterday = date.today() - timedelta(days=2)  # noqa: DTZ011 - over in every time zone
    jobs.enqueue(engine, ALARMS, {"day": yesterday.isoformat()}, by="schedule")
    taken = jobs.claim(engine)
    assert taken is not None
    run_job(engine, taken, tmp_path, working_crs=None)
    done = jobs.get(engine, taken.id)
    assert (done.state, done.files) == ("done", ()), done.note
    assert list(tmp_path.iterdir()) == []


def test_a_day_that_is_not_over_fails_in_words(engine: Engine, tmp_path: Path) -> None:
    jobs.enqueue(engine, ALARMS, {"day": "2100-01-01"}, by="schedule")
    taken = jobs.claim(engine)
    assert taken is not None
    run_job(engine, taken, tmp_path, working_crs=None)
    done = jobs.get(engine, taken.id)
    assert done.state == "failed"
    assert "2100-01-01 还没有结束" in done.note
