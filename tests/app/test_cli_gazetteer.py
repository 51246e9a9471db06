"""``shudi gazetteer check`` and ``search`` as a user runs them: exit status, formats, files."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.app.drawn_city import shudi, shudi_process, source

CLEAN = (
    "place_id,name,kind,wkt,aliases,road,number,admin_code,crs\n"
    '1,西洪路,road,"LINESTRING (119.291 26.075, 119.309 26.075)",,,,,EPSG:4490\n'
    "2,西洪路59号,address,POINT (119.295 26.0751),,西洪路,59,W,EPSG:4490\n"
    "3,金牛新村,compound,POINT (119.305 26.0752),金牛,,,E,EPSG:4490\n"
)
HOSTILE = "4,<script>boo()</script>,castle,POINT (119.295 26.0751),,,,,EPSG:4490\n"
BAD = CLEAN + HOSTILE + "5,<b>鬼</b>,road,POINT (119.295 26.0751),路口,,,,EPSG:4490\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "names.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_clean_gazetteer_ends_with_0(tmp_path: Path) -> None:
    done = shudi("gazetteer", "check", written(tmp_path, CLEAN), "-b", source(tmp_path))
    assert (done.code, done.err) == (0, ""), done.out
    assert "3 条地名：道路 1、门牌 1、小区大院 1" in done.out and "没有发现问题" in done.out


def test_blocking_findings_end_with_1(tmp_path: Path) -> None:
    done = shudi("gazetteer", "check", written(tmp_path, BAD))
    assert done.code == 1 and "【必须处理】道路没有线形" in done.out and "办法：" in done.out
    assert "第 5 行" in done.out and "「castle」" in done.out


def test_warnings_alone_end_with_0(tmp_path: Path) -> None:
    path = written(
        tmp_path, CLEAN + "4,金牛新村,compound,POINT (119.3051 26.0752),,,,E,EPSG:4490\n"
    )
    done = shudi("gazetteer", "check", path)
    assert done.code == 0 and "【提醒】地名重复" in done.out


def test_codes_are_held_against_the_boundaries(tmp_path: Path) -> None:
    path = written(tmp_path, CLEAN.replace(",59,W,", ",59,E,"))
    assert shudi("gazetteer", "check", path).code == 0
    done = shudi("gazetteer", "check", path, "-b", source(tmp_path))
    assert done.code == 1 and "西洪路59号（2）称在东街道（E）" in done.out


def test_what_cannot_be_used_ends_with_2_and_one_line(tmp_path: Path) -> None:
    undeclared = written(tmp_path, CLEAN.replace(",crs\n", ",memo\n"))
    for path in (undeclared, tmp_path / "none.csv"):
        done = shudi_process("gazetteer", "check", path)
        assert (done.code, done.out) == (2, "")
        assert done.err.count("\n") == 1 and path.name in done.err and "Traceback" not in done.err


def test_a_contradicted_crs_is_a_blocking_finding(tmp_path: Path) -> None:
    done = shudi("gazetteer", "check", written(tmp_path, CLEAN.replace("EPSG:4490", "EPSG:4549")))
    assert done.code == 1 and "坐标系与坐标矛盾" in done.out and "EPSG:4490" in done.out


def test_json(tmp_path: Path) -> None:
    done = shudi("gazetteer", "check", written(tmp_path, BAD), "--format", "json")
    document = json.loads(done.out)
    assert document["summary"]["blocking"] == 3
    (about,) = document["sources"]
    assert about["places"] == 4 and about["kinds"]["road"] == 2
    assert about["version"].startswith("names@#")
    point = next(one for one in document["findings"] if one["code"] == "road_without_line")
    assert (point["codes"], point["lon"]) == (["5"], 119.295) and point["advice"]


class _Page(HTMLParser):
    """What the page loads, which findings it draws, and its visible words."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.numbers: set[str] = set()
        self.tags: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = dict(attrs)
        self.tags.append(tag)
        self.loads += [value for key, value in attrs if key in ("src", "href") and value]
        if tag == "g" and got.get("data-finding"):
            self.numbers.add(got["data-finding"] or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_html_is_one_page_that_loads_nothing_and_escapes_names(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    done = shudi("gazetteer", "check", written(tmp_path, BAD), "-b", source(tmp_path), "-o", out)
    assert (done.code, done.out) == (1, "")
    text = out.read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    assert page.loads == [] and not re.search(r"url\(|@import|https?://", text)
    assert page.tags.count("script") == 1 and "b" not in page.tags
    assert page.numbers and "地名地址库检查：names" in page.words
    assert "西街道" in page.words, "the boundaries are drawn below"


def test_the_ending_or_the_format_says_what_is_written(tmp_path: Path) -> None:
    path = written(tmp_path, CLEAN)
    shudi("gazetteer", "check", path, "-o", tmp_path / "a.json")
    json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    shudi("gazetteer", "check", path, "--format", "text", "-o", tmp_path / "b.html")
    assert (tmp_path / "b.html").read_text(encoding="utf-8").startswith("names@#")
    assert shudi("gazetteer", "check", path, "-o", tmp_path / "no" / "c.txt").code == 2


def test_search_in_a_file(tmp_path: Path) -> None:
    path = written(tmp_path, CLEAN)
    done = shudi("gazetteer", "search", "金牛", "-g", path, "-b", source(tmp_path))
    (line,) = done.out.splitlines()
    full, kind, place_id, point = line.split("\t")
    assert "东街道" in full and "金牛新村" in full
    assert (kind, place_id, point) == ("compound", "3", "119.305000,26.075200")
    numbered = shudi("gazetteer", "search", "西洪路", "59", "-g", path).out
    assert "西洪路59号\taddress\t2\t" in numbered
    none = shudi("gazetteer", "search", "鼓山", "-g", path)
    assert (none.code, none.out) == (0, "") and "没有找到" in none.err
    assert len(shudi("gazetteer", "search", "西", "-g", path, "-n", "1").out.splitlines()) == 1


@pytest.mark.parametrize("limit", ["0", "101", "many"])
def test_search_shows_between_1_and_100(tmp_path: Path, limit: str) -> None:
    path = written(tmp_path, CLEAN)
    assert shudi("gazetteer", "search", "西", "-g", path, "-n", limit).code == 2


def test_checking_needs_no_database_library() -> None:
    code = (
        "import sys\n"
        "from app.cli import shudi\n"
        "shudi.main(['gazetteer', 'check', '--help'], standalone_mode=False)\n"
        "import app.cli.gazetteer, geodata.gazetteer, geodata.gazetteer_checks.report\n"
        "print([m for m in ('sqlalchemy', 'flask', 'psycopg') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("[]")


def test_all_commands_are_in_one_group() -> None:
    done = shudi("gazetteer", "--help")
    for name in ("check", "search", "import", "activate", "list", "candidates", "approve",
                 "reject", "missing"):  # fmt: skip
        assert re.search(rf"^  {name}\b", done.out, re.MULTILINE), name
