"""What a report says, put together from its parts; every number is counted, none is typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from maps import fonts
from maps.drawing.parts import NOT_THE_TROUBLE, datum_words
from maps.rates import MEASURES
from maps.reports import changes
from maps.reports.figures import Figures
from maps.reports.material import Asked, Material
from maps.reports.model import Report, Section
from maps.reports.parts.kinds import kinds
from maps.reports.parts.overview import headlines, overview
from maps.reports.parts.places import divisor_for, places
from maps.reports.parts.quality import alarms, misroutes
from maps.reports.parts.spots import spots
from maps.reports.parts.times import times
from maps.reports.periods import KINDS, day_words, days_words

Progress = Callable[[float, str], None]
"""Called with a share of 0 to 1 and the step that begins; may raise to stop."""

_PARTS: tuple[tuple[str, Callable[[Figures], Section | None]], ...] = (
    ("总体情况", overview),
    ("诉求类别", kinds),
    ("时间分布", times),
    ("区域分布", places),
    ("热点分析", spots),
    ("预警", alarms),
    ("派单质量", misroutes),
)


def compose(
    material: Material, asked: Asked, *, made_at: datetime, progress: Progress | None = None
) -> Report:
    """Return the report.

    A period without cases gives a report that says so; a part with nothing to say is left out.
    Raises NoChineseFont before anything is drawn, and what ``progress`` raises.
    """
    fonts.prepare()
    figures = Figures(material=material, asked=asked)
    sections = []
    for at, (name, part) in enumerate(_PARTS):
        if progress is not None:
            progress(at / len(_PARTS), name)
        made = part(figures)
        if made is not None:
            sections.append(made)
    as_of = material.as_of
    composed = Report(
        kind=KINDS[asked.kind],
        title=asked.title,
        place=asked.place,
        period=asked.period.name,
        days=days_words(asked.period.window),
        made_at=made_at,
        as_of=f"{day_words(as_of.date())} {as_of:%H:%M}",
        headlines=headlines(figures),
        sections=sections,
        notes=_notes(figures),
        limits=NOT_THE_TROUBLE,
    )
    lacking = fonts.missing("".join(composed.texts))
    if not lacking:
        return composed
    # A rare character in a name must not cost the report; the one who reads it has to know.
    said = f"服务器的字体缺少这些字，文中可能显示为方框：{'、'.join(lacking)}。"
    return replace(composed, notes=(*composed.notes, said))


def title_of(kind: str, period_name: str, place: str, kinds_wanted: frozenset[str]) -> str:
    """``2026年11月诉求月报（全市）``; a special report names its kinds."""
    about = "、".join(sorted(kinds_wanted))
    what = f"{about}诉求{KINDS[kind]}" if about else f"诉求{KINDS[kind]}"
    period_name = period_name.partition("（")[0]  # the weekday of a day
    return f"{period_name}{place if place != '全市' else ''}{what}"


def _divisors(figures: Figures) -> list[str]:
    """The denominators used, each with its day and source."""
    said: dict[str, None] = {}
    for areas in (figures.ranked, figures.detailed):
        one = divisor_for(figures, areas) if areas is not None else None
        if one is not None:
            when = day_words(one.as_of) if one.as_of else "日期不详"
            source = f"，来源：{one.source}" if one.source else ""
            said[f"基数“{MEASURES[one.measure].name}”为{when}的数据{source}。"] = None
    return list(said)


def _notes(figures: Figures) -> list[str]:
    material, asked = figures.material, figures.asked
    period = asked.period
    said = [
        f"统计口径：按受理时间，{days_words(period.window)}（含首尾两日），北京时间；"
        f"范围为{asked.place}"
        + (f"，类别为{'、'.join(sorted(asked.filters.kinds))}" if asked.filters.kinds else "")
        + "。",
        f"环比的对比时段为{days_words(period.before)}，同比为{days_words(period.year_before)}。"
        "系统数据没有完整覆盖的时段不作比较，也不按零计算。",
        f"环比判断：某类件数的变化与其日常波动（此前{changes.DAYS_FOR_SPREAD}天逐日方差与均值之比）"
        f"相比，准泊松双侧检验并按Benjamini–Hochberg校正，q≤{changes.LEVEL:g}为明显；"
        f"两期合计不足{changes.LEAST}件的不判断。",
    ]
    said += _divisors(figures)
    if material.incidents is not None:
        said.append(
            f"合并后事件：同一类别、相距{material.incidents.reach_m:g}米以内且相隔"
            f"{material.incidents.reach_days:g}天以内的诉求视为同一事件。"
        )
    if asked.kind != "daily" and figures.mapped is not None:
        said.append(
            "热点采用Getis-Ord Gi*（含自身，共边或共点相邻），原假设为各区域件数随机排列，"
            "条件置换检验，Benjamini–Hochberg校正；未经校正的结果不列出。"
        )
    versions = "；".join(
        dict.fromkeys(areas.version for areas in figures.levels.values() if areas.version)
    )
    if versions:
        said.append(f"界线版本：{versions}。坐标：{datum_words(material.crs)}。")
    said.append(
        f"{NOT_THE_TROUBLE}诉求数量取决于问题本身，也取决于市民是否愿意反映；"
        "同样的问题，各区域反映的意愿可相差数倍，低值区域不应理解为没有问题。"
    )
    return said
