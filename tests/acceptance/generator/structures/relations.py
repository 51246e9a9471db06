"""Places said by another place: opposite, beside, near, between, so many metres north of."""

from __future__ import annotations

import math
from random import Random

from routing.model import PlaceKind
from tests.acceptance.generator.chance import (
    R95_PER_SIGMA,
    normal,
    on_outline,
    scattered,
    towards,
)
from tests.acceptance.generator.draft import Draft
from tests.acceptance.generator.ground import apart
from tests.acceptance.generator.plane import Point
from tests.acceptance.generator.structures import crossings, houses
from tests.acceptance.generator.structures.things import same_named, stop_words
from tests.acceptance.generator.world import World

BESIDE = ("旁边", "旁", "门口", "门前", "边上", "隔壁", "楼下", "大门口", "正门口", "前面")
NEAR = ("附近", "一带", "周边", "附近那一片")
DIRECTIONS = {"北": 0.0, "东": 90.0, "南": 180.0, "西": 270.0}
"""Word → degrees clockwise from north."""
VICINITY_R95_M = 150.0
BESIDE_R95_M = 25.0


def opposite(world: World, rng: Random) -> Draft | None:
    """Across the road from something that stands beside one."""
    anchor = _anchor(world, rng)
    if anchor is None:
        return None
    words, at, base, ids = anchor
    road = world.nearest_road(at, 45.0)
    if road is None:
        return None
    shape = _shape(at)
    chainage = float(road.line.project(shape))
    x, y = road.at_chainage(chainage)
    aside = apart((x, y), at)
    if aside < 3:
        return None
    word, shift = "对面", rng.gauss(0, 8)
    if rng.random() < 0.3:
        word, shift = "斜对面", rng.choice((-1, 1)) * rng.uniform(12, 45)
    left = road.beside(chainage, 1.0)
    sign = -1.0 if apart(left, at) < apart((x, y), at) else 1.0  # away from the anchor's side
    far = rng.uniform(road.half_width_m, road.half_width_m + 18)
    point = road.beside(min(max(0.0, chainage + shift), road.line.length), sign * far)
    said = rng.choice((word, word, f"马路{word}", f"正{word}" if word == "对面" else word))
    return _draft(world, "opposite", words + said, point, base, ids)


def beside(world: World, rng: Random) -> Draft | None:
    """Beside, before or below something, within 25 m."""
    anchor = _anchor(world, rng)
    if anchor is None:
        return None
    words, at, base, ids = anchor
    shape = world.geometries[base.at] if base.at is not None else None
    if shape is not None and shape.area > 0:
        point = on_outline(rng, shape, out_m=BESIDE_R95_M)
    else:
        point = scattered(rng, at, r95_m=BESIDE_R95_M)
    return _draft(world, "beside", words + rng.choice(BESIDE), point, base, ids)


def vicinity(world: World, rng: Random) -> Draft | None:
    """附近: 95 % within about 150 m."""
    anchor = _anchor(world, rng)
    if anchor is None:
        return None
    words, at, base, ids = anchor
    shape = world.geometries[base.at] if base.at is not None else None
    if shape is not None and shape.area > 0:
        distance = abs(rng.gauss(0, VICINITY_R95_M / R95_PER_SIGMA))
        ring = shape.buffer(distance).boundary
        spot = ring.interpolate(rng.random(), normalized=True)
        point = (spot.x, spot.y)
    else:
        point = scattered(rng, at, r95_m=VICINITY_R95_M)
    return _draft(world, "vicinity", words + rng.choice(NEAR), point, base, ids, ordinary=False)


def between(world: World, rng: Random) -> Draft | None:
    """Between two landmarks that stand near each other."""
    if not world.landmarks:
        return None
    one = rng.choice(world.landmarks)
    near = world.landmarks_near(world.geometries[one], 250.0)
    others = [
        at for at in near
        if apart(world.point_of(at), world.point_of(one)) > 40
        and world.places[at].name != world.places[one].name
    ]  # fmt: skip
    if not others:
        return None
    other = rng.choice(others)
    a, b = world.point_of(one), world.point_of(other)
    part = rng.uniform(0.1, 0.9)
    point = normal(rng, (a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])), sigma_m=10.0)
    names = world.places[one].name, world.places[other].name
    form = rng.choice(("{a}和{b}之间", "{a}与{b}中间", "{a}与{b}之间的路上", "{a}和{b}交界处"))
    base = _Base(at=one, names=names, others=same_named(world, one, a))
    ids = (world.places[one].id, world.places[other].id)
    return _draft(world, "between", form.format(a=names[0], b=names[1]), point, base, ids)


