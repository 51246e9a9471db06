"""A declared source becomes jurisdictions and border rules, with everything odd about it noted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import shapely

from geodata.datums.fit import Bounds
from geodata.findings import Finding, Severity
from geodata.source_files.border_lines import read_borders
from geodata.source_files.crs_check import crs_holds
from geodata.source_files.digest import digest
from geodata.source_files.layers import SourceLayer
from geodata.source_files.ogr import RawLayer, read_layer
from geodata.source_files.shapes import Noted, merged, swapped, usable_polygons
from geodata.sources import BoundarySource, parse_source
from routing.errors import ContradictedCrs, UnusableSource
from routing.jurisdiction.borders import BorderSegment
from routing.model import Jurisdiction


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class LoadedSource:
    """A boundary source with its content, in WGS 84."""

    source: BoundarySource
    jurisdictions: tuple[Jurisdiction, ...]
    """In the order of the layers and of the features."""
    borders: tuple[BorderSegment, ...]
    version: str
    """``<name>@<effective_from>#<8 hex digits of declaration and files>``."""
    findings: tuple[Finding, ...]
    """What was found while reading; ``geodata.validate.check`` adds the rest."""


def read_source(
    path: str | Path, *, keep_going: bool = False, expected: Bounds | None = None
) -> LoadedSource:
    """Read one declaration and the files it names.

    Invalid rings are repaired and features without a usable shape or code are left out, each with
    a finding. ``expected``: west, south, east, north in degrees where the city is known to be.

    Raises UnusableSource where the declaration or a file cannot be used at all. Coordinates that
    contradict the CRS raise ContradictedCrs, and ones that are not numbers UnusableSource; with
    ``keep_going`` these are findings, and the layer or feature is left out.
    """
    source = parse_source(path)
    version = f"{source.name}@{source.effective_from}#{digest(source)}"
    found: list[Finding] = []
    jurisdictions: list[Jurisdiction] = []
    for layer in source.layers:
        noted = Noted(source=source.name, layer=_label(layer), level=_level(layer))
        jurisdictions += _read_layer(source, layer, version, noted, expected)
        found += noted.found
    borders: list[BorderSegment] = []
    for lines in source.borders:
        noted = Noted(source=source.name, layer=lines.file.name, level=None)
        borders += read_borders(source, lines, version, noted)
        found += noted.found
    if not keep_going:
        _refuse(found)
    return LoadedSource(
        source=source,
        jurisdictions=tuple(jurisdictions),
        borders=tuple(borders),
        version=version,
        findings=tuple(found),
    )


def _refuse(found: Iterable[Finding]) -> None:
    for finding in found:
        text = f"boundary file {finding.layer!r}: {finding.message}; {finding.advice}"
        if finding.code in ("crs_contradicted", "crs_mismatch"):
            raise ContradictedCrs(text)
        if finding.code == "bad_coordinates":
            raise UnusableSource(text)


def read_sources(
    paths: Sequence[str | Path], *, keep_going: bool = False, expected: Bounds | None = None
) -> tuple[LoadedSource, ...]:
    """Read several declarations, in the order given.

    Declarations of the same source name are editions of one another: each ends at the latest the
    day before the next begins. Raises as ``read_source``, and UnusableSource where two editions
    begin on the same day.
    """
    loaded = [read_source(path, keep_going=keep_going, expected=expected) for path in paths]
    where = _extent(loaded) if expected is None else None
    if where is not None:
        # A source that contradicts its CRS is asked again with the others' extent: that narrows
        # down which CRS would fit.
        loaded = [
            read_source(one.source.path, keep_going=True, expected=where)
            if any(finding.code == "crs_contradicted" for finding in one.findings)
            else one
            for one in loaded
        ]
    return succeeding(loaded)


def _extent(loaded: Sequence[LoadedSource]) -> Bounds | None:
    shapes = [jurisdiction.geometry for one in loaded for jurisdiction in one.jurisdictions]
    if not shapes:
        return None
    west, south, east, north = (float(value) for value in shapely.total_bounds(shapes))
    wide, high = east - west, north - south
    return west - wide, south - high, east + wide, north + high


def succeeding(loaded: Sequence[LoadedSource]) -> tuple[LoadedSource, ...]:
    """The sources, order kept, each edition ended the day before the next of its name begins."""
    editions: dict[str, list[LoadedSource]] = {}
    for one in loaded:
        editions.setdefault(one.source.name, []).append(one)
    ended: dict[int, LoadedSource] = {}
    for name, same in editions.items():
        same.sort(key=lambda one: one.source.effective_from)
        for one, following in pairwise(same):
            begins = following.source.effective_from
            if begins == one.source.effective_from:
                raise UnusableSource(
                    f"{one.source.path} and {following.source.path} both declare {name!r} from "
                    f"{begins}; give each edition its own effective_from"
                )
            ended[id(one)] = _ended(one, following)
    return tuple(ended.get(id(one), one) for one in loaded)


