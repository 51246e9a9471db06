"""What each class of error means to the one who asked: status, words, advice. One table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pydantic

from app.accounts import SignInRefused, TooManyAttempts
from routing.errors import (
    MoveConflict,
    MoveRefused,
    NotAllowed,
    NotFoundError,
    ShudiError,
    StoreUnavailable,
    UserInputError,
)

RETRY_AFTER_S = 5
"""How long a client waits before it sends the same request again: a private PostgreSQL that was
killed and started again answers within this time (crash recovery of the demonstration cluster)."""


class SignInNeeded(ShudiError):
    """The request came without a session or key that is still good."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """How one class of error is answered."""

    status: int
    slug: str
    """The fragment of ``/api/docs`` that explains it; part of the problem's ``type``."""
    title: str
    """For people."""
    advice: str
    """What the person at the screen can do now."""


ANSWERS: tuple[tuple[type[Exception], Answer], ...] = (
    # First match wins, so a subclass stands above its base.
    (
        SignInNeeded,
        Answer(
            status=401,
            slug="sign-in-needed",
            title="需要登录",
            advice="登录已失效或尚未登录，请重新登录。",
        ),
    ),
    (
        SignInRefused,
        Answer(
            status=401,
            slug="sign-in-refused",
            title="账号或密码不正确",
            advice="请检查后重试；忘记密码请联系系统管理员重置。",
        ),
    ),
    (
        TooManyAttempts,
        Answer(
            status=429,
            slug="too-many-attempts",
            title="尝试次数过多",
            advice="请稍候再试；忘记密码请联系系统管理员重置。",
        ),
    ),
    (
        NotAllowed,
        Answer(
            status=403,
            slug="not-allowed",
            title="没有权限",
            advice="当前账号的角色或辖区不包含此内容；如确有需要，请联系系统管理员。",
        ),
    ),
    (
        NotFoundError,
        Answer(
            status=404,
            slug="not-found",
            title="没有找到",
            advice="编号不存在，或不在您的辖区内。请核对编号。",
        ),
    ),
    (
        MoveConflict,
        Answer(
            status=409,
            slug="move-conflict",
            title="工单已被他人处理",
            advice="请查看最新状态后再决定是否继续。",
        ),
    ),
    (
        MoveRefused,
        Answer(
            status=422,
            slug="move-refused",
            title="当前状态不允许此操作",
            advice="请刷新工单，查看现在可以做的操作。",
        ),
    ),
    (
        UserInputError,
        Answer(
            status=422,
            slug="unusable-input",
            title="提交的内容无法使用",
            advice="请按提示修改后重新提交。",
        ),
    ),
    (
        StoreUnavailable,
        Answer(
            status=503,
            slug="store-unavailable",
            title="数据库暂时无法访问",
            advice="本次操作没有保存任何内容，请稍后用同样的内容再试一次；"
            "若持续出现，请系统管理员运行 shudi doctor 检查。",
        ),
    ),
)

HTTP_TITLES = {
    400: ("请求有误", "请刷新页面后重试。"),
    404: ("没有这个页面", "请检查地址，或回到首页。"),
    405: ("不支持这种请求方式", "请查看接口说明。"),
    413: ("提交的内容过大", "单次请求不能超过 2 MB。"),
    415: ("不支持的内容类型", "请以 application/json 提交。"),
}
"""Title and advice for what the web framework itself refuses."""


def answer_for(error: Exception) -> Answer | None:
    """Return the table's line for an error, ``None`` where it is not one we raise on purpose."""
    return next((answer for kind, answer in ANSWERS if isinstance(error, kind)), None)


def conflict_sentence(current: dict[str, object]) -> str:
    """Return one Chinese sentence saying who was first and what they did.

    ``current`` is what MoveConflict carries: state, version, unit, actor and time; a key that is
    missing leaves its clause out.
    """
    who = current.get("actor_name") or current.get("actor") or "其他人员"
    at = str(current.get("at") or "")[:16].replace("T", " ")
    unit = current.get("unit_name") or current.get("unit_code")
    state = {"pending": "待派单", "dispatched": "已派单"}.get(
        str(current.get("state")), str(current.get("state") or "")
    )
    done = f"现为“{state}”" + (f"，承办单位：{unit}" if unit else "")
    return f"{who}{f'于 {at} ' if at else ''}已先处理此工单，{done}。"


_FIELD_ERRORS = {
    "missing": "缺少必填字段",
    "extra_forbidden": "没有这个字段，请核对字段名",
    "string_type": "应为文本",
    "string_unicode": "不是有效的 Unicode 文本",
    "string_too_short": "不能为空",
    "string_too_long": "文本过长，最多 {max_length} 个字符",
    "float_type": "应为数字",
    "int_type": "应为整数",
    "finite_number": "应为有限的数",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than_equal": "应不大于 {le}",
    "enum": "只能是 {expected} 之一",
    "list_type": "应为列表",
    "too_long": "最多 {max_length} 项",
    "model_type": "应为 JSON 对象",
    "model_attributes_type": "应为 JSON 对象",
    "datetime_parsing": "应为 ISO 8601 时间，例如 2026-11-22T08:30:00+08:00",
    "datetime_from_date_parsing": "应为 ISO 8601 时间，例如 2026-11-22T08:30:00+08:00",
}
"""What each of pydantic's error types says to a person; others keep pydantic's English words."""


def validation_errors(error: pydantic.ValidationError) -> list[dict[str, str]]:
    """Return where and what is wrong, without the values: they may be personal."""
    return [
        {
            "pointer": "/" + "/".join(str(part) for part in wrong["loc"]),
            "detail": _detail(wrong["type"], wrong["msg"], wrong.get("ctx") or {}),
        }
        for wrong in error.errors(include_input=False, include_url=False)
    ]


def _detail(kind: str, message: str, context: Mapping[str, object]) -> str:
    """Ours filled in; pydantic's is whole already, and braces in it are braces."""
    ours = _FIELD_ERRORS.get(kind)
    if ours is None:
        return message.removeprefix("Value error, ")
    return ours.format_map(context)
