"""The stored calibration: bounded, monotone in the geometry, and the same after JSON."""

from __future__ import annotations

import json
import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.dispatch.calibration import Calibration, UnusableCalibration

FITTED = Calibration(
    version="trial",
    reading={"1": 3.0, "margin": 0.8, "homophone": -1.5, "precision=door": 0.5},
    geometry={"1": 0.1, "slope": 0.9, "precision=road": -1.0, "slope*precision=road": -0.5},
    knots=((0.1, 0.05), (0.5, 0.55), (0.9, 0.93), (1.0, 0.995)),
    thresholds={"door": 0.95},
    threshold_otherwise=0.99,
    fitted_on={"corpus": "a.csv"},
    reliability=((0.5, 0.52, 100),),
)  # fmt: skip
PLAIN = Calibration(version="nothing", reading={}, geometry={})

evidence = st.dictionaries(
    st.sampled_from(["margin", "homophone", "stated", "never_seen"]), st.floats(-10, 10)
)
precision = st.sampled_from(["door", "road", "never_seen"])


@given(evidence, st.floats(0, 1), st.floats(0, 1), precision)
def test_a_surer_geometry_never_makes_less_sure(
    said: dict[str, float], a: float, b: float, kind: str
) -> None:
    low, high = sorted((a, b))
    assert FITTED.probability(said, low, kind) <= FITTED.probability(said, high, kind) + 1e-12


@given(evidence, st.floats(), precision)
def test_a_probability_stays_one_whatever_comes(
    said: dict[str, float], p: float, kind: str
) -> None:
    assert 0.0 <= FITTED.probability(said, p, kind) <= 1.0
    assert 0.0 <= PLAIN.probability(said, p, kind) <= 1.0


def test_reading_times_geometry() -> None:
    z = 3.0 + 0.8 * 2.0 + 0.5  # intercept, margin, door
    g = 0.1 + 0.9 * math.log(0.8 / 0.2)
    expected = 1 / (1 + math.exp(-z)) / (1 + math.exp(-g))
    assert FITTED.product({"margin": 2.0}, 0.8, "door") == pytest.approx(expected)
    # on the map between (0.5, 0.55) and (0.9, 0.93)
    assert 0.5 < expected < 0.9
    mapped = 0.55 + (expected - 0.5) / 0.4 * 0.38
    assert FITTED.probability({"margin": 2.0}, 0.8, "door") == pytest.approx(mapped)


def test_what_the_fit_did_not_see_changes_nothing() -> None:
    assert FITTED.probability({"new_flag": 1.0}, 0.9, "door") == FITTED.probability({}, 0.9, "door")


def test_a_class_without_a_threshold_has_the_strict_one() -> None:
    assert FITTED.threshold("door") == 0.95
    assert FITTED.threshold("village") == 0.99


@given(evidence, st.floats(0, 1), precision)
def test_json_and_back_says_the_same(said: dict[str, float], p: float, kind: str) -> None:
    again = Calibration.from_json(FITTED.to_json())
    assert again == FITTED
    assert again.probability(said, p, kind) == FITTED.probability(said, p, kind)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"format": 99}, "fit it again"),
        ({"knots": [[0.5, 0.5], [0.4, 0.6]]}, "ascend"),
        ({"knots": [[0.5, 0.5], [0.6, 0.4]]}, "ascend"),
        ({"knots": [[0.5, 1.5]]}, "lies in 0–1"),
        ({"thresholds": {"door": 2}}, "lies in 0–1"),
        ({"geometry": {"slope": -1}}, "slope"),
        ({"geometry": {"slope": 0.5, "slope*precision=road": -0.6}}, "slope"),
        ({"reading": None}, "not a stored calibration"),
    ],
)
def test_a_broken_file_is_refused_with_its_reason(change: dict[str, object], why: str) -> None:
    text = json.dumps(json.loads(FITTED.to_json()) | change)
    with pytest.raises(UnusableCalibration, match=why):
        Calibration.from_json(text)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "no json"])
def test_what_is_no_calibration_is_refused(text: str) -> None:
    with pytest.raises(UnusableCalibration):
        Calibration.from_json(text)


def test_asking_takes_microseconds() -> None:
    weights = {f"flag_{n}": 0.1 for n in range(40)} | {"1": 2.0}
    large = Calibration(version="large", reading=weights, geometry=FITTED.geometry,
                        knots=FITTED.knots)  # fmt: skip
    said = {f"flag_{n}": 1.0 for n in range(0, 40, 4)}
    best = math.inf
    for _ in range(20):
        started = time.perf_counter()
        for _ in range(500):
            large.probability(said, 0.9, "door")
        best = min(best, (time.perf_counter() - started) / 500)
    assert best < 20e-6  # 10 µs is the aim; twice that is left for a busy machine
