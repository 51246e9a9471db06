"""诉求类别: what people complain about, and which kinds changed more than they vary anyway."""

from __future__ import annotations

import numpy as np

from maps import charts
from maps.counts import UNSAID
from maps.reports import changes
from maps.reports.figures import Figures
from maps.reports.model import Block, Cell, Column, Picture, Section, Table
from maps.reports.wording import change, count, listed, share

_MOST_BARS = 15
"""Kinds drawn; the table has them all."""
_MOST_NAMED = 3


def kinds(figures: Figures) -> Section | None:
    """Which kinds and how they changed; ``None`` where there are no cases or only one kind."""
    column = figures.material.cases.kind
    names = [*column.labels, UNSAID]
    now = [n or 0 for n in figures.counted(column, figures.rows)]
    before = figures.counted(column, figures.rows_before)
    year = figures.counted(column, figures.rows_year)
    wanted = figures.asked.filters.kinds
    order = [
        at
        for at in sorted(range(len(names)), key=lambda at: (-now[at], names[at]))
        if (now[at] or before[at] or year[at]) and (not wanted or names[at] in wanted)
    ]
    if not figures.total or len(order) < 2:
        return None
    said = changes.verdicts(
        [now[at] for at in order],
        [before[at] for at in order],
        days=figures.window.days,
        days_before=figures.asked.period.before.days,
        spreads=figures.spread(column)[np.array(order)],
    )
    period = figures.asked.period
    blocks: list[Block] = [_largest(figures, names, now, order)]
    moved = _moved(figures, names, now, before, order, said)
    if moved:
        blocks.append(moved)
    shown = order[:_MOST_BARS]
    compared = [before[at] for at in shown] if figures.rows_before is not None else None
    blocks.append(
        Picture(
            png=charts.shares(
                [names[at] for at in shown],
                [now[at] for at in shown],
                total=figures.total,
                compared=compared,
                compared_name=period.before_name,
            ),
            caption=f"{period.name}各类诉求数量"
            + (f"（前{_MOST_BARS}类）" if len(order) > _MOST_BARS else ""),
            alt="；".join(f"{names[at]}{count(now[at])}件" for at in shown[:5]),
        )
    )
    rows: list[tuple[Cell, ...]] = [
        (
            names[at],
            now[at],
            now[at] / figures.total,
            before[at],
            change(now[at], before[at]),
            said[row],
            year[at],
            change(now[at], year[at]),
        )
        for row, at in enumerate(order)
    ]
    rows.append(_sum(figures))
    blocks.append(
        Table(
            title="各类诉求及变化",
            columns=(
                Column(title="类别", wide=True),
                Column(title="受理（件）", form="count"),
                Column(title="占比", form="share"),
                Column(title=f"{period.before_name}（件）", form="count"),
                Column(title="环比", form="change"),
                Column(title="环比判断", form="word"),
                Column(title=f"{period.year_name}（件）", form="count"),
                Column(title="同比", form="change"),
            ),
            rows=rows,
            total=True,
            most=40,
            note="“—”表示没有可比数据，或对比时段不足10件、百分比没有意义。环比判断见“数据与方法说明”。",
        )
    )
    return Section(title="诉求类别", blocks=blocks)


def _largest(figures: Figures, names: list[str], now: list[int], order: list[int]) -> str:
    top = [at for at in order[:_MOST_NAMED] if now[at]]
    parts = [f"{names[at]}（{count(now[at])}件，占{share(now[at], figures.total)}）" for at in top]
    together = sum(now[at] for at in top)
    said = f"数量最多的是{listed(parts)}"
    if len(top) == _MOST_NAMED and len(order) > _MOST_NAMED:
        said += f"，三类合计占{share(together, figures.total)}"
    return f"{said}。"


def _moved(
    figures: Figures,
    names: list[str],
    now: list[int],
    before: list[int | None],
    order: list[int],
    said: list[str | None],
) -> str:
    """Which kinds rose and fell beyond their usual variation."""
    name = figures.asked.period.before_name
    parts = []
    for verdict, word in ((changes.UP, "增加"), (changes.DOWN, "减少")):
        found = [
            (at, now[at] - (before[at] or 0))
            for at, one in zip(order, said, strict=True)
            if one == verdict
        ]
        found.sort(key=lambda one: -abs(one[1]))
        if found:
            listed_ = [
                f"{names[at]}（{difference:+,}件{_percent(now[at], before[at])}）"
                for at, difference in found[:4]
            ]
            more = f"等{len(found)}类" if len(found) > 4 else ""
            parts.append(f"{word}超出日常波动的有{listed(listed_)}{more}")
    if parts:
        return f"与{name}相比，{'；'.join(parts)}。"
    if any(one == changes.SAME for one in said):
        return f"与{name}相比，各类诉求的增减都在日常波动范围内。"
    return ""


def _percent(now: int, before: int | None) -> str:
    relative = change(now, before)
    return f"，{relative:+.1%}" if relative is not None else ""


def _sum(figures: Figures) -> tuple[Cell, ...]:
    before, year = figures.before().n, figures.year().n
    return (
        "合计",
        figures.total,
        1.0 if figures.total else None,
        before,
        change(figures.total, before),
        "",
        year,
        change(figures.total, year),
    )
