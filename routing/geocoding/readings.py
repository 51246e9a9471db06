"""From mentions to one answer: which is the site, which place it is, and what speaks against.

Penalties add up; the lowest sum wins, and how far behind the next one is (the margin) says how sure
that is. Same-named places that nothing tells apart stay several.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from routing.geocoding.context import Context, Stated, area_tokens
from routing.geocoding.mentions import Mention, Shape
from routing.geocoding.placed import Placed
from routing.geocoding.placing import Placer
from routing.geocoding.tokens import Token
from routing.model import JurisdictionLevel, LocationPrecision, SpanRole

COARSE = frozenset(
    {LocationPrecision.ROAD, LocationPrecision.WATER, LocationPrecision.COMMUNITY,
     LocationPrecision.SUBDISTRICT, LocationPrecision.DISTRICT, LocationPrecision.GRID}
)  # fmt: skip
"""Classes that say only roughly where; anything else in the text goes before them."""

WHOLE = frozenset({LocationPrecision.SEGMENT, LocationPrecision.DOOR_RANGE})
"""Stretches with both ends said: all of it is meant, whatever area stands before it."""

_AREAS = frozenset(
    {LocationPrecision.GRID, LocationPrecision.COMMUNITY, LocationPrecision.SUBDISTRICT,
     LocationPrecision.DISTRICT}
)  # fmt: skip

TELLS_APART = 0.5
"""Penalty between two places of one mention below which nothing tells them apart."""

ELSEWHERE_M = 100.0
"""Metres between two candidates from which they are two places and not two drawings of one."""

TOGETHER_M = 300.0
"""Metres between things named together in one complaint for which nothing is charged."""

TWO_PLACES_M = 500.0
"""Metres between two exact places from which a complaint speaks of two."""

MOST_CANDIDATES = 10

MOST_MENTIONS = 30
"""Places of one text that are looked up: a complaint has one to five; a pasted list has thousands,
and its first ones tell as much."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The mention taken for the site, with its places, best first."""

    mention: Mention
    places: tuple[Placed, ...]
    margin: float
    """Penalty to the best place elsewhere; ``inf`` where there is none."""
    conflicts: tuple[Stated, ...]
    """Areas the text says that the best place lies outside of."""
    stated: tuple[Stated, ...]
    others: int
    """Further exact places in the text, elsewhere."""
    several: bool
    """The text speaks of two places at once: A和B两处都 …"""
    caller_only: bool

    @property
    def best(self) -> Placed:
        """The place with the lowest sum of penalties."""
        return self.places[0]


@dataclass(frozen=True, slots=True)
class _Found:
    mention: Mention
    places: tuple[Placed, ...]

    @property
    def coarse(self) -> bool:
        return all(one.precision in COARSE for one in self.places)

    @property
    def area(self) -> bool:
        return all(one.precision in _AREAS for one in self.places)


def choose(
    mentions: Sequence[Mention],
    placer: Placer,
    context: Context,
    day: date,
    text: str,
    pin: BaseGeometry | None = None,
) -> tuple[Choice | None, Stated | None]:
    """The site, or ``None`` where no mention has a place; and the other city the text names.

    ``pin``: where the complaint came from, in metres; it tells same-named places apart, and the
    stated areas are compared with it instead of with the words' own place.
    """
    mentions = mentions[:MOST_MENTIONS]
    stated, foreign = context.stated(area_tokens(mentions))
    found = [
        _Found(mention, tuple(places))
        for mention in mentions
        if mention.role in (SpanRole.SITE, SpanRole.CALLER)
        and (places := _drawn(placer.place(mention, day)))
    ]
    if not any(not one.area and one.mention.role is SpanRole.SITE for one in found):
        # only on the way: 坐55路到大凤路264号下车, 那里的路面全是坑
        ways = [
            mention
            for mention in reversed(mentions)
            if mention.role is SpanRole.ROUTE and not (found and mention.by_the_way)
        ]
        ends = [one.last if one.shape is Shape.SEGMENT and one.last else one for one in ways]
        found += [
            _Found(mention, tuple(places))
            for mention in ends
            if (places := _drawn(placer.place(mention, day)))
        ][:1]
    sites = [one for one in found if one.mention.role is not SpanRole.CALLER]
    site = _site(sites, foreign is not None)
    caller_only = False
    if site is None or (site.area and _large(site)):
        callers = [one for one in found if one.mention.role is SpanRole.CALLER and not one.area]
        if callers and not any(mention.role is SpanRole.ROUTE for mention in mentions):
            site, caller_only = callers[0], True
    if foreign is not None and site is not None and not site.coarse:
        foreign = foreign if _leads_on(foreign.token, site.mention, mentions, text) else None
    if site is None:
        return None, foreign
    if site.mention.role is SpanRole.ROUTE:
        stated, _ = context.stated(site.mention.areas)
    return _ranked(site, sites, stated, context, day, caller_only, pin), foreign


