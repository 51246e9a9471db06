"""One form for what is written in many: width, case, traditional characters, white space.

Every step keeps one character for one, so that a place found in the normalised text can be marked
in the original; only white space and invisible characters are dropped, and the offset map says
where. Numerals stay as written: what is a number is decided by what follows it (``numbers``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from opencc import OpenCC

_HYPHENS = "‐‑‒–﹣－"
_DASHES = "—―─━"
_TILDES = "～〜∼˜"
_QUOTES = "'“”„‟＂「」『』《》〈〉‘’‛＇"

_SOFT_BREAK = ","
"""What a line break becomes: the end of a clause, not of a name."""


def _one_for_one() -> Mapping[int, str]:
    """NFKC of single characters where it keeps the length; circled digits stay themselves.

    NFKC would turn 12① into 121, a number nobody wrote.
    """
    table: dict[int, str] = {}
    ranges = (range(0x3000, 0x3040), range(0xF900, 0xFB00), range(0xFE30, 0xFE70),
              range(0xFF01, 0xFFEF))  # fmt: skip
    for block in ranges:
        for code in block:
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1 and plain != chr(code):
                table[code] = plain.upper()
    table |= dict.fromkeys(range(55296, 57344), "�")  # half of a pair, as JSON may carry
    table |= {code: chr(code).upper() for code in range(ord("a"), ord("z") + 1)}
    table |= {ord(char): "-" for char in _HYPHENS + _DASHES}
    table |= {ord(char): "~" for char in _TILDES}
    table |= {ord(char): '"' for char in _QUOTES}
    table |= {ord("，"): ",", ord("；"): ";", ord("："): ":", ord("（"): "(", ord("）"): ")"}
    table |= {ord("【"): "(", ord("】"): ")", ord("［"): "(", ord("］"): ")", ord("["): "("}
    table |= {ord("]"): ")", ord("〇"): "零", ord("！"): "。", ord("!"): "。", ord("？"): "。"}
    table |= {
        ord("?"): "。",
        ord("\n"): _SOFT_BREAK,
        ord("\r"): _SOFT_BREAK,
        ord("\t"): " ",
        ord("#"): "#",
    }
    return table


_LONGEST_BLANK = 40
"""Spaces in a row behind which the next word is still looked for."""
_SPACED = re.compile(r"[\u4e00-\u9fff] [\u4e00-\u9fff] [\u4e00-\u9fff]")
"""A text with a space behind every character, as some forms send it: there it means nothing."""

_TABLE = _one_for_one()


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in normal form, and where each of its characters stood."""

    text: str
    offsets: tuple[int, ...] | None
    """Original index of each character; ``None`` where nothing was dropped."""
    length: int
    """Of the original text."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The slice of the original that ``text[start:end]`` came from; ``end`` > ``start``."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


def normalise(text: str) -> Normalised:
    """The text in normal form; an empty text stays empty. Linear in its length."""
    plain = text.translate(_TABLE)
    simple = _converter().convert(plain)
    if len(simple) != len(plain):  # a phrase that changes length: character by character instead
        simple = "".join(map(_simplified, plain))
    if simple.isprintable() and " " not in simple:
        return Normalised(simple, None, len(text))
    spaced = _SPACED.search(simple) is not None
    kept = [at for at, char in enumerate(simple) if not _dropped(simple, at, char, spaced)]
    return Normalised("".join([simple[at] for at in kept]), tuple(kept), len(text))


@cache
def _simplified(char: str) -> str:
    plain = _converter().convert(char)
    return plain if len(plain) == 1 else char


def _dropped(text: str, at: int, char: str, spaced: bool) -> bool:
    """White space and invisible characters, but not a space between two Latin words or numbers."""
    if char == " ":
        if spaced:
            return True
        if text[at - 1 : at] == " ":
            return True
        around = text[at - 1 : at] + text[at + 1 :][:_LONGEST_BLANK].lstrip(" ")[:1]
        return not (len(around) == 2 and around.isascii() and around.isalnum())
    return not char.isprintable()


@lru_cache(maxsize=65_536)
def normal_name(name: str) -> str:
    """A gazetteer name in the form in which texts are searched; brackets are kept."""
    return normalise(name.strip()).text
