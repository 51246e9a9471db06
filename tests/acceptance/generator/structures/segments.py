"""From A to B along a road."""

from __future__ import annotations

from random import Random

from routing.model import PlaceKind
from tests.acceptance.generator.chance import along
from tests.acceptance.generator.draft import Draft
from tests.acceptance.generator.ground import Road, apart
from tests.acceptance.generator.structures.things import stop_words
from tests.acceptance.generator.world import World

SHORTEST_M, LONGEST_M = 60.0, 1500.0
"""Metres between the ends of a stretch that somebody would call one."""
NEAR_M = 60.0
"""Metres. A stop or compound so near a road can mark a place on it."""
LANE_M = 6.0
"""Metres. How far off the middle of the road the trouble lies."""

CROSS_FORMS = (
    "{r}（{a}至{b}）", "{r}{a}到{b}路段", "{r}{a}至{b}段", "{r}（{a}—{b}段）", "{r}从{a}到{b}",
    "{r}{a}路口到{b}路口", "{r}{a}~{b}", "{r}上{a}到{b}这一段", "{r}（{a}到{b}之间）",
    "{r}{a}与{b}之间", "{r}，{a}至{b}路段", "{r}自{a}至{b}路段", "{a}到{b}之间的{r}",
    "{r}由{a}往{b}方向路段", "{r}（{a}-{b}）",
)  # fmt: skip
THING_FORMS = (
    "{r}{a}到{b}", "{r}（{a}至{b}）", "{r}从{a}到{b}路段", "{r}{a}至{b}路段", "{r}{a}~{b}段",
    "{r}上{a}到{b}那一段",
)  # fmt: skip


def by_crossings(world: World, rng: Random) -> Draft | None:
    """Both ends are cross roads."""
    road = _carrier(world, rng)
    if road is None:
        return None
    ends = _cross_ends(world, road)
    if len(ends) < 2:
        return None
    (a, at_a), (b, at_b) = rng.sample(ends, 2)
    if a == b or not SHORTEST_M <= abs(at_a - at_b) <= LONGEST_M:
        return None
    form = rng.choice(CROSS_FORMS)
    if form.startswith("{a}") and rng.random() < 0.5:
        form = CROSS_FORMS[0]
    return _draft(world, rng, "segment", road, form, (a, b), (at_a, at_b), ())


def by_things(world: World, rng: Random) -> Draft | None:
    """At least one end is a stop, a compound or a shop beside the road."""
    road = _carrier(world, rng)
    if road is None:
        return None
    things = [at for at in world.landmarks_near(road.line, NEAR_M) if _marks(world, at, road)]
    if not things:
        return None
    first = rng.choice(things)
    a, at_a = _thing_end(world, rng, road, first)
    ends = _cross_ends(world, road)
    ids: tuple[str, ...] = (world.places[first].id,)
    if ends and rng.random() < 0.5:
        b, at_b = rng.choice(ends)
        b += rng.choice(("", "路口"))
    elif len(things) > 1:
        second = rng.choice([at for at in things if at != first])
        b, at_b = _thing_end(world, rng, road, second)
        ids = (*ids, world.places[second].id)
    else:
        return None
    if a == b or not SHORTEST_M <= abs(at_a - at_b) <= LONGEST_M:
        return None
    pairs = [(a, at_a), (b, at_b)]
    rng.shuffle(pairs)
    (a, at_a), (b, at_b) = pairs
    form = rng.choice(THING_FORMS)
    return _draft(world, rng, "segment_things", road, form, (a, b), (at_a, at_b), ids)


def by_own_names(world: World, rng: Random) -> Draft | None:
    """西洪路路口到西洪路公交站: one end is any crossing of the road, so nobody can be sure."""
    stops = world.of_kind[PlaceKind.STOP]
    if not stops:
        return None
    stop = rng.choice(stops)
    name = world.places[stop].name
    named = [road for road in world.roads if name.startswith(road.name)]
    if not named:
        return None
    road = max(named, key=lambda r: len(r.name))
    point = world.geometries[stop].centroid
    ends = _cross_ends(world, road)
    if not ends or road.line.distance(point) > 2 * NEAR_M:
        return None
    _, at_cross = rng.choice(ends)
    at_stop = float(road.line.project(point))
    if not SHORTEST_M <= abs(at_cross - at_stop) <= LONGEST_M:
        return None
    others = [
        road.at_chainage((along_road + at_stop) / 2)
        for _, along_road in ends
        if along_road != at_cross
    ]
    words = f"{road.name}路口到{stop_words(name, rng)}"
    line = road.part(at_cross, at_stop)
    return Draft(
        structure="segment_self", words=words, point=along(rng, line, aside_m=LANE_M),
        names=(road.name,), place_ids=(*road.ids[:1], world.places[stop].id), line=line,
        scene="road", alternatives=tuple(others), ordinary=False, specific=False,
    )  # fmt: skip


def _carrier(world: World, rng: Random) -> Road | None:
    found = world.crossings
    if not found:
        return None
    chosen = rng.choice(found)
    return world.roads[rng.choice((chosen.first, chosen.second))]


def _cross_ends(world: World, road: Road) -> list[tuple[str, float]]:
    """(name, metres along) of the roads that meet this one exactly once."""
    found: dict[str, list[float]] = {}
    for crossing in world.crossings_of.get(road.at, ()):
        other = crossing.second if crossing.first == road.at else crossing.first
        name = world.roads[other].name
        found.setdefault(name, []).append(float(road.line.project(_shape(crossing.point))))
    return [(name, at[0]) for name, at in found.items() if len(at) == 1 and name != road.name]


def _marks(world: World, at: int, road: Road) -> bool:
    """Whether a thing's name points to one place, and not to the road itself."""
    name = world.places[at].name
    if name in world.roads_by_name or len(world.by_word[name]) > 2:
        return False
    return all(apart(world.point_of(at), other) < 150 for other in world.others(name, but=at))


def _thing_end(world: World, rng: Random, road: Road, at: int) -> tuple[str, float]:
    place = world.places[at]
    words = stop_words(place.name, rng) if place.kind is PlaceKind.STOP else place.name
    shape = world.geometries[at]
    return words, float(road.line.project(shape.centroid))


def _draft(
    world: World, rng: Random, structure: str, road: Road, form: str,
    ends: tuple[str, str], chainages: tuple[float, float], ids: tuple[str, ...],
) -> Draft:  # fmt: skip
    line = road.part(*chainages)
    words = form.format(r=road.name, a=ends[0], b=ends[1])
    names = [road.name, *(end for end in ends if end in world.by_word)]
    middle = line.interpolate(0.5, normalized=True)
    alternatives = []
    for other in world.roads_by_name.get(road.name, ()):
        if other.at != road.at and set(ends) <= {name for name, _ in _cross_ends(world, other)}:
            alternatives.append(other.at_chainage(other.line.length / 2))
    return Draft(
        structure=structure,
        words=words,
        point=along(rng, line, aside_m=min(LANE_M, road.half_width_m)),
        names=tuple(names),
        place_ids=(*road.ids[:1], *ids),
        line=line,
        alternatives=tuple(p for p in alternatives if apart(p, (middle.x, middle.y)) > 200),
        scene="road",
        aliases={road.name: road.aliases},
    )


def _shape(at: tuple[float, float]) -> object:
    from shapely import Point as Shape

    return Shape(at)
