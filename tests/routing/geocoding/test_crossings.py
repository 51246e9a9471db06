"""Crossings, junctions, roads in pieces, roads of one name, and the metric plane under them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Point

from routing.geocoding.plane import Plane
from routing.geocoding.roads import (
    ONE_CROSSING_M,
    PASSES_M,
    SAME_ROAD_M,
    Road,
    Roads,
    clustered,
    crossing_points,
)
from routing.model import LocationPrecision, PlaceOutcome
from tests.routing.geocoding import town
from tests.routing.geocoding.town import PLANE, located, metres, place, point, read, road, spot
from tests.tilings import EXAMPLES


def named(name: str) -> tuple[Road, ...]:
    return town.reader().ground.roads.named(name)


CROSSINGS = [
    ("西洪路", "梅峰路"),
    ("西洪路", "杨桥路"),
    ("西洪路", "白马路"),
    ("五一路", "六一路"),
    ("五一路", "大凤路"),
    ("江滨路", "六一路"),
]


@pytest.mark.parametrize(("a", "b"), CROSSINGS)
@pytest.mark.parametrize(
    "said",
    [
        "{a}与{b}交叉口",
        "{a}和{b}路口",
        "{a}{b}路口",
        "{a}、{b}交汇处",
        "{a}与{b}十字路口",
        "{a}/{b}路口",
        "{a}（{b}路口）",
        "{a}跟{b}交界处",
    ],
)
def test_a_crossing_lies_on_both_roads_whichever_is_said_first(a: str, b: str, said: str) -> None:
    lines = [road.line for name in (a, b) for road in named(name)]
    there, back = spot(said.format(a=a, b=b)), spot(said.format(a=b, b=a))
    for one in (there, back):
        for line in lines:
            assert max(line.distance(Point(xy)) for xy in _points(one)) < 1.0
    assert there.equals_exact(back, 1e-6) or there.normalize().equals_exact(back.normalize(), 1e-6)
    assert located(said.format(a=a, b=b)).precision is LocationPrecision.JUNCTION


def _points(shape: object) -> list[tuple[float, float]]:
    parts = getattr(shape, "geoms", [shape])
    return [(part.x, part.y) for part in parts]


def test_roads_that_cross_twice_have_both_crossings() -> None:
    at = spot("西洪路与白马路路口")
    assert sorted(x for x, _ in _points(at)) == pytest.approx([-5500, -5000], abs=0.1)


def test_roads_that_only_pass_are_placed_in_the_gap_at_a_price() -> None:
    said = read("西洪路与凤湖路路口")
    assert said.location is not None
    assert metres(said.location).equals_exact(Point(-4000, 1020), 0.1)
    assert said.candidates[0].penalties["passes"] > 0


def test_roads_that_do_not_meet_are_told_and_never_get_a_point() -> None:
    said = read("西洪路与湖滨路路口")
    assert said.location is not None
    assert said.location.geometry.geom_type == "LineString"
    assert "no_crossing" in said.candidates[0].penalties
    assert "两路不相交" in said.candidates[0].words


def test_a_road_in_two_pieces_is_one_road() -> None:
    [one] = named("江滨路")
    assert one.place_ids == ("r-jb-w", "r-jb-e")
    assert one.axis.length == pytest.approx(3600, abs=0.1)  # the gap of 200 m is bridged
    assert located("江滨路").place_ids == ("r-jb-w", "r-jb-e")
    assert spot("江滨路").length == pytest.approx(3400, abs=0.1)  # and not drawn


def test_ten_roads_of_one_name_are_ten_and_the_district_tells() -> None:
    assert len(named("教育路")) == 10
    said = read("教育路路灯不亮")
    assert said.outcome is PlaceOutcome.AMBIGUOUS
    assert len(said.candidates) == 10
    lean = {tuple(c.location.place_ids) for c in read("台江区教育路").candidates if not c.penalties}
    assert lean == {("r-jy-4",), ("r-jy-5",), ("r-jy-6",)}


def test_a_road_whose_only_junction_is_meant_by_its_name_alone() -> None:
    assert spot("梅峰路路口").equals_exact(Point(-4500, 1000), 0.1)
    both = read("白马路路口")
    assert both.location is not None
    assert len(_points(metres(both.location))) == 2
    assert "some_junction" in both.candidates[0].penalties


def test_a_road_of_many_junctions_is_the_road() -> None:
    many = [road(f"c{n}", f"第{n}横街", (100 * n, -50), (100 * n, 50)) for n in range(9)]
    long = road("r", "长安路", (-100, 0), (1000, 0))
    said = town.small([long, *many]).read("长安路路口", town.DAY)
    assert said.location is not None
    assert said.location.precision is LocationPrecision.ROAD
    assert "some_junction" in said.candidates[0].penalties


# ------------------------------------------------------------------ roads alone


def drawn(*pieces: list[tuple[float, float]]) -> tuple[Road, ...]:
    places = [
        place(f"p{n}", "同路", "road", PLANE.degrees(LineString(piece)))
        for n, piece in enumerate(pieces)
    ]
    return Roads(places, PLANE).named("同路")


def test_pieces_are_one_road_up_to_a_gap() -> None:
    near, far = SAME_ROAD_M - 1, SAME_ROAD_M + 1
    assert len(drawn([(0, 0), (100, 0)], [(100 + near, 0), (900, 0)])) == 1
    assert len(drawn([(0, 0), (100, 0)], [(100 + far, 0), (900, 0)])) == 2
    # the third piece joins what was apart
    assert len(drawn([(0, 0), (100, 0)], [(700, 0), (900, 0)], [(300, 0), (500, 0)])) == 1


@EXAMPLES
@given(order=st.permutations([0, 1, 2, 3]), turned=st.lists(st.booleans(), min_size=4, max_size=4))
def test_the_axis_of_a_road_does_not_depend_on_how_its_pieces_are_drawn(
    order: list[int], turned: list[bool]
) -> None:
    pieces = [[(100.0 * n, 0.0), (100.0 * n + 90, 0.0)] for n in range(4)]
    mixed = [pieces[n][::-1] if turn else pieces[n] for n, turn in zip(order, turned, strict=True)]
    [one] = drawn(*mixed)
    assert one.axis.length == pytest.approx(390, abs=0.1)
    assert abs(one.along(Point(245, 5)) - one.along(Point(0, 0))) == pytest.approx(245, abs=0.1)


def test_a_second_carriageway_does_not_lengthen_the_axis() -> None:
    [one] = drawn([(0, 0), (1000, 0)], [(1000, 20), (0, 20)])
    assert one.axis.length == pytest.approx(1000, abs=0.1)


def test_a_dual_carriageway_meets_another_in_one_junction() -> None:
    [a] = drawn([(0, 0), (1000, 0)], [(0, 20), (1000, 20)])
    [b] = drawn([(500, -500), (500, 500)], [(520, -500), (520, 500)])
    points, real = crossing_points(a, b)
    assert real and len(points) == 1
    assert points[0].equals_exact(Point(510, 10), 0.1)


@pytest.mark.parametrize(("gap", "found"), [(PASSES_M - 1, 1), (PASSES_M + 1, 0)])
def test_roads_pass_up_to_a_distance(gap: float, found: int) -> None:
    [a], [b] = drawn([(0, 0), (1000, 0)]), drawn([(500, gap), (500, 900)])
    assert len(crossing_points(a, b)[0]) == found


def test_a_road_drawn_as_a_point_or_an_area_can_be_placed() -> None:
    for shape in (point(50, 50), town.area(0, 0, 100, 20), town.line((5, 5), (5, 5))):
        [one] = Roads([place("p", "怪路", "road", shape)], PLANE).named("怪路")
        assert one.axis.length > 0
        assert one.heading(0.0) is not None


@EXAMPLES
@given(xs=st.lists(st.floats(0, 2_000), min_size=1, max_size=12))
def test_clusters_do_not_depend_on_order_and_stand_apart(xs: list[float]) -> None:
    points = [Point(x, 0) for x in xs]
    found = sorted(one.x for one in clustered(points))
    assert found == pytest.approx(sorted(one.x for one in clustered(points[::-1])))
    chain = sum(
        1 for a, b in zip(sorted(xs), sorted(xs)[1:], strict=False) if b - a >= ONE_CROSSING_M
    )
    assert len(found) == chain + 1


@EXAMPLES
@given(x=st.floats(-5e4, 5e4), y=st.floats(-5e4, 5e4), lat=st.floats(-60, 60))
def test_the_plane_carries_there_and_back(x: float, y: float, lat: float) -> None:
    plane = Plane.around(119.0, lat)
    assert plane.metres(plane.degrees(Point(x, y))).distance(Point(x, y)) < 1e-4
    line = LineString([(x, y), (x + 100, y + 50)])
    assert plane.metres(plane.degrees(line)).length == pytest.approx(line.length, abs=1e-4)


@pytest.mark.parametrize(
    "said",
    ["五一路由东往西六一路口", "五一路（东向西）与六一路路口", "五一路东往西方向与六一路交叉口"],
)
def test_the_way_one_drives_does_not_part_a_crossing(said: str) -> None:
    assert spot(said).distance(Point(0, 1000)) < 40


@pytest.mark.parametrize("unknown", ["望龙路", "上海路", "金桥大街"])
def test_a_crossing_with_a_road_nobody_knows_is_none_of_the_known_ones(unknown: str) -> None:
    said = read(f"{unknown}与西洪路路口积水")
    assert all(one.location.precision is not LocationPrecision.JUNCTION for one in said.candidates)


def test_the_unknown_road_of_a_crossing_is_missing() -> None:
    assert "望龙路" in read("望龙路与西洪路路口积水").missing
