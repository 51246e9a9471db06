"""Gi*: published numbers, esda, bad input, and relations that always hold."""

from __future__ import annotations

import warnings

import esda
import libpysal
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps import hotspots
from maps.weights import Weights, distance_band, from_pairs, k_nearest
from tests.maps.examples import carolina, lattice

SIX = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)], dtype=float)
SIX_VALUES = np.array([2, 3, 3.2, 5, 8, 7])


def test_six_points_of_esda_s_documentation() -> None:
    """esda ``G_Local`` and ``G`` docstrings: distance band 15."""
    weights = distance_band(SIX, 15)
    expected = [-1.397276, -0.289178, 0.650650, -0.289178, 1.234521, 2.024243]
    assert hotspots.gi_star(SIX_VALUES, weights).z == pytest.approx(expected, abs=5e-7)
    assert hotspots.gi_z(SIX_VALUES, weights)[0] == pytest.approx(-1.013673, abs=5e-7)
    whole = hotspots.global_g(SIX_VALUES, weights)
    assert whole.g == pytest.approx(0.5570978, abs=5e-8)
    assert whole.p == pytest.approx(0.172936, abs=5e-7)


def test_north_carolina_of_spdep() -> None:
    """spdep 1.2-7 ``localG``, ``nc.sids``, 1000·SID74/BIR74, ncCR85.nb with self, binary."""
    data = carolina()
    rates = 1000 * data.columns["SID74"] / data.columns["BIR74"]
    found = hotspots.gi_star(rates, data.weights, inference="normal")
    first = [-1.699093, -1.435552, -1.922147, -0.963686, 4.052006]
    assert found.z[:5] == pytest.approx(first, abs=5e-7)
    assert found.z == pytest.approx(data.expected["gi_star_z"], abs=1e-9)
    top = np.argsort(-found.z)
    assert [data.names[at] for at in top[:2]] == ["Northampton", "Bertie"]
    by_name = dict(zip(data.names, found.z.tolist(), strict=True))
    for name, z in (("Northampton", 4.0520), ("Bertie", 3.9458), ("Robeson", 2.8695)):
        assert by_name[name] == pytest.approx(z, abs=5e-5)
    assert (int((found.p < 0.05).sum()), int((found.q < 0.05).sum())) == (10, 2)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(4, 40))
def test_z_and_normal_p_are_esda_s(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 1000, (n, 2))
    values = rng.poisson(3.0, n).astype(float)
    values[0] = values.max() + 1  # never all equal
    weights = distance_band(xy, 250)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of islands and divides by zero
        theirs = libpysal.weights.DistanceBand(xy, 250, silence_warnings=True)
        right = esda.G_Local(values, theirs, transform="B", star=True, permutations=0)
    made = hotspots.gi_star(values, weights, inference="normal")
    usual = (weights.counts > 0) & (weights.counts < n - 1)
    np.testing.assert_allclose(made.z[usual], right.Zs[usual], atol=1e-9)
    np.testing.assert_allclose(made.p[usual], np.minimum(1, 2 * right.p_norm[usual]), atol=1e-9)


def test_drawn_p_is_esda_s_but_for_chance() -> None:
    weights = lattice(12)
    values = np.random.default_rng(7).gamma(2.0, 2.0, 144)
    values[[40, 41, 52, 53]] += 6
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = libpysal.weights.lat2W(12, 12, rook=False)
        right = esda.G_Local(
            values, theirs, transform="B", star=True, permutations=9_999, seed=1, n_jobs=1
        )
    made = hotspots.gi_star(values, weights, permutations=9_999)
    one_way = made.p < 1  # where the place and its neighbours point the same way
    # esda names the smaller tail, we twice that; four standard errors of both
    assert np.abs(made.p - 2 * right.p_sim)[one_way].max() < 0.04
    assert made.method.permutations == 9_999


def test_counted_arrangements_need_no_seed_and_agree_with_draws() -> None:
    weights = lattice(15)
    values = np.random.default_rng(2).poisson(3.0, 225).astype(float)
    exact = hotspots.gi_star(values, weights)
    drawn = hotspots.gi_star(values, weights, permutations=40_000, seed=1)
    assert (exact.method.permutations, exact.method.seed) == (0, None)
    assert (drawn.method.permutations, drawn.method.seed) == (40_000, 1)
    assert np.abs(exact.p - drawn.p).max() < 0.03
    assert "精确" in exact.method.choices["显著性"]


def test_a_cluster_is_found_and_named_by_its_strength() -> None:
    weights = lattice(20)
    values = np.random.default_rng(3).poisson(4.0, 400).astype(float)
    block = np.array([r * 20 + c for r in (8, 9, 10) for c in (8, 9, 10)])
    values[block] += 20
    found = hotspots.gi_star(values, weights)
    assert found.bin[9 * 20 + 9] == 3
    assert found.hot[block].all()
    assert found.hot.sum() <= 25
    for rate, name in hotspots.BINS:
        assert np.array_equal(np.abs(found.bin) >= name, (found.q <= rate) & (found.z != 0))
    assert np.array_equal(found.hot, found.bin >= 2)


