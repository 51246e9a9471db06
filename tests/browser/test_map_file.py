"""A map in one file, opened from the disk: nothing is asked for and nothing goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser

from app.cli.hotspots import hotspots_command
from tests.browser.conftest import DESK, PHONE, Site

pytestmark = [pytest.mark.browser, pytest.mark.postgis]


@pytest.fixture
def file(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The jurisdictions of the drawn city as a file."""
    url = site.services.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url.replace("+psycopg", ""))
    out = tmp_path / "辖区图.html"
    arguments = ["-o", str(out), "--layer", "jurisdictions"]
    done = CliRunner().invoke(hotspots_command, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    return out


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_it_opens_without_a_network(browser: Browser, file: Path, size: tuple[int, int]) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, offline=True, locale="zh-CN"
    )
    page = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.goto(file.as_uri())
    page.wait_for_selector(".name > span >> visible=true")
    names = page.locator(".name > span").all_text_contents()  # hidden ones too
    assert "洪山镇" in names and "鼓西街道" in names
    assert page.locator(".panel > details").evaluate("one => one.open") is (size == DESK)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert (asked, wrong) == ([file.as_uri()], [])
    context.close()
