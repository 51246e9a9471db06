"""How far off a place may be, by what it was matched to: one table, refitted from corrections."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from routing.model import LocationPrecision as P

RADII_M: Mapping[P, float] = MappingProxyType(
    {
        P.DOOR: 18.0,
        P.DOOR_BETWEEN: 22.0,  # at least; else a third of the gap between the known numbers
        P.DOOR_BEYOND: 150.0,
        P.DOOR_RANGE: 25.0,
        P.BUILDING: 22.0,
        P.POLE: 11.0,
        P.POI: 31.0,
        P.STOP: 42.0,
        P.GATE: 45.0,
        P.JUNCTION: 29.0,
        P.CHAINAGE: 100.0,
        P.SEGMENT: 25.0,
        P.OFFSET: 25.0,  # at least; else 0.3 of the distance said
        P.OPPOSITE: 55.0,
        P.VICINITY: 60.0,
        P.COMPOUND: 12.0,
        P.VILLAGE: 50.0,
        P.WATER: 40.0,
        P.ROAD: 25.0,
        P.GRID: 20.0,
        P.COMMUNITY: 20.0,
        P.SUBDISTRICT: 20.0,
        P.DISTRICT: 20.0,
        P.PIN: 30.0,
    }
)
"""Metres, 95 %: the true place lies this near the geometry. For lines it is the width to each side,
for polygons what is added around. Start values of geocoding.md 3.6; ``shudi evaluate --fit`` gives
the measured ones from labelled cases, and docs/accuracy.md has both."""

NEARBY_M = 135.0
"""Metres, 95 %, for 附近, 一带, 周边: what people call near without a better word for it."""

BARE_COMPOUND_M = 70.0
"""Metres, 95 %, around a compound known by a point only: half of a usual estate's width."""

BARE_VILLAGE_M = 220.0
"""Metres, 95 %, around a village of which only a point is known."""

OFFSET_SHARE = 0.35
"""Of the distance that a caller says: how wrong a distance by eye is. geocoding.md starts at 0.3;
with an error of 15 % in distance and 10 degrees in direction (both one standard deviation) 0.3
holds 78 % of the true places and 0.35 with the sector 93 %."""

SECTOR_DEG = 22.5
"""Half the opening of a compass word: eight words for the whole turn."""
