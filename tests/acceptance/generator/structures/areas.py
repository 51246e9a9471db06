"""Coarse words: a whole road or river, a community, a subdistrict."""

from __future__ import annotations

from random import Random

from routing.model import JurisdictionLevel, PlaceKind
from tests.acceptance.generator.chance import along, inside
from tests.acceptance.generator.draft import Draft
from tests.acceptance.generator.world import World


def road_only(world: World, rng: Random) -> Draft | None:
    """Somewhere on a road."""
    if not world.roads:
        return None
    road = rng.choice(world.roads)
    words = road.name + rng.choice(
        ("", "", "", "路面", "全线", "上", "沿线", "中段", "路边", "街边")
    )
    words = words.replace("路路面", "路路面")
    others = tuple(
        other.at_chainage(other.line.length / 2)
        for other in world.roads_by_name[road.name]
        if other.at != road.at
    )
    return Draft(
        structure="road_only", words=words, names=(road.name,), place_ids=road.ids,
        point=along(rng, road.line, aside_m=road.half_width_m), line=road.line, scene="road",
        alternatives=others, ordinary=False, specific=False, aliases={road.name: road.aliases},
    )  # fmt: skip


def water(world: World, rng: Random) -> Draft | None:
    """On or beside a river or lake."""
    found = world.of_kind[PlaceKind.WATER]
    if not found:
        return None
    at = rng.choice(found)
    place, shape = world.places[at], world.geometries[at]
    line = shape if shape.area == 0 else shape.boundary
    if line.length == 0:
        return None
    words = place.name + rng.choice(("", "边上", "河边", "河里", "沿岸")).replace("河河", "河")
    words = words.replace("河河", "河")
    return Draft(
        structure="water", words=words, names=(place.name,), place_ids=(place.id,),
        point=along(rng, line, aside_m=10.0), line=line, scene="water", ordinary=False,
        specific=False, alternatives=world.others(place.name, but=at),
    )  # fmt: skip


def community_only(world: World, rng: Random) -> Draft | None:
    """Somewhere in a community."""
    return _area(world, rng, JurisdictionLevel.COMMUNITY, "community_only")


def subdistrict_only(world: World, rng: Random) -> Draft | None:
    """Somewhere in a subdistrict."""
    return _area(world, rng, JurisdictionLevel.SUBDISTRICT, "subdistrict_only")


def _area(world: World, rng: Random, level: JurisdictionLevel, structure: str) -> Draft | None:
    areas = world.territory.levels.get(level, [])
    if not areas:
        return None
    area = rng.choice(areas)
    shape = world.plane.metres(area.geometry)
    words = area.name + rng.choice(("", "", "辖区内", "范围内", "这边"))
    others = tuple(
        inside(rng, world.plane.metres(other.geometry))
        for other in areas
        if other.name == area.name and other.code != area.code
    )
    return Draft(
        structure=structure, words=words, names=(area.name,), place_ids=(), area=shape,
        point=inside(rng, shape), ordinary=False, specific=False, alternatives=others,
    )  # fmt: skip
