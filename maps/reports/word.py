"""A report as a Word document in the faces that offices use; the faces lie on the reader's side."""

from __future__ import annotations

import io
import re
from typing import Any

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from maps.drawing.style import text_mm
from maps.reports.model import Column, Picture, Report, Section, Table, Warn
from maps.reports.numbering import numbers
from maps.reports.wording import cell_words, chinese_number

BODY, HEAD, TITLE, LATIN = "仿宋", "黑体", "宋体", "Times New Roman"
"""As Windows names them; where 仿宋_GB2312 is wanted, it is one change of style in Word."""
_TEXT_WIDTH_MM = 156
"""A4 with the margins of GB/T 9704-2012, 28 mm left and 26 mm right."""
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_THEME = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")


def as_docx(report: Report) -> bytes:
    """Return the document: title, headline figures, sections, notes; page numbers at the foot."""
    document = docx.Document()
    _page(document)
    _styles(document)
    document.core_properties.title = _clean(report.title)[:255]
    document.core_properties.author = "属地"
    document.core_properties.subject = _clean(f"{report.place} {report.days}")[:255]
    document.core_properties.comments = ""
    _footer(document)
    document.add_paragraph(_clean(report.title), style="Title")
    about = f"统计时段：{report.days}　统计范围：{report.place}　数据截至：{report.as_of}"
    document.add_paragraph(_clean(about), style="Subtitle")
    _headlines(document, report)
    numbered = numbers(report)
    for number, part in enumerate(report.sections, start=1):
        _section(document, number, part, numbered)
    last = chinese_number(len(report.sections) + 1)
    document.add_paragraph(f"{last}、数据与方法说明", style="Heading 1")
    for at, text in enumerate(report.notes, start=1):
        document.add_paragraph(_clean(f"{at}．{text}"), style="Normal")
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _section(document: Document, number: int, part: Section, numbered: dict[int, str]) -> None:
    document.add_paragraph(_clean(f"{chinese_number(number)}、{part.title}"), style="Heading 1")
    for block in part.blocks:
        if isinstance(block, Picture):
            paragraph = document.add_paragraph(style="Figure")
            paragraph.add_run().add_picture(io.BytesIO(block.png), width=Mm(_TEXT_WIDTH_MM))
            for properties in paragraph._p.iter(qn("wp:docPr")):
                properties.set("descr", _clean(block.alt))
            under = f"{numbered[id(block)]}　{block.caption}"
            document.add_paragraph(_clean(under), style="Caption")
        elif isinstance(block, Table):
            over = document.add_paragraph(
                _clean(f"{numbered[id(block)]}　{block.title}"), style="Caption"
            )
            over.paragraph_format.keep_with_next = True
            _table(document, block)
        elif isinstance(block, Warn):
            document.add_paragraph(_clean(block.text), style="Remark")
        else:
            document.add_paragraph(_clean(block), style="Normal")


