"""Where people of the demonstration live and roads run, to draw thousands of places at once."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.demo.overlays import build_roads
from geodata.demo.partition import Cell, City, to_metres

Floats = NDArray[np.float64]

_SEED = 20261126
_PEOPLE_PER_KM2 = 18_900.0
"""673,000 residents on 35.6 km², as the census of 2020 counted the real district."""


class PeopledGround:
    """Residents by grid, and places drawn by them; local metres throughout."""

    def __init__(self, city: City) -> None:
        self.grids: tuple[Cell, ...] = city.grids
        self.shapes = shapely.transform(np.array([grid.geometry for grid in city.grids]), to_metres)
        shapely.prepare(self.shapes)
        self.district = shapely.transform(city.district.geometry, to_metres)
        shapely.prepare(self.district)
        rng = np.random.default_rng(_SEED)
        km2 = shapely.area(self.shapes) / 1e6
        middle = shapely.centroid(self.shapes)
        away = np.hypot(shapely.get_x(middle) - 500, shapely.get_y(middle) - 300)
        # dense in the old town, thinning out to half over four kilometres; blocks differ
        dense = np.interp(away, (0, 4000), (1.5, 0.75)) * rng.lognormal(0, 0.3, len(km2))
        people = km2 * dense
        self.people = np.round(people / people.sum() * km2.sum() * _PEOPLE_PER_KM2).astype(int)
        # how ready people are to call: neighbours are alike, one quarter calls three times as much
        # as the rest and another half as much, so that a map of all kinds has something to find
        x, y = shapely.get_x(middle), shapely.get_y(middle)
        self.readiness = (
            rng.lognormal(0, 0.18, len(km2))
            * (1 + 2.0 * _bump(x, y, (-1900.0, 2300.0), 900.0))
            * (1 - 0.5 * _bump(x, y, (1500.0, -1200.0), 600.0))
        )
        roads = build_roads(city)
        self.roads = shapely.transform(np.array([road.line for road in roads]), to_metres)
        self._widths = np.array([road.width_m for road in roads])

    def at_home(self, rng: np.random.Generator, number: int) -> Floats:
        """(number, 2) places by residents and their readiness, anywhere within the grids."""
        weights = self.people * self.readiness
        each = rng.multinomial(number, weights / weights.sum())
        parts = [
            _within(rng, shape, many) for shape, many in zip(self.shapes, each, strict=True) if many
        ]
        found = np.concatenate(parts) if parts else np.empty((0, 2))
        return rng.permutation(found)

    def on_roads(self, rng: np.random.Generator, number: int) -> Floats:
        """(number, 2) places on the roads by length, within the district."""
        lengths = shapely.length(self.roads)
        which = rng.choice(len(lengths), number, p=lengths / lengths.sum())
        at = shapely.line_interpolate_point(
            shapely.line_merge(self.roads)[which], rng.random(number), normalized=True
        )
        aside = rng.standard_normal((number, 2)) * (self._widths[which] / 4)[:, None]
        return self.inside(np.column_stack([shapely.get_x(at), shapely.get_y(at)]) + aside)

    def inside(self, metres: Floats) -> Floats:
        """Places outside the district moved to its nearest point inside."""
        out = ~shapely.contains_xy(self.district, metres)
        if out.any():
            inner = self.district.buffer(-5.0)
            lines = shapely.shortest_line(inner, shapely.points(metres[out]))
            metres = metres.copy()
            metres[out] = shapely.get_coordinates(shapely.get_point(lines, 0))
        return metres

    def community_names(self, metres: Floats, names: dict[str, str]) -> list[str]:
        """The name of the community at each place; empty in a gap."""
        tree = shapely.STRtree(self.shapes)
        point, grid = tree.query(shapely.points(metres), predicate="intersects")
        found = [""] * len(metres)
        for at, which in zip(point.tolist(), grid.tolist(), strict=True):
            found[at] = names.get(self.grids[which].parent_code or "", "")
        return found


def _bump(x: Floats, y: Floats, at: tuple[float, float], width_m: float) -> Floats:
    """1 at a place, falling off as a normal density does."""
    bump: Floats = np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * width_m**2))
    return bump


def _within(rng: np.random.Generator, shape: shapely.Geometry, number: int) -> Floats:
    west, south, east, north = shape.bounds
    found: list[Floats] = []
    while (have := sum(map(len, found))) < number:
        tried = rng.uniform((west, south), (east, north), (2 * (number - have) + 8, 2))
        found.append(tried[shapely.contains_xy(shape, tried)])
    return np.concatenate(found)[:number]
