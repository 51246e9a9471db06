"""What a map sheet is made of: layers with their keys, the ground below, the notes beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maps.counts import Unlocated
from maps.model import Areas, Bools, Floats

NO_CLASS = -1
"""The place of something that has no class: no value, suppressed, or not significant."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """What the colours of a layer mean."""

    title: str
    """With the unit: ``每千人诉求（件）``."""
    colours: tuple[str, ...]
    """``#rrggbb``, one per class."""
    labels: tuple[str, ...]
    """Chinese, one per colour."""
    counted: str = ""
    """Measure word for how many are in each class, ``个社区``; empty shows no numbers."""

    def __post_init__(self) -> None:
        if len(self.colours) != len(self.labels):
            raise ValueError(f"{len(self.colours)} colours for {len(self.labels)} labels")


@dataclass(frozen=True, kw_only=True, slots=True)
class AreaLayer:
    """Areas filled by class."""

    areas: Areas
    places: NDArray[Any]
    """(n,) class of each area, a place in the key; NO_CLASS leaves it grey."""
    key: Key
    hatched: Bools | None = None
    """(n,) areas whose value is known and not shown, too small a number."""
    hatched_label: str = "数量过少，不公布"


@dataclass(frozen=True, kw_only=True, slots=True)
class CellLayer:
    """Squares or hexagons filled by class."""

    x_m: Floats
    y_m: Floats
    ring: Floats
    """(k, 2) metres around a centre."""
    places: NDArray[Any]
    key: Key


@dataclass(frozen=True, kw_only=True, slots=True)
class SurfaceLayer:
    """A raster of classes, as of a density surface; row 0 is the northernmost."""

    places: NDArray[Any]
    """(rows, columns) classes; NO_CLASS is clear."""
    extent_m: tuple[float, float, float, float]
    """West, south, east, north of the outer edges of its cells."""
    key: Key


@dataclass(frozen=True, kw_only=True, slots=True)
class PointLayer:
    """Single places, for example of cases or pile-ups."""

    x_m: Floats
    y_m: Floats
    label: str
    colour: str = "#c4511a"
    radius_pt: float = 1.6


@dataclass(frozen=True, kw_only=True, slots=True)
class ShapeLayer:
    """Outlined shapes with a word each, as of scan clusters."""

    shapes: NDArray[Any]
    """(n,) shapely polygons, metres."""
    texts: tuple[str, ...]
    label: str
    colour: str = "#8e1b3a"


Layer = AreaLayer | CellLayer | SurfaceLayer | PointLayer | ShapeLayer


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What lies under the classes so that people find their way; all in metres."""

    main_roads: NDArray[Any] = field(default_factory=lambda: np.array([], dtype=object))
    """shapely lines."""
    roads: NDArray[Any] = field(default_factory=lambda: np.array([], dtype=object))
    water: NDArray[Any] = field(default_factory=lambda: np.array([], dtype=object))
    """shapely polygons."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notes:
    """What every picture says of itself, so that nobody has to ask."""

    period: str
    located: int
    """Cases on the picture."""
    total: int
    unlocated: Sequence[Unlocated] = ()
    """Per district, as ``maps.counts.unlocated`` gives them."""
    method: Sequence[str] = ()
    """Short lines: method, null hypothesis, correction, settings."""
    version: str = ""
    """Boundary versions."""
    crs: str = ""
    """``EPSG:4549``."""
    as_of: str = ""
    """When the data were read."""
    more: Sequence[str] = ()


NOT_THE_TROUBLE = "投诉量不等于问题量：没有诉求的地方不一定没有问题。"
"""On every picture: complaints are trouble times the readiness to complain."""


def datum_words(crs: str) -> str:
    """The working CRS in words.

    >>> datum_words("EPSG:4549")
    '2000国家大地坐标系，高斯-克吕格3度带，中央经线120°E（EPSG:4549）'
    """
    number = int(crs.removeprefix("EPSG:")) if crs.removeprefix("EPSG:").isdecimal() else 0
    if 4534 <= number <= 4554:  # EPSG registry: zones of three degrees around 75° to 135° E
        meridian = 75 + (number - 4534) * 3
        return f"2000国家大地坐标系，高斯-克吕格3度带，中央经线{meridian}°E（{crs}）"
    return crs
