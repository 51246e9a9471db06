"""Class breaks that stay when dates change: chosen from all data of the scope, not the window.

They depend on the level, on what is counted or measured, on kinds and channels, and on the length
of the window (a month has more than a week), never on where in time it lies or what is in view: two
windows of the same length are drawn with the same breaks and compare by eye.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from app.analysis.prepared import merged, neighbours, prepared
from app.analysis.sight import Sight
from maps import classes, counts, rates
from maps.classes import READY, Classes
from maps.model import EPOCH, Areas, Filters, Floats, TimeWindow

UNITS = {"reports": "件", "incidents": "个事件"}
_STEP_DAYS = {"day": 1.0, "week": 7.0, "month": 30.44}
_EDGE = 0.1
"""Per cent of cases at either end of the calendar that do not stretch it: a case dated 1970 by a
slip of the keyboard would make every other day look busy."""


def area_classes(seen: Sight) -> Classes:
    """Classes of the chosen measure for the view's window."""
    if seen.view.measure == "oe":
        return READY["oe"]
    return _kept(seen, float(seen.view.filters.window.days), seen.view.measure)


def frame_classes(seen: Sight, step: str) -> dict[str, object]:
    """Classes of counts in one step of time."""
    return written(_kept(seen, _STEP_DAYS[step], "count"))


def written(found: Classes) -> dict[str, object]:
    """As JSON."""
    return {
        "unit": found.unit,
        "breaks": [float(one) for one in found.breaks],
        "colours": list(found.colours),
        "labels": list(found.labels),
    }


def denominator_of(seen: Sight, areas: Areas, measure: str) -> Floats:
    """(n,) what the areas' counts are divided by; NaN where nothing was loaded."""
    loaded = seen.snapshot.denominators.values(areas.level.value, measure)
    return np.array([loaded.get(code, np.nan) for code in areas.codes], dtype=np.float64)


def _kept(seen: Sight, days: float, measure: str) -> Classes:
    view = seen.view
    key = (
        seen.scope,
        seen.snapshot.key,
        view.level,
        view.count,
        measure,
        view.by,
        view.filters.kinds,
        view.filters.channels,
        days,
    )
    return prepared().classes.get(key, lambda: _made(seen, days, measure))


def _made(seen: Sight, days: float, measure: str) -> Classes:
    cases = seen.snapshot.cases
    if not len(cases):
        return classes.fixed(np.empty(0), unit=UNITS[seen.view.count], whole=True)
    first, last = np.percentile(cases.day, (_EDGE, 100 - _EDGE)).astype(int).tolist()
    whole = TimeWindow(start=EPOCH + timedelta(days=first), end=EPOCH + timedelta(days=last + 1))
    asked = Filters(
        window=whole, kinds=seen.view.filters.kinds, channels=seen.view.filters.channels
    )
    wide = seen.whole()
    areas = wide.areas
    found = counts.by_area(
        cases,
        areas,
        asked,
        incidents=merged(seen) if seen.view.count == "incidents" else None,
    )
    n = found.n if found.incidents is None else found.incidents
    share = min(1.0, days / whole.days)
    if measure == "count":
        # up, so that an area with few in all still has a class above nothing
        return classes.fixed(np.ceil(n * share), unit=UNITS[seen.view.count], whole=True)
    table = rates.rate_table(
        n,
        denominator_of(seen, areas, seen.view.by),
        by=seen.view.by,
        weights=neighbours(seen, areas) if measure == "local_eb" else None,
    )
    values = table.shown(measure) * share  # type: ignore[arg-type]
    return classes.fixed(values, unit=table.measure.unit, whole=False)
