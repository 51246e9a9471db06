"""How often the space-time scan finds an outbreak, and an outbreak where there is none."""

from __future__ import annotations

import numpy as np

from maps import scan

RUNS = 200
_SIDE, _STEP_M = 10, 500.0
_DAYS = 56
_CASES = 280
"""Five a day over a hundred places: 0.05 each, thinner than any series could be judged."""
_WHERE = (44, 45, 54)
"""Three places that meet at a corner, in the middle."""


def measure_scan(extra: int, seed: int) -> tuple[float, float]:
    """Share of runs whose likeliest cluster has p ≤ 0.05 and p ≤ 0.005.

    ``extra`` cases lie in three places in the last three days; with none the shares are those of
    false alarms. A found one counts only if it holds at least two of the three places.
    """
    xy = np.array([(i * _STEP_M, j * _STEP_M) for i in range(_SIDE) for j in range(_SIDE)])
    busy = np.random.default_rng([seed, 9]).gamma(2, 1, len(xy))
    often = surely = 0
    for run in range(RUNS):
        draws = np.random.default_rng([seed, extra, run])
        place = draws.choice(len(xy), _CASES, p=busy / busy.sum())
        step = draws.integers(0, _DAYS, _CASES)
        place = np.concatenate([place, draws.choice(_WHERE, extra)])
        step = np.concatenate([step, draws.integers(_DAYS - 3, _DAYS, extra)])
        found = scan.space_time_permutation(
            xy,
            step,
            place,
            steps=_DAYS,
            max_steps=7,
            max_share=0.2,
            max_radius_m=3000,
            permutations=199,
            seed=run,
            give_up_after=20,
        ).clusters
        if not found or (extra and len(set(found[0].members) & set(_WHERE)) < 2):
            continue
        often += found[0].p <= 0.05
        surely += found[0].p <= 0.005
    return often / RUNS, surely / RUNS
