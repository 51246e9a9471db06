"""Short tables people keep in CSV or Excel: rows of named cells, each with its row number."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from geodata.complaint_files.csv_rows import csv_table
from routing.errors import UnusableComplaints, UserInputError

_HEADING_WITHIN_ROWS = 6
"""Titles and unit lines above the heading of a sheet; more was never seen."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedRow:
    """One filled row."""

    number: int
    """As the file's reader counts, the heading of a CSV being row 1."""
    cells: Mapping[str, str]
    """Every column asked for; empty where the file has no such column or the cell is empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RowFinding:
    """One thing wrong with one row, or with the whole file."""

    row: int | None
    """``None`` for the file."""
    message: str
    """Chinese; shows the value and says what to do."""
    blocking: bool = True
    """Whether nothing may be loaded until it is mended."""

    def __str__(self) -> str:
        place = "全表" if self.row is None else f"第 {self.row} 行"
        return f"{place}：{self.message}" + ("" if self.blocking else "（提醒）")


def read_rows(
    path: Path, columns: Mapping[str, Sequence[str]], required: Iterable[str]
) -> tuple[list[ListedRow], list[RowFinding]]:
    """Read ``.csv`` or ``.xlsx``; ``columns`` says under which other headings each may stand.

    Rows of another number of cells are findings and are left out; empty rows are no rows. Raises
    UserInputError where there is no such file, it cannot be read, or a required column is missing.
    """
    kind = path.suffix.lower()
    if kind not in (".csv", ".xlsx"):
        raise UserInputError(f"{str(path)!r} is neither .csv nor .xlsx; save it as one of them")
    if not path.is_file():
        raise UserInputError(f"there is no file {str(path)!r}; name the table")
    try:
        headings, found, broken = _csv(path) if kind == ".csv" else _xlsx(path, columns)
    except UnusableComplaints as wrong:  # the reader of complaint files says it well
        raise UserInputError(str(wrong)) from None
    except OSError as wrong:
        raise UserInputError(f"{str(path)!r} cannot be read: {wrong.strerror}") from None
    ours = {other: name for name, others in columns.items() for other in (name, *others)}
    at = {ours[heading]: place for place, heading in enumerate(headings) if heading in ours}
    missing = [name for name in required if name not in at]
    if missing:
        raise UserInputError(
            f"{str(path)!r} lacks the column {', '.join(missing)}; its headings are "
            f"{', '.join(filter(None, headings)) or 'empty'}; needed are {', '.join(required)}"
        )
    rows = []
    for number, cells in found:
        if number not in broken and any(cells):
            named = {name: cells[at[name]] if name in at else "" for name in columns}
            rows.append(ListedRow(number=number, cells=named))
    return rows, [RowFinding(row=number, message=told) for number, told in sorted(broken.items())]


Table = tuple[list[str], list[tuple[int, list[str]]], dict[int, str]]


def _csv(path: Path) -> Table:
    read = csv_table(path)
    columns = [column.to_pylist() for column in read.table.columns]
    rows = [
        (number, [(cell or "").strip() for cell in cells])
        for number, cells in enumerate(zip(*columns, strict=True), start=2)
    ]
    return read.headings, rows, {place + 2: told for place, told in read.broken.items()}


def _xlsx(path: Path, columns: Mapping[str, Sequence[str]]) -> Table:
    """The first filled sheet; its heading is the first row that names one of the columns."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError) as wrong:
        raise UserInputError(f"{str(path)!r} is no readable Excel workbook: {wrong}") from None
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # some exporters write a wrong size
            rows = [
                (number, [_text(cell) for cell in row])
                for number, row in enumerate(sheet.iter_rows(values_only=True), start=1)
            ]
            if any(any(cells) for _, cells in rows):
                break
        else:
            raise UserInputError(f"{str(path)!r} has no filled sheet")
    finally:
        book.close()
    known = {heading for name, others in columns.items() for heading in (name, *others)}
    top = next(
        (at for at, (_, cells) in enumerate(rows[:_HEADING_WITHIN_ROWS]) if known & {*cells}), 0
    )
    headings = rows[top][1]
    width = len(headings)
    return (
        headings,
        [(number, (cells + [""] * width)[:width]) for number, cells in rows[top + 1 :]],
        {},
    )


def _text(cell: Any) -> str:
    """A cell as people read it: whole numbers without a point, days as 2026-01-31."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else str(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def day_of(text: str) -> date | None:
    """The day a cell names, 2026-01-31, 2026/1/31 or 2026年1月31日; ``None`` where it is none."""
    plain = text.replace("年", "-").replace("月", "-").removesuffix("日").replace("/", "-")
    parts = plain.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts):
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None
