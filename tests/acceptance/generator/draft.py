"""What a structure draws: the words for a place and where the place truly is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from shapely.geometry.base import BaseGeometry

from tests.acceptance.generator.plane import Point

if TYPE_CHECKING:
    from tests.acceptance.generator.world import World


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """Words for one true place, before any noise."""

    structure: str
    words: str
    """Only the place: no district, no complaint."""
    point: Point
    """Where the trouble truly is, metres in the world's plane."""
    names: tuple[str, ...]
    """The slices of ``words`` that are names of the gazetteer; noise may change them."""
    place_ids: tuple[str, ...]
    line: BaseGeometry | None = None
    """For what is said of a stretch or a whole road: all of it, in metres."""
    area: BaseGeometry | None = None
    """For what is said of a whole community or subdistrict."""
    alternatives: tuple[Point, ...] = ()
    """Other places that the very same words fit, metres; a person has to choose."""
    scene: str = "spot"
    """What is complained of here: ``road``, ``spot``, ``home`` or ``water``."""
    ordinary: bool = True
    """Whether a reader is expected to place it surely enough."""
    specific: bool = True
    """Whether the words alone settle the place, so that a wrong district can be noticed."""
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Name in ``names`` → other names of the same place."""


Builder = Callable[["World", Random], Draft | None]
"""Draws once; ``None`` where this gazetteer does not have what it needs, or the luck was bad."""
