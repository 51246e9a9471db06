"""Files become jurisdictions: texts as texts, shapes as they are, and every oddity said."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.crs import BD09, GCJ02, Crs, from_wgs84, geometry_from_wgs84, parse_crs
from geodata.findings import Severity
from geodata.read import LoadedSource, read_source, read_sources
from routing.errors import ContradictedCrs, UnusableSource
from routing.model import JurisdictionLevel
from tests.drawing import declare, draw, drawn_source, feature, features_of, write_geojson

TWO = "AAB\nAAB"


def moved(shapes: dict[str, BaseGeometry], crs: Crs) -> dict[str, BaseGeometry]:
    """The drawn shapes in another CRS, vertex by vertex."""

    def move(xy: Any) -> Any:
        import numpy as np

        return np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], crs))

    return {letter: shapely.transform(shape, move) for letter, shape in shapes.items()}


def layer_of(folder: Path, features: list[dict[str, Any]], **source: Any) -> Path:
    write_geojson(folder / "a.geojson", features)
    return declare(folder, {"file": "a.geojson", "level": "subdistrict"}, **source)


def found(loaded: LoadedSource) -> list[tuple[str, str]]:
    return [(finding.code, finding.severity.value) for finding in loaded.findings]


def test_wgs84_is_taken_over_bit_for_bit(tmp_path: Path) -> None:
    loaded = read_source(drawn_source(tmp_path, TWO))
    drawn = draw(TWO)
    assert [j.code for j in loaded.jurisdictions] == ["A", "B"] and not loaded.findings
    for jurisdiction in loaded.jurisdictions:
        assert jurisdiction.geometry.equals_exact(drawn[jurisdiction.code], 0.0)
        assert jurisdiction.unit_code == jurisdiction.code and jurisdiction.parent_code is None
        assert jurisdiction.level is JurisdictionLevel.SUBDISTRICT
        assert jurisdiction.effective_from == date(2020, 1, 1)
        assert jurisdiction.version == loaded.version


def test_the_version_names_source_day_and_content(tmp_path: Path) -> None:
    path = drawn_source(tmp_path, TWO)
    version = read_source(path).version
    assert version.startswith("drawn@2020-01-01#") and len(version.rpartition("#")[2]) == 8
    assert read_source(path).version == version
    write_geojson(tmp_path / "drawn.geojson", features_of(draw("ABB\nAAB")))
    assert read_source(path).version != version


def test_fields_become_what_they_are_declared_to_be(tmp_path: Path) -> None:
    shape = draw("A")["A"]
    features = [feature(shape, id="G1", n="铁路", up="B", u="U7", road_class="city", empty=None)]
    write_geojson(tmp_path / "a.geojson", features)
    layer = {
        "file": "a.geojson", "level": "overlay:railway", "code": "id", "name": "n", "parent": "up",
        "unit": "u", "precedence": 3, "attributes": ["road_class", "empty"],
    }  # fmt: skip
    (zone,) = read_source(declare(tmp_path, layer)).jurisdictions
    assert (zone.code, zone.name, zone.parent_code, zone.unit_code) == ("G1", "铁路", "B", "U7")
    assert (zone.overlay_kind, zone.precedence) == ("railway", 3)
    assert dict(zone.attributes) == {"road_class": "city", "empty": ""}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (350102001, "350102001"),
        (350102001.0, "350102001"),
        (350102001001001, "350102001001001"),
        ("007", "007"),
        (" 12 ", "12"),
    ],
)
def test_codes_are_read_as_text(tmp_path: Path, value: object, text: str) -> None:
    shapes = draw("AB")
    features = [feature(shapes["A"], code=value, name="A")]
    assert read_source(layer_of(tmp_path, features)).jurisdictions[0].code == text


def test_whole_numbers_stay_whole_beside_a_blank(tmp_path: Path) -> None:
    # GDAL turns a column of whole numbers with a null into decimals.
    shapes = draw("AB")
    features = [feature(shapes["A"], code=350102001), feature(shapes["B"], code=None)]
    write_geojson(tmp_path / "a.geojson", features)
    layer = {"file": "a.geojson", "level": "subdistrict", "name": "code"}
    loaded = read_source(declare(tmp_path, layer))
    assert [j.code for j in loaded.jurisdictions] == ["350102001"]
    assert found(loaded) == [("missing_code", "blocking")]


@pytest.mark.parametrize("crs", [GCJ02, BD09], ids=lambda crs: crs.name)
def test_chinese_datums_come_back_within_a_millimetre(tmp_path: Path, crs: Crs) -> None:
    drawn = draw(TWO)
    path = layer_of(tmp_path, features_of(moved(drawn, crs)), crs=crs.name)
    loaded = read_source(path)
    assert not loaded.findings
    for jurisdiction in loaded.jurisdictions:
        vertices = shapely.points(shapely.get_coordinates(drawn[jurisdiction.code]))
        kept = shapely.multipoints(shapely.get_coordinates(jurisdiction.geometry))
        assert shapely.distance(vertices, kept).max() * 111_320 < 1e-3
    a, b = (jurisdiction.geometry for jurisdiction in loaded.jurisdictions)
    assert a.touches(b), "the shared border is still shared"


def test_a_projected_shapefile_in_gb18030(tmp_path: Path) -> None:
    crs = parse_crs("EPSG:4549")
    shapes = geometry_from_wgs84(list(draw(TWO).values()), crs)
    frame = gpd.GeoDataFrame(
        {"乡": ["洪山镇", "鼓东街道"], "code": [350102100, 350102001]},
        geometry=list(shapes),
        crs=4549,
    )
    frame.to_file(tmp_path / "gb.shp", encoding="GB18030")
    (tmp_path / "gb.cpg").unlink()
    layer = {"file": "gb.shp", "level": "subdistrict", "name": "乡"}
    loaded = read_source(declare(tmp_path, layer, crs="EPSG:4549"))
    assert [(j.code, j.name) for j in loaded.jurisdictions] == [
        ("350102100", "洪山镇"),
        ("350102001", "鼓东街道"),
    ]
    assert found(loaded) == [("encoding", "info")] and "GB18030" in loaded.findings[0].message
    declared = read_source(declare(tmp_path, {**layer, "encoding": "GB18030"}, crs="EPSG:4549"))
    assert declared.jurisdictions[0].name == "洪山镇" and not declared.findings
    version = declared.version
    (tmp_path / "gb.dbf").write_bytes((tmp_path / "gb.dbf").read_bytes().replace(b"001", b"002"))
    changed = read_source(declare(tmp_path, {**layer, "encoding": "GB18030"}, crs="EPSG:4549"))
    assert changed.version != version, "a shapefile's companions are part of the version"


def test_a_wrong_declared_encoding(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"code": ["洪"]}, geometry=[draw("A")["A"]], crs=4326)
    frame.to_file(tmp_path / "a.shp", encoding="GB18030")
    layer = {"file": "a.shp", "level": "grid", "name": "code", "encoding": "UTF-8"}
    with pytest.raises(UnusableSource, match=r"'a\.shp': its texts are not UTF-8"):
        read_source(declare(tmp_path, layer))


def test_a_zipped_shapefile(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"code": ["A"], "name": ["甲"]}, geometry=[draw("A")["A"]], crs=4326)
    frame.to_file(tmp_path / "a.shp", encoding="UTF-8")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in tmp_path.glob("a.*"):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    for file in ("a.zip", "a.zip!a.shp"):
        loaded = read_source(declare(tmp_path, {"file": file, "level": "grid"}))
        assert [(j.code, j.name) for j in loaded.jurisdictions] == [("A", "甲")]


def test_a_geopackage_with_two_layers(tmp_path: Path) -> None:
    for letter in "AB":
        frame = gpd.GeoDataFrame({"code": [letter]}, geometry=[draw(letter)[letter]], crs=4326)
        frame.to_file(tmp_path / "many.gpkg", layer=f"layer_{letter}")
    layer = {"file": "many.gpkg", "level": "grid", "name": "code"}
    loaded = read_source(declare(tmp_path, {**layer, "layer": "layer_B"}))
    assert [j.code for j in loaded.jurisdictions] == ["B"]
    with pytest.raises(
        UnusableSource, match="has 2 layers; set layer = to one of layer_A, layer_B"
    ):
        read_source(declare(tmp_path, layer))
    with pytest.raises(UnusableSource, match="has no layer 'C'; it has layer_A, layer_B"):
        read_source(declare(tmp_path, {**layer, "layer": "C"}))


# What cannot be used at all.


def test_a_layer_with_no_codes(tmp_path: Path) -> None:
    features = [feature(draw("A")["A"], code=None, name="A"), feature(draw("B")["B"], code=" ")]
    with pytest.raises(UnusableSource, match="has no codes: field 'code' is empty in all 2"):
        read_source(layer_of(tmp_path, features))


def test_a_missing_field_is_named_with_those_there(tmp_path: Path) -> None:
    features = [feature(draw("A")["A"], codes="A", name="A")]
    with pytest.raises(UnusableSource, match=r"no field 'code' \(did you mean 'codes'\?\); fields"):
        read_source(layer_of(tmp_path, features))


def test_a_file_with_no_features_or_no_geometry(tmp_path: Path) -> None:
    with pytest.raises(UnusableSource, match="has no features"):
        read_source(layer_of(tmp_path, []))
    with pytest.raises(UnusableSource, match="has no geometry in any"):
        read_source(layer_of(tmp_path, [feature(None, code="A", name="A")]))


def test_a_file_that_is_no_map(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text("hello", encoding="utf-8")
    with pytest.raises(UnusableSource, match=r"'a\.geojson' cannot be read"):
        read_source(declare(tmp_path, {"file": "a.geojson", "level": "grid"}))


# What is said and left out.


def test_a_bow_tie_is_repaired_and_reported(tmp_path: Path) -> None:
    bow = {"type": "Polygon", "coordinates": [[[119.30, 26.00], [119.32, 26.02], [119.32, 26.00],
           [119.30, 26.02], [119.30, 26.00]]]}  # fmt: skip
    loaded = read_source(layer_of(tmp_path, [feature(bow, code="A", name="A")]))
    (finding,) = loaded.findings
    assert (finding.code, finding.severity) == ("invalid_ring", Severity.BLOCKING)
    assert (finding.lon, finding.lat) == (pytest.approx(119.31), pytest.approx(26.01))
    (jurisdiction,) = loaded.jurisdictions
    assert jurisdiction.geometry.is_valid and jurisdiction.geometry.area == pytest.approx(0.0002)


def test_a_spike_and_a_ring_left_open(tmp_path: Path) -> None:
    spike = {"type": "Polygon", "coordinates": [[[119.3, 26.0], [119.4, 26.0], [119.5, 26.0],
             [119.4, 26.0], [119.4, 26.1], [119.3, 26.0]]]}  # fmt: skip
    open_ring = {"type": "Polygon", "coordinates": [[[119.1, 26.0], [119.2, 26.0], [119.2, 26.1]]]}
    features = [feature(spike, code="A", name="A"), feature(open_ring, code="B", name="B")]
    loaded = read_source(layer_of(tmp_path, features))
    assert found(loaded) == [("invalid_ring", "blocking")]
    assert [j.geometry.is_valid for j in loaded.jurisdictions] == [True, True]
    assert all(isinstance(j.geometry, shapely.Polygon) for j in loaded.jurisdictions)


def test_empty_lines_and_points_are_left_out(tmp_path: Path) -> None:
    features = [
        feature(draw("A")["A"], code="A", name="A"),
        feature({"type": "Polygon", "coordinates": []}, code="B", name="B"),
        feature(None, code="C", name="C"),
        feature(shapely.Point(119.3, 26.1), code="D", name="D"),
        feature(
            {"type": "Polygon", "coordinates": [[[119.1, 26.0], [119.1, 26.0]]]}, code="E", name=""
        ),
    ]
    loaded = read_source(layer_of(tmp_path, features))
    assert [j.code for j in loaded.jurisdictions] == ["A"]
    kinds = {finding.codes[0]: (finding.code, finding.severity) for finding in loaded.findings}
    assert kinds["B"] == kinds["C"] == ("empty_geometry", Severity.BLOCKING)
    assert kinds["D"] == ("not_a_polygon", Severity.BLOCKING)
    assert kinds["E"][0] in ("invalid_ring", "unreadable_geometry")


@pytest.mark.parametrize("bad", ["NaN", "Infinity", "-Infinity"])
def test_coordinates_that_are_no_numbers(tmp_path: Path, bad: str) -> None:
    path = drawn_source(tmp_path, TWO)
    file = tmp_path / "drawn.geojson"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("119.282", bad, 1), encoding="utf-8")
    assert bad in file.read_text(encoding="utf-8")
    with pytest.raises(UnusableSource, match="NaN"):
        read_source(path)
    loaded = read_source(path, keep_going=True)
    assert found(loaded) == [("bad_coordinates", "blocking")]
    assert [j.code for j in loaded.jurisdictions] == ["B"]
    file.write_text(text.replace("119.282", "1e999", 1), encoding="utf-8")
    with pytest.raises(UnusableSource, match=r"'drawn\.geojson' cannot be read"):
        read_source(path, keep_going=True)


def test_features_of_one_code_become_one_jurisdiction(tmp_path: Path) -> None:
    drawn = draw("AA.B\n...C")
    features = [
        feature(drawn[letter], code=code, name="甲")
        for letter, code in zip("ABC", "112", strict=True)
    ]
    loaded = read_source(layer_of(tmp_path, features))
    assert [j.code for j in loaded.jurisdictions] == ["1", "2"]
    assert loaded.jurisdictions[0].geometry.equals(drawn["A"].union(drawn["B"]))
    assert shapely.get_num_geometries(loaded.jurisdictions[0].geometry) == 2
    assert found(loaded) == [("several_features", "info")]


def test_one_code_with_two_names_is_a_contradiction(tmp_path: Path) -> None:
    drawn = draw("AB")
    features = [feature(drawn["A"], code="1", name="甲"), feature(drawn["B"], code="1", name="乙")]
    loaded = read_source(layer_of(tmp_path, features))
    assert ("duplicate_code", "blocking") in found(loaded)
    assert "乙" in loaded.findings[0].message and "甲" in loaded.findings[0].message


# CRS against the file and against the coordinates.


@pytest.mark.parametrize(
    ("crs", "fit"),
    [
        ("EPSG:4326", 'crs = "EPSG:4326" 加 axis_order = "yx"'),
        ("GCJ-02", 'crs = "GCJ-02" 加 axis_order = "yx"'),
    ],
)
def test_swapped_axes_block_and_axis_order_mends_them(tmp_path: Path, crs: str, fit: str) -> None:
    turned = {k: shapely.transform(v, lambda xy: xy[:, ::-1]) for k, v in draw(TWO).items()}
    with pytest.raises(ContradictedCrs, match="次序颠倒") as caught:
        read_source(layer_of(tmp_path, features_of(turned), crs=crs))
    assert fit in str(caught.value)
    loaded = read_source(layer_of(tmp_path, features_of(turned), crs=crs), keep_going=True)
    assert found(loaded) == [("crs_contradicted", "blocking")] and loaded.jurisdictions == ()
    mended = read_source(layer_of(tmp_path, features_of(turned), crs=crs, axis_order="yx"))
    assert mended.jurisdictions[0].geometry.centroid.x == pytest.approx(119.281, abs=0.01)


def test_feet_declared_as_degrees(tmp_path: Path) -> None:
    there = {"west": -87.65, "south": 41.88}
    feet = moved(draw(TWO, **there), parse_crs("EPSG:3435"))
    path = layer_of(tmp_path, features_of(feet), bounds=[-88.0, 41.6, -87.5, 42.1])
    with pytest.raises(ContradictedCrs, match="EPSG:3435"):
        read_source(path)
    good = read_source(layer_of(tmp_path, features_of(feet), crs="EPSG:3435"))
    assert good.jurisdictions[0].geometry.centroid.y == pytest.approx(41.881, abs=1e-3)


def test_another_source_s_extent_tells_which_grid_it_is(tmp_path: Path) -> None:
    there = {"west": -87.65, "south": 41.88}
    write_geojson(tmp_path / "good.geojson", features_of(draw(TWO, **there)))
    good = declare(
        tmp_path, {"file": "good.geojson", "level": "district"}, name="good", file="good.toml"
    )
    feet = layer_of(tmp_path, features_of(moved(draw(TWO, **there), parse_crs("EPSG:3435"))))
    (_, wrong) = read_sources([good, feet], keep_going=True)
    assert wrong.findings[0].advice.startswith('吻合的写法：crs = "EPSG:3435"')


def test_codes_of_another_province_contradict_degrees(tmp_path: Path) -> None:
    beijing = draw(TWO, west=116.3, south=39.9)
    codes = {"A": "350102001", "B": "350102002"}
    path = layer_of(tmp_path, features_of(beijing, codes), crs="EPSG:4490")
    with pytest.raises(ContradictedCrs, match="应在的范围之外"):
        read_source(path)
    read_source(layer_of(tmp_path, features_of(beijing), crs="EPSG:4490"))


def test_a_file_that_states_another_crs(tmp_path: Path) -> None:
    mercator = moved(draw(TWO), parse_crs("EPSG:3857"))
    frame = gpd.GeoDataFrame(
        {"code": list(mercator), "name": list(mercator)}, geometry=list(mercator.values()), crs=3857
    )
    frame.to_file(tmp_path / "a.gpkg", layer="a")
    layer = {"file": "a.gpkg", "level": "grid"}
    with pytest.raises(ContradictedCrs, match=r'文件自带坐标系 EPSG:3857.*crs = "EPSG:3857"'):
        read_source(declare(tmp_path, layer, crs="EPSG:4549"))
    assert not read_source(declare(tmp_path, layer, crs="EPSG:3857")).findings


def test_a_file_whose_own_statement_is_impossible_is_taken_as_declared(tmp_path: Path) -> None:
    # Tools that know no better write WGS 84 into a file of metres.
    metres = moved(draw(TWO), parse_crs("EPSG:4549"))
    frame = gpd.GeoDataFrame({"code": list(metres)}, geometry=list(metres.values()), crs=4326)
    frame.to_file(tmp_path / "a.gpkg", layer="a")
    layer = {"file": "a.gpkg", "level": "grid", "name": "code"}
    assert not read_source(declare(tmp_path, layer, crs="EPSG:4549")).findings


def test_wgs84_and_cgcs2000_do_not_contradict_each_other(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"code": ["A"]}, geometry=[draw("A")["A"]], crs=4490)
    frame.to_file(tmp_path / "a.gpkg", layer="a")
    layer = {"file": "a.gpkg", "level": "grid", "name": "code"}
    for crs in ("EPSG:4326", "EPSG:4490", "GCJ-02"):
        assert not read_source(declare(tmp_path, layer, crs=crs)).findings


# Editions and borders.


def test_the_earlier_edition_ends_the_day_before_the_next(tmp_path: Path) -> None:
    paths = []
    for year in (2024, 2020, 2022):
        folder = tmp_path / str(year)
        folder.mkdir()
        paths.append(drawn_source(folder, TWO, effective_from=date(year, 1, 1)))
    loaded = read_sources(paths)
    assert [one.source.effective_to for one in loaded] == [
        None,
        date(2021, 12, 31),
        date(2023, 12, 31),
    ]
    for one in loaded:
        assert {j.effective_to for j in one.jurisdictions} == {one.source.effective_to}


def test_an_edition_that_ended_earlier_keeps_its_end(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    first = drawn_source(tmp_path, TWO, effective_to=date(2020, 6, 30))
    second = drawn_source(tmp_path / "b", TWO, effective_from=date(2022, 1, 1))
    assert read_sources([first, second])[0].source.effective_to == date(2020, 6, 30)


def test_two_editions_of_one_day_are_refused(tmp_path: Path) -> None:
    path = drawn_source(tmp_path, TWO)
    with pytest.raises(UnusableSource, match="give each edition its own effective_from"):
        read_sources([path, path])


def test_border_rules(tmp_path: Path) -> None:
    drawn_source(tmp_path, "AB\nAB")
    line = shapely.LineString([(119.281, 26.06), (119.281, 26.062)])
    write_geojson(
        tmp_path / "lines.geojson",
        [
            feature(line, l="A", r="B", rule="left", inner=None, w=20),
            feature(line, l="A", r="B", rule="outer_edge", inner="B", w=12.5),
            feature(line, l="A", r="B", rule=None, inner=None, w=None),
            feature(line, l="A", r="B", rule="above", inner=None, w=1),
            feature(line, l=None, r="B", rule="left", inner=None, w=1),
            feature(None, l="A", r="B", rule="left", inner=None, w=1),
        ],
    )
    border = {
        "file": "lines.geojson", "between_left": "l", "between_right": "r", "side": "rule",
        "inside": "inner", "width_m": "w",
    }  # fmt: skip
    path = declare(tmp_path, {"file": "drawn.geojson", "level": "grid"}, borders=[border])
    loaded = read_source(path)
    assert [(b.side, b.owner_code, b.width_m) for b in loaded.borders] == [
        ("left", "A", 20.0),
        ("outer_edge", "B", 12.5),
        ("unknown", None, 0.0),
    ]
    assert loaded.borders[0].line.equals(line) and loaded.borders[0].version == loaded.version
    assert found(loaded) == [("bad_border", "blocking")] * 3
    constant = {**border, "side": "centre", "inside": None, "width_m": 8}
    path = declare(tmp_path, {"file": "drawn.geojson", "level": "grid"}, borders=[constant])
    assert [b.side for b in read_source(path).borders] == ["centre"] * 4
