"""Random partitions of a square: jagged shared borders, and on demand all that goes wrong in life.

Borders are Voronoi ridges, displaced at random and noded, so neighbours share every vertex. In a
tiling for tests all vertices are whole multiples of ``STEP``: the middle of an edge is then a
float too and lies exactly on it. Degrees, near 119.3° E 26.1° N.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import shapely
from hypothesis import settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from routing.model import Jurisdiction, JurisdictionLevel

Floats = NDArray[np.float64]

STEP = 2.0**-24
"""Degrees, 7 mm: the grid all vertices of a test tiling lie on."""

WEST, SOUTH, SIZE = 119.25, 26.0, 0.0625
"""The square: about 6 km × 7 km, whole multiples of ``STEP``."""

_ALL = ("hole", "exclave", "sliver", "overlap", "gap")

EXAMPLES = settings(derandomize=True, database=None, deadline=None, max_examples=25)
"""The same examples on every machine; a failing one is printed and can be pasted as a test."""


@dataclass(frozen=True, kw_only=True)
class Tiling:
    """Polygons by code, and coarser ones that are exact unions of them."""

    cells: dict[str, BaseGeometry]
    groups: dict[str, tuple[str, ...]]
    """Coarser code → codes of its cells."""
    gap_free: bool
    """Whether cells fill the square without a gap or an overlap."""

    def group(self, code: str) -> BaseGeometry:
        """The union of one group's cells."""
        parts = [self.cells[cell] for cell in self.groups[code] if cell in self.cells]
        return shapely.union_all(parts)

    def jurisdictions(self, **common: Any) -> list[Jurisdiction]:
        """Cells as grids and groups as communities; ``common`` fields go to all of them."""
        parent = {cell: code for code, cells in self.groups.items() for cell in cells}
        made = [
            Jurisdiction(
                code=code,
                name=f"第{code}网格",
                level=JurisdictionLevel.GRID,
                geometry=polygon,
                unit_code=f"U-{code}",
                parent_code=parent[code],
                **common,
            )
            for code, polygon in self.cells.items()
        ]
        for code in self.groups:
            made.append(
                Jurisdiction(
                    code=code,
                    name=f"{code}社区",
                    level=JurisdictionLevel.COMMUNITY,
                    geometry=self.group(code),
                    unit_code=f"U-{code}",
                    **common,
                )
            )
        return made


