"""A small city for maps: 8 × 6 grids in a district, with cases whose numbers are known.

    +----+----+----+----+----+----+----+----+
    |    |    |    |    |    |    |    |    |   each grid is 0.005 degrees, about 500 m;
    +----+----+----+----+----+----+----+----+   2 × 2 grids make a community, the western four
    |    C02 …     |    |    |    hot    |    |   columns are subdistrict W, the others E
    +----+----+----+----+----+----+----+----+

Every grid has one case in every week, in the last twelve weeks; the four grids of one community in
the east, the hot one, have eight more in each.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from geoalchemy2.shape import from_shape
from shapely import MultiPolygon, Point, box
from sqlalchemy import Engine, func, insert, update

from app import wiring
from geodata import rules_store
from geodata.cases import PostgresCaseStore
from geodata.database import transaction
from geodata.store.case_history import PastMove, append_past_moves
from geodata.store.case_intake import SHANGHAI, Received
from geodata.tables import SRID, boundary_version, jurisdiction
from geodata.tables_analysis import denominator
from routing.casework.cases import Move, RoutedDecision
from routing.model import (
    Complaint,
    DecisionStatus,
    Location,
    LocationPrecision,
    Recommendation,
    Unit,
    UnitKind,
)

WEST, SOUTH, STEP = 119.30, 26.08, 0.005
COLUMNS, ROWS, WEEKS = 8, 6, 12
HOT = "C31"
"""The hot community: columns 6 and 7, rows 2 and 3."""
EACH, MORE = WEEKS, 8 * WEEKS
"""Cases of every grid, and more of each of the hot ones."""
VERSION = "测试市界线@2020-01-01"
HOSTILE = '=HYPERLINK("http://x","<script>alert(1)</script>")'
"""A kind that a spreadsheet would run and a page would obey."""
OUTSIDE, NOWHERE, NAMED = 5, 7, 3
"""Cases with a point outside every grid; with no place at all; placed in community C00 by words."""

UNITS = [
    Unit(code="QUEUE", name="人工研判队列", kind=UnitKind.QUEUE),
    Unit(code="CITY", name="测试市", kind=UnitKind.CITY),
    Unit(code="ROADS", name="区建设局", kind=UnitKind.DEPARTMENT, parent_code="CITY"),
    Unit(code="W", name="西街道", kind=UnitKind.SUBDISTRICT, parent_code="CITY"),
    Unit(code="E", name="东街道", kind=UnitKind.SUBDISTRICT, parent_code="CITY"),
]


def day(back: int) -> date:
    """So many days before today."""
    return wiring.today() - timedelta(days=back)


def codes(column: int, row: int) -> dict[str, str]:
    """The jurisdictions of a grid."""
    return {
        "district": "D",
        "subdistrict": "W" if column < COLUMNS // 2 else "E",
        "community": f"C{column // 2}{row // 2}",
        "grid": f"G{column}{row}",
    }


def boundaries(engine: Engine) -> None:
    """Write boundaries in force since 2020, and units."""
    rules_store.store_units(engine, UNITS, by="test")
    areas: list[tuple[str, str, str | None, tuple[int, int, int, int]]] = [
        ("district", "D", None, (0, 0, COLUMNS, ROWS)),
        ("subdistrict", "W", "D", (0, 0, COLUMNS // 2, ROWS)),
        ("subdistrict", "E", "D", (COLUMNS // 2, 0, COLUMNS, ROWS)),
    ]
    for column in range(0, COLUMNS, 2):
        for row in range(0, ROWS, 2):
            own = codes(column, row)
            reach = (column, row, column + 2, row + 2)
            areas.append(("community", own["community"], own["subdistrict"], reach))
    for column in range(COLUMNS):
        for row in range(ROWS):
            own = codes(column, row)
            areas.append(
                ("grid", own["grid"], own["community"], (column, row, column + 1, row + 1))
            )
    with transaction(engine) as connection:
        number = connection.execute(
            insert(boundary_version)
            .values(
                name="测试市界线",
                version=VERSION,
                authority="测试",
                licence="测试",
                crs="EPSG:4326",
                retrieved=date(2020, 1, 1),
                declared_from=date(2020, 1, 1),
                sha256=VERSION,
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
                    "name": {"W": "西街道", "E": "东街道", "D": "测试区"}.get(code, f"{code}社区"),
                    "parent_code": parent,
                    "unit_code": code if code in "WE" else "CITY",
                    "geom": from_shape(MultiPolygon([box(*_degrees(reach))]), srid=SRID),
                }
                for level, code, parent, reach in areas
            ],
        )
        connection.execute(
            update(boundary_version)
            .where(boundary_version.c.id == number)
            .values(
                state="active",
                effective_from=date(2020, 1, 1),
                activated_at=func.clock_timestamp(),
                activated_by="test",
            )
        )


def _degrees(reach: tuple[int, int, int, int]) -> tuple[float, ...]:
    origin = (WEST, SOUTH, WEST, SOUTH)
    return tuple(start + at * STEP for start, at in zip(origin, reach, strict=True))


def residents(engine: Engine, people: float = 1000.0) -> None:
    """So many people in every community but C00, of which nothing is known."""
    with transaction(engine) as connection:
        connection.execute(
            insert(denominator),
            [
                {
                    "level": "community",
                    "code": code,
                    "measure": "population",
                    "value": people,
                    "as_of": date(2020, 11, 1),
                    "source": "测试",
                    "recorded_by": "test",
                }
                for column in range(0, COLUMNS, 2)
                for row in range(0, ROWS, 2)
                if (code := codes(column, row)["community"]) != "C00"
            ],
        )


def cases(engine: Engine) -> int:
    """Write all cases; one in three is dispatched, of these every fifth to another unit."""
    store = PostgresCaseStore(engine)
    rows = list(_all())
    numbers = store.receive_many(rows, actor="api:12345", actor_name="12345")
    moves = []
    for at, ((number, _), row) in enumerate(zip(numbers, rows, strict=True)):
        if at % 3 or row.decision.lon is None:
            continue
        own = row.decision.recommendation.unit_code
        other = "ROADS" if own != "ROADS" else "W"
        override = at % 5 == 0
        assert row.arrived_at is not None
        moves.append(
            PastMove(
                case_no=number,
                move=Move.OVERRIDE if override else Move.CONFIRM,
                at=row.arrived_at + timedelta(minutes=5),
                actor="lin",
                actor_name="林派单",
                unit_code=other if override else own,
                unit_name="区建设局" if (other if override else own) == "ROADS" else own,
                reason="现场核实后改派" if override else "",
            )
        )
    append_past_moves(engine, moves)
    return len(rows)


def _all() -> Iterator[Received]:
    number = 0
    for column in range(COLUMNS):
        for row in range(ROWS):
            hot = codes(column, row)["community"] == HOT
            for week in range(WEEKS):
                for nth in range(9 if hot else 1):
                    number += 1
                    spread = (
                        (number * 7919 % 97 / 97 - 0.5) * 0.8,
                        (number * 104729 % 89 / 89 - 0.5) * 0.8,
                    )
                    point = (
                        WEST + (column + 0.5 + spread[0]) * STEP,
                        SOUTH + (row + 0.5 + spread[1]) * STEP,
                    )
                    yield case(f"n-{number}", 1 + 7 * week + nth % 7, point, codes(column, row))
    for at in range(OUTSIDE):
        yield case(f"o-{at}", 2, (WEST - 0.1, SOUTH + at * 0.001), {})
    for at in range(NOWHERE):
        yield case(f"u-{at}", 3, None, {})
    for at in range(NAMED):
        named = {name: code for name, code in codes(0, 0).items() if name != "grid"}
        yield case(f"w-{at}", 4, None, named)


def case(
    ref: str,
    back: int,
    point: tuple[float, float] | None,
    where: dict[str, str],
    *,
    kind: str | None = None,
    channel: str = "12345",
    unit: str = "",
) -> Received:
    """A complaint of so many days ago; its unit is its subdistrict unless another is given."""
    at = datetime.combine(day(back), time(9, 30), tzinfo=SHANGHAI)
    own = unit or where.get("subdistrict", "QUEUE")
    status = DecisionStatus.ROUTED if point and where else DecisionStatus.UNLOCATED
    lon, lat = point if point else (None, None)
    return Received(
        complaint=Complaint(
            id=ref,
            text="路灯不亮",
            category=kind or ("噪声" if int(ref.split("-")[1]) % 2 else "路灯"),
            received_at=at,
            location=Location(geometry=Point(point), radius_m=20.0, precision=LocationPrecision.PIN)
            if point
            else None,
            channel=channel,
        ),
        external_id=ref,
        decision=RoutedDecision(
            recommendation=Recommendation(
                status=status,
                unit_code=own,
                unit_name=own,
                co_units=(),
                fallback_unit="",
                runner_up_unit="",
                runner_up_share=0.0,
                confidence=0.9,
                share=1.0,
                reasons=(),
                basis="",
                rules_version="test",
                trace=(),
            ),
            lon=lon,
            lat=lat,
            radius_m=20.0 if point else None,
            precision="pin" if point else "",
            codes=where,
            overlay_codes=(),
            edge_distance_m=None,
            boundary_version=VERSION,
            candidates=(),
            as_of=day(back).isoformat(),
        ),
        arrived_at=at,
    )
