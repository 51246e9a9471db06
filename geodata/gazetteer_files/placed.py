"""Shapes of a gazetteer in WGS 84: which CRS holds for which row, and which shape can be used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geodata.crs import Crs, geometry_to_wgs84, parse_crs, to_wgs84
from geodata.datums.fit import Bounds
from geodata.findings import Severity
from geodata.gazetteer_files.declaration import GazetteerSource
from geodata.gazetteer_files.formats import RawPlaces
from geodata.gazetteer_files.row_notes import RowNotes, shown
from geodata.gazetteer_files.shape_columns import Mask, Shapes
from geodata.source_files.crs_check import crs_holds
from geodata.source_files.shapes import finite, swapped
from routing.errors import UndeclaredCrs, UnknownCrs

_SIMPLE = (
    shapely.GeometryType.POINT,
    shapely.GeometryType.LINESTRING,
    shapely.GeometryType.POLYGON,
    shapely.GeometryType.MULTIPOINT,
    shapely.GeometryType.MULTILINESTRING,
    shapely.GeometryType.MULTIPOLYGON,
)

_NULL_ISLAND = 1e-6
"""Where a lost coordinate is written as 0, 0, in degrees or metres. There is only sea."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Declared:
    """What ``crs_holds`` asks of a declaration."""

    crs: Crs
    bounds: Bounds | None = None


def placed(
    raw: RawPlaces, source: GazetteerSource, codes: list[str | None], notes: RowNotes
) -> Shapes:
    """The shape of each row in WGS 84 degrees; ``None`` where it has none that can be used.

    What is wrong is noted by row. ``codes`` are the rows' administrative codes, which tell the
    province where the file's CRS is doubtful. Raises UndeclaredCrs where no row has a CRS,
    UnknownCrs where the one declared for all is none.
    """
    out: Shapes = np.full(raw.rows, None, dtype=object)
    given = raw.geometry
    if source.axis_order == "yx":
        given = swapped(given)
    notes.rows(
        "unreadable_geometry",
        raw.unreadable,
        "的坐标或图形无法读取" + ("：{}" if "lon" in raw.columns else ""),
        "改正该行的坐标；图形须为 WKT、WKB 或 lon、lat 两列数值",
        _lon_lat(raw),
    )
    empty = shapely.is_missing(given) | shapely.is_empty(given)
    notes.rows(
        "empty_geometry",
        empty & ~raw.unreadable,
        "没有坐标或图形",
        "补上 lon、lat 或 geometry；不在用的地名可删去该行",
    )
    there = ~empty & ~raw.unreadable
    wrong = there & ~finite(given)
    notes.rows("bad_coordinates", wrong, "的坐标不是有限数值", "改正该行的坐标")
    there &= ~wrong
    with np.errstate(invalid="ignore"):
        lost = there & (np.abs(shapely.bounds(given)) <= _NULL_ISLAND).all(axis=1)
    notes.rows("bad_coordinates", lost, "的坐标是 (0, 0)", "坐标已丢失，重新采集该地名的位置")
    there &= ~lost
    for crs, mask in _by_crs(raw, source, there, notes):
        some = np.flatnonzero(mask)
        embedded = raw.crs if source.crs and not raw.crs_by_format else None
        shapes = given[some]
        if crs_holds(
            _Declared(crs=crs), shapes, [codes[at] for at in some.tolist()], embedded, notes, None
        ):
            out[some] = _to_wgs84(shapes, crs)
            _judge(out, some, given, crs, notes)
    return out


def _lon_lat(raw: RawPlaces) -> npt.NDArray[Any] | None:
    if "lon" not in raw.columns:
        return None
    pairs = zip(raw.columns["lon"].to_pylist(), raw.columns["lat"].to_pylist(), strict=True)
    return np.array([f"{lon}, {lat}" for lon, lat in pairs], dtype=object)


