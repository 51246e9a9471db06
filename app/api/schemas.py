"""What the API answers, as pydantic models; the OpenAPI document is made from them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from routing.casework.cases import Case, CaseEvent, RoutedDecision


class TraceOut(BaseModel):
    """一条规则的判定。"""

    rule_id: str
    outcome: str = Field(description="matched · no · unknown · not_tried")
    why: str


class DecisionOut(BaseModel):
    """派单建议。"""

    id: str = Field(description="来件编号")
    status: str = Field(description="routed · review · unlocated · outside · invalid")
    unit_code: str = Field("", description="主办单位")
    unit_name: str = ""
    co_units: list[str] = Field([], description="协办单位")
    fallback_unit: str = Field("", description="兜底单位")
    district_code: str = ""
    subdistrict_code: str = ""
    community_code: str = ""
    grid_code: str = ""
    overlay_codes: list[str] = Field([], description="命中的专属区域")
    confidence: float = Field(0.0, description="主办单位正确的概率，0–1")
    share: float = Field(0.0, description="位置不确定范围落在最可能辖区内的比例，0–1")
    runner_up_unit: str = Field("", description="次优单位")
    runner_up_share: float | None = Field(None, description="次优单位所占比例；没有次优单位时为空")
    edge_distance_m: float | None = Field(None, description="到最近边界的距离（米）")
    reasons: list[str] = []
    lon: float | None = Field(None, description="最可能位置，WGS 84")
    lat: float | None = None
    radius_m: float | None = Field(None, description="95% 半径（米）")
    precision: str = ""
    place_id: str = ""
    matched_text: str = ""
    reading: str = ""
    basis: str = Field("", description="一句可核对的依据")
    boundary_version: str = ""
    gazetteer_version: str = ""
    rules_version: str = ""
    candidates: list[dict[str, Any]] = Field([], description="涉及的全部辖区及比例")
    trace: list[TraceOut] = Field([], description="逐条规则的判定")
    errors: list[dict[str, str]] = Field([], description="status 为 invalid 时的原因")

    @classmethod
    def of(cls, given_id: str, decision: RoutedDecision) -> DecisionOut:
        """Return the decision columns; a distance beyond what was looked at is ``null``."""
        advice = decision.recommendation
        used = _used(decision)
        levels = ("district", "subdistrict", "community", "grid")
        return cls(
            id=given_id,
            status=advice.status.value,
            unit_code=advice.unit_code,
            unit_name=advice.unit_name,
            co_units=list(advice.co_units),
            fallback_unit=advice.fallback_unit,
            **{f"{level}_code": decision.codes.get(level, "") for level in levels},
            overlay_codes=list(decision.overlay_codes),
            confidence=advice.confidence,
            share=advice.share,
            runner_up_unit=advice.runner_up_unit,
            runner_up_share=advice.runner_up_share if advice.runner_up_unit else None,
            edge_distance_m=rounded(decision.edge_distance_m, 1),
            reasons=list(advice.reasons),
            lon=rounded(decision.lon, 7),  # one centimetre
            lat=rounded(decision.lat, 7),
            radius_m=rounded(decision.radius_m, 1),
            precision=decision.precision,
            basis=advice.basis,
            boundary_version=decision.boundary_version,
            gazetteer_version=decision.gazetteer_version,
            rules_version=advice.rules_version,
            candidates=[
                {key: _plain(value) for key, value in candidate.items()}
                for candidate in decision.candidates
            ],
            trace=[
                TraceOut(rule_id=step.rule_id, outcome=step.outcome, why=step.why)
                for step in advice.trace
            ],
            place_id=";".join(used.get("place_ids", ())),
            matched_text=used.get("matched_text", ""),
            reading=used.get("reading", ""),
        )

    @classmethod
    def invalid(
        cls, given_id: str, errors: list[dict[str, str]], reasons: Sequence[str] = ()
    ) -> DecisionOut:
        """Return the answer for an item that cannot be used; it never stops the others."""
        why = "；".join(error["detail"] for error in errors)
        return cls(
            id=given_id,
            status="invalid",
            errors=errors,
            reasons=list(reasons),
            basis=f"来件无法使用：{why}",
        )


def _used(decision: RoutedDecision) -> Mapping[str, Any]:
    """The stored place, where it was read out of words; empty for a coordinate."""
    used = (decision.text_place or {}).get("used")
    return used if isinstance(used, Mapping) else {}


class CallerOut(BaseModel):
    """来电人。"""

    name: str | None
    phone: str | None


class CaseOut(BaseModel):
    """工单。"""

    no: str
    version: int = Field(description="每次流转加一；操作时须带上")
    state: str = Field(description="pending 待派单 · dispatched 已派单")
    channel: str
    external_id: str
    text: str = Field(description="诉求原文，电话与身份证号已脱敏")
    category: str | None
    received_at: datetime | None
    unit_code: str | None = Field(description="现承办单位；未确认时为空")
    unit_name: str | None
    co_units: list[str]
    created_at: datetime
    updated_at: datetime
    decision: DecisionOut
    caller: CallerOut | None = Field(None, description="已脱敏；未登记时以及在列表中为空")

    @classmethod
    def of(cls, case: Case, text: str, caller: CallerOut | None = None) -> CaseOut:
        """Return a case with the masked ``text`` given."""
        return cls(
            no=case.no,
            version=case.version,
            state=case.state.value,
            channel=case.complaint.channel,
            external_id=case.external_id,
            text=text,
            category=case.complaint.category,
            received_at=case.complaint.received_at,
            unit_code=case.unit_code,
            unit_name=case.unit_name,
            co_units=list(case.co_units),
            created_at=case.created_at,
            updated_at=case.updated_at,
            decision=DecisionOut.of(case.complaint.id, case.decision),
            caller=caller,
        )


class EventOut(BaseModel):
    """一条流转记录。"""

    version: int
    move: str
    state: str
    actor: str
    actor_name: str
    at: datetime
    unit_code: str | None
    unit_name: str | None
    reason: str

    @classmethod
    def of(cls, event: CaseEvent) -> EventOut:
        """Return one line of the history."""
        return cls(
            version=event.version,
            move=event.move.value,
            state=event.state.value,
            actor=event.actor,
            actor_name=event.actor_name,
            at=event.at,
            unit_code=event.unit_code,
            unit_name=event.unit_name,
            reason=event.reason,
        )


class CaseWithEvents(CaseOut):
    """工单及其流转记录。"""

    events: list[EventOut]


class CasePage(BaseModel):
    """一页工单；next 为空表示没有下一页。"""

    cases: list[CaseOut]
    next: str | None = Field(description="取下一页时作为 after 传回")


class Problem(BaseModel):
    """RFC 9457 错误说明。"""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = None
    current: dict[str, Any] | None = Field(None, description="409 时工单的最新状态")
    incident: str | None = Field(None, description="500 时日志中的事件编号")


def rounded(value: float | None, decimals: int) -> float | None:
    """Return the number as shown, ``None`` for one that JSON cannot hold."""
    return round(value, decimals) if value is not None and math.isfinite(value) else None


def _plain(value: object) -> object:
    return rounded(value, 4) if isinstance(value, float) else value