def _leads_on(token: Token, site: Mention, mentions: Sequence[Mention], text: str) -> bool:
    """Whether a foreign name says where the site is (南京市鼓楼区西洪路59号), and is not only where
    the caller comes from (我从南京市来，在西洪路59号摔倒)."""
    if any(one.start <= token.start < one.end and one.role is not SpanRole.SITE
           for one in mentions):  # fmt: skip
        return False
    between = text[token.end : site.start]
    for area in site.areas:
        if area.start >= token.end:
            between = between.replace(area.text, "", 1)
    return len(between) <= LEADS_WITHIN and _MENTIONED.search(between) is None


LEADS_WITHIN = 16
"""Characters between another city and a place in it: its subdistrict and a name nobody knows."""
_MENTIONED = re.compile(r"[。;来发去回寄人籍买]")
"""Behind another city where only someone or something comes from there."""


def _drawn(places: Sequence[Placed]) -> list[Placed]:
    """Those with a geometry: a cut or an offset of what is badly drawn may leave nothing."""
    return [place for place in places if not place.geometry.is_empty]


def _large(found: _Found) -> bool:
    """A district or subdistrict: the caller's own home says more."""
    large = (LocationPrecision.DISTRICT, LocationPrecision.SUBDISTRICT)
    return all(one.precision in large for one in found.places)


def _site(sites: Sequence[_Found], abroad: bool) -> _Found | None:
    """The first exact mention; a road before an area; the finest area last."""
    exact = next((one for one in sites if not one.coarse and not one.mention.landmark), None)
    exact = exact or next((one for one in sites if not one.coarse), None)
    first = exact or next((one for one in sites if not one.area), None)
    if first is not None:
        if exact is None:  # 解放路云路巷4号: of two coarse ones in a row the last is the place
            row = [one for one in sites if one.mention.start == first.mention.end and not one.area]
            first = row[0] if row else first
        return _finer(first, sites)
    areas = [one for one in sites if not abroad]
    return min(areas, key=lambda one: _size(one.places[0]), default=None)


def _finer(first: _Found, sites: Sequence[_Found]) -> _Found:
    """A later mention of the same spot that is known better: 鼓二小旁，东泰路59号."""
    best = first
    for other in sites:
        if other is first or other.coarse or first.coarse:
            continue
        a, b = first.places[0], other.places[0]
        if a.geometry.distance(b.geometry) <= TOGETHER_M and _size(b) < 0.6 * _size(best.places[0]):
            best = other
    return best


def _size(placed: Placed) -> float:
    """Metres across of a place's uncertainty."""
    west, south, east, north = placed.geometry.bounds
    return math.hypot(east - west, north - south) / 2 + placed.radius_m


