"""热点: where complaints lie closer together than chance puts them, now and over the last weeks."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from maps import emerging, hotspots, weights
from maps.counting.columns import places as place_of_labels
from maps.model import Areas, Method, TimeWindow
from maps.pictures import NO_CLASS, SHORT_LEVELS, AreaLayer, Key, draw_map
from maps.reports.figures import Figures
from maps.reports.model import Block, Cell, Column, Picture, Section, Table, Warn
from maps.reports.parts.places import notes_of, subtitle
from maps.reports.periods import days_words
from maps.reports.wording import count, listed

_BINS = (
    (3, "热点（99%）", "#b2182b"),
    (2, "热点（95%）", "#ef8a62"),
    (1, "热点（90%）", "#fddbc7"),
    (0, "不显著", "#f2f2ef"),
    (-1, "冷点（90%）", "#d1e5f0"),
    (-2, "冷点（95%）", "#67a9cf"),
    (-3, "冷点（99%）", "#2166ac"),
)
_LEAST_AREAS = 30
"""Gi* standardises by the city's own spread; ArcGIS asks for 30 features likewise."""
_WEEKS = 26
"""Weeks of the cube: half a year, so that a pattern has room to begin and to end."""
_MOST_ROWS = 15


def spots(figures: Figures) -> Section | None:
    """Gi* of the period and the classes of emerging hot spots; ``None`` for a daily report.

    A day has too few cases for either; early warning looks at days.
    """
    areas = figures.mapped
    if figures.asked.kind == "daily" or areas is None or not figures.total:
        return None
    if len(areas) < _LEAST_AREAS:
        level = SHORT_LEVELS[areas.level]
        text = f"范围内只有{len(areas)}个{level}，少于{_LEAST_AREAS}个，不做热点检验。"
        return Section(title="热点", blocks=[Warn(text=text)])
    around = weights.contiguity(areas)
    return Section(
        title="热点", blocks=[*_now(figures, areas, around), *_emerging(figures, areas, around)]
    )


def method_lines(method: Method) -> list[str]:
    """A method as the short lines beside a map."""
    said = [f"方法 {method.name}（n={method.n:,}）", f"原假设 {method.null}"]
    if method.permutations:
        said.append(f"置换 {method.permutations:,}次，种子{method.seed}")
    if method.correction:
        said.append(f"校正 {method.correction}")
    said += [f"{name} {value}" for name, value in method.choices.items()]
    return said


def _now(figures: Figures, areas: Areas, around: weights.Weights) -> list[Block]:
    counts = figures.area_counts(areas, figures.rows)
    found = hotspots.gi_star(counts.astype(np.float64), around)
    level = SHORT_LEVELS[areas.level]
    hot = np.flatnonzero(found.hot)
    blocks: list[Block] = []
    if not len(hot):
        blocks.append(
            f"{figures.asked.period.name}没有检出统计上显著的热点{level}"
            "：各处多少的差别不能排除是偶然。"
        )
    else:
        order = hot[np.argsort(found.q[hot], kind="stable")]
        named = [f"{areas.names[at]}（{count(int(counts[at]))}件）" for at in order[:5]]
        more = f"等{len(hot)}个{level}" if len(hot) > 5 else ""
        blocks.append(
            f"{len(hot)}个{level}连同相邻区域的诉求显著多于随机分布（q≤0.05）："
            f"{listed(named)}{more}。"
        )
    blocks += [Warn(text=f"{one.rstrip('。')}。") for one in found.method.warnings]
    if not found.bin.any():
        return blocks  # a map of nothing would take half a page
    key = Key(
        title="Gi* 热点与冷点",
        colours=tuple(colour for _, _, colour in _BINS),
        labels=tuple(label for _, label, _ in _BINS),
        counted="个",
    )
    place = {number: at for at, (number, _, _) in enumerate(_BINS)}
    png = draw_map(
        title=f"热点与冷点（Gi*，按{level}）",
        subtitle=subtitle(figures),
        layers=[
            AreaLayer(areas=areas, places=np.array([place[int(one)] for one in found.bin]), key=key)
        ],
        notes=notes_of(figures, method_lines(found.method), areas),
        outlines=areas,
        borders=figures.borders,
        names=figures.named,
        ground=figures.material.ground,
    )
    blocks.append(
        Picture(
            png=png,
            caption=f"{figures.asked.period.name}热点与冷点{level}（已做多重检验校正）",
            alt=f"{len(hot)}个热点{level}，{int(found.cold.sum())}个冷点{level}。",
        )
    )
    if len(hot):
        order = hot[np.argsort(-found.z[hot], kind="stable")]
        rows: list[tuple[Cell, ...]] = [
            (
                areas.names[at],
                figures.material.names.get(areas.parents[at], areas.parents[at]) or None,
                int(counts[at]),
                float(found.z[at]),
                _q_words(float(found.q[at])),
            )
            for at in order
        ]
        blocks.append(
            Table(
                title=f"热点{level}",
                columns=(
                    Column(title=level, wide=True),
                    Column(title="所属", form="word"),
                    Column(title="受理（件）", form="count"),
                    Column(title="Gi* z值", form="rate"),
                    Column(title="校正后q值", form="word"),
                ),
                rows=rows,
                most=_MOST_ROWS,
                note="热点是该区域与相邻区域合起来的件数显著偏多，不是单个区域件数最多。"
                "冷点只说明诉求少，不说明没有问题。",
            )
        )
    return blocks


