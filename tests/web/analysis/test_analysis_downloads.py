"""Files to take away: the page's numbers, what has to stand over them, and nothing that runs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from PIL import Image

from app.analysis.sheets import MOST_ROWS, Sheet, runs, written
from geodata.cases import PostgresCaseStore
from maps import fonts
from routing.errors import UserInputError
from tests.web.analysis import city
from tests.web.analysis.office import Office, Seat

TABLES = ("areas", "cells", "hotspots", "cases", "borders")


def rows_of(content: bytes) -> tuple[list[list[str]], list[list[str]]]:
    """The lines above the table, and the table with its heading."""
    assert content.startswith(b"\xef\xbb\xbf"), "Excel needs the mark to read Chinese"
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    gap = lines.index([])
    return lines[:gap], lines[gap + 1 :]


@pytest.mark.parametrize("what", TABLES)
def test_every_table_says_what_it_is(analyst: Seat, what: str) -> None:
    answer = analyst.ask("download", what=what, format="csv")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    named = answer.headers["Content-Disposition"]
    assert named.isascii() and named.startswith("attachment; filename=shudi.csv; filename*=UTF-8''")
    assert unquote(named).endswith(f"{city.day(90)}至{city.day(1)}.csv")
    head, table = rows_of(answer.get_data())
    said = "\n".join(line[0] for line in head)
    summary = analyst.get("summary")
    assert f"时段：{city.day(90)} 至 {city.day(1)}" in said
    assert f"有位置 {summary['located']} 件 / 共 {summary['n']} 件" in said
    assert city.VERSION in said and "投诉量不等于问题量" in said
    assert len({len(line) for line in table}) == 1, "every row has every column"


@pytest.mark.parametrize("what", TABLES)
def test_the_three_forms_hold_the_same(analyst: Seat, what: str) -> None:
    query = {"what": what, "level": "grid", "from_": city.day(30), "method": "gi"}
    _, table = rows_of(analyst.ask("download", format="csv", **query).get_data())
    book = openpyxl.load_workbook(
        io.BytesIO(analyst.ask("download", format="xlsx", **query).get_data())
    )
    sheet = list(book.active.values)
    gap = next(at for at, row in enumerate(sheet) if all(cell is None for cell in row))
    assert len(sheet) - gap - 1 == len(table)
    assert [str(cell) for cell in sheet[gap + 1]] == table[0]
    collection = json.loads(analyst.ask("download", format="geojson", **query).get_data())
    assert len(collection["features"]) == len(table) - 1
    assert list(collection["features"][0]["properties"]) == table[0]
    assert any("时段" in line for line in collection["description"])


def test_the_file_of_areas_is_the_page(analyst: Seat) -> None:
    values = analyst.get("areas", compare="previous", measure="rate")["values"]
    answer = analyst.ask("download", what="areas", compare="previous", measure="rate")
    _, [heading, *table] = rows_of(answer.get_data())
    for row in table:
        one = dict(zip(heading, row, strict=True))
        value = values[one["代码"]]
        assert int(one["件数"]) == value["n"] and int(one["对比时段"]) == value["previous"]
        shown = float(one["显示值"]) if one["显示值"] else None
        assert shown == pytest.approx(value["shown"], abs=1e-3)


def test_a_list_of_cases_holds_no_words_of_citizens(analyst: Seat) -> None:
    answer = analyst.ask("download", what="cases", area=f"community:{city.HOT}")
    _, [heading, *table] = rows_of(answer.get_data())
    assert "路灯不亮" not in answer.get_data(as_text=True)
    assert len(table) == analyst.get("cases", area=f"community:{city.HOT}")["total"]
    assert heading[:2] == ["工单编号", "受理时间"]


def test_hostile_kinds_and_names_are_text_in_every_file(
    make_office: Callable[[str], Office], city_template: str
) -> None:
    office = make_office(city_template)
    where, point = city.codes(0, 0), (city.WEST + 0.001, city.SOUTH + 0.001)
    hostile = [city.HOSTILE, "+1+1", "@SUM(A1)", "－2", "\t=1", "-12"]
    PostgresCaseStore(office.services.engine).receive_many(
        [
            city.case(f"h-{at}", 1, point, where, kind=kind, channel="=cmd")
            for at, kind in enumerate(hostile)
        ],
        actor="api:12345",
        actor_name="12345",
    )
    analyst = office.seat("analyst")
    query: dict[str, Any] = {"what": "cases", "channel": "=cmd"}
    head, [heading, *table] = rows_of(analyst.ask("download", **query).get_data())
    cells = [cell for row in [*head, *table] for cell in row]
    assert not any(runs(cell) for cell in cells)
    kinds = {row[heading.index("诉求类别")] for row in table}
    assert kinds == {f"'{kind}" if runs(kind) else kind for kind in hostile}
    assert "-12" in kinds, "a number stays a number"
    book = openpyxl.load_workbook(
        io.BytesIO(analyst.ask("download", format="xlsx", **query).get_data())
    )
    values = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in values)
    assert city.HOSTILE in {cell.value for cell in values}
    answer = analyst.ask("summary", channel="=cmd")
    assert city.HOSTILE in {one["name"] for one in answer.get_json()["kinds"]}
    assert answer.mimetype == "application/json", "so no browser reads it as a page"
    assert b"<script>alert(1)" not in analyst.ask("map.html", channel="=cmd").get_data()


def test_a_table_too_long_for_its_form_is_refused() -> None:
    row = ["a"]
    long = Sheet(title="长表", head=[], columns=["列"], rows=[row] * (MOST_ROWS["xlsx"] + 1))
    with pytest.raises(UserInputError, match=r"XLSX 最多 50000 行.*改用 CSV"):
        written(long, "xlsx")
    with pytest.raises(UserInputError, match="没有位置"):
        written(Sheet(title="表", head=[], columns=["列"], rows=[row]), "geojson")


@pytest.mark.parametrize("layer", ["areas", "hotspots", "cells", "jurisdictions"])
def test_the_map_as_a_file(analyst: Seat, layer: str) -> None:
    page = analyst.ask("map.html", layer=layer, level="grid")
    assert page.status_code == 200
    assert page.headers["Content-Disposition"].startswith("attachment")
    assert layer == "jurisdictions" or str(city.day(90)) in page.get_data(as_text=True)


def test_without_a_chinese_font_the_package_is_named(
    analyst: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> None:
        raise fonts.NoChineseFont(f"apt-get install {fonts.PACKAGE}")

    monkeypatch.setattr(fonts, "prepare", none)
    answer = analyst.ask("picture.png", layer="areas", from_=city.day(17))
    assert answer.status_code == 503
    assert fonts.PACKAGE in answer.get_json()["detail"]


@pytest.mark.parametrize(
    "query",
    [
        {"layer": "areas", "measure": "rate"},
        {"layer": "hotspots"},
        {"layer": "hotspots", "on": "cells", "method": "moran"},
        {"layer": "hotspots", "method": "scan", "level": "community"},
        {"layer": "cells", "shape": "square"},
        {"layer": "density"},
    ],
)
def test_the_map_as_a_picture(analyst: Seat, query: dict[str, str]) -> None:
    picture = analyst.ask("picture.png", **{"level": "grid", **query})
    assert picture.status_code == 200, picture.get_data(as_text=True)
    assert Image.open(io.BytesIO(picture.get_data())).size[0] >= 1000
