"""What a process keeps ready for all views: answers, breaks, incidents, piles, neighbours.

It hangs on the services of the process, so the web, the command line and jobs share one way.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from flask import has_request_context

from app import wiring
from app.analysis.cache import Kept, StillComputing
from app.analysis.sight import Sight
from app.wiring import Services
from maps import incidents, pileups, weights
from maps.classes import Classes
from maps.counting.borders import SharedBorders, shared_borders
from maps.incidents import Incidents
from maps.model import Areas
from maps.pileups import PileUps
from maps.weights import Weights

MOST_BYTES = 96 * 1024 * 1024
"""Of finished answers per process. The largest, 60,000 cells, has 2.5 MB: this holds the views
of about ten analysts who each look at four of them."""
LARGE = 200_000
"""Cases from which incidents are merged behind the answer: up to here it takes a third of a second,
of a million 1.5 s, of ten million half a minute."""
INCIDENT_BYTES = 256 * 1024 * 1024
"""20 bytes a case: those of the city and of many scopes, or of ten million cases alone."""
MOST_KEPT = 16
"""Of each kind of what answers are made from: two for each scope with a snapshot."""
MOST_TESTS = 12
"""Results of tests, so that the picture and the file of a map do not run the map's test again."""
MOST_CLASSES = 500
"""Class breaks are small, and every picture asks for some."""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Shared by the threads of a process; each part bounded."""

    answers: Kept[bytes] = field(default_factory=lambda: Kept(MOST_BYTES, len))
    classes: Kept[Classes] = field(default_factory=lambda: Kept(MOST_CLASSES, _one))
    incidents: Kept[Incidents] = field(default_factory=lambda: Kept(INCIDENT_BYTES, _bytes_of))
    piles: Kept[PileUps] = field(default_factory=lambda: Kept(MOST_KEPT, _one))
    weights: Kept[Weights] = field(default_factory=lambda: Kept(MOST_KEPT, _one))
    borders: Kept[SharedBorders] = field(default_factory=lambda: Kept(MOST_KEPT, _one))
    tests: Kept[Any] = field(default_factory=lambda: Kept(MOST_TESTS, _one))
    """``spot_tests.Tested`` or ``spot_shapes.Shapes``."""


def _bytes_of(made: Incidents) -> int:
    return int(made.of_case.nbytes + made.reports.nbytes + made.extent_m.nbytes)


def _one(made: object) -> int:
    return 1


_held: WeakKeyDictionary[Services, Prepared] = WeakKeyDictionary()
_making = threading.Lock()


def prepared() -> Prepared:
    """What these services have ready; a process that was forked has services of its own."""
    with _making:
        return _held.setdefault(wiring.services(), Prepared())


def merged(seen: Sight) -> Incidents:
    """The incidents of all cases of the scope, merged once; counted within filters afterwards.

    Raises StillComputing, within a request, while those of a large snapshot are being merged.
    """
    found = merged_soon(seen)
    if found is None:
        raise StillComputing("正在把重复反映合并为事件，请几秒后重试")
    return found


def merged_soon(seen: Sight) -> Incidents | None:
    """The same; ``None``, and begun behind the answer, for a large snapshot not yet merged.

    Outside a request (the command line, jobs) nobody sits and waits, so it is always merged first.
    """
    cases, held = seen.snapshot.cases, prepared().incidents
    key = (seen.scope, seen.snapshot.key)

    def make() -> Incidents:
        return incidents.merge(cases)

    if len(cases) < LARGE or not has_request_context():
        return held.get(key, make)
    return held.soon(key, make)


def piles(seen: Sight) -> PileUps:
    """Points at which all cases of the scope pile up, looked for once."""
    return prepared().piles.get(
        (seen.scope, seen.snapshot.key), lambda: pileups.find(seen.snapshot.cases)
    )


def shapes_key(seen: Sight, areas: Areas) -> tuple[Hashable, ...]:
    """Differs where areas have other shapes: new cases leave boundaries as they are."""
    known = areas.version or seen.snapshot.key
    return (known, seen.snapshot.plane.name, areas.level, areas.codes)


def neighbours(seen: Sight, areas: Areas) -> Weights:
    """Who borders whom among some areas of the snapshot."""
    return prepared().weights.get(shapes_key(seen, areas), lambda: weights.contiguity(areas))


def borders_of(seen: Sight, areas: Areas) -> SharedBorders:
    """The lines that some areas of the snapshot share."""
    return prepared().borders.get(shapes_key(seen, areas), lambda: shared_borders(areas))
