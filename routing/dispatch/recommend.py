"""Hits and rules become one responsible unit, its co-handlers, its fallback, and reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from routing.dispatch.basis import basis_sentence
from routing.dispatch.calibration import Calibration
from routing.dispatch.certainty import CONFIDENCE_CEILING, ROUTED_FROM
from routing.dispatch.claims import Claims, Ground, Spread, claims_at, unit_of
from routing.dispatch.rules import RuleSet
from routing.metric import length_m
from routing.model import (
    DecisionStatus,
    Hits,
    JurisdictionHit,
    JurisdictionLevel,
    LevelHits,
    Location,
    LocationPrecision,
    ReasonCode,
    Recommendation,
    Rule,
)
from routing.ports import UnitDirectory

QUEUE = "QUEUE"
"""Code of 人工研判队列: the owner of what no unit can be named for. Never nobody."""

QUEUE_NAME = "人工研判队列"

COARSE = frozenset(
    {
        LocationPrecision.PIN,  # an area drawn on a map
        LocationPrecision.GRID,
        LocationPrecision.COMMUNITY,
        LocationPrecision.SUBDISTRICT,
        LocationPrecision.DISTRICT,
    }
)
"""Areas within which the trouble is one spot that nobody has said: they go to the finest level that
holds nearly all of them. A road or a stretch of it goes to who has most of it, with the others at
hand."""

STRETCHES = frozenset(
    {
        LocationPrecision.SEGMENT,
        LocationPrecision.ROAD,
        LocationPrecision.DOOR_RANGE,
        LocationPrecision.WATER,
    }
)
"""Places that are meant as a whole; a road only where 路段, 沿线, 全线 says so."""

ONE_SPOT = frozenset(
    {"number_unknown", "number_gap", "some_junction", "stop_unnamed", "no_crossing",
     "chainage_origin", "no_carrier", "word_OPP", "word_BESIDE", "word_NEAR", "word_OFF",
     "word_INSIDE", "word_F"}
)  # fmt: skip
"""Evidence that one spot on a road is meant, of which only the road is known."""

HALF_READ = ("unfinished", "unused", "by_the_way", "far_from_road", "edit")
"""Evidence that part of what was said could not be read, that the trouble need not be there, or
that a character was changed to find the name: a new estate is one character off an old one too."""

DOUBTS = frozenset(
    {
        ReasonCode.SUSPECT_CRS.value,
        ReasonCode.TEXT_POINT_CONFLICT.value,
        ReasonCode.AMBIGUOUS_PLACE.value,
        ReasonCode.DEFAULT_POINT.value,
    }
)
"""Reasons found before the decision that no probability outweighs: a person looks."""

CO_SHARE = 0.1
"""Part of a stretch from which the unit there assists: on the usual 200 m between two junctions
20 m, the length of a repair."""


def recommend(
    category: str | None,
    hits: Hits,
    rules: RuleSet,
    units: UnitDirectory,
    day: date,
    *,
    place: Location | None = None,
    place_name: str = "",
    reasons: Sequence[str] = (),
    evidence: Mapping[str, float] | None = None,
    calibration: Calibration | None = None,
) -> Recommendation:
    """The whole answer for one place on one day.

    ``place`` tells whether it is a line or an area rather than a point; ``None`` is a point.
    ``place_name`` stands in the basis sentence, empty for a coordinate. ``reasons`` are codes found
    before (``suspect_crs`` …); those of ``DOUBTS`` send the case to a person. ``evidence`` is what
    the place was read from, ``None`` for a coordinate; with a ``calibration`` it decides how sure
    the answer is. A place without any jurisdiction is ``outside`` and belongs to the queue.
    """
    extended = place is not None and (
        place.geometry.geom_type != "Point" or place.ground is not None
    )
    coarse = extended and place is not None and place.precision in COARSE
    finest = hits.finest
    claims = None
    if finest is not None or hits.overlays:  # a category rule alone never pulls in another city
        claims = claims_at(
            category, hits, rules, day, coarse=coarse, ground=_ground(place, evidence)
        )
    if claims is None:
        return _outside(hits, rules, reasons)
    lead = claims.taken.unit_code
    fallback, fallback_level = _fallback(hits)
    co = _co_units(hits, claims, lead, fallback, extended and not coarse)
    mass = claims.mass()
    sure, enough = min(CONFIDENCE_CEILING, mass[lead]), ROUTED_FROM
    if evidence is not None:  # not a pin's error: what the words leave open is in the evidence
        sure = mass[lead]
    if evidence is not None and calibration is not None and place is not None:
        # fitted on borders between areas: which side of a kerb is meant it cannot make surer
        decides, is_lead = claims.apart(lead)
        sure = decides * calibration.probability(evidence, is_lead, place.precision.value)
        enough = calibration.threshold(place.precision.value)
    confidence = round(sure, 4)
    doubted = _doubted(reasons, evidence) or (
        coarse and (evidence is None or _coarser(hits, claims))
    )
    rival, rival_share = _rival(claims, mass, lead)
    source = claims.taken.source
    name = _namer(hits, units, day)
    return Recommendation(
        status=_status(hits, claims, fallback_level, sure >= enough and not doubted, extended),
        unit_code=lead,
        unit_name=name(lead),
        co_units=co,
        fallback_unit=fallback,
        runner_up_unit=rival,
        runner_up_share=round(rival_share, 4),
        confidence=confidence,
        share=round(finest.hits[0].share if finest else hits.overlays[0].share, 4),
        reasons=_reasons(hits, claims, reasons, coarse, extended),
        basis=basis_sentence(
            hits=hits,
            category=category,
            rule=source if isinstance(source, Rule) else None,
            zone=source if isinstance(source, JurisdictionHit) else None,
            lead=name(lead),
            co=[name(code) for code in co],
            fallback=name(fallback),
            place_name=place_name,
            extended=extended,
        ),
        rules_version=rules.version,
        trace=claims.steps,
    )


def _doubted(reasons: Sequence[str], evidence: Mapping[str, float] | None) -> bool:
    """Whether a person looks however sure the numbers are."""
    if DOUBTS & set(reasons):
        return True
    if evidence is None:
        return False
    if ReasonCode.CALLER_ADDRESS in reasons and evidence.get("missing"):
        return True  # the site is named, and nobody knows the name
    return any(evidence.get(name) for name in HALF_READ)


def _ground(place: Location | None, evidence: Mapping[str, float] | None) -> Ground:
    if place is None or (place.geometry.geom_type == "Point" and place.ground is None):
        return Ground()
    if place.precision not in STRETCHES or (evidence is not None and ONE_SPOT & evidence.keys()):
        return Ground(spread=Spread.AREA)
    if evidence is not None and evidence.get("missing"):
        return Ground(spread=Spread.AREA)
    whole_road = place.precision in (LocationPrecision.ROAD, LocationPrecision.WATER)
    if whole_road and evidence is not None and not evidence.get("word_SEG"):
        return Ground(spread=Spread.AREA)  # a bare road's name means one spot on it
    return Ground(spread=Spread.STRETCH, length_m=length_m(place.geometry))


def unlocated(rules: RuleSet, missing: Sequence[str] = ()) -> Recommendation:
    """The answer for a complaint without a place: the queue owns it. ``missing``: names it asks
    for that the gazetteer does not have."""
    names = f"（地名库中没有：{'、'.join(missing[:3])}）" if missing else ""
    why = f"未能确定地点{names}，转人工研判队列，请与诉求人核实地址。"
    return _queued(DecisionStatus.UNLOCATED, (), why, rules)


def away(rules: RuleSet, notes: Sequence[str]) -> Recommendation:
    """The answer for words that name another city or district: nothing here is forced on it."""
    said = f"{'；'.join(notes)}，" if notes else ""
    why = f"{said}转人工研判队列，请核实后转交所在地。"
    return _queued(DecisionStatus.OUTSIDE, (), why, rules)


def _outside(hits: Hits, rules: RuleSet, reasons: Sequence[str]) -> Recommendation:
    if hits.levels or hits.overlay_kinds:
        why = "该点不在任何已载入的管辖区内，转人工研判队列，请核对坐标系与地点。"
        return _queued(DecisionStatus.OUTSIDE, reasons, why, rules)
    why = "当日没有已生效的管辖区界线，转人工研判队列，请导入当日有效的界线版本。"
    codes = (*reasons, ReasonCode.NOT_IN_FORCE.value)
    return _queued(DecisionStatus.OUTSIDE, codes, why, rules)


def _queued(
    status: DecisionStatus, reasons: Sequence[str], basis: str, rules: RuleSet
) -> Recommendation:
    return Recommendation(
        status=status,
        unit_code=QUEUE,
        unit_name=QUEUE_NAME,
        fallback_unit=QUEUE,
        reasons=(*reasons, ReasonCode.FALLBACK.value),
        basis=basis,
        rules_version=rules.version,
    )


def _fallback(hits: Hits) -> tuple[str, LevelHits | None]:
    """兜底: the subdistrict; where none is loaded here the district, else the coarsest there is."""
    with_hits = {level.level: level for level in hits.levels if level.hits}
    for wanted in (JurisdictionLevel.SUBDISTRICT, JurisdictionLevel.DISTRICT, *with_hits):
        if wanted in with_hits:
            level = with_hits[wanted]
            return level.hits[0].jurisdiction.unit_code, level
    return QUEUE, None


def _coarser(hits: Hits, claims: Claims) -> bool:
    """The lead is a territory's, and of a coarser level than is loaded here."""
    level = claims.taken.level
    return level is not None and level.level is not hits.levels[-1].level


