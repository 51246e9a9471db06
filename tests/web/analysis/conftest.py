"""The small city in a database that all tests here read, and a copy for those that change it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app import create_app, wiring
from app.config import Config
from app.personal import PersonalData
from app.wiring import Services
from geodata import database
from tests.web.analysis import city
from tests.web.analysis.office import Office, Seat
from tests.web.people import DATA_KEY, PASSWORD

if TYPE_CHECKING:
    from tests.conftest import TestServer

ROLES: dict[str, dict[str, Any]] = {
    "analyst": {"name": "分析员", "role": "analyst"},
    "west": {"name": "西街道", "role": "street", "unit_code": "W", "subdistrict_code": "W"},
    "roads": {"name": "建设局", "role": "department", "unit_code": "ROADS"},
    "homeless": {"name": "无辖区", "role": "street", "unit_code": "W"},
    "moved": {"name": "旧街道", "role": "street", "unit_code": "W", "subdistrict_code": "OLD"},
    "dispatcher": {"name": "派单员", "role": "dispatcher"},
    "supervisor": {"name": "督办员", "role": "supervisor"},
    "admin": {"name": "管理员", "role": "admin"},
}


@pytest.fixture(scope="session")
def city_template(test_server: TestServer, template_database: str) -> Iterator[str]:
    """The name of a database with the city and accounts of every role."""
    name = f"city_{uuid.uuid4().hex[:12]}"
    engine = database.engine(test_server.create(name, template_database))
    city.boundaries(engine)
    city.residents(engine)
    city.cases(engine)
    services = Services(engine, PersonalData([DATA_KEY]))
    for login, about in ROLES.items():
        services.accounts.save(login=login, password=PASSWORD, by="test", **about)
    engine.dispose()
    yield name
    test_server.drop(name)


@pytest.fixture(scope="session")
def empty_template(test_server: TestServer, template_database: str) -> Iterator[str]:
    """The same without a single case, without residents."""
    name = f"bare_{uuid.uuid4().hex[:12]}"
    engine = database.engine(test_server.create(name, template_database))
    city.boundaries(engine)
    services = Services(engine, PersonalData([DATA_KEY]))
    services.accounts.save(login="analyst", password=PASSWORD, by="test", **ROLES["analyst"])
    engine.dispose()
    yield name
    test_server.drop(name)


def _office(url: str) -> Office:
    services = Services(database.engine(url), PersonalData([DATA_KEY]))
    config = Config(
        secret_key="k" * 40,
        data_keys=(DATA_KEY,),
        secure_cookies=False,
        session_lifetime=timedelta(hours=1),
    )
    return Office(app=create_app(config, services), services=services)


@pytest.fixture(scope="session")
def shared_office(test_server: TestServer, city_template: str) -> Iterator[Office]:
    name = f"read_{uuid.uuid4().hex[:12]}"
    made = _office(test_server.create(name, city_template))
    yield made
    made.services.engine.dispose()
    test_server.drop(name)


@pytest.fixture
def office(shared_office: Office) -> Office:
    """The city, for tests that only read."""
    wiring.use(shared_office.services)  # other tests use their own
    return shared_office


@pytest.fixture
def make_office(test_server: TestServer) -> Iterator[Callable[[str], Office]]:
    """Make an office on a copy of a template, of this test alone."""
    made: list[tuple[str, Office]] = []

    def make(template: str) -> Office:
        name = f"own_{uuid.uuid4().hex[:12]}"
        made.append((name, _office(test_server.create(name, template))))
        return made[-1][1]

    yield make
    for name, office in made:
        office.services.engine.dispose()
        test_server.drop(name)


@pytest.fixture
def analyst(office: Office) -> Seat:
    """An analyst, who sees the whole city."""
    return office.seat("analyst")
