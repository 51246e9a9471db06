"""The tables of maps, early warning and reports; the rest is in ``tables.py``."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from geodata.tables import _id, _when, metadata

calendar_day = Table(  # days that are not as their weekday says; superseded, never changed
    "calendar_day",
    metadata,
    _id(),
    Column("day", Date, nullable=False),
    Column("kind", Text, nullable=False),  # holiday 放假 | workday 调休上班
    Column("name", Text, nullable=False, server_default=""),  # 春节
    Column("source", Text, nullable=False, server_default=""),
    _when(),
    Column("recorded_by", Text, nullable=False),
    Column("superseded_at", DateTime(timezone=True)),
    CheckConstraint("kind IN ('holiday', 'workday')", name="calendar_day_kind_check"),
    Index("calendar_day_day_idx", "day"),
)

denominator = Table(  # what counts are divided by; superseded, never changed
    "denominator",
    metadata,
    _id(),
    Column("level", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("measure", Text, nullable=False),  # population | household | road_km | poi
    Column("value", Double, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("source", Text, nullable=False, server_default=""),
    _when(),
    Column("recorded_by", Text, nullable=False),
    Column("superseded_at", DateTime(timezone=True)),
    CheckConstraint("value >= 0", name="denominator_value_check"),
    Index("denominator_level_measure_idx", "level", "measure"),
)

alarm = Table(  # append-only: what a method said of one day; the loop is in alarm_event
    "alarm",
    metadata,
    _id(),
    Column("day", Date, nullable=False),  # last day of the data it saw
    Column("level", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("kind", Text, nullable=False),  # 诉求类别; empty means all together
    Column("method", Text, nullable=False),
    Column("observed", Double, nullable=False),
    Column("expected", Double, nullable=False),
    Column("bound", Double),  # null where the method has none (scan)
    Column("p", Double, nullable=False),
    Column("q", Double),  # after the correction over the batch
    Column("recurrence_days", Double),  # 重现间隔
    Column("case_numbers", ARRAY(Text), nullable=False),
    Column("detail", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    _when(),
    UniqueConstraint("day", "level", "code", "kind", "method"),
)

alarm_event = Table(  # append-only: the last one holds
    "alarm_event",
    metadata,
    _id(),
    Column("alarm_id", BigInteger, ForeignKey("alarm.id"), nullable=False),
    Column("what", Text, nullable=False),  # acknowledge 认领 | dismiss 排除 | reopen 重新打开
    Column("actor", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    _when("at"),
    CheckConstraint("what IN ('acknowledge', 'dismiss', 'reopen')", name="alarm_event_what_check"),
    Index("alarm_event_alarm_id_idx", "alarm_id"),
)

job = Table(  # long work: reports; a worker that dies stops touching heartbeat_at
    "job",
    metadata,
    _id(),
    Column("kind", Text, nullable=False),  # report
    Column("wanted", JSONB, nullable=False),  # what was asked for
    Column("state", Text, nullable=False, server_default="queued"),
    Column("progress", Double, nullable=False, server_default=text("0")),  # 0 to 1
    Column("note", Text, nullable=False, server_default=""),  # the step now, or what went wrong
    Column("files", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("requested_by", Text, nullable=False),
    _when("requested_at"),
    Column("started_at", DateTime(timezone=True)),
    Column("heartbeat_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    CheckConstraint(
        "state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="job_state_check"
    ),
    Index("job_state_requested_at_idx", "state", "requested_at"),
)

report_schedule = Table(
    "report_schedule",
    metadata,
    _id(),
    Column("period", Text, nullable=False),  # daily | weekly | monthly
    Column("wanted", JSONB, nullable=False),  # jurisdiction, kinds, formats
    Column("enabled", Boolean, nullable=False, server_default=text("true")),
    Column("made_for", Date),  # first day of the last period it was made for
    _when("created_at"),
    Column("created_by", Text, nullable=False),
    CheckConstraint(
        "period IN ('daily', 'weekly', 'monthly')", name="report_schedule_period_check"
    ),
)
