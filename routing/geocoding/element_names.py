"""The head of an address: provinces, cities, districts and towns, by the shipped name lists.

A name in full is one wherever it stands. A short one (``义乌``, ``柯桥``) only counts where a name
that contains it was read before or follows, since nearly all are words or road names as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from routing.geocoding.admin_former import former_names
from routing.geocoding.admin_names import admin_names, stem
from routing.geocoding.town_names import town_names, town_stem

MUNICIPALITIES = ("11", "12", "31", "50")  # 北京市 and so on count as cities

_LONGEST = 15  # characters; 双江拉祜族佤族布朗族傣族自治县
_ZONE = re.compile(r"(?:开发区|园区|工业园|产业区|示范区|管理区|新城|高新区)$")

ROAD_AFTER = re.compile(
    r"[东西南北中新老前后大小]?[一二三四五六七八九十\d]*(?:路(?!口镇)|大街|街(?!道)|大道|巷|公路|弄|支路)"
)
"""What makes a road of the name before it: 福州|路, 南京|西路."""
_TOWN_ENDING = re.compile(r"(?:街道|镇|乡|办事处|地区|苏木|农场|林场)$")
_TOWN_ENDINGS = ("街道办事处", "街道办", "街道", "镇", "乡")
_TOWN_LIKE = re.compile(r"[\u4e00-\u9fff]{2,3}(?:镇(?![路街村])|街道)")
_MORE_OF_A_NAME = re.compile(
    r"[村社小大新花园苑公广工业家桥东西南北中一二三四五六七八九十站门区]|商[城场贸]|[A-Z\d]|$"
)
_SITE = re.compile(r"[\u4e00-\u9fff]{0,3}?(?:园区|工业园|经济开发区|开发区|花园|海关|人民医院)")
_ROAD_OR_VILLAGE = re.compile(r"[\u4e00-\u9fff]{2,4}?(?:路|街|巷|大道|村)")


@dataclass(frozen=True, slots=True)
class Name:
    """One administrative name, or a short form of it."""

    code: str
    """2, 4 or 6 digits; of a town the county's, with ``T`` behind it."""
    label: str
    """``prov``, ``city``, ``district``, ``devzone`` or ``town``."""
    full: bool
    listed: bool = True
    """Whether a list has it; else it is what a listed one was called or may be called."""


Names = Mapping[str, tuple[Name, ...]]


@cache
def names() -> Names:
    """Every form → what it may stand for; built once, in about half a second."""
    found: dict[str, list[Name]] = {}
    for one in admin_names():
        label = {2: "prov", 4: "city", 6: "district"}[len(one.code)]
        if one.code in MUNICIPALITIES:
            label = "city"
        elif label == "district" and _ZONE.search(one.name):
            label = "devzone"
        _add(found, one.name, stem(one.name), one.code, label)
        if label == "district" and stem(one.name) != one.name:
            # A county that became a city or a district is called both for decades.
            for ending in "县市区":
                _add_variant(found, stem(one.name) + ending, one.code, label)
    for old in former_names():
        label = "city" if len(old.code) == 4 else "district"
        _add(found, old.name, old.name[:-1], old.code, label)
    for code, towns in town_names().items():
        for town in towns:
            label = "devzone" if _ZONE.search(town) else "town"
            _add_town(found, town, f"{code}T", label)
    return {form: tuple(dict.fromkeys(meanings)) for form, meanings in found.items()}


def _add(found: dict[str, list[Name]], name: str, short: str, code: str, label: str) -> None:
    found.setdefault(name, []).append(Name(code, label, True))
    if len(short) >= 2 and short != name:
        found.setdefault(short, []).append(Name(code, label, False))


def _add_town(found: dict[str, list[Name]], town: str, code: str, label: str) -> None:
    short = town_stem(town)
    if label == "town" and not _TOWN_ENDING.search(town):
        found.setdefault(town, []).append(Name(code, label, False))  # 永兴: as good as short
    else:
        _add(found, town, "" if short[-1] in "路街巷道" else short, code, label)


