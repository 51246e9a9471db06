"""The sentence a unit cannot argue with: exact words for drawn places, read as an official."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routing.dispatch.basis import boundary_words
from tests.drawn_place import areas, city, spot, way

ZONE = areas("..RRRR..\n" * 4, "overlay", kind="railway", unit="TL", precedence=10)
ROAD = areas("..PP....\n" * 4, "overlay", kind="road")
BY = "据《鼓楼区网格界线》2026年1月1日版"


def overlapping():
    drawn = city()
    return replace(drawn, jurisdictions=drawn.jurisdictions + areas("..11....\n" * 4, "grid"))


@pytest.mark.parametrize(
    "drawn, place, category, radius_m, words, expected",
    [
        (
            city(), spot(3, 2), None, 10, "",
            f"该点位于洪山镇金牛山社区第2网格，{BY}；该诉求按属地由第2网格主办，洪山镇兜底。",
        ),
        (
            city(), spot(3, 2), "占道经营", 10, "西洪路8号",
            f"西洪路8号位于洪山镇金牛山社区第2网格，{BY}；占道经营由洪山镇主办，区城管局协办。",
        ),
        (
            city(zones=ROAD), spot(3, 2), "道路破损", 10, "",
            f"该点位于洪山镇金牛山社区第2网格，{BY}；道路破损由区建设局主办"
            "（《鼓楼区职责清单》第12条），区城管局、金牛山社区协办，洪山镇兜底。",
        ),
        (
            city(zones=ZONE), spot(3, 2), "暴露垃圾", 10, "",
            f"该点位于洪山镇金牛山社区第2网格，{BY}；位于专属区域“福州站铁路用地”内，"
            "暴露垃圾由铁路公司主办，洪山镇兜底。",
        ),
        (
            city(), spot(3.95, 2), None, 30, "",
            "该点61%位于洪山镇金牛山社区第2网格（距界线5米，另39%在五凤街道白龙社区第1网格），"
            f"{BY}；该诉求按属地由第2网格主办，洪山镇兜底。",
        ),
        (
            city(), spot(2, 2), None, 10, "",
            "该点正好在洪山镇金牛山社区第1网格与洪山镇金牛山社区第2网格的界线上，"
            f"{BY}，归属须人工确认；该诉求按属地暂由第1网格主办，洪山镇兜底。",
        ),
        (
            overlapping(), spot(3, 2), None, 10, "",
            "该点同时在洪山镇金牛山社区第1网格与洪山镇金牛山社区第2网格的界线之内（界线重叠），"
            f"{BY}，归属须人工确认；该诉求按属地暂由第1网格主办，洪山镇兜底。",
        ),
        (
            city(grids="1122 ..55"), spot(5, 2), None, 10, "",
            f"该点位于五凤街道白龙社区（该处网格界线空白），{BY}；"
            "该诉求按属地由白龙社区主办，五凤街道兜底。",
        ),
        (
            city(), spot(-0.2, 2), None, 10, "",
            f"该点处网格界线空白，最近的是洪山镇金牛山社区第1网格，相距20米，{BY}；"
            "该诉求按属地由第1网格主办，洪山镇兜底。",
        ),
        (
            city(), way((1.5, 2), (3.5, 2)), "占道经营", 10, "西洪路",
            "西洪路75%位于洪山镇金牛山社区第2网格（另25%在洪山镇金牛山社区第1网格），"
            f"{BY}；占道经营由洪山镇主办，区城管局协办。",
        ),
        (
            city(), spot(40, 2), "占道经营", 10, "",
            "该点不在任何已载入的管辖区内，转人工研判队列，请核对坐标系与地点。",
        ),
    ],
)  # fmt: skip
def test_the_sentence(drawn, place, category, radius_m, words, expected):
    _, answer = drawn.ask(place, category, radius_m=radius_m, words=words)
    assert answer.basis == expected


@pytest.mark.parametrize("off_m", [26.0, 28.0, 29.5, 29.9, 29.99])
def test_no_sentence_says_all_of_it_here_and_none_of_it_there(off_m):
    """Shares are rounded for people; 100 % here with 0 % there would be laughed at."""
    _, answer = city().ask(spot(4 - off_m / 100, 2), radius_m=30)
    assert "100%" not in answer.basis
    assert "另0%" not in answer.basis


@pytest.mark.parametrize(
    "version, words",
    [
        ("鼓楼区街道界线@2023-01-01#12ab34cd", "《鼓楼区街道界线》2023年1月1日版"),
        ("鼓楼区街道界线@2023-11-30", "《鼓楼区街道界线》2023年11月30日版"),
        ("drawn", "《drawn》"),
    ],
)
def test_a_version_as_a_reader_says_it(version, words):
    assert boundary_words([version]) == words


def test_two_versions_are_both_named():
    words = boundary_words(["甲@2023-01-01#a", "乙@2024-02-03#b"])
    assert words == "《甲》2023年1月1日版、《乙》2024年2月3日版"


def test_hostile_names_stay_as_they_are_for_whoever_shows_them_to_escape():
    drawn = city()
    named = tuple(replace(one, name="<b>=cmd</b>") for one in drawn.jurisdictions)
    _, answer = replace(drawn, jurisdictions=named).ask(spot(3, 2))
    assert "<b>=cmd</b>" in answer.basis
