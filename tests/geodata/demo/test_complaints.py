from __future__ import annotations

import re
import tomllib
from collections import Counter
from datetime import date, datetime

import numpy as np
import pytest
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geodata.crs import parse_crs, to_wgs84
from geodata.demo import DemoFiles
from geodata.demo.complaints import NEAR_BORDER_M, RAYLEIGH_95
from geodata.demo.faulty import faulty_grids
from geodata.demo.oracle import Oracle
from geodata.demo.partition import City, to_metres
from geodata.demo.places import CASE_COUNTS
from geodata.units import Units, read_units
from routing.model import Place, PlaceKind
from tests.geodata.demo.rows import Row, of_kind, vertices


def test_there_are_3000_complaints_over_two_years(rows: list[Row]) -> None:
    assert len(rows) == 3000
    assert len({row.complaint["id"] for row in rows}) == 3000
    days = [row.day for row in rows]
    assert date(2024, 11, 1) <= min(days) <= max(days) <= date(2026, 10, 31)
    assert days == sorted(days)
    assert len({(day.year, day.month) for day in days}) == 24
    by_weekday = Counter(day.weekday() for day in days)
    assert by_weekday[6] < by_weekday[0] and by_weekday[5] < by_weekday[0]
    hours = Counter(datetime.fromisoformat(r.complaint["received_at"]).hour for r in rows)
    assert hours[10] > 5 * hours[4]


def test_every_awkward_kind_is_present(rows: list[Row]) -> None:
    kinds = Counter(row.truth["kind_of_case"] for row in rows)
    for kind, count in CASE_COUNTS.items():
        assert kinds[kind] == count, kind
    for kind in ("plain", "gcj02", "bd09", "cgcs2000", "near_border"):
        assert kinds[kind] > 100, kind


def test_true_units_are_in_the_directory_on_the_day(rows: list[Row], made: DemoFiles) -> None:
    units = Units(read_units(made.units))
    for row in rows:
        codes = [row.truth["true_unit"], *filter(None, row.truth["also_right"].split(";"))]
        assert all(units.unit(code, row.day) for code in codes), row.truth


def test_true_codes_cover_the_true_place(rows: list[Row], city: City) -> None:
    grids = {grid.code: grid.geometry for grid in city.grids}
    for row in rows:
        truth = row.truth
        if truth["kind_of_case"] == "outside":
            assert not city.district.geometry.covers(Point(row.true_place))
            assert (truth["true_unit"], truth["true_grid"]) == ("QUEUE", "")
            continue
        assert truth["true_community"] == truth["true_grid"][:12]
        assert truth["true_subdistrict"] == truth["true_grid"][:9]
        if truth["kind_of_case"] != "boundary_road":
            distance = grids[truth["true_grid"]].distance(Point(row.true_place)) * 111_000
            assert distance == 0 or distance < 25, truth  # plain ones may lie on a border road


def test_border_places_lie_exactly_on_shared_borders(rows: list[Row], city: City) -> None:
    corners = Counter(v for grid in city.grids for v in vertices(grid.geometry))
    for kind in ("border_vertex", "border_edge"):
        for row in of_kind(rows, kind):
            at = (float(row.complaint["lon"]), float(row.complaint["lat"]))
            assert at == row.true_place
            covering = sorted(g.code for g in city.grids if g.geometry.covers(Point(at)))
            assert len(covering) >= 2
            assert covering[0] == row.truth["true_grid"]
            assert (corners[at] >= 2) == (kind == "border_vertex")


def test_near_border_means_within_15_metres(rows: list[Row], oracle: Oracle) -> None:
    for row in of_kind(rows, "near_border"):
        assert oracle.border_distance_m(*row.true_place) <= NEAR_BORDER_M
    for row in of_kind(rows, "plain"):
        assert oracle.border_distance_m(*row.true_place) > NEAR_BORDER_M


def test_places_in_the_gap_are_covered_by_no_faulty_grid(rows: list[Row], city: City) -> None:
    faulty = np.array([grid.geometry for grid in faulty_grids(city)])
    for row in of_kind(rows, "in_gap"):
        assert not shapely.covers(faulty, Point(row.true_place)).any()


def test_a_road_of_one_side_is_all_its_owners(rows: list[Row], oracle: Oracle) -> None:
    beyond = 0
    for row in of_kind(rows, "boundary_road"):
        (piece,) = oracle.corridors_at(*row.true_place)
        assert piece.owner is not None and piece.owner.code == row.truth["true_grid"]
        beyond += not piece.owner.geometry.covers(Point(row.true_place))
    assert beyond >= 10  # else the rule would change nothing and the cases prove nothing
    for row in of_kind(rows, "boundary_road_unknown"):
        (piece,) = oracle.corridors_at(*row.true_place)
        assert piece.side == "unknown"


def test_wrong_districts_are_named_and_nowhere_else(rows: list[Row]) -> None:
    neighbours = re.compile("台江区|晋安区|仓山区")
    assert all(neighbours.search(r.complaint["text"]) for r in of_kind(rows, "wrong_district"))
    named = {r.truth["kind_of_case"] for r in rows if neighbours.search(r.complaint["text"])}
    assert named == {"wrong_district", "outside"}


def test_lost_coordinates(rows: list[Row]) -> None:
    for row in of_kind(rows, "text_only"):
        assert {row.complaint[name] for name in ("lon", "lat", "crs", "accuracy_m")} == {""}
    for row in of_kind(rows, "zero_zero"):
        assert (float(row.complaint["lon"]), float(row.complaint["lat"])) == (0.0, 0.0)


