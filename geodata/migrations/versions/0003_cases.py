"""Complaints, decisions, cases and their append-only history"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

_TABLES = """
CREATE TABLE complaint (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT complaint_pkey PRIMARY KEY,
    channel text NOT NULL,
    external_id text NOT NULL,
    ref text NOT NULL,
    text text NOT NULL,
    category text,
    received_at timestamptz,
    geom geometry(Geometry, 4326),
    radius_m double precision,
    precision text,
    place_ids text[] NOT NULL DEFAULT '{}'::text[],
    matched_text text NOT NULL DEFAULT '',
    reading text NOT NULL DEFAULT '',
    caller_name_enc bytea,
    caller_phone_enc bytea,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT complaint_channel_external_id_key UNIQUE (channel, external_id)
);
CREATE INDEX complaint_text_idx ON complaint USING gin (text gin_trgm_ops);

CREATE TABLE decision (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT decision_pkey PRIMARY KEY,
    complaint_id bigint NOT NULL
        CONSTRAINT decision_complaint_id_fkey REFERENCES complaint,
    status text NOT NULL,
    unit_code text NOT NULL,
    boundary_version text NOT NULL,
    gazetteer_version text NOT NULL,
    rules_version text NOT NULL,
    as_of text NOT NULL,
    document jsonb NOT NULL,
    run_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX decision_complaint_id_idx ON decision (complaint_id);

CREATE TABLE case_number (
    day date CONSTRAINT case_number_pkey PRIMARY KEY,
    last integer NOT NULL
);

CREATE TABLE case_ (
    no text CONSTRAINT case__pkey PRIMARY KEY,
    version integer NOT NULL,
    state text NOT NULL,
    complaint_id bigint NOT NULL
        CONSTRAINT case__complaint_id_key UNIQUE
        CONSTRAINT case__complaint_id_fkey REFERENCES complaint,
    decision_id bigint NOT NULL CONSTRAINT case__decision_id_fkey REFERENCES decision,
    channel text NOT NULL,
    status text NOT NULL,
    confidence double precision NOT NULL,
    category text,
    district_code text CHECK (district_code <> ''),
    subdistrict_code text CHECK (subdistrict_code <> ''),
    community_code text CHECK (community_code <> ''),
    grid_code text CHECK (grid_code <> ''),
    unit_code text CHECK (unit_code <> ''),
    unit_name text,
    co_units text[] NOT NULL DEFAULT '{}'::text[],
    point geometry(Point, 4326),
    radius_m double precision,
    received_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    queue_rank smallint NOT NULL GENERATED ALWAYS AS (
        CASE WHEN state = 'pending' AND status IN ('unlocated', 'outside', 'review') THEN 0
             WHEN state = 'pending' THEN 1 ELSE 2 END
    ) STORED,
    queue_confidence double precision NOT NULL GENERATED ALWAYS AS (
        CASE WHEN state = 'pending' AND status IN ('unlocated', 'outside', 'review')
             THEN confidence ELSE 0 END
    ) STORED
);
CREATE INDEX case_queue_idx ON case_ (queue_rank, queue_confidence, received_at, no);
CREATE INDEX case_state_queue_idx
    ON case_ (state, queue_rank, queue_confidence, received_at, no);
CREATE INDEX case_subdistrict_code_state_idx ON case_ (subdistrict_code, state);
CREATE INDEX case_unit_code_idx ON case_ (unit_code);
CREATE INDEX case_point_idx ON case_ USING gist (point);

CREATE TABLE case_event (
    case_no text NOT NULL CONSTRAINT case_event_case_no_fkey REFERENCES case_,
    version integer NOT NULL,
    move text NOT NULL,
    state text NOT NULL,
    actor text NOT NULL,
    actor_name text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    unit_code text,
    unit_name text,
    co_units text[] NOT NULL DEFAULT '{}'::text[],
    reason text NOT NULL DEFAULT '',
    decision_id bigint CONSTRAINT case_event_decision_id_fkey REFERENCES decision,
    CONSTRAINT case_event_pkey PRIMARY KEY (case_no, version)
);

CREATE TABLE personal_data_read (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT personal_data_read_pkey PRIMARY KEY,
    case_no text NOT NULL CONSTRAINT personal_data_read_case_no_fkey REFERENCES case_,
    actor text NOT NULL,
    purpose text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX personal_data_read_case_no_idx ON personal_data_read (case_no);
"""

_TRIGGER = """
CREATE TRIGGER {table}_append_only BEFORE {events} ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION shudi_refuse();
"""


def upgrade() -> None:
    """Make the tables; what was said, decided and done is only ever appended to."""
    op.execute(_TABLES)
    for table in ("complaint", "decision", "case_event", "personal_data_read"):
        op.execute(_TRIGGER.format(table=table, events="UPDATE OR DELETE OR TRUNCATE"))
    for table in ("case_", "case_number"):
        op.execute(_TRIGGER.format(table=table, events="DELETE OR TRUNCATE"))


def downgrade() -> None:
    """There is no way back: nothing is ever deleted. Restore a backup instead."""
    raise NotImplementedError(downgrade.__doc__)
