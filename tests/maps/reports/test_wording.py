"""Numbers and comparisons in words: true, and silent where there is nothing to compare."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.model import TimeWindow
from maps.reports.model import Column, Table, file_name
from maps.reports.periods import (
    day_words,
    days_words,
    last_complete,
    period_for,
    period_of,
)
from maps.reports.wording import (
    Compared,
    cell_words,
    change,
    chinese_number,
    compared_words,
    listed,
)
from routing.errors import UserInputError


def test_a_comparison_says_how_many_and_how_much() -> None:
    assert compared_words(1234, Compared(name="10月", n=1178)) == "比10月增加56件（+4.8%）"
    assert compared_words(90, Compared(name="上周", n=100)) == "比上周减少10件（-10.0%）"
    assert compared_words(7, Compared(name="上周", n=7)) == "与上周持平（7件）"


def test_nothing_to_compare_is_never_zero() -> None:
    unknown = Compared(name="去年11月", n=None, why_not="去年11月没有可比数据")
    assert compared_words(50, unknown) == "去年11月没有可比数据"
    # There were data and no case: that is a zero, and no percentage of it.
    assert compared_words(5, Compared(name="10月", n=0)) == "比10月增加5件（10月为0件）"
    assert change(5, 0) is None
    assert change(9, 3) is None  # +200% of three cases
    assert change(15, 10) == pytest.approx(0.5)


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_the_words_agree_with_the_numbers(now: int, before: int) -> None:
    said = compared_words(now, Compared(name="上期", n=before))
    assert ("增加" in said) is (now > before)
    assert ("减少" in said) is (now < before)
    assert f"{abs(now - before):,}件" in said or now == before


def test_cells() -> None:
    assert cell_words(None, "count") == cell_words(float("nan"), "rate") == "—"
    assert cell_words(1234567, "count") == "1,234,567"
    assert [cell_words(0.0, form) for form in ("share", "change", "rate")] == [
        "0.0%",
        "0.0%",
        "0.00",
    ]
    assert cell_words(-0.0001, "change") == "0.0%"
    assert [cell_words(one, "signed") for one in (56, 0, -3)] == ["+56", "0", "-3"]
    assert cell_words("少于 5 件", "rate") == "少于 5 件"
    with pytest.raises(ValueError, match="money"):
        Column(title="金额", form="money")
    with pytest.raises(ValueError, match="2 cells for 1 columns"):
        Table(title="表", columns=[Column(title="一")], rows=[("甲", 1)])


def test_numbers_of_sections_and_lists() -> None:
    assert [chinese_number(n) for n in (1, 9, 10, 11, 20, 99)] == [
        "一", "九", "十", "十一", "二十", "九十九",
    ]  # fmt: skip
    assert listed([]) == ""
    assert listed(["甲"]) == "甲"
    assert listed(["甲", "乙", "丙"]) == "甲、乙和丙"


def test_calendar_periods_and_what_they_are_compared_with() -> None:
    month = period_for("monthly", date(2026, 3, 31))
    assert (month.window, month.before) == (
        TimeWindow(start=date(2026, 3, 1), end=date(2026, 4, 1)),
        TimeWindow(start=date(2026, 2, 1), end=date(2026, 3, 1)),
    )
    assert (month.name, month.before_name, month.year_name) == ("2026年3月", "2月", "去年3月")
    assert period_for("monthly", date(2026, 1, 5)).before_name == "上年12月"
    week = period_for("weekly", date(2026, 1, 1))  # a Thursday
    assert week.window.start == date(2025, 12, 29)
    assert week.name == "2026年第1周"
    assert week.year_before.start.weekday() == 0  # the same weekdays a year before
    day = period_for("daily", date(2026, 11, 26))
    assert day.name == "2026年11月26日（星期四）"
    leap = period_for("monthly", date(2028, 2, 29))
    assert leap.year_before == TimeWindow(start=date(2027, 2, 1), end=date(2027, 3, 1))
    with pytest.raises(UserInputError, match="yearly"):
        period_for("yearly", date(2026, 1, 1))


def test_any_days_and_whole_months() -> None:
    some = period_of(TimeWindow(start=date(2026, 11, 3), end=date(2026, 11, 13)))
    assert (some.name, some.before_name) == ("2026年11月3日至11月12日", "此前10天")
    assert some.before == TimeWindow(start=date(2026, 10, 24), end=date(2026, 11, 3))
    assert (
        period_of(TimeWindow(start=date(2026, 11, 1), end=date(2026, 12, 1))).name == "2026年11月"
    )
    over = TimeWindow(start=date(2025, 12, 30), end=date(2026, 1, 3))
    assert days_words(over) == "2025年12月30日至2026年1月2日"
    assert day_words(date(2026, 1, 2)) == "2026年1月2日"


def test_the_last_complete_period() -> None:
    monday = date(2026, 11, 23)
    assert last_complete("daily", monday) == date(2026, 11, 22)
    assert last_complete("weekly", monday) == date(2026, 11, 16)
    assert last_complete("weekly", date(2026, 11, 22)) == date(2026, 11, 9)
    assert last_complete("monthly", date(2026, 1, 1)) == date(2025, 12, 1)


@given(st.text(max_size=400))
def test_a_file_name_is_one_that_every_system_takes(title: str) -> None:
    name = file_name(title, "pdf")
    assert name.endswith(".pdf")
    assert len(name.encode()) <= 190
    assert not set('\\/:*?"<>|\0\n\r') & set(name)
    assert not name.startswith((".", " "))


def test_a_name_of_300_characters_is_cut_between_characters() -> None:
    name = file_name("鼓楼区" * 100, "docx")
    assert name.endswith("….docx")
    assert name.startswith("鼓楼区鼓楼区")
    assert file_name("../../etc/passwd", "pdf") == "etc_passwd.pdf"
    assert file_name(" . ", "pdf") == "报告.pdf"
