"""Districts, subdistricts, communities and grids of the invented city: cells of one lattice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import numpy as np
import shapely

from routing.model import Jurisdiction, JurisdictionLevel
from tests.acceptance.generator.city_names import DISTRICTS, Names
from tests.acceptance.generator.city_streets import BLOCK_M, FIRST_ROAD_M

CELL_M = 440.0
"""Side of a grid's cell: about 0.19 km², as in real cities."""
_JITTER_M = 4.0
"""How far a corner may stray: a border line is drawn within the width of its road."""
_BORDERS_M = (0.0, 12.0, -12.0, BLOCK_M / 2, BLOCK_M / 2)
"""A border runs along the middle of a road, or along the outer edge of its pavement
(以道路外沿为界), so that the road is one side's, or between two compounds of a block: never
through one of them."""
_COMMUNITY = (3, 2)
_SUBDISTRICT = (9, 6)
"""Cells east and north."""


def border_lines(cells: int, rng: Random) -> list[float]:
    """Positions of the lattice's lines in metres: the rim, and between it about every 440 m."""
    inner = [n * CELL_M + FIRST_ROAD_M + rng.choice(_BORDERS_M) for n in range(1, cells)]
    return [0.0, *inner, cells * CELL_M]


def build_areas(
    upright: Sequence[float],
    level: Sequence[float],
    rng: Random,
    names: Names,
    to_degrees: Callable[[np.ndarray], np.ndarray],
) -> list[Jurisdiction]:
    """All areas, coarse to fine, between upright and level lines; every level covers the same
    ground without gaps."""
    columns, rows = len(upright) - 1, len(level) - 1
    noise = np.random.default_rng(rng.randrange(2**32))
    x, y = np.meshgrid(upright, level)
    corners = np.stack([x, y], axis=-1) + noise.uniform(-_JITTER_M, _JITTER_M, (*x.shape, 2))
    corners = np.round(to_degrees(corners.reshape(-1, 2)), 7).reshape(corners.shape)
    rings = np.stack(
        [corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=2
    )
    cells = shapely.polygons(rings.reshape(-1, 4, 2)).reshape(rows, columns)
    width = columns // len(DISTRICTS)
    tree: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for row in range(rows):
        for column in range(columns):
            district = min(column // width, len(DISTRICTS) - 1)
            inner = column - district * width
            sub = (inner // _SUBDISTRICT[0], row // _SUBDISTRICT[1])
            com = (inner // _COMMUNITY[0], row // _COMMUNITY[1])
            tree.setdefault((district, *sub, *com), []).append((row, column))
    return _named(tree, cells, names)


def _named(
    tree: dict[tuple[int, ...], list[tuple[int, int]]], cells: np.ndarray, names: Names
) -> list[Jurisdiction]:
    made: dict[JurisdictionLevel, list[Jurisdiction]] = {level: [] for level in JurisdictionLevel}
    subdistricts: dict[tuple[int, ...], str] = {}
    counts: dict[str, int] = {}
    parts: dict[str, list[shapely.Geometry]] = {}
    label: dict[str, str] = {}
    special = {0: "莲前", 1: "鼓山"}
    for key in sorted(tree):
        district = DISTRICTS[key[0]][0]
        if key[:3] not in subdistricts:
            counts[district] = counts.get(district, 0) + 1
            n = len(subdistricts)
            code = f"{district}{counts[district]:03d}"
            subdistricts[key[:3]] = code
            town = n % 5 == 4
            name = special[n] + "街道" if n in special else names.area("镇" if town else "街道")
            label[code] = name
        sub = subdistricts[key[:3]]
        counts[sub] = counts.get(sub, 0) + 1
        community = f"{sub}{counts[sub]:03d}"
        n = sum(len(code) == 12 for code in label)
        label[community] = {0: "互助社区", 1: "互助路社区"}.get(n) or names.area("社区")
        for k, (row, column) in enumerate(tree[key], 1):
            grid = f"{community}{k:03d}"
            shape = cells[row, column]
            for code in (district, sub, community):
                parts.setdefault(code, []).append(shape)
            made[JurisdictionLevel.GRID].append(
                _area(grid, f"{label[community][:-2]}第{k}网格", JurisdictionLevel.GRID, shape,
                      community)
            )  # fmt: skip
    label |= dict(DISTRICTS)
    levels = {6: JurisdictionLevel.DISTRICT, 9: JurisdictionLevel.SUBDISTRICT,
              12: JurisdictionLevel.COMMUNITY}  # fmt: skip
    for code, shapes in parts.items():
        level = levels[len(code)]
        parent = None if len(code) == 6 else code[:-3]
        shape = shapely.coverage_union_all(np.array(shapes))
        made[level].append(_area(code, label[code], level, shape, parent))
    return [area for level in made for area in sorted(made[level], key=lambda a: a.code)]


def _area(
    code: str, name: str, level: JurisdictionLevel, shape: shapely.Geometry, parent: str | None
) -> Jurisdiction:
    return Jurisdiction(
        code=code, name=name, level=level, geometry=shape, unit_code=code, parent_code=parent,
        version="澜江市网格（试验）@2026-01-01#00000000",
    )  # fmt: skip
