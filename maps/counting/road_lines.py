"""Road lines, cut into even pieces, and the nearest piece of a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from maps.model import NONE, Floats, Ints
from routing.errors import UserInputError

Places = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """Even pieces of lines, line by line, each from the line's beginning to its end."""

    lines: NDArray[Any]
    """(k,) LineStrings, metres in the working CRS."""
    of: Places
    """(k,) place of the line that each piece is of."""
    length_m: Floats
    start_m: Floats
    """(k,) metres from the beginning of the line."""


@dataclass(frozen=True, kw_only=True)
class Snapped:
    """Where cases lie on pieces."""

    piece: Ints
    """(cases,) ``NONE`` where no piece is within reach or the case has no place."""
    along_m: Floats
    """(cases,) metres from the beginning of the piece; NaN without one."""


def cut(lines: NDArray[Any], pieces: Places) -> Pieces:
    """Cut each LineString into a number of pieces of equal length; every line has a length.

    The pieces of a line together are the line, with all its vertices. No lines give none.
    """
    length = np.asarray(shapely.length(lines), dtype=np.float64)
    step = length / pieces
    of = np.repeat(np.arange(len(lines)), pieces)
    first = np.cumsum(pieces) - pieces
    start = (np.arange(len(of)) - first[of]) * step[of]
    if not len(lines):
        return Pieces(lines=np.empty(0, object), of=of, length_m=start, start_m=start)
    points, line = shapely.get_coordinates(lines, return_index=True)
    along = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    along[np.diff(line, prepend=-1) != 0] = 0.0
    along = np.cumsum(along)
    # All lines behind one another with a metre between, so that one interpolation serves all.
    begins = along[np.searchsorted(line, np.arange(len(lines)))]
    within = along - begins[line]
    shift = begins + np.arange(len(lines))
    nth = np.clip(np.floor(within / step[line]), 0, pieces[line] - 1).astype(np.int64)
    inner = (within > nth * step[line]) & (within < (nth + 1) * step[line])
    place = np.concatenate([start, start + step[of], within[inner]])
    piece = np.concatenate([np.arange(len(of)), np.arange(len(of)), (first[line] + nth)[inner]])
    at = place + shift[of[piece]]
    order = np.lexsort((at, piece))
    known = within + shift[line]
    cuts = np.column_stack([np.interp(at[order], known, points[:, axis]) for axis in (0, 1)])
    return Pieces(
        lines=shapely.linestrings(cuts, indices=piece[order]),
        of=of,
        length_m=step[of],
        start_m=start,
    )


def snap(x_m: Floats, y_m: Floats, pieces: Pieces, *, reach_m: float) -> Snapped:
    """Put each case on the nearest piece within reach; of equally near ones on the first.

    UserInputError unless ``reach_m`` is positive.
    """
    if not reach_m > 0:
        raise UserInputError(f"道路两侧范围为 {reach_m!r} 米；应为正数")
    piece = np.full(len(x_m), NONE, dtype=np.int32)
    along = np.full(len(x_m), np.nan)
    rows = np.flatnonzero(np.isfinite(x_m) & np.isfinite(y_m))
    if len(rows) and len(pieces.lines):
        # Many cases share a place (a house number, a lamp), and looking is the slow part.
        places, of = np.unique(x_m[rows] + 1j * y_m[rows], return_inverse=True)
        points = shapely.points(places.real, places.imag)
        at, found = shapely.STRtree(pieces.lines).query(
            points, predicate="dwithin", distance=reach_m
        )
        away = shapely.distance(points[at], pieces.lines[found])
        least = np.full(len(places), np.inf)
        np.minimum.at(least, at, away)
        first = away == least[at]
        nearest = np.full(len(places), len(pieces.lines))
        np.minimum.at(nearest, at[first], found[first])
        near = nearest < len(pieces.lines)
        metres = np.full(len(places), np.nan)
        metres[near] = shapely.line_locate_point(pieces.lines[nearest[near]], points[near])
        piece[rows] = np.where(near, nearest, NONE)[of]
        along[rows] = metres[of]
    return Snapped(piece=piece, along_m=along)
