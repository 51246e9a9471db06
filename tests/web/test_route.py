"""POST /api/v1/route: the decision columns, items that cannot be used, limits."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.wiring import Services
from geodata.crs import BD09, GCJ02, from_wgs84
from geodata.decisions import DECIMALS
from tests.web import town

LON, LAT = town.middle("W-1")
PIN = {"id": "a", "text": "路灯不亮", "lon": LON, "lat": LAT, "crs": "WGS84", "accuracy_m": 20}


def test_one_complaint_gets_one_decision_with_every_column(channel: FlaskClient) -> None:
    answer = channel.post("/api/v1/route", json=PIN)
    assert answer.status_code == 200
    said = answer.get_json()
    assert set(DECIMALS) <= set(said), "a column of the contract is missing"
    assert said["id"] == "a"
    assert said["status"] == "routed"
    assert (said["subdistrict_code"], said["grid_code"]) == ("W", "W-1")
    assert (said["unit_code"], said["unit_name"]) == ("W-1", "西镇第一网格")
    assert said["fallback_unit"] == "W"
    assert (said["lon"], said["lat"], said["radius_m"]) == (LON, LAT, 20.0)
    assert said["share"] == 1.0
    assert said["confidence"] > 0.95
    assert said["boundary_version"] == town.VERSION
    assert said["rules_version"] == "2026-town"
    assert said["basis"].endswith("。")
    assert {candidate["code"] for candidate in said["candidates"]} >= {"W", "W-1"}
    assert isinstance(said["trace"], list)


def test_nothing_is_stored(channel: FlaskClient, services: Services) -> None:
    channel.post("/api/v1/route", json=[PIN])
    with services.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM complaint")).scalar_one() == 0


def test_a_rule_gives_the_case_to_the_department(channel: FlaskClient) -> None:
    said = channel.post("/api/v1/route", json={**PIN, "category": "道路破损"}).get_json()
    assert said["unit_code"] == "ROADS"
    assert "rule:roads" in said["reasons"]
    assert {"rule_id": "roads", "outcome": "matched"}.items() <= said["trace"][0].items()


@pytest.mark.parametrize("system", [GCJ02, BD09])
def test_the_same_place_in_another_datum_is_the_same_place(
    channel: FlaskClient, system: Any
) -> None:
    x, y = from_wgs84([LON], [LAT], system)
    said = channel.post(
        "/api/v1/route", json={**PIN, "lon": float(x[0]), "lat": float(y[0]), "crs": system.name}
    ).get_json()
    assert said["grid_code"] == "W-1"
    assert said["lon"] == pytest.approx(LON, abs=1e-6)


def test_a_list_keeps_its_order_and_a_bad_item_stops_no_other(channel: FlaskClient) -> None:
    answer = channel.post(
        "/api/v1/route",
        json=[
            PIN,
            {"id": "no-crs", "lon": LON, "lat": LAT},
            {"id": "text", "text": "西镇某处路灯不亮"},
            "not an object",
            {**PIN, "id": "far", "lon": 0.5, "lat": 51.0},
        ],
    )
    assert answer.status_code == 200
    said = answer.get_json()
    assert [one["id"] for one in said] == ["a", "no-crs", "text", "4", "far"]
    assert [one["status"] for one in said] == [
        "routed",
        "invalid",
        "unlocated",
        "invalid",
        "outside",
    ]
    assert "crs" in said[1]["errors"][0]["detail"]
    assert said[2]["unit_code"] == "QUEUE"
    assert said[4]["unit_code"] == "QUEUE"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"crs": None}, "没有说明坐标系"),
        ({"crs": "  "}, "没有说明坐标系"),
        ({"crs": "EPSG:999999"}, "999999"),
        ({"lat": None}, "须同时给出"),
        ({"lon": 0, "lat": 0}, "(0, 0)"),
        ({"lon": LAT, "lat": LON}, "写反"),
        ({"lon": 200.0}, "超出 ±180"),
        ({"lon": "119.3"}, "应为数字"),
        ({"lon": True}, "应为数字"),
        ({"accuracy_m": 0}, "应大于 0"),
        ({"accuracy_m": -5}, "应大于 0"),
        ({"lng": 1.0}, "没有这个字段"),
        ({"text": 5}, "应为文本"),
        ({"text": "a\x00b"}, "NUL"),
        ({"received_at": "昨天"}, "ISO 8601"),
        ({"received_at": 1700000000}, "ISO 8601"),
        ({"received_at": "1066-10-14"}, "1900"),
        ({"lon": None, "lat": None, "text": "  "}, "至少给出一项"),
    ],
)
def test_an_unusable_item_says_what_is_wrong(
    channel: FlaskClient, changes: dict[str, Any], words: str
) -> None:
    answer = channel.post("/api/v1/route", json=[{**PIN, **changes}])
    assert answer.status_code == 200
    [said] = answer.get_json()
    assert said["status"] == "invalid"
    assert words in said["basis"], said["basis"]
    assert said["unit_code"] == ""


def test_a_lone_surrogate_is_refused_and_not_stored(channel: FlaskClient) -> None:
    body = b'{"external_id": "s", "text": "\\ud800"}'
    answer = channel.post("/api/v1/complaints", data=body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "/text"


def test_an_id_that_comes_twice_is_said_of_the_second(channel: FlaskClient) -> None:
    first, second = channel.post("/api/v1/route", json=[PIN, PIN]).get_json()
    assert first["status"] == "routed"
    assert second["status"] == "invalid"
    assert second["reasons"] == ["duplicate_id"]


def test_items_without_an_id_are_numbered(channel: FlaskClient) -> None:
    nameless = {key: value for key, value in PIN.items() if key != "id"}
    assert [one["id"] for one in channel.post("/api/v1/route", json=[nameless] * 2).get_json()] == [
        "1",
        "2",
    ]


def test_a_thousand_in_one_call_and_not_one_more(channel: FlaskClient) -> None:
    items = [{**PIN, "id": str(n)} for n in range(1000)]
    said = channel.post("/api/v1/route", json=items).get_json()
    assert len(said) == 1000 and {one["status"] for one in said} == {"routed"}
    answer = channel.post("/api/v1/route", json=[*items, PIN])
    assert answer.status_code == 422
    assert "1001" in answer.get_json()["detail"]


def test_an_empty_list_gives_an_empty_list(channel: FlaskClient) -> None:
    assert channel.post("/api/v1/route", json=[]).get_json() == []


def test_as_of_asks_for_another_day(channel: FlaskClient) -> None:
    before = channel.post("/api/v1/route?as_of=2019-12-31", json=PIN).get_json()
    assert before["status"] == "outside"
    assert "no_boundaries_in_force" in before["reasons"]
    answer = channel.post("/api/v1/route?as_of=someday", json=PIN)
    assert answer.status_code == 422 and "someday" in answer.get_json()["detail"]


def test_the_day_of_the_complaint_decides(channel: FlaskClient) -> None:
    said = channel.post(
        "/api/v1/route", json={**PIN, "received_at": "2019-12-31T23:59:00+08:00"}
    ).get_json()
    assert said["status"] == "outside"
    # 16:30 in Greenwich on New Year's Eve is already the first day in force in China.
    said = channel.post(
        "/api/v1/route", json={**PIN, "received_at": "2019-12-31T16:30:00Z"}
    ).get_json()
    assert said["status"] == "routed"


@pytest.mark.parametrize(
    ("body", "content_type", "status", "words"),
    [
        (b"{", "application/json", 400, "not JSON"),
        (b"", "application/json", 400, "not JSON"),
        (b"\xff\xfe{}", "application/json", 400, "UTF-8"),
        (b'{"lon": NaN}', "application/json", 400, "NaN"),
        (b'{"lon": Infinity}', "application/json", 400, "Infinity"),
        (b"[" * 200_000, "application/json", 400, "nested"),
        (b'{"lon": ' + b"9" * 5000 + b"}", "application/json", 400, "number"),
        (b"id=a", "application/x-www-form-urlencoded", 415, "application/json"),
        (b'"' + b"x" * (2 * 1024 * 1024) + b'"', "application/json", 413, ""),
    ],
)
def test_a_body_that_cannot_be_read(
    channel: FlaskClient, body: bytes, content_type: str, status: int, words: str
) -> None:
    answer = channel.post("/api/v1/route", data=body, content_type=content_type)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert words in answer.get_json()["detail"]
