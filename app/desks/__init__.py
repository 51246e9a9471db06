"""The pages of people at work: the dispatcher's (``/desk``) with the form for complaints by
telephone, the street's (``/grid``), the curator's of names (``/admin/names``)."""

from __future__ import annotations

from flask import Flask

from app.desks.corrections import corrections
from app.desks.dispatch import desk
from app.desks.intake import intake
from app.desks.names import names
from app.desks.street import grid


def register(app: Flask) -> None:
    """Add them to the application."""
    for one in (desk, intake, corrections, grid, names):
        app.register_blueprint(one)
