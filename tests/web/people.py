"""Who signs in, and what a channel sends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web import town

PASSWORD = "correct horse battery"
DATA_KEY = Fernet.generate_key().decode()

ROLES: dict[str, dict[str, Any]] = {
    "dispatcher": {"name": "派单员甲", "role": "dispatcher"},
    "dispatcher2": {"name": "派单员乙", "role": "dispatcher"},
    "west": {"name": "西镇网格长", "role": "street", "unit_code": "W", "subdistrict_code": "W"},
    "roads": {"name": "建设局经办", "role": "department", "unit_code": "ROADS"},
    "analyst": {"name": "分析员", "role": "analyst"},
    "supervisor": {"name": "督办员", "role": "supervisor"},
    "admin": {"name": "管理员", "role": "admin"},
}


@dataclass(frozen=True, slots=True)
class People:
    """Signs people in, and sends what a page's own script would send."""

    def sign_in(self, client: FlaskClient, login: str, password: str = PASSWORD) -> TestResponse:
        """Post the login form as a browser would; returns the answer."""
        page = client.get("/login").get_data(as_text=True)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found, "the login form has no CSRF token"
        form = {"csrf_token": found[1], "login": login, "password": password}
        return client.post("/login", data=form)

    def token(self, client: FlaskClient) -> str:
        """Return the token that pages carry for their scripts."""
        page = client.get("/api/docs").get_data(as_text=True)
        found = re.search(r'<meta name="csrf-token" content="([^"]+)"', page)
        assert found, "the page has no CSRF token"
        return found[1]

    def post(self, client: FlaskClient, path: str, body: object) -> TestResponse:
        """Post JSON with the token, as a page's script does."""
        return client.post(path, json=body, headers={"X-CSRFToken": self.token(client)})


def complaint(external_id: str = "e-1", **changes: Any) -> dict[str, Any]:
    """A complaint in the middle of the west grid W-1, as a channel sends it."""
    lon, lat = town.middle("W-1")
    given = {
        "external_id": external_id,
        "text": "西洪路路灯不亮",
        "lon": lon,
        "lat": lat,
        "crs": "EPSG:4490",
        "category": "路灯",
        "received_at": "2026-06-01T09:30:00",
    }
    return {**given, **changes}
