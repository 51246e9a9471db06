"""Shares of overridden decisions with their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from maps import misroutes
from tests.maps.made_cases import everything, made, none, tiles


def test_shares_among_the_decided() -> None:
    cases = made(
        [5] * 60,
        [5] * 60,
        community=["C00"] * 40 + ["C01"] * 10 + [None] * 10,
        overridden=[1] * 4 + [0] * 26 + [-1] * 10 + [1] * 10 + [0] * 10,
    )
    found = misroutes.by_area(cases, tiles(3, 1), everything())
    assert found.decided.tolist() == [30, 10, 0]
    assert found.overridden.tolist() == [4, 10, 0]
    assert found.share[:2] == pytest.approx([4 / 30, 1.0])
    assert np.isnan(found.share[2])
    assert found.suppressed.tolist() == [False, True, True]
    assert found.outside == 10
    assert found.flows is None
    assert any("未记录" in one for one in found.method.warnings)


@given(of=st.integers(1, 5000), part=st.floats(0, 1))
def test_wilson_is_that_of_statsmodels(of: int, part: float) -> None:
    hits = round(of * part)
    low, high = misroutes.wilson(np.array([hits]), np.array([of]))
    expected = proportion_confint(hits, of, method="wilson")
    assert (low[0], high[0]) == pytest.approx(expected, abs=1e-9)
    assert low[0] <= hits / of <= high[0]


def test_no_cases_are_no_share() -> None:
    found = misroutes.by_area(none(), tiles(2, 1), everything())
    assert np.isnan(found.share).all()
    assert np.isnan(found.low).all()
    assert found.suppressed.all()
    assert found.outside == 0
