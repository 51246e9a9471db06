"""Emerging hot spots: each definition, the sequences others go wrong on, whole cubes, bad input."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.emerging import CATEGORIES, Cube, classes, classify
from maps.statistics import mann_kendall
from maps.weights import from_pairs
from routing.errors import UserInputError
from tests.maps.examples import lattice

FIRST = date(2026, 1, 5)


def of_series(z: list[float], *, at: float = 1.96) -> str:
    """The class of one place whose bins are significant beyond ``at``."""
    series = np.array(z)[:, None]
    trend = mann_kendall.test(series)
    return classes(series >= at, series <= -at, trend.z, trend.p)[0]


def of_signs(text: str, trend: int = 0) -> str:
    """The class of one place: + hot, - cold, . neither, with a trend as given."""
    hot = np.array([one == "+" for one in text])[:, None]
    cold = np.array([one == "-" for one in text])[:, None]
    return classes(hot, cold, np.array([3.0 * trend]), np.array([0.5 if trend == 0 else 0.001]))[0]


@pytest.mark.parametrize(
    ("signs", "trend", "expected"),
    [
        (".........+", 0, "new_hot"),
        (".........+", 1, "new_hot"),
        ("........++", 0, "consecutive_hot"),
        ("..++++++++", 0, "consecutive_hot"),
        ("++++++++++", 1, "intensifying_hot"),
        (".+++++++++", 1, "intensifying_hot"),
        ("++++++++++", 0, "persistent_hot"),
        ("+++++++.++", 0, "persistent_hot"),
        ("++++++++++", -1, "diminishing_hot"),
        ("+...+....+", 0, "sporadic_hot"),
        ("++++....++", 0, "sporadic_hot"),
        ("-.......++", 0, "oscillating_hot"),
        ("+-+..+-..+", 0, "oscillating_hot"),
        ("+++++++++.", 0, "historical_hot"),
        ("..........", 1, "none"),
        ("+++++.....", 0, "none"),
        ("++++++++..", 0, "none"),
        # where the published texts overlap: the documented order
        ("-........+", 0, "oscillating_hot"),  # not new
        ("----++++++", 0, "oscillating_hot"),  # not consecutive
        ("+++++++++.", -1, "historical_hot"),  # not diminishing
        ("+++++++++.", 1, "historical_hot"),
        ("+++++++++-", -1, "historical_hot"),  # not an oscillating cold spot
        ("-+++++++++", 1, "intensifying_hot"),  # a share of 0.9 comes before oscillating
    ],
)
def test_definitions_and_their_mirrors(signs: str, trend: int, expected: str) -> None:
    assert of_signs(signs, trend) == expected
    mirror = signs.translate(str.maketrans("+-", "-+"))
    opposite = expected.replace("hot", "cold") if expected != "none" else "none"
    assert of_signs(mirror, -trend) == opposite


@pytest.mark.parametrize(
    ("series", "expected", "theirs"),
    [
        # sfdep and pyehsa count any significant bin into the last run
        ([-3, -3, -3, 2.5, 2.6, -2.5, 3, 3.1, 3.2, 3.3], "oscillating_hot", "consecutive hotspot"),
        # they ask z < 0 at the end where the definition asks "not hot"
        ([3, 3.1, 3, 3.2, 3, 3.1, 3, 3.2, 3.1, 0.5], "historical_hot", "persistent hotspot"),
        ([4, 3.9, 3.8, 3.7, 3.6, 3.5, 3.4, 3.3, 3.2, 0.5], "historical_hot", "no pattern detected"),
        # their intensifying counts significance of either sign: here 0.9 needs the cold bin
        ([-2.5, 0.1, 2, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6, 2.7], "oscillating_hot", "intensifying"),
    ],
)
def test_series_on_which_sfdep_and_pyehsa_go_wrong(
    series: list[float], expected: str, theirs: str
) -> None:
    assert of_series(series) == expected
    assert expected.replace("_hot", " hotspot") != theirs


def test_forty_nine_permutations_can_never_reach_their_threshold() -> None:
    """pyehsa's defaults: 49 draws against p ≤ 0.01, so nothing is ever significant. Ours count
    every arrangement: one strong place is found among 100 at 12 steps."""
    smallest = 1 / (49 + 1)
    assert smallest > 0.01
    counts = np.random.default_rng(1).poisson(3.0, (12, 100)).astype(float)
    counts[:, [44, 45, 54, 55]] += 12
    found = classify(counts, lattice(10))
    assert found.category[44] == "persistent_hot"


@settings(max_examples=300)
@given(st.text("+-.", min_size=1, max_size=14), st.sampled_from([-1, 0, 1]))
def test_every_history_has_one_class_and_its_mirror_the_mirrored_one(
    signs: str, trend: int
) -> None:
    found = of_signs(signs, trend)
    assert found in CATEGORIES
    mirror = of_signs(signs.translate(str.maketrans("+-", "-+")), -trend)
    swapped = {"hot": "cold", "cold": "hot"}
    if found == "none":
        assert mirror == "none"
    else:
        kind, side = found.rsplit("_", 1)
        assert mirror == f"{kind}_{swapped[side]}"
        share = signs.count("+" if side == "hot" else "-") / len(signs)
        often = kind in ("intensifying", "persistent", "diminishing", "historical")
        assert often == (share >= 0.9 - 1e-9)
        assert (kind == "historical") == (signs[-1] != ("+" if side == "hot" else "-"))


def test_seventeen_classes_with_names_and_colours_of_their_own() -> None:
    assert len(CATEGORIES) == 17
    assert len({one.name for one in CATEGORIES.values()}) == 17
    assert len({one.colour for one in CATEGORIES.values()}) == 17


# ------------------------------------------------------------------ whole cubes


def city(steps: int = 24, side: int = 12, mean: float = 4.0) -> np.ndarray:
    counts = np.random.default_rng(9).poisson(mean, (steps, side, side)).astype(float)
    counts[:, 1:3, 1:3] += 14  # always
    counts[-1, 8:11, 1:4] += 14  # now
    counts[-4:, 1:4, 8:11] += 14  # lately
    counts[:-1, 8:10, 8:10] += 14  # no more
    return counts.reshape(steps, side * side)


def test_a_city_with_known_histories() -> None:
    found = classify(city(), lattice(12))
    named = np.array(found.category).reshape(12, 12)
    assert named[1, 1] == "persistent_hot"
    assert named[9, 2] == "new_hot"
    assert named[2, 9] == "consecutive_hot"
    assert named[8, 8] == "historical_hot" or named[9, 9] == "historical_hot"
    assert found.z.shape == found.bins.shape == (24, 144)
    assert found.method.n == 24 * 144
    assert found.method.choices["时间邻居"] == "同一步及此前 1 步"


def test_a_bin_is_compared_with_its_neighbours_now_and_just_before_never_after() -> None:
    """z by hand, for the middle of nine places at three steps."""
    counts = np.random.default_rng(2).poisson(5.0, (3, 9)).astype(float)
    found = classify(counts, lattice(3))
    n, mean, spread = 27, counts.mean(), counts.std()
    for step, block in ((0, counts[:1]), (1, counts[:2]), (2, counts[1:])):
        held = block.size
        z = (block.sum() - mean * held) / (spread * np.sqrt((n * held - held**2) / (n - 1)))
        assert found.z[step, 4] == pytest.approx(z)
    later = counts.copy()
    later[2, 4], later[2, 0] = later[2, 0], later[2, 4]  # same values, another order, later
    changed = classify(later, lattice(3))
    np.testing.assert_allclose(changed.z[:2], found.z[:2])
    alone = classify(counts, lattice(3), steps_back=0)
    both = counts[1].sum()
    z = (both - mean * 9) / (spread * np.sqrt((n * 9 - 81) / (n - 1)))
    assert alone.z[1, 4] == pytest.approx(z)


def test_a_city_wide_rise_is_hot_in_the_cube_and_not_within_its_step() -> None:
    counts = np.random.default_rng(3).poisson(4.0, (12, 100)).astype(float)
    counts[-1] += np.random.default_rng(4).poisson(8.0, 100)
    whole = classify(counts, lattice(10))
    step = classify(counts, lattice(10), window="step")
    assert sum(one == "new_hot" for one in whole.category) > 50
    assert sum(one == "new_hot" for one in step.category) <= 2
    assert step.method.choices["比较范围"] == "同一时间步"


def test_noise_is_rarely_a_hot_place() -> None:
    any_hot = 0
    weights = lattice(8)
    for seed in range(40):
        counts = np.random.default_rng(seed).poisson(3.0, (12, 64)).astype(float)
        found = classify(counts, weights)
        any_hot += any(one.endswith("_hot") for one in found.category)
    assert any_hot <= 6


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000))
def test_order_of_places_and_unit_do_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.poisson(3.0, (10, 25)).astype(float)
    counts[-2:, :6] += 6
    weights = lattice(5)
    order = rng.permutation(25)
    back = np.argsort(order)
    left = np.repeat(np.arange(25), weights.counts)
    moved = from_pairs(25, back[left], back[weights.indices], about="")
    one = classify(counts, weights)
    other = classify(3 * counts[:, order], moved)
    np.testing.assert_allclose(other.z, one.z[:, order], atol=1e-9)
    assert other.category == tuple(one.category[at] for at in order)
    assert np.all((one.p > 0) & (one.p <= 1))


# ------------------------------------------------------------------ bad input


def test_one_step_is_an_error_and_fewer_than_ten_are_warned_of() -> None:
    with pytest.raises(UserInputError, match="只有 1 个完整的时间步"):
        classify(np.ones((1, 9)), lattice(3))
    with pytest.raises(UserInputError, match="回溯 5 个时间步，但只有 4 个"):
        classify(np.ones((4, 9)), lattice(3), steps_back=5)
    few = classify(np.random.default_rng(0).poisson(3.0, (9, 9)), lattice(3))
    assert any("只有 9 个时间步" in said for said in few.method.warnings)
    enough = classify(np.random.default_rng(0).poisson(3.0, (10, 9)), lattice(3))
    assert enough.method.warnings == ()


def test_thin_counts_no_counts_and_islands() -> None:
    thin = classify(np.random.default_rng(0).poisson(0.3, (12, 25)), lattice(5))
    assert any("少于 1 件" in said for said in thin.method.warnings)
    empty = classify(np.zeros((12, 25)), lattice(5))
    assert set(empty.category) == {"none"}
    assert any("没有差异" in said for said in empty.method.warnings)
    assert np.array_equal(empty.p, np.ones((12, 25)))
    counts = np.random.default_rng(1).poisson(3.0, (12, 4)).astype(float)
    apart = classify(counts, from_pairs(4, np.array([0, 1]), np.array([1, 0]), about=""))
    assert any("2 个单元没有空间邻居" in said for said in apart.method.warnings)
    assert np.isfinite(apart.z).all()
    with pytest.raises(ValueError, match="places"):
        classify(np.ones((12, 7)), lattice(5))


def days(*found: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    since = (FIRST - date(1970, 1, 1)).days
    day, place = np.array(found).T
    return day + since, place


def test_a_cube_has_whole_steps_only_zeros_and_no_running_week() -> None:
    day, place = days((0, 0), (6, 0), (7, 1), (20, 1), (21, 0), (22, 1), (3, -1), (-1, 0))
    cube = Cube.of_days(day, place, places=3, first=FIRST, end=date(2026, 1, 28), step_days=7)
    assert cube.counts.tolist() == [[2, 0, 0], [0, 1, 0], [0, 1, 0]]
    running = Cube.of_days(
        day, place, places=3, first=FIRST, end=date(2026, 2, 2), step_days=7,
        as_of=date(2026, 1, 25),
    )  # fmt: skip
    assert running.counts.shape == (2, 3)
    over = Cube.of_days(
        day, place, places=3, first=FIRST, end=date(2026, 2, 2), step_days=7,
        as_of=date(2026, 1, 26),
    )  # fmt: skip
    assert over.counts.shape == (3, 3)
    assert cube.whole(date(2026, 1, 20)).counts.shape == (2, 3)
    with pytest.raises(UserInputError, match="不足一个完整的时间步（7 天）"):
        Cube.of_days(day, place, places=3, first=FIRST, end=date(2026, 1, 10), step_days=7)


def test_a_running_week_would_have_made_a_false_end() -> None:
    """The week under way has a seventh of its cases: a persistent hot spot would be historical."""
    counts = city(steps=20)
    cube = Cube(counts=np.vstack([counts, counts[-1] // 7]), first=FIRST, step_days=7)
    with_it = classify(cube, lattice(12)).category[13]
    without = classify(cube.whole(date(2026, 5, 25)), lattice(12))
    assert cube.whole(date(2026, 5, 25)).counts.shape == (20, 144)
    assert (with_it, without.category[13]) == ("historical_hot", "persistent_hot")
    assert "2026-01-05 至 2026-05-24" in without.method.choices["时间步"]


@pytest.mark.parametrize(("back", "plain_rate"), [(1, 0.10), (2, 0.18)])
def test_places_without_a_trend_seldom_have_one(back: int, plain_rate: float) -> None:
    """Steps that share bins resemble each other, which plain Mann–Kendall takes for a trend."""
    weights = lattice(20)
    counts = np.random.default_rng(1).poisson(4.0, (24, 400)).astype(float)
    share = {
        trend: float(
            (classify(counts, weights, steps_back=back, trend=trend).trend_p < 0.05).mean()
        )
        for trend in ("overlap", "plain", "hamed_rao")
    }
    # neighbouring places share bins as well: 400 of them vary like some fifty, 0.03 is one error
    assert share["overlap"] < 0.11
    assert share["plain"] > plain_rate
    assert share["overlap"] < share["plain"]
    without = [
        classify(counts, weights, steps_back=0, trend=trend).trend_p
        for trend in ("overlap", "plain")
    ]
    assert np.array_equal(*without)
