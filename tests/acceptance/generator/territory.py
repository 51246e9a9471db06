"""Whose ground a true place is, by asking every polygon; nothing of the product's index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from routing.jurisdiction.borders import BorderSegment
from routing.model import TERRITORIAL_LEVELS, Jurisdiction, JurisdictionLevel
from tests.acceptance.generator.plane import Plane, Point

STEP_M = 5.0
"""Metres between the samples by which a line is shared out."""
EQUAL = 0.02
"""Parts of a line that differ by less than this share of it count as equally long."""


class Territory:
    """The loaded areas on one day."""

    def __init__(
        self,
        areas: Sequence[Jurisdiction],
        borders: Sequence[BorderSegment],
        plane: Plane,
        day: date,
    ) -> None:
        in_force = [
            area
            for area in areas
            if area.effective_from <= day
            and (area.effective_to is None or area.effective_to >= day)
        ]
        self.plane = plane
        self.levels: dict[JurisdictionLevel, list[Jurisdiction]] = {}
        for level in TERRITORIAL_LEVELS:
            found = sorted((a for a in in_force if a.level is level), key=lambda a: a.code)
            if found:
                self.levels[level] = found
        if not self.levels:
            raise ValueError(f"no territorial area is in force on {day}; give the boundaries")
        self.finest = list(self.levels)[-1]
        self._shapes = {
            level: np.array([area.geometry for area in found])
            for level, found in self.levels.items()
        }
        self._trees = {level: shapely.STRtree(shapes) for level, shapes in self._shapes.items()}
        lines = [b for b in borders if b.effective_to is None or b.effective_to >= day]
        self._borders = [b for b in lines if b.effective_from <= day]
        self._corridors = plane.metres(np.array([b.line for b in self._borders], dtype=object))
        self._corridor_tree = shapely.STRtree(self._corridors)

    def covering(self, at: Point, level: JurisdictionLevel) -> list[Jurisdiction]:
        """Areas of a level whose polygon covers the point, border included, by code."""
        point = shapely.Point(self.plane.lonlat(at))
        found = self._trees[level].query(point, predicate="intersects")
        return [self.levels[level][n] for n in sorted(found.tolist())]

    def owners(self, at: Point) -> tuple[str, ...]:
        """Codes of the finest areas that have the point: several where all are equally right.

        On a border road that is declared to be one side's, that side; where nobody knows the
        side, both. Empty outside everything.
        """
        covering = [area.code for area in self.covering(at, self.finest)]
        if not self._borders:
            return tuple(covering)
        point = shapely.Point(at)
        declared: set[str] = set()
        unknown: set[str] = set()
        for n in self._corridor_tree.query(point, predicate="dwithin", distance=500.0).tolist():
            border = self._borders[n]
            sides = {border.left_code, border.right_code}
            if self._corridors[n].distance(point) > border.width_m / 2:
                continue
            if covering and not sides & set(covering):
                continue  # beyond the end of the stretch
            if border.side == "unknown":
                unknown |= sides
            elif border.owner_code is not None:
                declared.add(border.owner_code)
        known = {area.code for area in self.levels[self.finest]}
        if declared & known:
            return tuple(sorted(declared & known))
        return tuple(sorted({*covering, *(unknown & known)}))

    def along(self, line: BaseGeometry) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(owners of the longest part, all others touched) of a line in metres."""
        lengths: Counter[str] = Counter()
        for part in shapely.get_parts(line):
            steps = max(2, int(part.length / STEP_M))
            for n in range(steps):
                at = part.interpolate((n + 0.5) / steps, normalized=True)
                owners = self.owners((at.x, at.y))
                for code in owners:
                    lengths[code] += part.length / steps / len(owners)
        if not lengths:
            return (), ()
        longest = max(lengths.values())
        least = longest - EQUAL * float(line.length)
        lead = tuple(sorted(code for code, length in lengths.items() if length >= least))
        return lead, tuple(sorted(set(lengths) - set(lead)))

    def within(self, area: BaseGeometry) -> tuple[str, ...]:
        """Finest areas that have a part of an area in metres; touching is not enough."""
        shape = self.plane.degrees(area)
        found = self._trees[self.finest].query(shape, predicate="intersects")
        level = self.levels[self.finest]
        return tuple(
            level[n].code
            for n in sorted(found.tolist())
            if level[n].geometry.intersection(shape).area > 1e-3 * shape.area
        )

    def names(self, at: Point) -> dict[JurisdictionLevel, str]:
        """Name of the area at each level above the grids, where there is exactly one.

        By who owns the ground: on a border road given to one side, that side's names.
        """
        owners = self.owners(at)
        return self.names_of(owners[0]) if len(owners) == 1 else self._names(at)

    @lru_cache(maxsize=100_000)  # noqa: B019 - as long as the territory lives
    def names_of(self, code: str) -> dict[JurisdictionLevel, str]:
        """Names above one of the finest areas."""
        area = next(area for area in self.levels[self.finest] if area.code == code)
        point = area.geometry.representative_point()
        return self._names(self.plane.xy(point.x, point.y))

    def _names(self, at: Point) -> dict[JurisdictionLevel, str]:
        found: dict[JurisdictionLevel, str] = {}
        for level in self.levels:
            if level is not JurisdictionLevel.GRID:
                covering = self.covering(at, level)
                if len(covering) == 1:
                    found[level] = covering[0].name
        return found
