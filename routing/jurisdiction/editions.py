"""An edition: the jurisdictions in force between two days on which anything changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from routing.jurisdiction.borders import BorderSegment
from routing.jurisdiction.cells import BoxCells
from routing.jurisdiction.edges import BorderEdges
from routing.metric import metres_per_degree
from routing.model import TERRITORIAL_LEVELS, Jurisdiction, JurisdictionLevel

Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Edition:
    """What is in force from ``first_day`` until the next edition begins."""

    first_day: int
    """Proleptic ordinal of its first day."""
    numbers: Ints
    """Positions in the index of the jurisdictions in force, ascending."""
    jurisdictions: tuple[Jurisdiction, ...]
    """The same as objects, same order."""
    levels: tuple[JurisdictionLevel, ...]
    """Territorial levels that are loaded, coarse to fine."""
    versions: tuple[str, ...]
    segments: tuple[BorderSegment, ...]
    """Border segments with a side rule in force."""

    @cached_property
    def overlay_kinds(self) -> tuple[str, ...]:
        """Kinds of overlay that are loaded, sorted."""
        return tuple(sorted({j.overlay_kind for j in self.jurisdictions if j.overlay_kind}))

    @cached_property
    def local(self) -> dict[int, int]:
        """Position in the index → position in this edition."""
        return {int(number): at for at, number in enumerate(self.numbers)}

    @cached_property
    def _by_level(self) -> dict[tuple[JurisdictionLevel, str], int]:
        return {(j.level, j.code): at for at, j in enumerate(self.jurisdictions)}

    def position(self, code: str) -> int | None:
        """Position of the finest territorial jurisdiction with this code, ``None`` without one."""
        found = (self._by_level.get((level, code)) for level in reversed(self.levels))
        return next((at for at in found if at is not None), None)

    def parent(self, at: int) -> int | None:
        """Position of the declared parent, looked for among the coarser levels only."""
        child = self.jurisdictions[at]
        if child.parent_code is None or child.level not in self.levels:
            return None
        coarser = self.levels[: self.levels.index(child.level)]
        found = (self._by_level.get((level, child.parent_code)) for level in reversed(coarser))
        return next((at for at in found if at is not None), None)

    @cached_property
    def is_finest(self) -> tuple[bool, ...]:
        """Per position: whether it is of the finest level that is loaded."""
        finest = self.levels[-1] if self.levels else None
        return tuple(j.level is finest for j in self.jurisdictions)

    @cached_property
    def finest_apart(self) -> bool:
        """Whether the polygons of the finest level do not overlap: then no border of another lies
        nearer to a point than that of the polygon it is in."""
        polygons = [j.geometry for j in self.jurisdictions if j.level is self.levels[-1]]
        return bool(shapely.coverage_is_valid(polygons))

    @cached_property
    def numbers_of(self) -> list[int]:
        """``numbers`` as plain numbers, quicker to ask one by one."""
        found: list[int] = self.numbers.tolist()
        return found

    @cached_property
    def middle_lat(self) -> float:
        """Latitude halfway between the southernmost and the northernmost point, in degrees."""
        boxes = shapely.bounds([j.geometry for j in self.jurisdictions])
        return float((boxes[:, 1].min() + boxes[:, 3].max()) / 2)

    @cached_property
    def x_scale(self) -> float:
        """Metres per degree of longitude over latitude, at the middle latitude."""
        mx, my = metres_per_degree(self.middle_lat)
        return mx / my

    @cached_property
    def borders(self) -> BorderEdges:
        """Borders of everything in force; owners are positions in this edition."""
        return BorderEdges([j.geometry for j in self.jurisdictions], x_scale=self.x_scale)

    @cached_property
    def finest_borders(self) -> BorderEdges:
        """Borders of the finest level that is loaded."""
        if not self.levels:
            return BorderEdges([], x_scale=1.0)
        finest = self.levels[-1]
        polygons = [j.geometry for j in self.jurisdictions if j.level is finest]
        return BorderEdges(polygons, x_scale=self.x_scale)

    @cached_property
    def cells(self) -> BoxCells:
        """Boxes of everything in force, for look-ups in bulk."""
        return BoxCells(shapely.bounds([j.geometry for j in self.jurisdictions]))

    @cached_property
    def segment_tree(self) -> shapely.STRtree:
        """Boxes of the border segments' corridors, in degrees."""
        boxes = []
        for segment in self.segments:
            west, south, east, north = segment.line.bounds
            mx, my = metres_per_degree((south + north) / 2)
            dx, dy = segment.width_m / mx, segment.width_m / my
            boxes.append(shapely.box(west - dx, south - dy, east + dx, north + dy))
        tree = shapely.STRtree(boxes)
        tree.query(shapely.Point(0, 0))
        return tree


def editions(
    jurisdictions: Sequence[Jurisdiction], segments: Sequence[BorderSegment]
) -> tuple[Edition, ...]:
    """Cut time at every day on which something comes into or goes out of force; oldest first.

    Days before the first edition have nothing in force. An empty sequence gives no edition.
    """
    dated: list[Jurisdiction | BorderSegment] = [*jurisdictions, *segments]
    days = {thing.effective_from.toordinal() for thing in dated}
    days |= {
        (thing.effective_to + timedelta(days=1)).toordinal()
        for thing in dated
        if thing.effective_to is not None and thing.effective_to < date.max
    }
    found = []
    for day in sorted(days):
        numbers = [n for n, j in enumerate(jurisdictions) if _in_force(j, day)]
        members = tuple(jurisdictions[n] for n in numbers)
        present = {j.level for j in members}
        found.append(
            Edition(
                first_day=day,
                numbers=np.array(numbers, dtype=np.int64),
                jurisdictions=members,
                levels=tuple(level for level in TERRITORIAL_LEVELS if level in present),
                versions=tuple(sorted({j.version for j in members})),
                segments=tuple(s for s in segments if _in_force(s, day)),
            )
        )
    return tuple(found)


def _in_force(thing: Jurisdiction | BorderSegment, day: int) -> bool:
    last = thing.effective_to
    return thing.effective_from.toordinal() <= day and (last is None or day <= last.toordinal())
