"""Every area of a level with its numbers, its outline and the class it is drawn in."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app import words
from app.analysis.answering import encoded, number
from app.analysis.breaks import UNITS, area_classes, denominator_of, written
from app.analysis.change import Change, change
from app.analysis.filters import BY, COUNTS, MEASURES
from app.analysis.outline import outline_json
from app.analysis.prepared import merged, merged_soon, neighbours
from app.analysis.sight import Sight
from maps import counts, rates
from maps.classes import Classes
from maps.counting.columns import Counts
from maps.counts import AreaCounts
from maps.model import NONE, Bools, Floats, Ints, Method
from maps.rates import RateTable


@dataclass(frozen=True, kw_only=True)
class Coloured:
    """The numbers of a view by area, in the order of ``Sight.areas``."""

    counts: AreaCounts
    counted: Counts
    """(n,) reports or incidents, as the view counts."""
    table: RateTable | None
    """``None`` where no denominator of the kind asked for is loaded for this level."""
    shown: Floats
    """(n,) the chosen measure; NaN where there is no value or it is suppressed."""
    classes: Classes
    place: Ints
    """(n,) class of each; NONE where nothing is shown."""
    before: Counts | None
    """(n,) of the window compared with."""
    change: Change | None
    method: Method
    suppressed: Bools
    """(n,) hatched: a rate of too few to say anything; a plain count never is."""
    note: str


def coloured(seen: Sight) -> Coloured:
    """Count, divide, compare and class; missing denominators give no value and a note."""
    view, areas = seen.view, seen.areas
    cases = seen.snapshot.cases
    incidents = merged(seen) if view.count == "incidents" else merged_soon(seen)
    found = counts.by_area(cases, areas, view.filters, incidents=incidents)
    counted = _counted(found, view.count)
    below = denominator_of(seen, areas, view.by)
    table = None
    if np.isfinite(below).any():
        table = rates.rate_table(
            counted,
            below,
            by=view.by,
            weights=neighbours(seen, areas),
            households=_households(seen, view.by),
        )
    before, changed = None, None
    if view.compared is not None:
        other = replace(view.filters, window=view.compared)
        before = _counted(counts.by_area(cases, areas, other, incidents=incidents), view.count)
        changed = change(counted, before, view.filters.window, view.compared)
    if view.measure == "count":
        shown = counted.astype(np.float64)
    elif table is None:
        shown = np.full(len(areas), np.nan)
    else:
        shown = table.shown(view.measure)  # type: ignore[arg-type]
    classes = area_classes(seen)
    return Coloured(
        counts=found,
        counted=counted,
        table=table,
        shown=shown,
        classes=classes,
        place=classes.place(shown),
        before=before,
        change=changed,
        suppressed=(
            table.suppressed
            if table is not None and view.measure != "count"
            else np.zeros(len(areas), dtype=np.bool_)
        ),
        method=_method(seen, table, changed),
        note=_note(seen, found, table),
    )


def areas(seen: Sight) -> dict[str, Any]:
    """Return outlines, values, classes and how they were made."""
    return {**numbers(seen), "outline": json.loads(outline_json(seen, seen.areas))}


def areas_json(seen: Sight) -> bytes:
    """The same as JSON; the outlines, most of it, are written once for all windows and kinds."""
    rest = encoded(numbers(seen))
    return b'{"outline":' + outline_json(seen, seen.areas) + b"," + rest[1:]


def numbers(seen: Sight) -> dict[str, Any]:
    """The answer without the outlines."""
    made = coloured(seen)
    return {
        "level": seen.view.level.value,
        "values": dict(zip(seen.areas.codes, _values(made), strict=True)),
        "rest": {
            "outside": made.counts.outside,
            "unlocated": made.counts.unlocated,
            "named": int(made.counts.named.sum()),
        },
        "classes": written(made.classes),
        "method": method_json(made.method),
        "note": made.note,
    }


def _values(made: Coloured) -> list[dict[str, object]]:
    found, table, changed = made.counts, made.table, made.change
    return [
        {
            "n": int(found.n[at]),
            "incidents": None if found.incidents is None else int(found.incidents[at]),
            "per_incident": _at(found.per_incident, at, 3),
            "rate": _at(table.rate if table else None, at),
            "low": _at(table.low if table else None, at),
            "high": _at(table.high if table else None, at),
            "eb": _at(table.eb if table else None, at),
            "local_eb": _at(table.local_eb if table else None, at),
            "oe": _at(table.oe if table else None, at),
            "suppressed": bool(made.suppressed[at]),
            "why": table.why[at] if table is not None and made.suppressed[at] else "",
            "shown": number(made.shown[at]),
            "class": None if made.place[at] == NONE else int(made.place[at]),
            "previous": None if made.before is None else int(made.before[at]),
            "change": _at(changed.ratio if changed else None, at),
            "change_q": _at(changed.q if changed else None, at, 6),
        }
        for at in range(len(found.codes))
    ]


def _at(column: NDArray[Any] | None, at: int, digits: int = 4) -> float | None:
    return None if column is None else number(column[at], digits)


def _counted(found: AreaCounts, count: str) -> Counts:
    return found.incidents if count == "incidents" and found.incidents is not None else found.n


def _households(seen: Sight, by: str) -> Floats | None:
    """Where households are known, an area of few is hatched whatever it is divided by."""
    if by == "household":
        return None
    known = denominator_of(seen, seen.areas, "household")
    return known if np.isfinite(known).any() else None


def _method(seen: Sight, table: RateTable | None, changed: Change | None) -> Method:
    view = seen.view
    choices = {
        "层级": words.LEVELS[view.level],
        "统计量": COUNTS[view.count],
        "时段": str(view.filters.window),
    }
    if changed is not None:
        choices |= {f"比较：{name}": text for name, text in changed.method.choices.items()}
        choices["比较方法"] = changed.method.name
        choices["比较校正"] = changed.method.correction
    if view.measure == "count" or table is None:
        return Method(
            name=f"{MEASURES['count']}（{COUNTS[view.count]}）",
            null=changed.method.null if changed else "",
            alternative=changed.method.alternative if changed else "",
            correction=changed.method.correction if changed else "",
            n=len(seen.areas),
            choices=choices,
            warnings=changed.method.warnings if changed else (),
        )
    return replace(
        table.method,
        name=f"{MEASURES[view.measure]}（{table.method.name}）",
        choices={**choices, **table.method.choices},
        warnings=(*table.method.warnings, *(changed.method.warnings if changed else ())),
    )


def _note(seen: Sight, found: AreaCounts, table: RateTable | None) -> str:
    view, said = seen.view, list(found.notes)
    if found.incidents is None:
        said.append("事件数正在合并，稍后刷新可见")
    if not len(seen.areas):
        said.insert(0, f"没有{words.LEVELS[view.level]}的现行界线")
    if view.measure != "count" and table is None:
        said.insert(
            0,
            f"没有导入{words.LEVELS[view.level]}的{BY[view.by]}，不能计算{MEASURES[view.measure]}；"
            "请系统管理员用 shudi denominators 导入，或改看数量",
        )
    if view.measure in ("eb", "local_eb"):
        said.append("平滑率只用于着色，不能拿来做检验")
    said.append(
        f"单位：{UNITS[view.count]}；分级按全部数据和时段长度固定，同样长的时段可以直接比较"
    )
    return "；".join(said)


def method_json(method: Method) -> dict[str, object]:
    """As JSON, in the words an analyst reads."""
    return {
        "name": method.name,
        "null": method.null,
        "alternative": method.alternative,
        "correction": method.correction,
        "permutations": method.permutations,
        "seed": method.seed,
        "n": method.n,
        "choices": dict(method.choices),
        "warnings": list(method.warnings),
    }