def _co_units(
    hits: Hits, claims: Claims, lead: str, fallback: str, crossing: bool
) -> tuple[str, ...]:
    source = claims.taken.source
    if isinstance(source, Rule):
        wanted = [unit_of(spec, hits) for spec in source.co]
    elif isinstance(source, JurisdictionHit):
        wanted = [fallback]  # a zone's owner works on the subdistrict's ground
    elif crossing and isinstance(source, LevelHits):
        wanted = [h.jurisdiction.unit_code for h in source.hits if h.share >= CO_SHARE]
    else:
        wanted = []
    return tuple(dict.fromkeys(code for code in wanted if code not in (lead, QUEUE)))


def _rival(claims: Claims, mass: dict[str, float], lead: str) -> tuple[str, float]:
    """The next likely unit; its share of the place where a border decides, else its probability."""
    others = {unit: chance for unit, chance in mass.items() if unit != lead and chance >= 0.0005}
    if not others:
        return "", 0.0
    rival = max(others, key=lambda unit: (others[unit], unit))
    level = claims.taken.level
    share = sum(
        hit.share for hit in (level.hits if level else ()) if hit.jurisdiction.unit_code == rival
    )
    return rival, share or others[rival]


def _reasons(
    hits: Hits, claims: Claims, before: Sequence[str], coarse: bool, extended: bool
) -> tuple[str, ...]:
    finest, source = hits.finest, claims.taken.source
    crossing = finest is not None and _units_differ(finest)
    short = finest is not None and finest.level is not hits.levels[-1].level
    tie = overlap = gap = False
    for level in hits.levels:
        tie, overlap, gap = tie or level.tie, overlap or level.overlap, gap or level.gap
    found = (
        (tie, ReasonCode.TIE),
        (overlap, ReasonCode.OVERLAP),
        (gap, ReasonCode.GAP),
        (hits.near_edge, ReasonCode.NEAR_EDGE),
        (bool(hits.boundary_road), ReasonCode.BOUNDARY_ROAD),
        (claims.unknown, ReasonCode.PLACE_UNKNOWN),
        (coarse, ReasonCode.COARSE_PLACE),
        (extended and crossing, ReasonCode.CROSSES_UNITS),
        (short, ReasonCode.FALLBACK),
        (isinstance(source, JurisdictionHit), ReasonCode.OVERLAY),
    )
    codes = [*before, *(code.value for holds, code in found if holds)]
    if isinstance(source, JurisdictionHit):
        codes.append(f"overlay:{source.jurisdiction.overlay_kind}")
    if isinstance(source, Rule):
        codes.append(f"rule:{source.id}")
    return tuple(dict.fromkeys(codes))


