"""Where the polygons of one level overlap, leave gaps, or leave their parent.

Everything is found exactly in degrees, where the coordinates are; areas and widths are ground
measures. Arrays in, pieces out; what a piece means is said in ``geodata.validate``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.source_files.measure import areas_m2, perimeters_m, polygons_of
from routing.metric import metres_per_degree

Shapes = npt.NDArray[Any]

# A piece is a sliver where it is thinner than 5 cm, whatever its length (published coordinates have
# 6 or 7 decimals: 1 to 10 cm), or thinner than 1 m and smaller than 100 m2, a hundredth of a unit
# grid: no complaint is placed that finely. Measured on Chicago's 50 wards: of 13 overlapping pairs
# the 3 drawn wrongly have 187 to 6,196 m2 at 9 to 105 cm, the other 10 at most 0.5 m2 at 6 mm.
SLIVER_ALWAYS_M = 0.05
SLIVER_WIDTH_M = 1.0
SLIVER_AREA_M2 = 100.0

# Two polygons' own arithmetic disagrees by up to about 1e-9 m here; below a tenth of a millimetre
# nothing is reported at all.
_NOISE_M = 1e-4
# A slit that is open at the city's edge is no hole; it is looked for up to this width.
_SLIT_M = 2.0


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Piece:
    """One place where the topology is not as it should be."""

    geometry: BaseGeometry
    """WGS 84 degrees; may have several parts."""
    area_m2: float
    width_m: float
    """Mean width: twice the area over the perimeter."""
    members: tuple[int, ...]
    """Positions of the polygons concerned in the array given."""

    @property
    def sliver(self) -> bool:
        """Too thin and small to hold a complaint."""
        return is_sliver(self.area_m2, self.width_m)


def is_sliver(area_m2: float, width_m: float) -> bool:
    """Whether a piece of this ground area and mean width is too thin and small to matter."""
    thin_and_small = width_m < SLIVER_WIDTH_M and area_m2 < SLIVER_AREA_M2
    return width_m < SLIVER_ALWAYS_M or thin_and_small


def _pieces(geometries: list[BaseGeometry], members: list[tuple[int, ...]]) -> list[Piece]:
    shapes = np.empty(len(geometries), dtype=object)
    shapes[:] = [polygons_of(geometry) for geometry in geometries]
    areas, perimeters = areas_m2(shapes), perimeters_m(shapes)
    return [
        Piece(geometry=shape, area_m2=area, width_m=2 * area / perimeter, members=who)
        for shape, area, perimeter, who in zip(
            shapes.tolist(), areas.tolist(), perimeters.tolist(), members, strict=True
        )
        if perimeter > 0 and 2 * area / perimeter > _NOISE_M
    ]


def overlaps(shapes: Shapes) -> list[Piece]:
    """Each pair whose interiors meet, as one piece; polygons that only touch give none."""
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    # Most pairs only share a border, which relating finds far faster than intersecting does.
    inner = ~shapely.touches(shapes[first], shapes[second])
    first, second = first[inner], second[inner]
    common = shapely.intersection(shapes[first], shapes[second])
    return _pieces(common.tolist(), list(zip(first.tolist(), second.tolist(), strict=True)))


def union(shapes: Shapes) -> BaseGeometry:
    """All shapes as one."""
    together: BaseGeometry = shapely.union_all(shapes)
    return together


def gaps_inside(shapes: Shapes, together: BaseGeometry) -> list[Piece]:
    """Holes of a level that has no parent, and slits up to 2 m wide that are open at its edge.

    ``together`` is the union of the shapes. Members are the polygons around each gap.
    """
    faces = _enclosed(together)
    slits = _slits(together, faces)
    return _around(faces, shapes, at_least=1) + _around(slits, shapes, at_least=2)


def _enclosed(together: BaseGeometry) -> list[BaseGeometry]:
    """Faces of the outline that the shape does not cover.

    More than its holes: a gap between parts that only touch in points is a hole of none of them.
    """
    lines = shapely.union_all([together.boundary])
    faces = np.asarray(shapely.get_parts(shapely.polygonize([lines])), dtype=object)
    if not len(faces):
        return []
    shapely.prepare(together)
    inside = shapely.contains(together, shapely.point_on_surface(faces))
    kept: list[BaseGeometry] = faces[~inside].tolist()
    return kept


def _slits(together: BaseGeometry, enclosed: list[BaseGeometry]) -> list[BaseGeometry]:
    """What closing by half the slit width adds outside the outline, in degrees."""
    lat = float(together.centroid.y)
    scale = np.array(metres_per_degree(lat))
    flat = shapely.transform(together, lambda xy: xy * scale)
    grown = shapely.buffer(flat, _SLIT_M / 2, join_style="mitre", mitre_limit=2.0)
    closed = shapely.buffer(grown, -_SLIT_M / 2, join_style="mitre", mitre_limit=2.0)
    added = shapely.get_parts(polygons_of(shapely.difference(closed, flat)))
    back = [shapely.transform(part, lambda xy: xy / scale) for part in added if part.area > 0.01]
    known = shapely.union_all(enclosed)
    return [part for part in back if not known.intersects(shapely.point_on_surface(part))]


def _around(found: Iterable[BaseGeometry], shapes: Shapes, *, at_least: int) -> list[Piece]:
    """The gaps with the polygons within a centimetre of each; fewer than ``at_least`` drop it."""
    parts = [
        part
        for geometry in found
        for part in shapely.get_parts(polygons_of(geometry))
        if not part.is_empty
    ]
    if not parts:
        return []
    array = np.empty(len(parts), dtype=object)
    array[:] = parts
    near = shapely.STRtree(shapes).query(array, predicate="dwithin", distance=1e-7)
    members: list[list[int]] = [[] for _ in parts]
    for at, who in zip(*near.tolist(), strict=True):
        members[at].append(who)
    kept = [at for at, who in enumerate(members) if len(who) >= at_least]
    return _pieces([parts[at] for at in kept], [tuple(sorted(members[at])) for at in kept])


def gaps_in_parents(
    shapes: Shapes, together: BaseGeometry, parents: Shapes
) -> tuple[list[Piece], list[int]]:
    """What of the parents no polygon of the level covers, and the parents without any at all.

    Members of a piece are the polygons around the gap; a parent with nothing in it is one position
    in the second list and no piece.
    """
    shapely.prepare(together)
    open_parents = np.flatnonzero(~shapely.covers(together, parents))
    empty: list[int] = []
    found: list[BaseGeometry] = []
    for at in open_parents.tolist():
        rest = polygons_of(shapely.difference(parents[at], together))
        if rest.is_empty:
            continue
        if rest.area >= parents[at].area * (1 - 1e-9):
            empty.append(at)
        else:
            found.append(rest)
    return _around(found, shapes, at_least=0), empty


@dataclass(frozen=True, kw_only=True, slots=True)
class Kinship:
    """Where one child lies among the polygons of the parent level."""

    child: int
    parent: int | None
    """Position of the parent with the largest part; ``None`` where none has any."""
    share: float
    """That part of the child's area, 0–1."""


