"""Several places in one text: the site, the caller's home, the way, what else is mentioned."""

from __future__ import annotations

import pytest

from routing.model import PlaceOutcome, SpanRole
from tests.routing.geocoding.town import ids, located, read, spot

HOUSE = "西洪路59号"
JUNCTION = "五一路与六一路路口"


def roles(text: str) -> dict[SpanRole, list[str]]:
    found: dict[SpanRole, list[str]] = {}
    for span in read(text).spans:
        found.setdefault(span.role, []).append(text[span.start : span.end])
    return found


@pytest.mark.parametrize(
    "text",
    [
        f"家住{HOUSE}，反映{JUNCTION}路灯不亮",
        f"本人居住在{HOUSE}，投诉{JUNCTION}占道经营",
        f"来电人住址：{HOUSE}。反映{JUNCTION}积水",
        f"我是{HOUSE}的居民，{JUNCTION}有人占道",
        f"{JUNCTION}积水，我住在{HOUSE}",
        f"{JUNCTION}积水。来电人地址：{HOUSE}",
        f"诉求人户籍地{HOUSE}，反映{JUNCTION}积水",
    ],
)
def test_where_the_caller_lives_is_not_the_site(text: str) -> None:
    said = read(text)
    assert said.location is not None
    assert {"r-51", "r-61"} <= set(said.location.place_ids)
    assert "caller_address" not in said.reasons
    assert HOUSE in roles(text)[SpanRole.CALLER][0]


@pytest.mark.parametrize("text", [f"家住{HOUSE}，邻居半夜唱歌", f"我住在{HOUSE}，楼上漏水"])
def test_only_the_callers_address_is_taken_and_marked(text: str) -> None:
    said = read(text)
    assert said.location is not None and "a-59" in said.location.place_ids
    assert "caller_address" in said.reasons
    assert said.evidence["caller_only"] == 1.0


@pytest.mark.parametrize(
    "text",
    [
        f"从{JUNCTION}走过来，{HOUSE}井盖缺失",
        f"路过{JUNCTION}，{HOUSE}井盖缺失",
        f"每天经过{JUNCTION}，看到{HOUSE}井盖缺失",
    ],
)
def test_what_lies_on_the_way_is_not_the_site(text: str) -> None:
    assert "a-59" in located(text).place_ids
    assert SpanRole.ROUTE in roles(text)


@pytest.mark.parametrize(
    "text",
    [
        f"不是{JUNCTION}，是{HOUSE}路灯不亮",
        f"不在{JUNCTION}而在{HOUSE}",
        f"之前向{JUNCTION}的城管反映过，{HOUSE}没人管",
    ],
)
def test_what_is_denied_or_asked_before_is_not_the_site(text: str) -> None:
    assert "a-59" in located(text).place_ids
    assert JUNCTION in roles(text)[SpanRole.OTHER]


def test_places_only_on_the_way_are_better_than_none() -> None:
    assert "a-59" in located("乘坐51路公交车到西洪路59号下车，那里全是坑").place_ids


@pytest.mark.parametrize(
    "text",
    [f"{HOUSE}和{JUNCTION}都积水", f"{HOUSE}、{JUNCTION}两处积水", f"{HOUSE}以及{JUNCTION}积水"],
)
def test_two_places_in_one_breath_are_for_a_person(text: str) -> None:
    said = read(text)
    assert said.outcome is PlaceOutcome.AMBIGUOUS
    assert "ambiguous_place" in said.reasons
    assert any("不止一处" in note for note in said.notes)
    assert said.location is not None


FIVE = ["西洪路59号", "阳光花园3号楼", "五一路与六一路路口", "上洋村", "西湖宾馆"]


@pytest.mark.parametrize("joint", ["、", "，", "。", "和", "；", "还有"])
def test_five_places_have_five_spans_and_one_of_them_is_the_site(joint: str) -> None:
    text = joint.join(FIVE) + "都停电了"
    said = read(text)
    assert said.location is not None
    spans = [
        text[span.start : span.end] for span in said.spans if span.role is not SpanRole.BOILERPLATE
    ]
    for one in FIVE:
        assert any(one in span for span in spans), (one, spans)
    sites = [span for span in said.spans if span.role is SpanRole.SITE]
    assert len(sites) == 1
    assert said.evidence["others"] > 0


@pytest.mark.parametrize("first", FIVE)
def test_of_places_in_sentences_of_their_own_the_first_is_the_site(first: str) -> None:
    rest = [one for one in FIVE if one != first][:2]
    said = read("。".join([f"{first}积水", *(f"另外{one}也是" for one in rest)]))
    assert said.location is not None
    assert set(located(first).place_ids) <= set(said.location.place_ids)


def test_an_exact_place_goes_before_a_road_that_is_said_first() -> None:
    assert "a-59" in located("六一路一直堵车，主要是西洪路59号门口乱停").place_ids


def test_a_second_description_of_the_spot_that_is_known_better_is_taken() -> None:
    found = located("阳光花园小区，3号楼楼下有垃圾")
    assert "c-yg" in found.place_ids
    assert "b-3" in located("阳光花园小区的绿化带，阳光花园3号楼旁").place_ids


def test_beside_a_thing_another_is_meant() -> None:
    """茶花市场旁边的西湖宾馆: the hotel, and 茶花市场 only says where it is."""
    assert "p-hotel" in located("茶花市场旁边的西湖宾馆噪音扰民").place_ids


@pytest.mark.parametrize("name", ["便民超市", "茶花市场", "教育路"])
def test_places_of_one_name_that_nothing_tells_apart_stay_several(name: str) -> None:
    said = read(f"{name}门口积水")
    assert said.outcome is PlaceOutcome.AMBIGUOUS
    assert len(said.candidates) > 1
    assert "ambiguous_place" in said.reasons
    assert len({tuple(one.location.place_ids) for one in said.candidates}) == len(said.candidates)


def test_something_else_in_the_text_tells_them_apart() -> None:
    said = read("茶花市场门口积水，就在西湖宾馆那边")
    assert said.candidates[0].location.place_ids[0] == "p-tea-1"


def test_candidates_come_with_the_lowest_penalty_first_and_its_parts() -> None:
    for text in ("教育路", "茶花市场", "台江区茶花市场", "西洪路与凤湖路路口", HOUSE):
        said = read(text)
        penalties = [one.penalty for one in said.candidates]
        assert penalties == sorted(penalties)
        for one in said.candidates:
            assert one.penalty == pytest.approx(sum(one.penalties.values()), abs=1e-3)
            assert one.name in one.words


def test_evidence_is_finite_and_names_what_was_needed() -> None:
    for text in (
        "西洪路59号",
        "教育路",
        "台江区老洪路45号附近",
        "大风路",
        "晋安区西洪路与凤湖路路口",
    ):
        evidence = read(text).evidence
        assert all(value == value and abs(value) < 1e6 for value in evidence.values())
    evidence = read("台江区老洪路45号附近").evidence
    for name in ("alias", "interpolated", "outside_stated", "conflict", "word_NEAR", "shape_house"):
        assert evidence[name] == 1.0, name


def test_the_place_of_two_readings_is_not_far_from_both() -> None:
    assert spot("西洪路59号东南角").distance(spot("西洪路59号")) < 50
    assert ids(read("福马路的茶花市场")) >= {"p-tea-2"}
