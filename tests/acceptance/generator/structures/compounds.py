"""Residential compounds and their buildings."""

from __future__ import annotations

import re
from collections import defaultdict
from random import Random

from routing.model import PlaceKind
from tests.acceptance.generator.chance import inside, normal, scattered
from tests.acceptance.generator.draft import Draft
from tests.acceptance.generator.ground import apart
from tests.acceptance.generator.plane import Point
from tests.acceptance.generator.structures.things import aliases_of, same_named
from tests.acceptance.generator.world import World

BUILDING_SIGMA_M = 7.0
"""Metres, one axis: a stairwell or flat against the middle of its building."""
_DIGITS = re.compile(r"\d+")


def whole(world: World, rng: Random) -> Draft | None:
    """Somewhere in a compound."""
    at = _compound(world, rng)
    if at is None:
        return None
    words = world.places[at].name + rng.choice(("", "", "", "里", "里面", "小区内", "内"))
    words = words.replace("小区小区", "小区")
    return _draft(world, "compound", at, words, _somewhere(world, rng, at))


def building(world: World, rng: Random) -> Draft | None:
    """A building the gazetteer knows, often with unit and flat."""
    found = world.of_kind[PlaceKind.BUILDING]
    if not found:
        return None
    at = rng.choice(found)
    place = world.places[at]
    digits = _DIGITS.search(place.number or place.name)
    parents = [p for p in world.by_word.get(place.road, ()) if p != at]
    if not place.road or digits is None or not parents:
        return None
    here = world.point_of(at)
    parent = min(parents, key=lambda p: apart(world.point_of(p), here))
    words = place.road + _numbered(rng, digits[0])
    point = normal(rng, world.point_of(at), sigma_m=BUILDING_SIGMA_M)
    return _draft(world, "building", parent, words, point, extra=(place.id,))


def unknown_building(world: World, rng: Random) -> Draft | None:
    """A building number that no entry has: somewhere in the compound."""
    at = _compound(world, rng)
    if at is None:
        return None
    name = world.places[at].name
    known = {
        match[0]
        for n in _buildings(world).get(name, ())
        if (match := _DIGITS.search(world.places[n].number or world.places[n].name))
    }
    number = str(rng.randint(1, 30))
    if number in known:
        return None
    words = name + _numbered(rng, number)
    return _draft(
        world, "building_unknown", at, words, _somewhere(world, rng, at), ordinary=not known
    )


def bracketed(world: World, rng: Random) -> Draft | None:
    """X（Y）: the same place by another name, or a number with its compound."""
    at = _compound(world, rng)
    if at is None:
        return None
    place = world.places[at]
    if place.aliases:
        alias = rng.choice(place.aliases)
        words = rng.choice(("{a}（{b}）", "{a}(原{b})", "{b}（{a}）")).format(a=place.name, b=alias)
    else:
        road = world.nearest_road(world.point_of(at), 120.0)
        if road is None or road.name in place.name:
            return None
        words = rng.choice(("{a}（{r}旁）", "{a}（靠{r}）", "{a}(近{r})")).format(
            a=place.name, r=road.name
        )
    return _draft(world, "bracket", at, words, _somewhere(world, rng, at))


def _compound(world: World, rng: Random) -> int | None:
    found = world.of_kind[PlaceKind.COMPOUND]
    return rng.choice(found) if found else None


def _buildings(world: World) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for at in world.of_kind[PlaceKind.BUILDING]:
        found[world.places[at].road].append(at)
    return found


def _somewhere(world: World, rng: Random, at: int) -> Point:
    shape = world.geometries[at]
    if shape.area > 0:
        return inside(rng, shape)
    return scattered(rng, world.point_of(at), r95_m=80.0)


def _numbered(rng: Random, number: str) -> str:
    words = number + rng.choice(("号楼", "号楼", "栋", "幢", "座", "#楼", "#"))
    chance = rng.random()
    if chance < 0.25:
        words += f"{rng.randint(1, 6)}单元"
    elif chance < 0.45:
        words += f"{rng.randint(1, 4)}单元{rng.randint(1, 18)}0{rng.randint(1, 4)}"
        words += rng.choice(("", "室"))
    elif chance < 0.6:
        words += rng.choice(("楼下", "楼道里", "前面", f"{rng.randint(2, 18)}楼", "门口"))
    return words


def _draft(
    world: World, structure: str, at: int, words: str, point: Point, *,
    extra: tuple[str, ...] = (), ordinary: bool = True,
) -> Draft:  # fmt: skip
    place = world.places[at]
    return Draft(
        structure=structure,
        words=words,
        point=point,
        names=(place.name,),
        place_ids=(place.id, *extra),
        alternatives=same_named(world, at, world.point_of(at)),
        scene="home",
        ordinary=ordinary,
        aliases={} if structure == "bracket" else aliases_of(place),
    )
