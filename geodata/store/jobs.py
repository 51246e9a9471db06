"""Long work in the database: asked for, taken by one worker at a time, alive, done or failed.

A worker touches ``heartbeat_at``; one that died stops, and its job is then taken by another. The
attempt's number guards every write: a worker that was given up for dead and wakes again changes
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, func, insert, or_, select, text
from sqlalchemy import update as update_

from geodata.database import transaction
from geodata.tables_analysis import job
from routing.errors import NotFoundError

STALE_AFTER = timedelta(seconds=60)
"""Without a sign of life for this long a worker is dead. It gives one every 5 s; the longest
step, laying out the pages of a city's report, took 11 s on a busy machine (tests/bench)."""
MOST_ATTEMPTS = 3
"""A job that killed three workers kills the fourth: memory, most likely."""
_LONG_AGO = timedelta(days=1)
_CLAIM_LOCK = 20_261_126  # any number, the same for all workers on this database

STATES = ("queued", "running", "done", "failed", "cancelled")
_GAVE_UP = (
    f"生成进程连续{MOST_ATTEMPTS}次异常中断，已停止重试；常见原因是内存不足，"
    "请缩小时段或范围后重新生成，或联系系统管理员"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One piece of long work as it is now."""

    id: int
    kind: str
    wanted: Mapping[str, Any]
    """What was asked for, as JSON."""
    state: str
    """One of STATES."""
    progress: float
    """0 to 1."""
    note: str
    """The step now, or what went wrong; Chinese."""
    files: tuple[str, ...]
    """Names of what was made, within the job's own folder."""
    requested_by: str
    requested_at: datetime
    started_at: datetime | None
    heartbeat_at: datetime | None
    finished_at: datetime | None
    attempts: int


def enqueue(engine: Engine, kind: str, wanted: Mapping[str, Any], *, by: str) -> int:
    """Ask for a piece of work; return its number."""
    with transaction(engine) as connection:
        return insert_job(connection, kind, wanted, by)


def enqueue_once(engine: Engine, kind: str, wanted: Mapping[str, Any], *, by: str) -> int | None:
    """Ask for a piece of work that nobody has asked for before; ``None`` where somebody has.

    Safe for many processes at once; the same work is known by its kind and what is wanted.
    """
    with transaction(engine) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _CLAIM_LOCK})
        same = and_(job.c.kind == kind, job.c.wanted == dict(wanted))
        if connection.execute(select(job.c.id).where(same).limit(1)).first():
            return None
        return insert_job(connection, kind, wanted, by)


