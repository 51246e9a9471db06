"""The data of a report, read for it alone: a worker needs no gazetteer in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import shapely
from sqlalchemy import Engine

from app import wiring, words
from app.snapshots.cache import Snapshot
from app.snapshots.loading import Ground as LoadedGround
from app.snapshots.loading import load_snapshot
from geodata import boundaries, rules_store
from geodata.calendar import Calendar, DayKind
from geodata.crs import geometry_from_wgs84, parse_crs
from geodata.database import Scope
from geodata.denominators import MEASURES, Denominators
from geodata.store.ground_shapes import ground_shapes
from maps.drawing.parts import Ground
from maps.incidents import merge
from maps.model import Coded, Floats
from maps.reports.material import AlarmLine, Divisor, Material
from routing.model import JurisdictionLevel

_MAIN_ROADS = 60
"""The longest roads, drawn so that people find their way; more would be a net without meaning."""
_MOST_ROADS = 4_000
"""Thin roads on one picture: more are finer than paper shows, and cost seconds."""
_MERGED_UP_TO = 2_000_000
"""Cases up to which reports are merged into incidents: 300,000 take 2 s on a busy machine
(tests/bench/reports.py), and the report of a city is to be ready within a minute."""


def snapshot_of(engine: Engine, scope: Scope | None, working_crs: str | None) -> Snapshot:
    """Read what maps of a scope are made from, without what only decisions need.

    Raises StoreUnavailable where the database is gone.
    """
    generation, jurisdictions, _ = boundaries.load(engine)
    ground = LoadedGround(
        generation=generation,
        day=wiring.today(),
        jurisdictions=jurisdictions,
        units=rules_store.load_units(engine),
    )
    return load_snapshot(engine, scope, ground, working_crs)


def material_of(
    engine: Engine, snapshot: Snapshot, alarms: tuple[AlarmLine, ...] | None = None
) -> Material:
    """The snapshot as reports take it, with the ground to draw below it."""
    channel = snapshot.cases.channel
    cases = replace(
        snapshot.cases,
        channel=Coded(
            codes=channel.codes, labels=tuple(words.channel(one) for one in channel.labels)
        ),
    )
    return Material(
        cases=cases,
        areas=snapshot.areas,
        crs=snapshot.plane.name,
        names=snapshot.names,
        as_of=snapshot.as_of.astimezone(wiring.LOCAL_TIME),
        divisors=divisors_of(snapshot.denominators),
        holidays=holidays_of(snapshot.holidays),
        alarms=alarms,
        ground=ground_of(engine, snapshot.plane.name),
        incidents=merge(cases) if 0 < len(cases) <= _MERGED_UP_TO else None,
    )


def divisors_of(denominators: Denominators) -> tuple[Divisor, ...]:
    """Every denominator loaded."""
    found = []
    for level in JurisdictionLevel:
        for measure in MEASURES:
            values = denominators.values(level.value, measure)
            if values:
                found.append(
                    Divisor(
                        level=level,
                        measure=measure,
                        values=values,
                        as_of=denominators.as_of(level.value, measure),
                        source="、".join(denominators.sources(level.value, measure)),
                    )
                )
    return tuple(found)


def holidays_of(calendar: Calendar) -> tuple[tuple[date, str], ...]:
    """Days off with a name, in order."""
    return tuple(
        (day, line.name or "放假")
        for day, line in sorted(calendar.days.items())
        if line.kind is DayKind.HOLIDAY
    )


def ground_of(engine: Engine, crs: str) -> Ground:
    """Roads and water in metres; nothing while no gazetteer is in force."""
    found = ground_shapes(engine, wiring.today())
    plane = parse_crs(crs)
    roads = geometry_from_wgs84(found.roads, plane) if len(found.roads) else found.roads
    water = geometry_from_wgs84(found.water, plane) if len(found.water) else found.water
    if not len(roads):
        return Ground(water=water)
    length: Floats = np.asarray(shapely.length(roads), dtype=np.float64)
    order = np.argsort(-length, kind="stable")
    return Ground(
        main_roads=roads[order[:_MAIN_ROADS]],
        roads=roads[order[_MAIN_ROADS:_MOST_ROADS]],
        water=water,
    )
