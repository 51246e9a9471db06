from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
import shapely
from shapely.geometry import Point

from geodata.demo import DemoFiles
from geodata.demo.borders import border_pieces
from geodata.demo.faulty import faulty_grids, gap_area, overlap_grids
from geodata.demo.names import SUBDISTRICTS
from geodata.demo.overlays import build_overlays
from geodata.demo.partition import City, to_metres
from geodata.read import read_source
from geodata.units import read_units
from geodata.validate import check
from tests.geodata.demo.rows import area_m2, vertices


def test_counts_of_each_level(city: City) -> None:
    levels = (city.subdistricts, city.communities, city.grids)
    assert [len(level) for level in levels] == [10, 69, 144]


def test_codes_are_well_formed_unique_and_nested(city: City) -> None:
    for level, digits in ((city.subdistricts, 9), (city.communities, 12), (city.grids, 15)):
        codes = [cell.code for cell in level]
        assert len(set(codes)) == len(codes)
        for cell in level:
            assert re.fullmatch(rf"350102\d{{{digits - 6}}}", cell.code)
            assert cell.parent_code == cell.code[: digits - 3]


def test_codes_of_retired_communities_are_not_used(city: City) -> None:
    used = {cell.code for cell in city.communities}
    retired = {"001003", "002001", "004002", "005003", "005004", "006004", "009011", "009012"}
    assert not used & {f"350102{code}" for code in retired}
    counts = [len(subdistrict.communities) for subdistrict in SUBDISTRICTS]
    assert counts == [5, 6, 7, 4, 6, 4, 9, 5, 11, 12]


def test_grids_are_numbered_from_one_west_to_east(city: City) -> None:
    for community in city.communities:
        own = [grid for grid in city.grids if grid.parent_code == community.code]
        assert [int(grid.code[-3:]) for grid in own] == list(range(1, len(own) + 1))
        easts = [grid.geometry.centroid.x for grid in own]
        assert easts == sorted(easts)


def test_every_level_is_a_clean_coverage(city: City) -> None:
    for level in (city.grids, city.communities, city.subdistricts):
        shapes = [cell.geometry for cell in level]
        assert all(shape.is_valid for shape in shapes)
        assert shapely.coverage_is_valid(shapes)
        assert area_m2(city.district.geometry) == pytest.approx(
            sum(map(area_m2, shapes)), rel=1e-12
        )
    # neither a gap nor a slit inside: one ring around everything
    assert city.district.geometry.geom_type == "Polygon"
    assert len(city.district.geometry.interiors) == 0


def test_coarser_levels_are_exact_unions_with_the_very_same_vertices(city: City) -> None:
    levels = ((city.district,), city.subdistricts, city.communities, city.grids)
    for parents, children in pairwise(levels):
        for parent in parents:
            own = [cell for cell in children if cell.parent_code == parent.code]
            union = shapely.coverage_union_all([cell.geometry for cell in own])
            assert union.equals(parent.geometry)
            assert vertices(parent.geometry) <= set().union(*(vertices(c.geometry) for c in own))


def test_sizes_are_those_of_a_city(city: City) -> None:
    assert 35.0e6 < area_m2(city.district.geometry) < 36.4e6
    sizes = [area_m2(grid.geometry) for grid in city.grids]
    assert min(sizes) > 20_000
    assert 150_000 < float(np.median(sizes)) < 350_000
    west, south, east, north = city.district.geometry.bounds
    assert 119.23 < west < 119.29 < east < 119.34
    assert 26.05 < south < 26.09 < north < 26.14


def test_borders_are_not_straight(city: City) -> None:
    """A border between two grids runs longer than its chord and has many vertices."""
    counts = [shapely.get_num_coordinates(grid.geometry) for grid in city.grids]
    assert min(counts) > 80
    bends = []
    for number, one in enumerate(city.grids):
        for other in city.grids[number + 1 :]:
            shared = shapely.line_merge(one.geometry.intersection(other.geometry))
            if shared.geom_type == "LineString":
                line = shapely.transform(shared, to_metres)
                chord = Point(line.coords[0]).distance(Point(line.coords[-1]))
                if chord > 150:
                    bends.append(line.length / chord)
    assert len(bends) > 150
    assert float(np.median(bends)) > 1.01


