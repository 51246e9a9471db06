"""``/api``: version 1, its OpenAPI document and its page for people."""

from __future__ import annotations

from flask import Blueprint

from app.api import cases, documents, intake

api = Blueprint("api", __name__, url_prefix="/api")
intake.register(api)
cases.register(api)
documents.register(api)
