"""区域分布: where, as workload and as risk, with what is too few to say left out."""

from __future__ import annotations

import numpy as np

from maps import charts, classes
from maps.counting.columns import Counts
from maps.model import Areas, TimeWindow
from maps.pictures import SHORT_LEVELS, AreaLayer, Key, Notes, draw_map
from maps.rates import RateTable, rate_table
from maps.reports.figures import Figures
from maps.reports.material import Divisor
from maps.reports.model import Block, Cell, Column, Picture, Section, Table, Warn
from maps.reports.parts.overview import by_district
from maps.reports.periods import day_words, days_words
from maps.reports.wording import change, count, listed, share

_MOST_BARS = 15
_MOST_ROWS = 25
_LEAST_EACH = 5
"""Cases per area on average below which a finer table would be mostly hatched."""


def notes_of(
    figures: Figures,
    method: list[str],
    areas: Areas | None,
    *,
    window: TimeWindow | None = None,
) -> Notes:
    """What every map of this report says of itself; ``window`` where it is not of the period."""
    cases = figures.material.cases
    as_of = figures.material.as_of
    rows = figures.rows if window is None else figures.asked.filters.rows(cases, window)
    return Notes(
        period=days_words(window or figures.window),
        located=int(np.count_nonzero(rows & cases.located)),
        total=int(np.count_nonzero(rows)),
        unlocated=by_district(figures, window),
        method=method,
        version=areas.version if areas is not None else "",
        crs=figures.material.crs,
        as_of=f"{day_words(as_of.date())}{as_of:%H:%M}",
    )


def subtitle(figures: Figures) -> str:
    """``2026年11月 · 全市 · 占道经营``."""
    about = "、".join(sorted(figures.asked.filters.kinds)) or "全部类别"
    return " · ".join((figures.asked.period.name, figures.asked.place, about))


def places(figures: Figures) -> Section | None:
    """Map and tables of the areas; ``None`` where the ground has none below it."""
    ranked, mapped = figures.ranked, figures.mapped
    if ranked is None or mapped is None or not figures.total:
        return None
    listed_ = [ranked]
    if figures.detailed is not None and figures.total >= _LEAST_EACH * len(figures.detailed):
        listed_.append(figures.detailed)
    blocks: list[Block] = []
    with_rates = False
    for areas in listed_:
        now = figures.area_counts(areas, figures.rows)
        blocks.append(_largest(areas, now))
        found = _rates(figures, areas, now)
        if found is not None:
            blocks += _risk(figures, areas, *found, draw=not with_rates)
            with_rates = True
        blocks.append(_table(figures, areas, now, found[1] if found else None))
    if not with_rates:
        level = "、".join(SHORT_LEVELS[one.level] for one in listed_)
        blocks.insert(
            1,
            Warn(
                text=f"没有导入{level}的人口、户数等基数，只能列出数量，不能比较发生率；"
                "数量多的区域可能只是人多。"
            ),
        )
    blocks.append(_map(figures, mapped))
    return Section(title="区域分布", blocks=blocks)


def _largest(ranked: Areas, now: Counts) -> str:
    order = np.argsort(-now, kind="stable")
    top = [at for at in order[:3] if now[at]]
    parts = [f"{ranked.names[at]}（{count(int(now[at]))}件）" for at in top]
    level = SHORT_LEVELS[ranked.level]
    none = int((now == 0).sum())
    said = f"{len(ranked)}个{level}中，诉求最多的是{listed(parts)}"
    placed = int(now.sum())
    if len(ranked) > 3 and top:
        most = sum(int(now[at]) for at in top)
        said += f"，合计占可归入{level}的{count(placed)}件的{share(most, placed)}"
    if none:
        said += f"；{none}个{level}没有诉求"
    return f"{said}。"


def _map(figures: Figures, mapped: Areas) -> Picture:
    now = figures.area_counts(mapped, figures.rows)
    # Breaks from this period and the one before, so that two reports in a row are drawn alike.
    both = [now]
    if figures.rows_before is not None:
        both.append(figures.area_counts(mapped, figures.rows_before))
    chosen = classes.fixed(np.concatenate(both), unit="件", k=5, whole=True)
    level = SHORT_LEVELS[mapped.level]
    layer = AreaLayer(
        areas=mapped,
        places=chosen.place(now),
        key=Key(
            title="诉求数量（件）",
            colours=chosen.colours,
            labels=tuple(one.removesuffix(" 件") for one in chosen.labels),
            counted="个",
        ),
    )
    png = draw_map(
        title=f"诉求数量（按{level}）",
        subtitle=subtitle(figures),
        layers=[layer],
        notes=notes_of(figures, [f"方法 按{level}计数，分级取本期与上期的分位数并取整"], mapped),
        outlines=mapped,
        borders=figures.borders,
        names=figures.named,
        ground=figures.material.ground,
    )
    return Picture(
        png=png,
        caption=f"{figures.asked.period.name}各{level}诉求数量",
        alt=f"按{level}着色的诉求数量地图，共{count(int(now.sum()))}件。",
    )


