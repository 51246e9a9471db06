"""What an analyst asked for, read from the address: window, kinds, channels, ground, measure.

Everything in an address may be typed by hand or shared in a message, so every message here shows
the value that was given and says what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

from werkzeug.datastructures import MultiDict

from app import wiring, words
from maps.model import EPOCH, Areas, Cases, Filters, TimeWindow
from routing.errors import UserInputError
from routing.model import TERRITORIAL_LEVELS, JurisdictionLevel

if TYPE_CHECKING:
    Args = MultiDict[str, str]

DEFAULT_DAYS = 90
"""Days of the window where the address names none: a quarter, the period of a running comparison
in the offices' own reports, and enough for twelve complete weeks of an emerging hot spot."""

COUNTS = {"reports": "件数", "incidents": "事件数"}
MEASURES = {
    "count": "数量",
    "rate": "率",
    "eb": "经验贝叶斯平滑率",
    "local_eb": "局部经验贝叶斯平滑率",
    "oe": "实际/期望比",
}
BY = {"population": "常住人口", "household": "户数", "road_km": "道路里程", "poi": "兴趣点数"}
COMPARISONS = {"none": "不比较", "previous": "环比", "year": "同比", "custom": "自选时段"}

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEARS = range(1990, 2101)
"""Whatever lies outside is a slip of the keyboard; and a window of centuries would cost memory."""
MOST_NAMES = 100
"""Kinds or channels in one address: more than any list of an office; an address ends near 8 kB."""
LONGEST_NAME = 64
"""Characters of a kind, a channel or a code."""


