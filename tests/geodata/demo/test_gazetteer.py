"""The demonstration's gazetteer: every kind of name, every trap, and nothing that contradicts."""

from __future__ import annotations

import json
import tomllib
from collections import Counter

import numpy as np
import pytest
import shapely
from shapely.geometry import Point, shape

from geodata.demo import DemoFiles
from geodata.demo.gazetteer import demo_ground
from geodata.demo.gazetteer_parts.addresses import house_number, house_place
from geodata.demo.gazetteer_parts.ground import SOURCE, Ground
from geodata.demo.gazetteer_parts.lanes import BRANCHES, COMMUNITY_ROADS, LANES
from geodata.demo.layout import ROADS
from geodata.demo.partition import City, to_metres
from routing.model import Place, PlaceKind


@pytest.fixture(scope="module")
def ground(city: City) -> Ground:
    return demo_ground(city)


def named(places: tuple[Place, ...], name: str) -> list[Place]:
    return [place for place in places if name in (place.name, *place.aliases)]


def metres(place: Place) -> shapely.Geometry:
    return shapely.transform(place.geometry, to_metres)


def test_every_kind_is_there_and_marked_as_invented(places: tuple[Place, ...]) -> None:
    kinds = Counter(place.kind for place in places)
    assert set(kinds) == set(PlaceKind)
    assert 12_000 <= len(places) <= 17_000
    assert kinds[PlaceKind.ROAD] >= len(ROADS) + len(LANES) + len(BRANCHES) + len(COMMUNITY_ROADS)
    assert {place.source for place in places} == {SOURCE}
    assert len({place.id for place in places}) == len(places)


def test_the_file_says_the_same_as_the_places(places: tuple[Place, ...], made: DemoFiles) -> None:
    document = json.loads(made.gazetteer.read_text(encoding="utf-8"))
    assert len(document["features"]) == len(places)
    for feature, place in zip(document["features"], places, strict=True):
        facts = feature["properties"]
        assert facts["place_id"] == place.id and facts["name"] == place.name
        assert facts["aliases"] == ";".join(place.aliases)
        assert facts["valid_to"] == (place.valid_to.isoformat() if place.valid_to else None)
        assert shapely.equals_exact(shape(feature["geometry"]), place.geometry, tolerance=0)
    declared = tomllib.loads(made.gazetteer_source.read_text(encoding="utf-8"))["gazetteer"]
    assert declared["crs"] == "EPSG:4326" and declared["file"] == made.gazetteer.name


def test_admin_codes_hold_their_places(places: tuple[Place, ...], city: City) -> None:
    cells = (city.district, *city.subdistricts, *city.communities)
    shapes = {cell.code: cell.geometry for cell in cells}
    shapely.prepare(list(shapes.values()))
    for place in places:
        area = shapes[place.admin_code]
        # a road that is the border itself lies on it to a rounding of coordinates
        outside = place.geometry.difference(area) if not area.covers(place.geometry) else Point()
        assert outside.is_empty or outside.distance(area) < 1e-6, place.name


