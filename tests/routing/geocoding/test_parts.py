"""Estates with buildings and gates, stops, poles, villages, water; names over time."""

from __future__ import annotations

from datetime import date

import pytest
from shapely.geometry import Point

from routing.jurisdiction.best_point import reach_m
from routing.model import LocationPrecision, PlaceOutcome
from tests.routing.geocoding import town
from tests.routing.geocoding.town import (
    DAY,
    area,
    located,
    metres,
    place,
    point,
    read,
    road,
    small,
    spot,
)


@pytest.mark.parametrize("estate", ["阳光花园小区", "阳光花园"])
@pytest.mark.parametrize(
    "said", ["3号楼", "3栋", "三栋", "3幢", "3#", "3#楼", "3座", "第三栋", "3号"]
)
def test_a_building_in_every_spelling(estate: str, said: str) -> None:
    found = located(f"{estate}{said}漏水")
    assert metres(found).equals_exact(Point(-4220, 1150), 0.1)
    assert found.precision is LocationPrecision.BUILDING
    assert found.place_ids == ("c-yg", "b-3")


@pytest.mark.parametrize(
    "detail", ["2单元", "2单元501室", "2单元5楼", "501室", "5层", "楼下", "2单元楼道"]
)
def test_what_is_inside_a_building_does_not_move_it(detail: str) -> None:
    found = located(f"阳光花园3号楼{detail}")
    assert metres(found).distance(Point(-4220, 1150)) < 0.1
    assert "b-3" in found.place_ids


def test_an_unknown_building_is_the_estate_and_says_so() -> None:
    said = read("阳光花园9号楼")
    assert said.location is not None
    assert said.location.precision is LocationPrecision.COMPOUND
    assert "building_unknown" in said.candidates[0].penalties
    assert "未登记" in said.candidates[0].words


@pytest.mark.parametrize(
    ("said", "y"),
    [("南门", 1050), ("北门", 1250), ("南大门", 1050), ("北门口", 1250), ("南门外", 1050)],
)
def test_a_gate_that_is_known(said: str, y: float) -> None:
    found = located(f"阳光花园{said}有积水")
    assert metres(found).distance(Point(-4300, y)) < 0.1
    assert found.precision in (LocationPrecision.GATE, LocationPrecision.VICINITY)


@pytest.mark.parametrize(("said", "x"), [("东门", -4200.0), ("西门", -4400.0)])
def test_a_gate_that_is_not_known_is_on_its_side(said: str, x: float) -> None:
    found = located(f"阳光花园{said}")
    assert metres(found).distance(Point(x, 1150)) < 30
    assert "gate_unknown" in read(f"阳光花园{said}").candidates[0].penalties
    assert found.radius_m >= 60


def test_the_main_gate_is_any_of_the_known() -> None:
    assert sorted(one.y for one in spot("阳光花园大门").geoms) == pytest.approx(
        [1050, 1250], abs=0.1
    )


@pytest.mark.parametrize(
    ("said", "x"),
    [
        ("东街口地铁站A出口", 470),
        ("东街口站A口", 470),
        ("地铁东街口站C口", 540),
        ("东街口地铁站C号口", 540),
    ],
)
def test_an_exit_of_a_station(said: str, x: float) -> None:
    assert spot(said).distance(Point(x, 700)) < 25
    assert located(said).precision is LocationPrecision.GATE


def test_an_exit_that_is_not_known_is_the_station() -> None:
    assert spot("东街口地铁站B出口").equals_exact(Point(500, 700), 0.1)
    assert "gate_unknown" in read("东街口地铁站B出口").candidates[0].penalties


def test_a_stop_is_there_in_both_directions() -> None:
    found = located("凤凰池公交站的站牌倒了")
    assert len(metres(found).geoms) == 2
    assert set(found.place_ids) == {"s-fhc-n", "s-fhc-s"}


def test_a_stop_that_nobody_names_is_the_one_on_that_road() -> None:
    found = located("西洪路公交站")
    assert set(found.place_ids) == {"r-xh", "s-fhc-n", "s-fhc-s"}
    assert "stop_unnamed" in read("西洪路公交站").candidates[0].penalties


@pytest.mark.parametrize(
    "said",
    [
        "西洪路B-044号灯杆",
        "B-044号灯杆",
        "西洪路灯杆B-044",
        "西洪路B044号路灯杆",
        "路灯编号B-044",
        "西洪路上编号为B-044的路灯",
    ],
)
def test_a_pole_by_its_number(said: str) -> None:
    found = located(f"{said}不亮")
    assert metres(found).equals_exact(Point(-4900, 1012), 0.1)
    assert found.precision is LocationPrecision.POLE


def test_a_pole_of_another_road_is_not_taken_for_it() -> None:
    said = read("五一路B-044号灯杆")
    assert said.location is not None
    assert "l-044" not in said.location.place_ids


