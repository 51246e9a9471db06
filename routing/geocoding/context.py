"""Which district, subdistrict or community the text says, and whether a place lies in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from shapely import lib
from shapely.geometry.base import BaseGeometry

from routing.geocoding.ground import Ground
from routing.geocoding.lexicon import Area, Entry, EntryKind
from routing.geocoding.mentions import Mention
from routing.geocoding.placed import Placed
from routing.geocoding.tokens import Token
from routing.model import TERRITORIAL_LEVELS, JurisdictionLevel, SpanRole

CONTRADICTED: dict[JurisdictionLevel, float] = {
    JurisdictionLevel.DISTRICT: 3.0,
    JurisdictionLevel.SUBDISTRICT: 1.5,
    JurisdictionLevel.COMMUNITY: 1.0,
    JurisdictionLevel.GRID: 1.0,
}
"""Penalty of a place outside what the text says, by level (geocoding.md 3.5): people know their
district, and often do not know where a subdistrict ends."""

AT_THE_BORDER_M = 150.0
"""Metres outside a stated area up to which nothing is contradicted: people speak of both sides of
a border road by one name."""

LEAST_PART = 0.03
"""Part of a place's ground in the area that was said from which the word is believed; with less the
place only touches it."""

_KNOWS_WHERE = frozenset(
    {JurisdictionLevel.SUBDISTRICT, JurisdictionLevel.COMMUNITY, JurisdictionLevel.GRID}
)

LEANS, OUTSIDE_LEANS = 0.3, 0.9
"""Penalty of a place just outside a stated area, and of one at ``AT_THE_BORDER_M`` from it."""

SHORT_FORM = 0.6
"""Part of the penalty for an area said by its short name, which may be the beginning of a word."""


@dataclass(frozen=True, slots=True)
class Stated:
    """One area that the text says."""

    token: Token
    area: Area | None
    """``None`` for one that is not loaded: another district of the same city, or another city."""
    code: str
    name: str
    weight: float


class Context:
    """What the areas named in one text mean together."""

    def __init__(self, ground: Ground, home: frozenset[str]) -> None:
        self._ground = ground
        self._home = home
        self._provinces = frozenset(code[:2] for code in home)
        self._shapes: dict[tuple[str, date], BaseGeometry] = {}
        self._wider: dict[tuple[str, date], BaseGeometry] = {}

    def stated(self, tokens: Sequence[Token]) -> tuple[list[Stated], Stated | None]:
        """The areas said, each once, and the foreign one where another city is meant."""
        foreign: Stated | None = None
        found: dict[str, Stated] = {}
        for at, token in enumerate(tokens):
            above = foreign.code if foreign is not None else ""
            entries = token.entries
            away = [e for e in entries if e.kind is EntryKind.FOREIGN]
            loaded = [e for e in entries if e.kind is EntryKind.AREA]
            if above:  # 南京市鼓楼区: below a foreign city everything is foreign
                inside = [
                    e for e in away if self._ground.lexicon.foreign[e.number].code.startswith(above)
                ]
                if inside:
                    foreign = self._foreign(token, inside[0])
                continue
            if loaded:
                stated = self._loaded(token, loaded, list(found.values()))
                found.setdefault(stated.code, stated)
                continue
            entry = self._home_first(away)
            if entry is None:
                continue
            stated = self._foreign(token, entry)
            if self._is_home(stated.code):
                if len(stated.code) == 6:
                    found.setdefault(stated.code, stated)
                continue
            chained = (
                at + 1 < len(tokens)
                and tokens[at + 1].start == token.end
                and any(e.how == "name" for e in tokens[at + 1].entries)
            )
            if entry.how == "name" or chained:
                foreign = stated
        return list(found.values()), foreign

    def _is_home(self, code: str) -> bool:
        return code[:4] in self._home if len(code) >= 4 else code[:2] in self._provinces

    def _home_first(self, entries: Sequence[Entry]) -> Entry | None:
        """Of districts of one name, the one of this city."""
        if not entries:
            return None
        foreign = self._ground.lexicon.foreign
        return next((e for e in entries if self._is_home(foreign[e.number].code)), entries[0])

    def _foreign(self, token: Token, entry: Entry) -> Stated:
        one = self._ground.lexicon.foreign[entry.number]
        return Stated(token, None, one.code, one.name, SHORT_FORM if entry.how == "short" else 1.0)

    def _loaded(self, token: Token, entries: Sequence[Entry], above: Sequence[Stated]) -> Stated:
        """The area meant: of several of one name the one under what was said before."""
        areas = self._ground.lexicon.areas
        codes = [one.code for one in above]
        best = max(
            entries,
            key=lambda e: (any(areas[e.number].code.startswith(code) for code in codes),
                           e.how != "short", -e.number),
        )  # fmt: skip
        area = areas[best.number]
        return Stated(token, area, area.code, area.name, SHORT_FORM if best.how == "short" else 1.0)

    def shape(self, area: Area, day: date) -> BaseGeometry:
        """The area's ground in metres."""
        key = _key(area, day)
        known = self._shapes.get(key)
        if known is None:
            known = self._shapes[key] = self._ground.plane.metres(area.on(day).geometry)
        return known

    def _wide(self, area: Area, day: date) -> BaseGeometry:
        """The area's ground and the roads on its border, in metres."""
        key = _key(area, day)
        known = self._wider.get(key)
        if known is None:
            known = self._wider[key] = self.shape(area, day).buffer(20.0, quad_segs=2)
        return known

    def contradictions(
        self, geometry: BaseGeometry, stated: Iterable[Stated], day: date
    ) -> list[tuple[Stated, float]]:
        """The stated areas that a place lies outside of, each with its penalty."""
        found = []
        for one in stated:
            if one.area is None:
                found.append((one, CONTRADICTED[JurisdictionLevel.DISTRICT] * one.weight))
                continue
            if _gap_m(geometry, self.shape(one.area, day)) > AT_THE_BORDER_M:
                found.append((one, CONTRADICTED[one.area.level] * one.weight))
        return found

    def missed(self, placed: Placed, stated: Iterable[Stated], day: date) -> tuple[Stated, ...]:
        """Districts that the text says and that hardly reach the place, if only across a border:
        told, without a penalty."""
        return tuple(
            one
            for one in stated
            if one.area is not None
            and one.area.level is JurisdictionLevel.DISTRICT
            and self._misses(placed, self.shape(one.area, day))
        )

    @staticmethod
    def _misses(placed: Placed, shape: BaseGeometry) -> bool:
        geometry = placed.geometry
        if geometry.geom_type.endswith("Polygon"):  # neighbours touch
            return bool(geometry.intersection(shape).area < LEAST_PART * geometry.area)
        return bool(geometry.distance(shape) > 0.8 * placed.radius_m)

    def leaning(self, geometry: BaseGeometry, stated: Iterable[Stated], day: date) -> float:
        """What a place costs that lies outside a stated area, but near enough not to contradict it:
        it is behind one that lies inside."""
        total = 0.0
        for one in stated:
            if one.area is not None:
                gap = _gap_m(geometry, self.shape(one.area, day))
                if 0.0 < gap <= AT_THE_BORDER_M:
                    total += LEANS + (OUTSIDE_LEANS - LEANS) * gap / AT_THE_BORDER_M
        return min(total, OUTSIDE_LEANS)

    def around(self, geometry: BaseGeometry, level: JurisdictionLevel, day: date) -> str:
        """Name of the area of a level that a place lies in; empty where none is loaded there."""
        point = geometry.representative_point()
        for area in self._ground.lexicon.areas:
            if area.level is level and self.shape(area, day).covers(point):
                return area.name
        return ""

    def loaded(self, geometry: BaseGeometry, day: date) -> bool:
        """Whether any area of territory is loaded where a place lies."""
        point = geometry.representative_point()
        return any(
            area.level is not JurisdictionLevel.OVERLAY and self.shape(area, day).covers(point)
            for area in self._ground.lexicon.areas
        )

    def conditioned(
        self, placed: Placed, stated: Iterable[Stated], day: date
    ) -> BaseGeometry | None:
        """The part of a place's ground that lies in the finest area said; ``None`` where nothing
        is to be cut: no area said, or the whole place in it, or hardly any of it."""
        finest = _finest(stated)
        if finest is None or finest.area is None or finest.area.level not in _KNOWS_WHERE:
            return None
        geometry, radius_m = placed.geometry, placed.radius_m
        shape = self.shape(finest.area, day)
        west, south, east, north = lib.bounds(geometry).tolist()
        w, s, e, n = lib.bounds(shape).tolist()
        inner = w + radius_m < west and east < e - radius_m and s + radius_m < south
        if inner and north < n - radius_m and self._far_inside(geometry, shape, radius_m):
            return None
        if placed.ground is not None:
            ground = placed.ground
        elif geometry.geom_type.endswith("Polygon"):
            ground = geometry
        elif geometry.geom_type.endswith("LineString"):
            ground = geometry.buffer(radius_m, cap_style="flat", quad_segs=2)
        else:
            ground = geometry.buffer(radius_m, quad_segs=6)
        part = ground.intersection(shape)
        share = part.area / ground.area if ground.area else 0.0
        return part if LEAST_PART <= share < 0.999 else None

    @staticmethod
    def _far_inside(geometry: BaseGeometry, shape: BaseGeometry, radius_m: float) -> bool:
        return bool(shape.contains(geometry)) and shape.boundary.distance(geometry) > radius_m

    def clipped(self, geometry: BaseGeometry, stated: Iterable[Stated], day: date) -> BaseGeometry:
        """A road or area cut to what the text says of it: 洪山镇的西洪路."""
        finest = _finest(stated)
        if finest is None or finest.area is None:
            return geometry
        part = geometry.intersection(self._wide(finest.area, day))
        enough = part.length > 30.0 if geometry.area == 0 else part.area > 100.0
        return part if enough else geometry