def test_coordinates_err_by_the_stated_accuracy_in_every_datum(rows: list[Row]) -> None:
    assert pytest.approx(np.sqrt(-2 * np.log(0.05)), abs=1e-4) == RAYLEIGH_95
    shares: dict[str, list[bool]] = {}
    for row in rows:
        complaint = row.complaint
        exact = row.truth["kind_of_case"] in ("border_vertex", "border_edge", "zero_zero")
        if not complaint["lon"] or exact:
            continue
        lon, lat = to_wgs84(
            float(complaint["lon"]), float(complaint["lat"]), parse_crs(complaint["crs"])
        )
        measured = to_metres(np.array([[float(lon), float(lat)]]))
        off = float(np.hypot(*(measured - to_metres(np.array([row.true_place])))[0]))
        inside = off <= float(complaint["accuracy_m"])
        shares.setdefault(complaint["crs"], []).append(inside)
        assert off < 3 * float(complaint["accuracy_m"])
    assert set(shares) == {"WGS84", "GCJ-02", "BD-09", "CGCS2000"}
    everything = [inside for some in shares.values() for inside in some]
    # four standard errors of a share of 0.95 among some 2,800
    assert np.mean(everything) == pytest.approx(0.95, abs=0.017)


def test_categories_are_from_the_closed_list_and_all_of_it_is_used(
    rows: list[Row], made: DemoFiles
) -> None:
    rules = tomllib.loads(made.rules.read_text(encoding="utf-8"))
    used = {row.complaint["category"] for row in rows} - {""}
    assert used == set(rules["categories"])
    assert sum(not row.complaint["category"] for row in rows) > 100


def test_texts_are_varied_and_local(rows: list[Row]) -> None:
    texts = [row.complaint["text"] for row in rows]
    assert len(set(texts)) > 2900
    assert all(8 <= len(text) <= 140 and "{" not in text for text in texts)
    assert sum("号" in text for text in texts) > 800


def test_every_text_names_something_near_its_true_place(
    rows: list[Row], places: tuple[Place, ...]
) -> None:
    """At most as far as a citizen counts metres from a landmark; the rest name their community."""
    shapes: dict[str, list[BaseGeometry]] = {}
    for place in places:
        if place.kind not in (PlaceKind.ADDRESS, PlaceKind.BUILDING, PlaceKind.GATE):
            for name in (place.name, *place.aliases):
                shape = shapely.transform(place.geometry, to_metres)
                shapes.setdefault(name, []).append(shape)
    longest = max(map(len, shapes))
    for row in rows:
        if row.truth["kind_of_case"] == "outside":
            continue
        text, at = row.complaint["text"], Point(to_metres(np.array([row.true_place]))[0])
        named = {
            text[start : start + length]
            for start in range(len(text))
            for length in range(2, longest + 1)
        } & set(shapes)
        distance = min(
            (shape.distance(at) for name in named for shape in shapes[name]), default=np.inf
        )
        assert distance <= 455, text


def test_house_numbers_in_texts_are_known_or_lie_between_known_ones(
    rows: list[Row], places: tuple[Place, ...]
) -> None:
    known: dict[str, set[int]] = {}
    for place in places:
        if place.kind is PlaceKind.ADDRESS and place.number.isdecimal():
            known.setdefault(place.road, set()).add(int(place.number))
    names = "|".join(sorted(known, key=len, reverse=True))
    number = re.compile(f"({names})" + r"(\d{1,4})号")
    told = 0
    for row in rows:
        for road, digits in number.findall(row.complaint["text"]):
            side = sorted(n for n in known[road] if n % 2 == int(digits) % 2)
            assert side[0] <= int(digits) <= side[-1], row.complaint["text"]
            told += 1
    assert told > 600


def test_most_rules_decide_some_case(rows: list[Row]) -> None:
    whys = Counter(row.truth["why"] for row in rows)
    assert whys["territory"] > 300
    assert {f"overlay:{kind}" for kind in ("railway", "river", "scenic", "zone")} <= set(whys)
    assert sum(why.startswith("rule:") for why in whys) >= 35


def test_the_fumes_rule_changes_hands_on_its_day(oracle: Oracle, city: City) -> None:
    grid = city.grids[0].geometry.representative_point()
    before = oracle.truth(grid.x, grid.y, "油烟扰民", date(2025, 6, 30))
    after = oracle.truth(grid.x, grid.y, "油烟扰民", date(2025, 7, 1))
    assert (before.unit, after.unit) == ("350102-STHJ", "350102-CGJ")


@pytest.mark.parametrize(
    ("kind", "unit"),
    [("road", "350102-JJDD"), ("pavement", "350102-CGJ"), ("compound", None), ("park", "grid")],
)
def test_an_abandoned_car_goes_by_the_ground_it_stands_on(
    oracle: Oracle, kind: str, unit: str | None
) -> None:
    for overlay in oracle.overlays:
        at = overlay.geometry.representative_point()
        kinds = {other.kind for other in oracle.overlays_at(at.x, at.y)}
        if overlay.kind == kind and kinds == {kind}:
            truth = oracle.truth(at.x, at.y, "僵尸车", date(2025, 6, 1))
            expected = {None: truth.subdistrict, "grid": truth.grid}.get(unit, unit)
            assert truth.unit == expected
            return
    pytest.fail(f"no overlay of kind {kind} stands alone anywhere")


def test_without_a_category_the_grid_is_responsible(oracle: Oracle, city: City) -> None:
    for grid in city.grids[::20]:
        at = grid.geometry.representative_point()
        assert oracle.truth(at.x, at.y, None, date(2025, 6, 1)).unit == grid.code
