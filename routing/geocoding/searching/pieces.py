"""Names by any piece of them: of characters, of initials, of whole pinyin.

All names stand in one string, each ended by a line feed, the most wanted first. Two arrays of
positions, one sorted by the eight characters from there on, one by the eight initials, give every
place where a query occurs as one range: two binary searches, then a comparison of what the query
has beyond eight. A position carries in its upper bits how good a match there would be, so the
best of a range are its smallest values. 4 bytes per character and array; nothing per name.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.geocoding.searching.sounds import OTHER_READINGS, SEPARATOR, cut, sounds, starting

WIDTH = 8
"""Characters that the arrays are sorted by: names that share more are compared one by one."""
_AT = np.uint32((1 << 29) - 1)
"""Lower bits of an entry: the position; the upper three are the match it would be."""
_MANY = 20_000
"""Entries of a range above which its best are kept once found: a single common character is the
only query with hundreds of thousands, and sorting out its best takes 5 ms."""
_SILENT = ord("!")
"""Stands for the initial of a character without one: above a name's end, below all letters."""
KEPT = 256
"""Best of a range that are looked at; ten are shown."""

_BEYOND = re.compile("[^\x00-\ud7ff\ue000-\uffff]")
_WORD_ENDS = "省市区县镇乡村街道路巷弄里坊桥门·・（(-— "


class Match(IntEnum):
    """How a query sits in a name, best first."""

    EXACT = 0
    PREFIX = 1
    WORD = 2  # from the beginning of a word inside
    INFIX = 3


