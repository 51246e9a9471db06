"""Endings and numbers by which an address falls into elements; see ``elements``."""

from __future__ import annotations

import re

DIGITS = "一二三四五六七八九十"
HAN = r"[\u4e00-\u9fff]"
SEPARATORS = re.compile(
    r"(?:[\s_,.;:/|()\[\]、。·\-~]|NULL|中国(?![路人建银移联电农工石])|市辖区)+"
)

# ------------------------------------------------------------------ endings

ROAD_END = r"(?:大道|大街|公路|国道|省道|县道|快速路|路|街(?!道|区|坊)|巷|胡同|(?<!\d)弄)"
SITE_END = (
    r"(?:小区|社区|工业园区|产业园区|园区|工业区|开发区|新区|厂区|校区|商贸区|住宅区|生活区"
    r"|工业园|科技园|创意园|产业园|大厦|广场|花园|公寓|家园|市场|公司|学校|中学|小学|大学|学院|医院"
    r"|宾馆|酒店|商城|超市|银行|国际|[一二三]期|新村|新城|中心|村|苑|区|城)"
)
ROAD = re.compile(
    rf"(?P<name>(?:{HAN}|(?<!\d)\d{{1,3}}号?(?=大街|路|街|国道|省道|大道)|[A-Z](?=路|大道))"
    rf"{{1,12}}?){ROAD_END}"
)
LONG_STEM = 4
"""Characters before 路 of which only the last two are its name; the rest is where it lies. Of 831
roads of the development addresses 8 have a stem of four or more, 716 one of two."""
A_NAME_OF_ITS_OWN = re.compile(
    rf"(?![{DIGITS}])(?:(?!大道|大街){HAN}){{2,}}?[东西南北中{DIGITS}]?{ROAD_END}$"
)
JOINT = re.compile(r"(?:与|和|、)(?=[\u4e00-\u9fff]{1,6}(?:路|街|大道|巷))")
TOWN = re.compile(
    rf"{HAN}{{1,5}}?(?:街道(?:办事处|办)?|镇(?![{DIGITS}东西南北]?[路街村])|乡(?![路街村镇]))"
)
DISTRICT = re.compile(
    rf"(?:(?![省市区县镇乡村路街道园社]){HAN}){{1,4}}(?:自治县|县|区|市)(?![路街场民政])"
)
ZONE = re.compile(rf"(?:(?![省市区县镇乡村路街道]){HAN}){{0,8}}?(?:开发区|高新区|产业集聚区)")
COMMUNITY = re.compile(
    rf"(?:(?![路街道]){HAN}){{1,6}}?(?:社区|居委会|行政村|(?<![新小农])村(?:委会)?)(?![路街道委小])"
)
TEAM = re.compile(rf"(?:第?(?:\d{{1,2}}|[{DIGITS}]{{1,3}}))(?:村民小组|小组|组|队)(?!团)")

# ------------------------------------------------------------------ numbers

N = rf"(?:\d{{1,5}}|[{DIGITS}]{{1,4}})"
COMPOUND = re.compile(
    r"(?:小区|[东西南北中A-Z\d一二三四五六七八九十]区|苑|花园|家园|公寓|工业区|新村|城|庭|府|机场)$"
)
ONE_BUILDING = re.compile(r"(?:市场|广场|大厦|大楼|商城|中心)$")
LONGEST_RANGE = 60  # house numbers that one address spans
LAST_ADDED = 2  # 31-2 is a house squeezed in behind 31
BUILDING_DIGITS = 3  # behind a road, 128-6 is a building and 128-1042 a room
HOUSE = re.compile(r"\d{1,4}号")
COUNTED = rf"第?[{DIGITS}]{{1,3}}(?:幢|栋|座|号楼?|单元|楼(?![盘梯])|层)"
PART = r"[A-Z]?\d{1,5}[A-Z]?|[A-Z](?![A-Z])"
NAMED = re.compile(rf"(?:(?!{COUNTED})(?:{HAN}|[A-Z](?![\d座幢栋-])))+")
NUMBER = re.compile(
    rf"(?P<houseno>第?(?:[A-Z]?\d{{1,4}}[A-Z]?|[A-Z]|[{DIGITS}]{{1,3}}|\d{{1,3}}-\d{{1,3}})"
    r"(?:幢|栋|撞|座|号楼|#楼|#))"
    rf"|(?P<cellno>(?:\d{{1,3}}|[{DIGITS}]{{1,2}}|[A-Z东西])(?:单元|单(?!位)))"
    rf"|(?P<floorno>(?:负|地下)?(?:\d{{1,2}}|[{DIGITS}]{{1,3}})(?:楼|层|F(?![A-Z])))"
    rf"|(?P<lane>{N}弄)"
    rf"|(?P<chain>(?:{PART})(?:-(?:{PART}))+)(?P<chainend>号|室)?"
    rf"|(?P<room>[A-Z]?\d{{1,5}}[A-Z]?室)"
    rf"|(?P<no>(?:附|甲)?{N}(?:[、,]\d{{1,5}})*号)(?!线|码|大街|门|库|院|厂)"
    r"|(?P<bare>[A-Z]?\d{1,5}[A-Z]?)(?!\d|号|[\u4e00-\u9fff]*(?:路|街|米|公里))"
)
