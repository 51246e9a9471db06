"""What goes in and out of the API, as pydantic models; the OpenAPI document is made from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from routing.casework.cases import Case, CaseEvent, Move, RoutedDecision
from routing.model import Location

LOCAL_TIME = ZoneInfo("Asia/Shanghai")
MOST_TEXT = 250_000
"""Characters. Real complaints stay under 10,000; a pasted file of 200,000 must still be read."""
MOST_ITEMS = 1_000
"""Complaints in one call of ``route``: about a quarter of a second of computing."""


def _iso_text(value: object) -> object:
    if value is None or isinstance(value, datetime | date):
        return value
    if not isinstance(value, str):
        raise ValueError("应为 ISO 8601 时间文本，例如 2026-11-22T08:30:00+08:00")
    return value


Coordinate = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Instant = Annotated[datetime, BeforeValidator(_iso_text)]


class Strict(BaseModel):
    """A field that is not in the contract is an error: a misspelt one must not pass unseen."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False, frozen=True)


class ComplaintIn(Strict):
    """诉求：文字与坐标至少给出一项；给出坐标时必须声明坐标系。"""

    id: str = Field("", max_length=200, description="来件编号，原样返回；缺省为在列表中的序号")
    text: str = Field("", max_length=MOST_TEXT, description="诉求原文")
    lon: Coordinate | None = Field(None, description="经度或横坐标，按 crs 的单位")
    lat: Coordinate | None = Field(None, description="纬度或纵坐标，按 crs 的单位")
    crs: str | None = Field(
        None,
        max_length=2_000,
        description="坐标系：GCJ-02、BD-09、WGS84、CGCS2000、EPSG:代码 或 WKT",
        examples=["GCJ-02"],
    )
    accuracy_m: float | None = Field(
        None,
        gt=0,
        le=100_000,
        allow_inf_nan=False,
        description="坐标的精度（米，95% 概率半径）；缺省按“给定坐标”取值",
    )
    category: str | None = Field(None, max_length=200, description="诉求类别，例如“道路破损”")
    received_at: Instant | None = Field(
        None, description="受理时间（ISO 8601）；不带时区时按北京时间；界线与规则以这一天为准"
    )
    channel: str = Field(
        "", max_length=64, description="来件渠道；使用渠道密钥时以密钥所属渠道为准"
    )

    @field_validator("id", "text", "crs", "category", "channel")
    @classmethod
    def _storable(cls, value: str | None) -> str | None:
        if value is not None and "\x00" in value:
            raise ValueError("含有 NUL 字符，数据库无法保存，请去掉后重试")
        return value

    @field_validator("received_at")
    @classmethod
    def _aware(cls, value: datetime | None) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            value = value.replace(tzinfo=LOCAL_TIME)
        if not 1900 <= value.year <= 2200:
            raise ValueError(f"年份 {value.year} 不在 1900–2200 之间")
        return value

    @model_validator(mode="after")
    def _placed(self) -> ComplaintIn:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("lon 与 lat 须同时给出，缺少其中一个")
        if self.lon is not None and not (self.crs or "").strip():
            raise ValueError("坐标没有说明坐标系，请填 crs，例如 GCJ-02、BD-09、EPSG:4490")
        if self.lon is None and not self.text.strip():
            raise ValueError("文字与坐标至少给出一项")
        return self


class NewComplaint(ComplaintIn):
    """登记诉求：按（channel, external_id）去重，重复提交返回同一工单。"""

    external_id: str = Field(min_length=1, max_length=200, description="渠道内唯一的来件编号")
    caller_name: str | None = Field(
        None, max_length=100, description="来电人姓名；加密保存，返回时脱敏"
    )
    caller_phone: str | None = Field(
        None, max_length=40, description="来电人电话；加密保存，返回时脱敏"
    )

    @field_validator("external_id")
    @classmethod
    def _no_nul(cls, value: str) -> str:
        if "\x00" in value or not value.strip():
            raise ValueError("须有可见字符，且不含 NUL")
        return value


class MoveIn(Strict):
    """对工单的一次操作；version 是操作时看到的版本，已被他人改变则返回 409。"""

    move: Move = Field(description="confirm 确认 · override 改派 · withdraw 撤回")
    version: int = Field(ge=1, strict=True, description="操作时看到的工单版本")
    unit_code: str | None = Field(None, max_length=64, description="改派给哪个单位")
    reason: str = Field("", max_length=2_000, description="改派与撤回必须说明理由")
    co_units: list[Annotated[str, Field(max_length=64)]] | None = Field(
        None, max_length=20, description="协办单位；缺省沿用建议"
    )

    @field_validator("move")
    @classmethod
    def _by_people(cls, value: Move) -> Move:
        if value is Move.RECEIVE:
            raise ValueError("受理请用 POST /api/v1/complaints")
        return value

    @field_validator("unit_code", "reason")
    @classmethod
    def _storable(cls, value: str | None) -> str | None:
        if value is not None and "\x00" in value:
            raise ValueError("含有 NUL 字符，请去掉后重试")
        return value


class TraceOut(BaseModel):
    """一条规则的判定。"""

    rule_id: str
    outcome: Literal["matched", "no", "unknown", "not_tried"] | str
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
    def of(
        cls, given_id: str, decision: RoutedDecision, location: Location | None = None
    ) -> DecisionOut:
        """Return the decision columns; a distance beyond what was looked at is ``null``."""
        advice = decision.recommendation
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
            place_id=";".join(location.place_ids) if location else "",
            matched_text=location.matched_text if location else "",
            reading=location.reading if location else "",
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
    caller: CallerOut | None = Field(None, description="已脱敏；未登记时为空")

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
            decision=DecisionOut.of(case.complaint.id, case.decision, case.complaint.location),
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
