"""Long work behind the pages: a thread that looks for jobs, a process that does each.

Reports take many seconds of pure computing, which in a thread of the web server would hold up
every page; so each is made by a process of its own, at a lower priority, that ends with its memory.
``python -m app.jobs JOB ATTEMPT`` is that process.
"""

from __future__ import annotations

import logging
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from traceback import format_tb

from sqlalchemy import Engine

from app import wiring
from app.schedules import ALARMS, judge_yesterday, make_due
from geodata.store import jobs
from geodata.store.jobs import Job
from routing.errors import ShudiError, StoreUnavailable

log = logging.getLogger("shudi.jobs")

LOOK_EVERY_S = 3.0
"""Seconds between two looks for work: one indexed query, and somebody who pressed a button sees
the bar move at once."""
BEAT_EVERY_S = 5.0
"""Seconds between two signs of life; see ``geodata.store.jobs.STALE_AFTER``."""
SCHEDULE_EVERY_S = 30.0
NICE = 10
"""The web server's answers come first."""


class Stopped(Exception):
    """The job was cancelled or given to another worker; nothing is kept of it."""


class Alive:
    """A job's signs of life, given by a thread of their own while another works."""

    def __init__(
        self,
        engine: Engine,
        taken: Job,
        *,
        every_s: float = BEAT_EVERY_S,
        parent: int | None = None,
    ) -> None:
        self._engine, self._taken, self._every_s, self._parent = engine, taken, every_s, parent
        self._done = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Alive:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join(timeout=10)

    def progress(self, share: float, note: str) -> None:
        """Write the progress; Stopped where the job is no longer ours."""
        if self._lost.is_set() or not jobs.beat(self._engine, self._taken, share, note):
            raise Stopped(f"job {self._taken.id} was cancelled or taken over")

    def _beat(self) -> None:
        while not self._done.wait(self._every_s):
            try:
                if not jobs.beat(self._engine, self._taken):
                    self._lost.set()
                    return
            except StoreUnavailable as gone:  # perhaps only for a moment: the next beat tells
                log.warning("job %s: no sign of life could be given: %s", self._taken.id, gone)
            if self._parent is not None and os.getppid() != self._parent:
                log.warning("job %s: the web server is gone, giving up", self._taken.id)
                os._exit(3)  # the next worker takes the job when this one's last sign is old


def run_job(
    engine: Engine, taken: Job, var_dir: Path, *, working_crs: str | None, parent: int | None = None
) -> None:
    """Do one claimed job: its files, then its state. Never raises for what can be said in words.

    StoreUnavailable leaves the job as it is; when the signs of life are old it is taken again.
    """
    from app.reporting.make import trouble

    try:
        with Alive(engine, taken, parent=parent) as alive:
            if taken.kind == ALARMS:
                names = _judge(engine, taken, working_crs)
            else:
                names = _report(engine, taken, var_dir, working_crs, alive)
    except Stopped as stopped:
        log.info("%s", stopped)
    except StoreUnavailable as gone:
        log.warning("job %s stopped: %s", taken.id, gone)
    except Exception as error:  # noqa: BLE001 - one report's fault must not end the worker
        incident = secrets.token_hex(6)
        # The class and where, not the message: it may quote a row, and rows are citizens'.
        frames = "" if isinstance(error, ShudiError) else "".join(format_tb(error.__traceback__))
        name = type(error).__name__
        log.error("incident %s: job %s: %s\n%s", incident, taken.id, name, frames)
        jobs.fail(engine, taken, trouble(error, incident))
    else:
        jobs.finish(engine, taken, names)


def _report(
    engine: Engine, taken: Job, var_dir: Path, working_crs: str | None, alive: Alive
) -> Sequence[str]:
    from app.reporting.alarms import alarm_lines
    from app.reporting.make import compose_wanted, write_files
    from app.reporting.wanted import wanted_from

    wanted = wanted_from(taken.wanted)
    report = compose_wanted(
        engine,
        wanted,
        progress=alive.progress,
        working_crs=working_crs,
        alarms=lambda snapshot: alarm_lines(engine, wanted, snapshot),
    )
    folder = reports_folder(var_dir, taken.id)
    return write_files(report, wanted.formats, folder, progress=alive.progress)


def _judge(engine: Engine, taken: Job, working_crs: str | None) -> Sequence[str]:
    """The early warning of one day; what it finds is in the database, so no files."""
    from app.alarms import judge_day
    from app.reporting.material import snapshot_of

    day = date.fromisoformat(taken.wanted["day"])
    judge_day(engine, snapshot_of(engine, None, working_crs), day)
    return ()


def reports_folder(var_dir: Path, job_id: int) -> Path:
    """Where a job's files are."""
    return var_dir / "reports" / str(job_id)


class Worker:
    """The thread that looks for work; one per web process, one job at a time over all of them."""

    def __init__(
        self,
        engine: Engine,
        run: Callable[[Job], None],
        *,
        look_every_s: float = LOOK_EVERY_S,
        schedule_every_s: float = SCHEDULE_EVERY_S,
        now: Callable[[], datetime] = lambda: datetime.now(wiring.LOCAL_TIME),
    ) -> None:
        self._engine, self._run, self._now = engine, run, now
        self._look_every_s, self._schedule_every_s = look_every_s, schedule_every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="jobs", daemon=True)

    def start(self) -> Worker:
        """Begin to look; a daemon thread, so a process that ends need not stop it."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End after the job under way."""
        self._stop.set()
        self._thread.join()

    def _loop(self) -> None:
        since_schedules = self._schedule_every_s
        while not self._stop.is_set():
            try:
                if since_schedules >= self._schedule_every_s:
                    since_schedules = 0.0
                    make_due(self._engine, self._now())
                    judge_yesterday(self._engine, self._now())
                taken = jobs.claim(self._engine)
                if taken is not None:
                    self._run(taken)
                    continue
            except ShudiError as trouble:  # the database is away: look again later
                log.warning("no jobs: %s", trouble)
            except Exception:  # whatever one job did, the next one has to be found
                log.exception("looking for jobs failed")
            self._stop.wait(self._look_every_s)
            since_schedules += self._look_every_s


def start(services: wiring.Services, var_dir: Path) -> Worker:
    """Start the thread of a served process; each job runs in a process of its own."""
    url = services.engine.url.render_as_string(hide_password=False)

    def run(taken: Job) -> None:
        environment = {**os.environ, "DATABASE_URL": url, "SHUDI_VAR": str(var_dir.absolute())}
        done = subprocess.run(
            [sys.executable, "-m", "app.jobs", str(taken.id), str(taken.attempts)],
            env=environment,
            check=False,
        )
        if done.returncode:
            jobs.lost(services.engine, taken)
            log.error("the process of job %s ended with status %s", taken.id, done.returncode)

    return Worker(services.engine, run).start()


def main(arguments: list[str]) -> None:
    """Do one claimed job in this process."""
    from app.config import Config
    from geodata import database

    parent = os.getppid()
    os.nice(NICE)
    number, attempt = (int(one) for one in arguments)
    config = Config.from_env()
    logging.basicConfig(
        level=config.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for chatty in ("weasyprint", "fontTools", "matplotlib"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    engine = database.engine(config.database_url or database.resolve_url(config.var_dir))
    try:
        taken = replace(jobs.get(engine, number), attempts=attempt)
        run_job(engine, taken, config.var_dir, working_crs=config.working_crs, parent=parent)
    finally:
        engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1:])
