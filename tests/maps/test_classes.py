"""Classes that stand still, and colours that everybody can tell apart."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from maps import classes
from maps.counting import palettes
from maps.model import NONE
from routing.errors import UserInputError


def lightness(
    colours: tuple[str, ...], eye: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """CIE L*a*b* (D65) of sRGB colours, seen by an eye of Machado et al. 2009 (severity 1)."""
    rgb = np.array([list(bytes.fromhex(colour[1:])) for colour in colours]) / 255.0
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    if eye is not None:
        linear = np.clip(linear @ eye.T, 0, 1)
    xyz = linear @ np.array(
        [[0.4125, 0.2127, 0.0193], [0.3576, 0.7152, 0.1192], [0.1804, 0.0722, 0.9503]]
    )
    f = np.cbrt(xyz / [0.9505, 1.0, 1.0888])
    return np.column_stack(
        [116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])]
    )


EYES = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize(("ramp", "k"), [(palettes.sequential, 5), (palettes.diverging, 7)])
def test_classes_can_be_told_apart_by_every_eye(ramp: object, k: int, eye: str) -> None:
    assert callable(ramp)
    colours = lightness(ramp(k), EYES[eye])
    apart = np.sqrt(((colours[:, None] - colours[None]) ** 2).sum(-1))
    apart[np.eye(k, dtype=bool)] = np.inf
    assert apart.min() > 14  # ΔE of 10 is seen at a glance, also when not side by side


@pytest.mark.parametrize("k", range(2, 8))
def test_lightness_alone_gives_the_order(k: int) -> None:
    assert (np.diff(lightness(palettes.sequential(k))[:, 0]) < -3).all()
    both = lightness(palettes.diverging(k))[:, 0]
    half = k // 2
    assert (np.diff(both[: half + k % 2]) > 0).all()
    assert (np.diff(both[half:]) < 0).all()


def test_the_highest_class_stands_out_from_a_pale_map() -> None:
    """WCAG asks 3 : 1 of what must be seen; measured against the ground of the base map."""

    def luminance(colour: str) -> float:
        return float(((lightness((colour,))[0, 0] + 16) / 116) ** 3)

    ground = luminance("#f2efe9")
    for colour in (palettes.sequential(5)[-1], palettes.diverging(7)[0], palettes.diverging(7)[-1]):
        assert (ground + 0.05) / (luminance(colour) + 0.05) > 4.5
    assert (ground + 0.05) / (luminance(palettes.sequential(5)[2]) + 0.05) > 2.0


def test_palettes_of_no_and_one_colour() -> None:
    assert palettes.sequential(0) == ()
    assert len(palettes.sequential(1)) == len(palettes.diverging(1)) == 1
    assert palettes.diverging(1) == ("#f7f7f7",)


def test_labels_of_counts_are_as_people_count() -> None:
    found = classes.counts((1, 5, 10, 50))
    assert found.labels == ("0 件", "1–4 件", "5–9 件", "10–49 件", "≥50 件")
    assert found.place(np.array([0, 1, 4, 5, 9, 10, 49, 50, 10**6])).tolist() == [
        *(0, 1, 1, 2, 2, 3, 3, 4, 4)
    ]
    assert found.colours[0] == palettes.NOTHING
    assert classes.counts((1, 2, 1000)).labels == ("0 件", "1 件", "2–999 件", "≥1,000 件")


def test_a_value_that_is_not_there_has_no_class() -> None:
    assert classes.READY["oe"].place(np.array([np.nan, 0.1, 1.0, 9.0, np.inf])).tolist() == [
        *(NONE, 0, 3, 6, 6)
    ]


def test_breaks_are_round_and_use_every_colour() -> None:
    rng = np.random.default_rng(0)
    values = rng.negative_binomial(1, 0.02, 3000)
    found = classes.fixed(values, unit="件")
    assert len(found.colours) == 6
    shares = np.bincount(found.place(values), minlength=6) / len(values)
    assert (shares > 0.01).all()
    assert shares.max() < 0.5
    for one in found.breaks:
        assert one / 10 ** math.floor(math.log10(one)) in (1.0, 2.0, 5.0)


def test_parts_of_a_period_are_drawn_with_its_breaks_and_other_data_hardly_move_them() -> None:
    rng = np.random.default_rng(1)
    mean = rng.gamma(0.8, 40, 1500)
    first, second = (classes.fixed(rng.poisson(mean), unit="件") for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([], ("0 件", "≥1 件")),
        ([0, 0, 0], ("0 件", "≥1 件")),
        ([3], ("0 件", "≥1 件")),
        ([7, 7, 7], ("0 件", "≥1 件")),
        ([np.nan, 2.0], ("0 件", "≥1 件")),
        ([1, 1, 1, 1, 500], ("0 件", "1 件", "2–4 件", "5–99 件", "100–499 件", "≥500 件")),
        ([0.5, 0.5], ("≥0 件",)),
    ],
)
def test_constant_and_empty_values(values: list[float], labels: tuple[str, ...]) -> None:
    found = classes.fixed(np.array(values), unit="件")
    assert found.labels == labels


@settings(max_examples=100, deadline=None)
@given(
    values=st.lists(
        st.one_of(st.integers(0, 10**6), st.floats(0, 1e6), st.just(math.nan)), max_size=60
    ),
    k=st.integers(2, 7),
)
@example(values=[8, 5e-324], k=2)  # the smallest number there is has no tenth
def test_any_values_give_ascending_breaks_with_a_label_and_colour_each(
    values: list[float], k: int
) -> None:
    numbers = np.array(values, dtype=float)
    found = classes.fixed(numbers, unit="件/千人", k=k)
    assert list(found.breaks) == sorted(set(found.breaks))
    assert len(found.labels) == len(found.colours) == len(found.breaks) + 1 <= k + 1
    assert len(set(found.colours)) == len(found.colours)
    place = found.place(numbers)
    assert ((place == NONE) == np.isnan(numbers)).all()
    assert place.max(initial=-1) < len(found.labels)
    known = np.sort(numbers[~np.isnan(numbers)])
    assert (np.diff(found.place(known)) >= 0).all()
    shuffled = np.random.default_rng(0).permutation(numbers)
    assert classes.fixed(shuffled, unit="件/千人", k=k) == found


def test_negative_values_and_a_strange_number_of_classes_are_named() -> None:
    with pytest.raises(UserInputError, match="-3"):
        classes.fixed(np.array([-3.0, 2.0]), unit="件")
    for k in (1, 8):
        with pytest.raises(UserInputError, match=str(k)):
            classes.fixed(np.array([1.0]), unit="件", k=k)


def test_cells_have_classes_by_their_size_alone() -> None:
    assert classes.for_cells(100).breaks == (1, 2, 5, 10, 20, 50)
    assert classes.for_cells(50) == classes.for_cells(100)
    assert classes.for_cells(1000).breaks[-1] == 5000
    for size in (100, 250, 500, 1000):
        assert classes.for_cells(size).labels[0] == "0 件"


def test_ready_scales_are_whole() -> None:
    for scale in classes.READY.values():
        assert len(scale.labels) == len(scale.colours) == len(scale.breaks) + 1
        assert list(scale.breaks) == sorted(scale.breaks)
    assert classes.READY["change"].labels[3] == "持平（±5%）"
    assert classes.READY["oe"].labels[3] == "0.8–1.25 倍"
