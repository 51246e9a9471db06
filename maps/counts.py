"""How many: cases by jurisdiction, kind, channel and step of time, and what could not be placed.

Every number here is a plain count of rows; nothing is estimated. A case counts in a jurisdiction
where its row names it, by its point or by its words; what cannot be placed is counted apart and
said, because the share without a place differs from district to district and draws its own map.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maps.counting.columns import Counts, places, tally
from maps.counting.series import Series, Step, series
from maps.incidents import Incidents, reporting_index
from maps.model import NONE, Areas, Bools, Cases, Coded, Filters, Floats, Ints
from routing.model import JurisdictionLevel

__all__ = [
    "AreaCounts",
    "Labelled",
    "Series",
    "Step",
    "Unlocated",
    "by_area",
    "by_channel",
    "by_kind",
    "series",
    "table",
    "unlocated",
]

Rows = NDArray[np.int64]

UNKNOWN = "未知"
"""The district of cases whose row names none."""
UNSAID = "未填"
"""The kind or channel of cases whose row names none."""


@dataclass(frozen=True, kw_only=True)
class Unlocated:
    """Cases of one district and how many of them have no point."""

    code: str
    """Empty for cases whose district is not known."""
    name: str
    total: int
    n: int
    """Cases without a point."""

    @property
    def share(self) -> float:
        """Without a point among all, 0–1; 0 where there are no cases."""
        return self.n / self.total if self.total else 0.0


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """Cases of one kind or channel."""

    name: str
    n: int


@dataclass(frozen=True, kw_only=True)
class AreaCounts:
    """Counts of the jurisdictions of one level, in the order of ``Areas.codes``."""

    codes: tuple[str, ...]
    n: Counts
    """(areas,) reports."""
    named: Counts
    """(areas,) of ``n``, those without a point whose words name the jurisdiction."""
    incidents: Counts | None
    """(areas,) different incidents with a report there, ``None`` where they were not asked for. One
    that reaches across a border counts on both sides, since both have the work of it."""
    total: int
    """Cases that the filters mean; ``located + outside + unlocated`` of them."""
    located: int
    """With a point in one of the areas."""
    outside: int
    """With a point in none of the areas: 界外."""
    unlocated: int
    """Without a point."""
    total_incidents: int | None
    """Different incidents among all cases meant; each once."""
    by_district: tuple[Unlocated, ...]

    @property
    def per_incident(self) -> Floats | None:
        """(areas,) 重复反映指数; NaN where there are no incidents."""
        return None if self.incidents is None else reporting_index(self.n, self.incidents)

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to be said beside every picture of these counts, Chinese sentences."""
        said = []
        if self.unlocated:
            share = self.unlocated / self.total
            said.append(f"{self.unlocated:,} 件（{share:.1%}）没有定位到点")
        if self.outside:
            said.append(f"{self.outside:,} 件的位置不在任何所示辖区内，未计入各辖区")
        return tuple(said)


def by_area(
    cases: Cases, areas: Areas, filters: Filters, *, incidents: Incidents | None = None
) -> AreaCounts:
    """Count the cases that the filters mean in each jurisdiction of ``areas``.

    ``incidents`` are those of all of ``cases`` (``maps.incidents.merge``). No cases give zeros;
    jurisdictions that only the cases name, such as abolished ones, count as outside.
    """
    rows = np.flatnonzero(filters.rows(cases))
    located = _located(cases, rows)
    column = cases.level(areas.level)
    place = places(column, areas)
    with_point, without = (
        _by_place(counted, place, len(areas)) for counted in _split(column, rows, located)
    )
    unlocated = len(rows) - int(np.count_nonzero(located))
    inside = int(with_point.sum())
    return AreaCounts(
        codes=areas.codes,
        n=with_point + without,
        named=without,
        incidents=None
        if incidents is None
        else _incidents(place[column.codes[rows]], incidents.of_case[rows], incidents.count, areas),
        total=len(rows),
        located=inside,
        outside=len(rows) - unlocated - inside,
        unlocated=unlocated,
        total_incidents=None if incidents is None else incidents.within(rows),
        by_district=_unlocated(cases, rows, located, areas),
    )


