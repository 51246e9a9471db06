"""Cases to store: everything has a value, and the tests say only what matters to them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from shapely import Point

from routing.casework.cases import RoutedDecision
from routing.model import (
    Complaint,
    DecisionStatus,
    Location,
    LocationPrecision,
    Recommendation,
    TraceStep,
)

CST = timezone(timedelta(hours=8))


def complaint(ref: str = "c-1", **changes: Any) -> Complaint:
    given: dict[str, Any] = {
        "id": ref,
        "text": "西洪路路灯不亮",
        "category": "道路破损",
        "received_at": datetime(2026, 11, 22, 9, 30, tzinfo=CST),
        "location": Location(
            geometry=Point(119.2835, 26.0953), radius_m=20.0, precision=LocationPrecision.PIN
        ),
        "channel": "12345",
    }
    return Complaint(**{**given, **changes})


def decision(
    status: str = "routed",
    *,
    unit: str = "350102-JSJ",
    name: str = "区建设局",
    confidence: float = 0.97,
    subdistrict: str = "350102008",
    **changes: Any,
) -> RoutedDecision:
    recommendation = Recommendation(
        status=DecisionStatus(status),
        unit_code=unit,
        unit_name=name,
        co_units=("350102008",),
        fallback_unit="350102008",
        runner_up_unit="350102009",
        runner_up_share=0.1,
        confidence=confidence,
        share=0.9,
        reasons=("near_edge", "rule:road-damage"),
        basis="道路破损由区建设局主办，洪山镇兜底。",
        rules_version="2026-09",
        trace=(TraceStep(rule_id="road-damage", outcome="matched", why="诉求类别为道路破损"),),
    )
    given: dict[str, Any] = {
        "recommendation": recommendation,
        "lon": 119.2835,
        "lat": 26.0953,
        "radius_m": 20.0,
        "precision": "pin",
        "codes": {"district": "350102", "subdistrict": subdistrict} if subdistrict else {},
        "overlay_codes": ("RW-1",),
        "edge_distance_m": 0.1 + 0.2,
        "boundary_version": "鼓楼区界线@2026-01-01",
        "candidates": ({"level": "subdistrict", "code": "350102008", "share": 0.9},),
        "as_of": "2026-11-22",
    }
    return RoutedDecision(**{**given, **changes})


def unlocated() -> RoutedDecision:
    return decision(
        "unlocated",
        unit="QUEUE",
        name="人工研判队列",
        confidence=0.0,
        subdistrict="",
        lon=None,
        lat=None,
        radius_m=None,
        precision="",
        edge_distance_m=None,
    )


DISPATCHER = {"actor": "lin", "actor_name": "林派单", "role": "dispatcher"}
OTHER = {"actor": "chen", "actor_name": "陈派单", "role": "dispatcher"}
CHANNEL = {"actor": "api:12345", "actor_name": "12345"}
