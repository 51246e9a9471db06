"""The day's run as it is, on a simulated city: budget, hierarchy, cool-down and all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from maps.alarms import Alarm, Recent, Settings, alarms_of_day
from maps.backtest.measuring import SIZES, WATCHED_DAYS
from maps.backtest.simulation import World, injected
from maps.model import NONE, Areas, Cases, Coded, Floats
from routing.model import JurisdictionLevel

_KIND = "道路破损"
_GRID_M = 400.0
_WIDTH = {
    JurisdictionLevel.DISTRICT: 64,
    JurisdictionLevel.SUBDISTRICT: 16,
    JurisdictionLevel.COMMUNITY: 4,
    JurisdictionLevel.GRID: 1,
}
"""Grids in one jurisdiction of each level."""
GRIDS = 128
OUTBREAKS = 4
"""Grids with an outbreak at the same time: 3 %."""
QUIET_DAYS = 42
_REPEATS = 3
"""Of each size, with other grids: 12 outbreaks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CityMeasured:
    """Of the whole run."""

    false_per_day: float
    """Alarms a day in the whole city while nothing happens."""
    false_per_100: float
    """The same per 100 series-weeks, series being the grids."""
    found: tuple[float, ...]
    days: tuple[float, ...]


def measure_city(world: World, seed: int, *, years: float) -> CityMeasured:
    """Run every day of six weeks without outbreaks, then two weeks with each size of outbreak.

    ``years`` of the past are used: below 3 the seasonal method is not.
    """
    last = world.counts.shape[1] - 1
    first = max(last - int(years * 365.25) - 60, 0)
    settings = Settings(permutations=199)
    quiet = _run(world, world.counts, range(last - QUIET_DAYS + 1, last + 1), first, settings)
    start = last - WATCHED_DAYS + 1
    found, days = [], []
    for size in SIZES:
        seen: list[float] = []
        for repeat in range(_REPEATS):
            draws = np.random.default_rng([seed, repeat])
            chosen = draws.choice(GRIDS, OUTBREAKS, replace=False)
            counts = world.counts.copy()
            counts[chosen] = injected(draws, world, start, size)[chosen]
            alarms = _run(world, counts, range(start, last + 1), first, settings)
            seen += [_noticed(alarms, int(one), int(world.days[start])) for one in chosen]
        known = np.array(seen)
        found.append(float(np.isfinite(known).mean()))
        days.append(float(np.nanmedian(known)) if np.isfinite(known).any() else float("nan"))
    return CityMeasured(
        false_per_day=len(quiet) / QUIET_DAYS,
        false_per_100=100 * len(quiet) / (GRIDS * QUIET_DAYS / 7),
        found=tuple(found),
        days=tuple(days),
    )


def _run(world: World, counts: Floats, days: range, first: int, settings: Settings) -> list[Alarm]:
    cases, areas = _cases(world, counts, first), _areas()
    alarms: list[Alarm] = []
    for at in days:
        recent = [
            Recent(
                day=one.day, level=one.level, code=one.code, kind=one.kind, observed=one.observed
            )
            for one in alarms
        ]
        alarms += alarms_of_day(
            cases,
            areas,
            {},
            int(world.days[at]),
            days_off=world.days_off,
            recent=recent,
            settings=settings,
        ).alarms
    return alarms


def _noticed(alarms: list[Alarm], grid: int, start: int) -> float:
    """Day of the outbreak on which an alarm names the grid or one that holds it; NaN for never."""
    holds = {(level.value, f"{level.value}-{grid // width:03d}") for level, width in _WIDTH.items()}
    community = f"{JurisdictionLevel.COMMUNITY.value}-{grid // 4:03d}"
    named = [
        one.day - start + 1.0
        for one in alarms
        if (one.level, one.code) in holds or community in one.communities
    ]
    return min(named, default=float("nan"))


def _areas() -> Mapping[JurisdictionLevel, Areas]:
    """A strip of grids, four wide, so that communities have neighbours."""
    tables = {}
    above: JurisdictionLevel | None = None
    for level, width in _WIDTH.items():
        n = GRIDS // width
        shapes = np.array(
            [
                shapely.box(at * width * _GRID_M, 0, (at + 1) * width * _GRID_M, _GRID_M)
                for at in range(n)
            ]
        )
        codes = tuple(f"{level.value}-{at:03d}" for at in range(n))
        parents = tuple(
            "" if above is None else f"{above.value}-{at * width // _WIDTH[above]:03d}"
            for at in range(n)
        )
        tables[level] = Areas(
            level=level,
            codes=codes,
            names=codes,
            parents=parents,
            shapes=shapes,
            version="simulated",
        )
        above = level
    return tables


def _cases(world: World, counts: Floats, first: int) -> Cases:
    table = counts[:GRIDS, first:].astype(np.int64)
    grid, day = (np.repeat(one.ravel(), table.ravel()) for one in np.indices(table.shape))
    n = len(grid)

    def coded(level: JurisdictionLevel) -> Coded:
        width = _WIDTH[level]
        return Coded(
            codes=(grid // width).astype(np.int32),
            labels=tuple(f"{level.value}-{at:03d}" for at in range(GRIDS // width)),
        )

    nothing = Coded(codes=np.full(n, NONE, dtype=np.int32), labels=())
    return Cases(
        number=np.arange(n).astype("U9"),
        x_m=np.asarray(grid * _GRID_M + _GRID_M / 2, dtype=np.float64),
        y_m=np.full(n, _GRID_M / 2),
        radius_m=np.full(n, 30.0),
        day=(world.days[first] + day).astype(np.int32),
        minute=np.zeros(n, dtype=np.int32),
        kind=Coded(codes=np.zeros(n, dtype=np.int32), labels=(_KIND,)),
        channel=nothing,
        district=coded(JurisdictionLevel.DISTRICT),
        subdistrict=coded(JurisdictionLevel.SUBDISTRICT),
        community=coded(JurisdictionLevel.COMMUNITY),
        grid=coded(JurisdictionLevel.GRID),
        unit=nothing,
        overridden=np.full(n, NONE, dtype=np.int8),
        returned=np.full(n, NONE, dtype=np.int8),
    )
