"""Where people gave cases to another unit than the machine, and from which unit to which."""

from __future__ import annotations

from app.analysis import flows
from app.analysis.answering import number
from app.analysis.areas import method_json
from app.analysis.breaks import written
from app.analysis.sight import Sight
from maps import misroutes as shares
from maps.classes import READY
from maps.model import NONE

MOST_FLOWS = 50
"""Pairs of units shown, most cases first: three screens of a list."""


def misroutes(seen: Sight) -> dict[str, object]:
    """Return the share overridden of each area with its interval, and the flows between units.

    An area with too few decisions has its numbers and no class.
    """
    found = shares.by_area(seen.snapshot.cases, seen.areas, seen.view.filters)
    classes = READY["share"]
    place = classes.place(found.share)
    moved = flows.flows(seen)
    said = [f"{found.outside:,} 件已定工单不在所示辖区内"] if found.outside else []
    if len(moved) > MOST_FLOWS:
        said.append(f"改派去向共 {len(moved)} 对，只列件数最多的 {MOST_FLOWS} 对")
    said.append(
        f"已定少于 {shares.LEAST_DECIDED} 件的不着色；区间为 95% Wilson 区间，未作多重检验校正"
    )
    return {
        "values": {
            code: {
                "decided": int(found.decided[at]),
                "overridden": int(found.overridden[at]),
                "share": number(found.share[at]),
                "low": number(found.low[at]),
                "high": number(found.high[at]),
                "suppressed": bool(found.suppressed[at]),
                "class": (None if found.suppressed[at] or place[at] == NONE else int(place[at])),
            }
            for at, code in enumerate(found.codes)
        },
        "classes": written(classes),
        "flows": [
            {
                "from": one.advised,
                "from_name": seen.name(one.advised),
                "to": one.decided,
                "to_name": seen.name(one.decided),
                "n": one.n,
            }
            for one in moved[:MOST_FLOWS]
        ],
        "method": method_json(found.method),
        "note": "；".join(said),
    }
