"""The gazetteer of the drawn town: what every place of it is and where, in metres.

西洪路 runs due east along y = 1000 through the north of 鼓楼区; its house number n stands at
x = −5710 + 10 n, odd numbers 20 m north of it, even ones 20 m south.
"""

from __future__ import annotations

from datetime import date

from routing.model import Place
from tests.routing.geocoding.drawn import area, house_x, house_y, line, place, point, road

KNOWN_NUMBERS = (
    "1",
    "11",
    "21",
    "31",
    "59",
    "63",
    "101",
    "111",
    "201",
    "211",
    "2",
    "12",
    "22",
    "60",
    "62",
    "88",
    "88-3",
    "100",
)
"""House numbers of 西洪路 that the gazetteer has: between 111 and 201 lie 900 m without any."""


def _house(number: str) -> Place:
    main = int(number.partition("-")[0])
    aside = 8.0 if "-" in number else 0.0
    return place(
        f"a-{number}",
        f"西洪路{number}号",
        "address",
        point(house_x(main) + aside, house_y(main)),
        road="西洪路",
        number=number,
    )


_SCHOOLS_AT = [
    (-5500, -700),
    (-4500, -700),
    (-3500, -700),
    (-2600, -700),
    (-1500, -2200),
    (-500, -2200),
    (1500, -2200),
    (2500, -700),
    (3500, -700),
    (4500, -700),
]
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
    *(
        place(
            f"b-{n}",
            f"阳光花园小区{n}号楼",
            "building",
            point(-4400 + 60 * n, 1150),
            road="阳光花园小区",
            number=str(n),
        )
        for n in (1, 2, 3)
    ),
    place(
        "g-s", "阳光花园小区南门", "gate", point(-4300, 1050), road="阳光花园小区", number="南门"
    ),
    place(
        "g-n", "阳光花园小区北门", "gate", point(-4300, 1250), road="阳光花园小区", number="北门"
    ),
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
    place(
        "g-metro-a", "东街口地铁站A出口", "gate", point(470, 720), road="东街口地铁站", number="A"
    ),
    place(
        "g-metro-c", "东街口地铁站C出口", "gate", point(540, 680), road="东街口地铁站", number="C"
    ),
    place("l-044", "西洪路B-044号灯杆", "pole", point(-4900, 1012), road="西洪路", number="B-044"),
    *(
        place(
            f"k-{n}",
            f"201省道K{n}",
            "pole",
            point(2300 + 1000 * (n - 10), -2000),
            road="201省道",
            number=f"K{n}",
        )
        for n in (10, 11, 12)
    ),
    place("v-sy", "上洋村", "village", point(4000, 1800)),
    place("w-bm", "白马河", "water", line((-2800, -2800), (-2800, -200))),
    place(
        "x-admin",
        "鼓楼区",
        "admin",
        point(-4000, 0),
        admin_code="350102000000",
        aliases=("三坊片区",),
    ),
]

PLACES = [*ROADS, *map(_house, KNOWN_NUMBERS), *THINGS]
