"""Tiles of a GCJ-02 pyramid, moved to where they really lie.

A point of the ground has one place on a WGS 84 map and another, some 500 m off, on a GCJ-02 map.
For each pixel of a WGS 84 tile this looks up where the same ground is drawn in the GCJ-02 pyramid,
and takes it from there. The shift varies smoothly (by under 5 m in a kilometre), so it is computed
exactly at the corners of a mesh and linearly between.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from geodata.crs import GCJ02, from_wgs84
from maps.tiles import TILE_PX

Fetch = Callable[[int, int, int], Image.Image]
"""(z, x, y) → the pyramid's own tile, RGBA, 256 × 256."""

_UNSEEN_PX = 0.5
"""A shift below half a pixel, as up to zoom 7, cannot be seen and is left alone."""
_MESH = 8
"""Parts of a tile's side between which the shift is linear: under a hundredth of a pixel off at
every zoom (in the test)."""


def shifted_tile(z: int, x: int, y: int, fetch: Fetch) -> Image.Image:
    """The WGS 84 tile made from the one to four GCJ-02 tiles it lies on, RGBA.

    Outside China nothing is shifted, as in the datum, and nothing where it could not be seen.
    Errors are those of ``fetch``.
    """
    knots = np.linspace(0, 1, _MESH + 1)
    at_x, at_y = np.meshgrid(x + knots, y + knots)
    columns, rows = source_pixels(z, at_x, at_y)
    if np.hypot(columns - at_x * TILE_PX, rows - at_y * TILE_PX).max() < _UNSEEN_PX:
        return fetch(z, x, y)
    across = 2**z
    # What hangs over into a further tile by less than that is not worth fetching it.
    left, top = (int((one.min() + _UNSEEN_PX) // TILE_PX) for one in (columns, rows))
    right, low = (int(-(-(one.max() - _UNSEEN_PX) // TILE_PX)) for one in (columns, rows))
    whole = Image.new("RGBA", ((right - left) * TILE_PX, (low - top) * TILE_PX))
    for row in range(max(top, 0), min(low, across)):
        for column in range(left, right):
            part = fetch(z, column % across, row)
            whole.paste(part, ((column - left) * TILE_PX, (row - top) * TILE_PX))
    columns = (columns - left * TILE_PX).clip(0, whole.width)
    rows = (rows - top * TILE_PX).clip(0, whole.height)
    side = TILE_PX // _MESH
    mesh = []
    for row in range(_MESH):
        for column in range(_MESH):
            box = (column * side, row * side, (column + 1) * side, (row + 1) * side)
            # Corners as Pillow wants them: north-west, south-west, south-east, north-east.
            corners = [(row, column), (row + 1, column), (row + 1, column + 1), (row, column + 1)]
            mesh.append((box, tuple(v for at in corners for v in (columns[at], rows[at]))))
    return whole.transform(
        (TILE_PX, TILE_PX), Image.Transform.MESH, mesh, Image.Resampling.BILINEAR
    )


def source_pixels(
    z: int, x: np.ndarray, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:  # arrays of one shape
    """Pixels (column, row from the pyramid's north-west corner) of the GCJ-02 pyramid at which the
    ground of WGS 84 tile coordinates (fractions of tiles) is drawn."""
    lon = x / 2**z * 360 - 180
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y / 2**z))))
    there_lon, there_lat = from_wgs84(lon, lat, GCJ02)
    across = 2**z * TILE_PX
    column = (there_lon + 180) / 360 * across
    row = (1 - np.arcsinh(np.tan(np.radians(there_lat))) / np.pi) / 2 * across
    return column, row
