"""Charts of reports: trend, ranking with intervals, shares of kinds, weekday by hour.

Like maps, made with matplotlib's Figure alone; all words are Chinese, numbers have thousands
separators, and nothing is left to matplotlib's defaults.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from maps import fonts
from maps.drawing.style import (
    ACCENT,
    COMPARED,
    INK,
    INK_2,
    INK_3,
    MM_PER_INCH,
    RULE,
    WARM,
    size_named,
)
from routing.errors import UserInputError

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
LEAST_FOR_PERCENT = 10
"""Cases before, below which no percentage is written: from 3 to 9 is six cases, and "+200%" would
be read as a disaster."""
_ROW_MM = 6.2
"""Height of one bar with its name at 7 points."""
_HEAT = LinearSegmentedColormap.from_list("calls", ["#f3f6f9", "#9fc1e0", "#1a5fa6", "#0b2b50"])


def trend(
    steps: Sequence[date],
    counts: Sequence[int],
    *,
    name: str,
    step: str = "day",
    compared: Sequence[int] | None = None,
    compared_name: str = "",
    complete: Sequence[bool] | None = None,
    holidays: Sequence[tuple[date, str]] = (),
    form: str = "png",
) -> bytes:
    """Counts per step as a line; another window as a thin grey one, place by place.

    Days that are not complete are drawn dashed. ``holidays`` (day, name) are shaded; a name is
    written once for days in a row. No steps give an empty frame that says 没有数据.
    """
    figure, axes = _chart()
    at = np.arange(len(steps))
    values = np.asarray(counts, dtype=float)
    if not len(steps):
        return _empty(figure, axes, form)
    if step == "day":
        _shade(axes, steps, holidays)
    if compared is not None:
        other = np.asarray(compared[: len(steps)], dtype=float)
        axes.plot(at[: len(other)], other, color=COMPARED, linewidth=1.0, label=compared_name)
    whole = np.ones(len(steps), bool) if complete is None else np.asarray(complete, dtype=bool)
    last = int(np.flatnonzero(whole)[-1]) + 1 if whole.any() else 0
    marks: dict[str, Any] = {"marker": "o", "markersize": 2.6} if len(steps) <= 62 else {}
    axes.plot(at[:last], values[:last], color=ACCENT, linewidth=1.6, label=name, **marks)
    if last < len(steps):
        begin = max(last - 1, 0)
        axes.plot(
            at[begin:], values[begin:], color=ACCENT, linewidth=1.2, linestyle=":",
            label="统计期未满",
        )  # fmt: skip
    if len(steps) == 1:
        axes.plot(at, values, marker="o", color=ACCENT)
    ticks = _ticks(len(steps))
    axes.set_xticks(ticks, [_step_words(steps[one], step) for one in ticks])
    axes.set_xlim(-0.5, len(steps) - 0.5)
    top = max(float(values.max()), float(np.max(compared)) if compared else 0.0, 1.0)
    axes.set_ylim(0, top * 1.15)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    _finish(axes, unit="件")
    axes.legend(
        loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3, frameon=False, fontsize=7,
        labelcolor=INK_2, borderaxespad=0.1,
    )  # fmt: skip
    return _saved(figure, form)


def ranking(
    names: Sequence[str],
    values: Sequence[float],
    *,
    unit: str,
    low: Sequence[float] | None = None,
    high: Sequence[float] | None = None,
    whole: float | None = None,
    whole_name: str = "全市",
    digits: int = 0,
    form: str = "png",
) -> bytes:
    """Bars from the first name down, with intervals where given and the whole as a line.

    The order is the caller's. NaN draws no bar and says 不公布.
    """
    shown = np.asarray(values, dtype=float)
    figure, axes = _chart(height_mm=14 + _ROW_MM * max(len(names), 1))
    if not len(names):
        return _empty(figure, axes, form)
    at = np.arange(len(names))[::-1]
    known = np.isfinite(shown)
    axes.barh(at[known], shown[known], height=0.62, color=ACCENT)
    edge = shown.copy()
    if low is not None and high is not None:
        down, up = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
        with_both = known & np.isfinite(down) & np.isfinite(up)
        axes.hlines(at[with_both], down[with_both], up[with_both], color=INK, linewidth=0.9)
        for one in (down, up):
            axes.vlines(
                one[with_both], at[with_both] - 0.14, at[with_both] + 0.14, color=INK, lw=0.9
            )
        edge = np.where(with_both, np.fmax(edge, up), edge)
    top = float(np.nanmax(edge)) if known.any() else 1.0
    for place, value, end in zip(at, shown, edge, strict=True):
        words = f"{value:,.{digits}f}" if np.isfinite(value) else "数量过少，不公布"
        right = (end if np.isfinite(end) else 0.0) + top * 0.012
        _beside(axes, right, place, words)
    if whole is not None and np.isfinite(whole):
        axes.axvline(whole, color=WARM, linewidth=0.9, linestyle=(0, (4, 2)))
        axes.text(
            whole, len(names) - 0.42, f"{whole_name} {whole:,.{digits}f}", fontsize=6.8,
            color=WARM, ha="center", va="bottom",
        )  # fmt: skip
    axes.set_yticks(at, [_short(name, 16) for name in names])
    axes.set(xlim=(0, max(top, 1e-9) * 1.13), ylim=(-0.6, len(names) - 0.4))
    _finish(axes, unit=unit, lying=True)
    return _saved(figure, form)


def shares(
    names: Sequence[str],
    counts: Sequence[int],
    *,
    total: int | None = None,
    compared: Sequence[int | None] | None = None,
    compared_name: str = "",
    form: str = "png",
) -> bytes:
    """Kinds as bars with number, share and, where there is another window, the change.

    Shares are of ``total``, by default of the kinds given: not the same where some are left out.
    """
    figure, axes = _chart(height_mm=12 + _ROW_MM * max(len(names), 1))
    if not len(names):
        return _empty(figure, axes, form)
    values = np.asarray(counts, dtype=float)
    whole, at = values.sum() if total is None else total, np.arange(len(names))[::-1]
    axes.barh(at, values, height=0.62, color=ACCENT)
    if compared is not None:
        for place, before in zip(at, compared, strict=True):
            if before is not None:
                axes.vlines(before, place - 0.36, place + 0.36, color=INK, linewidth=1.3)
    top = max(values.max(), max((one or 0 for one in compared), default=0) if compared else 0, 1)
    for row, (place, value) in enumerate(zip(at, values, strict=True)):
        before = compared[row] if compared is not None else None
        right = max(value, before or 0) + top * 0.012
        words = f"{value:,.0f}件  {value / whole:.1%}" if whole else "0件"
        if before is not None and before >= LEAST_FOR_PERCENT:
            words += f"  {(value - before) / before:+.1%}"
        _beside(axes, right, place, words)
    axes.set_yticks(at, [_short(name, 12) for name in names])
    axes.set(xlim=(0, top * 1.24), ylim=(-0.6, len(names) - 0.4))
    unit = "件" if compared is None else f"件（竖线为{compared_name}）"
    _finish(axes, unit=unit, lying=True, whole=True)
    return _saved(figure, form)


def week(counts: NDArray[Any], *, form: str = "png") -> bytes:
    """Cases by weekday (7 rows from Monday) and hour (24 columns), as shaded fields with totals."""
    values = np.asarray(counts, dtype=float)
    if values.shape != (7, 24):
        raise ValueError(f"weekday by hour is {values.shape}, not (7, 24)")
    figure, axes = _chart(height_mm=56)
    top = max(values.max(), 1.0)
    axes.pcolormesh(
        np.arange(25),
        np.arange(8),
        values,
        cmap=_HEAT,
        vmin=0,
        vmax=top,
        edgecolors="white",
        lw=0.7,
    )
    for (row, hour), value in np.ndenumerate(values):
        if value:
            axes.text(
                hour + 0.5, row + 0.5, f"{value:,.0f}", fontsize=4.8, ha="center",
                va="center_baseline", color="white" if value > 0.45 * top else INK_2,
            )  # fmt: skip
    for row, total in enumerate(values.sum(axis=1)):
        axes.text(
            24.3, row + 0.5, f"{total:,.0f}件", fontsize=6.5, va="center_baseline", color=INK_2
        )
    axes.set(xlim=(0, 26), ylim=(7, 0))
    axes.set_yticks(np.arange(7) + 0.5, list(WEEKDAYS))
    axes.set_xticks(np.arange(0, 25, 3), [f"{hour}时" for hour in range(0, 25, 3)])
    axes.tick_params(length=0, labelsize=7, labelcolor=INK_2)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return _saved(figure, form)


def _chart(height_mm: float | None = None) -> tuple[Figure, Axes]:
    fonts.prepare()
    size = size_named("chart")
    width, height = size.width_mm, height_mm or size.height_mm
    figure = Figure(
        figsize=(width / MM_PER_INCH, height / MM_PER_INCH),
        dpi=size.dpi,
        facecolor="white",
        layout=ConstrainedLayoutEngine(w_pad=0.03, h_pad=0.03),
    )
    return figure, figure.add_subplot()


def _finish(axes: Axes, *, unit: str, lying: bool = False, whole: bool = False) -> None:
    """Quiet frame: one baseline, a light grid across the bars or below the line, the unit."""
    for name, spine in axes.spines.items():
        spine.set_visible(name == ("left" if lying else "bottom"))
        spine.set(edgecolor=INK_3, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.grid(axis="x" if lying else "y", color=RULE, linewidth=0.4, alpha=0.7)
    axes.tick_params(length=0, labelsize=7, labelcolor=INK_2)
    numbers = axes.xaxis if lying else axes.yaxis
    numbers.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    if lying:
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=whole))
        axes.tick_params(axis="y", labelcolor=INK, labelsize=7.2)
        axes.set_xlabel(unit, fontsize=6.8, color=INK_2, loc="right")
    else:
        axes.set_title(f"（{unit}）", fontsize=6.8, color=INK_2, loc="left", pad=3)


def _shade(axes: Axes, steps: Sequence[date], holidays: Sequence[tuple[date, str]]) -> None:
    place = {day: at for at, day in enumerate(steps)}
    for at, day in enumerate(steps):
        if day.weekday() >= 5 and len(steps) <= 100:
            axes.axvspan(at - 0.5, at + 0.5, color="#f1f4f7", linewidth=0, zorder=0)
    for day, name in holidays:
        if day in place:
            axes.axvspan(
                place[day] - 0.5, place[day] + 0.5, color="#fde8d9", linewidth=0, zorder=0.1
            )
            if (day - timedelta(days=1), name) not in holidays:
                axes.text(
                    place[day] - 0.4, 0.97, _short(name, 6), fontsize=6.2, color=WARM, va="top",
                    transform=axes.get_xaxis_transform(),
                )  # fmt: skip


def _beside(axes: Axes, x: float, y: float, words: str) -> None:
    """A number after its bar, readable also where a line crosses it."""
    axes.text(
        x, y, words, fontsize=6.8, color=INK_2, va="center_baseline", zorder=5,
        path_effects=[patheffects.withStroke(linewidth=2, foreground="white")],
    )  # fmt: skip


def _ticks(n: int) -> NDArray[Any]:
    every = max(1, -(-n // 12))  # a dozen dates fit beside each other
    return np.arange(0, n, every)


def _step_words(day: date, step: str) -> str:
    if step == "month":
        return f"{day.year}年{day.month}月" if day.month == 1 else f"{day.month}月"
    return f"{day.month}月{day.day}日"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _empty(figure: Figure, axes: Axes, form: str) -> bytes:
    axes.set_axis_off()
    axes.text(0.5, 0.5, "没有数据", ha="center", va="center", color=INK_3, fontsize=9)
    return _saved(figure, form)


def _saved(figure: Figure, form: str) -> bytes:
    if form not in ("png", "svg"):
        raise UserInputError(f"picture form {form!r} is unknown; use png or svg")
    made = io.BytesIO()
    figure.savefig(made, format=form, metadata={"Date": None} if form == "svg" else None)
    return made.getvalue()
