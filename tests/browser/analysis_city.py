"""The drawn city with three weeks of complaints in it, for the analysts' page.

More in 洪山镇 than in 鼓西街道, more in the second week than in the first, some without a place,
and a community whose name is markup.
"""

from __future__ import annotations

from geoalchemy2.shape import from_shape
from shapely import MultiPolygon, box
from sqlalchemy import func, insert, update

from app.wiring import Services
from geodata.database import transaction
from geodata.tables import SRID, boundary_version, jurisdiction
from tests.browser import city

HOSTILE_NAME = '<img src="x" onerror="document.title=1"><b>西湖</b>社区'
KINDS = ("暴露垃圾", "道路破损", "占道经营")
OF_GRID = {"HS-1": 9, "HS-2": 6, "GX-1": 4, "GX-2": 2}
"""Cases that have a place, besides those of ``city.seed``, in the window looked at by default."""
LOST = 3
"""Cases without a place."""


def fill(services: Services) -> None:
    """Receive the cases; the last of them yesterday, so that the default window ends there."""
    for grid, many in OF_GRID.items():
        lon, lat = city.middle(grid)
        for number in range(many):
            city.receive(
                services,
                f"{grid}-{number}",
                KINDS[number % len(KINDS)],
                f"第 {number} 件。",
                lon + (number - 4) * 0.00012,
                lat + (number % 3 - 1) * 0.0002,
                days_ago=1 + number * 2,
            )
    for number in range(LOST):
        city.receive(services, f"lost-{number}", "路灯不亮", "灯不亮。", None, None, days_ago=3)
    _odd_community(services)


def _odd_community(services: Services) -> None:
    """One more community east of the others, without a case."""
    about = {"crs": "EPSG:4326", "retrieved": city.FIRST_DAY, "declared_from": city.FIRST_DAY}
    said = {"authority": "测试", "licence": "测试", "sha256": "odd", "recorded_by": "test"}
    version = boundary_version
    east, north = city.WEST + 5 * city.STEP, city.SOUTH + city.STEP
    with transaction(services.engine) as connection:
        number = connection.execute(
            insert(version)
            .values(name="测试界线二", version="测试界线二@2020-01-01", **about, **said)
            .returning(version.c.id)
        ).scalar_one()
        connection.execute(
            insert(jurisdiction).values(
                version_id=number,
                level="community",
                code="GX-D",
                name=HOSTILE_NAME,
                parent_code="GX",
                unit_code="GX-C",
                geom=from_shape(
                    MultiPolygon([box(city.WEST + 4 * city.STEP, city.SOUTH, east, north)]),
                    srid=SRID,
                ),
            )
        )
        connection.execute(
            update(version)
            .where(version.c.id == number)
            .values(
                state="active",
                effective_from=city.FIRST_DAY,
                activated_at=func.clock_timestamp(),
                activated_by="test",
            )
        )
