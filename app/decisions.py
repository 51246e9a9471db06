"""One run of the machine as it is stored and shown; nothing is decided here."""

from __future__ import annotations

import json
from datetime import date

import shapely
from shapely.geometry.base import BaseGeometry

from routing.casework.cases import RoutedDecision
from routing.dispatch.words_and_pin import fused
from routing.jurisdiction.best_point import best_point, reach_m
from routing.model import (
    Complaint,
    Hits,
    JurisdictionHit,
    Location,
    LocationPrecision,
    PlaceOutcome,
    Recommendation,
    TextPlace,
)

MOST_CANDIDATES = 8
"""Places of one text that are stored: more are never shown, and a road name without a district
has dozens in a large city."""
_DEGREES = 1e-7
"""Grid of stored geometry in degrees: a centimetre."""
_MANY_VERTICES, _BENDS_DEG = 64, 1e-5
"""Shapes with more vertices are kept without bends under a metre: they are only drawn, and eight
surveyed roads would be 200 kB with every case."""


def routed_decision(
    complaint: Complaint,
    hits: Hits,
    advice: Recommendation,
    day: date,
    text_place: TextPlace | None = None,
    gazetteer_version: str = "",
) -> RoutedDecision:
    """Return everything needed to show the decision and to replay it on the same versions.

    ``text_place`` is what the words said, ``None`` where nobody read them. The place is the
    complaint's own; where it has none, what the words mean, as ``routing.pipeline`` takes it.
    """
    place = complaint.location or _meant(text_place)
    lon, lat = best_point(place) if place else (None, None)
    touched = [(hits_of.level.value, hit) for hits_of in hits.levels for hit in hits_of.hits]
    overlays = [("overlay", hit) for hit in hits.overlays]
    best = {level.level.value: level.best for level in hits.levels}
    return RoutedDecision(
        recommendation=advice,
        lon=lon,
        lat=lat,
        radius_m=round(reach_m(place), 1) if place else None,
        precision=place.precision.value if place else "",
        codes={level: hit.jurisdiction.code for level, hit in best.items() if hit is not None},
        overlay_codes=tuple(hit.jurisdiction.code for hit in hits.overlays if hit.covers),
        edge_distance_m=hits.edge_distance_m if place else None,
        boundary_version=";".join(hits.versions),
        gazetteer_version=gazetteer_version,
        candidates=tuple(_candidate(level, hit) for level, hit in [*touched, *overlays]),
        as_of=day.isoformat(),
        text_place=_kept(place, text_place),
    )


def place_document(place: Location, words: str = "") -> dict[str, object]:
    """Return a location as plain JSON, geometry as GeoJSON in WGS 84 to draw it by."""
    return {
        "geometry": _geojson(place.geometry),
        "radius_m": place.radius_m,
        "precision": place.precision.value,
        "place_ids": list(place.place_ids),
        "matched_text": place.matched_text,
        "reading": place.reading,
        "words": words,
    }


def text_document(read: TextPlace) -> dict[str, object]:
    """Return what the words say as plain JSON; spans are slices of the text as it was read."""
    return {
        "outcome": read.outcome.value,
        "spans": [
            {"start": one.start, "end": one.end, "role": one.role.value} for one in read.spans
        ],
        "candidates": [
            {**place_document(one.location, one.words), "penalty": round(one.penalty, 4)}
            for one in read.candidates[:MOST_CANDIDATES]
        ],
        "more_candidates": max(0, len(read.candidates) - MOST_CANDIDATES),
        "reasons": list(read.reasons),
        "notes": list(read.notes),
        "missing": list(read.missing),
    }


def _meant(read: TextPlace | None) -> Location | None:
    found = (PlaceOutcome.LOCATED, PlaceOutcome.AMBIGUOUS)
    if read is None or read.outcome not in found or not read.candidates:
        return None
    return fused(read)[0]


def _kept(place: Location | None, read: TextPlace | None) -> dict[str, object] | None:
    """What is stored of the place; ``None`` where a best point and a radius say it all."""
    bare = place is None or (place.precision is LocationPrecision.PIN and not place.place_ids)
    if read is None and bare:
        return None
    kept: dict[str, object] = {}
    if place is not None:
        candidates = read.candidates if read else ()
        said = next((one.words for one in candidates if one.location == place), "")
        kept["used"] = place_document(place, said)
    return kept | (text_document(read) if read else {})


def _geojson(geometry: BaseGeometry) -> dict[str, object]:
    if shapely.get_num_coordinates(geometry) > _MANY_VERTICES:
        geometry = shapely.simplify(geometry, _BENDS_DEG)
    snapped = shapely.set_precision(geometry, _DEGREES, mode="pointwise")
    made: dict[str, object] = json.loads(shapely.to_geojson(snapped))
    return made


def _candidate(level: str, hit: JurisdictionHit) -> dict[str, object]:
    jurisdiction = hit.jurisdiction
    shown: dict[str, object] = {
        "level": level,
        "code": jurisdiction.code,
        "name": jurisdiction.name,
        "unit_code": jurisdiction.unit_code,
        "share": round(hit.share, 4),
        "covers": hit.covers,
        "edge_distance_m": hit.edge_distance_m,
    }
    if jurisdiction.overlay_kind:
        shown["overlay_kind"] = jurisdiction.overlay_kind
    return shown
