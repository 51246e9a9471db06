"""The areas inside one jurisdiction, at every level below it."""

from __future__ import annotations

from collections.abc import Mapping

import shapely

from maps.model import Areas
from routing.model import TERRITORIAL_LEVELS, JurisdictionLevel

Levels = Mapping[JurisdictionLevel, Areas]


def inside(
    levels: Levels, top: tuple[JurisdictionLevel, str] | None
) -> dict[JurisdictionLevel, Areas]:
    """The areas of each level that lie in ``top``, itself included; all for ``None``.

    Declared parents decide, through as many levels as they lead; where a chain of parents ends
    without meeting the level of ``top``, a point inside the area does. Coarser levels are left
    out, and so are levels without any area.
    """
    found: dict[JurisdictionLevel, Areas] = {}
    for level in TERRITORIAL_LEVELS:
        areas = levels.get(level)
        if areas is None or not len(areas):
            continue
        if top is None:
            found[level] = areas
            continue
        if TERRITORIAL_LEVELS.index(level) < TERRITORIAL_LEVELS.index(top[0]):
            continue
        kept = [at for at in range(len(areas)) if _belongs(levels, level, at, top)]
        if kept:
            found[level] = areas.take(kept)
    return found


def _belongs(
    levels: Levels, level: JurisdictionLevel, at: int, top: tuple[JurisdictionLevel, str]
) -> bool:
    areas = levels[level]
    code, here = areas.codes[at], level
    while True:
        if here is top[0]:
            return code == top[1]
        parent = _above(levels, here, code)
        if parent is None:
            break
        here, code = parent
    around = levels.get(top[0])
    if around is None or top[1] not in around.place_of:
        return False
    shape = around.shapes[around.place_of[top[1]]]
    return bool(shapely.covers(shape, shapely.Point(areas.middles[at])))


def _above(
    levels: Levels, level: JurisdictionLevel, code: str
) -> tuple[JurisdictionLevel, str] | None:
    areas = levels[level]
    parent = areas.parents[areas.place_of[code]]
    for coarser in reversed(TERRITORIAL_LEVELS[: TERRITORIAL_LEVELS.index(level)]):
        there = levels.get(coarser)
        if parent and there is not None and parent in there.place_of:
            return coarser, parent
    return None


def ranked_level(levels: Levels, top: tuple[JurisdictionLevel, str] | None) -> Areas | None:
    """The coarsest level below ``top`` with at least two areas: what a table ranks."""
    after = TERRITORIAL_LEVELS.index(top[0]) + 1 if top else 0
    for level in TERRITORIAL_LEVELS[after:]:
        if level in levels and len(levels[level]) >= 2:
            return levels[level]
    return None


MOST_LISTED = 400
"""Areas of a table; on pages it shows the first of them, in the XLSX all."""


def finer(levels: Levels, areas: Areas) -> Areas | None:
    """The next level below with more areas, and not more than a table lists."""
    for level in TERRITORIAL_LEVELS[TERRITORIAL_LEVELS.index(areas.level) + 1 :]:
        there = levels.get(level)
        if there is not None and len(areas) < len(there) <= MOST_LISTED:
            return there
    return None


def coarser(levels: Levels, areas: Areas) -> Areas | None:
    """The next level above that has at least two areas."""
    for level in reversed(TERRITORIAL_LEVELS[: TERRITORIAL_LEVELS.index(areas.level)]):
        there = levels.get(level)
        if there is not None and len(there) >= 2:
            return there
    return None


MOST_MAPPED = 3_000
"""Areas of a map that is 17 cm wide: beyond this each is smaller than two millimetres."""


def mapped_level(levels: Levels, ranked: Areas) -> Areas:
    """The finest level that a page can show, from communities upwards, at least ``ranked``."""
    finest = ranked
    for level in (JurisdictionLevel.SUBDISTRICT, JurisdictionLevel.COMMUNITY):
        after = TERRITORIAL_LEVELS.index(level) > TERRITORIAL_LEVELS.index(ranked.level)
        if after and level in levels and len(ranked) <= len(levels[level]) <= MOST_MAPPED:
            finest = levels[level]
    return finest
