"""预警 and 派单质量: what early warning found, and where people changed the machine's unit."""

from __future__ import annotations

import numpy as np
from scipy.stats import binomtest

from maps.counts import UNSAID
from maps.reports.figures import Figures
from maps.reports.model import Block, Cell, Column, Section, Table
from maps.reports.wording import count, share

_MOST_ROWS = 20
_LEAST_DECIDED = 20
"""Decisions below which a share is not shown: around one half its 95 % interval is wider
than 40 points."""


def alarms(figures: Figures) -> Section | None:
    """The alarms of the period; ``None`` where early warning is not run."""
    found = figures.material.alarms
    if found is None:
        return None
    window = figures.window
    own = [one for one in found if window.start <= one.day < window.end]
    if not own:
        return Section(title="预警", blocks=[f"{figures.asked.period.name}没有产生预警。"])
    rows: list[tuple[Cell, ...]] = [
        (
            f"{one.day:%Y-%m-%d}",
            one.place,
            one.kind or "全部",
            one.observed,
            round(one.expected, 1),
            one.method,
            one.state,
        )
        for one in sorted(own, key=lambda one: (one.day, one.place, one.kind))
    ]
    open_ = sum(1 for one in own if one.state == "待处理")
    said = f"{figures.asked.period.name}共产生预警{len(own)}条"
    said += f"，其中{open_}条尚未处理。" if open_ else "，均已处理。"
    table = Table(
        title="预警清单",
        columns=(
            Column(title="日期", form="word"),
            Column(title="区域", wide=True),
            Column(title="类别"),
            Column(title="实际（件）", form="count"),
            Column(title="应有（件）", form="rate"),
            Column(title="方法"),
            Column(title="处理", form="word"),
        ),
        rows=rows,
        most=_MOST_ROWS,
    )
    return Section(title="预警", blocks=[said, table])


def misroutes(figures: Figures) -> Section | None:
    """How often people named another unit, by kind; ``None`` where nothing was decided."""
    cases = figures.material.cases
    decided = figures.rows & (cases.overridden >= 0)
    total = int(np.count_nonzero(decided))
    if not total:
        return None
    changed = decided & (cases.overridden == 1)
    over = int(np.count_nonzero(changed))
    names = [*cases.kind.labels, UNSAID]
    by_kind = [n or 0 for n in figures.counted(cases.kind, decided)]
    over_by_kind = [n or 0 for n in figures.counted(cases.kind, changed)]
    said = (
        f"已派单{count(total)}件，其中{count(over)}件改派（{share(over, total)}），"
        "即派单员没有采用系统建议的单位。"
    )
    waiting = figures.total - total
    if waiting:
        said += f"另有{count(waiting)}件尚未派单，不计在内。"
    returned = figures.rows & (cases.returned >= 0)
    blocks: list[Block] = [said]
    if not returned.any():
        blocks.append("退单情况目前没有记录，不等于没有退单。")
    order = sorted(
        (at for at in range(len(names)) if by_kind[at]),
        key=lambda at: (-over_by_kind[at], names[at]),
    )
    rows: list[tuple[Cell, ...]] = []
    few = [at for at in order if by_kind[at] < _LEAST_DECIDED]
    for at in order:
        n, k = by_kind[at], over_by_kind[at]
        if at in few:
            continue
        interval = binomtest(k, n).proportion_ci(method="wilson")
        rows.append((names[at], n, k, k / n, f"{interval.low:.1%}–{interval.high:.1%}"))
    if few:
        together = sum(by_kind[at] for at in few), sum(over_by_kind[at] for at in few)
        name = f"其余{len(few)}类（各不足{_LEAST_DECIDED}件）"
        rows.append((name, *together, None, ""))
    blocks.append(
        Table(
            title="各类诉求改派情况",
            columns=(
                Column(title="类别", wide=True),
                Column(title="已派单（件）", form="count"),
                Column(title="改派（件）", form="count"),
                Column(title="改派占比", form="share"),
                Column(title="95%区间", form="word"),
            ),
            rows=rows,
            most=_MOST_ROWS,
            note="区间为Wilson区间。改派不一定是系统判断有误，也可能是职责另有约定。",
        )
    )
    return Section(title="派单质量", blocks=blocks)
