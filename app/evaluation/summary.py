"""Judged sentences → the numbers of a report, all together and by slice."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from app.evaluation.judging import Judged
from app.evaluation.metrics import (
    area_under_risk_coverage,
    brier,
    expected_calibration_error,
    middle_and_ninth,
    wilson,
)
from routing.model import ReasonCode

BORDERS_M = (10, 20, 40, 80)
"""Metres. Half the width of a road, its whole width, the radius of a crossing, twice that."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """A proportion with its 95 % interval (Wilson)."""

    hits: int
    n: int

    @property
    def value(self) -> float:
        """nan where n is 0."""
        return self.hits / self.n if self.n else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """(0, 1) where n is 0."""
        return wilson(self.hits, self.n)


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """One group of sentences."""

    n: int
    routed_right: Share
    """Right among the routed."""
    routed_at_point: Share
    """The unit has the drawn point itself, among the routed: the strictest reading of a stretch."""
    coverage: Share
    """Routed among all."""
    right: Share
    """The named unit is right, routed or not, among those with a place."""
    confidently_wrong: Share
    """Routed to a wrong unit, among all."""
    in_radius: Share
    """The true point within the radius of the best point, as both are put out, among the placed."""
    in_geometry: Share
    """The true point on the place's 95 % ground, among the placed."""
    error_m: tuple[float, float]
    """Median and 90th percentile from the best point to the true one, among the placed."""
    ece: float
    brier: float
    aurc: float
    as_expected: Share


def summarise(judged: Sequence[Judged]) -> Summary:
    """The numbers of a group; nan where a measure has no cases."""
    routed = [one for one in judged if one.routed]
    placeable = [one for one in judged if one.sentence.units]
    # where there are several right places the drawn one says nothing of the radius
    placed = [
        one
        for one in judged
        if not math.isnan(one.error_m) and one.sentence.expect in ("place", "conflict")
    ]
    said = [one for one in judged if one.code]
    confidence = np.array([one.confidence for one in said], dtype=np.float64)
    right = np.array([one.right for one in said], dtype=np.bool_)
    return Summary(
        n=len(judged),
        routed_right=_share(routed, lambda one: one.right),
        routed_at_point=_share(routed, lambda one: one.at_point),
        coverage=_share(judged, lambda one: one.routed),
        right=_share(placeable, lambda one: one.right),
        confidently_wrong=_share(judged, lambda one: one.confidently_wrong),
        in_radius=_share(placed, lambda one: one.in_radius),
        in_geometry=_share(placed, lambda one: one.in_geometry),
        error_m=middle_and_ninth(np.array([one.error_m for one in placed], dtype=np.float64)),
        ece=expected_calibration_error(confidence, right),
        brier=brier(confidence, right),
        aurc=area_under_risk_coverage(confidence, right),
        as_expected=_share(judged, lambda one: one.as_expected),
    )


def ordinary(judged: Iterable[Judged]) -> list[Judged]:
    """Those that should be routed."""
    return [one for one in judged if one.sentence.ordinary]


def wrong_districts(judged: Iterable[Judged]) -> tuple[Share, Share, Share]:
    """Of the sentences that name a wrong district: (placed by the rest of the words, the conflict
    shown; the unit right as well; routed as well)."""
    named = [one for one in judged if one.sentence.expect == "conflict"]
    code = ReasonCode.DISTRICT_CONFLICT.value
    shown = [one for one in named if (one.right or one.in_geometry) and code in one.reasons]
    return (
        Share(hits=len(shown), n=len(named)),
        Share(hits=sum(one.right for one in shown), n=len(named)),
        Share(hits=sum(one.right and one.routed for one in shown), n=len(named)),
    )


def by_structure(judged: Iterable[Judged]) -> dict[str, list[Judged]]:
    """Groups by structure, the largest first; sentences without one are left out."""
    return _grouped(judged, lambda one: [one.sentence.structure] if one.sentence.structure else [])


def by_noise(judged: Iterable[Judged]) -> dict[str, list[Judged]]:
    """Groups by kind of noise, a sentence in each of its own; ``(none)`` without any."""
    return _grouped(judged, lambda one: one.sentence.noise or ["(none)"])


def by_precision(judged: Iterable[Judged]) -> dict[str, list[Judged]]:
    """Groups by what the place was matched to."""
    return _grouped(judged, lambda one: [one.precision] if one.precision else [])


def by_border(judged: Iterable[Judged]) -> dict[str, list[Judged]]:
    """Groups by distance of the best point to the nearest border, ascending."""
    groups = {f"up to {reach} m": (low, float(reach)) for low, reach in pairwise((0, *BORDERS_M))}
    groups[f"over {BORDERS_M[-1]} m"] = (BORDERS_M[-1], math.inf)
    one_by_one = list(judged)
    return {
        name: found
        for name, (low, high) in groups.items()
        if (found := [one for one in one_by_one if low <= one.edge_m < high or one.edge_m == high])
    }


def _grouped(
    judged: Iterable[Judged], keys: Callable[[Judged], Iterable[str]]
) -> dict[str, list[Judged]]:
    found: dict[str, list[Judged]] = {}
    for one in judged:
        for key in keys(one):
            found.setdefault(key, []).append(one)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def _share(judged: Sequence[Judged], holds: Callable[[Judged], bool]) -> Share:
    return Share(hits=sum(map(holds, judged)), n=len(judged))
