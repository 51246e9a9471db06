"""Real names and codes of 福州市鼓楼区: 9 街道, 1 镇, 69 社区 (statistical code release of 2023).

The gaps in the numbering show retired communities; their codes are not used again.
"""

from __future__ import annotations

from dataclasses import dataclass

NOTICE = "演示数据，非官方界线"
CITY_CODE = "350100"
CITY_NAME = "福州市"
DISTRICT_CODE = "350102"
DISTRICT_NAME = "鼓楼区"
GRID_TOTAL = 144
"""Grids in the district, as reported for its grid staff in 2014."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subdistrict:
    """One 街道 or 镇 with its communities."""

    code: str
    name: str
    communities: tuple[tuple[int, str], ...]
    """(last three digits of the code, short name) in code order."""
    west_to_east: tuple[str, ...]
    """The same short names in the order in which they lie in the generated city."""

    def community_code(self, number: int) -> str:
        """The 12-digit code of one community."""
        return f"{self.code}{number:03d}"


def _subdistrict(
    code: str, name: str, numbers: str, names: str, west_to_east: str = ""
) -> Subdistrict:
    short = names.split()
    pairs = zip((int(n) for n in numbers.split()), short, strict=True)
    order = tuple(west_to_east.split() or short)
    if sorted(order) != sorted(short):
        raise ValueError(f"{name}: west_to_east {order} is not a rearrangement of {short}")
    return Subdistrict(code=code, name=name, communities=tuple(pairs), west_to_east=order)


SUBDISTRICTS: tuple[Subdistrict, ...] = (
    _subdistrict("350102001", "鼓东街道", "1 2 4 5 6", "中山 庆城 观风亭 开元 树兜"),
    _subdistrict(
        "350102002",
        "鼓西街道",
        "2 3 4 5 6 7",
        "梦山 西湖 陆庄 保定 后县 达明",
        "梦山 陆庄 西湖 保定 后县 达明",
    ),
    _subdistrict("350102003", "温泉街道", "1 2 3 4 5 6 7", "琼河 河东 东湖 金汤 东大 汤门 汤边"),
    _subdistrict("350102004", "东街街道", "1 3 4 5", "军门 大根 竹林境 旗汛口"),
    _subdistrict("350102005", "南街街道", "1 2 5 6 7 8", "杨桥河南 小柳 灵响 驿里 柳河 三坊七巷"),
    _subdistrict(
        "350102006", "安泰街道", "1 2 3 5", "五一广场 乌山 乌塔 于山", "乌山 乌塔 于山 五一广场"
    ),
    _subdistrict(
        "350102007",
        "华大街道",
        "1 2 3 4 5 6 7 8 9",
        "琴湖 屏山 龙峰 九彩 思儿亭 公益 体育中心 屏东 北江",
    ),
    _subdistrict("350102008", "水部街道", "1 2 3 4 5", "闽都 莲宅 乐天泉 福新 建华"),
    _subdistrict(
        "350102009",
        "五凤街道",
        "1 2 3 4 5 6 7 8 9 10 13",
        "屏西 天元 广厦 白龙 龙泉 永恒 兰庭 左海 铜盘 湖前 凤仪",
        "凤仪 天元 广厦 白龙 龙泉 兰庭 铜盘 湖前 永恒 左海 屏西",
    ),
    _subdistrict(
        "350102100",
        "洪山镇",
        "1 2 3 4 5 6 7 8 9 10 11 12",
        "福屿 西凤 怡山 兴园 大凰山 凤凰池 象山 金牛山 凤湖 洪山桥 锦江 国光",
        "国光 洪山桥 锦江 怡山 象山 兴园 金牛山 大凰山 凤湖 福屿 西凤 凤凰池",
    ),
)
"""All ten, in code order; 69 communities together."""

EXCLAVE_COMMUNITY = "福屿"
"""The community of 洪山镇 that holds the one exclave, inside 五凤街道 (invented)."""
EXCLAVE_NUMBER = 1
