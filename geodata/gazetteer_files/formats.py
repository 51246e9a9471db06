"""A gazetteer file of any format → texts and shapes by row, before anything is judged."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geodata.complaint_files.csv_rows import csv_table
from geodata.complaint_files.formats import ending_of
from geodata.complaint_files.spatial import as_text, declared, is_geometry, projjson
from geodata.gazetteer_files.columns import has_required, resolve
from geodata.gazetteer_files.declaration import GazetteerSource
from geodata.gazetteer_files.shape_columns import Mask, Shapes, from_texts, from_wkb, is_bytes
from routing.errors import UnusableComplaints, UnusableSource


@dataclass(frozen=True, kw_only=True)
class RawPlaces:
    """One table, or one layer of a file, as it stands there."""

    label: str
    """File name, with the layer's where there are several."""
    columns: Mapping[str, pa.Array]
    """Ours by name → trimmed string, empty where the cell is; only those the file has."""
    rows: int
    geometry: Shapes
    """Shapes in the file's own coordinates, two-dimensional; ``None`` where the row has none."""
    unreadable: Mask
    """Where the row has something that no shape or coordinate can be made of."""
    crs: str | None
    """As the file declares it for all rows; ``None`` where it does not."""
    crs_by_format: bool = False
    """The file says nothing and its format defines what that means (RFC 7946, GeoParquet)."""
    broken: Mapping[int, str] = field(default_factory=dict)
    """Row (from 0) → what is wrong with its shape, in Chinese."""
    first_row: int = 1
    """Number of the first row as the file's reader sees it: 2 under a heading line."""
    note: str = ""
    """What was detected on the way; empty where nothing was."""


def read_raw(source: GazetteerSource) -> list[RawPlaces]:
    """Read the file of a source; several tables only where a GeoPackage has several layers.

    Raises UnusableSource where it cannot be read, or a required column is absent.
    """
    ending = ending_of(source.file)
    try:
        if ending in (".csv", ".csv.gz"):
            return [_csv(source)]
        if ending == ".parquet":
            return [_parquet(source)]
        return _features(source)
    except UnusableComplaints as wrong:  # the reading of CSV is shared with complaints
        raise UnusableSource(f"gazetteer {wrong}") from None
    except OSError as wrong:
        raise UnusableSource(
            f"gazetteer {str(source.file)!r} cannot be read: {wrong.strerror or wrong}"
        ) from None


def _csv(source: GazetteerSource) -> RawPlaces:
    read = csv_table(source.file)
    found = resolve(read.headings, source.columns, f"gazetteer {str(source.file)!r}")
    columns = {
        ours: pc.utf8_trim_whitespace(read.table.column(at).combine_chunks())
        for ours, at in found.items()
    }
    _must_be_placed(found, source)
    geometry, unreadable = from_texts(columns, read.table.num_rows, source.file)
    return RawPlaces(
        label=source.file.name,
        columns=columns,
        rows=read.table.num_rows,
        geometry=geometry,
        unreadable=unreadable,
        crs=None,
        broken=read.broken,
        first_row=2,
        note=read.note,
    )


def _parquet(source: GazetteerSource) -> RawPlaces:
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(source.file)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as wrong:
        raise UnusableSource(
            f"gazetteer {str(source.file)!r} is no readable Parquet file: {wrong}"
        ) from None
    geo = json.loads((table.schema.metadata or {}).get(b"geo", b"{}"))
    column, crs, by_format = geo.get("primary_column"), None, False
    if column is not None:
        said = geo.get("columns", {}).get(column, {})
        # the format's own words: absent is longitude and latitude on WGS 84, null is unknown
        by_format = "crs" not in said
        crs = "OGC:CRS84" if by_format else projjson(said["crs"])
    else:
        column = next((one.name for one in table.schema if is_bytes(one.type)), None)
    return _from_arrow(source, source.file.name, table, column, crs, by_format)


