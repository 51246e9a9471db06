"""Taking a complaint by telephone, and correcting a place at the desk, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from geodata.store import gazetteer_learning
from geodata.tables import place_correction
from routing.casework.cases import CaseState
from tests import town_names
from tests.browser import city
from tests.browser.conftest import DESK, PHONE, Site, Visit
from tests.browser.desk_page import DeskPage

pytestmark = [pytest.mark.browser, pytest.mark.postgis]

TEXT = "西洪路59号路灯不亮，电话13812345678"


@pytest.fixture
def named(site: Site) -> Site:
    """The city with a gazetteer in force."""
    row = town_names.in_a_row(city.WEST, city.SOUTH, city.STEP)
    town_names.publish(site.services.engine, row)
    return site


def form(visit: Visit, size: tuple[int, int] = DESK) -> Page:
    page = visit("dispatcher", "/desk/intake", size=size)
    expect(page.locator("#map .leaflet-zones-pane, #map .leaflet-pane").first).to_be_attached()
    expect(page.locator("#legend li").first).to_be_visible()
    return page


def test_a_call_is_taken_by_keyboard_alone(visit: Visit, named: Site) -> None:
    page = form(visit)
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.type(TEXT)
    expect(page.locator("#behind mark.role-site")).to_have_text("西洪路59号")
    expect(page.locator("#reading .read-place")).to_contain_text("西洪路59号")
    expect(page.locator("#reading .read-unit")).to_contain_text("金牛山社区第2网格")
    expect(page.locator(".map-label.winner")).to_contain_text("金牛山社区第2网格")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "place-input"
    page.keyboard.type("xhl5")
    rows = page.locator("#place-options [role=option]")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("西洪路5号")
    expect(rows.first).to_contain_text("洪山镇金牛山社区第2网格")
    expect(rows.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#place-options")).to_be_hidden()
    page.keyboard.press("ArrowDown")  # opens it again
    expect(rows.nth(0)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.input_value("#place-input") == "西洪路50号"
    expect(page.locator("#chosen")).to_contain_text("洪山镇金牛山社区第2网格 · 西洪路50号")
    expect(page.locator("#reading .read-place")).to_contain_text("西洪路50号")

    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk*")
    desk = DeskPage(page)
    expect(page.locator("#case .text")).to_contain_text("西洪路59号")
    expect(page.locator("#case .text")).to_contain_text("138****5678")
    case = named.services.store(None).case(desk.case_no)
    assert case.complaint.location is not None
    assert case.complaint.location.place_ids == ("a-xh-50",)


def test_the_marks_lie_under_the_letters(visit: Visit, named: Site) -> None:
    page = form(visit)
    page.fill("#text", "市民来电：" + "道路不平，" * 12 + TEXT + "，" + "请尽快处理。" * 8)
    mark = page.locator("#behind mark.role-site")
    expect(mark).to_have_text("西洪路59号")
    same = page.evaluate(
        """() => {
          const [one, other] = ["text", "behind"].map((id) => {
            const node = document.getElementById(id);
            const style = getComputedStyle(node);
            return [node.clientWidth, node.scrollHeight, node.scrollTop, style.font, style.padding];
          });
          return JSON.stringify(one) === JSON.stringify(other) ? "" : `${one} | ${other}`;
        }"""
    )
    assert same == ""
    page.locator("#text").press("End")
    page.keyboard.type("。")
    expect(page.locator("#behind mark.role-site")).to_have_count(
        1
    )  # gone, and there again once it is read


def test_a_click_on_the_map_is_a_place(visit: Visit, named: Site) -> None:
    page = form(visit)
    page.fill("#text", "这里的井盖坏了")
    expect(page.locator("#reading .read-place")).to_contain_text("没有读出地点")
    page.click("#pick")
    expect(page.locator("#chosen")).to_contain_text("点一下事发地")
    page.keyboard.press("Escape")
    expect(page.locator("#chosen")).to_be_empty()
    page.click("#pick")
    page.locator("#map").click()
    expect(page.locator("#chosen")).to_contain_text("地图点选 119.30")
    expect(page.locator("#reading .read-unit")).to_contain_text("网格")
    page.get_by_role("button", name="不用这处").click()
    expect(page.locator("#reading .read-place")).to_contain_text("没有读出地点")


def test_nothing_typed_is_lost_when_saving_fails(visit: Visit, named: Site) -> None:
    page = form(visit)
    page.click("#save")
    expect(page.locator("#problem")).to_contain_text("请填写诉求内容")
    page.fill("#text", TEXT)
    page.fill("#caller-name", "王女士")
    page.fill("#place-input", "没有这条路")
    expect(page.locator("#place-options .none")).to_contain_text("地名库里没有")
    page.route("**/desk/intake", lambda route: route.abort() if route.request.method == "POST"
               else route.continue_())  # fmt: skip
    named.expected_statuses.add(0)
    named.troubles.clear()
    page.click("#save")
    expect(page.locator("#problem")).to_contain_text("连不上服务器")
    assert page.input_value("#text") == TEXT
    assert page.input_value("#caller-name") == "王女士"
    page.unroute("**/desk/intake")
    named.troubles.clear()  # the browser reports the request this test broke
    page.click("#save")
    page.wait_for_url("**/desk?*")
    assert named.services.store(None).counts()["total"] == 8


def test_without_a_gazetteer_the_form_says_so_and_still_works(visit: Visit, site: Site) -> None:
    page = form(visit)
    expect(page.locator("#banner")).to_contain_text("shudi gazetteer import")
    page.fill("#place-input", "西洪")
    expect(page.locator("#place-hint")).to_contain_text("尚未导入地名库")
    page.fill("#text", "西洪路不平")
    page.click("#save")
    page.wait_for_url("**/desk?*")
    desk = DeskPage(page)
    assert site.services.store(None).case(desk.case_no).decision.lon is None


def test_hostile_words_stay_words(visit: Visit, named: Site) -> None:
    page = form(visit)
    page.fill("#text", f"{city.HOSTILE} 西洪路59号")
    expect(page.locator("#behind mark.role-site")).to_have_text("西洪路59号")
    assert page.locator("#behind img, #behind b, #behind script").count() == 0
    page.fill("#place-input", "<img src=x onerror=alert(1)>")
    expect(page.locator("#place-options .none")).to_contain_text("<img")
    assert page.locator("#place-options img").count() == 0
    assert page.title() == "受理登记 · 属地"


@pytest.mark.parametrize("size", [DESK, (1920, 1080), PHONE], ids=str)
def test_the_form_fits_its_window(visit: Visit, named: Site, size: tuple[int, int]) -> None:
    page = form(visit, size)
    page.fill("#text", TEXT * 3)
    expect(page.locator("#reading .read-unit")).to_be_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    if size != PHONE:
        assert page.evaluate("document.scrollingElement.scrollHeight <= innerHeight")
    box = page.locator("#save").bounding_box()
    assert box is not None and box["y"] + box["height"] <= size[1]


def test_the_case_shows_what_was_read(visit: Visit, named: Site) -> None:
    lines = "西洪路路面不平，来电人家住阳光小区"
    no = city.receive(named.services, "words", "道路破损", lines, None, None)
    page = visit("dispatcher", f"/desk?case={no}")
    desk = DeskPage(page)
    assert desk.case_no == no
    expect(page.locator(".said mark.role-site")).to_have_text("西洪路")
    expect(page.locator(".said .facts")).to_contain_text("西洪路")
    # The road itself and its reach are drawn, not a point that it is not.
    expect(page.locator("#map .leaflet-place-pane path")).to_have_count(2)


def test_a_correction_leads_to_the_unit_of_the_place(visit: Visit, named: Site) -> None:
    page = visit("dispatcher", "/desk")
    desk = DeskPage(page)
    desk.open_row("界线旁边的垃圾")
    no = desk.case_no
    desk.press("l")
    expect(page.locator("#correct-panel")).to_be_visible()
    assert desk.focused == "correct-place-input"
    desk.press("Escape")
    expect(page.locator("#correct-panel")).to_be_hidden()
    desk.press("l")
    page.keyboard.type("yangguang")
    expect(page.locator("#correct-place-options [role=option]").first).to_contain_text("阳光小区")
    desk.press("Enter")
    expect(page.locator("#correct-chosen")).to_contain_text("西湖社区第2网格 · 阳光小区")
    page.fill("#correct-mention", "界线旁边")
    page.click("#correct-submit")
    expect(page.locator("#move-dialog")).to_be_visible()
    assert page.input_value("#unit-input") == "西湖社区第2网格"
    expect(page.locator("#move-hint")).to_contain_text("更正已记录")
    assert "阳光小区" in page.input_value("#reason-text")
    case = named.services.store(None).case(no)
    assert (case.version, case.state) == (1, CaseState.PENDING)  # recorded, not yet moved
    with named.services.engine.connect() as connection:
        [row] = connection.execute(select(place_correction)).all()
    assert (row.case_no, row.mention, row.place_id) == (no, "界线旁边", "c-yg")

    page.click("#move-submit")
    expect(page.locator("#toast")).to_contain_text("已改派给 西湖社区第2网格")
    case = named.services.store(None).case(no)
    assert case.unit_code == "GX-2"
    assert "更正地点" in named.services.store(None).events(no)[-1].reason
    assert case.decision.codes["grid"] == "HS-2"  # the run of then stays as it was


def test_a_correction_by_a_click_and_its_mistakes(visit: Visit, named: Site) -> None:
    page = visit("dispatcher", "/desk")
    desk = DeskPage(page)
    desk.open_row("我家楼下的路灯")
    desk.press("l")
    page.click("#correct-submit")
    expect(page.locator("#correct-problem")).to_contain_text("请从列表里选一处地点")
    page.click("#correct-pick")
    page.locator("#map").click()
    expect(page.locator("#correct-chosen")).to_contain_text("地图点选")
    page.fill("#correct-mention", "原文没有的话")
    named.expected_statuses.add(422)
    page.click("#correct-submit")
    expect(page.locator("#correct-problem")).to_contain_text("原文里没有")
    page.fill("#correct-mention", "")
    page.click("#correct-submit")
    expect(page.locator("#move-dialog")).to_be_visible()
    assert page.input_value("#unit-input") != ""


@pytest.mark.parametrize("size", [DESK, PHONE], ids=str)
def test_the_curator_decides_about_names(visit: Visit, named: Site, size: tuple[int, int]) -> None:
    engine = named.services.engine
    no = city.receive(named.services, "names", "其他", "老洪路不平", *city.middle("HS-1"))
    for actor in ("dispatcher", "second"):
        gazetteer_learning.record_correction(
            engine,
            gazetteer_learning.Correction(
                case_no=no, mention="老洪路", place_id="r-xh", actor=actor
            ),
        )
    gazetteer_learning.record_missing(engine, ["<b>乌有路</b>"], case_no=no)
    named.services.accounts.save(
        login="curator", name="地名管理员", role="admin", password=city.PASSWORD, by="test"
    )
    page = visit("curator", "/admin/names", size=size)
    expect(page.locator(".candidates li")).to_contain_text("洪山镇、鼓西街道 · 西洪路")
    expect(page.locator("tbody td").first).to_have_text("<b>乌有路</b>")
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="核准“老洪路”").click()
    expect(page.locator(".flash")).to_contain_text("已成为“西洪路”的别名")
    expect(page.locator(".candidates li")).to_have_count(0)
    box = named.services.search()
    assert box is not None and box.find("老洪路")[0].place_id == "r-xh"
