"""Moran's I: published numbers, esda, and what always holds."""

from __future__ import annotations

import warnings

import esda
import libpysal
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps import moran
from maps.weights import distance_band, from_pairs, k_nearest
from routing.errors import UserInputError
from tests.maps.examples import lattice, shipped


def test_homicides_in_st_louis() -> None:
    """esda ``Moran`` docstring: libpysal ``stl_hom`` HR8893, ``stl.gal``; its p is one-sided."""
    _, weights, [rates] = shipped("stl.gal", "stl_hom.txt", "HR8893")
    found = moran.global_moran(rates, weights, variance="normal")
    assert found.i == pytest.approx(0.24365583, abs=5e-9)
    assert found.p / 2 == pytest.approx(0.00013574, abs=5e-9)


def test_rates_of_sudden_deaths() -> None:
    """esda ``Moran_Rate`` docstring: libpysal ``sids2`` SID79/BIR79; its p is one-sided."""
    _, weights, [deaths, births] = shipped("sids2.gal", "sids2.dbf", "SID79", "BIR79")
    found = moran.global_moran(moran.eb_rates(deaths, births), weights, variance="normal")
    assert found.i == pytest.approx(0.16622344, abs=5e-9)
    assert found.p / 2 == pytest.approx(0.00419150, abs=5e-9)


@pytest.mark.parametrize("rows", [True, False])
def test_both_variances_are_esda_s(rows: bool) -> None:
    theirs, weights, [rates] = shipped("stl.gal", "stl_hom.txt", "HR8893")
    right = esda.Moran(rates, theirs, transformation="r" if rows else "b", permutations=0)
    random = moran.global_moran(rates, weights, rows=rows)
    normal = moran.global_moran(rates, weights, rows=rows, variance="normal")
    assert random.i == pytest.approx(right.I, abs=1e-12)
    assert random.z == pytest.approx(right.z_rand, abs=1e-9)
    assert normal.z == pytest.approx(right.z_norm, abs=1e-9)
    one_sided = moran.global_moran(rates, k_nearest(np.random.default_rng(1).random((78, 2)), 4))
    assert np.isfinite(one_sided.z)


def test_one_sided_neighbours_as_in_esda() -> None:
    xy = np.random.default_rng(3).uniform(0, 10, (50, 2))
    values = xy[:, 0] + np.random.default_rng(4).normal(0, 2, 50)
    right = esda.Moran(values, libpysal.weights.KNN(xy, k=4), permutations=0)
    found = moran.global_moran(values, k_nearest(xy, 4))
    assert (found.i, found.z) == pytest.approx((right.I, right.z_rand), abs=1e-9)


def test_nothing_to_say() -> None:
    weights = lattice(4)
    for values in (np.full(16, 7.0), np.zeros(16)):
        found = moran.global_moran(values, weights)
        assert (found.z, found.p) == (0.0, 1.0)
        local = moran.local_moran(values, weights)
        assert set(local.quadrant) == {"none"}
        assert np.array_equal(local.p, np.ones(16))
        assert any("无法检验" in said for said in local.method.warnings)
    alone = from_pairs(9, np.empty(0), np.empty(0), about="无")
    assert moran.global_moran(np.arange(9.0), alone).p == 1.0
    assert set(moran.local_moran(np.arange(9.0), alone).quadrant) == {"none"}
    with pytest.raises(ValueError, match="finite"):
        moran.local_moran(np.full(16, np.nan), weights)


@pytest.mark.parametrize("base", [0.0, -3.0])
def test_rates_need_positive_denominators(base: float) -> None:
    with pytest.raises(UserInputError, match="1 个单元的分母"):
        moran.eb_rates(np.array([1.0, 2.0]), np.array([10.0, base]))


def test_local_i_is_esda_s_and_its_sum_the_global_one() -> None:
    theirs, weights, [deaths] = shipped("sids2.gal", "sids2.dbf", "SID79")
    found = moran.local_moran(deaths, weights)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        right = esda.Moran_Local(deaths, theirs, permutations=0)
    # esda divides by the variance of n, we as Anselin by that of n as well: n/(n − 1) apart
    np.testing.assert_allclose(found.i, right.Is * 100 / 99, atol=1e-9)
    assert found.i.mean() == pytest.approx(moran.global_moran(deaths, weights).i)


def test_quadrants_name_clusters_and_outliers() -> None:
    rng = np.random.default_rng(5)
    values = rng.poisson(5.0, (24, 24)).astype(float)
    values[3:7, 3:7] += 15
    values[14:22, 14:22] = 0
    values[5, 5] = 0  # low in the middle of the high
    values[19, 19] = 25  # high in the middle of the low
    found = moran.local_moran(values.ravel(), lattice(24))
    named = np.array(found.quadrant).reshape(24, 24)
    assert (named[4, 4], named[16, 16], named[5, 5], named[19, 19]) == ("HH", "LL", "LH", "HL")
    assert set(found.quadrant) <= set(moran.QUADRANTS)
    assert (np.array(found.quadrant) != "none").sum() < 100


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_order_and_unit_do_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 1000, (36, 2))
    values = rng.poisson(3.0, 36).astype(float)
    values[0] += 1
    order = rng.permutation(36)
    here, there = distance_band(xy, 300), distance_band(xy[order] + 7e5, 300)
    one, other = moran.global_moran(values, here), moran.global_moran(2 * values[order] + 1, there)
    assert (other.i, other.z) == pytest.approx((one.i, one.z), abs=1e-9)
    local, moved = moran.local_moran(values, here), moran.local_moran(values[order], there)
    np.testing.assert_allclose(moved.p, local.p[order], rtol=1e-6)
    assert moved.quadrant == tuple(local.quadrant[at] for at in order)


def test_growing_distances_agree_with_one_at_a_time_and_peak_at_the_size_of_the_clusters() -> None:
    side = 40
    ij = np.argwhere(np.ones((side, side)))
    rng = np.random.default_rng(6)
    values = rng.poisson(3.0, (side, side)).astype(float)
    for row, column in ((6, 6), (6, 28), (28, 6), (28, 28)):
        values[row : row + 6, column : column + 6] += 6
    xy = ij * 200.0
    bands = [200 * (step + 1.5) for step in range(8)]
    found = moran.incremental(values.ravel(), xy, bands)
    for band, one in zip(bands, found.moran, strict=True):
        right = moran.global_moran(values.ravel(), distance_band(xy, band), rows=False)
        assert (one.i, one.z) == pytest.approx((right.i, right.z), abs=1e-9)
    assert found.peak_m is not None
    assert 500 <= found.peak_m <= 1300
    noise = moran.incremental(np.random.default_rng(0).poisson(3.0, 1600), xy, bands)
    assert noise.peak_m is None
    with pytest.raises(ValueError, match="ascend"):
        moran.incremental(values.ravel(), xy, [3.0, 2.0])
    flat = moran.incremental(np.ones(1600), xy, bands)
    assert (flat.peak_m, {one.p for one in flat.moran}) == (None, {1.0})
