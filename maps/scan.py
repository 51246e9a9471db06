"""Scan statistics: the circle, or cylinder, least like chance, with its Monte Carlo p.

Kulldorff 1997 (Poisson) and Kulldorff et al. 2005 (space-time permutation). Every place is the
middle of circles that grow from place to place; the largest likelihood ratio over all windows is
compared with the largest of each simulation, so that one p answers for all windows together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maps.model import Floats, Method
from maps.scanning.circles import circles
from maps.scanning.likelihood import Likelihood
from maps.scanning.monte_carlo import simulate
from maps.scanning.windows import ScanCluster, Windows
from routing.errors import UserInputError

__all__ = ["ScanCluster", "ScanResult", "poisson", "space_time_permutation"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ScanResult:
    """The most likely cluster first, then those that share no place with a likelier one."""

    clusters: tuple[ScanCluster, ...]
    """Not only significant ones: look at ``p``. Empty where no window has more than expected."""
    method: Method


def poisson(
    xy_m: Floats,
    cases: NDArray[Any],
    population: Floats,
    *,
    max_share: float = 0.5,
    max_radius_m: float | None = None,
    permutations: int = 999,
    seed: int = 0,
    give_up_after: int | None = None,
) -> ScanResult:
    """Where is the rate of cases to population higher than elsewhere?

    ``xy_m`` (n, 2) metres, ``cases`` (n,) counts, ``population`` (n,) what they are compared with
    (residents, or expected cases). Windows hold at most ``max_share`` of the population. Places
    without population are left out together with their cases, which a warning says. No cases or
    fewer than two places give no clusters. Raises UserInputError for negative or missing numbers.
    """
    cases, population = np.asarray(cases), np.asarray(population, dtype=np.float64)
    if len(cases) != len(xy_m) or len(population) != len(xy_m):
        raise UserInputError(
            f"地点 {len(xy_m)} 个、件数 {len(cases)} 个、人口 {len(population)} 个，三者应一样多"
        )
    if len(cases) and (
        np.min(cases) < 0 or not np.isfinite(population).all() or population.min() < 0
    ):
        raise UserInputError("件数和人口不能为负或缺失；请先补齐分母，或去掉这些地点")
    kept = np.flatnonzero(population > 0)
    warnings = []
    lost = int(cases.sum() - cases[kept].sum())
    if len(kept) < len(cases):
        warnings.append(f"{len(cases) - len(kept)} 个地点没有人口，连同其 {lost} 件未参与扫描。")
    counts, people = cases[kept].astype(np.int64), population[kept]
    total, n = int(counts.sum()), len(kept)
    choices = {
        "窗口": f"圆，不超过人口的 {max_share:.0%}",
        "半径上限": "不限" if max_radius_m is None else f"{max_radius_m:,.0f} 米",
    }
    method = Method(
        name="泊松扫描（Kulldorff）",
        null="各处件数只与人口成比例，没有哪一片的发生率更高",
        alternative="至少有一个圆内的发生率高于圆外",
        correction="以每次模拟的最大值为参照，对全部窗口一并校正",
        permutations=permutations,
        seed=seed,
        n=n,
        choices=choices,
        warnings=tuple(warnings),
    )
    if total == 0 or n < 2:
        return ScanResult(clusters=(), method=method)
    around = circles(xy_m[kept], people, max_share=max_share, max_radius_m=max_radius_m)
    if not around.ends.any():
        return ScanResult(clusters=(), method=method)
    expected = around.summed(people * (total / people.sum()))
    likelihood = Likelihood(expected, total)
    observed = around.summed(counts)
    ratios = likelihood.ratios(observed)
    best = float(ratios.max())
    if best <= 0:
        return ScanResult(clusters=(), method=method)
    draws, share = np.random.default_rng(seed), people / people.sum()
    null = simulate(
        lambda: likelihood.largest(around.summed(draws.multinomial(total, share))),
        permutations,
        observed=best,
        give_up_after=give_up_after,
    )
    windows = Windows(
        around=around,
        rows=kept,
        ratios=ratios[:, None],
        expected=expected[:, None],
        observed=observed[:, None],
        total=total,
        periods=(None,),
    )
    return ScanResult(clusters=windows.apart(xy_m, null), method=method)


def space_time_permutation(
    xy_m: Floats,
    step: NDArray[Any],
    place: NDArray[Any],
    *,
    steps: int | None = None,
    prospective: bool = True,
    max_share: float = 0.5,
    max_radius_m: float | None = None,
    max_steps: int | None = None,
    min_cases: int = 2,
    permutations: int = 999,
    seed: int = 0,
    give_up_after: int | None = None,
) -> ScanResult:
    """Where and since when are there more cases than place and time explain each for itself?

    ``step`` (m,) is the step of each case, 0 to ``steps`` − 1; ``place`` (m,) its row in ``xy_m``
    (n, 2). No population is needed: busy places and busy weeks are both expected. ``prospective``
    looks only at periods that end with the last step. Periods have at most ``max_steps`` steps (by
    default half of all), circles at most ``max_share`` of the cases. Fewer than two cases, one
    place or one step give no clusters. Raises UserInputError for a step or place out of range.
    """
    step, place = np.asarray(step, dtype=np.int64), np.asarray(place, dtype=np.int64)
    n, total = len(xy_m), len(step)
    length = int(steps if steps is not None else step.max(initial=-1) + 1)
    if len(place) != total:
        raise UserInputError(f"{total} 件有时段、{len(place)} 件有地点，应一样多")
    if total and (step.min() < 0 or step.max() >= length or place.min() < 0 or place.max() >= n):
        raise UserInputError(
            f"时段应在 0 到 {length - 1}、地点应在 0 到 {n - 1}；实际为 {step.min()}–{step.max()}、"
            f"{place.min()}–{place.max()}"
        )
    longest = min(max_steps or length // 2, length // 2)
    method = Method(
        name="时空重排扫描（前瞻）" if prospective else "时空重排扫描（回顾）",
        null="地点与时间相互独立：哪里多、哪天多各自照旧，没有哪一片在某段时间格外多",
        alternative="至少有一个圆在某段时间内的件数多于两者各自所能解释的",
        correction="以每次重排的最大值为参照，对全部窗口一并校正",
        permutations=permutations,
        seed=seed,
        n=total,
        choices={
            "窗口": f"圆柱，不超过总件数的 {max_share:.0%}，最长 {longest} 个时段",
            "半径上限": "不限" if max_radius_m is None else f"{max_radius_m:,.0f} 米",
            "最少件数": f"{min_cases} 件",
        },
    )
    if total < 2 or n < 2 or longest < 1:
        return ScanResult(clusters=(), method=method)
    at_place = np.bincount(place, minlength=n)
    per_step = np.bincount(step, minlength=length)
    periods = [
        (first, last)
        for last in ([length - 1] if prospective else range(length))
        for first in range(max(last - longest + 1, 0), last + 1)
        if per_step[first : last + 1].sum() >= min_cases
    ]
    around = circles(
        xy_m,
        at_place.astype(np.float64),
        max_share=max_share,
        max_radius_m=max_radius_m,
        periods=max(len(periods), 1),
    )
    if not periods or not around.ends.any():
        return ScanResult(clusters=(), method=method)
    starts, stops = (np.array(one) for one in zip(*periods, strict=True))
    up_to = np.concatenate([[0], per_step.cumsum()])
    in_period = up_to[stops + 1] - up_to[starts]
    expected = around.summed(at_place)[:, None] * in_period[None, :] / total
    likelihood = Likelihood(expected, total, at_least=min_cases)
    earliest = int(starts.min())

    def counted(when: NDArray[Any]) -> NDArray[Any]:
        # Steps before the earliest period only fill up the margin.
        used = when >= earliest
        cells = place[used] * (length - earliest) + (when[used] - earliest)
        table = np.bincount(cells, minlength=n * (length - earliest))
        # Half the width of a number is half the time: these sums are the whole of the work.
        running = np.zeros((n, length - earliest + 1), dtype=np.int32)
        running[:, 1:] = table.reshape(n, -1).cumsum(axis=1)
        within = running[:, stops + 1 - earliest] - running[:, starts - earliest]
        return around.summed(within.T).T

    observed = counted(step)
    ratios = likelihood.ratios(observed)
    best = float(ratios.max())
    if best <= 0:
        return ScanResult(clusters=(), method=method)
    draws = np.random.default_rng(seed)
    null = simulate(
        lambda: likelihood.largest(counted(draws.permutation(step))),
        permutations,
        observed=best,
        give_up_after=give_up_after,
    )
    windows = Windows(
        around=around,
        rows=np.arange(n),
        ratios=ratios,
        expected=expected,
        observed=observed,
        total=total,
        periods=tuple(periods),
    )
    return ScanResult(clusters=windows.apart(xy_m, null), method=method)
