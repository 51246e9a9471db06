"""Real boundaries: 鼓楼区's ten subdistricts are clean, Chicago's 50 wards are not quite."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from sqlalchemy import Engine

from geodata.crs import BD09, GCJ02, Crs, from_wgs84, parse_crs
from geodata.findings import Severity
from geodata.read import read_source
from geodata.validate import check
from geodata.versions import stage
from tests.drawing import declare

HERE = Path(__file__).parent
DATA = HERE.parents[2] / "shared" / "data"
STREETS = DATA / "gulou" / "streets.geojson"
CHICAGO = DATA / "chicago"

pytestmark = pytest.mark.acceptance
gulou = pytest.mark.skipif(not STREETS.is_file(), reason=f"left out: no data at {STREETS}")
chicago = pytest.mark.skipif(not CHICAGO.is_dir(), reason=f"left out: no data at {CHICAGO}")


@gulou
def test_the_ten_subdistricts_are_clean_and_bit_for_bit() -> None:
    loaded = read_source(HERE / "gulou" / "streets.toml")
    assert check([loaded], city="350102") == []
    given = geopandas.read_file(STREETS)
    assert [j.code for j in loaded.jurisdictions] == list(given["乡"]) and len(given) == 10
    for jurisdiction, shape in zip(loaded.jurisdictions, given.geometry, strict=True):
        assert jurisdiction.geometry.equals_exact(shape, 0.0)


@gulou
def test_the_ten_subdistricts_are_imported(engine: Engine) -> None:
    loaded = read_source(HERE / "gulou" / "streets.toml")
    assert stage(engine, loaded, "test") == stage(engine, loaded, "test")


@gulou
@pytest.mark.parametrize("crs", [GCJ02, BD09, parse_crs("EPSG:4549")], ids=lambda crs: crs.name)
def test_in_another_crs_they_come_back_within_a_millimetre(tmp_path: Path, crs: Crs) -> None:
    given = geopandas.read_file(STREETS)

    def move(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], crs))

    moved = given.set_geometry(shapely.transform(given.geometry.to_numpy(), move), crs=None)
    # Twelve decimals, as the millimetre asks for; seven is what the driver writes of itself.
    moved.to_file(tmp_path / "moved.geojson", driver="GeoJSON", COORDINATE_PRECISION=12)
    layer = {"file": "moved.geojson", "level": "subdistrict", "code": "乡", "name": "乡"}
    loaded = read_source(declare(tmp_path, layer, crs=crs.name))
    assert loaded.findings == ()
    for jurisdiction, shape in zip(loaded.jurisdictions, given.geometry, strict=True):
        vertices = shapely.points(shapely.get_coordinates(shape))
        came_back = shapely.multipoints(shapely.get_coordinates(jurisdiction.geometry))
        assert shapely.distance(vertices, came_back).max() * 111_320 < 1e-3
    # Divided edges are shared as the given ones were: no gap or overlap comes of converting.
    assert check([loaded]) == []


@chicago
def test_chicago_s_wards_overlap_in_three_places() -> None:
    loaded = read_source(HERE / "chicago" / "wards.toml")
    findings = check([loaded])
    overlaps = {f.codes: f for f in findings if f.code == "overlap"}
    assert {frozenset(codes) for codes in overlaps} == {
        frozenset(pair) for pair in (("7", "10"), ("8", "10"), ("9", "10"))
    }
    assert sum(f.area_m2 or 0 for f in overlaps.values()) == pytest.approx(6_987, abs=2)
    gaps = [f for f in findings if f.code == "gap"]
    # Norridge with Harwood Heights, and two more places of their own, lie inside the city.
    assert sum((f.area_m2 or 0) > 100_000 for f in gaps) == 3
    assert [f.places for f in findings if f.code == "sliver"] == [19]
    assert len(findings) == 20 and not [f for f in findings if f.severity is Severity.BLOCKING]


@chicago
def test_a_beat_in_three_features_is_one_jurisdiction(tmp_path: Path) -> None:
    layer = {"file": str(CHICAGO / "police_beats.geojson"), "level": "grid"}
    loaded = read_source(declare(tmp_path, {**layer, "code": "beat_num", "name": "beat_num"}))
    findings = check([loaded])
    assert sorted(finding.code for finding in findings) == ["exclave", "several_features"]
    assert {finding.codes for finding in findings} == {("3100",)}
    assert len(loaded.jurisdictions) == 275
