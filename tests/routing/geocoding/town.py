"""A small drawn city, in metres east and north of its middle, and its reader.

Three districts side by side, each 4 km wide: 鼓楼区 from x = −6000, 台江区 from −2000, 仓山区 from
2000, all from y = −3000 to 3000. Each has a subdistrict north of y = 0 and one south of it, each of
those a western and an eastern community, each community four grids of 1000 × 1500 m.

西洪路 runs due east along y = 1000 through the north of 鼓楼区; its house number n stands at
x = −5710 + 10 n, odd numbers 20 m north of it, even ones 20 m south.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from shapely.geometry import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from routing.geocoding.plane import Plane
from routing.geocoding.reader import Reader
from routing.jurisdiction.best_point import best_point
from routing.model import (
    Jurisdiction,
    JurisdictionLevel,
    Location,
    Place,
    PlaceKind,
    PlaceOutcome,
    TextPlace,
)

DAY = date(2026, 9, 1)
PLANE = Plane.around(119.3, 26.06)
"""The reader puts its own frame around the middle of the areas, which is the same place."""

XIHONG_Y = 1000.0
"""Metres: where 西洪路 runs."""

DISTRICTS = {
    "350102": ("鼓楼区", -6000.0),
    "350103": ("台江区", -2000.0),
    "350104": ("仓山区", 2000.0),
}
_BELOW = {
    "350102": {"洪山镇": ("金牛社区", "福屿社区"), "温泉街道": ("河东社区", "汤边社区")},
    "350103": {"茶亭街道": ("横街社区", "祥坂社区"), "义洲街道": ("浦东社区", "荷泽社区")},
    "350104": {"建新镇": ("梅亭社区", "透浦社区"), "城门镇": ("胪雷社区", "龙江社区")},
}
"""District → subdistrict (north, south) → communities (west, east)."""


def point(x: float, y: float) -> BaseGeometry:
    """A point of the town in WGS 84 degrees."""
    return PLANE.degrees(Point(x, y))


def line(*spots: tuple[float, float]) -> BaseGeometry:
    """A line of the town in WGS 84 degrees."""
    return PLANE.degrees(LineString(spots))


def area(west: float, south: float, east: float, north: float) -> BaseGeometry:
    """A rectangle of the town in WGS 84 degrees."""
    return PLANE.degrees(box(west, south, east, north))


def house_x(number: int) -> float:
    """Where on 西洪路 a house number stands, known or not."""
    return -5710.0 + 10.0 * number


def house_y(number: int) -> float:
    """Odd numbers stand north of 西洪路, even ones south."""
    return XIHONG_Y + (20.0 if number % 2 else -20.0)


def jurisdictions() -> list[Jurisdiction]:
    """District → grid, each parent exactly the union of its children."""

    def one(
        level: str, code: str, name: str, shape: BaseGeometry, parent: str | None
    ) -> Jurisdiction:
        return Jurisdiction(code=code, name=name, level=JurisdictionLevel(level), geometry=shape,
                            unit_code=code, parent_code=parent, version="town@2026-01-01#0")  # fmt: skip

    made = []
    for district, (name, west) in DISTRICTS.items():
        made.append(one("district", district, name, area(west, -3000, west + 4000, 3000), None))
        for n, (subdistrict, communities) in enumerate(_BELOW[district].items()):
            south, code = (0.0, -3000.0)[n], f"{district}{n + 1:03d}"
            made.append(one("subdistrict", code, subdistrict,
                            area(west, south, west + 4000, south + 3000), district))  # fmt: skip
            for m, community in enumerate(communities):
                x, inner = west + 2000 * m, f"{code}{m + 1:03d}"
                made.append(one("community", inner, community,
                                area(x, south, x + 2000, south + 3000), code))  # fmt: skip
                for g in range(4):
                    a, b = x + 1000 * (g % 2), south + 1500 * (g // 2)
                    made.append(one("grid", f"{inner}{g + 1:03d}", f"{community}第{g + 1}网格",
                                    area(a, b, a + 1000, b + 1500), inner))  # fmt: skip
    return made


def place(id: str, name: str, kind: str, shape: BaseGeometry, **more: object) -> Place:
    """One entry; ``more`` are further fields of ``Place``."""
    return Place(id=id, name=name, kind=PlaceKind(kind), geometry=shape, **more)  # type: ignore[arg-type]


def road(id: str, name: str, *spots: tuple[float, float], **more: object) -> Place:
    """A road through such points."""
    return place(id, name, "road", line(*spots), **more)


KNOWN_NUMBERS = ("1", "11", "21", "31", "59", "63", "101", "111", "201", "211",
                 "2", "12", "22", "60", "62", "88", "88-3", "100")  # fmt: skip
"""House numbers of 西洪路 that the gazetteer has: between 111 and 201 lie 900 m without any."""


def _house(number: str) -> Place:
    main = int(number.partition("-")[0])
    aside = 8.0 if "-" in number else 0.0
    return place(f"a-{number}", f"西洪路{number}号", "address",
                 point(house_x(main) + aside, house_y(main)), road="西洪路", number=number)  # fmt: skip


_SCHOOLS_AT = [(-5500, -700), (-4500, -700), (-3500, -700), (-2600, -700), (-1500, -2200),
               (-500, -2200), (1500, -2200), (2500, -700), (3500, -700), (4500, -700)]  # fmt: skip
"""Ten roads of one name: four in 鼓楼区, three each in 台江区 and 仓山区."""

ROADS = [
    road("r-xh", "西洪路", (-5800, 1000), (-2200, 1000), aliases=("老洪路",)),
    road("r-mf", "梅峰路", (-4500, -500), (-4500, 2500)),
    road("r-yq", "杨桥路", (-3500, 200), (-3500, 2000)),
    road("r-bm", "白马路", (-5500, 500), (-5500, 1500), (-5000, 1500), (-5000, 500)),
    road("r-fh", "凤湖路", (-4000, 1040), (-4000, 2000)),
    road("r-hb", "湖滨路", (-5800, 2600), (-5200, 2600)),
    road("r-51", "五一路", (-1800, 1000), (1800, 1000)),
    road("r-61", "六一路", (0, -2500), (0, 2500)),
    road("r-lane", "红旗路32号巷", (300, 1400), (600, 1400)),
    road("r-df", "大凤路", (900, 500), (900, 2500)),
    road("r-jb-w", "江滨路", (-1800, -1000), (-400, -1000)),
    road("r-jb-e", "江滨路", (-200, -1000), (1800, -1000)),
    road("r-ring", "二环路", (-2000, -2500), (-2000, 2500)),
    road("r-s201", "201省道", (2200, -2000), (5800, -2000), aliases=("金铺路",)),
    road("r-fm", "福马路", (2400, 2500), (5600, 2500)),
    road("r-fm-old", "东门外大街", (2400, 2500), (5600, 2500), valid_to=date(2010, 6, 30)),
    road("r-new", "新港路", (5000, 500), (5000, 2000), valid_from=date(2027, 1, 1)),
    *(road(f"r-jy-{n}", "教育路", (x, y), (x + 300, y)) for n, (x, y) in enumerate(_SCHOOLS_AT)),
]

THINGS = [
    place("c-yg", "阳光花园小区", "compound", area(-4400, 1050, -4200, 1250)),
    *(place(f"b-{n}", f"阳光花园小区{n}号楼", "building", point(-4400 + 60 * n, 1150),
            road="阳光花园小区", number=str(n)) for n in (1, 2, 3)),
    place("g-s", "阳光花园小区南门", "gate", point(-4300, 1050), road="阳光花园小区", number="南门"),
    place("g-n", "阳光花园小区北门", "gate", point(-4300, 1250), road="阳光花园小区", number="北门"),
    place("c-gy", "桂园", "compound", point(-3200, 1600)),
    place("p-hotel", "西湖宾馆", "poi", point(-3000, 1500)),
    place("p-school", "实验小学", "poi", point(-2600, 1200)),
    place("p-mart-1", "便民超市", "poi", point(300, -400)),
    place("p-mart-2", "便民超市", "poi", point(700, -400)),
    place("p-tea-1", "茶花市场", "poi", point(-3300, 2200)),
    place("p-tea-2", "茶花市场", "poi", point(3300, 900)),
    place("s-fhc-n", "凤凰池公交站", "stop", point(-4800, 1015)),
    place("s-fhc-s", "凤凰池公交站", "stop", point(-4780, 985)),
    place("s-metro", "东街口地铁站", "stop", point(500, 700)),
    place("g-metro-a", "东街口地铁站A出口", "gate", point(470, 720), road="东街口地铁站", number="A"),
    place("g-metro-c", "东街口地铁站C出口", "gate", point(540, 680), road="东街口地铁站", number="C"),
    place("l-044", "西洪路B-044号灯杆", "pole", point(-4900, 1012), road="西洪路", number="B-044"),
    *(place(f"k-{n}", f"201省道K{n}", "pole", point(2300 + 1000 * (n - 10), -2000),
            road="201省道", number=f"K{n}") for n in (10, 11, 12)),
    place("v-sy", "上洋村", "village", point(4000, 1800)),
    place("w-bm", "白马河", "water", line((-2800, -2800), (-2800, -200))),
    place("x-admin", "鼓楼区", "admin", point(-4000, 0), admin_code="350102000000",
          aliases=("三坊片区",)),
]  # fmt: skip

PLACES = [*ROADS, *map(_house, KNOWN_NUMBERS), *THINGS]


@cache
def reader() -> Reader:
    """The reader of the whole town, built once."""
    return Reader(PLACES, jurisdictions(), version="town@2026-09-01#1", city="350100")


def read(text: str, day: date = DAY) -> TextPlace:
    """What the town's reader says of a text."""
    return reader().read(text, day)


