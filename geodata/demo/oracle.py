"""The right answer for a true place, by brute force.

Written apart from ``routing`` on purpose: every polygon is asked, every rule is read straight from
the TOML, nothing is indexed. What the decision of the product is compared with must not share its
mistakes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, Point

from geodata.demo.borders import BorderPiece, border_pieces
from geodata.demo.overlays import Overlay, build_overlays
from geodata.demo.partition import City, to_metres
from geodata.demo.units import QUEUE

_LEVEL_DIGITS = {"grid": 15, "community": 12, "subdistrict": 9, "district": 6}


@dataclass(frozen=True, kw_only=True, slots=True)
class Truth:
    """Who is responsible for one true place; codes are empty outside the district."""

    unit: str
    grid: str
    community: str
    subdistrict: str
    also_right: tuple[str, ...]
    """Units just as right, where several grids share the place or nobody knows the side."""
    why: str
    """``overlay:<kind>``, ``rule:<id>``, ``territory`` or ``outside``."""


class Oracle:
    """Answers from the city's polygons and the text of a rules file."""

    def __init__(self, city: City, rules_text: str) -> None:
        self._grids = city.grids
        self._grid_shapes = np.array([grid.geometry for grid in city.grids])
        self.overlays = build_overlays(city)
        self._overlay_shapes = np.array([overlay.geometry for overlay in self.overlays])
        shapely.prepare(self._grid_shapes)
        shapely.prepare(self._overlay_shapes)
        self.pieces = border_pieces(city)
        self._piece_lines = np.array(
            [LineString(to_metres(np.asarray(piece.line.coords))) for piece in self.pieces]
        )
        shapely.prepare(self._piece_lines)
        self._half_widths = np.array([piece.width_m / 2 for piece in self.pieces])
        borders = [grid.geometry.boundary for grid in city.grids]
        self._borders = shapely.transform(shapely.union_all(borders), to_metres)
        shapely.prepare(self._borders)
        document = tomllib.loads(rules_text)
        self._rules = [*document.get("ruling", []), *document.get("rule", [])]
        self._topics = {table["kind"]: table.get("category") for table in document["overlay"]}

    def overlays_at(self, lon: float, lat: float) -> list[Overlay]:
        """Overlays that cover the place, border included; WGS 84 degrees."""
        hits = np.flatnonzero(shapely.covers(self._overlay_shapes, Point(lon, lat)))
        return [self.overlays[hit] for hit in hits]

    def corridors_at(self, lon: float, lat: float) -> list[BorderPiece]:
        """Border roads whose declared width reaches the place."""
        at = Point(to_metres(np.array([[lon, lat]]))[0])
        near = shapely.distance(self._piece_lines, at) <= self._half_widths
        return [self.pieces[hit] for hit in np.flatnonzero(near)]

    def border_distance_m(self, lon: float, lat: float) -> float:
        """Metres to the nearest border of any grid."""
        return float(self._borders.distance(Point(to_metres(np.array([[lon, lat]]))[0])))

    def grids_at(self, lon: float, lat: float) -> list[str]:
        """Codes of the grids that have the place; several on a shared border, the lowest first.

        A border road that is declared to belong to one side belongs to that side's grid. Where
        nobody knows the side, the grid the polygons say comes first and the other one follows.
        """
        corridors = self.corridors_at(lon, lat)
        owners = sorted({piece.owner.code for piece in corridors if piece.owner is not None})
        if owners:
            return owners
        hits = np.flatnonzero(shapely.covers(self._grid_shapes, Point(lon, lat)))
        codes = sorted(self._grids[hit].code for hit in hits)
        unknown = [piece for piece in corridors if piece.side == "unknown"]
        others = {grid.code for piece in unknown for grid in (piece.left, piece.right)}
        return codes + sorted(others - set(codes))

    def truth(self, lon: float, lat: float, category: str | None, day: date) -> Truth:
        """The answer for a place that is known exactly."""
        grids = self.grids_at(lon, lat)
        if not grids:
            return Truth(
                unit=QUEUE[0], grid="", community="", subdistrict="", also_right=(), why="outside"
            )
        overlays = self.overlays_at(lon, lat)
        answers = [self._unit(grid, overlays, category, day) for grid in grids]
        unit, why = answers[0]
        return Truth(
            unit=unit,
            grid=grids[0],
            community=grids[0][:12],
            subdistrict=grids[0][:9],
            also_right=tuple(sorted({other for other, _ in answers} - {unit})),
            why=why,
        )

    def _unit(
        self, grid: str, overlays: list[Overlay], category: str | None, day: date
    ) -> tuple[str, str]:
        owning = [o for o in overlays if category and category in (self._topics[o.kind] or ())]
        if owning:
            first = max(owning, key=lambda overlay: overlay.precedence)
            return first.unit_code, f"overlay:{first.kind}"
        for rule in self._rules:
            if category in rule["category"] and _in_force(rule, day) and _holds(rule, overlays):
                lead = rule["lead"]
                unit = grid[: _LEVEL_DIGITS[lead]] if lead in _LEVEL_DIGITS else lead
                return unit, f"rule:{rule['id']}"
        return grid, "territory"


def _in_force(rule: Mapping[str, Any], day: date) -> bool:
    start, end = rule.get("effective_from", date.min), rule.get("effective_to", date.max)
    return bool(start <= day <= end)


def _holds(rule: Mapping[str, Any], overlays: list[Overlay]) -> bool:
    where = rule.get("where", {})
    if set(where) - {"on", "road_class"}:
        raise ValueError(f"rule {rule['id']}: the demonstration knows on and road_class only")
    kinds = {overlay.kind for overlay in overlays}
    classes = {overlay.road_class for overlay in overlays if overlay.kind == "road"}
    on, road_class = where.get("on"), where.get("road_class")
    return (on is None or bool(kinds & set(on))) and (
        road_class is None or bool(classes & set(road_class))
    )
