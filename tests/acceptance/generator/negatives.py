"""Complaints that no place of the loaded city can be named for."""

from __future__ import annotations

from random import Random

from tests.acceptance.generator import words as said
from tests.acceptance.generator.world import World

_FIRST = "碧翠柏榕樟桂松梅兰菊荔鹭鹤凌霄沧澜瑶琼岚嵩峻皓晏"
_SECOND = "溪屿洲岫澄渊泓涵霖霁曦旻晖璟瑾瑜珩琛"


def elsewhere(world: World, rng: Random, *, city_code: str) -> str:
    """An address of another city, now and then on a road whose name is known here too."""
    others = [city for city in said.ELSEWHERE if city[0] != city_code[:4]]
    _, city, districts, roads = rng.choice(others)
    district = rng.choice(districts)
    road = rng.choice(roads)
    if world.roads and rng.random() < 0.3:
        road = rng.choice(world.roads).name
    where = rng.choice(
        (f"{road}{rng.randint(1, 300)}号", f"{road}与{rng.choice(roads)}交叉口", road,
         f"{road}{rng.randint(1, 90)}号附近")
    )  # fmt: skip
    return rng.choice(
        (f"{city}{district}{where}", f"{city}{where}", f"{city[:-1]}{district}{where}")
    )


def unknown_place(world: World, rng: Random) -> str:
    """A road or compound that does not exist here."""
    for _ in range(100):
        stem = rng.choice(_FIRST) + rng.choice(_SECOND)
        road = stem + rng.choice(("路", "街", "巷", "大道", "一路"))
        compound = stem + rng.choice(("小区", "花园", "苑", "新村", "家园"))
        where = rng.choice((f"{road}{rng.randint(1, 200)}号", compound, f"{compound}3号楼", road))
        if road not in world.by_word and compound not in world.by_word:
            return where
    raise ValueError("every invented name exists in this gazetteer; add characters")
