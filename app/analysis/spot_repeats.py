"""Places where the same trouble comes back: clusters of reports in space and time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.analysis.answering import number
from app.analysis.cells import DECIMALS
from app.analysis.sight import Sight
from app.analysis.spot_tests import Class, with_view
from maps import clusters
from maps.clusters import Cluster
from maps.model import Method
from routing.errors import UserInputError

MOST_SHOWN = 500
"""Clusters drawn, the largest first; a browser draws as many circles at once, and nobody reads
more. A city has some hundreds in a quarter."""
MOST_CASES = 200_000
"""Located reports of one request: a quarter of a city of ten million; some ten seconds."""
MOST_KINDS = 3
CLASSES: Sequence[Class] = ({"key": "repeat", "label": "重复反映聚集", "colour": "#7b3294"},)


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """Circles around the clusters, WGS 84."""

    items: Sequence[dict[str, object]]
    classes: Sequence[Class]
    method: Method


def repeats(seen: Sight) -> Repeats:
    """Look for clusters among the reports of the view, whatever the view counts.

    Raises UserInputError for more than ``MOST_CASES`` reports.
    """
    located = int(np.count_nonzero(seen.rows & seen.snapshot.cases.located))
    if located > MOST_CASES:
        raise UserInputError(
            f"有位置的 {located:,} 件，重复反映聚集最多算 {MOST_CASES:,} 件；"
            "请缩短时段，或选定类别、范围"
        )
    found = clusters.find(seen.snapshot.cases, seen.view.filters)
    method = with_view(seen, found.method)
    said = list(method.warnings)
    if seen.view.count == "incidents":
        said.append("重复反映聚集按件数计算，不合并事件：要找的正是反复反映")
    if len(found.items) > MOST_SHOWN:
        said.append(f"共 {len(found.items):,} 处，只画最大的 {MOST_SHOWN} 处")
    if not found.items:
        said.append("没有发现聚集")
    return Repeats(
        items=[_circle(seen, one) for one in found.items[:MOST_SHOWN]],
        classes=CLASSES,
        method=replace(method, warnings=tuple(said)),
    )


def _circle(seen: Sight, one: Cluster) -> dict[str, object]:
    [lon], [lat] = seen.snapshot.plane.to_lonlat(np.array([one.x_m]), np.array([one.y_m]))
    kinds = "、".join(f"{name} {n} 件" for name, n in one.kinds[:MOST_KINDS])
    if len(one.kinds) > MOST_KINDS:
        kinds += "等"
    return {
        "kind": "circle",
        "lon": number(lon, DECIMALS),
        "lat": number(lat, DECIMALS),
        "radius_m": round(one.span_m, 1),
        "key": "repeat",
        "text": (
            f"{len(one.rows):,} 件，{one.first:%Y-%m-%d} 至 {one.last:%Y-%m-%d}"
            f"（{one.days} 天）{'：' + kinds if kinds else ''}"
        ),
        "n": len(one.rows),
        "from": one.first.isoformat(),
        "to": one.last.isoformat(),
    }
