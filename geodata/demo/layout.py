"""The hand-drawn skeleton of the demonstration city; every coordinate is invented.

Metres east and north of ``ORIGIN``. Only the rough positions of the ten subdistricts to each other
follow the real city; no line was traced from a map.
"""

from __future__ import annotations

from dataclasses import dataclass

ORIGIN = (119.2955, 26.0842)
"""Longitude, latitude (WGS 84 degrees) of the point (0, 0)."""
METRES_PER_DEGREE = (100_053.0, 110_786.0)
"""East and north at latitude 26.084 on the WGS 84 ellipsoid."""

Point = tuple[float, float]

NODES: dict[str, Point] = {
    "A": (-1650, 950), "B": (-330, 1060), "C": (150, 1030), "D": (1060, 1230),
    "E": (1100, -20), "F": (1640, -90), "G": (130, 0), "H": (1580, -660),
    "I": (160, -700), "J": (-1560, -130),
    "N": (-150, 3350), "Q": (1950, 1500), "R": (2350, -250), "S": (1500, -1750),
    "T": (-50, -1760), "U": (-920, -1450), "V": (-4300, 2300),
}  # fmt: skip
"""Where three or more skeleton lines meet; four meet at G (东街口)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """One skeleton line: a piece of the outline, or the border of two subdistricts."""

    id: str
    start: str
    through: tuple[Point, ...]
    end: str
    road: str | None = None
    """The road that runs along it; such a border is smooth."""
    side: str = "centre"
    """Whose road it is: centre, left, right, outer_edge (all of it ``inside``'s) or unknown."""
    inside: str = ""
    """For outer_edge: first two characters of the subdistrict that has the whole road."""


CHAINS: tuple[Chain, ...] = (
    Chain(id="五凤—洪山", start="V", end="A",
          through=((-3950, 1950), (-3480, 1690), (-2900, 1560), (-2480, 1330), (-2020, 1240))),
    Chain(id="洪山—鼓西", start="A", end="J", through=((-1755, 620), (-1690, 240)),
            road="西二环北路"),
    Chain(id="鼓西—南街", start="J", end="G",
          through=((-1040, -60), (-450, -40)), road="杨桥东路"),
    Chain(id="鼓西—鼓东", start="G", end="C", through=((110, 480),), road="鼓屏路", side="left"),
    Chain(id="鼓西—华大", start="B", end="C", through=((-90, 1035),), road="华林路", side="left"),
    Chain(id="鼓东—华大", start="C", end="D", through=((560, 1120),), road="华林路",
          side="outer_edge", inside="鼓东"),
    Chain(id="五凤—鼓西", start="A", end="B",
          through=((-1310, 1120), (-1000, 1010), (-640, 1130))),
    Chain(id="五凤—华大", start="B", end="N",
          through=((-390, 1520), (-560, 2010), (-480, 2600), (-260, 3010)),
          road="福飞路", side="right"),
    Chain(id="鼓东—温泉", start="E", end="D", through=((1120, 400), (1070, 850)), road="五四路"),
    Chain(id="华大—温泉", start="D", end="Q", through=((1420, 1300), (1650, 1460))),
    Chain(id="鼓东—东街", start="G", end="E", through=((620, 25),), road="东街"),
    Chain(id="东街—温泉", start="E", end="F", through=((1380, -40),), road="东大路"),
    Chain(id="温泉—水部", start="F", end="R", through=((1960, -140),), road="东大路",
            side="unknown"),
    Chain(id="东街—水部", start="F", end="H", through=((1600, -380),), road="五一北路"),
    Chain(id="东街—安泰", start="I", end="H",
          through=((620, -690), (1120, -640)), road="津泰路", side="unknown"),
    Chain(id="水部—安泰", start="H", end="S",
          through=((1520, -1000), (1545, -1400)), road="五一北路"),
    Chain(id="东街—南街", start="G", end="I", through=((145, -340),), road="八一七北路"),
    Chain(id="安泰—南街", start="I", end="T", through=((130, -1100), (40, -1480)),
            road="八一七北路"),
    Chain(id="南街—洪山", start="J", end="U",
          through=((-1500, -520), (-1330, -900), (-1060, -1240)), road="工业路"),
    Chain(id="五凤北", start="V", end="N",
          through=((-4180, 2760), (-3720, 3080), (-3350, 3010), (-2940, 3390), (-2460, 3540),
                   (-2130, 3930), (-1560, 3870), (-1210, 4080), (-760, 3850), (-520, 3530))),
    Chain(id="华大东", start="N", end="Q",
          through=((420, 3300), (780, 3080), (1170, 3040), (1480, 2640), (1730, 2430),
                  (1790, 1930))),
    Chain(id="温泉东", start="Q", end="R",
          through=((2240, 1180), (2210, 820), (2370, 500), (2270, 60))),
    Chain(id="水部东", start="R", end="S",
          through=((2660, -470), (2620, -830), (2790, -1190), (2560, -1640), (2180, -1730),
                   (1960, -1850))),
    Chain(id="安泰南", start="S", end="T",
          through=((1180, -1880), (820, -1790), (300, -1900))),
    Chain(id="南街南", start="T", end="U", through=((-290, -1700), (-560, -1570))),
    Chain(id="洪山南", start="U", end="V",
          through=((-1230, -1640), (-1490, -1690), (-1760, -2160), (-2040, -2330), (-2520, -2560),
                   (-2990, -2570), (-3310, -2440), (-3600, -2190), (-3820, -1830), (-4140, -1430),
                   (-4420, -1050), (-4790, -560), (-4850, -160), (-4880, 330), (-4600, 720),
                   (-4570, 1010), (-4720, 1420), (-4540, 1900))),
)  # fmt: skip

INTERIOR: dict[str, Point] = {
    "350102001": (600, 500), "350102002": (-800, 400), "350102003": (1700, 600),
    "350102004": (700, -350), "350102005": (-700, -700), "350102006": (800, -1250),
    "350102007": (700, 2100), "350102008": (2150, -1000), "350102009": (-2000, 2500),
    "350102100": (-3000, -500),
}  # fmt: skip
"""A point well inside each subdistrict."""

EXCLAVE: tuple[Point, ...] = (
    (-1880, 2280), (-1650, 2330), (-1480, 2180), (-1530, 1950), (-1760, 1880), (-1950, 2040),
)  # fmt: skip
"""Ring of 洪山镇's exclave inside 五凤街道."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Road:
    """A road of the demonstration city."""

    name: str
    road_class: str
    """city 市管, district 区管, lane 背街小巷."""
    width_m: float
    parts: tuple[str | Point, ...]
    """Points, and ids of the chains it follows, in order."""


ROADS: tuple[Road, ...] = (
    Road(name="五四路", road_class="city", width_m=40,
         parts=("鼓东—温泉", (1090, 1700), (1010, 2150), (1060, 2600), (1020, 3030))),
    Road(name="八一七北路", road_class="city", width_m=36, parts=("东街—南街", "安泰—南街")),
    Road(name="鼓屏路", road_class="city", width_m=34, parts=("鼓西—鼓东",)),
    Road(name="古田路", road_class="city", width_m=34,
         parts=((90, -1330), (560, -1290), (1080, -1210), (1525, -1190), (2050, -1120),
                 (2740, -1060))),
    Road(name="杨桥东路", road_class="city", width_m=36, parts=("鼓西—南街",)),
    Road(name="杨桥西路", road_class="city", width_m=36,
         parts=((-1560, -130), (-2000, -60), (-2520, 150), (-3100, 260), (-3800, 210),
                 (-4980, 40))),
    Road(name="西二环北路", road_class="city", width_m=44, parts=("洪山—鼓西",)),
    Road(name="西洪路", road_class="city", width_m=26,
         parts=((-1700, 330), (-2100, 480), (-2480, 640), (-2950, 720), (-3420, 880),
                 (-3900, 900))),
    Road(name="工业路", road_class="city", width_m=34,
         parts=("南街—洪山", (-1240, -1610))),
    Road(name="湖东路", road_class="city", width_m=32,
         parts=((-560, 640), (-200, 560), (120, 520), (620, 560), (1110, 520), (1650, 470),
                 (2330, 430))),
    Road(name="东街", road_class="city", width_m=36, parts=("鼓东—东街",)),
    Road(name="东大路", road_class="city", width_m=30, parts=("东街—温泉", "温泉—水部")),
    Road(name="津泰路", road_class="district", width_m=22, parts=("东街—安泰",)),
    Road(name="北环西路", road_class="city", width_m=38,
         parts=((-4150, 2350), (-3500, 2230), (-2700, 2420), (-2050, 2190), (-1300, 2060),
                 (-540, 1960))),
    Road(name="北环中路", road_class="city", width_m=38,
         parts=((-545, 1960), (60, 1900), (700, 1830), (1300, 1880), (1800, 1900))),
    Road(name="华林路", road_class="city", width_m=30, parts=("鼓西—华大", "鼓东—华大")),
    Road(name="梁厝路", road_class="district", width_m=18,
         parts=((-2720, 1500), (-2600, 1850), (-2380, 2200), (-2440, 2700), (-2250, 3200))),
    Road(name="福飞路", road_class="city", width_m=30, parts=("五凤—华大",)),
    Road(name="五一北路", road_class="city", width_m=44, parts=("东街—水部", "水部—安泰")),
    Road(name="六一北路", road_class="city", width_m=40,
         parts=((2080, 1080), (2060, 500), (2100, -150), (2160, -800), (2190, -1700))),
    Road(name="铜盘路", road_class="district", width_m=24,
         parts=((-1150, 1080), (-1220, 1500), (-1380, 1850), (-1330, 2500), (-1480, 3100))),
    Road(name="大凤路", road_class="district", width_m=18,
         parts=((-3450, 210), (-3380, -250), (-3050, -640), (-3020, -1150), (-2700, -1500))),
    Road(name="洪山桥路", road_class="district", width_m=18,
         parts=((-4560, -250), (-4150, -480), (-3650, -500), (-3080, -640))),
    Road(name="乌山路", road_class="district", width_m=24,
         parts=((-1180, -1060), (-700, -980), (-300, -940), (110, -980), (560, -960), (1080, -900),
                (1530, -920))),
    Road(name="屏东路", road_class="district", width_m=16,
         parts=((300, 1100), (340, 1500), (420, 2100), (390, 2600))),
    Road(name="河东路", road_class="district", width_m=14,
         parts=((1830, 1200), (1790, 700), (1810, 200), (1800, -90))),
    Road(name="道山路", road_class="lane", width_m=9, parts=((-560, -1010), (-380, -1190),
            (-120, -1250))),
    Road(name="澳门路", road_class="lane", width_m=9, parts=((-250, -620), (-240, -800),
            (-270, -950))),
    Road(name="南营巷", road_class="lane", width_m=6, parts=((420, -40), (440, -240), (410, -420))),
    Road(name="东泰路", road_class="lane", width_m=10, parts=((760, -20), (780, -300),
            (740, -640))),
    Road(name="钱塘巷", road_class="lane", width_m=6, parts=((-420, 330), (-380, 140),
            (-400, -30))),
    Road(name="西营里", road_class="lane", width_m=7, parts=((-900, 100), (-880, 270),
            (-1000, 420))),
    Road(name="象山路", road_class="lane", width_m=8, parts=((-2700, -350), (-2480, -640),
            (-2350, -980))),
)  # fmt: skip

WATERS: tuple[tuple[str, float, tuple[Point, ...]], ...] = (
    ("白马河", 24, ((-1180, 1040), (-1120, 600), (-1230, 180), (-1080, -320), (-1000, -800),
                 (-760, -1180), (-700, -1490))),
    ("晋安河", 30, ((1900, 1440), (1930, 900), (1990, 350), (1950, -300), (2000, -900),
    (1930, -1800))),
    ("洪阵河", 14, ((-2250, 1240), (-2350, 640), (-2650, -100), (-2560, -900), (-2260, -1600),
                 (-2080, -2360))),
)  # fmt: skip
"""(name, width in metres, centre line)."""

RAILWAY: tuple[str, float, tuple[Point, ...]] = (
    "福马铁路（演示）", 36,
    ((-4650, 1550), (-4000, 2650), (-3000, 2880), (-1900, 2790), (-900, 2850), (0, 2730),
    (900, 2560),
     (1800, 2200)),
)  # fmt: skip

PARKS: tuple[tuple[str, tuple[Point, ...]], ...] = (
    ("西湖公园", ((-1010, 560), (-700, 430), (-420, 700), (-480, 980), (-760, 1060), (-1000, 900))),
    ("左海公园", ((-1020, 1240), (-760, 1220), (-600, 1480), (-760, 1720), (-1020, 1640))),
    ("温泉公园", ((1300, 640), (1560, 650), (1570, 900), (1320, 920))),
    ("乌山公园", ((190, -1030), (520, -1010), (560, -1150), (430, -1250), (200, -1240))),
    ("金牛山公园", ((-3350, 420), (-2980, 380), (-2820, 560), (-3060, 680), (-3330, 640))),
)  # fmt: skip

SQUARES: tuple[tuple[str, tuple[Point, ...]], ...] = (
    ("五一广场", ((1120, -1560), (1450, -1540), (1440, -1260), (1130, -1250))),
    ("东街口广场", ((170, 40), (300, 45), (298, 150), (165, 145))),
)  # fmt: skip

SCENIC: tuple[str, tuple[Point, ...]] = (
    "三坊七巷景区", ((-340, -100), (90, -90), (95, -560), (-130, -640), (-330, -590)),
)  # fmt: skip

ZONE: tuple[str, tuple[Point, ...]] = (
    "福州软件园片区（演示）",
    ((-1560, 3120), (-1050, 3000), (-760, 3280), (-900, 3640), (-1400, 3700)),
)  # fmt: skip

SITES: tuple[tuple[str, tuple[Point, ...]], ...] = (
    ("地铁工地（西洪路站，演示）", ((-2660, 600), (-2440, 640), (-2450, 720), (-2680, 690))),
    ("地铁工地（屏东站，演示）", ((330, 1930), (470, 1940), (460, 2030), (325, 2020))),
)  # fmt: skip
