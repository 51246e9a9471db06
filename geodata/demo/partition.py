"""The territory of the demonstration city: 144 grids, and every coarser level as their union.

Generated, the same on each run: a hand-drawn skeleton of the district and its subdistricts, cut
into communities and grids by centroidal Voronoi cells, every edge then roughened by fractal
midpoint displacement whose random numbers depend on that edge alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geodata.demo import layout
from geodata.demo.names import (
    DISTRICT_CODE,
    DISTRICT_NAME,
    EXCLAVE_COMMUNITY,
    GRID_TOTAL,
    SUBDISTRICTS,
)
from geodata.demo.roughen import Network, roughen_line

SEED = 20240101
_SAMPLE_STEP_M = 25.0
"""Lattice on which cell areas are balanced; far below the smallest grid's width (about 200 m)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One jurisdiction of the generated city, WGS 84 degrees rounded to 1e-7."""

    code: str
    name: str
    parent_code: str | None
    geometry: BaseGeometry


@dataclass(frozen=True, kw_only=True, slots=True)
class City:
    """All levels, coarse to fine, each in code order."""

    district: Cell
    subdistricts: tuple[Cell, ...]
    communities: tuple[Cell, ...]
    grids: tuple[Cell, ...]
    skeleton: dict[str, LineString]
    """Local metres, by chain id: the lines the subdistrict borders were grown from."""


def to_degrees(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 2) local metres to WGS 84 degrees, rounded to 1e-7 (about 1 cm)."""
    degrees = np.asarray(layout.ORIGIN) + np.asarray(metres) / layout.METRES_PER_DEGREE
    return np.round(degrees, 7)


def to_metres(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 2) WGS 84 degrees to local metres."""
    metres: NDArray[np.float64] = (np.asarray(degrees) - layout.ORIGIN) * layout.METRES_PER_DEGREE
    return metres


def build_city() -> City:
    """Return the whole partition; raises ValueError if it were not a clean coverage."""
    chains = {chain.id: _skeleton_line(chain) for chain in layout.CHAINS}
    areas = _subdistrict_areas(list(chains.values()))
    exclave = Polygon(roughen_line([*layout.EXCLAVE, layout.EXCLAVE[0]], 0.06, 60.0, SEED))
    homes, lines, seeds = _cut(areas, exclave)
    network = Network(
        [*chains.values(), exclave.exterior, *lines],
        smooth=[line for key, line in chains.items() if _chain(key).road],
        seed=SEED,
    )
    faces, rings = network.faces(to_degrees)
    owners = [_owner(face.representative_point(), exclave, homes, seeds) for face in faces]
    cells: dict[tuple[str, int], list[int]] = {}
    for position, owner in enumerate(owners):
        cells.setdefault(owner, []).append(position)
    if len(cells) != GRID_TOTAL or any(len(parts) != 1 for parts in cells.values()):
        raise ValueError(
            f"expected {GRID_TOTAL} whole grids, got {len(faces)} faces in {len(cells)}"
        )
    grids = _number_grids({owner: rings[parts[0]] for owner, parts in cells.items()})
    return _assemble(grids, chains)


def _chain(key: str) -> layout.Chain:
    return next(chain for chain in layout.CHAINS if chain.id == key)


def _skeleton_line(chain: layout.Chain) -> LineString:
    points = [layout.NODES[chain.start], *chain.through, layout.NODES[chain.end]]
    if chain.road:
        return LineString(roughen_line(points, 0.012, 70.0, SEED, bend=True))
    return LineString(roughen_line(points, 0.11, 70.0, SEED))


def _subdistrict_areas(chains: Sequence[LineString]) -> dict[str, Polygon]:
    faces = list(shapely.polygonize(chains).geoms)
    found = {
        code: [face for face in faces if face.contains(Point(at))]
        for code, at in layout.INTERIOR.items()
    }
    if len(faces) != len(found) or any(len(hits) != 1 for hits in found.values()):
        raise ValueError(f"the skeleton encloses {len(faces)} areas, expected {len(found)}")
    return {code: hits[0] for code, hits in found.items()}


def _cut(
    areas: dict[str, Polygon], exclave: Polygon
) -> tuple[dict[str, BaseGeometry], list[BaseGeometry], dict[str, NDArray[np.float64]]]:
    """Community areas, the cutting lines of both levels, and the grid seeds of each community."""
    lines: list[BaseGeometry] = []
    homes: dict[str, BaseGeometry] = {}
    for number, subdistrict in enumerate(SUBDISTRICTS):
        area: BaseGeometry = areas[subdistrict.code]
        if subdistrict.code == "350102009":
            area = area.difference(exclave)
        seeds = _balanced_seeds(area, len(subdistrict.communities), SEED + number)
        lines.append(_voronoi_lines(seeds, area))
        numbers = {name: n for n, name in subdistrict.communities}
        pieces = _voronoi_cells(seeds, area)
        for name, piece in zip(subdistrict.west_to_east, pieces, strict=True):
            homes[subdistrict.community_code(numbers[name])] = piece
    quotas = _grid_quotas({code: home.area for code, home in homes.items()})
    seeds_of: dict[str, NDArray[np.float64]] = {}
    for code, home in homes.items():
        seeds_of[code] = _balanced_seeds(home, quotas[code], int(code[-6:]))
        if quotas[code] > 1:
            lines.append(_voronoi_lines(seeds_of[code], home))
    return homes, lines, seeds_of


