"""Names found by their sound or with one character wrong: only where no known name explains them.

Three keys per name, the nearest first: the toneless sound (大风路 for 大凤路), the sound without
the pairs that ears and input methods confuse (zh z, n l, ing in …), and the name less any one
character.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from pypinyin import Style, pinyin
from rapidfuzz.distance import Levenshtein

from routing.geocoding.lexicon import Entry, EntryKind, Lexicon
from routing.geocoding.tokens import Token
from routing.model import PlaceKind

KINDS = frozenset(
    {PlaceKind.ROAD, PlaceKind.COMPOUND, PlaceKind.VILLAGE, PlaceKind.POI, PlaceKind.WATER,
     PlaceKind.STOP, PlaceKind.JUNCTION}
)  # fmt: skip
SHORTEST, LONGEST = 3, 10
"""Characters of a name that is looked for: with two, one wrong character leaves nothing."""
MOST_HEARD = 16
"""Unknown names of one text that are looked for: a complaint has one or two, a pasted file has
thousands, and each costs as much as a whole complaint."""
MOST_ALIKE = 4
"""Names of exactly one sound that are all told (东虹, 东洪, 东鸿); more are no help to anybody."""
SHORTEST_EDIT = 4
"""Characters from which one wrong character is accepted: of three, two are the name and one the
word 路, and half a name is no evidence."""

_ROAD_ENDS = (
    r"(?<![道马公铁走过修让一字米路占堵拦挡绕迷问带顺赶停护养\d])路(?![面灯边况人障基过])|(?<!沿|大|逛|上)街(?![道边上坊])"
    r"|(?<![车街小人水占便通轨频味知报霸难隧渠管赛])道(?!路)|(?<!街|小)巷|弄"
)
"""What ends a road's name, and not 道路, 路面, 车道, 街边."""
COMMON_END = 4
"""Names in the gazetteer that have to end with the same two characters (佳园, 豪庭, 小学) for this
to be taken for the end of a name."""

_FUZZY_STARTS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("h", "f"), ("r", "l"))
_FUZZY_ENDS = (("ing", "in"), ("eng", "en"), ("ang", "an"))

Ints = NDArray[np.int64]


@lru_cache(maxsize=32768)
def syllable(char: str) -> str:
    """The toneless sound of a character; itself where it has none."""
    return str(pinyin(char, style=Style.NORMAL, strict=False)[0][0])


@lru_cache(maxsize=32768)
def _loose(char: str) -> str:
    sound = syllable(char)
    for full, plain in _FUZZY_STARTS:
        if sound.startswith(full):
            sound = plain + sound[len(full) :]
            break
    for full, plain in _FUZZY_ENDS:
        if sound.endswith(full):
            return sound.removesuffix(full) + plain
    return sound


def _sound(name: str) -> str:
    return "'".join(map(syllable, name))


def _loose_sound(name: str) -> str:
    return "'".join(map(_loose, name))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a misspelt name may lie, by what stands around it."""

    fits: Callable[[Entry], bool]
    narrow: bool
    """It is one subdistrict or less, or a road that the name has to cross: there one wrong
    character of three still leaves one name only."""


class Sounds:
    """The names of a lexicon by sound and with one character left out."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._numbers = [
            number
            for number, form in enumerate(lexicon.forms)
            if SHORTEST <= len(form) <= LONGEST and not form.isascii() and self._meant(number)
        ]
        forms = [lexicon.forms[number] for number in self._numbers]
        self._ends = re.compile(f"(?:{_ROAD_ENDS}{''.join(_common_ends(forms))})")
        self._exact = _Table(map(_sound, forms))
        self._near = _Table(map(_loose_sound, forms))
        self._less = _Table(_shorter(forms), _repeats(forms))

    def _meant(self, form: int) -> list[Entry]:
        return [
            entry
            for entry in self._lexicon.entries(form)
            if entry.kind is EntryKind.PLACE
            and self._lexicon.places[entry.number].kind in KINDS
            and entry.how in ("name", "alias", "full", "stem")
        ]

    def tokens(
        self,
        text: str,
        known: Sequence[Token],
        surroundings: Callable[[int, int], Surroundings],
    ) -> tuple[list[Token], list[str]]:
        """Names between the known tokens that a sound or a slip explains, and those that nothing
        does. ``surroundings`` tells for a slice of the text where its name may lie; a name with
        several fits there is not guessed."""
        found: list[Token] = []
        missing: list[str] = []
        for start, end in islice(_unexplained(text, known, self._ends), MOST_HEARD):
            token = self._best(text, start, end, surroundings(start, end))
            if token is not None:
                found.append(token)
            else:
                name = _FILLERS.sub("", text[start:end])
                if len(name) >= SHORTEST:
                    missing.append(name)
        return found, missing

    def _best(self, text: str, start: int, end: int, around: Surroundings) -> Token | None:
        fits = around.fits
        slices = [
            (first, text[first:end])
            for first in range(max(start, end - LONGEST), end - SHORTEST + 1)
        ]
        station = _STATION.match(text, end)
        if station is not None:  # 翠运国际公交站: the stop before the estate it is called after
            stop = self._best(text, start, station.end(), Surroundings(around.fits, around.narrow))
            if stop is not None:
                return stop
        for how, table, key in (
            ("homophone", self._exact, _sound),
            ("near_sound", self._near, _loose_sound),
        ):
            for first, said in slices:
                entries = self._agreed(table.find(key(said)), said, how, fits, same_length=True)
                if entries:
                    return Token("NAME", first, end, said, entries)
                if how == "homophone" and self._agreed(
                    table.find(key(said)), said, how, _anywhere, same_length=True
                ):
                    return None  # the name that sounds so is known, and is not meant here
        for first, said in slices:
            least = SHORTEST if around.narrow else SHORTEST_EDIT
            if said[-1] not in "路街巷弄道":
                least += 1  # 公厕, 小区: two characters that say nothing of the name
            if len(said) < least:
                continue
            numbers = {
                n for shorter in (said, *_without_one(said)) for n in self._less.find(shorter)
            }
            numbers |= set(self._less.find(said))
            entries = self._agreed(sorted(numbers), said, "edit", fits, same_length=False)
            if entries:
                return Token("NAME", first, end, said, entries)
        return None

    def _agreed(
        self,
        numbers: Iterable[int],
        said: str,
        how: str,
        fits: Callable[[Entry], bool],
        *,
        same_length: bool,
    ) -> tuple[Entry, ...]:
        """Entries of the one name that fits; nothing where two names do."""
        names: dict[str, list[Entry]] = {}
        another = False
        for at in numbers:
            form = self._lexicon.forms[self._numbers[at]]
            if form[-1] != said[-1] or form == said:
                continue
            if same_length:
                if len(form) != len(said):
                    continue
            elif Levenshtein.distance(form, said, score_cutoff=1) > 1:
                continue
            another = another or _another(form, said)
            for entry in self._meant(self._numbers[at]):
                if fits(entry):
                    name = self._lexicon.names[entry.number]
                    names.setdefault(name, []).append(Entry(entry.kind, entry.number, how))
        if len(names) > (MOST_ALIKE if how == "homophone" else 1):
            return ()
        if not same_length and another:
            return ()
        return tuple(entry for entries in names.values() for entry in entries)


