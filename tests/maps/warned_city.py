"""A small city for early warning: two districts, four subdistricts, eight communities, sixteen
grids in rows, and cases with a rhythm of weekdays."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely

from maps.model import Areas, Cases, Coded
from routing.model import JurisdictionLevel

KINDS = ("道路破损", "噪音扰民", "垃圾堆放")
DAY = 20_775
"""2026-11-18, a Wednesday."""
_SHARE = {
    JurisdictionLevel.DISTRICT: 8,
    JurisdictionLevel.SUBDISTRICT: 4,
    JurisdictionLevel.COMMUNITY: 2,
    JurisdictionLevel.GRID: 1,
}
_LETTER = {
    JurisdictionLevel.DISTRICT: "D",
    JurisdictionLevel.SUBDISTRICT: "S",
    JurisdictionLevel.COMMUNITY: "C",
    JurisdictionLevel.GRID: "G",
}
GRIDS = 16
NAMES = {
    f"{letter}{at}": f"{word}{at}"
    for (_, letter), word in zip(
        _LETTER.items(), ("第区", "第街道", "第社区", "第网格"), strict=True
    )
    for at in range(GRIDS)
}


def areas() -> Mapping[JurisdictionLevel, Areas]:
    """Strips of 500 m by 500 m: grid i is the i-th, the others are its groups."""
    tables = {}
    above: JurisdictionLevel | None = None
    for level, width in _SHARE.items():
        n = GRIDS // width
        shapes = np.array(
            [shapely.box(at * width * 500, 0, (at + 1) * width * 500, 500) for at in range(n)]
        )
        codes = tuple(f"{_LETTER[level]}{at}" for at in range(n))
        parents = tuple(
            "" if above is None else f"{_LETTER[above]}{at * width // _SHARE[above]}"
            for at in range(n)
        )
        tables[level] = Areas(
            level=level,
            codes=codes,
            names=tuple(NAMES[one] for one in codes),
            parents=parents,
            shapes=shapes,
            version="test",
        )
        above = level
    return tables


def cases_at(grid: np.ndarray, day: np.ndarray, kind: np.ndarray) -> Cases:
    """Cases with these grids (numbers), days and kinds (numbers)."""
    n = len(grid)

    def coded(level: JurisdictionLevel) -> Coded:
        return Coded(
            codes=(grid // _SHARE[level]).astype(np.int32),
            labels=tuple(f"{_LETTER[level]}{at}" for at in range(GRIDS // _SHARE[level])),
        )

    nothing = Coded(codes=np.full(n, -1, dtype=np.int32), labels=())
    return Cases(
        number=np.array([f"N{at:07d}" for at in range(n)], dtype="U8"),
        x_m=grid * 500.0 + 250,
        y_m=np.full(n, 250.0),
        radius_m=np.full(n, 30.0),
        day=day.astype(np.int32),
        minute=np.zeros(n, dtype=np.int32),
        kind=Coded(codes=kind.astype(np.int32), labels=KINDS),
        channel=nothing,
        district=coded(JurisdictionLevel.DISTRICT),
        subdistrict=coded(JurisdictionLevel.SUBDISTRICT),
        community=coded(JurisdictionLevel.COMMUNITY),
        grid=coded(JurisdictionLevel.GRID),
        unit=nothing,
        overridden=np.full(n, -1, dtype=np.int8),
        returned=np.full(n, -1, dtype=np.int8),
    )


def city(
    *,
    seed: int = 0,
    days: int = 200,
    per_day: float = 0.15,
    extra: tuple[tuple[int, int, int, int], ...] = (),
) -> Cases:
    """Noise in every grid and kind up to ``DAY`` (Sundays half), and outbreaks on top.

    Each of ``extra`` is (grid, kind, cases, days): so many cases spread over the last days.
    """
    draws = np.random.default_rng(seed)
    span = np.arange(DAY - days + 1, DAY + 1)
    factor = np.where((span + 3) % 7 == 6, 0.5, 1.0)
    counts = draws.poisson(per_day * factor[None, None, :], (GRIDS, len(KINDS), days))
    grid, kind, at = (np.repeat(one, counts.ravel()) for one in _index(counts.shape))
    parts = [(grid, kind, span[at])]
    for place, which, cases, last in extra:
        when = draws.integers(DAY - last + 1, DAY + 1, cases)
        parts.append((np.full(cases, place), np.full(cases, which), when))
    grid, kind, day = (np.concatenate(column) for column in zip(*parts, strict=True))
    return cases_at(grid, day, kind)


def _index(shape: tuple[int, ...]) -> list[np.ndarray]:
    return [one.ravel() for one in np.indices(shape)]
