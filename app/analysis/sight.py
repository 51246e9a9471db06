"""What one request looks at: the snapshot of the role's scope, the view, and the areas meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
from werkzeug.datastructures import MultiDict

from app.analysis.filters import View, view_from
from app.analysis.snapshot import Snapshot, current
from app.auth import scope
from geodata.database import Scope
from maps.model import NONE, Areas, Bools, Ints
from routing.errors import UserInputError
from routing.model import TERRITORIAL_LEVELS, JurisdictionLevel


@dataclass(frozen=True, kw_only=True)
class Sight:
    """The data of a scope together with the view onto it."""

    snapshot: Snapshot
    view: View
    scope: Scope | None
    """``None`` sees the whole city."""

    @property
    def key(self) -> tuple[object, ...]:
        """Differs wherever an answer could differ."""
        return (self.scope, self.snapshot.key, self.view.key)

    @cached_property
    def rows(self) -> Bools:
        """(n,) which cases of the snapshot are meant."""
        return self.view.filters.rows(self.snapshot.cases)

    def whole(self) -> Sight:
        """The same view of everything that the scope holds, whatever ground is looked at."""
        view = replace(self.view, filters=replace(self.view.filters, within=None))
        return replace(self, view=view)

    @cached_property
    def areas(self) -> Areas:
        """The areas of the view's level that lie in the ground looked at."""
        return self.areas_of(self.view.level)

    @cached_property
    def top(self) -> tuple[JurisdictionLevel, str] | None:
        """The ground looked at: chosen, else the scope's own; ``None`` is the whole city.

        Raises UserInputError where a street's staff chose ground that is not theirs.
        """
        chosen, own = self.view.filters.within, self._own
        if own is None or chosen is None:
            return chosen or own
        if chosen == own or own in self._above(*chosen):
            return chosen
        if chosen in self._above(*own):
            return own  # of the district they see their own part
        raise UserInputError(
            f"{self.name(chosen[1])}不在您的辖区内；请从列表中重新选择，或去掉地址里的 within"
        )

    @property
    def _own(self) -> tuple[JurisdictionLevel, str] | None:
        if self.scope is None or not self.scope.subdistrict:
            return None
        own = (JurisdictionLevel.SUBDISTRICT, self.scope.subdistrict)
        return own if self._known(own) else None

    @property
    def _nowhere(self) -> bool:
        """Whether the scope is of a subdistrict without boundaries: then no area is its own."""
        return self.scope is not None and bool(self.scope.subdistrict) and self._own is None

    def areas_of(self, level: JurisdictionLevel) -> Areas:
        """The areas of a level within the ground looked at; of a coarser level the one around it.

        Empty where no boundaries of this level are in force.
        """
        every = self.snapshot.areas.get(level)
        if every is None or self._nowhere:
            return Areas(
                level=level,
                codes=(),
                names=(),
                parents=(),
                shapes=np.empty(0, dtype=object),
                version="",
            )
        if self.top is None:
            return every
        kept = [at for at in range(len(every)) if self._belongs(level, every, at)]
        return every.take(kept)

    def path(self) -> list[tuple[JurisdictionLevel, str]]:
        """From the coarsest level down to the ground looked at; empty for the whole city."""
        if self.top is None:
            return []
        return [*reversed(list(self._above(*self.top))), self.top]

    def child_level(self) -> JurisdictionLevel | None:
        """The next finer level that has areas; ``None`` below the last."""
        after = TERRITORIAL_LEVELS.index(self.top[0]) + 1 if self.top else 0
        for level in TERRITORIAL_LEVELS[after:]:
            if level in self.snapshot.areas and len(self.snapshot.areas[level]):
                return level
        return None

    @property
    def middle_m(self) -> tuple[float, float]:
        """The city's middle in metres: of its coarsest areas, else of its cases, else the origin.

        It does not depend on the view, so nothing that is drawn from it moves with a filter.
        """
        for level in TERRITORIAL_LEVELS:
            if level in self.snapshot.areas and len(self.snapshot.areas[level]):
                west, south, east, north = shapely.total_bounds(self.snapshot.areas[level].shapes)
                return float(west + east) / 2, float(south + north) / 2
        cases = self.snapshot.cases
        if not cases.located.any():
            return 0.0, 0.0
        return float(np.nanmedian(cases.x_m)), float(np.nanmedian(cases.y_m))

    def name(self, code: str) -> str:
        """Of a jurisdiction or a unit; the code where it has none."""
        return self.snapshot.names.get(code, code)

    def place_of_cases(self, areas: Areas) -> Ints:
        """(n,) place in ``areas`` of each case of the snapshot; NONE where it lies in none."""
        column = self.snapshot.cases.level(areas.level)
        place_of = areas.place_of
        places = np.array([*(place_of.get(label, NONE) for label in column.labels), NONE], np.int32)
        return places[column.codes]  # code NONE is -1: the last, which is NONE again

    def _belongs(self, level: JurisdictionLevel, areas: Areas, at: int) -> bool:
        assert self.top is not None
        depth = TERRITORIAL_LEVELS.index
        code = areas.codes[at]
        if level is self.top[0]:
            return code == self.top[1]
        if depth(level) < depth(self.top[0]):
            return (level, code) in self._ancestors
        chain = list(self._above(level, code))
        if self.top in chain:
            return True
        if any(one is self.top[0] for one, _ in chain):
            return False
        # No parent was declared: a point inside decides, which no shared border makes ambiguous.
        return bool(shapely.covers(self._top_shape, shapely.Point(areas.middles[at])))

    @cached_property
    def _ancestors(self) -> frozenset[tuple[JurisdictionLevel, str]]:
        return frozenset(self._above(*self.top)) if self.top else frozenset()

    @cached_property
    def _top_shape(self) -> shapely.Geometry:
        assert self.top is not None
        areas = self.snapshot.areas[self.top[0]]
        shape = areas.shapes[areas.place_of[self.top[1]]]
        # An own copy: a prepared geometry shared between threads aborts the process.
        return shapely.from_wkb(shapely.to_wkb(shape))

    def _above(
        self, level: JurisdictionLevel, code: str
    ) -> Iterator[tuple[JurisdictionLevel, str]]:
        """The jurisdictions above, nearest first; a parent may stand more than one level up."""
        areas = self.snapshot.areas[level]
        parent = areas.parents[areas.place_of[code]]
        coarser = TERRITORIAL_LEVELS[: TERRITORIAL_LEVELS.index(level)]
        for above in reversed(coarser):
            if parent and self._known((above, parent)):
                yield above, parent
                yield from self._above(above, parent)
                return

    def _known(self, one: tuple[JurisdictionLevel, str]) -> bool:
        level, code = one
        return level in self.snapshot.areas and code in self.snapshot.areas[level].place_of


def sight(args: MultiDict[str, str]) -> Sight:
    """The signed-in person's data and the view of an address; errors as ``view_from`` raises."""
    snapshot = current()
    seen = Sight(snapshot=snapshot, view=view_from(args, snapshot), scope=scope())
    _ = seen.top  # refuses other people's ground before anything is computed
    return seen
