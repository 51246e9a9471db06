"""The OpenAPI document and the page say what the application really has and does."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.answers import ANSWERS
from app.api.examples import EXAMPLES
from app.api.given import ComplaintIn
from app.api.schemas import DecisionOut
from app.cli.files import load_files
from app.decisions import routed_decision
from app.places import located
from geodata.demo import write_demo
from routing.model import Complaint
from routing.pipeline import route
from tests.web import town
from tests.web.people import complaint


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    made: dict[str, Any] = client.get("/api/openapi.json").get_json()
    return made


def references(part: object) -> set[str]:
    if isinstance(part, dict):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*(references(value) for value in part.values()), set())
    if isinstance(part, list):
        return set().union(*(references(value) for value in part), set())
    return set()


def test_it_is_openapi_3_1_and_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["title"] and document["info"]["version"]
    named = references(document)
    assert len(named) > 8
    for reference in named:
        prefix, _, name = reference.rpartition("/")
        assert prefix == "#/components/schemas"
        assert name in document["components"]["schemas"]


def test_every_address_of_the_api_is_described_and_no_other(
    app: Flask, document: dict[str, Any]
) -> None:
    served = {
        (rule.rule.replace("<no>", "{no}"), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1/") or rule.rule in {"/healthz", "/readyz", "/metrics"}
    }
    described = {
        (path, method) for path, methods in document["paths"].items() for method in methods
    }
    assert described == served


def test_every_operation_is_complete(document: dict[str, Any]) -> None:
    seen = set()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["summary"] and operation["description"]
            assert operation["operationId"] not in seen
            seen.add(operation["operationId"])
            inside = set(re.findall(r"{(\w+)}", path))
            declared = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
            assert inside == declared
            assert all(re.fullmatch(r"[1-5]\d\d", status) for status in operation["responses"])
            assert all(answer["description"] for answer in operation["responses"].values())


def test_real_answers_have_exactly_the_fields_described(
    channel: FlaskClient, document: dict[str, Any]
) -> None:
    schemas = document["components"]["schemas"]
    lon, lat = town.middle("W-1")
    pin = {"lon": lon, "lat": lat, "crs": "WGS84"}
    made = channel.post("/api/v1/complaints", json=complaint())
    assert set(made.get_json()) == set(schemas["CaseOut"]["properties"])
    for name, answer in {
        "DecisionOut": channel.post("/api/v1/route", json=pin),
        "CasePage": channel.get("/api/v1/cases"),
        "CaseWithEvents": channel.get(made.headers["Location"]),
    }.items():
        assert set(answer.get_json()) == set(schemas[name]["properties"]), name


def test_the_page_explains_every_address_field_and_problem(
    client: FlaskClient, document: dict[str, Any]
) -> None:
    page = client.get("/api/docs").get_data(as_text=True)
    for path in document["paths"]:
        assert path in page
    for name in ("ComplaintIn", "NewComplaint", "MoveIn", "DecisionOut", "CaseOut"):
        for field in document["components"]["schemas"][name]["properties"]:
            assert f"<code>{field}</code>" in page, (name, field)
    for _, answer in ANSWERS:
        assert f'id="{answer.slug}"' in page
    targets = re.findall(r'href="#([^"]+)"', page)
    assert targets and all(f'id="{target}"' in page for target in targets)


def test_the_examples_are_requests_and_answers_of_today(channel: FlaskClient) -> None:
    sent = channel.post("/api/v1/route", json=EXAMPLES["route"]["request"])
    assert sent.status_code == 200
    assert set(EXAMPLES["route"]["answer"]) == set(sent.get_json())
    made = channel.post("/api/v1/complaints", json=EXAMPLES["receiveComplaint"]["request"])
    assert made.status_code == 201
    assert {*EXAMPLES["receiveComplaint"]["answer"], "decision"} == set(made.get_json())
    assert EXAMPLES["receiveComplaint"]["answer"]["caller"] == made.get_json()["caller"]


def test_the_demonstration_city_still_decides_the_example_so(tmp_path: Path) -> None:
    files = write_demo(tmp_path)
    deps = load_files([files.source], files.rules, files.units).deps
    example = EXAMPLES["route"]
    given = ComplaintIn.model_validate(example["request"])
    asked = Complaint(
        id=given.id,
        text=given.text,
        category=given.category,
        received_at=given.received_at,
        location=located(given.lon, given.lat, given.crs, given.accuracy_m),
    )
    day = date(2026, 10, 29)
    routed = route(asked, day, deps)
    decision = routed_decision(asked, routed.hits, routed.recommendation, day)
    said = DecisionOut.of(asked.id, decision)
    assert said.model_dump(mode="json") == example["answer"], "renew app/api/examples.py"


def test_metrics_count_by_pattern_and_hold_nothing_personal(channel: FlaskClient) -> None:
    made = channel.post("/api/v1/complaints", json=complaint(caller_phone="13812341234"))
    channel.get(made.headers["Location"])
    page = channel.get("/metrics").get_data(as_text=True)
    assert 'route="/api/v1/cases/<no>"' in page
    assert 'shudi_cases_received_total{outcome="new"}' in page
    assert made.get_json()["no"] not in page and "13812341234" not in page
