"""The working calendar: what a day is, where it ends, and files that are not as they should be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from geodata import demo
from geodata.calendar import Calendar, CalendarDay, DayKind, calendar_of
from geodata.calendar_files import CalendarFile, read_calendar
from routing.errors import UserInputError

DEMO = Path(demo.__file__).with_name("calendar_demo.csv")


def _read(folder: Path, *lines: str, known: Calendar | None = None) -> CalendarFile:
    path = folder / "calendar.csv"
    path.write_text("day,kind,name\n" + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return read_calendar(path, known)


def _blocking(read: CalendarFile) -> list[str]:
    return [str(one) for one in read.findings if one.blocking]


@pytest.fixture(scope="module")
def real() -> Calendar:
    read = read_calendar(DEMO)
    assert read.findings == ()
    return calendar_of(read.days)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2024-02-10", "holiday"),  # 春节
        ("2024-02-04", "workday"),
        ("2024-10-12", "workday"),
        ("2025-01-26", "workday"),
        ("2025-01-28", "holiday"),  # 除夕
        ("2025-10-08", "holiday"),
        ("2025-10-09", "weekday"),
        ("2026-01-04", "workday"),
        ("2026-02-23", "holiday"),
        ("2026-02-28", "workday"),
        ("2026-09-20", "workday"),
        ("2026-10-10", "workday"),
        ("2026-11-28", "weekend"),
        ("2026-11-26", "weekday"),
    ],
)
def test_days_of_the_published_notices(real: Calendar, day: str, kind: str) -> None:
    assert real.kind(date.fromisoformat(day)) == kind
    assert real.is_working(date.fromisoformat(day)) is (kind in ("workday", "weekday"))


@pytest.mark.parametrize(("year", "statutory"), [(2024, 11), (2025, 13), (2026, 13)])
def test_a_year_loses_as_many_working_days_as_there_are_statutory_holidays(
    real: Calendar, year: int, statutory: int
) -> None:
    """11 days until 2024, 13 since (全国年节及纪念日放假办法); the rest is moved, not given."""
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    days = [day for day in days if day.year == year]
    weekdays = sum(day.weekday() < 5 for day in days)
    assert weekdays - sum(map(real.is_working, days)) == statutory


def test_past_its_end_it_fails_loudly(real: Calendar) -> None:
    assert real.until == date(2026, 12, 31) and real.since == date(2024, 1, 1)
    assert real.kind(date(2026, 12, 31)) is DayKind.WEEKDAY
    with pytest.raises(UserInputError, match="日历只到 2026-12-31，不含 2027-01-01"):
        real.is_working(date(2027, 1, 1))
    with pytest.raises(UserInputError, match="2023-12-31"):
        real.kind(date(2023, 12, 31))
    with pytest.raises(UserInputError, match="尚未导入"):
        Calendar().kind(date(2026, 1, 1))
    assert Calendar().name(date(2026, 1, 1)) == "" and not Calendar().covers(date(2026, 1, 1))


@pytest.mark.parametrize(
    ("lines", "row", "said"),
    [
        (["2026-13-01,holiday,x"], 2, "'2026-13-01'"),
        (["春节,holiday,x"], 2, "'春节'"),
        (["2026-10-01,off,x"], 2, "'off'"),
        (["2026-10-01,holiday,a", "2026-10-01,workday,b"], 3, "第 2 行"),
        (["1026-10-01,holiday,x"], 2, "1026"),
        (["2026-10-01,holiday,国庆,节,多"], 2, "格"),
    ],
)
def test_a_bad_row_blocks_and_is_named(
    tmp_path: Path, lines: Sequence[str], row: int, said: str
) -> None:
    read = _read(tmp_path, *lines)
    assert read.blocked
    assert any(one.row == row and one.blocking and said in one.message for one in read.findings)


def test_a_missing_year_between_others_blocks(tmp_path: Path) -> None:
    lines = ["2024-10-01,holiday,国庆", "2026-10-01,holiday,国庆"]
    assert any("2025" in told for told in _blocking(_read(tmp_path, *lines)))
    loaded = calendar_of([CalendarDay(day=date(2025, 10, 1), kind=DayKind.HOLIDAY)])
    assert _blocking(_read(tmp_path, *lines, known=loaded)) == []
    # and a year beyond what is loaded must join on to it
    assert any(
        "2026" in told for told in _blocking(_read(tmp_path, "2027-10-01,holiday,x", known=loaded))
    )


def test_what_is_seldom_meant_is_a_reminder(tmp_path: Path) -> None:
    read = _read(
        tmp_path,
        "2026-10-01,holiday,国庆节",
        "2026-10-01,holiday,国庆节",
        "2026-10-12,workday,",  # a Monday
        "2026-06-13,workday,",  # a Saturday with no holiday near
    )
    assert not read.blocked and len(read.days) == 3
    told = {one.row: one.message for one in read.findings}
    assert "重复" in told[3] and "星期一" in told[4] and "没有假期" in told[5]
    assert "1 天放假" in told[None]


def test_an_excel_sheet_with_chinese_headings_reads_the_same(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["2026 年放假安排"],
        ["日期", "类型", "名称"],
        [date(2026, 10, 1), "放假", "国庆节"],
        ["2026年10月10日", "调休上班", "国庆节"],
        ["2026/10/2", "holiday", "国庆节"],
    ):
        sheet.append(row)
    book.save(tmp_path / "c.xlsx")
    read = read_calendar(tmp_path / "c.xlsx")
    assert [(one.day.day, one.kind.value) for one in read.days] == [
        (1, "holiday"),
        (2, "holiday"),
        (10, "workday"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("c.csv", "", "empty"),
        ("c.csv", "tag,art\n2026-10-01,holiday\n", "lacks the column day, kind"),
        ("c.txt", "day,kind\n", "neither .csv nor .xlsx"),
        ("c.xlsx", "no workbook", "no readable Excel workbook"),
    ],
)
def test_a_file_that_is_none_is_one_clear_line(
    tmp_path: Path, name: str, content: str, said: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UserInputError, match=said):
        read_calendar(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserInputError, match=r"nowhere\.csv"):
        read_calendar(tmp_path / "nowhere.csv")


def test_a_file_without_days_says_so(tmp_path: Path) -> None:
    assert _blocking(_read(tmp_path)) == ["全表：没有任何日期；请至少给出一年的放假安排"]
