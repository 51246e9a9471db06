"""What ``gazetteer check`` finds, one trouble at a time, on ground measured in metres."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import numpy as np
import pytest
from shapely.geometry import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from geodata.findings import Finding, Severity
from geodata.gazetteer import GazetteerOf
from geodata.gazetteer_checks import check
from geodata.gazetteer_checks.crowd import LISTED
from routing.metric import metres_per_degree
from routing.model import Jurisdiction, JurisdictionLevel, Place, PlaceKind

MX, MY = metres_per_degree(26.08)
WEST, SOUTH = 119.28, 26.08


def at(x: float, y: float) -> Point:
    """A point so many metres east and north of the corner."""
    return Point(WEST + x / MX, SOUTH + y / MY)


def line(*points: tuple[float, float]) -> LineString:
    return LineString([at(x, y) for x, y in points])


def place(
    id_: str, name: str, kind: str = "poi", shape: BaseGeometry | None = None, **more: Any
) -> Place:
    return Place(id=id_, name=name, kind=PlaceKind(kind), geometry=shape or at(0, 0), **more)


def road(id_: str, name: str, *points: tuple[float, float], **more: Any) -> Place:
    return place(id_, name, "road", line(*points or ((0, 0), (1_000, 0))), **more)


def door(number: str, x: float, y: float = 10.0, of: str = "西洪路", id_: str = "") -> Place:
    return place(
        id_ or f"{of}-{number}", f"{of}{number}号", "address", at(x, y), road=of, number=number
    )


def found(*places: Place, areas: list[Jurisdiction] | None = None) -> list[Finding]:
    return check(GazetteerOf(places, "测试@2026-11-01#0"), areas or [])


def told(*places: Place, areas: list[Jurisdiction] | None = None) -> list[tuple[str, ...]]:
    return [(one.code, *one.codes) for one in found(*places, areas=areas)]


def area(
    code: str, west: float, east: float, level: str = "community", **more: Any
) -> Jurisdiction:
    south_west, north_east = at(west, -500), at(east, 500)
    return Jurisdiction(
        code=code,
        name=f"{code}社区",
        level=JurisdictionLevel(level),
        geometry=box(south_west.x, south_west.y, north_east.x, north_east.y),
        unit_code=code,
        effective_from=date(2020, 1, 1),
        version="v",
        **more,
    )


def test_nothing_is_wrong_with_a_street_and_its_houses() -> None:
    odd = [door(str(1 + 2 * n), 50 + 40 * n) for n in range(10)]
    even = [door(str(2 + 2 * n), 60 + 40 * n, -10) for n in range(10)]
    shop = place("s", "晨光便利店", shape=at(200, 15), aliases=("晨光",))
    assert found(road("r", "西洪路", aliases=("洪路",)), *odd, *even, shop) == []


# --- roads ------------------------------------------------------------------------------------


def test_a_road_must_be_a_line() -> None:
    point = place("p", "甲路", "road", at(0, 0))
    lake = place("q", "乙路", "road", Polygon([at(0, 0), at(9, 0), at(9, 900)]))
    findings = found(point, lake)
    assert [(one.code, one.severity, one.codes) for one in findings] == [
        ("road_without_line", Severity.BLOCKING, ("p",)),
        ("road_without_line", Severity.WARNING, ("q",)),
    ]
    assert findings[0].lon == pytest.approx(WEST) and "中心线" in findings[0].advice


def test_a_road_that_addresses_name_in_vain_is_told_once() -> None:
    doors = [door(str(n), 10.0 * n, of="东街") for n in range(1, 4)]
    (finding,) = found(road("r", "西洪路"), *doors)
    assert finding.code == "unknown_road" and "3 个门牌" in finding.message
    assert "「东街」" in finding.message


def test_a_road_is_known_by_its_alias_and_a_compound_counts_too() -> None:
    yard = place("c", "金牛新村", "compound", at(0, 0).buffer(0.001))
    assert found(road("r", "西洪路", aliases=("洪路",)), yard, door("3", 5, of="洪路"),
                 door("8", 9, of="金牛新村")) == []  # fmt: skip


def test_an_address_without_road_or_number() -> None:
    (finding,) = found(place("a", "西洪路59号", "address"))
    assert finding.code == "unknown_road" and "没有写明" in finding.message


# --- house numbers ----------------------------------------------------------------------------


def test_one_house_out_of_order_is_named_with_its_neighbours() -> None:
    doors = [door(str(1 + 2 * n), 50 + 40 * n) for n in range(10)]
    doors[4] = door("9", 800.0)
    (finding,) = found(road("r", "西洪路"), *doors)
    assert (finding.code, finding.codes) == ("number_out_of_order", ("西洪路-9",))
    assert "7 号、11 号" in finding.message and "偏出 550 米" in finding.message


def test_numbers_may_run_against_the_drawing_of_the_line() -> None:
    doors = [door(str(1 + 2 * n), 900 - 40 * n) for n in range(10)]
    assert found(road("r", "西洪路"), *doors) == []


def test_doors_of_two_neighbours_may_be_swapped_by_a_house_front() -> None:
    xs = [50, 90, 80, 130, 170, 210]
    assert found(road("r", "西洪路"), *[door(str(1 + 2 * n), x) for n, x in enumerate(xs)]) == []


def test_each_side_counts_for_itself_and_sub_numbers_lie_between() -> None:
    odd = [
        door(number, x) for number, x in (("1", 50), ("3", 90), ("3-1", 95), ("5", 140), ("7", 180))
    ]
    even = [door(str(2 + 2 * n), 900 - 40 * n, -10) for n in range(6)]
    assert found(road("r", "西洪路"), *odd, *even) == []


def test_a_side_without_any_order_is_told_once() -> None:
    rng = np.random.default_rng(5)
    doors = [door(str(1 + 2 * n), float(x)) for n, x in enumerate(rng.permutation(900)[:20])]
    (finding,) = found(road("r", "西洪路"), *doors)
    assert finding.code == "number_out_of_order" and "不随道路走向" in finding.message


def test_a_road_drawn_in_two_pieces_is_one_road() -> None:
    pieces = road("r1", "西洪路", (0, 0), (480, 0)), road("r2", "西洪路", (500, 0), (1_000, 0))
    doors = [door(str(1 + 2 * n), 50 + 40 * n) for n in range(20)]
    assert found(*pieces, *doors) == []
    doors[3] = door("7", 700.0)
    assert told(*pieces, *doors) == [("number_out_of_order", "西洪路-7")]


def test_two_roads_of_one_name_are_counted_apart() -> None:
    far = 30_000.0
    roads = road("r1", "环城路"), road("r2", "环城路", (0, far), (1_000, far))
    near = [door(str(1 + 2 * n), 50 + 40 * n, of="环城路") for n in range(6)]
    there = [door(str(1 + 2 * n), 900 - 40 * n, far + 10, "环城路", f"f{n}") for n in range(6)]
    assert found(*roads, *near, *there) == []


def test_an_address_far_from_its_road() -> None:
    assert told(road("r", "西洪路"), door("3", 100), door("5", 140, 900)) == [
        ("far_outlier", "西洪路-5")
    ]


# --- duplicates -------------------------------------------------------------------------------


def test_one_name_and_kind_within_50_metres_is_a_duplicate() -> None:
    assert told(place("a", "甲馆"), place("b", "甲馆", shape=at(49, 0))) == [
        ("duplicate_place", "a", "b")
    ]
    assert told(place("a", "甲馆"), place("b", "甲馆", shape=at(51, 0))) == []
    assert told(place("a", "甲馆"), place("b", "甲馆", "stop", at(9, 0))) == []


def test_what_was_renamed_is_no_duplicate() -> None:
    old = place("a", "甲馆", valid_to=date(2019, 12, 31))
    new = place("b", "甲馆", valid_from=date(2020, 1, 1))
    assert told(old, new) == []
    assert told(old, place("b", "甲馆", valid_from=date(2019, 12, 31))) != []


def test_stops_of_two_directions_poles_and_gates_stand_close() -> None:
    stops = place("a", "西洪路站", "stop", at(0, 12)), place("b", "西洪路站", "stop", at(0, -12))
    poles = [place(f"p{n}", "路灯", "pole", at(30 * n, 90), number=f"B-{n}") for n in range(4)]
    gates = [place(f"g{n}", "北门", "gate", at(9 * n, 900), road=f"小区{n}") for n in range(2)]
    assert told(*stops, *poles, *gates) == []


def test_a_road_drawn_twice_is_a_duplicate_and_two_pieces_are_not() -> None:
    once = road("a", "西洪路", (0, 0), (1_000, 0))
    assert told(once, road("b", "西洪路", (100, 3), (900, 3))) == [("duplicate_place", "a", "b")]
    assert told(once, road("b", "西洪路", (1_000, 0), (1_500, 0))) == []
    assert told(once, road("b", "西洪路", (500, -400), (500, 400))) == []


def test_one_address_twice() -> None:
    street = road("r", "西洪路")
    near = door("5", 100, id_="a"), door("5", 120, id_="b")
    assert told(street, *near) == [("duplicate_address", "a", "b")]
    far = door("5", 100, id_="a"), door("5", 400, id_="b")
    (finding,) = found(street, *far)
    assert finding.code == "duplicate_address" and "300 米" in finding.message
    other = road("q", "西洪路", (0, 20_000), (1_000, 20_000))
    assert told(street, other, door("5", 100, id_="a"), door("5", 400, 20_000, id_="b")) == []


def test_thousands_on_one_spot_end_in_time_and_in_a_few_findings() -> None:
    many = [place(str(n), "甲馆") for n in range(5_000)]
    started = time.process_time()
    findings = found(*many)
    assert time.process_time() - started < 5.0
    assert len(findings) == LISTED + 1 and findings[-1].places == 5_000 - 1 - LISTED


# --- aliases ----------------------------------------------------------------------------------


def test_an_alias_that_is_another_places_name() -> None:
    real = road("r", "五一路", (0, 900), (900, 900))
    other = road("q", "五一中路", aliases=("五一路",))
    (finding,) = found(real, other)
    assert (finding.code, finding.severity) == ("alias_hides_name", Severity.BLOCKING)
    assert finding.codes == ("q", "r") and "「五一路」" in finding.message
    (finding,) = found(real, place("m", "五一商场", aliases=("五一路",)))
    assert finding.severity is Severity.WARNING


def test_an_old_name_that_another_road_got_later_hides_nothing() -> None:
    old = road("q", "五一中路", aliases=("五一路",), valid_to=date(2009, 12, 31))
    new = road("r", "五一路", (0, 900), (900, 900), valid_from=date(2010, 1, 1))
    assert found(old, new) == []


@pytest.mark.parametrize("alias", ["小区", "公厕", "北门", "路", "甲", "12", "A1"])
def test_a_generic_alias_blocks(alias: str) -> None:
    (finding,) = found(place("a", "西洪小区", aliases=(alias,)))
    assert (finding.code, finding.severity) == ("generic_alias", Severity.BLOCKING)


def test_aliases_in_a_circle() -> None:
    def circle(*names: str) -> list[Place]:
        return [
            place(name, name, shape=at(200 * n, 0), aliases=(names[(n + 1) % len(names)],))
            for n, name in enumerate(names)
        ]

    for names in (("甲馆", "乙馆"), ("甲馆", "乙馆", "丙馆")):
        cycles = [one for one in found(*circle(*names)) if one.code == "alias_cycle"]
        assert [set(one.codes) for one in cycles] == [set(names)]
    chain = circle("甲馆", "乙馆", "丙馆")[:2]
    assert [one.code for one in found(*chain, place("丙馆", "丙馆", shape=at(400, 0)))] == [
        "alias_hides_name"
    ] * 2


def test_a_long_chain_of_aliases_does_not_exhaust_the_stack() -> None:
    n = 5_000
    chain = [
        place(str(i), f"名{i}", shape=at(60.0 * i, 0), aliases=(f"名{(i + 1) % n}",))
        for i in range(n)
    ]
    (cycle,) = [one for one in found(*chain) if one.code == "alias_cycle"]
    assert "等 5000 处" in cycle.message and len(cycle.message) < 200


# --- areas and outliers -----------------------------------------------------------------------

WEST_AREA, EAST_AREA = area("350102001001", 0, 500), area("350102001002", 500, 1_000)


def test_a_place_outside_of_its_stated_community() -> None:
    inside = place("a", "甲馆", shape=at(400, 0), admin_code="350102001001")
    near = place("b", "乙馆", shape=at(560, 0), admin_code="350102001001")
    far = place("c", "丙馆", shape=at(900, 0), admin_code="350102001001")
    edge = place("d", "丁馆", shape=at(503, 0), admin_code="350102001001")
    findings = found(inside, near, far, edge, areas=[WEST_AREA, EAST_AREA])
    assert [(one.code, one.severity, one.codes) for one in findings] == [
        ("outside_community", Severity.BLOCKING, ("c",)),
        ("outside_community", Severity.WARNING, ("b",)),
    ]
    assert "400 米" in findings[0].message and "350102001002" in findings[0].message


def test_a_road_has_to_touch_its_community_only() -> None:
    street = road("r", "西洪路", (100, 0), (900, 0), admin_code="350102001001")
    assert found(street, areas=[WEST_AREA, EAST_AREA]) == []


def test_codes_that_no_jurisdiction_has() -> None:
    unknown = [
        place(str(n), f"馆{n}", shape=at(90 * n, 0), admin_code="350102999001") for n in range(3)
    ]
    (finding,) = found(*unknown, areas=[WEST_AREA, EAST_AREA])
    assert finding.code == "unknown_admin_code" and "3 个地名" in finding.message
    assert found(*unknown) == [], "without boundaries nothing can be said"


@pytest.mark.parametrize("code", ["350102", "350102000000", "350102001", "350102001005"])
def test_a_finer_code_is_held_against_the_coarser_jurisdiction(code: str) -> None:
    districts = [area("350102", 0, 500, "district"), area("350102001", 0, 500, "subdistrict")]
    assert found(place("a", "甲馆", shape=at(100, 0), admin_code=code), areas=districts) == []
    assert told(place("a", "甲馆", shape=at(800, 0), admin_code=code), areas=districts) == [
        ("outside_community", "a")
    ]


def test_a_place_far_from_the_city() -> None:
    city = [place(str(n), f"馆{n}", shape=at(60 * n, 0)) for n in range(50)]
    away = place("x", "外馆", shape=Point(118.1, 24.5))
    assert told(*city, away) == [("far_outlier", "x")]
    assert told(*city, away, areas=[WEST_AREA, EAST_AREA]) == [("far_outlier", "x")]
    assert told(*city, place("y", "郊馆", shape=at(9_000, 0)), areas=[WEST_AREA]) == []


# --- all together -----------------------------------------------------------------------------


def test_a_hundred_thousand_places_are_checked_in_seconds() -> None:
    roads = [road(f"r{n}", f"第{n}路", (0, 40 * n), (5_000, 40 * n)) for n in range(1_000)]
    doors = [
        door(str(1 + 2 * k), 50 + 48.0 * k, 40 * n + 10, f"第{n}路")
        for n in range(1_000)
        for k in range(100)
    ]
    started = time.process_time()
    assert found(*roads, *doors) == []
    assert time.process_time() - started < 20.0  # 3 s where this was written


def test_an_empty_gazetteer_has_no_findings() -> None:
    assert found() == []
