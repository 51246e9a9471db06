"""The index against brute force: every polygon asked one by one, unprepared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, box

from routing.jurisdiction.index import JurisdictionIndex
from routing.model import Jurisdiction, JurisdictionLevel, Location, LocationPrecision
from tests.tilings import (
    EXAMPLES,
    SIZE,
    SOUTH,
    WEST,
    hard_points,
    in_force,
    random_tilings,
    tiling,
)

DAY = date(2026, 9, 1)


def pin(lon: float, lat: float, radius_m: float = 30.0) -> Location:
    return Location(geometry=Point(lon, lat), radius_m=radius_m, precision=LocationPrecision.PIN)


def brute(jurisdictions: Sequence[Jurisdiction], lon: float, lat: float, day: date) -> set[str]:
    """Codes with their version, without any index, prepared geometry or box."""
    point = Point(lon, lat)
    return {
        f"{j.code}@{j.version}"
        for j in jurisdictions
        if j.effective_from <= day
        and (j.effective_to is None or day <= j.effective_to)
        and shapely.covers(j.geometry, point)
    }


def found(index: JurisdictionIndex, lon: float, lat: float, day: date) -> set[str]:
    return {f"{j.code}@{j.version}" for j in index.covering(lon, lat, day)}


@EXAMPLES
@given(made=random_tilings(), seed=st.integers(0, 999))
def test_covering_is_what_brute_force_finds(made, seed):
    jurisdictions = made.jurisdictions()
    index = JurisdictionIndex(jurisdictions)
    points = hard_points(made, seed, each=25)
    for lon, lat in points.tolist():
        assert found(index, lon, lat, DAY) == brute(jurisdictions, lon, lat, DAY), (lon, lat)


@EXAMPLES
@given(made=random_tilings(), seed=st.integers(0, 999))
def test_hits_name_every_covering_jurisdiction_and_say_tie_overlap_gap(made, seed):
    jurisdictions = made.jurisdictions()
    index = JurisdictionIndex(jurisdictions)
    for lon, lat in hard_points(made, seed, each=6).tolist():
        point = Point(lon, lat)
        for level in index.hits(pin(lon, lat), DAY).levels:
            mine = [j for j in jurisdictions if j.level is level.level]
            covering = {j.code for j in mine if j.geometry.covers(point)}
            inner = {j.code for j in mine if j.geometry.contains(point)}
            assert {h.jurisdiction.code for h in level.hits if h.covers} == covering
            assert level.gap == (not covering)
            assert level.overlap == (len(inner) > 1)
            assert level.tie == (len(covering) > 1 and inner != covering)
            if covering:
                assert level.hits[0].jurisdiction.code == min(covering)


def test_the_hard_points_are_hard():
    """The points above would prove nothing if none lay on a border, a triple point or in a gap."""
    count = {"none": 0, "one": 0, "two": 0, "more": 0}
    for seed in range(8):
        made = tiling(seed, cells=12, faults=["overlap", "gap"] if seed % 2 else ["hole"])
        for lon, lat in hard_points(made, seed, each=25).tolist():
            covering = sum(p.covers(Point(lon, lat)) for p in made.cells.values())
            count[("none", "one", "two", "more")[min(covering, 3)]] += 1
    assert all(count[word] > 20 for word in count), count


@EXAMPLES
@given(seed=st.integers(0, 10_000))
def test_the_exact_middle_of_a_shared_edge_belongs_to_both_sides(seed):
    made = tiling(seed, cells=8, depth=2)
    polygons = list(made.cells.values())
    index = JurisdictionIndex(made.jurisdictions())
    shared = [
        line
        for at, one in enumerate(polygons)
        for other in polygons[:at]
        for line in shapely.get_parts(shapely.intersection(one.boundary, other.boundary))
        if line.geom_type == "LineString" and not line.is_empty
    ]
    for line in shared[:12]:
        (x1, y1), (x2, y2) = list(line.coords)[:2]
        lon, lat = (x1 + x2) / 2, (y1 + y2) / 2
        grids = next(lv for lv in index.hits(pin(lon, lat), DAY).levels if lv.level == "grid")
        assert grids.tie
        assert sum(hit.covers for hit in grids.hits) == 2
        assert grids.hits[0].edge_distance_m == pytest.approx(0.0, abs=1e-9)


def test_a_hole_belongs_to_the_cell_in_it_and_its_rim_to_both():
    outer = box(0, 0, 8, 8).difference(box(2, 2, 4, 4))
    index = JurisdictionIndex([grid("A", outer), grid("B", box(2, 2, 4, 4))])
    assert codes(index, 3, 3) == ["B"]
    assert codes(index, 2, 3) == ["A", "B"]
    assert codes(index, 2, 2) == ["A", "B"]
    assert codes(index, 1, 3) == ["A"]


def test_an_empty_hole_is_a_gap():
    index = JurisdictionIndex([grid("A", box(0, 0, 8, 8).difference(box(2, 2, 4, 4)))])
    assert codes(index, 3, 3) == []
    assert codes(index, 2, 3) == ["A"]


def test_an_exclave_is_found_where_it_lies():
    two_parts = shapely.union(box(0, 0, 1, 1), box(5, 5, 6, 6))
    host = box(4, 4, 7, 7).difference(box(5, 5, 6, 6))
    index = JurisdictionIndex([grid("A", two_parts), grid("B", host)])
    assert codes(index, 5.5, 5.5) == ["A"]
    assert codes(index, 4.5, 4.5) == ["B"]
    assert codes(index, 3, 3) == []


def test_a_corner_of_four_belongs_to_all_four():
    quarters = {"A": (0, 0), "B": (1, 0), "C": (0, 1), "D": (1, 1)}
    index = JurisdictionIndex([grid(c, box(x, y, x + 1, y + 1)) for c, (x, y) in quarters.items()])
    assert codes(index, 1, 1) == ["A", "B", "C", "D"]
    assert codes(index, np.nextafter(1, 2), 1) == ["B", "D"]
    assert codes(index, np.nextafter(1, 0), np.nextafter(1, 0)) == ["A"]


# ------------------------------------------------------------------ days


@EXAMPLES
@given(
    first=st.integers(0, 999),
    second=st.integers(1000, 1999),
    third=st.integers(2000, 2999),
    seed=st.integers(0, 99),
    gone=st.booleans(),
)
def test_each_day_answers_by_the_version_of_that_day(first, second, third, seed, gone):
    """Three versions, with days between the second and the third on which nothing is in force."""
    start = date(2020, 1, 1)
    one = in_force(tiling(first).jurisdictions(), start, date(2021, 6, 30), "v1")
    two = in_force(tiling(second).jurisdictions(), date(2021, 7, 1), date(2022, 12, 31), "v2")
    open_end = None if gone else date(2026, 12, 31)
    three = in_force(tiling(third).jurisdictions(), date(2023, 2, 1), open_end, "v3")
    everything = [*two, *three, *one]
    index = JurisdictionIndex(everything)
    days = {
        start - timedelta(days=1): (),
        start: ("v1",),
        date(2021, 6, 30): ("v1",),
        date(2021, 7, 1): ("v2",),
        date(2022, 12, 31): ("v2",),
        date(2023, 1, 1): (),
        date(2023, 1, 31): (),
        date(2023, 2, 1): ("v3",),
        date(2026, 12, 31): ("v3",),
        date(2027, 1, 1): ("v3",) if gone else (),
        date.max: ("v3",) if gone else (),
        date.min: (),
    }
    points = hard_points(tiling(second), seed, each=3)
    for day, versions in days.items():
        assert index.versions_on(day) == versions, day
        for lon, lat in points.tolist():
            assert found(index, lon, lat, day) == brute(everything, lon, lat, day), (day, lon, lat)
            hits = index.hits(pin(lon, lat), day)
            assert hits.versions == versions
            assert bool(hits.levels) == bool(versions)


def test_a_city_may_change_in_part_only():
    """One grid is redrawn, its neighbour stays: both answer on every day."""
    stays = grid("A", box(0, 0, 1, 1), version="v1")
    before = grid("B", box(1, 0, 2, 1), version="v1", effective_to=date(2025, 6, 30))
    after = grid("B", box(1, 0, 3, 1), version="v2", effective_from=date(2025, 7, 1))
    index = JurisdictionIndex([stays, before, after])
    assert codes(index, 0.5, 0.5, date(2025, 6, 30)) == ["A"]
    assert codes(index, 0.5, 0.5, date(2025, 7, 1)) == ["A"]
    assert codes(index, 2.5, 0.5, date(2025, 6, 30)) == []
    assert codes(index, 2.5, 0.5, date(2025, 7, 1)) == ["B"]
    assert index.versions_on(date(2025, 6, 30)) == ("v1",)
    assert index.versions_on(date(2025, 7, 1)) == ("v1", "v2")
    assert len(index.covering(1.5, 0.5, date(2025, 7, 1))) == 1


def test_the_order_of_loading_does_not_matter():
    made = tiling(7, cells=10, faults=["overlap"])
    forwards = made.jurisdictions()
    one, other = JurisdictionIndex(forwards), JurisdictionIndex(forwards[::-1])
    for lon, lat in hard_points(made, 3, each=20).tolist():
        assert one.hits(pin(lon, lat), DAY) == other.hits(pin(lon, lat), DAY)


# ------------------------------------------------------------------ odd input


def test_an_index_of_nothing_knows_nothing():
    index = JurisdictionIndex([])
    assert index.versions_on(DAY) == ()
    assert index.covering(119.3, 26.0, DAY) == []
    assert index.hits(pin(119.3, 26.0), DAY).levels == ()
    assert index.hits(pin(119.3, 26.0), DAY).finest is None


@pytest.mark.parametrize("lon, lat", [(np.nan, 26.0), (119.3, np.nan), (np.inf, 26.0)])
def test_a_coordinate_that_is_no_number_is_refused_with_its_value(lon, lat):
    index = JurisdictionIndex(tiling(1).jurisdictions())
    with pytest.raises(ValueError, match=r"finite, was \(.*(nan|inf)"):
        index.covering(lon, lat, DAY)


def test_far_away_is_outside_everything():
    index = JurisdictionIndex(tiling(1).jurisdictions())
    for lon, lat in [(0.0, 0.0), (26.0, 119.3), (-180.0, 90.0), (WEST - SIZE, SOUTH)]:
        hits = index.hits(pin(lon, lat), DAY)
        assert hits.finest is None
        assert all(level.gap and not level.hits for level in hits.levels)


def grid(code: str, polygon, **fields) -> Jurisdiction:
    return Jurisdiction(
        code=code,
        name=code,
        level=JurisdictionLevel.GRID,
        geometry=polygon,
        unit_code=f"U-{code}",
        **fields,
    )


def codes(index: JurisdictionIndex, lon: float, lat: float, day: date = DAY) -> list[str]:
    return [j.code for j in index.covering(float(lon), float(lat), day)]
