"""Early warning from cases to the page's JSON: a day's run, who sees it, what they do with it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from app import wiring
from app.alarms import run_day
from app.cli.alarms import alarms_group
from app.personal import PersonalData
from app.wiring import Services
from geodata import database
from geodata.store.alarms import list_alarms
from routing.errors import StoreUnavailable, UserInputError
from tests.web import warned_town
from tests.web.people import DATA_KEY, People

if TYPE_CHECKING:
    from tests.conftest import TestServer

pytestmark = pytest.mark.postgis

API = "/analysis/alarms"


@pytest.fixture(scope="module")
def warned_template(
    test_server: TestServer, town_template: tuple[str, str]
) -> Iterator[tuple[str, list[str]]]:
    """The name of a database with the town, its cases and its alarm of yesterday."""
    name = f"warned_{uuid.uuid4().hex[:12]}"
    made = Services(
        database.engine(test_server.create(name, town_template[0])), PersonalData([DATA_KEY])
    )
    numbers = warned_town.fill(made, wiring.today() - timedelta(days=1))
    run_day(made)
    made.engine.dispose()  # a database with a connection cannot be copied
    yield name, numbers
    test_server.drop(name)


@pytest.fixture
def warned(
    test_server: TestServer, warned_template: tuple[str, list[str]]
) -> Iterator[tuple[Services, list[str]]]:
    """The warned town of this test alone, and the numbers of its outbreak's cases."""
    name = f"copy_{uuid.uuid4().hex[:12]}"
    engine = database.engine(test_server.create(name, warned_template[0]))
    yield Services(engine, PersonalData([DATA_KEY])), warned_template[1]
    engine.dispose()
    test_server.drop(name)


@pytest.fixture
def client(warned: tuple[Services, list[str]], make_app: Callable[..., Flask]) -> FlaskClient:
    return make_app(warned[0]).test_client()


