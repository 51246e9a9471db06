"""Side rules applied: a place on a border road goes where the notice says the road goes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from routing.jurisdiction.borders import BorderSegment
from routing.jurisdiction.editions import Edition
from routing.jurisdiction.levels import Touch
from routing.jurisdiction.metric import metres_per_degree


def apply_side_rules(
    edition: Edition, touches: list[Touch], lon: float, lat: float
) -> tuple[list[Touch], tuple[str, ...]]:
    """Return the touches after the rules of every corridor the point lies in, and unknown sides.

    ``left``, ``right`` and ``outer_edge`` give the whole width to one jurisdiction and, where the
    two sides have different parents, to its parents; ``centre`` leaves the polygons to decide;
    ``unknown`` changes nothing and returns both codes, so that a person decides.
    """
    unknown: tuple[str, ...] = ()
    for at in sorted(edition.segment_tree.query(shapely.Point(lon, lat)).tolist()):
        segment = edition.segments[at]
        if not _in_corridor(segment, lon, lat):
            continue
        if segment.side == "unknown":
            unknown = (segment.left_code, segment.right_code)
        elif segment.owner_code is not None:
            touches = _give(edition, touches, segment, segment.owner_code)
    return touches, unknown


def _in_corridor(segment: BorderSegment, lon: float, lat: float) -> bool:
    mx, my = metres_per_degree(lat)

    def to_metres(coordinates: np.ndarray) -> np.ndarray:
        metres: np.ndarray = (coordinates - (lon, lat)) * (mx, my)
        return metres

    line = shapely.transform(segment.line, to_metres)
    return bool(shapely.distance(line, shapely.Point(0, 0)) <= segment.width_m / 2)


def _give(
    edition: Edition, touches: list[Touch], segment: BorderSegment, owner: str
) -> list[Touch]:
    """Move the loser's share to the owner, and so up both chains of parents."""
    loser = segment.right_code if owner == segment.left_code else segment.left_code
    by_code = {edition.jurisdictions[touch.number].code: touch for touch in touches}
    winner_code: str | None = owner
    loser_code: str | None = loser
    changed = dict(by_code)
    while winner_code and loser_code and winner_code != loser_code:
        winner, beaten = changed.get(winner_code), changed.get(loser_code)
        if winner is None:
            break
        taken = beaten.share if beaten else 0.0
        changed[winner_code] = replace(
            winner, share=min(1.0, winner.share + taken), covers=True, declared=True
        )
        if beaten is not None:
            changed[loser_code] = replace(beaten, share=0.0, covers=False)
        winner_code = edition.jurisdictions[winner.number].parent_code
        loser_code = edition.jurisdictions[beaten.number].parent_code if beaten else None
    return [changed[edition.jurisdictions[touch.number].code] for touch in touches]
