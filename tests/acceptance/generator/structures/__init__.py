"""Every structure in which citizens name a place, with how often it is drawn."""

from __future__ import annotations

from tests.acceptance.generator.draft import Builder
from tests.acceptance.generator.structures import (
    areas,
    compounds,
    crossings,
    houses,
    relations,
    segments,
    things,
)

STRUCTURES: dict[str, tuple[Builder, float]] = {
    "house": (houses.existing, 12),
    "house_between": (houses.between, 5),
    "house_beyond": (houses.beyond, 1.5),
    "house_sub": (houses.sub_number, 3),
    "house_range": (houses.number_range, 2),
    "intersection": (crossings.crossing, 12),
    "corner": (crossings.corner, 2),
    "segment": (segments.by_crossings, 6),
    "segment_things": (segments.by_things, 3),
    "segment_self": (segments.by_own_names, 0.5),
    "compound": (compounds.whole, 7),
    "building": (compounds.building, 7),
    "building_unknown": (compounds.unknown_building, 1.5),
    "gate": (things.gate, 3),
    "stop": (things.stop, 6),
    "pole": (things.pole, 3),
    "poi": (things.poi, 8),
    "village": (things.village, 2),
    "water": (areas.water, 0.7),
    "opposite": (relations.opposite, 3),
    "beside": (relations.beside, 6),
    "vicinity": (relations.vicinity, 3),
    "between": (relations.between, 1.5),
    "offset": (relations.offset, 4),
    "side": (relations.side, 2),
    "bracket": (compounds.bracketed, 1.5),
    "road_only": (areas.road_only, 2),
    "community_only": (areas.community_only, 1),
    "subdistrict_only": (areas.subdistrict_only, 0.5),
}
"""Structure → (how it is drawn, its weight). One that a gazetteer cannot build is left out."""

LINE_STRUCTURES = frozenset(
    {"house_range", "segment", "segment_things", "segment_self", "road_only", "water"}
)
"""Those whose words mean a stretch: the expected unit is that of the longest part."""

COARSE_STRUCTURES = frozenset(
    {"segment_self", "road_only", "community_only", "subdistrict_only", "water",
     "house_beyond", "building_unknown"}
)  # fmt: skip
"""Those that nobody expects to be sure of."""
