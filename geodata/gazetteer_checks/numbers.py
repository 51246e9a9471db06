"""House numbers against the order in which they stand along their road."""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geodata.findings import Severity
from geodata.gazetteer_checks.crowd import Crowd, called
from geodata.gazetteer_checks.ground import Ground
from routing.model import Place

_FAR_M = 500.0
"""From an address to its road. The deepest block that is numbered from a street reaches about
half that; beyond, the road or the point is another one."""

_PIECES_M = 50.0
"""Gap between two drawings of one road: a crossing left out is the width of the crossing road."""

_FRONT_M = 30.0
"""How far a door may stand out of order: two houses' fronts, since one point is at a door and the
next in the middle of a house."""

_FEWEST = 4  # numbers on one side; with three, nobody can say which one is wrong
_MOST_WRONG = 0.4
"""Share of a side out of order from which the side is told as a whole: then not single houses are
wrong but the numbering does not follow the road."""

_NUMBER = re.compile(r"(\d{1,6})(?:\D+(\d{1,4}))?")

Metres = npt.NDArray[np.float64]


def number_findings(ground: Ground, crowd: Crowd) -> None:
    """Note addresses far from their road, and numbers out of order on their side of it."""
    for road, members in ground.addresses.items():
        rows = ground.roads.get(road)
        if not rows:
            continue
        lines = [at for at in rows if shapely.get_dimensions(ground.shapes[at]) == 1]
        if lines:
            _along(ground, road, lines, members, crowd)


def _along(ground: Ground, road: str, rows: list[int], members: list[int], crowd: Crowd) -> None:
    roads = [shapely.union_all(part) for part in _pieces(ground.metres[rows])]
    doors = ground.metres[members]
    apart = np.stack([shapely.distance(doors, line) for line in roads])
    nearest = apart.argmin(axis=0)
    away = apart.min(axis=0)
    for at in np.flatnonzero(away > _FAR_M).tolist():
        crowd.add(
            "far_outlier",
            Severity.WARNING,
            f"门牌{called(ground.places[members[at]])}距其道路「{road}」{away[at]:,.0f} 米",
            "核对该门牌的坐标和 road；同名道路有几条的，补上另一条",
            [ground.places[members[at]]],
        )
    sides: dict[tuple[int, int], list[tuple[float, float, Place]]] = defaultdict(list)
    chain = [_chainage(line, doors) for line in roads]
    for at, member in enumerate(members):
        place = ground.places[member]
        number = _value(place.number)
        if number is not None and away[at] <= _FAR_M:
            which = int(nearest[at])
            along = float(chain[which][at])
            sides[which, int(number) % 2].append((number, along, place))
    for side in sides.values():
        if len(side) >= _FEWEST:
            _one_side(road, side, crowd)


def _pieces(lines: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
    """Lines of one name that hang together: pieces of one road, not two roads of one name."""
    left = list(range(len(lines)))
    while left:
        group = [left.pop(0)]
        for one in group:
            near = [at for at in left if shapely.dwithin(lines[one], lines[at], _PIECES_M)]
            group += near
            left = [at for at in left if at not in near]
        yield lines[group]


def _chainage(road: Any, doors: npt.NDArray[Any]) -> Metres:
    """Metres along the road; of one in several pieces, along its longest direction."""
    merged = shapely.line_merge(road)
    if merged.geom_type == "LineString":
        along: Metres = shapely.line_locate_point(merged, shapely.centroid(doors))
        return along
    xy = shapely.get_coordinates(merged)
    middle = xy.mean(axis=0)
    _, _, axes = np.linalg.svd(xy - middle, full_matrices=False)
    centres = shapely.get_coordinates(shapely.centroid(doors))
    projected: Metres = (centres - middle) @ axes[0]
    return projected


def _value(number: str) -> float | None:
    """A house number as a number: ``88-3`` lies between 88 and 89."""
    found = _NUMBER.search(number)
    if found is None:
        return None
    return int(found[1]) + int(found[2] or 0) / 10_000


def _one_side(road: str, side: list[tuple[float, float, Place]], crowd: Crowd) -> None:
    side.sort(key=lambda one: (one[0], one[1]))
    along = [metres for _, metres, _ in side]
    up, down = _longest_rise(along), _longest_rise([-metres for metres in along])
    rising = len(up) >= len(down)
    kept = up if rising else down
    if not rising:
        along = [-metres for metres in along]
    kept_set = set(kept)
    wrong = [
        (at, off)
        for at in range(len(side))
        if at not in kept_set and (off := _out_by(at, kept, along)) > _FRONT_M
    ]
    if len(wrong) > _MOST_WRONG * len(side):
        parity = "单号" if int(side[0][0]) % 2 else "双号"
        crowd.add(
            "number_out_of_order",
            Severity.WARNING,
            f"「{road}」{parity}一侧 {len(side)} 个门牌中 {len(wrong)} 个不随道路走向排列",
            "核对门牌坐标；若该路本就不按单双号排列，无需处理，推算的门牌位置会标明不确定",
            [side[at][2] for at, _ in wrong],
        )
        return
    for at, off in wrong:
        place = side[at][2]
        crowd.add(
            "number_out_of_order",
            Severity.WARNING,
            f"门牌{called(place)}的位置不在前后号之间，沿「{road}」偏出 {off:,.0f} 米"
            f"（{_neighbours(at, kept, side)}）",
            "核对该门牌的号码和坐标：两者之一有误，推算邻近门牌时会出错",
            [place],
        )


def _longest_rise(values: Sequence[float]) -> list[int]:
    """Positions of a longest subsequence that never falls (patience sorting)."""
    tails: list[float] = []
    last: list[int] = []
    before = [-1] * len(values)
    for at, value in enumerate(values):
        place = bisect.bisect_right(tails, value)
        before[at] = last[place - 1] if place else -1
        if place == len(tails):
            tails.append(value)
            last.append(at)
        else:
            tails[place], last[place] = value, at
    out = []
    at = last[-1] if last else -1
    while at >= 0:
        out.append(at)
        at = before[at]
    return out[::-1]


def _out_by(at: int, kept: list[int], along: list[float]) -> float:
    """Metres by which a door lies outside of the stretch between its kept neighbours."""
    place = bisect.bisect(kept, at)
    low = along[kept[place - 1]] if place else -np.inf
    high = along[kept[place]] if place < len(kept) else np.inf
    return max(low - along[at], along[at] - high, 0.0)


def _neighbours(at: int, kept: list[int], side: list[tuple[float, float, Place]]) -> str:
    place = bisect.bisect(kept, at)
    names = [side[kept[one]][2].number for one in (place - 1, place) if 0 <= one < len(kept)]
    return "、".join(f"{name} 号" for name in names)
