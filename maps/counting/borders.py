"""The lines that two jurisdictions share, found from their polygons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from maps.model import Areas, Bools, Floats, Ints

LEAST_M = 5.0
"""Metres; shorter common lines are corners with the rounding of coordinates, not borders."""
APART_M = 1.0
"""Metres. Offices draw the same line twice, with slivers of centimetres between; the narrowest lane
between two blocks is some metres wide."""

_Pairs = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class SharedBorders:
    """Shared lines, ascending by the places of the two areas."""

    left: Ints
    """(k,) place in ``Areas`` of one side, the lower one."""
    right: Ints
    lines: NDArray[Any]
    """(k,) LineString or MultiLineString, metres in the working CRS."""
    length_m: Floats

    def where(self, kept: Bools) -> SharedBorders:
        """Some of the lines."""
        return SharedBorders(
            left=self.left[kept],
            right=self.right[kept],
            lines=self.lines[kept],
            length_m=self.length_m[kept],
        )


def shared_borders(areas: Areas, *, apart_m: float = APART_M) -> SharedBorders:
    """The line that each two neighbouring areas share; corners are none.

    Edges that both polygons have (to the millimetre) are shared as they are. Of the other edges,
    those of the first area that run beside edges of the second, at most ``apart_m`` metres away,
    are shared too: a sliver between, a strip claimed twice, or a corner that only one of them has.
    Three areas that claim one edge share it two by two. One area, or none, gives none.
    """
    ends, owner = _edges(areas)
    twins, single = _twins(ends, owner)
    loose = _Loose(ends[single], owner[single], apart_m)
    n = np.int64(max(1, len(areas)))
    pairs = np.concatenate(
        [twins[:, 0] * n + twins[:, 1], loose.pairs[:, 0] * n + loose.pairs[:, 1]]
    )
    keys, of = np.unique(pairs, return_inverse=True)
    parts = np.concatenate([shapely.linestrings(ends[twins[:, 2]]), loose.lines])
    order = np.argsort(of, kind="stable")
    lines = np.array(
        [
            shapely.line_merge(shapely.multilinestrings(list(some)))
            for some in np.split(parts[order], np.flatnonzero(np.diff(of[order])) + 1)
            if len(some)
        ],
        dtype=object,
    )
    length = np.asarray(shapely.length(lines), dtype=np.float64)
    return SharedBorders(
        left=(keys // n).astype(np.int32),
        right=(keys % n).astype(np.int32),
        lines=lines,
        length_m=length,
    ).where(length >= LEAST_M)


def _edges(areas: Areas) -> tuple[Floats, _Pairs]:
    """(m, 2, 2) ends of all edges of all rings, and the place of the area of each."""
    polygons, of_area = shapely.get_parts(areas.shapes, return_index=True)
    rings, of_polygon = shapely.get_rings(polygons, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    inside = ring[1:] == ring[:-1]
    ends = np.stack([points[:-1], points[1:]], axis=1)[inside]
    return ends, of_area[of_polygon[ring[:-1][inside]]].astype(np.int64)


def _twins(ends: Floats, owner: _Pairs) -> tuple[_Pairs, Bools]:
    """(t, 3) lower area, upper area, edge, for edges that two areas have; and which edges only one
    has."""
    rounded = np.round(ends * 1000.0).astype(np.int64)
    swap = (rounded[:, 0, 0] > rounded[:, 1, 0]) | (
        (rounded[:, 0, 0] == rounded[:, 1, 0]) & (rounded[:, 0, 1] > rounded[:, 1, 1])
    )
    rounded[swap] = rounded[swap][:, ::-1]
    flat = rounded.reshape(-1, 4)
    order = np.lexsort((owner, *flat.T))
    flat, owner = flat[order], owner[order]
    single = np.ones(len(ends), dtype=np.bool_)
    found = []
    # Two areas have an edge as a rule; where boundaries overlap there may be a third or fourth.
    for step in (1, 2, 3):
        same = (flat[step:] == flat[:-step]).all(axis=1) & (owner[step:] != owner[:-step])
        at = np.flatnonzero(same)
        single[order[at]] = single[order[at + step]] = False
        found.append(np.column_stack([owner[at], owner[at + step], order[at]]))
    return np.concatenate(found), single


class _Loose:
    """Stretches of edges that run beside edges of another area."""

    def __init__(self, ends: Floats, owner: _Pairs, apart_m: float) -> None:
        edges = shapely.linestrings(ends)
        left, right = shapely.STRtree(edges).query(edges, predicate="dwithin", distance=apart_m)
        other = owner[left] < owner[right]
        left, right = left[other], right[other]
        start, end = _beside(ends[left], ends[right], apart_m)
        kept = end - start > 2 * apart_m  # less is a corner
        left, right = left[kept], owner[right[kept]]
        left, right, start, end = _united(left, right, start[kept], end[kept])
        first = ends[left, 0]
        along = ends[left, 1] - first
        along /= np.hypot(along[:, 0], along[:, 1])[:, None]
        self.pairs: _Pairs = np.column_stack([owner[left], right])
        self.lines: NDArray[Any] = shapely.linestrings(
            np.stack([first + along * start[:, None], first + along * end[:, None]], axis=1)
        )


def _beside(one: Floats, two: Floats, apart_m: float) -> tuple[Floats, Floats]:
    """From where to where, metres along each first edge, it lies in the strip of the second.

    Flat ends: where two edges only follow one another, nothing is shared. Both the distance from
    the second edge's line and the place along it change evenly along the first."""
    along = one[:, 1] - one[:, 0]
    length = np.hypot(along[:, 0], along[:, 1])
    axis = two[:, 1] - two[:, 0]
    long = np.hypot(axis[:, 0], axis[:, 1])
    start, end = np.zeros(len(one)), length.copy()
    with np.errstate(divide="ignore", invalid="ignore"):
        along, axis = along / length[:, None], axis / long[:, None]
        away = one[:, 0] - two[:, 0]
        for value, slope, low, high in (
            (_dot(away, axis), _dot(along, axis), 0.0, long),
            (_cross(axis, away), _cross(axis, along), -apart_m, apart_m),
        ):
            level = np.abs(slope) < 1e-12
            near, far = (low - value) / slope, (high - value) / slope
            start = np.where(level, start, np.maximum(start, np.minimum(near, far)))
            end = np.where(level, end, np.minimum(end, np.maximum(near, far)))
            end = np.where(level & ((value < low) | (value > high)), -1.0, end)
    return start, np.nan_to_num(end, nan=-1.0)  # an edge without length


def _dot(a: Floats, b: Floats) -> Floats:
    product: Floats = a[:, 0] * b[:, 0] + a[:, 1] * b[:, 1]
    return product


def _cross(a: Floats, b: Floats) -> Floats:
    product: Floats = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return product


def _united(
    edge: _Pairs, area: _Pairs, start: Floats, end: Floats
) -> tuple[_Pairs, _Pairs, Floats, Floats]:
    """Stretches of one edge beside one area, those that overlap made one."""
    if not len(edge):
        return edge, area, start, end
    order = np.lexsort((start, area, edge))
    edge, area, start, end = edge[order], area[order], start[order], end[order]
    group = np.cumsum((np.diff(edge, prepend=edge[0]) != 0) | (np.diff(area, prepend=area[0]) != 0))
    # Shifted by group, the farthest end so far never reaches into the next group.
    shift = group * (float(end.max()) + 1.0)
    reach = np.maximum.accumulate(end + shift)
    fresh = np.append(True, (start + shift)[1:] > reach[:-1])
    last = np.append(np.flatnonzero(fresh)[1:] - 1, len(edge) - 1)
    return edge[fresh], area[fresh], start[fresh], (reach - shift)[last]
