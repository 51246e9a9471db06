"""The borders between areas, and how much happens along each."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import shapely
from werkzeug.datastructures import MultiDict

from app.analysis.answering import number
from app.analysis.areas import method_json
from app.analysis.filters import whole
from app.analysis.outline import geometries
from app.analysis.prepared import borders_of
from app.analysis.sight import Sight
from maps import border_view
from maps.border_view import Border

MOST_BORDERS = 500
"""Shown, the most remarkable first: nobody walks more, and a city of communities has 9,000."""
MOST_PAIRS = 100
TOLERANCE_M = 2.0
"""Metres a line may move: a pixel at zoom 16."""


def metres_from(args: MultiDict[str, str]) -> int:
    """How far to each side; UserInputError outside 1 to 1,000 metres."""
    return whole(args, "metres", int(border_view.NEAR_M), 1, int(border_view.MOST_M))


def borders(seen: Sight, metres: int, most: int = MOST_BORDERS) -> dict[str, Any]:
    """Return the borders of the level, ranked, and the same by pair of the areas above them.

    ``returns`` is ``None`` where the workflow has not recorded any: 未记录, not none.
    """
    areas = seen.areas
    found = border_view.rank(
        seen.snapshot.cases,
        areas,
        seen.view.filters,
        metres=metres,
        borders=borders_of(seen, areas),
    )
    shown = found.items[:most]
    lines = np.empty(len(shown), dtype=object)
    lines[:] = [one.line for one in shown]
    drawn = geometries(shapely.simplify(lines, TOLERANCE_M), seen.snapshot.plane)
    said = [f"界线两侧各 {metres} 米内的 {found.cases:,} 件"]
    if not found.returns_recorded:
        said.append("退单尚未记录，显示为“未记录”")
    if len(found.items) > most:
        said.append(f"共 {len(found.items):,} 段界线，只列最值得看的 {most} 段")
    return {
        "items": [
            {**_item(one), "geometry": geometry} for one, geometry in zip(shown, drawn, strict=True)
        ],
        "pairs": _pairs(seen, found.items),
        "cases": found.cases,
        "method": method_json(found.method),
        "note": "；".join(said),
    }


def _item(one: Border) -> dict[str, object]:
    return {
        "left": one.left,
        "left_name": one.left_name,
        "right": one.right,
        "right_name": one.right_name,
        "length_m": round(one.length_m, 1),
        "cases": one.cases,
        "decided": one.decided,
        "overrides": one.overrides if one.decided else None,
        "returns": one.returns,
        "per_km": number(one.per_km, 2),
        "overrides_per_km": number(one.overrides_per_km, 2) if one.decided else None,
        "q": number(one.q, 6),
        "hint": one.hint,
    }


def _pairs(seen: Sight, found: tuple[Border, ...]) -> list[dict[str, object]]:
    """The same lines by pair of the jurisdictions above: which two offices have most to agree on.

    A case near two of their lines counts at both. Lines inside one office are no pair.
    """
    parent = dict(zip(seen.areas.codes, seen.areas.parents, strict=True))
    joined: dict[tuple[str, str], list[Border]] = defaultdict(list)
    for one in found:
        above = sorted((parent[one.left], parent[one.right]))
        if all(above) and above[0] != above[1]:
            joined[above[0], above[1]].append(one)
    pairs: list[dict[str, object]] = [
        {
            "left": left,
            "left_name": seen.name(left),
            "right": right,
            "right_name": seen.name(right),
            "borders": len(lines),
            "length_m": round(sum(one.length_m for one in lines), 1),
            "cases": sum(one.cases for one in lines),
            "overrides": (
                sum(one.overrides for one in lines) if any(one.decided for one in lines) else None
            ),
            "returns": _sum([one.returns for one in lines]),
        }
        for (left, right), lines in joined.items()
    ]
    pairs.sort(key=lambda pair: (-int(str(pair["cases"])), str(pair["left"]), str(pair["right"])))
    return pairs[:MOST_PAIRS]


def _sum(numbers: list[int | None]) -> int | None:
    """``None`` where any of them is not recorded."""
    known = [one for one in numbers if one is not None]
    return sum(known) if len(known) == len(numbers) else None
