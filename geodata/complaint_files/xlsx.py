"""The first filled sheet of an Excel file → text columns; heading of one or two rows, found."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pyarrow as pa

from geodata.complaint_files.columns import ColumnNames
from geodata.complaint_files.formats import RawComplaints
from routing.errors import UnusableComplaints

_HEADING_WITHIN_ROWS = 6
"""Exports carry a title, a period and a unit line above the heading; more was never seen."""

_EXCEL_EXACT = 10**15
"""Excel keeps 15 digits of a number and silently turns the rest to zero."""

Row = tuple[Any, ...]


def read_xlsx(path: Path, names: ColumnNames) -> RawComplaints:
    """Read ``.xlsx``.

    Merged heading cells: titles above the heading are passed over, and a heading of two rows
    (坐标 above 经度 and 纬度) is joined. Dates come from date cells or text. Empty rows are no
    rows. Raises UnusableComplaints where the file is no workbook, has no rows, or no heading
    with an ``id`` is found in the first rows.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise UnusableComplaints(f"{str(path)!r} is no readable Excel workbook: {error}") from error
    try:
        filled: list[tuple[str, list[Row]]] = []
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # some exporters write a wrong size, and rows would be lost
            rows = [row for row in sheet.iter_rows(values_only=True) if _has_value(row)]
            if rows:
                filled.append((sheet.title, rows))
    finally:
        book.close()
    if not filled:
        raise UnusableComplaints(f"{str(path)!r} has no filled sheet")
    title, rows = filled[0]
    notes = [f"sheet {title!r}"]
    if len(filled) > 1:
        notes.append("other sheets left: " + ", ".join(repr(name) for name, _ in filled[1:]))
    headings, below = _heading(rows, names)
    found, column_notes = names.resolve(headings, f"{str(path)!r}, sheet {title!r}")
    data = rows[below:]
    columns = {name: [_cell(row, position) for row in data] for name, position in found.items()}
    if any(isinstance(v, int | float) and abs(v) >= _EXCEL_EXACT for v in columns["id"]):
        notes.append("ids of more than 15 digits stand as numbers: Excel has rounded them")
    return RawComplaints(
        columns={
            name: pa.array([_text(value) for value in values], pa.string())
            for name, values in columns.items()
        },
        rows=len(data),
        notes=(*notes, *column_notes),
    )


def _heading(rows: Sequence[Row], names: ColumnNames) -> tuple[list[str], int]:
    """The heading, one text per column, and the first row below it.

    Where none is recognised, the fullest of the first rows, so that the caller's message lists
    what stands there.
    """
    for top, row in enumerate(rows[:_HEADING_WITHIN_ROWS]):
        below = rows[top + 1] if top + 1 < len(rows) else ()
        width = max(len(row), len(below))
        upper = [_text(_cell(row, i)) for i in range(width)]
        lower = [_text(_cell(below, i)) for i in range(width)]
        ours_above = [names.ours(text) for text in upper]
        ours_below = [names.ours(text) for text in lower]
        if "id" in ours_above:
            merged_down = not lower[ours_above.index("id")] and any(ours_below)
            return (_join(upper, lower), top + 2) if merged_down else (upper, top + 1)
        only_above = any(up and not low for up, low in zip(ours_above, lower, strict=True))
        if "id" in ours_below and only_above:
            return _join(upper, lower), top + 2
    fullest = max(rows[:_HEADING_WITHIN_ROWS], key=lambda row: sum(v is not None for v in row))
    return [_text(value) for value in fullest], 1


def _join(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    return [low or up for up, low in zip(upper, lower, strict=True)]


def _has_value(row: Row) -> bool:
    return any(value is not None and value != "" for value in row)


def _cell(row: Row, position: int) -> Any:
    return row[position] if position < len(row) else None


def _text(value: Any) -> str:
    """A cell as it reads: whole numbers without a point, times in ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXCEL_EXACT:
        return str(int(value))
    return str(value)
