"""Density surfaces of what somebody looks at, kept ready per process and made once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
from flask import current_app, request

from app.analysis.cache import Kept
from app.analysis.filters import choice, whole
from app.analysis.prepared import merged
from app.analysis.sight import Sight
from maps.density import BANDWIDTHS_M, DEFAULT_BANDWIDTH_M
from maps.model import Areas, Floats
from maps.surfaces.prepared import Prepared
from maps.surfaces.surface import Surface
from routing.errors import UserInputError
from routing.model import TERRITORIAL_LEVELS, JurisdictionLevel

_SURFACES, _PREPARED = "shudi-density-surfaces", "shudi-density-prepared"
SURFACE_BYTES = 192 * 1024 * 1024
"""Kept per process: a city of 50 km × 50 km takes 8 MB at the usual bandwidth, so some twenty
filter sets."""
PREPARED_BYTES = 512 * 1024 * 1024
"""Snapshots made ready per process: ten million cases take 200 MB, a district's staff far less."""
AGAINST = {
    "none": "不对照",
    "all": "对照全部诉求",
    "population": "对照常住人口",
    "household": "对照户数",
}
"""What a density may be divided by; a measure of residents must have been loaded."""
MOST_KNOWN = 0.9
"""Share of a level's areas that must have a number: an area without one would look like a hot spot
beside nothing."""


def surface_of(view: Sight) -> Surface:
    """The surface of a view and of ``bandwidth`` and ``against`` in the address.

    Raises UserInputError for a bandwidth out of bounds or residents that were never loaded,
    StillComputing where another thread takes too long to make the same one.
    """
    bandwidth, against = asked()

    def make() -> Surface:
        prepared = prepared_of(view)
        filters = view.view.filters
        of_case = merged(view).of_case if view.view.count == "incidents" else None
        if against in {"none", "all"}:
            density = prepared.relative if against == "all" else prepared.surface
            return density(filters, bandwidth_m=bandwidth, incident_of=of_case)
        areas, amounts = _residents(view, against)
        return prepared.relative_to(
            filters, areas, amounts, bandwidth_m=bandwidth, incident_of=of_case
        )

    kept: Kept[Surface] = current_app.extensions.setdefault(
        _SURFACES, Kept(SURFACE_BYTES, lambda made: made.nbytes)
    )
    return kept.get(_key(view), make)


def prepared_of(view: Sight) -> Prepared:
    """The cases of the view's snapshot, ready to be counted."""
    kept: Kept[Prepared] = current_app.extensions.setdefault(
        _PREPARED, Kept(PREPARED_BYTES, lambda made: made.weight)
    )
    snapshot = view.snapshot
    return kept.get(
        (view.scope, snapshot.key), lambda: Prepared(snapshot.cases, _ground(snapshot.areas))
    )


def tag_of(view: Sight) -> str:
    """A text that differs wherever a tile could differ, in every process the same."""
    filters = view.view.filters
    # Sets have no order of their own: another process would give another text.
    names = (sorted(filters.kinds), sorted(filters.channels))
    seen = (view.scope, view.snapshot.key, filters.window, names, filters.within)
    return hashlib.sha256(repr((seen, view.view.count, asked())).encode()).hexdigest()[:20]


def asked() -> tuple[float, str]:
    """Bandwidth in metres and what to divide by, from the address; UserInputError for others."""
    least, most = BANDWIDTHS_M
    bandwidth = whole(request.args, "bandwidth", int(DEFAULT_BANDWIDTH_M), least, most)
    return float(bandwidth), choice(request.args, "against", AGAINST, "none")


def _key(view: Sight) -> tuple[object, ...]:
    return (view.scope, view.snapshot.key, view.view.filters, view.view.count, *asked())


def _ground(areas: Mapping[JurisdictionLevel, Areas]) -> Areas | None:
    """The coarsest level that has areas: the city's ground."""
    for level in TERRITORIAL_LEVELS:
        if level in areas and len(areas[level]):
            return areas[level]
    return None


def _residents(view: Sight, measure: str) -> tuple[Areas, Floats]:
    """Residents or households by area, at the finest level of which most areas have a number."""
    for level in reversed(TERRITORIAL_LEVELS):
        areas = view.snapshot.areas.get(level)
        known = view.snapshot.denominators.values(level.value, measure)
        if areas is not None and len(areas):
            amounts = np.array([known.get(code, np.nan) for code in areas.codes])
            if np.isfinite(amounts).mean() >= MOST_KNOWN:
                return areas, amounts
    raise UserInputError(
        f"还没有载入{AGAINST[measure].removeprefix('对照')}，不能作对照；"
        "请管理员用 shudi denominators 载入，或改为对照全部诉求"
    )
