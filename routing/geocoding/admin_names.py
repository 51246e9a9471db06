"""Names of every province, city and county of the country, with their administrative codes.

They exist so that another city's complaint is recognised as such instead of being forced onto a
name of this city. The list is the code release of the National Bureau of Statistics of 2023 as
the package china-division 2.7.0 carries it; ``scripts/admin_names`` makes the file anew.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class AdminName:
    """行政区划: one name of the code list."""

    code: str
    """2 digits for a province, 4 for a city or prefecture, 6 for a district or county; the code
    of what contains it is its own beginning."""
    name: str
    """As the list writes it: ``福州市``, ``景宁畲族自治县``."""


@cache
def admin_names() -> tuple[AdminName, ...]:
    """All of them, ascending by code, so that a container comes right before what it contains.

    Rows that name no place (``市辖区``, ``省直辖县级行政区划``) are not in it.
    """
    text = resources.files(__package__).joinpath("admin_names.csv").read_text(encoding="utf-8")
    rows = csv.reader(io.StringIO(text, newline=""))
    next(rows)
    return tuple(AdminName(code, name) for code, name in rows)


@cache
def forms(name: str) -> tuple[str, ...]:
    """The ways people write an administrative name: in full, then short where a short form is safe.

    Never one character and never an ordinary word, so a few names have no short form, and a few
    that are ordinary words in full (``城区``, ``东区``) have none at all.

    >>> forms("福州市"), forms("景宁畲族自治县"), forms("赵县"), forms("日照市"), forms("郊区")
    (('福州市', '福州'), ('景宁畲族自治县', '景宁'), ('赵县',), ('日照市',), ())
    """
    if name in _WORDS_IN_FULL:
        return ()
    short = stem(name)
    if len(short) < 2 or short == name or short in _WORDS:
        return (name,)
    return (name, short)


_PEOPLES = """
    蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 拉祜 水
    东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 普米 塔吉克 怒 鄂温克
    保安 裕固 独龙 鄂伦春
"""
PEOPLES = "|".join(sorted(_PEOPLES.split(), key=len, reverse=True))
"""The peoples that stand in names of the list, without 族; alternatives of an expression."""

# 前郭尔罗斯|蒙古族|自治县, 双江|拉祜族佤族布朗族傣族|自治县, 龙胜|各族|自治县, 管城|回族|区. One
# character of a people's name only counts with 族 behind it: 镇康白 … would lose its last one.
_OF_A_PEOPLE = re.compile(
    rf"(?P<stem>.{{2,}}?)(?:各族|(?:(?:{PEOPLES})族)+|蒙古|哈萨克|塔吉克|柯尔克孜|锡伯|维吾尔)+"
    r"(?:自治[区州县旗]|区)"
)
_AUTONOMOUS = re.compile(r"(?P<stem>.{2,}?)族?自治[区州县旗]")  # 鄂伦春自治旗, 东乡族自治县
# Areas that only the statistics count as counties; what is left without the ending is their city.
_STATISTICAL = re.compile(
    r".*(?:开发区|(?:工业|产业|化工|创意)园区|示范区|管理区|实验区|风景名胜区|聚集区|食品区|管委会"
    r"|行政委员会|海域|群岛)"
    r"|.*白沟新城|.*(?:渤海|滨湖|冀南|天衢)新区"
)
_BANNERS = re.compile(r".*(?:[左右][翼]?[前中后]?|[前中后]|联合)旗")  # half a name without 旗
# 浦东|新区, 神农架|林区, but 清新|区, 碑林|区.
_ENDING = re.compile(r"(?P<stem>.+?)(?:特别行政区|地区|(?<=...)林区|(?<=..)新区|[省市区县盟旗州])")


def stem(name: str) -> str:
    """The name without what it is, also where that is a word: ``日照市`` → ``日照``.

    Unchanged where nothing sensible is left: ``科尔沁左翼中旗``, development zones.
    """
    if _STATISTICAL.fullmatch(name) or _BANNERS.fullmatch(name) or name.endswith("矿区"):
        return name
    for pattern in (_OF_A_PEOPLE, _AUTONOMOUS, _ENDING):
        if found := pattern.fullmatch(name):
            return found["stem"]
    return name


_WORDS_IN_FULL = frozenset(
    ("城区", "郊区", "矿区", "东区", "西区", "老城区", "新城区", "古城区", "新市区")
)
"""County names that every city's complaints use as words: 老城区改造, 新市区方向."""

# What complaints are about: 影响日照, 天台漏水, 修水管, 响水, 石狮子, 小店.
_THINGS = """
    日照 天台 修水 清水 响水 温泉 石棉 白银 灯塔 榆树 梨树 樟树 柳林 牡丹 莲花 海棠 石狮 石柱
    铜鼓 石城 普洱 小店 商城 老城 山城 古城 满城 新城 新市 大厂 平房 瓦房店 宝塔 白塔 古塔 钟楼
    路桥 天桥 大石桥 红桥 桥东 桥西 双桥 平桥 双塔 北塔 双牌 运河 细河 三河 界首 港口 海港 海口
    湖里 水城 安居
"""
# Where a thing is, or the name of a hill, a lake or a road anywhere: 江岸, 交口, 站前, 东至某路.
_PLACES = """
    路南 路北 市南 市北 市中 城中 城东 城西 城北 城关 城厢 城口 城阳 上城 东城 西城 南城 河东
    河西 河北 河口 河间 交口 洞口 湖口 江口 江岸 江南 江北 江山 港南 港北 南岸 南部 中站 站前
    上街 东至 中方 滨江 滨湖 滨海 湖滨 道里 道外 南关 北关 二道 东山 西山 南山 东湖 西湖 南湖
    北湖 东风 东方 东海 南海 海南 海北 海西 海东 山南 岭东 西岗 南岗 大东 大城 中原 平原 通道
    田东 林口
"""
# What people do and are: 已报公安, 互助, 会同, 开封, 来宾, 解放, 每周至少.
_DEEDS = """
    公安 互助 合作 会同 开封 来宾 共和 前进 前锋 解放 和平 友好 友谊 工农 爱民 回民 惠民 富民
    富裕 同心 博爱 复兴 振兴 兴业 乐业 新建 新兴 新华 新和 新干 安新 延长 周至 资源 大方 大名
    大余 大通 大安 大同 大悟 大观 大化 大新 方正 方山 元宝 宏伟 丰满 光明 明光 高明 平安 安定
    安达 永定 长寿 长子 高台 高平 铁力 铁东 铁西 鸡冠 龙凤 红旗 向阳 朝阳 阳明 正安 定安 两当
    清新 三元 中山 中牟 仁和 无为 民和 康乐 民乐 平定 顺义 顺河 建华 隆安 独山 平和 平山 名山
    方城 点军 文成 文山 建安 武功
"""
_WORDS = frozenset(f"{_THINGS}{_PLACES}{_DEEDS}".split())
"""Short forms that are left out, since they are words, directions or everywhere's road names.

A short form left out costs little: the full name is still found. One that steals a word of this
city's complaint would send it away as another city's.
"""
