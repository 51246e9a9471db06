"""Every error becomes an answer here, by the table in ``app.answers``; no view picks a status.

Machines get RFC 9457 problem details, people a page in Chinese. What a person or a machine sees
never holds a stack trace; what the log holds never holds a complaint's text or personal data.
"""

from __future__ import annotations

import logging
import secrets
import traceback

import pydantic
from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import NotFound as NoSuchPage

from app.accounts import TooManyAttempts
from app.answers import (
    HTTP_TITLES,
    RETRY_AFTER_S,
    answer_for,
    conflict_sentence,
    validation_errors,
)
from routing.errors import MoveConflict, ShudiError, StoreUnavailable

log = logging.getLogger("shudi.web")


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
    title, advice = HTTP_TITLES.get(status, ("请求未能完成", "请稍后重试。"))
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
