"""How a snapshot is made from the database's columns and the jurisdictions in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import shapely
from sqlalchemy import Engine

from app.snapshots.cache import Snapshot
from geodata.calendar import load_calendar
from geodata.crs import geometry_from_wgs84, parse_crs
from geodata.database import Scope
from geodata.denominators import load_denominators
from geodata.store.case_columns import CaseColumns, read_case_columns
from geodata.store.data_mark import data_mark
from geodata.working_plane import WorkingPlane, working_plane
from maps.model import NONE, Areas, Cases, Coded, Plane
from routing.model import TERRITORIAL_LEVELS, Jurisdiction, JurisdictionLevel, Unit

_NOWHERE_DEG = 114.0
"""Longitude taken where neither boundaries nor cases say where the city is: nothing is drawn then,
and any zone does; this one is the middle of the zones that have most cities."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What the services hold of one generation; what is made of it is shared by all snapshots."""

    generation: int
    day: date
    jurisdictions: Sequence[Jurisdiction]
    """Of all days."""
    units: Iterable[Unit]

    @cached_property
    def in_force(self) -> Sequence[Jurisdiction]:
        """The jurisdictions of ``day``."""
        return [one for one in self.jurisdictions if _in_force(one, self.day)]

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Code → name; where a name changed, the one in force on ``day`` holds, else the latest.

        A jurisdiction and its unit mostly share code and name; where the names differ, a map
        shows the jurisdiction's.
        """

        def named(dated: Iterable[Unit | Jurisdiction]) -> dict[str, str]:
            order = sorted(dated, key=lambda one: (_in_force(one, self.day), one.effective_from))
            return {one.code: one.name for one in order}

        return named(self.units) | named(self.jurisdictions)

    @cached_property
    def _projected(self) -> dict[str, Mapping[JurisdictionLevel, Areas]]:
        return {}

    def areas(self, plane: Plane) -> Mapping[JurisdictionLevel, Areas]:
        """The jurisdictions of ``day`` by level, in metres of ``plane``; made once."""
        made = self._projected.get(plane.name)
        if made is None:
            made = self._projected[plane.name] = {
                level: areas_of(level, [one for one in self.in_force if one.level is level], plane)
                for level in TERRITORIAL_LEVELS
            }
        return made


def snapshot_key(
    engine: Engine, scope: Scope | None, ground: Ground, crs: str | None
) -> tuple[object, ...]:
    """What the data are now: unequal where anything a snapshot holds may have changed."""
    return (ground.generation, ground.day, crs, scope, *data_mark(engine))


def load_snapshot(
    engine: Engine, scope: Scope | None, ground: Ground, working_crs: str | None
) -> Snapshot:
    """Read everything; errors as ``read_case_columns``.

    The key is taken first: a change made while the cases are read makes it unequal to the next
    one asked for, so it is not missed.
    """
    key = snapshot_key(engine, scope, ground, working_crs)
    columns = read_case_columns(engine, scope)
    plane = (
        WorkingPlane(name=working_crs)
        if working_crs
        else working_plane(_middle(ground.in_force, columns))
    )
    return Snapshot(
        cases=cases_of(columns, plane),
        plane=plane,
        areas=ground.areas(plane),
        names=ground.names,
        as_of=columns.as_of,
        key=key,
        holidays=load_calendar(engine),
        denominators=load_denominators(engine),
    )


def cases_of(columns: CaseColumns, plane: Plane) -> Cases:
    """The cases in metres of ``plane``."""
    x_m, y_m = plane.from_lonlat(columns.lon, columns.lat)

    def coded(name: str) -> Coded:
        return Coded(codes=columns.codes[name], labels=columns.labels[name])

    return Cases(
        number=columns.number,
        x_m=x_m,
        y_m=y_m,
        radius_m=columns.radius_m,
        day=columns.day,
        minute=columns.minute,
        kind=coded("category"),
        channel=coded("channel"),
        district=coded("district_code"),
        subdistrict=coded("subdistrict_code"),
        community=coded("community_code"),
        grid=coded("grid_code"),
        unit=coded("unit_code"),
        overridden=columns.overridden,
        # The workflow has no returns yet: not recorded, which is not the same as none.
        returned=np.full(len(columns), NONE, dtype=np.int8),
    )


def areas_of(level: JurisdictionLevel, found: Sequence[Jurisdiction], plane: Plane) -> Areas:
    """Jurisdictions of one level as polygons in metres, ordered by code.

    One that two boundary sources declare on the same day, or in several parts, is their union.
    """
    by_code: dict[str, list[Jurisdiction]] = {}
    for one in sorted(found, key=lambda one: one.code):
        by_code.setdefault(one.code, []).append(one)
    shapes = np.empty(len(by_code), dtype=object)
    shapes[:] = [
        parts[0].geometry if len(parts) == 1 else shapely.union_all([p.geometry for p in parts])
        for parts in by_code.values()
    ]
    first = [parts[0] for parts in by_code.values()]
    return Areas(
        level=level,
        codes=tuple(by_code),
        names=tuple(one.name for one in first),
        parents=tuple(one.parent_code or "" for one in first),
        shapes=geometry_from_wgs84(shapes, parse_crs(plane.name)) if len(shapes) else shapes,
        version="；".join(sorted({one.version for one in found if one.version})),
    )


def _middle(in_force: Sequence[Jurisdiction], columns: CaseColumns) -> float:
    """Longitude of the city's middle, degrees: of its coarsest jurisdictions, else of its cases."""
    for level in TERRITORIAL_LEVELS:
        boxes = [one.geometry.bounds for one in in_force if one.level is level]
        if boxes:
            return float(min(box[0] for box in boxes) + max(box[2] for box in boxes)) / 2
    known = columns.lon[np.isfinite(columns.lon)]
    return float(np.median(known)) if len(known) else _NOWHERE_DEG


def _in_force(one: Jurisdiction | Unit, day: date) -> bool:
    return one.effective_from <= day and (one.effective_to is None or day <= one.effective_to)