def _table(document: Document, table: Table) -> None:
    rows = table.rows[: table.most] if table.most else table.rows
    wide = len(table.columns)
    made = document.add_table(rows=1 + len(rows), cols=wide, style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    cells = made._cells  # asked for row by row, python-docx goes through the whole table each time
    for cell, column in zip(cells[:wide], table.columns, strict=True):
        _fill(cell, column.title, right=_is_number(column), bold=True, shade="E6EFF8")
    for at, row in enumerate(rows, start=1):
        last = table.total and at == len(table.rows)
        own = cells[at * wide : (at + 1) * wide]
        for cell, value, column in zip(own, row, table.columns, strict=True):
            text = cell_words(value, column.form)
            _fill(cell, text, right=_is_number(column), bold=last)
    _widths(made, table)
    for one in made._tbl.tr_lst:
        one.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    mark = OxmlElement("w:tblHeader")  # the head stands on every page the table reaches
    mark.set(qn("w:val"), "true")
    made._tbl.tr_lst[0].get_or_add_trPr().append(mark)
    said = [table.note] if table.note else []
    if len(rows) < len(table.rows):
        said.insert(0, f"只列出前{len(rows)}行，共{len(table.rows)}行，其余见随附的表格文件。")
    document.add_paragraph(_clean("".join(said)), style="Remark")


def _widths(made: Any, table: Table) -> None:
    """Columns as wide as their words need, to the width of the text together."""
    wanted = []
    for at, column in enumerate(table.columns):
        texts = [cell_words(row[at], column.form) for row in table.rows[:100]]
        widest = max((text_mm(text, 10.5) for text in texts), default=0.0)
        # A heading may break, a name of 30 characters too.
        wanted.append(min(max(widest, text_mm(column.title, 10.5) * 0.6, 12.0), 60.0) + 4.0)
    share = _TEXT_WIDTH_MM / sum(wanted)
    for at, one in enumerate(wanted):
        made.columns[at].width = Mm(one * share)
    grid = [column.w for column in made._tbl.tblGrid.gridCol_lst]
    for row in made._tbl.tr_lst:
        for cell, width in zip(row.tc_lst, grid, strict=True):
            cell.width = width


def _is_number(column: Column) -> bool:
    return column.form not in ("text", "word")


def _fill(cell: Any, text: str, *, right: bool, bold: bool = False, shade: str = "") -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = "Cell"
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
    paragraph.add_run(_clean(text)).bold = bold
    if shade:
        filled = OxmlElement("w:shd")
        filled.set(qn("w:val"), "clear")
        filled.set(qn("w:fill"), shade)
        cell._tc.get_or_add_tcPr().append(filled)


def _headlines(document: Document, report: Report) -> None:
    if not report.headlines:
        return
    made = document.add_table(rows=1, cols=len(report.headlines), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, one in zip(made.rows[0].cells, report.headlines, strict=True):
        _fill(cell, one.name, right=False)
        big = cell.add_paragraph(style="Cell").add_run(_clean(one.value))
        big.bold, big.font.size = True, Pt(15)
        for text in one.changes:
            cell.add_paragraph(_clean(text), style="Cell")
    document.add_paragraph("", style="Remark")


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.top_margin, section.bottom_margin = Mm(30), Mm(28)


def _styles(document: Document) -> None:
    """Every style names its Chinese face itself: theme fonts, where left, would win over it."""
    styles = document.styles
    add = styles.add_style
    for name, base in (("Cell", "Normal"), ("Remark", "Normal"), ("Figure", "Normal")):
        add(name, 1).base_style = styles[base]
    wanted: dict[str, tuple[str, float, bool]] = {
        "Normal": (BODY, 14, False),  # 四号
        "Title": (TITLE, 22, True),  # 二号
        "Subtitle": (BODY, 10.5, False),
        "Heading 1": (HEAD, 16, False),  # 三号
        "Heading 2": (HEAD, 14, False),
        "Caption": (HEAD, 10.5, False),
        "Cell": (TITLE, 10.5, False),  # 五号
        "Remark": (TITLE, 9, False),
        "Figure": (BODY, 14, False),
        "Footer": (TITLE, 10.5, False),
    }
    for name, (face, points, bold) in wanted.items():
        style: Any = styles[name]
        style.font.size, style.font.bold, style.font.italic = Pt(points), bold, False
        style.font.color.rgb = RGBColor(0x18, 0x23, 0x2E)
        _face(style.element.get_or_add_rPr(), face)
        form = style.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing_rule = WD_LINE_SPACING.SINGLE
    # Whatever other style is used later by hand falls back on the defaults of the document.
    for defaults in styles.element.iter(qn("w:rPrDefault")):
        for properties in defaults.iter(qn("w:rPr")):
            _face(properties, BODY)
    for fonts in styles.element.iter(qn("w:rFonts")):
        if any(qn(f"w:{name}") in fonts.attrib for name in _THEME):
            _face(fonts.getparent(), BODY)
    body: Any = styles["Normal"]
    body.paragraph_format.line_spacing = 1.4
    _indent(body, 200)
    for name in ("Title", "Subtitle", "Heading 1", "Caption", "Cell", "Remark", "Figure", "Footer"):
        _indent(styles[name], 0)
    title: Any = styles["Title"]
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_after = Pt(8)
    for border in title.element.iter(qn("w:pBdr")):
        border.getparent().remove(border)
        break
    subtitle: Any = styles["Subtitle"]
    subtitle.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    subtitle.paragraph_format.space_after = Pt(10)
    heading: Any = styles["Heading 1"]
    heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(12), Pt(6)
    heading.paragraph_format.keep_with_next = True
    for name in ("Caption", "Figure"):
        centred: Any = styles[name]
        centred.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        centred.paragraph_format.space_before = Pt(6)
    figure: Any = styles["Figure"]
    figure.paragraph_format.keep_with_next = True


def _face(properties: Any, east_asian: str) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name in _THEME:
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:ascii"), LATIN)
    fonts.set(qn("w:hAnsi"), LATIN)
    fonts.set(qn("w:cs"), LATIN)
    fonts.set(qn("w:eastAsia"), east_asian)
    fonts.set(qn("w:hint"), "eastAsia")


def _indent(style: Any, hundredths: int) -> None:
    """Indent the first line by so many hundredths of a character."""
    properties = style.element.get_or_add_pPr()
    for old in properties.findall(qn("w:ind")):
        properties.remove(old)
    indent = properties.get_or_add_ind()
    indent.set(qn("w:firstLineChars"), str(hundredths))
    indent.set(qn("w:firstLine"), "0")


def _footer(document: Document) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.style = "Footer"
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("第")
    _field(paragraph, "PAGE")
    paragraph.add_run("页　共")
    _field(paragraph, "NUMPAGES")
    paragraph.add_run("页　　投诉量不等于问题量")


def _field(paragraph: Paragraph, code: str) -> None:
    for kind in ("begin", "", "end"):
        run = paragraph.add_run()
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = f" {code} "
        run._r.append(mark)


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("", text)
