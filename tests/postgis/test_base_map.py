"""The base map's vector tiles: what lies where, from which zoom on, and how large it gets."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely
from sqlalchemy import Engine, text

from geodata.gazetteer import read_gazetteer
from geodata.store import gazetteer_versions as versions
from geodata.store.base_map import LEAST_ZOOM, MOST_ZOOM, BaseMap
from geodata.store.base_map_places import poi_rank, road_class
from tests.web import town

pytestmark = pytest.mark.postgis

HEAD = "place_id,name,kind,wkt,road,number,valid_from,valid_to,crs"
LON, LAT = town.WEST + 0.02, town.SOUTH + 0.005
"""The middle of the drawn town: four kilometres wide, one high."""
TODAY = date(2026, 11, 26)
TO_METRES = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)

Rows = list[str]


def row(number: str, name: str, kind: str, wkt: str, *, house: str = "", until: str = "") -> str:
    return f'{number},"{name}",{kind},"{wkt}",,{house},,{until},EPSG:4326'


def place(lon: float, lat: float) -> str:
    return f"POINT ({town.WEST + lon} {town.SOUTH + lat})"


def line(*points: tuple[float, float]) -> str:
    return f"LINESTRING ({', '.join(f'{town.WEST + x} {town.SOUTH + y}' for x, y in points)})"


def square(lon: float, lat: float, side: float) -> str:
    west, south = town.WEST + lon, town.SOUTH + lat
    ring = [(0, 0), (side, 0), (side, side), (0, side), (0, 0)]
    return f"POLYGON (({', '.join(f'{west + x} {south + y}' for x, y in ring)}))"


PLACES = [
    row("1", "镇东大道", "road", line((0.001, 0.004), (0.039, 0.006))),
    row("2", "短巷", "road", line((0.021, 0.001), (0.021, 0.002))),
    row("3", "甲河", "water", line((0.03, 0.0), (0.031, 0.01))),
    row("4", "乙湖", "water", square(0.005, 0.006, 0.002)),
    row("5", "丙小区", "compound", square(0.0185, 0.0035, 0.003)),
    row("6", "镇人民医院", "poi", place(0.02, 0.005)),
    row("7", "小卖部", "poi", place(0.0202, 0.0051)),
    row("8", "镇东大道8号", "address", place(0.0201, 0.0052), house="8"),
    row("9", "旧名路", "road", line((0.02, 0.004), (0.024, 0.004)), until="2019-12-31"),
    row("10", "灯杆", "pole", place(0.0203, 0.005)),
    row("11", "<b>`${1}'", "poi", place(0.0199, 0.0049)),
]


@pytest.fixture
def city(engine: Engine, tmp_path: Path) -> Callable[..., Engine]:
    def make(*rows: str, name: str = "地名") -> Engine:
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
        number = versions.stage(engine, read_gazetteer(path), "li")
        versions.activate(engine, number, town.FIRST_DAY, "li")
        return engine

    town.build(engine)
    return make


def opened(engine: Engine, **more: Any) -> BaseMap:
    return BaseMap(engine, today=lambda: TODAY, **more)


def tile_at(z: int, lon: float = LON, lat: float = LAT) -> tuple[int, int, int]:
    north = math.asinh(math.tan(math.radians(lat)))
    return z, int((lon + 180) / 360 * 2**z), int((1 - north / math.pi) / 2 * 2**z)


@pytest.fixture
def layers(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """The layers of a tile, read by GDAL, in EPSG:3857."""

    def read(base: BaseMap, z: int, x: int, y: int) -> dict[str, Any]:
        content = base.tile(z, x, y).content
        if not content:
            return {}
        # GDAL takes the place of a tile from its path.
        file = tmp_path / str(z) / str(x) / f"{y}.pbf"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return {
            name: pyogrio.read_dataframe(file, layer=name) for name, _ in pyogrio.list_layers(file)
        }

    return read


def names(found: dict[str, Any], layer: str) -> set[str]:
    return set(found[layer]["name"]) if layer in found else set()


def test_everything_lies_where_the_gazetteer_has_it(
    city: Callable[..., Engine], layers: Callable[..., dict[str, Any]]
) -> None:
    found = layers(opened(city(*PLACES)), *tile_at(14))
    pixel_m = 40_075_017 / 2**14 / 512
    road = found["roads"].set_index("name").geometry["镇东大道"]
    for lon, lat in ((0.015, 0.0047368), (0.025, 0.0052632)):
        x, y = TO_METRES.transform(town.WEST + lon, town.SOUTH + lat)
        assert road.distance(shapely.Point(x, y)) < pixel_m
    at = found["names"].set_index("name").geometry["镇人民医院"]
    x, y = TO_METRES.transform(town.WEST + 0.02, town.SOUTH + 0.005)
    assert math.hypot(at.x - x, at.y - y) < pixel_m
    assert set(found["roads"]["class"]) == {2, 5}
    assert set(found["borders"]["level"]) == {"grid", "subdistrict"}
    assert len(found["compounds"]) == 1
    # The town's ground, without any district: its subdistricts.
    height_m = (
        TO_METRES.transform(LON, town.SOUTH + 0.01)[1] - TO_METRES.transform(LON, town.SOUTH)[1]
    )
    assert found["ground"].union_all().bounds[3] - found["ground"].union_all().bounds[1] == (
        pytest.approx(height_m, rel=0.01)
    )


def test_finer_things_come_later(
    city: Callable[..., Engine], layers: Callable[..., dict[str, Any]]
) -> None:
    base = opened(city(*PLACES))
    seen = {z: layers(base, *tile_at(z)) for z in (7, 10, 12, 14, 16, 17)}
    assert names(seen[7], "roads") == set()
    assert names(seen[10], "roads") == {"镇东大道"}
    assert names(seen[14], "roads") == {"镇东大道", "短巷"}
    assert "小卖部" not in names(seen[14], "names")
    assert {"小卖部", "<b>`${1}'"} <= names(seen[16], "names")
    assert "8" not in names(seen[16], "names")
    assert "8" in names(seen[17], "names")  # a house by its number, not its whole name
    for z, found in seen.items():
        assert "旧名路" not in names(found, "roads"), z
        assert "灯杆" not in names(found, "names"), z


def test_a_name_stands_in_one_tile_only(
    city: Callable[..., Engine], layers: Callable[..., dict[str, Any]]
) -> None:
    base = opened(city(*PLACES))
    z, x, y = tile_at(15)
    where = [
        (dx, dy)
        for dx in (-1, 0, 1)
        for dy in (-1, 0, 1)
        if "丙小区" in names(layers(base, z, x + dx, y + dy), "names")
    ]
    assert len(where) == 1


def test_it_changes_when_places_or_borders_do_and_only_then(city: Callable[..., Engine]) -> None:
    engine = city(*PLACES)
    base = opened(engine)
    at = tile_at(14)
    first = base.tile(*at)
    assert base.tile(*at) == first
    city(*PLACES, row("12", "新路", "road", line((0.02, 0.005), (0.03, 0.005))), name="新")
    second = base.tile(*at)
    assert second.tag != first.tag
    assert "新路".encode() in second.content
    town.publish(engine, "新界线@2021", date(2021, 1, 1), {"W-1": 0, "E-1": 1})
    assert base.tile(*at).tag not in {first.tag, second.tag}
    assert base.version() == opened(engine).version()


def test_without_a_gazetteer_there_is_ground_and_without_anything_nothing(
    engine: Engine, layers: Callable[..., dict[str, Any]]
) -> None:
    base = opened(engine)
    assert base.tile(*tile_at(12)).content == b""
    town.build(engine)
    found = layers(base, *tile_at(12))
    assert set(found) >= {"ground", "borders"}
    assert "roads" not in found
    assert base.tile(*tile_at(12, lon=10.0)).content == b""


def test_every_zoom_stays_small_in_a_crowd(city: Callable[..., Engine]) -> None:
    rng = np.random.default_rng(1)
    rows: Rows = []
    for at, (x, y) in enumerate(rng.uniform((0, 0), (0.04, 0.01), (6_000, 2))):
        bend = [(x + dx, y + dy) for dx, dy in rng.normal(0, 0.0004, (12, 2)).cumsum(axis=0)]
        rows.append(row(f"r{at}", f"第{at}路", "road", line(*bend)))
        rows.append(row(f"a{at}", f"第{at}号", "address", place(x, y), house=str(at)))
        rows.append(row(f"c{at}", f"第{at}院", "compound", square(x, y, 0.0003)))
    base = opened(city(*rows))
    for z in range(LEAST_ZOOM, MOST_ZOOM + 1):
        size = len(base.tile(*tile_at(z)).content)
        assert size < 200_000, z


def test_threads_share_one_reading_and_memory_is_bounded(
    city: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    from geodata.store import base_map

    read = []
    load = base_map.load_places

    def counted(*given: Any) -> Any:
        read.append(1)
        return load(*given)

    monkeypatch.setattr(base_map, "load_places", counted)
    base = opened(city(*PLACES), kept_bytes=20_000)
    made: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: made.append(base.tile(*tile_at(14)).content))
        for _ in range(6)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(set(made)) == 1
    assert len(made) == 6
    assert len(read) == 1
    z, x, y = tile_at(16)
    for dx in range(12):
        base.tile(z, x + dx - 6, y)
    assert base._bytes <= 20_000


def test_a_failed_reading_is_tried_again(
    city: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    from geodata.store import base_map

    base = opened(city(*PLACES))
    load = base_map.load_places

    def broken(*given: Any) -> Any:
        raise RuntimeError("lost")

    monkeypatch.setattr(base_map, "load_places", broken)
    with pytest.raises(RuntimeError, match="lost"):
        base.tile(*tile_at(14))
    monkeypatch.setattr(base_map, "load_places", load)
    assert base.tile(*tile_at(14)).content


def test_planner_reads_places_by_key(city: Callable[..., Engine]) -> None:
    engine = city(*PLACES)
    with engine.connect() as connection:
        connection.execute(text("SET enable_seqscan = off"))
        plan = connection.execute(
            text(
                "EXPLAIN SELECT p.name FROM unnest(CAST(:ids AS text[])) AS c(id) "
                "JOIN gazetteer_place p ON p.version_id = 1 AND p.place_id = c.id"
            ),
            {"ids": ["1"]},
        ).scalars()
        assert any("gazetteer_place_pkey" in step for step in plan)


@pytest.mark.parametrize(
    ("name", "size_deg", "wanted"),
    [
        ("福银高速", 0.01, 1), ("G316", 0.001, 1), ("南二环路快速路", 0.01, 1),
        ("闽江大道", 0.001, 2), ("五四路", 0.03, 2), ("道山路", 0.01, 3), ("铜盘路", 0.004, 4),
        ("安民巷", 0.05, 5), ("象山里", 0.004, 5), ("工业支路", 0.01, 5), ("福马路", 0.001, 4),
    ],
)  # fmt: skip
def test_classes_of_roads_by_their_names(name: str, size_deg: float, wanted: int) -> None:
    assert road_class(name, size_deg) == wanted


def test_great_places_come_before_small_ones() -> None:
    park, pocket, school, shop = (
        poi_rank(name, areal=False) for name in ("西湖公园", "东街口袋公园", "一中学", "小卖部")
    )
    assert park < school < shop
    assert pocket == shop
