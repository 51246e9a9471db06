"""A decision as the contract's columns."""

from __future__ import annotations

from routing.jurisdiction.best_point import best_point, reach_m
from routing.model import TERRITORIAL_LEVELS, Hits, Location, Recommendation

TEXT_COLUMNS = (
    "status", "unit_code", "unit_name", "co_units", "fallback_unit",
    "district_code", "subdistrict_code", "community_code", "grid_code", "overlay_codes",
    "runner_up_unit", "reasons", "precision", "place_id", "matched_text", "reading", "basis",
    "boundary_version", "gazetteer_version", "rules_version",
)  # fmt: skip

NUMBER_COLUMNS = (
    "confidence", "share", "runner_up_share", "edge_distance_m", "lon", "lat", "radius_m",
)  # fmt: skip


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


def place_columns(place: Location | None) -> dict[str, str | float]:
    """The columns of the place: best point, the radius around it, class, and what it was read
    from; empty and ``nan`` where there is no place."""
    if place is None:
        nothing: dict[str, str | float] = dict.fromkeys(
            ("precision", "place_id", "matched_text", "reading"), ""
        )
        return nothing | dict.fromkeys(("lon", "lat", "radius_m"), float("nan"))
    lon, lat = best_point(place)
    return {
        "lon": lon,
        "lat": lat,
        "radius_m": reach_m(place),
        "precision": place.precision.value,
        "place_id": ";".join(place.place_ids),
        "matched_text": place.matched_text,
        "reading": place.reading,
    }
