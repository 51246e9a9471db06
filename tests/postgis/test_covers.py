"""The index in memory and PostGIS (ST_Covers) name the same areas, also where engines differ."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from geodata import database
from routing.jurisdiction.index import JurisdictionIndex
from routing.model import JurisdictionLevel, Location, LocationPrecision
from tests.conftest import TestServer
from tests.tilings import EXAMPLES, Tiling, hard_points, random_tilings

pytestmark = pytest.mark.postgis

DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def shared(test_server: TestServer, template_database: str) -> Iterator[Engine]:
    """One database for all examples: each works in tables that go with its transaction."""
    name = "test_covers"
    made = database.engine(test_server.create(name, template_database))
    yield made
    made.dispose()
    test_server.drop(name)


@EXAMPLES
@given(made=random_tilings(), seed=st.integers(0, 999))
def test_the_index_answers_as_postgis_does(shared: Engine, made: Tiling, seed: int) -> None:
    points = hard_points(made, seed, each=15)
    index = JurisdictionIndex(made.jurisdictions(), [])
    found = []
    for number, (lon, lat) in enumerate(points):
        place = Location(
            geometry=shapely.Point(lon, lat), radius_m=1.0, precision=LocationPrecision.PIN
        )
        for level in index.hits(place, DAY).levels:
            if level.level is JurisdictionLevel.GRID:
                found += [(number, hit.jurisdiction.code) for hit in level.hits if hit.covers]
    assert sorted(found) == _covering(shared, made, points)


def _covering(engine: Engine, made: Tiling, points: object) -> list[tuple[int, str]]:
    areas = [{"code": code, "shape": shapely.to_wkb(shape)} for code, shape in made.cells.items()]
    places = [
        {"number": number, "shape": shapely.to_wkb(point)}
        for number, point in enumerate(shapely.points(points))
    ]
    with database.transaction(engine) as connection:
        connection.execute(text("CREATE TEMP TABLE area (code text, geom geometry) ON COMMIT DROP"))
        connection.execute(text("CREATE TEMP TABLE place (n int, geom geometry) ON COMMIT DROP"))
        connection.execute(
            text("INSERT INTO area VALUES (:code, ST_GeomFromWKB(:shape, 4326))"), areas
        )
        connection.execute(
            text("INSERT INTO place VALUES (:number, ST_GeomFromWKB(:shape, 4326))"), places
        )
        rows = connection.execute(
            text("SELECT n, code FROM place JOIN area ON ST_Covers(area.geom, place.geom)")
        )
        return sorted((row.n, row.code) for row in rows)
