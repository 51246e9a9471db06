"""Who may do what: every address with every role, and nobody sees another territory's rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.auth import ROLES as ROLE_WORDS
from tests.web import town
from tests.web.people import People, complaint

LOGIN_OF = {
    "dispatcher": "dispatcher",
    "street": "west",
    "department": "roads",
    "analyst": "analyst",
    "supervisor": "supervisor",
    "admin": "admin",
}
MOVERS = {"dispatcher", "supervisor", "admin"}
READERS = MOVERS | {"street", "department"}

MAY: dict[tuple[str, str], set[str]] = {
    ("GET", "/desk"): MOVERS,
    ("GET", "/desk/queue"): MOVERS,
    ("GET", "/grid"): {"street", "department", "supervisor", "admin"},
    ("GET", "/analysis"): set(LOGIN_OF),
    ("GET", "/analysis/summary"): set(LOGIN_OF),
    ("GET", "/analysis/areas"): set(LOGIN_OF),
    ("GET", "/analysis/cases"): set(LOGIN_OF),
    ("GET", "/analysis/download?what=areas&format=csv"): set(LOGIN_OF),
    ("GET", "/analysis/map.html?layer=jurisdictions"): set(LOGIN_OF),
    ("GET", "/analysis/density.json"): set(LOGIN_OF),
    ("GET", "/analysis/alarms"): {"analyst", "supervisor", "dispatcher", "admin"},
    ("GET", "/analysis/alarms/items"): {"analyst", "supervisor", "dispatcher", "admin"},
    ("GET", "/analysis/reports"): {"analyst", "supervisor", "admin", "street"},
    ("POST", "/analysis/reports/schedules"): {"analyst", "supervisor", "admin"},
    ("POST", "/api/v1/route"): MOVERS | {"analyst"},
    ("POST", "/api/v1/complaints"): MOVERS,
    ("GET", "/api/v1/cases"): READERS,
    ("GET", "/api/v1/cases/{no}"): READERS,
    ("POST", "/api/v1/cases/{no}/moves"): MOVERS,
    ("GET", "/api/v1/cases/{no}/caller"): {"dispatcher", "supervisor"},
}
OPEN = {
    ("GET", "/"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("POST", "/logout"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/api/docs"),
    ("GET", "/api/openapi.json"),
}


def test_the_table_knows_every_role() -> None:
    assert set(LOGIN_OF) == set(ROLE_WORDS)


def test_every_address_is_guarded_or_known_to_be_open(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if (method, rule.rule) in OPEN:
                continue
            path = re.sub(r"<int:[a-z]+>", "1", rule.rule).replace("<no>", "20260601-000001")
            path = path.replace("<", "").replace(">", "")
            answer = app.test_client().open(
                path, method=method, json={} if method == "POST" else None
            )
            refused = {400, 401} if not rule.rule.startswith("/api/") else {401}
            to_login = answer.status_code == 302 and answer.headers["Location"].startswith("/login")
            assert answer.status_code in refused or to_login, (method, rule.rule, answer.status)


@pytest.mark.parametrize("role", LOGIN_OF)
def test_each_address_opens_for_its_roles_and_no_other(
    signed_in: Callable[[str], FlaskClient], channel: FlaskClient, people: People, role: str
) -> None:
    # In the west, and led by the roads department, so that every reader has it in scope.
    lead = channel.post("/api/v1/complaints", json=complaint(category="道路破损")).get_json()
    assert lead["decision"]["unit_code"] == "ROADS"
    supervisor = signed_in("supervisor")
    moved = people.post(
        supervisor, f"/api/v1/cases/{lead['no']}/moves", {"move": "confirm", "version": 1}
    )
    assert moved.status_code == 200
    client = signed_in(LOGIN_OF[role])
    for (method, pattern), roles in MAY.items():
        path = pattern.replace("{no}", lead["no"])
        answer: Any
        answer = client.get(path) if method == "GET" else people.post(client, path, {"text": "x"})
        if role in roles:
            assert answer.status_code not in {401, 403}, (role, method, pattern, answer.status)
        else:
            assert answer.status_code == 403, (role, method, pattern, answer.status)


def test_a_channel_neither_moves_nor_reveals_nor_opens_a_desk(channel: FlaskClient) -> None:
    no = channel.post("/api/v1/complaints", json=complaint()).get_json()["no"]
    body = {"move": "confirm", "version": 1}
    assert channel.post(f"/api/v1/cases/{no}/moves", json=body).status_code == 403
    assert channel.get(f"/api/v1/cases/{no}/caller").status_code == 403
    assert channel.get("/desk/queue").status_code == 403


def test_people_see_the_rows_of_their_territory_only(
    channel: FlaskClient, signed_in: Callable[[str], FlaskClient]
) -> None:
    lon, lat = town.middle("E-1")
    west = channel.post("/api/v1/complaints", json=complaint("w")).get_json()["no"]
    east = channel.post("/api/v1/complaints", json=complaint("e", lon=lon, lat=lat)).get_json()[
        "no"
    ]
    street = signed_in("west")
    assert [case["no"] for case in street.get("/api/v1/cases").get_json()["cases"]] == [west]
    assert street.get("/api/v1/cases?subdistrict_code=E").get_json()["cases"] == []
    assert street.get(f"/api/v1/cases/{west}").status_code == 200
    assert street.get(f"/api/v1/cases/{east}").status_code == 404, "not even that it exists"
    assert signed_in("roads").get("/api/v1/cases").get_json()["cases"] == []


def test_a_channel_sees_its_own_cases_only(
    channel: FlaskClient, signed_in: Callable[[str], FlaskClient], people: People
) -> None:
    own = channel.post("/api/v1/complaints", json=complaint()).get_json()["no"]
    other = people.post(
        signed_in("dispatcher"), "/api/v1/complaints", complaint(channel="walk-in")
    ).get_json()["no"]
    assert [case["no"] for case in channel.get("/api/v1/cases").get_json()["cases"]] == [own]
    assert channel.get(f"/api/v1/cases/{other}").status_code == 404
    assert channel.get("/api/v1/cases?channel=walk-in").status_code == 403


def test_a_street_account_without_a_subdistrict_sees_nothing(
    channel: FlaskClient,
    services: Any,
    people: People,
    client: FlaskClient,
) -> None:
    channel.post("/api/v1/complaints", json=complaint())
    services.accounts.save(
        login="lost", name="无辖区", role="street", password="correct horse battery", by="test"
    )
    people.sign_in(client, "lost")
    answer = client.get("/api/v1/cases")
    assert answer.status_code == 403
    assert "subdistrict" in answer.get_json()["detail"]
