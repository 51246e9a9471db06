"""The generator of labelled sentences: its labels hold, and the same seed says the same."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Point, box

from geodata.gazetteer import read_gazetteer
from geodata.read import read_source
from routing.jurisdiction.borders import BorderSegment
from routing.model import Jurisdiction, JurisdictionLevel, Place, PlaceKind
from tests.acceptance.generator import (
    CALIBRATION_SEEDS,
    CLEAN,
    LINE_STRUCTURES,
    REGRESSION_SEEDS,
    STRUCTURES,
    TEST_SEEDS,
    Profile,
    Row,
    Sentences,
    World,
)
from tests.acceptance.generator.city import BuiltCity, build_city, write_city
from tests.acceptance.generator.numerals import chinese, with_chinese_numbers, with_wide_digits
from tests.acceptance.generator.plane import Plane
from tests.acceptance.generator.territory import Territory
from tests.acceptance.generator.wear import Wear

DAY = date(2026, 11, 1)


@pytest.fixture(scope="module")
def city() -> BuiltCity:
    return build_city(12_000, seed=3)


@pytest.fixture(scope="module")
def world(city: BuiltCity) -> World:
    return World(city.places, city.areas, day=DAY)


@pytest.fixture(scope="module")
def rows(world: World, city: BuiltCity) -> list[Row]:
    return list(Sentences(world, city=city.name, city_code=city.code).rows(2001, 1500))


def _grids(city: BuiltCity) -> list[Jurisdiction]:
    return [area for area in city.areas if area.level is JurisdictionLevel.GRID]


def test_the_same_seed_says_the_same_and_another_does_not(world: World, city: BuiltCity) -> None:
    sentences = Sentences(world, city=city.name, city_code=city.code)
    once = list(sentences.rows(2001, 60))
    assert once == list(sentences.rows(2001, 60))
    assert once[:20] == list(sentences.rows(2001, 20))  # a row depends on no other
    assert [r.text for r in once] != [r.text for r in sentences.rows(2002, 60)]


def test_every_structure_is_built_somewhere(rows: list[Row]) -> None:
    built = {row.structure for row in rows}
    assert set(STRUCTURES) <= built
    assert {"elsewhere", "unknown_place", "no_place", "boilerplate"} <= built


def test_every_noise_comes_about_as_often_as_said(rows: list[Row]) -> None:
    counts = Counter(kind for row in rows for kind in row.noise.split(";") if kind)
    profile = Profile()
    for kind in ("opener", "closer", "time", "spoken", "sms", "caller_home", "traditional"):
        share = counts[kind] / len(rows)
        assert 0.5 * getattr(profile, kind) < share < 1.6 * getattr(profile, kind), (kind, share)
    for kind in ("typo", "homophone", "wrong_district", "wide_digits", "chinese_numbers", "bus",
                 "office", "passing", "plate", "phone", "two_places", "alias"):  # fmt: skip
        assert counts[kind] > 0, kind


def test_the_true_point_lies_in_the_grid_said(rows: list[Row], city: BuiltCity) -> None:
    grids = _grids(city)
    shapes = np.array([grid.geometry for grid in grids])
    placed = [row for row in rows if row.lon]
    assert len(placed) > 1000
    for row in placed:
        covers = shapely.covers(shapes, Point(float(row.lon), float(row.lat)))
        found = {grids[n].code for n in np.flatnonzero(covers)}
        assert found == set(row.true_unit.split(";")), row
        if row.structure not in LINE_STRUCTURES:
            assert row.unit == row.true_unit


def test_a_stretch_expects_the_grid_of_its_longest_part(rows: list[Row]) -> None:
    crossing = [r for r in rows if r.structure in LINE_STRUCTURES and r.also_right]
    assert len(crossing) > 20
    beside = 0
    for row in crossing:
        assert not set(row.unit.split(";")) & set(row.also_right.split(";"))
        touched = {*row.unit.split(";"), *row.also_right.split(";")}
        beside += not set(row.true_unit.split(";")) & touched
    # a few metres aside may lie over a border that the middle of the road does not cross
    assert beside <= 0.1 * len(crossing)


def test_negatives_have_no_place(rows: list[Row]) -> None:
    for row in rows:
        if row.expect in ("outside", "unlocated"):
            assert (row.unit, row.lon, row.ordinary) == ("", "", False)
        else:
            assert row.unit and row.lon and row.true_unit


def test_a_wrong_district_is_a_loaded_one_that_the_point_is_not_in(
    rows: list[Row], city: BuiltCity
) -> None:
    districts = {a.name: a for a in city.areas if a.level is JurisdictionLevel.DISTRICT}
    conflicts = [row for row in rows if row.expect == "conflict"]
    assert len(conflicts) > 20
    for row in conflicts:
        named = districts[row.stated_district]
        assert not named.geometry.covers(Point(float(row.lon), float(row.lat))), row
        assert not row.ordinary
    for row in rows:
        if row.expect == "place" and row.stated_district and row.structure not in LINE_STRUCTURES:
            named = districts[row.stated_district]
            assert named.geometry.covers(Point(float(row.lon), float(row.lat))), row


def test_clean_sentences_hold_the_names_they_use(world: World, city: BuiltCity) -> None:
    by_id = {place.id: place for place in city.places}
    for row in Sentences(world, profile=CLEAN, city=city.name).rows(2001, 300):
        # a stretch half in one district and half in another has none to name
        assert row.noise in ("", "missing_district") and row.expect == "place"
        used = [by_id[one] for one in row.place_ids.split(";") if one]
        stems = [re.sub("公交站$", "", place.name) for place in used if place.kind not in (
            PlaceKind.ADDRESS, PlaceKind.BUILDING, PlaceKind.POLE, PlaceKind.GATE)]  # fmt: skip
        for stem in stems:
            assert stem in row.text, row


def test_short_messages_are_short(rows: list[Row]) -> None:
    lengths = [len(row.text) for row in rows if "sms" in row.noise.split(";")]
    assert len(lengths) > 20
    assert np.median(lengths) <= 45 and max(lengths) <= 110


def test_a_house_lies_near_its_address(world: World, city: BuiltCity) -> None:
    by_id = {place.id: place for place in city.places}
    off = []
    for row in Sentences(world, structures={"house": 1.0}, profile=CLEAN).rows(2001, 400):
        known = by_id[row.place_ids.split(";")[-1]]
        assert known.kind is PlaceKind.ADDRESS and known.road in row.text
        x, y = world.plane.xy(known.geometry.x, known.geometry.y)
        at = world.plane.xy(float(row.lon), float(row.lat))
        off.append(np.hypot(at[0] - x, at[1] - y))
    assert 7 < np.sqrt(np.mean(np.square(off))) < 10  # about 8 m
    assert np.percentile(off, 95) < 20


def test_vicinity_reaches_as_far_as_said(world: World, city: BuiltCity) -> None:
    stops = [p for p in city.places if p.kind is PlaceKind.STOP]
    alone = World(stops, city.areas, day=DAY)
    by_id = {place.id: place for place in stops}
    off = []
    for row in Sentences(alone, structures={"vicinity": 1.0}, profile=CLEAN).rows(2001, 800):
        stop = by_id[row.place_ids]
        x, y = alone.plane.xy(stop.geometry.x, stop.geometry.y)
        at = alone.plane.xy(float(row.lon), float(row.lat))
        off.append(np.hypot(at[0] - x, at[1] - y))
    assert 0.92 <= np.mean(np.array(off) <= 150.0) <= 0.98


def test_a_gazetteer_with_one_kind_still_speaks(city: BuiltCity) -> None:
    roads = [place for place in city.places if place.kind is PlaceKind.ROAD]
    made = list(Sentences(World(roads, city.areas, day=DAY), profile=CLEAN).rows(2001, 100))
    # what needs no house, stop or shop
    assert {row.structure for row in made} <= {
        "intersection", "corner", "segment", "offset", "road_only", "community_only",
        "subdistrict_only",
    }  # fmt: skip
    with pytest.raises(ValueError, match="nothing any structure can be built of"):
        poles = [place for place in city.places if place.kind is PlaceKind.POLE]
        list(Sentences(World(poles, city.areas), structures={"house": 1.0}).rows(2001, 3))


def test_roads_meeting_twice_are_ambiguous_unless_the_unit_is_one() -> None:
    #   B crosses A at x = 0 and again at x = 800
    near = 1e-5
    a = LineString([(113.0, 28.0), (113.02, 28.0)])
    b = LineString([(113.005, 27.998), (113.005, 28.003), (113.015, 28.003), (113.015, 27.998)])
    places = [
        Place(id=name, name=f"{name}路", kind=PlaceKind.ROAD, geometry=line)
        for name, line in (("甲", a), ("乙", b))
    ]
    areas = [
        Jurisdiction(code=code, name=code, level=JurisdictionLevel.GRID, unit_code=code,
                     geometry=box(west, 27.9, east, 28.1))
        for code, west, east in (("W", 112.9, 113.01), ("E", 113.01, 113.1 + near))
    ]  # fmt: skip
    world = World(places, areas, day=DAY)
    assert len(world.crossings) == 2
    profile = Profile(negative=0.0, keep_ambiguous=1.0, two_places=0.0, typo=0.0, homophone=0.0)
    sentences = Sentences(world, structures={"intersection": 1.0}, profile=profile)
    made = list(sentences.rows(2001, 40))
    assert {row.expect for row in made} == {"ambiguous"}
    assert {row.unit for row in made} == {"W", "E"}


def test_a_border_road_belongs_to_the_declared_side_or_to_both() -> None:
    areas = [
        Jurisdiction(code=code, name=code, level=JurisdictionLevel.GRID, unit_code=code,
                     geometry=box(west, 28.0, east, 28.1))
        for code, west, east in (("W", 113.0, 113.05), ("E", 113.05, 113.1))
    ]  # fmt: skip
    line = LineString([(113.05, 28.0), (113.05, 28.1)])
    plane = Plane.around([area.geometry for area in areas])
    east_of_it = plane.xy(113.05004, 28.05)  # 4 m

    def owners(side: str) -> tuple[str, ...]:
        border = BorderSegment(line=line, side=side, left_code="W", right_code="E", width_m=20.0)
        return Territory(areas, [border], plane, DAY).owners(east_of_it)

    assert owners("centre") == ("E",)
    assert owners("left") == ("W",)
    assert owners("unknown") == ("E", "W")


def test_the_city_has_the_traps_of_real_names(city: BuiltCity) -> None:
    roads = Counter(p.name for p in city.places if p.kind is PlaceKind.ROAD)
    for name in (
        "莲前西路",
        "五一路",
        "三里屯路",
        "七里河路",
        "东虹路",
        "东洪路",
        "青龙街",
        "青龙路",
    ):
        assert roads[name] >= 1, name
    assert roads["中山路"] == 3 and roads["教育路"] == 2
    areas = {area.name for area in city.areas}
    assert {"莲前街道", "互助社区", "互助路社区"} <= areas
    assert len({place.id for place in city.places}) == len(city.places)


def test_the_levels_of_the_city_cover_one_ground(city: BuiltCity) -> None:
    by_level = {
        level: shapely.union_all([a.geometry for a in city.areas if a.level is level])
        for level in (JurisdictionLevel.DISTRICT, JurisdictionLevel.GRID)
    }
    whole = by_level[JurisdictionLevel.DISTRICT]
    assert whole.symmetric_difference(by_level[JurisdictionLevel.GRID]).area < 1e-12
    grids = _grids(city)
    assert sum(grid.geometry.area for grid in grids) == pytest.approx(whole.area, rel=1e-9)


def test_a_city_written_is_the_city_read(tmp_path: Path) -> None:
    city = build_city(3_000, seed=5)
    gazetteer, source = write_city(city, tmp_path)
    read = read_gazetteer(gazetteer)
    assert [p.id for p in read.places()] == [p.id for p in city.places]
    assert [(p.name, p.kind, p.aliases, p.road, p.number) for p in read.places()] == [
        (p.name, p.kind, p.aliases, p.road, p.number) for p in city.places
    ]
    assert len(read_source(source).jurisdictions) == len(city.areas)


def test_numbers_as_spoken_and_as_typed() -> None:
    assert [chinese(n) for n in (3, 10, 12, 20, 105, 110, 1020, 4000)] == [
        "三", "十", "十二", "二十", "一百零五", "一百一十", "一千零二十", "四千",
    ]  # fmt: skip
    assert with_chinese_numbers("五一路59号3栋2单元") == "五一路五十九号三栋二单元"
    assert with_chinese_numbers("D-002号灯杆 12-38号") == "D-002号灯杆 12-38号"
    assert with_wide_digits("12-38号") == "１２－３８号"
    with pytest.raises(ValueError, match="was 10000"):
        chinese(10_000)


def test_a_worn_name_is_never_another_name() -> None:
    from random import Random

    wear = Wear({"东虹路", "东洪路", "大凤路"})
    rng = Random(1)
    for _ in range(200):
        for worn in (wear.homophone("东虹路", rng), wear.typo("东虹路", rng)):
            assert worn not in ("东虹路", "东洪路")
    assert {wear.homophone("大凤路", rng) for _ in range(50)} & {"大风路", "大丰路", "大峰路"}


def test_seeds_are_apart() -> None:
    seeds = [*CALIBRATION_SEEDS, *REGRESSION_SEEDS, *TEST_SEEDS]
    assert len(set(seeds)) == len(seeds)