def _status(
    hits: Hits,
    claims: Claims,
    fallback_level: LevelHits | None,
    sure: bool,
    extended: bool,
) -> DecisionStatus:
    """``routed`` where the lead is likely enough and no border question touches lead or 兜底.

    The middle of a line or an area may lie on a border without meaning anything: there the shares
    have told.
    """
    if not sure or claims.unknown or hits.boundary_road:
        return DecisionStatus.REVIEW
    for level in (claims.taken.level, fallback_level):
        if level is None or extended:
            continue
        if level.gap or ((level.tie or level.overlap) and _units_differ(level)):
            return DecisionStatus.REVIEW
    return DecisionStatus.ROUTED


def _units_differ(level: LevelHits) -> bool:
    return len({hit.jurisdiction.unit_code for hit in level.hits}) > 1


def _namer(hits: Hits, units: UnitDirectory, day: date) -> Callable[[str], str]:
    """Names by directory, else by the jurisdiction whose unit it is, else the code itself."""

    known: dict[str, str] = {QUEUE: QUEUE_NAME}

    def name(code: str) -> str:
        found = known.get(code)
        if found is None:
            unit = units.unit(code, day)
            found = known[code] = unit.name if unit is not None else _named_here(code, hits)
        return found

    return name


def _named_here(code: str, hits: Hits) -> str:
    for level in hits.levels:
        for hit in level.hits:
            if code in (hit.jurisdiction.code, hit.jurisdiction.unit_code):
                return hit.jurisdiction.name
    for hit in hits.overlays:
        if code in (hit.jurisdiction.code, hit.jurisdiction.unit_code):
            return hit.jurisdiction.name
    return code
