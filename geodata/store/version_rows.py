"""A loaded source as rows: the version, its jurisdictions and its border rules."""

from __future__ import annotations

import hashlib
from typing import Any

import shapely
from geoalchemy2.shape import from_shape
from shapely import MultiLineString, MultiPolygon
from sqlalchemy import Connection, insert

from geodata.read import LoadedSource
from geodata.tables import SRID, border_segment, boundary_version, jurisdiction
from routing.jurisdiction.borders import BorderSegment
from routing.model import Jurisdiction


def insert_version(connection: Connection, loaded: LoadedSource, digest: str, by: str) -> int:
    """Store a source with its shapes as a staged version; return its id."""
    source = loaded.source
    version_id = connection.execute(
        insert(boundary_version)
        .values(
            name=source.name,
            version=loaded.version,
            authority=source.authority,
            licence=source.licence,
            crs=source.crs.name,
            retrieved=source.retrieved,
            declared_from=source.effective_from,
            declared_to=source.effective_to,
            sha256=digest,
            notes=source.notes,
            declaration=source.path.read_text(encoding="utf-8", errors="replace"),
            recorded_by=by,
        )
        .returning(boundary_version.c.id)
    ).scalar_one()
    areas = [_jurisdiction_values(one, loaded) for one in loaded.jurisdictions]
    if areas:
        connection.execute(
            insert(jurisdiction), [{**one, "version_id": version_id} for one in areas]
        )
    lines = [_border_values(one, loaded) for one in loaded.borders]
    if lines:
        connection.execute(
            insert(border_segment), [{**one, "version_id": version_id} for one in lines]
        )
    return int(version_id)


def _own_days(one: Jurisdiction | BorderSegment, loaded: LoadedSource) -> dict[str, Any]:
    """The days of one shape, only where they are not those of the whole source."""
    starts, ends = one.effective_from, one.effective_to
    return {
        "effective_from": starts if starts > loaded.source.effective_from else None,
        "effective_to": ends if ends != loaded.source.effective_to else None,
    }


def _jurisdiction_values(one: Jurisdiction, loaded: LoadedSource) -> dict[str, Any]:
    shape = one.geometry
    parts = shape if isinstance(shape, MultiPolygon) else MultiPolygon([shape])
    return {
        "level": one.level.value,
        "overlay_kind": one.overlay_kind,
        "code": one.code,
        "name": one.name,
        "parent_code": one.parent_code,
        "unit_code": one.unit_code,
        "precedence": one.precedence,
        "attributes": dict(one.attributes),
        "geom": from_shape(shapely.force_2d(parts), srid=SRID, extended=True),
        **_own_days(one, loaded),
    }


def _border_values(one: BorderSegment, loaded: LoadedSource) -> dict[str, Any]:
    line = one.line
    parts = line if isinstance(line, MultiLineString) else MultiLineString([line])
    return {
        "side": one.side,
        "left_code": one.left_code,
        "right_code": one.right_code,
        "inside_code": one.inside_code,
        "width_m": one.width_m,
        "geom": from_shape(shapely.force_2d(parts), srid=SRID, extended=True),
        **_own_days(one, loaded),
    }


def digest_of(loaded: LoadedSource) -> str:
    """SHA-256 over all that would be stored of the content and what names it."""
    digest = hashlib.sha256(loaded.version.encode())
    for one in loaded.jurisdictions:
        told = (one.code, one.name, one.level.value, one.unit_code, one.parent_code)
        told += (one.overlay_kind, one.precedence, sorted(one.attributes.items()))  # type: ignore[assignment]
        digest.update(repr(told).encode())
        digest.update(shapely.to_wkb(one.geometry))
    for border in loaded.borders:
        sides = (border.side, border.left_code, border.right_code, border.inside_code)
        digest.update(repr((*sides, border.width_m)).encode())
        digest.update(shapely.to_wkb(border.line))
    return digest.hexdigest()