def plain(text: str) -> str:
    """The text as it is compared: NFKC, lower case, no blanks.

    A character outside the basic plane, or half of one, is compared as any other such.

    >>> plain("Ｂ区　５９号")
    'b区59号'
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    return _BEYOND.sub("\uffff", "".join(folded.split())).replace("\x00", "")


class Pieces:
    """An index over names in the order they are wanted; read-only, so any thread may ask."""

    def __init__(self, names: Sequence[str]) -> None:
        """``names`` are plain already (see ``plain``); an empty one is never found."""
        table = sounds()
        self._spelt = len(names)
        extra, self._extra_of = _other_readings(names)
        self._text = "".join(f"{one}\n" for one in [*names, *(other for other, _ in extra)])
        self._codes: NDArray[np.uint16] = np.frombuffer(self._text.encode("utf-16-le"), np.uint16)
        syllables = table.of_character[self._codes]
        self._ends = np.flatnonzero(self._codes == SEPARATOR).astype(np.uint32)
        begins = np.concatenate([[0], self._ends.astype(np.int64) + 1])[:-1]
        for (_, changes), begin in zip(extra, begins[self._spelt :], strict=True):
            for at, syllable in changes:
                syllables[begin + at] = table.number_of[syllable]
        self._syllables = syllables
        initials = table.first_letter[syllables]
        initials[initials == 0] = _SILENT
        initials[self._codes == SEPARATOR] = SEPARATOR
        self._initials = initials.tobytes()
        self._initial_codes = initials
        quality = _quality(self._text, self._codes)
        spelt_end = int(self._ends[self._spelt - 1]) + 1 if self._spelt else 0
        self._by_text = _sorted(self._codes[:spelt_end], quality[:spelt_end], 16)
        self._by_initials = _sorted(initials, quality, 8, initials != _SILENT)
        self._best: dict[tuple[bool, int, int], NDArray[np.uint32]] = {}

    def spelt(self, query: str, most: int = KEPT) -> list[tuple[Match, int]]:
        """Names that contain the characters, best first: how, and the number of the name."""
        if not query or "\n" in query:
            return []
        low, high = self._range(self._by_text, self._text, query[:WIDTH])
        found = self._top(True, low, high) if len(query) <= WIDTH else self._by_text[low:high]
        codes = np.frombuffer(query.encode("utf-16-le"), np.uint16)
        for at in range(WIDTH, len(codes)):
            found = found[self._codes[(found & _AT) + at] == codes[at]]
        return self._matches(found, len(codes), most)

    def sounding(self, typed: str, most: int = KEPT) -> list[tuple[Match, int]]:
        """Names whose initials, or whole pinyin, contain the letters and digits typed."""
        if not typed.isascii() or not typed.isalnum():
            return []
        found = {number: how for how, number in reversed(self._initialled(typed, most))}
        for way in cut(typed):
            for how, number in self._syllabled(way, most):
                found[number] = min(how, found.get(number, how))
        return sorted((how, number) for number, how in found.items())[:most]

    def _initialled(self, typed: str, most: int) -> list[tuple[Match, int]]:
        wanted = typed.encode()
        low, high = self._range(self._by_initials, self._initials, wanted[:WIDTH])
        short = len(wanted) <= WIDTH
        found = self._top(False, low, high) if short else self._by_initials[low:high]
        for at in range(WIDTH, len(wanted)):
            found = found[self._initial_codes[(found & _AT) + at] == wanted[at]]
        return self._matches(found, len(wanted), most)

    def _syllabled(self, way: tuple[str, ...], most: int) -> list[tuple[Match, int]]:
        table = sounds()
        wanted = "".join(one[0] for one in way).encode()
        low, high = self._range(self._by_initials, self._initials, wanted[:WIDTH])
        found = self._by_initials[low:high]
        for at, piece in enumerate(way):
            here = self._syllables[(found & _AT) + at]
            if at == len(way) - 1:
                found = found[starting(piece)[here]]
            else:
                found = found[here == table.number_of[piece]]
        return self._matches(found, len(way), most)

    def _range(self, entries: Any, text: str | bytes, wanted: str | bytes) -> tuple[int, int]:
        size, at = len(wanted), int(_AT)

        def piece(entry: np.uint32) -> Any:
            begin = int(entry) & at
            return text[begin : begin + size]

        low = bisect_left(entries, wanted, key=piece)
        return low, bisect_right(entries, wanted, lo=low, key=piece)

    def _top(self, spelt: bool, low: int, high: int) -> NDArray[np.uint32]:
        """The best of a range; of a long one they are kept, and with them those that end here."""
        entries = self._by_text if spelt else self._by_initials
        if high - low <= _MANY:
            return entries[low:high]
        held = self._best.get((spelt, low, high))
        if held is None:
            # A name that ends with the query sorts before all that go on: exact ones stand here.
            best = np.partition(entries[low:high], KEPT)[:KEPT]
            held = np.union1d(best, np.sort(entries[low : low + _MANY])[:KEPT])
            self._best[spelt, low, high] = held  # one write, so no thread sees half of it
        return held

    def _matches(self, found: NDArray[np.uint32], size: int, most: int) -> list[tuple[Match, int]]:
        if not len(found):
            return []
        at = found & _AT
        # Exact: begins a name, and the name ends behind it.
        exact = ((found >> np.uint32(29)) == Match.PREFIX) & (self._codes[at + size] == SEPARATOR)
        scores = np.where(exact, at, found)
        if len(scores) > most:
            scores = np.partition(scores, most)[:most]
        scores = np.sort(scores)
        names = np.searchsorted(self._ends, scores & _AT)
        best: dict[int, Match] = {}
        for how, number in zip((scores >> np.uint32(29)).tolist(), names.tolist(), strict=True):
            spelt = number if number < self._spelt else self._extra_of[number - self._spelt]
            best.setdefault(spelt, Match(how))
        return sorted((how, number) for number, how in best.items())


_Changes = list[tuple[int, str]]
"""Place in a name → the syllable that stands there instead."""


def _other_readings(names: Sequence[str]) -> tuple[list[tuple[str, _Changes]], list[int]]:
    """Names once more for each second reading in them, and for all together; and whose they are."""
    pattern = re.compile("[" + "".join(OTHER_READINGS) + "]")
    extra: list[tuple[str, _Changes]] = []
    owner: list[int] = []
    for number, name in enumerate(names):
        found = [(one.start(), OTHER_READINGS[one[0]]) for one in pattern.finditer(name)]
        if not found:
            continue
        ways = [[one] for one in found] + ([found] if len(found) > 1 else [])
        extra += [(name, way) for way in ways]
        owner += [number] * len(ways)
    return extra, owner


def _quality(text: str, codes: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """What a match from each position on would be; exact ones are found when asked."""
    quality = np.full(len(codes), Match.INFIX, np.uint8)
    if not len(codes):
        return quality
    ends = np.zeros(65_536, np.bool_)
    ends[[ord(one) for one in _WORD_ENDS]] = True
    digit = (codes >= ord("0")) & (codes <= ord("9"))
    latin = digit | ((codes >= ord("a")) & (codes <= ord("z")))
    quality[1:][ends[codes[:-1]] | (latin[1:] != latin[:-1])] = Match.WORD
    quality[1:][codes[:-1] == SEPARATOR] = Match.PREFIX
    quality[0] = Match.PREFIX
    return quality


def _sorted(
    codes: NDArray[np.uint16] | NDArray[np.uint8],
    quality: NDArray[np.uint8],
    bits: int,
    wanted: NDArray[np.bool_] | None = None,
) -> NDArray[np.uint32]:
    """Positions by the ``WIDTH`` codes from each on, where a name's end comes before all else;
    of equal ones the first name first. ``wanted`` leaves positions out."""
    key = np.where(codes == SEPARATOR, 0, codes).astype(np.uint64)
    held = 1  # characters in one key
    while held * bits < 64:
        key = (key << np.uint64(held * bits)) | _behind(key, held, bits)
        held *= 2
    keys = [key] if held == WIDTH else [_behind(key, held, bits), key]
    inside = codes != SEPARATOR if wanted is None else wanted & (codes != SEPARATOR)
    at = np.flatnonzero(inside)
    order = at[np.lexsort([one[at] for one in keys])].astype(np.uint32)
    return order | (quality[order].astype(np.uint32) << np.uint32(29))


def _behind(key: NDArray[np.uint64], held: int, bits: int) -> NDArray[np.uint64]:
    """The key of the characters behind each key's own; 0 where the name ended before."""
    behind = np.zeros_like(key)
    behind[:-held] = key[held:]
    behind[(key & np.uint64((1 << bits) - 1)) == 0] = 0
    return behind