def tiling(
    seed: int,
    *,
    cells: int = 12,
    groups: int = 3,
    depth: int = 3,
    faults: Sequence[str] = (),
) -> Tiling:
    """A partition of the square into about ``cells`` polygons, the same for the same arguments.

    ``faults``: ``hole`` (a cell inside another), ``exclave`` (a cell with a second part elsewhere),
    ``sliver`` (a cell a few steps wide), ``overlap`` and ``gap``. The first three keep the square
    filled exactly.
    """
    rng = np.random.default_rng(seed)
    points = _snap(np.array([WEST, SOUTH]) + rng.uniform(0.02, 0.98, (cells, 2)) * SIZE)
    polygons = _partition(points, rng, depth)
    made = {f"{n:03d}": polygon for n, polygon in enumerate(polygons)}
    for fault in faults:
        _FAULTS[fault](made, rng)
    middles = shapely.get_coordinates(shapely.point_on_surface(list(made.values())))
    centres = middles[rng.choice(len(middles), size=min(groups, len(middles)), replace=False)]
    nearest = ((middles[:, None, :] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
    codes = np.array(list(made))
    return Tiling(
        cells=made,
        groups={
            f"C{n}": tuple(codes[nearest == n].tolist())
            for n in range(len(centres))
            if (nearest == n).any()
        },
        gap_free=not {"overlap", "gap"} & set(faults),
    )


def random_tilings(faults: Sequence[str] = _ALL):
    """Strategy: tilings of 1 to 16 cells with any of the faults."""
    return st.builds(
        lambda seed, cells, depth, chosen: tiling(
            seed, cells=cells, depth=depth, faults=sorted(chosen)
        ),
        st.integers(0, 2**32 - 1),
        st.integers(1, 16),
        st.integers(0, 4),
        st.sets(st.sampled_from(list(faults))) if faults else st.just(set()),
    )


def hard_points(made: Tiling, seed: int, *, each: int = 60) -> Floats:
    """Points where engines differ, shape (n, 2): on vertices, exactly in the middle of edges, one
    and two floats beside a vertex, level with a vertex, in the square and outside of it."""
    rng = np.random.default_rng(seed)
    rings = shapely.get_rings(list(made.cells.values()))
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    joins = ring[1:] == ring[:-1]
    middles = (coordinates[:-1][joins] + coordinates[1:][joins]) / 2
    some = coordinates[rng.integers(0, len(coordinates), each)]
    beside = some.copy()
    for _ in range(2):
        towards = np.where(rng.random(beside.shape) < 0.5, -np.inf, np.inf)
        moved = np.nextafter(beside, towards)
        beside = np.where(rng.random(beside.shape) < 0.8, moved, beside)
    anywhere = np.array([WEST, SOUTH]) + rng.uniform(-0.05, 1.05, (each, 2)) * SIZE
    level = np.column_stack([anywhere[:, 0], some[:, 1]])
    close = some + rng.normal(0, 30 / 111_000, (each, 2))
    on_edge = middles[rng.integers(0, len(middles), each)]
    return np.concatenate([some, on_edge, beside, level, close, anywhere])


def square() -> Polygon:
    """The square a gap-free tiling fills."""
    return shapely.box(WEST, SOUTH, WEST + SIZE, SOUTH + SIZE)


def in_force(
    jurisdictions: Sequence[Jurisdiction], start: date, end: date | None, version: str
) -> list[Jurisdiction]:
    """The same jurisdictions as another version with other days."""
    return [
        replace(j, effective_from=start, effective_to=end, version=version) for j in jurisdictions
    ]


def fractal_edges(edges: Floats, rng: np.random.Generator, depth: int, amplitude: float) -> Floats:
    """Displace the middles of segments again and again: (n, 2, 2) → (n, 2**depth + 1, 2)."""
    lines = edges
    for _ in range(depth):
        a, b = lines[:, :-1], lines[:, 1:]
        across = (b - a)[:, :, ::-1] * (-1.0, 1.0)
        middle = (a + b) / 2 + across * rng.uniform(-amplitude, amplitude, (*a.shape[:2], 1))
        refined = np.empty((len(lines), lines.shape[1] * 2 - 1, 2))
        refined[:, 0::2], refined[:, 1::2] = lines, middle
        lines = refined
    return lines


def voronoi_edges(points: Floats, frame: Polygon) -> Floats:
    """Ridges between the points, (n, 2, 2), cut a little outside the frame."""
    if len(points) < 2:
        return np.empty((0, 2, 2))
    lines = shapely.voronoi_polygons(
        shapely.multipoints(points), extend_to=frame, only_edges=True, ordered=False
    )
    west, south, east, north = frame.bounds
    margin = (east - west) * 0.01
    lines = shapely.clip_by_rect(
        shapely.get_parts(lines), west - margin, south - margin, east + margin, north + margin
    )
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    joins = line[1:] == line[:-1]
    return np.stack([coordinates[:-1][joins], coordinates[1:][joins]], axis=1)


def _snap(coordinates: Floats) -> Floats:
    return np.round(coordinates / STEP) * STEP


def _partition(points: Floats, rng: np.random.Generator, depth: int) -> list[BaseGeometry]:
    edges = fractal_edges(voronoi_edges(points, square()), rng, depth, 0.2)
    lines = shapely.linestrings(edges) if len(edges) else np.empty(0, dtype=object)
    noded = shapely.union_all([*lines, square().exterior], grid_size=STEP)
    found = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    return [polygon for polygon in found if square().covers(polygon)]


def _largest(made: dict[str, BaseGeometry]) -> str:
    return max(made, key=lambda code: (made[code].area, code))


def _inside(polygon: BaseGeometry, rng: np.random.Generator, part: float) -> Polygon:
    """A rough ring around an inner point, as a piece of the polygon with vertices on the grid."""
    middle = shapely.point_on_surface(polygon)
    reach = middle.distance(polygon.boundary) * part
    turns = np.arange(7) / 7 * 2 * np.pi
    radii = reach * rng.uniform(0.6, 1.0, 7)
    ring = np.column_stack([middle.x + radii * np.cos(turns), middle.y + radii * np.sin(turns)])
    return Polygon(_snap(ring))


def _hole(made: dict[str, BaseGeometry], rng: np.random.Generator) -> None:
    host = _largest(made)
    inner = _inside(made[host], rng, 0.7)
    made[host] = made[host].difference(inner, grid_size=STEP)
    made[f"{len(made):03d}"] = inner


def _exclave(made: dict[str, BaseGeometry], rng: np.random.Generator) -> None:
    host = _largest(made)
    owner = min(made)
    inner = _inside(made[host], rng, 0.5)
    if owner != host:
        made[host] = made[host].difference(inner, grid_size=STEP)
        made[owner] = made[owner].union(inner, grid_size=STEP)


def _sliver(made: dict[str, BaseGeometry], rng: np.random.Generator) -> None:
    host = _largest(made)
    middle = shapely.point_on_surface(made[host])
    x, y = _snap(np.array([middle.x, middle.y]))
    needle = Polygon([(x, y), (x + 40_000 * STEP, y + 3 * STEP), (x, y + 2 * STEP)])
    needle = needle.intersection(made[host], grid_size=STEP)
    if needle.geom_type == "Polygon" and needle.area > 0:
        made[host] = made[host].difference(needle, grid_size=STEP)
        made[f"{len(made):03d}"] = needle


def _overlap(made: dict[str, BaseGeometry], rng: np.random.Generator) -> None:
    code = sorted(made)[int(rng.integers(len(made)))]
    made[code] = shapely.set_precision(made[code].buffer(SIZE / 20, quad_segs=2), STEP)


def _gap(made: dict[str, BaseGeometry], rng: np.random.Generator) -> None:
    code = sorted(made)[int(rng.integers(len(made)))]
    shrunk = shapely.set_precision(made[code].buffer(-SIZE / 60, quad_segs=2), STEP)
    if shrunk.is_empty and len(made) > 1:
        del made[code]
    elif not shrunk.is_empty:
        made[code] = shrunk


_FAULTS = {
    "hole": _hole,
    "exclave": _exclave,
    "sliver": _sliver,
    "overlap": _overlap,
    "gap": _gap,
}