def test_one_high_value_among_low_ones_is_no_hot_spot() -> None:
    """Its z is high by itself; its neighbours are lower than any chance would have them."""
    values = np.full(400, 10.0) + np.random.default_rng(0).integers(0, 2, 400)
    middle = 10 * 20 + 10
    weights = lattice(20)
    values[weights.indices[weights.indptr[middle] : weights.indptr[middle + 1]]] = 6.0
    values[middle] = 120.0
    found = hotspots.gi_star(values, weights)
    assert found.z[middle] > 3
    assert (found.p[middle], found.bin[middle], found.hot[middle]) == (1.0, 0, False)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_order_place_and_unit_do_not_matter(seed: int, other: int) -> None:
    rng = np.random.default_rng(seed)
    n = 30
    xy = rng.integers(0, 12, (n, 2)).astype(float) * 100
    values = rng.poisson(2.0, n).astype(float)
    values[0] += 1
    found = hotspots.gi_star(values, distance_band(xy, 250))
    order = np.random.default_rng(other).permutation(n)
    moved = distance_band(xy[order] + [500_000, 3_000_000], 250)
    again = hotspots.gi_star(values[order], moved)
    np.testing.assert_allclose(again.z, found.z[order], atol=1e-9)
    np.testing.assert_allclose(again.p, found.p[order], rtol=1e-6)
    # thrice as many of all, or five more in each: the same picture
    changed = hotspots.gi_star(3 * values + 5, distance_band(xy, 250))
    np.testing.assert_allclose(changed.z, found.z, atol=1e-9)
    np.testing.assert_allclose(changed.p, found.p, rtol=1e-6)
    # hot for cold
    turned = hotspots.gi_star(values.max() - values, distance_band(xy, 250))
    np.testing.assert_allclose(turned.p, found.p, rtol=1e-6)
    assert np.array_equal(turned.bin, -found.bin)
    assert np.all((found.p > 0) & (found.p <= 1) & (found.q >= found.p - 1e-15))


def island_city() -> tuple[np.ndarray, Weights]:
    xy = np.random.default_rng(1).uniform(0, 500, (40, 2))
    xy[7] = (90_000, 90_000)
    return xy, distance_band(xy, 150)


def test_an_island_has_its_own_z_and_no_class() -> None:
    _, weights = island_city()
    values = np.random.default_rng(2).poisson(3.0, 40).astype(float)
    values[7] = 500
    for how in ("permutation", "normal"):
        found = hotspots.gi_star(values, weights, inference=how)  # type: ignore[arg-type]
        own = (500 - values.mean()) / (values.std() * np.sqrt((40 - 1) / (40 - 1)))
        assert found.z[7] == pytest.approx(own)
        assert (found.p[7], found.bin[7]) == (1.0, 0)
        assert any("1 个单元没有邻居" in said for said in found.method.warnings)


@pytest.mark.parametrize("values", [[], [4.0], [1.0, 9.0], [5.0] * 12, [0.0] * 12])
def test_too_little_gives_nothing_and_says_so(values: list[float]) -> None:
    n = len(values)
    weights = k_nearest(np.arange(2.0 * n).reshape(n, 2), 3)
    found = hotspots.gi_star(np.array(values), weights)
    assert np.array_equal(found.z, np.zeros(n))
    assert np.array_equal(found.p, np.ones(n))
    assert not found.bin.any()
    assert any("无法检验" in said for said in found.method.warnings)


def test_everything_a_neighbour_of_everything_is_not_a_cluster() -> None:
    n = 10
    left, right = np.nonzero(~np.eye(n, dtype=bool))
    found = hotspots.gi_star(np.arange(10.0), from_pairs(n, left, right, about="全部"))
    assert np.array_equal(found.z, np.zeros(n))
    assert not found.bin.any()


def test_all_cases_at_one_place() -> None:
    values = np.zeros(400)
    values[190] = 1_000_000
    found = hotspots.gi_star(values, lattice(20))
    # the million is chance's doing as far as the neighbours can tell: 8 of 399 have it beside them
    assert np.isfinite(found.z).all()
    assert not found.bin.any()


def test_values_that_cannot_be_used() -> None:
    weights = lattice(3)
    for wrong in ([1.0] * 8, [np.nan] * 9, [np.inf] + [0.0] * 8):
        with pytest.raises(ValueError, match="values"):
            hotspots.gi_star(np.array(wrong), weights)


def test_thin_counts_few_draws_and_the_normal_form_are_warned_of() -> None:
    weights = lattice(40)
    thin = np.random.default_rng(1).poisson(0.3, 1600).astype(float)
    assert any("少于 1 件" in said for said in hotspots.gi_star(thin, weights).method.warnings)
    few = hotspots.gi_star(thin, weights, permutations=999).method.warnings
    assert any("置换 999 次" in said and "64 个单元" in said for said in few)
    normal = hotspots.gi_star(thin, weights, inference="normal").method.warnings
    assert any("正态近似" in said for said in normal)
    full = np.random.default_rng(1).poisson(30.0, 1600).astype(float)
    assert hotspots.gi_star(full, weights).method.warnings == ()


def test_noise_is_seldom_hot_where_the_normal_form_often_is() -> None:
    """A small part of ``scripts/bench noise``: 200 maps of 400 cells, mean 0.3."""
    weights = lattice(20)
    rng = np.random.default_rng(11)
    maps = [rng.poisson(0.3, 400).astype(float) for _ in range(200)]
    ours = sum(hotspots.gi_star(one, weights).hot.any() for one in maps)
    normal = sum(hotspots.gi_star(one, weights, inference="normal").hot.any() for one in maps)
    # 6 % of 200 and two standard errors; the normal form finds hot spots on a quarter of them
    assert ours <= 18
    assert normal >= 30