def _ranked(
    site: _Found,
    sites: Sequence[_Found],
    stated: Sequence[Stated],
    context: Context,
    day: date,
    caller_only: bool,
    pin: BaseGeometry | None,
) -> Choice:
    scored: list[tuple[float, int, Placed, list[tuple[Stated, float]]]] = []
    for at, placed in enumerate(site.places):
        against = context.contradictions(placed.geometry, stated, day)
        one = placed
        if against:
            one = one.with_penalty("outside_stated", round(sum(size for _, size in against), 3))
        if len(site.places) > 1:
            leaning = context.leaning(placed.geometry, stated, day)
            one = one.with_penalty("leaning", round(leaning, 3))
        one = one.with_penalty("apart", round(_apart(one, site, sites, pin), 3))
        scored.append((one.penalty, at, one, against))
    scored.sort(key=lambda entry: entry[:2])
    penalty, _, best, against = scored[0]
    rivals = [s for s in scored[1:] if s[2].geometry.distance(best.geometry) > ELSEWHERE_M]
    margin = rivals[0][0] - penalty if rivals else math.inf
    if not against and pin is None:
        best = _cut(best, stated, context, day)
    elsewhere = [
        other
        for other in sites
        if other is not site
        and not other.coarse
        and other.places[0].geometry.distance(best.geometry) > TWO_PLACES_M
    ]
    areas = [] if site.area else [one for one in sites if one.mention.shape is Shape.AREA]
    several = any(other.mention.joined for other in (*elsewhere, *areas) if other is not site)
    places = (best, *(s[2] for s in scored[1:MOST_CANDIDATES]))
    if pin is not None:
        against = context.contradictions(pin, stated, day)
    conflicts = tuple(one for one, _ in against) or context.missed(best, stated, day)
    return Choice(
        site.mention, places, margin, conflicts, tuple(stated), len(elsewhere), several, caller_only
    )


def _apart(
    placed: Placed, site: _Found, sites: Sequence[_Found], pin: BaseGeometry | None
) -> float:
    """How far the pin and the other things named in the text lie: log-scaled, 0 within
    ``TOGETHER_M``."""
    total = 0.0
    if pin is not None and (gap := pin.distance(placed.geometry)) > TOGETHER_M:
        total += 0.6 * math.log2(gap / TOGETHER_M)
    for other in sites:
        if other is site or other.area:
            continue
        gap = min(one.geometry.distance(placed.geometry) for one in other.places)
        if gap > TOGETHER_M:
            total += min(0.3 * math.log2(gap / TOGETHER_M), 0.8)
    return min(total, 3.0 if pin is not None else 1.5)


def _cut(placed: Placed, stated: Sequence[Stated], context: Context, day: date) -> Placed:
    """The place within what the text says of it: 洪山镇的西洪路, 乐天泉社区的那个路口.

    A place whose size reaches over a border is cut at the border of the area that was said.
    """
    if placed.precision in COARSE:
        part = context.clipped(placed.geometry, stated, day)
        return placed if part is placed.geometry else replace(placed, geometry=part)
    if placed.precision in WHOLE:
        return placed
    part = context.conditioned(placed, stated, day)
    if part is None:
        return placed
    penalties = {**placed.penalties, "cut": 0.0}
    if placed.geometry.geom_type.endswith("Polygon"):
        return replace(placed, geometry=part, penalties=penalties)
    kept = placed.geometry.intersection(part)
    if kept.is_empty or not kept.geom_type.endswith("Point"):
        kept = nearest_points(part, placed.geometry)[0] if kept.is_empty else placed.geometry
    return replace(placed, geometry=kept, ground=part, penalties=penalties)


def conflict_notes(
    choice: Choice, context: Context, day: date, pin: BaseGeometry | None = None
) -> tuple[str, ...]:
    """What a dispatcher is told of each area that the place, or the coordinate, lies outside of."""
    notes = []
    spot, here = (choice.best.geometry, "该处") if pin is None else (pin, "坐标")
    for one in choice.conflicts:
        level = one.area.level if one.area is not None else JurisdictionLevel.DISTRICT
        really = context.around(spot, level, day)
        where = f"在{really}" if really else "不在其范围内"
        notes.append(f"原文写{one.name}，{here}{where}")
    return tuple(notes)
