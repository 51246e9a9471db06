"""How a citizen of the demonstration names a place: roads with numbers, crossings, estates …"""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry import Point

from geodata.demo.names import DISTRICT_NAME
from geodata.demo.oracle import Oracle
from geodata.demo.overlays import build_roads
from geodata.demo.partition import City, to_metres
from geodata.demo.sentences import ELSEWHERE, NEIGHBOURS, VICINITY

_NEAR_ROAD_M = 70.0
_CROSSING_M = 60.0
_METRES_PER_NUMBER = 5.0
"""Frontage of one house number on one side is twice this; odd numbers stand on the left."""
_LANDMARKS = ("居委会", "小学", "幼儿园", "菜市场", "卫生站", "公交站", "公厕", "老人活动中心")


class Wording:
    """Names a true place in words that fit it."""

    def __init__(self, city: City, oracle: Oracle, rng: np.random.Generator) -> None:
        self._oracle, self._rng = oracle, rng
        roads = build_roads(city)
        self._road_names = [road.name for road in roads]
        self._road_lines = np.array([shapely.transform(road.line, to_metres) for road in roads])
        shapely.prepare(self._road_lines)
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
        if chance < 0.65 and grids and kind not in ("border_vertex", "border_edge"):
            return f"{self._names[grids[0][:9]]}{where}"
        return where

    def _bare(self, lon: float, lat: float) -> str:
        overlays = {o.kind: o.name for o in self._oracle.overlays_at(lon, lat)}
        if "compound" in overlays:
            building, floor = (int(n) for n in self._rng.integers(1, 19, 2))
            forms = (
                f"{building}号楼下",
                f"{building}座{floor}楼",
                "南门门口",
                f"{building}幢旁边",
                "",
            )
            return overlays["compound"] + str(self._rng.choice(forms))
        for kind in ("scenic", "park", "square", "zone", "construction_site"):
            if kind in overlays:
                return overlays[kind].replace("（演示）", "").replace("，演示", "") + str(
                    self._rng.choice(("里", "门口", "旁边", "南侧"))
                )
        at = Point(to_metres(np.array([[lon, lat]]))[0])
        distances = shapely.distance(self._road_lines, at)
        first, second = np.argsort(distances, kind="stable")[:2]
        if distances[first] <= _NEAR_ROAD_M:
            crossing = self._road_names[second] if distances[second] <= _CROSSING_M else None
            return self._by_road(first, crossing, at)
        for kind in ("river", "railway"):
            if kind in overlays:
                return overlays[kind].replace("（演示）", "") + "边上"
        community = self._names[self._oracle.grids_at(lon, lat)[0][:12]]
        landmark = self._rng.choice(_LANDMARKS)
        return f"{community}{landmark}{self._rng.choice(VICINITY)}"

    def _by_road(self, road: int, crossing: str | None, at: Point) -> str:
        name, line = self._road_names[road], self._road_lines[road]
        if crossing is not None and self._rng.random() < 0.6:
            word = self._rng.choice(("交叉口", "路口", "交界处", "十字路口"))
            return f"{name}与{crossing}{word}"
        number = self._number(line, at)
        chance = self._rng.random()
        if chance < 0.6:
            return f"{name}{number}号{self._rng.choice(VICINITY)}"
        if chance < 0.75:
            return f"{name}{number}-{number + 2 * int(self._rng.integers(1, 6))}号路段"
        if chance < 0.85:
            shop = self._rng.choice(("沙县小吃", "药店", "便利店", "理发店", "奶茶店"))
            return f"{name}{number}号旁边的{shop}门口"
        return f"{name}{self._rng.choice(('公交站', '中段', '人行天桥下', '路边'))}"

    @staticmethod
    def _number(line: shapely.Geometry, at: Point) -> int:
        along = float(line.project(at)) if line.geom_type == "LineString" else 0.0
        ahead = np.array(line.interpolate(along + 2.0).coords[0])
        here = np.array(line.interpolate(along).coords[0])
        step, off = ahead - here, np.array([at.x, at.y]) - here
        left = step[0] * off[1] - step[1] * off[0] >= 0
        return 2 * int(along / (2 * _METRES_PER_NUMBER)) + (1 if left else 2)
