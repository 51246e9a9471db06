"""Where two roads meet."""

from __future__ import annotations

from random import Random

from tests.acceptance.generator.chance import normal, scattered, towards
from tests.acceptance.generator.draft import Draft
from tests.acceptance.generator.ground import Crossing, apart
from tests.acceptance.generator.plane import Point
from tests.acceptance.generator.world import World

CROSSING_R95_M = 20.0
"""Metres. How far from the middle of a crossing its trouble lies."""
APART_M = 100.0
"""Metres. A second crossing of the same two roads nearer than this is the same trouble."""

FORMS = (
    "{a}与{b}交叉口", "{a}和{b}交叉口", "{a}与{b}路口", "{a}、{b}交叉口", "{a}{b}路口",
    "{a}{b}交叉口", "{a}与{b}交界处", "{a}和{b}交界处", "{a}与{b}十字路口", "{a}与{b}丁字路口",
    "{a}和{b}的路口", "{a}跟{b}交叉路口", "{a}与{b}交汇处", "{a}与{b}交口", "{a}{b}口",
    "{a}{b}的路口那里", "{a}与{b}T字路口", "{a}与{b}红绿灯", "{a}/{b}路口", "{a}（{b}路口）",
    "{a}近{b}路口", "{a}和{b}相交的地方", "{a}与{b}相交处", "{a}靠近{b}路口",
)  # fmt: skip
CORNERS = {"东北角": 45, "东南角": 135, "西南角": 225, "西北角": 315}
"""Word → degrees clockwise from north."""


def crossing(world: World, rng: Random) -> Draft | None:
    """A与B交叉口 in its many forms; two crossings of the same roads are one another's rivals."""
    chosen = pick(world, rng)
    if chosen is None:
        return None
    point = scattered(rng, chosen.point, r95_m=CROSSING_R95_M)
    return _draft(world, rng, "intersection", chosen, point, "")


def corner(world: World, rng: Random) -> Draft | None:
    """One corner of a crossing."""
    chosen = pick(world, rng)
    if chosen is None:
        return None
    word = rng.choice(sorted(CORNERS))
    point = normal(rng, towards(chosen.point, CORNERS[word], 20.0), sigma_m=5.0)
    return _draft(world, rng, "corner", chosen, point, word)


def pick(world: World, rng: Random) -> Crossing | None:
    """Any crossing of two roads of different names."""
    if not world.crossings:
        return None
    chosen = rng.choice(world.crossings)
    one, other = world.roads[chosen.first], world.roads[chosen.second]
    return None if one.name == other.name else chosen


def said(world: World, rng: Random, chosen: Crossing, *, plain: bool = False) -> tuple[str, ...]:
    """(words, first name, second name) of a crossing, either road first."""
    names = [world.roads[chosen.first].name, world.roads[chosen.second].name]
    rng.shuffle(names)
    form = rng.choice(FORMS[:6] if plain else FORMS)
    return form.format(a=names[0], b=names[1]), names[0], names[1]


def rivals(world: World, chosen: Crossing) -> tuple[Point, ...]:
    """Where else roads of these names meet."""
    names = world.roads[chosen.first].name, world.roads[chosen.second].name
    points = world.crossing_points(*names)
    return tuple(point for point in points if apart(point, chosen.point) > APART_M)


def _draft(
    world: World, rng: Random, structure: str, chosen: Crossing, point: Point, after: str
) -> Draft:
    words, a, b = said(world, rng, chosen, plain=bool(after))
    one, other = world.roads[chosen.first], world.roads[chosen.second]
    return Draft(
        structure=structure,
        words=words + after,
        point=point,
        names=(a, b),
        place_ids=(*one.ids[:1], *other.ids[:1]),
        alternatives=rivals(world, chosen),
        scene="road",
        aliases={one.name: one.aliases, other.name: other.aliases},
    )
