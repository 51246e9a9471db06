"""Places against the jurisdiction their ``admin_code`` says they are in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geodata.findings import Severity
from geodata.gazetteer_checks.crowd import Crowd, called
from geodata.gazetteer_checks.ground import Ground
from routing.model import TERRITORIAL_LEVELS, Jurisdiction

_EDGE_M = 5.0  # a border drawn at 1:2,000 is right to about a metre; two drawings of it to a few

_WRONG_M = 100.0
"""Outside by more than this, the point or the code is wrong; below, a gate on the far side of a
border road or the border's drawing explains it."""

_LENGTHS = (15, 12, 9, 6)  # digits of a grid, community, subdistrict, district


def area_findings(ground: Ground, areas: Sequence[Jurisdiction], crowd: Crowd) -> None:
    """Note places outside of the jurisdiction they state, and codes that no jurisdiction has.

    A line or polygon has to touch it only. Without areas nothing is checked; a code finer than
    the areas given is held against the coarser one it begins with.
    """
    territory = [one for one in areas if one.level in TERRITORIAL_LEVELS]
    if not territory:
        return
    shapes_of: dict[str, list[Jurisdiction]] = defaultdict(list)
    for one in territory:
        shapes_of[one.code].append(one)
    by_code: dict[str, list[int]] = defaultdict(list)
    for at, place in enumerate(ground.places):
        if place.admin_code:
            by_code[place.admin_code].append(at)
    for code, members in by_code.items():
        held = _held_against(code, shapes_of)
        if held is None:
            crowd.add(
                "unknown_admin_code",
                Severity.WARNING,
                f"{len(members)} 个地名的行政编码 {code} 不在界线中，例如"
                f"{called(ground.places[members[0]])}",
                "核对编码；已撤并的辖区改写现编码",
                [ground.places[at] for at in members[:10]],
            )
        else:
            _outside(ground, held, members, territory, crowd)


def _held_against(code: str, shapes_of: dict[str, list[Jurisdiction]]) -> list[Jurisdiction] | None:
    """The jurisdictions of a code, else of the finest code it begins with; ``None``: unknown."""
    if code in shapes_of:
        return shapes_of[code]
    plain = code.rstrip("0") if code.isdigit() else ""
    for length in _LENGTHS:
        shorter = code[:length]
        # 350102000000 is the district written with twelve digits
        zeros = plain and len(plain) <= length and shorter in shapes_of
        finer = length < len(code) and shorter in shapes_of and not _has_length(code, shapes_of)
        if zeros or finer:
            return shapes_of[shorter]
    return None


def _has_length(code: str, shapes_of: dict[str, list[Jurisdiction]]) -> bool:
    """Whether some jurisdiction has a code as long: then this one should be among them."""
    return any(len(one) == len(code) for one in shapes_of)


def _outside(
    ground: Ground,
    held: list[Jurisdiction],
    members: list[int],
    territory: Sequence[Jurisdiction],
    crowd: Crowd,
) -> None:
    shape = shapely.union_all([one.geometry for one in held]) if len(held) > 1 else held[0].geometry
    shapely.prepare(shape)
    shapes = ground.shapes[members]
    out = np.flatnonzero(~shapely.intersects(shape, shapes))
    if not len(out):
        return
    one_shape: npt.NDArray[Any] = np.array([shape, None], dtype=object)[:1]
    apart = shapely.distance(ground.metric(shapes[out]), ground.metric(one_shape)[0])
    for at, away in zip(out.tolist(), apart.tolist(), strict=True):
        if away <= _EDGE_M:
            continue
        place = ground.places[members[at]]
        really = next(
            (
                one
                for one in territory
                if one.level is held[0].level and shapely.intersects(one.geometry, place.geometry)
            ),
            None,
        )
        where = f"，实际落在{really.name}（{really.code}）" if really else "，不在任何同级辖区内"
        crowd.add(
            "outside_community",
            Severity.BLOCKING if away > _WRONG_M else Severity.WARNING,
            f"{called(place)}称在{held[0].name}（{place.admin_code}），坐标却在其界外 "
            f"{away:,.0f} 米{where}",
            "坐标与 admin_code 必有一误：核对坐标系和坐标，或改正编码",
            [place],
        )