def _q_words(q: float) -> str:
    return "<0.001" if q < 0.001 else f"{q:.3f}"


def _cube(figures: Figures, areas: Areas) -> emerging.Cube | None:
    """Whole weeks up to the period's end or the data's, whichever is earlier; at least ten."""
    if figures.first_day is None:
        return None
    until = min(figures.window.end, figures.material.as_of.date())
    until -= timedelta(days=until.weekday())  # weeks begin on Monday; a running one is left off
    first = _monday_from(figures.first_day)
    weeks = min(_WEEKS, (until - first).days // 7)
    if weeks < emerging.STEPS:
        return None
    start = until - timedelta(weeks=weeks)
    cases = figures.material.cases
    column = cases.level(areas.level)
    place = place_of_labels(column, areas)[column.codes]
    window = TimeWindow(start=start, end=until)
    rows = figures.asked.filters.rows(cases, window)
    return emerging.Cube.of_days(
        cases.day[rows],
        place[rows],
        places=len(areas),
        first=start,
        end=until,
        step_days=7,
    )


def _monday_from(day: date) -> date:
    """The first Monday not before a day."""
    return day + timedelta(days=-day.weekday() % 7)


def _emerging(figures: Figures, areas: Areas, around: weights.Weights) -> list[Block]:
    cube = _cube(figures, areas)
    if cube is None:
        return [
            Warn(text=f"完整的周不足{emerging.STEPS}个，不做时空热点分类（新增、持续、减弱等）。")
        ]
    found = emerging.classify(cube, around)
    level = SHORT_LEVELS[areas.level]
    weeks = len(cube.counts)
    window = TimeWindow(start=cube.first, end=cube.first + timedelta(weeks=weeks))
    there = [key for key in emerging.CATEGORIES if key in found.category and key != "none"]
    named = [
        f"{emerging.CATEGORIES[key].name}{found.category.count(key)}个"
        for key in there
        if key.endswith("_hot")
    ]
    if named:
        said = f"近{weeks}周（按周）的{level}中，{listed(named)}。"
    else:
        said = f"近{weeks}周（按周）没有新增、持续或减弱的热点{level}。"
    blocks: list[Block] = [said]
    blocks += [Warn(text=f"{one.rstrip('。')}。") for one in found.method.warnings]
    if not there:
        return blocks
    keys = [*there, "none"]
    key = Key(
        title="时空热点分类",
        colours=tuple(emerging.CATEGORIES[one].colour for one in keys),
        labels=tuple(emerging.CATEGORIES[one].name for one in keys),
        counted="个",
    )
    places = np.array([keys.index(one) if one in keys else NO_CLASS for one in found.category])
    png = draw_map(
        title=f"时空热点分类（近{weeks}周，按{level}）",
        subtitle=f"{days_words(window)} · {figures.asked.place}",
        layers=[AreaLayer(areas=areas, places=places, key=key)],
        notes=notes_of(figures, method_lines(found.method), areas, window=window),
        outlines=areas,
        borders=figures.borders,
        names=figures.named,
        ground=figures.material.ground,
    )
    blocks.append(
        Picture(
            png=png,
            caption=f"近{weeks}周时空热点分类",
            alt=said,
        )
    )
    rows: list[tuple[Cell, ...]] = []
    order = [one for one in there if one.endswith("_hot")]
    total = cube.counts.sum(axis=0)
    for category in order:
        own = [at for at, one in enumerate(found.category) if one == category]
        for at in sorted(own, key=lambda at: -total[at]):
            rows.append(
                (
                    areas.names[at],
                    emerging.CATEGORIES[category].name,
                    int(total[at]),
                    int((found.bins[:, at] >= 2).sum()),
                    emerging.CATEGORIES[category].means,
                )
            )
    if rows:
        blocks.append(
            Table(
                title=f"各类热点{level}",
                columns=(
                    Column(title=level, wide=True),
                    Column(title="分类", form="word"),
                    Column(title=f"{weeks}周合计（件）", form="count"),
                    Column(title="热点周数", form="count"),
                    Column(title="含义"),
                ),
                rows=rows,
                most=_MOST_ROWS,
            )
        )
    return blocks