def offset(world: World, rng: Random) -> Draft | None:
    """(往|以)北 N 米, from a crossing, a stop or a shop."""
    anchor = _anchor(world, rng, crossing=0.5)
    if anchor is None:
        return None
    words, at, base, ids = anchor
    word = rng.choice(sorted(DIRECTIONS))
    bearing = DIRECTIONS[word]
    if rng.random() < 0.15:
        word, bearing = rng.choice((("东北", 45.0), ("西北", 315.0), ("东南", 135.0)))
    metres = rng.choice((20, 30, 50, 50, 80, 100, 100, 150, 200, 300))
    reached = towards(at, bearing + rng.gauss(0, 10), metres * (1 + rng.gauss(0, 0.15)))
    form = rng.choice(
        ("往{d}{n}米", "向{d}{n}米处", "以{d}{n}米", "往{d}约{n}米", "{d}侧{n}米",
         "向{d}约{n}米左右", "往{d}走{n}米", "{d}边{n}米处", "，往{d}{n}米")
    )  # fmt: skip
    point = scattered(rng, reached, r95_m=10.0)
    return _draft(world, "offset", words + form.format(d=word, n=metres), point, base, ids)


def side(world: World, rng: Random) -> Draft | None:
    """南侧, 路东: one side of a compound, a shop or a house's road."""
    word = rng.choice(sorted(DIRECTIONS))
    bearing = DIRECTIONS[word]
    anchor = _anchor(world, rng, house=0.0)
    if anchor is None:
        return None
    words, at, base, ids = anchor
    shape = world.geometries[base.at] if base.at is not None else None
    distance = 12.0
    if shape is not None and shape.area > 0:
        west, south, east, north = shape.bounds
        half = (north - south) / 2 if word in "南北" else (east - west) / 2
        at, distance = (shape.centroid.x, shape.centroid.y), half + 5.0
    point = normal(rng, towards(at, bearing, distance), sigma_m=8.0)
    said = rng.choice((f"{word}侧", f"{word}面", f"{word}边"))
    return _draft(world, "side", words + said, point, base, ids)


class _Base:
    """What the anchor is, for labels."""

    def __init__(
        self, *, names: tuple[str, ...], at: int | None = None, others: tuple[Point, ...] = (),
        aliases: dict[str, tuple[str, ...]] | None = None,
    ) -> None:  # fmt: skip
        self.at, self.names, self.others, self.aliases = at, names, others, aliases or {}


def _anchor(
    world: World, rng: Random, *, house: float = 0.25, crossing: float = 0.0
) -> tuple[str, Point, _Base, tuple[str, ...]] | None:
    """(words, point, base, ids) of something to be opposite to."""
    chance = rng.random()
    if chance < crossing:
        chosen = crossings.pick(world, rng)
        if chosen is None:
            return None
        words, a, b = crossings.said(world, rng, chosen, plain=True)
        ids = (world.roads[chosen.first].ids[0], world.roads[chosen.second].ids[0])
        base = _Base(names=(a, b), others=crossings.rivals(world, chosen))
        return words, chosen.point, base, ids
    if chance < crossing + house and world.housed_roads:
        draft = houses.existing(world, rng)
        if draft is None:
            return None
        known = next(
            h for h in world.houses[world.roads_by_name[draft.names[0]][0].at]
            if h.place_id == draft.place_ids[-1]
        ) if len(world.roads_by_name[draft.names[0]]) == 1 else None  # fmt: skip
        at = known.point if known else draft.point
        base = _Base(names=draft.names, others=draft.alternatives, aliases=draft.aliases)
        return draft.words, at, base, draft.place_ids
    if not world.landmarks:
        return None
    n = rng.choice(world.landmarks)
    place = world.places[n]
    words = stop_words(place.name, rng) if place.kind is PlaceKind.STOP else place.name
    at = world.point_of(n)
    base = _Base(
        at=n, names=(place.name,) if place.name in words else (),
        others=same_named(world, n, at), aliases={place.name: place.aliases},
    )  # fmt: skip
    return words, at, base, (place.id,)


def _draft(
    world: World, structure: str, words: str, point: Point, base: _Base, ids: tuple[str, ...],
    *, ordinary: bool = True,
) -> Draft:  # fmt: skip
    if not math.isfinite(point[0] + point[1]):
        raise ValueError(f"{structure} {words!r} was drawn at {point}")
    return Draft(
        structure=structure,
        words=words,
        point=point,
        names=base.names,
        place_ids=ids,
        alternatives=base.others,
        aliases=base.aliases,
        ordinary=ordinary,
    )


def _shape(at: Point) -> object:
    from shapely import Point as Shape

    return Shape(at)
