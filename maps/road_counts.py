"""Cases along roads: per 100 m of each road, and on each stretch of it.

Potholes, lamps and stalls lie on roads; a surface over the plane smears them into the blocks
between. Per hundred metres a long road and a short one can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from maps.counting.columns import Counts
from maps.counting.road_lines import cut, snap
from maps.model import NONE, Floats, Ints

REACH_M = 30.0
"""Metres from a road's middle line within which a case is on it: half of a main road of 40 m with
its pavements, and 10 m of doubt."""
STRETCH_M = 100.0
"""Length of a stretch: about the distance between two house entrances people would name."""


@dataclass(frozen=True, kw_only=True)
class Roads:
    """Middle lines of roads in metres; several lines may have one name."""

    names: tuple[str, ...]
    """(n,) name of each line."""
    lines: NDArray[Any]
    """(n,) LineStrings or MultiLineStrings, metres in the working CRS."""

    def __post_init__(self) -> None:
        if len(self.names) != len(self.lines):
            raise ValueError(f"{len(self.names)} names do not fit {len(self.lines)} lines")


@dataclass(frozen=True, kw_only=True)
class RoadCounts:
    """Counts per road name, in the order of the names, and per stretch."""

    names: tuple[str, ...]
    """Each name once, sorted."""
    length_m: Floats
    n: Counts
    per_100m: Floats
    """NaN for a road without length."""
    stretches: NDArray[Any]
    """(s,) LineStrings of about 100 m, whole parts of the lines."""
    stretch_road: Ints
    """(s,) place in ``names``."""
    stretch_n: Counts
    stretch_per_100m: Floats
    off_road: int
    """Cases with a place and no road within reach."""
    unlocated: int


def count(x_m: Floats, y_m: Floats, roads: Roads, *, reach_m: float = REACH_M) -> RoadCounts:
    """Count cases per road and per stretch of about 100 m.

    A line of 250 m becomes two stretches of 125 m, so that no short rest at its end has a large
    rate. Each case is on the nearest stretch within ``reach_m``, of equally near ones on the first.
    No cases give zeros, no roads empty columns. UserInputError unless ``reach_m`` is positive.
    """
    names = tuple(sorted(set(roads.names)))
    order = {name: at for at, name in enumerate(names)}
    lines, road = shapely.get_parts(roads.lines, return_index=True)
    length = np.asarray(shapely.length(lines), dtype=np.float64)
    lines, road, length = lines[length > 0], road[length > 0], length[length > 0]
    name_of = np.array([order[name] for name in roads.names], dtype=np.int32)[road]
    stretches = cut(lines, np.maximum(1, np.round(length / STRETCH_M)).astype(np.int64))
    snapped = snap(x_m, y_m, stretches, reach_m=reach_m)
    on = snapped.piece[snapped.piece != NONE]
    stretch_road = name_of[stretches.of]
    stretch_n = np.bincount(on, minlength=len(stretch_road))
    n = np.bincount(stretch_road[on], minlength=len(names))
    total = np.zeros(len(names))
    np.add.at(total, name_of, length)
    located = int(np.count_nonzero(np.isfinite(x_m) & np.isfinite(y_m)))
    per = np.full(len(names), np.nan)
    np.divide(n * 100.0, total, out=per, where=total > 0)
    return RoadCounts(
        names=names,
        length_m=total,
        n=n,
        per_100m=per,
        stretches=stretches.lines,
        stretch_road=stretch_road,
        stretch_n=stretch_n,
        stretch_per_100m=stretch_n * 100.0 / stretches.length_m,
        off_road=located - len(on),
        unlocated=len(x_m) - located,
    )