def items(client: FlaskClient, state: str = "open") -> dict[str, Any]:
    answer = client.get(f"{API}/items?state={state}", headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_a_run_finds_the_outbreak_with_its_cases(warned: tuple[Services, list[str]]) -> None:
    services, numbers = warned
    [one], _ = list_alarms(services.engine)
    yesterday = wiring.today() - timedelta(days=1)
    assert (one.new.level, one.new.code, one.new.kind) == ("grid", "W-1", warned_town.KIND)
    assert one.new.day == yesterday
    assert list(one.new.case_numbers) == numbers
    assert one.new.observed == len(numbers)
    assert one.new.expected < one.new.bound < one.new.observed
    assert one.new.detail["first"] == (yesterday - timedelta(days=6)).isoformat()
    assert "W-1网格" in one.new.detail["why"]
    assert one.new.detail["chart"]["counts"][-1] == one.new.observed


def test_the_same_day_again_stores_nothing_new(warned: tuple[Services, list[str]]) -> None:
    services, _ = warned
    before = list_alarms(services.engine)
    again = run_day(services)
    assert again.stored == 0 and len(again.batch.alarms) == 1
    assert list_alarms(services.engine) == before
    assert any("日历" in one for one in again.warnings)  # none was imported


def test_a_day_that_is_not_over_is_refused(services: Services) -> None:
    with pytest.raises(UserInputError, match="还没有结束"):
        run_day(services, wiring.today())
    empty = run_day(services)
    assert empty.stored == 0
    assert "到这一天为止没有诉求" in empty.warnings[0]


def test_a_database_that_is_gone_during_the_run_stores_nothing(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    warned_town.fill(services, wiring.today() - timedelta(days=1))
    from app import alarms

    whole = alarms.store_alarms

    def gone(engine: object, found: Any) -> int:
        nowhere = database.engine("postgresql://nobody@127.0.0.1:1/none")
        return whole(nowhere, found)

    monkeypatch.setattr(alarms, "store_alarms", gone)
    with pytest.raises(StoreUnavailable, match="nothing is half-done"):
        run_day(services)
    assert list_alarms(services.engine) == ([], None)
    monkeypatch.undo()
    assert run_day(services).stored == 1


def test_the_page_gets_list_and_alarm(
    client: FlaskClient, people: People, warned: tuple[Services, list[str]]
) -> None:
    people.sign_in(client, "analyst")
    page = client.get(API)
    assert page.status_code == 200 and "预警" in page.text
    found = items(client)
    assert found["counts"] == {"open": 1, "acknowledged": 0, "dismissed": 0}
    assert found["next"] is None
    [row] = found["items"]
    assert (row["place"], row["kind"], row["state_label"]) == ("W-1网格", "路灯不亮", "待处理")
    whole = client.get(f"{API}/{row['id']}").json
    assert whole["case_count"] == len(warned[1]) == len(whole["cases"])
    assert [one["no"] for one in whole["cases"]] != []
    assert {one["no"] for one in whole["cases"]} == set(warned[1])
    received = [one["received_at"] for one in whole["cases"]]
    assert received == sorted(received, reverse=True)
    assert [one["properties"]["code"] for one in whole["outline"]["features"]] == ["W-1"]
    assert "13812345678" not in str(whole)  # masked, as everywhere
    assert client.get(f"{API}/{row['id']}").headers["Cache-Control"] == "no-store"


def test_who_may_look_and_act(client: FlaskClient, people: People) -> None:
    body = {"what": "acknowledge", "seen": 0}
    for login, status in (
        ("analyst", 200),
        ("supervisor", 200),
        ("dispatcher", 200),
        ("admin", 200),
        ("west", 403),
        ("roads", 403),
    ):
        own = client.application.test_client()
        people.sign_in(own, login)
        assert own.get(API).status_code == status, login
        assert own.get(f"{API}/items").status_code == status, login
        acted = people.post(own, f"{API}/1/events", body).status_code
        assert acted == (status if login in ("analyst", "west", "roads") else 409), login


def test_nobody_without_signing_in(client: FlaskClient) -> None:
    assert client.get(API).status_code == 302
    assert client.get(f"{API}/1", headers={"Accept": "application/json"}).status_code == 401


def test_a_change_needs_the_token(client: FlaskClient, people: People) -> None:
    people.sign_in(client, "analyst")
    answer = client.post(f"{API}/1/events", json={"what": "acknowledge", "seen": 0})
    assert answer.status_code == 400
    assert items(client)["items"][0]["state"] == "open"


def test_dismiss_and_undo(client: FlaskClient, people: People) -> None:
    people.sign_in(client, "analyst")
    number = items(client)["items"][0]["id"]
    path = f"{API}/{number}/events"
    bare = people.post(client, path, {"what": "dismiss", "seen": 0, "reason": " "})
    assert bare.status_code == 422 and "须写明理由" in bare.json["detail"]
    body = {"what": "dismiss", "seen": 0, "reason": "<b>重复来电</b>"}
    done = people.post(client, path, body)
    assert done.status_code == 200
    assert (done.json["state"], done.json["last"]["reason"]) == ("dismissed", "<b>重复来电</b>")
    assert people.post(client, path, body).json["events_seen"] == 1  # a second click
    assert items(client)["items"] == []
    assert items(client, "dismissed")["items"][0]["id"] == number
    back = people.post(client, path, {"what": "reopen", "seen": 1})
    assert back.json["state"] == "open"
    assert [one["label"] for one in back.json["events"]] == ["排除", "重新打开"]


def test_somebody_else_was_first(
    client: FlaskClient, people: People, warned: tuple[Services, list[str]]
) -> None:
    people.sign_in(client, "analyst")
    path = f"{API}/{items(client)['items'][0]['id']}/events"
    people.post(client, path, {"what": "acknowledge", "seen": 0})
    other = client.application.test_client()
    people.sign_in(other, "supervisor")
    late = people.post(other, path, {"what": "dismiss", "seen": 0, "reason": "天气原因"})
    assert late.status_code == 409
    assert late.json["current"]["actor_name"] == "分析员"
    assert items(client, "acknowledged")["items"][0]["last"]["actor_name"] == "分析员"


def test_addresses_that_cannot_be_read(client: FlaskClient, people: People) -> None:
    people.sign_in(client, "analyst")
    for wrong in ("state=gone", "after=yesterday", "after=2026-11-24.x"):
        answer = client.get(f"{API}/items?{wrong}", headers={"Accept": "application/json"})
        name, value = wrong.split("=")
        assert answer.status_code == 422 and f"{name}={value!r}" in answer.json["detail"]
    assert client.get(f"{API}/999", headers={"Accept": "application/json"}).status_code == 404


def test_no_such_act(client: FlaskClient, people: People) -> None:
    people.sign_in(client, "analyst")
    for body in ({"what": "delete", "seen": 0}, {"what": "reopen"}, {"seen": 0, "x": 1}):
        assert people.post(client, f"{API}/1/events", body).status_code == 422


def test_commands(town_url: str, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", town_url)
    warned_town.fill(services, wiring.today() - timedelta(days=1))
    run = CliRunner()
    nothing = run.invoke(alarms_group, ["list"], catch_exceptions=False)
    assert nothing.stdout == "" and "没有预警" in nothing.stderr
    done = run.invoke(alarms_group, ["run"], catch_exceptions=False)
    assert "1 alarms (1 new)" in done.stdout and "W-1网格" in done.stdout
    again = run.invoke(alarms_group, ["run"], catch_exceptions=False)
    assert "1 alarms (0 new)" in again.stdout
    listed = run.invoke(alarms_group, ["list"], catch_exceptions=False)
    assert listed.stdout.split("\t")[2] == "待处理"
    early = (wiring.today() - timedelta(days=3)).isoformat()
    since = run.invoke(
        alarms_group,
        ["run", "--since", early, "--day", (wiring.today() - timedelta(days=2)).isoformat()],
        catch_exceptions=False,
    )
    assert [line[:10] for line in since.stdout.splitlines() if "series" in line] == [
        (wiring.today() - timedelta(days=back)).isoformat() for back in (3, 2)
    ]
    wrong = run.invoke(alarms_group, ["run", "--day", early, "--since", wiring.today().isoformat()])
    assert wrong.exit_code == 2 and "lies after" in wrong.output
    with pytest.raises(UserInputError, match="还没有结束"):
        run.invoke(
            alarms_group, ["run", "--day", wiring.today().isoformat()], catch_exceptions=False
        )
