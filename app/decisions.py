"""One run of the machine as it is stored and shown; nothing is decided here."""

from __future__ import annotations

from datetime import date

from routing.casework.cases import RoutedDecision
from routing.jurisdiction.index import best_point
from routing.model import Complaint, Hits, JurisdictionHit, Recommendation


def routed_decision(
    complaint: Complaint, hits: Hits, advice: Recommendation, day: date
) -> RoutedDecision:
    """Return everything needed to show the decision and to replay it on the same versions."""
    place = complaint.location
    lon, lat = best_point(place) if place else (None, None)
    touched = [(hits_of.level.value, hit) for hits_of in hits.levels for hit in hits_of.hits]
    overlays = [("overlay", hit) for hit in hits.overlays]
    best = {level.level.value: level.best for level in hits.levels}
    return RoutedDecision(
        recommendation=advice,
        lon=lon,
        lat=lat,
        radius_m=place.radius_m if place else None,
        precision=place.precision.value if place else "",
        codes={level: hit.jurisdiction.code for level, hit in best.items() if hit is not None},
        overlay_codes=tuple(hit.jurisdiction.code for hit in hits.overlays if hit.covers),
        edge_distance_m=hits.edge_distance_m if place else None,
        boundary_version=";".join(hits.versions),
        candidates=tuple(_candidate(level, hit) for level, hit in [*touched, *overlays]),
        as_of=day.isoformat(),
    )


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
