"""The boundaries in the database, as the index wants them, and the word that they changed.

A worker asks ``generation`` before it routes (one row by primary key) and loads again where the
number is not the one it holds; ``BoundaryWatch`` hears of the change at once, so that the loading
need not wait for the next request. The check, not the notification, is what correctness rests on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg
import shapely
from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Connection, Engine, and_, or_, select

from geodata.database import transaction
from geodata.tables import border_segment, boundary_state, boundary_version, jurisdiction
from routing.errors import StoreUnavailable
from routing.jurisdiction.borders import BorderSegment
from routing.model import Jurisdiction, JurisdictionLevel

CHANNEL = "shudi_boundaries"

_log = logging.getLogger("shudi.boundaries")


def generation(engine: Engine) -> int:
    """Return the number that grows with every change of boundaries, units or rules in force."""
    with transaction(engine) as connection:
        return _generation(connection)


def load(engine: Engine) -> tuple[int, list[Jurisdiction], list[BorderSegment]]:
    """Return (generation, jurisdictions, border segments) of every version ever in force.

    WGS 84 degrees, every double bit for bit as it was staged; the dates are those of the version,
    narrowed by the jurisdiction's own. Staged versions are not in it. All three are of one moment.
    """
    with transaction(engine, isolation="REPEATABLE READ") as connection:
        return (
            _generation(connection),
            _jurisdictions(connection, _WAS_IN_FORCE),
            _borders(connection, _WAS_IN_FORCE),
        )


def load_version(engine: Engine, version_id: int) -> tuple[list[Jurisdiction], list[BorderSegment]]:
    """Return one version alone, staged or not; a staged one with the dates it declares."""
    with transaction(engine, isolation="REPEATABLE READ") as connection:
        only = boundary_version.c.id == version_id
        return _jurisdictions(connection, only), _borders(connection, only)


class PostgisBoundaries:
    """The same two questions under one name, for wiring."""

    generation = staticmethod(generation)
    load = staticmethod(load)


# A version that was superseded from its very first day ends the day before it and is left out.
_WAS_IN_FORCE = and_(
    boundary_version.c.activated_at.is_not(None),
    or_(
        boundary_version.c.effective_to.is_(None),
        boundary_version.c.effective_to >= boundary_version.c.effective_from,
    ),
)


def _generation(connection: Connection) -> int:
    return int(connection.execute(select(boundary_state.c.generation)).scalar_one())


def _dates(row: Any) -> tuple[date, date | None]:
    starts = [row.starts or row.declared_from, row.effective_from]
    # A staged version has no dates of its own yet: what it declares is meant.
    ends = [row.ends if row.starts else row.declared_to, row.effective_to]
    known = [day for day in ends if day is not None]
    return max(day for day in starts if day is not None), min(known) if known else None


_VERSION_COLUMNS = (
    boundary_version.c.version,
    boundary_version.c.effective_from.label("starts"),
    boundary_version.c.effective_to.label("ends"),
    boundary_version.c.declared_from,
    boundary_version.c.declared_to,
)


def _jurisdictions(connection: Connection, which: ColumnElement[bool]) -> list[Jurisdiction]:
    rows = connection.execute(
        select(jurisdiction, *_VERSION_COLUMNS)
        .join(boundary_version, jurisdiction.c.version_id == boundary_version.c.id)
        .where(which)
        .order_by(jurisdiction.c.id)
    )
    found = []
    for row in rows:
        starts, ends = _dates(row)
        if ends is not None and ends < starts:
            continue  # its own days lie outside the version's
        found.append(
            Jurisdiction(
                code=row.code,
                name=row.name,
                level=JurisdictionLevel(row.level),
                geometry=_single(to_shape(row.geom)),
                unit_code=row.unit_code,
                parent_code=row.parent_code,
                overlay_kind=row.overlay_kind,
                precedence=row.precedence,
                effective_from=starts,
                effective_to=ends,
                version=row.version,
                attributes=row.attributes,
            )
        )
    return found


def _borders(connection: Connection, which: ColumnElement[bool]) -> list[BorderSegment]:
    rows = connection.execute(
        select(border_segment, *_VERSION_COLUMNS)
        .join(boundary_version, border_segment.c.version_id == boundary_version.c.id)
        .where(which)
        .order_by(border_segment.c.id)
    )
    found = []
    for row in rows:
        starts, ends = _dates(row)
        if ends is not None and ends < starts:
            continue
        found.append(
            BorderSegment(
                line=_single(to_shape(row.geom)),
                side=row.side,
                left_code=row.left_code,
                right_code=row.right_code,
                inside_code=row.inside_code,
                width_m=row.width_m,
                effective_from=starts,
                effective_to=ends,
                version=row.version,
            )
        )
    return found


def _single(shape: BaseGeometry) -> BaseGeometry:
    """Return the only part of a one-part collection, as it was before it was stored."""
    return shapely.get_geometry(shape, 0) if shapely.get_num_geometries(shape) == 1 else shape


class BoundaryWatch:
    """A thread that listens and calls back with each new generation; survives a lost server."""

    def __init__(self, engine: Engine, changed: Callable[[int], None]) -> None:
        """``changed`` runs in the thread of the watch, also once after every reconnection."""
        self._engine = engine
        self._changed = changed
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="boundary-watch", daemon=True)

    def start(self) -> BoundaryWatch:
        self._thread.start()
        return self

    def stop(self) -> None:
        """End the thread; returns when it has ended, within about a second."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except (psycopg.OperationalError, StoreUnavailable) as lost:
                _log.warning("lost the database, listening again in 1 s: %s", type(lost).__name__)
                self._stopping.wait(1.0)

    def _listen(self) -> None:
        arguments, options = self._engine.dialect.create_connect_args(self._engine.url)
        with psycopg.connect(*arguments, **options, autocommit=True) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            # Whatever happened while nobody listened is in this number.
            self._changed(generation(self._engine))
            while not self._stopping.is_set():
                for heard in connection.notifies(timeout=0.5):
                    self._changed(int(heard.payload))
