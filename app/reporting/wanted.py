"""What somebody asked a report to be about, as it is checked, stored and read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from geodata.database import Scope
from maps.model import TimeWindow
from maps.reports.periods import KINDS, Period, period_for, period_of
from routing.errors import UserInputError
from routing.model import TERRITORIAL_LEVELS, JurisdictionLevel

FORMATS = {"pdf": "PDF", "docx": "Word", "xlsx": "Excel"}
MIMES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LONGEST_TITLE = 300
"""Characters; longer than any document's title, short enough for a page."""
MOST_KINDS = 100
MOST_DAYS = 1096
"""Days of a special report: three years, so that two of them can be compared."""
_YEARS = range(1990, 2101)

Ground = tuple[JurisdictionLevel, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """One report."""

    kind: str
    """A key of ``maps.reports.periods.KINDS``."""
    first: date
    last: date
    """Last day, included."""
    within: Ground | None = None
    """``None`` is everything that the scope holds."""
    kinds: tuple[str, ...] = ()
    """诉求类别; empty means all."""
    formats: tuple[str, ...] = ("pdf",)
    """Keys of FORMATS."""
    title: str = ""
    """Empty gives the usual title."""
    subdistrict: str | None = None
    """The only subdistrict that the one who asked may see; ``None`` for the whole city."""

    @property
    def scope(self) -> Scope | None:
        """The rows it is made from, enforced by the database."""
        return Scope(subdistrict=self.subdistrict) if self.subdistrict else None

    @property
    def period(self) -> Period:
        """Its days, and those it is compared with."""
        if self.kind == "special":
            return period_of(TimeWindow(start=self.first, end=self.last + timedelta(days=1)))
        return period_for(self.kind, self.first)

    def as_json(self) -> dict[str, Any]:
        """As it is stored with the job."""
        return {
            "kind": self.kind,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "within": f"{self.within[0].value}:{self.within[1]}" if self.within else None,
            "kinds": list(self.kinds),
            "formats": list(self.formats),
            "title": self.title,
            "scope": {"subdistrict": self.subdistrict},
        }


def wanted_from(given: Mapping[str, Any]) -> Wanted:
    """Read back what ``as_json`` wrote."""
    return wanted(
        kind=given["kind"],
        first=date.fromisoformat(given["from"]),
        last=date.fromisoformat(given["to"]),
        within=given.get("within") or "",
        kinds=given.get("kinds") or (),
        formats=given.get("formats") or ("pdf",),
        title=given.get("title") or "",
        subdistrict=(given.get("scope") or {}).get("subdistrict"),
    )


def wanted(
    *,
    kind: str,
    first: date,
    last: date | None = None,
    within: str = "",
    kinds: Sequence[str] = (),
    formats: Sequence[str] = ("pdf",),
    title: str = "",
    subdistrict: str | None = None,
) -> Wanted:
    """Return a checked wish; every UserInputError is Chinese and shows the value.

    For a daily, weekly or monthly report ``first`` is any day of the period, and ``last`` is not
    asked. ``within`` is ``LEVEL:CODE``; whether it exists is seen when the report is made.
    """
    if kind not in KINDS:
        raise UserInputError(f"报告种类“{kind[:40]}”不能识别；可用：{'、'.join(KINDS)}")
    for day in (first, last or first):
        if day.year not in _YEARS:
            raise UserInputError(f"日期 {day} 超出可用范围；请给 1990 年到 2100 年之间的日期")
    if kind == "special":
        if last is None:
            raise UserInputError("专报需要给出开始日期和结束日期")
        if last < first:
            raise UserInputError(f"时段颠倒：开始日期 {first} 晚于结束日期 {last}；请对调后重试")
        if (days := (last - first).days + 1) > MOST_DAYS:
            raise UserInputError(f"时段共 {days} 天，最多 {MOST_DAYS} 天；请缩短")
    else:
        window = period_for(kind, first).window
        first, last = window.start, window.end - timedelta(days=1)
    title = " ".join(title.split())
    if len(title) > LONGEST_TITLE:
        raise UserInputError(f"标题有 {len(title)} 个字，最多 {LONGEST_TITLE} 个；请缩短")
    if len(kinds) > MOST_KINDS:
        raise UserInputError(f"一次选了 {len(kinds)} 个类别，最多 {MOST_KINDS} 个；请减少")
    chosen = tuple(one for one in FORMATS if one in formats)
    unknown = [one for one in formats if one not in FORMATS]
    if unknown or not chosen:
        shown = "、".join(one[:20] for one in unknown) or "（空）"
        raise UserInputError(f"格式“{shown}”不能识别；可用：{'、'.join(FORMATS)}")
    return Wanted(
        kind=kind,
        first=first,
        last=last,
        within=ground_named(within) if within else None,
        kinds=tuple(dict.fromkeys(kinds)),
        formats=chosen,
        title=title,
        subdistrict=subdistrict or None,
    )


def ground_named(given: str) -> Ground:
    """Read ``LEVEL:CODE``; UserInputError for anything else."""
    level, separator, code = given.partition(":")
    levels = {one.value: one for one in TERRITORIAL_LEVELS}
    if not separator or level not in levels or not code:
        raise UserInputError(
            f"范围“{given[:60]}”无法识别；请写成 层级:代码，例如 subdistrict:350102008，"
            f"层级可用：{'、'.join(levels)}"
        )
    return levels[level], code
