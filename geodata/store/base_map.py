"""The base map from the city's own data, as vector tiles; kept ready per process.

Roads, water, compounds, buildings and names come from the gazetteer in force, ground, borders and
green from the boundaries in force. All of it is public: no scope applies.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, or_, select

from geodata.database import transaction
from geodata.store.base_map_places import PlaceIndex, load_places
from geodata.store.base_map_tiles import make_tile
from geodata.tables import boundary_state, gazetteer_version

LEAST_ZOOM, MOST_ZOOM = 5, 18
"""Of tiles. The screen is one ahead (a tile is 512 pixels wide) and enlarges the last: 7 cm a unit
at zoom 17 is finer than any border is known."""
KEPT_BYTES = 48 * 1024 * 1024
"""Tiles kept per process; a district of 35 km² has 8 MB of them from zoom 9 to 18."""

_LOCAL = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Tile:
    """One vector tile."""

    content: bytes
    """Mapbox Vector Tile 2, not compressed; empty where there is nothing."""
    tag: str
    """Differs wherever the content may differ: an ETag without its quotes."""


class BaseMap:
    """Tiles of the base map; used by many threads, one per process."""

    def __init__(
        self,
        engine: Engine,
        *,
        kept_bytes: int = KEPT_BYTES,
        today: Callable[[], date] = lambda: datetime.now(_LOCAL).date(),
    ) -> None:
        self._engine, self._kept_bytes, self._today = engine, kept_bytes, today
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int, int, int], bytes] = OrderedDict()
        self._bytes = 0
        self._places: tuple[str, Future[PlaceIndex]] | None = None

    def version(self) -> str:
        """A text that changes with whatever the tiles are made from, and with the day."""
        with transaction(self._engine) as connection:
            return _version(connection, self._today())[0]

    def tile(self, z: int, x: int, y: int) -> Tile:
        """A tile as of today; the caller checks that there is such a tile.

        Raises StoreUnavailable where the database is gone, also for tiles that are kept: nobody
        could say whether they are still right.
        """
        day = self._today()
        with transaction(self._engine, isolation="REPEATABLE READ") as connection:
            version, gazetteer = _version(connection, day)
            key = (version, z, x, y)
            kept = self._held(key)
            if kept is None:
                places = self._index(version, connection, gazetteer, day)
                kept = make_tile(connection, places, gazetteer, day, z, x, y)
                self._keep(key, kept)
        return Tile(kept, hashlib.sha256(repr(key).encode()).hexdigest()[:20])

    def _held(self, key: tuple[str, int, int, int]) -> bytes | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: tuple[str, int, int, int], content: bytes) -> None:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = content
                self._bytes += len(content) + 200  # the key's own weight: most tiles are empty
            while self._bytes > self._kept_bytes and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= len(dropped) + 200

    def _index(self, version: str, connection: Connection, gazetteer: int, day: date) -> PlaceIndex:
        """The places of the version, read once while other threads wait."""
        with self._lock:
            mine = self._places is None or self._places[0] != version
            if mine:
                self._places = (version, Future())
            assert self._places is not None
            reading = self._places[1]
        if mine:
            try:
                reading.set_result(load_places(connection, gazetteer, day))
            except BaseException as wrong:
                with self._lock:
                    self._places = None
                reading.set_exception(wrong)
                raise
        return reading.result()


def _version(connection: Connection, day: date) -> tuple[str, int]:
    """The version's text, and the id of the gazetteer in force; -1 while there is none."""
    table = gazetteer_version.c
    gazetteer = connection.execute(
        select(table.id)
        .where(
            table.effective_from <= day,
            or_(table.effective_to.is_(None), table.effective_to >= day),
        )
        .order_by(table.effective_from.desc(), table.id.desc())
        .limit(1)
    ).scalar()
    generation = connection.execute(select(boundary_state.c.generation)).scalar_one()
    found = -1 if gazetteer is None else int(gazetteer)
    return f"{generation}.{found}.{day.isoformat()}", found
