"""Every way in which a text may write one gazetteer name, each with what it costs.

A form that is not the standard name carries a named penalty (docs/accuracy.md has what they were
fitted on). Forms that would steal other names are not made at all: stems of roads (莲前 of
莲前西路), single characters, words of everyday speech.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from routing.geocoding.normalize import normal_name
from routing.geocoding.numbers import numeral_forms
from routing.model import JurisdictionLevel, Place, PlaceKind

FORM_PENALTIES: dict[str, float] = {
    "name": 0.0,
    "full": 0.0,  # the name with the generic word that people add: 西洪路公交站
    "alias": 0.3,
    "numeral": 0.1,  # 51路 for 五一路
    "short": 0.2,  # 鼓楼 for 鼓楼区
    "stem": 0.4,  # 阳光花园 for 阳光花园小区
    "old": 0.3,  # a name that ended before the day of the complaint
    "bare_stop": 0.6,  # a stop's name without 站: rather the estate it is called after
    "homophone": 0.6,
    "near_sound": 0.8,  # zh for z, n for l, ing for in
    "edit": 0.9,  # one character changed, added or lost
}
"""How far each kind of form is from the standard name. Order and distances after geocoding.md 3.5
and 3.7: an alias is nearer than a sound, a sound nearer than a changed character."""

STOP_STEMS = frozenset(
    [
        "新村",
        "东村",
        "西村",
        "南村",
        "北村",
        "城区",
        "路口",
        "小区",
        "花园",
        "公园",
        "广场",
        "学校",
        "医院",
        "市场",
        "中心",
        "大厦",
        "公寓",
        "家园",
        "门口",
        "对面",
        "车站",
        "站台",
        "大院",
        "宿舍",
        "新区",
        "老区",
        "道路",
        "马路",
        "街道",
        "社区",
        "中学",
        "小学",
        "大学",
        "超市",
        "酒店",
        "银行",
        "饭店",
        "药店",
        "公司",
        "工地",
        "菜市场",
        "幼儿园",
        "停车场",
        "加油站",
        "派出所",
        "居委会",
        "卫生站",
        "人行道",
        "南门",
        "北门",
        "东门",
        "西门",
        "正门",
        "大门",
        "后门",
        "侧门",
        "桥头",
        "村口",
        "河边",
        "江边",
        "路边",
        "街边",
        "中路",
        "东路",
        "西路",
        "南路",
        "北路",
        "环路",
        "大道",
        "支路",
    ]
)
"""Words of everyday speech: never a name by themselves, whatever a gazetteer says."""

_STEM_SUFFIXES = re.compile(r"(?<=..)(?:小区|住宅区|有限公司)$")
_STATION = re.compile(r"(?:公交|公交车|汽车|巴士)?(?:站台?|站点|车站)(?:（.*）|\(.*\))?$")
_METRO = re.compile(r"(?:地铁站|地铁|轻轨站|站)$")
_EXIT = re.compile(
    r"^(?P<station>.+?)(?:地铁站|轻轨站|站)?-?(?P<exit>[A-Z]\d?)号?(?:出入口|出口|入口|口)$"
)
_CODE = re.compile(
    r"(?:(?P<letter>[GSXYC])(?P<digits>\d{1,4})|(?P<number>\d{1,4})(?P<word>国|省|县|乡)道)"
)
_CODE_LETTERS = {"国": "G", "省": "S", "县": "X", "乡": "Y"}
_CODE_WORDS = {letter: word for word, letter in _CODE_LETTERS.items()}
_VILLAGE = re.compile(r"(?:自然村|村委会|村)$")

AREA_SUFFIXES: dict[JurisdictionLevel, tuple[str, ...]] = {
    JurisdictionLevel.DISTRICT: ("区", "县", "市", "新区", "开发区"),
    JurisdictionLevel.SUBDISTRICT: ("街道办事处", "街道办", "街道", "镇", "乡", "地区"),
    JurisdictionLevel.COMMUNITY: (
        "社区居民委员会",
        "居民委员会",
        "社区居委会",
        "居委会",
        "村民委员会",
        "社区",
        "村委会",
        "村",
    ),
    JurisdictionLevel.GRID: (),
}
_AREA_ADDED: dict[JurisdictionLevel, tuple[str, ...]] = {
    JurisdictionLevel.DISTRICT: (),
    JurisdictionLevel.SUBDISTRICT: ("街道", "街道办", "街道办事处", "镇", "镇政府"),
    JurisdictionLevel.COMMUNITY: ("社区", "社区居委会", "村"),
    JurisdictionLevel.GRID: (),
}


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a name."""

    text: str
    """In normal form (``normalize.normal_name``)."""
    how: str
    """A key of ``FORM_PENALTIES``."""


def place_forms(place: Place, name: str, aliases: tuple[str, ...]) -> Iterator[Form]:
    """The forms of one entry; ``name`` and ``aliases`` in normal form. Addresses give none here:
    they are found by road and number (``numbering``), and only their aliases are names."""
    kind = place.kind
    seen: set[str] = set()
    for written, how in ((name, "name"), *((alias, "alias") for alias in aliases)):
        for form in _forms_of(kind, written, how, place):
            if form.text not in seen and _usable(form, kind):
                seen.add(form.text)
                yield form


