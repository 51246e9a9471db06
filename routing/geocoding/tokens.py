"""A text cut into typed tokens: known names first, then the closed vocabulary between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from routing.geocoding.lexicon import Entry, EntryKind, Lexicon
from routing.geocoding.numbers import CHINESE
from routing.geocoding.words import PATTERN
from routing.model import PlaceKind

_GOES_ON = re.compile(
    r"[东西南北中上下内外新老前后一二三四五六七八九十\d]{0,2}(?:路(?!口|段|边|上|面|灯|旁|中|的|南|北|东|西|名|与|和|和|到|至)|街(?!口|边|上|旁)|大道|巷(?!口)|弄|支路|胡同|环路|大街)"
)
"""What makes a stem or a short name the beginning of another road's name: 莲前 in 莲前西路."""

_ROAD_END = ("路", "街", "道", "巷", "弄", "里", "线", "环", "胡同", "条")
_WORD_ROAD = re.compile(r"道路(?![口面灯边上段旁])|道路(?=面(?:破|塌|坏|积))")
"""After 青龙街: the word 道路 (青龙街 道路破损), not the office 青龙街道."""
_BUS = re.compile(r"(?:公交|路?车(?!道|辆|位|库|行)|路?线路|班车)")
_NUMBERED = re.compile(rf"(?:\d{{1,4}}(?:-\d+)?|[{CHINESE}]{{1,5}})号(?!线|楼|院)")
_CITY = re.compile(r"[市县](?!场|民|医|立|政|一|二|三|四|五|体|图)")
"""Behind a river that a city is called after: 澜江 in 澜江市."""


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of the normalised text, ``text[start:end]``."""

    kind: str
    """``NAME``, or a group of ``words.PATTERN``."""
    start: int
    end: int
    text: str
    entries: tuple[Entry, ...] = ()
    """What a NAME may mean."""
    parts: dict[str, str] = field(default_factory=dict)
    """Named parts of a vocabulary token: direction, distance, code …"""


def tokenise(text: str, lexicon: Lexicon) -> list[Token]:
    """Tokens in the order of the text, not overlapping; what is no token is left out."""
    names = _names(text, lexicon)
    tokens: list[Token] = []
    at = 0
    for name in names:
        _vocabulary(text, at, name.start, tokens)
        tokens.append(name)
        at = name.end
    _vocabulary(text, at, len(text), tokens)
    return tokens


def _vocabulary(text: str, start: int, end: int, into: list[Token]) -> None:
    if start >= end:
        return
    for found in PATTERN.finditer(text, start, end):
        kind = found.lastgroup or ""
        if kind in ("OFF", "TAIL", "CORNER", "SIDE", "POLE"):
            parts = {name: said for name, said in found.groupdict().items()
                     if said is not None and name.islower()}  # fmt: skip
            into.append(Token(kind, found.start(), found.end(), found[0], parts=parts))
        else:
            into.append(Token(kind, found.start(), found.end(), found[0]))


def _names(text: str, lexicon: Lexicon) -> list[Token]:
    """The known names to read the text with: none inside a longer one, none that another denies."""
    spans: dict[tuple[int, int], int] = {}
    for start, end, form in lexicon.matches(text):
        spans[start, end] = form
    if not spans:
        return []
    kept: list[Token] = []
    ordered = sorted(spans, key=lambda span: (span[0], -span[1]))
    for start, end in ordered:
        verdicts: dict[tuple[EntryKind, PlaceKind | None, str], bool] = {}
        kept_entries: list[Entry] = []
        for entry in lexicon.entries(spans[start, end]):
            # one verdict per sort: a brand has a thousand branches of one sort
            sort = (entry.kind, lexicon.kind_of(entry), entry.how)
            fits = verdicts.get(sort)
            if fits is None:
                fits = verdicts[sort] = _fits(text, start, end, entry, lexicon)
            if fits:
                kept_entries.append(entry)
        entries = tuple(kept_entries)
        hows = {entry.how for entry in entries}
        if "name" in hows:
            # 西洪路公交站 is the stop of that name, not the station 西洪路 with a word added
            entries = tuple(entry for entry in entries if entry.how not in ("full", "stem"))
        elif "alias" in hows:
            entries = tuple(entry for entry in entries if entry.how != "stem")
        if entries:
            kept.append(Token("NAME", start, end, text[start:end], entries))
    return _schedule(_outermost(kept), text, lexicon)


def _fits(text: str, start: int, end: int, entry: Entry, lexicon: Lexicon) -> bool:
    """Whether the words around let this form be this thing."""
    after = text[end : end + 4]
    if text[end - 1].isdigit() and after[:1] and (after[0].isdigit() or after[0] in "+-"):
        return False  # K11 in K11+500, 12 in 120
    if text[start].isdigit() and start and text[start - 1].isdigit():
        return False
    if entry.kind is EntryKind.PLACE:
        kind = lexicon.places[entry.number].kind
        if kind is PlaceKind.ROAD and entry.how == "stem":
            return _NUMBERED.match(text, end) is not None
        if kind is PlaceKind.ROAD:
            if text[end - 1] == "街" and after[:1] == "道" and not _WORD_ROAD.match(text, end):
                return False
            if entry.how == "numeral" and text[start].isdigit() and _BUS.match(text, end):
                return False
            return True
        if _CITY.match(text, end) is not None:
            return False
        if entry.how in ("stem", "alias") or end - start <= 2:
            return _GOES_ON.match(text, end) is None
        return True
    if entry.how == "short":
        if _GOES_ON.match(text, end) is not None:
            return False
        return entry.kind is EntryKind.FOREIGN or end - start >= 2
    # a full area name inside a longer word: 青龙街道 in 青龙街道路破损
    return not (text.endswith("街道", start, end) and _WORD_ROAD.match(text, end - 1) is not None)


def _outermost(tokens: Sequence[Token]) -> list[Token]:
    """Without those lying inside another; input by start, longest first."""
    kept: list[Token] = []
    reach = -1
    for token in tokens:
        if token.end <= reach:
            continue
        reach = max(reach, token.end)
        kept.append(token)
    return kept


def _schedule(tokens: list[Token], text: str, lexicon: Lexicon) -> list[Token]:
    """Of names that overlap in part, the set that explains most: weighted interval scheduling."""
    if all(a.end <= b.start for a, b in zip(tokens, tokens[1:], strict=False)):
        return tokens
    tokens = sorted(tokens, key=lambda token: token.end)
    best: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for at, token in enumerate(tokens):
        before = max((n for n in range(at) if tokens[n].end <= token.start), default=-1)
        weight, chosen = best[before + 1]
        taken = (weight + _weight(token, lexicon), (*chosen, at))
        best.append(max(best[-1], taken, key=lambda one: one[0]))
    return [tokens[at] for at in best[-1][1]]


def _weight(token: Token, lexicon: Lexicon) -> float:
    """Square of the length, so that one long name beats two short ones; less for loose forms."""
    length = token.end - token.start
    worth = max(map(_worth, token.entries))
    return length * length * worth


def _worth(entry: Entry) -> float:
    if entry.how in ("stem", "short"):
        return 0.4 if entry.kind is not EntryKind.FOREIGN else 0.2
    return 0.8 if entry.how == "alias" else 1.0


def covered(tokens: Iterable[Token]) -> list[tuple[int, int]]:
    """The slices that names take, ascending."""
    return [(token.start, token.end) for token in tokens if token.kind == "NAME"]
