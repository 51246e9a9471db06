"""How numbers and comparisons are said: true figures, and no comparison where there is none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from maps.charts import LEAST_FOR_PERCENT
from maps.reports.model import Cell

DASH = "—"


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """A count beside the same count of another window."""

    name: str
    """``10月``."""
    n: int | None
    """``None`` where no data reach back that far; 0 where there were data and no case."""
    why_not: str = ""
    """What to say where ``n`` is ``None``."""


def count(n: int) -> str:
    """``1,234``."""
    return f"{n:,}"


def share(part: float, whole: float) -> str:
    """``12.3%``; a dash where there is no whole."""
    return f"{part / whole:.1%}" if whole else DASH


def change(now: float, before: float | None) -> float | None:
    """The relative change; ``None`` where there is nothing to compare with, or too little."""
    if before is None or before < LEAST_FOR_PERCENT:
        return None
    return (now - before) / before


def compared_words(now: int, other: Compared, unit: str = "件") -> str:
    """One clause: ``比10月增加56件（+4.8%）``.

    Without comparable data it says so, and never compares with zero: a month before the first case
    was recorded had complaints too.
    """
    if other.n is None:
        return other.why_not or f"{other.name}没有可比数据"
    difference = now - other.n
    if difference == 0:
        return f"与{other.name}持平（{count(other.n)}{unit}）"
    word = "增加" if difference > 0 else "减少"
    percent = change(now, other.n)
    behind = f"（{percent:+.1%}）" if percent is not None else f"（{other.name}为{other.n}{unit}）"
    return f"比{other.name}{word}{count(abs(difference))}{unit}{behind}"


def change_words(label: str, now: int, other: Compared) -> str:
    """Below a headline figure: ``环比 +4.8%``."""
    if other.n is None:
        return f"{label} 无可比数据"
    percent = change(now, other.n)
    if percent is None:
        return f"{label} {now - other.n:+,}件"
    return f"{label} {percent:+.1%}"


def listed(parts: Sequence[str]) -> str:
    """``甲、乙和丙``; empty for none."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{'、'.join(parts[:-1])}和{parts[-1]}"


def cell_words(value: Cell, form: str) -> str:
    """A table cell as it is printed; ``None`` and NaN are a dash."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return DASH
    if isinstance(value, str):
        return value
    if form == "count":
        return f"{value:,.0f}"
    if form == "share":
        return f"{value:.1%}"
    if form == "change":
        return f"{value:+.1%}" if round(value, 3) else "0.0%"
    if form == "signed":
        return f"{value:+,.0f}" if value else "0"
    if form == "rate":
        return f"{value:,.2f}"
    return str(value)


def chinese_number(n: int) -> str:
    """``一`` to ``九十九``, for the numbers of sections."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(n, 10)
    if not 1 <= n <= 99:
        raise ValueError(f"{n} is not from 1 to 99")
    if tens == 0:
        return digits[ones]
    return ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "")
