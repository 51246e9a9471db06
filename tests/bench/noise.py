"""How often a map of pure chance shows a hot spot, and how often a real one is found.

1,000 maps for each line, with cases laid down at random (Poisson). The rate of false discoveries
is set to 0.05; where nothing is going on anywhere, that is also the share of maps that may show
anything at all. Then the same with one block of cells that has twice as many.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import click
import numpy as np

from maps import hotspots, moran
from maps.emerging import classify
from maps.model import Bools, Floats
from maps.weights import Weights, cells, distance_band
from tests.bench.maps import machine

MEANS = (0.3, 1.0, 5.0)
SEED = 2026
Found = Callable[[np.random.Generator, int], tuple[Bools, Bools]]
"""(hot, cold) of one map, from a source of chance and the number of the map."""


def run(*, quick: bool, rounds: int) -> None:
    """Print everything as Markdown; ``rounds`` has no meaning here."""
    say = click.echo
    runs = 100 if quick else 1_000
    say(f"## scripts/bench noise{' --quick' if quick else ''}\n")
    say(machine() + "\n")
    started = time.perf_counter()
    say("### Chance alone\n")
    say(chance(runs) + "\n")
    say("### One block with twice as many\n")
    say(power(runs))
    say(f"\n{runs:,} maps a line, seed {SEED}, {time.perf_counter() - started:,.0f} s in all")


def lattice(side: int) -> Weights:
    return cells(np.argwhere(np.ones((side, side))))


# ------------------------------------------------------------------ chance alone


def chance(runs: int) -> str:
    xy = np.random.default_rng(SEED).uniform(0, 10_000, (600, 2))
    places = {
        "20 × 20 cells": lattice(20),
        "50 × 50 cells": lattice(50),
        "600 scattered, 0–15 neighbours": distance_band(xy, 600),
    }
    names = tuple(_of_counts(lattice(2), 1.0))
    lines = [
        "Share of maps with a hot spot / with a hot or a cold one, per cent.\n",
        f"| places | cases each | {' | '.join(names)} |",
        f"|---|--:|{'--:|' * len(names)}",
    ]
    for name, weights in places.items():
        for mean in MEANS:
            shares = [_share(found, runs) for found in _of_counts(weights, mean).values()]
            lines.append(f"| {name} | {mean:g} | {' | '.join(shares)} |")
    some = runs // 4  # a tenth of a second each
    lines += ["", "| method | maps | hot / hot or cold |", "|---|--:|--:|"]
    for n in (300, 2_000):
        lines.append(f"| optimised, {n:,} points | {some:,} | {_share(_optimised(n), some)} |")
    for mean in MEANS:
        name = f"emerging, 100 places × 20 steps, {mean:g} cases each, any bin"
        lines.append(f"| {name} | {runs:,} | {_share(_emerging(mean), runs)} |")
    return "\n".join(lines)


def _share(found: Found, runs: int) -> str:
    rng = np.random.default_rng(SEED)
    hot = either = 0
    for at in range(runs):
        warm, cool = found(rng, at)
        hot += bool(warm.any())
        either += bool(warm.any() or cool.any())
    return f"{100 * hot / runs:.1f} / {100 * either / runs:.1f}"


def _of_counts(weights: Weights, mean: float) -> dict[str, Found]:
    def counts(rng: np.random.Generator) -> Floats:
        return rng.poisson(mean, weights.n).astype(np.float64)

    def counted(rng: np.random.Generator, at: int) -> tuple[Bools, Bools]:
        made = hotspots.gi_star(counts(rng), weights)
        return made.hot, made.cold

    def drawn(rng: np.random.Generator, at: int) -> tuple[Bools, Bools]:
        made = hotspots.gi_star(counts(rng), weights, permutations=9_999, seed=at)
        return made.hot, made.cold

    def normal(rng: np.random.Generator, at: int) -> tuple[Bools, Bools]:
        made = hotspots.gi_star(counts(rng), weights, inference="normal")
        return made.hot, made.cold

    def local(rng: np.random.Generator, at: int) -> tuple[Bools, Bools]:
        kind = np.array(moran.local_moran(counts(rng), weights).quadrant)
        return np.isin(kind, ("HH", "HL")), np.isin(kind, ("LL", "LH"))

    return {
        "Gi*, all arrangements": counted,
        "Gi*, 9,999 drawn": drawn,
        "Gi*, normal p (not the default)": normal,
        "local Moran": local,
    }


def _optimised(n: int) -> Found:
    def found(rng: np.random.Generator, at: int) -> tuple[Bools, Bools]:
        made = hotspots.optimised(*rng.uniform(0, 10_000, (2, n)), extent=(0, 0, 10_000, 10_000))
        return made.gi.hot, made.gi.cold

    return found


def _emerging(mean: float) -> Found:
    weights = lattice(10)

    def found(rng: np.random.Generator, at: int) -> tuple[Bools, Bools]:
        made = classify(rng.poisson(mean, (20, 100)).astype(np.float64), weights)
        return made.bins >= 2, made.bins <= -2

    return found


# ------------------------------------------------------------------ one block


def power(runs: int) -> str:
    """A block of a 50 × 50 lattice has twice the rate of all others."""
    side = 50
    weights = lattice(side)
    lines = [
        "| cases each | block, twice as many | found | its cells shown | of all shown, not near |",
        "|--:|---|--:|--:|--:|",
    ]
    for mean in MEANS:
        for width in (3, 5, 7):
            start = (side - width) // 2
            block = np.zeros((side, side), dtype=bool)
            block[start : start + width, start : start + width] = True
            near = np.zeros((side, side), dtype=bool)
            near[start - 1 : start + width + 1, start - 1 : start + width + 1] = True
            rng = np.random.default_rng(SEED)
            found, inside, outside, shown = 0, 0.0, 0, 0
            for _ in range(runs):
                counts = rng.poisson(np.where(block, 2 * mean, mean)).astype(np.float64)
                hot = hotspots.gi_star(counts.ravel(), weights).hot.reshape(side, side)
                found += bool(hot[block].any())
                inside += float(hot[block].mean())
                outside += int(hot[~near].sum())
                shown += int(hot.sum())
            lines.append(
                f"| {mean:g} | {width} × {width} cells | {100 * found / runs:.0f} % "
                f"| {100 * inside / runs:.0f} % | {100 * outside / max(shown, 1):.1f} % |"
            )
    return "\n".join(lines)
