"""Touches of one place arranged by level: the pick, ties, overlaps and gaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from routing.jurisdiction.editions import Edition
from routing.model import JurisdictionHit, JurisdictionLevel, LevelHits

_SHARE_FLOOR = 1e-9
"""Below this share a polygon that does not cover the point is only near, not touched."""

_SHARE_DIGITS = 6
"""Shares of an area that differ by less than the rounding of its cut are a tie."""


@dataclass(frozen=True, slots=True)
class Touch:
    """One polygon near a place, before levels are looked at."""

    number: int
    """Position in the edition."""
    share: float
    covers: bool
    distance_m: float
    """From the best point to its border; ``inf`` where farther than was looked."""
    declared: bool = False
    """A border rule gives it the place, whatever the geometry says."""


def arrange(
    edition: Edition,
    touches: Sequence[Touch],
    interior: Callable[[int], bool],
    *,
    by_share: bool = False,
) -> tuple[tuple[LevelHits, ...], tuple[JurisdictionHit, ...]]:
    """Return the hits of every loaded level, coarse to fine, and the overlays touched.

    ``by_share``: the pick is who has most of the place, not who has its middle; so for lines and
    areas.

    ``interior`` tells whether the best point lies inside a polygon off its border; it is only
    asked where two of a level cover the point, to tell a tie from an overlap.
    """
    by_level: dict[JurisdictionLevel, list[Touch]] = {}
    for touch in touches:
        by_level.setdefault(edition.jurisdictions[touch.number].level, []).append(touch)
    levels = tuple(
        _level(edition, level, by_level.get(level, []), interior, by_share)
        for level in edition.levels
    )
    zones = [
        touch
        for touch in by_level.get(JurisdictionLevel.OVERLAY, ())
        if touch.covers or touch.share > _SHARE_FLOOR
    ]
    if len(zones) > 1:
        zones.sort(key=lambda t: (-edition.jurisdictions[t.number].precedence, t.number))
    return levels, tuple([_hit(edition, touch) for touch in zones])


def _level(
    edition: Edition,
    level: JurisdictionLevel,
    touches: list[Touch],
    interior: Callable[[int], bool],
    by_share: bool,
) -> LevelHits:
    covering = [touch for touch in touches if touch.covers]
    touched = [touch for touch in touches if touch.covers or touch.share > _SHARE_FLOOR]
    if not touched and touches:
        # a gap wider than the radius: name the nearest within reach, as a guess without a share
        nearest = min(touches, key=lambda t: (t.distance_m, t.number))
        touched = [replace(nearest, share=0.0)]
    # numbers ascend with codes, so an exact tie falls to the lowest code
    if len(touched) > 1 and by_share:
        touched.sort(key=lambda t: (-round(t.share, _SHARE_DIGITS), not t.covers, t.number))
    elif len(touched) > 1:
        touched.sort(
            key=lambda t: (not t.declared, not t.covers, 0.0 if t.covers else -t.share, t.number)
        )
    tie = overlap = False
    if len(covering) > 1:
        inner = [interior(touch.number) for touch in covering]
        overlap = sum(inner) > 1
        tie = not all(inner)
    return LevelHits(
        level=level,
        hits=tuple([_hit(edition, touch) for touch in touched]),
        tie=tie,
        overlap=overlap,
        gap=not covering,
    )


def _hit(edition: Edition, touch: Touch) -> JurisdictionHit:
    return JurisdictionHit(
        jurisdiction=edition.jurisdictions[touch.number],
        share=touch.share,
        covers=touch.covers,
        edge_distance_m=touch.distance_m,
    )
