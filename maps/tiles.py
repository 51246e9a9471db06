"""Density as map tiles: a surface read at the pixels of a Web Mercator tile, as a small PNG.

A pixel shows the surface's value at its own middle, at every zoom, so the class of a place does not
change when one zooms.
"""

from __future__ import annotations

import io
import math
from collections.abc import Hashable
from functools import cache, lru_cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from maps.model import Floats, Plane
from maps.surfaces.surface import Surface

MOST_ZOOM = 22
TILE_PX = 256
_KNOTS = 17
"""Knots along a side of a tile at which the plane is computed exactly; bilinear between. The error
is greatest where a tile is largest: under a hundredth of a pixel from zoom 6 on (in the test)."""
_TILES_KNOWN = 4_096
"""Tiles whose knots are kept, 4.6 kB each: all filter sets of a place share them."""
OPACITY = 190
"""Of 255, where a class is drawn: roads and names of the base map show through."""


def tile_points(
    plane: Plane, z: int, x: int, y: int, *, size: int = TILE_PX
) -> tuple[Floats, Floats]:
    """(size, size) metres east and north of the middles of a tile's pixels, first row northmost.

    The plane is asked at ``_KNOTS`` × ``_KNOTS`` points only. NaN where the plane has no place.
    """
    east_m, north_m = _knots(cast(Hashable, plane), z, x, y)
    return _between(east_m, size), _between(north_m, size)


def tile_png(
    surface: Surface, plane: Plane, z: int, x: int, y: int, *, size: int = TILE_PX
) -> bytes:
    """The tile as PNG with a palette, transparent below the first class and off the ground.

    A tile on which nothing is drawn is always the same ``empty_png(size)``.
    """
    if surface.highest < surface.breaks[0]:
        return empty_png(size)
    east_m, north_m = tile_points(plane, z, x, y, size=size)
    if not _meets(surface, east_m, north_m):
        return empty_png(size)
    values = surface.at(east_m, north_m)
    classes = np.searchsorted(
        np.asarray(surface.breaks, dtype=np.float32), values, side="right"
    ).astype(np.uint8)
    if not classes.any():
        return empty_png(size)
    return _encoded(classes, surface.colours)


def check_tile(z: int, x: int, y: int) -> bool:
    """Whether there is such a tile."""
    return 0 <= z <= MOST_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z


@cache
def empty_png(size: int = TILE_PX) -> bytes:
    """A tile on which nothing is drawn."""
    return _encoded(np.zeros((size, size), dtype=np.uint8), ())


@lru_cache(maxsize=_TILES_KNOWN)
def _knots(plane: Any, z: int, x: int, y: int) -> tuple[Floats, Floats]:
    """(knots, knots) exact metres at the knots of a tile; the plane must be fit as a key."""
    span = 2.0**-z
    knots = np.linspace(0, 1, _KNOTS)
    lon = (x + knots) * span * 360 - 180
    north = math.pi * (1 - 2 * (y + knots) * span)
    lat = np.degrees(np.arctan(np.sinh(north)))
    lons, lats = np.meshgrid(lon, lat)
    east_m, north_m = plane.from_lonlat(lons.ravel(), lats.ravel())
    return east_m.reshape(_KNOTS, _KNOTS), north_m.reshape(_KNOTS, _KNOTS)


def _between(knots: Floats, size: int) -> Floats:
    """(size, size) bilinear between knots, at the middles of pixels.

    By rows, then by columns, element by element: as products of matrices it would go to threads of
    the linear algebra library, which wait for each other for 100 ms where the processor is busy.
    """
    at = (np.arange(size) + 0.5) / size * (_KNOTS - 1)
    left = np.minimum(at.astype(int), _KNOTS - 2)
    part = at - left
    rows = knots[left] * (1 - part)[:, None] + knots[left + 1] * part[:, None]
    made: Floats = rows[:, left] * (1 - part) + rows[:, left + 1] * part
    return made


def _meets(surface: Surface, east_m: Floats, north_m: Floats) -> bool:
    """Whether the tile can show anything: its box meets cells that reach the first class."""
    lattice = surface.lattice
    if not (np.isfinite(east_m).any() and np.isfinite(north_m).any()):
        return False
    left, right = np.nanmin(east_m) - lattice.x0_m, np.nanmax(east_m) - lattice.x0_m
    low, high = np.nanmin(north_m) - lattice.y0_m, np.nanmax(north_m) - lattice.y0_m
    side = lattice.cell_m
    if right < 0 or high < 0 or left > lattice.columns * side or low > lattice.rows * side:
        return False
    # One cell more on each side: values are read between the middles of cells.
    rows = slice(max(int(low / side) - 1, 0), int(high / side) + 2)
    columns = slice(max(int(left / side) - 1, 0), int(right / side) + 2)
    block = surface.values[rows, columns]
    return bool(block.max(initial=0.0) >= surface.breaks[0])


def _encoded(classes: NDArray[np.uint8], colours: tuple[str, ...]) -> bytes:
    picture = Image.fromarray(classes, "P")
    palette = [0, 0, 0]
    for colour in colours:
        palette += [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    picture.putpalette(palette)
    kept = io.BytesIO()
    # The deepest search for repeats costs 20 ms on a noisy tile and saves a tenth of its bytes.
    picture.save(
        kept, "PNG", compress_level=3, bits=4, transparency=bytes([0, *[OPACITY] * len(colours)])
    )
    return kept.getvalue()
