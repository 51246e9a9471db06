"""Declarations: what they say, and every mistake at once with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from geodata.sources import parse_source
from routing.errors import UndeclaredCrs, UnknownCrs, UnusableSource
from routing.model import JurisdictionLevel
from tests.drawing import declare, drawn_source, write_geojson

WHOLE = """
[source]
name = "鼓楼区街道界线"
authority = "测试"
licence = "测试"
crs = "EPSG:4490"
effective_from = 2023-01-01
retrieved = 2026-11-01
effective_to = 2025-06-30
notes = "试用"
bounds = [119.2, 26.0, 119.4, 26.2]

[[layer]]
file = "a.geojson"
level = "subdistrict"
code = "code"
name = "乡"
parent = "parent_code"
unit = "unit_code"
encoding = "GB18030"

[[layer]]
file = "a.geojson"
layer = "zones"
level = "overlay:railway"
code = "code"
precedence = 10
attributes = ["road_class"]

[[border]]
file = "a.geojson"
between_left = "l"
between_right = "r"
side = "rule"
inside = "in"
width_m = 12.5
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_geojson(tmp_path / "a.geojson", [])
    return tmp_path


def written(folder: Path, text: str) -> Path:
    path = folder / "source.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_declaration(folder: Path) -> None:
    source = parse_source(written(folder, WHOLE))
    assert (source.name, source.crs.name, source.notes) == ("鼓楼区街道界线", "EPSG:4490", "试用")
    assert source.effective_from == date(2023, 1, 1) and source.effective_to == date(2025, 6, 30)
    assert source.bounds == (119.2, 26.0, 119.4, 26.2)
    streets, zones = source.layers
    assert streets.file == folder / "a.geojson" and streets.level is JurisdictionLevel.SUBDISTRICT
    assert (streets.parent, streets.unit, streets.encoding) == (
        "parent_code",
        "unit_code",
        "GB18030",
    )
    assert zones.level is JurisdictionLevel.OVERLAY and zones.overlay_kind == "railway"
    assert (zones.layer, zones.precedence, zones.attributes) == ("zones", 10, ("road_class",))
    assert zones.name == "code", "the code stands in where no name is declared"
    (border,) = source.borders
    assert (border.side, border.inside, border.width_m) == ("rule", "in", 12.5)


def test_a_byte_order_mark_is_no_part_of_the_toml(folder: Path) -> None:
    path = written(folder, WHOLE)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert parse_source(path).name == "鼓楼区街道界线"


def test_an_undeclared_crs_names_the_file_and_what_to_write(folder: Path) -> None:
    path = drawn_source(folder, "A", crs=None)
    with pytest.raises(
        UndeclaredCrs, match=r"boundary file 'drawn\.geojson' has no CRS; set crs ="
    ):
        parse_source(path)


def test_an_empty_crs_is_undeclared_too(folder: Path) -> None:
    with pytest.raises(UndeclaredCrs, match="set crs ="):
        parse_source(drawn_source(folder, "A", crs=" "))


def test_an_unknown_crs_is_shown_with_close_ones(folder: Path) -> None:
    with pytest.raises(UnknownCrs, match=r"'GCJ-20'.*GCJ-02"):
        parse_source(drawn_source(folder, "A", crs="GCJ-20"))


def test_all_mistakes_are_told_at_once_with_their_lines(folder: Path) -> None:
    text = WHOLE.replace('authority = "测试"\n', "").replace("2023-01-01", '"soon"')
    text = text.replace('level = "subdistrict"', 'level = "subdistrct"')
    text = text.replace("parent =", "parrent =").replace("precedence = 10", 'precedence = "high"')
    text = text.replace('"a.geojson"\nlayer', '"missing.geojson"\nlayer').replace("12.5", "-3")
    text = text.replace("EPSG:4490", "EPSG:44900")
    with pytest.raises(UnusableSource) as caught:
        parse_source(written(folder, text))
    message = str(caught.value)
    for line, words in [
        (2, "authority: is required"),
        (5, "crs: unknown CRS 'EPSG:44900'"),
        (6, "effective_from: must be a day such as 2026-01-01, was 'soon'"),
        (14, "level: must be district, subdistrict, community, grid or overlay:<kind>"),
        (17, "parrent: unknown key; did you mean parent?"),
        (22, "file: 'missing.geojson' does not exist"),
        (26, "precedence: must be a whole number, was 'high'"),
        (35, "width_m: must be 0 to 1,000 metres, was -3"),
    ]:
        assert any(f"line {line}: " in got and words in got for got in message.splitlines()), words
    assert "did you mean subdistrict?" in message and "8 errors" in message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("2025-06-30", "2022-06-30"), "lies before effective_from"),
        (("[[layer]]", "[[layers]]"), "did you mean layer?"),
        (("overlay:railway", "overlay"), "an overlay needs its kind"),
        (('unit = "unit_code"', "precedence = 3"), "goes with level = overlay:<kind> only"),
        (('side = "rule"\ninside = "in"', 'side = "outer_edge"'), "inside"),
        (("GB18030", "GB99"), "'GB99' is not known"),
        (("119.2, 26.0, 119.4, 26.2", "119.4, 26.0, 119.2, 26.2"), "west, south, east, north"),
        (('code = "code"\nname = "乡"', 'name = "乡"'), "code: is required"),
        (('name = "鼓楼区街道界线"', "name = 7"), "must be a text, was 7"),
        (("[source]", "[sauce]"), "there is no [source] table"),
        (('notes = "试用"', 'axis_order = "ne"'), "must be xy or yx"),
    ],
)
def test_a_mistake_is_explained(folder: Path, change: tuple[str, str], words: str) -> None:
    with pytest.raises(UnusableSource) as caught:
        parse_source(written(folder, WHOLE.replace(*change)))
    assert words in str(caught.value)


def test_a_declaration_without_layers(folder: Path) -> None:
    with pytest.raises(UnusableSource, match=r"there is no \[\[layer\]\]"):
        parse_source(declare(folder))


def test_what_is_no_toml_says_where(folder: Path) -> None:
    with pytest.raises(UnusableSource, match=r"is not TOML.*line 2"):
        parse_source(written(folder, "\nname = = 3\n"))


def test_a_declaration_that_is_not_there_or_not_utf8(folder: Path) -> None:
    with pytest.raises(UnusableSource, match=r"none\.toml: cannot be read"):
        parse_source(folder / "none.toml")
    path = folder / "gbk.toml"
    path.write_bytes(WHOLE.encode("gb18030"))
    with pytest.raises(UnusableSource, match="is not UTF-8"):
        parse_source(path)