def _add_variant(found: dict[str, list[Name]], name: str, code: str, label: str) -> None:
    found.setdefault(name, []).append(Name(code, label, True, listed=False))


def name_at(text: str, at: int, known: str) -> tuple[int, Name] | None:
    """The longest name that begins at ``at`` and fits what is known, with its end.

    ``known`` is the code of the finest name read so far, empty at the beginning. A full name that
    does not fit is taken all the same where nothing fits: people mix up districts.
    """
    index = names()
    strange: tuple[int, Name] | None = None
    for end in range(min(len(text), at + _LONGEST), at + 1, -1):
        meanings = index.get(text[at:end], ()) + _unlisted_towns(text[at:end])
        for meaning in sorted(meanings, key=lambda one: (not one.full, len(one.code))):
            fits = _fits(meaning, known)
            if not meaning.full:
                if fits and _short_counts(text, end, meaning, known):
                    return end, meaning
            elif text[end - 1] in "镇乡" and ROAD_AFTER.match(text, end):
                continue  # 城关镇|东路
            elif text[end - 1 : end + 1] == "市场":
                continue
            elif meaning.label == "town" and _listed_at(text, end - 1):
                continue  # 宁波|镇海区
            elif fits:
                return end, meaning
            elif meaning.listed:
                strange = strange or (end, meaning)
    return strange


def _listed_at(text: str, at: int) -> bool:
    """Whether a district's name in full begins here."""
    index = names()
    return any(
        one.full and one.listed and one.label == "district"
        for end in range(at + 2, min(len(text), at + 6) + 1)
        for one in index.get(text[at:end], ())
    )


def _unlisted_towns(form: str) -> tuple[Name, ...]:
    """A town by another of its endings: many became subdistricts and are called both."""
    ending = next((one for one in _TOWN_ENDINGS if form.endswith(one)), None)
    if ending is None:
        return ()
    known = names().get(form.removesuffix(ending), ())
    return tuple(Name(one.code, "town", True, listed=False) for one in known if one.label == "town")


def _fits(name: Name, known: str) -> bool:
    if name.label == "town":  # counties are divided and merged, towns stay in their city
        return name.code.startswith(known[:4])
    return name.code.startswith(known.rstrip("T")) or known.startswith(name.code)


def _short_counts(text: str, end: int, meaning: Name, known: str) -> bool:
    if ROAD_AFTER.match(text, end) or _SITE.match(text, end):
        return False
    if meaning.label == "town":
        # A town's stem is the name of nearly everything in it: its county has to stand before it,
        # and a road or a village of another name behind.
        # Three characters are rare enough to stand alone at the beginning: 王江泾, 朱家尖.
        if known.endswith("T") or (len(known) < 4 and (end < 3 or known)):
            return False
        return bool(_ROAD_OR_VILLAGE.match(text, end)) or not _MORE_OF_A_NAME.match(text, end)
    if text[end : end + 1] in ("镇", "乡") and not _listed_at(text, end):
        return False
    if known and len(meaning.code) > len(known):
        return _next_full(text, end, meaning.code) or not _MORE_OF_A_NAME.match(text, end)
    if meaning.label in ("city", "prov") and _ROAD_OR_VILLAGE.match(text, end):
        return True
    return _next_full(text, end, meaning.code)


def _next_full(text: str, at: int, code: str) -> bool:
    """Whether a name within ``code`` begins right there, full or short, or what looks like one."""
    index = names()
    while at < len(text) and text[at] in "-_ ,":
        at += 1
    if _TOWN_LIKE.match(text, at):
        return True
    for end in range(min(len(text), at + _LONGEST), at + 1, -1):
        for one in index.get(text[at:end], ()):
            if one.code.startswith(code) and (one.full or one.label in ("city", "district")):
                return True
    return False
