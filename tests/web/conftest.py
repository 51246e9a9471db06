"""A drawn town in a real database, accounts of every role, one key, and a client."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import Config
from app.personal import PersonalData
from app.wiring import Services
from geodata import database
from tests.web import town
from tests.web.people import DATA_KEY, PASSWORD, ROLES, People

if TYPE_CHECKING:
    from tests.conftest import TestServer


@pytest.fixture(scope="session")
def people() -> People:
    return People()


@pytest.fixture(scope="session")
def town_template(test_server: TestServer, template_database: str) -> Iterator[tuple[str, str]]:
    """The name of a database with the town and the accounts in it, and the channel's key."""
    name = f"town_{uuid.uuid4().hex[:12]}"
    engine = database.engine(test_server.create(name, template_database))
    town.build(engine)
    services = Services(engine, PersonalData([DATA_KEY]))
    for login, about in ROLES.items():
        services.accounts.save(login=login, password=PASSWORD, by="test", **about)
    key = services.accounts.new_channel_key("12345", by="test")
    engine.dispose()  # a database with a connection cannot be copied
    yield name, key
    test_server.drop(name)


@pytest.fixture
def town_url(test_server: TestServer, town_template: tuple[str, str]) -> Iterator[str]:
    """The URL of a copy of the town of this test alone."""
    name = f"web_{uuid.uuid4().hex[:12]}"
    yield test_server.create(name, town_template[0])
    test_server.drop(name)


@pytest.fixture
def services(town_url: str) -> Iterator[Services]:
    made = Services(database.engine(town_url), PersonalData([DATA_KEY]))
    yield made
    made.engine.dispose()


@pytest.fixture
def make_app() -> Callable[..., Flask]:
    """Make an application on given services, with changes to its configuration."""

    def make(services: Services, **changes: Any) -> Flask:
        given: dict[str, Any] = {
            "secret_key": "k" * 40,
            "data_keys": (DATA_KEY,),
            "secure_cookies": False,
            "session_lifetime": timedelta(hours=1),
        }
        return create_app(Config(**{**given, **changes}), services)

    return make


@pytest.fixture
def app(services: Services, make_app: Callable[..., Flask]) -> Flask:
    return make_app(services)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Nobody yet."""
    return app.test_client()


@pytest.fixture
def channel(app: Flask, town_template: tuple[str, str]) -> FlaskClient:
    """A machine with the key of channel 12345."""
    made = app.test_client()
    made.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {town_template[1]}"
    return made


@pytest.fixture
def signed_in(app: Flask, people: People) -> Callable[[str], FlaskClient]:
    """A client signed in with a login of ROLES."""

    def make(login: str) -> FlaskClient:
        made = app.test_client()
        answer = people.sign_in(made, login)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return made

    return make
