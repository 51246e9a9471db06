"""Charts: what they say, and that odd data give a picture and no error."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from PIL import Image

from maps import charts
from routing.errors import UserInputError

pytestmark = pytest.mark.usefixtures("small_pictures")

DAYS = [date(2026, 10, 1) + timedelta(days=at) for at in range(31)]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text drawn during the test; the layout draws some twice, they are here once."""
    from matplotlib.text import Text

    texts: list[str] = []
    objects: list[Text] = []
    draw = Text.draw

    def seen(self: Text, *args: Any, **kwargs: Any) -> None:
        if self.get_visible() and self.get_text() and not any(one is self for one in objects):
            objects.append(self)
            texts.append(self.get_text())
        draw(self, *args, **kwargs)

    monkeypatch.setattr(Text, "draw", seen)
    return texts


def _size(png: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(png)).size


def test_a_trend_names_its_windows_and_holidays(said: list[str]) -> None:
    charts.trend(
        DAYS,
        list(range(31)),
        name="2026年10月",
        compared=list(range(30)),
        compared_name="9月",
        complete=[True] * 30 + [False],
        holidays=[(date(2026, 10, day), "国庆节") for day in range(1, 8)],
    )
    assert said.count("国庆节") == 1
    assert {"2026年10月", "9月", "统计期未满", "10月1日"} <= set(said)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_steps_are_drawn(n: int, said: list[str]) -> None:
    assert _size(charts.trend(DAYS[:n], [5] * n, name="本期"))[0] > 400
    assert ("没有数据" in said) is (n == 0)


def test_ranking_shows_intervals_and_says_what_is_hidden(said: list[str]) -> None:
    charts.ranking(
        ["甲街道", "乙" * 40, "丙镇"],
        [3.21, 1.5, float("nan")],
        unit="件/千人",
        low=[2.5, 1.0, float("nan")],
        high=[4.0, 2.2, float("nan")],
        whole=2.0,
        digits=2,
    )
    assert {"3.21", "1.50", "数量过少，不公布", "全市 2.00", "件/千人"} <= set(said)
    assert f"{'乙' * 15}…" in said


def test_shares_say_no_percentage_of_little(said: list[str]) -> None:
    charts.shares(["甲", "乙", "丙"], [60, 9, 0], compared=[50, 3, None], compared_name="9月")
    assert "60件  87.0%  +20.0%" in said
    assert "9件  13.0%" in said
    assert "0件  0.0%" in said
    assert "件（竖线为9月）" in said


def test_shares_are_of_all_also_where_some_are_left_out(said: list[str]) -> None:
    charts.shares(["甲", "乙"], [40, 10], total=100)
    assert {"40件  40.0%", "10件  10.0%"} <= set(said)


def test_nothing_at_all_is_said(said: list[str]) -> None:
    charts.shares([], [])
    charts.ranking([], [], unit="件")
    charts.shares(["甲"], [0])
    assert said.count("没有数据") == 2
    assert "0件" in said


def test_a_week_has_its_totals(said: list[str]) -> None:
    field = np.zeros((7, 24), dtype=int)
    field[2, 9] = 1234
    charts.week(field)
    assert said.count("1,234") == 1
    assert "1,234件" in said
    with pytest.raises(ValueError, match="7, 24"):
        charts.week(np.zeros((24, 7)))


def test_long_lists_make_higher_charts() -> None:
    few = _size(charts.ranking(["甲"] * 3, [1.0] * 3, unit="件"))
    many = _size(charts.ranking(["甲"] * 30, [1.0] * 30, unit="件"))
    assert many[1] > few[1] * 3
    assert many[0] == few[0]


def test_another_form_is_refused() -> None:
    assert b"<svg" in charts.shares(["甲"], [1], form="svg")
    with pytest.raises(UserInputError, match="bmp"):
        charts.shares(["甲"], [1], form="bmp")
