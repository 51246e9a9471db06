"""Who could lead at a place, in the order of precedence, each with the chance that it is so.

Overlay zones come first, then the rules, then the territory. Whether a zone or a rule's condition
holds depends on where exactly the trouble is, which is known only to a radius; so every claim has
a probability, and what it leaves over goes to the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum

from routing.dispatch.certainty import probability_longest, probability_of_share
from routing.dispatch.places import PlaceFacts
from routing.dispatch.rules import RuleSet, dates_of, in_force
from routing.model import Hits, JurisdictionHit, JurisdictionLevel, LevelHits, Rule, TraceStep

COARSE_SHARE = 0.9
"""A place that is a line or an area goes to the finest level holding at least this part of it."""

_LEVEL_WORDS = frozenset(level.value for level in JurisdictionLevel)


class Spread(Enum):
    """What the shares of a place mean for the unit."""

    DISC = "disc"
    """One point known to a radius: the share of a normal scatter."""
    AREA = "area"
    """Anywhere in an area alike: the share is the probability."""
    STRETCH = "stretch"
    """The whole stretch is meant: it goes to who has the longest part."""


@dataclass(frozen=True, slots=True)
class Ground:
    """How a place lies on its ground."""

    spread: Spread = Spread.DISC
    length_m: float = 0.0
    """Of a stretch; 0 for anything else."""


_DISC = Ground()


@dataclass(frozen=True, slots=True)
class Claim:
    """One possible answer to who leads."""

    source: JurisdictionHit | Rule | LevelHits
    """The zone, the rule, or the level of territory it comes from."""
    units: dict[str, float]
    """Unit code → chance that it is the one, given that this claim decides; adds up to 1."""
    chance: float
    """That this claim decides at all, 0–1."""
    level: LevelHits | None
    """The level whose borders decide between the units; ``None`` where none does."""

    @property
    def unit_code(self) -> str:
        """The unit meant if this claim decides: the machine's pick, first in ``units``."""
        return next(iter(self.units))


@dataclass(frozen=True, slots=True)
class Claims:
    """All claims at a place, and which of them the best point settles on."""

    taken: Claim
    all: tuple[Claim, ...]
    unknown: bool
    """A rule was passed over because nobody knows whether its condition holds here."""
    steps: tuple[TraceStep, ...]
    """What each zone and rule said."""

    def mass(self) -> dict[str, float]:
        """Unit code → probability of being the responsible one."""
        found: dict[str, float] = {}
        for claim in self.all:
            for unit, chance in claim.units.items():
                found[unit] = found.get(unit, 0.0) + claim.chance * chance
        return found

    def apart(self, unit: str) -> tuple[float, float]:
        """(that a claim naming ``unit`` decides, that it is ``unit`` then); both 0–1.

        Their product is the ``mass`` of the unit. (0, 0) for a unit that no claim names.
        """
        naming = [claim for claim in self.all if unit in claim.units]
        decides = sum(claim.chance for claim in naming)
        if decides <= 0.0:
            return 0.0, 0.0
        return decides, sum(claim.chance * claim.units[unit] for claim in naming) / decides


def claims_at(
    category: str | None,
    hits: Hits,
    rules: RuleSet,
    day: date,
    *,
    coarse: bool = False,
    ground: Ground = _DISC,
) -> Claims | None:
    """Collect the claims on one place; ``None`` where not even a territory claims it.

    ``coarse``: the place is larger than the finest areas may be, so a coarser level may lead.
    ``ground`` tells what a share means.
    """
    left = 1.0
    found: list[Claim] = []
    taken: Claim | None = None
    unknown = False
    steps: list[TraceStep] = []
    for hit in _zones(hits, rules, category):
        claim = Claim(hit, {hit.jurisdiction.unit_code: 1.0}, left * _chance(hit.share), None)
        left -= claim.chance
        found.append(claim)
        if hit.covers and taken is None:
            taken = claim
            name = hit.jurisdiction.name
            why = f"该点在专属区域“{name}”内"
            steps.append(
                TraceStep(rule_id=f"overlay:{hit.jurisdiction.code}", outcome="matched", why=why)
            )
    place = PlaceFacts(hits)
    for rule in rules.for_category(category):
        holds, chance, step = _tried(rule, place, day, taken)
        steps.append(step)
        unknown = unknown or (holds is None and taken is None)
        if chance > 0:
            level, units = _units_of(rule.lead, hits, ground)
            claim = Claim(rule, units, left * chance, level)
            left -= claim.chance
            found.append(claim)
            if holds and taken is None:
                taken = claim
    territory = _territory(hits, coarse)
    if territory is not None:
        claim = Claim(territory, _shared_out(territory, ground), left, territory)
        found.append(claim)
        taken = taken or claim
    if taken is None:
        return None
    return Claims(taken, tuple(found), unknown, tuple(steps))


