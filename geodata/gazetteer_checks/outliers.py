"""Places far from where the city is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from geodata.findings import Severity
from geodata.gazetteer_checks.crowd import Crowd, called
from geodata.gazetteer_checks.ground import Ground
from routing.metric import metres_per_degree
from routing.model import Jurisdiction

_AROUND_M = 10_000.0
"""Beyond the city's own extent. Reservoirs, landfills and stations that a city runs outside its
border lie nearer; a slipped digit moves a point by 10 km (0.1°) and more."""

_SPREAD = 3.0
"""Times the distance within which nine tenths of the places lie, where no boundary is known."""


def outlier_findings(ground: Ground, areas: Sequence[Jurisdiction], crowd: Crowd) -> None:
    """Note places that lie more than 10 km outside of the areas; without any, of the bulk."""
    if not len(ground.places):
        return
    box = ground.bounds
    mx, my = metres_per_degree(ground.middle_lat)
    if areas:
        west, south, east, north = shapely.total_bounds([one.geometry for one in areas])
        aside = np.maximum(np.maximum(west - box[:, 2], box[:, 0] - east), 0.0) * mx
        above = np.maximum(np.maximum(south - box[:, 3], box[:, 1] - north), 0.0) * my
        away = np.hypot(aside, above)
        limit, where = _AROUND_M, "辖区范围"
    else:
        x, y = (box[:, 0] + box[:, 2]) / 2 * mx, (box[:, 1] + box[:, 3]) / 2 * my
        away = np.hypot(x - np.median(x), y - np.median(y))
        limit = _SPREAD * float(np.quantile(away, 0.9)) + _AROUND_M
        where = "多数地名的中心"
    for at in np.flatnonzero(away > limit).tolist():
        crowd.add(
            "far_outlier",
            Severity.WARNING,
            f"{called(ground.places[at])}距{where} {away[at] / 1_000:,.0f} 公里",
            "核对坐标：多为错位的数字，或混入了外地的数据",
            [ground.places[at]],
        )
