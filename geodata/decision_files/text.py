"""Decisions as CSV and GeoJSON text, joined a column at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

_ROWS_AT_ONCE = 50_000
"""Keeps the joined text near 20 MB (400 bytes a decision, measured on the Chicago file)."""

FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"
"""What spreadsheet programs take for the start of a formula, full-width forms included."""

PLAIN_NUMBER = r"^[+-]?\d+(\.\d+)?$"
"""Begins like a formula and is none; ids such as -12 leave as given."""


def write_csv(table: pa.Table, file: BinaryIO) -> None:
    """RFC 4180 in UTF-8 with ``\\n``: a cell is quoted only where it must be."""
    file.write((",".join(table.column_names) + "\n").encode())
    for batch in table.to_batches(max_chunksize=_ROWS_AT_ONCE):
        cells = [_csv_cell(column) for column in batch.columns]
        _write_joined(cells, ",", "\n", file)


def _csv_cell(column: pa.Array) -> pa.Array:
    if not pa.types.is_large_string(column.type):
        return _number(column, "")
    risky = formula_like(column)
    if pc.any(risky).as_py():
        column = pc.if_else(risky, glue("'", column), column)
    special = pc.match_substring_regex(column, '[",\r\n]')
    if pc.any(special).as_py():
        doubled = pc.replace_substring(column, '"', '""')
        column = pc.if_else(special, glue('"', doubled, '"'), column)
    return column


def formula_like(column: pa.Array) -> pa.Array:
    """Which texts a spreadsheet would run rather than show."""
    risky = pc.match_substring_regex(column, FORMULA)
    if not pc.any(risky).as_py():
        return risky
    return pc.and_not(risky, pc.match_substring_regex(column, PLAIN_NUMBER))


def write_geojson(table: pa.Table, file: BinaryIO) -> None:
    """RFC 7946: one feature per decision, ``null`` geometry where there is no place."""
    file.write(b'{"type":"FeatureCollection","features":[\n')
    first = True
    for batch in table.to_batches(max_chunksize=_ROWS_AT_ONCE):
        if not first:
            file.write(b",\n")
        first = False
        file.writelines(_joined(list(_feature(batch)), "", ",\n"))
    file.write(b"\n]}\n")


def _feature(batch: pa.RecordBatch) -> Iterator[pa.Array]:
    lon, lat = batch.column("lon"), batch.column("lat")
    point = glue('{"type":"Point","coordinates":[', _number(lon, ""), ",", _number(lat, ""), "]}")
    placed = pc.and_(pc.is_valid(lon), pc.is_valid(lat))
    yield _same('{"type":"Feature","geometry":', len(lon))
    yield pc.if_else(placed, point, _same("null", len(lon)))
    for number, (name, column) in enumerate(zip(batch.schema.names, batch.columns, strict=True)):
        opening = ',"properties":{' if number == 0 else ","
        yield _same(f"{opening}{json.dumps(name)}:", len(column))
        text = pa.types.is_large_string(column.type)
        yield _json_text(column) if text else _number(column, "null")
    yield _same("}}", len(lon))


def _json_text(column: pa.Array) -> pa.Array:
    """Each different text is written once; most columns repeat a few."""
    encoded = column.dictionary_encode()
    words = [json.dumps(word, ensure_ascii=False) for word in encoded.dictionary.to_pylist()]
    return pa.array(words, pa.large_string()).take(encoded.indices)


def glue(*parts: pa.Array | str) -> pa.Array:
    """Row by row, the parts one after another, a plain text in every row; null stays null."""
    kind = pa.large_string()
    arrays = [pa.scalar(part, kind) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*arrays, pa.scalar("", kind))


def _number(column: pa.Array, empty: str) -> pa.Array:
    return pc.fill_null(pc.cast(column, pa.large_string()), empty)


def _same(text: str, rows: int) -> pa.Array:
    return pa.repeat(pa.scalar(text, pa.large_string()), rows)


def _write_joined(cells: list[pa.Array], separator: str, end: str, file: BinaryIO) -> None:
    for part in _joined(cells, separator, end):
        file.write(part)
    file.write(end.encode())


def _joined(cells: list[pa.Array], separator: str, end: str) -> Iterator[memoryview]:
    """All rows as one run of bytes, ``end`` between rows and not after the last."""
    rows = pc.binary_join_element_wise(*cells, pa.scalar(separator, pa.large_string()))
    ended = glue(rows, end)
    data = ended.buffers()[2]
    yield memoryview(data)[: data.size - len(end.encode())] if data.size else memoryview(b"")
