"""One table from error class to HTTP answer; no view picks a status.

Machines get RFC 9457 problem details, people a page in Chinese. What a person or a machine sees
never holds a stack trace; what the log holds never holds a complaint's text or personal data.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from dataclasses import dataclass

import pydantic
from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import NotFound as NoSuchPage

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

log = logging.getLogger("shudi.web")

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

_HTTP_TITLES = {
    400: ("请求有误", "请刷新页面后重试。"),
    404: ("没有这个页面", "请检查地址，或回到首页。"),
    405: ("不支持这种请求方式", "请查看接口说明。"),
    413: ("提交的内容过大", "单次请求不能超过 2 MB。"),
    415: ("不支持的内容类型", "请以 application/json 提交。"),
}


def answer_for(error: Exception) -> Answer | None:
    """Return the table's line for an error, ``None`` where it is not one we raise on purpose."""
    return next((answer for kind, answer in ANSWERS if isinstance(error, kind)), None)


def wants_problem() -> bool:
    """Whether the caller is a program (the API, or a page's own fetch) rather than a person."""
    if request.path.startswith("/api/") and request.path != "/api/docs":
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return best == "application/json" or request.is_json


def problem(status: int, slug: str, title: str, detail: str, **more: object) -> Response:
    """Return RFC 9457 problem details."""
    body = {"type": f"/api/docs#{slug}", "title": title, "status": status, "detail": detail, **more}
    answer = jsonify(body)
    answer.status_code = status
    answer.mimetype = "application/problem+json"
    return answer


def page(status: int, title: str, advice: str, detail: str = "", incident: str = "") -> Response:
    """Return the error page for a person."""
    return make_response(
        render_template(
            "error.html",
            status=status,
            title=title,
            advice=advice,
            detail=detail,
            incident=incident,
        ),
        status,
    )


def register(app: Flask) -> None:
    """Answer every error of the application from the table above."""
    app.register_error_handler(ShudiError, _known)
    app.register_error_handler(pydantic.ValidationError, _invalid_body)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)


def _known(error: ShudiError) -> Response:
    answer = answer_for(error)
    if answer is None:
        return _unknown(error)
    # The message may quote what was typed in, so the log gets the class only.
    log.info("%s %s: %s (%s)", request.method, request.path, type(error).__name__, answer.status)
    if wants_problem():
        more: dict[str, object] = {"advice": answer.advice}
        if isinstance(error, MoveConflict):
            more["current"] = error.current
        made = problem(answer.status, answer.slug, answer.title, str(error), **more)
    else:
        shown = conflict_sentence(error.current) if isinstance(error, MoveConflict) else ""
        made = page(answer.status, answer.title, answer.advice, shown)
    if isinstance(error, StoreUnavailable):
        made.headers["Retry-After"] = str(RETRY_AFTER_S)
    if isinstance(error, TooManyAttempts):
        made.headers["Retry-After"] = str(error.retry_after_s)
    if answer.status == 401 and wants_problem():
        made.headers["WWW-Authenticate"] = 'Bearer realm="shudi"'
    return made


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
            "detail": _FIELD_ERRORS.get(
                wrong["type"], wrong["msg"].removeprefix("Value error, ")
            ).format_map(wrong.get("ctx") or {}),
        }
        for wrong in error.errors(include_input=False, include_url=False)
    ]


def _invalid_body(error: pydantic.ValidationError) -> Response:
    wrong = validation_errors(error)
    log.info("%s %s: %d invalid field(s) (422)", request.method, request.path, len(wrong))
    detail = "；".join(f"{one['pointer']} {one['detail']}" for one in wrong[:5])
    return problem(422, "unusable-input", "提交的内容无法使用", detail, errors=wrong)


def _stale_form(error: CSRFError) -> Response:
    log.info("%s %s: CSRF token missing or stale (400)", request.method, request.path)
    title, advice = "页面已过期", "请刷新页面后重新提交；为安全起见，本次操作没有执行。"
    if wants_problem():
        return problem(400, "csrf", title, f"{error.description} Send it as X-CSRFToken.")
    return page(400, title, advice)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400 and error.response is not None:
        return make_response(error.get_response())
    title, advice = _HTTP_TITLES.get(status, ("请求未能完成", "请稍后重试。"))
    if wants_problem():
        made = problem(status, f"http-{status}", title, error.description or title)
    else:
        made = page(status, title, advice)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            made.headers[name] = value
    if status < 400 or isinstance(error, NoSuchPage):
        return made
    log.info("%s %s: %s", request.method, request.path, status)
    return made


def _unknown(error: Exception) -> Response:
    incident = secrets.token_hex(6)
    g.incident = incident
    # Frames and the error's class only: an error's message (a driver's above all) may quote the
    # row it choked on, and that row is a citizen's.
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error(
        "incident %s: %s %s: %s\n%s",
        incident,
        request.method,
        request.path,
        _class_chain(error),
        frames,
    )
    if current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    title = "系统内部错误"
    if wants_problem():
        detail = f"unexpected error; quote incident {incident} to the operator"
        return problem(500, "internal", title, detail, incident=incident)
    return page(
        500, title, "请把下面的事件编号告诉系统管理员，以便在日志中查到原因。", "", incident
    )


def _class_chain(error: BaseException | None) -> str:
    names = []
    while error is not None:
        names.append(f"{type(error).__module__}.{type(error).__qualname__}")
        error = error.__cause__ or error.__context__
    return " ← ".join(names)
