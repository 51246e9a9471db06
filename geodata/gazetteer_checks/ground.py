"""The places of a gazetteer in metres, grouped as the checks need them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from routing.metric import metres_per_degree
from routing.model import Place, PlaceKind


class Ground:
    """Places with their shapes on a plane of metres around their middle.

    One scale serves a city: over a degree of latitude it is wrong by at most 1 %, and nothing here
    is judged to 1 %.
    """

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = places
        shapes: npt.NDArray[Any] = np.empty(len(places), dtype=object)
        shapes[:] = [place.geometry for place in places]
        self.shapes = shapes
        """WGS 84 degrees, the places' order."""
        self.bounds = shapely.bounds(shapes) if len(places) else np.empty((0, 4))
        south, north = self.bounds[:, 1], self.bounds[:, 3]
        self.middle_lat = float(np.median((south + north) / 2)) if len(places) else 0.0
        self._scale = np.array(metres_per_degree(self.middle_lat))

    def metric(self, shapes: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Shapes in degrees as shapes in metres."""
        moved: npt.NDArray[Any] = np.asarray(
            shapely.transform(shapes, lambda xy: xy * self._scale), dtype=object
        )
        return moved

    @cached_property
    def metres(self) -> npt.NDArray[Any]:
        """All shapes in metres, the places' order."""
        return self.metric(self.shapes)

    @cached_property
    def by_name(self) -> dict[str, list[int]]:
        """Positions of the places of each name."""
        found: dict[str, list[int]] = defaultdict(list)
        for at, place in enumerate(self.places):
            found[place.name].append(at)
        return found

    @cached_property
    def roads(self) -> dict[str, list[int]]:
        """Positions of the roads of each name and alias."""
        found: dict[str, list[int]] = defaultdict(list)
        for at, place in enumerate(self.places):
            if place.kind is PlaceKind.ROAD:
                for name in dict.fromkeys((place.name, *place.aliases)):
                    found[name].append(at)
        return found

    @cached_property
    def addresses(self) -> dict[str, list[int]]:
        """Positions of the addresses along each road, by the road's name as they say it."""
        found: dict[str, list[int]] = defaultdict(list)
        for at, place in enumerate(self.places):
            if place.kind is PlaceKind.ADDRESS and place.road:
                found[place.road].append(at)
        return found
