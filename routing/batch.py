"""The same decision for arrays: rows that ask the same question share one answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.dispatch.recommend import recommend, unlocated
from routing.jurisdiction.bulk import Pairs, touching_pairs
from routing.jurisdiction.editions import Edition
from routing.jurisdiction.index import JurisdictionIndex
from routing.jurisdiction.levels import Touch
from routing.jurisdiction.metric import metres_per_degree_many
from routing.model import TERRITORIAL_LEVELS, Hits, LocationPrecision, Recommendation
from routing.pipeline import Deps

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Column = NDArray[Any]

DEFAULT_PIN_RADIUS_M = 30.0
"""Metres, 95 %: a coordinate without a stated accuracy. A parcel's width, and a telephone's fix
between buildings, are of this size; it is also what ``near_edge`` speaks of."""

TEXT_COLUMNS = (
    "status", "unit_code", "unit_name", "co_units", "fallback_unit",
    "district_code", "subdistrict_code", "community_code", "grid_code", "overlay_codes",
    "runner_up_unit", "reasons", "precision", "place_id", "matched_text", "reading", "basis",
    "boundary_version", "gazetteer_version", "rules_version",
)  # fmt: skip

NUMBER_COLUMNS = (
    "confidence", "share", "runner_up_share", "edge_distance_m", "lon", "lat", "radius_m",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class ComplaintBatch:
    """Complaints as columns, one row each; WGS 84 degrees."""

    lon: Floats
    """``nan`` where there is no place."""
    lat: Floats
    radius_m: Floats
    """95 % radius in metres; must be above 0 where there is a place."""
    day: Ints
    """Proleptic ordinal (``date.toordinal``) of the day whose boundaries and rules apply."""
    category: Column
    """Objects: text or ``None``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionBatch:
    """Decisions as columns, in the order of the complaints; every output column but ``id``."""

    columns: dict[str, Column]
    """Text columns hold str, empty for none; number columns float64, ``nan`` for none."""


def route_batch(batch: ComplaintBatch, deps: Deps) -> DecisionBatch:
    """Decide every row exactly as ``routing.pipeline.route`` would decide it alone.

    An empty batch gives empty columns. Rows whose coordinate is ``nan`` are ``unlocated``.
    """
    index = deps.index
    if not isinstance(index, JurisdictionIndex):
        raise TypeError(f"a batch needs the in-memory index, was {type(index).__name__}")
    n = len(batch.lon)
    columns: dict[str, Column] = {name: np.full(n, "", dtype=object) for name in TEXT_COLUMNS}
    columns |= {name: np.full(n, np.nan) for name in NUMBER_COLUMNS}
    placed = np.isfinite(batch.lon) & np.isfinite(batch.lat)
    _write(columns, np.flatnonzero(~placed), unlocated(deps.rules), Hits(levels=()))
    columns["lon"][placed] = batch.lon[placed]
    columns["lat"][placed] = batch.lat[placed]
    columns["radius_m"][placed] = batch.radius_m[placed]
    columns["precision"][placed] = LocationPrecision.PIN.value
    for edition, rows in _by_edition(index, batch.day, np.flatnonzero(placed)):
        if edition is None or not edition.jurisdictions:
            answer = recommend(None, Hits(levels=()), deps.rules, deps.units, date.min)
            _write(columns, rows, answer, Hits(levels=()))
        else:
            _route_edition(columns, batch, rows, edition, index, deps)
    return DecisionBatch(columns=columns)


def _by_edition(
    index: JurisdictionIndex, day: Ints, rows: Ints
) -> list[tuple[Edition | None, Ints]]:
    days, inverse = np.unique(day[rows], return_inverse=True)
    editions = [index.edition(int(one)) for one in days]
    distinct = list(dict.fromkeys(editions))
    which = np.array([distinct.index(edition) for edition in editions], dtype=np.int64)
    return [(edition, rows[which[inverse] == at]) for at, edition in enumerate(distinct)]


