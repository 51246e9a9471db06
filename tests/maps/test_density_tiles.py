"""Tiles of density: where a pixel lies, one colour per place at every zoom, and quick counting."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from geodata.working_plane import WorkingPlane
from maps.incidents import merge
from maps.model import Areas, Cases, Filters, Floats, TimeWindow
from maps.surfaces.day_index import index_cases
from maps.surfaces.lattice import lattice_over
from maps.surfaces.prepared import Prepared
from maps.tiles import check_tile, empty_png, tile_png, tile_points
from routing.model import JurisdictionLevel
from tests.maps.made_cases import START, made

PLANE = WorkingPlane(name="EPSG:4549")
LON, LAT = 119.3, 26.08


def tile_of(lon: float, lat: float, z: int) -> tuple[int, int, int, float, float]:
    """The tile of a place, and the pixel in it."""
    x = (lon + 180) / 360 * 2**z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z
    return z, int(x), int(y), (x - int(x)) * 256, (y - int(y)) * 256


def exact_points(z: int, x: int, y: int) -> tuple[Floats, Floats]:
    part = (np.arange(256) + 0.5) / 256
    lon = (x + part) / 2**z * 360 - 180
    lat = np.degrees(np.arctan(np.sinh(math.pi * (1 - 2 * (y + part) / 2**z))))
    lons, lats = np.meshgrid(lon, lat)
    east, north = PLANE.from_lonlat(lons.ravel(), lats.ravel())
    return east.reshape(256, 256), north.reshape(256, 256)


@pytest.mark.parametrize("z", [6, 9, 12, 15, 18, 20])
def test_pixels_lie_where_they_should_to_a_hundredth(z: int) -> None:
    _, x, y, _, _ = tile_of(LON, LAT, z)
    pixel_m = 40_075_017 / 2**z / 256 * math.cos(math.radians(LAT))
    for got, wanted in zip(tile_points(PLANE, z, x, y), exact_points(z, x, y), strict=True):
        assert np.abs(got - wanted).max() / pixel_m < 0.01


def city(x: Floats, y: Floats, **more: object) -> Prepared:
    east, north = (float(one[0]) for one in PLANE.from_lonlat(np.array([LON]), np.array([LAT])))
    areas = Areas(
        level=JurisdictionLevel.DISTRICT,
        codes=("A",),
        names=("甲区",),
        parents=("",),
        shapes=np.array(
            [shapely.box(east - 6_000, north - 6_000, east + 6_000, north + 6_000)], dtype=object
        ),
        version="",
    )
    return Prepared(made(east + x, north + y, 0, **more), areas)


MONTH = Filters(window=TimeWindow(start=START, end=START + timedelta(days=30)))


def test_a_place_has_one_class_at_every_zoom() -> None:
    rng = np.random.default_rng(1)
    surface = city(*rng.normal(0, 900, (2, 4_000))).surface(MONTH)
    for lon, lat in ((LON, LAT), (LON + 0.006, LAT - 0.004), (LON - 0.01, LAT + 0.012)):
        seen = set()
        for z in range(9, 21, 2):
            at, x, y, column, row = tile_of(lon, lat, z)
            picture = Image.open(io.BytesIO(tile_png(surface, PLANE, at, x, y)))
            classes = np.asarray(picture)
            # The pixel's middle is up to half a pixel off, so a class next to it may show at
            # zooms whose pixels are as large as the bandwidth.
            if z >= 12:
                seen.add(int(classes[int(row), int(column)]))
        assert len(seen) <= 2
        assert max(seen) - min(seen) <= 1
        east, north = PLANE.from_lonlat(np.array([lon]), np.array([lat]))
        value = surface.at(east, north)[0]
        wanted = int(np.searchsorted(surface.breaks, value, side="right"))
        assert wanted in seen


def test_neighbouring_tiles_meet_without_a_seam() -> None:
    rng = np.random.default_rng(2)
    surface = city(*rng.normal(0, 1_500, (2, 9_000))).surface(MONTH)
    z, x, y, _, _ = tile_of(LON, LAT, 14)
    left, right = (
        np.asarray(Image.open(io.BytesIO(tile_png(surface, PLANE, z, x + dx, y)))).astype(int)
        for dx in (0, 1)
    )
    assert left.any()
    assert right.any()
    assert np.abs(left[:, -1] - right[:, 0]).max() <= 1


def test_what_shows_nothing_is_always_the_same_tile() -> None:
    prepared = city(np.zeros(50), np.zeros(50))
    surface = prepared.surface(MONTH)
    z, x, y, _, _ = tile_of(LON, LAT, 14)
    assert tile_png(surface, PLANE, z, x, y) != empty_png()
    far = tile_of(LON + 5, LAT, 14)
    assert tile_png(surface, PLANE, *far[:3]) == empty_png()
    other_side = tile_of(-100.0, -40.0, 3)
    assert tile_png(surface, PLANE, *other_side[:3]) == empty_png()
    none = prepared.surface(replace(MONTH, kinds=frozenset({"没有的类别"})))
    assert none.n == 0
    assert tile_png(none, PLANE, z, x, y) == empty_png()
    one = city(np.zeros(1), np.zeros(1)).surface(MONTH)
    assert tile_png(one, PLANE, z, x, y) == empty_png()  # one complaint alone is not drawn


def test_off_the_ground_nothing_is_drawn() -> None:
    surface = city(np.full(900, 5_900.0), np.zeros(900)).surface(MONTH)
    east, north = PLANE.from_lonlat(np.array([LON]), np.array([LAT]))
    inside, outside = surface.at(east + np.array([5_900.0, 6_100.0]), north + np.zeros(2))
    assert inside > surface.breaks[-1] / 100
    assert outside == 0
    gone = city(np.full(900, 20_000.0), np.zeros(900))  # outside every jurisdiction
    assert gone.surface(MONTH).n == 0


def test_a_fine_tile_is_the_same_picture() -> None:
    rng = np.random.default_rng(3)
    surface = city(*rng.normal(0, 1_000, (2, 5_000))).surface(MONTH)
    z, x, y, _, _ = tile_of(LON, LAT, 13)
    plain = np.asarray(Image.open(io.BytesIO(tile_png(surface, PLANE, z, x, y))))
    fine = np.asarray(Image.open(io.BytesIO(tile_png(surface, PLANE, z, x, y, size=512))))
    assert fine.shape == (512, 512)
    assert (np.abs(plain.astype(int) - fine[::2, ::2]) <= 1).all()


def test_which_tiles_there_are() -> None:
    assert check_tile(0, 0, 0)
    assert not check_tile(0, 1, 0)
    assert not check_tile(10, 1024, 0)
    assert not check_tile(99, 0, 0)
    assert not check_tile(3, 0, -1)


def many(n: int, seed: int) -> Cases:
    rng = np.random.default_rng(seed)
    kinds = [("噪声", "垃圾", None)[at] for at in rng.integers(0, 3, n)]
    streets = [("甲", "乙", None)[at] for at in rng.integers(0, 3, n)]
    x = np.where(rng.random(n) < 0.1, np.nan, rng.uniform(-900, 2_500, n))
    return made(
        x,
        rng.uniform(0, 1_500, n),
        rng.integers(-20, 50, n),
        kind=kinds,
        channel=[("电话", "网络")[at] for at in rng.integers(0, 2, n)],
        subdistrict=streets,
    )


LATTICE = lattice_over((0.0, 0.0, 1_500.0, 1_500.0))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 99),
    start=st.integers(-30, 40),
    days=st.integers(1, 60),
    kinds=st.frozensets(st.sampled_from(["噪声", "垃圾", "没有的"])),
    channels=st.frozensets(st.sampled_from(["电话", "网络"])),
    within=st.sampled_from([None, "甲", "没有的"]),
)
def test_counting_equals_the_filters_own_rows(
    seed: int,
    start: int,
    days: int,
    kinds: frozenset[str],
    channels: frozenset[str],
    within: str | None,
) -> None:
    cases = many(400, seed)
    first = START + timedelta(days=start)
    filters = Filters(
        window=TimeWindow(start=first, end=first + timedelta(days=days)),
        kinds=kinds,
        channels=channels,
        within=None if within is None else (JurisdictionLevel.SUBDISTRICT, within),
    )
    at = LATTICE.cells(cases.x_m, cases.y_m)
    rows = filters.rows(cases) & (at >= 0)
    wanted = np.bincount(at[rows], minlength=len(LATTICE)).reshape(LATTICE.shape)
    index = index_cases(cases, LATTICE)
    assert (index.counts(filters) == wanted).all()
    incidents = merge(cases).of_case
    assert index.counts(filters, incident_of=incidents).sum() == len(set(incidents[rows].tolist()))


def test_the_order_of_cases_means_nothing() -> None:
    cases = many(2_000, 5)
    shuffled = cases.take(np.random.default_rng(6).permutation(2_000))
    one, other = (index_cases(each, LATTICE).counts(MONTH) for each in (cases, shuffled))
    assert one.sum() > 0
    assert (one == other).all()


def test_many_parts_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = many(5_000, 7)
    index = index_cases(cases, LATTICE)
    whole = index.counts(MONTH)
    monkeypatch.setattr("maps.surfaces.day_index._PART", 100)
    monkeypatch.setattr("maps.surfaces.day_index._THREADS", 7)
    assert (index.counts(MONTH) == whole).all()


def test_all_kinds_against_themselves_are_nowhere_more() -> None:
    rng = np.random.default_rng(8)
    x, y = rng.uniform(-3_000, 3_000, (2, 8_000))
    kinds = np.where(np.hypot(x, y) < 1_000, "垃圾", "噪声").tolist()
    prepared = city(x, y, kind=kinds)
    assert prepared.relative(MONTH).highest == pytest.approx(1, abs=0.01)
    chosen = prepared.relative(replace(MONTH, kinds=frozenset({"垃圾"})))
    east, north = PLANE.from_lonlat(np.array([LON]), np.array([LAT]))
    centre, away = chosen.at(east + np.array([0.0, 2_500.0]), north + np.zeros(2))
    assert centre > 3
    assert away < 0.1


def test_residents_where_nobody_lives_and_unknown_ones() -> None:
    rng = np.random.default_rng(9)
    prepared = city(*rng.uniform(-3_000, 3_000, (2, 8_000)))
    east, north = (float(one[0]) for one in PLANE.from_lonlat(np.array([LON]), np.array([LAT])))
    halves = np.array(
        [
            shapely.box(east - 6_000, north - 6_000, east, north + 6_000),
            shapely.box(east, north - 6_000, east + 6_000, north + 6_000),
        ],
        dtype=object,
    )
    areas = Areas(
        level=JurisdictionLevel.SUBDISTRICT,
        codes=("W", "E"),
        names=("西", "东"),
        parents=("A", "A"),
        shapes=halves,
        version="",
    )
    made_of = prepared.relative_to(MONTH, areas, np.array([90_000.0, 30_000.0]))
    x = np.array([east - 1_500, east + 1_500])
    west, right = made_of.at(x, np.full(2, north))
    assert right / west == pytest.approx(3, rel=0.2)
    for missing in (np.nan, 0.0, -5.0):
        nobody = prepared.relative_to(MONTH, areas, np.array([90_000.0, missing]))
        assert nobody.at(x[1:] + 1_500, np.array([north]))[0] == 0
