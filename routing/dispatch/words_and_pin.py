"""Words against a coordinate, and several places that one text may mean against each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from shapely.geometry import MultiPoint
from shapely.geometry.base import BaseGeometry

from routing.metric import metres_per_degree
from routing.model import Location, LocationPrecision, PlaceOutcome, ReasonCode, TextPlace

APART_M = 30.0
"""Metres beyond both radii from which words and coordinate are in conflict: what a pin dropped on
the far pavement is off."""

AS_LIKELY = 0.5
"""Penalty within which a further candidate is as likely as the best (``readings.TELLS_APART``)."""


_AREAS = frozenset(
    {
        LocationPrecision.DISTRICT,
        LocationPrecision.SUBDISTRICT,
        LocationPrecision.COMMUNITY,
        LocationPrecision.GRID,
    }
)


def compared(pin: Location, said: TextPlace | None) -> tuple[str, ...]:
    """What the words say against a coordinate: ``district_conflict``, ``text_point_conflict``.

    Nothing where the words were not read, lead nowhere, or where the place was chosen by name.
    """
    if said is None or pin.place_ids:  # a place that a person chose outranks the words
        return ()
    found = [code for code in said.reasons if code == ReasonCode.DISTRICT_CONFLICT]
    if said.outcome in (PlaceOutcome.LOCATED, PlaceOutcome.AMBIGUOUS) and (
        ReasonCode.CALLER_ADDRESS not in said.reasons
    ):
        # an area that contradicts the pin is the wrong district itself, and no second place
        named = [
            one.location
            for one in said.candidates
            if not (found and one.location.precision in _AREAS)
        ]
        if named and all(_apart(pin, one) for one in named):
            found.append(ReasonCode.TEXT_POINT_CONFLICT.value)
    return tuple(found)


def _apart(pin: Location, other: Location) -> bool:
    gap = distance_m(pin.geometry, other.geometry)
    return gap > pin.radius_m + other.radius_m + APART_M


def distance_m(a: BaseGeometry, b: BaseGeometry) -> float:
    """Metres between two places in WGS 84 degrees, by the scale at the first."""
    lat = a.bounds[1]
    mx, my = metres_per_degree(max(-89.0, min(89.0, lat)))

    def metres(xy: np.ndarray) -> np.ndarray:
        scaled: np.ndarray = xy * (mx, my)
        return scaled

    return float(shapely.distance(shapely.transform(a, metres), shapely.transform(b, metres)))


def fused(said: TextPlace) -> tuple[Location, tuple[str, ...]]:
    """One location for all places that are as likely as the best, and the reader's reasons.

    Where several points are meant the location is all of them, so that the shares say what that
    means for the unit: three exits of one station in one grid are no doubt at all.
    """
    best = said.candidates[0]
    if said.outcome is not PlaceOutcome.AMBIGUOUS:
        return best.location, said.reasons
    alike = [
        one.location
        for one in said.candidates
        if one.penalty - best.penalty < AS_LIKELY and one.location.geometry.geom_type == "Point"
    ]
    if len(alike) < 2 or best.location.geometry.geom_type != "Point":
        return best.location, said.reasons
    everywhere = MultiPoint([one.geometry for one in alike])
    radius = max(one.radius_m for one in alike)
    return replace(best.location, geometry=everywhere, radius_m=radius), said.reasons
