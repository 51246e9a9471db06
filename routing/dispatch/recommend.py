"""Hits and rules become one responsible unit, its co-handlers, its fallback, and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from routing.dispatch.basis import basis_sentence
from routing.dispatch.certainty import ROUTED_FROM, probability_of_share
from routing.dispatch.places import PlaceFacts
from routing.dispatch.rules import RuleMatch, RuleSet
from routing.model import (
    DecisionStatus,
    Hits,
    JurisdictionHit,
    JurisdictionLevel,
    LevelHits,
    ReasonCode,
    Recommendation,
    TraceStep,
)
from routing.ports import UnitDirectory

QUEUE = "QUEUE"
"""Code of 人工研判队列: the owner of what no unit can be named for. Never nobody."""

QUEUE_NAME = "人工研判队列"

COARSE_SHARE = 0.9
"""A place that is a line or an area goes to the finest level holding at least this part of it."""


@dataclass(frozen=True, slots=True)
class _Lead:
    """Who leads, how likely that is right, and who else it could be."""

    unit_code: str
    probability: float
    rival: str
    rival_share: float
    reasons: tuple[str, ...]
    level: LevelHits | None
    """The level whose border decides between lead and rival; ``None`` where none does."""


def recommend(
    category: str | None,
    hits: Hits,
    rules: RuleSet,
    units: UnitDirectory,
    day: date,
    *,
    extended: bool = False,
    place_name: str = "",
    reasons: Sequence[str] = (),
) -> Recommendation:
    """The whole answer for one place on one day.

    ``extended``: the place is a line or an area rather than a point. ``place_name`` stands in the
    basis sentence, empty for a coordinate. ``reasons`` are codes found before (``suspect_crs`` …).
    A place without any jurisdiction is ``outside`` and belongs to the queue.
    """
    finest = hits.finest
    zone = _deciding_zone(hits, rules, category)
    if finest is None and zone is None:
        return _outside(hits, rules, reasons)
    match = rules.evaluate(category, PlaceFacts.of(hits), day)
    lead = _lead(hits, match, zone, finest, extended)
    fallback, fallback_level = _fallback(hits)
    co = _co_units(hits, match, zone, lead.unit_code, fallback)
    codes = _reasons(hits, lead, match, finest, reasons, extended)
    confidence = round(lead.probability, 4)
    name = _namer(hits, units, day)
    return Recommendation(
        status=_status(hits, lead, match, fallback_level, confidence, reasons, extended),
        unit_code=lead.unit_code,
        unit_name=name(lead.unit_code),
        co_units=co,
        fallback_unit=fallback,
        runner_up_unit=lead.rival,
        runner_up_share=round(lead.rival_share, 4) if lead.rival else 0.0,
        confidence=confidence,
        share=round(finest.hits[0].share, 4) if finest else round(zone.share, 4) if zone else 0.0,
        reasons=codes,
        basis=basis_sentence(
            hits=hits,
            category=category,
            rule=None if zone else match.rule,
            zone=zone,
            lead=name(lead.unit_code),
            co=[name(code) for code in co],
            fallback=name(fallback),
            place_name=place_name,
            extended=extended,
        ),
        rules_version=rules.version,
        trace=_trace(zone, match),
    )


def unlocated(rules: RuleSet, reasons: Sequence[str] = ()) -> Recommendation:
    """The answer for a complaint without a place: the queue owns it."""
    return Recommendation(
        status=DecisionStatus.UNLOCATED,
        unit_code=QUEUE,
        unit_name=QUEUE_NAME,
        fallback_unit=QUEUE,
        reasons=(*reasons, ReasonCode.FALLBACK.value),
        basis="未能确定地点，转人工研判队列，请与诉求人核实地址。",
        rules_version=rules.version,
    )


def _outside(hits: Hits, rules: RuleSet, reasons: Sequence[str]) -> Recommendation:
    in_force = bool(hits.levels or hits.overlay_kinds)
    codes = [*reasons]
    if not in_force:
        codes.append(ReasonCode.NOT_IN_FORCE.value)
    why = "该点不在任何已载入的管辖区内" if in_force else "当日没有已生效的管辖区界线"
    return Recommendation(
        status=DecisionStatus.OUTSIDE,
        unit_code=QUEUE,
        unit_name=QUEUE_NAME,
        fallback_unit=QUEUE,
        reasons=(*codes, ReasonCode.FALLBACK.value),
        basis=f"{why}，转人工研判队列，请核对坐标系与地点。",
        rules_version=rules.version,
    )


def _deciding_zone(hits: Hits, rules: RuleSet, category: str | None) -> JurisdictionHit | None:
    """The overlay of highest precedence that covers the place and takes the topic."""
    for hit in hits.overlays:
        if hit.covers and rules.takes(str(hit.jurisdiction.overlay_kind), category):
            return hit
    return None


def _lead(
    hits: Hits,
    match: RuleMatch,
    zone: JurisdictionHit | None,
    finest: LevelHits | None,
    extended: bool,
) -> _Lead:
    """Overlay zone, else rule, else territory."""
    if zone is not None:
        rival = _territory(finest, hits, extended).unit_code if finest else ""
        sure = probability_of_share(zone.share)
        kind = str(zone.jurisdiction.overlay_kind)
        codes = (ReasonCode.OVERLAY.value, f"overlay:{kind}")
        unit = zone.jurisdiction.unit_code
        rival_share = max(0.0, 1.0 - zone.share)
        return _Lead(unit, sure, rival if rival_share > 0 else "", rival_share, codes, None)
    rule = match.rule
    if rule is None:
        assert finest is not None  # recommend() has answered the place with neither
        return _passed_over(_territory(finest, hits, extended), match, hits)
    where = _place_of(rule.lead, hits)
    code = (f"rule:{rule.id}",)
    if where is None:
        return _passed_over(_Lead(rule.lead, 1.0, "", 0.0, code, None), match, hits)
    if isinstance(where, JurisdictionHit):
        unit = where.jurisdiction.unit_code
        return _passed_over(
            _Lead(unit, probability_of_share(where.share), "", 0.0, code, None), match, hits
        )
    return _passed_over(_between(where, code), match, hits)


def _passed_over(lead: _Lead, match: RuleMatch, hits: Hits) -> _Lead:
    """Count in the doubt about place conditions; a rule that almost applied is a rival."""
    probability = lead.probability * match.probability
    rival, share = lead.rival, lead.rival_share
    if match.runner_up is not None and match.runner_up_probability > share:
        where = _place_of(match.runner_up.lead, hits)
        other = match.runner_up.lead if where is None else _unit_of(where)
        if other and other != lead.unit_code:
            rival, share = other, match.runner_up_probability
        elif other == lead.unit_code:  # either way the same unit: no doubt from this condition
            probability = lead.probability
    return _Lead(lead.unit_code, probability, rival, share, lead.reasons, lead.level)


def _place_of(spec: str, hits: Hits) -> LevelHits | JurisdictionHit | None:
    """What a lead word stands for at this place; ``None`` for a plain unit code."""
    if spec == "overlay":
        covering = [hit for hit in hits.overlays if hit.covers]
        return covering[0] if covering else hits.finest
    if spec not in {level.value for level in JurisdictionLevel}:
        return None
    wanted = JurisdictionLevel(spec)
    found = None
    for level in hits.levels:
        if level.hits:
            found = level
        if level.level is wanted:
            break
    return found or hits.finest


def _unit_of(where: LevelHits | JurisdictionHit) -> str:
    hit = where.best if isinstance(where, LevelHits) else where
    return hit.jurisdiction.unit_code if hit else ""


def _territory(finest: LevelHits, hits: Hits, extended: bool) -> _Lead:
    """The unit of the finest level; of a coarser one where the place is larger than the finest."""
    chosen = finest
    if extended:
        for level in reversed(hits.levels):
            if level.hits and level.hits[0].share >= COARSE_SHARE:
                chosen = level
                break
    return _between(chosen, ())


def _between(level: LevelHits, reasons: tuple[str, ...]) -> _Lead:
    """Lead and rival among the hits of one level; shares may add up to more or less than 1."""
    shares: dict[str, float] = {}
    for hit in level.hits:
        unit = hit.jurisdiction.unit_code
        shares[unit] = shares.get(unit, 0.0) + hit.share
    total = max(1.0, sum(shares.values()))
    unit = level.hits[0].jurisdiction.unit_code
    others = {code: share for code, share in shares.items() if code != unit}
    rival = max(others, key=lambda code: (others[code], code), default="")
    probability = probability_of_share(shares[unit] / total)
    rival_share = others[rival] / total if rival else 0.0
    return _Lead(unit, probability, rival, rival_share, reasons, level)


def _fallback(hits: Hits) -> tuple[str, LevelHits | None]:
    """兜底: the subdistrict; where none is loaded here the district, else the coarsest there is."""
    with_hits = {level.level: level for level in hits.levels if level.hits}
    for wanted in (JurisdictionLevel.SUBDISTRICT, JurisdictionLevel.DISTRICT):
        if wanted in with_hits:
            return _unit_of(with_hits[wanted]), with_hits[wanted]
    for level in with_hits.values():
        return _unit_of(level), level
    return QUEUE, None


def _co_units(
    hits: Hits, match: RuleMatch, zone: JurisdictionHit | None, lead: str, fallback: str
) -> tuple[str, ...]:
    if zone is not None:
        wanted = [fallback]
    elif match.rule is not None:
        places = [(spec, _place_of(spec, hits)) for spec in match.rule.co]
        wanted = [spec if where is None else _unit_of(where) for spec, where in places]
    else:
        wanted = []
    return tuple(dict.fromkeys(c for c in wanted if c and c not in (lead, QUEUE)))


def _reasons(
    hits: Hits,
    lead: _Lead,
    match: RuleMatch,
    finest: LevelHits | None,
    before: Sequence[str],
    extended: bool,
) -> tuple[str, ...]:
    codes = list(before)
    if any(level.tie for level in hits.levels):
        codes.append(ReasonCode.TIE.value)
    if any(level.overlap for level in hits.levels):
        codes.append(ReasonCode.OVERLAP.value)
    if any(level.gap for level in hits.levels):
        codes.append(ReasonCode.GAP.value)
    if hits.near_edge:
        codes.append(ReasonCode.NEAR_EDGE.value)
    if hits.boundary_road:
        codes.append(ReasonCode.BOUNDARY_ROAD.value)
    if match.unknown:
        codes.append(ReasonCode.PLACE_UNKNOWN.value)
    if extended:
        codes.append(ReasonCode.COARSE_PLACE.value)
        if finest and len({h.jurisdiction.unit_code for h in finest.hits if h.share > 0}) > 1:
            codes.append(ReasonCode.CROSSES_UNITS.value)
    codes.extend(lead.reasons)
    if hits.levels and finest is not None and finest.level is not hits.levels[-1].level:
        codes.append(ReasonCode.FALLBACK.value)
    return tuple(dict.fromkeys(codes))


def _status(
    hits: Hits,
    lead: _Lead,
    match: RuleMatch,
    fallback_level: LevelHits | None,
    confidence: float,
    before: Sequence[str],
    extended: bool,
) -> DecisionStatus:
    """``routed`` where the lead is likely enough and no border question touches lead or 兜底."""
    asked = [level for level in (lead.level, fallback_level) if level is not None]
    unsettled = any(
        (level.tie or level.overlap) and _units_differ(level) for level in asked
    ) or any(level.gap for level in asked)
    road = bool(hits.boundary_road) and any(
        {h.jurisdiction.code for h in level.hits} & set(hits.boundary_road) and _units_differ(level)
        for level in asked
    )
    if confidence < ROUTED_FROM or unsettled or road or match.unknown or before or extended:
        return DecisionStatus.REVIEW
    return DecisionStatus.ROUTED


def _units_differ(level: LevelHits) -> bool:
    return len({hit.jurisdiction.unit_code for hit in level.hits}) > 1


def _trace(zone: JurisdictionHit | None, match: RuleMatch) -> tuple[TraceStep, ...]:
    if zone is None:
        return match.steps
    first = TraceStep(
        rule_id=f"overlay:{zone.jurisdiction.code}",
        outcome="matched",
        why=f"该点在专属区域“{zone.jurisdiction.name}”内",
    )
    rest = [
        TraceStep(rule_id=s.rule_id, outcome="not_tried", why="专属区域优先") for s in match.steps
    ]
    return (first, *rest)


def _namer(hits: Hits, units: UnitDirectory, day: date):  # type: ignore[no-untyped-def]
    """Names by directory, else by the jurisdiction whose unit it is, else the code itself."""

    def name(code: str) -> str:
        if code == QUEUE:
            return QUEUE_NAME
        unit = units.unit(code, day)
        if unit is not None:
            return unit.name
        for hit in (*(h for level in hits.levels for h in level.hits), *hits.overlays):
            if hit.jurisdiction.code == code or hit.jurisdiction.unit_code == code:
                return hit.jurisdiction.name
        return code

    return name
