"""What is marked in the original text: slices in order, with the right words in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from routing.geocoding.normalize import normalise
from routing.model import SpanRole
from tests.routing.geocoding.town import PLACES, read
from tests.tilings import EXAMPLES

PIECES = st.sampled_from(
    [one.name for one in PLACES]
    + [
        "鼓楼区",
        "台江区",
        "南京市",
        "59号",
        "１２号",
        "３號樓",
        "路口",
        "与",
        "到",
        "（",
        "）",
        "，",
        "。",
        "对面",
        "附近",
        "往北50米",
        "家住",
        "反映",
        "市民来电反映：",
        "请相关部门尽快处理。",
        "居民",
        "路过",
        "\n",
        "\t",
        "",
        "",
        "\u3000",
        "🙂",
        "\u200b",
        "漏水",
        "谢谢",
    ]
)


@hypothesis_settings(EXAMPLES, max_examples=150)
@given(pieces=st.lists(PIECES, max_size=10))
def test_spans_are_slices_of_the_original_ascending_and_apart(pieces: list[str]) -> None:
    text = "".join(pieces)
    said = read(text)
    reach = 0
    for span in said.spans:
        assert reach <= span.start < span.end <= len(text)
        reach = span.end
    sites = [span for span in said.spans if span.role is SpanRole.SITE]
    if said.location is not None and said.candidates:
        words = said.location.matched_text
        assert any(
            normalise(text[span.start : span.end]).text in words
            or words in normalise(text[span.start : span.end]).text
            for span in said.spans
        )
        assert words in normalise(text).text
        assert len(sites) <= 1 or "ambiguous_place" in said.reasons


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("西洪路５９號路灯不亮", "西洪路５９號"),
        ("在 西 洪 路 59 号 旁", "西 洪 路 59 号 旁"),
        ("鼓樓區西洪路與梅峰路交叉口積水", "西洪路與梅峰路交叉口"),
        ("西\u200b洪路59号漏水", "西\u200b洪路59号"),
        ("🙂🙂西洪路59号🙂", "西洪路59号"),
        ("市民来电反映：西洪路59号对面占道，请处理", "西洪路59号对面"),
        ("西洪路（梅峰路至杨桥路）积水", "西洪路（梅峰路至杨桥路）"),
        ("凤凰池公交站到阳光花园有坑", "凤凰池公交站到阳光花园"),
    ],
)
def test_the_site_is_marked_in_the_words_of_the_citizen(text: str, site: str) -> None:
    spans = [text[s.start : s.end] for s in read(text).spans if s.role is SpanRole.SITE]
    assert spans == [site]


@pytest.mark.parametrize(
    ("text", "boilerplate"),
    [
        ("市民来电反映：西洪路59号路灯不亮", ["市民来电反映："]),
        (
            "热线转来：西洪路59号路灯不亮，请相关部门尽快核实处理。",
            ["热线转来：", "请相关部门尽快核实处理。"],
        ),
        ("西洪路59号路灯不亮，谢谢！", ["谢谢！"]),
    ],
)
def test_boilerplate_is_marked_and_kept(text: str, boilerplate: list[str]) -> None:
    found = [text[s.start : s.end] for s in read(text).spans if s.role is SpanRole.BOILERPLATE]
    assert found == boilerplate


def test_boilerplate_never_covers_the_site() -> None:
    text = "市民来电反映西洪路59号路灯不亮，请有关部门尽快处理西洪路59号的路灯"
    said = read(text)
    sites = [text[s.start : s.end] for s in said.spans if s.role is SpanRole.SITE]
    assert "西洪路59号" in sites


def test_the_place_carries_its_words_and_its_reading() -> None:
    said = read("台江区西洪路５９号对面有人占道")
    assert said.location is not None
    assert said.location.matched_text == "西洪路59号对面"
    assert said.location.reading == "house(西洪路|59号)+对面"
    assert said.candidates[0].name == "西洪路59号对面"
    assert said.candidates[0].words == "西洪路59号对面（门牌，已登记）"


def test_a_text_without_places_has_no_spans_but_boilerplate() -> None:
    assert read("").spans == ()
    assert read("路灯不亮").spans == ()
    assert {span.role for span in read("市民来电反映：路灯不亮，请尽快处理。").spans} == {
        SpanRole.BOILERPLATE
    }
