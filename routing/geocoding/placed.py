"""A mention on the ground, in metres, before the best one is chosen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from shapely.geometry.base import BaseGeometry

from routing.geocoding.roads import Road
from routing.model import LocationPrecision


class Said(NamedTuple):
    """A reading in Chinese, for people."""

    name: str
    """西洪路59号对面"""
    how: str
    """What it was matched to: 门牌，已登记"""


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """One place that a mention may mean."""

    geometry: BaseGeometry
    """In metres of the city's plane."""
    radius_m: float
    precision: LocationPrecision
    place_ids: tuple[str, ...]
    words: Said
    penalties: dict[str, float] = field(default_factory=dict)
    road: Road | None = None
    """The road it counts along or lies on, where one is named."""
    ground: BaseGeometry | None = None
    """The area on which it lies with 95 % where that is less than ``radius_m`` around it."""

    @property
    def penalty(self) -> float:
        """Sum of the penalties."""
        return sum(self.penalties.values())

    def with_penalty(self, name: str, size: float) -> Placed:
        """The same with one more penalty; none for a size of 0."""
        if not size:
            return self
        return replace(self, penalties={**self.penalties, name: self.penalties.get(name, 0) + size})