def _by_crs(
    raw: RawPlaces, source: GazetteerSource, there: Mask, notes: RowNotes
) -> Iterator[tuple[Crs, Mask]]:
    """Each CRS with the rows it holds for: the row's own, else as declared, else the file's."""
    whole = source.crs or raw.crs or ""
    if "crs" not in raw.columns:
        if not whole:
            raise UndeclaredCrs(_undeclared(source))
        _tell_assumed(raw, source, notes)
        yield _parsed(whole, source), there
        return
    words = raw.columns["crs"].dictionary_encode()
    which = words.indices.to_numpy(zero_copy_only=False)
    texts = [str(word) for word in words.dictionary.to_pylist()]
    if not whole and not any(texts):
        raise UndeclaredCrs(_undeclared(source))
    groups: dict[Crs, Mask] = {}
    for number, text in enumerate(texts):
        mask = there & (which == number)
        if not text and not whole:
            notes.rows(
                "crs_undeclared",
                mask,
                "没有写明坐标系",
                '在 crs 列写明，或在旁边的 TOML 中写 crs = "EPSG:4490"（或 GCJ-02、BD-09 等）',
            )
            continue
        try:
            crs = parse_crs(text) if text else _parsed(whole, source)
        except UnknownCrs as unknown:
            if len(texts) == 1:
                raise UnknownCrs(f"gazetteer {str(source.file)!r}: {unknown}") from None
            notes.rows(
                "crs_undeclared",
                mask,
                f"的坐标系{shown(text)}无法识别",
                "写 EPSG:4490、GCJ-02、BD-09 或任一 EPSG 编号",
            )
            continue
        groups[crs] = groups.get(crs, np.zeros_like(there)) | mask
    yield from groups.items()


def _parsed(text: str, source: GazetteerSource) -> Crs:
    try:
        return parse_crs(text)
    except UnknownCrs as unknown:
        where = source.declaration if source.crs else source.file
        raise UnknownCrs(f"gazetteer {str(where)!r}: {unknown}") from None


def _undeclared(source: GazetteerSource) -> str:
    toml = source.declaration or source.file.with_suffix(".toml")
    return (
        f'gazetteer {str(source.file)!r} has no CRS; write crs = "EPSG:4490" (or "GCJ-02", '
        f'"BD-09", any EPSG code) into {toml.name!r} beside it, or add a column crs'
    )


def _tell_assumed(raw: RawPlaces, source: GazetteerSource, notes: RowNotes) -> None:
    if raw.crs_by_format and not source.crs:
        notes.file(
            "crs_assumed",
            Severity.INFO,
            "文件未写明坐标系，按其格式标准（RFC 7946、GeoParquet）视为 WGS 84",
            "若数据来自地图平台或测绘成果，在旁边的 TOML 中写明 crs，例如 GCJ-02 或 EPSG:4490",
        )


def _to_wgs84(shapes: Shapes, crs: Crs) -> Shapes:
    """As ``geometry_to_wgs84``, points all at once."""
    if crs.identity:
        return shapes
    out = shapes.copy()
    point = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    lon, lat = to_wgs84(shapely.get_x(shapes[point]), shapely.get_y(shapes[point]), crs)
    out[point] = shapely.points(lon, lat)
    out[~point] = geometry_to_wgs84(shapes[~point], crs)
    return out


def _judge(
    out: Shapes, some: npt.NDArray[np.int64], given: Shapes, crs: Crs, notes: RowNotes
) -> None:
    """Take out what is not on Earth or no shape, mend what can be mended."""
    shapes = out[some]
    box = shapely.bounds(shapes)
    with np.errstate(invalid="ignore"):
        off = ~(
            (np.abs(box[:, [0, 2]]) <= 180.0).all(axis=1)
            & (np.abs(box[:, [1, 3]]) <= 90.0).all(axis=1)
        )
    for at in some[off].tolist():
        x, y = shapely.get_coordinates(given[at])[0]
        notes.row(
            "bad_coordinates",
            at,
            f"的坐标 ({x:.9g}, {y:.9g}) 按 {crs.name} 不在地球上",
            "核对该行的坐标系，以及经度、纬度是否颠倒",
        )
    out[some[off]] = None
    simple = np.isin(shapely.get_type_id(shapes), _SIMPLE) & ~off
    for at in some[~simple & ~off].tolist():
        notes.row(
            "invalid_geometry",
            at,
            f"的图形是 {shapely.GeometryType(shapely.get_type_id(given[at])).name}",
            "地名的图形须为点、线或面",
        )
        out[at] = None
    single = simple & (shapely.get_type_id(shapes) > 3) & (shapely.get_num_geometries(shapes) == 1)
    out[some[single]] = shapely.get_geometry(shapes[single], 0)
    for at in some[simple & ~shapely.is_valid(shapes)].tolist():
        out[at] = _mended(out[at], at, notes)


def _mended(shape: Any, at: int, notes: RowNotes) -> Any:
    kind = shapely.get_dimensions(shape)
    mended = shapely.make_valid(shape)
    parts = [one for one in shapely.get_parts(mended) if shapely.get_dimensions(one) == kind]
    advice = "在原数据中改正该图形"
    if not parts:
        notes.row("invalid_geometry", at, f"的图形无效：{shapely.is_valid_reason(shape)}", advice)
        return None
    told = f"的图形无效（{shapely.is_valid_reason(shape)}），暂按修复后的图形"
    notes.row("invalid_geometry", at, told, advice, Severity.WARNING)
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)