def _zones(hits: Hits, rules: RuleSet, category: str | None) -> Iterator[JurisdictionHit]:
    """Overlays touched that take the topic, highest precedence first."""
    for hit in hits.overlays:
        if rules.takes(str(hit.jurisdiction.overlay_kind), category):
            yield hit


def _tried(
    rule: Rule, place: PlaceFacts, day: date, taken: Claim | None
) -> tuple[bool | None, float, TraceStep]:
    """What one rule says: whether it holds, with what chance, and the line for the trace."""
    if not in_force(rule, day):
        return False, 0.0, TraceStep(rule_id=rule.id, outcome="no", why=dates_of(rule))
    answer = place.meets(rule.where)
    chance = answer.probability if answer.holds is not None else 0.0
    if taken is not None:
        before = (
            "专属区域优先" if isinstance(taken.source, JurisdictionHit) else "前面的规则已经适用"
        )
        return answer.holds, chance, TraceStep(rule_id=rule.id, outcome="not_tried", why=before)
    outcome = {True: "matched", False: "no", None: "unknown"}[answer.holds]
    return answer.holds, chance, TraceStep(rule_id=rule.id, outcome=outcome, why=answer.why)


def level_named(word: str, hits: Hits) -> LevelHits | None:
    """The level a lead word means here: itself, else the finest coarser, else the finest at all."""
    found = None
    for level in hits.levels:
        if level.hits:
            found = level
        if level.level.value == word:
            break
    return found or hits.finest


def _units_of(
    spec: str, hits: Hits, ground: Ground = _DISC
) -> tuple[LevelHits | None, dict[str, float]]:
    """The units a rule's ``lead`` or ``co`` stands for at this place."""
    if spec == JurisdictionLevel.OVERLAY:
        for hit in hits.overlays:
            if hit.covers:
                return None, {hit.jurisdiction.unit_code: 1.0}
        spec = JurisdictionLevel.GRID
    if spec not in _LEVEL_WORDS:
        return None, {spec: 1.0}
    level = level_named(spec, hits)
    return (level, _shared_out(level, ground)) if level else (None, {spec: 1.0})


def unit_of(spec: str, hits: Hits) -> str:
    """The one unit a ``lead`` or ``co`` entry means at this place."""
    return next(iter(_units_of(spec, hits)[1]))


def _territory(hits: Hits, coarse: bool) -> LevelHits | None:
    """The finest level; a coarser one where the place itself is larger than the finest areas."""
    if coarse:
        for level in reversed(hits.levels):
            if level.hits and level.hits[0].share >= COARSE_SHARE:
                return level
    return hits.finest


def _shared_out(level: LevelHits, ground: Ground) -> dict[str, float]:
    """Chance of each unit of a level, the pick's first; shares may not add up to 1."""
    shares: dict[str, float] = {}
    for hit in level.hits:
        unit = hit.jurisdiction.unit_code
        shares[unit] = shares.get(unit, 0.0) + hit.share
    unit = level.hits[0].jurisdiction.unit_code
    total = max(1.0, sum(shares.values()))
    part = shares[unit] / total
    if ground.spread is Spread.STRETCH:
        rival = max((share for code, share in shares.items() if code != unit), default=0.0)
        sure = probability_longest(part, rival / total, ground.length_m)
    else:
        sure = part if ground.spread is Spread.AREA else probability_of_share(part)
    others = sum(shares.values()) - shares[unit]
    return {unit: sure} | {
        code: (1.0 - sure) * share / others
        for code, share in shares.items()
        if code != unit and others > 0
    }


def _chance(share: float) -> float:
    return probability_of_share(share) if share > 0 else 0.0
