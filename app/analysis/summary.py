"""What a view holds: how many, how many with a place, what could be chosen, what to mind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app import wiring, words
from app.analysis.answering import number
from app.analysis.filters import BY
from app.analysis.prepared import merged_soon, piles
from app.analysis.sight import Sight
from maps import counts
from maps.counts import Labelled, Unlocated
from maps.model import TimeWindow
from maps.pileups import SAME_M, PileUp
from routing.model import JurisdictionLevel

MOST_PILE_UPS = 20
"""Shown; where there are more, something else is wrong and the warning says how many there are."""
MUCH_UNLOCATED = 0.2
"""Share without a place from which a warning asks not to compare: the lower and upper bound of a
district's count then differ by a quarter, more than most differences between districts."""
UNKNOWN_DISTRICT = "区县不详"


def summary(seen: Sight) -> dict[str, object]:
    """Return the head of the page; counts of kinds and channels ignore their own filter, so that
    what else could be chosen has its number."""
    view, snapshot = seen.view, seen.snapshot
    cases, filters = snapshot.cases, view.filters
    rows = seen.rows
    n, located = int(np.count_nonzero(rows)), int(np.count_nonzero(rows & cases.located))
    incidents = merged_soon(seen)
    kinds = counts.by_kind(cases, replace(filters, kinds=frozenset()))
    heaps = _piles_in_view(seen)
    districts = counts.unlocated(cases, seen.areas_of(JurisdictionLevel.DISTRICT), filters)
    return {
        "period": _period(filters.window),
        "as_of": snapshot.as_of.astimezone(wiring.LOCAL_TIME).isoformat(timespec="seconds"),
        "scope": _scope(seen),
        "n": n,
        "located": located,
        "incidents": incidents.within(rows) if incidents is not None else None,
        "previous": _previous(seen),
        "unlocated": [
            {
                "code": one.code,
                "name": seen.name(one.code) if one.code else UNKNOWN_DISTRICT,
                "n": one.n,
                "total": one.total,
                "share": number(one.share),
            }
            for one in districts
        ],
        "pile_ups": [_pile_up(seen, one) for one in heaps[:MOST_PILE_UPS]],
        "kinds": _named(kinds),
        "unclassified": sum(one.n for one in kinds if one.name == counts.UNSAID),
        "channels": [
            {"name": one.name, "label": words.channel(one.name), "n": one.n}
            for one in counts.by_channel(cases, replace(filters, channels=frozenset()))
            if one.name != counts.UNSAID
        ],
        "children": _children(seen),
        "path": [
            {"level": level.value, "code": code, "name": seen.name(code)}
            for level, code in seen.path()
        ],
        "levels": [level.value for level, areas in snapshot.areas.items() if len(areas)],
        "denominators": _denominators(seen),
        "warnings": [
            *_warnings(seen, n, located, heaps, districts),
            *(["事件数正在合并，稍后刷新可见"] if incidents is None else []),
        ],
        "versions": {"boundary": seen.areas.version},
    }


def _period(window: TimeWindow) -> dict[str, str]:
    first, last = str(window).split(" 至 ")
    return {"from": first, "to": last, "text": f"{window}（{window.days} 天）"}


def _scope(seen: Sight) -> str:
    """What the role sees, as the page's foot says it."""
    if seen.scope is None:
        return "全市"
    if seen.scope.subdistrict:
        return f"{seen.name(seen.scope.subdistrict)}辖区内的工单"
    return f"{seen.name(seen.scope.unit or '')}承办的工单"


def _previous(seen: Sight) -> dict[str, object] | None:
    """The window compared with, else the one just before; ``None`` where that has no data."""
    other = seen.view.compared or seen.view.filters.window.before()
    cases = seen.snapshot.cases
    if not len(cases) or other.first < int(cases.day.min()):
        return None
    found = int(np.count_nonzero(seen.view.filters.rows(cases, other)))
    return {"n": found, "text": str(other)}


def _named(found: tuple[Labelled, ...]) -> list[dict[str, object]]:
    return [{"name": one.name, "n": one.n} for one in found if one.name != counts.UNSAID]


def _piles_in_view(seen: Sight) -> tuple[PileUp, ...]:
    """Default points of all data on which cases of this view lie; largest first."""
    found = piles(seen)
    at = np.flatnonzero(found.rows & seen.rows)
    x_m, y_m = seen.snapshot.cases.x_m[at], seen.snapshot.cases.y_m[at]
    reach = 2 * SAME_M  # of the mean of its cases
    return tuple(
        one
        for one in found.points
        if np.any((np.abs(x_m - one.x_m) <= reach) & (np.abs(y_m - one.y_m) <= reach))
    )


def _pile_up(seen: Sight, one: PileUp) -> dict[str, object]:
    [lon], [lat] = seen.snapshot.plane.to_lonlat(np.array([one.x_m]), np.array([one.y_m]))
    return {
        "lon": number(lon, 6),
        "lat": number(lat, 6),
        "n": one.n,
        "share": number(one.share),
        "text": one.text,
    }


def _children(seen: Sight) -> list[dict[str, object]]:
    level = seen.child_level()
    if level is None:
        return []
    areas = seen.areas_of(level)
    found = counts.by_area(seen.snapshot.cases, areas, seen.view.filters)
    listed: list[dict[str, object]] = [
        {"level": level.value, "code": code, "name": name, "n": int(n)}
        for code, name, n in zip(areas.codes, areas.names, found.n, strict=True)
    ]
    # A department's cases lie anywhere; where it has none there is nothing to drill into.
    if seen.scope is not None and seen.scope.unit:
        listed = [one for one in listed if one["n"]]
    return listed


def _denominators(seen: Sight) -> list[dict[str, object]]:
    held = seen.snapshot.denominators
    level = seen.view.level.value
    return [
        {
            "measure": measure,
            "name": BY.get(measure, measure),
            "as_of": as_of.isoformat() if (as_of := held.as_of(level, measure)) else None,
        }
        for measure in held.measures(level)
    ]


def _warnings(
    seen: Sight, n: int, located: int, heaps: tuple[PileUp, ...], districts: tuple[Unlocated, ...]
) -> list[str]:
    window, said = seen.view.filters.window, []
    if not len(seen.areas):
        said.append(f"没有{words.LEVELS[seen.view.level]}的现行界线，请换一个层级或先导入界线")
    if n == 0:
        said.append("所选时段和条件下没有工单，请放宽时段、类别或范围")
    elif located < n:
        share = 1 - located / n
        said.append(f"{n - located} 件（{share:.1%}）没有定位到点，不在点、格和热点图上")
    # Nearly all cases of no known district have no place either: nothing is compared with them.
    uneven = [
        seen.name(one.code)
        for one in districts
        if one.code and one.total and one.share >= MUCH_UNLOCATED
    ]
    if uneven:
        shown = "、".join(uneven[:3]) + ("等" if len(uneven) > 3 else "")
        said.append(f"{shown}未定位的占 {MUCH_UNLOCATED:.0%} 以上，与其他区比较时请谨慎")
    if heaps:
        total = sum(one.n for one in heaps)
        said.append(f"{len(heaps)} 处疑似默认点共 {total} 件：先核对来源，再看热点")
    if window.end > wiring.today():
        said.append("时段含今天或以后，数字还会变化")
    if (version := seen.areas.version) and "；" in version:
        said.append(f"界线来自多个版本：{version}")
    return said
