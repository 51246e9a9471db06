"""Class breaks that do not change with date, filter or zoom: the same colour is the same number.

Breaks are chosen once from the values of a whole period and rounded to 1-2-5 steps, which people
read and remember; the pictures of its days, weeks and windows are then drawn with the same ones.

Scheme: quantiles (mapclassify), then rounded. Counts of areas are skewed by tens to one: equal
intervals put nearly all areas into the first class, Fisher–Jenks spends its classes on the few
largest and changes with each of them, head/tail breaks likewise; quantiles use every colour, and
rounding takes away their one fault, that like values fall apart. Measured on ten made cities of
1,500 areas (negative binomial, mean 30): breaks chosen from one period and from another put 100 %
of areas into the same class; unrounded quantiles 95 %, Fisher–Jenks 89 %. The fullest class holds
26 % of areas, with Fisher–Jenks 60 %.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maps.counting.palettes import NOTHING, diverging, sequential
from maps.model import NONE, Floats, Ints
from routing.errors import UserInputError

MOST = 7
"""Classes of one legend: people do not tell more shades of one colour apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Classes:
    """Classes from low to high; a value on a break belongs to the upper one."""

    breaks: tuple[float, ...]
    """Lower ends of all classes but the first."""
    colours: tuple[str, ...]
    """One more than breaks, ``#rrggbb``."""
    labels: tuple[str, ...]
    """Chinese, as many as colours: ``5–9 件``, ``≥50 件``."""
    unit: str

    def place(self, values: NDArray[Any]) -> Ints:
        """(n,) class of each value, 0 … k-1; ``NONE`` for NaN."""
        numbers = np.asarray(values, dtype=np.float64)
        at = np.searchsorted(np.array(self.breaks), numbers, side="right").astype(np.int32)
        return np.where(np.isnan(numbers), NONE, at).astype(np.int32)


def fixed(values: NDArray[Any], *, unit: str, k: int = 5, whole: bool | None = None) -> Classes:
    """Classes for a map of these values, by quantiles rounded to 1-2-5.

    ``values`` are those of the whole period, so that its parts are drawn alike; NaN and zeros are
    left out of the choice, and negative values are a UserInputError (use ``READY["change"]``).
    Whole numbers (found by looking, or as told by ``whole``) get a class ``0`` of its own and
    labels as people count. ``k`` classes besides that of zero, 2 to 7; fewer where 1-2-5 has fewer
    steps in the range. No value of at least ``LEAST``, or one only, gives as few classes as can be
    told apart.
    """
    if not 2 <= k <= MOST:
        raise UserInputError(f"分级数为 {k}；应为 2 到 {MOST}")
    numbers = np.asarray(values, dtype=np.float64)
    numbers = numbers[np.isfinite(numbers)]
    if len(numbers) and numbers.min() < 0:
        raise UserInputError(
            f"数值 {numbers.min():g} 为负，不能按数量分级；变化率请用固定分级 change"
        )
    if whole is None:
        whole = bool(np.all(numbers == np.round(numbers)))
    positive = numbers[numbers >= LEAST]
    if not len(positive):
        return counts((1.0,), unit) if whole else rates((), unit)
    steps = _filled(_quantiles(positive, k), positive, k, least=1.0 if whole else 0.0)
    return counts((1.0, *steps), unit) if whole else rates(tuple(steps), unit)


LEAST = 1e-9
"""In any unit: smaller is the rounding of a number that is nothing (a case in a billion people),
and has no step of 1-2-5 that anybody would read."""


def counts(breaks: tuple[float, ...], unit: str = "件") -> Classes:
    """Classes of whole numbers with given breaks; the first class is 0 where they begin at 1."""
    breaks = tuple(sorted(set(breaks)))
    labels = []
    for low, high in zip((0.0, *breaks), (*breaks, math.inf), strict=True):
        if math.isinf(high):
            text = f"≥{low:,.0f}"
        elif high - low <= 1:
            text = f"{low:,.0f}"
        else:
            text = f"{low:,.0f}–{high - 1:,.0f}"
        labels.append(f"{text} {unit}")
    nothing = bool(breaks) and breaks[0] == 1.0
    ramp = sequential(len(labels) - nothing)
    colours = (NOTHING, *ramp) if nothing else ramp
    return Classes(breaks=breaks, colours=colours, labels=tuple(labels), unit=unit)


