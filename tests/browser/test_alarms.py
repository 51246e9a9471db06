"""The alarms' page in a real browser: from the list to a decision and back, also on a phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.wiring import today
from geodata.store.alarm_rows import AlarmMove, NewAlarm
from geodata.store.alarms import alarm_of, append_event, list_alarms, store_alarms
from tests.browser.conftest import DESK, PHONE, Site, Visit

pytestmark = [pytest.mark.browser, pytest.mark.postgis]

DAY = today() - timedelta(days=1)
PAGE = "/analysis/alarms"


def store(site: Site) -> list[int]:
    """A series alarm of grid HS-1 with all cases of the city, a cluster, and one for the list."""
    cases, _ = site.services.store(None).cases({}, limit=50)
    numbers = tuple(case.no for case in cases)
    starts = [(DAY - timedelta(days=7 * back + 6)).isoformat() for back in range(11, -1, -1)]
    common = {"day": DAY, "p": 2e-6, "q": 0.003, "case_numbers": numbers}
    store_alarms(
        site.services.engine,
        [
            NewAlarm(
                **common,
                level="grid",
                code="HS-1",
                kind="暴露垃圾",
                method="ears_week",
                observed=7,
                expected=1.3,
                bound=4.2,
                recurrence_days=None,
                detail={
                    "why": "金牛山社区第1网格的“暴露垃圾”诉求共 7 件。",
                    "place": "金牛山社区第1网格",
                    "first": starts[-1],
                    "chart": {
                        "step": "week",
                        "starts": starts,
                        "counts": [1, 2, 0, 1, 2, 1, 0, 2, 1, 1, 2, 7],
                        "expected": [None] * 9 + [1.1, 1.2, 1.3],
                        "bound": [None] * 9 + [4.0, 4.1, 4.2],
                    },
                },
            ),
            NewAlarm(
                **common,
                level="city",
                code="",
                kind="<b>占道</b>",
                method="space_time",
                observed=7,
                expected=2.0,
                bound=None,
                recurrence_days=1000,
                detail={
                    "why": "两个社区。",
                    "place": "全市",
                    "first": DAY.isoformat(),
                    "circle": {"lon": 119.304, "lat": 26.081, "radius_m": 250},
                    "communities": ["HS-C", "GX-C"],
                },
            ),
            NewAlarm(
                **common,
                level="grid",
                code="GX-1",
                kind="路灯不亮",
                method="ears_day",
                observed=6,
                expected=0.02,
                bound=1.5,
                recurrence_days=None,
                detail={"why": "多。", "place": "西湖社区第1网格", "first": DAY.isoformat()},
            ),
        ],
    )
    return [one.id for one in list_alarms(site.services.engine)[0]]


def state(site: Site, number: int) -> str:
    return alarm_of(site.services.engine, number)[0].state.value


def test_empty_says_what_to_do(visit: Visit) -> None:
    page = visit("analyst", PAGE)
    expect(page.locator("#empty")).to_contain_text("没有待处理的预警")
    page.keyboard.press("4")
    expect(page.locator("#empty")).to_contain_text("shudi alarms run")
    expect(page.locator("#detail")).to_be_hidden()


def test_by_keyboard_from_the_list_to_a_decision_and_back(visit: Visit, site: Site) -> None:
    first, cluster, third = store(site)
    page = visit("analyst", PAGE)
    expect(page.locator(".detail-head h2")).to_have_text("金牛山社区第1网格 · 暴露垃圾")
    expect(page.locator(".facts")).to_contain_text("1.3 件")
    expect(page.locator(".series .bar.now")).to_have_count(1)
    expect(page.locator(".series .bar")).to_have_count(12)
    located = sum(
        case.decision.lon is not None for case in site.services.store(None).cases({}, limit=50)[0]
    )
    expect(page.locator(".leaflet-place-pane path")).to_have_count(located)
    expect(page.locator("#map-title")).to_contain_text(f"{located} 件；另有 1 件没有定位")
    # What citizens wrote stays text, and an analyst has no desk to open a case on.
    expect(page.locator("#cases")).to_contain_text("<script>")
    assert page.locator("#cases a").count() == 0
    assert page.title().startswith("预警")

    page.keyboard.press("a")
    expect(page.locator("#toast")).to_contain_text("已认领")
    expect(page.locator("[data-count=acknowledged]")).to_have_text("1")
    assert state(site, first) == "acknowledged"
    page.keyboard.press("z")
    expect(page.locator("#toast")).to_contain_text("已撤销")
    expect(page.locator("[data-count=open]")).to_have_text("3")
    assert state(site, first) == "open"

    page.keyboard.press("j")
    expect(page.locator(".detail-head h2")).to_have_text("全市 · <b>占道</b>")
    expect(page.locator(".facts")).to_contain_text("重现间隔")
    page.keyboard.press("x")
    page.keyboard.press("Enter")  # in the field: a new line, not a decision
    page.locator("#dismiss-form .primary").click()
    expect(page.locator("#dismiss-problem")).to_contain_text("请写明理由")
    page.get_by_role("button", name="节庆活动").click()
    page.locator("#dismiss-form .primary").click()
    expect(page.locator("#toast")).to_contain_text("已排除")
    assert state(site, cluster) == "dismissed"
    expect(page.locator("#rows li")).to_have_count(2)
    page.keyboard.press("j")  # the one that moved up into its place
    expect(page.locator(".detail-head h2")).to_contain_text("西湖社区第1网格")
    expect(page.locator(".facts")).to_contain_text("< 0.1 件")
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("#rows li")).to_have_count(3)
    assert (state(site, cluster), state(site, third)) == ("open", "open")


def test_somebody_else_was_first(visit: Visit, site: Site) -> None:
    first, *_ = store(site)
    site.expected_statuses.add(409)
    page = visit("dispatcher", PAGE)
    expect(page.locator(".detail-head h2")).to_contain_text("金牛山社区第1网格")
    assert page.locator("#cases a").first.get_attribute("href").startswith("/desk?case=")
    append_event(
        site.services.engine,
        first,
        AlarmMove.DISMISS,
        seen=0,
        actor="second",
        actor_name="陈派单",
        reason="重复来电",
    )
    page.keyboard.press("a")
    expect(page.locator("#conflict")).to_contain_text("陈派单已先处理（排除：重复来电）")
    assert state(site, first) == "dismissed"
    expect(page.locator(".detail-head .chip")).to_have_text("已排除")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_link_opens_one_alarm_and_nothing_is_wider_than_the_screen(
    visit: Visit, site: Site, size: tuple[int, int]
) -> None:
    _, _, third = store(site)
    page = visit("analyst", PAGE, size=size)
    expect(page.locator("#rows li")).to_have_count(3)
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    page.locator("#rows li").nth(2).click()
    expect(page.locator(".detail-head h2")).to_contain_text("西湖社区第1网格")
    assert page.url.endswith(f"#alarm={third}")
    page.reload()
    expect(page.locator(".detail-head h2")).to_contain_text("西湖社区第1网格")
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    if size == PHONE:
        assert page.locator("#acknowledge").bounding_box()["height"] >= 44
        page.locator("#back").click()
        expect(page.locator("#rows")).to_be_visible()
        expect(page.locator("#detail")).to_be_hidden()


def test_a_database_that_is_gone_is_said_and_nothing_is_lost(visit: Visit, site: Site) -> None:
    first, *_ = store(site)
    site.expected_statuses.add(503)
    page = visit("analyst", PAGE)
    expect(page.locator(".detail-head h2")).to_contain_text("金牛山社区第1网格")
    page.route(
        "**/events",
        lambda route: route.fulfill(
            status=503, content_type="application/problem+json", body='{"status": 503}'
        ),
    )
    page.keyboard.press("x")
    page.fill("#reason", "已派单处置")
    page.locator("#dismiss-form .primary").click()
    expect(page.locator("#dismiss-problem")).to_contain_text("没有保存任何内容")
    assert page.input_value("#reason") == "已派单处置"
    assert state(site, first) == "open"
    page.unroute("**/events")
    page.locator("#dismiss-form .primary").click()
    expect(page.locator("#toast")).to_contain_text("已排除")
    assert state(site, first) == "dismissed"
