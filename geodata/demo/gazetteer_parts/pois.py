"""Schools, markets, offices, shops, bridges and the crossings that have a name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from shapely.geometry import Point, box
from shapely.geometry.base import BaseGeometry

from geodata.demo.gazetteer_parts.addresses import house_place, last_number
from geodata.demo.gazetteer_parts.ground import Ground, inside
from geodata.demo.layout import Point as Spot
from geodata.demo.overlays import build_waters
from geodata.demo.partition import to_metres
from routing.model import Place, PlaceKind

_KNOWN: tuple[tuple[str, tuple[str, ...], Spot, float], ...] = (
    ("鼓楼第二中心小学", ("鼓二小", "鼓楼二小", "第二中心小学"), (825, -330), 30),
    ("鼓楼第一中心小学", ("鼓一小", "鼓楼一小"), (-330, 180), 30),
    ("福州第八中学", ("福州八中", "八中"), (-420, -770), 45),
    ("福州第三中学", ("福州三中", "三中"), (860, 700), 45),
    ("福州格物中学", ("格物中学",), (330, -870), 40),
    ("榕城大学西校区", ("榕大西区", "榕城大学西区"), (-3620, -250), 90),
    ("省立人民医院", ("省立医院", "人民医院"), (660, 90), 50),
    ("榕城第二医院", ("市二医院", "二医院"), (2010, -620), 40),
    ("鼓楼区妇幼保健院", ("区妇幼", "鼓楼妇幼"), (-880, -620), 25),
    ("鼓楼区委大院", ("区委大院", "鼓楼区委"), (650, -640), 30),
    ("鼓楼区市民服务中心", ("区市民服务中心", "市民服务中心"), (520, 1480), 25),
    ("鼓楼区图书馆", ("区图书馆",), (-210, 690), 20),
    ("榕城体育馆", ("体育馆",), (820, 1620), 40),
    ("汽车北站", ("福州汽车北站", "客运北站"), (1180, 2010), 45),
    ("乌石山北坡公园", ("北坡公园",), (-330, -905), 25),
    ("新天地菜市场", ("新天地菜场", "新天地农贸市场"), (1420, 330), 25),
    ("龙峰农贸批发市场", ("龙峰批发市场",), (250, 2700), 35),
    ("榕信广场", ("榕信商城",), (230, -190), 40),
    ("闽江银泰城", ("银泰城",), (1450, -900), 45),
    ("温泉宾馆", (), (1650, 380), 25),
    ("西凤驾校", (), (-2900, 1050), 35),
    ("铜盘加油站", (), (-1270, 1450), 15),
    ("洪山加油站", (), (-3200, 300), 15),
    ("北环公交首末站", ("北环公交总站",), (-2650, 2480), 30),
    ("象山棚改办", (), (-2500, -560), 12),
    ("白龙变电站", (), (-900, 2600), 20),
    ("锦江污水泵站", (), (-2900, -1900), 15),
    ("家家乐超市", (), (-1000, 250), 15),
    ("家家乐超市洪山店", (), (-3300, -350), 15),
    ("瑞通汽车养护中心", ("瑞通车行",), (-1420, 2180), 12),
    ("白塔", (), (420, -1050), 10),
    ("洪山古桥", ("洪山桥",), (-4560, -255), 12),
    ("左海灯塔", (), (-700, 1500), 8),
    ("华林寺", (), (60, 1130), 20),
    ("开元寺", (), (520, 820), 20),
)  # fmt: skip
"""(name, aliases, middle, half width in metres)."""

_OFFICE_BUILDINGS = 5
JUNCTIONS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("东街口", "八一七北路", "东街", ("东街口十字路口",)),
    ("西洪路口", "西洪路", "西二环北路", ()),
    ("五四路口", "五四路", "东街", ()),
    ("华林路口", "华林路", "五四路", ()),
    ("南门兜", "古田路", "八一七北路", ("南门兜路口",)),
    ("福飞立交", "北环西路", "福飞路", ("北环福飞立交桥",)),
    ("六一立交", "六一北路", "古田路", ("六一古田立交",)),
    ("西二环立交", "西二环北路", "杨桥西路", ()),
    ("梁厝三岔口", "梁厝路", "北环西路", ("三岔口",)),
    ("大凤三岔口", "大凤路", "洪山桥路", ("三岔口",)),
    ("金铺路口", "金铺路", "北环西路", ()),
    ("屏山路口", "鼓屏路", "华林路", ()),
)  # fmt: skip
"""(name, two roads that meet or nearly meet there, aliases)."""
_NAMED_SPOTS: tuple[tuple[str, Spot], ...] = (("南区路口", (470, -1600)), ("双抛桥", (-250, -20)))
"""Crossings called by a name that is not that of the roads meeting there."""

_FACILITIES: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("社区居委会", ("居委会",), 1),
    ("社区卫生服务站", ("卫生站", "社区卫生站"), 1),
    ("幼儿园", (), 1),
    ("小学", (), 2),
    ("菜市场", ("菜场", "农贸市场"), 2),
    ("公厕", ("公共厕所",), 1),
    ("老人活动中心", ("老年活动中心",), 1),
    ("停车场", (), 2),
    ("社区党群服务中心", ("党群服务中心",), 3),
    ("垃圾转运站", (), 3),
)
"""(ending after the community's short name, other endings, in every how many communities)."""

_SHOPS = (
    "榕味小吃店", "阿婆锅边店", "海晏药店", "三江便利店", "好运来理发店", "茶小满奶茶店",
    "顺发五金店", "百姓粮油店", "小梅水果店", "闽顺汽修店", "福满楼酒家", "康乐棋牌室", "新知书店",
    "乐动健身房", "启明培训中心", "金叶烟酒店", "云上网吧", "平安诊所", "旺旺宠物店",
    "永辉煌家具店",
)  # fmt: skip
_SHOP_TOTAL = 170


def poi_places(ground: Ground) -> Iterator[Place]:
    """All of them; shops stand at house numbers, known or not."""
    for number, (name, aliases, (x, y), half) in enumerate(_KNOWN, start=1):
        yield ground.place(
            id=f"demo-poi-{number:03d}",
            name=name,
            kind=PlaceKind.POI,
            shape=box(x - half, y - 0.7 * half, x + half, y + 0.7 * half),
            aliases=aliases,
        )
        if name == "鼓楼区委大院":
            for count in range(1, _OFFICE_BUILDINGS + 1):
                yield ground.place(
                    id=f"demo-poi-{number:03d}-b{count}",
                    name=f"{name}{count}号楼",
                    kind=PlaceKind.BUILDING,
                    shape=Point(x - half + 10 * count, y + (8 if count % 2 else -8)),
                    road=name,
                    number=str(count),
                )
    yield from _facilities(ground)
    yield from _pockets(ground)
    yield from _shops(ground)
    yield from _bridges(ground)


def junction_places(ground: Ground) -> Iterator[Place]:
    """Crossings with a name of their own, as points."""
    lines = {road.name: road.line for road in ground.roads}
    for number, (name, one, other, aliases) in enumerate(JUNCTIONS, start=1):
        ends = shapely.shortest_line(lines[one], lines[other])
        yield ground.place(
            id=f"demo-junction-{number:02d}",
            name=name,
            kind=PlaceKind.JUNCTION,
            shape=ends.interpolate(0.5, normalized=True),
            aliases=aliases,
        )
    for number, (name, spot) in enumerate(_NAMED_SPOTS, start=len(JUNCTIONS) + 1):
        yield ground.place(
            id=f"demo-junction-{number:02d}", name=name, kind=PlaceKind.JUNCTION, shape=Point(spot)
        )


def _facilities(ground: Ground) -> Iterator[Place]:
    rng = ground.rng("facilities")
    taken = _built(ground)
    lines = shapely.union_all([road.line for road in ground.roads])
    shapely.prepare(lines)
    for count, cell in enumerate(ground.city.communities):
        short = cell.name.removesuffix("社区")
        free = shapely.transform(cell.geometry, to_metres).buffer(-15).difference(taken)
        for number, (ending, others, every) in enumerate(_FACILITIES, start=1):
            if (count + number) % every:
                continue
            yield ground.place(
                id=f"demo-facility-{cell.code[-6:]}-{number:02d}",
                name=f"{short}{ending}",
                kind=PlaceKind.POI,
                shape=_near_a_road(lines, free, rng),
                aliases=[f"{short}{other}" for other in others],
            )


def _pockets(ground: Ground) -> Iterator[Place]:
    """Two small things in every grid, away from each other."""
    rng = ground.rng("pockets")
    taken = _built(ground)
    seen: set[str] = set()
    for number, grid in enumerate(ground.city.grids, start=1):
        free = shapely.transform(grid.geometry, to_metres).buffer(-10).difference(taken)
        for letter, ending in (("a", "口袋公园"), ("b", "快递驿站"), ("c", "健身广场")):
            at = inside(free, rng)
            plain = [road for road in ground.roads if "号" not in road.name]
            stem = min(plain, key=lambda road: float(road.line.distance(at))).name
            name = f"{stem}{ending}"
            if name in seen:
                continue
            seen.add(name)
            yield ground.place(
                id=f"demo-pocket-{number:03d}{letter}", name=name, kind=PlaceKind.POI, shape=at
            )


def _shops(ground: Ground) -> Iterator[Place]:
    rng = ground.rng("shops")
    roads = [road for road in ground.roads if road.main.length > 250]
    seen: set[str] = set()
    number = 0
    while number < _SHOP_TOTAL:
        road = roads[rng.integers(len(roads))]
        brand = _SHOPS[rng.integers(len(_SHOPS))]
        house = int(rng.integers(1, last_number(road) + 1))
        name = f"{brand}（{road.name}店）"
        if name in seen:
            continue
        seen.add(name)
        number += 1
        yield ground.place(
            id=f"demo-shop-{number:03d}",
            name=name,
            kind=PlaceKind.POI,
            shape=house_place(road, house),
            aliases=(f"{road.name}{brand}",),
        )


def _bridges(ground: Ground) -> Iterator[Place]:
    number = 0
    for water in build_waters():
        line = shapely.transform(water.line, to_metres)
        for road in ground.roads:
            crossing = line.intersection(road.line)
            if crossing.is_empty or road.width_m < 14:
                continue
            number += 1
            yield ground.place(
                id=f"demo-bridge-{number:02d}",
                name=f"{road.name}{water.name}桥",
                kind=PlaceKind.POI,
                shape=crossing.centroid,
                aliases=(f"{water.name}{road.name}桥",),
            )


def _built(ground: Ground) -> BaseGeometry:
    return shapely.union_all(
        [ground.carriageways().buffer(4)]
        + [shape for kind in ("compound", "river", "railway") for shape in ground.metres(kind)]
    )


def _near_a_road(lines: BaseGeometry, free: BaseGeometry, rng: np.random.Generator) -> Point:
    """The one of five random places that is nearest to a road."""
    candidates: Sequence[Point] = [inside(free, rng) for _ in range(5)]
    return min(candidates, key=lambda at: float(lines.distance(at)))