class HasData(Protocol):
    """As much of a ``Snapshot`` as is needed to read an address."""

    @property
    def cases(self) -> Cases: ...

    @property
    def areas(self) -> Mapping[JurisdictionLevel, Areas]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """Everything the address says that more than one answer depends on."""

    filters: Filters
    level: JurisdictionLevel
    """What is coloured."""
    count: str
    """A key of COUNTS."""
    measure: str
    """A key of MEASURES."""
    by: str
    """A key of BY: what a rate is divided by."""
    comparison: str
    """A key of COMPARISONS."""
    compared: TimeWindow | None
    """The other window; ``None`` where nothing is compared."""

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for two views that mean the same, whatever order their addresses have."""
        asked = self.filters
        return (
            (asked.window.first, asked.window.after),
            tuple(sorted(asked.kinds)),
            tuple(sorted(asked.channels)),
            asked.within,
            self.level,
            self.count,
            self.measure,
            self.by,
            (self.compared.first, self.compared.after) if self.compared else None,
        )


def filters_from(args: Args, snapshot: HasData) -> Filters:
    """Return which cases are meant.

    Raises UserInputError, in Chinese, for a day that is none, a window the wrong way round, a
    ground that does not exist, too many or too long names, and a value given twice.
    """
    return Filters(
        window=_window(args, snapshot.cases),
        kinds=_names(args, "kind", "诉求类别"),
        channels=_names(args, "channel", "受理渠道"),
        within=_within(args, snapshot),
    )


def view_from(args: Args, snapshot: HasData) -> View:
    """Return the whole view; raises UserInputError as ``filters_from`` does."""
    filters = filters_from(args, snapshot)
    comparison = choice(args, "compare", COMPARISONS, "none")
    return View(
        filters=filters,
        level=_level(args, snapshot),
        count=choice(args, "count", COUNTS, "reports"),
        measure=choice(args, "measure", MEASURES, "count"),
        by=choice(args, "by", BY, "population"),
        comparison=comparison,
        compared=_compared(args, comparison, filters.window),
    )


def one(args: Args, name: str) -> str:
    """Return the value of a parameter that may be given once; empty where it is not given.

    Raises UserInputError where two different values are given: which was meant cannot be known.
    """
    given = {value.strip() for value in args.getlist(name)} - {""}
    if len(given) > 1:
        shown = "、".join(f"“{short(value)}”" for value in sorted(given)[:3])
        raise UserInputError(f"参数 {name} 给了不止一个值：{shown}；请只保留一个")
    return given.pop() if given else ""


def choice(args: Args, name: str, known: Iterable[str], default: str) -> str:
    """Return one of the known values; raises UserInputError naming them for any other."""
    given = one(args, name)
    if not given:
        return default
    if given not in known:
        raise UserInputError(f"参数 {name} 的值“{short(given)}”不能识别；可用：{'、'.join(known)}")
    return given


def whole(args: Args, name: str, default: int, least: int, most: int) -> int:
    """Return a whole number within limits; raises UserInputError that names them."""
    given = one(args, name)
    if not given:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", given) or not least <= int(given) <= most:
        raise UserInputError(
            f"参数 {name} 的值“{short(given)}”无法使用；请给 {least} 到 {most} 的整数"
        )
    return int(given)


def area_from(given: str, snapshot: HasData, name: str) -> tuple[JurisdictionLevel, str]:
    """Return the jurisdiction written as ``LEVEL:CODE``; UserInputError where there is none."""
    level_name, separator, code = given.partition(":")
    levels = {level.value: level for level in TERRITORIAL_LEVELS}
    if not separator or level_name not in levels:
        raise UserInputError(
            f"参数 {name} 的值“{short(given)}”无法识别；请写成 层级:代码，"
            f"例如 subdistrict:350102008，层级可用：{'、'.join(levels)}"
        )
    level = levels[level_name]
    if level not in snapshot.areas or code not in snapshot.areas[level].place_of:
        raise UserInputError(
            f"没有代码为“{short(code)}”的{words.LEVELS[level]}，或不在您的辖区内；"
            "请从列表中重新选择"
        )
    return level, code


def short(value: str) -> str:
    """As much of a given value as a message needs to be understood."""
    return value if len(value) <= 40 else f"{value[:40]}…"


def last_complete_day(cases: Cases) -> date:
    """Yesterday, or the last day that has a case where that is earlier."""
    yesterday = wiring.today() - timedelta(days=1)
    if not len(cases):
        return yesterday
    return min(yesterday, EPOCH + timedelta(days=int(cases.day.max())))


def _window(args: Args, cases: Cases) -> TimeWindow:
    first, last = _day(args, "from"), _day(args, "to")
    if last is None:
        last = last_complete_day(cases)
        if first is not None and first > last:
            last = max(first, wiring.today())
    if first is None:
        first = last - timedelta(days=DEFAULT_DAYS - 1)
    return _between(first, last, "from", "to")


def _compared(args: Args, comparison: str, window: TimeWindow) -> TimeWindow | None:
    if comparison == "previous":
        return window.before()
    if comparison == "year":
        return window.year_before()
    if comparison == "none":
        return None
    first, last = _day(args, "from2"), _day(args, "to2")
    if first is None or last is None:
        raise UserInputError("选择了与自选时段比较，请同时给出 from2 和 to2，例如 from2=2026-01-01")
    return _between(first, last, "from2", "to2")


def _between(first: date, last: date, from_name: str, to_name: str) -> TimeWindow:
    if last < first:
        raise UserInputError(
            f"时段颠倒：开始日期 {from_name}={first} 晚于结束日期 {to_name}={last}；请对调后重试"
        )
    return TimeWindow(start=first, end=last + timedelta(days=1))


def _day(args: Args, name: str) -> date | None:
    given = one(args, name)
    if not given:
        return None
    try:
        # Only this form: fromisoformat alone would also take week dates and bare digits.
        day = date.fromisoformat(given) if _DAY.fullmatch(given) else None
    except ValueError:
        day = None
    if day is None:
        raise UserInputError(f"日期 {name}={short(given)} 无法识别；请写成 2026-09-01 的样子")
    if day.year not in _YEARS:
        raise UserInputError(
            f"日期 {name}={given} 超出可用范围；请给 {_YEARS[0]} 年到 {_YEARS[-1]} 年之间的日期"
        )
    return day


def _names(args: Args, name: str, called: str) -> frozenset[str]:
    given = frozenset(value.strip() for value in args.getlist(name)) - {""}
    if len(given) > MOST_NAMES:
        raise UserInputError(f"一次选了 {len(given)} 个{called}；最多 {MOST_NAMES} 个，请减少")
    for value in given:
        if len(value) > LONGEST_NAME:
            raise UserInputError(
                f"{called}“{short(value)}”有 {len(value)} 个字；最多 {LONGEST_NAME} 个，"
                "请从列表中选择"
            )
    return given


def _within(args: Args, snapshot: HasData) -> tuple[JurisdictionLevel, str] | None:
    given = one(args, "within")
    return area_from(given, snapshot, "within") if given else None


def _level(args: Args, snapshot: HasData) -> JurisdictionLevel:
    """Communities by default; where a city has none, the level nearest to them that it has."""
    nearest = (
        JurisdictionLevel.COMMUNITY,
        JurisdictionLevel.SUBDISTRICT,
        JurisdictionLevel.DISTRICT,
        JurisdictionLevel.GRID,
    )
    loaded = [level for level in nearest if level in snapshot.areas and len(snapshot.areas[level])]
    default = loaded[0] if loaded else JurisdictionLevel.COMMUNITY
    return JurisdictionLevel(
        choice(args, "level", [level.value for level in TERRITORIAL_LEVELS], default.value)
    )
