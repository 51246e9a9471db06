"""The grids again with one deliberate gap and one deliberate overlap, for ``boundaries check``."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from geodata.demo.overlays import railway_strip
from geodata.demo.partition import Cell, City, to_degrees, to_metres

_MARGIN_DEG = 0.0003
"""About 30 m the gap keeps from the grid's own border, so that it is one gap of one grid."""
_BULGE_M = 60.0
"""How far the overlap reaches into the neighbour; a grid is about 500 m wide."""


def faulty_grids(city: City) -> tuple[Cell, ...]:
    """All grids in code order; one has a hole, one reaches over a neighbour's border."""
    holed, swollen, _ = gap_grid(city).code, *overlap_grids(city)
    gap, bulge = gap_area(city), overlap_area(city)
    faulty = []
    for cell in city.grids:
        shape = cell.geometry
        if cell.code == holed:
            shape = shape.difference(gap)
        elif cell.code == swollen:
            shape = shape.union(bulge)
        faulty.append(replace(cell, geometry=shape))
    return tuple(faulty)


def gap_grid(city: City) -> Cell:
    """The grid the railway takes most of; the strip is nobody's, as such strips often are."""
    strip = railway_strip()
    return max(city.grids, key=lambda cell: cell.geometry.intersection(strip).area)


def gap_area(city: City) -> BaseGeometry:
    """What no grid of the faulty file covers inside the district, WGS 84 degrees."""
    inside = gap_grid(city).geometry.buffer(-_MARGIN_DEG).intersection(railway_strip())
    largest = max(shapely.get_parts(inside), key=lambda part: part.area)
    return shapely.transform(largest, lambda xy: np.round(xy, 7))


def overlap_grids(city: City) -> tuple[str, str]:
    """Codes of the grid that reaches too far and of the neighbour it reaches into."""
    one = city.grids[-1]
    other = max(
        (cell for cell in city.grids if cell.code != one.code),
        key=lambda cell: cell.geometry.intersection(one.geometry).length,
    )
    return one.code, other.code


def overlap_area(city: City) -> BaseGeometry:
    """What both grids of ``overlap_grids`` claim in the faulty file, WGS 84 degrees."""
    one, other = (
        next(cell.geometry for cell in city.grids if cell.code == code)
        for code in overlap_grids(city)
    )
    lines = shapely.get_parts(shapely.line_merge(one.intersection(other)))
    border = to_metres(np.array(max(lines, key=lambda line: line.length).coords))
    part = border[len(border) // 3 : 2 * len(border) // 3]
    middle, chord = part[len(part) // 2], part[-1] - part[0]
    normal = np.array([-chord[1], chord[0]]) / np.hypot(*chord)
    tips = to_degrees(middle + np.outer((_BULGE_M, -_BULGE_M), normal))
    bulges = [Polygon([*to_degrees(part), tip]) for tip in tips]
    inward = max(bulges, key=lambda bulge: bulge.intersection(other).area)
    return inward.intersection(other)
