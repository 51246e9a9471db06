"""One Chromium for the run, a real app on a real database for each test, and what a page did.

Every page that a test opens is watched: a request that leaves the origin, a script error, a
console error that is not an answer the test asked for, or a breach of the content security policy
fails the test, whatever else it checks.
"""

from __future__ import annotations

import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.fernet import Fernet
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from app.config import Config
from app.personal import PersonalData
from app.wiring import Services
from geodata import database
from tests.browser import city

if TYPE_CHECKING:
    from tests.conftest import TestServer

DATA_KEY = Fernet.generate_key().decode()
FLAGS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update "
    "--disable-sync --no-first-run --disable-dev-shm-usage"
)
PATIENCE_MS = 15_000
"""A wait that is never reached on a free machine and survives a busy one."""
DESK, PHONE = (1366, 768), (390, 844)


@dataclass(kw_only=True)
class Site:
    """A served app and what its visitors' browsers reported."""

    base: str
    services: Services
    troubles: list[str] = field(default_factory=list)
    expected_statuses: set[int] = field(default_factory=set)
    """Answers a test provokes; the browser reports each on the console."""


Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.fail("no Chromium; install it with: apt-get install chromium", pytrace=False)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())
        yield made
        made.close()


@pytest.fixture(scope="session")
def city_template(test_server: TestServer, template_database: str) -> Iterator[str]:
    """The name of a database with the drawn city, its people and its cases."""
    name = f"city_{uuid.uuid4().hex[:12]}"
    engine = database.engine(test_server.create(name, template_database))
    city.build(engine, Services(engine, PersonalData([DATA_KEY])))
    engine.dispose()  # a database with a connection cannot be copied
    yield name
    test_server.drop(name)


@pytest.fixture
def site(test_server: TestServer, city_template: str) -> Iterator[Site]:
    """The app on a copy of the city of this test alone."""
    name = f"site_{uuid.uuid4().hex[:12]}"
    with serving(test_server.create(name, city_template)) as made:
        yield made
    test_server.drop(name)


@contextmanager
def serving(url: str) -> Iterator[Site]:
    """Serve the app in threads of this process on a free loopback port."""
    services = Services(database.engine(url), PersonalData([DATA_KEY]), demo=True)
    config = Config(
        secret_key="k" * 40,
        data_keys=(DATA_KEY,),
        demo=True,
        secure_cookies=False,
        session_lifetime=timedelta(hours=1),
    )
    server = make_server("127.0.0.1", 0, create_app(config, services), threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    # Asked to stop, it looks up after this long; the default of half a second is paid by each test.
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    made = Site(base=f"http://127.0.0.1:{server.server_port}", services=services)
    try:
        yield made
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
        _wait_for_requests(services)
        services.engine.dispose()
    assert made.troubles == []


def _wait_for_requests(services: Services) -> None:
    """Until no request under way holds a connection: one in use is not closed with its engine,
    and is then found open by whichever test runs when it is cleared away."""
    deadline = time.monotonic() + 10
    while services.engine.pool.checkedout() and time.monotonic() < deadline:  # type: ignore[attr-defined]
        time.sleep(0.02)


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """Open the site signed in as somebody; each visitor has cookies of their own."""
    with visiting(browser, site) as opened:
        yield opened


@contextmanager
def visiting(browser: Browser, site: Site) -> Iterator[Visit]:
    contexts = []

    def open_page(login: str, path: str, *, size: tuple[int, int] = DESK) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            is_mobile=size == PHONE,
            has_touch=size == PHONE,
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        _watch(page, site)
        page.goto(f"{site.base}/login?next={path}")
        page.fill("#login", login)
        page.fill("#password", city.PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site.base}{path}*")
        return page

    yield open_page
    for context in contexts:
        context.close()


def _watch(page: Page, site: Site) -> None:
    def request(address: str) -> None:
        if not address.startswith((site.base + "/", "data:")):
            site.troubles.append(f"request left the origin: {address}")

    def console(kind: str, text: str) -> None:
        provoked = any(f"status of {status}" in text for status in site.expected_statuses)
        if kind == "error" and not provoked:
            site.troubles.append(f"console: {text}")

    page.on("request", lambda made: request(made.url))
    page.on("console", lambda message: console(message.type, message.text))
    page.on("pageerror", lambda error: site.troubles.append(f"script error: {error}"))
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation', (event) => "
        "console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`))"
    )
