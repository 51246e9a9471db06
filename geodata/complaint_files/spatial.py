"""GeoJSON, GeoPackage, Parquet and GeoParquet → text columns and a point per row."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geodata.complaint_files.columns import ColumnNames
from geodata.complaint_files.formats import Points, RawComplaints
from routing.errors import UnusableComplaints


def read_features(path: Path, names: ColumnNames) -> RawComplaints:
    """Read GeoJSON or GeoPackage through GDAL.

    The geometry is the place; in GeoJSON a feature's own ``id`` serves where no property does.
    Raises UnusableComplaints where GDAL cannot read it or a GeoPackage has several layers.
    """
    import pyogrio
    from pyogrio.raw import read_arrow

    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
        if len(layers) != 1:
            raise UnusableComplaints(
                f"{str(path)!r} has {len(layers)} layers ({', '.join(layers)}); keep one"
            )
        with warnings.catch_warnings():
            # GDAL warns of a geometry it leaves out; the row is judged by what is left
            warnings.simplefilter("ignore", RuntimeWarning)
            meta, table = read_arrow(path, return_fids=True, datetime_as_string=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise UnusableComplaints(f"{str(path)!r} cannot be read: {error}") from error
    fid = meta["fid_column"] or "OGC_FID"
    geometry = next((field.name for field in table.schema if is_geometry(field)), None)
    headings = [name for name in table.column_names if name not in (fid, geometry)]
    notes: list[str] = []
    if not any(names.ours(name) == "id" for name in headings) and _own_ids(path, table.num_rows):
        headings.append(fid)
        names = ColumnNames({**names.declared, "id": fid})
        notes.append("the features' own id is used")
    points = _points(table.column(geometry), declared(meta["crs"])) if geometry else None
    return _raw(table, headings, points, names, path, notes)


def read_parquet(path: Path, names: ColumnNames) -> RawComplaints:
    """Read Parquet, plain or GeoParquet (WKB or native points); a geometry is the place."""
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UnusableComplaints(f"{str(path)!r} is no readable Parquet file: {error}") from error
    geo = json.loads((table.schema.metadata or {}).get(b"geo", b"{}"))
    geometry: str | None = geo.get("primary_column")
    crs: str | None = None
    if geometry is not None:
        declared = geo.get("columns", {}).get(geometry, {})
        # the format's own words: absent is longitude and latitude on WGS 84, null is unknown
        crs = projjson(declared["crs"]) if "crs" in declared else "OGC:CRS84"
    elif "geometry" in table.column_names:
        of_bytes = pa.types.is_binary(table.schema.field("geometry").type)
        geometry = "geometry" if of_bytes else None
    points = _points(table.column(geometry), crs) if geometry else None
    headings = [name for name in table.column_names if name != geometry]
    return _raw(table, headings, points, names, path, [])


def _raw(
    table: pa.Table,
    headings: list[str],
    points: Points | None,
    names: ColumnNames,
    path: Path,
    notes: list[str],
) -> RawComplaints:
    found, column_notes = names.resolve(headings, repr(str(path)), has_geometry=points is not None)
    columns = {}
    for name, position in found.items():
        column = table.column(headings[position])
        try:
            columns[name] = as_text(column)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise UnusableComplaints(
                f"{str(path)!r}: column {headings[position]!r} of type {column.type} "
                "cannot be read as text or number"
            ) from error
    if points is not None and points.crs:
        notes.append("geometry declared in " + points.crs.split("\n")[0][:60])
    return RawComplaints(
        columns=columns,
        rows=table.num_rows,
        points=points,
        notes=(*notes, *column_notes),
    )


def as_text(column: pa.ChunkedArray) -> pa.Array:
    """Any simple column as text, empty for null; whole floats without a point; ISO times."""
    values = column.combine_chunks()
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_floating(values.type):
        whole = pc.and_(pc.is_finite(values), pc.equal(values, pc.trunc(values)))
        exact = pc.and_(whole, pc.less(pc.abs(values), 2.0**53))
        as_whole = pc.cast(pc.if_else(exact, values, 0.0), pa.int64())
        text = pc.if_else(exact, pc.cast(as_whole, pa.string()), pc.cast(values, pa.string()))
    elif pa.types.is_timestamp(values.type):
        zoned = values.type.tz is not None
        plain = pc.cast(values, pa.timestamp("us", "UTC" if zoned else None), safe=False)
        text = pc.strftime(plain, format="%Y-%m-%dT%H:%M:%S" + ("Z" if zoned else ""))
    else:
        text = pc.cast(values, pa.string())
    return pc.fill_null(text, "")


def _points(column: pa.ChunkedArray, crs: str | None) -> Points:
    values = column.combine_chunks()
    if isinstance(values, pa.ExtensionArray):
        values = values.storage
    if pa.types.is_struct(values.type):
        x, y = (
            pc.fill_null(pc.struct_field(values, axis), np.nan).to_numpy(zero_copy_only=False)
            for axis in ("x", "y")
        )
        return Points(x=x, y=y, not_a_point=np.full(len(x), "", dtype=object), crs=crs)
    import shapely

    shapes = shapely.from_wkb(values.to_numpy(zero_copy_only=False), on_invalid="ignore")
    multi = shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOINT
    single = multi & (shapely.get_num_geometries(shapes) == 1)
    shapes = np.where(single, shapely.get_geometry(shapes, 0), shapes)
    kind = shapely.get_type_id(shapes)
    point = kind == shapely.GeometryType.POINT
    wrong = np.full(len(shapes), "", dtype=object)
    for other in np.unique(kind[~point & (kind >= 0) & ~shapely.is_empty(shapes)]):
        wrong[kind == other] = shapely.GeometryType(other).name
    only_points = np.where(point, shapes, None)
    return Points(
        x=shapely.get_x(only_points), y=shapely.get_y(only_points), not_a_point=wrong, crs=crs
    )


def is_geometry(field: pa.Field) -> bool:
    metadata = field.metadata or {}
    extension: bytes = metadata.get(b"ARROW:extension:name", b"")
    return extension.startswith((b"geoarrow", b"ogc.wkb"))


def declared(crs: str | None) -> str | None:
    """GeoPackage's two "undefined" systems are no declaration."""
    return None if crs is None or "undefined" in crs.lower() else crs


def projjson(crs: dict[str, Any] | None) -> str | None:
    if crs is None:
        return None
    authority = crs.get("id", {})
    if "authority" in authority:
        return f"{authority['authority']}:{authority['code']}"
    from pyproj import CRS

    return str(CRS.from_json_dict(crs).to_wkt())


def _own_ids(path: Path, rows: int) -> bool:
    """Whether a GeoJSON's features carry ids; GDAL numbers them itself where they do not."""
    if path.suffix.lower() != ".geojson":
        return False
    return len(re.findall(rb'"id"\s*:', path.read_bytes())) >= rows > 0
