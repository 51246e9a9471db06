"""House numbers: themselves, between known ones of their side, beyond them, in gaps, in ranges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from routing.geocoding.numbering import (
    FARTHEST_BEYOND_M,
    LONGEST_GAP_M,
    HouseNumber,
    Numbering,
    parse_number,
)
from routing.geocoding.roads import Road, Roads
from routing.model import LocationPrecision, Place, PlaceOutcome
from tests.routing.geocoding.town import (
    KNOWN_NUMBERS,
    PLANE,
    XIHONG_Y,
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

ODD = [1, 11, 21, 31, 59, 63, 101, 111]
EVEN = [2, 12, 22, 60, 62, 88, 100]
"""Known numbers of 西洪路 with no gap above 400 m between them."""


def side_of(number: int) -> float:
    """1 north of the road, -1 south."""
    return 1.0 if number % 2 else -1.0


def holds_house(text: str, number: int) -> None:
    """The place holds the true house, is shown near it, and does not reach across the road."""
    found = located(text)
    shape, house = ground(found), Point(house_x(number), house_y(number))
    assert shape.covers(house)
    assert shown(text).x == pytest.approx(house.x, abs=8.0)  # 88-3 stands 8 m beside 88
    assert (shown(text).y - XIHONG_Y) * side_of(number) > 0
    across = (shape.bounds[1] if number % 2 else shape.bounds[3]) - XIHONG_Y
    assert across * side_of(number) > -0.1


@pytest.mark.parametrize("number", [one for one in KNOWN_NUMBERS if "-" not in one])
def test_a_registered_number_is_itself(number: str) -> None:
    found = located(f"西洪路{number}号")
    assert found.precision is LocationPrecision.DOOR
    assert found.place_ids == ("r-xh", f"a-{number}")
    holds_house(f"西洪路{number}号", int(number))
    # the marker on the map stands at the house that is registered
    assert (
        shown(f"西洪路{number}号").distance(Point(house_x(int(number)), house_y(int(number)))) < 5
    )


@EXAMPLES
@given(number=st.integers(1, 111))
def test_a_number_between_lies_between_its_neighbours_and_on_their_side(number: int) -> None:
    side = ODD if number % 2 else EVEN
    if number in side or number > side[-1]:
        return
    low = max(one for one in side if one < number)
    high = min(one for one in side if one > number)
    found = located(f"西洪路{number}号")
    assert found.precision is LocationPrecision.DOOR_BETWEEN
    assert house_x(low) < shown(f"西洪路{number}号").x < house_x(high)
    holds_house(f"西洪路{number}号", number)
    assert found.radius_m >= (house_x(high) - house_x(low)) / 3 - 5


@pytest.mark.parametrize("number", [102, 120, 128, 213, 221, 239])
def test_a_number_beyond_the_known_goes_on_as_they_do(number: int) -> None:
    assert located(f"西洪路{number}号").precision is LocationPrecision.DOOR_BEYOND
    holds_house(f"西洪路{number}号", number)


@pytest.mark.parametrize("number", [4, 45, 120, 221])
def test_a_number_that_is_not_known_is_shown_at_the_front_of_its_road(number: int) -> None:
    """Houses stand along their road: what is not known is how far along."""
    assert abs(shown(f"西洪路{number}号").y - XIHONG_Y) < 45


@pytest.mark.parametrize("number", ["400", "999", "8888"])
def test_a_number_far_beyond_is_the_road_and_says_so(number: str) -> None:
    said = read(f"西洪路{number}号")
    assert said.outcome is PlaceOutcome.LOCATED
    assert said.location is not None
    assert said.location.precision is LocationPrecision.ROAD
    assert "number_unknown" in said.candidates[0].penalties
    assert "coarse_place" in said.reasons


@pytest.mark.parametrize("number", [113, 151, 195])
def test_a_gap_too_long_to_interpolate_is_a_stretch_between_its_ends(number: int) -> None:
    found = located(f"西洪路{number}号")
    at = metres(found)
    assert found.precision in (LocationPrecision.DOOR_BETWEEN, LocationPrecision.DOOR_RANGE)
    assert at.geom_type == "LineString"
    assert at.distance(Point(house_x(number), house_y(number))) <= found.radius_m
    assert sorted([at.bounds[0], at.bounds[2]]) == pytest.approx(
        [house_x(111), house_x(201)], abs=0.1
    )
    assert {"a-111", "a-201"} <= set(found.place_ids)


@pytest.mark.parametrize("written", ["88-3", "88号之三", "88号之3", "88之3号", "８８－３"])
def test_a_number_behind_the_number_in_every_spelling(written: str) -> None:
    word = "" if written.endswith(("号", "三", "3号", "之3")) else "号"
    assert "a-88-3" in located(f"西洪路{written}{word}").place_ids


def test_an_unknown_part_of_a_known_number_stands_with_it() -> None:
    found = located("西洪路88号之九")
    assert "a-88" in found.place_ids
    assert found.radius_m > located("西洪路88号").radius_m


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("12-38号", 12, 38),
        ("11号至31号", 11, 31),
        ("11号到31号", 11, 31),
        ("12~22号", 12, 22),
        ("59号到101号", 59, 101),
        ("60-100号段", 60, 100),
    ],
)
def test_a_range_is_a_line_between_its_numbers_on_their_side(
    written: str, first: int, last: int
) -> None:
    found = located(f"西洪路{written}")
    at = metres(found)
    assert found.precision is LocationPrecision.DOOR_RANGE
    assert at.bounds[0] == pytest.approx(house_x(first), abs=1.0)
    assert at.bounds[2] == pytest.approx(house_x(last), abs=1.0)
    assert at.bounds[1] == pytest.approx(house_y(first), abs=1.0)


def test_a_range_of_both_sides_is_the_road_between() -> None:
    at = spot("西洪路11-22号")
    assert at.geom_type == "LineString"
    assert at.bounds[1] == at.bounds[3] == pytest.approx(XIHONG_Y, abs=0.1)


# ------------------------------------------------------------------ one road alone

ROAD = road("r", "长路", (0, 0), (1000, 0), (1000, 1000))
AXIS: Road = Roads([ROAD], PLANE).named("长路")[0]


def numbering(*known: tuple[int, float, float]) -> Numbering:
    """Numbers with metres along the bent road and metres to its left."""
    houses: list[tuple[HouseNumber, Place]] = []
    for main, along, aside in known:
        x, y = (along, aside) if along <= 1000 else (1000 - aside, along - 1000)
        houses.append((HouseNumber(main), place(f"a{main}", "", "address", point(x, y))))
    return Numbering(AXIS, houses, PLANE)


def number(written: str) -> HouseNumber:
    parsed = parse_number(written)
    assert parsed is not None
    return parsed


def test_interpolation_follows_the_bend_and_keeps_the_side() -> None:
    [house] = numbering((1, 850, 15), (31, 1150, 15)).find(number("16"))  # only odd ones known
    assert house.at == pytest.approx((1000, 0), abs=1)  # and so in the middle of the road
    [house] = numbering((1, 850, 15), (31, 1150, 15)).find(number("21"))
    assert house.at[0] == pytest.approx(985, abs=1)
    assert 0 < house.at[1] < 150


def test_nothing_is_interpolated_over_a_long_gap_nor_far_beyond() -> None:
    far = numbering((1, 0, 15), (3, LONGEST_GAP_M + 1, 15))
    assert far.find(number("2")) == []
    assert numbering((1, 0, 15), (5, LONGEST_GAP_M - 1, 15)).find(number("3")) != []
    steps = numbering((1, 0, 15), (11, 100, 15))
    limit = 11 + int(FARTHEST_BEYOND_M / 10)
    assert steps.find(number(str(limit - 1 - limit % 2)))
    assert steps.find(number(str(limit + 3 - limit % 2))) == []


def test_nothing_is_placed_before_the_road_begins_nor_behind_its_end() -> None:
    ends = numbering((101, 1800, 15), (111, 1900, 15))
    assert ends.find(number("141")) == []  # 300 m on, where the road is 100 m long
    assert numbering((101, 100, 15), (111, 200, 15)).find(number("71")) == []


def test_numbers_that_run_against_the_line_are_interpolated_too() -> None:
    [house] = numbering((1, 900, 15), (21, 700, 15)).find(number("11"))
    assert house.at == pytest.approx((800, 15), abs=1)


def test_one_number_registered_twice_is_two_places() -> None:
    twice = numbering((5, 100, 15), (5, 600, 15)).find(number("5"))
    assert sorted(house.at[0] for house in twice) == pytest.approx([100, 600], abs=1)


def test_a_house_far_from_the_road_belongs_to_another() -> None:
    assert numbering((5, 100, 400)).empty
    assert numbering().empty and numbering().find(number("5")) == []
    assert numbering((5, 100, 15)).find(number("7")) == []  # one alone tells no direction
