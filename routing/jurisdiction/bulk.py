"""The same touches for arrays of points: candidates by box, tests sorted by polygon, no loops."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from routing.jurisdiction.edges import disc_terms, edge_distance_m
from routing.jurisdiction.editions import Edition
from routing.jurisdiction.index import (
    ASIDE_DEG,
    GAP_REACH_M,
    NEAR_EDGE_M,
    ON_BORDER_M,
    JurisdictionIndex,
)
from routing.metric import metres_per_degree_many

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CHUNK = 262_144
"""Points handled at once: keeps the pair arrays of a dense city under 200 MB."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pairs:
    """Point–polygon touches as columns, sorted by row, then polygon (position in the edition)."""

    row: Ints
    number: Ints
    share: Floats
    covers: Bools
    distance_m: Floats
    """``inf`` where no border of the polygon lies within reach."""
    near: Bools
    """Per row: whether any border lies within its reach."""


def covering_pairs(
    index: JurisdictionIndex, edition: Edition, lon: Floats, lat: Floats
) -> tuple[Ints, Ints]:
    """Return (row, position in the edition) of every covering pair, sorted by row.

    Candidate pairs are tested polygon by polygon, which keeps one prepared polygon in the cache
    (docs/benchmarks.md).
    """
    rows: list[Ints] = []
    numbers: list[Ints] = []
    polygons = index.polygons(edition)
    few = len(polygons) <= np.iinfo(np.uint16).max
    for start in range(0, len(lon), CHUNK):
        x, y = lon[start : start + CHUNK], lat[start : start + CHUNK]
        row, number = edition.cells.holding(x, y)
        # numpy sorts numbers of 16 bits by counting, ten times faster
        order = np.argsort(number.astype(np.uint16) if few else number, kind="stable")
        by_polygon = row[order]
        inside = np.empty(len(order), dtype=bool)
        with index.exclusive():
            inside[order] = shapely.intersects_xy(
                polygons[number[order]], x[by_polygon], y[by_polygon]
            )
        rows.append(row[inside] + start)
        numbers.append(number[inside])
    if not rows:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    return np.concatenate(rows), np.concatenate(numbers)


def touching_pairs(
    index: JurisdictionIndex, edition: Edition, lon: Floats, lat: Floats, radius_m: Floats
) -> Pairs:
    """Shares, distances and covers of every polygon at or near every point."""
    row, number = covering_pairs(index, edition, lon, lat)
    mx, my = metres_per_degree_many(lat)
    reach = np.maximum(radius_m, NEAR_EDGE_M)
    level_of = np.array(
        [edition.levels.index(j.level) if j.level in edition.levels else -1
         for j in edition.jurisdictions], dtype=np.int64,
    )  # fmt: skip
    for level in range(len(edition.levels)):
        covered = np.zeros(len(lon), dtype=bool)
        covered[row[level_of[number] == level]] = True
        reach = np.where(covered, reach, np.maximum(reach, GAP_REACH_M))
    borders = _near(edition, lon, lat, mx, my, radius_m, reach)
    count = len(edition.jurisdictions)
    keys = np.concatenate([row * count + number, borders.row * count + borders.number])
    key, inverse = np.unique(keys, return_inverse=True)
    covers = np.zeros(len(key), dtype=bool)
    covers[inverse[: len(row)]] = True
    share = covers.astype(np.float64)
    distance = np.full(len(key), np.inf)
    at = inverse[len(row) :]
    distance[at] = borders.distance_m
    aside = borders.aside
    with index.exclusive():
        share[at[aside]] = shapely.intersects_xy(
            index.polygons(edition)[borders.number[aside]],
            lon[borders.row[aside]] + ASIDE_DEG[0],
            lat[borders.row[aside]] + ASIDE_DEG[1],
        )
    share[at] += borders.summed
    all_row, all_number = key // count, key % count
    distance[distance > reach[all_row]] = np.inf
    keep = covers | np.isfinite(distance)
    near = np.zeros(len(lon), dtype=bool)
    near[all_row[np.isfinite(distance)]] = True
    return Pairs(
        row=all_row[keep],
        number=all_number[keep],
        share=np.clip(share[keep], 0.0, 1.0),
        covers=covers[keep],
        distance_m=distance[keep],
        near=near,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _NearPairs:
    """Per (row, polygon) with an edge in the reach box, sorted."""

    row: Ints
    number: Ints
    summed: Floats
    """Sum over its edges of disc term less turn."""
    distance_m: Floats
    aside: Bools
    """The centre is on this polygon's border; the sum is that of the centre moved aside."""


def _near(
    edition: Edition,
    lon: Floats,
    lat: Floats,
    mx: Floats,
    my: Floats,
    radius_m: Floats,
    reach: Floats,
) -> _NearPairs:
    borders = edition.borders
    scale = borders.x_scale
    dx, dy = reach / mx, reach / my
    boxes = shapely.box((lon - dx) * scale, lat - dy, (lon + dx) * scale, lat + dy)
    rows, pieces = borders.tree.query(boxes)
    position, edge = borders.edges_of_pieces(pieces)
    row = rows[position].astype(np.int64)
    key = row * len(edition.jurisdictions) + borders.owner[edge]
    order = np.argsort(key, kind="stable")
    key, row, edge = key[order], row[order], edge[order]
    first = np.flatnonzero(np.append(True, key[1:] != key[:-1])[: len(key)])
    if not len(first):
        empty, none = np.empty(0, dtype=np.int64), np.empty(0)
        return _NearPairs(
            row=empty, number=empty, summed=none, distance_m=none, aside=np.empty(0, dtype=bool)
        )
    least = np.minimum.reduceat(
        edge_distance_m(borders.ends_of(edge), lon[row], lat[row], mx[row], my[row]), first
    )
    aside = least < ON_BORDER_M
    moved = np.repeat(aside, np.diff(np.append(first, len(key))))
    term, turn = disc_terms(
        borders,
        edge,
        lon[row] + moved * ASIDE_DEG[0],
        lat[row] + moved * ASIDE_DEG[1],
        mx[row],
        my[row],
        radius_m[row],
    )
    pair = key[first]
    count = len(edition.jurisdictions)
    return _NearPairs(
        row=pair // count,
        number=pair % count,
        summed=np.add.reduceat(term - turn, first),
        distance_m=least,
        aside=aside,
    )
