"""Units, people on duty, rule sets, accounts and channel keys"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

_TABLES = """
CREATE TABLE unit (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT unit_pkey PRIMARY KEY,
    code text NOT NULL CHECK (code <> ''),
    name text NOT NULL,
    kind text NOT NULL,
    parent_code text,
    phone text NOT NULL DEFAULT '',
    effective_from date NOT NULL,
    effective_to date CHECK (effective_to >= effective_from),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL,
    superseded_at timestamptz
);
CREATE INDEX unit_code_idx ON unit (code);

CREATE TABLE duty_person (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT duty_person_pkey PRIMARY KEY,
    unit_code text NOT NULL,
    name text NOT NULL,
    phone text NOT NULL DEFAULT '',
    starts_on date NOT NULL,
    ends_on date NOT NULL CHECK (ends_on >= starts_on),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL,
    superseded_at timestamptz
);
CREATE INDEX duty_person_unit_code_starts_on_idx ON duty_person (unit_code, starts_on);

CREATE TABLE rule_set (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT rule_set_pkey PRIMARY KEY,
    version text NOT NULL CONSTRAINT rule_set_version_key UNIQUE,
    toml text NOT NULL,
    sha256 text NOT NULL,
    effective_from date NOT NULL,
    effective_to date CHECK (effective_to >= effective_from),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by text NOT NULL
);

CREATE TABLE account (
    login text CONSTRAINT account_pkey PRIMARY KEY CHECK (login <> ''),
    name text NOT NULL,
    role text NOT NULL,
    unit_code text,
    unit_name text,
    subdistrict_code text,
    password_hash text NOT NULL,
    session_epoch integer NOT NULL DEFAULT 0,
    demo boolean NOT NULL DEFAULT false,
    disabled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by text NOT NULL
);

CREATE TABLE sign_in_attempt (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT sign_in_attempt_pkey PRIMARY KEY,
    login text NOT NULL,
    address text NOT NULL,
    ok boolean NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX sign_in_attempt_login_at_idx ON sign_in_attempt (login, at);
CREATE INDEX sign_in_attempt_address_at_idx ON sign_in_attempt (address, at);

CREATE TABLE api_key (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT api_key_pkey PRIMARY KEY,
    channel text NOT NULL CHECK (channel <> ''),
    key_hash text NOT NULL CONSTRAINT api_key_key_hash_key UNIQUE,
    disabled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by text NOT NULL
);
"""

# Whatever decides counts: a worker that holds old units or rules is as wrong as one that holds old
# shapes.
_CHANGED = """
CREATE TRIGGER {table}_changed AFTER INSERT OR UPDATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION shudi_boundaries_changed();
"""

_TRIGGER = """
CREATE TRIGGER {table}_append_only BEFORE {events} ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION shudi_refuse();
"""


def upgrade() -> None:
    """Make the tables; rows are closed or superseded, never removed."""
    op.execute(_TABLES)
    for table in ("unit", "rule_set"):
        op.execute(_CHANGED.format(table=table))
    for table in ("rule_set", "sign_in_attempt"):
        op.execute(_TRIGGER.format(table=table, events="UPDATE OR DELETE OR TRUNCATE"))
    for table in ("unit", "duty_person", "account", "api_key"):
        op.execute(_TRIGGER.format(table=table, events="DELETE OR TRUNCATE"))


def downgrade() -> None:
    """There is no way back: nothing is ever deleted. Restore a backup instead."""
    raise NotImplementedError(downgrade.__doc__)
