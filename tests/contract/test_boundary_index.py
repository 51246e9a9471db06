"""What every ``BoundaryIndex`` owes its callers, asked of each implementation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pytest
from shapely.geometry import LineString, Point

from routing.jurisdiction.index import JurisdictionIndex
from routing.model import (
    TERRITORIAL_LEVELS,
    Hits,
    Jurisdiction,
    JurisdictionLevel,
    Location,
    LocationPrecision,
)
from routing.ports import BoundaryIndex
from tests.drawn_place import CODE, areas, city, spot, way
from tests.tilings import hard_points, in_force, tiling

Make = Callable[[Sequence[Jurisdiction]], BoundaryIndex]

DAY = date(2026, 9, 1)


@pytest.fixture(params=[JurisdictionIndex], ids=lambda made: made.__name__)
def make(request: pytest.FixtureRequest) -> Make:
    """Each implementation; a second one is one more name in ``params``."""
    found: Make = request.param
    return found


def at(place: Point | LineString, radius_m: float = 20.0) -> Location:
    return Location(geometry=place, radius_m=radius_m, precision=LocationPrecision.PIN)


def test_levels_come_coarse_to_fine_and_only_those_loaded(make: Make) -> None:
    hits = make(city().jurisdictions).hits(at(spot(3, 2)), DAY)
    assert tuple(level.level for level in hits.levels) == TERRITORIAL_LEVELS
    some = make(city(communities=None).jurisdictions).hits(at(spot(3, 2)), DAY)
    assert JurisdictionLevel.COMMUNITY not in [level.level for level in some.levels]


def test_on_a_border_every_neighbour_is_a_hit_the_lowest_code_first(make: Make) -> None:
    level = make(city().jurisdictions).hits(at(spot(2, 2)), DAY).levels[-1]
    assert [hit.jurisdiction.code for hit in level.hits] == [CODE["1"], CODE["2"]]
    assert all(hit.covers for hit in level.hits)
    assert (level.tie, level.overlap, level.gap) == (True, False, False)


def test_a_loaded_level_without_a_polygon_here_is_a_gap_not_an_error(make: Make) -> None:
    level = make(city(grids="1122 ....").jurisdictions).hits(at(spot(6, 2)), DAY).levels[-1]
    assert (level.gap, level.hits) == (True, ())


def test_overlays_stand_apart_highest_precedence_first(make: Make) -> None:
    low = areas("..RRRR..\n" * 4, "overlay", kind="railway", precedence=1)
    high = areas("...M....\n" * 4, "overlay", kind="river", precedence=2)
    hits = make(city(zones=low + high).jurisdictions).hits(at(spot(3.5, 2)), DAY)
    assert [hit.jurisdiction.code for hit in hits.overlays] == [CODE["M"], CODE["R"]]
    assert hits.overlay_kinds == ("railway", "river")
    assert JurisdictionLevel.OVERLAY not in [level.level for level in hits.levels]


def test_a_day_without_anything_in_force_has_no_levels_and_no_versions(make: Make) -> None:
    dated = in_force(tiling(1).jurisdictions(), date(2024, 1, 1), date(2024, 12, 31), "v1")
    index = make(dated)
    where = at(Point(119.28, 26.03))
    assert index.hits(where, date(2024, 12, 31)).versions == ("v1",)
    for day in (date(2023, 12, 31), date(2025, 1, 1)):
        assert index.hits(where, day) == Hits(levels=())


def test_shares_lie_between_0_and_1_and_distances_are_not_negative(make: Make) -> None:
    made = tiling(4, faults=["overlap", "gap"])
    index = make(made.jurisdictions())
    for lon, lat in hard_points(made, 4, each=20).tolist():
        hits = index.hits(at(Point(lon, lat)), DAY)
        for level in hits.levels:
            for hit in level.hits:
                assert 0 <= hit.share <= 1
                assert hit.edge_distance_m >= 0
        assert hits.edge_distance_m >= 0


def test_the_same_question_gets_the_same_answer(make: Make) -> None:
    made = tiling(5, faults=["overlap"])
    jurisdictions = made.jurisdictions()
    one, other = make(jurisdictions), make(jurisdictions[::-1])
    for lon, lat in hard_points(made, 5, each=10).tolist():
        where = at(Point(lon, lat))
        assert one.hits(where, DAY) == one.hits(where, DAY) == other.hits(where, DAY)


def test_a_line_is_answered_by_its_parts(make: Make) -> None:
    level = make(city().jurisdictions).hits(at(way((1, 2), (4, 2))), DAY).levels[-1]
    shares = {hit.jurisdiction.code: hit.share for hit in level.hits}
    assert shares == {CODE["1"]: pytest.approx(1 / 3), CODE["2"]: pytest.approx(2 / 3)}