def test_coordinates_are_rounded_to_a_centimetre(city: City) -> None:
    for grid in city.grids:
        coordinates = shapely.get_coordinates(grid.geometry)
        assert np.array_equal(coordinates, np.round(coordinates, 7))


def test_the_one_exclave_is_hongshans_and_lies_inside_wufeng(city: City) -> None:
    by_name = {cell.name: cell.geometry for cell in city.subdistricts}
    parted = [name for name, area in by_name.items() if area.geom_type == "MultiPolygon"]
    assert parted == ["洪山镇"]
    small = min(shapely.get_parts(by_name["洪山镇"]), key=lambda part: part.area)
    assert len(by_name["五凤街道"].interiors) == 1
    assert shapely.Polygon(by_name["五凤街道"].interiors[0]).equals(small)


def test_overlays_are_valid_and_inside_the_district(city: City) -> None:
    overlays = build_overlays(city)
    assert {overlay.kind for overlay in overlays} == {
        "road", "pavement", "river", "railway", "park", "square", "construction_site", "scenic",
        "zone", "compound",
    }  # fmt: skip
    reach = city.district.geometry.buffer(1e-6)
    for overlay in overlays:
        assert overlay.geometry.is_valid and not overlay.geometry.is_empty, overlay.name
        assert reach.covers(overlay.geometry), overlay.name
        assert bool(overlay.road_class) == (overlay.kind == "road"), overlay.name


def test_fourteen_main_roads_are_there(city: City) -> None:
    names = {o.name: o.road_class for o in build_overlays(city) if o.kind == "road"}
    main = (
        "五四路 八一七北路 古田路 杨桥东路 西洪路 工业路 湖东路 "
        "东街 津泰路 鼓屏路 北环西路 华林路 梁厝路 福飞路"
    )
    assert {names[name] for name in main.split()} == {"city", "district"}
    assert "lane" in names.values()


def test_border_roads_lie_on_the_border_and_name_the_right_sides(city: City) -> None:
    pieces = border_pieces(city)
    assert {piece.side for piece in pieces} == {
        "centre",
        "left",
        "right",
        "outer_edge",
        "unknown",
    }
    assert len({piece.road for piece in pieces}) >= 6
    for piece in pieces:
        assert piece.left.code[:9] != piece.right.code[:9]
        for grid in (piece.left, piece.right):
            assert grid.geometry.boundary.covers(piece.line)
        coordinates = to_metres(np.asarray(piece.line.coords))
        for start, end in pairwise(coordinates):
            step = end - start
            if np.hypot(*step) < 3:
                continue
            beside = (start + end) / 2 + np.array([-step[1], step[0]]) / np.hypot(*step) * 0.05
            at = shapely.transform(piece.left.geometry, to_metres)
            assert at.covers(Point(beside))
            break


def test_the_product_reads_the_declaration_and_finds_only_the_exclave(
    city: City, made: DemoFiles
) -> None:
    loaded = read_source(made.source)
    units = {unit.code for unit in read_units(made.units)}
    findings = check([loaded], units=units, city="350102")
    assert {(finding.code, finding.severity.value) for finding in findings} == {("exclave", "info")}
    assert len(loaded.borders) == len(border_pieces(city)) >= 6
    assert loaded.source.effective_from == date(2024, 1, 1)


def test_the_faulty_file_has_one_gap_and_one_overlap(city: City, made: DemoFiles) -> None:
    findings = check([read_source(made.faulty_source)])
    assert sorted(finding.code for finding in findings) == ["gap", "overlap"]
    overlap = next(finding for finding in findings if finding.code == "overlap")
    assert sorted(overlap.codes) == sorted(overlap_grids(city))
    gap = next(finding for finding in findings if finding.code == "gap")
    assert gap.area_m2 == pytest.approx(area_m2(gap_area(city)), rel=0.01)
    assert not shapely.coverage_is_valid([grid.geometry for grid in faulty_grids(city)])
