"""A drawn town of two subdistricts with two grids each, side by side; written as plain rows.

+-----+-----+-----+-----+
| W-1 | W-2 | E-1 | E-2 |      each grid is 0.01 degrees wide, about a kilometre
+-----+-----+-----+-----+
"""

from __future__ import annotations

from datetime import date

from geoalchemy2.shape import from_shape
from shapely import MultiPolygon, box
from sqlalchemy import Engine, func, insert, update

from geodata import rules_store
from geodata.database import transaction
from geodata.tables import SRID, boundary_version, jurisdiction
from routing.model import Unit, UnitKind

WEST, SOUTH, STEP = 119.30, 26.08, 0.01
GRIDS = ("W-1", "W-2", "E-1", "E-2")
VERSION = "测试镇界线@2020-01-01"
FIRST_DAY = date(2020, 1, 1)

RULES = """
version = "2026-town"
[[rule]]
id = "roads"
category = ["道路破损"]
lead = "ROADS"
co = ["subdistrict"]
basis = "测试职责清单第一条"
effective_from = 2020-01-01
"""

UNITS = [
    Unit(code="QUEUE", name="人工研判队列", kind=UnitKind.QUEUE),
    Unit(code="CITY", name="测试市", kind=UnitKind.CITY),
    Unit(code="ROADS", name="区建设局", kind=UnitKind.DEPARTMENT, parent_code="CITY"),
    Unit(code="W", name="西镇", kind=UnitKind.SUBDISTRICT, parent_code="CITY"),
    Unit(code="E", name="东镇", kind=UnitKind.SUBDISTRICT, parent_code="CITY"),
    Unit(code="W-1", name="西镇第一网格", kind=UnitKind.GRID, parent_code="W"),
    Unit(code="W-2", name="西镇第二网格", kind=UnitKind.GRID, parent_code="W"),
    Unit(code="E-1", name="东镇第一网格", kind=UnitKind.GRID, parent_code="E"),
    Unit(code="E-2", name="东镇第二网格", kind=UnitKind.GRID, parent_code="E"),
]


def middle(grid: str) -> tuple[float, float]:
    """The middle of a grid, WGS 84."""
    return round(WEST + (GRIDS.index(grid) + 0.5) * STEP, 4), round(SOUTH + STEP / 2, 4)


def build(engine: Engine) -> None:
    """Write boundaries in force since 2020, units and rules."""
    rules_store.store_units(engine, UNITS, by="test")
    rules_store.store_rules(
        engine, version="2026-town", toml=RULES, effective_from=FIRST_DAY, by="test"
    )
    publish(engine, VERSION, FIRST_DAY, {grid: at for at, grid in enumerate(GRIDS)})


def publish(engine: Engine, version: str, start: date, columns: dict[str, int]) -> None:
    """Put a version in force from a day on; ``columns`` says where each grid lies."""
    areas: list[tuple[str, str, str | None, int, int]] = [
        ("grid", code, code[0], at, at + 1) for code, at in columns.items()
    ]
    for code in sorted({code[0] for code in columns}):
        own = [at for grid, at in columns.items() if grid[0] == code]
        areas.append(("subdistrict", code, None, min(own), max(own) + 1))
    with transaction(engine) as connection:
        number = connection.execute(
            insert(boundary_version)
            .values(
                name="测试镇界线",
                version=version,
                authority="测试",
                licence="测试",
                crs="EPSG:4326",
                retrieved=start,
                declared_from=start,
                sha256=version,
                recorded_by="test",
            )
            .returning(boundary_version.c.id)
        ).scalar_one()
        connection.execute(
            insert(jurisdiction),
            [
                {
                    "version_id": number,
                    "level": level,
                    "code": code,
                    "name": {"W": "西镇", "E": "东镇"}[code] if len(code) == 1 else f"{code}网格",
                    "parent_code": parent,
                    "unit_code": code,
                    "geom": from_shape(
                        MultiPolygon(
                            [box(WEST + left * STEP, SOUTH, WEST + right * STEP, SOUTH + STEP)]
                        ),
                        srid=SRID,
                    ),
                }
                for level, code, parent, left, right in areas
            ],
        )
        connection.execute(
            update(boundary_version)
            .where(boundary_version.c.name == "测试镇界线", boundary_version.c.state == "active")
            .values(state="retired", effective_to=date.fromordinal(start.toordinal() - 1))
        )
        connection.execute(
            update(boundary_version)
            .where(boundary_version.c.id == number)
            .values(
                state="active",
                effective_from=start,
                activated_at=func.clock_timestamp(),
                activated_by="test",
            )
        )
