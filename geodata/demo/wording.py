"""How a citizen of the demonstration names a place: by what is there and has a name.

A person with the gazetteer in hand could find every place from its words, to about the size that
the words have: a house number exists or lies between known ones, a building stands in its estate,
a direction with metres starts at something named.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from shapely.geometry import Point

from geodata.demo.gazetteer_parts.addresses import SETBACK_M
from geodata.demo.gazetteer_parts.ground import NamedRoad
from geodata.demo.names import DISTRICT_NAME
from geodata.demo.oracle import Oracle
from geodata.demo.partition import City, to_metres
from geodata.demo.sentences import ELSEWHERE, NEIGHBOURS, VICINITY
from geodata.demo.surroundings import Seen, Surroundings
from routing.model import Place, PlaceKind

_BESIDE_M = 22.0
"""Beyond or before the row of houses; farther off nobody goes by the house number."""
_CROSSING_M = 45.0
_POLE_M = 12.0
_STOP_M = 35.0
_BUILDING_M = 28.0
_GATE_M = 20.0
_NEARBY_M = 55.0
_POINTING_M = 450.0
"""Farthest landmark from which a citizen counts metres in a direction."""
_STRETCH_M = (60.0, 420.0)
"""Shortest and longest stretch between two crossings that is named as one."""
_SHOPS = ("沙县小吃", "药店", "便利店", "理发店", "奶茶店")
_GROUNDS = ("scenic", "park", "square", "zone", "construction_site")


class Wording:
    """Names a true place in words that fit it."""

    def __init__(
        self,
        city: City,
        oracle: Oracle,
        places: Sequence[Place],
        roads: Sequence[NamedRoad],
        rng: np.random.Generator,
    ) -> None:
        self._oracle, self._rng = oracle, rng
        self._around = Surroundings(places, roads)
        self._names = {cell.code: cell.name for cell in (*city.subdistricts, *city.communities)}

    def place(self, kind: str, lon: float, lat: float) -> str:
        """The words for one place; ``kind`` is the kind of case."""
        if kind == "outside":
            return str(self._rng.choice(ELSEWHERE))
        where = self._bare(lon, lat)
        if kind == "wrong_district":
            return f"{self._rng.choice(NEIGHBOURS)}{where}"
        chance = self._rng.random()
        if chance < 0.35:
            return f"{DISTRICT_NAME}{where}"
        if chance < 0.5:
            return f"福州市{DISTRICT_NAME}{where}"
        grids = self._oracle.grids_at(lon, lat)
        named = any(name in where for name in self._names.values())
        if chance < 0.65 and grids and not named and kind not in ("border_vertex", "border_edge"):
            return f"{self._names[grids[0][:9]]}{where}"
        return where

    def _bare(self, lon: float, lat: float) -> str:
        at = Point(to_metres(np.array([[lon, lat]]))[0])
        overlays = {o.kind: o.name for o in self._oracle.overlays_at(lon, lat)}
        words = self._in_estate(at)
        if not words and not (set(_GROUNDS) & set(overlays)):
            words = self._by_road(at)
        return words or self._in_grounds(overlays) or self._by_landmark(at, overlays, lon, lat)

    def _pick(self, *options: str) -> str:
        return str(self._rng.choice(options))

    def _in_estate(self, at: Point) -> str:
        estate = self._around.nearest(PlaceKind.COMPOUND, at, 0.5)
        if estate is None:
            return ""
        building = self._around.nearest(PlaceKind.BUILDING, at, _BUILDING_M)
        gate = self._around.nearest(PlaceKind.GATE, at, _GATE_M)
        name = self._pick(estate.place.name, *estate.place.aliases)
        if gate is not None and gate.place.road == estate.place.name:
            return f"{name}{gate.place.number}{self._pick('口', '旁边', '附近')}"
        if building is not None and building.place.road == estate.place.name:
            word = self._pick("号楼", "座", "幢", "栋")
            return f"{name}{building.place.number}{word}{self._pick('楼下', '旁边', '门口', '')}"
        return f"{name}{self._pick('小区内', '里面', '小区里')}"

    def _in_grounds(self, overlays: dict[str, str]) -> str:
        for kind in _GROUNDS:
            if kind in overlays:
                name = overlays[kind].replace("（演示）", "").replace("，演示", "")
                return name + self._pick("里", "内")
        return ""

    def _by_road(self, at: Point) -> str:
        near = self._around.roads_near(at, 70.0)
        if not near or near[0][0].name in self._around.twice:
            return ""
        road, distance = near[0]
        off = distance - (road.width_m / 2 + SETBACK_M)
        if off > _BESIDE_M:
            return ""
        chance = self._rng.random()
        if chance < 0.5 and (words := self._crossing(road, at)):
            return words
        if chance < 0.7 and (pole := self._around.nearest(PlaceKind.POLE, at, _POLE_M)):
            form = self._pick("灯杆", "路灯杆", "电杆")
            prefix = "" if pole.place.road in pole.place.name else pole.place.road
            return f"{prefix}{pole.place.name.replace('灯杆', form)}{self._pick('处', '旁边')}"
        if chance < 0.8 and (stop := self._around.nearest(PlaceKind.STOP, at, _STOP_M)):
            return f"{stop.place.name}{self._pick('附近', '旁边', '')}"
        if off < -SETBACK_M and chance > 0.8 and (words := self._stretch(road, at)):
            return words
        return self._house(road, at, on_road=off < -SETBACK_M)

    def _crossing(self, road: NamedRoad, at: Point) -> str:
        along = float(road.main.project(at))
        met = [
            other
            for where, other in self._around.crossings(road)
            if abs(where - along) <= _CROSSING_M
        ]
        if not met:
            return ""
        return f"{road.name}与{met[0].name}{self._pick('交叉口', '路口', '交界处', '十字路口')}"

    def _stretch(self, road: NamedRoad, at: Point) -> str:
        along = float(road.main.project(at))
        met = self._around.crossings(road)
        before = [(where, other) for where, other in met if where < along]
        after = [(where, other) for where, other in met if where > along]
        if not before or not after:
            return ""
        if not _STRETCH_M[0] <= after[0][0] - before[-1][0] <= _STRETCH_M[1]:
            return ""
        one, other = before[-1][1].name, after[0][1].name
        return self._pick(f"{road.name}从{one}到{other}这一段", f"{road.name}（{one}至{other}段）")

    def _house(self, road: NamedRoad, at: Point, *, on_road: bool) -> str:
        number = self._around.number_at(road, at)
        if number is None:
            return ""
        chance = self._rng.random()
        across = number + 1 if number % 2 else number - 1
        if chance < 0.12 and self._around.is_told(road, across):
            return f"{road.name}{across}号对面"
        if chance < 0.3 and on_road:
            ends = (max(number - 4, 2 - number % 2), number + 4)
            if all(self._around.is_told(road, end) for end in ends):
                return f"{road.name}{ends[0]}-{ends[1]}号路段"
        if chance < 0.45:
            return f"{road.name}{number}号旁边的{self._pick(*_SHOPS)}门口"
        return f"{road.name}{number}号{self._pick(*VICINITY)}"

    def _by_landmark(self, at: Point, overlays: dict[str, str], lon: float, lat: float) -> str:
        seen = self._landmark(at)
        for kind in ("river", "railway"):
            if kind in overlays:
                name = overlays[kind].replace("（演示）", "")
                far = seen or self._around.landmark(at, _POINTING_M)
                return f"{name}边上" + (f"，{self._pointing(far)}" if far else "")
        if seen is not None:
            return seen.place.name + self._pick("附近", "旁边", "边上")
        far = self._around.landmark(at, _POINTING_M)
        if far is not None:
            return self._pointing(far)
        return f"{self._names[self._oracle.grids_at(lon, lat)[0][:12]]}辖区内"

    def _landmark(self, at: Point) -> Seen | None:
        """What is nearest of all that is beside the place, big or small."""
        kinds = (PlaceKind.POI, PlaceKind.STOP, PlaceKind.COMPOUND, PlaceKind.VILLAGE)
        found = [self._around.nearest(kind, at, _NEARBY_M) for kind in kinds]
        seen = [one for one in found if one is not None and "铁路" not in one.place.name]
        return min(seen, key=lambda one: one.distance_m) if seen else None

    def _pointing(self, seen: Seen) -> str:
        if seen.distance_m <= _NEARBY_M or not seen.direction:
            return f"{seen.place.name}附近"
        metres = max(50, round(seen.distance_m / 10) * 10)
        return f"{seen.place.name}{self._pick('往', '以')}{seen.direction}{metres}米"