def test_house_numbers_stand_where_the_rule_of_the_city_says(
    places: tuple[Place, ...], ground: Ground
) -> None:
    roads = {road.id[-3:]: road for road in ground.roads}
    share: dict[str, set[int]] = {}
    for place in places:
        if place.kind is not PlaceKind.ADDRESS:
            continue
        road_id = place.id.split("-")[2]
        road = roads[road_id]
        assert place.name == f"{road.name}{place.number}号" and place.road == road.name
        if place.number.isdecimal():
            number = int(place.number)
            share.setdefault(road_id, set()).add(number)
            assert metres(place).distance(house_place(road, number)) < 0.05
            assert house_number(road, house_place(road, number)) % 2 == number % 2
    western = share[next(key for key, road in roads.items() if road.name == "西洪路")]
    assert {30, 59} <= western
    gaps = [n for n in range(1, max(western)) if n not in western]
    assert 0.25 <= len(gaps) / max(western) <= 0.75


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("二条巷", 2), ("教育路", 2), ("三岔口", 2), ("东虹路", 1), ("东洪路", 1), ("东鸿路", 1),
        ("青龙街", 1), ("青龙路", 1), ("南区路", 1), ("南区路口", 1), ("201省道", 1), ("S201", 1),
        ("西洪路32号巷", 1), ("西洪里", 1), ("杨桥东路三弄", 1), ("大根一巷", 1), ("大根二巷", 1),
        ("中军后", 1),
        ("湖滨路", 3), ("湖滨东路", 1), ("湖滨中路", 1), ("湖滨西路", 1), ("鼓西路", 1),
        ("鼓西", 1),
        ("西凤村", 1), ("鼓二小", 1), ("贤南路", 1), ("刘福村", 1), ("5009039号灯杆", 1),
        ("湖东路B-044号灯杆", 1), ("铜盘路B-044号灯杆", 1), ("西洪路站A口", 1), ("东街口", 1),
        ("鼓楼区委大院3号楼", 1), ("津泰路98号", 1), ("杨桥东路107号", 1), ("中军后6号", 1),
    ],
)  # fmt: skip
def test_the_traps_of_real_cities_are_there(
    places: tuple[Place, ...], name: str, count: int
) -> None:
    assert len(named(places, name)) == count


def test_roads_meet_as_the_traps_need_it(places: tuple[Place, ...]) -> None:
    lines = {p.name: metres(p) for p in places if p.kind is PlaceKind.ROAD}
    assert len(shapely.get_parts(lines["梅亭路"].intersection(lines["铜盘路"]))) == 2
    assert len(shapely.get_parts(lines["凤湖路"])) == 2
    for one, other in (("东街", "南营巷"), ("杨桥西路", "大凤路"), ("东大路", "河东路")):
        assert 1 < lines[one].distance(lines[other]) <= 60
    homes = {p.name: p.admin_code[:9] for p in places if p.name in ("东虹路", "东洪路", "东鸿路")}
    assert len(set(homes.values())) == 3
    pairs = [p.admin_code[:9] for p in places if p.name == "二条巷"]
    assert len(set(pairs)) == 2


def test_the_stop_of_the_first_article_stands_some_hundred_metres_from_the_crossing(
    places: tuple[Place, ...],
) -> None:
    stops = [p for p in places if p.name == "西洪路公交站"]
    (crossing,) = named(places, "西洪路口")
    assert len(stops) == 2
    for stop in stops:
        assert 250 <= metres(stop).distance(metres(crossing)) <= 600


def test_every_community_has_its_committee(places: tuple[Place, ...], city: City) -> None:
    committees = {p.name: p.admin_code for p in places if p.name.endswith("社区居委会")}
    assert committees == {f"{cell.name}居委会": cell.code for cell in city.communities}


def test_buildings_and_gates_belong_to_a_named_place_nearby(places: tuple[Place, ...]) -> None:
    kinds = (PlaceKind.COMPOUND, PlaceKind.POI, PlaceKind.STOP)
    owners = {p.name: metres(p) for p in places if p.kind in kinds}
    for place in places:
        if place.kind in (PlaceKind.BUILDING, PlaceKind.GATE):
            assert owners[place.road].distance(metres(place)) < 60, place.name
            assert place.name == f"{place.road}{place.number}" + (
                "号楼" if place.kind is PlaceKind.BUILDING else ""
            )


def test_old_names_end_and_point_to_what_stands_today(places: tuple[Place, ...]) -> None:
    old = [place for place in places if place.valid_to is not None]
    assert {"贤南路", "梅峰路", "洪塘路", "刘福村"} <= {place.name for place in old}
    today = {p.name: p.geometry for p in places if p.valid_to is None}
    (former,) = named(places, "贤南路")
    assert shapely.equals(former.geometry, today["湖东路"])
    assert np.all([place.valid_to and place.valid_to.year < 2020 for place in old])
