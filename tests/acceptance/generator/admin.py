"""The administrative words before a place, whole, shortened, partly left out, or wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from routing.model import JurisdictionLevel as Level
from tests.acceptance.generator.plane import Point
from tests.acceptance.generator.world import World

_SHORT = re.compile(r"(?<=..)(街道|社区|镇|乡|区|县)(居委会|村委会)?$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Prefix:
    """Admin words and what they settle."""

    words: str
    stated: tuple[tuple[Level, str], ...]
    """(level, full name) of each area named rightly."""
    district: str = ""
    """The district named, right or wrong; empty where none is."""


def right_prefix(
    names: Mapping[Level, str], rng: Random, *, city: str, district: bool, unsaid: str = ""
) -> Prefix:
    """Words for a place with these names above it; ``district`` false leaves district and city
    out. An area called ``unsaid``, and what lies in it, is said by the place itself."""
    above = list(names)
    if unsaid in names.values():
        above = above[: next(n for n, level in enumerate(above) if names[level] == unsaid)]
    names = {level: names[level] for level in above}
    has = {level: names.get(level, "") for level in (Level.DISTRICT, Level.SUBDISTRICT)}
    community = names.get(Level.COMMUNITY, "")
    words, stated, named = "", [], ""
    if district and has[Level.DISTRICT]:
        full = has[Level.DISTRICT]
        form = rng.choice(("{c}{d}", "{d}", "{d}", "{d}", "{s}", "{c}{s}", "{p}{c}{d}"))
        words = form.format(c=city, d=full, s=shortened(full), p=province(city))
        stated.append((Level.DISTRICT, full))
        named = full
    elif district and city:
        words = city
    chance = rng.random()
    if has[Level.SUBDISTRICT] and chance < 0.4:
        full = has[Level.SUBDISTRICT]
        words += full if rng.random() < 0.85 else shortened(full)
        stated.append((Level.SUBDISTRICT, full))
    if community and 0.25 < chance < 0.5:
        words += community
        stated.append((Level.COMMUNITY, community))
    if words and rng.random() < 0.12:
        words += rng.choice(("，", " ", "的", "这边", "辖区"))
    return Prefix(words=words, stated=tuple(stated), district=named)


def wrong_prefix(
    world: World, at: Point, rng: Random, *, city: str, alternatives: tuple[Point, ...]
) -> Prefix | None:
    """A district that is not the place's; ``None`` where none is known, or where the words are
    right there."""
    names = world.territory.names(at)
    known = {area.name for area in world.territory.levels.get(Level.DISTRICT, [])}
    wrong = sorted((known | set(world.neighbours)) - {names.get(Level.DISTRICT, "")})
    if not wrong:
        return None
    chosen = rng.choice(wrong)
    if any(world.territory.names(p).get(Level.DISTRICT) == chosen for p in alternatives):
        return None
    words = rng.choice((chosen, chosen, f"{city}{chosen}", shortened(chosen)))
    return Prefix(words=words, stated=(), district=chosen)


def shortened(name: str) -> str:
    """A name without its last word, where enough is left: 鼓楼区 → 鼓楼."""
    return _SHORT.sub("", name)


def province(city: str) -> str:
    """The province before a city's name; empty where it is not one of a few known."""
    return {"福州市": "福建省"}.get(city, "")


def settles(world: World, prefix: Prefix, alternatives: tuple[Point, ...]) -> tuple[Point, ...]:
    """The alternatives that the named areas do not rule out."""
    if not prefix.stated:
        return alternatives
    left = []
    for point in alternatives:
        names = world.territory.names(point)
        if all(names.get(level) == name for level, name in prefix.stated):
            left.append(point)
    return tuple(left)
