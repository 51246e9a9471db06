"""The operator's box: places by the few characters typed so far.

Characters from any part of a name or alias, pinyin initials or whole pinyin, a road or compound
with the beginning of a number. Nothing is read or guessed here beyond that: a sentence is
``routing.geocoding.reader``'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.geocoding.normalize import normal_name
from routing.geocoding.searching.grounds import Grounds, mark
from routing.geocoding.searching.numbers import NUMBERED, Numbers
from routing.geocoding.searching.pieces import KEPT, Match, Pieces, plain
from routing.model import Jurisdiction, JurisdictionLevel, Place, PlaceKind

MOST_TYPED = 64
"""Characters of a query that are looked at: longer ones are sentences, not names."""

BEHIND: dict[PlaceKind, int] = {
    PlaceKind.COMPOUND: 0,
    PlaceKind.ROAD: 0,
    PlaceKind.POI: 1,
    PlaceKind.STOP: 1,
    PlaceKind.JUNCTION: 2,
    PlaceKind.VILLAGE: 2,
    PlaceKind.WATER: 2,
    PlaceKind.ADMIN: 2,
    PlaceKind.GATE: 4,
    PlaceKind.BUILDING: 4,
    PlaceKind.ADDRESS: 4,
    PlaceKind.POLE: 6,
}
"""Characters by which a name counts as longer than it is, by how rarely its kind is the place
meant: with equal matches the shorter name comes first."""
BEHIND_ENDED = 4
"""The same for a name no longer in use."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceSuggestion:
    """One line under the box."""

    place_id: str
    name: str
    full_name: str
    """With subdistrict, community and grid: ``洪山镇金牛山社区第3网格 · 西洪路59号``."""
    kind: PlaceKind
    lon: float
    """A point to show it by, WGS 84 degrees; half way along a road, not where it is."""
    lat: float
    grid_code: str
    """Empty where no grid covers the whole place, as with most roads; so the other two."""
    community_code: str
    subdistrict_code: str
    matched: str
    """``name``, ``alias``, ``pinyin`` or ``number``."""