def _key(area: Area, day: date) -> tuple[str, date]:
    return (area.code, day) if len(area.versions) > 1 else (area.code, date.min)


def _gap_m(geometry: BaseGeometry, shape: BaseGeometry) -> float:
    """Metres from a place to an area. A river that begins in a district is asked for no distance:
    that would take milliseconds."""
    if geometry.geom_type != "Point" and not geometry.is_empty:
        x, y = lib.get_coordinates(np.array(geometry, dtype=object), False, False, False)[0]
        if lib.intersects_xy(shape, x, y):
            return 0.0
    return float(geometry.distance(shape))


def _finest(stated: Iterable[Stated]) -> Stated | None:
    loaded = [(_rank(one.area.level), one) for one in stated if one.area is not None]
    return max(loaded, key=lambda ranked: ranked[0])[1] if loaded else None


def _rank(level: JurisdictionLevel) -> int:
    return TERRITORIAL_LEVELS.index(level)


def area_tokens(mentions: Iterable[Mention]) -> list[Token]:
    """Every area named for a site, once, in the order of the text."""
    found: dict[int, Token] = {}
    for mention in mentions:
        if mention.role in (SpanRole.SITE, SpanRole.CALLER):
            for token in mention.areas:
                found.setdefault(token.start, token)
    return [found[start] for start in sorted(found)]
