"""Polygons cut to a square give the same shares as the whole polygons do."""

from __future__ import annotations

import pytest
import shapely
from shapely.geometry import Point, Polygon, box

from routing.geocoding.sides import half_plane, own_side
from routing.jurisdiction.pieces import SIDES_M, Pieces, Squares

SQUARE = (0.0, 0.0, 1.0, 1.0)


def test_a_piece_is_what_the_polygon_has_of_the_box() -> None:
    polygon = Point(0.0, 0.0).buffer(0.7)
    piece = Pieces(SQUARE, [3]).of(3, polygon)
    assert piece.shape.equals(polygon.intersection(box(*SQUARE)))
    assert not piece.full


def test_a_polygon_around_the_box_is_all_of_it() -> None:
    assert Pieces(SQUARE, [0]).of(0, box(-1, -1, 2, 2)).full


def test_pieces_of_one_shape_have_one_number_whatever_the_polygons_are_elsewhere() -> None:
    pieces = Pieces(SQUARE, [0, 1, 2])
    grid, community = box(-1, -1, 0.25, 2), box(-5, -1, 0.25, 2)
    assert pieces.of(0, grid).same == pieces.of(1, community).same
    assert pieces.of(2, box(-1, -1, 0.5, 2)).same != pieces.of(0, grid).same


def test_two_pieces_are_each_other_s_rest_only_where_they_tile_the_box() -> None:
    pieces = Pieces(SQUARE, [0, 1, 2])
    left = pieces.of(0, box(-1, -1, 0.25, 2))
    assert pieces.of(1, box(0.25, -1, 2, 2)).rest == left.same
    overlapping = pieces.of(2, box(-1, 0.25, 2, 2))  # of the right size, in the wrong place
    assert overlapping.rest is None


def test_a_square_holds_the_place_wherever_its_middle_lies_in_it() -> None:
    mx, my = 100_000.0, 111_000.0
    asked: list[tuple[float, float, float, float]] = []

    def meeting(ground: tuple[float, float, float, float]) -> list[int]:
        asked.append(ground)
        return []

    squares = Squares(mx, my, meeting)
    for side in SIDES_M:
        for lon, lat in ((119.3, 26.07), (119.3012, 26.0713), (-0.0001, -0.0001)):
            assert squares.holding(lon, lat, side) is not None
            west, south, east, north = asked[-1]
            assert west <= lon - side / mx and lon + side / mx <= east
            assert south <= lat - side / my and lat + side / my <= north
    assert squares.holding(119.3, 26.07, SIDES_M[-1] + 1.0) is None


class _Straight:
    """A straight road through the origin."""

    def __init__(self, heading: tuple[float, float]) -> None:
        self._heading = heading

    def along(self, at: Point) -> float:
        return at.x * self._heading[0] + at.y * self._heading[1]

    def point(self, along_m: float) -> Point:
        return Point(along_m * self._heading[0], along_m * self._heading[1])

    def heading(self, along_m: float) -> tuple[float, float]:
        return self._heading


@pytest.mark.parametrize("heading", [(1.0, 0.0), (0.6, 0.8), (-0.8, 0.6)])
@pytest.mark.parametrize(("aside", "radius"), [(3.0, 22.0), (-17.0, 22.0), (21.0, 22.0), (9, 395)])
def test_the_own_side_is_the_disc_less_what_lies_across(
    heading: tuple[float, float], aside: float, radius: float
) -> None:
    at = Point(50 * heading[0] - aside * heading[1], 50 * heading[1] + aside * heading[0])
    road = _Straight(heading)
    cut = own_side(at, radius, road)  # type: ignore[arg-type]
    disc = at.buffer(radius, quad_segs=6)
    whole = disc.intersection(half_plane(road.point(50.0), heading, aside > 0))
    assert isinstance(cut, Polygon) and cut.is_valid
    assert shapely.symmetric_difference(cut, whole).area < 1e-6
