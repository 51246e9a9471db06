"""Receiving complaints, reading cases, moving them; hostile text; callers."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.wiring import Services
from tests.web import town
from tests.web.people import People, complaint

SignIn = Callable[[str], FlaskClient]


def receive(channel: FlaskClient, external_id: str = "e-1", **changes: Any) -> dict[str, Any]:
    answer = channel.post("/api/v1/complaints", json=complaint(external_id, **changes))
    assert answer.status_code == 201, answer.get_data(as_text=True)
    made: dict[str, Any] = answer.get_json()
    return made


def test_the_first_time_makes_a_case_and_the_second_finds_it(channel: FlaskClient) -> None:
    first = channel.post("/api/v1/complaints", json=complaint())
    assert first.status_code == 201
    case = first.get_json()
    assert first.headers["Location"] == f"/api/v1/cases/{case['no']}"
    assert (case["state"], case["version"], case["channel"]) == ("pending", 1, "12345")
    assert case["decision"]["grid_code"] == "W-1"
    assert case["unit_code"] is None, "nobody has confirmed yet"
    again = channel.post("/api/v1/complaints", json=complaint(text="另一段文字"))
    assert again.status_code == 200
    assert again.get_json() == case, "a repeat changes nothing"


def test_the_same_complaint_sent_many_times_at_once_is_one_case(
    channel: FlaskClient, app: Any
) -> None:
    key = channel.environ_base["HTTP_AUTHORIZATION"]

    def send(_: int) -> tuple[int, str]:
        answer = app.test_client().post(
            "/api/v1/complaints", json=complaint(), headers={"Authorization": key}
        )
        return answer.status_code, answer.get_json()["no"]

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert sorted(status for status, _ in answers) == [200] * 5 + [201]
    assert len({no for _, no in answers}) == 1


def test_the_same_number_from_another_channel_is_another_case(
    channel: FlaskClient, signed_in: SignIn, people: People
) -> None:
    one = receive(channel)
    answer = people.post(
        signed_in("dispatcher"), "/api/v1/complaints", complaint(channel="walk-in")
    )
    assert answer.status_code == 201
    assert answer.get_json()["no"] != one["no"]
    assert answer.get_json()["channel"] == "walk-in"


def test_a_channel_cannot_speak_for_another(channel: FlaskClient) -> None:
    answer = channel.post("/api/v1/complaints", json=complaint(channel="app"))
    assert answer.status_code == 403
    assert "'12345'" in answer.get_json()["detail"] and "'app'" in answer.get_json()["detail"]


def test_a_complaint_without_its_number_is_refused(channel: FlaskClient) -> None:
    given = complaint()
    del given["external_id"]
    answer = channel.post("/api/v1/complaints", json=given)
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == [{"pointer": "/external_id", "detail": "缺少必填字段"}]


def test_a_complaint_with_words_only_becomes_a_case_of_the_queue(channel: FlaskClient) -> None:
    case = receive(channel, lon=None, lat=None, crs=None)
    assert case["decision"]["status"] == "unlocated"
    assert case["decision"]["unit_code"] == "QUEUE"


# --- Moves ------------------------------------------------------------------------------------


def move(people: People, client: FlaskClient, no: str, **body: Any) -> Any:
    return people.post(client, f"/api/v1/cases/{no}/moves", body)


def test_confirming_makes_the_unit_responsible(
    channel: FlaskClient, signed_in: SignIn, people: People
) -> None:
    no = receive(channel)["no"]
    desk = signed_in("dispatcher")
    answer = move(people, desk, no, move="confirm", version=1)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    case = answer.get_json()
    assert (case["state"], case["version"]) == ("dispatched", 2)
    assert (case["unit_code"], case["unit_name"]) == ("W-1", "西镇第一网格")
    events = desk.get(f"/api/v1/cases/{no}").get_json()["events"]
    assert [(event["move"], event["actor"]) for event in events] == [
        ("receive", "api:12345"),
        ("confirm", "dispatcher"),
    ]


def test_the_same_move_sent_twice_is_made_once(
    channel: FlaskClient, signed_in: SignIn, people: People
) -> None:
    no = receive(channel)["no"]
    desk = signed_in("dispatcher")
    first = move(people, desk, no, move="confirm", version=1)
    again = move(people, desk, no, move="confirm", version=1)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.get_json()["version"] == 2
    assert len(desk.get(f"/api/v1/cases/{no}").get_json()["events"]) == 2


def test_the_second_of_two_dispatchers_sees_who_was_first_and_what_they_did(
    channel: FlaskClient, signed_in: SignIn, people: People
) -> None:
    no = receive(channel)["no"]
    move(people, signed_in("dispatcher"), no, move="confirm", version=1)
    answer = move(
        people, signed_in("dispatcher2"), no,
        move="override", version=1, unit_code="E", reason="应由东镇处理",
    )  # fmt: skip
    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json()
    assert problem["type"] == "/api/docs#move-conflict"
    now = problem["current"]
    assert (now["state"], now["version"], now["unit_code"]) == ("dispatched", 2, "W-1")
    assert (now["actor"], now["actor_name"]) == ("dispatcher", "派单员甲")
    assert now["at"]


def test_of_many_at_once_exactly_one_wins(
    channel: FlaskClient, signed_in: SignIn, people: People
) -> None:
    no = receive(channel)["no"]
    desks = [signed_in(login) for login in ("dispatcher", "dispatcher2", "supervisor")]
    tokens = [people.token(desk) for desk in desks]

    def confirm(at: int) -> int:
        answer = desks[at].post(
            f"/api/v1/cases/{no}/moves",
            json={"move": "confirm", "version": 1},
            headers={"X-CSRFToken": tokens[at]},
        )
        return answer.status_code

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(confirm, range(3))) == [200, 409, 409]


def test_an_override_names_a_unit_and_a_reason(
    channel: FlaskClient, signed_in: SignIn, people: People
) -> None:
    no, desk = receive(channel)["no"], signed_in("dispatcher")
    for body, words in [
        ({"unit_code": "E"}, "reason"),
        ({"reason": "应由东镇处理"}, "unit"),
        ({"unit_code": "NOBODY", "reason": "x"}, "NOBODY"),
    ]:
        answer = move(people, desk, no, move="override", version=1, **body)
        assert answer.status_code == 422
        assert words in answer.get_json()["detail"]
    answer = move(
        people, desk, no, move="override", version=1, unit_code="E", reason="应由东镇处理",
        co_units=["ROADS"],
    )  # fmt: skip
    case = answer.get_json()
    assert (case["unit_code"], case["unit_name"], case["co_units"]) == ("E", "东镇", ["ROADS"])


def test_withdrawing_puts_it_back_and_keeps_the_history(
    channel: FlaskClient, signed_in: SignIn, people: People
) -> None:
    no, desk = receive(channel)["no"], signed_in("dispatcher")
    assert move(people, desk, no, move="withdraw", version=1, reason="误").status_code == 422
    move(people, desk, no, move="confirm", version=1)
    case = move(people, desk, no, move="withdraw", version=2, reason="点错了").get_json()
    assert (case["state"], case["version"], case["unit_code"]) == ("pending", 3, None)
    assert len(desk.get(f"/api/v1/cases/{no}").get_json()["events"]) == 3


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"move": "destroy", "version": 1}, "/move"),
        ({"move": "receive", "version": 1}, "/move"),
        ({"move": "confirm"}, "/version"),
        ({"move": "confirm", "version": "1"}, "/version"),
        ({"move": "confirm", "version": 0}, "/version"),
        ({"move": "confirm", "version": 1, "unti_code": "E"}, "/unti_code"),
        ({"move": "override", "version": 1, "reason": "x" * 2001}, "/reason"),
        ([], "/"),
    ],
)
def test_a_move_that_makes_no_sense_names_the_field(
    channel: FlaskClient, signed_in: SignIn, people: People, body: Any, pointer: str
) -> None:
    no = receive(channel)["no"]
    answer = people.post(signed_in("dispatcher"), f"/api/v1/cases/{no}/moves", body)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == pointer


def test_a_number_that_does_not_exist_is_named(signed_in: SignIn, people: People) -> None:
    desk = signed_in("dispatcher")
    for answer in (
        desk.get("/api/v1/cases/20990101-000001"),
        move(people, desk, "20990101-000001", move="confirm", version=1),
    ):
        assert answer.status_code == 404
        assert "20990101-000001" in answer.get_json()["detail"]


# --- The list ---------------------------------------------------------------------------------


def test_pages_follow_each_other_without_gap_or_repeat(
    channel: FlaskClient, signed_in: SignIn
) -> None:
    made = {receive(channel, f"e-{n}")["no"] for n in range(7)}
    desk, seen, after = signed_in("dispatcher"), [], None
    for _ in range(4):
        page = desk.get(
            "/api/v1/cases", query_string={"limit": 2, **({"after": after} if after else {})}
        )
        seen += [case["no"] for case in page.get_json()["cases"]]
        after = page.get_json()["next"]
        if after is None:
            break
    assert len(seen) == 7 and set(seen) == made


def test_filters_and_their_mistakes(channel: FlaskClient, signed_in: SignIn) -> None:
    west = receive(channel, "w")
    lon, lat = town.middle("E-2")
    east = receive(channel, "e", lon=lon, lat=lat, category="道路破损", text="路面塌陷")
    desk = signed_in("dispatcher")

    def found(**filters: str) -> set[str]:
        answer = desk.get("/api/v1/cases", query_string=filters)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return {case["no"] for case in answer.get_json()["cases"]}

    assert found() == {west["no"], east["no"]}
    assert found(subdistrict_code="E") == {east["no"]}
    assert found(grid_code="W-1") == {west["no"]}
    assert found(category="道路破损") == {east["no"]}
    assert found(q="塌陷") == {east["no"]}
    assert found(q=east["no"]) == {east["no"]}
    assert found(q="%") == set(), "a wildcard is text here"
    assert found(state="dispatched") == set()
    assert found(received_from="2026-06-02") == set()
    for query, words in [
        ({"subdistrct": "E"}, "subdistrct"),
        ({"limit": "0"}, "limit='0'"),
        ({"limit": "many"}, "many"),
        ({"after": "nonsense"}, "nonsense"),
        ({"received_from": "June"}, "June"),
    ]:
        answer = desk.get("/api/v1/cases", query_string=query)
        assert answer.status_code == 422
        assert words in answer.get_json()["detail"]


# --- Hostile text -----------------------------------------------------------------------------

HOSTILE = [
    "<script>alert('诉求')</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }} {% raw %} ${7*7}",
    "=cmd|'/C calc'!A0",
    "'; DROP TABLE complaint; --",
    "\u202e翻转 \u200b零宽 \r\n换行\t制表",
    "😀" * 50,
]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_comes_back_as_the_same_text(
    channel: FlaskClient, signed_in: SignIn, words: str
) -> None:
    no = receive(channel, text=words, category=words[:200])["no"]
    answer = signed_in("dispatcher").get(f"/api/v1/cases/{no}")
    assert answer.content_type == "application/json"
    assert answer.get_json()["text"] == words
    assert answer.get_json()["category"] == words[:200]


def test_a_text_of_200000_characters_is_taken_whole(
    channel: FlaskClient, signed_in: SignIn
) -> None:
    words = "西洪路路灯不亮。" * 25_000
    no = receive(channel, text=words)["no"]
    assert signed_in("dispatcher").get(f"/api/v1/cases/{no}").get_json()["text"] == words
    answer = channel.post("/api/v1/complaints", json=complaint("e-2", text="长" * 250_001))
    assert answer.status_code == 422
    assert "250000" in answer.get_json()["detail"]


def test_numbers_inside_the_text_are_masked(channel: FlaskClient, signed_in: SignIn) -> None:
    case = receive(channel, text="请回电13812341234，身份证35010219900307123X")
    assert case["text"] == "请回电138****1234，身份证350102********123X"
    page = signed_in("dispatcher").get("/api/v1/cases").get_data(as_text=True)
    assert "13812341234" not in page and "19900307" not in page


# --- Callers ----------------------------------------------------------------------------------


def test_the_caller_is_sealed_masked_and_seen_in_clear_only_with_a_trace(
    channel: FlaskClient, signed_in: SignIn, services: Services
) -> None:
    answer = channel.post(
        "/api/v1/complaints", json=complaint(caller_name="李建国", caller_phone="13812341234")
    )
    no = answer.get_json()["no"]
    desk = signed_in("dispatcher")
    shown = desk.get(f"/api/v1/cases/{no}")
    assert shown.get_json()["caller"] == {"name": "李**", "phone": "138****1234"}
    with services.engine.connect() as connection:
        row = connection.execute(
            text("SELECT caller_name_enc, caller_phone_enc, complaint::text FROM complaint")
        ).one()
        assert "李建国".encode() not in bytes(row[0]) and b"1381234" not in bytes(row[1])
        assert "13812341234" not in row[2]
        assert connection.execute(text("SELECT count(*) FROM personal_data_read")).scalar() == 0
    clear = desk.get(f"/api/v1/cases/{no}/caller?purpose=回访")
    assert clear.get_json() == {"name": "李建国", "phone": "13812341234"}
    with services.engine.connect() as connection:
        reads = connection.execute(
            text("SELECT case_no, actor, purpose FROM personal_data_read")
        ).all()
    assert [tuple(read) for read in reads] == [(no, "dispatcher", "回访")]


def test_a_case_without_a_caller_says_so(channel: FlaskClient, signed_in: SignIn) -> None:
    no = receive(channel)["no"]
    desk = signed_in("dispatcher")
    assert desk.get(f"/api/v1/cases/{no}").get_json()["caller"] is None
    assert desk.get(f"/api/v1/cases/{no}/caller").status_code == 404


def test_no_answer_and_no_log_line_holds_the_caller_or_the_text(
    channel: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    secret = {"caller_name": "李建国", "caller_phone": "13812341234", "text": "王小花家漏水"}
    made = channel.post("/api/v1/complaints", json=complaint(**secret))
    channel.post("/api/v1/complaints", json=complaint("e-2", **secret, caller_age=40))
    channel.get("/api/v1/cases", query_string={"q": "王小花"})
    assert "李建国" not in json.dumps(made.get_json(), ensure_ascii=False)
    for words in ("李建国", "13812341234", "王小花"):
        assert words not in caplog.text
