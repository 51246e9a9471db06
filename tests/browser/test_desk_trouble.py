"""Two dispatchers on one case, and a database that goes away in the middle of a confirm."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from app.personal import PersonalData
from app.wiring import Services
from geodata import database
from geodata.embedded import Cluster
from routing.casework.cases import CaseState, Move
from tests.browser import city
from tests.browser.conftest import DATA_KEY, Site, Visit, serving, visiting
from tests.browser.desk_page import DeskPage

pytestmark = [pytest.mark.browser, pytest.mark.postgis]


def test_the_second_dispatcher_sees_who_did_what(visit: Visit, site: Site) -> None:
    site.expected_statuses.add(409)
    first, second = visit("dispatcher", "/desk"), visit("second", "/desk")
    one, two = DeskPage(first), DeskPage(second)
    for desk in (one, two):
        desk.tab("confirm")
        desk.open_row("湖头街路面塌陷")
    no = one.case_no
    assert two.case_no == no
    first.locator("#rows").focus()
    one.press("Enter")
    expect(first.locator("#toast")).to_contain_text("已派给 区建设局")

    second.locator("#rows").focus()
    two.press("Enter")
    panel = second.locator("#conflict")
    expect(panel).to_contain_text("林派单")
    expect(panel).to_contain_text("确认派单给 区建设局")
    expect(panel).to_contain_text("您的操作没有执行")
    assert len(site.services.store(None).events(no)) == 2

    panel.get_by_role("button", name="查看最新").click()
    expect(second.locator("#case")).to_contain_text("林派单 确认派单")
    expect(panel).to_be_hidden()


def test_a_lost_race_keeps_the_words_of_an_override(visit: Visit, site: Site) -> None:
    site.expected_statuses.add(409)
    page = visit("second", "/desk")
    desk = DeskPage(page)
    desk.tab("confirm")
    desk.open_row("湖头街路面塌陷")
    no = desk.case_no
    desk.press("o")
    page.fill("#unit-input", "鼓西")
    page.keyboard.press("Enter")
    page.fill("#reason-text", "写了很久的理由")
    site.services.move(
        None,
        no,
        Move.CONFIRM,
        version=1,
        actor="dispatcher",
        actor_name="林派单",
        role="dispatcher",
    )
    page.click("#move-submit")
    problem = page.locator("#move-problem")
    expect(problem).to_contain_text("林派单")
    assert page.input_value("#reason-text") == "写了很久的理由"
    problem.get_by_role("button", name="查看最新").click()
    expect(problem).to_be_hidden()
    assert page.input_value("#reason-text") == "写了很久的理由"
    page.click("#move-submit")  # the very same words, now on the state as it is
    expect(page.locator("#toast")).to_contain_text("已改派给 鼓西街道")
    assert site.services.store(None).events(no)[-1].reason == "写了很久的理由"


def test_signed_out_meanwhile_loses_nothing(visit: Visit, site: Site) -> None:
    site.expected_statuses |= {400, 401}
    page = visit("dispatcher", "/desk")
    desk = DeskPage(page)
    desk.tab("confirm")
    no = desk.case_no
    desk.press("o")
    page.fill("#unit-input", "城管")
    page.keyboard.press("Enter")
    page.fill("#reason-text", "写好的理由")
    page.context.clear_cookies()
    page.click("#move-submit")
    expect(page.locator("#move-problem")).to_contain_text("登录已失效")

    elsewhere = page.context.new_page()
    elsewhere.goto(f"{site.base}/login")
    elsewhere.fill("#login", "dispatcher")
    elsewhere.fill("#password", city.PASSWORD)
    elsewhere.keyboard.press("Enter")
    elsewhere.wait_for_url(f"{site.base}/desk*")
    elsewhere.close()
    page.click("#move-submit")
    expect(page.locator("#toast")).to_contain_text("已改派给 区城管局")
    assert site.services.store(None).events(no)[-1].reason == "写好的理由"


def test_offline_says_so_and_works_again(visit: Visit, site: Site) -> None:
    page = visit("dispatcher", "/desk")
    desk = DeskPage(page)
    desk.tab("confirm")
    no = desk.case_no
    page.route("**/moves", lambda route: route.abort("connectionfailed"))
    site_troubles = len(site.troubles)
    page.click("#confirm")
    banner = page.locator("#banner")
    expect(banner).to_contain_text("连不上服务器")
    expect(page.locator("#confirm")).to_be_enabled()
    del site.troubles[site_troubles:]  # the browser's own report of the cut connection
    page.unroute("**/moves")
    banner.get_by_role("button", name="再试一次").click()
    expect(page.locator("#toast")).to_contain_text("已派给")
    expect(banner).to_be_hidden()
    assert len(site.services.store(None).events(no)) == 2


def test_database_stopped_in_the_middle_of_a_confirm(
    browser: Browser, own_cluster: Cluster
) -> None:
    url = own_cluster.create_database("stopped")
    engine = database.engine(url)
    database.migrate(engine)
    city.build(engine, Services(engine, PersonalData([DATA_KEY])))
    engine.dispose()
    with serving(url) as site, visiting(browser, site) as visit:
        site.expected_statuses |= {503, 500}
        page = visit("dispatcher", "/desk")
        desk = DeskPage(page)
        desk.tab("confirm")
        no = desk.case_no
        # The change is written and not yet committed when the server goes away.
        stopping = StopBeforeCommit(site.services, own_cluster)
        page.click("#confirm")
        banner = page.locator("#banner")
        expect(banner).to_contain_text("数据库暂时连不上", timeout=20_000)
        expect(banner).to_contain_text("没有保存任何内容")
        assert stopping.stopped
        expect(page.locator("#confirm")).to_be_enabled()
        assert desk.case_no == no  # nothing was lost from the screen

        own_cluster.start()
        stopping.undo()
        after = site.services.store(None)
        assert after.case(no).state is CaseState.PENDING
        assert len(after.events(no)) == 1
        banner.get_by_role("button", name="再试一次").click()
        expect(page.locator("#toast")).to_contain_text("已派给", timeout=20_000)
        assert after.case(no).state is CaseState.DISPATCHED
        assert len(after.events(no)) == 2


class StopBeforeCommit:
    """Stops PostgreSQL once, when a change of the app is written but not committed."""

    def __init__(self, services: Services, cluster: Cluster) -> None:
        self.stopped = False
        self._services, self._cluster = services, cluster
        self._store = services.store
        services.store = self._breaking_store  # type: ignore[method-assign]

    def undo(self) -> None:
        self._services.store = self._store  # type: ignore[method-assign]

    def _breaking_store(self, scope: object) -> object:
        store = self._store(scope)  # type: ignore[arg-type]
        store._before_commit = self._stop
        return store

    def _stop(self) -> None:
        if not self.stopped:
            self.stopped = True
            self._cluster.stop("immediate")
