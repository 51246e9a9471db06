"""A text cut into typed tokens: known names first, then the closed vocabulary between them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from routing.geocoding.lexicon import Entry, EntryKind, Lexicon
from routing.geocoding.numbers import CHINESE
from routing.geocoding.words import PATTERN, ROLES
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
_COMMITTEE = re.compile(r"社区|居委会|村委会|居民委员会")
_BOUNDARY = re.compile(
    r"$|[,。;:()\"、# ]|[\u4e00-\u9fff]{0,4}?(?:没|不|业|坏|有|很|太|每|一|被|把|天|晚|早|楼|门|车"
    r"|垃|物业|电梯|路灯|井盖|广场|停|漏|积|堵|占|里|内|外|的|东|西|南|北)"
)
"""What may follow a stem or a two-character name: the end of a clause, a complaint; not the
rest of a longer name."""
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
    for role in ROLES.finditer(text):
        token = Token(role.lastgroup or "", role.start(), role.end(), role[0])
        place = bisect_left(names, token.start, key=lambda known: known.start)
        before = place > 0 and names[place - 1].end > token.start
        if not before and (place == len(names) or names[place].start >= token.end):
            names.insert(place, token)
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
    ends = {end for _, end in spans}
    ordered = sorted(spans, key=lambda span: (span[0], -span[1]))
    for start, end in ordered:
        verdicts: dict[tuple[EntryKind, PlaceKind | None, str], bool] = {}
        kept_entries: list[Entry] = []
        for entry in lexicon.entries(spans[start, end]):
            # one verdict per sort: a brand has a thousand branches of one sort
            sort = (entry.kind, lexicon.kind_of(entry), entry.how)
            fits = verdicts.get(sort)
            if fits is None:
                fits = _fits(text, start, end, entry, lexicon)
                if fits and entry.how in _LOOSE and start not in ends:
                    fits = _begins(text, start)
                verdicts[sort] = fits
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
    return _schedule(kept, lexicon)


_LOOSE = frozenset({"short", "stem"})
_LEADS = frozenset(
    "在于的是到从向往至和与及住内里外前后上近临沿离过有、且但号院弄巷楼村路街区栋幢座"
    "这那个来问去请找边日号晨间天午晚夜点时分月"
)


def _begins(text: str, start: int) -> bool:
    """Whether a loose form stands at the beginning of something, not in the middle of a longer
    name: 学院 in 职业技术学院."""
    if start == 0:
        return True
    before = text[start - 1]
    if not "\u4e00" <= before <= "\u9fff" or before in _LEADS:
        return True
    return text[max(0, start - 2) : start] in _OPENERS


_OPENERS = frozenset(
    {"反映", "投诉", "举报", "咨询", "地址", "地点", "位置", "就是", "我们", "家住"}
)


def _fits(text: str, start: int, end: int, entry: Entry, lexicon: Lexicon) -> bool:
    """Whether the words around let this form be this thing."""
    after = text[end : end + 4]
    if text[end - 1].isdigit() and after[:1] and (after[0].isdigit() or after[0] in "+-"):
        return False  # K11 in K11+500, 12 in 120
    if text[start].isdigit() and start and text[start - 1].isascii() and text[start - 1].isalnum():
        return False  # K51路 is a bus
    if entry.kind is EntryKind.PLACE:
        kind = lexicon.places[entry.number].kind
        if kind is PlaceKind.ROAD and entry.how == "stem":
            return _NUMBERED.match(text, end) is not None
        if kind is PlaceKind.ROAD and _COMMITTEE.match(text, end) is not None:
            return False  # 互助路 in 互助路社区
        if kind is PlaceKind.ROAD and not text.endswith(_ROAD_END, start, end):
            return _GOES_ON.match(text, end) is None  # 莲前 for 莲前路, in 莲前东路
        if kind is PlaceKind.ROAD:
            if text[end - 1] == "街" and after[:1] == "道" and not _WORD_ROAD.match(text, end):
                return False
            return not (entry.how == "numeral" and text[start].isdigit() and _BUS.match(text, end))
        if _CITY.match(text, end) is not None:
            return False
        if entry.how in ("stem", "alias") or end - start <= 2:
            if _GOES_ON.match(text, end) is not None:
                return False
            if entry.how == "stem" or end - start <= 2:
                return (
                    _BOUNDARY.match(text, end) is not None or PATTERN.match(text, end) is not None
                )
        return True
    if entry.how == "short":
        if _GOES_ON.match(text, end) is not None:
            return False
        return entry.kind is EntryKind.FOREIGN or end - start >= 2
    # a full area name inside a longer word: 青龙街道 in 青龙街道路破损
    return not (text.endswith("街道", start, end) and _WORD_ROAD.match(text, end - 1) is not None)


def _schedule(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """Of names that overlap, the set that explains most: weighted interval scheduling, cluster by
    cluster. One long name beats two short ones, unless these explain more: 新村路 + 站前路 and not
    新村路站 + 前路. Input by start, longest first."""
    chosen: list[Token] = []
    cluster: list[Token] = []
    reach = -1
    for token in tokens:
        if token.start >= reach and cluster:
            chosen += _best_of(cluster, lexicon)
            cluster = []
        cluster.append(token)
        reach = max(reach, token.end)
    return chosen + _best_of(cluster, lexicon)


def _best_of(cluster: list[Token], lexicon: Lexicon) -> list[Token]:
    if len(cluster) < 2 or cluster[0].end >= max(token.end for token in cluster):
        return cluster[:1]  # the first begins it and is the longest there: it holds all others
    by_end = sorted(cluster, key=lambda token: token.end)
    best: list[tuple[float, int, int]] = [(0.0, -1, 0)]  # weight, token, where to go on
    for at, token in enumerate(by_end):
        before = max((n + 1 for n in range(at) if by_end[n].end <= token.start), default=0)
        taken = (best[before][0] + _weight(token, lexicon), at, before)
        best.append(taken if taken[0] > best[-1][0] else (best[-1][0], -1, at))
    found: list[Token] = []
    at = len(best) - 1
    while at > 0:
        _, number, before = best[at]
        if number >= 0:
            found.append(by_end[number])
        at = before
    return found[::-1]


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
