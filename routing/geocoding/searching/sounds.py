"""How characters are typed in pinyin: one syllable per character, looked up in a table.

A name is never handed to pypinyin, whose phrase search costs 20 µs a name, 14 s for 700,000; a
character's first reading is its entry here, and the readings that place names really use besides
it are named below.
"""

from __future__ import annotations

import functools
import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pypinyin.constants import PINYIN_DICT

SEPARATOR = 10
"""Code of the line feed that ends every name of an index."""

FIRST_READINGS: dict[str, str] = {
    "长": "chang",
    "重": "chong",
    "厦": "xia",
    "都": "du",
    "行": "hang",
    "会": "hui",
    "车": "che",
    "石": "shi",
    "大": "da",
    "柏": "bai",
    "六": "liu",
    "弄": "long",
}
"""What place names mostly say where the table's first reading is another."""

OTHER_READINGS: dict[str, str] = {
    "长": "zhang",
    "重": "zhong",
    "厦": "sha",
    "行": "xing",
    "会": "kuai",
    "乐": "yue",
    "朝": "zhao",
    "藏": "zang",
    "曾": "ceng",
    "降": "xiang",
    "角": "jue",
    "宿": "su",
    "省": "xing",
    "盛": "cheng",
    "单": "shan",
    "尉": "yu",
    "解": "xie",
    "仇": "qiu",
    "调": "tiao",
    "番": "pan",
    "浒": "xu",
    "缪": "miao",
    "卜": "bo",
    "莘": "xin",
    "弄": "nong",
}
"""Second readings that occur in place names and surnames; a name with one is found by both."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sounds:
    """Syllables by number, and the number of every character of the basic plane."""

    syllables: tuple[str, ...]
    """Number → toneless syllable; a letter or digit is a syllable of its own; 0 is none."""
    number_of: dict[str, int]
    of_character: NDArray[np.uint16]
    """Code point below 65,536 → number of its syllable, 0 for a character without a sound."""
    first_letter: NDArray[np.uint8]
    """Number → ASCII code of its first letter, 0 for none."""


@functools.cache
def sounds() -> Sounds:
    """The table; built on first use in about a tenth of a second, the same for ever."""
    number_of: dict[str, int] = {"": 0}
    of_character = np.zeros(65_536, np.uint16)
    for code, readings in PINYIN_DICT.items():
        if code < 65_536:
            plain = FIRST_READINGS.get(chr(code)) or toneless(readings.split(",")[0])
            of_character[code] = number_of.setdefault(plain, len(number_of))
    for plain in OTHER_READINGS.values():
        number_of.setdefault(plain, len(number_of))
    for character in "abcdefghijklmnopqrstuvwxyz0123456789":
        of_character[ord(character)] = number_of.setdefault(character, len(number_of))
    syllables = tuple(number_of)
    first = [ord(one[0]) if one and one.isascii() else 0 for one in syllables]
    of_character.setflags(write=False)
    return Sounds(
        syllables=syllables,
        number_of=number_of,
        of_character=of_character,
        first_letter=np.array(first, np.uint8),
    )


@functools.lru_cache(maxsize=4_096)  # there are about 1,500 beginnings of syllables
def starting(prefix: str) -> NDArray[np.bool_]:
    """Which syllables begin with the prefix, by number."""
    return np.array([one.startswith(prefix) for one in sounds().syllables])


def toneless(reading: str) -> str:
    """The reading as it is typed.

    >>> toneless("lǜ")
    'lv'
    """
    plain = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(one for one in plain if not unicodedata.combining(one))


MOST_WAYS = 256
"""Ways of cutting one query into syllables that are looked at, a fifth of a millisecond."""
WAYS_USED = 16
"""Of these the ones with the fewest syllables: 马一南华广场 has 8 of the least number, the right
one (yi nan, not yin an) among them."""


def cut(typed: str) -> list[tuple[str, ...]]:
    """Ways to read letters and digits as syllables, fewest first; the last may be unfinished.

    Empty where no way exists: then the letters can only be initials.

    >>> cut("xihonglu5")
    [('xi', 'hong', 'lu', '5')]
    """
    known = sounds().number_of
    ways: list[tuple[str, ...]] = []

    def walk(at: int, taken: tuple[str, ...]) -> None:
        if len(ways) >= MOST_WAYS:
            return
        if at == len(typed):
            ways.append(taken)
            return
        for size in range(min(6, len(typed) - at), 0, -1):
            piece = typed[at : at + size]
            last = at + size == len(typed)
            whole = piece in known and (size > 1 or piece.isdigit() or piece in "aeo")
            if whole or (last and taken and _begins(piece)):
                walk(at + size, (*taken, piece))

    walk(0, ())
    return sorted(ways, key=len)[:WAYS_USED]


@functools.cache
def _beginnings() -> frozenset[str]:
    return frozenset(one[:end] for one in sounds().syllables for end in range(1, len(one) + 1))


def _begins(piece: str) -> bool:
    return piece in _beginnings()
