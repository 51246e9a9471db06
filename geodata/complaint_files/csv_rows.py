"""CSV of unknown encoding and separator → text columns, keeping every row in its place."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv

from geodata.complaint_files.columns import ColumnNames
from geodata.complaint_files.formats import RawComplaints
from routing.errors import UnusableComplaints

_SEPARATORS: Mapping[str, str] = {",": "comma", "\t": "tab", ";": "semicolon", "；": "", "|": "bar"}

_DAMAGED_SHARE = 0.1
"""Of the characters beyond ASCII, the share that may fail to decode before the encoding is held
to be another one. Chinese addresses written in GB18030 and read as UTF-8 fail in 79 % of them, in
no single one of 2,985 below 43 % (the address-element corpus); a UTF-8 file with a few cut
characters fails in far fewer."""

_BLOCK_BYTES = 16 << 20
"""pyarrow needs each row inside one block; 200,000 Chinese characters are 0.6 MB."""


def read_csv(path: Path, names: ColumnNames) -> RawComplaints:
    """Read ``.csv`` or ``.csv.gz``.

    UTF-8 (with or without mark), GB18030 and marked UTF-16 are told apart by trying; comma, tab,
    semicolon and bar by the heading line. Lines with too few or too many cells stay in their
    place and are told in ``broken``. Raises UnusableComplaints for an empty or binary file, an
    unreadable archive, and missing columns.
    """
    read = csv_table(path)
    found, notes = names.resolve(read.headings, repr(str(path)))
    return RawComplaints(
        columns={
            name: read.table.column(position).combine_chunks() for name, position in found.items()
        },
        rows=read.table.num_rows,
        broken=read.broken,
        notes=(read.note, *notes),
    )


@dataclass(frozen=True, kw_only=True)
class CsvTable:
    """All cells of a CSV as text."""

    table: pa.Table
    """The rows without the heading, columns in the file's order."""
    headings: list[str]
    broken: dict[int, str]
    """Row (from 0) → what is wrong with its shape, in Chinese."""
    note: str
    """Encoding and separator, as found."""


def csv_table(path: Path) -> CsvTable:
    """Read ``.csv`` or ``.csv.gz``, whatever its columns are; raises as ``read_csv``."""
    data, encoding_note = _utf8(_content(path), path)
    if not data.strip():
        raise UnusableComplaints(f"{str(path)!r} is empty; a heading line is needed")
    separator = _separator(data)
    table, broken_lines = _parse(data, separator, path)
    headings = [(column[0].as_py() or "").strip() for column in table.columns]
    table = table.slice(1)
    broken: dict[int, str] = {}
    if broken_lines:
        table, broken = _restore(table, broken_lines, separator)
    return CsvTable(
        table=table,
        headings=headings,
        broken=broken,
        note=f"{encoding_note}, {_SEPARATORS[separator]}-separated",
    )


def _content(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix.lower() != ".gz":
        return data
    try:
        return gzip.decompress(data)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnusableComplaints(f"{str(path)!r} is no whole gzip file: {error}") from error


def _utf8(data: bytes, path: Path) -> tuple[bytes, str]:
    """The same text in UTF-8 without mark, and what it was."""
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        name = "UTF-8-BOM"
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace").encode(), "UTF-16"
    else:
        name = "UTF-8"
    if b"\0" in data[:65536] or data.startswith(b"PK\x03\x04"):
        raise UnusableComplaints(
            f"{str(path)!r} is not text, though named .csv; if it is an Excel file name it .xlsx"
        )
    try:
        data.decode()
        return data, name
    except UnicodeDecodeError as failure:
        first_bad_line = data.count(b"\n", 0, failure.start) + 1
    try:
        return data.decode("gb18030").encode(), "GB18030"
    except UnicodeDecodeError:
        pass
    for encoding in (name, "GB18030"):
        text = data.decode("utf-8" if encoding == name else "gb18030", errors="replace")
        lost = text.count("\ufffd")
        if lost <= _DAMAGED_SHARE * len(re.findall(r"[^\x00-\x7f]", text)):
            return text.encode(), f"{encoding} with {lost} unreadable characters"
    raise UnusableComplaints(
        f"{str(path)!r} is neither UTF-8 nor GB18030 (first at line {first_bad_line}); "
        "save it as UTF-8"
    )


def _separator(data: bytes) -> str:
    heading = data.lstrip().split(b"\n", 1)[0].decode(errors="replace")
    outside_quotes = re.sub(r'"[^"]*"', "", heading)
    return max((s for s in _SEPARATORS if len(s.encode()) == 1), key=outside_quotes.count)


def _parse(
    data: bytes, separator: str, path: Path
) -> tuple[pa.Table, list[tuple[int, int, int, str]]]:
    """All cells as text, headings as the first row; and the lines that have another cell count."""
    first_row = next(csv.reader(io.StringIO(_head(data), newline=None), delimiter=separator))
    types = {f"f{i}": pa.string() for i in range(len(first_row))}
    broken: list[tuple[int, int, int, str]] = []

    def skip(row: pacsv.InvalidRow) -> str:
        broken.append((row.number or 0, row.expected_columns, row.actual_columns, row.text))
        return "skip"

    def parse(*, use_threads: bool, block_size: int) -> pa.Table:
        broken.clear()
        return pacsv.read_csv(
            pa.BufferReader(data),
            read_options=pacsv.ReadOptions(
                use_threads=use_threads, autogenerate_column_names=True, block_size=block_size
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=separator, newlines_in_values=True, invalid_row_handler=skip
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=types, strings_can_be_null=False, check_utf8=False
            ),
        )

    block_size = _BLOCK_BYTES
    try:
        try:
            table = parse(use_threads=True, block_size=block_size)
        except pa.ArrowInvalid as error:
            if "straddl" not in str(error):
                raise
            block_size = min(len(data) + 1, 2**31 - 1)
            table = parse(use_threads=True, block_size=block_size)
        if broken:  # only the single-threaded reader knows where a broken line stood
            table = parse(use_threads=False, block_size=block_size)
    except pa.ArrowInvalid as error:
        raise UnusableComplaints(f"{str(path)!r} cannot be read as CSV: {error}") from error
    return table, list(broken)


def _head(data: bytes) -> str:
    """Enough of the start to hold the heading row, even one with line breaks in quotes."""
    return data[: 1 << 20].decode(errors="replace").lstrip("\r\n")


def _restore(
    table: pa.Table, broken: list[tuple[int, int, int, str]], separator: str
) -> tuple[pa.Table, dict[int, str]]:
    """Put broken lines back where they stood; surplus empty cells alone do no harm."""
    width = table.num_columns
    broken.sort()
    cells: list[list[str]] = []
    wrong: dict[int, str] = {}
    for number, expected, actual, text in broken:
        row = next(csv.reader(io.StringIO(text, newline=None), delimiter=separator), [])
        position = number - 2  # counted from 1, heading included
        if any(cell.strip() for cell in row[width:]) or len(row) < width:
            quote = "，其中有未闭合的引号" if "\n" in text else ""
            wrong[position] = f"该行有 {actual} 格，表头有 {expected} 格{quote}"
        cells.append((row + [""] * width)[:width])
    extra = pa.table(
        [pa.array([row[i] for row in cells], pa.string()) for i in range(width)],
        names=table.column_names,
    )
    total = table.num_rows + len(cells)
    at = {number - 2: table.num_rows + i for i, (number, *_) in enumerate(broken)}
    whole = iter(range(table.num_rows))
    order = [at[i] if i in at else next(whole) for i in range(total)]
    return pa.concat_tables([table, extra]).take(pa.array(order, pa.int64())), wrong
