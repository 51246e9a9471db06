"""What the statistics behind the maps cost, beside esda where it has them; then tiles and reports.

Same values, same neighbours, same process, the methods taking turns; what both compute is compared.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import esda
import libpysal
import numpy as np

from maps import emerging, hotspots, moran
from maps.weights import Weights, cells
from tests.bench import reports, tiles

PACKAGES = ("numpy", "scipy", "esda", "libpysal")
SEED = 2026


def run(*, quick: bool, rounds: int) -> None:
    """Print everything as Markdown."""
    say = click.echo
    say(f"## scripts/bench maps{' --quick' if quick else ''}\n")
    say(machine() + "\n")
    say("### Gi*\n")
    say(gi_star(rows=50 if quick else 160, columns=40 if quick else 125, rounds=rounds) + "\n")
    say("### Emerging hot spots and settings derived\n")
    say(cubes(quick=quick, rounds=rounds) + "\n")
    tiles.run(quick=quick, rounds=rounds)
    reports.run(quick=quick, rounds=rounds)


def machine() -> str:
    """One line on the machine, one on the versions."""
    cpu = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")), platform.processor(),
    )  # fmt: skip
    load = os.getloadavg()[0]
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{cpu}, {os.cpu_count()} cores, load before the run {load:.1f}\n"
        f"Python {platform.python_version()}, {packages}, "
        f"{'with' if find_spec('numba') else 'without'} numba, which esda uses where it is there"
    )


def in_turn(methods: dict[str, Callable[[], Any]], *, rounds: int) -> dict[str, tuple[float, Any]]:
    """Median processor seconds and last result of each, after one round to get warm.

    Processor time, because other work on the machine takes its share of the clock; a fast method
    is repeated until it has taken a tenth of a second.
    """
    taken: dict[str, list[float]] = {name: [] for name in methods}
    results: dict[str, Any] = {}
    for turn in range(rounds + 1):
        for name, method in methods.items():
            start, repeats = time.process_time(), 0
            while (spent := time.process_time() - start) < 0.1 or not repeats:
                results[name] = method()
                repeats += 1
            if turn:
                taken[name].append(spent / repeats)
    return {name: (statistics.median(taken[name]), results[name]) for name in methods}


def seconds(value: float) -> str:
    return f"{value * 1000:,.1f} ms" if value < 1 else f"{value:,.1f} s"


# ------------------------------------------------------------------ Gi*


def gi_star(*, rows: int, columns: int, rounds: int) -> str:
    """Ours and esda's, without and with permutations, on a lattice with eight neighbours."""
    weights = cells(np.argwhere(np.ones((rows, columns))))
    theirs = _as_theirs(weights)
    rng = np.random.default_rng(SEED)
    values = rng.poisson(rng.gamma(4.0, 1.25, weights.n)).astype(float)

    def esda_s(permutations: int) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return esda.G_Local(
                values, theirs, transform="B", star=True, permutations=permutations,
                seed=SEED, n_jobs=1,
            )  # fmt: skip

    found = in_turn(
        {
            "ours, normal p, corrected": lambda: hotspots.gi_star(
                values, weights, inference="normal"
            ),
            "esda, normal p": lambda: esda_s(0),
            "ours, 999 permutations, corrected": lambda: hotspots.gi_star(
                values, weights, permutations=999, seed=SEED
            ),
            "esda, 999 permutations": lambda: esda_s(999),
            "ours, all arrangements counted, corrected": lambda: hotspots.gi_star(values, weights),
        },
        rounds=rounds,
    )
    normal, permuted = found["esda, normal p"][0], found["esda, 999 permutations"][0]
    apart = np.abs(found["ours, normal p, corrected"][1].z - found["esda, normal p"][1].Zs).max()
    table = [
        f"{weights.n:,} areas, {weights.counts.mean():.1f} neighbours, mean {values.mean():.1f}"
        f" cases; {rounds} rounds after one to get warm; one thread\n",
        "| method | processor time | esda, normal / this | esda, 999 / this |",
        "|---|---|---|---|",
        *(
            f"| {name} | {seconds(taken)} | {normal / taken:,.1f} | {permuted / taken:,.1f} |"
            for name, (taken, _) in found.items()
        ),
        f"\nLargest difference of z to esda: {apart:.1e}",
    ]
    return "\n".join(table)


def _as_theirs(weights: Weights) -> Any:
    parts = np.split(weights.indices, weights.indptr[1:-1])
    return libpysal.weights.W(
        {at: part.tolist() for at, part in enumerate(parts)}, silence_warnings=True
    )


# ------------------------------------------------------------------ cubes and derived settings


def cubes(*, quick: bool, rounds: int) -> str:
    """The whole way of each: from counts to classes, from points to classes."""
    places = (20, 15) if quick else (60, 50)
    weights = cells(np.argwhere(np.ones(places)))
    rng = np.random.default_rng(SEED)
    counts = rng.poisson(rng.gamma(2.0, 1.5, weights.n), (52, weights.n)).astype(float)
    counts[40:, :40] += 8
    n = 10_000 if quick else 100_000
    xy = rng.uniform(0, 60_000, (2, n))
    xy[:, : n // 20] = rng.normal(30_000, 800, (2, n // 20))
    values = rng.poisson(4.0, weights.n).astype(float)
    found = in_turn(
        {
            f"emerging, {weights.n:,} communities × 52 weeks": lambda: emerging.classify(
                counts, weights
            ),
            "the same with fractions, 999,999 draws": lambda: emerging.classify(
                counts + 0.25 * (counts % 2), weights, permutations=999_999
            ),
            f"optimised, {n:,} incidents": lambda: hotspots.optimised(xy[0], xy[1]),
            f"local Moran, {weights.n:,} areas": lambda: moran.local_moran(values, weights),
        },
        rounds=rounds,
    )
    lines = ["| what | processor time | / aim |", "|---|---|---|"]
    for name, (taken, _) in found.items():
        aim = f"{taken / 2:.3f} of 2 s" if name.startswith("emerging") else ""
        lines.append(f"| {name} | {seconds(taken)} | {aim} |")
    return "\n".join(lines)
