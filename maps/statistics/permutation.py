"""How likely a neighbourhood's sum is by chance: conditional permutation, exact or drawn.

Null: the values lie on the places in random order, that of the place itself staying where it is.
Then its k neighbours are k of the other values, each set of k as likely as another. Two ways to
the two tails of their sum:

``exact`` counts all of these sets at once, for whole numbers (counts of cases): the distribution
of the sum of k values drawn without replacement is built value by value, each step a
hypergeometric mixture, and then one value is taken out again for the place itself. It has no seed,
and a p of 1e-9 is as good as one of 0.1, which matters after a correction for 20,000 tests.

``drawn`` is for any numbers. One table of random draws serves all places, as in common software,
but without drawing anew for each: a draw is an ordered set of K + 1 different places. For a place
not among the first k, these are k random others. For a place among them, the one at k + 1 takes
its stead; what is left of a random order when one element is taken out is a random order of the
rest, so this too is a uniform draw of k others. Only the draws that hit the place itself are
looked at singly; for all others a place needs one look-up in the sorted sums.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln
from scipy.stats import hypergeom

from maps.model import Floats, Ints

EXACT_WORK = 1e8
"""Multiplications always spent on the exact distribution: a fifth of a second."""
PER_DRAWN = 50
"""Multiplications that take as long as one number drawn: beyond EXACT_WORK the cheaper way is
taken, which is drawing where a few hundred areas have thousands of cases each."""
CHUNK = 1 << 21
"""Numbers held at once: 16 MB, about a processor's cache. A larger table of sums goes at the pace
of memory, ten times slower."""
LEAST, MOST = 99_999, 999_999
"""Draws made where the number is not asked for: p down to 0.00002, or 0.000002."""
DRAWN = 30_000_000
"""Numbers drawn at most where the number is not asked for: some three seconds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tails:
    """Chances, under the null, of a sum as large and as small as the observed one."""

    upper: Floats
    """(n,) P(sum ≥ observed), in (0, 1]; 1 for a place without neighbours."""
    lower: Floats
    """(n,) P(sum ≤ observed), in (0, 1]; 1 for a place without neighbours."""
    draws: int
    """0: counted exactly."""

    @property
    def two_sided(self) -> Floats:
        """(n,) twice the smaller tail, at most 1: either direction has half of the error.

        Counts are skewed to the right; by the distance from the mean alone, nearly all chance
        findings would be hot.
        """
        doubled: Floats = np.minimum(1.0, 2 * np.minimum(self.upper, self.lower))
        return doubled


