"""When things break: PostgreSQL gone and back, mistakes in the program, new boundaries."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app.personal import PersonalData
from app.wiring import Services
from geodata import database
from geodata.embedded import Cluster
from tests.web import town
from tests.web.people import DATA_KEY, PASSWORD, People, complaint

HTML = {"Accept": "text/html"}


@pytest.fixture
def stoppable(own_cluster: Cluster, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """The town on a cluster of its own, which the test may stop."""
    engine = database.engine(own_cluster.create_database("town"))
    database.migrate(engine)
    town.build(engine)
    services = Services(engine, PersonalData([DATA_KEY]))
    services.accounts.save(
        login="dispatcher", name="派单员甲", role="dispatcher", password=PASSWORD, by="test"
    )
    yield make_app(services)
    engine.dispose()


def test_without_postgresql_the_answer_says_what_to_do_and_later_all_works_again(
    stoppable: Flask, own_cluster: Cluster, people: People
) -> None:
    desk, nobody = stoppable.test_client(), stoppable.test_client()
    assert people.sign_in(desk, "dispatcher").status_code == 303
    token = people.token(desk)

    def send() -> tuple[int, dict[str, object], str | None]:
        answer = desk.post("/api/v1/complaints", json=complaint(), headers={"X-CSRFToken": token})
        return answer.status_code, answer.get_json(), answer.headers.get("Retry-After")

    assert nobody.get("/readyz").get_json() == {
        "status": "ready",
        "checks": {"database": True, "boundaries": True},
    }
    own_cluster.stop("immediate")

    status, problem, retry = send()
    assert (status, retry) == (503, "5")
    assert problem["type"] == "/api/docs#store-unavailable"
    assert "nothing" in str(problem["detail"]) and "again" in str(problem["detail"])
    assert "shudi doctor" in str(problem["advice"])
    page = desk.get("/desk", headers=HTML)
    assert page.status_code == 503
    assert "数据库暂时无法访问" in page.get_data(as_text=True)
    sign_in = people.sign_in(nobody, "dispatcher")
    assert sign_in.status_code == 503
    assert "数据库暂时无法访问" in sign_in.get_data(as_text=True)
    assert nobody.get("/healthz").status_code == 200, "the process lives"
    ready = nobody.get("/readyz")
    assert ready.status_code == 503 and ready.get_json()["status"] == "unavailable"
    assert nobody.get("/metrics").status_code == 200

    own_cluster.start()
    assert send()[0] == 201
    assert send()[0] == 200
    assert nobody.get("/readyz").status_code == 200


def test_a_mistake_in_the_program_gives_a_number_and_nothing_else(
    services: Services, make_app: Callable[..., Flask], caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(services)
    quoted = "".join(reversed("花小王"))  # so that the source line in the log does not hold it

    def broken() -> str:
        raise LookupError(quoted)

    app.add_url_rule("/api/v1/broken", "broken", broken)
    app.add_url_rule("/broken", "broken-page", broken)
    client = app.test_client()
    with caplog.at_level(logging.ERROR, "shudi.web"):
        problem = client.get("/api/v1/broken")
        page = client.get("/broken", headers=HTML)
    assert problem.status_code == page.status_code == 500
    incident = problem.get_json()["incident"]
    assert incident in problem.get_json()["detail"]
    assert incident in caplog.text
    assert "LookupError" in caplog.text and "in broken" in caplog.text, "the log says where"
    shown = page.get_data(as_text=True)
    assert "事件编号" in shown
    for answer in (problem.get_data(as_text=True), shown):
        assert "Traceback" not in answer and "LookupError" not in answer and "王小花" not in answer
    assert "王小花" not in caplog.text, "the message may quote a citizen"


def test_an_unprepared_database_is_not_ready_and_says_so(
    own_cluster: Cluster, make_app: Callable[..., Flask]
) -> None:
    engine = database.engine(own_cluster.create_database("empty"))
    answer = make_app(Services(engine, PersonalData([DATA_KEY]))).test_client().get("/readyz")
    assert answer.status_code == 503
    assert "migrate" in answer.get_json()["reason"]
    engine.dispose()


def test_a_database_without_boundaries_is_not_ready(
    services: Services, channel: FlaskClient
) -> None:
    with services.engine.begin() as connection:
        connection.execute(text("UPDATE boundary_version SET effective_to = '2020-06-30'"))
    answer = channel.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["checks"] == {"database": True, "boundaries": False}


def test_the_next_request_uses_boundaries_activated_by_another_process(
    channel: FlaskClient, services: Services
) -> None:
    lon, lat = town.middle("W-1")
    pin = {"lon": lon, "lat": lat, "crs": "WGS84"}
    before = channel.post("/api/v1/route", json=pin).get_json()
    assert before["grid_code"] == "W-1"
    with_another = database.engine(services.engine.url.render_as_string(hide_password=False))
    yesterday = date.today() - timedelta(days=2)  # noqa: DTZ011
    town.publish(with_another, "新界线", yesterday, {"W-2": 0, "W-1": 1, "E-1": 2, "E-2": 3})
    with_another.dispose()
    after = channel.post("/api/v1/route", json=pin).get_json()
    assert (after["grid_code"], after["boundary_version"]) == ("W-2", "新界线")
    then = channel.post("/api/v1/route?as_of=2021-01-01", json=pin).get_json()
    assert (then["grid_code"], then["boundary_version"]) == ("W-1", town.VERSION)


def test_new_rules_and_units_hold_from_the_next_request(
    channel: FlaskClient, services: Services
) -> None:
    from geodata import rules_store
    from routing.model import Unit, UnitKind

    lon, lat = town.middle("W-1")
    pin = {"lon": lon, "lat": lat, "crs": "WGS84", "category": "道路破损"}
    assert channel.post("/api/v1/route", json=pin).get_json()["unit_code"] == "ROADS"
    rules_store.store_units(
        services.engine,
        [*town.UNITS, Unit(code="PARKS", name="区园林中心", kind=UnitKind.DEPARTMENT)],
        by="test",
    )
    toml = town.RULES.replace("2026-town", "2026-parks").replace('"ROADS"', '"PARKS"')
    rules_store.store_rules(
        services.engine, version="2026-parks", toml=toml, effective_from=date(2026, 1, 2), by="test"
    )
    after = channel.post("/api/v1/route", json=pin).get_json()
    assert (after["unit_code"], after["unit_name"]) == ("PARKS", "区园林中心")
    assert after["rules_version"] == "2026-parks"
    then = channel.post("/api/v1/route?as_of=2026-01-01", json=pin).get_json()
    assert (then["unit_code"], then["rules_version"]) == ("ROADS", "2026-town")


@pytest.mark.parametrize(
    ("path", "method", "status", "words"),
    [
        ("/none", "GET", 404, "没有这个页面"),
        ("/login", "DELETE", 405, "不支持"),
        ("/desk", "POST", 405, "不支持"),
        ("/logout", "POST", 400, "页面已过期"),
    ],
)
def test_people_get_a_page_in_chinese(
    client: FlaskClient, path: str, method: str, status: int, words: str
) -> None:
    answer = client.open(path, method=method, headers=HTML)
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert words in answer.get_data(as_text=True)


def test_machines_get_problem_details(client: FlaskClient) -> None:
    answer = client.get("/api/v1/none")
    assert answer.content_type == "application/problem+json"
    assert answer.get_json() == {
        "type": "/api/docs#http-404",
        "title": "没有这个页面",
        "status": 404,
        "detail": answer.get_json()["detail"],
    }
    wrong = client.delete("/api/v1/cases")
    assert wrong.status_code == 405 and "GET" in wrong.headers["Allow"]