def _route_edition(
    columns: dict[str, Column],
    batch: ComplaintBatch,
    rows: Ints,
    edition: Edition,
    index: JurisdictionIndex,
    deps: Deps,
) -> None:
    lon, lat, radius = batch.lon[rows], batch.lat[rows], batch.radius_m[rows]
    pairs = touching_pairs(index, edition, lon, lat, radius)
    mx, my = metres_per_degree_many(lat)
    distance = edition.finest_borders.nearest_distance_m(lon, lat, mx, my)
    finite = np.isfinite(distance)
    columns["edge_distance_m"][rows[finite]] = distance[finite]
    bounds = np.searchsorted(pairs.row, np.arange(len(rows) + 1))

    def decide(at: int, edge_distance_m: float) -> tuple[Recommendation, Hits]:
        touches = [
            Touch(*values)
            for values in zip(
                pairs.number[bounds[at] : bounds[at + 1]].tolist(),
                pairs.share[bounds[at] : bounds[at + 1]].tolist(),
                pairs.covers[bounds[at] : bounds[at + 1]].tolist(),
                pairs.distance_m[bounds[at] : bounds[at + 1]].tolist(),
                strict=True,
            )
        ]
        hits = index.assemble(
            edition, touches, float(lon[at]), float(lat[at]), float(radius[at]), edge_distance_m
        )
        row = int(rows[at])
        day = date.fromordinal(int(batch.day[row]))
        return recommend(batch.category[row], hits, deps.rules, deps.units, day), hits

    alone = pairs.near.copy()
    if edition.segments:
        alone[:] = True  # a corridor may reach a point that has no border near
    for at in np.flatnonzero(alone).tolist():
        answer, hits = decide(at, float(distance[at]))
        _write_one(columns, int(rows[at]), answer, hits)
    plain = np.flatnonzero(~alone)
    for group in _same_question(batch, rows, plain, pairs, len(edition.jurisdictions), deps):
        answer, hits = decide(int(group[0]), float(distance[group[0]]))
        _write(columns, rows[group], answer, hits)


def _same_question(
    batch: ComplaintBatch, rows: Ints, plain: Ints, pairs: Pairs, count: int, deps: Deps
) -> list[Ints]:
    """Groups of rows far from every border that share polygons, category and rules in force."""
    if not len(plain):
        return []
    mine = np.isin(pairs.row, plain, assume_unique=False) if len(plain) < len(rows) else slice(None)
    row, number = pairs.row[mine], pairs.number[mine]
    names = {name: at for at, name in enumerate(dict.fromkeys(batch.category[rows[plain]]))}
    category = np.array([names[name] for name in batch.category[rows[plain]]], dtype=np.int64)
    epoch = np.searchsorted(_change_days(deps), batch.day[rows[plain]], side="right")
    key = category * (epoch.max() + 1) + epoch
    position = np.full(len(rows), -1, dtype=np.int64)
    position[plain] = np.arange(len(plain))
    first = np.searchsorted(row, plain)
    size = np.searchsorted(row, plain, side="right") - first
    for nth in range(int(size.max()) if len(size) else 0):
        at = np.minimum(first + nth, max(len(number) - 1, 0))
        polygon = np.where(size > nth, number[at] + 1, 0)
        key = np.unique(key, return_inverse=True)[1] * (count + 1) + polygon
    order = np.argsort(key, kind="stable")
    cuts = np.flatnonzero(np.diff(key[order])) + 1
    return [plain[group] for group in np.split(order, cuts)]


def _change_days(deps: Deps) -> Ints:
    """Days on which a rule or a unit comes into or goes out of force."""
    days = {rule.effective_from.toordinal() for rule in deps.rules.rules}
    days |= {r.effective_to.toordinal() + 1 for r in deps.rules.rules if r.effective_to}
    days |= {day.toordinal() for day in deps.units.change_days()}
    return np.array(sorted(days), dtype=np.int64)


def decision_columns(answer: Recommendation, hits: Hits) -> dict[str, str | float]:
    """The contract's columns that follow from answer and hits alone; no place, no id."""
    found: dict[str, str | float] = {
        "status": answer.status.value,
        "unit_code": answer.unit_code,
        "unit_name": answer.unit_name,
        "co_units": ";".join(answer.co_units),
        "fallback_unit": answer.fallback_unit,
        "overlay_codes": ";".join(h.jurisdiction.code for h in hits.overlays if h.covers),
        "runner_up_unit": answer.runner_up_unit,
        "reasons": ";".join(answer.reasons),
        "basis": answer.basis,
        "boundary_version": ";".join(hits.versions),
        "rules_version": answer.rules_version,
        "confidence": answer.confidence,
        "share": answer.share,
        "runner_up_share": answer.runner_up_share if answer.runner_up_unit else float("nan"),
    }
    for level in TERRITORIAL_LEVELS:
        best = hits.at(level)
        found[f"{level.value}_code"] = best.jurisdiction.code if best else ""
    return found


def _write(columns: dict[str, Column], rows: Ints, answer: Recommendation, hits: Hits) -> None:
    for name, value in decision_columns(answer, hits).items():
        columns[name][rows] = value


def _write_one(columns: dict[str, Column], row: int, answer: Recommendation, hits: Hits) -> None:
    for name, value in decision_columns(answer, hits).items():
        columns[name][row] = value
