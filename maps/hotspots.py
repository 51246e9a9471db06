"""Hot spots of counts: Getis-Ord Gi* with honest significance, and with settings derived."""

from __future__ import annotations

from maps.statistics.general_g import GlobalG, global_g
from maps.statistics.getis_ord import BINS, HotspotResult, gi_star, gi_star_z, gi_z
from maps.statistics.optimisation import OptimisedResult, optimised

__all__ = [
    "BINS",
    "GlobalG",
    "HotspotResult",
    "OptimisedResult",
    "gi_star",
    "gi_star_z",
    "gi_z",
    "global_g",
    "optimised",
]
