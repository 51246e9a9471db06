"""对面, 附近, 往北50米, 路东: words that move a place, each with its own size."""

from __future__ import annotations

import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from routing.geocoding.relative import COMPASS
from routing.geocoding.uncertainty import NEARBY_M, OFFSET_SHARE, RADII_M
from routing.model import LocationPrecision
from tests.routing.geocoding import town
from tests.routing.geocoding.town import (
    KNOWN_NUMBERS,
    XIHONG_Y,
    area,
    ground,
    house_x,
    house_y,
    located,
    metres,
    place,
    point,
    read,
    road,
    shown,
    spot,
)
from tests.tilings import EXAMPLES

JUNCTION = "西洪路与梅峰路路口"
CORNERS = ("东北", "东南", "西北", "西南")


NUMBERS = [int(one) for one in KNOWN_NUMBERS if "-" not in one]


@pytest.mark.parametrize("word", ["对面", "正对面", "的对面", "斜对面", "对门", "马路对面"])
def test_opposite_is_across_the_road(word: str) -> None:
    for number in NUMBERS:
        found = located(f"西洪路{number}号{word}")
        across = Point(house_x(number), 2 * XIHONG_Y - house_y(number))
        assert found.precision is LocationPrecision.OPPOSITE
        assert ground(found).covers(across)
        assert shown(f"西洪路{number}号{word}").distance(across) < 20


def test_opposite_a_house_is_as_wide_as_a_house() -> None:
    for number in NUMBERS:
        west, _, east, _ = ground(located(f"西洪路{number}号对面")).bounds
        assert east - west <= 100


def test_opposite_of_an_estate_is_the_strip_across_its_road() -> None:
    found = spot("阳光花园小区对面")
    estate = spot("阳光花园小区")
    assert found.bounds[3] <= XIHONG_Y + 0.1  # the estate lies north of the road
    assert found.distance(estate) > 0
    assert found.bounds[0] < -4300 < found.bounds[2]


def test_opposite_of_a_thing_without_a_road_is_around_it() -> None:
    plain, opposite = located("西湖宾馆"), located("西湖宾馆对面")
    assert metres(opposite).equals_exact(metres(plain), 0.1)
    assert opposite.radius_m > plain.radius_m


@EXAMPLES
@given(direction=st.sampled_from("东南西北"), distance=st.integers(10, 400))
def test_metres_from_a_junction_lie_on_a_road_that_far_away(direction: str, distance: int) -> None:
    found = located(f"{JUNCTION}往{direction}{distance}米")
    here, there = spot(JUNCTION), metres(found)
    x, y = COMPASS[direction]
    assert there.distance(here) == pytest.approx(distance, abs=0.5)
    assert there.distance(Point(here.x + x * distance, here.y + y * distance)) < 1.0
    assert found.radius_m >= max(RADII_M[LocationPrecision.OFFSET], OFFSET_SHARE * distance) - 0.1
    assert found.radius_m <= max(50, distance)


@EXAMPLES
@given(direction=st.sampled_from(sorted(COMPASS)), distance=st.integers(10, 400))
def test_metres_from_a_thing_are_a_sector_around_that_far_away(
    direction: str, distance: int
) -> None:
    found = located(f"西湖宾馆往{direction}{distance}米处")
    here, shape = spot("西湖宾馆"), metres(found)
    x, y = COMPASS[direction]
    assert shape.covers(Point(here.x + x * distance, here.y + y * distance))
    assert not shape.covers(Point(here.x - x * distance, here.y - y * distance))
    assert math.atan2(shape.centroid.y - here.y, shape.centroid.x - here.x) == pytest.approx(
        math.atan2(y, x), abs=0.02
    )
    assert found.precision is LocationPrecision.OFFSET


@pytest.mark.parametrize(
    "said",
    [
        "往北50米",
        "以北50米",
        "向北50米",
        "北侧50米",
        "北面50米处",
        "往北走50米",
        "往北大约50米",
        "北五十米",
    ],
)
def test_one_distance_in_many_words(said: str) -> None:
    assert spot(JUNCTION + said).equals_exact(spot(f"{JUNCTION}往北50米"), 0.1)


def test_a_road_that_ends_before_does_not_shorten_the_distance() -> None:
    """梅峰路 ends 1,500 m south of the junction; 2 km south is not its end."""
    said, true = f"{JUNCTION}往南2公里", Point(-4500, -1000)
    assert ground(located(said)).covers(true)
    assert shown(said).distance(true) < 300


def test_metres_from_a_whole_road_never_become_a_point_of_it() -> None:
    """50 m north of a road of 3.6 km is a strip, not 50 m north of some point."""
    said = read("西洪路往北50米")
    assert said.location is not None
    shape = metres(said.location)
    assert shape.bounds[2] - shape.bounds[0] > 3_000
    assert "coarse_place" in said.reasons


def test_a_way_without_a_direction_is_a_ring_wide_enough() -> None:
    found = located(f"{JUNCTION}往前50米")
    assert found.radius_m >= 50 + RADII_M[LocationPrecision.OFFSET]


@pytest.mark.parametrize("said", ["往北0米", "往北9999米", "往北公里"])
def test_no_distance_or_an_absurd_one_moves_nothing(said: str) -> None:
    assert spot(JUNCTION + said).equals_exact(spot(JUNCTION), 0.1)


@pytest.mark.parametrize("word", ["附近", "周边", "一带", "周围"])
def test_near_is_wider_than_the_thing(word: str) -> None:
    assert located(f"西湖宾馆{word}").radius_m == NEARBY_M
    assert metres(located(f"阳光花园小区{word}")).contains(spot("阳光花园小区"))


