"""Things with a name or a number: stops, gates, poles, shops, villages."""

from __future__ import annotations

import re
from random import Random

import shapely

from routing.model import Place, PlaceKind
from tests.acceptance.generator.chance import inside, scattered
from tests.acceptance.generator.draft import Draft
from tests.acceptance.generator.ground import apart
from tests.acceptance.generator.plane import Point
from tests.acceptance.generator.world import World

SAME_M = 150.0
"""Metres. Entries of one name nearer than this are one thing: a stop on both sides."""
_STOP_ENDINGS = re.compile(r"(公交车站|公交站台|公交站|站台|车站|站)$")
_GROUP = "一二三四五六七八"


def stop(world: World, rng: Random) -> Draft | None:
    """A bus stop, near one of its points."""
    at = _one(world, rng, PlaceKind.STOP)
    if at is None:
        return None
    words = stop_words(world.places[at].name, rng)
    if words.endswith(("站", "站牌")) and rng.random() < 0.2:
        words += rng.choice(("旁", "边上", "处"))
    platform = rng.choice(list(shapely.get_parts(world.geometries[at]))).centroid
    point = scattered(rng, (platform.x, platform.y), r95_m=25)
    return _draft(world, "stop", at, words, point)


def stop_words(name: str, rng: Random) -> str:
    """A stop's name as said: with 公交站, 站台, 站 … after its stem."""
    stem = _STOP_ENDINGS.sub("", name)
    if "地铁" in name or not stem:
        return name
    return stem + rng.choice(
        ("公交站", "公交站", "公交站", "公交站台", "公交车站", "公交站牌", "公交站点")
    )


def gate(world: World, rng: Random) -> Draft | None:
    """A gate of a compound, or an exit of a metro station."""
    at = _one(world, rng, PlaceKind.GATE)
    if at is None:
        return None
    place = world.places[at]
    words = place.name
    if place.road and not words.startswith(place.road):
        words = place.road + (place.number or words)
    if re.search(r"[A-H]\d?(出入口|出口|口)?$", words):
        stem = re.sub(r"(出入口|出口|口)$", "", words)
        words = stem + rng.choice(("口", "出口", "出入口"))
        words = words if words.startswith("地铁") or rng.random() < 0.6 else "地铁" + words
    words += rng.choice(("", "", "门口", "外面")) if words.endswith("门") else ""
    return _draft(world, "gate", at, words, scattered(rng, world.point_of(at), r95_m=20))


def pole(world: World, rng: Random) -> Draft | None:
    """A numbered lamp post."""
    at = _one(world, rng, PlaceKind.POLE)
    if at is None:
        return None
    place = world.places[at]
    code = place.number or place.name
    forms = ["编号{c}的路灯", "路灯杆{c}", "灯杆编号{c}", "{c}号灯杆", "杆上编号{c}的路灯"]
    words = rng.choice(forms).format(c=code)
    if place.road and rng.random() < 0.7:
        words = place.road + rng.choice(("", "上", "")) + words
    elif sum(world.places[p].number == code for p in world.of_kind[PlaceKind.POLE]) > 1:
        if not place.road:
            return None
        words = place.road + words
    return _draft(
        world, "pole", at, words, scattered(rng, world.point_of(at), r95_m=8), scene="road"
    )


def poi(world: World, rng: Random) -> Draft | None:
    """A shop, school, office by its name."""
    at = _one(world, rng, PlaceKind.POI)
    if at is None:
        return None
    words = world.places[at].name + rng.choice(("", "", "", "里面", "这里", "那边"))
    shape = world.geometries[at]
    centre = world.point_of(at)
    point = inside(rng, shape) if shape.area > 0 else scattered(rng, centre, r95_m=25)
    return _draft(world, "poi", at, words, point)


def village(world: World, rng: Random) -> Draft | None:
    """A village or one of its groups."""
    at = _one(world, rng, PlaceKind.VILLAGE)
    if at is None:
        return None
    name = world.places[at].name
    words = name
    if name.endswith("村"):
        words += rng.choice(("", "", "村口", "村里", f"{rng.randint(1, 8)}组"))
        words = words.replace("村村", "村")
    shape = world.geometries[at]
    centre = world.point_of(at)
    point = inside(rng, shape) if shape.area > 0 else scattered(rng, centre, r95_m=200)
    return _draft(world, "village", at, words, point, scene="home", ordinary=shape.area > 0)


def same_named(world: World, at: int, point: Point) -> tuple[Point, ...]:
    """Other things that bear this thing's name, farther off than its own two sides."""
    others = world.others(world.places[at].name, but=at)
    return tuple(other for other in others if apart(other, point) > SAME_M)


def aliases_of(place: Place) -> dict[str, tuple[str, ...]]:
    """For ``Draft.aliases``."""
    return {place.name: place.aliases}


def _one(world: World, rng: Random, kind: PlaceKind) -> int | None:
    found = world.of_kind[kind]
    return rng.choice(found) if found else None


def _draft(
    world: World, structure: str, at: int, words: str, point: Point, *,
    scene: str = "spot", ordinary: bool = True,
) -> Draft:  # fmt: skip
    place = world.places[at]
    name = place.name if place.name in words else ""
    return Draft(
        structure=structure,
        words=words,
        point=point,
        names=(name,) if name else (),
        place_ids=(place.id,),
        alternatives=same_named(world, at, world.point_of(at)),
        scene=scene,
        ordinary=ordinary,
        aliases=aliases_of(place),
    )
