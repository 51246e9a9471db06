"""Signing in and out, CSRF, lock-out, sessions that end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from unittest import mock

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app import accounts as signing_in
from app.passwords import password_matches
from app.wiring import Services
from tests.web.people import PASSWORD, ROLES, People, complaint

SignIn = Callable[[str], FlaskClient]
HTML = {"Accept": "text/html"}


@pytest.mark.parametrize(
    ("login", "desk"),
    [
        ("dispatcher", "/desk"),
        ("supervisor", "/desk"),
        ("admin", "/desk"),
        ("west", "/grid"),
        ("analyst", "/analysis"),
    ],
)
def test_each_role_lands_on_its_own_page(signed_in: SignIn, login: str, desk: str) -> None:
    client = signed_in(login)
    home = client.get("/", headers=HTML)
    assert (home.status_code, home.headers["Location"]) == (302, desk)
    page = client.get(desk, headers=HTML)
    assert page.status_code == 200
    assert ROLES[login]["name"] in page.get_data(as_text=True)


def test_a_department_has_a_page_that_says_what_there_is(signed_in: SignIn) -> None:
    page = signed_in("roads").get("/", headers=HTML)
    assert page.status_code == 200
    assert "建设局经办" in page.get_data(as_text=True)
    assert "后续版本" in page.get_data(as_text=True)


def test_nobody_is_sent_to_sign_in_and_back_to_where_they_wanted(
    client: FlaskClient, people: People
) -> None:
    answer = client.get("/desk?tab=review", headers=HTML)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=/desk%3Ftab%3Dreview"
    form = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert 'name="next" value="/desk?tab=review"' in form
    people.sign_in(client, "dispatcher")
    assert client.get("/login?next=/grid").headers["Location"] == "/grid", "already signed in"


def test_a_form_from_elsewhere_cannot_sign_anybody_in(client: FlaskClient) -> None:
    answer = client.post("/login", data={"login": "dispatcher", "password": PASSWORD})
    assert answer.status_code == 400
    assert "页面已过期" in answer.get_data(as_text=True)
    assert client.get("/api/v1/cases").status_code == 401


def test_next_never_leads_to_another_site(client: FlaskClient) -> None:
    form = client.get("/login?next=//evil.example/").get_data(as_text=True)
    assert "evil" not in form


def test_wrong_password_and_unknown_login_get_the_same_answer(
    client: FlaskClient, people: People
) -> None:
    wrong = people.sign_in(client, "dispatcher", "wrong password")
    unknown = people.sign_in(client, "nobody", "wrong password")
    assert wrong.status_code == unknown.status_code == 401
    without_token = [
        "\n".join(
            line.replace(login, "")
            for line in page.get_data(as_text=True).splitlines()
            if "csrf" not in line
        )
        for page, login in ((wrong, "dispatcher"), (unknown, "nobody"))
    ]
    assert without_token[0] == without_token[1]
    assert "账号或密码不正确" in without_token[0]


def test_an_unknown_login_costs_as_much_hashing_as_a_known_one(services: Services) -> None:
    with mock.patch.object(signing_in, "password_matches", wraps=password_matches) as compared:
        for login in ("dispatcher", "nobody"):
            with pytest.raises(signing_in.SignInRefused):
                services.accounts.sign_in(login, "wrong", address="192.0.2.1")
    known, unknown = compared.call_args_list
    assert known.args[0] is not None and unknown.args[0] is None
    with mock.patch("app.passwords._hasher") as hasher:
        hasher.verify.return_value = True
        assert not password_matches(None, "x")
    assert hasher.verify.call_count == 1, "the hash of nobody is compared too"


def test_five_failures_close_the_door_for_this_login_at_this_address(
    client: FlaskClient, people: People, app: Flask
) -> None:
    for _ in range(signing_in.MOST_FAILURES):
        assert people.sign_in(client, "dispatcher", "wrong password").status_code == 401
    shut = people.sign_in(client, "dispatcher")
    assert shut.status_code == 429
    assert 0 < int(shut.headers["Retry-After"]) <= 15 * 60
    assert "尝试次数过多" in shut.get_data(as_text=True)
    assert people.sign_in(client, "supervisor").status_code == 303, "another login may come in"
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.9"
    assert people.sign_in(elsewhere, "dispatcher").status_code == 303, "another address too"


def test_the_door_opens_again_after_a_while(services: Services) -> None:
    for _ in range(signing_in.MOST_FAILURES):
        with pytest.raises(signing_in.SignInRefused):
            services.accounts.sign_in("dispatcher", "wrong", address="192.0.2.1")
    with pytest.raises(signing_in.TooManyAttempts):
        services.accounts.sign_in("dispatcher", PASSWORD, address="192.0.2.1")
    with mock.patch.object(signing_in, "WINDOW", timedelta(microseconds=1)):
        services.accounts.sign_in("dispatcher", PASSWORD, address="192.0.2.1")
    # A success wipes the slate: one more mistake does not shut the door.
    with pytest.raises(signing_in.SignInRefused):
        services.accounts.sign_in("dispatcher", "wrong", address="192.0.2.1")
    services.accounts.sign_in("dispatcher", PASSWORD, address="192.0.2.1")


def test_trying_many_logins_from_one_address_closes_the_door_too(services: Services) -> None:
    with mock.patch.object(signing_in, "password_matches", return_value=False):
        for n in range(signing_in.MOST_FAILURES_OF_ADDRESS):
            with pytest.raises(signing_in.SignInRefused):
                services.accounts.sign_in(f"guess{n}", "x", address="192.0.2.1")
    with pytest.raises(signing_in.TooManyAttempts):
        services.accounts.sign_in("dispatcher", PASSWORD, address="192.0.2.1")


def test_signing_out_ends_the_session(signed_in: SignIn, people: People) -> None:
    client = signed_in("dispatcher")
    answer = client.post("/logout", data={"csrf_token": people.token(client)})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert client.get("/api/v1/cases").status_code == 401


def test_signing_out_needs_the_token(signed_in: SignIn) -> None:
    client = signed_in("dispatcher")
    assert client.post("/logout").status_code == 400
    assert client.get("/api/v1/cases").status_code == 200


def test_signing_out_everywhere_ends_the_others_at_once(signed_in: SignIn, people: People) -> None:
    here, there, other = signed_in("dispatcher"), signed_in("dispatcher"), signed_in("supervisor")
    here.post("/logout", data={"csrf_token": people.token(here), "everywhere": "1"})
    assert there.get("/api/v1/cases").status_code == 401
    assert other.get("/api/v1/cases").status_code == 200


def test_a_disabled_account_is_out_at_once_and_stays_out(
    signed_in: SignIn, services: Services, client: FlaskClient, people: People
) -> None:
    there = signed_in("dispatcher")
    services.accounts.disable("dispatcher")
    assert there.get("/api/v1/cases").status_code == 401
    assert people.sign_in(client, "dispatcher").status_code == 401


def test_a_changed_role_holds_from_the_next_request(signed_in: SignIn, services: Services) -> None:
    there = signed_in("dispatcher")
    with services.engine.begin() as connection:
        connection.execute(text("UPDATE account SET role = 'analyst' WHERE login = 'dispatcher'"))
    assert there.get("/api/v1/cases").status_code == 403


def test_a_session_ends_with_the_shift(signed_in: SignIn) -> None:
    client = signed_in("dispatcher")
    with client.session_transaction() as session:
        session["at"] -= 3601
    assert client.get("/api/v1/cases").status_code == 401


def test_a_cookie_signed_with_another_key_is_nobody(
    signed_in: SignIn, make_app: Callable[..., Flask], services: Services
) -> None:
    client = signed_in("dispatcher")
    cookie = client.get_cookie("shudi_session")
    assert cookie is not None
    other = make_app(services, secret_key="x" * 40).test_client()
    other.set_cookie("shudi_session", cookie.value)
    assert other.get("/api/v1/cases").status_code == 401


def test_a_session_is_not_kept_when_somebody_else_signs_in(
    signed_in: SignIn, people: People
) -> None:
    client = signed_in("dispatcher")
    before = client.get_cookie("shudi_session")
    client.post("/logout", data={"csrf_token": people.token(client)})
    people.sign_in(client, "analyst")
    after = client.get_cookie("shudi_session")
    assert before is not None and after is not None and before.value != after.value
    assert client.get("/api/v1/cases").status_code == 403


def test_a_session_cannot_post_without_the_token_but_a_key_can(
    signed_in: SignIn, channel: FlaskClient
) -> None:
    given = complaint()
    answer = signed_in("dispatcher").post("/api/v1/complaints", json=given)
    assert answer.status_code == 400
    assert answer.get_json()["type"] == "/api/docs#csrf"
    assert "X-CSRFToken" in answer.get_json()["detail"]
    assert channel.post("/api/v1/complaints", json=given).status_code == 201


@pytest.mark.parametrize(
    "header", ["Bearer shudi_wrong", "Bearer ", "Basic ZGlzcGF0Y2hlcjp4", "Bearer", "x"]
)
def test_a_key_that_is_none_is_refused_and_no_cookie_helps(signed_in: SignIn, header: str) -> None:
    answer = signed_in("dispatcher").get("/api/v1/cases", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.get_json()["status"] == 401


def test_a_withdrawn_key_is_refused_at_once(channel: FlaskClient, services: Services) -> None:
    assert channel.get("/api/v1/cases").status_code == 200
    assert services.accounts.revoke_channel_keys("12345") == 1
    assert channel.get("/api/v1/cases").status_code == 401


def test_neither_password_nor_key_is_stored_in_clear(
    services: Services, town_template: tuple[str, str]
) -> None:
    with services.engine.connect() as connection:
        rows = connection.execute(text("SELECT account::text FROM account")).scalars().all()
        keys = connection.execute(text("SELECT api_key::text FROM api_key")).scalars().all()
    assert rows and keys
    assert not [row for row in rows if PASSWORD in row or "$argon2id$" not in row]
    assert not [key for key in keys if town_template[1] in key]


def test_demonstration_accounts_are_listed_in_the_demonstration_only(
    services: Services, make_app: Callable[..., Flask]
) -> None:
    services.accounts.save(
        login="demo-hongshan", name="洪山镇演示", role="street", password=PASSWORD, by="test",
        unit_name="洪山镇", subdistrict_code="W", demo=True,
    )  # fmt: skip
    page = make_app(services).test_client().get("/login").get_data(as_text=True)
    assert "demo-hongshan" not in page and "演示" not in page
    shown = Services(services.engine, services.callers._personal, demo=True)
    page = make_app(shown, demo=True).test_client().get("/login").get_data(as_text=True)
    assert "demo-hongshan" in page and "洪山镇" in page and "演示数据，非官方界线" in page
    assert "dispatcher" not in page, "a real account is never listed"
