"""The checked layers and the findings as one SVG drawing, in ground proportions."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.findings import Finding, Severity
from geodata.read import LoadedSource
from routing.metric import metres_per_degree
from routing.model import JurisdictionLevel

WIDTH = 1000.0  # drawing units; heights follow from the ground
_TOLERANCE = 0.3  # drawing units: under a third of a pixel on a full screen
_MOST_LABELS = 60  # more names lie over one another on a telephone


@dataclass(frozen=True, kw_only=True, slots=True)
class _Frame:
    """From WGS 84 degrees to drawing units, north up, with metres alike in both directions."""

    west: float
    north: float
    x_scale: float
    y_scale: float
    height: float

    def shape(self, geometry: BaseGeometry) -> BaseGeometry:
        """The geometry in drawing units, without details smaller than can be seen."""

        def move(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
            return np.column_stack(
                ((xy[:, 0] - self.west) * self.x_scale, (self.north - xy[:, 1]) * self.y_scale)
            )

        moved: BaseGeometry = shapely.transform(geometry, move)
        return moved

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        return (lon - self.west) * self.x_scale, (self.north - lat) * self.y_scale


def _frame(shapes: Sequence[BaseGeometry]) -> _Frame | None:
    bounds = shapely.total_bounds(list(shapes)) if shapes else np.full(4, np.nan)
    if not np.isfinite(bounds).all():
        return None
    west, south, east, north = (float(value) for value in bounds)
    mx, my = metres_per_degree((south + north) / 2)
    wide_m, high_m = max((east - west) * mx, 1.0), max((north - south) * my, 1.0)
    # A margin of 2 %, and never a strip: a drawing is at least 0.4 and at most 1.6 times as high.
    scale = WIDTH / (max(wide_m, high_m / 1.6) * 1.04)
    height = max(high_m * scale * 1.04, WIDTH * 0.4)
    return _Frame(
        west=west - (WIDTH / scale - wide_m) / 2 / mx,
        north=north + (height / scale - high_m) / 2 / my,
        x_scale=mx * scale,
        y_scale=my * scale,
        height=height,
    )


def _path(shapes: Sequence[BaseGeometry]) -> str:
    rings = [
        ring
        for shape in shapes
        for part in shapely.get_parts(shapely.get_parts(shape))
        for ring in ((part.exterior, *part.interiors) if part.geom_type == "Polygon" else (part,))
    ]
    pieces = []
    for ring in rings:
        simple: Any = shapely.simplify(ring, _TOLERANCE, preserve_topology=False)
        xy = shapely.get_coordinates(ring if simple.is_empty else simple)
        if not len(xy):
            continue
        points = " ".join(f"{x:.2f} {y:.2f}" for x, y in xy.tolist())
        pieces.append(f"M{points}" + ("Z" if ring.geom_type == "LinearRing" else ""))
    return "".join(pieces)


def draw(loaded: Sequence[LoadedSource], findings: Sequence[Finding]) -> str:
    """One ``<svg>``; finding number n (from 1) is drawn with ``data-finding="n"``.

    Levels are drawn coarse over fine, so that the coarse border stays visible. Empty where
    nothing has a place. All names are escaped.
    """
    everything = [j for one in loaded for j in one.jurisdictions]
    marked = [
        (number, finding)
        for number, finding in enumerate(findings, start=1)
        if finding.geometry is not None or finding.lon is not None
    ]
    shapes = [j.geometry for j in everything] or [
        finding.geometry for _, finding in marked if finding.geometry is not None
    ]
    frame = _frame(shapes)
    if frame is None:
        return ""
    parts = []
    for level in reversed(JurisdictionLevel):
        there = [frame.shape(j.geometry) for j in everything if j.level is level]
        if there:
            parts.append(f'<path class="area {level.value}" d="{_path(there)}"/>')
    finest = next(
        (level for level in reversed(JurisdictionLevel) if level is not JurisdictionLevel.OVERLAY
         and 0 < sum(j.level is level for j in everything) <= _MOST_LABELS), None
    )  # fmt: skip
    for jurisdiction in everything:
        if jurisdiction.level is finest:
            inside = shapely.point_on_surface(frame.shape(jurisdiction.geometry))
            name = html.escape(jurisdiction.name)
            parts.append(f'<text class="name" x="{inside.x:.1f}" y="{inside.y:.1f}">{name}</text>')
    parts += [_place(number, finding, frame) for number, finding in reversed(marked)]
    parts += [_number(number, finding, frame) for number, finding in reversed(marked)]
    return (
        f'<svg id="map" viewBox="0 0 {WIDTH:.0f} {frame.height:.0f}" role="img" '
        f'aria-label="界线与问题位置图">{"".join(parts)}</svg>'
    )


def _place(number: int, finding: Finding, frame: _Frame) -> str:
    if finding.geometry is None or finding.geometry.is_empty:
        return ""
    quiet = " quiet" if finding.severity is Severity.INFO else ""
    return (
        f'<path class="place {finding.severity.value}{quiet}" data-finding="{number}" '
        f'd="{_path([frame.shape(finding.geometry)])}"/>'
    )


def _number(number: int, finding: Finding, frame: _Frame) -> str:
    if finding.lon is None or finding.lat is None:
        return ""
    x, y = frame.point(finding.lon, finding.lat)
    return (
        f'<g class="number {finding.severity.value}" data-finding="{number}">'
        f"<title>{html.escape(finding.message)}</title>"
        f'<circle cx="{x:.1f}" cy="{y:.1f}"/><text x="{x:.1f}" y="{y:.1f}">{number}</text></g>'
    )
