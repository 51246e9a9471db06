"""Signing in and out, and the way from ``/`` to the desk of one's role."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.accounts import SignInRefused, TooManyAttempts
from app.answers import RETRY_AFTER_S, answer_for
from app.auth import ROLES, current_user, safe_next, signed_in, start_session
from app.wiring import services
from routing.errors import StoreUnavailable

signin = Blueprint("signin", __name__)

DESK_OF_ROLE = {
    "dispatcher": "/desk",
    "supervisor": "/desk",
    "admin": "/desk",
    "street": "/grid",
    "analyst": "/analysis",
}
"""Where each role works; a role without a desk yet gets the plain start page."""


@signin.get("/")
def home() -> Response | str:
    """Send people to the desk of their role."""
    if signed_in() is None:
        return redirect(url_for("signin.login"), 302)
    who = current_user()
    desk = DESK_OF_ROLE.get(who.role)
    return redirect(desk, 302) if desk else render_template("start.html", who=who)


@signin.route("/login", methods=["GET", "POST"])
def login() -> Response | tuple[str, int, dict[str, str]] | str:
    """Sign in; the same answer in the same time whether the login exists or not."""
    wanted = safe_next(request.values.get("next"))
    if request.method == "GET":
        return redirect(wanted, 302) if signed_in() else _form(wanted)
    name = request.form.get("login", "").strip()[:64]
    try:
        account = services().accounts.sign_in(
            name, request.form.get("password", ""), address=request.remote_addr or ""
        )
    except (SignInRefused, TooManyAttempts, StoreUnavailable) as refused:
        answer = answer_for(refused)
        assert answer is not None
        headers = {}
        if isinstance(refused, TooManyAttempts):
            headers["Retry-After"] = str(refused.retry_after_s)
        if isinstance(refused, StoreUnavailable):
            headers["Retry-After"] = str(RETRY_AFTER_S)
        return _form(wanted, name, f"{answer.title}。{answer.advice}"), answer.status, headers
    start_session(account.login, account.session_epoch)
    return redirect(wanted, 303)


@signin.post("/logout")
def logout() -> Response:
    """Sign out of this browser, or with ``everywhere=1`` of all of them."""
    if request.form.get("everywhere") == "1" and signed_in() is not None:
        services().accounts.sign_out_everywhere(current_user().login)
    session.clear()
    return redirect(url_for("signin.login"), 303)


def _form(wanted: str, name: str = "", wrong: str = "") -> str:
    demo = current_app.config["SHUDI"].demo
    accounts = services().accounts.demonstration() if demo else ()
    return render_template(
        "login.html", next=wanted, login=name, wrong=wrong, accounts=accounts, role_names=ROLES
    )
