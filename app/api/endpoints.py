"""Every address of the API, what it takes and gives; both documents are made from this table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from app.api.cases import FILTERS, MOST_IN_PAGE
from app.api.given import ComplaintIn, MoveIn, NewComplaint
from app.api.schemas import (
    CallerOut,
    CaseOut,
    CasePage,
    CaseWithEvents,
    DecisionOut,
    Problem,
)

Answers = Mapping[int, tuple[type[BaseModel] | None, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """One address and method."""

    method: str
    path: str
    operation: str
    summary: str
    description: str
    who: str
    """Who may call it, in words."""
    answers: Answers
    body: type[BaseModel] | None = None
    many: bool = False
    """Whether the body may also be a list."""
    query: Mapping[str, str] = field(default_factory=dict)
    open: bool = False
    """Whether it answers without a key or session."""


_COMMON: dict[int, tuple[type[BaseModel] | None, str]] = {
    401: (Problem, "没有登录，或密钥无效"),
    403: (Problem, "角色或辖区不允许"),
    503: (Problem, "数据库暂时无法访问；没有保存任何内容，可原样重试"),
}
_BODY: dict[int, tuple[type[BaseModel] | None, str]] = {
    400: (Problem, "不是 JSON，或页面会话缺少 CSRF 令牌"),
    413: (Problem, "超过 2 MB"),
    415: (Problem, "不是 application/json"),
    422: (Problem, "字段有误，errors 逐项说明"),
}

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        method="POST",
        path="/api/v1/route",
        operation="route",
        summary="判定承办单位（不保存）",
        description="提交一件诉求或至多 1,000 件的列表，按相同顺序返回派单建议。"
        "个别诉求有误时，该件返回 status=invalid 及原因，不影响其他各件。",
        who="渠道密钥；派单员、督办员、分析员、系统管理员",
        body=ComplaintIn,
        many=True,
        query={"as_of": "按哪一天的界线与规则判定（YYYY-MM-DD）；缺省为受理日期，再缺省为当天"},
        answers={200: (DecisionOut, "派单建议；提交列表时返回列表"), **_BODY, **_COMMON},
    ),
    Endpoint(
        method="POST",
        path="/api/v1/complaints",
        operation="receiveComplaint",
        summary="登记诉求，生成工单",
        description="按 channel 与 external_id 去重：首次返回 201，重复提交返回 200 和同一工单，"
        "不会改变已有内容，可放心重试。",
        who="渠道密钥；派单员、督办员、系统管理员",
        body=NewComplaint,
        answers={
            201: (CaseOut, "新工单"),
            200: (CaseOut, "此前已登记的同一工单"),
            **_BODY,
            **_COMMON,
        },
    ),
    Endpoint(
        method="GET",
        path="/api/v1/cases",
        operation="listCases",
        summary="查询工单",
        description="需要人工研判的在前。只返回本账号辖区或本渠道的工单。",
        who="渠道密钥；派单员、督办员、系统管理员、街镇与部门工作人员",
        query={
            **FILTERS,
            "limit": f"每页件数，1–{MOST_IN_PAGE}，缺省 50",
            "after": "上一页返回的 next",
        },
        answers={200: (CasePage, "一页工单"), 422: (Problem, "查询参数有误"), **_COMMON},
    ),
    Endpoint(
        method="GET",
        path="/api/v1/cases/{no}",
        operation="readCase",
        summary="查看工单与流转记录",
        description="电话与身份证号已脱敏。",
        who="渠道密钥；派单员、督办员、系统管理员、街镇与部门工作人员",
        answers={
            200: (CaseWithEvents, "工单及流转记录"),
            404: (Problem, "没有这件工单，或不在辖区内"),
            **_COMMON,
        },
    ),
    Endpoint(
        method="POST",
        path="/api/v1/cases/{no}/moves",
        operation="moveCase",
        summary="确认、改派或撤回",
        description="version 为操作时看到的版本。同一人重复提交同一操作不会重复执行；"
        "已被他人先处理时返回 409，current 为最新状态。",
        who="派单员、督办员、系统管理员",
        body=MoveIn,
        answers={
            200: (CaseOut, "操作后的工单"),
            404: (Problem, "没有这件工单，或不在辖区内"),
            409: (Problem, "已被他人先处理；current 为最新状态"),
            **_BODY,
            **_COMMON,
        },
    ),
    Endpoint(
        method="GET",
        path="/api/v1/cases/{no}/caller",
        operation="revealCaller",
        summary="查看来电人（留痕）",
        description="返回未脱敏的姓名与电话；每次查看都会记录查看人与时间。",
        who="派单员、督办员",
        query={"purpose": "查看原因，随记录保存"},
        answers={
            200: (CallerOut, "来电人姓名与电话"),
            404: (Problem, "没有这件工单，或没有登记来电人"),
            **_COMMON,
        },
    ),
    Endpoint(
        method="GET",
        path="/healthz",
        operation="health",
        summary="进程存活",
        description="不检查数据库。",
        who="不需登录",
        open=True,
        answers={200: (None, "存活")},
    ),
    Endpoint(
        method="GET",
        path="/readyz",
        operation="readiness",
        summary="可以提供服务",
        description="数据库可访问且已载入现行界线。",
        who="不需登录",
        open=True,
        answers={200: (None, "就绪"), 503: (None, "未就绪，并说明原因")},
    ),
    Endpoint(
        method="GET",
        path="/metrics",
        operation="metrics",
        summary="运行指标",
        description="Prometheus 文本格式，不含个人信息。",
        who="不需登录",
        open=True,
        answers={200: (None, "指标")},
    ),
)
