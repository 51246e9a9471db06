"""Density along roads: cases per 100 m within a bandwidth walked along the network.

The equal-split discontinuous kernel of Okabe, Satoh and Sugihara (A kernel density estimation
method for networks, IJGIS 23, 2009): the weight of a case spreads along the road to both sides; at
a junction what arrives is shared evenly among the other roads, at a dead end it turns back. So
nothing is lost, and a junction is not made hot by having many arms, as it is on the plane.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from maps.counting.road_lines import Places, cut, snap
from maps.model import NONE, Floats, Ints, Method
from maps.road_counts import REACH_M, Roads
from routing.errors import UserInputError

BANDWIDTH_M = 200.0
"""Metres along the road over which one case counts: two stretches of 100 m to each side."""
PIECE_M = 20.0
"""Length of the pieces on which the density is given: a tenth of the bandwidth, so that the steps
between pieces cannot be seen."""
SPOTS = 4
"""Spots of a piece to which cases are moved before they spread: by 2.5 m at most, a twentieth of
what a house number is known to; a million cases of one market are then ten spots."""
JOIN_M = 0.1
"""Metres to which the network is rounded before it is joined: an end drawn onto another road misses
it by centimetres, and the narrowest lane is 2 m wide."""
LEAST = 1e-3
"""Part of a case below which it is no longer followed but left where it got to: reached after ten
junctions. In a roundabout of many short roads the ways would double at each."""
AT_ONCE = 5_000
"""Spots followed at once: some 50 MB in a city's network at 200 m."""


@dataclass(frozen=True, kw_only=True)
class NetworkDensity:
    """Density of pieces of the network."""

    pieces: NDArray[Any]
    """(k,) LineStrings of at most ``PIECE_M``, metres."""
    length_m: Floats
    per_100m: Floats
    """(k,) cases per 100 m of road."""
    mass: Floats
    """(k,) cases that came to lie on each piece; the sum is ``n``."""
    n: int
    """Cases on a road."""
    off_road: int
    """Cases with a place and no road within reach."""
    bandwidth_m: float
    method: Method


def density(
    x_m: Floats,
    y_m: Floats,
    roads: Roads,
    *,
    bandwidth_m: float = BANDWIDTH_M,
    reach_m: float = REACH_M,
) -> NetworkDensity:
    """Spread each case along the network with a quartic kernel of ``bandwidth_m`` metres.

    Roads are joined where they cross, so a flyover becomes a junction with what is below it: give
    such roads separately. Cases are put on the nearest road within ``reach_m`` (the first of
    equally near ones). No cases give zeros, no roads empty columns. UserInputError unless the
    bandwidth is at least a piece long.
    """
    if not bandwidth_m >= PIECE_M:
        raise UserInputError(f"带宽为 {bandwidth_m!r} 米；应不小于 {PIECE_M:g} 米")
    network = _Network(roads.lines)
    snapped = snap(x_m, y_m, network.pieces, reach_m=reach_m)
    on = snapped.piece != NONE
    located = int(np.count_nonzero(np.isfinite(x_m) & np.isfinite(y_m)))
    mass = np.zeros(len(network.pieces.of))
    for edge, at_m, weight in network.spots(snapped.piece[on], snapped.along_m[on]):
        network.spread(edge, at_m, weight, bandwidth_m, mass)
    n = int(np.count_nonzero(on))
    return NetworkDensity(
        pieces=network.pieces.lines,
        length_m=network.pieces.length_m,
        per_100m=mass * 100.0 / network.pieces.length_m,
        mass=mass,
        n=n,
        off_road=located - n,
        bandwidth_m=bandwidth_m,
        method=Method(
            name="路网核密度",
            null="不作检验，仅供观察",
            alternative="",
            n=n,
            choices={
                "核函数": "四次核，路口等分（不连续），断头路折返",
                "带宽": f"沿路 {bandwidth_m:g} 米",
                "计数单元": f"不超过 {PIECE_M:g} 米的路段",
                "离路距离": f"{reach_m:g} 米以内",
            },
            warnings=(f"{located - n:,} 件附近没有道路，未计入",) if located > n else (),
        ),
    )


def quartic_below(u: Floats) -> Floats:
    """Share of the quartic kernel 15/16·(1-u²)² below u, for u in bandwidths; 0 to 1."""
    v = np.clip(u, -1.0, 1.0)
    square = v * v  # powers take ten times as long
    below: Floats = 0.5 + v * (15 + square * (3 * square - 10)) / 16
    return below


