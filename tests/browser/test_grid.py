"""The street's view in a real browser: own rows only, usable on a phone."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Response, expect

from routing.casework.cases import Move
from tests.browser import city
from tests.browser.conftest import DESK, PHONE, Site, Visit

pytestmark = [pytest.mark.browser, pytest.mark.postgis]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_own_communities_and_grids_only(visit: Visit, site: Site, size: tuple[int, int]) -> None:
    page = visit("hongshan", "/grid", size=size)
    answers: list[str] = []

    def keep(answer: Response) -> None:
        if answer.url.startswith(f"{site.base}/grid/") and answer.ok:
            answers.append(answer.text())

    expect(page.locator(".area")).to_have_count(1)
    page.on("response", keep)
    page.reload()
    expect(page.locator(".area")).to_contain_text("金牛山社区")
    expect(page.locator(".grids a")).to_have_count(2)
    page.locator(".grids a").nth(1).click()
    expect(page.locator(".case-row").first).to_be_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    page.wait_for_timeout(200)
    assert answers
    # Not hidden: never sent. The neighbour's street, its cases and its grids are nowhere.
    sent = "".join(answers)
    own = {case.no for case in _cases(site) if case.decision.codes.get("subdistrict") == "HS"}
    others = {case.no for case in _cases(site)} - own
    assert own and others
    assert not [no for no in others if no in sent]
    overview = json.loads(answers[0])
    assert {one["properties"]["code"] for one in overview["layers"]["grid"]["features"]} == {
        "HS-1",
        "HS-2",
    }


def test_a_neighbours_case_does_not_exist(visit: Visit, site: Site) -> None:
    site.expected_statuses.add(404)
    other = next(case.no for case in _cases(site) if case.decision.codes.get("subdistrict") == "GX")
    page = visit("hongshan", "/grid")
    expect(page.locator(".area")).to_have_count(1)
    page.evaluate(f"location.hash = 'case={other}'")
    expect(page.locator("#banner")).to_contain_text("没有找到")
    answer = page.request.get(f"{site.base}/grid/cases?community=GX-C")
    assert answer.json()["items"] == []


def test_from_map_to_case_to_telephone_on_a_phone(visit: Visit) -> None:
    page = visit("hongshan", "/grid", size=PHONE)
    expect(page.locator(".area")).to_have_count(1)
    shape = page.locator(".leaflet-roles-pane path.leaflet-interactive").nth(1)  # the second grid
    shape.click(position={"x": 12, "y": 12})
    expect(page.locator("#title")).to_have_text("金牛山社区第2网格")
    row = page.locator(".case-row", has_text="界线旁边的垃圾")
    expect(row).to_contain_text("邻界")
    row.click()
    expect(page.locator(".hint")).to_contain_text("邻界提示")
    expect(page.locator(".hint")).to_contain_text("西湖社区第1网格")
    expect(page.locator(".lead-name")).to_contain_text("金牛山社区第2网格")
    assert page.locator("a.call").get_attribute("href") == "tel:059111110002"
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    page.go_back()
    expect(page.locator("#title")).to_have_text("金牛山社区第2网格")
    page.click("#back")
    expect(page.locator(".area")).to_have_count(1)


def test_a_department_sees_what_was_given_to_it(visit: Visit, site: Site) -> None:
    page = visit("jianshe", "/grid")
    expect(page.locator(".empty")).to_contain_text("现在没有工单")
    no = next(case.no for case in _cases(site) if "湖头街" in case.complaint.text)
    site.services.move(
        None,
        no,
        Move.CONFIRM,
        version=1,
        actor="dispatcher",
        actor_name="林派单",
        role="dispatcher",
    )
    page.reload()
    expect(page.locator(".area")).to_have_count(1)
    expect(page.locator("#title")).to_have_text("区建设局")
    page.locator(".area").click()
    expect(page.locator(".case-row")).to_have_count(1)
    expect(page.locator(".case-row")).to_contain_text("已派单")


def test_old_dispatched_cases_wait_behind_a_switch(visit: Visit, site: Site) -> None:
    kept = city.receive(
        site.services, "kept", "其他", "一年没派。", *city.middle("HS-1"), days_ago=365
    )
    for name, days in (("new", 5), ("older", 60), ("oldest", 300)):
        no = city.receive(
            site.services, name, "道路破损", f"{name} 的坑。", *city.middle("HS-2"), days_ago=days
        )
        site.services.move(
            None,
            no,
            Move.CONFIRM,
            version=1,
            actor="dispatcher",
            actor_name="林派单",
            role="dispatcher",
        )
    page = visit("hongshan", "/grid")
    numbers = []
    for period in ("近30天", "近90天", "全部"):
        page.get_by_role("link", name=period, exact=True).click()
        expect(page.locator(".periods [aria-current=true]")).to_have_text(period)
        expect(page.locator(".area")).to_contain_text("金牛山社区")
        numbers.append(int(page.inner_text("#total").split()[0]))
        shown = page.inner_text(".area .n")
        assert shown.split()[0] == str(numbers[-1])  # the same in head and list
    assert page.url.endswith("/grid?period=all")
    assert [number - numbers[0] for number in numbers] == [0, 1, 2]

    page.locator(".grids a").first.click()  # the switch keeps the place one is looking at
    expect(page.locator("#title")).to_have_text("金牛山社区第1网格")
    page.get_by_role("link", name="近30天", exact=True).click()
    expect(page.locator(".periods [aria-current=true]")).to_have_text("近30天")
    expect(page.locator("#title")).to_have_text("金牛山社区第1网格")
    expect(page.locator(".case-row", has_text="一年没派")).to_have_attribute(
        "href", f"#case={kept}"
    )


def test_many_cases_on_a_phone_are_numbers_not_a_carpet(visit: Visit, site: Site) -> None:
    for number in range(20):
        lon, lat = city.middle("HS-1")
        city.receive(
            site.services, f"m-{number}", "道路破损", "坑。", lon + number * 1e-6, lat, days_ago=1
        )
    page = visit("hongshan", "/grid", size=PHONE)
    badges, marks = page.locator(".badge-mark"), page.locator(".leaflet-place-pane path")
    expect(badges).to_have_count(2)
    expect(marks).to_have_count(0)
    listed = [one.inner_text().split()[0] for one in page.locator(".grids .n").all()]
    first = page.get_by_role("button", name=f"金牛山社区第1网格 {listed[0]} 件")
    second = page.get_by_role("button", name=f"金牛山社区第2网格 {listed[1]} 件")
    expect(second).to_have_count(1)
    expect(first).to_have_class(re.compile("pending"))  # all of them wait
    expect(first.locator("b")).to_have_text(listed[0])
    touch = first.locator("span").bounding_box()
    assert touch is not None
    page.touchscreen.tap(touch["x"] + touch["width"] / 2, touch["y"] + touch["height"] / 2)
    expect(page.locator("#title")).to_have_text("金牛山社区第1网格")
    expect(badges).to_have_count(0)
    expect(marks).to_have_count(int(listed[0]))


def test_the_database_is_gone_and_back(visit: Visit, site: Site) -> None:
    page = visit("hongshan", "/grid")
    expect(page.locator(".area")).to_have_count(1)
    site.expected_statuses.add(503)
    page.route(
        "**/grid/cases?*",
        lambda route: route.fulfill(
            status=503, content_type="application/problem+json", body='{"status": 503}'
        ),
    )
    page.locator(".area").click()
    expect(page.locator("#banner")).to_contain_text("数据库暂时连不上")
    page.unroute("**/grid/cases?*")
    page.click("#banner button")
    expect(page.locator(".case-row").first).to_be_visible()
    expect(page.locator("#banner")).to_be_hidden()


def _cases(site: Site) -> list:  # type: ignore[type-arg]
    return list(site.services.store(None).cases({}, limit=100)[0])