def unlocated(cases: Cases, areas: Areas | None, filters: Filters) -> tuple[Unlocated, ...]:
    """For each district, how many of its cases have no point; ``未知`` last, where there are any.

    ``areas`` gives the names and lists districts without cases too; without it, or with areas of
    another level, districts are named by their codes and only those with cases are listed.
    """
    rows = np.flatnonzero(filters.rows(cases))
    return _unlocated(cases, rows, _located(cases, rows), areas)


def by_kind(cases: Cases, filters: Filters) -> tuple[Labelled, ...]:
    """Cases of each kind, most first, then by name; kinds without cases are left out."""
    return _labelled(cases.kind, filters.rows(cases))


def by_channel(cases: Cases, filters: Filters) -> tuple[Labelled, ...]:
    """Cases of each channel, most first, then by name; channels without cases are left out."""
    return _labelled(cases.channel, filters.rows(cases))


def table(cases: Cases, areas: Areas, filters: Filters) -> tuple[tuple[str, ...], Counts]:
    """The kinds, and (areas, kinds) counts; cases without either are left out."""
    rows = filters.rows(cases)
    column = cases.level(areas.level)
    kinds = len(cases.kind.labels)
    place = places(column, areas)[column.codes[rows]].astype(np.int64)
    kind = cases.kind.codes[rows]
    both = (place != NONE) & (kind != NONE)
    counted = np.bincount(place[both] * kinds + kind[both], minlength=len(areas) * kinds)
    return cases.kind.labels, counted.reshape(len(areas), kinds)


def _located(cases: Cases, rows: Rows) -> Bools:
    """Of some cases, whether they have a place."""
    found: Bools = np.isfinite(cases.x_m[rows]) & np.isfinite(cases.y_m[rows])
    return found


def _split(column: Coded, rows: Rows, located: Bools) -> tuple[Counts, Counts]:
    """(labels + 1,) cases of each label with a place and without; the last one has no label."""
    labels = len(column.labels) + 1
    counted = np.bincount((column.codes[rows] + 1) + labels * ~located, minlength=2 * labels)
    return np.roll(counted[:labels], -1), np.roll(counted[labels:], -1)


def _by_place(counted: Counts, place: Ints, n: int) -> Counts:
    """Counts by label as counts by area."""
    by_area = np.zeros(n + 1, dtype=np.int64)
    np.add.at(by_area, place, counted)  # NONE is the last one
    return by_area[:n]


def _incidents(at: Ints, incident: Ints, count: int, areas: Areas) -> Counts:
    """(areas,) pairs of incident and area, each once.

    Nearly all incidents lie in one area: only the others are sorted."""
    n = max(1, len(areas))
    at, incident = at[at != NONE], incident[at != NONE]
    home = np.full(count, NONE, dtype=np.int32)
    home[incident] = at  # the last report's, whichever that is: each incident has one home
    away = at != home[incident]
    pairs = np.unique(incident[away] * np.int64(n) + at[away])
    homes = np.bincount(home[home != NONE], minlength=len(areas))
    return homes + np.bincount(pairs % n, minlength=len(areas))


def _unlocated(
    cases: Cases, rows: Rows, located: Bools, areas: Areas | None
) -> tuple[Unlocated, ...]:
    column = cases.district
    with_point, without = _split(column, rows, located)
    total = with_point + without
    names: dict[str, str] = {}
    if areas is not None and areas.level is JurisdictionLevel.DISTRICT:
        names = dict(zip(areas.codes, areas.names, strict=True))
    counted = {code: at for at, code in enumerate(column.labels) if total[at]}
    listed = [*names, *sorted(code for code in counted if code not in names)]
    found = [
        Unlocated(
            code=code,
            name=names.get(code, code),
            total=int(total[counted[code]]) if code in counted else 0,
            n=int(without[counted[code]]) if code in counted else 0,
        )
        for code in listed
    ]
    if total[NONE]:
        found.append(Unlocated(code="", name=UNKNOWN, total=int(total[NONE]), n=int(without[NONE])))
    return tuple(found)


def _labelled(column: Coded, rows: Bools) -> tuple[Labelled, ...]:
    names = (*column.labels, UNSAID)
    found = [
        Labelled(name=name, n=int(n))
        for name, n in zip(names, tally(column, rows), strict=True)
        if n
    ]
    return tuple(sorted(found, key=lambda one: (-one.n, one.name)))
