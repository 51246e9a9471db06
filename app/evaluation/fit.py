"""Fits a ``Calibration`` on judged sentences: two logistic models, a monotone map, thresholds.

Right means read rightly and lying in the unit's area; which of the two failed in a wrong case is
not known. EM splits each wrong case between them (Dempster, Laird and Rubin 1977), and each half
is an ordinary logistic regression by iteratively reweighted least squares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.evaluation.cases import Cases
from app.evaluation.metrics import reliability
from app.evaluation.thresholds import chosen_thresholds
from routing.dispatch.calibration import Calibration

Floats = NDArray[np.float64]

ROUNDS = 60
"""Of EM; on 12,000 sentences the likelihood changes by less than 1e-6 of itself after 40."""
NEWTON_STEPS = 2
"""Of each regression within a round; the next round goes on from there."""
RIDGE = 1.0
"""Weight of the penalty on squared weights, as of one sentence: keeps a feature that was never
wrong from growing without end."""
_CLIP = 1e-4
_RARE = 20
"""Sentences. A feature seen fewer times has no weight of its own."""
_MAP_BINS = 30
_SEED = 20260101
"""Of the order in which cases are held out."""
_SUREST = 0.9995
"""Nothing read from words is said to be surer than this."""


def fit(cases: Cases, *, version: str, fitted_on: Mapping[str, str], error_rate: float = 0.0075
        ) -> Calibration:  # fmt: skip
    """The calibration of these cases.

    Weights are fitted on four fifths, the map and the thresholds on all; the reliability table is
    that of the held-out fifth under the weights it took no part in. Raises ValueError below 200
    cases, or where all are right or all wrong.
    """
    if len(cases) < 200 or cases.right.min() == cases.right.max():
        raise ValueError(
            f"{len(cases)} placed sentences, {int(cases.right.sum())} right: "
            "a fit needs 200 or more, right and wrong ones"
        )
    cases = cases.shuffled(_SEED)
    held_out = np.arange(len(cases)) % 5 == 4
    trial = _weights(cases.where(~held_out), version, fitted_on)
    trial = replace(trial, knots=_monotone_map(trial, cases.where(~held_out)))
    rest = cases.where(held_out)
    said = np.array(
        [
            trial.probability(*one)
            for one in zip(rest.evidence, rest.p_geometry.tolist(), rest.precision, strict=True)
        ]
    )
    table = reliability(said, rest.right > 0.5)
    fitted = _weights(cases, version, fitted_on)
    fitted = replace(fitted, knots=_monotone_map(fitted, cases))
    sure = np.array(
        [
            fitted.probability(*one)
            for one in zip(cases.evidence, cases.p_geometry.tolist(), cases.precision, strict=True)
        ]
    )
    by_class, otherwise = chosen_thresholds(sure, cases.right > 0.5, cases.precision, error_rate)
    return replace(
        fitted,
        thresholds=by_class,
        threshold_otherwise=otherwise,
        error_rate=error_rate,
        reliability=tuple((round(b.said, 5), round(b.came, 5), b.n) for b in table),
    )


def _weights(cases: Cases, version: str, fitted_on: Mapping[str, str]) -> Calibration:
    names, reading = _reading_terms(cases)
    classes = _classes(cases)
    clipped = np.clip(cases.p_geometry, _CLIP, 1 - _CLIP)
    columns = [np.ones(len(cases)), np.log(clipped / (1 - clipped))]
    of_class = [np.array([p == c for p in cases.precision], dtype=np.float64) for c in classes]
    columns += [*of_class, *(one * columns[1] for one in of_class)]
    geometry = np.stack(columns, axis=1)
    prior = np.zeros(geometry.shape[1])
    prior[1] = 1.0  # a geometry that needs no correction has slope 1
    w = np.zeros(reading.shape[1])
    w[0] = 2.0
    v = prior.copy()
    right = cases.right > 0.5
    for _ in range(ROUNDS):
        r, g = _logistic(reading @ w), _logistic(geometry @ v)
        wrong = np.maximum(1 - r * g, 1e-9)
        # of a wrong case: the chance that it was read rightly all the same, and that its place
        # would have lain in the unit
        read = np.where(right, 1.0, r * (1 - g) / wrong)
        lies = np.where(right, 1.0, g * (1 - r) / wrong)
        w = _regression(reading, read, w, np.zeros_like(w))
        v = _regression(geometry, lies, v, prior)
        v[1] = max(v[1], 0.05)
        steeper = slice(2 + len(classes), None)
        v[steeper] = np.maximum(v[steeper], 0.02 - v[1])  # never falls as the geometry gets surer
    weights = dict(zip(names, np.round(w, 6).tolist(), strict=True))
    shape = {"1": round(float(v[0]), 6), "slope": round(float(v[1]), 6)}
    terms = [f"precision={c}" for c in classes] + [f"slope*precision={c}" for c in classes]
    shape |= {term: round(float(x), 6) for term, x in zip(terms, v[2:], strict=True)}
    return Calibration(version=version, reading=weights, geometry=shape, fitted_on=fitted_on)


def _classes(cases: Cases) -> list[str]:
    """Precision classes seen often enough, sorted."""
    return sorted(c for c, n in Counter(cases.precision).items() if n >= _RARE)


def _reading_terms(cases: Cases) -> tuple[list[str], Floats]:
    """Names and columns of the reading's model: 1, the evidence, the classes.

    Products of two pieces of evidence (fuzzy and stated district, missing and other places …) were
    tried: the log loss on a held-out third of 14,232 sentences fell from 0.15364 to 0.15359.
    """
    seen: dict[str, int] = {}
    for evidence in cases.evidence:
        for name, value in evidence.items():
            if value and name != "p_geometry":
                seen[name] = seen.get(name, 0) + 1
    names = sorted(name for name, n in seen.items() if n >= _RARE)
    columns = [np.ones(len(cases))]
    values = {
        name: np.array([e.get(name, 0.0) for e in cases.evidence], dtype=np.float64)
        for name in names
    }
    columns += [values[name] for name in names]
    classes = _classes(cases)
    columns += [np.array([p == c for p in cases.precision], dtype=np.float64) for c in classes]
    terms = ["1", *names, *(f"precision={c}" for c in classes)]
    return terms, np.stack(columns, axis=1)


def _regression(x: Floats, target: Floats, start: Floats, prior: Floats) -> Floats:
    """Logistic regression with targets between 0 and 1, towards ``prior`` by RIDGE."""
    w = start.copy()
    penalty = np.full(x.shape[1], RIDGE)
    penalty[0] = 1e-3
    for _ in range(NEWTON_STEPS):
        p = _logistic(x @ w)
        slope = x.T @ (target - p) - penalty * (w - prior)
        curve = (x * (p * (1 - p))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        w = w + step * min(1.0, 3.0 / max(1e-9, float(np.abs(step).max())))
        if np.abs(step).max() < 1e-7:
            break
    return w


def _monotone_map(fitted: Calibration, cases: Cases) -> tuple[tuple[float, float], ...]:
    """Pool adjacent violators over equal-mass bins, then lines between the bins' middles."""
    x = np.array(
        [
            fitted.product(*one)
            for one in zip(cases.evidence, cases.p_geometry.tolist(), cases.precision, strict=True)
        ]
    )
    table = reliability(x, cases.right > 0.5, _MAP_BINS)
    pools: list[list[float]] = []  # [weight, mean x, mean y]
    for b in table:
        # one sentence right and one wrong in addition: no bin is ever certain
        pools.append([b.n, b.said, (b.came * b.n + b.said) / (b.n + 1)])
        while len(pools) > 1 and pools[-2][2] > pools[-1][2]:
            n, mx, my = pools.pop()
            m, ox, oy = pools.pop()
            pools.append([n + m, (n * mx + m * ox) / (n + m), (n * my + m * oy) / (n + m)])
    knots: list[tuple[float, float]] = []
    for _, mx, my in pools:
        if not knots or mx > knots[-1][0] + 1e-6:
            knots.append((round(mx, 6), round(min(1.0, my), 6)))
    if knots and knots[-1][0] < 1.0:  # the surest keep their order
        x_last, y_last = knots[-1]
        knots.append((1.0, round(max(y_last, min(_SUREST, y_last + 1.0 - x_last)), 6)))
    return tuple(knots)


def _logistic(z: Floats) -> Floats:
    result: Floats = 1.0 / (1.0 + np.exp(-np.clip(z, -60, 60)))
    return result
