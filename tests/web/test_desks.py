"""What the desks' own addresses refuse, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app.wiring import Services
from routing.casework.cases import Move
from tests.web import town
from tests.web.people import People

pytestmark = pytest.mark.postgis

ADDRESSES = ["/desk/queue", "/desk/units", "/desk/cases/1-1", "/desk/cases/1-1/surroundings"]
PROGRAM = {"Accept": "application/json"}


def _receive(
    services: Services,
    grid: str | None = "W-1",
    *,
    at: tuple[float, float] | None = None,
    days_ago: int = 0,
) -> str:
    lon, lat = at or (town.middle(grid) if grid else (None, None))
    number = f"d-{lon}-{days_ago}"
    complaint = services.complaint(
        id=number,
        text="路面塌陷，电话13812345678",
        lon=lon,
        lat=lat,
        crs="EPSG:4326" if grid else None,
        category="道路破损",
        channel="12345",
        received_at=datetime.now(UTC) - timedelta(days=days_ago),
    )
    case, _ = services.receive(complaint, number, actor="api:12345", actor_name="12345")
    return case.no


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("login", ["west", "roads", "analyst"])
def test_the_desk_answers_dispatchers_only(
    signed_in: Callable[[str], FlaskClient], login: str, address: str
) -> None:
    assert signed_in(login).get(address, headers=PROGRAM).status_code == 403


@pytest.mark.parametrize("address", [*ADDRESSES, "/grid/overview", "/grid/cases"])
def test_nobody_gets_401(client: FlaskClient, address: str) -> None:
    assert client.get(address, headers=PROGRAM).status_code == 401


def test_a_move_without_the_pages_token_is_refused(
    signed_in: Callable[[str], FlaskClient], services: Services
) -> None:
    no = _receive(services)
    body = {"move": "confirm", "version": 1}
    answer = signed_in("dispatcher").post(f"/desk/cases/{no}/moves", json=body, headers=PROGRAM)
    assert answer.status_code == 400
    assert services.store(None).case(no).version == 1


@pytest.mark.parametrize(
    "body",
    [
        {"move": "receive", "version": 1},
        {"move": "override", "version": 1, "unit_code": "QUEUE", "reason": "属地不符"},
        {"move": "override", "version": 1, "unit_code": "NOBODY", "reason": "属地不符"},
        {"move": "override", "version": 1, "unit_code": "W", "reason": "  "},
        {"move": "override", "version": 1, "unit_code": "W", "reason": "x", "co_units": ["NOBODY"]},
        {"move": "override", "version": 1, "reason": "属地不符"},
        {"move": "withdraw", "version": 1, "reason": "点错了"},
        {"move": "confirm"},
        {"move": "confirm", "version": 1, "actor": "somebody else"},
    ],
    ids=str,
)
def test_unusable_moves_change_nothing(
    signed_in: Callable[[str], FlaskClient],
    people: People,
    services: Services,
    body: dict[str, object],
) -> None:
    no = _receive(services)
    answer = people.post(signed_in("dispatcher"), f"/desk/cases/{no}/moves", body)
    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert services.store(None).case(no).version == 1


def test_the_queue_cannot_be_confirmed_as_a_unit(
    signed_in: Callable[[str], FlaskClient], people: People, services: Services
) -> None:
    no = _receive(services, grid=None)
    body = {"move": "confirm", "version": 1}
    answer = people.post(signed_in("dispatcher"), f"/desk/cases/{no}/moves", body)
    assert answer.status_code == 422
    assert "改派" in answer.get_json()["detail"]


def test_a_lost_race_says_who_and_what(
    signed_in: Callable[[str], FlaskClient], people: People, services: Services
) -> None:
    no = _receive(services)
    body = {"move": "confirm", "version": 1}
    assert people.post(signed_in("dispatcher"), f"/desk/cases/{no}/moves", body).status_code == 200
    # The same person sending the same again (an answer that got lost) is no conflict.
    assert people.post(signed_in("dispatcher"), f"/desk/cases/{no}/moves", body).status_code == 200
    answer = people.post(signed_in("dispatcher2"), f"/desk/cases/{no}/moves", body)
    assert answer.status_code == 409
    current = answer.get_json()["current"]
    assert (current["actor_name"], current["move"], current["unit_name"]) == (
        "派单员甲",
        "confirm",
        "区建设局",
    )
    assert len(services.store(None).events(no)) == 2


def test_telephones_are_masked_everywhere_on_the_desk(
    signed_in: Callable[[str], FlaskClient], services: Services
) -> None:
    no = _receive(services)
    client = signed_in("dispatcher")
    for address in (f"/desk/cases/{no}", "/desk/queue?tab=confirm", "/desk/queue?tab=review"):
        text = client.get(address, headers=PROGRAM).get_data(as_text=True)
        assert "13812345678" not in text
    assert "138****5678" in client.get(f"/desk/cases/{no}", headers=PROGRAM).get_json()["text"]


def test_the_street_sees_its_own_and_a_department_what_it_was_given(
    signed_in: Callable[[str], FlaskClient], services: Services
) -> None:
    no = _receive(services, grid="E-1")
    assert signed_in("west").get(f"/grid/cases/{no}", headers=PROGRAM).status_code == 404
    assert signed_in("west").get("/grid/overview", headers=PROGRAM).get_json()["total"] == 0
    assert signed_in("roads").get("/grid/cases", headers=PROGRAM).get_json()["items"] == []
    services.move(
        None,
        no,
        Move.CONFIRM,
        version=1,
        actor="dispatcher",
        actor_name="甲",
        role="dispatcher",
    )
    given = signed_in("roads").get("/grid/cases", headers=PROGRAM).get_json()["items"]
    assert [one["no"] for one in given] == [no]


def test_the_street_starts_with_the_last_month(
    signed_in: Callable[[str], FlaskClient], services: Services
) -> None:
    client = signed_in("west")
    no = _receive(services, days_ago=40)

    def seen(query: str) -> tuple[int, int, list[str]]:
        overview = client.get(f"/grid/overview{query}", headers=PROGRAM).get_json()
        listed = client.get(f"/grid/cases{query}", headers=PROGRAM).get_json()["items"]
        return overview["total"], len(overview["points"]), [one["no"] for one in listed]

    assert seen("") == seen("?period=all") == (1, 1, [no])  # pending, however old
    services.move(
        None,
        no,
        Move.CONFIRM,
        version=1,
        actor="dispatcher",
        actor_name="甲",
        role="dispatcher",
    )
    assert seen("") == seen("?period=30") == (0, 0, [])
    assert seen("?period=90") == seen("?period=all") == (1, 1, [no])


@pytest.mark.parametrize(
    ("login", "address"), [("west", "/grid/overview"), ("dispatcher", "/desk/queue")]
)
@pytest.mark.parametrize("period", ["0", "-30", "31", "ever", "30 "])
def test_other_periods_are_refused(
    signed_in: Callable[[str], FlaskClient], login: str, address: str, period: str
) -> None:
    answer = signed_in(login).get(address, query_string={"period": period}, headers=PROGRAM)
    assert answer.status_code == 422
    assert "period" in answer.get_json()["detail"]


def test_a_place_outside_is_put_beside_the_subdistricts(
    signed_in: Callable[[str], FlaskClient], services: Services
) -> None:
    west, lat = town.middle("W-1")
    for lon, in_view in ((west - town.STEP, True), (west - 10, False)):
        no = _receive(services, at=(lon, lat))
        around = signed_in("supervisor").get(f"/desk/cases/{no}/surroundings", headers=PROGRAM)
        shown = around.get_json()
        assert shown["in_view"] is in_view
        assert (shown["bounds"][0] < lon < shown["bounds"][2]) is in_view
        assert shown["bounds"][0] < west < shown["bounds"][2]
        assert {one["level"] for one in shown["names"]} == {"subdistrict"}


def test_the_map_shows_the_place_and_its_winner(
    signed_in: Callable[[str], FlaskClient], services: Services
) -> None:
    no = _receive(services)
    around = signed_in("supervisor").get(f"/desk/cases/{no}/surroundings", headers=PROGRAM)
    shown = around.get_json()
    assert shown["finest"] == "grid"
    assert [mark["role"] for mark in shown["marks"]] == ["winner"]
    assert {one["properties"]["code"] for one in shown["layers"]["grid"]["features"]} >= {"W-1"}
    west, south, east, north = shown["bounds"]
    lon, lat = town.middle("W-1")
    assert west < lon < east and south < lat < north