def _ended(one: LoadedSource, following: LoadedSource) -> LoadedSource:
    last = following.source.effective_from - timedelta(days=1)
    if one.source.effective_to is not None and one.source.effective_to <= last:
        return one
    return replace(
        one,
        source=replace(one.source, effective_to=last),
        jurisdictions=tuple(replace(item, effective_to=last) for item in one.jurisdictions),
        borders=tuple(replace(item, effective_to=last) for item in one.borders),
    )


def _label(layer: SourceLayer) -> str:
    return layer.file.name + (f"|{layer.layer}" if layer.layer else "")


def _level(layer: SourceLayer) -> str:
    kind = f":{layer.overlay_kind}" if layer.overlay_kind else ""
    return f"{layer.level.value}{kind}"


def _read_layer(
    source: BoundarySource,
    layer: SourceLayer,
    version: str,
    noted: Noted,
    expected: Bounds | None,
) -> list[Jurisdiction]:
    optional = [field for field in (layer.parent, layer.unit) if field]
    wanted = dict.fromkeys([layer.code, layer.name, *optional, *layer.attributes])
    raw = read_layer(layer.file, layer.layer, layer.encoding, list(wanted))
    codes = _codes(raw, layer, noted)
    geometry = swapped(raw.geometry) if source.axis_order == "yx" else raw.geometry
    if not crs_holds(source, geometry, codes, raw.embedded_crs, noted, expected):
        return []
    labels = [code or f"第 {at + 1} 个要素" for at, code in enumerate(codes)]
    shapes = usable_polygons(geometry, raw.unreadable, labels, source.crs, noted)
    features: dict[str, list[int]] = {}
    for at, code in enumerate(codes):
        if code is not None and shapes[at] is not None:
            features.setdefault(code, []).append(at)
    out = []
    for code, rows in features.items():
        texts = _agreed(code, rows, raw, layer, noted)
        kept = [shape for at in rows if (shape := shapes[at]) is not None]
        out.append(
            Jurisdiction(
                code=code,
                name=texts.get(layer.name) or code,
                level=layer.level,
                geometry=merged(kept),
                unit_code=(texts.get(layer.unit) if layer.unit else None) or code,
                parent_code=texts.get(layer.parent) if layer.parent else None,
                overlay_kind=layer.overlay_kind,
                precedence=layer.precedence,
                effective_from=source.effective_from,
                effective_to=source.effective_to,
                version=version,
                attributes={key: texts[key] or "" for key in layer.attributes},
            )
        )
    return out


def _codes(raw: RawLayer, layer: SourceLayer, noted: Noted) -> list[str | None]:
    name = layer.file.name
    if not len(raw):
        raise UnusableSource(f"boundary file {name!r} has no features; export it again")
    if all(shape is None or shape.is_empty for shape in raw.geometry) and not raw.unreadable.any():
        raise UnusableSource(f"boundary file {name!r} has no geometry in any of its features")
    codes = raw.fields[layer.code]
    if not any(codes):
        raise UnusableSource(
            f"boundary file {name!r} has no codes: field {layer.code!r} is empty in all "
            f"{len(codes)} features; set code = to the field that has them (it may be the name)"
        )
    for at, code in enumerate(codes):
        if code is None:
            shape = raw.geometry[at]
            noted.note(
                "missing_code",
                Severity.BLOCKING,
                f"第 {at + 1} 个要素（{raw.fields[layer.name][at] or '无名'}）没有编码，未载入",
                f"在字段 {layer.code} 中补上编码",
                geometry=shape if _in_degrees(shape) else None,
            )
    if raw.encoding:
        noted.note(
            "encoding",
            Severity.INFO,
            f"文件未声明文字编码，按 {raw.encoding} 读取",
            f'如有乱码，在该图层下写明 encoding = "{raw.encoding}" 或其他编码',
        )
    return codes


def _in_degrees(shape: Any) -> bool:
    if shape is None or shape.is_empty:
        return False
    west, south, east, north = shape.bounds
    return bool(-180 <= west <= east <= 180 and -90 <= south <= north <= 90)


def _agreed(
    code: str, rows: list[int], raw: RawLayer, layer: SourceLayer, noted: Noted
) -> dict[str, str | None]:
    """The texts of a code's first feature, and a finding where its others say something else."""
    first = {field: values[rows[0]] for field, values in raw.fields.items()}
    if layer.unit and first[layer.unit] is None:
        noted.note(
            "missing_unit",
            Severity.WARNING,
            f"{code} 的字段 {layer.unit} 为空，按辖区自身编码作承办单位",
            "补上承办单位编码",
            codes=(code,),
        )
    for field, values in raw.fields.items():
        said = sorted({values[at] or "（空）" for at in rows})
        if len(said) > 1:
            noted.note(
                "duplicate_code",
                Severity.BLOCKING,
                f"{code} 出现 {len(rows)} 次，字段 {field} 各不相同：{'、'.join(said[:5])}",
                "同一编码只能是一个辖区：改正编码，或使名称等一致",
                codes=(code,),
            )
    if len(rows) > 1:
        noted.note(
            "several_features",
            Severity.INFO,
            f"{code} 由 {len(rows)} 个要素合为一个辖区",
            "无需处理；如本应是不同辖区，请改正编码",
            codes=(code,),
        )
    return first
