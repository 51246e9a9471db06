"""The whole spine: one complaint in, its place, hits and one recommendation out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from routing.dispatch.calibration import Calibration
from routing.dispatch.recommend import away, recommend, unlocated
from routing.dispatch.rules import RuleSet
from routing.dispatch.words_and_pin import compared, fused
from routing.model import (
    Complaint,
    Hits,
    Location,
    PlaceOutcome,
    Recommendation,
    TextPlace,
)
from routing.ports import BoundaryIndex, TextReader, UnitDirectory


@dataclass(frozen=True, kw_only=True, slots=True)
class Deps:
    """Everything a decision depends on; the same ones give the same answer for ever."""

    index: BoundaryIndex
    rules: RuleSet
    units: UnitDirectory
    reader: TextReader | None = None
    """Reads places out of words; ``None`` where no gazetteer is loaded."""
    calibration: Calibration | None = None
    """From the evidence of a reading to a probability; ``None`` takes the reading for granted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Routed:
    """派单判定: the answer with all it was derived from."""

    location: Location | None
    """The place decided by: the pin where there is one, else what the words mean."""
    hits: Hits
    recommendation: Recommendation
    text_place: TextPlace | None = None
    """What the words say; ``None`` where they were not read."""


def route(complaint: Complaint, day: date, deps: Deps) -> Routed:
    """Name the unit responsible for a complaint by what was in force on ``day``.

    A pin goes before words; words that contradict it are told. A complaint without a place is
    ``unlocated`` and belongs to the queue. Never raises for a place or a text, however odd, as long
    as coordinates are finite; status and reasons say what is wrong.
    """
    pin = complaint.location
    said: TextPlace | None = None
    if deps.reader is not None and complaint.text:
        said = deps.reader.read(complaint.text, day, pin.geometry if pin else None)
    if pin is not None:
        return _decided(complaint, pin, compared(pin, said), said, day, deps, None)
    if said is None or said.outcome is PlaceOutcome.NOT_FOUND:
        answer = unlocated(deps.rules, missing=said.missing if said else ())
        return Routed(location=None, hits=Hits(levels=()), recommendation=answer, text_place=said)
    if said.outcome is PlaceOutcome.OUTSIDE:
        answer = away(deps.rules, said.notes)
        return Routed(location=None, hits=Hits(levels=()), recommendation=answer, text_place=said)
    place, doubts = fused(said)
    return _decided(complaint, place, doubts, said, day, deps, deps.calibration)


def _decided(
    complaint: Complaint,
    place: Location,
    reasons: Sequence[str],
    said: TextPlace | None,
    day: date,
    deps: Deps,
    calibration: Calibration | None,
) -> Routed:
    hits = deps.index.hits(place, day)
    answer = recommend(
        complaint.category,
        hits,
        deps.rules,
        deps.units,
        day,
        place=place,
        place_name=_name(complaint, place, said),
        reasons=reasons,
        evidence=said.evidence if said is not None and complaint.location is None else None,
        calibration=calibration,
    )
    return Routed(location=place, hits=hits, recommendation=answer, text_place=said)


def _name(complaint: Complaint, place: Location, said: TextPlace | None) -> str:
    """What the basis sentence calls the place; empty for a coordinate."""
    if complaint.location is not None or said is None or not said.candidates:
        return place.matched_text
    return said.candidates[0].name
