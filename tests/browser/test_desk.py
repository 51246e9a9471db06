"""The dispatcher's desk in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from routing.casework.cases import CaseState
from tests.browser import city
from tests.browser.conftest import Site, Visit
from tests.browser.desk_page import DeskPage

pytestmark = [pytest.mark.browser, pytest.mark.postgis]


def test_queue_case_and_map_fit_without_scrolling_the_page(visit: Visit) -> None:
    page = visit("dispatcher", "/desk")
    desk = DeskPage(page)
    desk.open_row("界线旁边的垃圾")
    expect(page.locator(".basis p")).to_contain_text("兜底")
    expect(page.locator(".shares li")).to_have_count(2)
    shares = page.locator(".shares strong").all_inner_texts()
    assert sum(int(share.rstrip("%")) for share in shares) in (99, 100, 101)
    expect(page.locator(".map-label.winner")).to_contain_text("金牛山社区第2网格")
    expect(page.locator(".map-label.rival")).to_contain_text("西湖社区第1网格")
    expect(page.locator(".leaflet-control-scale-line")).to_contain_text(" m")
    assert page.evaluate(
        "document.scrollingElement.scrollHeight <= innerHeight"
        " && document.scrollingElement.scrollWidth <= innerWidth"
    )
    for node in ("#confirm", "#legend", ".basis", ".units .lead"):
        box = page.locator(node).bounding_box()
        assert box is not None and box["y"] + box["height"] <= 768, node


def test_those_that_need_a_person_come_first_with_their_reasons(visit: Visit) -> None:
    desk = DeskPage(visit("dispatcher", "/desk"))
    assert desk.count("review") == 3
    assert desk.count("confirm") == 4
    expect(desk.rows.first).to_contain_text("未定位")
    expect(desk.rows.filter(has_text="正好在两镇交界处")).to_contain_text("骑线")
    expect(desk.rows.filter(has_text="界线旁边")).to_contain_text("临界")


def test_confirm_by_keyboard_alone_and_undo(visit: Visit, site: Site) -> None:
    page = visit("dispatcher", "/desk")
    desk = DeskPage(page)
    desk.press("2")
    desk.settle()
    assert desk.focused == "rows" or page.evaluate("document.activeElement === document.body")
    first = desk.case_no
    desk.press("j")
    desk.settle()
    second = desk.case_no
    assert second != first
    desk.press("k")
    desk.settle()
    desk.press("Enter")
    expect(page.locator("#toast")).to_contain_text("已派给")
    desk.settle()
    assert desk.case_no == second  # the next one is open without another key
    assert desk.focused == "rows"
    case = site.services.store(None).case(first)
    assert case.state is CaseState.DISPATCHED
    assert case.unit_code == case.decision.recommendation.unit_code

    desk.press("u")
    expect(page.locator("#toast")).to_contain_text("已撤回")
    desk.settle()
    assert site.services.store(None).case(first).state is CaseState.PENDING
    assert [event.actor for event in site.services.store(None).events(first)][1:] == [
        "dispatcher",
        "dispatcher",
    ]


def test_override_needs_unit_and_reason(visit: Visit, site: Site) -> None:
    page = visit("dispatcher", "/desk")
    desk = DeskPage(page)
    desk.open_row("界线旁边的垃圾")
    no = desk.case_no
    desk.press("o")
    expect(page.locator("#move-dialog")).to_be_visible()
    page.click("#unit-input")
    expect(page.locator("#unit-options li").first).to_contain_text("西湖社区第1网格")
    expect(page.locator("#unit-options li").first).to_contain_text("次选")
    desk.press("Escape")  # closes the list, not the dialog
    expect(page.locator("#unit-options")).to_be_hidden()
    expect(page.locator("#move-dialog")).to_be_visible()

    page.click("#move-submit")
    expect(page.locator("#move-problem")).to_contain_text("承办单位")
    page.fill("#unit-input", "qjs")  # pinyin initials of 区建设局
    page.keyboard.press("Enter")
    assert page.input_value("#unit-input") == "区建设局"
    page.click("#move-submit")
    expect(page.locator("#move-problem")).to_contain_text("理由")
    page.get_by_role("radio", name="其他").check()
    page.click("#move-submit")
    expect(page.locator("#move-problem")).to_contain_text("写明理由")
    assert site.services.store(None).case(no).version == 1  # nothing was sent so far

    page.fill("#co-input", "城管")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.fill("#reason-text", "是路基问题")
    page.click("#move-submit")
    expect(page.locator("#toast")).to_contain_text("已改派给 区建设局")
    case = site.services.store(None).case(no)
    assert (case.unit_code, case.co_units) == ("JSJ", ("CGJ",))
    assert site.services.store(None).events(no)[-1].reason == "其他：是路基问题"


def test_override_without_a_mouse(visit: Visit, site: Site) -> None:
    page = visit("dispatcher", "/desk")
    desk = DeskPage(page)
    no = desk.case_no
    page.locator("#rows").focus()
    desk.press("o")
    assert desk.focused == "unit-input"
    desk.press("Escape")
    expect(page.locator("#move-dialog")).to_be_hidden()
    assert desk.focused == "rows"  # back where it came from

    desk.press("o")
    page.keyboard.type("洪山镇")
    desk.press("Enter", "Tab")
    inside = "document.querySelector('#move-dialog').contains(document.activeElement)"
    assert page.evaluate(inside)
    while not page.evaluate("document.activeElement.name === 'quick'"):
        desk.press("Tab")
        assert page.evaluate(inside)
    desk.press("Space")
    desk.press("Tab", "Tab", "Tab", "Enter")  # words, cancel, the button itself
    expect(page.locator("#toast")).to_contain_text("已改派给 洪山镇")
    assert site.services.store(None).events(no)[-1].reason == "属地不符"


def test_a_case_nobody_can_be_named_for_cannot_be_confirmed(visit: Visit, site: Site) -> None:
    page = visit("dispatcher", "/desk")
    desk = DeskPage(page)
    desk.open_row("我家楼下的路灯")
    no = desk.case_no
    expect(page.locator("#confirm")).to_be_disabled()
    expect(page.locator("#map-note")).to_contain_text("没有定位")
    page.locator("#rows").focus()
    desk.press("Enter")
    page.wait_for_timeout(300)
    assert site.services.store(None).case(no).version == 1


def test_hostile_text_is_only_text(visit: Visit) -> None:
    page = visit("dispatcher", "/desk")
    desk = DeskPage(page)
    desk.tab("confirm")
    desk.open_row("document.title")
    shown = page.locator("#case .text")
    expect(shown).to_have_text(city.HOSTILE.replace("13812345678", "138****5678"))
    assert page.locator("#desk script, #desk .text *, #desk .excerpt *").count() == 0
    assert page.title().startswith("派单台")
    assert "13812345678" not in page.content()


def test_a_place_outside_is_shown_beside_the_city(visit: Visit, site: Site) -> None:
    near = city.receive(site.services, "near", "其他", "城外一点点。", city.WEST - 0.003, 0.001)
    far = city.receive(site.services, "far", "其他", "远在外省。", 104.06, 0.001)
    page = visit("dispatcher", "/desk")
    desk = DeskPage(page)
    for no, note, marks in ((near, "在界线之外，离最近的界线", 1), (far, "远在辖区之外", 0)):
        page.locator(f"#row-{no}").click()
        desk.settle()
        expect(page.locator("#map-note")).to_contain_text(note)
        expect(page.locator(".map-label.subdistrict")).to_have_count(2)
        dots = page.locator(".leaflet-place-pane path[stroke='#ffffff']")
        expect(dots).to_have_count(marks)
        for dot in dots.all():
            box, pane = dot.bounding_box(), page.locator("#map").bounding_box()
            assert box is not None and pane is not None
            assert pane["x"] < box["x"] < pane["x"] + pane["width"]


def test_search_filter_and_empty_words(visit: Visit) -> None:
    page = visit("dispatcher", "/desk")
    desk = DeskPage(page)
    desk.tab("confirm")
    desk.press("/")
    assert desk.focused == "search"
    page.keyboard.type("湖头街")
    expect(desk.rows).to_have_count(1)
    page.fill("#search", "没有这样的内容")
    expect(page.locator("#queue-empty")).to_contain_text("没有符合条件的工单")
    page.fill("#search", "")
    expect(desk.rows).to_have_count(4)
    page.click("#more-filters")
    page.select_option("select[name=subdistrict]", "HS")
    expect(desk.rows).to_have_count(2)
    desk.tab("dispatched")
    expect(page.locator("#queue-empty")).to_contain_text("没有符合条件")
    page.click("#filters button[type=reset]")
    expect(page.locator("#queue-empty")).to_contain_text("还没有已派出的工单")


def test_new_cases_are_announced_and_do_not_jump(visit: Visit, site: Site) -> None:
    page = visit("dispatcher", "/desk")
    page.clock.install()
    page.reload()
    desk = DeskPage(page)
    before = desk.case_no
    border = city.WEST + 2 * city.STEP
    city.receive(site.services, "late", "暴露垃圾", "新来的一件。", border, 0.0005)
    page.clock.run_for(16_000)
    expect(page.locator("#news")).to_contain_text("有 1 件新诉求")
    assert desk.case_no == before
    expect(desk.rows).to_have_count(3)
    page.click("#news button")
    expect(desk.rows).to_have_count(4)
    assert desk.case_no == before


def test_batch_confirms_what_is_left_ticked(visit: Visit, site: Site) -> None:
    page = visit("dispatcher", "/desk")
    desk = DeskPage(page)
    desk.tab("confirm")
    page.click("#batch")
    lines = page.locator("#batch-list li")
    expect(lines).to_have_count(4)
    lines.nth(0).locator("input").uncheck()
    expect(page.locator("#batch-go")).to_have_text("确认 3 件")
    page.click("#batch-go")
    expect(page.locator("#batch-list .right")).to_have_count(3)
    page.click("#batch-cancel")
    expect(desk.rows).to_have_count(1)
    assert site.services.store(None).counts()["dispatched"] == 3


def test_other_roles_are_turned_away(visit: Visit, site: Site) -> None:
    site.expected_statuses.add(403)
    for login in ("hongshan", "jianshe", "analyst"):
        page = visit(login, "/desk")
        expect(page.locator("body")).to_contain_text("没有权限")
        assert page.locator("#desk").count() == 0