@pytest.mark.parametrize("word", ["旁边", "隔壁", "旁", "后面"])
def test_beside_is_a_little_wider(word: str) -> None:
    plain, beside = located("西湖宾馆"), located(f"西湖宾馆{word}")
    assert plain.radius_m < beside.radius_m <= RADII_M[LocationPrecision.VICINITY]
    assert metres(beside).equals_exact(metres(plain), 0.1)


@pytest.mark.parametrize("corner", CORNERS)
def test_a_corner_of_a_junction_lies_in_its_quarter(corner: str) -> None:
    here, there = spot(JUNCTION), spot(f"{JUNCTION}{corner}角")
    x, y = COMPASS[corner]
    assert (there.x - here.x) * x > 0 and (there.y - here.y) * y > 0
    for east, north in shapely.get_coordinates(ground(located(f"{JUNCTION}{corner}角"))):
        assert (east - here.x) * x > -0.1 and (north - here.y) * y > -0.1
    assert 0 < shown(f"{JUNCTION}{corner}角").distance(here) < 50


@pytest.mark.parametrize(("said", "sign"), [("北侧", 1), ("路北", 1), ("南侧", -1), ("南边", -1)])
def test_one_side_of_a_road_is_a_strip_on_that_side(said: str, sign: int) -> None:
    strip = spot(f"西洪路{said}")
    middle = strip.representative_point()
    assert (middle.y - XIHONG_Y) * sign > 0
    assert strip.bounds[2] - strip.bounds[0] == pytest.approx(3600, abs=1)


def test_the_side_of_a_road_that_runs_that_way_is_the_road() -> None:
    assert spot("西洪路东侧").geom_type == "LineString"


_WIDER = RADII_M[LocationPrecision.COMPOUND]


@pytest.mark.parametrize(
    ("word", "west", "east"),
    [("东区", -4300, -4200 + _WIDER), ("西区", -4400 - _WIDER, -4300)],
)
def test_a_zone_of_an_estate_is_its_half(word: str, west: float, east: float) -> None:
    half = spot(f"阳光花园小区{word}")
    assert (half.bounds[0], half.bounds[2]) == pytest.approx((west, east), abs=1)


@pytest.mark.parametrize("side", ["东", "南", "西", "北"])
def test_a_side_of_an_estate_lies_outside_its_middle_on_that_side(side: str) -> None:
    edge, estate = spot(f"阳光花园小区{side}侧围墙外"), area(-4400, 1050, -4200, 1250)
    x, y = COMPASS[side]
    middle = town.PLANE.metres(estate).centroid
    assert (edge.centroid.x - middle.x) * x + (edge.centroid.y - middle.y) * y > 50
    assert not edge.covers(middle)


def test_words_after_a_comma_still_move_the_place() -> None:
    assert spot(f"{JUNCTION}，往北50米").equals_exact(spot(f"{JUNCTION}往北50米"), 0.1)


@pytest.mark.parametrize("word", ["对面", "附近", "往北50米", "旁边", "东侧", "中段", "东区"])
def test_every_word_behind_every_kind_of_place_is_some_place(word: str) -> None:
    for one in town.PLACES:
        said = read(f"{one.name}{word}")
        for candidate in said.candidates:
            assert not candidate.location.geometry.is_empty
            assert candidate.location.geometry.is_valid


def test_a_crossing_of_several_points_is_moved_at_each() -> None:
    found = spot("西洪路与白马路路口对面")
    assert len(found.geoms) == 2
    away = spot("西洪路与白马路路口往南100米")
    assert sorted(one.y for one in away.geoms) == pytest.approx([900, 900], abs=0.5)


def test_at_a_bend_metres_follow_the_road_that_goes_there() -> None:
    bent = town.small(
        [
            road("a", "弯路", (0, 0), (300, 0), (300, 900)),
            road("b", "横街", (0, -500), (0, 500)),
            place("p", "亭子", "poi", point(5000, 0)),
        ]
    )
    said = bent.read("弯路与横街路口往东400米", town.DAY)
    assert said.location is not None
    assert metres(said.location).distance(Point(300, 100)) < 1.0


def test_towards_a_road_names_a_sense_and_no_end() -> None:
    """六一路往五一路方向 is 六一路, on the side that leads there; never the crossing."""
    for said in ("六一路往五一路方向堵车", "六一路（往五一路方向）堵车"):
        shape = spot(said)
        assert shape.bounds[3] - shape.bounds[1] > 1_000, said
        assert "coarse_place" in read(said).reasons


def test_metres_towards_a_road_begin_where_they_are_said_to() -> None:
    """西洪路59号往梅峰路方向50米: 梅峰路 lies east of it."""
    said = located("西洪路59号往梅峰路方向50米")
    assert ground(said).covers(Point(house_x(59) + 50, house_y(59)))
    assert ground(said).bounds[2] < house_x(59) + 200


@pytest.mark.parametrize("place_", ["西湖宾馆", "西湖宾馆大", "阳光花园南", "西洪路59号"])
def test_at_the_door_is_where_metres_begin(place_: str) -> None:
    text = f"{place_}门口往东50米"
    assert located(text).precision is LocationPrecision.OFFSET
    assert shown(text).x > shown(f"{place_}门口").x + 30
    assert located(text).matched_text == text


@pytest.mark.parametrize("behind", ["业委会", "物业", "保安", "2-3号楼", "一带", "居民楼"])
def test_what_stands_behind_a_short_name_does_not_hide_it(behind: str) -> None:
    assert "c-yg" in town.ids(read(f"阳光花园{behind}不作为"))
