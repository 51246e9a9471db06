"""What every part of the gazetteer stands on: roads in metres, who lies where, random numbers."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiLineString, Point
from shapely.geometry.base import BaseGeometry

from geodata.demo.overlays import Overlay, build_overlays, build_roads
from geodata.demo.partition import SEED, City, to_degrees, to_metres
from routing.model import Place, PlaceKind

SOURCE = "演示"


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedRoad:
    """One road of the gazetteer."""

    id: str
    name: str
    width_m: float
    line: BaseGeometry
    """Local metres; several parts where the road is drawn in pieces."""
    aliases: tuple[str, ...] = ()

    @property
    def main(self) -> LineString:
        """The longest part: house numbers count along it, odd on the left."""
        return max(shapely.get_parts(self.line), key=lambda part: part.length)

    def beside(self, along_m: float, left_m: float) -> tuple[float, float]:
        """Local metres of a place so far along the main part and so far to its left."""
        line = self.main
        here = np.array(line.interpolate(along_m).coords[0])
        back, ahead = (
            np.array(line.interpolate(min(max(along_m + step, 0.0), line.length)).coords[0])
            for step in (-2.0, 2.0)
        )
        unit = (ahead - back) / np.hypot(*(ahead - back))
        x, y = here + left_m * np.array([-unit[1], unit[0]])
        return float(x), float(y)


class Ground:
    """The generated city as the gazetteer's parts need it."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.overlays: tuple[Overlay, ...] = build_overlays(city)
        self.roads: list[NamedRoad] = [
            NamedRoad(
                id=f"demo-road-{number:03d}",
                name=road.name,
                width_m=road.width_m,
                line=shapely.transform(road.line, to_metres),
            )
            for number, road in enumerate(build_roads(city), start=1)
        ]
        """Those of the layout first; ``roads`` (the module) adds the others."""
        self._codes: list[str] = [cell.code for cell in city.communities]
        self._tree = shapely.STRtree([cell.geometry for cell in city.communities])

    def rng(self, part: str) -> np.random.Generator:
        """Random numbers of one part, so that a change in one never moves another."""
        return np.random.default_rng([SEED, zlib.crc32(part.encode())])

    def metres(self, kind: str) -> list[BaseGeometry]:
        """Overlays of a kind in local metres."""
        return [shapely.transform(o.geometry, to_metres) for o in self.overlays if o.kind == kind]

    def admin_code(self, shape: BaseGeometry) -> str:
        """The finest code that holds all of a WGS 84 shape: 12, 9 or 6 digits, else empty."""
        found = self._tree.query(shape, predicate="intersects").tolist()
        hits: list[str] = sorted(self._codes[hit] for hit in found)
        if not hits:
            return ""
        if shape.geom_type == "Point":
            return hits[0]
        for digits in (12, 9, 6):
            if len({code[:digits] for code in hits}) == 1:
                return hits[0][:digits]
        return ""

    def place(
        self,
        *,
        id: str,
        name: str,
        kind: PlaceKind,
        shape: BaseGeometry,
        aliases: Sequence[str] = (),
        road: str = "",
        number: str = "",
    ) -> Place:
        """An entry from a shape in local metres."""
        degrees = shapely.transform(shape, to_degrees)
        return Place(
            id=id,
            name=name,
            kind=kind,
            geometry=degrees,
            aliases=tuple(dict.fromkeys(alias for alias in aliases if alias != name)),
            road=road,
            number=number,
            admin_code=self.admin_code(degrees),
            source=SOURCE,
        )

    def carriageways(self) -> BaseGeometry:
        """All roads at their width, local metres."""
        return shapely.union_all(
            [road.line.buffer(road.width_m / 2, quad_segs=2) for road in self.roads]
        )


def inside(area: BaseGeometry, rng: np.random.Generator) -> Point:
    """A random point of a non-empty area in local metres; its inner point after 200 misses."""
    west, south, east, north = area.bounds
    for _ in range(200):
        at = Point(rng.uniform((west, south), (east, north)))
        if area.contains(at):
            return at
    return area.representative_point()


def as_line(parts: Sequence[NDArray[np.float64]]) -> BaseGeometry:
    """One line, or several where there are several parts."""
    return LineString(parts[0]) if len(parts) == 1 else MultiLineString(list(parts))
