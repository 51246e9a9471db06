"""Shares of discs, lines and areas, and distances, each against an independent computation."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPoint, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from routing.jurisdiction.index import GAP_REACH_M, NEAR_EDGE_M, JurisdictionIndex
from routing.metric import metres_per_degree, metres_per_degree_many
from routing.model import (
    Hits,
    Jurisdiction,
    JurisdictionLevel,
    LevelHits,
    Location,
    LocationPrecision,
)
from tests.tilings import EXAMPLES, SIZE, SOUTH, WEST, Tiling, hard_points, random_tilings, tiling

DAY = date(2026, 9, 1)
RADII = (5.0, 30.0, 120.0, 900.0)


def at(geometry: BaseGeometry, radius_m: float = 30.0) -> Location:
    return Location(geometry=geometry, radius_m=radius_m, precision=LocationPrecision.PIN)


def grids_of(hits: Hits) -> LevelHits:
    return next(level for level in hits.levels if level.level is JurisdictionLevel.GRID)


def shares_of(hits: Hits) -> dict[str, float]:
    return {hit.jurisdiction.code: hit.share for hit in grids_of(hits).hits}


def in_metres(geometry: BaseGeometry, lon: float, lat: float) -> BaseGeometry:
    scale = np.array(metres_per_degree(lat))
    return shapely.transform(geometry, lambda xy: (xy - (lon, lat)) * scale)


def polygon_of_4096(radius_m: float) -> Polygon:
    turn = np.arange(4096) / 4096 * 2 * np.pi
    return Polygon(np.column_stack([np.cos(turn), np.sin(turn)]) * radius_m)


@EXAMPLES
@given(made=random_tilings(), seed=st.integers(0, 999), radius=st.sampled_from(RADII))
def test_a_discs_share_is_that_of_a_4096_gon(made: Tiling, seed: int, radius: float):
    index = JurisdictionIndex(made.jurisdictions())
    disc = polygon_of_4096(radius)
    for lon, lat in hard_points(made, seed, each=2).tolist():
        shares = shares_of(index.hits(at(Point(lon, lat), radius), DAY))
        for code, polygon in made.cells.items():
            overlay = disc.intersection(in_metres(polygon, lon, lat)).area / disc.area
            assert shares.get(code, 0.0) == pytest.approx(overlay, abs=1e-6), (code, lon, lat)


@EXAMPLES
@given(
    seed=st.integers(0, 9999),
    faults=st.sets(st.sampled_from(["hole", "exclave", "sliver"])),
    radius=st.sampled_from(RADII),
)
def test_shares_of_a_tiling_without_gaps_add_up_to_one(seed, faults, radius):
    made = tiling(seed, faults=sorted(faults))
    index = JurisdictionIndex(made.jurisdictions())
    for lon, lat in hard_points(made, seed, each=6).tolist():
        from_rim = min(lon - WEST, WEST + SIZE - lon, lat - SOUTH, SOUTH + SIZE - lat) * 99_000
        if from_rim < radius:
            continue
        found = index.hits(at(Point(lon, lat), radius), DAY)
        # a centre on a border is moved by a micrometre, for the polygons that meet there only
        exact = 1e-9 if found.edge_distance_m > 1e-3 else 1e-6
        for level in found.levels:
            assert sum(hit.share for hit in level.hits) == pytest.approx(1.0, abs=exact)


def test_a_centre_on_an_edge_has_half_and_on_a_corner_its_angle():
    quarters = {"A": (0, 0), "B": (1, 0), "C": (0, 1), "D": (1, 1)}
    step = 1 / 64
    cells = {c: box(119 + x * step, 26 + y * step, 119 + (x + 1) * step, 26 + (y + 1) * step)
             for c, (x, y) in quarters.items()}  # fmt: skip
    index = JurisdictionIndex([grid(code, polygon) for code, polygon in cells.items()])
    corner = shares_of(index.hits(at(Point(119 + step, 26 + step)), DAY))
    assert corner == {code: pytest.approx(0.25, abs=1e-6) for code in "ABCD"}
    edge = shares_of(index.hits(at(Point(119 + step, 26 + step / 2)), DAY))
    assert edge == {code: pytest.approx(0.5, abs=1e-6) for code in "AB"}
    inside = shares_of(index.hits(at(Point(119 + step / 2, 26 + step / 2)), DAY))
    assert inside == {"A": 1.0}


def test_a_corner_between_a_straight_border_and_a_side_street_has_a_half_and_two_quarters():
    step = 1 / 64
    upper = grid("C", box(119, 26 + step, 119 + 2 * step, 26 + 2 * step))
    left = grid("A", box(119, 26, 119 + step, 26 + step))
    right = grid("B", box(119 + step, 26, 119 + 2 * step, 26 + step))
    index = JurisdictionIndex([upper, left, right])
    found = index.hits(at(Point(119 + step, 26 + step)), DAY)
    assert shares_of(found) == {
        "A": pytest.approx(0.25, abs=1e-6),
        "B": pytest.approx(0.25, abs=1e-6),
        "C": pytest.approx(0.5, abs=1e-6),
    }
    assert grids_of(found).tie
    assert grids_of(found).hits[0].jurisdiction.code == "A"


@pytest.mark.parametrize("part, expected", [(0.0, 0.5), (0.5, 0.8044988905), (1.0, 1.0)])
def test_the_share_beside_a_straight_border_is_the_circular_segment(part, expected):
    """Analytic: 1 − (acos d − d √(1 − d²)) / π for a border at d radii."""
    index = JurisdictionIndex(
        [grid("A", box(118.9, 25.9, 119, 26.1)), grid("B", box(119, 25.9, 119.1, 26.1))]
    )
    mx, _ = metres_per_degree(26.0)
    share = shares_of(index.hits(at(Point(119 - part * 100 / mx, 26.0), 100.0), DAY))["A"]
    assert share == pytest.approx(expected, abs=1e-6)
    assert expected == pytest.approx(
        1 - (math.acos(part) - part * math.sqrt(1 - part * part)) / math.pi, abs=1e-9
    )


def test_the_share_grows_with_the_distance_from_the_border():
    index = JurisdictionIndex(
        [grid("A", box(118.9, 25.9, 119, 26.1)), grid("B", box(119, 25.9, 119.1, 26.1))]
    )
    mx, _ = metres_per_degree(26.0)
    shares = [
        shares_of(index.hits(at(Point(119 - metres / mx, 26.0), 40.0), DAY))["A"]
        for metres in np.linspace(0, 60, 121)
    ]
    assert all(b >= a for a, b in pairwise(shares))
    assert len(set(shares)) > 75
    assert shares[0] == pytest.approx(0.5, abs=1e-6)
    assert shares[-1] == 1.0


def test_a_disc_larger_than_the_city_leaves_the_rest_to_nobody():
    polygon = box(119, 26, 119.001, 26.001)
    index = JurisdictionIndex([grid("A", polygon)])
    area = in_metres(polygon, 119.0005, 26.0005).area
    shares = shares_of(index.hits(at(Point(119.0005, 26.0005), 500.0), DAY))
    assert shares["A"] == pytest.approx(area / (math.pi * 500**2), abs=1e-6)


# ------------------------------------------------------------------ lines and areas


def test_a_road_is_shared_out_by_length():
    index = JurisdictionIndex([grid("A", box(119, 26, 119.01, 26.01)),
                               grid("B", box(119.01, 26, 119.02, 26.01))])  # fmt: skip
    found = index.hits(at(LineString([(119.004, 26.005), (119.012, 26.005)])), DAY)
    assert shares_of(found) == {
        "A": pytest.approx(0.75, abs=1e-9), "B": pytest.approx(0.25, abs=1e-9)
    }  # fmt: skip
    assert grids_of(found).hits[0].covers


def test_a_road_along_a_shared_border_belongs_half_to_each_side():
    index = JurisdictionIndex([grid("A", box(119, 26, 119.01, 26.01)),
                               grid("B", box(119.01, 26, 119.02, 26.01))])  # fmt: skip
    found = index.hits(at(LineString([(119.01, 26.0), (119.01, 26.01)])), DAY)
    assert shares_of(found) == {
        "A": pytest.approx(0.5, abs=1e-9), "B": pytest.approx(0.5, abs=1e-9)
    }  # fmt: skip
    assert grids_of(found).tie


def test_a_road_goes_to_who_has_the_longer_part_wherever_its_middle_is():
    index = JurisdictionIndex([grid("A", box(119, 26, 119.004, 26.01)),
                               grid("B", box(119.004, 26, 119.006, 26.01)),
                               grid("C", box(119.006, 26, 119.02, 26.01))])  # fmt: skip
    found = index.hits(at(LineString([(119.0005, 26.005), (119.0095, 26.005)])), DAY)
    assert [hit.jurisdiction.code for hit in grids_of(found).hits] == ["A", "C", "B"]
    assert not grids_of(found).hits[0].covers


def test_several_points_are_several_discs():
    index = JurisdictionIndex([grid("A", box(119, 26, 119.01, 26.01)),
                               grid("B", box(119.01, 26, 119.02, 26.01))])  # fmt: skip
    three = MultiPoint([(119.002, 26.005), (119.004, 26.005), (119.015, 26.005)])
    assert shares_of(index.hits(at(three), DAY)) == {
        "A": pytest.approx(2 / 3, abs=1e-6), "B": pytest.approx(1 / 3, abs=1e-6)
    }  # fmt: skip


def test_an_area_is_shared_out_by_area():
    index = JurisdictionIndex([grid("A", box(119, 26, 119.01, 26.01)),
                               grid("B", box(119.01, 26, 119.02, 26.01))])  # fmt: skip
    found = index.hits(at(box(119.002, 26.002, 119.012, 26.008)), DAY)
    assert shares_of(found) == {
        "A": pytest.approx(0.8, abs=1e-9), "B": pytest.approx(0.2, abs=1e-9)
    }  # fmt: skip


@EXAMPLES
@given(seed=st.integers(0, 9999), turn=st.floats(0, math.pi), length_m=st.floats(100, 3000))
def test_shares_of_a_line_and_of_its_strip_add_up_to_one(seed, turn, length_m):
    made = tiling(seed)
    index = JurisdictionIndex(made.jurisdictions())
    dx = math.cos(turn) * length_m / 200_000
    dy = math.sin(turn) * length_m / 222_000
    middle = WEST + SIZE / 2, SOUTH + SIZE / 2
    line = LineString(
        [
            (middle[0] - dx, middle[1] - dy),
            (middle[0] + dx / 3, middle[1] + dy / 7),
            (middle[0] + dx, middle[1] + dy),
        ]
    )
    for place in (line, line.buffer(0.0002)):
        found = index.hits(at(place), DAY)
        for level in found.levels:
            assert sum(hit.share for hit in level.hits) == pytest.approx(1.0, abs=1e-6)
        for hit in grids_of(found).hits:
            polygon = made.cells[hit.jurisdiction.code]
            ground, area = in_metres(place, *middle), in_metres(polygon, *middle)
            if not place.area:
                ground = ground.buffer(30.0, cap_style="flat", quad_segs=4)
            part = ground.intersection(area).area / ground.area
            # a line is smoothed by half a metre before its strip is made
            assert hit.share == pytest.approx(part, abs=1e-2 if not place.area else 1e-4)


# ------------------------------------------------------------------ distances


def independent_distance_m(lon: float, lat: float, polygons: list[BaseGeometry]) -> float:
    """To the nearest border, measured in a transverse Mercator projection at the point."""
    plane = pyproj.Transformer.from_crs(
        "EPSG:4326", f"+proj=tmerc +lat_0={lat} +lon_0={lon} +datum=WGS84", always_xy=True
    )

    def project(xy):
        return np.column_stack(plane.transform(xy[:, 0], xy[:, 1]))

    # what is straight in degrees is not in the plane: 0.4 m on a border of 6 km, 1 mm on 33 m
    lines = shapely.segmentize(shapely.boundary(polygons), 3e-4)
    return min(shapely.distance(shapely.transform(lines, project), Point(0, 0)).tolist())


@settings(EXAMPLES, max_examples=12)
@given(made=random_tilings(), seed=st.integers(0, 999))
def test_the_distance_to_the_border_holds_to_a_thousandth(made: Tiling, seed: int):
    index = JurisdictionIndex(made.jurisdictions())
    polygons = list(made.cells.values())
    for lon, lat in hard_points(made, seed, each=1).tolist():
        expected = independent_distance_m(lon, lat, polygons)
        found = index.hits(at(Point(lon, lat), 30.0), DAY)
        assert found.edge_distance_m == pytest.approx(expected, rel=1e-3, abs=1e-4)
        for hit in grids_of(found).hits:
            if math.isfinite(hit.edge_distance_m):
                own = independent_distance_m(lon, lat, [hit.jurisdiction.geometry])
                assert hit.edge_distance_m == pytest.approx(own, rel=1e-3, abs=1e-4)


@EXAMPLES
@given(made=random_tilings(faults=("hole", "overlap", "gap")), seed=st.integers(0, 999),
       radius=st.sampled_from(RADII))  # fmt: skip
def test_near_edge_says_whether_a_border_lies_within_the_radius(made, seed, radius):
    jurisdictions = made.jurisdictions()
    index = JurisdictionIndex(jurisdictions)
    polygons = [j.geometry for j in jurisdictions]
    for lon, lat in hard_points(made, seed, each=1).tolist():
        nearest = independent_distance_m(lon, lat, polygons)
        limit = max(radius, NEAR_EDGE_M)
        if abs(nearest / limit - 1) > 1e-3:
            assert index.hits(at(Point(lon, lat), radius), DAY).near_edge == (nearest < limit)


def test_in_a_gap_the_nearest_is_named_up_to_the_reach_and_no_farther():
    index = JurisdictionIndex([grid("A", box(118.9, 25.9, 119, 26.1))])
    mx, _ = metres_per_degree(26.0)
    for metres, named in [(5, True), (GAP_REACH_M - 1, True), (GAP_REACH_M + 1, False)]:
        found = grids_of(index.hits(at(Point(119 + metres / mx, 26.0), 3.0), DAY))
        assert found.gap
        assert bool(found.hits) == named, metres
        if named:
            assert found.hits[0].share == 0.0
            assert not found.hits[0].covers
            assert found.hits[0].edge_distance_m == pytest.approx(metres, rel=1e-6)


@pytest.mark.parametrize("lat", [0.0, 18.25, 26.08, 39.9, 53.5])
def test_metres_per_degree_are_those_of_the_ellipsoid(lat):
    geod = pyproj.Geod(ellps="WGS84")
    mx, my = metres_per_degree(lat)
    small = 1e-3
    assert mx * small == pytest.approx(geod.inv(119, lat, 119 + small, lat)[2], rel=1e-6)
    assert my * small == pytest.approx(
        geod.inv(119, lat - small / 2, 119, lat + small / 2)[2], rel=1e-6
    )
    many = metres_per_degree_many(np.array([lat, lat]))
    assert (many[0][1], many[1][0]) == (pytest.approx(mx), pytest.approx(my))


def grid(code: str, polygon: BaseGeometry) -> Jurisdiction:
    return Jurisdiction(
        code=code,
        name=code,
        level=JurisdictionLevel.GRID,
        geometry=polygon,
        unit_code=f"U-{code}",
    )
