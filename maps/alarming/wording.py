"""Why there is an alarm, in one plain Chinese sentence."""

from __future__ import annotations

from datetime import timedelta

from maps.alarming.methods import EARS_DAY, EARS_WEEK, FARRINGTON
from maps.model import EPOCH

SAME_SPOT_SHARE = 0.8
"""Of the located cases; a real cluster around one spot has distances of metres between its pins."""
ALL_KINDS_WORD = "全部类别"
CITY = "全市"


def number(value: float) -> str:
    """Whole, or with one decimal: 3.1, 12; thousands apart.

    >>> number(12.04), number(3.14), number(1234.6)
    ('12', '3.1', '1,235')
    """
    if value >= 100 or abs(value - round(value)) < 0.05:
        return f"{value:,.0f}"
    return f"{value:.1f}"


def usual(value: float) -> str:
    """An expected number in words.

    >>> usual(3.14), usual(0.02)
    ('3.1 件左右', '不到 1 件')
    """
    return f"{number(value)} 件左右" if value >= 0.95 else "不到 1 件"


def chance(p: float) -> str:
    """A probability in words.

    >>> chance(0.2), chance(0.004), chance(0.00021), chance(1e-9)
    ('约为 20%', '约为 0.4%', '约为万分之二', '不到万分之一')
    """
    if p < 0.0001:
        return "不到万分之一"
    if p < 0.00095:
        return f"约为万分之{'一二三四五六七八九'[round(p * 10_000) - 1]}"
    return f"约为 {p * 100:.2g}%"


def same_spot(n: int, located: int) -> str:
    """A second sentence where most cases lie on one and the same point; else empty.

    >>> same_spot(9, 10)
    '其中 9 件的坐标完全相同，可能是系统默认点，或同一处反复来电，请先核对。'
    """
    if n < 3 or n < SAME_SPOT_SHARE * located:
        return ""
    return f"其中 {n} 件的坐标完全相同，可能是系统默认点，或同一处反复来电，请先核对。"


def span(first: int, last: int) -> str:
    """Days, both inclusive.

    >>> span(20_778, 20_784)
    '11月21日至27日'
    """
    start, end = EPOCH + timedelta(days=first), EPOCH + timedelta(days=last)
    if start == end:
        return f"{start.month}月{start.day}日"
    month = "" if (start.year, start.month) == (end.year, end.month) else f"{end.month}月"
    return f"{start.month}月{start.day}日至{month}{end.day}日"


_EXPECTED = {
    FARRINGTON: "按往年同期和走势",
    EARS_WEEK: "按此前七周的水平",
    EARS_DAY: "按此前七天的水平和星期规律",
}


def series_sentence(
    *,
    place: str,
    kind: str,
    method: str,
    first: int,
    last: int,
    observed: float,
    expected: float,
    bound: float,
    p: float,
    without: bool,
) -> str:
    """Of a series; ``without`` says that what is already alarmed below was taken away first."""
    what = f"{place}{span(first, last)}的“{kind or ALL_KINDS_WORD}”诉求"
    rest = "，扣除其下已单独预警的部分后，" if without else ""
    return (
        f"{what}{rest}共 {number(observed)} 件；"
        f"{_EXPECTED[method]}应为{_gap(usual(expected))}，一般不超过 {number(bound)} 件。"
        f"如果一切照旧，碰巧多到这个程度的可能性{chance(p)}。"
    )


def cluster_sentence(
    *,
    place: str,
    kind: str,
    first: int,
    last: int,
    communities: int,
    radius_m: float,
    observed: int,
    expected: float,
    recurrence_days: float,
    or_more: bool,
) -> str:
    """Of a cluster; ``or_more`` where no simulation was as large, so that it may be rarer still."""
    more = "以上" if or_more else ""
    around = ""
    if communities > 1:
        around = f"内 {communities} 个相邻社区（半径约 {number(radius_m)} 米）"
    return (
        f"{place}{around}{span(first, last)}的“{kind}”诉求共 {observed} 件，"
        f"按各社区平时的占比应为{_gap(usual(expected))}。"
        f"如果只是巧合，这样的聚集平均要 {number(recurrence_days)} 天{more}才出现一次。"
    )


def _gap(said: str) -> str:
    """A space before a figure, none before a character."""
    return f" {said}" if said[0].isdigit() else said
