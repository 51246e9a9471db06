"""The map in one file: nothing outside is asked for, nothing in it runs, and it says what it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.page import CAUTION, Assets, Heading, Legend, MapLayer, inert, map_page
from routing.errors import UserInputError

VENDOR = Path(__file__).parents[2] / "app" / "static" / "vendor" / "leaflet"
BOUNDS = (119.29, 26.07, 119.32, 26.10)
HOSTILE = "`${alert(1)}</script><img src=x onerror=alert(2)>{{7*7}}{% raw %}\\u003c"


@pytest.fixture(scope="module")
def assets() -> Assets:
    return Assets(
        leaflet_js=(VENDOR / "leaflet.js").read_text("utf-8"),
        leaflet_css=(VENDOR / "leaflet.css").read_text("utf-8"),
    )


def _square(size: float = 0.01, **properties: Any) -> dict[str, Any]:
    ring = [[119.30, 26.08], [119.30 + size, 26.08], [119.30 + size, 26.08 + size], [119.30, 26.08]]
    return {"geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": properties}


def _heading(**changed: Any) -> Heading:
    given_ = {
        "title": "热点",
        "period": "2026-08-28 至 2026-11-25",
        "located": 1180,
        "total": 1234,
        "unlocated": ("鼓楼区 4.4 %（54 件）",),
        "method": ("Getis-Ord Gi*", "零假设：各社区的诉求数与位置无关"),
        "version": "鼓楼区 2026",
    }
    return Heading(**{**given_, **changed})


SQUARE = MapLayer(name="热点", features=[_square()])
LEGEND = Legend(title="显著性", rows=[("#b2182b", "热点 99%"), ("", "不足 5 件，不显示")])


def test_it_asks_nobody_for_anything(assets: Assets) -> None:
    text = map_page(
        [MapLayer(name="热点", features=[_square()])], _heading(), LEGEND, BOUNDS, assets
    )
    assert re.findall(r"https?://", text) == []
    assert re.findall(r'(?:src|href)="(?!#)', text) == []
    assert "url(" not in re.sub(r"url\(data:", "", text.split("<body>")[0].split("<script>")[0])


def test_what_every_picture_says(assets: Assets) -> None:
    text = map_page(
        [MapLayer(name="热点", features=[_square()])], _heading(), LEGEND, BOUNDS, assets
    )
    for said in (
        "2026-08-28 至 2026-11-25",
        "1,180 件，共 1,234 件（95.6%）",
        "鼓楼区 4.4 %（54 件）",
        "零假设",
        "鼓楼区 2026",
        "热点 99%",
        CAUTION,
    ):
        assert said in text, said


def test_hostile_names_stay_text_wherever_they_stand(assets: Assets) -> None:
    feature = _square(colour="#b2182b", rows=[(HOSTILE, HOSTILE)], label=HOSTILE, at=[119.3, 26.08])
    text = map_page(
        [MapLayer(name=HOSTILE, features=[feature])],
        _heading(title=HOSTILE, period=HOSTILE, method=(HOSTILE,), unlocated=(HOSTILE,)),
        Legend(title=HOSTILE, rows=[(HOSTILE, HOSTILE)]),
        BOUNDS,
        assets,
    )
    assert "${alert" not in text
    assert "<img" not in text
    assert "49" not in text.split('<aside class="panel">')[1].split("</aside>")[0]
    assert text.count("</script>") == text.count("<script>")


@given(st.text(max_size=60))
def test_inert_text_can_end_nothing(words: str) -> None:
    assert not set(inert(words)) & set("`${}\\<>\"'")


def test_nothing_to_show_is_said(assets: Assets) -> None:
    text = map_page([MapLayer(name="热点", features=[])], _heading(), LEGEND, BOUNDS, assets)
    assert "该条件下没有可画的内容" in text


def test_no_cases_at_all_divide_nothing(assets: Assets) -> None:
    text = map_page([], _heading(located=0, total=0), LEGEND, BOUNDS, assets)
    assert "已定位" in text and "（—）" in text


def test_a_file_that_would_be_too_large_is_refused_with_its_size(assets: Assets) -> None:
    ring = [[119.3 + i * 1e-7, 26.08] for i in range(230_000)]
    feature = {
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        "properties": {},
    }
    with pytest.raises(UserInputError, match=r"5\.\d MB.*较粗的层级"):
        map_page([MapLayer(name="网格", features=[feature])], _heading(), LEGEND, BOUNDS, assets)


def test_a_city_of_3000_communities_fits(assets: Assets) -> None:
    ring = [[119.3 + i * 1e-6, round(26.08 + i * 1e-6, 6)] for i in range(25)]
    shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    features = [
        {"geometry": shape, "properties": {"colour": "#b2182b", "rows": [("社区", f"第{i}社区")]}}
        for i in range(3_000)
    ]
    text = map_page([MapLayer(name="社区", features=features)], _heading(), LEGEND, BOUNDS, assets)
    assert len(text.encode()) < 5_000_000
