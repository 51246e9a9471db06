"""Scans and repeat clusters: circles on the map instead of a class for each place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from scipy.spatial import cKDTree

from app.analysis.answering import number
from app.analysis.breaks import denominator_of
from app.analysis.cells import DECIMALS
from app.analysis.events import event_rows
from app.analysis.filters import BY
from app.analysis.places import Places, area_places, cell_places
from app.analysis.sight import Sight
from app.analysis.spot_repeats import repeats
from app.analysis.spot_tests import SEED, Class, last_over, with_view
from maps import scan
from maps.model import NONE, Areas, Method, TimeWindow
from maps.scan import ScanCluster, ScanResult
from routing.errors import UserInputError

LEVEL = 0.05
SHARE = 0.1
"""Of all people, or cases, that a circle may hold: in a city half of it is no place to send anybody
(10 to 20 % is usual there)."""
REACHES_M = (3_000.0, 2_000.0, 1_000.0)
"""Metres a circle may reach: across a subdistrict, farther apart two offices are in charge. Where
there is too much to compare, less; the answer names it."""
LONGEST_DAYS = 28
"""Days a space-time cluster may last: four weeks; what lasts longer shows on the other maps."""
HISTORY_DAYS = 365
"""Days before the last one that time is compared over: all seasons once."""
MOST_NAMES = 3
"""Areas of a cluster that its words name."""
PERMUTATIONS = 999
FEWEST_PERMUTATIONS = 99
WORK = 6e8
"""Windows × permutations of one request: about ten seconds on one core (12 to 18 ns each, measured
on 3,025 communities with a million cases). A larger scan draws fewer permutations and says so."""
CLASSES: Sequence[Class] = (
    {"key": "cluster", "label": f"显著聚集（p≤{LEVEL:g}）", "colour": "#b2182b"},
)


@dataclass(frozen=True, kw_only=True)
class Shapes:
    """Circles, WGS 84, with what they say."""

    items: Sequence[dict[str, object]]
    classes: Sequence[Class]
    method: Method


def found(seen: Sight, method: str, on: str, size_m: int) -> Shapes:
    """Run a scan, or look for repeats; no clusters give no shapes, which the method's note says."""
    if method == "repeats":
        return _of_repeats(seen)
    places = area_places(seen) if on == "areas" else cell_places(seen, size_m)
    if method == "scan":
        return _scan(seen, places, on)
    return _space_time(seen, places)


def _scan(seen: Sight, places: Places, on: str) -> Shapes:
    if places.areas is None:
        raise UserInputError("泊松扫描要有人口等基数，方格没有；请改为按辖区（on=areas）")
    by = BY[seen.view.by]
    people = denominator_of(seen, places.areas, seen.view.by)
    known = np.isfinite(people)
    n = places.counts(event_rows(seen))
    reach, permutations = _affordable(places, 1)
    result = scan.poisson(
        places.xy_m[known],
        n[known].astype(np.int32),
        people[known],
        max_share=SHARE,
        max_radius_m=reach,
        permutations=permutations,
        seed=SEED,
    )
    said = _fewer(permutations)
    if not known.any():
        said.append(
            f"没有导入该层级的{by}，泊松扫描无从比较；请导入，或改用不需要基数的时空重排扫描"
        )
    elif not known.all():
        said.append(f"{int((~known).sum())} 个辖区没有{by}，其 {int(n[~known].sum())} 件未参与扫描")
    else:
        said.append(f"基数：{by}")
    at = np.flatnonzero(known)  # the scan numbers the places that it was given
    clusters = tuple(
        replace(one, members=tuple(int(at[member]) for member in one.members))
        for one in result.clusters
    )
    return _shapes(seen, places, replace(result, clusters=clusters), said, None)


