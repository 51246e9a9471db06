"""Subdistrict borders that run along a road, and who has the road there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from geodata.demo import layout
from geodata.demo.partition import Cell, City, to_degrees, to_metres


@dataclass(frozen=True, kw_only=True, slots=True)
class BorderPiece:
    """The stretch of one border road between one grid on the left and one on the right."""

    road: str
    line: LineString
    """WGS 84 degrees; its vertices are vertices of both grids."""
    left: Cell
    """Grid on the left of the line's direction."""
    right: Cell
    side: str
    """centre, left, right, outer_edge or unknown."""
    width_m: float

    inside_code: str = ""
    """Grid that has the whole width, for outer_edge; else empty."""

    @property
    def owner(self) -> Cell | None:
        """The grid that has the whole width of the road; ``None`` for centre and unknown."""
        if self.side == "outer_edge":
            return self.left if self.inside_code == self.left.code else self.right
        return {"left": self.left, "right": self.right}.get(self.side)


def border_pieces(city: City) -> tuple[BorderPiece, ...]:
    """All stretches, chain by chain and in the chain's direction.

    The sides are declared between grids, so that a place on the road gets grid, community and
    subdistrict of one and the same owner.
    """
    names = {cell.code: cell.name for cell in city.subdistricts}
    widths = {road.name: road.width_m for road in layout.ROADS}
    pieces: list[BorderPiece] = []
    for chain in layout.CHAINS:
        if chain.road is None:
            continue
        one, other = (
            [grid for grid in city.grids if names[grid.code[:9]].startswith(name)]
            for name in chain.id.split("—")
        )
        for line, left, right in _shared_lines(one, other, _degrees(city, chain.id)):
            inside = next(
                (
                    grid.code
                    for grid in (left, right)
                    if chain.inside and names[grid.code[:9]].startswith(chain.inside)
                ),
                "",
            )
            pieces.append(
                BorderPiece(
                    road=chain.road,
                    line=line,
                    left=left,
                    right=right,
                    side=chain.side,
                    width_m=widths[chain.road],
                    inside_code=inside,
                )
            )
    return tuple(pieces)


def chain_line(city: City, chain_id: str) -> LineString:
    """The whole border grown from one skeleton chain, WGS 84 degrees, in the chain's direction."""
    names = {cell.name[:2]: cell for cell in city.subdistricts}
    one, other = (names[name].geometry for name in chain_id.split("—"))
    skeleton = _degrees(city, chain_id)
    shared = shapely.line_merge(shapely.intersection(one.boundary, other.boundary))
    parts = [part for part in shapely.get_parts(shared) if part.length > 0]
    line = min(parts, key=lambda part: part.hausdorff_distance(skeleton))
    return _along(line, skeleton)


def _degrees(city: City, chain_id: str) -> LineString:
    return LineString(to_degrees(np.asarray(city.skeleton[chain_id].coords)))


def _along(line: LineString, skeleton: LineString) -> LineString:
    start, end = (skeleton.project(Point(line.coords[at])) for at in (0, -1))
    return line if start < end else line.reverse()


def _shared_lines(
    one: list[Cell], other: list[Cell], skeleton: LineString
) -> list[tuple[LineString, Cell, Cell]]:
    found: list[tuple[LineString, Cell, Cell]] = []
    for a in one:
        for b in other:
            if not a.geometry.intersects(b.geometry):
                continue
            shared = shapely.intersection(a.geometry.boundary, b.geometry.boundary)
            lines = [part for part in shapely.get_parts(shared) if part.length > 0]
            if not lines:
                continue
            for part in shapely.get_parts(shapely.line_merge(shapely.union_all(lines))):
                line = _along(part, skeleton)
                left, right = (a, b) if _left_of(line, a.geometry) else (b, a)
                found.append((line, left, right))
    return sorted(found, key=lambda item: skeleton.project(Point(item[0].coords[0])))


def _left_of(line: LineString, area: BaseGeometry) -> bool:
    """Whether ``area`` lies to the left of the line, tried 1 m beside the middle of a segment."""
    coords = to_metres(np.asarray(line.coords))
    middle = len(coords) // 2
    start, end = coords[middle - 1], coords[middle]
    along = (end - start) / np.hypot(*(end - start))
    beside = (start + end) / 2 + np.array([-along[1], along[0]])
    return bool(area.covers(Point(to_degrees(beside[None])[0])))
