"""``shudi boundaries check`` as a user runs it: exit status, formats, files."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.app.drawn_city import shudi
from tests.drawing import drawn_source, feature, write_geojson

CLEAN = "AABB\nAABB"


def broken(folder: Path) -> Path:
    """A source with a bow-tie, and a name that would be a script on a careless page."""
    path = drawn_source(folder, CLEAN)
    document = json.loads((folder / "drawn.geojson").read_text(encoding="utf-8"))
    ring = [[119.3, 26.0], [119.31, 26.01], [119.31, 26.0], [119.3, 26.01], [119.3, 26.0]]
    bow = feature(
        {"type": "Polygon", "coordinates": [ring]}, code="X", name="<script>boo()</script>"
    )
    write_geojson(folder / "drawn.geojson", [*document["features"], bow])
    return path


def test_a_clean_source_ends_with_0(tmp_path: Path) -> None:
    done = shudi("boundaries", "check", drawn_source(tmp_path, CLEAN))
    assert (done.code, done.err) == (0, "")
    assert "2 个街道（镇）" in done.out and "没有发现问题" in done.out


def test_blocking_findings_end_with_1(tmp_path: Path) -> None:
    done = shudi("boundaries", "check", broken(tmp_path))
    assert done.code == 1 and "【必须处理】边界环无效" in done.out and "办法：" in done.out


def test_warnings_alone_end_with_0(tmp_path: Path) -> None:
    done = shudi("boundaries", "check", drawn_source(tmp_path, "AAB\nA.B\nAAB"))
    assert done.code == 0 and "【提醒】空白区" in done.out


def test_what_cannot_be_used_ends_with_2_and_one_line(tmp_path: Path) -> None:
    done = shudi("boundaries", "check", drawn_source(tmp_path, CLEAN, crs=None))
    assert done.code == 2 and done.out == ""
    assert done.err.count("\n") == 1 and "has no CRS; set crs =" in done.err
    done = shudi("boundaries", "check", tmp_path / "none.toml")
    assert done.code == 2 and "none.toml" in done.err and "Traceback" not in done.err


def test_a_contradicted_crs_is_a_blocking_finding(tmp_path: Path) -> None:
    path = drawn_source(tmp_path, CLEAN, crs="EPSG:4549")
    done = shudi("boundaries", "check", path)
    assert done.code == 1 and "坐标系与坐标矛盾" in done.out and "EPSG:4490" in done.out


def test_the_city_bounds_the_coordinates(tmp_path: Path) -> None:
    path = drawn_source(tmp_path, CLEAN)
    assert shudi("boundaries", "check", path, "--city", "350102").code == 0
    done = shudi("boundaries", "check", path, "--city", "110101")
    assert done.code == 1 and "应在的范围之外" in done.out
    assert shudi("boundaries", "check", path, "--city", "Fuzhou").code == 2


def test_json(tmp_path: Path) -> None:
    done = shudi("boundaries", "check", broken(tmp_path), "--format", "json")
    assert done.code == 1
    document = json.loads(done.out)
    assert document["summary"]["blocking"] == 1
    (source,) = document["sources"]
    assert source["levels"] == {"subdistrict": 3} and source["crs"] == "EPSG:4326"
    finding = document["findings"][0]
    assert (finding["code"], finding["severity"]) == ("invalid_ring", "blocking")
    assert finding["codes"] == ["X"] and finding["area_m2"] > 0 and finding["advice"]
    assert finding["lon"] == pytest.approx(119.305) and len(finding["bounds"]) == 4


def test_missing_units(tmp_path: Path) -> None:
    units = tmp_path / "units.csv"
    units.write_text("code,name,kind\nA,甲街道,subdistrict\n", encoding="utf-8")
    path = drawn_source(tmp_path, CLEAN)
    done = shudi("boundaries", "check", path, "--units", units, "--format", "json")
    assert [f["code"] for f in json.loads(done.out)["findings"]] == ["missing_unit"]
    units.write_text("code,name,kind\nA,甲街道,kingdom\n", encoding="utf-8")
    assert shudi("boundaries", "check", path, "--units", units).code == 2


class _Page(HTMLParser):
    """What the page loads, what it draws, and its visible words."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.marks: set[str] = set()
        self.tags: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = dict(attrs)
        self.tags.append(tag)
        self.loads += [value for key, value in attrs if key in ("src", "href") and value]
        if tag == "path" and "place" in (got.get("class") or ""):
            self.marks.add(got.get("data-finding") or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_html_is_one_page_that_loads_nothing_and_escapes_names(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    done = shudi("boundaries", "check", broken(tmp_path), "-o", out)
    assert done.code == 1 and done.out == ""
    text = out.read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    assert page.loads == [] and not re.search(r"url\(|@import|https?://", text)
    assert page.tags.count("script") == 1, "the name of a jurisdiction became a script"
    assert "<script>boo()</script>" in page.words
    assert "1" in page.marks and 'lang="zh-CN"' in text and "边界环无效" in text


def test_the_ending_or_the_format_says_what_is_written(tmp_path: Path) -> None:
    path = drawn_source(tmp_path, CLEAN)
    shudi("boundaries", "check", path, "-o", tmp_path / "a.json")
    json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    shudi("boundaries", "check", path, "--format", "text", "-o", tmp_path / "b.html")
    assert (tmp_path / "b.html").read_text(encoding="utf-8").startswith("drawn@2020-01-01#")
    assert shudi("boundaries", "check", path, "-o", tmp_path / "no" / "c.txt").code == 2


def test_several_sources_are_checked_against_each_other(tmp_path: Path) -> None:
    streets = drawn_source(tmp_path, "AABB\nAABB", name="streets")
    communities = drawn_source(tmp_path, "aab.\naabb", name="communities", level="community")
    done = shudi("boundaries", "check", streets, communities)
    assert done.code == 0 and "空白区 · 社区（村）" in done.out


def test_control_characters_of_a_file_do_not_reach_the_terminal(tmp_path: Path) -> None:
    path = drawn_source(tmp_path, "A.A")
    file = tmp_path / "drawn.geojson"
    text = file.read_text(encoding="utf-8").replace('"name": "A"', '"name": "A\\u001b[2J"')
    file.write_text(text, encoding="utf-8")
    done = shudi("boundaries", "check", path)
    assert "飞地" in done.out and "\x1b" not in done.out


def test_checking_needs_no_database_library() -> None:
    import subprocess
    import sys

    code = (
        "import sys\n"
        "from app.cli import shudi\n"
        "shudi.main(['boundaries', 'check', '--help'], standalone_mode=False)\n"
        "import app.cli.boundaries, geodata.read, geodata.validate, geodata.checks.page\n"
        "print([m for m in ('sqlalchemy', 'flask', 'psycopg') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("[]")


def test_the_database_commands_are_in_the_same_group() -> None:
    done = shudi("boundaries", "--help")
    for name in ("check", "import", "list", "activate", "retire", "diff", "simulate"):
        assert re.search(rf"^  {name}\b", done.out, re.MULTILINE), name
