"""Which points hang together: connected components of "within reach", at any density.

Listing all pairs within reach fails where a city's complaints are densest: a million reports of one
market are 5·10¹¹ pairs. Here points share a cell whose farthest corners are within reach of each
other, so a cell is one component without looking at pairs, and two cells need one pair only.
(The grid form of exact density clustering: Gunawan 2013; Gan and Tao, SIGMOD 2015.)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from maps.model import Bools, Floats, Ints
from routing.errors import UserInputError

Places = NDArray[np.int64]

NEAR = 1.0 + 1e-9
"""Reach with room for rounding: "within 50 m" holds at exactly 50 m, however it was computed; the
room is 50 nm."""

LIGHT = 1_024
"""Pairs of points between two cells up to which all are tried at once. Of 10⁶ reports spread as a
city spreads them 99.9 % of neighbouring cells are below; the rest go one by one."""

CHUNK = 2_000_000
"""Pairs tried at once: 100 MB of differences."""

SAMPLE = 24
"""Points of each of two crowded cells tried first; in crowded cells nearly always some are near."""


def components(points: Floats, *, groups: Ints, cylinder: bool) -> Ints:
    """(n,) number of the component of each point, from 0, without holes.

    ``points`` are (n, 3) in units of the reach: two points of the same group are linked where
    their distance is at most 1; with ``cylinder`` where the distance in the first two columns is
    at most 1 and the difference in the third is at most 1. Components do not depend on the order
    of the points (their numbers may). No points give an empty array. NaN is not allowed.
    UserInputError for points so far apart that cells cannot be numbered (two at 10¹⁰ m).
    """
    if not len(points):
        return np.empty(0, dtype=np.int32)
    points = points - points.min(axis=0)
    side = np.array([0.5**0.5, 0.5**0.5, 1.0] if cylinder else [3**-0.5] * 3) * (1 - 1e-12)
    at = np.floor(points / side).astype(np.int64)
    # One number for a cell, the second column innermost, with room for two cells between the rows.
    spread = at.max(axis=0) + 5
    if (int(groups.max()) + 1) * math.prod(int(one) for one in spread) > 2**62:
        raise UserInputError(f"坐标相距 {at.max() * side[0]:.3g} 倍合并范围，无法处理；请检查坐标")
    key = ((groups.astype(np.int64) * spread[0] + at[:, 0] + 2) * spread[2] + at[:, 2] + 2) * (
        spread[1]
    ) + (at[:, 1] + 2)
    cells, cell = np.unique(key, return_inverse=True)
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], np.arange(len(cells) + 1))
    crowd = _Crowd(points[order], starts, cylinder)
    left: list[Places] = []
    right: list[Places] = []
    heavy: list[Places] = []
    for here, there in _neighbours(cells, spread, deep=1 if cylinder else 2):
        light = crowd.sizes[here] * crowd.sizes[there] <= LIGHT
        linked = crowd.any_near(here[light], there[light])
        left.append(here[light][linked])
        right.append(there[light][linked])
        heavy.append(np.column_stack([here[~light], there[~light]]))
    tree = _Joined(len(cells), np.concatenate(left), np.concatenate(right))
    for a, b in _by_work(np.concatenate(heavy), crowd.sizes):
        one, two = int(tree.label[a]), int(tree.label[b])
        if tree.root(one) != tree.root(two) and crowd.near(a, b):
            tree.join(one, two)
    return tree.numbers()[cell]


def _neighbours(cells: Places, spread: Places, *, deep: int) -> Iterator[tuple[Places, Places]]:
    """Places in ``cells`` of pairs that may hold points within reach, each pair once.

    Two cells to each side in the first two columns, ``deep`` in the third. The five cells side by
    side in the second column have numbers in a row: one search finds where they begin."""
    for first, third in product((0, 1, 2), range(-deep, deep + 1)):
        if first == 0 and third < 0:
            continue
        step = (first * spread[2] + third) * spread[1]
        begin = 1 if first == third == 0 else -2
        here = np.arange(len(cells))
        there = np.searchsorted(cells, cells + step + begin)
        for _ in range(begin, 3):
            within = there < len(cells)
            here, there = here[within], there[within]
            within = cells[there] <= cells[here] + step + 2
            here, there = here[within], there[within]
            yield here, there
            there = there + 1


def _by_work(pairs: Places, sizes: Places) -> Iterator[tuple[int, int]]:
    work = sizes[pairs[:, 0]] * sizes[pairs[:, 1]]
    for a, b in pairs[np.argsort(work, kind="stable")]:
        yield int(a), int(b)


class _Joined:
    """Components of cells as they grow; most are known before the crowded cells are looked at."""

    def __init__(self, cells: int, left: Places, right: Places) -> None:
        graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(cells, cells))
        self.n, label = connected_components(graph, directed=False)
        self.label: Places = label.astype(np.int64)
        self._above = list(range(self.n))

    def root(self, component: int) -> int:
        while self._above[component] != component:
            self._above[component] = self._above[self._above[component]]
            component = self._above[component]
        return component

    def join(self, a: int, b: int) -> None:
        first, second = sorted((self.root(a), self.root(b)))
        self._above[second] = first

    def numbers(self) -> Ints:
        """(cells,) number of the component of each, from 0, without holes."""
        above = np.array(self._above, dtype=np.int64)
        while (above != (higher := above[above])).any():
            above = higher
        _, number = np.unique(above, return_inverse=True)
        return number.astype(np.int32)[self.label]


class _Crowd:
    """Points in the order of their cells."""

    def __init__(self, points: Floats, starts: Places, cylinder: bool) -> None:
        self.points = points
        self.starts = starts
        self.sizes: Places = np.diff(starts)
        self.cylinder = cylinder

    def _linked(self, apart: Floats) -> Bools:
        if self.cylinder:
            near = (apart[..., 0] ** 2 + apart[..., 1] ** 2 <= NEAR) & (
                np.abs(apart[..., 2]) <= NEAR
            )
        else:
            near = (apart**2).sum(axis=-1) <= NEAR
        linked: Bools = near
        return linked

    def any_near(self, here: Places, there: Places) -> Bools:
        """(k,) whether any point of one cell is within reach of any of the other."""
        answer = np.zeros(len(here), dtype=np.bool_)
        work = self.sizes[here] * self.sizes[there]
        ends = np.cumsum(work)
        first = 0
        while first < len(here):
            before = ends[first - 1] if first else 0
            last = max(first + 1, int(np.searchsorted(ends, before + CHUNK, side="right")))
            some = slice(first, last)
            pair = np.repeat(np.arange(first, last), work[some])
            nth = np.arange(len(pair)) - np.repeat(ends[some] - work[some] - before, work[some])
            across = self.sizes[there[pair]]
            a = self.starts[here[pair]] + nth // across
            b = self.starts[there[pair]] + nth % across
            answer[pair[self._linked(self.points[a] - self.points[b])]] = True
            first = last
        return answer

    def near(self, a: int, b: int) -> bool:
        """The same for two crowded cells: a sample, then only what can be near, in chunks."""
        one = self.points[self.starts[a] : self.starts[a + 1]]
        two = self.points[self.starts[b] : self.starts[b + 1]]
        thin = [side[:: max(1, len(side) // SAMPLE)] for side in (one, two)]
        if self._linked(thin[0][:, None] - thin[1][None]).any():
            return True
        one = self._facing(one, two)
        two = self._facing(two, one)
        if not len(one) or not len(two):
            return False
        rows = max(1, CHUNK // len(two))
        return any(
            self._linked(one[start : start + rows, None] - two[None]).any()
            for start in range(0, len(one), rows)
        )

    def _facing(self, points: Floats, others: Floats) -> Floats:
        """The different points that are within reach of the box around the others."""
        if not len(others):
            return points[:0]
        gap = np.maximum(others.min(axis=0) - points, points - others.max(axis=0))
        facing: Floats = np.unique(points[self._linked(np.maximum(gap, 0.0))], axis=0)
        return facing
