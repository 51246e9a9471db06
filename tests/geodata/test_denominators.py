"""Denominator files: every mistake is told with its row, and nothing wrong gets through."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from geodata.denominator_files import DenominatorFile, read_denominators
from geodata.denominators import Denominator, Denominators, denominators_of

TODAY = date(2026, 11, 26)
CODES = {"grid": {"G-1", "G-2"}, "subdistrict": {"350102001"}}
HEADING = "level,code,measure,value,as_of,source\n"


def _read(folder: Path, *lines: str, encoding: str = "utf-8") -> DenominatorFile:
    path = folder / "denominators.csv"
    path.write_text(HEADING + "".join(f"{line}\n" for line in lines), encoding=encoding)
    return read_denominators(path, CODES, TODAY)


def test_a_good_file_has_nothing_to_say(tmp_path: Path) -> None:
    read = _read(
        tmp_path,
        "grid,G-1,population,1200,2020-11-01,七普",
        'grid,G-2,population,"2,300",2020-11-01,七普',
        "subdistrict,350102001,road_km,12.75,2025-12-31,",
    )
    assert read.findings == ()
    held = denominators_of(read.values)
    assert held.values("grid", "population") == {"G-1": 1200, "G-2": 2300}
    assert held.as_of("grid", "population") == date(2020, 11, 1)
    assert held.sources("grid", "population") == ("七普",)
    assert held.measures("grid") == ("population",)
    assert held.values("subdistrict", "road_km") == {"350102001": 12.75}


def test_nothing_loaded_is_empty_and_no_error() -> None:
    held = Denominators()
    assert held.values("grid", "population") == {} and held.as_of("grid", "poi") is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("grid,G-9,population,1,2020-11-01,", "'G-9'"),
        ("street,G-1,population,1,2020-11-01,", "'street'"),
        ("grid,,population,1,2020-11-01,", "编码为空"),
        ("grid,G-1,people,1,2020-11-01,", "'people'"),
        ("grid,G-1,population,-5,2020-11-01,", "-5 是负数"),
        ("grid,G-1,population,约三千人,2020-11-01,", "'约三千人' 不是数字"),
        ("grid,G-1,population,,2020-11-01,", "'' 不是数字"),
        ("grid,G-1,population,nan,2020-11-01,", "'nan'"),
        ("grid,G-1,population,inf,2020-11-01,", "'inf'"),
        ("grid,G-1,population,1_000,2020-11-01,", "'1_000'"),
        ("grid,G-1,population,1,七普,", "'七普'"),
    ],
)
def test_a_bad_row_blocks_and_is_named(tmp_path: Path, line: str, said: str) -> None:
    read = _read(tmp_path, "grid,G-2,population,10,2020-11-01,", line)
    assert read.blocked
    assert [one.row for one in read.findings if one.blocking] == [3]
    assert any(said in one.message for one in read.findings)
    assert [one.code for one in read.values] == ["G-2"]


def test_the_same_thing_twice_blocks(tmp_path: Path) -> None:
    line = "grid,G-1,population,10,2020-11-01,"
    read = _read(tmp_path, line, "grid,G-1,household,4,2020-11-01,", line)
    (told,) = [one for one in read.findings if one.blocking]
    assert told.row == 4 and "第 2 行" in told.message


def test_zero_the_future_and_fractions_are_reminders(tmp_path: Path) -> None:
    read = _read(
        tmp_path,
        "grid,G-1,population,0,2020-11-01,",
        "grid,G-2,population,10.5,2027-01-01,",
    )
    assert not read.blocked and len(read.values) == 2
    told = "".join(map(str, read.findings))
    assert "第 2 行" in told and "10.5 不是整数" in told and "2027-01-01" in told


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    read = _read(tmp_path, "grid,G-1,poi,3,2020-11-01,", "community,C-1,poi,3,2020-11-01,")
    told = [one.message for one in read.findings]
    assert any("1 个网格没有兴趣点数（G-2）" in one for one in told)
    assert any("没有现行的社区界线" in one for one in told)
    assert not read.blocked


def test_words_people_use_and_another_encoding(tmp_path: Path) -> None:
    read = _read(
        tmp_path, "网格,G-1,常住人口,1200,2020年11月1日,第七次人口普查", encoding="gb18030"
    )
    assert read.values == (
        Denominator(
            level="grid", code="G-1", measure="population", value=1200,
            as_of=date(2020, 11, 1), source="第七次人口普查",
        ),
    )  # fmt: skip


def test_excel_keeps_codes_that_are_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["层级", "编码", "指标", "数值", "截止日期"],
        ["街道", 350102001, "户数", 812.0, date(2025, 12, 31)],
        [],
        ["街道", "350102001", "道路里程", 3.25, date(2025, 12, 31)],
    ):
        book.active.append(row)
    book.save(tmp_path / "d.xlsx")
    read = read_denominators(tmp_path / "d.xlsx", CODES, TODAY)
    assert read.findings == ()
    assert [(one.code, one.measure, one.value) for one in read.values] == [
        ("350102001", "household", 812),
        ("350102001", "road_km", 3.25),
    ]
