"""Roads, waters and special zones of the demonstration city, WGS 84 degrees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from geodata.demo import layout
from geodata.demo.borders import chain_line
from geodata.demo.partition import SEED, City, to_degrees, to_metres
from geodata.demo.roughen import roughen_line

PAVEMENT_M = 4.0
"""Width of the strip beside the carriageway of city and district roads."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RoadLine:
    """The middle of one road."""

    name: str
    road_class: str
    width_m: float
    line: BaseGeometry


@dataclass(frozen=True, kw_only=True, slots=True)
class Overlay:
    """One polygon of a kind that rules may ask for, or that has a unit of its own."""

    code: str
    name: str
    kind: str
    unit_code: str
    precedence: int
    geometry: BaseGeometry
    road_class: str = ""


UNIT_OF_KIND = {
    "railway": ("FZ-TLJ", 50),
    "construction_site": ("350100-DTJT", 40),
    "river": ("350102-NSJ", 30),
    "scenic": ("350102-SFQX", 20),
    "zone": ("350102-RJY", 10),
    "road": ("350102-JSJ", 0),
    "pavement": ("350102-CGJ", 0),
    "park": ("350102-YLZX", 0),
    "square": ("350102-CGJ", 0),
}
"""(unit, precedence). The first five own what happens in them (see ``[[overlay]]`` in the rules);
the others, and compounds, only say what kind of place it is."""


def build_roads(city: City) -> tuple[RoadLine, ...]:
    """Middle lines of all roads, cut to the district."""
    return tuple(
        RoadLine(
            name=road.name,
            road_class=road.road_class,
            width_m=road.width_m,
            line=_road_line(city, road),
        )
        for road in layout.ROADS
    )


def build_waters() -> tuple[RoadLine, ...]:
    """Middle lines of rivers; ``road_class`` is empty."""
    return tuple(
        RoadLine(name=name, road_class="", width_m=width, line=_grown(points))
        for name, width, points in layout.WATERS
    )


def railway_strip() -> BaseGeometry:
    """The railway's land, also where it leaves the district."""
    _, width, points = layout.RAILWAY
    return _strip(_grown(points), width)


def build_overlays(city: City) -> tuple[Overlay, ...]:
    """Every overlay polygon, by kind and then as drawn."""
    roads = build_roads(city)
    carriageways = [_strip(road.line, road.width_m) for road in roads]
    drawn: list[tuple[str, str, BaseGeometry, str]] = []
    for road, polygon in zip(roads, carriageways, strict=True):
        drawn.append(("road", road.name, polygon, road.road_class))
    every_road = shapely.union_all(carriageways)
    for road in roads:
        if road.road_class != "lane":
            beside = _strip(road.line, road.width_m + 2 * PAVEMENT_M).difference(every_road)
            drawn.append(("pavement", f"{road.name}人行道", beside, ""))
    for water in build_waters():
        drawn.append(("river", water.name, _strip(water.line, water.width_m), ""))
    drawn.append(("railway", layout.RAILWAY[0], railway_strip(), ""))
    for kind, shapes in (
        ("park", layout.PARKS),
        ("square", layout.SQUARES),
        ("construction_site", layout.SITES),
        ("scenic", (layout.SCENIC,)),
        ("zone", (layout.ZONE,)),
    ):
        for name, ring in shapes:
            drawn.append((kind, name, Polygon(to_degrees(np.array(ring))), ""))
    taken = shapely.union_all([shape for _, _, shape, _ in drawn])
    return tuple(_overlays(city, drawn)) + tuple(_compounds(city, taken))


def _overlays(city: City, drawn: list[tuple[str, str, BaseGeometry, str]]) -> list[Overlay]:
    counts: dict[str, int] = {}
    result: list[Overlay] = []
    for kind, name, polygon, road_class in drawn:
        counts[kind] = counts.get(kind, 0) + 1
        unit_code, precedence = UNIT_OF_KIND[kind]
        result.append(
            Overlay(
                code=f"350102-{kind}-{counts[kind]:02d}",
                name=name,
                kind=kind,
                unit_code=unit_code,
                precedence=precedence,
                geometry=_rounded(polygon.intersection(city.district.geometry)),
                road_class=road_class,
            )
        )
    return result


def _compounds(city: City, taken: BaseGeometry) -> list[Overlay]:
    """One housing estate per community, near the middle of its first grid, clear of all else."""
    endings = ("新村", "小区", "花园", "新苑", "公寓")
    result: list[Overlay] = []
    for number, community in enumerate(city.communities):
        grid = next(g for g in city.grids if g.parent_code == community.code)
        free = shapely.transform(grid.geometry.difference(taken), to_metres)
        circle = shapely.maximum_inscribed_circle(free, tolerance=2.0)
        centre = np.array(circle.coords[0])
        half = min(95.0, 0.6 * circle.length)
        angle = 0.25 * (number % 5 - 2)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        box = np.array([[-1, -0.8], [1, -0.8], [1, 0.5], [0.4, 0.8], [-1, 0.8]]) * half
        result.append(
            Overlay(
                code=f"350102-compound-{number + 1:02d}",
                name=f"{community.name.removesuffix('社区')}{endings[number % len(endings)]}",
                kind="compound",
                unit_code=community.code,
                precedence=0,
                geometry=_rounded(Polygon(to_degrees(box @ turn.T + centre))),
            )
        )
    return result


def _road_line(city: City, road: layout.Road) -> BaseGeometry:
    parts: list[np.ndarray] = []
    free: list[layout.Point] = []
    for part in (*road.parts, None):
        if isinstance(part, tuple):
            free.append(part)
            continue
        if free:
            start = [tuple(to_metres(parts[-1][-1:])[0])] if parts else []
            parts.append(_curved([*start, *free]))
            free = []
        if part is not None:
            parts.append(np.asarray(chain_line(city, part).coords))
    line = LineString(np.vstack(parts))
    inside = shapely.line_merge(line.intersection(city.district.geometry))
    # where it runs along its own district's edge the cut leaves crumbs; the road is the rest
    kept = [piece for piece in shapely.get_parts(inside) if piece.length > 1e-4]
    return kept[0] if len(kept) == 1 else shapely.multilinestrings(kept)


def _curved(points: list[layout.Point]) -> np.ndarray:
    return to_degrees(roughen_line(points, 0.008, 20.0, SEED, bend=True))


def _grown(points: tuple[layout.Point, ...]) -> LineString:
    return LineString(to_degrees(roughen_line(points, 0.02, 25.0, SEED, bend=True)))


def _strip(line: BaseGeometry, width_m: float) -> BaseGeometry:
    """The line widened to ``width_m``, flat at the ends."""
    metres = shapely.transform(line, to_metres)
    return shapely.transform(metres.buffer(width_m / 2, cap_style="flat", quad_segs=4), to_degrees)


def _rounded(polygon: BaseGeometry) -> BaseGeometry:
    snapped = shapely.set_precision(polygon, 1e-7)
    parts = [p for p in shapely.get_parts(snapped) if p.geom_type == "Polygon" and p.area > 1e-10]
    whole = parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
    # set_precision leaves grid multiples such as 119.28350000000001; print as rounded
    return shapely.transform(whole, lambda xy: np.round(xy, 7)).normalize()