def divisor_for(figures: Figures, areas: Areas) -> Divisor | None:
    """The denominator of a level's rates: population before households and others."""
    order = ("population", "household", "road_km", "poi")
    there = [one for one in figures.material.divisors if one.level is areas.level and one.values]
    return min(there, key=lambda one: order.index(one.measure), default=None)


def _rates(figures: Figures, ranked: Areas, now: Counts) -> tuple[Divisor, RateTable] | None:
    divisor = divisor_for(figures, ranked)
    if divisor is None:
        return None
    over = np.array([divisor.values.get(code, np.nan) for code in ranked.codes])
    return divisor, rate_table(now, over, by=divisor.measure)


def _risk(
    figures: Figures, ranked: Areas, divisor: Divisor, table: RateTable, *, draw: bool
) -> list[Block]:
    measure = table.measure
    shown = table.shown("rate")
    known = np.flatnonzero(np.isfinite(shown))
    if not len(known):
        return [Warn(text=f"{measure.name}基数不足，各区域的发生率均不公布。")]
    order = known[np.argsort(-shown[known], kind="stable")]
    whole = _whole(figures, ranked, divisor, table)
    above = [at for at in order if table.low[at] > whole]
    top = order[0]
    said = (
        f"按{measure.name}{_as_of(divisor)}计算，{figures.asked.place}为{whole:,.2f}{measure.unit}，"
        f"最高的是{ranked.names[top]}（{shown[top]:,.2f}，95%区间"
        f"{table.low[top]:,.2f}–{table.high[top]:,.2f}）"
    )
    if above:
        said += f"；区间下限高于{figures.asked.place}水平的有{len(above)}个"
    hidden = int(table.suppressed.sum())
    if hidden:
        said += f"；{hidden}个因数量过少或缺少基数不公布"
    if not draw:  # one chart of rates is enough for a page
        return [f"{said}。"]
    bars = order[:_MOST_BARS]
    picture = Picture(
        png=charts.ranking(
            [ranked.names[at] for at in bars],
            [float(shown[at]) for at in bars],
            unit=measure.unit,
            low=[float(table.low[at]) for at in bars],
            high=[float(table.high[at]) for at in bars],
            whole=whole,
            whole_name=figures.asked.place,
            digits=2,
        ),
        caption=f"{figures.asked.period.name}各{SHORT_LEVELS[ranked.level]}发生率及95%区间"
        + (f"（前{_MOST_BARS}）" if len(order) > _MOST_BARS else ""),
        alt=f"发生率排序，最高{ranked.names[top]}{shown[top]:,.2f}{measure.unit}。",
    )
    return [f"{said}。", picture]


def _whole(figures: Figures, ranked: Areas, divisor: Divisor, table: RateTable) -> float:
    over = np.array([divisor.values.get(code, np.nan) for code in ranked.codes])
    now = figures.area_counts(ranked, figures.rows)
    known = np.isfinite(over) & (over > 0)
    return float(now[known].sum() / over[known].sum() * table.measure.per)


def _as_of(divisor: Divisor) -> str:
    when = f"{divisor.as_of.year}年{divisor.as_of.month}月" if divisor.as_of else "日期不详"
    return f"（{when}，{divisor.source}）" if divisor.source else f"（{when}）"


def _table(figures: Figures, ranked: Areas, now: Counts, rates: RateTable | None) -> Table:
    before = figures.by_area(ranked, figures.rows_before)
    year = figures.by_area(ranked, figures.rows_year)
    period = figures.asked.period
    columns = [
        Column(title=SHORT_LEVELS[ranked.level], wide=True),
        Column(title="受理（件）", form="count"),
        Column(title="占比", form="share"),
        Column(title=f"{period.before_name}（件）", form="count"),
        Column(title="环比", form="change"),
        Column(title="同比", form="change"),
    ]
    if rates is not None:
        columns += [
            Column(title=rates.measure.unit, form="rate"),
            Column(title="95%区间", form="word"),
            Column(title="标化比", form="rate"),
        ]
    rows: list[tuple[Cell, ...]] = []
    for at in np.argsort(-now, kind="stable"):
        n = int(now[at])
        row: list[Cell] = [
            ranked.names[at],
            n,
            n / figures.total if figures.total else None,
            before[at],
            change(n, before[at]),
            change(n, year[at]),
        ]
        if rates is not None:
            why = rates.why[at]
            row += (
                [why, "", why]
                if why
                else [
                    float(rates.rate[at]),
                    f"{rates.low[at]:,.2f}–{rates.high[at]:,.2f}",
                    float(rates.oe[at]),
                ]
            )
        rows.append(tuple(row))
    elsewhere = figures.total - int(now.sum())
    if elsewhere:
        rest: list[Cell] = ["未归入", elsewhere, elsewhere / figures.total, None, None, None]
        rows.append(tuple(rest + [None] * (len(columns) - len(rest))))
    return Table(
        title=f"各{SHORT_LEVELS[ranked.level]}诉求",
        columns=columns,
        rows=rows,
        most=_MOST_ROWS,
        note="按数量排序，不是优劣排名：数量受人口、面积和市民反映意愿影响。"
        + ("标化比为实际件数与按全域发生率应有件数之比。" if rates is not None else ""),
    )
