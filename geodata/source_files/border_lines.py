"""Border rules: lines along shared borders, and who has the width of the road or river there."""

from __future__ import annotations

import shapely
from shapely.geometry import LineString, MultiLineString

from geodata.crs import geometry_to_wgs84
from geodata.findings import Severity
from geodata.source_files.layers import BorderLayer, is_side
from geodata.source_files.ogr import RawLayer, read_layer
from geodata.source_files.shapes import Noted, finite, swapped
from geodata.sources import BoundarySource
from routing.errors import UnusableSource
from routing.jurisdiction.borders import BorderSegment


def read_borders(
    source: BoundarySource, layer: BorderLayer, version: str, noted: Noted
) -> list[BorderSegment]:
    """The segments of one layer in WGS 84; a line that cannot be used is left out with a finding.

    Raises UnusableSource where the file cannot be read or has no features.
    """
    fields = [layer.between_left, layer.between_right]
    fields += [] if is_side(layer.side) else [layer.side]
    fields += [layer.inside] if layer.inside else []
    fields += [layer.width_m] if isinstance(layer.width_m, str) else []
    raw = read_layer(layer.file, layer.layer, layer.encoding, list(dict.fromkeys(fields)))
    if not len(raw):
        raise UnusableSource(f"border file {layer.file.name!r} has no features; export it again")
    given = swapped(raw.geometry) if source.axis_order == "yx" else raw.geometry
    given = given.copy()
    given[~finite(given)] = None
    lines = geometry_to_wgs84(given, source.crs)
    out = []
    for at, line in enumerate(lines):
        if not isinstance(line, (LineString, MultiLineString)) or line.is_empty:
            _refused(noted, at, "没有可用的线", None)
            continue
        try:
            out.append(_segment(source, layer, raw, at, line, version))
        except ValueError as wrong:
            _refused(noted, at, str(wrong), line)
    return out


def _segment(
    source: BoundarySource,
    layer: BorderLayer,
    raw: RawLayer,
    at: int,
    line: LineString | MultiLineString,
    version: str,
) -> BorderSegment:
    left, right = raw.fields[layer.between_left][at], raw.fields[layer.between_right][at]
    if not left or not right:
        raise ValueError("左侧或右侧的辖区编码为空")
    side = layer.side if is_side(layer.side) else raw.fields[layer.side][at] or "unknown"
    width = layer.width_m
    if isinstance(width, str):
        width = float(raw.fields[width][at] or "0")
    return BorderSegment(
        line=line,
        side=side,
        left_code=left,
        right_code=right,
        inside_code=raw.fields[layer.inside][at] if layer.inside else None,
        width_m=width,
        effective_from=source.effective_from,
        effective_to=source.effective_to,
        version=version,
    )


def _refused(noted: Noted, at: int, why: str, line: LineString | MultiLineString | None) -> None:
    point = None if line is None else shapely.line_interpolate_point(line, 0.5, normalized=True)
    usable = point is not None and not point.is_empty
    noted.note(
        "bad_border",
        Severity.BLOCKING,
        f"第 {at + 1} 条界线规则不能用：{why}",
        "改正该线的字段或图形",
        lon=float(point.x) if usable and point is not None else None,
        lat=float(point.y) if usable and point is not None else None,
        geometry=line,
    )
