"""The analysts' page in a real browser: what is asked is in the address, and the parts agree."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect

from tests.browser import analysis_city
from tests.browser.conftest import DESK, PHONE, Site, serving, visiting

if TYPE_CHECKING:
    from tests.conftest import TestServer

Look = Callable[..., Page]

pytestmark = [pytest.mark.browser, pytest.mark.postgis]


@pytest.fixture(scope="module")
def shared(test_server: TestServer, city_template: str) -> Iterator[Site]:
    """One city for all tests here: the page changes nothing."""
    name = f"analysis_{uuid.uuid4().hex[:12]}"
    with serving(test_server.create(name, city_template)) as made:
        analysis_city.fill(made.services)
        yield made
    test_server.drop(name)


@pytest.fixture(scope="module")
def pages(browser: Browser, shared: Site) -> Iterator[Callable[[str, tuple[int, int]], Page]]:
    """One window for each person and size, signed in once."""
    opened: dict[tuple[str, tuple[int, int]], Page] = {}
    with visiting(browser, shared) as visit:

        def page_of(login: str, size: tuple[int, int]) -> Page:
            if (login, size) not in opened:
                opened[login, size] = visit(login, "/analysis", size=size)
            return opened[login, size]

        yield page_of


@pytest.fixture
def look(shared: Site, pages: Callable[[str, tuple[int, int]], Page]) -> Iterator[Look]:
    """Open the page anew; whatever it reports counts against the test that opened it."""

    def open_page(query: str = "", *, login: str = "analyst", size: tuple[int, int] = DESK) -> Page:
        page = pages(login, size)
        page.goto(f"{shared.base}/analysis?{query}")
        return page

    yield open_page
    troubles = [*shared.troubles]
    shared.troubles.clear()
    shared.expected_statuses.clear()
    assert troubles == []


def settle(page: Page) -> Page:
    """Until every panel has its answer; the address then names the days."""
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    expect(page.locator("#map-busy")).to_be_hidden()
    page.wait_for_url(re.compile(r"from=\d{4}-\d{2}-\d{2}"))
    return page


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f'label[for="{name}-{value}"]').click()


def ranks(page: Page) -> Locator:
    return page.locator("#ranking .rank")


def legend(page: Page) -> str:
    return page.locator("#legend .legend-classes").inner_text()


def test_a_shared_link_opens_the_same_view(look: Look) -> None:
    page = settle(look())
    choose(page, "level", "grid")
    page.get_by_role("button", name="近30天", exact=True).click()
    page.locator("#kinds .choose-toggle").click()
    page.locator("#kinds label", has_text="暴露垃圾").click()
    choose(page, "layer", "cells")
    page.locator("select[name=size]").select_option("100")
    settle(page)
    page.locator("#map").click(position={"x": 400, "y": 30}, modifiers=["Shift"])
    page.get_by_role("button", name="放大").first.click()
    page.wait_for_url(re.compile("map="))
    want = asked(page)
    assert want["level"] == ["grid"] and want["kind"] == ["暴露垃圾"] and want["size"] == ["100"]
    seen = page.inner_text("#summary .total"), legend(page), page.inner_text("#ranking")

    other = settle(look(urlsplit(page.url).query, login="dispatcher"))
    assert asked(other) == want
    assert (
        other.inner_text("#summary .total"),
        legend(other),
        other.inner_text("#ranking"),
    ) == seen
    expect(other.locator("#layer-cells")).to_be_checked()
    expect(other.locator("#presets [aria-pressed=true]")).to_have_text("近30天")
    expect(other.locator("#kinds .choose-said")).to_have_text("暴露垃圾")


def test_back_and_forward_lead_through_the_views(look: Look) -> None:
    page = settle(look())
    before = page.inner_text("#ranking")
    choose(page, "level", "subdistrict")
    settle(page)
    expect(ranks(page).first).to_contain_text("洪山镇")
    choose(page, "layer", "borders")
    expect(page.locator("#legend-title")).to_contain_text("界线两侧")
    page.go_back()
    expect(page.locator("#layer-areas")).to_be_checked()
    expect(ranks(page).first).to_contain_text("洪山镇")
    page.go_back()
    expect(page.locator("#level-community")).to_be_checked()
    expect(page.locator("#ranking")).to_have_text(before.replace("\n", ""), use_inner_text=False)
    page.go_forward()
    expect(page.locator("#level-subdistrict")).to_be_checked()


def test_the_numbers_agree_everywhere(look: Look, shared: Site) -> None:
    page = settle(look("level=grid"))
    total = int(page.inner_text("#summary .total b"))
    listed = sum(int(one.inner_text()) for one in page.locator(".rank-text").all())
    placed = sum(analysis_city.OF_GRID.values())
    assert listed == placed and total == placed + analysis_city.LOST
    steps = page.locator("#trend-table tbody td").all_text_contents()
    assert sum(int(one) for one in steps) == total
    body = page.locator("#legend-body")
    expect(body).to_contain_text(f"已定位 {placed} / 共 {total} 件")
    expect(body).to_contain_text("未定位 ")
    expect(body).to_contain_text("投诉量不等于问题量")
    expect(body).to_contain_text("测试界线")
    page.locator("#tab-cases").click()
    expect(page.locator(".cases-note")).to_contain_text(f"共 {total} 件")
    expect(page.locator("div.case-row").first).to_be_visible()
    expect(page.locator("a.case-row")).to_have_count(0)  # an analyst opens no case


def test_the_slider_plays_in_classes_that_stay(look: Look) -> None:
    page = settle(look("step=week"))
    words = page.locator("#time-words")
    expect(words).to_have_text("全部时段")
    page.locator("#play").click()
    expect(page.locator("#play")).to_have_attribute("aria-pressed", "true")
    expect(words).to_have_text(re.compile(r"^\d{4}年\d+月\d+日–"))
    first, classes = words.inner_text(), legend(page)
    expect(words).not_to_have_text(first)  # it went on by itself
    assert legend(page) == classes
    page.locator("#time-range").focus()
    page.keyboard.press("Space")
    expect(page.locator("#play")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("End")
    settle(page)
    assert legend(page) == classes
    shown = asked(page)["at"]
    page.reload()
    settle(page)
    assert asked(page)["at"] == shown
    expect(page.locator(".legend-when")).to_have_text(words.inner_text())
    page.locator("#whole").click()
    expect(words).to_have_text("全部时段")


def test_drill_from_the_whole_to_a_grid_and_its_cases(look: Look, shared: Site) -> None:
    page = settle(look("level=subdistrict", login="dispatcher"))
    ranks(page).filter(has_text="洪山镇").click()
    page.get_by_role("button", name="看下一级").click()
    settle(page)
    expect(page.locator("#path")).to_contain_text("洪山镇")
    expect(ranks(page)).to_have_count(1)
    ranks(page).first.dblclick()
    expect(page.locator("#path")).to_contain_text("金牛山社区")
    settle(page)
    expect(ranks(page)).to_have_count(2)
    grid = ranks(page).filter(has_text="第1网格")
    grid.click()
    page.get_by_role("button", name="查看工单").click()
    rows = page.locator("a.case-row")
    expect(rows).to_have_count(analysis_city.OF_GRID["HS-1"])
    no = rows.first.get_attribute("href") or ""
    assert no.startswith("/desk?case=")
    page.locator("#path button", has_text="全区").click()
    settle(page)
    expect(page.locator("#path [aria-current]")).to_have_text("全区")


def test_the_map_and_the_list_point_at_each_other(look: Look) -> None:
    page = settle(look())
    row = ranks(page).filter(has_text="金牛山")
    shape = page.locator(".leaflet-values-pane path.leaflet-interactive").first
    shape.hover(position={"x": 20, "y": 20})
    expect(page.locator(".rank.lit")).to_have_count(1)
    expect(page.locator(".tip")).to_contain_text("合并为")
    row.hover()
    expect(page.locator(".leaflet-marks-pane path")).to_have_count(1)
    row.click()
    expect(page.locator("#chosen")).to_contain_text("金牛山社区")
    assert asked(page)["sel"] == ["community:HS-C"]


def test_names_are_text_wherever_they_stand(look: Look) -> None:
    page = settle(look("sel=community:GX-D&tab=compare&compare=previous"))
    for node in ("#ranking", "#comparison", "#chosen strong", ".map-label.name"):
        assert analysis_city.HOSTILE_NAME in "".join(page.locator(node).all_text_contents()), node
    assert page.locator("#analysis img[src=x], #analysis .rank b:not(.up):not(.down)").count() == 0
    assert page.title() == "分析地图 · 属地"


def test_nothing_found_says_what_to_try(look: Look) -> None:
    page = settle(look("kind=没有这种"))
    empty = page.locator("#map-empty")
    expect(empty).to_contain_text("该条件下没有诉求")
    empty.get_by_role("button", name="清除类别和渠道").click()
    expect(empty).to_be_hidden()
    settle(page)
    assert "kind" not in asked(page)
    assert int(page.inner_text("#summary .total b")) > 0


def test_a_wrong_address_is_answered_in_words(look: Look, shared: Site) -> None:
    shared.expected_statuses.add(422)
    page = look("from=2026-11-20&to=2026-11-01")
    expect(page.locator("#ranking .trouble")).to_contain_text("时段颠倒")
    page.get_by_role("button", name="近30天", exact=True).click()
    settle(page)
    expect(page.locator(".trouble")).to_have_count(0)


def test_a_failing_server_and_trying_again(look: Look, shared: Site) -> None:
    shared.expected_statuses.add(500)
    page = settle(look())
    page.route(
        re.compile("/analysis/(areas|trend)"),
        lambda route: route.fulfill(
            status=500,
            content_type="application/problem+json",
            body='{"status": 500, "incident": "abc123"}',
        ),
    )
    choose(page, "level", "subdistrict")
    trouble = page.locator("#ranking .trouble")
    expect(trouble).to_contain_text("abc123")
    expect(page.locator("#trend-words .trouble")).to_be_visible()
    page.unroute(re.compile("/analysis/(areas|trend)"))
    trouble.get_by_role("button", name="重试").click()
    expect(ranks(page)).to_have_count(2)
    expect(page.locator(".trouble")).to_have_count(0)


def test_only_ones_own_is_ever_sent(
    look: Look, pages: Callable[[str, tuple[int, int]], Page]
) -> None:
    answers: list[str] = []

    def keep(answer: Response) -> None:
        if "/analysis/" in answer.url and answer.ok and "json" in answer.headers["content-type"]:
            answers.append(answer.text())

    pages("hongshan", DESK).on("response", keep)
    page = settle(look("tab=cases&level=grid", login="hongshan"))
    expect(page.locator("a.case-row").first).to_have_attribute("href", re.compile("^/grid#case="))
    choose(page, "layer", "cells")
    settle(page)
    own = analysis_city.OF_GRID["HS-1"] + analysis_city.OF_GRID["HS-2"]
    page.locator("#tab-ranking").click()
    sent = "".join(answers)
    assert "HS-1" in sent and "GX" not in sent and "西湖" not in sent
    assert int(page.inner_text("#summary .total b")) <= own + analysis_city.LOST


def test_on_a_phone_the_map_comes_first_and_the_filters_are_a_sheet(look: Look) -> None:
    page = settle(look(size=PHONE))
    fits = "document.scrollingElement.scrollWidth <= innerWidth"
    assert page.evaluate(fits)
    top = {name: page.locator(name).bounding_box() for name in ("#map", "#ranking", "#trend")}
    order = sorted(top, key=lambda name: top[name]["y"])  # type: ignore[index]
    assert order == ["#map", "#ranking", "#trend"]
    side = page.locator("#filter-side")
    expect(side).to_be_hidden()
    page.locator("#open-filters").tap()
    expect(page.locator("#close-filters")).to_be_focused()
    assert page.evaluate(fits)
    small = page.evaluate(
        "[...document.querySelectorAll('#filter-side button, #filter-side select,"
        " #filter-side .segments label, .layers label, .timeline button, .rank')]"
        ".filter((node) => node.offsetParent && node.getBoundingClientRect().height < 44)"
        ".map((node) => node.textContent)"
    )
    assert small == []
    choose(page, "level", "subdistrict")
    page.locator("#close-filters").tap()
    expect(side).to_be_hidden()
    settle(page)
    expect(ranks(page)).to_have_count(2)
    ranks(page).first.tap()
    expect(page.locator("#chosen")).to_be_visible()
    assert page.evaluate(fits)


def test_every_layer_answers_with_a_picture_or_with_words(look: Look, shared: Site) -> None:
    shared.expected_statuses.add(422)  # four grids are too few for some of the tests
    page = settle(look("level=grid"))
    titles = {"areas": page.inner_text("#legend-title")}
    for layer in ("density", "gi", "emerging", "scan", "moran", "repeats", "misroutes"):
        choose(page, "layer", layer)
        settle(page)
        refused = page.locator("#map-note .trouble")
        if refused.count():
            assert re.search(r"[\u4e00-\u9fff]{4}", refused.inner_text()), layer
            expect(refused.get_by_role("button", name="重试")).to_be_visible()
        else:
            titles[layer] = page.inner_text("#legend-title")
            expect(page.locator(".legend-warn")).to_be_visible()
    assert len(set(titles.values())) == len(titles) >= 4  # each says what it is


def test_a_drag_along_the_trend_sets_the_window(look: Look) -> None:
    page = settle(look("step=week"))
    before = asked(page)
    chart = page.locator("#trend-chart .u-over").bounding_box()
    assert chart is not None
    middle = chart["y"] + chart["height"] / 2
    page.mouse.move(chart["x"] + chart["width"] * 0.5, middle)
    page.mouse.down()
    page.mouse.move(chart["x"] + chart["width"] * 0.75, middle, steps=4)
    page.mouse.up()
    expect(page.locator("#presets [aria-pressed=true]")).to_have_text("自定义")
    settle(page)
    after = asked(page)
    assert before["from"] < after["from"] < after["to"] < before["to"]
    page.go_back()
    settle(page)
    assert asked(page)["from"] == before["from"]


def test_days_and_numbers_as_people_write_them(look: Look) -> None:
    page = look()
    said = page.evaluate(
        """async () => {
          const days = await import("/static/js/analysis/days.js");
          const figures = await import("/static/js/analysis/figures.js");
          return [
            days.stepWords("2026-11-02", "week"), days.stepWords("2026-11-30", "week"),
            days.stepWords("2026-12-28", "week"), days.stepWords("2026-02-01", "month"),
            days.stepEnd("2024-02-01", "month"), days.presetDays("last", "2026-01-15").from,
            days.presetDays("7", "2026-03-01").from, String(days.isDay("2026-02-29")),
            figures.shareWords(0.9996), figures.shareWords(0.0004), figures.changeWords(9, 12),
            figures.changeWords(3, 0), figures.countWords(12345), figures.countWords(null),
          ];
        }"""
    )
    assert said == [
        "2026年11月2日–8日",
        "2026年11月30日–12月6日",
        "2026年12月28日–2027年1月3日",
        "2026年2月",
        "2024-02-29",
        "2025-12-01",
        "2026-02-22",
        "false",
        "99.9%",
        "不足 0.1%",
        "−25.0%",
        "原为 0",
        "12,345",
        "–",
    ]
