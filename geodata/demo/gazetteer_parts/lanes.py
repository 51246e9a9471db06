"""Lanes and small roads that only the gazetteer knows; they change no border and no overlay.

Many are traps that real cities set for readers of complaints: names that sound alike, names given
twice, a road called like a subdistrict, a lane with a number in its name, a road in two pieces.
Metres east and north of ``layout.ORIGIN``; every coordinate is invented.
"""

from __future__ import annotations

from dataclasses import dataclass

from geodata.demo.layout import Point


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    """A drawn road; several pieces where the map has it in pieces."""

    name: str
    pieces: tuple[tuple[Point, ...], ...]
    aliases: tuple[str, ...] = ()
    width_m: float = 8.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Branch:
    """A lane that leaves a road at a right angle."""

    name: str
    road: str
    along_m: float
    """Where it leaves, from the beginning of the road."""
    length_m: float
    """To the left of the road's direction; negative to the right."""
    aliases: tuple[str, ...] = ()


LANES: tuple[Lane, ...] = (
    # three that sound alike, each in another subdistrict
    Lane(name="东虹路", pieces=(((480, 200), (700, 225), (900, 230)),)),
    Lane(name="东洪路", pieces=(((1750, -700), (1950, -730), (2150, -720)),)),
    Lane(name="东鸿路", pieces=(((-3600, -900), (-3300, -960), (-3000, -930)),)),
    # the same name twice
    Lane(name="二条巷", pieces=(((-700, -500), (-520, -520)),)),
    Lane(name="二条巷", pieces=(((2250, -500), (2420, -480)),)),
    Lane(name="教育路", pieces=(((-200, 2350), (30, 2400), (250, 2400)),), width_m=12),
    Lane(name="教育路", pieces=(((-3900, -1400), (-3680, -1420), (-3450, -1480)),), width_m=12),
    # 街 and 路 are different roads
    Lane(name="青龙街", pieces=(((-2300, 2900), (-2100, 2980), (-1900, 3000)),)),
    Lane(name="青龙路", pieces=(((700, 2300), (880, 2310), (1060, 2350)),)),
    # 南区路口 is a place of its own, not the end of this road
    Lane(name="南区路", pieces=(((820, -1240), (830, -1400), (800, -1560)),)),
    # one road with three names along the lake; who says 湖滨路 may mean any of them
    Lane(name="湖滨西路", pieces=(((-1060, 940), (-1050, 700), (-1040, 520)),), width_m=14,
         aliases=("湖滨路西段", "湖滨路")),
    Lane(name="湖滨中路", pieces=(((-1040, 520), (-720, 400), (-420, 390)),), width_m=14,
         aliases=("湖滨路中段", "湖滨路")),
    Lane(name="湖滨东路", pieces=(((-420, 390), (-385, 690), (-430, 1010)),), width_m=14,
         aliases=("湖滨路东段", "湖滨路")),
    # a road that citizens call by its code
    Lane(name="金铺路", pieces=(((-3700, 2000), (-3600, 2260), (-3420, 2590), (-3250, 2900)),),
         width_m=16, aliases=("201省道", "S201", "省道201")),
    Lane(name="上店路", pieces=(((-3425, 2580), (-3240, 2560), (-3050, 2480)),)),
    # meets 铜盘路 twice
    Lane(name="梅亭路", pieces=(((-1100, 2380), (-1450, 2400), (-1620, 2640), (-1560, 2930),
                             (-1150, 2960)),), width_m=10),
    # drawn in two pieces, a river between
    Lane(name="凤湖路", pieces=(((-2560, 880), (-2340, 930)), ((-2230, 950), (-1950, 1010))),
         width_m=12),
    # the short name of a subdistrict or a town begins the road's; the road lies elsewhere too
    Lane(name="鼓西路", pieces=(((-620, 300), (-200, 310), (105, 300), (420, 320)),), width_m=14),
    Lane(name="洪山路", pieces=(((-2900, 2300), (-2940, 2700), (-2960, 3150)),), width_m=12),
    Lane(name="温泉路", pieces=(((1250, 200), (1500, 240), (1830, 230)),), width_m=14),
    # no word for "road" at the end of the name
    Lane(name="中军后", pieces=(((300, -260), (360, -275), (445, -270)),), width_m=5),
    Lane(name="南后街", pieces=(((-120, -60), (-130, -330), (-140, -620)),), width_m=10),
    Lane(name="衣锦坊", pieces=(((-125, -150), (-325, -155)),), width_m=5),
    Lane(name="文儒坊", pieces=(((-130, -290), (-320, -300)),), width_m=5),
    Lane(name="光禄坊", pieces=(((-138, -560), (-320, -570)),), width_m=7,
         aliases=("光禄坊路",)),
    Lane(name="郎官巷", pieces=(((-122, -120), (60, -115)),), width_m=4),
    Lane(name="塔巷", pieces=(((-126, -200), (70, -205)),), width_m=4),
    Lane(name="黄巷", pieces=(((-129, -280), (75, -285)),), width_m=4),
    Lane(name="安民巷", pieces=(((-131, -360), (80, -362)),), width_m=4),
    Lane(name="宫巷", pieces=(((-134, -440), (80, -445)),), width_m=4),
    Lane(name="吉庇巷", pieces=(((-138, -540), (85, -545)),), width_m=6, aliases=("吉庇路",)),
)  # fmt: skip

