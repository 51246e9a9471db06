"""``shudi explain``: the whole why, in Chinese or as JSON."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.app.drawn_city import shudi, source, table

RULES = """
version = "2026-09"
[[rule]]
id = "street-light"
category = ["路灯"]
lead = "JSJ"
co = ["subdistrict"]
basis = "路灯管理办法（2026-01-01）"
effective_from = 2026-01-01
[[rule]]
id = "never-tried"
category = ["漏水", "路灯"]
lead = "subdistrict"
effective_from = 2026-01-01
"""
UNITS = """code,name,kind,parent_code
Q,区,district,
JSJ,区建设局,department,Q
W,西街道办,subdistrict,Q
E,东街道办,subdistrict,Q
"""


@pytest.fixture
def city(tmp_path: Path) -> list[object]:
    (tmp_path / "rules.toml").write_text(RULES)
    (tmp_path / "units.csv").write_text(UNITS)
    return ["-b", source(tmp_path), "--rules", tmp_path / "rules.toml",
            "--units", tmp_path / "units.csv", "--date", "2026-02-01"]  # fmt: skip


def test_the_text_tells_place_territory_rules_advice_and_versions(city: list[object]) -> None:
    done = shudi("explain", "路灯不亮", *city, "--point", "119.2999,26.075", "--crs", "WGS84",
                 "--category", "路灯")  # fmt: skip
    assert done.code == 0, done.err
    for said in (
        "诉求：路灯不亮",
        "类别：路灯",
        "以 2026-02-01 为准",
        "119.2999000, 26.0750000（WGS 84；来件 WGS84 119.2999,26.075）",
        "误差半径 30 米",
        "街道（镇）",
        "→ 西街道（W）：份额 ",
        "东街道（E）：份额 ",
        "距其界线 10.0 米",
        "1. street-light：采用",
        "2. never-tried：未再判断",
        "主办：区建设局（JSJ）",
        "协办：西街道办（W）",
        "兜底：西街道办（W）",
        "near_edge",
        "路灯管理办法（2026-01-01）",
        "版本：界线 城@2020-01-01#",
        "规则 2026-09",
    ):
        assert said in done.out, f"{said!r} is missing in\n{done.out}"


def test_json_has_the_columns_of_a_decision_with_candidates_and_trace(city: list[object]) -> None:
    from geodata.decisions import DECIMALS

    done = shudi("explain", "路灯不亮", *city, "--point", "119.30,26.075", "--crs", "WGS84",
                 "--category", "路灯", "--format", "json")  # fmt: skip
    shown = json.loads(done.out)
    assert DECIMALS.keys() <= shown.keys()
    assert {one["code"] for one in shown["candidates"]} == {"E", "W"}
    assert sum(one["share"] for one in shown["candidates"]) == pytest.approx(1.0, abs=1e-3)
    assert [step["outcome"] for step in shown["trace"]] == ["matched", "not_tried"]
    assert "tie" in shown["reasons"].split(";")
    assert (shown["lon"], shown["lat"], shown["radius_m"]) == (119.3, 26.075, 30.0)


def test_explain_and_route_give_the_same_decision(tmp_path: Path, city: list[object]) -> None:
    (tmp_path / "in.csv").write_text("id,lon,lat,category\nexplain,119.2999,26.075,路灯\n")
    at = city.index("--date")
    on_files = [*city[:at], *city[at + 2 :]]
    out = tmp_path / "out.csv"
    done = shudi("route", tmp_path / "in.csv", *on_files, "--as-of", "2026-02-01",
                 "--crs", "WGS84", "-o", out)  # fmt: skip
    assert done.code == 0, done.err
    explained = shudi("explain", "x", *city, "--point", "119.2999,26.075", "--crs", "WGS84",
                      "--category", "路灯", "--format", "json")  # fmt: skip
    shown = json.loads(explained.out)
    with out.open(encoding="utf-8", newline="") as file:
        for name, value in next(csv.DictReader(file)).items():
            other = shown[name]
            if isinstance(other, float):
                assert float(value) == pytest.approx(other), name
            else:
                assert value == (other or ""), name


def test_words_that_no_gazetteer_has_are_unlocated(tmp_path: Path, city: list[object]) -> None:
    row = 'a,西门小区,compound,"POINT (119.295 26.075)",EPSG:4326'
    names = table(tmp_path, f"place_id,name,kind,wkt,crs\n{row}\n", "names.csv")
    done = shudi("explain", "西洪路路灯不亮", *city, "-g", names, "--city", "350102")
    assert done.code == 0, done.err
    assert "位置：未知" in done.out
    assert "建议：未能定位" in done.out
    assert "人工研判队列" in done.out


def test_a_point_in_another_datum_is_converted(city: list[object]) -> None:
    # GCJ-02 shifts this place about 500 m east, over the border
    given = ["--point", "119.3035,26.075", "--format", "json"]
    in_gcj = json.loads(shudi("explain", "x", *city, *given, "--crs", "GCJ-02").out)
    in_wgs = json.loads(shudi("explain", "x", *city, *given, "--crs", "WGS84").out)
    assert (in_gcj["unit_code"], in_wgs["unit_code"]) == ("W", "E")


def test_hostile_words_do_not_steer_the_terminal(city: list[object]) -> None:
    # one argument of a command line holds at most 128 KiB
    words = "\x1b[2J路灯\u202e" + "长" * 20_000
    done = shudi("explain", words, *city, "--point", "119.295,26.075", "--crs", "WGS84")
    assert done.code == 0, done.err
    assert "\x1b" not in done.out
    assert "\u202e" not in done.out
    assert "共 20007 字" in done.out


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (["--point", "119.3,26.07"], "without a CRS; add --crs"),
        (["--point", "119.3", "--crs", "WGS84"], "is not LON,LAT"),
        (["--point", "a,b", "--crs", "WGS84"], "is not LON,LAT"),
        (["--point", "nan,26", "--crs", "WGS84"], "不是有限的数"),
        (["--point", "0,0", "--crs", "WGS84"], "(0, 0)"),
        (["--point", "26.07,119.3", "--crs", "WGS84"], "写反了"),
        (["--point", "119.3,26.07", "--crs", "MARS"], "unknown CRS 'MARS'"),
        (["--point", "119.3,26.07", "--crs", "WGS84", "--accuracy", "-1"], "is not a radius"),
        (["--crs", "WGS84"], "without --point"),
        (["--date", "2026-13-01"], "is not a date"),
    ],
)
def test_a_call_that_cannot_be_used(city: list[object], extra: list[str], message: str) -> None:
    done = shudi("explain", "x", *city, *extra)
    assert done.code == 2
    assert message in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert done.out == ""


def test_nothing_to_explain(city: list[object]) -> None:
    done = shudi("explain", *city)
    assert done.code == 2
    assert "neither words nor --point" in done.err
