"""Where the map lies on its sheet, and the way between metres on the ground and points on it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from maps.drawing.style import PT_PER_MM, Size

TITLE_MM = 15.0
SIDE_MM = 62.0
"""The column beside the map: a line of 23 Chinese characters of 7 points."""
MAP_MM = (70.0, 104.0)
"""Least and greatest height of the map on a sheet that grows with its contents."""
_PAD = 0.04
"""Share of the ground's size left free around it."""
_LEAST_M = 400.0
"""A single point or a tiny area is shown with its surroundings."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """The map's own rectangle on the sheet."""

    left_mm: float
    bottom_mm: float
    width_mm: float
    height_mm: float
    west_m: float
    south_m: float
    metres_per_mm: float

    @property
    def metres_per_pt(self) -> float:
        return self.metres_per_mm / PT_PER_MM

    @property
    def width_pt(self) -> float:
        return self.width_mm * PT_PER_MM

    @property
    def height_pt(self) -> float:
        return self.height_mm * PT_PER_MM

    @property
    def extent_m(self) -> tuple[float, float, float, float]:
        """West, south, east, north of what is shown."""
        return (
            self.west_m,
            self.south_m,
            self.west_m + self.width_mm * self.metres_per_mm,
            self.south_m + self.height_mm * self.metres_per_mm,
        )

    def to_pt(self, x_m: float, y_m: float) -> tuple[float, float]:
        """Points from the lower left corner of the frame."""
        return (x_m - self.west_m) / self.metres_per_pt, (y_m - self.south_m) / self.metres_per_pt

    def to_m(self, x_pt: float, y_pt: float) -> tuple[float, float]:
        """Metres in the working CRS."""
        return self.west_m + x_pt * self.metres_per_pt, self.south_m + y_pt * self.metres_per_pt


def fitted(size: Size, ground: tuple[float, float, float, float], below_mm: float) -> Size:
    """The same sheet as high as its ground and the words below it need, within MAP_MM."""
    west, south, east, north = ground
    wide, high = max(east - west, _LEAST_M), max(north - south, _LEAST_M)
    map_mm = (size.width_mm - 2 * size.margin_mm) * high / wide
    map_mm = min(max(map_mm, MAP_MM[0]), MAP_MM[1])
    return replace(size, height_mm=map_mm + below_mm + TITLE_MM + 2 * size.margin_mm)


def frame_on(
    size: Size, ground: tuple[float, float, float, float], *, below_mm: float = 0.0
) -> Frame:
    """Fit a piece of ground (west, south, east, north, metres) into the sheet, not distorted.

    ``below_mm`` is the height of the words below the map of a tall sheet.
    """
    beside, below = (0.0, below_mm) if size.tall else (SIDE_MM, 0.0)
    width = size.width_mm - 2 * size.margin_mm - beside
    height = size.height_mm - 2 * size.margin_mm - TITLE_MM - below
    west, south, east, north = ground
    wide, high = max(east - west, _LEAST_M), max(north - south, _LEAST_M)
    scale = max(wide / width, high / height) * (1 + 2 * _PAD)
    return Frame(
        left_mm=size.margin_mm,
        bottom_mm=size.margin_mm + below,
        width_mm=width,
        height_mm=height,
        west_m=(west + east) / 2 - width * scale / 2,
        south_m=(south + north) / 2 - height * scale / 2,
        metres_per_mm=scale,
    )


def bar_length_m(frame: Frame) -> float:
    """A round length, 1, 2 or 5 times a power of ten, of at most a quarter of the width."""
    most = frame.width_mm * frame.metres_per_mm / 4
    power = 10 ** math.floor(math.log10(most))
    return float(max(step * power for step in (1, 2, 5) if step * power <= most))


def length_words(metres: float) -> str:
    """``500米`` or ``2公里``."""
    return f"{metres:g}米" if metres < 1000 else f"{metres / 1000:g}公里"


def ratio_words(frame: Frame) -> str:
    """The scale as a ratio of two figures, for print: ``约1:52,000``."""
    ratio = frame.metres_per_mm * 1000
    digits = 10 ** max(0, math.floor(math.log10(ratio)) - 1)
    return f"约1:{round(ratio / digits) * digits:,.0f}"


def axes_box(frame: Frame, size: Size) -> tuple[float, float, float, float]:
    """Left, bottom, width, height as shares of the figure, as matplotlib wants them."""
    return (
        frame.left_mm / size.width_mm,
        frame.bottom_mm / size.height_mm,
        frame.width_mm / size.width_mm,
        frame.height_mm / size.height_mm,
    )
