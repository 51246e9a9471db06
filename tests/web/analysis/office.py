"""People in front of the maps of one database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.wiring import Services
from tests.web.people import People


@dataclass(frozen=True, kw_only=True)
class Seat:
    """Somebody in front of a browser."""

    client: FlaskClient

    def ask(self, path: str, **query: Any) -> TestResponse:
        """GET as the page's script does; underscores at the end of a name are dropped."""
        named = {name.rstrip("_"): value for name, value in query.items()}
        asked = f"/analysis/{path}?{urlencode(named, doseq=True)}"
        return self.client.get(asked, headers={"Accept": "application/json"})

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of an answer that must be 200."""
        answer = self.ask(path, **query)
        assert answer.status_code == 200, (path, query, answer.get_data(as_text=True)[:500])
        return answer.get_json()

    def refused(self, path: str, **query: Any) -> str:
        """The sentence of an answer that must be 422."""
        answer = self.ask(path, **query)
        assert answer.status_code == 422, (path, query, answer.get_data(as_text=True)[:500])
        return str(answer.get_json()["detail"])


@dataclass(frozen=True, kw_only=True)
class Office:
    """An application on one database, with people signed in as they are asked for."""

    app: Flask
    services: Services
    people: People = field(default_factory=People)
    seats: dict[str, Seat] = field(default_factory=dict)

    def seat(self, login: str) -> Seat:
        """Somebody of ROLES, signed in once."""
        if login not in self.seats:
            client = self.app.test_client()
            assert self.people.sign_in(client, login).status_code == 303
            self.seats[login] = Seat(client=client)
        return self.seats[login]
