"""Response headers: what a browser may load, keep and tell others."""

from __future__ import annotations

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Leaflet's own marker images are data URLs
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

_STATIC_SECONDS = 3600
"""Static files carry no version in their names; an hour keeps an upgrade from lingering."""


_TILES = frozenset(
    {"tiles.base_map_tile", "tiles.server_tile", "tiles.density_tile", "tiles.density_tile_fine"}
)
"""Pictures of places and of how many cases lie where: no citizen's word is in them, and a map that
fetches each anew on every move is no map. They say themselves how long they may be kept, always
privately; density tiles are asked for again each time and only spared being sent twice."""


def register(app: Flask) -> None:
    """Set the headers on every response, errors included."""
    app.after_request(_headers)


def _headers(answer: Response) -> Response:
    headers = answer.headers
    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    # same-origin, not no-referrer: over https the CSRF check reads the referrer of our own pages.
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "DENY"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint == "static" and answer.status_code in {200, 206, 304}:
        headers["Cache-Control"] = f"public, max-age={_STATIC_SECONDS}"
    elif request.endpoint in _TILES and answer.status_code in {200, 304}:
        headers.setdefault("Cache-Control", "no-store")
    else:
        # Pages and answers hold citizens' words: no cache, shared or private, may keep them.
        headers["Cache-Control"] = "no-store"
    return answer