def _usable(form: Form, kind: PlaceKind) -> bool:
    if len(form.text) < 2 or form.text in STOP_STEMS:
        return False
    if kind is PlaceKind.POLE:  # a bare code is found as a number (``words``), on its road
        return len(form.text) >= 4 and not form.text.isascii()
    return not form.text.isdigit()


def _forms_of(kind: PlaceKind, name: str, how: str, place: Place) -> Iterator[Form]:
    bare = kind is PlaceKind.STOP and not _STATION.search(name) and not _METRO.search(name)
    yield Form(name, "bare_stop" if bare and how == "name" else how)
    plain = re.sub(r"\(.*?\)", "", name)
    if plain != name and len(plain) >= 2:
        yield Form(plain, how if how == "alias" else "full")
    for written in numeral_forms(plain):
        yield Form(written, "numeral" if how == "name" else how)
    if kind in _MORE:
        yield from _MORE[kind](plain, how, place)


def _road(name: str, how: str, _place: Place) -> Iterator[Form]:
    if len(name) >= 4 and name[-1] in "路街" and how == "name":
        yield Form(name[:-1], "stem")  # 五一北161号: only before a number (``tokens``)
    code = _CODE.search(name)
    if code is not None:
        digits = code["digits"] or code["number"]
        letter = code["letter"] or _CODE_LETTERS[code["word"]]
        word = _CODE_WORDS.get(letter)
        for written in (f"{letter}{digits}", *((f"{digits}{word}道", f"{word}道{digits}",
                        f"{letter}{digits}{word}道") if word else ())):  # fmt: skip
            yield Form(written, "full" if how == "name" else how)


def _stop(name: str, how: str, place: Place) -> Iterator[Form]:
    base = _STATION.sub("", name)
    if len(base) < 2:
        return
    added = "full" if how == "name" else how
    if any("地铁" in known or "轻轨" in known for known in (place.name, *place.aliases)):
        metro = _METRO.sub("", name)
        yield from (Form(metro + suffix, added) for suffix in ("地铁站", "站", "地铁"))
        yield Form(f"地铁{metro}站", added)
        added = "stem"  # people say 公交站 of a metro station too, where no such stop exists
    for suffix in ("公交站", "公交车站", "公交站台", "站台", "站", "公交站点", "公交站牌", "车站"):
        yield Form(base + suffix, added)


def _gate(name: str, how: str, place: Place) -> Iterator[Form]:
    parent = normal_name(place.road)
    added = "full" if how == "name" else how
    whole = name if not parent or name.startswith(parent) else parent + name
    if whole != name:
        yield Form(whole, added)
    exit_ = _EXIT.match(whole)
    if exit_ is not None:
        for station in (f"{exit_['station']}地铁站", f"{exit_['station']}站", exit_["station"]):
            for mouth in ("出口", "口", "出入口", "号口", "号出口"):
                yield Form(f"{station}{exit_['exit']}{mouth}", added)
    elif whole.endswith("门"):
        yield Form(whole + "口", added)
        if whole[-2:-1] in ("东", "西", "南", "北") and not whole.endswith("大门"):
            yield Form(whole[:-1] + "大门", added)
            yield Form(whole[:-1] + "门门口", added)


def _area_like(name: str, how: str, _place: Place) -> Iterator[Form]:
    stem = _STEM_SUFFIXES.sub("", name)
    if stem != name and len(stem) >= 3:
        yield Form(stem, "stem" if how == "name" else how)
    elif name.endswith(("花园", "新村", "公寓", "家园", "苑", "城", "府", "湾", "新苑")):
        yield Form(name + "小区", "full" if how == "name" else how)


def _poi(name: str, how: str, place: Place) -> Iterator[Form]:
    if name.endswith("站") and ("地铁" in name or "轻轨" in name):
        yield from _stop(name, how, place)
    yield from _area_like(name, how, place)


def _village(name: str, how: str, _place: Place) -> Iterator[Form]:
    stem = _VILLAGE.sub("", name)
    if stem != name and len(stem) >= 2:
        for suffix in ("村", "自然村", "村委会"):
            yield Form(stem + suffix, "full" if how == "name" else how)


def _junction(name: str, how: str, _place: Place) -> Iterator[Form]:
    if name.endswith("口") and not name.endswith("路口"):
        yield Form(name + "路口", "full" if how == "name" else how)
    if name.endswith("路口"):
        yield Form(name.removesuffix("路口") + "十字路口", "full" if how == "name" else how)


_MORE = {
    PlaceKind.ROAD: _road,
    PlaceKind.STOP: _stop,
    PlaceKind.GATE: _gate,
    PlaceKind.COMPOUND: _area_like,
    PlaceKind.POI: _poi,
    PlaceKind.VILLAGE: _village,
    PlaceKind.JUNCTION: _junction,
}


def area_forms(name: str, level: JurisdictionLevel) -> Iterator[Form]:
    """The forms of an administrative area; ``name`` in normal form."""
    yield Form(name, "name")
    stem = name
    for suffix in AREA_SUFFIXES[level]:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            stem = name.removesuffix(suffix)
            break
    for suffix in _AREA_ADDED[level]:
        if stem + suffix != name:
            yield Form(stem + suffix, "full")
    if stem != name and stem not in STOP_STEMS:
        yield Form(stem, "short")
    for written in numeral_forms(name):
        yield Form(written, "numeral")
