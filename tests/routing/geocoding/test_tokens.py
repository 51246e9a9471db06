"""Which known names a text is read with: none inside a longer one, none its neighbours deny."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.geocoding.lexicon import EntryKind, Lexicon
from routing.geocoding.tokens import covered, tokenise
from routing.model import Jurisdiction, JurisdictionLevel
from tests.routing.geocoding import town
from tests.routing.geocoding.town import area, place, point, road
from tests.tilings import EXAMPLES


def names(text: str, lexicon: Lexicon | None = None) -> list[str]:
    tokens = tokenise(text, lexicon or town.reader().lexicon)
    return [token.text for token in tokens if token.kind == "NAME"]


ROADS = Lexicon(
    [
        road("1", "莲前路", (0, 0), (100, 0), aliases=("莲前",)),
        road("2", "莲前西路", (0, 100), (100, 100)),
        road("3", "东街", (0, 200), (100, 200)),
        place("4", "莲前小区", "compound", point(0, 300)),
        road("5", "五一北路", (0, 400), (100, 400)),
        road("6", "51路", (0, 500), (100, 500)),
        place("7", "北路宾馆", "poi", point(0, 600)),
    ],
    town.jurisdictions(),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("莲前西路积水", ["莲前西路"]),
        ("莲前路积水", ["莲前路"]),
        ("莲前东路积水", []),
        ("莲前三路积水", []),
        ("莲前小区积水", ["莲前小区"]),
        ("东街积水", ["东街"]),
        ("东街道路破损", ["东街"]),
        ("东街道办事处", []),
        ("五一北161号", ["五一北"]),
        ("五一北路161号", ["五一北路"]),
        ("五一北边有人", []),
        ("五一北路宾馆", ["五一北路"]),
    ],
)
def test_names_in_texts_that_would_mislead(text: str, found: list[str]) -> None:
    assert names(text, ROADS) == found


@pytest.mark.parametrize("text", ["乘51路公交车", "51路车很挤", "151路"])
def test_a_bus_line_is_no_road(text: str) -> None:
    assert "51路" not in names(text)


@pytest.mark.parametrize("text", ["", "路", "没有地名的一句话", "🙂", "59号"])
def test_a_text_without_names_has_none(text: str) -> None:
    assert names(text) == []


PARTS = st.sampled_from(
    [one.name for one in town.PLACES]
    + [
        "鼓楼区",
        "鼓楼",
        "洪山镇",
        "金牛社区",
        "南京市",
        "59号",
        "路口",
        "对面",
        "与",
        "到",
        "，",
        "。",
        "（",
        "）",
        "路",
        "区",
        "西",
        "51",
        "漏水",
        "🙂",
    ]
)


@EXAMPLES
@given(parts=st.lists(PARTS, max_size=12))
def test_tokens_stand_in_order_do_not_overlap_and_are_slices_of_the_text(parts: list[str]) -> None:
    text = "".join(parts)
    lexicon = town.reader().lexicon
    tokens = tokenise(text, lexicon)
    reach = 0
    for token in tokens:
        assert reach <= token.start < token.end <= len(text)
        assert token.text == text[token.start : token.end]
        assert (token.kind == "NAME") == bool(token.entries)
        reach = token.end
    assert covered(tokens) == [(t.start, t.end) for t in tokens if t.kind == "NAME"]


def test_overlapping_names_are_cut_so_that_most_is_explained() -> None:
    lexicon = Lexicon(
        [
            place("1", "金牛区政府", "poi", point(0, 0)),
            place("2", "区政府宿舍大楼", "poi", point(9, 9)),
            place("3", "金牛", "poi", point(5, 5)),
        ],
        [],
    )
    assert names("金牛区政府宿舍大楼", lexicon) == ["金牛", "区政府宿舍大楼"]
    assert names("金牛区政府", lexicon) == ["金牛区政府"]


def test_entries_tell_what_a_form_is() -> None:
    lexicon = town.reader().lexicon
    [loaded] = tokenise("鼓楼区", lexicon)
    assert {entry.kind for entry in loaded.entries} >= {EntryKind.AREA}
    [away] = [t for t in tokenise("南京市", lexicon) if t.kind == "NAME"]
    assert {entry.kind for entry in away.entries} == {EntryKind.FOREIGN}
    assert [lexicon.foreign[e.number].name for e in away.entries] == ["南京市"]


def test_areas_of_several_versions_are_one_and_each_day_has_its_own() -> None:
    def version(start: date, end: date | None, name: str, east: float) -> Jurisdiction:
        return Jurisdiction(
            code="350102",
            name=name,
            level=JurisdictionLevel.DISTRICT,
            geometry=area(0, 0, east, 100),
            unit_code="U",
            effective_from=start,
            effective_to=end,
        )

    old = version(date(2000, 1, 1), date(2019, 12, 31), "旧区", 50)
    new = version(date(2020, 1, 1), None, "鼓楼区", 100)
    [one] = Lexicon([], [new, old]).areas
    assert one.name == "鼓楼区"
    assert one.on(date(2010, 1, 1)) is old
    assert one.on(date(2026, 1, 1)) is new
    assert one.on(date(1990, 1, 1)) is new  # before all: the latest known


def test_another_name_of_a_loaded_area_leads_to_it() -> None:
    lexicon = town.reader().lexicon
    [token] = tokenise("三坊片区", lexicon)
    assert {lexicon.areas[entry.number].name for entry in token.entries} == {"鼓楼区"}


def test_an_empty_lexicon_still_knows_the_country() -> None:
    lexicon = Lexicon([], [])
    assert lexicon.home == frozenset()
    assert names("南京市玄武区漏水", lexicon) == ["南京市", "玄武区"]
