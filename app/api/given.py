"""What callers send, as pydantic models; a field that is not in the contract is an error."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from routing.casework.cases import Move

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
