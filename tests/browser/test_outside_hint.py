"""The outside map's hint on the intake form, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from geodata import rules_store
from geodata.crs import GCJ02, from_wgs84
from geodata.outside import vendors
from geodata.outside.settings import OutsideSettings
from routing.model import Unit, UnitKind
from tests import town_names
from tests.browser import city
from tests.browser.conftest import DESK, PHONE, Site, Visit
from tests.browser.desk_page import DeskPage
from tests.geodata.outside_server import ANSWERS, Stub, stub_server

pytestmark = [pytest.mark.browser, pytest.mark.postgis]

UNKNOWN = "乌有路88号路灯不亮"
WORDS = "福建省福州市鼓楼区乌有路88号<b>院内</b>"


@pytest.fixture
def stub(site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Stub]:
    """The city with a gazetteer, and a stand-in for AMap that sees every place in HS-2."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    row = town_names.in_a_row(city.WEST, city.SOUTH, city.STEP)
    town_names.publish(site.services.engine, row)
    whole = Unit(code="SHI", name="福州市", kind=UnitKind.CITY)
    rules_store.store_units(site.services.engine, [*city.UNITS, whole], by="test")
    site.services._outside = OutsideSettings(
        provider="amap", offline=False, daily_budget=50, key="top-secret-key"
    )
    site.services._var_dir = tmp_path
    east, north = city.middle("HS-2")
    lon, lat = from_wgs84([east], [city.SOUTH + north], GCJ02)
    body = json.loads((ANSWERS / "amap_door.json").read_text("utf-8"))
    body["geocodes"][0] |= {
        "location": f"{lon[0]:.6f},{lat[0]:.6f}",
        "formatted_address": WORDS,
    }
    with stub_server() as one:
        monkeypatch.setitem(vendors.ADDRESSES, "amap", (one.url, "stand-in"))  # type: ignore[arg-type]
        one.answers = [(200, json.dumps(body).encode())]
        yield one


@pytest.mark.parametrize("size", [DESK, PHONE], ids=str)
def test_a_hint_is_shown_looked_at_and_taken_over(
    visit: Visit, site: Site, stub: Stub, size: tuple[int, int]
) -> None:
    page = visit("dispatcher", "/desk/intake", size=size)
    page.fill("#text", UNKNOWN)
    hint = page.locator("#reading .outside-hint")
    expect(hint).to_contain_text("外部地图（高德）认为在：")
    expect(hint).to_contain_text(WORDS)  # another's words, as text
    expect(hint).to_contain_text("金牛山社区第2网格")
    expect(page.locator(".map-label.hint-place > span")).to_be_visible()
    expect(page.locator("#legend")).to_contain_text("外部地图提示")
    # Nothing is decided by it.
    expect(page.locator("#reading .read-place")).to_contain_text("没有读出地点")
    assert page.locator("#chosen").inner_text() == ""
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    hint.get_by_title("在地图上看这一处").click()
    expect(page.locator(".map-label.hint-place > span")).to_be_visible()

    hint.get_by_role("button", name="采用").click()
    expect(page.locator("#chosen")).to_contain_text("参考外部地图（高德）")
    expect(page.locator("#reading .read-place")).to_contain_text("地图点选，参考外部地图（高德）")
    expect(page.locator("#reading .read-unit")).to_contain_text("金牛山社区第2网格")
    expect(hint).to_have_count(0)
    expect(page.locator(".map-label.hint-place")).to_have_count(0)
    page.click("#save")
    page.wait_for_url("**/desk?*")
    case = site.services.store(None).case(DeskPage(page).case_no)
    assert case.complaint.location is not None
    assert case.complaint.location.reading == "outside:amap:door"
    assert len(stub.asked) == 1


def test_what_is_no_help_is_one_quiet_line(visit: Visit, site: Site, stub: Stub) -> None:
    stub.will_answer("amap_none")
    page = visit("dispatcher", "/desk/intake")
    page.fill("#text", UNKNOWN)
    expect(page.locator("#reading .outside-quiet")).to_have_text("外部地图（高德）也没有“乌有路”")
    assert page.locator(".outside-hint, .map-label.hint-place").count() == 0
    expect(page.locator("#legend")).not_to_contain_text("外部地图")
