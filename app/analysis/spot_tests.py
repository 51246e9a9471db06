"""Gi*, local Moran and emerging hot spots: one class for each area or cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from app import wiring
from app.analysis.events import event_rows
from app.analysis.places import Places, area_places, cell_places, ground_m
from app.analysis.sight import Sight
from maps import emerging, hotspots, moran
from maps.emerging import CATEGORIES, Cube
from maps.model import Floats, Method, TimeWindow
from routing.errors import UserInputError

SEED = 20_261_126
"""Any number, always the same: a view that is opened again, or by a colleague, shows the same."""
WEEK_DAYS = 7
LEAST_STEPS = 10
"""Weeks of an emerging hot spot: with fewer, 90 % of them is all of them and a trend has no power
(hot spots of nine weeks or less are noise)."""
MOST_BINS = 2_000_000
"""Steps × places of one cube: 16 MB for each of its five arrays, some seconds of counting."""

Class = dict[str, str]

GI_CLASSES: Sequence[Class] = (
    {"key": "cold99", "label": "冷点（99%）", "colour": "#2166ac"},
    {"key": "cold95", "label": "冷点（95%）", "colour": "#67a9cf"},
    {"key": "cold90", "label": "冷点（90%）", "colour": "#d1e5f0"},
    {"key": "none", "label": "不显著", "colour": "#f0f0f0"},
    {"key": "hot90", "label": "热点（90%）", "colour": "#fddbc7"},
    {"key": "hot95", "label": "热点（95%）", "colour": "#ef8a62"},
    {"key": "hot99", "label": "热点（99%）", "colour": "#b2182b"},
)
"""In the order of ``HotspotResult.bin`` from −3 to 3; ColorBrewer RdBu, told apart by people who
are colour-blind."""
MORAN_CLASSES: Sequence[Class] = (
    {"key": "HH", "label": "高—高聚集", "colour": "#b2182b"},
    {"key": "HL", "label": "高—低异常", "colour": "#ef8a62"},
    {"key": "LH", "label": "低—高异常", "colour": "#67a9cf"},
    {"key": "LL", "label": "低—低聚集", "colour": "#2166ac"},
    {"key": "none", "label": "不显著", "colour": "#f0f0f0"},
)


@dataclass(frozen=True, kw_only=True)
class Tested:
    """A class for each place; nothing of the snapshot hangs on it, so that it may be kept."""

    xy_m: Floats
    """(n, 2) a point inside each, metres in the working CRS."""
    ring_m: Floats | None
    """Corners of a cell around its centre, metres; ``None`` where places are ``Sight.areas``."""
    keys: Sequence[str]
    """(n,) keys of ``classes``."""
    z: Floats
    p: Floats
    """(n,) before correction: told in a table, never drawn."""
    q: Floats
    n: NDArray[np.int64]
    """(n,) reports or incidents, as the view counts."""
    classes: Sequence[Class]
    method: Method


def tested(seen: Sight, method: str, on: str, size_m: int) -> Tested:
    """Run a test of one value for each place; errors of ``maps`` where the data do not suffice."""
    if method == "gi" and on == "cells":
        return _optimised(seen)
    places = area_places(seen) if on == "areas" else cell_places(seen, size_m)
    if not len(places):
        raise UserInputError(
            "所看范围内没有可检验的辖区或方格；请换一个层级，或先导入界线、放宽条件"
        )
    if method == "emerging":
        return _emerging(seen, places)
    n = places.counts(event_rows(seen))
    if method == "moran":
        local = moran.local_moran(n.astype(np.float64), places.weights, seed=SEED)
        return Tested(
            xy_m=places.xy_m,
            ring_m=places.ring_m,
            keys=local.quadrant,
            z=local.i,
            p=local.p,
            q=local.q,
            n=n,
            classes=MORAN_CLASSES,
            method=with_view(seen, local.method),
        )
    gi = hotspots.gi_star(n.astype(np.float64), places.weights, seed=SEED)
    return _binned(places.xy_m, places.ring_m, gi, n, with_view(seen, gi.method))


def _optimised(seen: Sight) -> Tested:
    cases, rows = seen.snapshot.cases, event_rows(seen)
    ground = ground_m(seen)
    made = hotspots.optimised(
        cases.x_m[rows],
        cases.y_m[rows],
        seed=SEED,
        extent=None if ground.is_empty else ground,
    )
    xy_m = np.column_stack([made.x_m, made.y_m])
    return _binned(xy_m, made.ring, made.gi, made.n, with_view(seen, made.method))


def _binned(
    xy_m: Floats,
    ring_m: Floats | None,
    gi: hotspots.HotspotResult,
    n: NDArray[np.int64],
    method: Method,
) -> Tested:
    return Tested(
        xy_m=xy_m,
        ring_m=ring_m,
        keys=[GI_CLASSES[int(at) + 3]["key"] for at in gi.bin],
        z=gi.z,
        p=gi.p,
        q=gi.q,
        n=n,
        classes=GI_CLASSES,
        method=method,
    )


def _emerging(seen: Sight, places: Places) -> Tested:
    cases, rows = seen.snapshot.cases, event_rows(seen)
    span = whole_weeks(seen.view.filters.window)
    if (bins := span.days // WEEK_DAYS * len(places)) > MOST_BINS:
        raise UserInputError(
            f"{span.days // WEEK_DAYS} 周 × {len(places):,} 个单元 = {bins:,} 个时空单元，"
            f"超过 {MOST_BINS:,}；请缩短时段、缩小范围，或选更粗的层级、更大的方格"
        )
    cube = Cube.of_days(
        cases.day[rows],
        places.of_case[rows],
        places=len(places),
        first=span.start,
        end=span.end,
        step_days=WEEK_DAYS,
    )
    found = emerging.classify(cube, places.weights, seed=SEED)
    used = set(found.category)
    return Tested(
        xy_m=places.xy_m,
        ring_m=places.ring_m,
        keys=found.category,
        z=found.z[-1],
        p=found.trend_p,
        q=found.q[-1],
        n=np.asarray(cube.counts).sum(axis=0).astype(np.int64),
        classes=[
            {"key": key, "label": one.name, "colour": one.colour, "means": one.means}
            for key, one in CATEGORIES.items()
            if key in used or key == "none"
        ],
        method=with_view(seen, found.method),
    )


def whole_weeks(window: TimeWindow) -> TimeWindow:
    """The whole weeks of seven days back from the last day that is over.

    Raises UserInputError for fewer than ``LEAST_STEPS``.
    """
    end = last_over(window)
    weeks = max((end - window.start).days, 0) // WEEK_DAYS
    if weeks < LEAST_STEPS:
        raise UserInputError(
            f"时段 {window} 只有 {weeks} 个完整的周，新兴时空热点至少需要 {LEAST_STEPS} 周；"
            f"请把时段放宽到 {LEAST_STEPS * WEEK_DAYS} 天以上（正在进行的一天不算）"
        )
    return TimeWindow(start=end - timedelta(days=weeks * WEEK_DAYS), end=end)


def last_over(window: TimeWindow) -> date:
    """First day after the last one of the window that is over."""
    return min(window.end, wiring.today())


def with_view(seen: Sight, method: Method) -> Method:
    """The method with what the view adds: the window, what is counted, what has no place."""
    view = seen.view
    named = "事件（合并重复反映）" if view.count == "incidents" else "件数"
    lost = int(np.count_nonzero(seen.rows & ~seen.snapshot.cases.located))
    warnings = list(method.warnings)
    if lost:
        warnings.append(f"{lost:,} 件没有定位到点：方格里没有它们，辖区里只有说明了辖区的")
    return replace(
        method,
        choices={"时段": str(view.filters.window), "统计量": named, **method.choices},
        warnings=tuple(warnings),
    )
