"""Roads of the gazetteer: the city's own, the lanes, and one through most communities."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from geodata.demo.gazetteer_parts.ground import SOURCE, Ground, NamedRoad, as_line
from geodata.demo.gazetteer_parts.lanes import (
    BRANCHES,
    COMMUNITY_ROADS,
    LANES,
    OLD_ROAD_NAMES,
    ROAD_ALIASES,
    Branch,
)
from geodata.demo.partition import SEED, to_degrees, to_metres
from geodata.demo.roughen import roughen_line
from routing.model import Place, PlaceKind

_KEPT_FREE = ("compound", "park", "square", "scenic", "construction_site", "river", "zone")
_LENGTHS_M = (520.0, 420.0, 320.0, 220.0, 140.0, 90.0)
"""Tried from long to short until a road fits between the estates of its community."""

_LATTICE_M = 50.0


def complete_roads(ground: Ground) -> None:
    """Add lanes, branches and community roads to ``ground.roads``, all in one fixed order."""
    for lane in LANES:
        parts = [roughen_line(piece, 0.008, 20.0, SEED, bend=len(piece) > 2)
                 for piece in lane.pieces]  # fmt: skip
        _add(ground, lane.name, lane.width_m, as_line(parts), lane.aliases)
    for branch in BRANCHES:
        _add(ground, branch.name, 6.0, _branch(ground, branch), branch.aliases)
    free = shapely.union_all([shape for kind in _KEPT_FREE for shape in ground.metres(kind)])
    shapely.prepare(free)
    for short, name in COMMUNITY_ROADS.items():
        _add(ground, name, 12.0, _through(ground, f"{short}社区", free), ())


def road_places(ground: Ground) -> Iterator[Place]:
    """Every road as a line; old names as entries of their own, with their last day."""
    for road in ground.roads:
        yield ground.place(
            id=road.id,
            name=road.name,
            kind=PlaceKind.ROAD,
            shape=road.line,
            aliases=(*road.aliases, *ROAD_ALIASES.get(road.name, ())),
        )
    for number, (old, name, last) in enumerate(OLD_ROAD_NAMES, start=1):
        road = next(road for road in ground.roads if road.name == name)
        degrees = shapely.transform(road.line, to_degrees)
        yield Place(
            id=f"demo-oldroad-{number:02d}",
            name=old,
            kind=PlaceKind.ROAD,
            geometry=degrees,
            admin_code=ground.admin_code(degrees),
            source=SOURCE,
            valid_to=date.fromisoformat(last),
        )


def _add(
    ground: Ground, name: str, width_m: float, line: BaseGeometry, aliases: tuple[str, ...]
) -> None:
    ground.roads.append(
        NamedRoad(
            id=f"demo-road-{len(ground.roads) + 1:03d}",
            name=name,
            width_m=width_m,
            line=line,
            aliases=aliases,
        )
    )


def _branch(ground: Ground, branch: Branch) -> LineString:
    road = next(road for road in ground.roads if road.name == branch.road)
    ends = [road.beside(branch.along_m, 0.0), road.beside(branch.along_m, branch.length_m)]
    return LineString(roughen_line(ends, 0.02, 20.0, SEED))


def _through(ground: Ground, community: str, taken: BaseGeometry) -> LineString:
    """The longest straight-ish road through the community that touches no estate."""
    home = next(cell for cell in ground.city.communities if cell.name == community)
    area = shapely.transform(home.geometry, to_metres)
    west, south, east, north = area.bounds
    lattice = [
        np.array([x, y])
        for y in np.arange(south, north, _LATTICE_M)
        for x in np.arange(west, east, _LATTICE_M)
        if area.covers(Point(x, y))
    ]
    start = np.array(area.representative_point().coords[0])
    lattice.sort(key=lambda at: float(np.hypot(*(at - start))))
    for length in _LENGTHS_M:
        for middle in lattice:
            for angle in np.linspace(0.1, np.pi + 0.1, 9)[:-1]:
                reach = np.array([np.cos(angle), np.sin(angle)]) * length / 2
                ends = [tuple(middle - reach), tuple(middle + reach)]
                line = LineString(ends)
                own = line.intersection(area).length > 0.85 * length
                if own and not line.buffer(10.0).intersects(taken) and _apart(ground, line):
                    return LineString(roughen_line(ends, 0.03, 25.0, SEED))
    raise ValueError(f"no room for a road in {community}")


def _apart(ground: Ground, line: LineString) -> bool:
    """Crosses other roads at a good angle or keeps away; never runs along one."""
    near = line.buffer(30.0)
    return all(road.line.intersection(near).length < 90.0 for road in ground.roads)
