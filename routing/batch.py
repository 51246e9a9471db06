"""The same decision for arrays: rows that ask the same question share one answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Point

from routing.batch_questions import ComplaintBatch, Questions, same_answer
from routing.columns import NUMBER_COLUMNS, TEXT_COLUMNS, decision_columns, place_columns
from routing.dispatch.recommend import recommend, unlocated
from routing.jurisdiction.bulk import Pairs, touching_pairs
from routing.jurisdiction.editions import Edition
from routing.jurisdiction.index import JurisdictionIndex
from routing.jurisdiction.levels import Touch
from routing.metric import metres_per_degree_many
from routing.model import Complaint, Hits, Location, LocationPrecision, Recommendation
from routing.pipeline import Deps, route

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Column = NDArray[Any]

__all__ = ["DEFAULT_PIN_RADIUS_M", "ComplaintBatch", "DecisionBatch", "route_batch"]

DEFAULT_PIN_RADIUS_M = 30.0
"""Metres, 95 %: a coordinate without a stated accuracy. A parcel's width, and a telephone's fix
between buildings, are of this size; it is also what ``near_edge`` speaks of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionBatch:
    """Decisions as columns, in the order of the complaints; every output column but ``id``."""

    columns: dict[str, Column]
    """Text columns hold str, empty for none; number columns float64, ``nan`` for none."""


def route_batch(batch: ComplaintBatch, deps: Deps) -> DecisionBatch:
    """Decide every row exactly as ``routing.pipeline.route`` would decide it alone.

    An empty batch gives empty columns. Rows whose coordinate is ``nan`` are ``unlocated``, unless
    there are words and a reader for them: those rows are decided one by one.
    """
    index = deps.index
    if not isinstance(index, JurisdictionIndex):
        raise TypeError(f"a batch needs the in-memory index, was {type(index).__name__}")
    n = len(batch.lon)
    columns: dict[str, Column] = {name: np.full(n, "", dtype=object) for name in TEXT_COLUMNS}
    columns |= {name: np.full(n, np.nan) for name in NUMBER_COLUMNS}
    placed = np.isfinite(batch.lon) & np.isfinite(batch.lat)
    if deps.reader is not None and batch.text is not None:
        worded = _route_words(columns, batch, batch.text, placed, deps)
        columns["gazetteer_version"][:] = deps.reader.version
        if worded.all():
            return DecisionBatch(columns=columns)
        pins = placed & ~worded
        _write(columns, np.flatnonzero(~placed & ~worded), unlocated(deps.rules), Hits(levels=()))
        placed = pins
    else:
        _write(columns, np.flatnonzero(~placed), unlocated(deps.rules), Hits(levels=()))
    columns["lon"][placed] = batch.lon[placed]
    columns["lat"][placed] = batch.lat[placed]
    columns["radius_m"][placed] = batch.radius_m[placed]
    columns["precision"][placed] = LocationPrecision.PIN.value
    questions = Questions.of(batch, deps)
    for edition, rows in _by_edition(index, batch.day, np.flatnonzero(placed)):
        if edition is None or not edition.jurisdictions:
            answer = recommend(None, Hits(levels=()), deps.rules, deps.units, date.min)
            _write(columns, rows, answer, Hits(levels=()))
            continue
        first, which = questions.distinct(rows)
        _route_edition(columns, batch, rows[first], questions, edition, index, deps)
        for column in columns.values():
            column[rows] = column[rows[first][which]]
    return DecisionBatch(columns=columns)


def _route_words(
    columns: dict[str, Column],
    batch: ComplaintBatch,
    texts: Column,
    placed: NDArray[np.bool_],
    deps: Deps,
) -> NDArray[np.bool_]:
    """Decide every row that has words; returns which they are."""
    worded: NDArray[np.bool_] = np.array([bool(text) for text in texts.tolist()], dtype=bool)
    for row in np.flatnonzero(worded).tolist():
        location = None
        if placed[row]:
            location = Location(
                geometry=Point(float(batch.lon[row]), float(batch.lat[row])),
                radius_m=float(batch.radius_m[row]),
                precision=LocationPrecision.PIN,
            )
        complaint = Complaint(
            id="", text=texts[row], category=batch.category[row], location=location
        )
        routed = route(complaint, date.fromordinal(int(batch.day[row])), deps)
        found = decision_columns(routed.recommendation, routed.hits)
        found |= place_columns(routed.location)
        if routed.location is not None and math.isfinite(routed.hits.edge_distance_m):
            found["edge_distance_m"] = routed.hits.edge_distance_m
        for name, value in found.items():
            columns[name][row] = value
    return worded


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
    questions: Questions,
    edition: Edition,
    index: JurisdictionIndex,
    deps: Deps,
) -> None:
    lon, lat, radius = batch.lon[rows], batch.lat[rows], batch.radius_m[rows]
    pairs = touching_pairs(index, edition, lon, lat, radius)
    distance = _edge_distance(edition, pairs, lon, lat)
    finite = np.isfinite(distance)
    columns["edge_distance_m"][rows[finite]] = distance[finite]
    bounds = np.searchsorted(pairs.row, np.arange(len(rows) + 1)).tolist()
    told = [
        column.tolist() for column in (pairs.number, pairs.share, pairs.covers, pairs.distance_m)
    ]

    def decide(at: int) -> tuple[Recommendation, Hits]:
        mine = list(map(Touch, *(column[bounds[at] : bounds[at + 1]] for column in told)))
        x, y, r, d = float(lon[at]), float(lat[at]), float(radius[at]), float(distance[at])
        with index.exclusive():
            hits = index.assemble(edition, mine, x, y, r, d)
        row = int(rows[at])
        day = date.fromordinal(int(batch.day[row]))
        return recommend(batch.category[row], hits, deps.rules, deps.units, day), hits

    alone = pairs.near.copy()
    if edition.segments:  # a corridor may reach a point that has no border near
        alone[np.unique(edition.segment_tree.query(shapely.points(lon, lat))[0])] = True
    for at in np.flatnonzero(alone).tolist():
        answer, hits = decide(at)
        for name, value in decision_columns(answer, hits).items():
            columns[name][rows[at]] = value
    plain = np.flatnonzero(~alone)
    keys = questions.keys(rows[plain])
    for group in same_answer(keys, plain, pairs, len(edition.jurisdictions)):
        _write(columns, rows[group], *decide(int(group[0])))


def _edge_distance(edition: Edition, pairs: Pairs, lon: Floats, lat: Floats) -> Floats:
    """Metres to the nearest border of the finest level: known from the pairs, or looked for."""
    distance = np.full(len(lon), np.inf)
    finest = np.array(edition.is_finest)[pairs.number]
    np.minimum.at(distance, pairs.row[finest], pairs.distance_m[finest])
    far = np.flatnonzero(np.isinf(distance))
    mx, my = metres_per_degree_many(lat[far])
    distance[far] = edition.finest_borders.nearest_distance_m(lon[far], lat[far], mx, my)
    return distance


def _write(columns: dict[str, Column], rows: Ints, answer: Recommendation, hits: Hits) -> None:
    for name, value in decision_columns(answer, hits).items():
        columns[name][rows] = value
