"""A table for people to take away: as CSV, as a sheet of Excel, as GeoJSON.

Its first lines say what it is: the period, how many of the cases have a place, how it was made.
Names and kinds come from outside, so a cell that a spreadsheet would run is marked as text.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from geodata.decision_files.text import FORMULA, PLAIN_NUMBER
from routing.errors import UserInputError

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}
MOST_ROWS = {"csv": 200_000, "xlsx": 50_000, "geojson": 100_000}
"""Rows of one file. openpyxl writes 50,000 rows of eleven cells in some 4 s, as long as somebody
who pressed a button should wait; 200,000 rows of CSV take 2 s and 300 MB while they are made."""
_BOM = "\ufeff"
"""Without it Excel reads UTF-8 as the Chinese code page of the machine."""
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_CELL = 32_767
_FORMULA, _NUMBER = re.compile(FORMULA), re.compile(PLAIN_NUMBER)

Cell = str | int | float | bool | None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table with what has to stand over it."""

    title: str
    """Chinese; the file's name and the sheet's."""
    head: Sequence[str]
    """Lines above the table: period, n located / n total, method, version."""
    columns: Sequence[str]
    """Headings."""
    rows: Sequence[Sequence[Cell]]
    geometries: Callable[[], Sequence[dict[str, Any] | None]] | None = None
    """Makes the GeoJSON geometry of each row, WGS 84; ``None`` where the table has no places."""


def written(sheet: Sheet, format: str) -> bytes:
    """Return the file; raises UserInputError where it would have too many rows, saying what to do,
    and for GeoJSON of a table that has no places."""
    too_many(len(sheet.rows), format)
    if format == "geojson":
        return _geojson(sheet)
    return _csv(sheet) if format == "csv" else _xlsx(sheet)


def too_many(rows: int, format: str) -> None:
    """Raise UserInputError, which says what to do, where a format cannot hold so many rows."""
    most = MOST_ROWS[format]
    if rows > most:
        other = "，或改用 CSV" if format != "csv" else ""
        raise UserInputError(
            f"共 {rows} 行，{format.upper()} 最多 {most} 行；请缩小时段、类别或范围{other}"
        )


def runs(value: str) -> bool:
    """Whether a spreadsheet would take the text for a formula."""
    return bool(_FORMULA.match(value)) and not _NUMBER.match(value)


def _csv(sheet: Sheet) -> bytes:
    text = io.StringIO()
    text.write(_BOM)
    out = csv.writer(text, lineterminator="\r\n")
    for line in sheet.head:
        out.writerow([_plain(line)])
    out.writerow([])
    out.writerow([_plain(name) for name in sheet.columns])
    out.writerows([_plain(value) for value in row] for row in sheet.rows)
    return text.getvalue().encode("utf-8", "replace")


def _plain(value: Cell) -> Cell:
    if isinstance(value, str) and runs(value):
        return f"'{value}"
    return "" if value is None else value


def _xlsx(sheet: Sheet) -> bytes:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", sheet.title)[:31])

    def cell(value: Cell, *, bold: bool = False) -> Any:
        if not isinstance(value, str):
            return value
        text = _NOT_IN_XML.sub("", value)[: _LONGEST_CELL // 2]
        made = WriteOnlyCell(page, value="")
        made.value = text
        made.data_type = "s"  # openpyxl takes a leading = for a formula
        if runs(text):
            made.quotePrefix = True
        if bold:
            made.font = Font(bold=True)
        return made

    for number, heading in enumerate(sheet.columns, start=1):
        page.column_dimensions[get_column_letter(number)].width = max(10, 2 * len(heading) + 2)
    page.freeze_panes = f"A{len(sheet.head) + 3}"
    for line in sheet.head:
        page.append([cell(line)])
    page.append([])
    page.append([cell(name, bold=True) for name in sheet.columns])
    for row in sheet.rows:
        page.append([cell(value) for value in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _geojson(sheet: Sheet) -> bytes:
    if sheet.geometries is None:
        raise UserInputError(f"“{sheet.title}”没有位置，不能存为 GeoJSON；请改用 CSV 或 XLSX")
    features: Iterable[dict[str, Any]] = (
        {
            "type": "Feature",
            "geometry": geometry,
            "properties": dict(zip(sheet.columns, row, strict=True)),
        }
        for row, geometry in zip(sheet.rows, sheet.geometries(), strict=True)
    )
    collection = {
        "type": "FeatureCollection",
        # RFC 7946 allows foreign members; readers that do not know it skip it.
        "description": list(sheet.head),
        "features": list(features),
    }
    return json.dumps(
        collection, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode("utf-8", "replace")
