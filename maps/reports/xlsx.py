"""A report's tables as an Excel workbook: one sheet each, numbers as numbers."""

from __future__ import annotations

import io
import math
import re
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from maps.reports.model import Cell, Column, Report, Table
from maps.reports.numbering import numbers

_FORMATS = {
    "text": "@",
    "word": "@",
    "count": "#,##0",
    "share": "0.0%",
    "rate": "#,##0.00",
    "change": "+0.0%;-0.0%;0.0%",
    "signed": "+#,##0;-#,##0;0",
}
_RUNS = re.compile(r"^[=+\-@\t\r\n＝＋－＠]")
"""What spreadsheet programs take for the start of a formula, full-width forms included."""
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CELL_LIMIT = 32_767 // 2
"""Characters; Excel counts one beyond the basic plane as two."""
_NARROW, _WIDE = 8, 44
_HEAD = PatternFill("solid", fgColor="E6EFF8")
_LINE = Side(style="thin", color="AAB6C2")
_FONT = "宋体"


def as_xlsx(report: Report) -> bytes:
    """Return the workbook: 概况 first, then each table in full.

    Texts are text cells whatever they begin with. A value that does not exist is an empty cell.
    """
    book = openpyxl.Workbook()
    front = book.active
    front.title = "概况"
    _front(front, report)
    numbered = numbers(report)
    taken = {"概况"}
    for table in report.tables:
        sheet = book.create_sheet(_sheet_name(f"{numbered[id(table)]} {table.title}", taken))
        _table(sheet, table, report)
    book.properties.title = _clean(report.title)
    book.properties.creator = "属地"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _front(sheet: Worksheet, report: Report) -> None:
    _write(sheet.cell(1, 1), report.title, "text").font = Font(name=_FONT, bold=True, size=16)
    rows: list[tuple[str, str]] = [
        ("统计时段", report.days),
        ("统计范围", report.place),
        ("数据截至", report.as_of),
        ("生成时间", f"{report.made_at:%Y-%m-%d %H:%M}"),
    ]
    rows += [(one.name, "　".join([one.value, *one.changes])) for one in report.headlines]
    rows += [("说明" if at == 0 else "", text) for at, text in enumerate(report.notes)]
    rows += [("", "表中空白单元格表示没有该项数据，不是零。")]
    for at, (name, text) in enumerate(rows, start=3):
        _write(sheet.cell(at, 1), name, "text").font = Font(name=_FONT, bold=True)
        cell = _write(sheet.cell(at, 2), text, "text")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width = 18
    sheet.column_dimensions["B"].width = 100
    sheet.sheet_view.showGridLines = False


def _table(sheet: Worksheet, table: Table, report: Report) -> None:
    _write(sheet.cell(1, 1), table.title, "text").font = Font(name=_FONT, bold=True, size=13)
    _write(sheet.cell(2, 1), f"{report.place}　{report.days}", "text")
    head = 4
    for number, column in enumerate(table.columns, start=1):
        cell = _write(sheet.cell(head, number), column.title, "text")
        cell.font = Font(name=_FONT, bold=True)
        cell.fill = _HEAD
        cell.border = Border(top=_LINE, bottom=_LINE)
        side = "left" if column.form in ("text", "word") else "right"
        cell.alignment = Alignment(horizontal=side, wrap_text=True, vertical="bottom")
        width = min(max(_NARROW, _widest(table, number - 1, column)), _WIDE)
        sheet.column_dimensions[get_column_letter(number)].width = width
    for at, row in enumerate(table.rows, start=head + 1):
        for number, (value, column) in enumerate(zip(row, table.columns, strict=True), start=1):
            cell = _write(sheet.cell(at, number), value, column.form)
            if column.form not in ("text", "word"):
                cell.alignment = Alignment(horizontal="right")
            if table.total and at == head + len(table.rows):
                cell.font = Font(name=_FONT, bold=True)
                cell.border = Border(top=_LINE)
    if table.note:
        _write(sheet.cell(head + len(table.rows) + 2, 1), table.note, "text")
    sheet.freeze_panes = sheet.cell(head + 1, 2)
    sheet.print_title_rows = f"{head}:{head}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _write(cell: Any, value: Cell, form: str) -> Any:
    cell.font = Font(name=_FONT)
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return cell
    if isinstance(value, str):
        text = _clean(value)
        cell.value = text
        cell.data_type = "s"  # openpyxl takes a leading = for a formula
        if _RUNS.match(text):
            cell.quotePrefix = True
        return cell
    cell.value = value
    cell.number_format = _FORMATS[form] if form not in ("text", "word") else "General"
    return cell


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("", text)[:_CELL_LIMIT]


def _widest(table: Table, at: int, column: Column) -> float:
    """Of the first 200 rows, in characters; a Chinese one counts twice."""
    texts = [column.title, *(row[at] for row in table.rows[:200])]
    return max(_width(one) for one in texts) + 2


def _width(value: Cell) -> int:
    text = value if isinstance(value, str) else "" if value is None else f"{value:,.2f}"
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


def _sheet_name(title: str, taken: set[str]) -> str:
    """At most 31 characters, none that Excel forbids, and no name twice."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).strip("' ")[:31] or "表"
    name, again = plain, 2
    while name.lower() in {one.lower() for one in taken}:
        ending = f" {again}"
        name, again = plain[: 31 - len(ending)] + ending, again + 1
    taken.add(name)
    return name