class _Network:
    """Edges between junctions, and what follows which."""

    def __init__(self, lines: NDArray[Any]) -> None:
        noded = shapely.union_all(lines, grid_size=JOIN_M)
        edges = shapely.get_parts(np.array([noded], dtype=object))
        self.lines: NDArray[Any] = edges[shapely.length(edges) > 0]
        self.length: Floats = np.asarray(shapely.length(self.lines), dtype=np.float64)
        ends = np.concatenate(
            [shapely.get_coordinates(shapely.get_point(self.lines, end)) for end in (0, -1)]
        )
        _, junction = np.unique(np.round(ends / JOIN_M), axis=0, return_inverse=True)
        self.node: Places = junction.reshape(2, -1).astype(np.int64)
        """(2, edges) junction at the beginning and at the end of each edge."""
        # Half-edges: edge e leaves its beginning as 2e and its end as 2e + 1.
        away = self.node.T.ravel()
        self.leaving = np.argsort(away, kind="stable")
        self.degree = np.bincount(away, minlength=int(away.max()) + 1 if len(away) else 0)
        self.first = np.cumsum(self.degree) - self.degree
        self.piece_count = np.maximum(1, np.ceil(self.length / PIECE_M - 1e-9)).astype(np.int64)
        self.piece_first = np.cumsum(self.piece_count) - self.piece_count
        self.pieces = cut(self.lines, self.piece_count)

    def spots(self, piece: Ints, along: Floats) -> Iterator[tuple[Places, Floats, Floats]]:
        """Edge, metres from its beginning and number of cases of each spot, some thousand at a
        time."""
        step = self.pieces.length_m / SPOTS
        nth = np.minimum((along // step[piece]).astype(np.int64), SPOTS - 1)
        keys, n = np.unique(piece.astype(np.int64) * SPOTS + nth, return_counts=True)
        on = keys // SPOTS
        at = self.pieces.start_m[on] + (keys % SPOTS + 0.5) * step[on]
        for some in range(0, len(keys), AT_ONCE):
            part = slice(some, some + AT_ONCE)
            yield self.pieces.of[on[part]], at[part], n[part].astype(np.float64)

    def spread(
        self, edge: Places, at_m: Floats, weight: Floats, bandwidth: float, mass: Floats
    ) -> None:
        """Add what each spot gives to each piece, front by front until the kernel ends."""
        # From the spot to both sides: an edge walked onwards, entered ``at_m`` before the spot.
        half = np.concatenate([2 * edge, 2 * edge + 1])
        walked = np.concatenate([-at_m, at_m - self.length[edge]])
        weight = np.concatenate([weight, weight])
        part = np.ones(len(half))
        far_end = self.node.T.ravel()
        while len(half):
            self._lay(half, walked, weight * part, bandwidth, mass)
            walked = walked + self.length[half // 2]
            further = walked < bandwidth
            half, walked, weight, part = (one[further] for one in (half, walked, weight, part))
            # All that leave there but the edge come by; at a dead end that one.
            arrived = far_end[half ^ 1]
            arms = self.degree[arrived]
            repeat = np.repeat(np.arange(len(half)), arms)
            nth = np.arange(len(repeat)) - np.repeat(np.cumsum(arms) - arms, arms)
            onward = self.leaving[self.first[arrived[repeat]] + nth]
            goes = (onward != half[repeat] ^ 1) | (arms[repeat] == 1)
            came, half = repeat[goes], onward[goes]
            walked, weight = walked[came], weight[came]
            part = part[came] / np.maximum(1, arms[came] - 1)
            done = part < LEAST
            rest = weight[done] * part[done] * (1 - quartic_below(walked[done] / bandwidth))
            mass += np.bincount(self._nearest_piece(half[done]), rest, minlength=len(mass))
            half, walked, weight, part = (one[~done] for one in (half, walked, weight, part))

    def _nearest_piece(self, half: Places) -> Places:
        """The piece at which a half-edge begins."""
        edge = half // 2
        place: Places = self.piece_first[edge] + (half % 2) * (self.piece_count[edge] - 1)
        return place

    def _lay(
        self, half: Places, walked: Floats, weight: Floats, bandwidth: float, mass: Floats
    ) -> None:
        """What of the kernel beyond the spot lies on the pieces of each half-edge."""
        edge = half // 2
        count = self.piece_count[edge]
        long = self.pieces.length_m[self.piece_first[edge]]
        # The ends of the pieces that the kernel reaches: one more than pieces.
        first = np.floor(np.maximum(0.0, -walked) / long).astype(np.int64)
        last = np.minimum(count, np.ceil((bandwidth - walked) / long).astype(np.int64))
        ends = np.maximum(0, last - first) + 1
        repeat = np.repeat(np.arange(len(half)), ends)
        nth = np.arange(len(repeat)) - np.repeat(np.cumsum(ends) - ends - first, ends)
        far = np.maximum(0.0, walked[repeat] + nth * long[repeat])
        below = quartic_below(far / bandwidth)
        same = repeat[1:] == repeat[:-1]
        on, nth = repeat[:-1][same], nth[:-1][same]
        given = np.diff(below)[same] * weight[on]
        place = np.where(half[on] % 2 == 0, nth, count[on] - 1 - nth)
        mass += np.bincount(self.piece_first[edge[on]] + place, given, minlength=len(mass))