class PlaceSearch:
    """Searches one version of a gazetteer; read-only after building, so all threads share it.

    700,000 places take seconds to build and about 150 bytes each besides the places themselves;
    see ``scripts/bench search``.
    """

    def __init__(self, places: Sequence[Place], areas: Sequence[Jurisdiction]) -> None:
        """``areas`` are those of the day; other levels than the lower three are left out."""
        self._places = places
        self._grounds = Grounds(areas)
        self._at = {place.id: at for at, place in enumerate(places)}
        names: list[str] = []
        owner: list[int] = []
        alias: list[bool] = []
        numbered: list[int] = []
        others: dict[str, list[str]] = {}
        for at, place in enumerate(places):
            name = plain(place.name)
            if place.road and place.number and place.kind in NUMBERED:
                numbered.append(at)
                if name.startswith(plain(place.road)):
                    continue  # found by its road and its number
            spoken = (
                (*place.aliases, place.number) if place.kind is PlaceKind.POLE else place.aliases
            )
            aliases = [other for one in spoken if (other := plain(one)) and other != name]
            if aliases and place.kind in (PlaceKind.ROAD, PlaceKind.COMPOUND):
                others.setdefault(name, []).extend(aliases)
            for one in (name, *aliases):
                names.append(one)
                owner.append(at)
                alias.append(one is not name)
        length = np.fromiter(map(len, names), np.int32, len(names))
        behind = np.array([BEHIND[one.kind] + BEHIND_ENDED * (one.valid_to is not None)
                           for one in places], np.int32)  # fmt: skip
        owners: NDArray[np.int32] = np.array(owner, np.int32)
        wanted = length + np.array(alias, np.int32)
        if len(places):
            wanted += behind[owners]
        order = np.argsort(wanted, kind="stable")
        self._owner = owners[order]
        self._alias = np.array(alias, np.bool_)[order]
        self._names = Pieces([names[at] for at in order.tolist()])
        self._numbers = Numbers(places, numbered, others)

    def find(self, query: str, limit: int = 10, *, near: str = "") -> list[PlaceSuggestion]:
        """Up to ``limit`` places, best first; empty for an empty query and where nothing fits.

        ``near`` is the code of a subdistrict, community or grid whose places come first among
        those that fit equally well.
        """
        asked = plain(query[:MOST_TYPED])
        if not asked or limit <= 0:
            return []
        found = self._ranked(asked, limit)
        if not found:
            simple = plain(normal_name(asked))  # typed in traditional characters
            found = self._ranked(simple, limit) if simple and simple != asked else []
        if not near:
            return [self._shown(at, how) for _, at, how in found[:limit]]
        shown = [(rank, self._shown(at, how)) for rank, at, how in found[: 4 * limit]]
        shown.sort(key=lambda one: (one[0], not _in(one[1], near)))
        return [one for _, one in shown[:limit]]

    def place(self, place_id: str) -> Place | None:
        """The place with this id; ``None`` where this version has none."""
        at = self._at.get(place_id)
        return None if at is None else self._places[at]

    def suggestion(self, place_id: str) -> PlaceSuggestion | None:
        """A place as the box would show it; ``None`` where this version has none."""
        at = self._at.get(place_id)
        return None if at is None else self._shown(at, "name")

    def _ranked(self, asked: str, limit: int) -> list[tuple[int, int, str]]:
        """(rank of the match, place, how), each place once, best first."""
        best: dict[int, tuple[int, int, str]] = {}
        spelt = self._names.spelt(asked, max(KEPT, 4 * limit))
        for how, number in spelt:
            word = "alias" if self._alias[number] else "name"
            at = int(self._owner[number])
            best.setdefault(at, (int(how), at, word))
        for hit in self._numbers.find(asked, 4 * limit):
            rank = 1 if hit.by_sound else min(1, hit.rank[0] + hit.rank[1])
            best.setdefault(hit.place, (rank, hit.place, "pinyin" if hit.by_sound else "number"))
        typed = asked.replace("'", "")  # input methods put it between syllables: xi'hong'lu
        if typed.isascii():
            for how, number in self._names.sounding(typed, max(KEPT, 4 * limit)):
                at = int(self._owner[number])
                best.setdefault(at, (int(how), at, "pinyin"))
        found = sorted(best.values(), key=lambda one: one[0])  # stable: the index's own order
        if len(found) < limit and spelt:
            self._numbers_of(spelt, found, best, limit)
        return found

    def _numbers_of(
        self,
        spelt: list[tuple[Match, int]],
        found: list[tuple[int, int, str]],
        seen: dict[int, tuple[int, int, str]],
        limit: int,
    ) -> None:
        """Fill up with the first numbers of the roads and compounds found."""
        for _, number in spelt[:limit]:
            owner = self._places[int(self._owner[number])]
            if owner.kind not in (PlaceKind.ROAD, PlaceKind.COMPOUND):
                continue
            for at in self._numbers.along(plain(owner.name), limit):
                if at not in seen and len(found) < limit:
                    seen[at] = (int(Match.INFIX) + 1, at, "number")
                    found.append(seen[at])

    def _shown(self, at: int, how: str) -> PlaceSuggestion:
        place = self._places[at]
        ground = self._grounds.of(place.geometry)
        point = mark(place.geometry)
        return PlaceSuggestion(
            place_id=place.id,
            name=place.name,
            full_name=f"{ground.words} · {place.name}" if ground.words else place.name,
            kind=place.kind,
            lon=point.x,
            lat=point.y,
            grid_code=ground.codes.get(JurisdictionLevel.GRID, ""),
            community_code=ground.codes.get(JurisdictionLevel.COMMUNITY, ""),
            subdistrict_code=ground.codes.get(JurisdictionLevel.SUBDISTRICT, ""),
            matched=how,
        )


def _in(one: PlaceSuggestion, code: str) -> bool:
    return code in (one.grid_code, one.community_code, one.subdistrict_code)
