"""What is known of a reading, as numbers: the probability is computed from these alone."""

from __future__ import annotations

import math
from collections.abc import Mapping

from routing.geocoding.readings import COARSE, Choice

MARGIN_CAP = 3.0
"""Beyond this penalty the next place is not believed at all."""

_EXACT = frozenset({"outside_stated", "cut", "leaning", "interpolated"})
"""Penalties that say nothing against the name itself."""

FORM_FLAGS = (
    "alias",
    "numeral",
    "short",
    "stem",
    "old",
    "bare_stop",
    "homophone",
    "near_sound",
    "edit",
)
"""Ways in which the name was not the standard one; 1 where the best place needed it."""

PLACE_FLAGS = (
    "loose",
    "number_unknown",
    "number_gap",
    "interpolated",
    "no_crossing",
    "passes",
    "some_junction",
    "stop_unnamed",
    "building_unknown",
    "gate_unknown",
    "far_from_road",
    "endpoint_ambiguous",
    "carrier_unsaid",
    "no_carrier",
    "bare",
    "chainage_origin",
    "outside_stated",
    "leaning",
    "apart",
    "not_yet",
    "end",
    "cut",
)


def evidence_of(choice: Choice, ambiguous: bool, missing: int) -> Mapping[str, float]:
    """Features of the best place, all finite: sums, margin, counts and a flag per named penalty."""
    best = choice.best
    margin = min(choice.margin, MARGIN_CAP) if not math.isinf(choice.margin) else MARGIN_CAP
    found: dict[str, float] = {
        "penalty": round(best.penalty, 3),
        "margin": round(margin, 3),
        "candidates": float(len(choice.places)),
        "ambiguous": float(ambiguous),
        "conflict": float(bool(choice.conflicts)),
        "conflict_exact": float(
            bool(choice.conflicts)
            and best.penalties.keys() <= _EXACT
            and best.precision not in COARSE
            and math.isinf(choice.margin)
        ),
        "stated": float(bool(choice.stated)),
        "caller_only": float(choice.caller_only),
        "others": float(min(choice.others, 3)),
        "several": float(choice.several),
        "unused": float(choice.mention.unused),
        "by_the_way": float(choice.mention.by_the_way),
        "joined": float(choice.mention.joined and choice.others == 0),
        "unfinished": float(choice.mention.unfinished),
        "missing": float(min(missing, 3)),
    }
    if choice.stated:
        levels = [one.area.level.value for one in choice.stated if one.area is not None]
        found |= {f"stated_{level}": 1.0 for level in levels}
    for name in (*FORM_FLAGS, *PLACE_FLAGS):
        if name in best.penalties:
            found[name] = 1.0
    for token in choice.mention.modifiers:
        found[f"word_{token.kind}"] = 1.0
    found[f"shape_{choice.mention.shape.value}"] = 1.0
    return found