def tails(values: Floats, sums: Floats, k: Ints, *, permutations: int = 0, seed: int = 0) -> Tails:
    """Both tails for each place: ``sums`` over its ``k`` neighbours, itself left out.

    ``permutations`` 0: exact where the values are whole numbers and not too large, else as many
    draws as the number of places needs (40 for each) and time allows (99,999 to 999,999). Drawn
    tails are (1 + #as extreme)/(draws + 1), Phipson and Smyth 2010. ``values``, ``sums``, ``k``
    are (n,); every k below n.
    """
    values = np.asarray(values, dtype=np.float64)
    sums = np.asarray(sums, dtype=np.float64)
    if permutations == 0:
        most = max(int(k.max(initial=0)), 1)
        permutations = max(LEAST, min(40 * len(values), MOST, DRAWN // most))
        work = max(EXACT_WORK, PER_DRAWN * permutations * most)
        if (found := exact(values, sums, k, work=work)) is not None:
            return found
    return drawn(values, sums, k, permutations=permutations, seed=seed)


# ------------------------------------------------------------------ exact


def exact(values: Floats, sums: Floats, k: Ints, *, work: float = EXACT_WORK) -> Tails | None:
    """The exact tails; ``None`` where they take more than ``work`` or values are no whole numbers.

    ``work`` in multiplications, about 2 ns each.
    """
    n, most = len(values), int(k.max(initial=0))
    if most == 0:
        return Tails(upper=np.ones(n), lower=np.ones(n), draws=0)
    if np.any(values != np.rint(values)) or most * most > 20 * n:
        return None  # taking one value out again loses digits where nearly all are neighbours
    low = values.min()
    whole = (values - low).astype(np.int64)
    unit = max(int(np.gcd.reduce(whole)), 1)  # a million or nothing is one or nothing
    whole //= unit
    observed = np.rint((sums - k * low) / unit).astype(np.int64)
    distinct, which, count = np.unique(whole, return_inverse=True, return_counts=True)
    # sums beyond the largest observed one are held together in the last column
    size = int(observed.max()) + 2
    parts = [_parts(int(one), n, most) for one in count]
    table = (most + 1) * size
    if table > CHUNK or (sum(parts) + 4 * len(distinct)) * table > work:
        return None
    chance = _distribution(distinct, count, parts, most, size)
    upper, lower = np.ones(n), np.ones(n)
    for at, value in enumerate(distinct):
        mine = np.flatnonzero((which == at) & (k > 0))
        rest = _without(chance, int(value), n)
        up = np.cumsum(rest[:, ::-1], axis=1)[:, ::-1]
        down = np.cumsum(rest, axis=1)
        upper[mine] = up[k[mine], observed[mine]]
        lower[mine] = down[k[mine], observed[mine]]
    # what is observed is one of all sets: no tail is lighter than one set, whatever the rounding;
    # of a hundred neighbours there are more sets than a number can say
    least = np.exp(-(gammaln(n) - gammaln(k + 1) - gammaln(n - k)))
    least = np.maximum(least, np.finfo(float).tiny)
    return Tails(upper=np.clip(upper, least, 1.0), lower=np.clip(lower, least, 1.0), draws=0)


def _parts(count: int, n: int, most: int) -> int:
    """How many of ``most`` draws may be one of ``count`` among n; the chance of more is 1e-20."""
    return int(min(count, most, hypergeom.isf(1e-20, n, count, most) + 1))


def _distribution(
    distinct: NDArray[Any], count: NDArray[Any], parts: list[int], most: int, size: int
) -> Floats:
    """(most + 1, size): chance of each sum of j values drawn from all, without replacement.

    The last column holds the chance of all larger sums.
    """
    chance = np.zeros((most + 1, size))
    chance[0, 0] = 1.0
    held = 0
    draws = np.arange(most + 1)
    for value, times, part in zip(distinct.tolist(), count.tolist(), parts, strict=True):
        grown = np.zeros_like(chance)
        special, plain = _log_choose(times, most), _log_choose(held, most)
        every = _log_choose(held + times, most)
        # while few are held, more of the draws are of this value than will be in the end
        for a in range(min(times, most, part if held > times else most) + 1):
            j = draws[a:]
            with np.errstate(invalid="ignore"):  # -inf − -inf: more drawn than there are
                share = np.exp(special[a] + plain[j - a] - every[j])
            share[~np.isfinite(share)] = 0.0
            moved = share[:, None] * chance[: most + 1 - a]
            shift = min(a * value, size - 1)
            grown[a:, shift:] += moved[:, : size - shift]
            grown[a:, -1] += moved[:, size - shift :].sum(axis=1)
        chance, held = grown, held + times
    return chance


def _log_choose(m: int, most: int) -> Floats:
    """log C(m, 0…most); -inf where more are chosen than there are."""
    j = np.arange(most)
    with np.errstate(divide="ignore"):
        return np.concatenate([[0.0], np.cumsum(np.log(np.maximum(m - j, 0)) - np.log(j + 1))])


def _without(chance: Floats, value: int, n: int) -> Floats:
    """The same after one ``value`` is taken out: F_j = (1 − j/n)·Q_j + j/n·Q_{j−1} moved by it."""
    rest = np.empty_like(chance)
    rest[0] = chance[0]
    size = chance.shape[1]
    shift = min(value, size - 1)
    for j in range(1, len(chance)):
        row = chance[j].copy()
        row[shift:] -= j / n * rest[j - 1, : size - shift]
        row[-1] -= j / n * rest[j - 1, size - shift :].sum()
        rest[j] = np.maximum(row, 0.0) / (1 - j / n)
    return rest


# ------------------------------------------------------------------ drawn


def drawn(values: Floats, sums: Floats, k: Ints, *, permutations: int, seed: int) -> Tails:
    """Tails from ``permutations`` draws; the same seed gives the same tails."""
    n, most = len(values), int(k.max(initial=0))
    more, less = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    # sums of the same numbers in another order differ in the last digits
    hair = 1e-9 * max(float(np.abs(values).max(initial=0.0)), 1e-300) * max(most, 1)
    at_least, at_most = sums - hair, sums + hair
    sizes = [int(one) for one in np.unique(k) if one > 0]
    groups = {size: np.flatnonzero(k == size) for size in sizes}
    for places in _draws(n, most, permutations, np.random.default_rng(seed)):
        running = np.cumsum(values[places], axis=0)
        for size, group in groups.items():
            ranked = np.sort(running[size - 1])
            more[group] += len(ranked) - np.searchsorted(ranked, at_least[group], side="left")
            less[group] += np.searchsorted(ranked, at_most[group], side="right")
        for j in range(most):
            place = places[j]
            hit = np.flatnonzero(k[place] > j)  # the draw holds the place itself
            place = place[hit]
            size = k[place]
            before = running[size - 1, hit]
            after = running[size, hit] - values[place]
            floor, roof = at_least[place], at_most[place]
            change = (after >= floor).astype(np.int8) - (before >= floor)
            np.add.at(more, place[change != 0], change[change != 0])
            change = (after <= roof).astype(np.int8) - (before <= roof)
            np.add.at(less, place[change != 0], change[change != 0])
    alone = k == 0
    upper, lower = (1.0 + more) / (permutations + 1), (1.0 + less) / (permutations + 1)
    upper[alone] = lower[alone] = 1.0
    return Tails(upper=upper, lower=lower, draws=permutations)


def _draws(
    n: int, most: int, permutations: int, rng: np.random.Generator
) -> Iterator[NDArray[np.int32]]:
    """Blocks (most + 1, r): each column that many different places in random order."""
    if most == 0:
        return
    width = most + 1
    sparse = most * most <= 2 * n  # then a third or more of the columns has no place twice
    left = permutations
    while left:
        rows = min(left, max(1, CHUNK // (width if sparse else n)))
        if sparse:
            block = _different(n, width, rows, rng)
        else:
            order = rng.permuted(np.tile(np.arange(n, dtype=np.int32), (rows, 1)), axis=1)
            block = np.ascontiguousarray(order[:, :width].T)
        yield block
        left -= rows


def _different(n: int, width: int, rows: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """Columns drawn anew as a whole until no place stands twice in one: uniform on what remains."""
    block = rng.integers(0, n, size=(width, rows), dtype=np.int32)
    doubtful = np.arange(rows)
    while len(doubtful):
        part = block[:, doubtful]
        twice = np.zeros(len(doubtful), dtype=bool)
        if width <= 16:  # few enough to compare all with all
            for j in range(1, width):
                for i in range(j):
                    twice |= part[i] == part[j]
        else:
            ranked = np.sort(part.T, axis=1)
            twice = (ranked[:, 1:] == ranked[:, :-1]).any(axis=1)
        doubtful = doubtful[twice]
        block[:, doubtful] = rng.integers(0, n, size=(width, len(doubtful)), dtype=np.int32)
    return block
