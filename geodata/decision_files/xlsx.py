"""Decisions as an Excel sheet of text and number cells.

openpyxl makes the workbook around it; the rows are joined a column at a time, because writing
two million cells one by one takes minutes.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from geodata.decision_files.text import formula_like, glue
from routing.errors import UnwritableOutput

_SHEET = "派单建议"
_ROW_LIMIT = 1_048_576
"""Rows of an Excel sheet, the heading among them."""
_CELL_LIMIT = 32_767
"""Characters of an Excel cell."""
_ROWS_AT_ONCE = 20_000
_WIDTHS = {"id": 18, "unit_name": 22, "reasons": 28, "basis": 80, "matched_text": 30}
"""Column widths in characters; the others fit their heading."""
_NOT_IN_XML = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"


def write_xlsx(table: pa.Table, file: BinaryIO) -> None:
    """One sheet, heading frozen. Texts are text cells whatever they begin with, those that look
    like formulas with Excel's own text mark; texts beyond Excel's cell size are cut with ``…``.
    Raises UnwritableOutput where the rows do not fit on a sheet."""
    if table.num_rows >= _ROW_LIMIT:
        raise UnwritableOutput(
            f"{table.num_rows} decisions do not fit on an Excel sheet ({_ROW_LIMIT - 1} rows); "
            "write .csv or .parquet"
        )
    book, text_mark = _empty_book(table.column_names)
    with (
        zipfile.ZipFile(book) as around,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as out,
    ):
        for member in around.infolist():
            content = around.read(member)
            if member.filename != "xl/worksheets/sheet1.xml":
                out.writestr(member, content)
                continue
            before, after = re.split(rb'<row r="2".*?</row>', content, flags=re.DOTALL)
            with out.open(member.filename, "w") as sheet:
                sheet.write(before)
                for batch in table.to_batches(max_chunksize=_ROWS_AT_ONCE):
                    if batch.num_rows:
                        sheet.write(_rows(batch, text_mark))
                sheet.write(after)


def _empty_book(headings: list[str]) -> tuple[io.BytesIO, int]:
    """A workbook with the heading and one marked row to be replaced; and the text mark's style."""
    import openpyxl
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = _SHEET
    for number, heading in enumerate(headings, start=1):
        sheet.cell(1, number, heading).font = Font(bold=True)
        width = _WIDTHS.get(heading, max(10, len(heading) + 2))
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "B2"
    marked = sheet.cell(2, 1, "")
    marked.quotePrefix = True
    content = io.BytesIO()
    book.save(content)
    return content, marked.style_id


def _rows(batch: pa.RecordBatch, text_mark: int) -> memoryview:
    cells = []
    for column in batch.columns:
        if pa.types.is_large_string(column.type):
            cells.append(_text_cell(column, text_mark))
        else:
            value = pc.cast(column, pa.large_string())
            cell = glue("<c><v>", value, "</v></c>")
            cells.append(pc.fill_null(cell, "<c/>"))
    rows = glue("<row>", *cells, "</row>")
    return memoryview(rows.buffers()[2])


def _text_cell(column: pa.Array, text_mark: int) -> pa.Array:
    marked = formula_like(column)
    if (pc.max(pc.utf8_length(column)).as_py() or 0) > _CELL_LIMIT // 2:
        # half, because Excel counts a character beyond the basic plane as two
        long = pc.greater(pc.utf8_length(column), _CELL_LIMIT // 2)
        cut = pc.utf8_slice_codeunits(column, 0, _CELL_LIMIT // 2 - 1)
        column = pc.if_else(long, glue(cut, "…"), column)
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
        column = pc.replace_substring(column, character, entity)
    column = pc.replace_substring_regex(column, _NOT_IN_XML, "")
    # Excel reads _x0041_ as A
    column = pc.replace_substring_regex(column, "_(x[0-9A-Fa-f]{4}_)", r"_x005F_\1")
    style = pc.cast(pc.if_else(marked, f' s="{text_mark}"', ""), pa.large_string())
    opening, closing = ' t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>"
    cell = glue("<c", style, opening, column, closing)
    return pc.if_else(pc.equal(column, ""), "<c/>", cell)
