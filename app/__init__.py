"""The web service and the command line. Importing this package imports no framework."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Config
    from app.wiring import Services


def create_app(config: Config | None = None, services: Services | None = None) -> Flask:
    """Return the WSGI application.

    ``config`` is read from the environment where not given. ``services`` is joined to the database
    that the configuration names where not given; tests hand in their own.
    """
    # Here and not above: the `shudi` command imports this package and must start quickly.
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from app import auth, errors, observability, security, signin, wiring
    from app.analysis.alarms import analysis_alarms
    from app.analysis.reports import reports
    from app.analysis.views import analysis
    from app.api import api
    from app.config import Config
    from app.desks import register as register_desks
    from app.tiles import tiles

    config = config or Config.from_env()
    app = Flask("app")
    app.config.update(
        SHUDI=config,
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="shudi_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",  # a link in a message still opens a case signed in
        SESSION_COOKIE_SECURE=config.secure_cookies,
        PERMANENT_SESSION_LIFETIME=config.session_lifetime,
        SESSION_REFRESH_EACH_REQUEST=False,  # a shift ends when it ends
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        WTF_CSRF_CHECK_DEFAULT=False,  # app.auth checks, after it knows who is asking
        WTF_CSRF_TIME_LIMIT=None,  # good as long as the session
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the contract has an order
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if config.proxies:
        hops = config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    wiring.use(services or wiring.Services.from_config(config))
    app.before_request(_begin_one_version)
    app.teardown_request(_end_one_version)
    observability.register(app)  # first, so that it times the others too
    security.register(app)
    errors.register(app)
    auth.register(app)
    app.register_blueprint(signin.signin)
    app.register_blueprint(api)
    register_desks(app)
    for one in (analysis, analysis_alarms, reports, tiles):
        app.register_blueprint(one)
    return app


def _begin_one_version() -> None:
    from flask import g

    from app import wiring

    g.one_version = wiring.one_version()
    g.one_version.__enter__()


def _end_one_version(error: BaseException | None) -> None:
    from flask import g

    opened = g.pop("one_version", None)
    if opened is not None:
        opened.__exit__(None, None, None)


MAX_BODY_BYTES = 2 * 1024 * 1024
"""Bytes. A thousand complaints of ordinary length, or one of 200,000 characters in UTF-8."""
