"""Straight lines made to look like borders: fractal midpoint displacement, edge by edge.

Method: Fournier, Fussell and Carpenter, "Computer rendering of stochastic models", CACM 25(6),
1982. The random numbers of an edge are seeded by its two ends alone, so the two neighbours of an
edge, and every later run, get the same line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

Metres = NDArray[np.float64]

_SNAP_M = 0.5
"""Cutting lines are noded on this lattice, so that no two nodes lie closer than half a metre."""
_FINEST_M = 14.0
"""Edges are split until shorter; gives about 180 vertices per grid, as real grid files have."""
_ROUGH = 0.075
"""Standard deviation of the first midpoint, as part of the edge's length."""
_SMOOTH = 0.006
"""The same where a road is the border."""
_DECAY = 0.95
"""Each halving keeps this much of the relative displacement; below 1 fine detail is calmer."""


def roughen_line(
    points: Sequence[tuple[float, float]],
    rough: float,
    finest_m: float,
    seed: int,
    *,
    bend: bool = False,
) -> Metres:
    """(m, 2) points of the polyline roughened segment by segment; its ends stay.

    ``bend`` first rounds the corners (Catmull-Rom), as roads do.
    """
    line = _curve(np.asarray(points, dtype=float)) if bend else np.asarray(points, dtype=float)
    parts = [roughen_edge(a, b, rough, finest_m, seed)[:-1] for a, b in pairwise(line)]
    return np.vstack([*parts, line[-1:]])


def _curve(points: Metres) -> Metres:
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    steps = np.linspace(0, 1, 6, endpoint=False)[:, None]
    parts = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        parts.append(
            0.5
            * (
                2 * p1
                + (p2 - p0) * steps
                + (2 * p0 - 5 * p1 + 4 * p2 - p3) * steps**2
                + (3 * p1 - p0 - 3 * p2 + p3) * steps**3
            )
        )
    return np.vstack([*parts, points[-1:]])


def roughen_edge(a: Metres, b: Metres, rough: float, finest_m: float, seed: int) -> Metres:
    """(m, 2) points from ``a`` to ``b``; the same points, reversed, from ``b`` to ``a``."""
    if tuple(b) < tuple(a):
        return roughen_edge(b, a, rough, finest_m, seed)[::-1]
    # offset: seeds must not be negative, coordinates lie within 100 km of the origin
    key = [round(float(v) * 100) + 10_000_000 for v in (*a, *b)]
    rng = np.random.default_rng([seed, *key])
    line = np.array([a, b])
    length = float(np.hypot(*(b - a)))
    scale = rough * length
    while length > finest_m:
        ahead = np.diff(line, axis=0)
        normal = np.stack([-ahead[:, 1], ahead[:, 0]], -1)
        normal /= np.maximum(np.hypot(normal[:, 0], normal[:, 1]), 1e-9)[:, None]
        shift = rng.standard_normal(len(ahead)).clip(-2, 2) * scale
        middles = (line[:-1] + line[1:]) / 2 + normal * shift[:, None]
        merged = np.empty((len(line) + len(middles), 2))
        merged[0::2], merged[1::2] = line, middles
        line = merged
        length /= 2
        scale *= _DECAY / 2
    return line


class Network:
    """Lines noded into edges; gives the faces they enclose, straight and roughened."""

    def __init__(
        self, lines: Sequence[BaseGeometry], *, smooth: Sequence[LineString], seed: int
    ) -> None:
        noded = shapely.union_all(list(lines), grid_size=_SNAP_M)
        self._faces = sorted(
            shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))),
            key=lambda face: face.bounds,
        )
        self._smooth = shapely.union_all(list(smooth))
        self._seed = seed

    def faces(self, project: Callable[[Metres], Metres]) -> tuple[list[Polygon], list[Polygon]]:
        """(straight faces in metres, the same faces roughened and projected), in one order.

        An edge whose roughened line would cross another is calmed step by step, at worst to a
        straight line. Raises ValueError where even that is no clean coverage.
        """
        edges = self._edges()
        calm = dict.fromkeys(edges, 1.0)
        for _ in range(6):
            lines = {
                key: project(roughen_edge(a, b, rough * calm[key], _FINEST_M, self._seed))
                for key, (a, b, rough) in edges.items()
            }
            rough_faces = [self._rebuild(face, lines) for face in self._faces]
            bad = [
                face
                for face, result, wrong in zip(
                    self._faces,
                    rough_faces,
                    shapely.coverage_invalid_edges(rough_faces),
                    strict=True,
                )
                if not result.is_valid or not wrong.is_empty
            ]
            if not bad:
                return self._faces, rough_faces
            for face in bad:
                for ring in (face.exterior, *face.interiors):
                    for key in _ring_keys(ring):
                        calm[key] *= 0.5
        raise ValueError(f"{len(bad)} faces still cross their neighbours")

    def _edges(self) -> dict[tuple[float, ...], tuple[Metres, Metres, float]]:
        edges: dict[tuple[float, ...], tuple[Metres, Metres, float]] = {}
        for face in self._faces:
            for ring in (face.exterior, *face.interiors):
                for key in _ring_keys(ring):
                    edges.setdefault(key, (np.array(key[:2]), np.array(key[2:]), _ROUGH))
        keys = list(edges)
        ends = np.array(keys)
        middles = shapely.points((ends[:, :2] + ends[:, 2:]) / 2)
        on_road = shapely.distance(self._smooth, middles) < 2 * _SNAP_M
        for key, smooth in zip(keys, on_road, strict=True):
            if smooth:
                edges[key] = (*edges[key][:2], _SMOOTH)
        return edges

    def _rebuild(self, face: Polygon, lines: dict[tuple[float, ...], Metres]) -> Polygon:
        rings = []
        for ring in (face.exterior, *face.interiors):
            coords = list(ring.coords)
            points: list[Metres] = []
            for a, b in pairwise(coords):
                line = lines[(*min(a, b), *max(a, b))]
                points.append((line if a < b else line[::-1])[:-1])
            rings.append(np.vstack(points))
        return Polygon(rings[0], rings[1:])


def _ring_keys(ring: LineString) -> list[tuple[float, ...]]:
    coords = list(ring.coords)
    return [(*min(a, b), *max(a, b)) for a, b in pairwise(coords)]