def claim(engine: Engine, *, stale_after: timedelta = STALE_AFTER) -> Job | None:
    """Take the oldest job that waits, or whose worker died; ``None`` where there is none to take.

    One at a time over all processes: while a living worker has a job, nobody gets another. A job
    that lost its worker MOST_ATTEMPTS times is failed here, with words.
    """
    with transaction(engine) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _CLAIM_LOCK})
        dead = and_(job.c.state == "running", job.c.heartbeat_at < func.now() - stale_after)
        connection.execute(
            update_(job)
            .where(dead, job.c.attempts >= MOST_ATTEMPTS)
            .values(state="failed", note=_GAVE_UP, finished_at=func.clock_timestamp())
        )
        alive = and_(job.c.state == "running", job.c.heartbeat_at >= func.now() - stale_after)
        if connection.execute(select(job.c.id).where(alive).limit(1)).first():
            return None
        found = connection.execute(
            select(job.c.id)
            .where(or_(job.c.state == "queued", dead))
            .order_by(job.c.requested_at, job.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).scalar()
        if found is None:
            return None
        row = connection.execute(
            update_(job)
            .where(job.c.id == found)
            .values(
                state="running",
                attempts=job.c.attempts + 1,
                progress=0.0,
                note="准备",
                started_at=func.clock_timestamp(),
                heartbeat_at=func.clock_timestamp(),
            )
            .returning(*job.c)
        ).one()
        return _job(row)


def beat(engine: Engine, taken: Job, progress: float | None = None, note: str = "") -> bool:
    """Give a sign of life, with the progress (0 to 1) and the step where given.

    False where the job is no longer this attempt's: cancelled, or given to another worker.
    """
    values: dict[str, Any] = {"heartbeat_at": func.clock_timestamp()}
    if progress is not None:
        values |= {"progress": min(max(progress, 0.0), 1.0), "note": note}
    return _changed(engine, _mine(taken), values)


def lost(engine: Engine, taken: Job) -> bool:
    """Say that the worker is known to have died, so that nobody waits for its signs of life."""
    return _changed(engine, _mine(taken), {"heartbeat_at": taken.requested_at - _LONG_AGO})


def finish(engine: Engine, taken: Job, files: Sequence[str]) -> bool:
    """Say that it is done and what it made; False where the job is no longer this attempt's."""
    return _changed(
        engine,
        _mine(taken),
        {
            "state": "done",
            "progress": 1.0,
            "note": "",
            "files": list(files),
            "finished_at": func.clock_timestamp(),
        },
    )


def fail(engine: Engine, taken: Job, note: str) -> bool:
    """Say what went wrong, in Chinese; False where the job is no longer this attempt's."""
    values = {"state": "failed", "note": note[:1000], "finished_at": func.clock_timestamp()}
    return _changed(engine, _mine(taken), values)


def cancel(engine: Engine, job_id: int) -> bool:
    """Stop a job that waits or runs; a running one ends at its next sign of life.

    False where it was over already. NotFoundError where there is no such job.
    """
    get(engine, job_id)
    values = {"state": "cancelled", "note": "已取消", "finished_at": func.clock_timestamp()}
    open_ = and_(job.c.id == job_id, job.c.state.in_(("queued", "running")))
    return _changed(engine, open_, values)


def get(engine: Engine, job_id: int) -> Job:
    """Return one job; NotFoundError where there is none."""
    with transaction(engine) as connection:
        row = connection.execute(select(*job.c).where(job.c.id == job_id)).first()
    if row is None:
        raise NotFoundError(f"there is no job {job_id}")
    return _job(row)


def newest(
    engine: Engine, kind: str, *, limit: int = 50, subdistrict: str | None = None
) -> list[Job]:
    """Return the newest jobs of a kind, newest first.

    With ``subdistrict`` only those that were asked for with exactly this scope.
    """
    asked = select(*job.c).where(job.c.kind == kind)
    if subdistrict is not None:
        asked = asked.where(job.c.wanted["scope"]["subdistrict"].astext == subdistrict)
    with transaction(engine) as connection:
        rows = connection.execute(asked.order_by(job.c.id.desc()).limit(limit)).all()
    return [_job(row) for row in rows]


def waiting(engine: Engine, kind: str, *, by: str) -> int:
    """How many jobs of somebody wait or run."""
    asked = (
        select(func.count())
        .select_from(job)
        .where(
            job.c.kind == kind,
            job.c.requested_by == by,
            job.c.state.in_(("queued", "running")),
        )
    )
    with transaction(engine) as connection:
        return int(connection.execute(asked).scalar_one())


def insert_job(connection: Connection, kind: str, wanted: Mapping[str, Any], by: str) -> int:
    """Ask for a piece of work within a transaction; return its number."""
    values = {"kind": kind, "wanted": dict(wanted), "requested_by": by}
    return int(connection.execute(insert(job).values(**values).returning(job.c.id)).scalar_one())


def _mine(taken: Job) -> ColumnElement[bool]:
    return and_(job.c.id == taken.id, job.c.state == "running", job.c.attempts == taken.attempts)


def _changed(engine: Engine, which: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
    with transaction(engine) as connection:
        return bool(connection.execute(update_(job).where(which).values(**values)).rowcount)


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        wanted=row.wanted,
        state=row.state,
        progress=row.progress,
        note=row.note,
        files=tuple(row.files),
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        started_at=row.started_at,
        heartbeat_at=row.heartbeat_at,
        finished_at=row.finished_at,
        attempts=row.attempts,
    )
