"""The base map in a real browser: drawn from our own tiles, its names make room, and a page goes on
without it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from geodata.gazetteer import read_gazetteer
from geodata.store import gazetteer_versions as versions
from tests.browser import city
from tests.browser.conftest import PHONE, Site, Visit

pytestmark = [pytest.mark.browser, pytest.mark.postgis]

ROAD_Y = city.SOUTH + city.STEP / 2
MIDDLE = [city.WEST + 2 * city.STEP, ROAD_Y]
INK = """
(pane) => {
  let inked = 0;
  for (const canvas of document.querySelectorAll(`.leaflet-${pane}-pane canvas`)) {
    if (!canvas.width) continue;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    for (let at = 3; at < data.length; at += 4) if (data[at] > 40) inked += 1;
  }
  return inked;
}
"""


@pytest.fixture
def named(site: Site, tmp_path: Path) -> Site:
    """The drawn city with a road through all its grids and a clinic."""
    west, east = city.WEST + 0.0002, city.WEST + 4 * city.STEP - 0.0002
    rows = [
        "place_id,name,kind,wkt,crs",
        f'1,测试大道,road,"LINESTRING ({west} {ROAD_Y}, {east} {ROAD_Y})",EPSG:4326',
        f"2,社区卫生站,poi,POINT ({city.WEST + city.STEP / 3} {city.SOUTH + 0.0004}),EPSG:4326",
    ]
    path = tmp_path / "地名.csv"
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    number = versions.stage(site.services.engine, read_gazetteer(path), "li")
    versions.activate(site.services.engine, number, city.FIRST_DAY, "li")
    return site


def drawn(page: Page, pane: str) -> int:
    page.wait_for_function(f"(pane) => ({INK})(pane) > 0", arg=pane)
    inked: int = page.evaluate(INK, pane)
    return inked


def test_ground_and_names_are_drawn_under_the_pages_own(named: Site, visit: Visit) -> None:
    page = visit("hongshan", "/grid")
    expect(page.locator(".area")).to_have_count(1)
    assert drawn(page, "tile") > 20_000  # a whole ground, not a line
    assert drawn(page, "base-names") > 100
    order = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(".leaflet-pane[style]")].map(
             (pane) => [pane.className.match(/leaflet-([a-z-]+)-pane/)[1],
                        Number(getComputedStyle(pane).zIndex)]))"""
    )
    assert order["ground"] < 200 < order["zones"] < order["lines"]
    assert order["lines"] <= order["base-names"] < order["labels"] < order["place"]


def test_names_make_room_for_the_pages_own(named: Site, visit: Visit) -> None:
    page = visit("hongshan", "/grid")
    drawn(page, "base-names")
    page.evaluate(
        """async ([lon, lat]) => {
          const { emptyMap, label, untangle } = await import("/static/js/map/layers.js");
          const { baseMap } = await import("/static/js/map/basemap.js");
          const node = document.createElement("div");
          node.id = "own";
          node.style.width = node.style.height = "600px";
          document.body.replaceChildren(node);
          const map = emptyMap(node);
          map.setView([lat, lon], 17, { animate: false });
          window.own = { map, label, untangle };
          await baseMap(map, { borders: false });
        }""",
        MIDDLE,
    )
    assert drawn(page, "base-names") > 100
    # One name of the page's own over the whole window: there is room for none of the map's.
    page.evaluate(
        """([lon, lat]) => {
          const { map, label, untangle } = window.own;
          const own = label([lon, lat], "name", "本页的名字").addTo(map);
          const words = own.getElement().firstElementChild;
          words.style.width = words.style.height = "2000px";
          untangle(map);
        }""",
        MIDDLE,
    )
    page.wait_for_function(f"(pane) => ({INK})(pane) === 0", arg="base-names")


def test_on_a_phone_it_is_sharp(named: Site, visit: Visit) -> None:
    page = visit("hongshan", "/grid", size=PHONE)
    drawn(page, "base-names")
    # Twice the pixels, once each has been drawn: a new canvas has 300.
    page.wait_for_function(
        """() => [...document.querySelectorAll(".leaflet-base-names-pane canvas")]
             .every((one) => one.width >= 512)"""
    )
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("address", ["**/basemap.json", "**/basemap/**", "**/protomaps-leaflet.js"])
def test_a_page_goes_on_without_its_ground(visit: Visit, site: Site, address: str) -> None:
    site.expected_statuses.add(503)
    page = visit("hongshan", "/grid")
    page.route(address, lambda route: route.fulfill(status=503, body=""))
    page.reload()
    expect(page.locator(".area")).to_have_count(1)
    expect(page.locator(".badge-mark, .leaflet-place-pane path").first).to_be_visible()
    # The shapes of the page lie on a ground of their own.
    expect(page.locator(".leaflet-ground-pane path").first).to_be_attached()
    page.locator(".area").click()
    expect(page.locator(".case-row").first).to_be_visible()
