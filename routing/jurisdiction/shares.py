"""Shares of a place that is a line or a polygon: by length, by area."""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from routing.jurisdiction.editions import Edition
from routing.jurisdiction.levels import Touch
from routing.jurisdiction.metric import metres_per_degree


def extended_shares(
    edition: Edition,
    geometry: BaseGeometry,
    middle: tuple[float, float],
    covering: Collection[int],
) -> list[Touch]:
    """Touches of a line or polygon; ``covering`` are index numbers covering its middle point.

    A line that runs along a shared border belongs in full to both sides. Distances are those of
    the middle point to each border, in metres.
    """
    mx, my = metres_per_degree(middle[1])

    def to_metres(coordinates: np.ndarray) -> np.ndarray:
        metres: np.ndarray = (coordinates - middle) * (mx, my)
        return metres

    place = shapely.transform(geometry, to_metres)
    is_line = place.length > 0 and place.area == 0
    total = place.length if is_line else place.area
    west, south, east, north = geometry.bounds
    origin = shapely.Point(0, 0)
    touches = []
    for number, jurisdiction in enumerate(edition.jurisdictions):
        j_west, j_south, j_east, j_north = jurisdiction.geometry.bounds
        if j_west > east or j_east < west or j_south > north or j_north < south:
            continue
        area = shapely.transform(jurisdiction.geometry, to_metres)
        common = place.intersection(area)
        share = (common.length if is_line else common.area) / total if total > 0 else 0.0
        covers = int(edition.numbers[number]) in covering
        if share <= 0 and not covers:
            continue
        distance = float(shapely.distance(origin, shapely.boundary(area)))
        touches.append(
            Touch(
                number, min(1.0, share), covers, distance if math.isfinite(distance) else math.inf
            )
        )
    return touches
