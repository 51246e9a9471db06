"""Territory, waters, the railway, parks and squares, and villages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import shapely
from shapely.geometry import LineString, Point, Polygon

from geodata.demo import layout
from geodata.demo.gazetteer_parts.ground import SOURCE, Ground
from geodata.demo.overlays import build_waters
from geodata.demo.partition import to_degrees, to_metres
from routing.model import Place, PlaceKind

_VILLAGES: tuple[tuple[str, layout.Point, float, tuple[str, ...]], ...] = (
    ("梁厝村", (-2480, 1880), 90, ("梁厝",)),
    ("上店村", (-3080, 2470), 80, ("上店",)),
    ("下店自然村", (-3790, 2470), 70, ("下店村",)),
    ("象山村", (-2640, -820), 85, ()),
    ("凤湖自然村", (-2110, 1080), 60, ()),
    ("洪塘村", (-4330, -330), 90, ()),
    ("锦江村", (-3560, -1720), 85, ()),
    ("国光村", (-4420, 420), 85, ()),
    ("岳前村", (-1980, 3260), 75, ("岳前",)),
    ("后坂村", (-3300, -2050), 80, ("后坂",)),
)  # fmt: skip
"""(name, middle, half width in metres, aliases)."""
_OLD_VILLAGES: tuple[tuple[str, layout.Point, str], ...] = (
    ("刘福村", (-2060, 520), "2012-06-30"),
    ("斗池村", (-1450, -260), "1999-12-31"),
)
"""Built over; the name lives on in 原刘福村口."""
_BYNAMES: dict[str, tuple[str, ...]] = {
    "三坊七巷景区": ("三坊七巷",), "福州软件园片区（演示）": ("福州软件园", "软件园"),
    "地铁工地（西洪路站，演示）": ("西洪路站地铁工地", "西洪路站工地"),
    "地铁工地（屏东站，演示）": ("屏东站地铁工地", "屏东站工地"),
    "西湖公园": ("西湖",), "左海公园": ("左海",),
}  # fmt: skip


def admin_places(ground: Ground) -> Iterator[Place]:
    """District, subdistricts and communities as polygons."""
    for cell in (ground.city.district, *ground.city.subdistricts, *ground.city.communities):
        short = cell.name.removesuffix("街道").removesuffix("社区").removesuffix("镇")
        aliases: tuple[str, ...] = ()
        if len(cell.code) == 6:
            aliases = ("福州市鼓楼区", "鼓楼")
        elif len(cell.code) == 9:
            aliases = (short, f"{cell.name}办事处" if cell.name.endswith("街道") else "洪山")
        elif cell.code.startswith("350102100"):
            aliases = (f"{short}村", f"{short}村委会")
        yield Place(
            id=f"demo-admin-{cell.code}",
            name=cell.name,
            kind=PlaceKind.ADMIN,
            geometry=cell.geometry,
            aliases=tuple(dict.fromkeys(aliases)),
            admin_code=cell.code,
            source=SOURCE,
        )


def water_places(ground: Ground) -> Iterator[Place]:
    """Rivers as lines, cut to the district."""
    for number, water in enumerate(build_waters(), start=1):
        line = water.line.intersection(ground.city.district.geometry)
        yield ground.place(
            id=f"demo-water-{number}",
            name=water.name,
            kind=PlaceKind.WATER,
            shape=shapely.transform(line, to_metres),
        )


def grounds_places(ground: Ground) -> Iterator[Place]:
    """Parks, squares, the scenic area, the business park and building sites as polygons."""
    kinds = ("park", "square", "scenic", "zone", "construction_site")
    for overlay in ground.overlays:
        if overlay.kind in kinds:
            yield ground.place(
                id=f"demo-{overlay.kind}-{overlay.code[-2:]}",
                name=overlay.name.replace("（演示）", "").replace("，演示", ""),
                kind=PlaceKind.POI,
                shape=shapely.transform(overlay.geometry, to_metres),
                aliases=_BYNAMES.get(overlay.name, ()),
            )
    name, _, points = layout.RAILWAY
    inside = LineString(points).intersection(
        shapely.transform(ground.city.district.geometry, to_metres)
    )
    yield ground.place(
        id="demo-railway-1",
        name=name.replace("（演示）", ""),
        kind=PlaceKind.POI,
        shape=inside,
        aliases=("福马线", "福马铁路线"),
    )


def village_places(ground: Ground) -> Iterator[Place]:
    """Villages with their groups; those built over, with the last day of the name."""
    for number, (name, (x, y), half, aliases) in enumerate(_VILLAGES, start=1):
        ring = [(-1, -0.6), (-0.2, -1), (0.9, -0.7), (1, 0.5), (0.1, 0.9), (-0.9, 0.6)]
        area = Polygon([(x + half * east, y + half * north) for east, north in ring])
        yield ground.place(
            id=f"demo-village-{number:02d}",
            name=name,
            kind=PlaceKind.VILLAGE,
            shape=area,
            aliases=aliases,
        )
        if name.endswith("自然村"):
            continue
        for digit, word, east, north in (
            (1, "一", -0.4, 0.0),
            (2, "二", 0.4, 0.2),
            (3, "三", 0.2, -0.5),
        ):
            yield ground.place(
                id=f"demo-village-{number:02d}-{digit}",
                name=f"{name}{word}组",
                kind=PlaceKind.VILLAGE,
                shape=Point(x + half * east, y + half * north),
                aliases=(f"{name}{digit}组", f"{name}第{word}村民小组"),
                road=name,
                number=str(digit),
            )
    for number, (name, (x, y), last) in enumerate(_OLD_VILLAGES, start=1):
        degrees = shapely.transform(Point(x, y).buffer(60, quad_segs=3), to_degrees)
        yield Place(
            id=f"demo-oldvillage-{number}",
            name=name,
            kind=PlaceKind.VILLAGE,
            geometry=degrees,
            admin_code=ground.admin_code(degrees),
            source=SOURCE,
            valid_to=date.fromisoformat(last),
        )
