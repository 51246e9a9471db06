"""What the writer of a sentence meant, as a place: by brute force, without ``routing``.

Relations, in metres and compass words:

    P NAME              a place by name or alias        H ROAD NUMBER    a house, recorded or not
    X ROAD ROAD         where two roads meet            OPP ROAD NUMBER  the far side of the road
    S ROAD FROM TO      a part of a road; ends are x:ROAD, h:NUMBER, p:NAME, start or end
    L ROAD              the whole road                  LS ROAD 东       one side of it
    O 东 20 RELATION    so far from something           MID REL / REL    between two things
    A NAME              a district, subdistrict or community
    G NAME              the grid of that name
    E 东 RELATION       that edge or corner of an area
    N RELATION          beside it: wider tolerance      T 150 RELATION   this tolerance

``ROAD@NAME`` is the road of that name in a subdistrict.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.resources import files

import numpy as np
import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from geodata.demo.gazetteer import build_gazetteer, demo_ground
from geodata.demo.gazetteer_parts.addresses import house_place
from geodata.demo.gazetteer_parts.ground import NamedRoad
from geodata.demo.oracle import Oracle
from geodata.demo.partition import City, to_degrees, to_metres
from routing.model import Place, PlaceKind

_COMPASS = {
    "东": (1, 0), "东北": (1, 1), "北": (0, 1), "西北": (-1, 1), "西": (-1, 0), "西南": (-1, -1),
    "南": (0, -1), "东南": (1, -1),
}  # fmt: skip
_OF_KIND_M = {
    PlaceKind.JUNCTION: 45.0, PlaceKind.STOP: 70.0, PlaceKind.GATE: 50.0, PlaceKind.BUILDING: 40.0,
    PlaceKind.POLE: 25.0, PlaceKind.POI: 60.0, PlaceKind.VILLAGE: 60.0,
}  # fmt: skip
_BESIDE_M = 90.0
"""What 旁边 and 附近 add to the tolerance."""
_WHOLE_SHARE = 0.5
"""A whole road or area of which no grid has more is known by the coarser code that holds it."""
_RIVAL_SHARE = 0.7
"""Of a part of a road, grids with nearly as much of it as the first are as right."""


@dataclass(frozen=True, kw_only=True)
class Meant:
    """What a relation stands for."""

    shape: BaseGeometry
    """Local metres."""
    tolerance_m: float
    near_m: float
    """Grids this near to a point are right too."""
    whole: bool = False
    """A whole road or jurisdiction: where no grid has most of it, the coarser code is right."""


class Truth:
    """Relations to places; raises LookupError for a name that is not or not only once there."""

    def __init__(self, city: City) -> None:
        self._city = city
        ground = demo_ground(city)
        self._places = build_gazetteer(ground)
        self._roads = ground.roads
        rules = files("geodata.demo").joinpath("rules.toml").read_text(encoding="utf-8")
        self._oracle = Oracle(city, rules)
        self._grids = [
            (grid.code, shapely.transform(grid.geometry, to_metres)) for grid in city.grids
        ]

    def meant(self, relation: str) -> Meant:
        """The place of a relation."""
        kind, _, rest = relation.strip().partition(" ")
        words = rest.split()
        if kind == "T":
            return replace(self.meant(" ".join(words[1:])), tolerance_m=float(words[0]))
        if kind == "N":
            inner = self.meant(rest)
            return replace(inner, tolerance_m=inner.tolerance_m + _BESIDE_M, near_m=40.0)
        if kind == "P":
            return self._named(rest)
        if kind == "G":
            grid = next(grid for grid in self._city.grids if grid.name == rest)
            area = shapely.transform(grid.geometry, to_metres)
            return Meant(shape=area, tolerance_m=40.0, near_m=0.0)
        if kind == "A":
            return self._named(rest)
        if kind == "H":
            road = self._road(words[0])
            at = self._house(road, words[1])
            return Meant(shape=at, tolerance_m=40.0, near_m=5.0)
        if kind == "OPP":
            number = int(words[1])
            across = house_place(self._road(words[0]), number + 1 if number % 2 else number - 1)
            return Meant(shape=across, tolerance_m=45.0, near_m=5.0)
        if kind == "X":
            return Meant(shape=self._crossing(*words), tolerance_m=45.0, near_m=20.0)
        if kind == "O":
            return self._offset(words[0], float(words[1]), " ".join(words[2:]))
        if kind == "E":
            return self._edge(words[0], " ".join(words[1:]))
        if kind == "MID":
            one, other = (self.meant(part).shape for part in rest.split(" / "))
            middle = shapely.shortest_line(one, other).interpolate(0.5, normalized=True)
            wide = max(60.0, float(one.distance(other)) / 2 + 30.0)
            return Meant(shape=middle, tolerance_m=wide, near_m=30.0)
        if kind in ("S", "L", "LS"):
            line = self._stretch(kind, words)
            return Meant(shape=line, tolerance_m=40.0, near_m=0.0, whole=kind == "L")
        raise LookupError(f"{relation!r}: {kind!r} is no relation")

    def units(self, meant: Meant) -> list[str]:
        """Codes that are right: of grids, or one coarser code where only that can be known."""
        if meant.shape.geom_type in ("Point", "MultiPoint"):
            return sorted({code for at in shapely.get_parts(meant.shape) for code in
                           self._grids_around(at, meant.near_m)})  # fmt: skip
        ground = meant.shape.buffer(12.0) if not meant.shape.area else meant.shape
        shares = {code: area.intersection(ground).area / ground.area for code, area in self._grids}
        best = max(shares.values())
        touched = [code for code, share in shares.items() if share > 0.01]
        if meant.whole and best < _WHOLE_SHARE:
            for digits in (12, 9, 6):
                if len({code[:digits] for code in touched}) == 1:
                    return [touched[0][:digits]]
        return sorted(code for code, share in shares.items() if share >= _RIVAL_SHARE * best)

    def _grids_around(self, at: Point, near_m: float) -> set[str]:
        turns = np.linspace(0, 2 * np.pi, 17)[:-1]
        ring = [(at.x + near_m * np.cos(turn), at.y + near_m * np.sin(turn)) for turn in turns]
        spots = to_degrees(np.array([(at.x, at.y), *ring]))
        return {code for lon, lat in spots for code in self._oracle.grids_at(lon, lat)}

    def _find(self, name: str) -> list[Place]:
        found = [place for place in self._places if place.name == name]
        return found or [place for place in self._places if name in place.aliases]

    def _named(self, name: str) -> Meant:
        found = self._find(name)
        if not found or (len(found) > 1 and found[0].kind is not PlaceKind.STOP):
            raise LookupError(f"{name!r} is {len(found)} times in the gazetteer")
        parts = [shapely.transform(place.geometry, to_metres) for place in found]
        shape = parts[0] if len(parts) == 1 else shapely.union_all(parts)
        kind = found[0].kind
        tolerance = _OF_KIND_M.get(kind, 40.0)
        near = 20.0 if kind is PlaceKind.JUNCTION else 5.0
        whole = kind in (PlaceKind.ADMIN, PlaceKind.WATER, PlaceKind.POI)
        return Meant(shape=shape, tolerance_m=tolerance, near_m=near, whole=whole)

    def _road(self, name: str) -> NamedRoad:
        name, _, where = name.partition("@")
        found = [road for road in self._roads if road.name == name]
        if where:
            home = next(cell for cell in self._city.subdistricts if cell.name == where).geometry
            area = shapely.transform(home, to_metres)
            found = [road for road in found if area.intersects(road.line)]
        if len(found) != 1:
            raise LookupError(f"{name}@{where}: {len(found)} roads")
        return found[0]

    def _house(self, road: NamedRoad, number: str) -> Point:
        """As recorded; else where the rule of the city puts it."""
        for place in self._places:
            known = place.kind is PlaceKind.ADDRESS and place.number == number
            if known and place.id.split("-")[2] == road.id[-3:]:
                at: Point = shapely.transform(place.geometry, to_metres)
                return at
        if not number.isdecimal():
            raise LookupError(f"{road.name}{number}号 is not recorded")
        return house_place(road, int(number))

    def _crossing(self, one: str, other: str) -> BaseGeometry:
        """Every point where they meet; the middle of the gap where they pass within 60 m."""
        a, b = self._road(one).line, self._road(other).line
        met = a.intersection(b)
        if not met.is_empty:
            return met if met.geom_type in ("Point", "MultiPoint") else met.centroid
        if a.distance(b) > 60:
            raise LookupError(f"{one} and {other} are {a.distance(b):.0f} m apart")
        return shapely.shortest_line(a, b).interpolate(0.5, normalized=True)

    def _offset(self, way: str, metres: float, relation: str) -> Meant:
        start = self.meant(relation).shape
        step = np.array(_COMPASS[way]) / np.hypot(*_COMPASS[way])
        anchor = np.array(start.centroid.coords[0])
        if start.area:  # metres are counted from the edge
            reach = LineString([anchor, anchor + step * 1_000])
            metres += float(reach.intersection(start).length)
        shape = Point(anchor + step * metres)
        return Meant(shape=shape, tolerance_m=max(45.0, 0.4 * metres), near_m=max(15, 0.2 * metres))

    def _edge(self, way: str, relation: str) -> Meant:
        """Where a line from the middle leaves the area; half the area's width is tolerance."""
        area = self.meant(relation).shape
        middle = np.array(area.centroid.coords[0])
        step = np.array(_COMPASS[way]) / np.hypot(*_COMPASS[way])
        leaving = LineString([middle, middle + step * 2_000]).intersection(area.boundary)
        at = max(shapely.get_parts(leaving), key=lambda one: float(one.distance(Point(middle))))
        half = float(np.sqrt(area.area)) / 2
        return Meant(shape=Point(at), tolerance_m=max(60.0, half), near_m=max(30.0, half))

    def _stretch(self, kind: str, words: list[str]) -> BaseGeometry:
        road = self._road(words[0])
        if kind == "L":
            return road.line
        if kind == "LS":
            return self._side(road, words[1])
        ends = sorted(self._along(road, word) for word in words[1:])
        return substring(road.main, *ends)

    def _side(self, road: NamedRoad, way: str) -> BaseGeometry:
        sides = [road.main.offset_curve(side * (road.width_m / 2 + 4)) for side in (1, -1)]
        return max(sides, key=lambda side: float(np.dot(side.centroid.coords[0], _COMPASS[way])))

    def _along(self, road: NamedRoad, word: str) -> float:
        kind, _, name = word.partition(":")
        if kind in ("start", "end"):
            return 0.0 if kind == "start" else float(road.main.length)
        if kind == "x":
            at = self._crossing(road.name, name).centroid
        elif kind == "h":
            at = self._house(road, name)
        else:
            at = self._named(name).shape.centroid
        return float(road.main.project(at))
