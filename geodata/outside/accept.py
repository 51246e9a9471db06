"""Whether an outside answer counts, or is only shown to a person as a hint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.outside.port import OutsideAnswer
from routing.metric import metres_per_degree
from routing.model import Location
from routing.model import LocationPrecision as P

_RANK: dict[P, int] = {
    **dict.fromkeys((P.COMPOUND, P.VILLAGE, P.GRID), 2),
    **dict.fromkeys((P.ROAD, P.WATER), 3),
    P.COMMUNITY: 4,
    P.SUBDISTRICT: 5,
    P.DISTRICT: 6,
}
"""How coarse a precision is; all others are points or parts of roads and have 1."""

_COARSEST = 2
"""A road or a district from outside never counts: ours has the whole line or polygon, theirs is
a point somewhere on it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Acceptance:
    """采信: whether the answer counts, and why not."""

    accepted: bool
    reason: str
    """``agrees``, or why it is a hint only: ``no_local_reading``, ``outside_city``,
    ``coarse``, ``coarser_than_local``, ``disagrees``."""
    distance_m: float | None = None
    """Metres from the answer to our own reading's geometry; ``None`` where there is none."""


def accept(answer: OutsideAnswer, local: Location | None, city_polygon: BaseGeometry) -> Acceptance:
    """Accepted only inside the city, fine enough, and within the local reading's radius.

    ``city_polygon`` is WGS 84 degrees. Without a local reading there is nothing to agree with, so
    the answer is a hint, however fine it is: a name that only a stranger knows is looked at first.
    """
    point = shapely.Point(answer.lon, answer.lat)
    distance_m = None if local is None else _metres(local.geometry, answer)
    reason = _why_not(answer, local, distance_m, inside=bool(city_polygon.covers(point)))
    return Acceptance(accepted=not reason, reason=reason or "agrees", distance_m=distance_m)


def _why_not(
    answer: OutsideAnswer, local: Location | None, distance_m: float | None, *, inside: bool
) -> str:
    if not inside:
        return "outside_city"
    if answer.precision is None or _RANK.get(answer.precision, 1) > _COARSEST:
        return "coarse"
    if local is None or distance_m is None:
        return "no_local_reading"
    if _RANK.get(answer.precision, 1) > _RANK.get(local.precision, 1):
        return "coarser_than_local"
    return "" if distance_m <= local.radius_m else "disagrees"


def _metres(geometry: BaseGeometry, answer: OutsideAnswer) -> float:
    scale = np.array(metres_per_degree(answer.lat))
    at = np.array((answer.lon, answer.lat))
    flat = shapely.transform(geometry, lambda xy: (xy - at) * scale)
    return float(flat.distance(shapely.Point(0.0, 0.0)))