def located(text: str, day: date = DAY) -> Location:
    """The place of a text that has exactly one."""
    said = read(text, day)
    assert said.outcome is PlaceOutcome.LOCATED, (text, said)
    assert said.location is not None
    return said.location


def metres(location: Location) -> BaseGeometry:
    """A location's geometry in metres of the town."""
    return PLANE.metres(location.geometry)


def ground(location: Location) -> BaseGeometry:
    """The ground on which a place lies with 95 %, in metres: what the shares are computed from."""
    if location.ground is not None:
        return PLANE.metres(location.ground)
    shape = metres(location)
    if shape.geom_type.endswith("Polygon"):
        return shape
    flat = "flat" if shape.geom_type.endswith("LineString") else "round"
    return shape.buffer(location.radius_m, cap_style=flat)


def spot(text: str) -> BaseGeometry:
    """Where the one place of a text is, in metres."""
    return metres(located(text))


def shown(text: str) -> Point:
    """The point that is shown for the one place of a text, in metres."""
    return Point(PLANE.xy(*best_point(located(text))))


def ids(said: TextPlace) -> set[str]:
    """Every gazetteer id of every candidate."""
    return {one for candidate in said.candidates for one in candidate.location.place_ids}


def small(places: Sequence[Place], areas: Sequence[Jurisdiction] | None = None) -> Reader:
    """A reader of a few places in the town's areas, or in those given."""
    return Reader(
        places, jurisdictions() if areas is None else areas, version="small", city="350100"
    )


def triangle(x: float, y: float, size: float) -> BaseGeometry:
    """A triangle with its right angle at the point given."""
    return PLANE.degrees(Polygon([(x, y), (x + size, y), (x, y + size)]))
