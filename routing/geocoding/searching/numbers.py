"""House, building and gate numbers behind the name of their road or compound.

``西洪路5`` is a road and the beginning of a number. Numbered places are not searched by the pieces
of their names: they lie in one array ordered by road, and a road is found first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.geocoding.searching.pieces import Match, Pieces, plain
from routing.model import Place, PlaceKind

NUMBERED = frozenset({PlaceKind.ADDRESS, PlaceKind.BUILDING, PlaceKind.GATE})
_SPLIT = re.compile(r"(?<=[^0-9a-z])[a-z]?\d|(?<=[a-z])\d|(?<=[^0-9])[甲乙丙丁]\d")
_TAIL = re.compile(
    r"(?P<number>[a-z甲乙丙丁]?-?\d+(?:[-之附]\d*)*[a-z甲乙丙丁]?)"
    r"(?P<word>号楼|号院|号|栋|幢|座|楼|弄|门|#)?(?P<rest>.*)"
)
_TYPED_TAIL = re.compile(
    r"(?P<number>\d+(?:-\d*)*)(?P<word>h(?:ao)?(?:l(?:ou)?|y(?:uan)?)?|d(?:ong)?|z(?:uo|huang)?)?"
)
"""The same where all is typed in letters: xhl59, xihonglu59hao, yg3hl."""
MOST_ROADS = 200
"""Roads whose numbers are looked through for one query; four initials fit fewer even among 40,000
roads, and two name no road anybody could choose by."""
MOST_NUMBERS = 6_000
"""Numbers looked at for one query, 2 ms; the longest road has about 2,000."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberHit:
    """A numbered place that fits."""

    rank: tuple[int, ...]
    """Ascending from the best: 0 for the very road, 0 for the very number, how the road fits, the
    road, the number."""
    place: int
    by_sound: bool
    """Whether the road was found by its pinyin."""


class Numbers:
    """Numbered places by the name of what they are counted along; read-only after building."""

    def __init__(
        self, places: Sequence[Place], numbered: Sequence[int], aliases: dict[str, list[str]]
    ) -> None:
        """``numbered`` are the places with road and number; ``aliases`` other plain names of a
        road or compound by its plain name."""
        self._places = places
        owners: dict[str, int] = {}
        owner = np.fromiter(
            (owners.setdefault(plain(places[at].road), len(owners)) for at in numbered),
            np.int32,
            len(numbered),
        )
        order = np.argsort(owner, kind="stable")
        self._in_order: NDArray[np.int32] = np.asarray(numbered, np.int32)[order]
        self._begin = np.searchsorted(owner[order], np.arange(len(owners) + 1))
        known = list(owners.items())
        known += [(other, at) for name, at in owners.items() for other in aliases.get(name, ())]
        known.sort(key=lambda one: (len(one[0]), one[0]))
        self._owner_of = [at for _, at in known]
        self._owners = Pieces([name for name, _ in known])
        self._number_of_name = owners

    def find(self, query: str, most: int) -> list[NumberHit]:
        """Places of a plain query that ends in a number, best first; empty where it does not."""
        hits: dict[int, NumberHit] = {}
        for split in reversed([one.start() for one in _SPLIT.finditer(query)][-3:]):
            tail = (_TYPED_TAIL if query.isascii() else _TAIL).fullmatch(query[split:])
            if tail is None:
                continue
            for hit in self._along(query[:split], tail, most):
                hits.setdefault(hit.place, hit)
            if len(hits) >= most:
                break
        return sorted(hits.values(), key=lambda hit: hit.rank)[:most]

    def along(self, name: str, most: int) -> list[int]:
        """The first numbers of the road or compound with this plain name."""
        owner = self._number_of_name.get(name)
        if owner is None:
            return []
        own: list[int] = self._in_order[self._begin[owner] : self._begin[owner + 1]].tolist()
        own.sort(key=lambda at: counted(plain(self._places[at].number)))
        return own[:most]

    def _along(self, head: str, tail: re.Match[str], most: int) -> Iterator[NumberHit]:
        wanted = tail["number"].removesuffix("之").removesuffix("附").removesuffix("-")
        whole = bool(tail["word"])
        roads = [(how, at, False) for how, at in self._owners.spelt(head, MOST_ROADS)]
        if not roads:
            roads = [(how, at, True) for how, at in self._owners.sounding(head, MOST_ROADS)]
        looked = found = 0
        for rank, (how, name, by_sound) in enumerate(roads[:MOST_ROADS]):
            owner = self._owner_of[name]
            begin, end = int(self._begin[owner]), int(self._begin[owner + 1])
            looked += end - begin
            if looked > MOST_NUMBERS and found:
                return
            if how > Match.PREFIX and found >= most:
                return
            for at in self._in_order[begin:end].tolist():
                number = plain(self._places[at].number)
                if not number.startswith(wanted):
                    continue
                exact = number == wanted
                follows = number[len(wanted) :][:1]
                if whole and not exact and (follows.isdigit() or follows.isalpha()):
                    continue
                found += 1
                elsewhere = int(how is not Match.EXACT)
                order = (elsewhere, int(not exact), int(how), rank, *counted(number))
                yield NumberHit(rank=order, place=at, by_sound=by_sound)


def counted(number: str) -> tuple[int, ...]:
    """The order of house numbers: 5, 6, 50, 59, 59-1, as far as their figures tell."""
    return tuple(int(figure[:9]) for figure in re.findall(r"\d+", number)[:3])
