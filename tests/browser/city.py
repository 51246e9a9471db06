"""A drawn city for the browser, in real tables, with the cases a desk must cope with.

洪山镇 (HS) · 金牛山社区   |  鼓西街道 (GX) · 西湖社区
+--------+--------+-------+--------+--------+
| HS-1   | HS-2           | GX-1   | GX-2   |      each grid 0.002 degrees, about 200 m
+--------+--------+-------+--------+--------+
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from geoalchemy2.shape import from_shape
from shapely import MultiPolygon, box
from sqlalchemy import Engine, func, insert, update

from app.wiring import Services
from geodata import rules_store
from geodata.database import transaction
from geodata.tables import SRID, boundary_version, jurisdiction
from routing.model import Unit, UnitKind

WEST, SOUTH, STEP = 119.300, 26.080, 0.002
GRIDS = ("HS-1", "HS-2", "GX-1", "GX-2")
PASSWORD = "correct horse battery"
FIRST_DAY = date(2020, 1, 1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
HOSTILE = (
    '<script>document.title="owned"</script><img src="x" onerror="document.title=1">'
    "<b>粗体</b>{{7*7}} 请回电13812345678"
)

PEOPLE = {
    "dispatcher": {"name": "林派单", "role": "dispatcher"},
    "second": {"name": "陈派单", "role": "dispatcher"},
    "hongshan": {
        "name": "洪山镇值班",
        "role": "street",
        "unit_code": "HS",
        "subdistrict_code": "HS",
    },
    "jianshe": {"name": "建设局经办", "role": "department", "unit_code": "JSJ"},
    "analyst": {"name": "分析员", "role": "analyst"},
}

UNITS = [
    Unit(code="QUEUE", name="人工研判队列", kind=UnitKind.QUEUE),
    Unit(code="QU", name="鼓楼区", kind=UnitKind.DISTRICT),
    Unit(
        code="JSJ",
        name="区建设局",
        kind=UnitKind.DEPARTMENT,
        parent_code="QU",
        phone="0591-00000001",
    ),
    Unit(code="CGJ", name="区城管局", kind=UnitKind.DEPARTMENT, parent_code="QU"),
    Unit(code="HS", name="洪山镇", kind=UnitKind.SUBDISTRICT, parent_code="QU"),
    Unit(code="GX", name="鼓西街道", kind=UnitKind.SUBDISTRICT, parent_code="QU"),
    Unit(code="HS-C", name="金牛山社区", kind=UnitKind.COMMUNITY, parent_code="HS"),
    Unit(code="GX-C", name="西湖社区", kind=UnitKind.COMMUNITY, parent_code="GX"),
    *(
        Unit(
            code=code,
            name=f"{'金牛山' if code[0] == 'H' else '西湖'}社区第{code[-1]}网格",
            kind=UnitKind.GRID,
            parent_code=f"{code[:2]}-C",
            phone=f"0591-1111000{code[-1]}",
        )
        for code in GRIDS
    ),
]

RULES = """
version = "2026-browser"
[[rule]]
id = "roads"
category = ["道路破损"]
lead = "JSJ"
co = ["subdistrict"]
basis = "测试职责清单第一条"
effective_from = 2020-01-01
[[rule]]
id = "nowhere"
category = ["占道经营"]
lead = "CGJ"
basis = "测试职责清单第二条"
effective_from = 2020-01-01
"""


def build(engine: Engine, services: Services) -> None:
    """Boundaries, units, rules, people and seven cases."""
    rules_store.store_units(engine, UNITS, by="test")
    rules_store.store_rules(
        engine, version="2026-browser", toml=RULES, effective_from=FIRST_DAY, by="test"
    )
    _boundaries(engine)
    for login, about in PEOPLE.items():
        services.accounts.save(login=login, password=PASSWORD, by="test", **about)
    seed(services)


def seed(services: Services) -> None:
    """The cases, received a few minutes apart, the first named the oldest."""
    border = WEST + 2 * STEP
    receive(services, "edge", "暴露垃圾", "界线旁边的垃圾堆了三天。", border - 0.0001, 0.001)
    receive(services, "tie", "暴露垃圾", "正好在两镇交界处的垃圾。", border, 0.0011)
    receive(services, "lost", "路灯不亮", "我家楼下的路灯坏了。", None, None)
    receive(services, "hostile", "其他", HOSTILE, *middle("HS-1"))
    receive(services, "hs", "道路破损", "西洪路坑洼不平。", *middle("HS-2"))
    receive(services, "gx", "道路破损", "湖头街路面塌陷。", *middle("GX-2"))
    receive(services, "gx2", "占道经营", "流动摊贩占道。", *middle("GX-2"))


_ORDER = ("edge", "tie", "lost", "hostile", "hs", "gx", "gx2")


def receive(
    services: Services,
    external_id: str,
    category: str,
    text: str,
    lon: float | None,
    lat_offset: float | None,
    *,
    days_ago: int = 0,
) -> str:
    """Store one complaint through the real decision; returns the case number."""
    age = len(_ORDER) - _ORDER.index(external_id) if external_id in _ORDER else 0
    complaint = services.complaint(
        id=external_id,
        text=text,
        lon=lon,
        lat=None if lat_offset is None else SOUTH + lat_offset,
        crs=None if lon is None else "EPSG:4326",
        accuracy_m=20.0,
        category=category,
        received_at=datetime.now(SHANGHAI) - timedelta(days=days_ago, minutes=10 * age),
        channel="12345",
    )
    case, _ = services.receive(complaint, external_id, actor="api:12345", actor_name="12345热线")
    return case.no


def middle(grid: str) -> tuple[float, float]:
    """Longitude, and degrees north of the city's southern edge."""
    return WEST + (GRIDS.index(grid) + 0.5) * STEP, STEP / 2


def _boundaries(engine: Engine) -> None:
    areas = [("grid", code, f"{code[:2]}-C", at, at + 1) for at, code in enumerate(GRIDS)]
    areas += [("community", "HS-C", "HS", 0, 2), ("community", "GX-C", "GX", 2, 4)]
    areas += [("subdistrict", "HS", None, 0, 2), ("subdistrict", "GX", None, 2, 4)]
    names = {unit.code: unit.name for unit in UNITS}
    with transaction(engine) as connection:
        number = connection.execute(
            insert(boundary_version)
            .values(
                name="测试界线",
                version="测试界线@2020-01-01",
                authority="测试",
                licence="测试",
                crs="EPSG:4326",
                retrieved=FIRST_DAY,
                declared_from=FIRST_DAY,
                sha256="browser",
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
                    "name": names[code],
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
            .where(boundary_version.c.id == number)
            .values(
                state="active",
                effective_from=FIRST_DAY,
                activated_at=func.clock_timestamp(),
                activated_by="test",
            )
        )
