"""Stretches of a road from one thing to another, what lies between two, and kilometre posts."""

from __future__ import annotations

import pytest
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from routing.model import LocationPrecision, PlaceOutcome
from tests.routing.geocoding import town
from tests.routing.geocoding.town import XIHONG_Y, located, metres, place, point, read, road, spot

MF, YQ, BM_E, STOP = -4500.0, -3500.0, -5000.0, -4790.0
"""Metres east: 梅峰路, 杨桥路 and the eastern 白马路 crossing 西洪路, and the stop 凤凰池."""

STRETCHES = [
    ("西洪路（{a}至{b}）", "梅峰路", "杨桥路", MF, YQ),
    ("西洪路（{a}至{b}路段）", "梅峰路", "杨桥路", MF, YQ),
    ("西洪路({a}到{b}段)", "梅峰路", "杨桥路", MF, YQ),
    ("西洪路从{a}到{b}", "梅峰路", "杨桥路", MF, YQ),
    ("{a}到{b}", "梅峰路", "杨桥路", MF, YQ),
    ("{a}与{b}之间的西洪路", "梅峰路", "杨桥路", MF, YQ),
    ("西洪路（{a}与{b}之间）", "梅峰路", "杨桥路", MF, YQ),
    ("西洪路，{a}至{b}路段", "梅峰路", "杨桥路", MF, YQ),
    ("西洪路从{a}到{b}", "凤凰池公交站", "杨桥路", STOP, YQ),
    ("西洪路从{a}到{b}", "凤凰池站", "梅峰路路口", STOP, MF),
    ("西洪路（{a}至{b}）", "阳光花园小区", "杨桥路", -4300.0, YQ),
    ("从{a}到{b}", "西洪路与梅峰路路口", "西洪路与杨桥路路口", MF, YQ),
]


@pytest.mark.parametrize(("said", "a", "b", "from_x", "to_x"), STRETCHES)
def test_a_stretch_lies_on_its_carrier_between_both_ends(
    said: str, a: str, b: str, from_x: float, to_x: float
) -> None:
    found = located(said.format(a=a, b=b) + "积水")
    line = metres(found)
    assert found.precision is LocationPrecision.SEGMENT
    assert line.geom_type == "LineString"
    assert line.bounds[1] == pytest.approx(XIHONG_Y, abs=0.1)
    assert line.bounds[3] == pytest.approx(XIHONG_Y, abs=0.1)
    # a stop and an estate are as long as they are: up to half of it on each side
    assert line.bounds[0] == pytest.approx(min(from_x, to_x), abs=110)
    assert line.bounds[2] == pytest.approx(max(from_x, to_x), abs=110)
    if "路" in a and "路" in b:
        assert line.length == pytest.approx(abs(to_x - from_x), abs=0.5)


@pytest.mark.parametrize(("said", "a", "b", "from_x", "to_x"), STRETCHES)
def test_a_stretch_is_the_same_from_either_end(
    said: str, a: str, b: str, from_x: float, to_x: float
) -> None:
    there, back = located(said.format(a=a, b=b)), located(said.format(a=b, b=a))
    assert metres(there).normalize().equals_exact(metres(back).normalize(), 0.1)
    assert set(there.place_ids) == set(back.place_ids)
    assert there.precision is back.precision


def test_junctions_of_two_roads_have_the_carrier_that_meets_both() -> None:
    line = spot("梅峰路路口到杨桥路路口")
    assert located("梅峰路路口到杨桥路路口").precision is LocationPrecision.SEGMENT
    assert line.equals_exact(spot("西洪路从梅峰路到杨桥路"), 0.1)


def test_a_carrier_that_is_not_said_costs_a_little() -> None:
    assert read("梅峰路到杨桥路").candidates[0].penalties["carrier_unsaid"] > 0
    assert "carrier_unsaid" not in read("西洪路从梅峰路到杨桥路").candidates[0].penalties


def test_an_end_that_is_any_junction_spans_to_the_nearest_on_both_sides() -> None:
    """``西洪路路口到西洪路公交站``: which junction nobody says."""
    said = read("西洪路路口到凤凰池公交站道路维修，快车道与慢车道不平整")
    assert said.location is not None
    assert "endpoint_ambiguous" in said.candidates[0].penalties
    line = metres(said.location)
    assert (line.bounds[0], line.bounds[2]) == pytest.approx((BM_E, MF), abs=0.1)


def test_ends_without_a_common_road_are_a_straight_guess_that_says_so() -> None:
    said = read("桂园到西湖宾馆")
    assert said.location is not None
    assert _lies_between(metres(said.location))
    assert "no_carrier" in said.candidates[0].penalties


