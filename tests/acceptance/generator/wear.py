"""How a name wears off: slips of the finger, wrong characters of the same sound, old forms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from random import Random

from opencc import OpenCC
from pypinyin import lazy_pinyin

_COMMON = (
    "安白百北本边宾长城成池春翠大道德东堤定段多发方丰风凤福甫府富港高工公古谷关光广桂国海汉航和河荷"
    "横红宏洪鸿后厚湖花华环黄惠火吉济佳家嘉建江街金锦津京井景静九居军开康科空口昆兰朗老乐里礼丽"
    "利连莲梁林岭龙隆楼路罗洛马美门民明名南内宁牛农盘平坪浦七齐奇桥青清庆秋泉群人仁荣三沙山商上"
    "胜石市水思寺松苏台太泰唐塘天田庭同铜桐土湾万王望威为卫温文屋五午西溪喜下仙乡香祥象新信兴星"
    "行秀学雪阳洋杨姚一仪宜义易益银英永有友雨玉元园圆远院月云运枣泽展张照正政中钟重州朱竹庄紫祖"
)
_UNTOUCHED = frozenset(
    "路街巷弄道区市镇村站园里号栋楼座幢桥口东西南北中一二三四五六七八九十0123456789"
)
"""Characters whose loss would make another, perfectly good name."""


class Wear:
    """Changes one character of a name, never into another name of the gazetteer."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        characters = sorted({c for name in self._names for c in name if "一" <= c <= "鿿"})
        self._pool = sorted({*characters, *_COMMON})
        sounds: dict[str, list[str]] = defaultdict(list)
        for character in self._pool:
            sounds[_sound(character)].append(character)
        self._alike = {c: [o for o in sounds[_sound(c)] if o != c] for c in self._pool}

    def homophone(self, name: str, rng: Random) -> str | None:
        """One character for another of the same sound; ``None`` where none gives a new word."""
        return self._changed(name, rng, lambda c: self._alike.get(c, []))

    def typo(self, name: str, rng: Random) -> str | None:
        """One character wrong, missing, doubled, or changed with its neighbour."""
        kind = rng.choice(("wrong", "wrong", "missing", "doubled", "turned"))
        places = [n for n, c in enumerate(name) if c not in _UNTOUCHED]
        if len(name) < 4 and kind == "missing":
            kind = "wrong"
        if not places:
            return None
        if kind == "wrong":
            return self._changed(name, rng, lambda _: self._pool)
        n = rng.choice(places)
        if kind == "missing":
            worn = name[:n] + name[n + 1 :]
        elif kind == "doubled":
            worn = name[: n + 1] + name[n:]
        else:
            if n + 1 >= len(name) - 1:
                return None
            worn = name[:n] + name[n + 1] + name[n] + name[n + 2 :]
        return worn if worn != name and worn not in self._names else None

    def _changed(self, name: str, rng: Random, choices: Callable[[str], list[str]]) -> str | None:
        places = [n for n, c in enumerate(name) if c not in _UNTOUCHED and "一" <= c <= "鿿"]
        rng.shuffle(places)
        for n in places:
            options = [c for c in choices(name[n]) if c != name[n]]
            rng.shuffle(options)
            for character in options[:8]:
                worn = name[:n] + character + name[n + 1 :]
                if worn not in self._names:
                    return worn
        return None


@cache
def _sound(character: str) -> str:
    return str(lazy_pinyin(character)[0])


@cache
def _converter() -> OpenCC:
    return OpenCC("s2t")


def traditional(text: str) -> str:
    """The text in traditional characters."""
    return str(_converter().convert(text))
