"""Squares and hexagons for the map: counted in metres, sent as centres and numbers."""

from __future__ import annotations

import numpy as np
from werkzeug.datastructures import MultiDict

from app.analysis.breaks import written
from app.analysis.filters import choice
from app.analysis.sight import Sight
from maps import classes
from maps.cells import CellCounts, aggregate
from maps.model import Floats

SHAPES = {"square": "方格", "hexagon": "六边形"}
SIZES_M = {"100": 100, "250": 250, "500": 500, "1000": 1000}
"""Side of a square, or across a hexagon, metres."""
MOST_CELLS = 60_000
"""Cells of one answer: 2.5 MB, drawn by a browser in a quarter of a second. A city of 80 km across
has 102,400 cells of 250 m; those with most cases are sent, and the answer says so."""
DECIMALS = 6
"""Of a degree: a decimetre."""


def asked_from(args: MultiDict[str, str]) -> tuple[str, int]:
    """Shape and size in metres; UserInputError that names what can be had."""
    return choice(args, "shape", SHAPES, "hexagon"), SIZES_M[choice(args, "size", SIZES_M, "250")]


def cells(seen: Sight, shape: str, size_m: int) -> dict[str, object]:
    """Return the cells that have cases; classes depend on the size alone."""
    found = counted(seen, shape, size_m)
    order = np.argsort(-found.n, kind="stable")[:MOST_CELLS]
    left = len(found.n) - len(order)
    lon, lat = seen.snapshot.plane.to_lonlat(found.x_m[order], found.y_m[order])
    return {
        "shape": shape,
        "size_m": size_m,
        "ring": ring_deg(found.ring, seen),
        "items": [
            [x, y, n]
            for x, y, n in zip(
                lon.round(DECIMALS).tolist(),
                lat.round(DECIMALS).tolist(),
                found.n[order].tolist(),
                strict=True,
            )
        ],
        "classes": written(classes.for_cells(size_m)),
        "truncated": (
            f"有工单的单元共 {len(found.n)} 个，只显示件数最多的 {MOST_CELLS} 个；"
            "请选更大的单元，或缩小范围"
            if left
            else None
        ),
    }


def counted(seen: Sight, shape: str, size_m: int) -> CellCounts:
    """The cases of the view on a lattice."""
    cases, rows = seen.snapshot.cases, seen.rows
    return aggregate(cases.x_m[rows], cases.y_m[rows], shape=shape, size_m=size_m)  # type: ignore[arg-type]


def ring_deg(ring_m: Floats, seen: Sight) -> list[list[float]]:
    """The corners as offsets in degrees at the city's middle; (4 or 6) pairs.

    Across a city of 100 km the width of a degree differs by 1 %, so a corner of a 1,000 m cell at
    its edge is off by 5 m, less than a pixel at the zoom at which such cells are looked at.
    """
    around = np.vstack([np.zeros((1, 2)), ring_m]) + np.array(seen.middle_m)
    lon, lat = seen.snapshot.plane.to_lonlat(around[:, 0], around[:, 1])
    corners: list[list[float]] = (
        np.column_stack([lon[1:] - lon[0], lat[1:] - lat[0]]).round(8).tolist()
    )
    return corners
