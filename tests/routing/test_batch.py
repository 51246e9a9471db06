"""A batch decides each row exactly as the row alone would be decided, column by column."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from geodata.units import Units
from routing.batch import DecisionBatch, route_batch
from routing.batch_questions import ComplaintBatch
from routing.columns import NUMBER_COLUMNS, TEXT_COLUMNS, decision_columns
from routing.dispatch.rules import RuleSet
from routing.jurisdiction.borders import SIDES, BorderSegment
from routing.jurisdiction.bulk import covering_pairs
from routing.jurisdiction.index import JurisdictionIndex
from routing.model import (
    Complaint,
    Jurisdiction,
    JurisdictionLevel,
    Location,
    LocationPrecision,
    Unit,
    UnitKind,
)
from routing.pipeline import Deps, route
from tests.tilings import (
    EXAMPLES,
    SIZE,
    SOUTH,
    WEST,
    Tiling,
    hard_points,
    in_force,
    random_tilings,
    tiling,
)

DAYS = (
    date(2019, 12, 31),  # before everything
    date(2020, 1, 1),
    date(2021, 6, 30),
    date(2021, 7, 1),  # redrawn
    date(2024, 5, 31),
    date(2024, 6, 1),  # a rule changes
    date(2025, 2, 28),
    date(2025, 3, 1),  # a unit is renamed
)

CATEGORIES = (None, "僵尸车", "道路破损", "暴露垃圾", "没有规则的事")

RULES = RuleSet.parse(
    """
