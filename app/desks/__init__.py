"""The desks of people at work: the dispatcher's (``/desk``) and the street's (``/grid``)."""

from __future__ import annotations

from flask import Flask

from app.desks.dispatch import desk
from app.desks.street import grid


def register(app: Flask) -> None:
    """Add both desks to the application."""
    app.register_blueprint(desk)
    app.register_blueprint(grid)
