"""Which grid, community and subdistrict a place lies in, for the few that are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely import STRtree
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from routing.model import Jurisdiction, JurisdictionLevel

LEVELS = (JurisdictionLevel.SUBDISTRICT, JurisdictionLevel.COMMUNITY, JurisdictionLevel.GRID)
MOST_NAMED = 2
"""Subdistricts named for a road that runs through several; beyond, 等."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """Where a place lies, in codes and in words."""

    codes: dict[JurisdictionLevel, str]
    """A level is absent where none covers the place, or a line runs through several."""
    words: str
    """``洪山镇金牛山社区第3网格``; empty outside all."""


class Grounds:
    """The areas of three levels; one tree that is only read, its polygons never prepared.

    There may be several versions of them: what is shown here only helps to tell namesakes apart.
    """

    def __init__(self, areas: Sequence[Jurisdiction]) -> None:
        self._areas = [one for one in areas if one.level in LEVELS]
        self._tree = STRtree([one.geometry for one in self._areas])

    def of(self, geometry: BaseGeometry) -> Ground:
        """The ground of one place. A line or several points count where they lie whole."""
        shape = (
            geometry if geometry.geom_type.endswith(("String", "MultiPoint")) else mark(geometry)
        )
        # The tree prepares what is asked with, which is this call's own; see ARCHITECTURE, 15.
        touched = [self._areas[at] for at in self._tree.query(shape, predicate="intersects")]
        best: dict[JurisdictionLevel, Jurisdiction] = {}
        named: list[str] = []
        for level in LEVELS:
            here = sorted((one for one in touched if one.level is level), key=_newest_first)
            whole = [one for one in here if one.geometry.covers(shape)]
            if whole:
                best[level] = whole[0]
            elif level is JurisdictionLevel.SUBDISTRICT and here:
                names = sorted({one.name for one in here if one.effective_to is None})
                more = "等" if len(names) > MOST_NAMED else ""
                named.append("、".join(names[:MOST_NAMED]) + more)
        above = ""
        for one in best.values():
            named.append(one.name.removeprefix(above) or one.name)
            above = one.name
        return Ground(codes={level: one.code for level, one in best.items()}, words="".join(named))


def _newest_first(one: Jurisdiction) -> tuple[bool, int, str]:
    """Of several versions of an area the one still in force, the latest; then the lowest code."""
    return one.effective_to is not None, -one.effective_from.toordinal(), one.code


def mark(geometry: BaseGeometry) -> Point:
    """One point to show a place by: its own, half way along a line, inside a polygon."""
    if isinstance(geometry, Point):
        return geometry
    if geometry.geom_type == "LineString":
        return geometry.interpolate(0.5, normalized=True)
    if geometry.geom_type.startswith("Multi"):
        largest = max(geometry.geoms, key=lambda part: (part.area, part.length))
        return mark(largest)
    return shapely.point_on_surface(geometry)
