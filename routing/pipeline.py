"""The whole spine: one complaint in, hits and one recommendation out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from routing.dispatch.recommend import recommend, unlocated
from routing.dispatch.rules import RuleSet
from routing.model import Complaint, Hits, Recommendation
from routing.ports import BoundaryIndex, UnitDirectory


@dataclass(frozen=True, kw_only=True, slots=True)
class Deps:
    """Everything a decision depends on; the same three give the same answer for ever."""

    index: BoundaryIndex
    rules: RuleSet
    units: UnitDirectory


def route(complaint: Complaint, day: date, deps: Deps) -> tuple[Hits, Recommendation]:
    """Name the unit responsible for a complaint by what was in force on ``day``.

    A complaint without a place is ``unlocated`` and belongs to the queue. Never raises for a
    place, however odd, as long as its coordinates are finite; status and reasons say what is wrong.
    """
    if complaint.location is None:
        return Hits(levels=()), unlocated(deps.rules)
    place = complaint.location
    hits = deps.index.hits(place, day)
    answer = recommend(
        complaint.category,
        hits,
        deps.rules,
        deps.units,
        day,
        extended=place.geometry.geom_type != "Point",
        place_name=place.matched_text,
    )
    return hits, answer
