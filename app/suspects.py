"""Coordinates outside everything as declared that would lie inside if read another way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geodata.crs import parse_crs, to_wgs84
from routing.jurisdiction.bulk import covering_pairs
from routing.jurisdiction.index import JurisdictionIndex

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LEAST_TOGETHER = 10
"""Places. Datums differ by 300 to 1,200 m, so a single place near the city's edge may fall inside
by chance; a tenth of that many never all do, unless they share a wrong declaration."""

MOST = 0.5
"""Part of the places outside that one other datum has to bring inside to be suspected."""

_DATUMS = ("GCJ-02", "BD-09")


def suspected(index: JurisdictionIndex, lon: Floats, lat: Floats, day: NDArray[np.int64]) -> Bools:
    """Return, for places outside every jurisdiction, whether their CRS is likely not the declared.

    Exchanged axes are suspected one by one; another datum only where it explains most of at least
    ten places. Arrays of one length, WGS 84 degrees and day ordinals; an empty one gives none.
    """
    exchanged: Bools = (np.abs(lon) <= 90) & _inside(index, lat, lon, day)
    if len(lon) < LEAST_TOGETHER:
        return exchanged
    for datum in _DATUMS:
        shifted: Bools = _inside(index, *to_wgs84(lon, lat, parse_crs(datum)), day)
        if shifted.sum() > MOST * len(lon):
            either: Bools = exchanged | shifted
            return either
    return exchanged


def _inside(index: JurisdictionIndex, lon: Floats, lat: Floats, day: NDArray[np.int64]) -> Bools:
    found = np.zeros(len(lon), dtype=bool)
    for one in np.unique(day).tolist():
        edition = index.edition(one)
        rows = np.flatnonzero((day == one) & np.isfinite(lon) & np.isfinite(lat))
        if edition is not None and edition.jurisdictions and len(rows):
            found[rows[covering_pairs(index, edition, lon[rows], lat[rows])[0]]] = True
    return found