def kinship(children: Shapes, parents: Shapes) -> list[Kinship]:
    """The parent holding the largest part of each child; the lowest position among equals."""
    best: dict[int, tuple[float, int]] = {}
    child, parent = shapely.STRtree(parents).query(children, predicate="intersects")
    whole = shapely.area(children)
    inside = np.zeros(len(child), dtype=bool)
    for at in np.unique(parent).tolist():
        rows = np.flatnonzero(parent == at)
        shapely.prepare(parents[at])
        inside[rows] = shapely.covers(parents[at], children[child[rows]])
    shares = np.ones(len(child))
    rest = np.flatnonzero(~inside)
    common = shapely.intersection(children[child[rest]], parents[parent[rest]])
    shares[rest] = shapely.area(common) / whole[child[rest]]
    for who, of, share in zip(child.tolist(), parent.tolist(), shares.tolist(), strict=True):
        if share > 0 and (who not in best or (share, -of) > (best[who][0], -best[who][1])):
            best[who] = (share, of)
    return [
        Kinship(child=at, parent=best[at][1], share=min(1.0, best[at][0]))
        if at in best
        else Kinship(child=at, parent=None, share=0.0)
        for at in range(len(children))
    ]


def outside(children: Shapes, parents: Shapes) -> list[Piece]:
    """What of each child lies outside the parent at the same position; one piece per child."""
    rest = shapely.difference(children, parents)
    return _pieces(rest.tolist(), [(at,) for at in range(len(rest))])