version = "t1"
[[overlay]]
kind = "railway"
category = ["暴露垃圾", "道路破损"]
[[overlay]]
kind = "road"
category = []
[[ruling]]
id = "car-on-road"
category = ["僵尸车"]
where = { on = ["road"] }
lead = "JJ"
co = ["subdistrict", "community"]
[[ruling]]
id = "car-elsewhere"
category = ["僵尸车"]
where = { on = ["compound"] }
lead = "community"
[[rule]]
id = "damage"
category = ["道路破损"]
where = { road_class = ["city"] }
lead = "JSJ"
co = ["grid", "JSJ", "grid"]
basis = "职责清单第3条"
effective_to = 2024-05-31
[[rule]]
id = "damage-new"
category = ["道路破损"]
where = { road_class = ["city", "district"] }
lead = "JSJ"
basis = "职责清单（2024年版）第5条"
effective_from = 2024-06-01
[[rule]]
id = "rubbish"
category = ["暴露垃圾"]
lead = "community"
co = ["HW"]
""",
    "rules.toml",
)

UNITS = Units(
    [
        Unit(code="JSJ", name="建设局", kind=UnitKind.DEPARTMENT, effective_to=date(2025, 2, 28)),
        Unit(code="JSJ", name="城乡建设局", kind=UnitKind.DEPARTMENT,
             effective_from=date(2025, 3, 1)),
        Unit(code="U-000", name="零号网格", kind=UnitKind.GRID, effective_from=date(2024, 6, 1)),
    ]
)  # fmt: skip


def overlays(rng: np.random.Generator) -> list[Jurisdiction]:
    """Discs of three kinds, some of them over each other."""
    made = []
    kinds = (("railway", 20, {}), ("road", 0, {"road_class": "city"}), ("road", 0, {}))
    for number in range(6):
        kind, precedence, attributes = kinds[number % 3]
        x, y = np.array([WEST, SOUTH]) + rng.uniform(0.1, 0.9, 2) * SIZE
        made.append(
            Jurisdiction(
                code=f"Z{number}",
                name=f"{number}号专属区域",
                level=JurisdictionLevel.OVERLAY,
                geometry=Point(x, y).buffer(SIZE * rng.uniform(0.05, 0.2), quad_segs=4),
                unit_code=f"ZU{number}",
                overlay_kind=kind,
                precedence=precedence + number,
                attributes=attributes,
                effective_from=date(2020, 1, 1),
                version="专属区域@2020-01-01#1",
            )
        )
    return made


def side_rules(made: Tiling, rng: np.random.Generator) -> list[BorderSegment]:
    """A rule of a random kind for each border two cells share, 40 m wide."""
    found = []
    cells = list(made.cells.items())
    for at, (left, one) in enumerate(cells):
        for right, other in cells[:at]:
            shared = shapely.line_merge(shapely.intersection(one.boundary, other.boundary))
            for line in shapely.get_parts(shared):
                if line.geom_type != "LineString" or line.is_empty:
                    continue
                side = SIDES[int(rng.integers(len(SIDES)))]
                found.append(
                    BorderSegment(
                        line=line,
                        side=side,
                        left_code=left,
                        right_code=right,
                        width_m=40.0,
                        inside_code=left if side == "outer_edge" else None,
                        effective_from=date(2020, 1, 1),
                        effective_to=date(2021, 6, 30),
                    )
                )
    return found


def city(seed: int, faults: tuple[str, ...], borders: bool) -> tuple[Deps, np.ndarray]:
    rng = np.random.default_rng(seed)
    first = tiling(seed, cells=9, depth=2, faults=faults)
    second = tiling(seed + 1, cells=7, depth=2)
    jurisdictions = [
        *in_force(first.jurisdictions(), date(2020, 1, 1), date(2021, 6, 30), "网格@2020-01-01#a"),
        *in_force(second.jurisdictions(), date(2021, 7, 1), None, "网格@2021-07-01#b"),
        *overlays(rng),
    ]
    index = JurisdictionIndex(jurisdictions, side_rules(first, rng) if borders else [])
    points = np.concatenate([hard_points(first, seed, each=6), hard_points(second, seed, each=6)])
    return Deps(index=index, rules=RULES, units=UNITS), points


def batch_of(points: np.ndarray, seed: int) -> ComplaintBatch:
    """The points on random days with random categories and radii; some twice, some nowhere."""
    rng = np.random.default_rng(seed)
    points = points[rng.integers(0, len(points), len(points) * 2)].copy()
    points[rng.random(len(points)) < 0.05, 0] = np.nan
    n = len(points)
    category = np.empty(n, dtype=object)
    category[:] = [CATEGORIES[at] for at in rng.integers(0, len(CATEGORIES), n)]
    return ComplaintBatch(
        lon=points[:, 0],
        lat=points[:, 1],
        radius_m=np.array([3.0, 30.0, 200.0])[rng.integers(0, 3, n)],
        day=np.array([day.toordinal() for day in DAYS])[rng.integers(0, len(DAYS), n)],
        category=category,
    )


def alone(batch: ComplaintBatch, at: int, deps: Deps) -> dict[str, str | float]:
    """The output columns of one row, decided by the pipeline for one complaint."""
    lon, lat = float(batch.lon[at]), float(batch.lat[at])
    place = None
    radius = float(batch.radius_m[at])
    if not math.isnan(lon):
        place = Location(geometry=Point(lon, lat), radius_m=radius, precision=LocationPrecision.PIN)
    complaint = Complaint(id="1", text="有人反映", category=batch.category[at], location=place)
    routed = route(complaint, date.fromordinal(int(batch.day[at])), deps)
    hits, answer = routed.hits, routed.recommendation
    distance = hits.edge_distance_m if math.isfinite(hits.edge_distance_m) else math.nan
    return {
        **dict.fromkeys(TEXT_COLUMNS, ""),
        **decision_columns(answer, hits),
        "edge_distance_m": distance if place else math.nan,
        "lon": lon if place else math.nan,
        "lat": lat if place else math.nan,
        "radius_m": radius if place else math.nan,
        "precision": "pin" if place else "",
    }


def assert_same(decided: DecisionBatch, row: int, expected: dict[str, str | float]) -> None:
    assert set(decided.columns) == set(TEXT_COLUMNS) | set(NUMBER_COLUMNS) == set(expected)
    for name in TEXT_COLUMNS:
        assert decided.columns[name][row] == expected[name], (row, name)
    for name in NUMBER_COLUMNS:
        assert decided.columns[name][row] == pytest.approx(expected[name], abs=1e-9, nan_ok=True), (
            row,
            name,
        )


@settings(EXAMPLES, max_examples=12)
@given(
    seed=st.integers(0, 9999),
    faults=st.sets(st.sampled_from(["hole", "exclave", "sliver", "overlap", "gap"])),
    borders=st.booleans(),
)
def test_a_batch_decides_as_each_row_alone(seed, faults, borders):
    deps, points = city(seed, tuple(sorted(faults)), borders)
    batch = batch_of(points, seed)
    decided = route_batch(batch, deps)
    for at in range(len(batch.lon)):
        assert_same(decided, at, alone(batch, at, deps))


def test_the_batch_above_meets_every_kind_of_answer():
    """Equality proves nothing about answers that never occur."""
    statuses, reasons = set(), set()
    for seed in range(6):
        deps, points = city(seed, ("gap", "overlap"), borders=True)
        decided = route_batch(batch_of(points, seed), deps)
        statuses |= set(decided.columns["status"])
        reasons |= {word for text in decided.columns["reasons"] for word in text.split(";")}
    assert statuses == {"routed", "review", "unlocated", "outside"}
    assert reasons >= {
        "tie", "near_edge", "gap", "overlap", "boundary_road", "overlay", "overlay:railway",
        "rule:car-on-road", "rule:damage", "rule:damage-new", "rule:rubbish", "fallback",
        "place_condition_unknown", "no_boundaries_in_force",
    }  # fmt: skip


def test_the_order_of_the_rows_does_not_matter():
    deps, points = city(5, ("overlap", "gap"), borders=True)
    batch = batch_of(points, 5)
    order = np.random.default_rng(0).permutation(len(batch.lon))
    shuffled = ComplaintBatch(
        lon=batch.lon[order],
        lat=batch.lat[order],
        radius_m=batch.radius_m[order],
        day=batch.day[order],
        category=batch.category[order],
    )
    one, other = route_batch(batch, deps).columns, route_batch(shuffled, deps).columns
    for name in TEXT_COLUMNS:
        assert one[name][order].tolist() == other[name].tolist(), name
    for name in NUMBER_COLUMNS:
        np.testing.assert_allclose(one[name][order], other[name], atol=1e-9, err_msg=name)


def test_an_empty_batch_gives_every_column_and_no_row():
    deps, _ = city(1, (), borders=False)
    none = np.empty(0)
    batch = ComplaintBatch(
        lon=none, lat=none, radius_m=none,
        day=np.empty(0, dtype=np.int64), category=np.empty(0, dtype=object),
    )  # fmt: skip
    decided = route_batch(batch, deps).columns
    assert set(decided) == set(TEXT_COLUMNS) | set(NUMBER_COLUMNS)
    assert all(len(column) == 0 for column in decided.values())


@pytest.mark.parametrize("lon, lat", [(np.nan, 26.0), (119.3, np.nan), (np.inf, np.inf)])
def test_a_row_without_a_usable_coordinate_is_unlocated_and_has_an_owner(lon, lat):
    deps, _ = city(1, (), borders=False)
    batch = ComplaintBatch(
        lon=np.array([lon]), lat=np.array([lat]), radius_m=np.array([30.0]),
        day=np.array([DAYS[3].toordinal()]), category=np.array([None], dtype=object),
    )  # fmt: skip
    row = {name: column[0] for name, column in route_batch(batch, deps).columns.items()}
    assert (row["status"], row["unit_code"], row["fallback_unit"]) == (
        "unlocated",
        "QUEUE",
        "QUEUE",
    )
    assert row["grid_code"] == ""
    assert np.isnan(row["lon"]) and np.isnan(row["edge_distance_m"])


def test_a_batch_refuses_an_index_it_cannot_ask_in_bulk():
    class Other:
        def hits(self, location, day):
            raise AssertionError

    deps = replace(city(1, (), borders=False)[0], index=Other())
    with pytest.raises(TypeError, match="in-memory index, was Other"):
        route_batch(batch_of(np.zeros((1, 2)), 1), deps)


@settings(EXAMPLES, max_examples=40)
@given(made=random_tilings(), seed=st.integers(0, 999))
def test_covering_pairs_are_those_of_brute_force(made: Tiling, seed: int):
    jurisdictions = made.jurisdictions()
    index = JurisdictionIndex(jurisdictions)
    edition = index.edition(DAYS[3].toordinal())
    points = hard_points(made, seed, each=30)
    row, number = covering_pairs(index, edition, points[:, 0].copy(), points[:, 1].copy())
    found = {
        (r, edition.jurisdictions[n].code)
        for r, n in zip(row.tolist(), number.tolist(), strict=True)
    }
    geometries = np.array([j.geometry for j in jurisdictions])
    grid = shapely.covers(geometries[None, :], shapely.points(points)[:, None])
    expected = {(r, jurisdictions[n].code) for r, n in zip(*np.nonzero(grid), strict=True)}
    assert found == expected
    assert len(row) == len(expected)
    assert (np.diff(row) >= 0).all()


def test_covering_pairs_across_chunks(monkeypatch):
    made = tiling(3)
    index = JurisdictionIndex(made.jurisdictions())
    edition = index.edition(DAYS[3].toordinal())
    points = hard_points(made, 3, each=40)
    lon, lat = points[:, 0].copy(), points[:, 1].copy()
    whole = covering_pairs(index, edition, lon, lat)
    monkeypatch.setattr("routing.jurisdiction.bulk.CHUNK", 7)
    cut = covering_pairs(index, edition, lon, lat)
    assert whole[0].tolist() == cut[0].tolist()
    assert whole[1].tolist() == cut[1].tolist()
    assert [len(part) for part in covering_pairs(index, edition, lon[:0], lat[:0])] == [0, 0]
