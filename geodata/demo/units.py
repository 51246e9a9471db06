"""The units of the demonstration city and who is on duty in them."""

from __future__ import annotations

from datetime import date

from geodata.demo import layout
from geodata.demo.names import CITY_CODE, CITY_NAME, DISTRICT_CODE, DISTRICT_NAME
from geodata.demo.overlays import build_roads
from geodata.demo.partition import City
from routing.model import Unit, UnitKind

START = date(2024, 1, 1)

DEPARTMENTS = (
    ("CGJ", "区城管局"), ("JSJ", "区建设局"), ("ZFJ", "区住房保障和房产管理局"),
    ("YLZX", "区园林中心"), ("HWZX", "区环卫中心"), ("SCJG", "区市场监管局"), ("WJJ", "区卫健局"),
    ("JYJ", "区教育局"), ("MZJ", "区民政局"), ("RSJ", "区人社局"), ("WTLJ", "区文体旅局"),
    ("NSJ", "区农业农村局（水利）"), ("YJJ", "区应急局"), ("XFDD", "区消防救援大队"),
    ("SFJ", "区司法局"), ("FGJ", "区发改局"), ("GXJ", "区工信局"), ("SWJ", "区商务局"),
    ("ZHZX", "区城市运行指挥中心"), ("JTZX", "区建投中心"), ("GAFJ", "公安鼓楼分局"),
    ("JJDD", "鼓楼交警大队"), ("STHJ", "鼓楼生态环境局"), ("ZRZY", "自然资源鼓楼分局"),
)  # fmt: skip
COMPANIES = (
    ("350100-SWJT", "市水务集团"), ("350100-DTJT", "市地铁集团"), ("350100-GDGS", "市供电公司"),
    ("350100-RQGS", "市燃气公司"), ("350100-GJJT", "市公交集团"), ("350100-TXTT", "市铁塔公司"),
    ("350100-ZMZX", "市照明中心"), ("FZ-TLJ", "铁路局（福州段）"),
)  # fmt: skip
ZONES = (("350102-SFQX", "三坊七巷管委会"), ("350102-RJY", "福州软件园管委会"))
QUEUE = ("QUEUE", "人工研判队列")


def demo_units(city: City) -> tuple[Unit, ...]:
    """Every unit, parents before children; telephone numbers are invented (0591-0000xxxx)."""
    rows: list[tuple[str, str, UnitKind, str | None, date, date | None]] = [
        (CITY_CODE, CITY_NAME, UnitKind.CITY, None, START, None),
        (DISTRICT_CODE, DISTRICT_NAME, UnitKind.DISTRICT, CITY_CODE, START, None),
        (*QUEUE, UnitKind.QUEUE, DISTRICT_CODE, START, None),
        # one office under two names, so that a directory as of a day has something to show
        (f"{DISTRICT_CODE}-SZB", "区数字办", UnitKind.DEPARTMENT, DISTRICT_CODE, START,
         date(2024, 12, 31)),
        (f"{DISTRICT_CODE}-SZB", "区大数据服务中心", UnitKind.DEPARTMENT, DISTRICT_CODE,
         date(2025, 1, 1), None),
    ]  # fmt: skip
    rows += [
        (f"{DISTRICT_CODE}-{code}", name, UnitKind.DEPARTMENT, DISTRICT_CODE, START, None)
        for code, name in DEPARTMENTS
    ]
    rows += [(code, name, UnitKind.COMPANY, CITY_CODE, START, None) for code, name in COMPANIES]
    rows += [(code, name, UnitKind.ZONE, DISTRICT_CODE, START, None) for code, name in ZONES]
    for kind, cells in (
        (UnitKind.SUBDISTRICT, city.subdistricts),
        (UnitKind.COMMUNITY, city.communities),
        (UnitKind.GRID, city.grids),
    ):
        rows += [(cell.code, cell.name, kind, cell.parent_code, START, None) for cell in cells]
    return tuple(
        Unit(
            code=code,
            name=name,
            kind=kind,
            parent_code=parent,
            effective_from=start,
            effective_to=end,
            phone=f"0591-0000{number:04d}",
        )
        for number, (code, name, kind, parent, start, end) in enumerate(rows, start=1)
    )


def demo_duty(city: City) -> list[tuple[str, str, str, str, str]]:
    """(unit_code, role, name, from, to) rows; names are placeholders, never a person's.

    Every third grid changes hands in the middle of the period. A 街巷长 answers for one lane and
    stands under the community in which the lane begins.
    """
    rows: list[tuple[str, str, str, str, str]] = []
    for number, grid in enumerate(city.grids, start=1):
        if number % 3:
            rows.append((grid.code, "网格员", f"网格员甲{number:03d}", "2024-01-01", ""))
        else:
            rows.append((grid.code, "网格员", f"网格员甲{number:03d}", "2024-01-01", "2025-09-30"))
            rows.append((grid.code, "网格员", f"网格员乙{number:03d}", "2025-10-01", ""))
    for number, community in enumerate(city.communities, start=1):
        rows.append((community.code, "网格长", f"网格长甲{number:03d}", "2024-01-01", ""))
    lanes = [road for road in layout.ROADS if road.road_class == "lane"]
    for number, community_code in enumerate(_lane_homes(city), start=1):
        name = f"街巷长甲{number:03d}（{lanes[number - 1].name}）"
        rows.append((community_code, "街巷长", name, "2024-01-01", ""))
    return rows


def _lane_homes(city: City) -> list[str]:
    homes: list[str] = []
    for road in build_roads(city):
        if road.road_class == "lane":
            start = road.line.interpolate(0.0)
            homes.append(min(city.communities, key=lambda c: c.geometry.distance(start)).code)
    return homes
