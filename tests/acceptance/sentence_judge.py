"""Whether what was read and decided for a sentence is what its writer meant."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geodata.demo.partition import to_metres
from routing.model import DecisionStatus, PlaceOutcome, ReasonCode, Recommendation, TextPlace

_REACH = 3.0
"""What is given for a point may reach this many tolerances away from it: no road for a house."""
_SMALLEST_REACH_M = 150.0
_COVERED = 0.8
"""Share of a line or area that has to lie within the tolerance of the other."""
_SMALL_M = 6.0
"""An area not longer than this many tolerances may be answered by a point in it."""


def fault(row: Mapping[str, str], read: TextPlace, decided: Recommendation) -> str:
    """Empty where all is right, else what is wrong in some words."""
    expected = row["expect"]
    status = decided.status
    if expected == "unlocated":
        right = read.outcome is PlaceOutcome.NOT_FOUND and status is DecisionStatus.UNLOCATED
        return "" if right else f"{read.outcome}, {status}: {_words(read)}"
    if expected == "outside":
        right = read.outcome is PlaceOutcome.OUTSIDE and status is DecisionStatus.OUTSIDE
        return "" if right else f"{read.outcome}, {status}: {_words(read)}"
    if expected == "ambiguous":
        right = (
            read.outcome is PlaceOutcome.AMBIGUOUS
            and ReasonCode.AMBIGUOUS_PLACE.value in read.reasons
            and status is not DecisionStatus.ROUTED
        )
        return "" if right else f"{read.outcome}, {status}: {_words(read)}"
    if read.outcome is not PlaceOutcome.LOCATED or read.location is None:
        return f"{read.outcome}: {_words(read)}"
    if expected == "conflict" and ReasonCode.DISTRICT_CONFLICT.value not in read.reasons:
        return f"no conflict told: {_words(read)}"
    if wrong := _misplaced(row, read.location.geometry):
        return f"{wrong}: {_words(read)}"
    if wrong_and_sure(row, decided):
        return f"wrong and sure: {decided.unit_code}, expected {row['unit']}"
    return ""


def wrong_and_sure(row: Mapping[str, str], decided: Recommendation) -> bool:
    """Routed without a look, and not to a unit that is right; what costs trust."""
    if decided.status is not DecisionStatus.ROUTED:
        return False
    return not row["unit"] or not _right_unit(row["unit"], decided.unit_code)


def true_shape(row: Mapping[str, str]) -> BaseGeometry:
    """Local metres."""
    if row["geometry"]:
        return shapely.transform(shapely.from_wkt(row["geometry"]), to_metres)
    return Point(to_metres(np.array([[float(row["lon"]), float(row["lat"])]]))[0])


def _misplaced(row: Mapping[str, str], given: BaseGeometry) -> str:
    truth, tolerance = true_shape(row), float(row["tolerance_m"])
    answer = shapely.transform(given, to_metres)
    away = float(answer.distance(truth))
    if away > tolerance:
        return f"{away:.0f} m away, tolerance {tolerance:.0f}"
    if truth.geom_type in ("Point", "MultiPoint") or _length(truth) <= _SMALL_M * tolerance:
        reach = float(shapely.distance(truth, shapely.points(_dots(answer))).max())
        allowed = max(_REACH * tolerance, _SMALLEST_REACH_M) + _length(truth) / 2
        return "" if reach <= allowed else f"reaches {reach:.0f} m away, allowed {allowed:.0f}"
    missing = 1 - _share_within(truth, answer, tolerance)
    beyond = 1 - _share_within(answer, truth, tolerance)
    if max(missing, beyond) > 1 - _COVERED:
        return f"{missing:.0%} of it missing, {beyond:.0%} of the answer beyond it"
    return ""


def _share_within(shape: BaseGeometry, other: BaseGeometry, tolerance: float) -> float:
    distances = shapely.distance(other, shapely.points(_dots(shape)))
    return float((distances <= tolerance).mean())


def _dots(shape: BaseGeometry) -> NDArray[np.float64]:
    """Points every ten metres along lines and outlines."""
    dense = shapely.segmentize(shape, 10.0) if shape.geom_type != "Point" else shape
    dots: NDArray[np.float64] = shapely.get_coordinates(dense)
    return dots


def _length(shape: BaseGeometry) -> float:
    west, south, east, north = shape.bounds
    return float(np.hypot(east - west, north - south))


def _right_unit(expected: str, unit_code: str) -> bool:
    """A coarser code stands for every grid in it."""
    return any(unit_code.startswith(code) for code in expected.split(";"))


def _words(read: TextPlace) -> str:
    shown = "；".join(candidate.words for candidate in read.candidates[:3])
    return shown or "nothing read"
