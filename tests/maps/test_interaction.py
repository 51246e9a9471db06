"""Knox on the published cases of Burkitt's lymphoma, against brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from maps.statistics.interaction import knox
from tests.maps.examples import columns


def test_burkitt() -> None:
    """libpysal ``burkitt``, 188 cases, distance 20, time 5; pointpats prints these numbers."""
    x, y, time = columns("burkitt.dbf", "X", "Y", "T")
    found = knox(np.column_stack([x, y]), time, near_m=20, near_time=5, permutations=999)
    assert found.near_both == 13
    assert found.table.tolist() == [[13, 3416], [39, 14110]]
    # pointpats prints P(more than 13); as many as observed belong to the chance
    assert poisson.sf(13, found.expected) == pytest.approx(0.146246, abs=5e-7)
    assert found.p_poisson == pytest.approx(poisson.sf(12, found.expected))
    assert 0.1 < found.p < 0.35


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(0, 25))
def test_pairs_are_those_counted_one_by_one(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    xy, time = rng.integers(0, 6, (n, 2)).astype(float), rng.integers(0, 6, n).astype(float)
    found = knox(xy, time, near_m=2, near_time=1)
    table = np.zeros((2, 2), dtype=int)
    for i in range(n):
        for j in range(i):
            far = np.hypot(*(xy[i] - xy[j])) > 2
            table[int(far), int(abs(time[i] - time[j]) > 1)] += 1
    assert found.table.tolist() == table.tolist()
    assert 0 < found.p_poisson <= 1
    assert found.p == 1.0