def test_one_pole_number_on_two_roads_is_two_places() -> None:
    poles = [
        place(f"p{n}", f"{name}C-7号灯杆", "pole", point(2000.0 * n, 5), road=name, number="C-007")
        for n, name in enumerate(("甲南路", "乙北路"))
    ]
    roads = [road("a", "甲南路", (-100, 0), (100, 0)), road("b", "乙北路", (1900, 0), (2100, 0))]
    reader = small([*roads, *poles])
    both = reader.read("灯杆编号C-007不亮", DAY)
    assert both.outcome is PlaceOutcome.AMBIGUOUS and len(both.candidates) == 2
    one = reader.read("乙北路灯杆C-007不亮", DAY)
    assert one.location is not None and "p1" in one.location.place_ids


@pytest.mark.parametrize("said", ["上洋村", "上洋自然村", "上洋村委会"])
def test_a_village_of_which_only_a_point_is_known_is_wide(said: str) -> None:
    found = located(said)
    assert found.precision is LocationPrecision.VILLAGE
    assert reach_m(found) >= 150


def test_an_estate_of_which_only_a_point_is_known_is_as_wide_as_one() -> None:
    assert 45 <= reach_m(located("桂园")) <= 150
    assert spot("阳光花园小区").area > 200 * 200  # drawn: itself, and what is around


def test_water_is_a_line_and_coarse() -> None:
    assert spot("白马河").geom_type == "LineString"
    assert "coarse_place" in read("白马河").reasons


def test_an_estate_named_by_the_road_it_lies_on() -> None:
    assert spot("西洪路阳光花园").equals(spot("阳光花园"))
    assert "far_from_road" not in read("西洪路阳光花园").candidates[0].penalties
    assert "far_from_road" in read("湖滨路阳光花园").candidates[0].penalties


def test_a_road_tells_things_of_one_name_apart() -> None:
    assert "p-tea-1" in located("西洪路茶花市场").place_ids
    assert "p-tea-2" in located("福马路茶花市场").place_ids


def test_a_house_number_with_its_estate_is_the_house_near_it() -> None:
    door = place("a-131", "西洪路131号", "address", point(-4290, 1030), road="西洪路", number="131")
    said = small([*town.PLACES, door]).read("西洪路131号阳光花园2号楼", DAY)
    assert said.location is not None
    assert {"a-131", "b-2"} <= set(said.location.place_ids)
    assert metres(said.location).distance(Point(-4280, 1150)) < 0.1


def test_an_address_that_counts_along_an_estate() -> None:
    estate = place("c", "洋中新村", "compound", area(0, 0, 200, 200))
    house = place("a", "洋中新村12号", "address", point(60, 60), road="洋中新村", number="12")
    said = small([estate, house]).read("洋中新村12号门前积水", DAY)
    assert said.location is not None
    assert metres(said.location).distance(Point(60, 60)) < 0.1


# ------------------------------------------------------------------ names over time


def test_an_old_name_is_understood_and_marked() -> None:
    said = read("东门外大街路灯不亮")
    assert said.location is not None
    assert said.candidates[0].penalties["old"] > 0
    assert "old" not in read("东门外大街路灯不亮", date(2009, 1, 1)).candidates[0].penalties
    last = read("东门外大街", date(2010, 6, 30))
    assert "old" not in last.candidates[0].penalties
    assert metres(said.location).equals_exact(spot("福马路"), 0.1)


def test_a_name_not_yet_in_use_is_understood_and_costs() -> None:
    assert read("新港路").candidates[0].penalties["not_yet"] > 0
    assert "not_yet" not in read("新港路", date(2027, 1, 1)).candidates[0].penalties


def test_of_an_old_and_a_living_place_of_one_name_the_living_is_meant() -> None:
    old = road("old", "北门街", (0, 0), (300, 0), valid_to=date(2000, 1, 1))
    new = road("new", "北门街", (0, 2500), (300, 2500), valid_from=date(2001, 1, 1))
    reader = small([old, new])
    for day, wanted in ((DAY, "new"), (date(1999, 1, 1), "old")):
        said = reader.read("北门街积水", day)
        assert said.location is not None
        assert said.location.place_ids == (wanted,), day


def test_numbers_of_a_road_are_known_by_its_old_name_too() -> None:
    houses = [
        place(
            f"h{n}",
            f"福马路{n}号",
            "address",
            point(2400 + 10.0 * n, 2520),
            road="福马路",
            number=str(n),
        )
        for n in (1, 21)
    ]
    said = small([*town.ROADS, *houses]).read("东门外大街21号", DAY)
    assert said.location is not None
    assert metres(said.location).distance(Point(2610, 2520)) < 0.1


@pytest.mark.parametrize("said", ["2-3号楼", "2号楼、3号楼", "3号楼与2号楼之间", "2号楼和3号楼"])
@pytest.mark.parametrize("estate", ["阳光花园小区", "阳光花园"])
def test_two_buildings_are_in_their_estate(estate: str, said: str) -> None:
    found = read(f"{estate}{said}漏水")
    assert found.location is not None
    assert "c-yg" in found.location.place_ids


@pytest.mark.parametrize(
    "before", ["西洪路131号", "鼓楼区", "请来", "这个", "位于", "，", "住在", "路过"]
)
def test_what_stands_before_a_short_name_does_not_hide_it(before: str) -> None:
    text = f"{before}阳光花园太吵"
    marked = [text[span.start : span.end] for span in read(text).spans]
    assert any("阳光花园" in one for one in marked), marked
