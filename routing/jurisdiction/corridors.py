"""Side rules applied: a place on a border road goes where the notice says the road goes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from routing.jurisdiction.editions import Edition
from routing.jurisdiction.levels import Touch
from routing.metric import metres_per_degree


def apply_side_rules(
    edition: Edition, touches: list[Touch], lon: float, lat: float, radius_m: float
) -> tuple[list[Touch], tuple[str, ...]]:
    """Return the touches after the rules of every corridor the point lies in, and unknown sides.

    ``left``, ``right`` and ``outer_edge`` give the whole width to one jurisdiction and, where the
    two sides have different parents, to its parents; ``centre`` leaves the polygons to decide;
    ``unknown`` changes nothing and returns both codes, so that a person decides. Beyond the end
    of a line its rule says nothing: a point that only a third jurisdiction covers is left alone.
    """
    unknown: tuple[str, ...] = ()
    for at in sorted(edition.segment_tree.query(shapely.Point(lon, lat)).tolist()):
        segment = edition.segments[at]
        line = _in_metres(segment.line, lon, lat)
        if shapely.distance(line, shapely.Point(0, 0)) > segment.width_m / 2:
            continue
        left = edition.position(segment.left_code)
        right = edition.position(segment.right_code)
        if _a_third_covers(edition, touches, left, right):
            continue
        if segment.side == "unknown":
            unknown = (segment.left_code, segment.right_code)
        elif segment.owner_code is not None:
            owner, loser = (
                (left, right) if segment.owner_code == segment.left_code else (right, left)
            )
            disc = shapely.Point(0, 0).buffer(radius_m)
            width = shapely.intersection(disc, line.buffer(segment.width_m / 2))
            touches = _give(edition, touches, owner, loser, width, disc.area, (lon, lat))
    return touches, unknown


_ALONG_STEPS = 16
"""Places along a line at which it is asked whose road it is: a share is right to a sixteenth."""


def apply_side_rules_along(
    edition: Edition, touches: list[Touch], line: BaseGeometry
) -> tuple[list[Touch], tuple[str, ...]]:
    """The same for a place that is a line: each stretch that runs in a corridor goes to its owner.

    Both codes are returned where most of the line runs along a border road that nobody owns.
    """
    near = sorted(edition.segment_tree.query(line).tolist())
    if not near:
        return touches, ()
    longest = max(shapely.get_parts(line), key=shapely.length)
    at_parts = (np.arange(_ALONG_STEPS) + 0.5) / _ALONG_STEPS
    steps = shapely.get_coordinates(
        shapely.line_interpolate_point(longest, at_parts, normalized=True)
    )
    lon, lat = steps[_ALONG_STEPS // 2].tolist()
    flat_steps = shapely.points((steps - (lon, lat)) * metres_per_degree(lat))
    unknown: dict[tuple[str, str], int] = {}
    changed = {touch.number: touch for touch in touches}
    for at in near:
        segment = edition.segments[at]
        road = _in_metres(segment.line, lon, lat)
        inside = int((shapely.distance(road, flat_steps) <= segment.width_m / 2).sum())
        if not inside:
            continue
        if segment.side == "unknown":
            key = (segment.left_code, segment.right_code)
            unknown[key] = unknown.get(key, 0) + inside
        elif segment.owner_code is not None:
            left = edition.position(segment.left_code)
            right = edition.position(segment.right_code)
            owner, loser = (
                (left, right) if segment.owner_code == segment.left_code else (right, left)
            )
            _move(edition, changed, owner, loser, inside / _ALONG_STEPS)
    codes: tuple[str, ...] = ()
    if sum(unknown.values()) > _ALONG_STEPS / 2:
        codes = max((count, pair) for pair, count in unknown.items())[1]
    return list(changed.values()), codes


def _move(
    edition: Edition, touches: dict[int, Touch], owner: int | None, loser: int | None, part: float
) -> None:
    """Give up to ``part`` of the place from the loser to the owner, and so up both parents."""
    while owner is not None and owner != loser:
        winner = touches.get(owner) or Touch(owner, 0.0, False, math.inf)
        beaten = touches.get(loser) if loser is not None else None
        taken = 0.0
        if beaten is not None:
            taken = min(beaten.share, part)
            touches[beaten.number] = replace(beaten, share=beaten.share - taken)
        if taken:
            touches[owner] = replace(winner, share=min(1.0, winner.share + taken))
        owner = edition.parent(owner)
        loser = edition.parent(loser) if loser is not None else None


def _in_metres(geometry: BaseGeometry, lon: float, lat: float) -> BaseGeometry:
    mx, my = metres_per_degree(lat)

    def to_metres(coordinates: np.ndarray) -> np.ndarray:
        metres: np.ndarray = (coordinates - (lon, lat)) * (mx, my)
        return metres

    return shapely.transform(geometry, to_metres)


def _a_third_covers(
    edition: Edition, touches: list[Touch], left: int | None, right: int | None
) -> bool:
    sides = {at for at in (left, right) if at is not None}
    levels = {edition.jurisdictions[at].level for at in sides}
    covering = {
        touch.number
        for touch in touches
        if touch.covers and edition.jurisdictions[touch.number].level in levels
    }
    return bool(covering) and not covering & sides


def _give(
    edition: Edition,
    touches: list[Touch],
    owner: int | None,
    loser: int | None,
    width: BaseGeometry,
    disc_area: float,
    centre: tuple[float, float],
) -> list[Touch]:
    """Move what the loser has of the width to the owner, and so up both chains of parents."""
    changed = {touch.number: touch for touch in touches}
    while owner is not None and owner != loser:
        winner = changed.get(owner) or Touch(owner, 0.0, False, math.inf)
        beaten = changed.get(loser) if loser is not None else None
        taken = 0.0
        if beaten is not None:
            west, south, east, north = _around(width, centre)
            near = shapely.clip_by_rect(
                edition.jurisdictions[beaten.number].geometry, west, south, east, north
            )
            part = shapely.intersection(_in_metres(near, *centre), width).area / disc_area
            taken = min(beaten.share, part)
            changed[beaten.number] = replace(beaten, share=beaten.share - taken, covers=False)
        changed[owner] = replace(
            winner, share=min(1.0, winner.share + taken), covers=True, declared=True
        )
        owner = edition.parent(owner)
        loser = edition.parent(loser) if loser is not None else None
    return list(changed.values())


def _around(width: BaseGeometry, centre: tuple[float, float]) -> tuple[float, float, float, float]:
    """The box of a shape in metres around a centre, in degrees and a little larger."""
    mx, my = metres_per_degree(centre[1])
    west, south, east, north = width.bounds
    lon, lat = centre
    return (
        lon + west * 1.01 / mx,
        lat + south * 1.01 / my,
        lon + east * 1.01 / mx,
        lat + north * 1.01 / my,
    )
