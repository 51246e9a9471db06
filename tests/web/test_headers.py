"""Headers that every answer carries, and what no page may contain."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.web.people import People

PAGES = ["/login", "/api/docs", "/api/openapi.json", "/healthz", "/readyz", "/metrics", "/none"]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_policy(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(
        part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers


def test_no_other_site_may_read_answers(client: FlaskClient) -> None:
    answer = client.options("/api/v1/cases", headers={"Origin": "https://evil.example"})
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("path", ["/login", "/api/docs", "/none"])
def test_pages_need_no_inline_code_and_nothing_from_elsewhere(
    client: FlaskClient, path: str
) -> None:
    page = client.get(path, headers={"Accept": "text/html"}).get_data(as_text=True)
    assert "<!doctype html>" in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page)
    assert not re.search(r"(?:src|href|action)=[\"']?(?:https?:)?//", page)


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(
    client: FlaskClient, people: People
) -> None:
    answer = people.sign_in(client, "dispatcher")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "Secure" not in cookie  # the test configuration speaks http, as the demonstration does


def test_static_files_may_be_kept(client: FlaskClient) -> None:
    with client.get("/static/css/base.css") as answer:
        assert answer.status_code == 200
        assert "max-age" in answer.headers["Cache-Control"]
