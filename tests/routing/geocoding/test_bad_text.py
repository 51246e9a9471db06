"""Texts that are odd, hostile or about nothing: no exception, and a sane answer for each."""

from __future__ import annotations

import pytest

from routing.model import LocationPrecision, PlaceOutcome, SpanRole, TextPlace
from tests.routing.geocoding.town import PLACES, ids, located, read


def sane(said: TextPlace, text: str) -> None:
    """What holds for every answer."""
    reach = 0
    for span in said.spans:
        assert reach <= span.start < span.end <= len(text)
        reach = span.end
    located_ = said.outcome in (PlaceOutcome.LOCATED, PlaceOutcome.AMBIGUOUS)
    assert located_ == bool(said.candidates)
    for one in said.candidates:
        assert one.location.geometry.is_valid and not one.location.geometry.is_empty
        assert 0 < one.location.radius_m < 100_000
        assert one.penalty >= 0 and one.name and one.words
    assert ("ambiguous_place" in said.reasons) == (said.outcome is PlaceOutcome.AMBIGUOUS)
    assert (said.outcome is PlaceOutcome.OUTSIDE) <= bool(said.notes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n",
        "路",
        "号",
        "西",
        "5",
        "。",
        "，",
        "🙂",
        "👨‍👩‍👧‍👦🏳️‍🌈",
        "？？？！！！",
        "的",
        "与",
        "到",
        "()",
        "））((",
        "59号",
        "路口",
        "对面",
        "往北50米",
        "公交站",
        "市民来电反映：请相关部门尽快处理。谢谢！",
        "无",
        "同上",
        "见附件",
        "Street light broken at No. 59 Xihong Road, please fix it asap!",
        "http://example.com/?q=西&x=1",
        "<script>alert('西')</script>",
        "'; DROP TABLE places; --",
        "\\d+(.*)[",
        "%s%n{0}{}",
        "null",
        "NaN",
        "-1e309",
    ],
)
def test_a_text_about_no_place_finds_none(text: str) -> None:
    said = read(text)
    sane(said, text)
    assert said.outcome is PlaceOutcome.NOT_FOUND, said


def test_only_boilerplate_is_marked_and_not_found() -> None:
    text = "市民来电反映：热线转来，请相关部门尽快核实处理。信息保密，谢谢！"
    said = read(text)
    assert said.outcome is PlaceOutcome.NOT_FOUND
    assert {span.role for span in said.spans} == {SpanRole.BOILERPLATE}


@pytest.mark.parametrize(
    "char",
    [
        "\x00",
        "\x07",
        "\x1b",
        "\x7f",
        "\u200b",
        "\u202e",
        "\ufeff",
        "\ud800",
        "\udfff",
        "\U0010ffff",
        "\u0301",
    ],
    ids=ascii,
)
def test_control_and_invisible_characters_do_not_hide_the_place(char: str) -> None:
    assert "a-59" in located(f"{char}西洪路59号{char}路灯不亮{char}").place_ids
    text = f"西{char}洪路{char}59号"
    sane(read(text), text)


@pytest.mark.parametrize(
    "text",
    [
        "（（（西洪路59号）））",
        "西洪路59号（（阳光花园（3号楼）））",
        "【西洪路】【59号】",
        "((((((((((西洪路59号",
        "西洪路59号))))))))))",
        "（西洪路（59号（对面（旁边",
        "西洪路（（（梅峰路）））路口",
        "“西洪路“59号””",
    ],
)
def test_nested_and_unclosed_brackets(text: str) -> None:
    said = read(text)
    sane(said, text)
    assert said.location is not None
    assert "r-xh" in said.location.place_ids


@pytest.mark.parametrize(
    "text",
    [
        "西洪路2026年9月1日积水",
        "西洪路9月1日积水",
        "西洪路17日积水",
        "西洪路2026-09-01积水",
        "西洪路17号上午停水",
        "西洪路，17号上午停水",
        "西洪路17号至今没水",
        "本月17号西洪路停水",
        "西洪路4:30有人摆摊",
        "西洪路18：30有人摆摊",
        "西洪路早上7点到9点堵车",
        "西洪路22时以后很吵",
        "西洪路闽A12345违停",
        "西洪路闽AD12345违停",
        "西洪路，车牌闽A5T901",
        "西洪路，电话13705910000",
        "西洪路0591-12345678",
        "西洪路拨打12345无人处理",
        "西洪路12345打了几次",
        "西洪路110处理过",
        "西洪路51路公交车不停",
        "西洪路22路车不停",
        "西洪路2号线施工",
        "西洪路100多人聚集",
        "西洪路100余米没有路灯",
        "西洪路50米范围",
        "西洪路3个月没清扫",
        "西洪路2.5米宽",
        "西洪路100元罚款",
        "西洪路第3次投诉",
        "西洪路30%破损",
        "西洪路工单号20260901001",
    ],
)
def test_numbers_that_are_something_else_are_no_house_numbers(text: str) -> None:
    said = read(text)
    sane(said, text)
    assert said.location is not None
    assert said.location.precision is LocationPrecision.ROAD, said.candidates[0].words
    assert "coarse_place" in said.reasons


@pytest.mark.parametrize(
    "text", ["西洪路59号晚上很吵", "西洪路101号早上堵车", "西洪路88号之三上午停水"]
)
def test_a_number_that_can_be_no_day_of_a_month_is_a_house_at_any_hour(text: str) -> None:
    said = read(text)
    assert said.location is not None
    assert said.location.precision is LocationPrecision.DOOR


@pytest.mark.parametrize("text", ["闽A51五一路", "2026年五一路", "13705910051路", "D51路"])
def test_a_name_inside_a_number_is_none(text: str) -> None:
    sane(read(text), text)
    assert "numeral" not in {p for c in read(text).candidates for p in c.penalties}


@pytest.mark.parametrize(
    "text",
    [
        "台江区鼓楼区仓山区西洪路59号",
        "南京市福州市西洪路59号",
        "福州市南京市鼓楼区",
        "鼓楼区洪山镇茶亭街道建新镇西洪路59号",
        "鼓楼区鼓楼区鼓楼区西洪路59号",
    ],
)
def test_districts_that_contradict_each_other(text: str) -> None:
    said = read(text)
    sane(said, text)
    if said.outcome is not PlaceOutcome.OUTSIDE:
        assert "a-59" in ids(said)


def test_five_places_and_fifty() -> None:
    names = [one.name for one in PLACES if one.kind in ("poi", "compound", "road")]
    for text in (
        "、".join(names[:5]),
        "、".join(names * 3),
        "".join(names),
        "与".join(names),
        "到".join(names),
    ):
        said = read(text)
        sane(said, text)
        assert said.location is not None
        assert len(said.candidates) <= 10
