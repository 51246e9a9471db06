"""The tables of docs/early-warning.md, printed."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from math import isnan

import numpy as np
import scipy

from maps.backtest.measuring import SIZES, measure
from maps.backtest.methods import METHODS
from maps.backtest.scan_power import measure_scan
from maps.backtest.simulation import simulate
from maps.backtest.whole_run import GRIDS, measure_city

MEANS = (0.1, 0.5, 3.0)
"""Cases per day and series: one kind of a grid, of a subdistrict, of a district."""


def print_tables(series: int, seed: int, say: Callable[[str], None]) -> None:
    """Simulate and measure everything; ``say`` gets the lines of Markdown tables."""
    say(
        f"Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}, "
        f"{os.cpu_count()} cores, {sys.platform}; {series} series per row, seed {seed}"
    )
    head = " | ".join(f"{size:g} sd" for size in SIZES)
    line = "| --- " * (2 + 2 * len(SIZES) + 1) + "|"
    say(f"\n| per day | method | false / 100 series-weeks | found: {head} | day: {head} |\n{line}")
    for mean in MEANS:
        world = simulate(np.random.default_rng([seed, int(mean * 10)]), series, mean)
        for name, judge in METHODS.items():
            made = measure(judge, world, seed)
            say(_row(mean, name, f"{made.false_per_100:.2f}", made.found, made.days))
    say(f"\n| per day | the whole run | false a day | found: {head} | day: {head} |\n{line}")
    for mean in MEANS[:2]:
        world = simulate(np.random.default_rng([seed, int(mean * 10), 1]), GRIDS, mean)
        for years, name in ((1, "one year of past"), (4, "four years of past")):
            city = measure_city(world, seed, years=years)
            say(_row(mean, name, f"{city.false_per_day:.2f}", city.found, city.days))
    say("\n| space-time scan: cases of the outbreak | found at p ≤ 0.05 | at p ≤ 0.005 |")
    say("| --- | --- | --- |")
    for extra in (0, 6, 10, 15):
        often, surely = measure_scan(extra, seed)
        say(f"| {extra} | {often:.0%} | {surely:.0%} |")


def _row(
    mean: float, name: str, false: str, found: tuple[float, ...], days: tuple[float, ...]
) -> str:
    cells = [f"{mean:g}", name, false, *(f"{one:.0%}" for one in found)]
    return "| " + " | ".join([*cells, *("–" if isnan(one) else f"{one:g}" for one in days)]) + " |"
