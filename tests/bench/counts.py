"""What counting costs, beside the plain way with pandas or a tree where there is one.

A made city of 40 km, 3,025 communities, 20 kinds, a year; a quarter of it is asked for. What both
ways compute is compared, or the table says that they differ.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import click
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from maps import border_view, cells, clusters, counts, incidents, network_density, pileups, rates
from maps.counting.borders import shared_borders
from maps.model import Areas, Cases, Coded, Filters, Floats
from maps.road_counts import Roads
from routing.model import JurisdictionLevel
from tests.maps.made_cases import made, window

SIDE_M = 40_000.0
ACROSS = 55
"""Communities along a side: 3,025 in all, a large city's."""
KINDS = 20
YEAR = 365
SEED = 2026


def run(*, quick: bool, rounds: int) -> None:
    """Print everything as Markdown."""
    n = 1_000_000 if quick else 10_000_000
    cases, areas = city(n), communities()
    quarter = Filters(window=window(90, after=200))
    merged = incidents.merge(cases)
    x, y = cases.x_m, cases.y_m
    frame = pd.DataFrame(
        {"x": x, "y": y, "day": cases.day, "area": cases.community.codes, "kind": cases.kind.codes}
    )
    first, after = quarter.window.first, quarter.window.after
    click.echo(f"### Counts of {n:,} cases, {rounds} rounds, the fastest of each\n")
    table = _Table(rounds)
    table.row(
        "by community, unlocated, outside",
        lambda: counts.by_area(cases, areas, quarter).n,
        lambda: (
            frame[(frame.day >= first) & (frame.day < after)]
            .groupby("area")
            .size()
            .reindex(range(-1, len(areas)), fill_value=0)
            .to_numpy()[1:]
        ),
    )
    table.row(
        "the same with incidents", lambda: counts.by_area(cases, areas, quarter, incidents=merged)
    )
    table.row("per week and community", lambda: counts.series(cases, areas, quarter, "week"))
    table.row("rates, intervals, empirical Bayes", _rates(cases, areas, quarter))
    table.row(
        "squares of 250 m",
        lambda: np.sort(cells.aggregate(x, y, size_m=250.0).n),
        lambda: np.sort(
            frame.dropna()
            .assign(i=lambda f: f.x // 250, j=lambda f: f.y // 250)
            .groupby(["i", "j"])
            .size()
            .to_numpy()
        ),
    )
    table.row("hexagons of 250 m", lambda: cells.aggregate(x, y, shape="hexagon", size_m=250.0))
    table.row("default points", lambda: pileups.find(cases))
    some = cases.take(slice(0, 1_000_000))  # type: ignore[arg-type]
    click.echo(table.text + f"\n\n### The first {len(some):,} of them\n")
    table = _Table(rounds)
    table.row("incidents", lambda: incidents.merge(some).count, lambda: _by_pairs(some))
    market = made(*np.random.default_rng(SEED).uniform(0, 40, (2, len(some))), some.day % 300)
    table.row("incidents, all in one market", lambda: incidents.merge(market).count)
    shared = shared_borders(areas)
    table.row("shared borders of the communities", lambda: shared_borders(areas))
    table.row(
        "cases near them, ranked", lambda: border_view.rank(some, areas, quarter, borders=shared)
    )
    streets = roads()
    table.row(
        "density on 1,616 km of roads",
        lambda: network_density.density(some.x_m % 8000, some.y_m % 8000, streets),
    )
    table.row("repeat clusters of the quarter", lambda: clusters.find(some, quarter))
    click.echo(table.text)


class _Table:
    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        self.text = "| what | time | plain way | times |\n| --- | ---: | ---: | ---: |"

    def row(
        self, name: str, ours: Callable[[], Any], plain: Callable[[], Any] | None = None
    ) -> None:
        """One line; the two take turns."""
        taken: dict[bool, list[float]] = {False: [], True: []}
        results: dict[bool, Any] = {}
        for _ in range(self.rounds):
            for which, way in ((False, ours), (True, plain)):
                if way is not None:
                    began = time.perf_counter()
                    results[which] = way()
                    taken[which].append(time.perf_counter() - began)
        own = min(taken[False])
        other, ratio = "", ""
        if plain is not None:
            same = np.array_equal(results[False], results[True])
            other, ratio = f"{min(taken[True]):.2f} s", f"{min(taken[True]) / own:.1f}"
            name += "" if same else " (RESULTS DIFFER)"
        self.text += f"\n| {name} | {own:.2f} s | {other} | {ratio} |"


def city(n: int) -> Cases:
    """A quarter of the cases at 2,000 busy places, the rest anywhere, one in twenty nowhere."""
    rng = np.random.default_rng(SEED)
    x, y = rng.uniform(0, SIDE_M, (2, n))
    busy = rng.integers(0, 2000, n // 4)
    places = rng.uniform(100, SIDE_M - 100, (2, 2000))
    x[: n // 4], y[: n // 4] = places[:, busy] + rng.normal(0, 20, (2, n // 4))
    order = rng.permutation(n)
    x, y = x[order], y[order]
    size = SIDE_M / ACROSS
    area = (y // size).astype(np.int32) * ACROSS + (x // size).astype(np.int32)
    lost = rng.random(n) < 0.05
    x[lost] = y[lost] = np.nan
    return made(
        x,
        y,
        rng.integers(0, YEAR, n),
        community=Coded(codes=area, labels=communities().codes),
        kind=Coded(
            codes=rng.integers(0, KINDS, n).astype(np.int32),
            labels=tuple(f"类{at}" for at in range(KINDS)),
        ),
        overridden=rng.integers(-1, 2, n),
    )


def communities() -> Areas:
    """Squares of 727 m."""
    size = SIDE_M / ACROSS
    at = [(i, j) for j in range(ACROSS) for i in range(ACROSS)]
    codes = tuple(f"K{j:02}{i:02}" for i, j in at)
    return Areas(
        level=JurisdictionLevel.COMMUNITY,
        codes=codes,
        names=codes,
        parents=("",) * len(codes),
        shapes=np.array(
            [shapely.box(i * size, j * size, (i + 1) * size, (j + 1) * size) for i, j in at]
        ),
        version="made",
    )


def roads() -> Roads:
    """A lattice of streets 80 m apart on 8 km."""
    lines = [shapely.LineString([(0, at), (8000, at)]) for at in range(0, 8001, 80)]
    lines += [shapely.LineString([(at, 0), (at, 8000)]) for at in range(0, 8001, 80)]
    return Roads(names=tuple(map(str, range(len(lines)))), lines=np.array(lines, dtype=object))


def _rates(cases: Cases, areas: Areas, filters: Filters) -> Callable[[], Floats]:
    n = counts.by_area(cases, areas, filters).n
    people = np.random.default_rng(SEED).integers(0, 9000, len(areas)).astype(np.float64)
    return lambda: rates.rate_table(n, people).eb


def _by_pairs(cases: Cases) -> int:
    """Incidents the plain way: all pairs within 50 m by a tree, then days and kinds."""
    at = np.flatnonzero(cases.located)
    left, right = cKDTree(np.column_stack([cases.x_m[at], cases.y_m[at]])).query_pairs(
        incidents.REACH_M, output_type="ndarray"
    ).T  # fmt: skip
    minute = incidents.minutes(cases, at)
    near = np.abs(minute[left] - minute[right]) <= incidents.REACH_DAYS * 1440
    near &= cases.kind.codes[at[left]] == cases.kind.codes[at[right]]
    graph = coo_array(
        (np.ones(int(near.sum())), (left[near], right[near])), shape=(len(at), len(at))
    )
    return int(connected_components(graph, directed=False)[0]) + len(cases) - len(at)