def test_ends_too_far_apart_are_no_stretch() -> None:
    said = read("桂园到上洋村之间")
    assert all(c.location.precision is not LocationPrecision.SEGMENT for c in said.candidates)


@pytest.mark.parametrize("said", ["桂园与西湖宾馆之间", "桂园和西湖宾馆中间"])
def test_between_two_things_is_from_the_nearest_point_of_one_to_the_other(said: str) -> None:
    found = located(said)
    assert _lies_between(metres(found))
    assert found.precision is LocationPrecision.VICINITY


def _lies_between(shape: BaseGeometry) -> bool:
    """From somewhere at 桂园 (a point 70 m wide) straight to the hotel."""
    whole = LineString([(-3200, 1600), (-3000, 1500)])
    return bool(whole.buffer(10).covers(shape)) and shape.length > 100


@pytest.mark.parametrize(
    ("said", "west", "east"),
    [
        ("西洪路东段", -2200 - 1440, -2200),
        ("西洪路西段", -5800, -5800 + 1440),
        ("西洪路中段", -5800 + 1200, -2200 - 1200),
    ],
)
def test_a_part_of_a_road_by_its_direction(said: str, west: float, east: float) -> None:
    line = spot(said)
    assert (line.bounds[0], line.bounds[2]) == pytest.approx((west, east), abs=0.5)
    assert located(said).precision is LocationPrecision.SEGMENT


def test_the_end_of_a_road_is_either_of_them() -> None:
    ends = spot("西洪路尽头")
    assert sorted(one.x for one in ends.geoms) == pytest.approx([-5800, -2200], abs=0.1)


def test_a_bent_carrier_is_followed() -> None:
    bent = town.small(
        [
            road("r", "弯路", (0, 0), (1000, 0), (1000, 1000)),
            road("a", "甲横街", (500, -200), (500, 200)),
            road("b", "乙横街", (800, 500), (1200, 500)),
        ]
    )
    said = bent.read("弯路（甲横街至乙横街）", town.DAY)
    assert said.location is not None
    line = metres(said.location)
    assert line.length == pytest.approx(1000, abs=0.5)
    assert line.distance(Point(1000, 0)) < 0.1
    without = bent.read("甲横街到乙横街", town.DAY)
    assert without.location is not None
    assert metres(without.location).equals_exact(line, 0.1)


# ------------------------------------------------------------------ kilometre posts


@pytest.mark.parametrize("road_", ["201省道", "S201", "省道201", "金铺路"])
@pytest.mark.parametrize(
    ("post", "x"), [("K10+250", 2550), ("K11+500", 3800), ("K11", 3300), ("11公里500米处", 3800)]
)
def test_between_posts_the_place_is_measured(road_: str, post: str, x: float) -> None:
    found = located(f"{road_} {post}有坑")
    assert metres(found).distance(Point(x, -2000)) < 1.0


def test_beyond_the_posts_nothing_is_claimed_that_they_deny() -> None:
    """The road is 3.6 km long and its posts begin at K10: K2 is not 2 km from an end of it."""
    said = read("201省道K2+100有坑")
    for one in said.candidates:
        if one.location.precision is LocationPrecision.CHAINAGE:
            assert metres(one.location).distance(Point(2300 - 7900, -2000)) < 200
        else:
            assert one.location.precision is LocationPrecision.ROAD
    behind = read("201省道12公里300米处")
    assert behind.location is not None
    assert metres(behind.location).distance(Point(4600, -2000)) < behind.location.radius_m


def test_without_posts_the_end_it_counts_from_is_unknown() -> None:
    alone = town.small([road("r", "S305", (0, 0), (5000, 0))])
    said = alone.read("305省道K1+200有坑", town.DAY)
    assert said.outcome is PlaceOutcome.LOCATED and said.location is not None
    found = sorted(one.x for one in metres(said.location).geoms)
    assert found == pytest.approx([1200, 3800], abs=0.5)
    assert "chainage_origin" in said.candidates[0].penalties
    past = alone.read("S305K9+000有坑", town.DAY)
    assert past.location is not None
    assert past.location.precision is LocationPrecision.ROAD


def test_posts_that_run_backwards_are_measured_too() -> None:
    posts = [
        place(f"k{n}", f"桩{n}", "pole", point(5000 - 1000 * n, 0), road="S305", number=f"K{n}")
        for n in (1, 2, 3)
    ]
    said = town.small([road("r", "S305", (0, 0), (5000, 0)), *posts]).read("S305K1+500", town.DAY)
    assert said.location is not None
    assert metres(said.location).distance(Point(3500, 0)) < 1.0