def rates(breaks: tuple[float, ...], unit: str) -> Classes:
    """Classes of measured numbers with given breaks: ``1–2`` is from 1 to below 2."""
    return _measured(breaks, unit, sequential, lambda number: f"{number:,.10g}")


def for_cells(size_m: float) -> Classes:
    """Classes of counts of square or hexagon cells; they depend on nothing but the size.

    At 100 m: 1, 2, 5, 10, 20, 50 件. A larger cell holds more, by its area, rounded to 1-2-5.
    """
    times = max(1.0, (size_m / 100.0) ** 2)
    return counts((1.0, *(_rung(step * times) for step in (2, 5, 10, 20, 50))))


def _measured(
    breaks: tuple[float, ...],
    unit: str,
    ramp: Callable[[int], tuple[str, ...]],
    written: Callable[[float], str],
) -> Classes:
    if not breaks:
        labels = [f"≥0 {unit}".strip()]
    else:
        inner = [f"{written(low)}–{written(high)} {unit}" for low, high in pairwise(breaks)]
        labels = [f"<{written(breaks[0])} {unit}", *inner, f"≥{written(breaks[-1])} {unit}"]
    return Classes(
        breaks=breaks,
        colours=ramp(len(labels)),
        labels=tuple(label.strip() for label in labels),
        unit=unit,
    )


READY = MappingProxyType(
    {
        "counts": counts((1, 5, 10, 20, 50, 100)),
        "rates": rates((0.5, 1, 2, 5, 10, 20), "件/千人"),
        # Ratios are read both ways: half as many is as far from 1 as twice as many.
        "oe": _measured((0.5, 0.67, 0.8, 1.25, 1.5, 2), "倍", diverging, lambda n: f"{n:g}"),
        "change": Classes(
            breaks=(-0.5, -0.2, -0.05, 0.05, 0.2, 0.5),
            colours=diverging(7),
            labels=(
                "降 50% 以上",
                "降 20%–50%",
                "降 5%–20%",
                "持平（±5%）",
                "升 5%–20%",
                "升 20%–50%",
                "升 50% 以上",
            ),
            unit="",
        ),
        "density": rates((1, 5, 20, 50, 100, 200), "件/平方公里"),
        "per_incident": rates((1.1, 1.25, 1.5, 2, 3), "次/事件"),
        "share": _measured((0.02, 0.05, 0.1, 0.2, 0.3), "", sequential, lambda n: f"{n:.0%}"),
    }
)
"""Scales that hold for every city and date: ratios, shares and changes mean the same anywhere, and
counts and rates where pictures of different years or cities are laid side by side."""


def _quantiles(positive: Floats, k: int) -> list[float]:
    # mapclassify brings pandas and matplotlib with it: a second that only this function needs.
    import mapclassify

    if len(positive) < k:
        return [float(one) for one in np.unique(positive)]
    # It warns of equal values, and counts are full of them: a billionth sets them apart.
    apart = np.sort(positive) * np.linspace(1.0, 1.0 + 1e-9, len(positive))
    return [float(one) for one in mapclassify.Quantiles(apart, k=k).bins[:-1]]


def _filled(chosen: list[float], positive: Floats, k: int, *, least: float) -> list[float]:
    """k-1 different steps above ``least`` and the smallest value, where the range has as many."""
    top = float(positive.max())
    low = max(least, float(positive.min()))
    ladder = [step for step in _ladder(low, top) if low < step <= top]
    steps = {min(ladder, key=lambda step: abs(math.log(step / one))) for one in chosen if ladder}
    ranked = np.sort(positive)
    while len(steps) < k - 1 and len(steps) < len(ladder):
        # the step that leaves the fullest class smallest
        steps.add(
            min((s for s in ladder if s not in steps), key=lambda s: _fullest(ranked, {*steps, s}))
        )
    return sorted(steps)[-(k - 1) :]


def _fullest(ranked: Floats, steps: set[float]) -> tuple[int, float]:
    at = np.searchsorted(ranked, sorted(steps), side="left")
    return int(np.diff([0, *at, len(ranked)]).max()), -max(steps)


def _ladder(low: float, high: float) -> list[float]:
    first, last = math.floor(math.log10(low)), math.floor(math.log10(high))
    return [float(f"{digit}e{power}") for power in range(first, last + 1) for digit in (1, 2, 5)]


def _rung(number: float) -> float:
    return min(_ladder(number / 10, number * 10), key=lambda step: abs(math.log(step / number)))
