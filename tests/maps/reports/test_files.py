"""The files of a report: PDF looked into, Word and Excel read back; nothing is fetched."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from typing import Any

import docx
import openpyxl
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
import weasyprint
from docx.oxml.ns import qn

from maps import fonts
from maps.reports import pdf
from maps.reports.model import Column, Headline, Picture, Report, Section, Table, Warn
from maps.reports.pdf import OwnPictures, Refused, as_html, as_pdf
from maps.reports.word import as_docx
from maps.reports.xlsx import as_xlsx
from tests.maps.reports.reporting import AS_OF, november

pytestmark = pytest.mark.usefixtures("small_pictures")

HOSTILE = "<script>alert(1)</script><img src='http://evil.example/x.png'>=cmd|' /C calc'!A0"


def _small(**changes: Any) -> Report:
    given: dict[str, Any] = {
        "kind": "专报",
        "title": "占道经营专报",
        "place": "安泰街道",
        "period": "2026年11月",
        "days": "2026年11月1日至11月30日",
        "made_at": AS_OF,
        "as_of": "2026年12月1日 07:30",
        "headlines": (Headline(name="受理诉求", value="12件", changes=("环比 无可比数据",)),),
        "sections": (
            Section(
                title="总体情况",
                blocks=(
                    "受理12件。",
                    Warn(text="数据不全。"),
                    Table(
                        title="各类",
                        columns=(Column(title="类别", wide=True), Column(title="件", form="count")),
                        rows=[("占道", 1200), ("其他", None)],
                        note="说明。",
                    ),
                ),
            ),
        ),
        "notes": ("口径。",),
        "limits": "投诉量不等于问题量。",
    }
    return Report(**{**given, **changes})


@cache
def _document() -> bytes:
    return as_pdf(november())


@pytest.fixture
def document() -> Iterator[pypdfium2.PdfDocument]:
    opened = pypdfium2.PdfDocument(_document())
    yield opened
    opened.close()


def _words(opened: pypdfium2.PdfDocument) -> str:
    found = []
    for page in opened:
        text = page.get_textpage()
        found.append(text.get_text_bounded())
        text.close()
        page.close()
    return re.sub(r"\s", "", "".join(found))


def _whole(content: bytes) -> str:
    opened = pypdfium2.PdfDocument(content)
    try:
        return _words(opened)
    finally:
        opened.close()


def test_the_pdf_holds_every_word(document: pypdfium2.PdfDocument) -> None:
    words = _words(document)
    made = november()
    for part in made.sections:
        assert re.sub(r"\s", "", part.title) in words
        for block in part.blocks:
            if isinstance(block, Picture):
                assert re.sub(r"\s", "", block.caption) in words
    assert f"第1页共{len(document)}页" in words
    assert f"第{len(document)}页共{len(document)}页" in words


def test_no_character_of_the_pdf_is_a_box(document: pypdfium2.PdfDocument) -> None:
    """Each is drawn with a Chinese or Latin face that has it: what CI looks at."""
    words = _words(document)
    assert fonts.missing(words) == ""
    assert "\ufffd" not in words
    faces = set()
    for page in document:
        text = page.get_textpage()
        for at in range(text.count_chars()):
            if pdfium.FPDFText_GetUnicode(text, at) > 0x2E7F:
                size = pdfium.FPDFText_GetFontInfo(text, at, None, 0, None)
                buffer = (pdfium.ctypes.c_char * size)()
                pdfium.FPDFText_GetFontInfo(text, at, buffer, size, None)
                faces.add(buffer.value.decode())
        text.close()
        page.close()
    assert faces
    # Never the Japanese face, whose 骨, 直 and 门 have other shapes.
    assert all("CJK-SC" in face.replace("_", "-") for face in faces), faces


def test_pages_are_a4_and_not_empty(document: pypdfium2.PdfDocument) -> None:
    assert 3 <= len(document) <= 12
    for page in document:
        assert page.get_size() == pytest.approx((595.3, 841.9), abs=0.5)
        bitmap = page.render(scale=0.3)
        shades = set(bitmap.to_pil().convert("L").tobytes())
        assert len(shades) > 10
        page.close()


def test_table_heads_are_repeated_on_every_page() -> None:
    long = Table(
        title="长表",
        columns=(Column(title="甲列名", wide=True), Column(title="件", form="count")),
        rows=[(f"社区{at}", at) for at in range(120)],
    )
    opened = pypdfium2.PdfDocument(as_pdf(_small(sections=(Section(title="表", blocks=(long,)),))))
    heads = _words(opened).count("甲列名")
    assert heads >= len(opened) - 1 >= 2
    opened.close()


def test_a_cut_table_says_how_many_rows_there_are() -> None:
    table = Table(
        title="表", columns=(Column(title="名"),), rows=[(f"社区{at}",) for at in range(9)], most=3
    )
    made = _small(sections=(Section(title="表", blocks=(table,)),))
    words = _whole(as_pdf(made))
    assert "只列出前3行，共9行" in words
    assert "社区3" not in words
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(made)))
    cells = [cell.value for row in book["表1 表"].iter_rows() for cell in row]
    assert "社区8" in cells
    book.close()


def test_hostile_names_are_words_in_every_file() -> None:
    table = Table(
        title=HOSTILE[:20],
        columns=(Column(title=HOSTILE), Column(title="件", form="count")),
        rows=[(HOSTILE, 1), ("=1+1", 2), ("@SUM(A1)", 3), ("\x0b控制", 4)],
    )
    made = _small(title=HOSTILE, place=HOSTILE, sections=(Section(title=HOSTILE, blocks=(table,)),))
    html, _ = as_html(made)
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html
    assert "<script>alert(1)" in _whole(as_pdf(made))
    with zipfile.ZipFile(io.BytesIO(as_docx(made))) as parts:
        assert b"&lt;script&gt;" in parts.read("word/document.xml")
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(made)))
    sheet = book.worksheets[1]
    risky = [cell for row in sheet.iter_rows() for cell in row if str(cell.value)[:1] in "=@"]
    assert len(risky) == 2
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in risky)
    book.close()


def test_nothing_is_fetched_but_the_own_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    fetcher = OwnPictures({"report:1.png": b"png"})
    assert fetcher.fetch("report:1.png").read() == b"png"
    for address in (
        "http://169.254.169.254/latest",
        "https://example.com/a.png",
        "file:///etc/passwd",
        "report:2.png",
        "data:text/plain,x",
    ):
        with pytest.raises(Refused):
            fetcher.fetch(address)
    # Also where markup got in past the escaping: the page is made without it.
    tried: list[str] = []
    fetch = OwnPictures.fetch

    def seen(self: OwnPictures, url: str, headers: Any = None) -> Any:
        tried.append(url)
        return fetch(self, url, headers)

    monkeypatch.setattr(OwnPictures, "fetch", seen)
    page = '<img src="file:///etc/passwd"><link rel=stylesheet href="http://127.0.0.1:9/a.css">'
    weasyprint.HTML(string=page, url_fetcher=fetcher, base_url=None).write_pdf()
    assert sorted(tried) == ["file:///etc/passwd", "http://127.0.0.1:9/a.css"]


def test_without_a_chinese_face_no_pdf_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise fonts.NoChineseFont("apt-get install fonts-noto-cjk")

    monkeypatch.setattr(pdf.fonts, "find", none)
    with pytest.raises(fonts.NoChineseFont, match="fonts-noto-cjk"):
        as_pdf(_small())


def test_a_title_of_300_characters_wraps() -> None:
    title = "鼓楼区占道经营" * 42 + "A" * 6
    words = _whole(as_pdf(_small(title=title)))
    assert title in words
    document = docx.Document(io.BytesIO(as_docx(_small(title=title))))
    assert document.paragraphs[0].text == title


def test_word_names_chinese_faces_in_every_style_it_uses() -> None:
    document = docx.Document(io.BytesIO(as_docx(november())))
    used = {p.style.name for p in document.paragraphs} | {
        p.style.name for t in document.tables for c in t._cells for p in c.paragraphs
    }
    assert {"Title", "Heading 1", "Normal", "Caption", "Cell"} <= used
    for name in used | {"Footer"}:
        face = document.styles[name].element.rPr.rFonts
        assert face.get(qn("w:eastAsia")) in ("仿宋", "黑体", "宋体"), name
        themed = [key for key in face.attrib if "Theme" in key]
        assert themed == []
    heading = document.styles["Heading 1"].element.rPr.rFonts
    assert heading.get(qn("w:eastAsia")) == "黑体"
    assert document.styles["Normal"].element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋"


def test_word_says_the_same_as_the_report() -> None:
    made = november()
    document = docx.Document(io.BytesIO(as_docx(made)))
    said = "\n".join(p.text for p in document.paragraphs)
    for at, part in enumerate(made.sections):
        assert part.title in said
        for block in part.blocks:
            if isinstance(block, str):
                assert block in said
        assert "一二三四五六七八九"[at] + "、" in said
    pictures = [b for part in made.sections for b in part.blocks if isinstance(b, Picture)]
    assert len(document.inline_shapes) == len(pictures)
    assert len(document.tables) == len(made.tables) + 1  # the headline figures
    heads = [t.rows[0]._tr.trPr.find(qn("w:tblHeader")) for t in document.tables[1:]]
    assert None not in heads
    described = [one.get("descr") for one in document.element.body.iter(qn("wp:docPr"))]
    assert described == [one.alt for one in pictures]
    fields = "".join(
        one.text or "" for one in document.sections[0].footer._element.iter(qn("w:instrText"))
    )
    assert "PAGE" in fields
    assert "NUMPAGES" in fields


def test_excel_has_numbers_as_numbers() -> None:
    made = november()
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(made)))
    assert book.sheetnames[0] == "概况"
    assert len(book.sheetnames) == len(made.tables) + 1
    assert all(len(name) <= 31 for name in book.sheetnames)
    table = next(one for one in made.tables if one.title == "各类诉求及变化")
    sheet = next(one for one in book.worksheets if one.title.endswith(table.title))
    assert sheet.freeze_panes == "B5"
    for column, head in enumerate(table.columns, start=1):
        assert sheet.cell(4, column).value == head.title
    for row, values in enumerate(table.rows, start=5):
        for column, value in enumerate(values, start=1):
            found = sheet.cell(row, column).value
            if isinstance(value, float):
                assert found == pytest.approx(value)
            else:
                assert (found or None) == (value or None)
    assert sheet.cell(5, 2).number_format == "#,##0"
    assert isinstance(sheet.cell(5, 2).value, int)
    assert sheet.cell(5, 3).number_format == "0.0%"
    assert all(one.width >= 8 for one in sheet.column_dimensions.values())
    book.close()


def test_a_value_that_does_not_exist_is_empty_and_never_zero() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(_small())))
    assert [cell.value for cell in book.worksheets[1]["B"]][-3:] != [0, 0, 0]
    column = [book.worksheets[1].cell(at, 2).value for at in (5, 6)]
    assert column == [1200, None]
    book.close()
    html, _ = as_html(_small())
    assert ">—<" in html


def test_sheets_with_one_name_are_told_apart() -> None:
    tables = [
        Table(title="各街镇/社区[一]" * 5, columns=(Column(title="名"),), rows=[("甲",)])
        for _ in range(3)
    ]
    book = openpyxl.load_workbook(
        io.BytesIO(as_xlsx(_small(sections=(Section(title="表", blocks=tables),))))
    )
    assert len(set(book.sheetnames)) == 4
    book.close()
