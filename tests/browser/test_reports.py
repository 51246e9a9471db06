"""The page of reports as an analyst and a street officer use it, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.jobs import Worker, reports_folder, run_job
from geodata.store import jobs
from tests.browser.conftest import PHONE, Site, Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the site keeps its files during this test."""
    monkeypatch.setattr(
        "app.analysis.reports.reports_folder", lambda _, number: reports_folder(tmp_path, number)
    )
    return tmp_path


@pytest.fixture
def working(site: Site, folder: Path) -> Iterator[Callable[[], None]]:
    """Start the worker, in this process."""
    engine = site.services.engine
    started: list[Worker] = []

    def start() -> None:
        worker = Worker(
            engine,
            lambda taken: run_job(engine, taken, folder, working_crs=None),
            look_every_s=0.05,
            schedule_every_s=1e9,
        )
        started.append(worker.start())

    yield start
    for worker in started:
        worker.stop()


def _within_view(page: Page) -> bool:
    """Nothing is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_an_analyst_makes_one_and_takes_it_away(
    visit: Visit, working: Callable[[], None], tmp_path: Path
) -> None:
    page = visit("analyst", "/analysis/reports")
    expect(page.locator("#list")).to_contain_text("还没有报告")
    page.get_by_text("周报", exact=True).click()
    expect(page.locator("#period-words")).to_contain_text("（周一）至")
    page.get_by_text("日报", exact=True).click()
    expect(page.locator("#period-words")).to_contain_text("星期")
    page.get_by_role("button", name="生成报告").click()
    item = page.locator("#list > li")
    expect(item).to_contain_text("等待中")
    expect(item.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "0")
    working()
    expect(item).to_contain_text("已完成", timeout=60_000)
    with page.expect_download() as taking:
        item.get_by_role("link", name="PDF").click()
    file = tmp_path / "taken.pdf"
    taking.value.save_as(file)
    assert file.read_bytes().startswith(b"%PDF")
    assert taking.value.suggested_filename.endswith("诉求日报.pdf")
    assert _within_view(page)


def test_wrong_wishes_are_said_beside_the_form(visit: Visit, site: Site) -> None:
    page = visit("analyst", "/analysis/reports")
    page.get_by_text("专报", exact=True).click()
    page.fill("#first", "2026-05-20")
    page.fill("#last", "2026-05-10")
    expect(page.locator("#period-words")).to_contain_text("请对调")
    site.expected_statuses.add(422)
    page.get_by_role("button", name="生成报告").click()
    expect(page.locator("#form-said")).to_contain_text("时段颠倒：开始日期 2026-05-20")
    page.uncheck('input[name="format"][value="pdf"]')
    page.get_by_role("button", name="生成报告").click()
    expect(page.locator("#form-said")).to_have_text("请至少选择一种格式。")
    expect(
        page.get_by_role("button", name="设为定时")
    ).to_be_hidden()  # a special one has no rhythm


def test_one_that_waits_can_be_cancelled_and_schedules_switched(visit: Visit) -> None:
    page = visit("analyst", "/analysis/reports")
    page.fill("#title", "<b>很长</b>的标题" * 25)
    page.get_by_role("button", name="生成报告").click()
    item = page.locator("#list > li")
    expect(item).to_contain_text("<b>很长</b>的标题")  # words, not markup
    assert item.locator("b").count() == 0
    item.get_by_role("button", name="取消").click()
    expect(item).to_contain_text("已取消")
    page.get_by_text("类别", exact=False).first.click()
    page.locator("#categories input").first.check()
    page.get_by_role("button", name="设为定时").click()
    switch = page.locator("#schedules li").get_by_role("checkbox")
    expect(switch).to_be_checked()
    switch.uncheck()
    expect(page.locator("#schedules")).to_contain_text("已停用")
    page.reload()
    expect(page.locator("#schedules li").get_by_role("checkbox")).not_to_be_checked()


def test_a_street_officer_on_a_phone(visit: Visit, site: Site) -> None:
    page = visit("hongshan", "/analysis/reports", size=PHONE)
    assert page.locator("#within option").all_text_contents() == ["洪山镇"]
    assert page.locator("#schedules").count() == 0
    page.get_by_role("button", name="生成报告").click()
    item = page.locator("#list > li")
    expect(item).to_contain_text("洪山镇")
    (asked,) = jobs.newest(site.services.engine, "report")
    assert asked.wanted["scope"] == {"subdistrict": "HS"}
    assert _within_view(page)
    for button in page.locator(".new-report button, .list button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 40  # a thumb's width