BRANCHES: tuple[Branch, ...] = (
    Branch(name="西洪路32号巷", road="西洪路", along_m=155, length_m=-180, aliases=("西洪路32巷",)),
    Branch(name="西洪里", road="西洪路", along_m=1040, length_m=190),
    Branch(name="杨桥东路三弄", road="杨桥东路", along_m=780, length_m=150),
    Branch(name="大根一巷", road="东泰路", along_m=210, length_m=-120),
    Branch(name="大根二巷", road="东泰路", along_m=300, length_m=-130),
    Branch(name="象山一巷", road="象山路", along_m=200, length_m=130),
    Branch(name="象山二巷", road="象山路", along_m=330, length_m=140),
    Branch(name="五四路128号巷", road="五四路", along_m=638, length_m=-170),
    Branch(name="屏东里", road="屏东路", along_m=560, length_m=-160),
    Branch(name="津泰里", road="津泰路", along_m=520, length_m=-140),
    Branch(name="西营里二弄", road="西营里", along_m=180, length_m=110),
    Branch(name="铜盘路15弄", road="铜盘路", along_m=75, length_m=140),
)

COMMUNITY_ROADS: dict[str, str] = {
    "中山": "中山路", "庆城": "庆城路", "观风亭": "观风亭街", "开元": "开元路", "树兜": "树汤路",
    "梦山": "梦山路", "陆庄": "陆庄路", "保定": "保定巷", "后县": "后县路", "达明": "达明路",
    "琼河": "琼东路", "东湖": "东湖路", "金汤": "金汤路", "汤边": "汤边路", "旗汛口": "旗汛里",
    "小柳": "小柳路", "灵响": "灵响路", "驿里": "驿里巷", "柳河": "柳河路", "乌塔": "乌塔路",
    "于山": "于山路", "琴湖": "琴亭路", "龙峰": "龙峰路", "九彩": "九彩巷", "思儿亭": "思儿亭路",
    "公益": "公益路", "体育中心": "体育路", "北江": "北江路", "莲宅": "莲宅路",
    "乐天泉": "乐天泉巷",
    "福新": "福新路", "建华": "建华里", "屏西": "屏西路", "天元": "天元路", "广厦": "广厦路",
    "白龙": "白龙路", "龙泉": "龙泉路", "永恒": "永恒路", "兰庭": "兰庭路", "湖前": "湖前路",
    "凤仪": "凤仪路", "福屿": "福屿路", "西凤": "西凤路", "怡山": "怡山路", "兴园": "兴园路",
    "凤凰池": "凤凰池路", "锦江": "锦江路", "国光": "国光路",
}  # fmt: skip
"""Short name of a community → a road laid through it where there is room."""

ROAD_ALIASES: dict[str, tuple[str, ...]] = {
    "五四路": ("五四大道",), "西二环北路": ("二环路西段", "西二环"), "八一七北路": ("八一七路",),
    "五一北路": ("五一路",), "六一北路": ("六一路",), "古田路": ("古田街",),
    "东街": ("东街路",), "杨桥西路": ("杨桥路西段",), "杨桥东路": ("杨桥路东段",),
    "北环西路": ("北二环西段",), "北环中路": ("北二环中段",),
}  # fmt: skip

OLD_ROAD_NAMES: tuple[tuple[str, str, str], ...] = (
    ("贤南路", "湖东路", "1998-12-31"),
    ("梅峰路", "铜盘路", "2009-06-30"),
    ("洪塘路", "洪山桥路", "2014-12-31"),
    ("斗门路", "屏东路", "2003-08-31"),
    ("工农路", "工业路", "1985-12-31"),
)
"""(old name, road today, last day of the old name); still heard, so still understood."""
