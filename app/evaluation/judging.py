"""One decision held against what is true."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely

from app.evaluation.corpus import LabelledSentence
from routing.jurisdiction.best_point import best_point, reach_m
from routing.metric import metres_per_degree
from routing.model import DecisionStatus, Hits, Location, ReasonCode, Recommendation

_SURE = frozenset({"place", "conflict", "ambiguous"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the product said of one sentence."""

    recommendation: Recommendation
    hits: Hits
    location: Location | None
    evidence: Mapping[str, float]
    milliseconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """Sentence and answer, compared."""

    sentence: LabelledSentence
    status: str
    code: str
    """The finest code decided for; empty where there is none."""
    right: bool
    """The code is one of those that are right; false where there is no right one."""
    touched: bool
    """Right, or one of the others that the place touches."""
    at_point: bool
    """The code has the true point itself; differs from ``right`` for stretches only."""
    confidence: float
    precision: str
    """Empty where nothing was placed."""
    reasons: tuple[str, ...]
    evidence: Mapping[str, float] = field(default_factory=dict)
    error_m: float = math.nan
    """From the best point to the true one; nan where either is missing."""
    radius_m: float = math.nan
    """Around the best point, as the output has it."""
    across_m: float = math.nan
    """Around the geometry."""
    outside_m: float = math.nan
    """From the place's geometry to the true point, 0 inside it."""
    in_ground: bool | None = None
    """The place's own ground covers the true point; ``None`` where it has none or no truth is
    known."""
    edge_m: float = math.nan
    """From the best point to the nearest border of the finest level; nan where not placed."""
    milliseconds: float = 0.0

    @property
    def routed(self) -> bool:
        """Marked as sure enough."""
        return self.status == DecisionStatus.ROUTED.value

    @property
    def confidently_wrong(self) -> bool:
        """Routed, and not to a unit that is right."""
        return self.routed and not self.right

    @property
    def in_radius(self) -> bool:
        """The true point lies within the radius of the best point."""
        return self.error_m <= self.radius_m

    @property
    def in_geometry(self) -> bool:
        """The true point lies on the place's ground: in the geometry widened by its radius, where
        it has no smaller one."""
        return self.outside_m <= self.across_m if self.in_ground is None else self.in_ground

    @property
    def as_expected(self) -> bool:
        """What the corpus asks for: pass or fail of one line."""
        sentence = self.sentence
        if sentence.expect == "outside":
            return not self.routed and self.status != DecisionStatus.REVIEW.value
        if sentence.expect == "unlocated":
            return not self.routed
        if sentence.expect == "ambiguous":
            return not self.routed or self.right
        near = sentence.tolerance_m is None or not self.error_m > sentence.tolerance_m
        shown = ReasonCode.DISTRICT_CONFLICT.value in self.reasons
        return self.right and near and (sentence.expect != "conflict" or shown)


def judge(sentence: LabelledSentence, answer: Answer, *, by_unit: bool = False) -> Judged:
    """Compare; ``by_unit``: by the unit that rules named, else by the finest territory."""
    said = answer.recommendation
    finest = answer.hits.finest
    code = ""
    if by_unit and sentence.category is not None:
        code = said.unit_code
    elif finest is not None and said.status in (DecisionStatus.ROUTED, DecisionStatus.REVIEW):
        led = [
            h.jurisdiction.code for h in finest.hits if h.jurisdiction.unit_code == said.unit_code
        ]
        code = led[0] if led else finest.hits[0].jurisdiction.code
    has_place = sentence.expect in _SURE
    right = has_place and bool(code) and any(code.startswith(unit) for unit in sentence.units)
    also = has_place and bool(code) and any(code.startswith(u) for u in sentence.also_right)
    there = sentence.point_units or sentence.units
    at_point = has_place and bool(code) and any(code.startswith(unit) for unit in there)
    error_m = outside_m = math.nan
    in_ground = None
    place = answer.location
    if place is not None and sentence.point is not None:
        error_m, outside_m = _distances(place, sentence.point)
        if place.ground is not None:
            in_ground = bool(shapely.intersects_xy(place.ground, *sentence.point))
    return Judged(
        sentence=sentence,
        status=said.status.value,
        code=code,
        right=right,
        touched=right or also,
        at_point=at_point,
        confidence=said.confidence,
        precision=place.precision.value if place else "",
        reasons=said.reasons,
        evidence=answer.evidence,
        error_m=error_m,
        radius_m=reach_m(place) if place else math.nan,
        across_m=place.radius_m if place else math.nan,
        outside_m=outside_m,
        in_ground=in_ground,
        edge_m=answer.hits.edge_distance_m if place is not None else math.nan,
        milliseconds=answer.milliseconds,
    )


def _distances(place: Location, truth: tuple[float, float]) -> tuple[float, float]:
    """Metres from the best point and from the geometry to the true point."""
    scale = metres_per_degree(truth[1])

    def to_metres(coordinates: np.ndarray) -> np.ndarray:
        metres: np.ndarray = (coordinates - truth) * scale
        return metres

    best = best_point(place)
    error = math.hypot((best[0] - truth[0]) * scale[0], (best[1] - truth[1]) * scale[1])
    outside = float(
        shapely.distance(shapely.transform(place.geometry, to_metres), shapely.Point(0, 0))
    )
    return error, outside
