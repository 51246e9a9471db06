"""A queue longer than one page: by keyboard, by scrolling, and while it is worked through."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app.desks import dispatch
from tests.browser import city
from tests.browser.conftest import Site, Visit
from tests.browser.desk_page import DeskPage

pytestmark = [pytest.mark.browser, pytest.mark.postgis]

SURE_ONES = 4
"""Cases of the drawn city in the tab of the sure ones."""


@pytest.fixture
def long_queue(site: Site, monkeypatch: pytest.MonkeyPatch) -> int:
    """Number of sure cases where a page holds 12: more than a screen of rows, less than all."""
    monkeypatch.setattr(dispatch, "PAGE_SIZE", 12)
    for number in range(30):
        city.receive(site.services, f"more-{number}", "道路破损", "坑。", *city.middle("HS-2"))
    return SURE_ONES + 30


def _selected_is_in_view(page: Page) -> bool:
    return bool(
        page.evaluate(
            """() => {
                const box = (what) => document.querySelector(what).getBoundingClientRect();
                const row = box("#rows [aria-selected=true]");
                const pane = box("#queue-list");
                return row.top >= pane.top - 1 && row.bottom <= pane.bottom + 1;
            }"""
        )
    )


def test_keys_go_through_all_pages_and_keep_the_row_in_view(visit: Visit, long_queue: int) -> None:
    page = visit("dispatcher", "/desk")
    desk = DeskPage(page)
    desk.tab("confirm")
    assert desk.count("confirm") == long_queue
    page.locator("#rows").focus()
    seen = set()
    for _ in range(long_queue + 3):  # the last ones stay where they are
        desk.press("j")
        page.wait_for_timeout(30)
        seen.add(page.locator("#rows [aria-selected=true]").get_attribute("data-no"))
        assert _selected_is_in_view(page)
    expect(desk.rows).to_have_count(long_queue)
    expect(page.locator("#more")).to_be_hidden()
    last = desk.rows.last.get_attribute("data-no")
    assert last in seen
    expect(page.locator("#case h2")).to_have_text(str(last))
    with page.expect_response("**/desk/queue?*"):
        desk.press("r")  # reading anew neither loses the place nor the rows that were there
    page.wait_for_load_state("networkidle")
    expect(desk.rows).to_have_count(long_queue)
    selected = page.locator("#rows [aria-selected=true]")
    assert selected.get_attribute("data-no") == last


def test_scrolling_brings_the_next_page(visit: Visit, long_queue: int) -> None:
    page = visit("dispatcher", "/desk")
    desk = DeskPage(page)
    desk.tab("confirm")
    assert desk.rows.count() < long_queue
    while not page.locator("#more").is_hidden():
        page.locator("#queue-list").evaluate("pane => { pane.scrollTop = pane.scrollHeight; }")
        page.wait_for_timeout(50)
    expect(desk.rows).to_have_count(long_queue)
    numbers = [row.get_attribute("data-no") for row in desk.rows.all()]
    assert len(set(numbers)) == long_queue


def test_what_moves_up_from_the_next_page_is_no_news(visit: Visit, long_queue: int) -> None:
    page = visit("dispatcher", "/desk")
    page.clock.install()
    page.reload()
    desk = DeskPage(page)
    desk.tab("confirm")
    page.locator("#rows").focus()
    for _ in range(3):
        desk.press("Enter")
        expect(page.locator("#toast")).to_contain_text("已派给")
        desk.settle()
    with page.expect_response("**/desk/queue?*"):
        page.clock.run_for(16_000)
    expect(page.locator("[data-count=dispatched]")).to_have_text("3")
    expect(page.locator("#news")).to_be_empty()


def test_enter_does_nothing_while_the_next_case_is_on_its_way(
    visit: Visit, site: Site, long_queue: int
) -> None:
    page = visit("dispatcher", "/desk")
    desk = DeskPage(page)
    desk.tab("confirm")
    page.locator("#rows").focus()
    held = []
    page.route("**/desk/cases/*", lambda route: held.append(route))
    desk.press("j")
    expect(page.locator("#case .ghost-case")).to_have_count(1)
    desk.press("Enter", "o")  # the case before is still what the page knows
    page.wait_for_timeout(200)
    assert site.services.store(None).counts().get("dispatched", 0) == 0
    expect(page.locator("#move-dialog")).to_be_hidden()
    for route in held:
        route.continue_()
    page.unroute("**/desk/cases/*")
    desk.settle()
    selected = page.locator("#rows [aria-selected=true]").get_attribute("data-no")
    assert desk.case_no == selected


def test_the_newest_can_be_asked_for_alone(visit: Visit, site: Site) -> None:
    old = city.receive(
        site.services, "old", "道路破损", "半年前的坑。", *city.middle("HS-2"), days_ago=180
    )
    page = visit("dispatcher", "/desk")
    desk = DeskPage(page)
    desk.tab("confirm")
    expect(page.locator(f"#row-{old}")).to_be_visible()
    page.click("#more-filters")
    page.select_option("select[name=period]", "30")
    expect(desk.rows).to_have_count(SURE_ONES)
    expect(page.locator(f"#row-{old}")).to_have_count(0)
    assert desk.count("confirm") == SURE_ONES