def _features(source: GazetteerSource) -> list[RawPlaces]:
    """GeoJSON and GeoPackage through GDAL."""
    import pyogrio
    from pyogrio.raw import read_arrow

    name = str(source.file)
    try:
        there = [str(one) for one in pyogrio.list_layers(source.file)[:, 0]]
        chosen = list(source.layers) or _gazetteer_layers(source, there)
        if missing := [one for one in chosen if one not in there]:
            raise UnusableSource(
                f"gazetteer {name!r} has no layer {missing[0]!r}; it has {', '.join(there)}"
            )
        out = []
        for layer in chosen:
            with warnings.catch_warnings():
                # GDAL warns of a geometry it leaves out; the row is judged by what is left
                warnings.simplefilter("ignore", RuntimeWarning)
                meta, table = read_arrow(source.file, layer=layer, datetime_as_string=True)
            crs, by_format = declared(meta["crs"]), False
            if source.file.suffix.lower() != ".gpkg":
                crs, by_format = _geojson_crs(source.file)
            column = next((one.name for one in table.schema if is_geometry(one)), None)
            label = source.file.name + (f"|{layer}" if len(there) > 1 else "")
            out.append(_from_arrow(source, label, table, column, crs, by_format))
        return out
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as wrong:
        raise UnusableSource(f"gazetteer {name!r} cannot be read: {wrong}") from None
    except UnicodeDecodeError:
        raise UnusableSource(
            f"gazetteer {name!r}: its column names are not UTF-8; export it again as UTF-8"
        ) from None


def _gazetteer_layers(source: GazetteerSource, there: list[str]) -> list[str]:
    """All layers that have the columns of a gazetteer; the first, to be complained of, else."""
    import pyogrio

    if len(there) == 1:
        return there
    fields = {one: pyogrio.read_info(source.file, layer=one)["fields"] for one in there}
    return [one for one in there if has_required(list(fields[one]), source.columns)] or there[:1]


_CRS_MEMBER = re.compile(rb'"crs"\s*:\s*\{[^{}]*\{[^{}]*"name"\s*:\s*"([^"]+)"')


def _geojson_crs(file: Path) -> tuple[str, bool]:
    """The ``crs`` member; without one RFC 7946 defines WGS 84."""
    member = _CRS_MEMBER.search(file.read_bytes())
    if member is None:
        return "OGC:CRS84", True
    return member[1].decode("utf-8", "replace"), False


def _from_arrow(
    source: GazetteerSource,
    label: str,
    table: pa.Table,
    column: str | None,
    crs: str | None,
    by_format: bool,
) -> RawPlaces:
    subject = f"gazetteer {str(source.file)!r}"
    if not table.num_rows:  # GeoJSON without features has no columns either
        raise UnusableSource(f"{subject} has no rows; export it again")
    headings = [name for name in table.column_names if name != column]
    found = resolve(headings, source.columns, subject)
    columns = {}
    for ours, at in found.items():
        values = table.column(headings[at])
        try:
            columns[ours] = pc.utf8_trim_whitespace(_joined(values))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as wrong:
            raise UnusableSource(
                f"{subject}: column {headings[at]!r} of type {values.type} cannot be read as text "
                f"or number ({wrong}); convert it to text"
            ) from None
    if column is None:
        _must_be_placed(found, source)
    geometry, unreadable = from_texts(columns, table.num_rows, source.file)
    if column is not None:
        shapes, wrong_shapes = from_wkb(table.column(column), subject)
        # a row without a shape may still have lon and lat
        none = shapely.is_missing(shapes) & ~wrong_shapes
        geometry = np.where(none, geometry, shapes)
        unreadable = np.where(none, unreadable, wrong_shapes)
    return RawPlaces(
        label=label,
        columns=columns,
        rows=table.num_rows,
        geometry=geometry,
        unreadable=unreadable,
        crs=crs,
        crs_by_format=by_format and column is not None,
    )


def _must_be_placed(found: Mapping[str, int], source: GazetteerSource) -> None:
    if not {"geometry", "lon", "lat"} & found.keys():
        raise UnusableSource(
            f"gazetteer {str(source.file)!r} has neither a geometry nor columns lon and lat; add "
            "them, or name theirs under [columns] in the TOML beside the file"
        )


def _joined(column: pa.ChunkedArray) -> pa.Array:
    """Any simple column as text; lists of texts (aliases) with ``;`` between."""
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        values = column.combine_chunks()
        texts = pc.cast(values, pa.list_(pa.string()))
        return _decoded(pc.fill_null(pc.binary_join(texts, ";"), ""))
    text = as_text(column)
    return _decoded(pc.cast(text, pa.string()) if pa.types.is_large_string(text.type) else text)


def _decoded(text: pa.Array) -> pa.Array:
    """The same with U+FFFD for what is no UTF-8; GDAL hands on whatever bytes a file has."""
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        cells = pc.cast(text, pa.binary()).to_pylist()
        return pa.array([cell.decode("utf-8", "replace") for cell in cells], pa.string())
    return text
