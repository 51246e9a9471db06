"""Who may look, and that nobody sees more than their own: numbers, names, lists, files."""

from __future__ import annotations

import pytest

from tests.web.analysis import city
from tests.web.analysis.office import Office
from tests.web.people import People

JSON = (
    "summary", "areas", "trend", "frames", "hotspots", "cells", "cases", "misroutes", "borders",
    "download", "map.html", "picture.png",
)  # fmt: skip
WEST = 24 * city.EACH + city.NAMED


@pytest.mark.parametrize("path", JSON)
def test_nobody_looks_without_signing_in(office: Office, path: str) -> None:
    client = office.app.test_client()
    answer = client.get(f"/analysis/{path}", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert client.get(f"/analysis/{path}").status_code == 302, "a person is sent to sign in"


@pytest.mark.parametrize("login", ["analyst", "supervisor", "admin", "dispatcher"])
def test_who_works_for_the_whole_city_sees_all(office: Office, login: str) -> None:
    answer = office.seat(login).get("summary", level="subdistrict")
    assert answer["scope"] == "全市"
    assert answer["n"] == office.seat("analyst").get("summary", level="subdistrict")["n"]


def test_a_street_sees_its_own_numbers_and_names_only(office: Office) -> None:
    west = office.seat("west")
    summary = west.get("summary")
    assert summary["n"] == WEST
    assert [one["code"] for one in summary["path"]] == ["D", "W"]
    assert {one["code"] for one in summary["children"]} == {
        f"C{column}{row}" for column in (0, 1) for row in (0, 1, 2)
    }
    for path in JSON:
        for level in ("community", "grid"):
            content = west.ask(path, level=level).get_data()
            for word in ("东街道", city.HOT, "G40", "G63"):
                assert word.encode() not in content, (path, level, word)


def test_a_street_cannot_look_at_other_ground(office: Office) -> None:
    west = office.seat("west")
    for other in ("subdistrict:E", f"community:{city.HOT}", "grid:G70"):
        for path in JSON:
            assert "不在您的辖区内" in west.refused(path, within=other)
    around = west.get("areas", within="district:D", level="subdistrict")
    assert set(around["values"]) == {"W"}, "of the district they see their own part"
    listed = west.ask("cases", area=f"community:{city.HOT}")
    assert listed.status_code == 422 or listed.get_json()["total"] == 0
    lon, lat = city.WEST + 6.5 * city.STEP, city.SOUTH + 2.5 * city.STEP
    assert west.get("cases", near=f"{lon},{lat},1000")["total"] == 0


def test_a_department_sees_its_own_cases_wherever_they_lie(office: Office) -> None:
    roads, analyst = office.seat("roads"), office.seat("analyst")
    mine = roads.get("summary")
    moved = sum(one["n"] for one in analyst.get("misroutes")["flows"] if one["to"] == "ROADS")
    assert mine["n"] == moved > 0
    assert mine["scope"] == "区建设局承办的工单"
    assert all(one["n"] for one in mine["children"]), "nothing to drill into is not listed"
    listed = roads.get("cases")
    assert {one["unit"] for one in listed["items"]} == {"区建设局"}
    assert listed["total"] == mine["n"]


def test_an_account_half_filled_in_sees_nothing(office: Office) -> None:
    assert office.seat("homeless").ask("summary").status_code == 403


def test_a_street_without_boundaries_has_no_areas_either(office: Office) -> None:
    """An abolished subdistrict owns no ground today; it is not shown everybody's."""
    moved = office.seat("moved")
    assert moved.get("summary")["n"] == 0
    for level in ("district", "subdistrict", "community", "grid"):
        answer = moved.get("areas", level=level)
        assert answer["values"] == {} and answer["outline"]["features"] == []


def test_two_roles_never_share_an_answer(office: Office) -> None:
    """Whoever asks first, the second gets their own: the same address, in both orders."""
    query = {"from_": city.day(33), "to": city.day(3)}
    west = office.seat("west").get("summary", **query)["n"]
    whole = office.seat("analyst").get("summary", **query)["n"]
    other = {"from_": city.day(34), "to": city.day(3)}
    assert office.seat("analyst").get("summary", **other)["n"] >= whole > west
    assert office.seat("west").get("summary", **other)["n"] < whole


def test_the_map_changes_nothing(office: Office, people: People) -> None:
    """Only GET, and an analyst may not move a case either."""
    analyst = office.seat("analyst").client
    token = {"X-CSRFToken": people.token(analyst), "Accept": "application/json"}
    for path in JSON:
        assert analyst.post(f"/analysis/{path}", json={}, headers=token).status_code == 405
    number = office.seat("analyst").get("cases")["items"][0]["no"]
    move = {"move": "confirm", "version": 1}
    answer = analyst.post(f"/desk/cases/{number}/moves", json=move, headers=token)
    assert answer.status_code in (403, 404), answer.get_data(as_text=True)


def test_the_page_is_for_everybody_who_works_here(office: Office) -> None:
    for login in ("analyst", "west", "roads", "dispatcher"):
        answer = office.seat(login).client.get("/analysis")
        assert answer.status_code == 200, login
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