def _space_time(seen: Sight, places: Places) -> Shapes:
    """Prospective: clusters that reach to the last day that is over."""
    cases, window = seen.snapshot.cases, seen.view.filters.window
    end = last_over(window)
    start = max(window.start, end - timedelta(days=HISTORY_DAYS))
    if (end - start).days < 2:
        raise UserInputError(
            f"时段 {window} 只有 {max((end - start).days, 0)} 个完整的日，时空扫描至少需要 2 天；"
            "请放宽时段"
        )
    span = TimeWindow(start=start, end=end)
    rows = event_rows(seen) & (places.of_case != NONE)
    rows &= (cases.day >= span.first) & (cases.day < span.after)
    longest = min(LONGEST_DAYS, span.days // 2)
    reach, permutations = _affordable(places, longest)
    result = scan.space_time_permutation(
        places.xy_m,
        cases.day[rows] - span.first,
        places.of_case[rows],
        steps=span.days,
        max_share=SHARE,
        max_radius_m=reach,
        max_steps=longest,
        permutations=permutations,
        seed=SEED,
    )
    return _shapes(seen, places, result, _fewer(permutations), span)


def _affordable(places: Places, periods: int) -> tuple[float, int]:
    """The reach and the number of permutations that some seconds allow.

    Permutations are one less than a whole hundred, so that p has round values. UserInputError where
    even the shortest reach is too much.
    """
    tree = cKDTree(places.xy_m) if len(places) else None
    windows = 0.0
    for reach in REACHES_M:
        windows = float(tree.count_neighbors(tree, reach)) * periods if tree is not None else 0.0
        most = int(WORK / max(windows, 1.0))
        if most >= FEWEST_PERMUTATIONS:
            return reach, min(PERMUTATIONS, (most + 1) // 100 * 100 - 1)
    raise UserInputError(
        f"要比较的窗口约 {windows:,.0f} 个，太多，几秒内算不完；"
        "请缩小范围，或选更粗的层级、更大的方格"
    )


def _fewer(permutations: int) -> list[str]:
    if permutations >= PERMUTATIONS:
        return []
    return [
        f"窗口较多，只做了 {permutations} 次重排（通常 {PERMUTATIONS} 次），"
        f"p 最小为 {1 / (permutations + 1):g}；缩小范围可做满"
    ]


def _shapes(
    seen: Sight, places: Places, result: ScanResult, said: list[str], span: TimeWindow | None
) -> Shapes:
    shown = [one for one in result.clusters if one.p <= LEVEL]
    weak = len(result.clusters) - len(shown)
    if weak:
        said.append(f"另有 {weak} 处未达 p≤{LEVEL:g}，不画在图上")
    elif not shown:
        said.append("没有发现聚集")
    return Shapes(
        items=[_circle(seen, places, one, span) for one in shown],
        classes=CLASSES,
        method=replace(
            (method := with_view(seen, result.method)), warnings=(*method.warnings, *said)
        ),
    )


def _circle(
    seen: Sight, places: Places, one: ScanCluster, span: TimeWindow | None
) -> dict[str, object]:
    x_m, y_m = one.center
    [lon], [lat] = seen.snapshot.plane.to_lonlat(np.array([x_m]), np.array([y_m]))
    text = (
        f"{one.observed:,} 件，期望 {one.expected:.1f} 件，"
        f"相对风险 {one.relative_risk:.2f}，p={one.p:.3g}"
    )
    if places.areas is not None:
        text = f"{_named(places.areas, one.members)}：{text}"
    item: dict[str, object] = {
        "kind": "circle",
        "lon": number(lon, DECIMALS),
        "lat": number(lat, DECIMALS),
        "radius_m": round(max(one.radius_m, _own_radius_m(places, one.members)), 1),
        "key": "cluster",
        "n": one.observed,
        "expected": number(one.expected, 2),
        "relative_risk": number(one.relative_risk, 3),
        "p": number(one.p, 5),
        "places": len(one.members),
    }
    if span is not None and one.steps is not None:
        first = span.start + timedelta(days=one.steps[0])
        last = span.start + timedelta(days=one.steps[1])
        text = (
            f"{first:%Y-%m-%d} 至 {last:%Y-%m-%d}：{text}，重现间隔 {one.recurrence_runs:,.0f} 天"
        )
        item |= {"from": first.isoformat(), "to": last.isoformat()}
    return {**item, "text": text}


def _own_radius_m(places: Places, members: tuple[int, ...]) -> float:
    """Of a disc as large as the smallest member: a cluster of one place has no radius otherwise."""
    if places.areas is not None:
        return float(np.sqrt(places.areas.km2[list(members)].min() * 1e6 / np.pi))
    assert places.ring_m is not None
    return float(np.ptp(places.ring_m[:, 0])) / 2


def _named(areas: Areas, members: tuple[int, ...]) -> str:
    names = "、".join(areas.names[at] for at in members[:MOST_NAMES])
    return f"{names}等 {len(members)} 个" if len(members) > MOST_NAMES else names


def _of_repeats(seen: Sight) -> Shapes:
    made = repeats(seen)
    return Shapes(items=made.items, classes=made.classes, method=made.method)
