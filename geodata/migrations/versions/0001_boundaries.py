"""Boundary versions, their shapes, and the generation that tells every worker of a change"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

_TABLES = """
CREATE TABLE boundary_version (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT boundary_version_pkey PRIMARY KEY,
    name text NOT NULL,
    version text NOT NULL CONSTRAINT boundary_version_version_key UNIQUE,
    authority text NOT NULL,
    licence text NOT NULL,
    crs text NOT NULL,
    retrieved date NOT NULL,
    declared_from date NOT NULL,
    declared_to date,
    effective_from date,
    effective_to date,
    state text NOT NULL DEFAULT 'staged'
        CHECK (state IN ('staged', 'active', 'retired')),
    sha256 text NOT NULL CONSTRAINT boundary_version_sha256_key UNIQUE,
    notes text NOT NULL DEFAULT '',
    declaration text NOT NULL DEFAULT '',
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL,
    activated_at timestamptz,
    activated_by text,
    retired_at timestamptz,
    retired_by text,
    CHECK (state <> 'active' OR (effective_from IS NOT NULL AND activated_at IS NOT NULL)),
    CHECK (effective_to IS NULL OR effective_to >= effective_from - 1)
);
CREATE INDEX boundary_version_name_idx ON boundary_version (name);

CREATE TABLE boundary_event (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT boundary_event_pkey PRIMARY KEY,
    version_id bigint NOT NULL
        CONSTRAINT boundary_event_version_id_fkey REFERENCES boundary_version,
    what text NOT NULL
        CHECK (what IN ('staged', 'activated', 'ended', 'superseded', 'retired')),
    effective_from date,
    effective_to date,
    actor text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX boundary_event_version_id_idx ON boundary_event (version_id);

CREATE TABLE jurisdiction (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT jurisdiction_pkey PRIMARY KEY,
    version_id bigint NOT NULL
        CONSTRAINT jurisdiction_version_id_fkey REFERENCES boundary_version,
    level text NOT NULL
        CHECK (level IN ('district', 'subdistrict', 'community', 'grid', 'overlay')),
    overlay_kind text CHECK ((level = 'overlay') = (overlay_kind IS NOT NULL)),
    code text NOT NULL CHECK (code <> ''),
    name text NOT NULL,
    parent_code text,
    unit_code text NOT NULL,
    precedence integer NOT NULL DEFAULT 0,
    attributes jsonb NOT NULL DEFAULT '{}'::jsonb,
    effective_from date,
    effective_to date,
    geom geometry(MultiPolygon, 4326) NOT NULL CHECK (NOT ST_IsEmpty(geom))
);
CREATE INDEX jurisdiction_version_id_level_code_idx ON jurisdiction (version_id, level, code);
CREATE INDEX jurisdiction_geom_idx ON jurisdiction USING gist (geom);

CREATE TABLE border_segment (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT border_segment_pkey PRIMARY KEY,
    version_id bigint NOT NULL
        CONSTRAINT border_segment_version_id_fkey REFERENCES boundary_version,
    side text NOT NULL,
    left_code text NOT NULL,
    right_code text NOT NULL,
    inside_code text,
    width_m double precision NOT NULL,
    effective_from date,
    effective_to date,
    geom geometry(MultiLineString, 4326) NOT NULL CHECK (NOT ST_IsEmpty(geom))
);
CREATE INDEX border_segment_version_id_idx ON border_segment (version_id);

CREATE TABLE boundary_state (
    id smallint CONSTRAINT boundary_state_pkey PRIMARY KEY CHECK (id = 1),
    generation bigint NOT NULL
);
INSERT INTO boundary_state VALUES (1, 0);
"""

# The dates, not only the state: ending a version the day before its successor changes what is in
# force just as activating one does.
_GENERATION = """
CREATE FUNCTION shudi_boundaries_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_at bigint;
BEGIN
    UPDATE boundary_state SET generation = generation + 1 RETURNING generation INTO now_at;
    PERFORM pg_notify('shudi_boundaries', now_at::text);
    RETURN NULL;
END $$;
CREATE TRIGGER boundary_version_changed
    AFTER UPDATE OF state, effective_from, effective_to ON boundary_version
    FOR EACH STATEMENT EXECUTE FUNCTION shudi_boundaries_changed();
"""

_REFUSALS = """
CREATE FUNCTION shudi_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: it is only ever appended to', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""

APPEND_ONLY = """
CREATE TRIGGER {table}_append_only BEFORE {events} ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION shudi_refuse();
"""


def upgrade() -> None:
    """Make the extensions where this user may, the tables, and the triggers that guard them."""
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute(_TABLES)
    op.execute(_GENERATION)
    op.execute(_REFUSALS)
    for table in ("boundary_event", "jurisdiction", "border_segment"):
        op.execute(APPEND_ONLY.format(table=table, events="UPDATE OR DELETE OR TRUNCATE"))
    for table in ("boundary_version", "boundary_state"):
        op.execute(APPEND_ONLY.format(table=table, events="DELETE OR TRUNCATE"))


def downgrade() -> None:
    """There is no way back: nothing is ever deleted. Restore a backup instead."""
    raise NotImplementedError(downgrade.__doc__)
