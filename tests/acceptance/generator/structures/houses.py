"""House numbers: known, between known ones, beyond the last, with a second part, ranges."""

from __future__ import annotations

from random import Random

from shapely.geometry import LineString

from tests.acceptance.generator.chance import HOUSE_SIGMA_M, along, normal
from tests.acceptance.generator.draft import Draft
from tests.acceptance.generator.ground import House, Road, apart
from tests.acceptance.generator.numerals import chinese
from tests.acceptance.generator.plane import Point
from tests.acceptance.generator.world import World

GAP_M = 400.0
"""Metres. Between known numbers farther apart than this nobody can say where one lies."""


def existing(world: World, rng: Random) -> Draft | None:
    """A number the gazetteer has."""
    found = _house(world, rng)
    if found is None:
        return None
    road, house = found
    number = str(house.number)
    if house.sub:
        number = rng.choice((f"{number}-{house.sub}", f"{number}号之{chinese(house.sub)}"))
    words = f"{road.name}{number}号" if "号" not in number else road.name + number
    return _draft(
        world, "house", road, words, house.number,
        point=normal(rng, house.point, sigma_m=HOUSE_SIGMA_M), ids=(house.place_id,),
    )  # fmt: skip


def between(world: World, rng: Random) -> Draft | None:
    """A number that is missing between two known ones of its side."""
    found = _house(world, rng)
    if found is None:
        return None
    road, low = found
    side = _side(world, road, low.number % 2)
    at = next(n for n, house in enumerate(side) if house.number == low.number)
    if at + 1 >= len(side):
        return None
    high = side[at + 1]
    missing = list(range(low.number + 2, high.number, 2))
    distance = abs(high.along - low.along)
    if not missing or not 4 <= distance <= GAP_M or low.aside * high.aside <= 0:
        return None
    number = rng.choice(missing)
    part = (number - low.number) / (high.number - low.number)
    # real numbers are not evenly spaced: an eighth of the gap, never past the neighbours
    part = min(0.97, max(0.03, part + rng.gauss(0, 0.08)))
    where = road.beside(
        low.along + part * (high.along - low.along), low.aside + part * (high.aside - low.aside)
    )
    return _draft(
        world, "house_between", road, f"{road.name}{number}号", number,
        point=normal(rng, where, sigma_m=HOUSE_SIGMA_M), ids=(low.place_id, high.place_id),
    )  # fmt: skip


def beyond(world: World, rng: Random) -> Draft | None:
    """A number past the last known one, while the road goes on."""
    found = _house(world, rng)
    if found is None:
        return None
    road, house = found
    side = _side(world, road, house.number % 2)
    if len(side) < 3:
        return None
    last, before = side[-1], side[-3]
    step = (last.along - before.along) / (last.number - before.number)
    number = last.number + 2 * rng.randint(1, 6)
    ahead = step * (number - last.number) * rng.lognormvariate(0, 0.3)
    if not 1 <= abs(step) <= 40 or not 0 <= last.along + ahead <= road.line.length:
        return None
    where = road.beside(last.along + ahead, last.aside)
    return _draft(
        world, "house_beyond", road, f"{road.name}{number}号", number,
        point=normal(rng, where, sigma_m=HOUSE_SIGMA_M), ids=(last.place_id,), ordinary=False,
    )  # fmt: skip


def sub_number(world: World, rng: Random) -> Draft | None:
    """A second part: 88号之3, 88-3号, 88号附3号, 甲88号. It is next to its parent number."""
    found = _house(world, rng)
    if found is None or found[1].sub:
        return None
    road, house = found
    n, k = house.number, rng.randint(1, 9)
    if any(h.number == n and h.sub for h in world.houses[road.at]):
        return None  # this number's parts are known; one that is not would be a guess
    words = rng.choice(
        (f"{n}号之{k}", f"{n}号之{chinese(k)}", f"{n}-{k}号", f"{n}号附{k}号", f"{n}之{k}号",
         f"{n}号附{chinese(k)}号", f"{rng.choice('甲乙')}{n}号", f"{n}号{rng.choice('甲乙')}")
    )  # fmt: skip
    where = road.beside(house.along + rng.gauss(0, 6), house.aside)
    return _draft(
        world, "house_sub", road, road.name + words, n,
        point=normal(rng, where, sigma_m=HOUSE_SIGMA_M), ids=(house.place_id,),
    )  # fmt: skip


def number_range(world: World, rng: Random) -> Draft | None:
    """12-38号: the frontage from one known number to another of its side."""
    found = _house(world, rng)
    if found is None:
        return None
    road, low = found
    side = _side(world, road, low.number % 2)
    high = [h for h in side if h.number > low.number and 20 <= abs(h.along - low.along) <= 350]
    if not high:
        return None
    end = rng.choice(high[:12])
    if low.aside * end.aside <= 0:
        return None
    line = _frontage(road, low, end)
    joint = rng.choice(("-", "-", "至", "到", "~", "—"))
    words = f"{low.number}{joint}{end.number}号"
    if joint in "至到" and rng.random() < 0.5:
        words = f"{low.number}号{joint}{end.number}号"
    words = road.name + words + rng.choice(("", "", "路段", "之间"))
    point = along(rng, line, aside_m=6.0)
    return _draft(
        world, "house_range", road, words, low.number,
        point=point, ids=(low.place_id, end.place_id), line=line, scene="road",
    )  # fmt: skip


def _house(world: World, rng: Random) -> tuple[Road, House] | None:
    if not world.housed_roads:
        return None
    road = world.roads[rng.choice(world.housed_roads)]
    return road, rng.choice(world.houses[road.at])


def _frontage(road: Road, low: House, high: House) -> LineString:
    """The line of house fronts from one number to another."""
    steps = max(2, int(abs(high.along - low.along) / 10))
    parts = [n / steps for n in range(steps + 1)]
    return LineString(
        road.beside(
            low.along + part * (high.along - low.along), low.aside + part * (high.aside - low.aside)
        )
        for part in parts
    )


def _side(world: World, road: Road, parity: int) -> list[House]:
    """Known numbers of one side of a road, each once, ascending."""
    found = {h.number: h for h in reversed(world.houses[road.at]) if h.number % 2 == parity}
    return [found[number] for number in sorted(found)]


def same_number(world: World, road: Road, number: int) -> tuple[Point, ...]:
    """Where this number is on other roads of the same name: known there, or in their range."""
    points = []
    for other in world.roads_by_name.get(road.name, ()):
        houses = world.houses.get(other.at, ())
        if other.at == road.at:
            continue
        if not houses:
            points.append(other.at_chainage(other.line.length / 2))
            continue
        nearest = min(houses, key=lambda h: abs(h.number - number))
        if nearest.number == number or houses[0].number <= number <= houses[-1].number + 20:
            points.append(nearest.point)
    return tuple(points)


def _draft(
    world: World, structure: str, road: Road, words: str, number: int, *,
    point: Point, ids: tuple[str, ...], **more: object,
) -> Draft:  # fmt: skip
    others = tuple(p for p in same_number(world, road, number) if apart(p, point) > GAP_M / 2)
    return Draft(
        structure=structure,
        words=words,
        point=point,
        names=(road.name,),
        place_ids=(*road.ids[:1], *ids),
        alternatives=others,
        aliases={road.name: road.aliases},
        **more,  # type: ignore[arg-type]
    )
