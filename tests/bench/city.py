"""Cities and complaints of a size to measure on, the same for the same seed.

Voronoi cells whose ridges are displaced at random five times: about 190 vertices a cell and shared
borders, as in real grids. Cells at the rim that stay open are left out. Points fall where
complaints fall: at hot spots, along borders (they are roads), and here and there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from tests.tilings import fractal_edges, voronoi_edges

Floats = NDArray[np.float64]

WEST, SOUTH = 104.0, 30.5
DEPTH, ROUGHNESS = 5, 0.12


@dataclass(frozen=True, kw_only=True)
class BenchCity:
    """Grids without overlaps, as one array of polygons in degrees."""

    name: str
    grids: NDArray[np.object_]

    @property
    def vertices(self) -> float:
        """Mean number of vertices of a grid."""
        return float(shapely.get_num_coordinates(self.grids).mean())


def make_city(name: str, grids: int, km2: float, seed: int = 1) -> BenchCity:
    """About so many grids on about so much ground."""
    rng = np.random.default_rng(seed)
    side = np.sqrt(km2) / 105.0  # degrees; a degree is about 96 by 111 km here
    frame = shapely.box(WEST, SOUTH, WEST + side, SOUTH + side)
    # the open cells at the rim, up to 6 for every cell along a side, will be missing
    seeds = int(grids + 6 * np.sqrt(grids)) + 10
    points = np.array([WEST, SOUTH]) + rng.random((seeds, 2)) * side
    edges = fractal_edges(np.round(voronoi_edges(points, frame), 7), rng, DEPTH, ROUGHNESS)
    lines = shapely.linestrings(np.round(edges, 7))
    found = shapely.get_parts(shapely.polygonize(lines))
    found = found[shapely.is_valid(found)]
    middle = shapely.Point(WEST + side / 2, SOUTH + side / 2)
    nearest = np.argsort(shapely.distance(found, middle), kind="stable")[:grids]
    return BenchCity(name=name, grids=found[np.sort(nearest)])


def make_points(city: BenchCity, n: int, seed: int = 2) -> tuple[Floats, Floats]:
    """Longitudes and latitudes to 1e-6 degrees: 62 % at hot spots of 30–250 m, 22 % within about
    15 m of a border, 15 % spread over the grids, 1 % anywhere in the box."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(4, size=n, p=(0.62, 0.22, 0.15, 0.01))
    inner = shapely.get_coordinates(shapely.point_on_surface(city.grids))
    spots = inner[rng.integers(0, len(inner), max(20, len(inner) // 10))]
    weight = 1.0 / np.arange(1, len(spots) + 1)
    spot = rng.choice(len(spots), size=n, p=weight / weight.sum())
    sigma = rng.uniform(30, 250, len(spots))[spot] / 105_000
    hot = spots[spot] + rng.normal(size=(n, 2)) * sigma[:, None]
    vertices = shapely.get_coordinates(city.grids)
    border = vertices[rng.integers(0, len(vertices), n)] + rng.normal(size=(n, 2)) * 15 / 105_000
    spread = inner[rng.integers(0, len(inner), n)] + rng.normal(size=(n, 2)) * 100 / 105_000
    west, south, east, north = shapely.total_bounds(city.grids)
    anywhere = np.array([west, south]) + rng.random((n, 2)) * (east - west, north - south)
    points = np.choose(kind[:, None], [hot, border, spread, anywhere]).round(6)
    return points[:, 0].copy(), points[:, 1].copy()
