"""Every table, as SQLAlchemy sees it; ``migrations/`` makes them and a test compares the two.

All geometry is WGS 84 longitude/latitude (SRID 4326). Nothing is ever deleted: rows are closed by
a date or superseded by a newer one, and triggers (in the migrations) refuse what must not happen.
"""

from __future__ import annotations

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

SRID = 4326

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)


def _geometry(kind: str) -> Geometry:
    # Indices are declared by name below, so that tables and migrations compare.
    return Geometry(kind, srid=SRID, spatial_index=False)


def _id() -> Column[int]:
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


def _when(name: str = "recorded_at") -> Column[Any]:
    return Column(
        name, DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")
    )


def _version_of(key: str = "version_id") -> Column[int]:
    return Column(key, BigInteger, ForeignKey("boundary_version.id"), nullable=False)


# --- Boundaries ------------------------------------------------------------------------------

boundary_version = Table(
    "boundary_version",
    metadata,
    _id(),
    Column("name", Text, nullable=False),  # the source's; successive versions share it
    Column("version", Text, nullable=False, unique=True),  # as printed in boundary_version
    Column("authority", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("crs", Text, nullable=False),  # as declared; the stored shapes are SRID 4326
    Column("retrieved", Date, nullable=False),
    Column("declared_from", Date, nullable=False),
    Column("declared_to", Date),
    Column("effective_from", Date),  # null until activated
    Column("effective_to", Date),  # inclusive; one day before effective_from: never in force
    Column("state", Text, nullable=False, server_default="staged"),  # staged | active | retired
    Column("sha256", Text, nullable=False, unique=True),
    Column("notes", Text, nullable=False, server_default=""),
    Column("declaration", Text, nullable=False, server_default=""),
    _when(),
    Column("recorded_by", Text, nullable=False),
    Column("activated_at", DateTime(timezone=True)),
    Column("activated_by", Text),
    Column("retired_at", DateTime(timezone=True)),
    Column("retired_by", Text),
    Index("boundary_version_name_idx", "name"),
)

boundary_event = Table(  # append-only: what boundary_version said and since when
    "boundary_event",
    metadata,
    _id(),
    _version_of(),
    Column("what", Text, nullable=False),  # staged | activated | ended | superseded | retired
    Column("effective_from", Date),
    Column("effective_to", Date),
    Column("actor", Text, nullable=False),
    _when("at"),
    Index("boundary_event_version_id_idx", "version_id"),
)

jurisdiction = Table(  # never changed after it was staged
    "jurisdiction",
    metadata,
    _id(),
    _version_of(),
    Column("level", Text, nullable=False),
    Column("overlay_kind", Text),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("parent_code", Text),
    Column("unit_code", Text, nullable=False),
    Column("precedence", Integer, nullable=False, server_default=text("0")),
    Column("attributes", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("effective_from", Date),  # only where narrower than the version's own dates
    Column("effective_to", Date),
    Column("geom", _geometry("MULTIPOLYGON"), nullable=False),
    Index("jurisdiction_version_id_level_code_idx", "version_id", "level", "code"),
    Index("jurisdiction_geom_idx", "geom", postgresql_using="gist"),
)

border_segment = Table(
    "border_segment",
    metadata,
    _id(),
    _version_of(),
    Column("side", Text, nullable=False),
    Column("left_code", Text, nullable=False),
    Column("right_code", Text, nullable=False),
    Column("inside_code", Text),
    Column("width_m", Double, nullable=False),
    Column("effective_from", Date),
    Column("effective_to", Date),
    Column("geom", _geometry("MULTILINESTRING"), nullable=False),
    Index("border_segment_version_id_idx", "version_id"),
)

boundary_state = Table(  # one row; its generation counts every change of what is in force
    "boundary_state",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("generation", BigInteger, nullable=False),
)

# --- Who acts, and by which rules -----------------------------------------------------------

unit = Table(  # bitemporal: superseded_at closes what was once recorded
    "unit",
    metadata,
    _id(),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("parent_code", Text),
    Column("phone", Text, nullable=False, server_default=""),
    Column("effective_from", Date, nullable=False),
    Column("effective_to", Date),
    _when(),
    Column("recorded_by", Text, nullable=False),
    Column("superseded_at", DateTime(timezone=True)),
    Index("unit_code_idx", "code"),
)

duty_person = Table(  # 值班人员 by date; staff at work, not citizens
    "duty_person",
    metadata,
    _id(),
    Column("unit_code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False, server_default=""),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),  # inclusive
    _when(),
    Column("recorded_by", Text, nullable=False),
    Column("superseded_at", DateTime(timezone=True)),
    Index("duty_person_unit_code_starts_on_idx", "unit_code", "starts_on"),
)

rule_set = Table(  # append-only; the one in force is the latest recorded that covers the day
    "rule_set",
    metadata,
    _id(),
    Column("version", Text, nullable=False, unique=True),
    Column("toml", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("effective_to", Date),
    _when(),
    Column("recorded_by", Text, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("login", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("unit_code", Text),
    Column("unit_name", Text),
    Column("subdistrict_code", Text),  # street-level staff see only this one
    Column("password_hash", Text, nullable=False),
    Column("session_epoch", Integer, nullable=False, server_default=text("0")),
    Column("demo", Boolean, nullable=False, server_default=text("false")),  # by `demo load`
    Column("disabled_at", DateTime(timezone=True)),
    _when("created_at"),
    Column("created_by", Text, nullable=False),
)

sign_in_attempt = Table(  # append-only; throttling counts the failures of the last minutes
    "sign_in_attempt",
    metadata,
    _id(),
    Column("login", Text, nullable=False),  # as typed: the account need not exist
    Column("address", Text, nullable=False),
    Column("ok", Boolean, nullable=False),
    _when("at"),
    Index("sign_in_attempt_login_at_idx", "login", "at"),
    Index("sign_in_attempt_address_at_idx", "address", "at"),
)

api_key = Table(
    "api_key",
    metadata,
    _id(),
    Column("channel", Text, nullable=False),
    Column("key_hash", Text, nullable=False, unique=True),  # SHA-256 of 256 random bits, in hex
    Column("disabled_at", DateTime(timezone=True)),
    _when("created_at"),
    Column("created_by", Text, nullable=False),
)

# --- Cases -----------------------------------------------------------------------------------

complaint = Table(  # what a citizen said; never changed
    "complaint",
    metadata,
    _id(),
    Column("channel", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("ref", Text, nullable=False),  # Complaint.id
    Column("text", Text, nullable=False),
    Column("category", Text),
    Column("received_at", DateTime(timezone=True)),
    Column("geom", _geometry("GEOMETRY")),
    Column("radius_m", Double),
    Column("precision", Text),
    Column("place_ids", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("matched_text", Text, nullable=False, server_default=""),
    Column("reading", Text, nullable=False, server_default=""),
    Column("caller_name_enc", LargeBinary),  # encrypted by the application
    Column("caller_phone_enc", LargeBinary),
    _when(),
    UniqueConstraint("channel", "external_id"),
    Index(
        "complaint_text_idx",
        "text",
        postgresql_using="gin",
        postgresql_ops={"text": "gin_trgm_ops"},
    ),
)

decision = Table(  # one run of the machine, as run; a re-run is a new row
    "decision",
    metadata,
    _id(),
    Column("complaint_id", BigInteger, ForeignKey("complaint.id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("unit_code", Text, nullable=False),
    Column("boundary_version", Text, nullable=False),
    Column("gazetteer_version", Text, nullable=False),
    Column("rules_version", Text, nullable=False),
    Column("as_of", Text, nullable=False),
    Column("document", JSONB, nullable=False),  # the RoutedDecision
    _when("run_at"),
    Index("decision_complaint_id_idx", "complaint_id"),
)

case_number = Table(  # the last number given on each day
    "case_number",
    metadata,
    Column("day", Date, primary_key=True),
    Column("last", Integer, nullable=False),
)

# Written as PostgreSQL gives it back, so that the comparison with the migrations can be exact.
_NEEDS_PERSON = (
    "((state = 'pending'::text) AND "
    "(status = ANY (ARRAY['unlocated'::text, 'outside'::text, 'review'::text])))"
)
_QUEUE_RANK = f"CASE WHEN {_NEEDS_PERSON} THEN 0 WHEN (state = 'pending'::text) THEN 1 ELSE 2 END"
_QUEUE_CONFIDENCE = f"CASE WHEN {_NEEDS_PERSON} THEN confidence ELSE (0)::double precision END"

case_ = Table(  # the pointer; case_event is the truth
    "case_",
    metadata,
    Column("no", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("complaint_id", BigInteger, ForeignKey("complaint.id"), nullable=False, unique=True),
    Column("decision_id", BigInteger, ForeignKey("decision.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("status", Text, nullable=False),  # of the decision
    Column("confidence", Double, nullable=False),
    Column("category", Text),
    Column("district_code", Text),
    Column("subdistrict_code", Text),
    Column("community_code", Text),
    Column("grid_code", Text),
    Column("unit_code", Text),
    Column("unit_name", Text),
    Column("co_units", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("point", _geometry("POINT")),
    Column("radius_m", Double),
    Column("received_at", DateTime(timezone=True), nullable=False),
    _when("created_at"),
    _when("updated_at"),
    # 0 a person must look, 1 the machine is sure, 2 no longer in the queue
    Column("queue_rank", SmallInteger, Computed(_QUEUE_RANK, persisted=True), nullable=False),
    # the confidence where it decides the order (rank 0), else 0
    Column("queue_confidence", Double, Computed(_QUEUE_CONFIDENCE, persisted=True), nullable=False),
    Index("case_queue_idx", "queue_rank", "queue_confidence", "received_at", "no"),
    Index("case_state_queue_idx", "state", "queue_rank", "queue_confidence", "received_at", "no"),
    Index("case_subdistrict_code_state_idx", "subdistrict_code", "state"),
    Index("case_unit_code_idx", "unit_code"),
    Index("case_point_idx", "point", postgresql_using="gist"),
    Index("case_co_units_idx", "co_units", postgresql_using="gin"),
    Index("case_received_at_idx", "received_at"),
    Index("case_updated_at_idx", "updated_at"),
)

case_event = Table(  # append-only
    "case_event",
    metadata,
    Column("case_no", Text, ForeignKey("case_.no"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("move", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    _when("at"),
    Column("unit_code", Text),
    Column("unit_name", Text),
    Column("co_units", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("reason", Text, nullable=False, server_default=""),
    Column("decision_id", BigInteger, ForeignKey("decision.id")),
)

personal_data_read = Table(  # append-only: who looked at whose name and telephone
    "personal_data_read",
    metadata,
    _id(),
    Column("case_no", Text, ForeignKey("case_.no"), nullable=False),
    Column("actor", Text, nullable=False),
    Column("purpose", Text, nullable=False, server_default=""),
    _when("at"),
    Index("personal_data_read_case_no_idx", "case_no"),
)

# --- The gazetteer, and what is learnt for it --------------------------------------------------

gazetteer_version = Table(  # one at a time is in force
    "gazetteer_version",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False, unique=True),  # before what was learnt is added
    Column("authority", Text, nullable=False, server_default=""),
    Column("licence", Text, nullable=False, server_default=""),
    Column("crs", Text, nullable=False, server_default=""),  # as declared; stored is SRID 4326
    Column("retrieved", Date),
    Column("notes", Text, nullable=False, server_default=""),
    Column("places", Integer, nullable=False),  # how many
    Column("sha256", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False, server_default="staged"),  # staged | active | retired
    Column("effective_from", Date),  # null until activated
    Column("effective_to", Date),  # inclusive; one day before effective_from: never in force
    _when(),
    Column("recorded_by", Text, nullable=False),
    Column("activated_at", DateTime(timezone=True)),
    Column("activated_by", Text),
    Column("retired_at", DateTime(timezone=True)),
    Column("retired_by", Text),
)


def _gazetteer_version() -> Column[int]:
    return Column("version_id", BigInteger, ForeignKey("gazetteer_version.id"), nullable=False)


gazetteer_event = Table(  # append-only: what gazetteer_version said and since when
    "gazetteer_event",
    metadata,
    _id(),
    _gazetteer_version(),
    Column("what", Text, nullable=False),  # staged | activated | ended | superseded
    Column("effective_from", Date),
    Column("effective_to", Date),
    Column("actor", Text, nullable=False),
    _when("at"),
    Index("gazetteer_event_version_id_idx", "version_id"),
)

gazetteer_place = Table(  # never changed after it was staged
    "gazetteer_place",
    metadata,
    Column(
        "version_id",
        BigInteger,
        ForeignKey("gazetteer_version.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("place_id", Text, primary_key=True),
    Column("ordinal", Integer, nullable=False),  # the file's order
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("aliases", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("road", Text, nullable=False, server_default=""),
    Column("number", Text, nullable=False, server_default=""),
    Column("admin_code", Text, nullable=False, server_default=""),
    Column("source", Text, nullable=False, server_default=""),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("geom", _geometry("GEOMETRY"), nullable=False),
)

place_correction = Table(  # append-only: which place a person chose for which words
    "place_correction",
    metadata,
    _id(),
    Column("case_no", Text, ForeignKey("case_.no"), nullable=False),
    Column("mention", Text, nullable=False),  # the words of the place as written, nothing else
    Column("normalised", Text, nullable=False),
    Column("district", Text, nullable=False, server_default=""),  # code the case is in, if known
    Column("place_id", Text),  # of any gazetteer version; null where only a point was set
    Column("lon", Double),  # WGS 84 degrees
    Column("lat", Double),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    _when("at"),
    Index("place_correction_normalised_place_id_idx", "normalised", "place_id"),
    Index("place_correction_case_no_idx", "case_no"),
)

alias_decision = Table(  # append-only: the last one of a pair holds
    "alias_decision",
    metadata,
    _id(),
    Column("normalised", Text, nullable=False),
    Column("place_id", Text, nullable=False),
    Column("alias", Text, nullable=False),  # as it is added to the place
    Column("approved", Boolean, nullable=False),
    Column("actor", Text, nullable=False),
    _when("at"),
    Index("alias_decision_normalised_place_id_idx", "normalised", "place_id"),
)

missing_name = Table(  # append-only: names complaints asked for that the gazetteer lacks
    "missing_name",
    metadata,
    _id(),
    Column("mention", Text, nullable=False),
    Column("case_no", Text, ForeignKey("case_.no")),
    _when("at"),
    Index("missing_name_mention_idx", "mention"),
)