def _grid_quotas(areas: dict[str, float]) -> dict[str, int]:
    """Grids per community by area, at least one each; one is kept for the exclave."""
    quotas = dict.fromkeys(areas, 1)
    for _ in range(GRID_TOTAL - 1 - len(areas)):
        most = max(areas, key=lambda code: areas[code] / (quotas[code] + 0.5))
        quotas[most] += 1
    return quotas


def _balanced_seeds(area: BaseGeometry, count: int, seed: int) -> NDArray[np.float64]:
    """(count, 2) centres of a centroidal Voronoi tiling (Lloyd), sorted west to east."""
    west, south, east, north = area.bounds
    lattice = np.stack(
        np.meshgrid(np.arange(west, east, _SAMPLE_STEP_M), np.arange(south, north, _SAMPLE_STEP_M)),
        -1,
    ).reshape(-1, 2)
    inside = lattice[shapely.contains_xy(area, lattice)]
    rng = np.random.default_rng(seed)
    centres = inside[rng.choice(len(inside), count, replace=False)]
    # few rounds on purpose: full convergence gives honeycombs, which no city has
    for _ in range(4):
        nearest = ((inside[:, None] - centres[None]) ** 2).sum(-1).argmin(1)
        centres = np.array([
            inside[nearest == k].mean(0) if (nearest == k).any() else centres[k]
            for k in range(count)
        ])  # fmt: skip
    in_order: NDArray[np.float64] = centres[np.lexsort((-centres[:, 1], centres[:, 0]))]
    return in_order


def _voronoi_lines(seeds: NDArray[np.float64], area: BaseGeometry) -> BaseGeometry:
    edges = shapely.voronoi_polygons(MultiPoint(seeds), extend_to=area.envelope, only_edges=True)
    return edges.intersection(area)


def _voronoi_cells(seeds: NDArray[np.float64], area: BaseGeometry) -> list[BaseGeometry]:
    cells = shapely.voronoi_polygons(MultiPoint(seeds), extend_to=area.envelope).geoms
    return [
        next(cell for cell in cells if cell.contains(Point(at))).intersection(area) for at in seeds
    ]


def _owner(
    at: Point,
    exclave: Polygon,
    homes: dict[str, BaseGeometry],
    seeds: dict[str, NDArray[np.float64]],
) -> tuple[str, int]:
    """(community code, grid seed) of a face; -1 stands for the exclave."""
    if exclave.contains(at):
        hongshan = SUBDISTRICTS[-1]
        number = next(n for n, name in hongshan.communities if name == EXCLAVE_COMMUNITY)
        return hongshan.community_code(number), -1
    code = min(homes, key=lambda key: homes[key].distance(at))
    distances = ((seeds[code] - [at.x, at.y]) ** 2).sum(1)
    return code, int(distances.argmin())


def _number_grids(faces: dict[tuple[str, int], Polygon]) -> list[Cell]:
    """Codes of 15 digits, numbered within the community west to east, then north to south."""
    names = {
        subdistrict.community_code(number): f"{name}社区"
        for subdistrict in SUBDISTRICTS
        for number, name in subdistrict.communities
    }
    grids: list[Cell] = []
    for code, name in names.items():
        own = [face for (home, _), face in faces.items() if home == code]
        own.sort(key=lambda face: (face.centroid.x, -face.centroid.y))
        for number, face in enumerate(own, start=1):
            grids.append(
                Cell(
                    code=f"{code}{number:03d}",
                    name=f"{name}第{number}网格",
                    parent_code=code,
                    geometry=face,
                )
            )
    return grids


def _assemble(grids: list[Cell], chains: dict[str, LineString]) -> City:
    communities = [
        Cell(
            code=subdistrict.community_code(number),
            name=f"{name}社区",
            parent_code=subdistrict.code,
            geometry=_union(grids, subdistrict.community_code(number)),
        )
        for subdistrict in SUBDISTRICTS
        for number, name in subdistrict.communities
    ]
    subdistricts = [
        Cell(
            code=subdistrict.code,
            name=subdistrict.name,
            parent_code=DISTRICT_CODE,
            geometry=_union(grids, subdistrict.code),
        )
        for subdistrict in SUBDISTRICTS
    ]
    district = Cell(
        code=DISTRICT_CODE,
        name=DISTRICT_NAME,
        parent_code=None,
        geometry=_union(grids, DISTRICT_CODE),
    )
    for level in (grids, communities, subdistricts):
        if not shapely.coverage_is_valid([cell.geometry for cell in level]):
            raise ValueError(f"the level of {level[0].name} is not a clean coverage")
    return City(
        district=district,
        subdistricts=tuple(subdistricts),
        communities=tuple(communities),
        grids=tuple(grids),
        skeleton=chains,
    )


def _union(grids: list[Cell], prefix: str) -> BaseGeometry:
    merged = shapely.coverage_union_all([g.geometry for g in grids if g.code.startswith(prefix)])
    return merged.normalize()
