"""The data of one moment for maps: cases, jurisdictions, names, calendar and denominators.

A process keeps one snapshot per scope and gives it to all its threads. Whether it is still true is
asked of the database on every call, in a millisecond or two; one thread at a time loads.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from geodata.calendar import Calendar
from geodata.database import Scope
from geodata.denominators import Denominators
from maps.model import Areas, Cases, Plane
from routing.errors import ShudiError
from routing.model import JurisdictionLevel

if TYPE_CHECKING:
    Key = tuple[object, ...]

_log = logging.getLogger("shudi.snapshot")

LARGE = 200_000
"""Cases from which a changed snapshot is loaded in the background and the old one shown until
then: up to here a load takes less than a second, which a page may take."""

SLOW_S = 3.0
"""Seconds of a load from which a smaller one is treated the same: a department's few cases among
ten million take five seconds to find, and nobody should wait for them after every change."""

REST = 9
"""Times the length of its own load for which a large snapshot is shown before it is loaded again:
in a city whose cases change every second, loading takes a tenth of a core and not all of it. Ten
million cases take half a minute, so they are at most five minutes old."""

KEPT = 8
"""Scopes kept per process, the whole city being one of them. A subdistrict or unit has a few per
cent of the city's cases; who comes back after eight others waits for one load."""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Everything a map is made from, all of one moment and one scope."""

    cases: Cases
    plane: Plane
    """The working CRS of ``cases`` and ``areas``."""
    areas: Mapping[JurisdictionLevel, Areas]
    """Every territorial level, with the jurisdictions in force on ``as_of``'s day; a level without
    any has areas of length 0. All threads share the shapes, so nobody may ``shapely.prepare``
    them: prepared ones that threads share end the process."""
    names: Mapping[str, str]
    """Code → name of jurisdictions (also those no longer in force) and units."""
    as_of: datetime
    """The moment the cases are of; aware."""
    key: Key
    """Differs between any two snapshots that could differ in their data; fit as a cache key."""
    holidays: Calendar = field(default_factory=Calendar)
    denominators: Denominators = field(default_factory=Denominators)


class Snapshots:
    """The snapshots of one process, by scope; shared by its threads."""

    def __init__(
        self, key: Callable[[Scope | None], Key], load: Callable[[Scope | None], Snapshot]
    ) -> None:
        """``key`` asks the database what the data are now, cheaply; ``load`` reads them."""
        self._key, self._load = key, load
        self._slots: OrderedDict[Scope | None, _Slot] = OrderedDict()
        self._choosing = threading.Lock()
        self._background = threading.Lock()

    def get(self, scope: Scope | None) -> Snapshot:
        """Return the snapshot of a scope, loaded where there is none or the data changed.

        Up to LARGE cases it is never older than the call. A larger one, or one that took SLOW_S to
        load, is returned as it is, with its ``as_of``, and loaded anew behind the answer. However
        many ask at a time, one loads. Raises StoreUnavailable where the database is gone; what was
        loaded is kept for later.
        """
        wanted = self._key(scope)
        slot = self._slot(scope)
        held = slot.held
        if held is not None and held.key == wanted:
            return held
        if held is not None and (len(held.cases) >= LARGE or slot.took_s >= SLOW_S):
            self._refresh(scope, slot)
            return held
        with slot.loading:  # one thread loads, the others take what it loaded
            held = slot.held
            if held is None or held.key != self._key(scope):
                held = self._loaded(scope, slot)
        return held

    def _loaded(self, scope: Scope | None, slot: _Slot) -> Snapshot:
        began = time.monotonic()
        held = slot.held = self._load(scope)
        ended = time.monotonic()
        slot.took_s = ended - began
        slot.rests_until = ended + REST * slot.took_s
        return held

    def _slot(self, scope: Scope | None) -> _Slot:
        with self._choosing:
            slot = self._slots.setdefault(scope, _Slot())
            self._slots.move_to_end(scope)
            while len(self._slots) > KEPT:
                self._slots.popitem(last=False)
        return slot

    def _refresh(self, scope: Scope | None, slot: _Slot) -> None:
        """Begin to load in the background; while another load runs the next request begins it."""
        if time.monotonic() < slot.rests_until:
            return
        if self._background.acquire(blocking=False):
            try:
                threading.Thread(
                    target=self._load_behind, args=(scope, slot), name="snapshot", daemon=True
                ).start()
            except BaseException:
                self._background.release()
                raise

    def _load_behind(self, scope: Scope | None, slot: _Slot) -> None:
        try:
            with slot.loading:
                self._loaded(scope, slot)
        except ShudiError as failed:  # the old one stays; the next request tries again
            _log.warning("cases were not loaded anew: %s", failed)
        finally:
            self._background.release()


class _Slot:
    """One scope's snapshot."""

    def __init__(self) -> None:
        self.loading = threading.Lock()
        self.held: Snapshot | None = None
        self.took_s = 0.0
        """Of the last load, seconds."""
        self.rests_until = -math.inf
        """``time.monotonic`` before which it is not loaded again in the background."""
