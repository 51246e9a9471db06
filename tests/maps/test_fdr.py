"""Benjamini–Hochberg: the published example, an oracle, and what always holds."""

from __future__ import annotations

import esda
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from maps.statistics import fdr

CHANCES = st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=60).map(np.array)


def test_the_example_of_the_paper() -> None:
    """Benjamini and Hochberg 1995, section 4.1: 15 p-values, 4 rejected at 0.05."""
    text = """0.0001 0.0004 0.0019 0.0095 0.0201 0.0278 0.0298 0.0344
              0.0459 0.3240 0.4262 0.5719 0.6528 0.7590 1.0000"""
    p = np.array([float(one) for one in text.split()])
    assert fdr.significant(p, 0.05).tolist() == [True] * 4 + [False] * 11


@given(CHANCES, st.sampled_from([0.01, 0.05, 0.2]))
def test_agrees_with_scipy_and_esda(p: np.ndarray, q: float) -> None:
    np.testing.assert_allclose(fdr.adjusted(p), false_discovery_control(p), rtol=1e-12)
    # at equality esda says no, the paper says yes
    assume(not np.any(np.isclose(fdr.adjusted(p), q)))
    found = fdr.significant(p, q)
    # esda answers q/m where nothing stands, and leaves the comparison to its user
    assert np.array_equal(found, p <= esda.fdr(p, q)) or not found.any()


@given(CHANCES, st.integers(0, 10_000))
def test_order_does_not_matter(p: np.ndarray, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(p))
    assert np.array_equal(fdr.adjusted(p)[order], fdr.adjusted(p[order]))


@given(CHANCES, st.floats(0.001, 0.4), st.floats(0.001, 0.4))
def test_a_laxer_rate_keeps_what_a_stricter_one_found(p: np.ndarray, a: float, b: float) -> None:
    strict, lax = fdr.significant(p, min(a, b)), fdr.significant(p, max(a, b))
    assert not np.any(strict & ~lax)


@settings(max_examples=50)
@given(CHANCES, st.data())
def test_smaller_p_finds_no_less_and_q_keeps_the_order_of_p(
    p: np.ndarray, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(p) - 1))
    smaller = p.copy()
    smaller[at] /= 2
    assert np.all(fdr.adjusted(smaller) <= fdr.adjusted(p) + 1e-15)
    order = np.argsort(p, kind="stable")
    assert np.all(np.diff(fdr.adjusted(p)[order]) >= 0)
    assert np.all((fdr.adjusted(p) >= p * (1 - 1e-12)) & (fdr.adjusted(p) <= 1))


def test_nothing_and_impossible_chances() -> None:
    assert fdr.adjusted(np.empty(0)).shape == (0,)
    assert fdr.significant(np.empty(0), 0.05).shape == (0,)
    for wrong in (0.0, 1.1, np.nan, -0.1):
        with pytest.raises(ValueError, match="outside"):
            fdr.adjusted(np.array([0.5, wrong]))
