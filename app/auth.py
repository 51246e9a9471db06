"""Who is asking: people by session, machine channels by key; what each role may do.

A session is a signed cookie that holds the login, the account's session epoch and the time of
signing in. The account is read again on every request, so disabling it, changing its role or
raising its epoch ("sign out everywhere") works at once.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar
from urllib.parse import quote, urlsplit

from flask import Flask, current_app, g, redirect, request, session
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from app.answers import SignInNeeded
from app.errors import wants_problem
from app.wiring import services
from geodata.database import Scope
from routing.errors import NotAllowed

P = ParamSpec("P")
R = TypeVar("R")

ROLES: dict[str, str] = {
    "dispatcher": "派单员",
    "street": "街镇工作人员",
    "department": "部门工作人员",
    "analyst": "分析员",
    "supervisor": "督办员",
    "admin": "系统管理员",
}
"""The roles of people, with the word on the top bar. A machine channel has the role ``api``."""

MAY_MOVE = ("dispatcher", "supervisor", "admin")
"""Who decides on cases; the workflow table has the last word."""
MAY_REVEAL = ("dispatcher", "supervisor")
"""Who may see a caller's name and telephone in clear; each look is recorded."""

csrf = CSRFProtect()


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedIn:
    """The person or channel behind this request."""

    login: str
    """Login name, or ``api:<channel>``."""
    name: str
    role: str
    """One of ROLES, or ``api``."""
    unit_code: str | None
    """The unit the person works for; ``None`` where the role needs none."""
    unit_name: str | None
    subdistrict_code: str | None
    """For street-level staff, the only subdistrict they see; ``None`` for everybody else."""
    channel: str | None = None
    """For a machine, the channel its key belongs to; ``None`` for people."""


def register(app: Flask) -> None:
    """Read who is asking before each request and check the CSRF token of session requests."""
    csrf.init_app(app)
    app.before_request(_identify)
    demo = app.config["SHUDI"].demo
    app.context_processor(lambda: {"user": signed_in(), "role_names": ROLES, "demo": demo})


def signed_in() -> SignedIn | None:
    """Return who is asking, ``None`` for nobody."""
    who: SignedIn | None = g.get("signed_in")
    return who


def current_user() -> SignedIn:
    """Return who is asking; raises SignInNeeded for nobody."""
    who = signed_in()
    if who is None:
        raise SignInNeeded("sign in first, or send a channel key as Authorization: Bearer")
    return who


def scope() -> Scope | None:
    """Return the rows the person asking may see; ``None`` for those who see the whole city.

    Row-level security enforces it. A channel sees the whole table here and is held to its own
    channel by the two views it may use. Raises NotAllowed for street or department staff whose
    account names no territory or unit: one half filled in sees nothing, never everything.
    """
    who = current_user()
    if who.role == "street":
        if not who.subdistrict_code:
            raise NotAllowed(f"account {who.login!r} has no subdistrict; ask the administrator")
        return Scope(subdistrict=who.subdistrict_code)
    if who.role == "department":
        if not who.unit_code:
            raise NotAllowed(f"account {who.login!r} has no unit; ask the administrator")
        return Scope(unit=who.unit_code)
    return None


def require_role(*roles: str) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Let only these roles in; people who are not signed in are sent to the login page.

    Raises SignInNeeded (401) for a program without session or key, NotAllowed (403) for the wrong
    role. ``api`` stands for a machine channel.
    """
    unknown = set(roles) - {*ROLES, "api"}
    if unknown:
        raise ValueError(f"unknown roles {sorted(unknown)}; known: {sorted(ROLES)} and 'api'")

    def decorate(view: Callable[P, R]) -> Callable[P, R | Response]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            if signed_in() is None and request.method == "GET" and not wants_problem():
                wanted = request.full_path if request.query_string else request.path
                return redirect(f"/login?next={quote(wanted, safe='/')}", 302)
            who = current_user()
            if who.role not in roles:
                raise NotAllowed(f"role {who.role!r} may not use this; {sorted(roles)} may")
            return view(*args, **kwargs)

        return guarded

    return decorate


def start_session(login: str, epoch: int) -> None:
    """Begin a new session; whatever the old cookie held is dropped (no session fixation)."""
    session.clear()
    session.permanent = True
    session.update(login=login, epoch=epoch, at=int(time.time()))


def safe_next(target: str | None) -> str:
    """Return where to go after signing in: only ever a path on this site, else ``/``."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return "/"
    if any(ord(char) < 0x20 or char == "\\" for char in target):
        return "/"  # browsers drop tabs and newlines and read a backslash as a slash
    parts = urlsplit(target)
    return "/" if parts.scheme or parts.netloc or parts.path == "/login" else target


def _identify() -> None:
    g.signed_in = None
    if request.endpoint == "static" or request.path in _OPEN_PATHS:
        return
    header = request.headers.get("Authorization", "")
    if header:
        scheme, _, key = header.partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise SignInNeeded("Authorization must be 'Bearer <channel key>'")
        g.signed_in = _channel(key.strip())
        return  # no cookie is used, so no other site can make a browser send this
    g.signed_in = _person()
    # A program without a session has nothing another site could misuse; it gets 401, not 400.
    known = request.endpoint is not None  # else it is a 404 or 405, and says so
    if known and (g.signed_in is not None or not request.path.startswith("/api/")):
        csrf.protect()


_OPEN_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
"""Probes must answer, and quickly, also when the database that holds the accounts is gone."""


def _channel(key: str) -> SignedIn:
    channel = services().accounts.channel_of(key)
    if channel is None:
        raise SignInNeeded("the channel key is unknown or was withdrawn; ask the operator for one")
    return SignedIn(
        login=f"api:{channel}",
        name=channel,
        role="api",
        unit_code=None,
        unit_name=None,
        subdistrict_code=None,
        channel=channel,
    )


def _person() -> SignedIn | None:
    login, epoch, at = session.get("login"), session.get("epoch"), session.get("at")
    if not isinstance(login, str) or not isinstance(at, int):
        return None
    lifetime = current_app.permanent_session_lifetime.total_seconds()
    account = services().accounts.account(login) if time.time() - at < lifetime else None
    if account is None or account.disabled or account.session_epoch != epoch:
        session.clear()
        return None
    return SignedIn(
        login=account.login,
        name=account.name,
        role=account.role,
        unit_code=account.unit_code,
        unit_name=account.unit_name,
        subdistrict_code=account.subdistrict_code,
    )