def _common_ends(names: Sequence[str]) -> Iterator[str]:
    """Alternatives for the last two characters of many names that are no roads."""
    counted = Counter(name[-2:] for name in names if name[-1] not in "路街巷弄道")
    for end, count in sorted(counted.items()):
        if count >= COMMON_END and end not in _NO_ENDS and end[-1] not in "0123456789":
            yield "|" + re.escape(end)


_TELLS_APART = frozenset("东南西北中上下内外新老前后支一二三四五六七八九十0123456789")


def _another(form: str, said: str) -> bool:
    """Whether what one has and the other lacks makes it another name: 西洪北路 is no slip for
    西洪路."""
    if len(form) == len(said):
        return False
    longer, shorter = (form, said) if len(form) > len(said) else (said, form)
    at = next((n for n, char in enumerate(shorter) if longer[n] != char), len(shorter))
    return longer[at] in _TELLS_APART


def _anywhere(entry: Entry) -> bool:
    return True


class _Table:
    """Hash → positions, in two sorted arrays: 300,000 names with their shorter forms take 40 MB."""

    def __init__(self, keys: Iterable[str], owners: Ints | None = None) -> None:
        hashes = np.fromiter(map(hash, keys), dtype=np.int64)
        order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[order]
        self._owners = order.astype(np.int64) if owners is None else owners[order]

    def find(self, key: str) -> list[int]:
        """Positions of names with this key (and of a few with another, by accident)."""
        wanted = hash(key)
        low = int(self._hashes.searchsorted(wanted))
        found: list[int] = []
        while low < len(self._hashes) and self._hashes[low] == wanted:
            found.append(int(self._owners[low]))
            low += 1
        return found


def _without_one(name: str) -> Iterator[str]:
    return (name[:at] + name[at + 1 :] for at in range(len(name)))


def _shorter(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield name
        yield from _without_one(name)


def _repeats(names: Sequence[str]) -> Ints:
    return np.repeat(np.arange(len(names), dtype=np.int64), [len(name) + 1 for name in names])


def _unexplained(
    text: str, known: Sequence[Token], ends: re.Pattern[str]
) -> Iterator[tuple[int, int]]:
    """Slices that end like a name and hold no known token: (earliest start, end)."""
    taken = [
        (token.start, token.end) for token in known if token.kind == "NAME" or token.kind in _FIRM
    ]
    at = 0
    free: list[tuple[int, int]] = []
    for start, end in [*taken, (len(text), len(text))]:
        if start - at >= SHORTEST:
            free.append((at, start))
        at = max(at, end)
    for start, stop in free:
        for found in ends.finditer(text, start, stop):
            begin = max(start, found.end() - LONGEST)
            for at in range(found.end() - 1, begin - 1, -1):
                if text[at] in _STOPS:
                    begin = at + 1
                    break
            if found.end() - begin >= SHORTEST:
                yield begin, found.end()


_NO_ENDS = frozenset({"路口", "站台", "公交", "门口", "里面"})
_STATION = re.compile(r"(?:公交|公交车)?(?:站台?|车站|站点)")
_FILLERS = re.compile(
    r"^(?:来电人|诉求人|市民|反映|家住|住在?|我家?|这里|那里|那边|这边|现在|请问)+"
)
"""Before a name that nobody knows; not part of it."""
_STOPS = frozenset(',。;:()"、的在和与及')
_FIRM = frozenset({"H", "HR", "B", "U", "RM", "KM", "COMMA", "END", "OPEN", "CLOSE", "QUOTE"})
