"""Gazetteer versions and their places; corrections, alias decisions and missing names"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

_TABLES = """
CREATE TABLE gazetteer_version (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT gazetteer_version_pkey PRIMARY KEY,
    name text NOT NULL,
    version text NOT NULL CONSTRAINT gazetteer_version_version_key UNIQUE,
    authority text NOT NULL DEFAULT '',
    licence text NOT NULL DEFAULT '',
    crs text NOT NULL DEFAULT '',
    retrieved date,
    notes text NOT NULL DEFAULT '',
    places integer NOT NULL CHECK (places > 0),
    sha256 text NOT NULL CONSTRAINT gazetteer_version_sha256_key UNIQUE,
    state text NOT NULL DEFAULT 'staged'
        CHECK (state IN ('staged', 'active', 'retired')),
    effective_from date,
    effective_to date,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL,
    activated_at timestamptz,
    activated_by text,
    retired_at timestamptz,
    retired_by text,
    CHECK (state <> 'active' OR (effective_from IS NOT NULL AND activated_at IS NOT NULL)),
    CHECK (effective_to IS NULL OR effective_to >= effective_from - 1)
);

CREATE TABLE gazetteer_event (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT gazetteer_event_pkey PRIMARY KEY,
    version_id bigint NOT NULL
        CONSTRAINT gazetteer_event_version_id_fkey REFERENCES gazetteer_version,
    what text NOT NULL CHECK (what IN ('staged', 'activated', 'ended', 'superseded')),
    effective_from date,
    effective_to date,
    actor text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX gazetteer_event_version_id_idx ON gazetteer_event (version_id);

CREATE TABLE gazetteer_place (
    version_id bigint NOT NULL
        CONSTRAINT gazetteer_place_version_id_fkey REFERENCES gazetteer_version,
    place_id text NOT NULL CHECK (place_id <> ''),
    ordinal integer NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    kind text NOT NULL,
    aliases text[] NOT NULL DEFAULT '{}'::text[],
    road text NOT NULL DEFAULT '',
    number text NOT NULL DEFAULT '',
    admin_code text NOT NULL DEFAULT '',
    source text NOT NULL DEFAULT '',
    valid_from date,
    valid_to date CHECK (valid_to >= valid_from),
    geom geometry(Geometry, 4326) NOT NULL CHECK (NOT ST_IsEmpty(geom)),
    CONSTRAINT gazetteer_place_pkey PRIMARY KEY (version_id, place_id)
);

CREATE TABLE place_correction (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT place_correction_pkey PRIMARY KEY,
    case_no text NOT NULL CONSTRAINT place_correction_case_no_fkey REFERENCES case_,
    mention text NOT NULL,
    normalised text NOT NULL,
    district text NOT NULL DEFAULT '',
    place_id text,
    lon double precision,
    lat double precision,
    actor text NOT NULL,
    reason text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (place_id IS NOT NULL OR lon IS NOT NULL),
    CHECK ((lon IS NULL) = (lat IS NULL))
);
CREATE INDEX place_correction_normalised_place_id_idx
    ON place_correction (normalised, place_id);
CREATE INDEX place_correction_case_no_idx ON place_correction (case_no);

CREATE TABLE alias_decision (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT alias_decision_pkey PRIMARY KEY,
    normalised text NOT NULL,
    place_id text NOT NULL,
    alias text NOT NULL CHECK (alias <> ''),
    approved boolean NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX alias_decision_normalised_place_id_idx ON alias_decision (normalised, place_id);

CREATE TABLE missing_name (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT missing_name_pkey PRIMARY KEY,
    mention text NOT NULL CHECK (mention <> ''),
    case_no text CONSTRAINT missing_name_case_no_fkey REFERENCES case_,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX missing_name_mention_idx ON missing_name (mention);
"""

# The same generation as for boundaries: a process that sees it change loads everything again and
# swaps it at once. An approved alias changes what is read just as a new version does.
_GENERATION = """
CREATE TRIGGER gazetteer_version_changed
    AFTER UPDATE OF state, effective_from, effective_to ON gazetteer_version
    FOR EACH STATEMENT EXECUTE FUNCTION shudi_boundaries_changed();
CREATE TRIGGER alias_decision_made
    AFTER INSERT ON alias_decision
    FOR EACH STATEMENT EXECUTE FUNCTION shudi_boundaries_changed();
"""

_TRIGGER = """
CREATE TRIGGER {table}_append_only BEFORE {events} ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION shudi_refuse();
"""

_UNCHANGING = (
    "gazetteer_event",
    "gazetteer_place",
    "place_correction",
    "alias_decision",
    "missing_name",
)


def upgrade() -> None:
    """Make the tables. The scoped role gets no right on them: mentions name citizens' places."""
    op.execute(_TABLES)
    op.execute(_GENERATION)
    for table in _UNCHANGING:
        op.execute(_TRIGGER.format(table=table, events="UPDATE OR DELETE OR TRUNCATE"))
    op.execute(_TRIGGER.format(table="gazetteer_version", events="DELETE OR TRUNCATE"))


def downgrade() -> None:
    """There is no way back: nothing is ever deleted. Restore a backup instead."""
    raise NotImplementedError(downgrade.__doc__)
