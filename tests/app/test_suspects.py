"""A declared CRS that is likely wrong is said; a place that is merely outside is not accused."""

from __future__ import annotations

from datetime import date

import numpy as np
import shapely

from app.suspects import suspected
from geodata.crs import from_wgs84, parse_crs
from routing.jurisdiction.index import JurisdictionIndex
from routing.model import Jurisdiction, JurisdictionLevel

DAY = date(2026, 1, 1)


def _index(west: float, south: float, size: float) -> JurisdictionIndex:
    town = Jurisdiction(
        code="1",
        name="镇",
        level=JurisdictionLevel.SUBDISTRICT,
        geometry=shapely.box(west, south, west + size, south + size),
        unit_code="1",
        effective_from=date(2024, 1, 1),
    )
    return JurisdictionIndex([town])


def _asked(index: JurisdictionIndex, lon: list[float], lat: list[float]) -> list[bool]:
    days = np.full(len(lon), DAY.toordinal())
    return suspected(index, np.array(lon), np.array(lat), days).tolist()


def test_exchanged_axes_are_suspected_one_by_one() -> None:
    index = _index(41.0, -88.0, 0.5)
    assert _asked(index, [-87.8, 10.0], [41.2, 10.0]) == [True, False]


def test_many_places_in_another_datum_are_suspected_together() -> None:
    index = _index(119.3, 26.08, 0.004)
    spread = np.linspace(0.0002, 0.0038, 12)
    # true places inside, written in GCJ-02 but declared WGS 84: some 590 m to the south-east
    lon, lat = from_wgs84(119.3 + spread, 26.08 + spread, parse_crs("GCJ-02"))
    assert not any(index.covering(float(x), float(y), DAY) for x, y in zip(lon, lat, strict=True))
    assert all(_asked(index, lon.tolist(), lat.tolist()))
    assert not any(_asked(index, lon[:9].tolist(), lat[:9].tolist()))


def test_places_merely_outside_are_not_accused() -> None:
    index = _index(119.3, 26.08, 0.004)
    lon = (119.4 + np.arange(20) * 0.001).tolist()
    assert not any(_asked(index, lon, [26.2] * 20))
    assert _asked(index, [], []) == []
    assert not any(_asked(_index(119.3, 26.08, 0.004), [119.3], [27.0]))
