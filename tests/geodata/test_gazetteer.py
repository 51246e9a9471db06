"""Reading gazetteers: every format, every way to declare a CRS, and rows that cannot be used."""

from __future__ import annotations

import json
import time
import warnings
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pyogrio.raw
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.crs import GCJ02, from_wgs84, geometry_from_wgs84, parse_crs
from geodata.findings import Severity
from geodata.gazetteer import GazetteerOf, LoadedGazetteer, read_gazetteer
from geodata.gazetteer_files.days import read_day
from geodata.gazetteer_files.row_notes import LISTED
from routing.errors import ContradictedCrs, UndeclaredCrs, UnknownCrs, UnusableSource
from routing.model import Place, PlaceKind

HEAD = "place_id,name,kind,lon,lat,aliases,road,number,admin_code,source,valid_from,valid_to"
ROAD = "LINESTRING (119.29 26.08, 119.295 26.085)"


def table(folder: Path, *rows: str, head: str = HEAD, crs: str | None = "EPSG:4490") -> Path:
    """A CSV of rows, with its CRS in a TOML beside it."""
    path = folder / "names.csv"
    path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    if crs:
        (folder / "names.toml").write_text(f'crs = "{crs}"\n', encoding="utf-8")
    return path


def codes(gazetteer: LoadedGazetteer) -> list[str]:
    return [finding.code for finding in gazetteer.findings]


def only(path: Path) -> Place:
    (place,) = read_gazetteer(path).places()
    return place


# --- what a row becomes -----------------------------------------------------------------------


def test_a_row_becomes_a_place(tmp_path: Path) -> None:
    row = "A1,西洪路59号,address,119.291,26.081,老59号；旧楼|甲,西洪路,59号,350102100001,"
    row += "民政,2008-05-01,"
    gazetteer = read_gazetteer(table(tmp_path, row))
    (place,) = gazetteer.places()
    assert (place.id, place.name, place.kind) == ("A1", "西洪路59号", PlaceKind.ADDRESS)
    assert place.geometry.equals_exact(shapely.Point(119.291, 26.081), 0)
    assert place.aliases == ("老59号", "旧楼", "甲")
    assert (place.road, place.number, place.admin_code) == ("西洪路", "59", "350102100001")
    assert (place.source, place.valid_from, place.valid_to) == ("民政", date(2008, 5, 1), None)
    assert gazetteer.findings == ()


def test_missing_optional_columns_and_extra_ones_and_capital_headings(tmp_path: Path) -> None:
    path = table(tmp_path, "A1,x,甲桥,POI,119.29,26.08", head="PLACE_ID,memo,Name,KIND,Lon,LAT")
    place = only(path)
    assert (place.name, place.kind, place.aliases, place.road) == ("甲桥", PlaceKind.POI, (), "")


def test_what_a_spreadsheet_made_of_codes_and_numbers_is_undone(tmp_path: Path) -> None:
    place = only(table(tmp_path, "17.0,甲,address,119.29,26.08,,西洪路,59.0,350102001002.0,,,"))
    assert (place.id, place.number, place.admin_code) == ("17", "59", "350102001002")


@pytest.mark.parametrize(
    ("written", "kept"),
    [("59", "59"), ("59号", "59"), ("88-3", "88-3"), ("88-3 号", "88-3"), ("B-044", "B-044"),
     ("甲", "甲"), ("3号门", "3号门"), ("", "")],
)  # fmt: skip
def test_numbers_stay_as_written_but_for_the_last_word(
    tmp_path: Path, written: str, kept: str
) -> None:
    assert only(table(tmp_path, f"1,甲,gate,119.29,26.08,,,{written},,,,")).number == kept


def test_a_long_code_that_was_rounded_is_dropped_and_told(tmp_path: Path) -> None:
    gazetteer = read_gazetteer(table(tmp_path, "1,甲,poi,119.29,26.08,,,,3.50102E+11,,,"))
    assert gazetteer.places()[0].admin_code == ""
    (finding,) = gazetteer.findings
    assert (finding.code, finding.severity) == ("bad_admin_code", Severity.WARNING)
    assert "3.50102E+11" in finding.message


def test_an_alias_that_is_the_name_or_stands_twice_is_one(tmp_path: Path) -> None:
    assert only(table(tmp_path, "1,甲桥,poi,119.29,26.08,甲桥;乙;乙; ;丙,,,,,,")).aliases == (
        "乙",
        "丙",
    )


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2008-05-01", date(2008, 5, 1), date(2008, 5, 1)),
        ("20080501", date(2008, 5, 1), date(2008, 5, 1)),
        ("2008/5/1", date(2008, 5, 1), date(2008, 5, 1)),
        ("2008年5月1日", date(2008, 5, 1), date(2008, 5, 1)),
        ("2008-05-01T00:00:00", date(2008, 5, 1), date(2008, 5, 1)),
        ("2008年2月", date(2008, 2, 1), date(2008, 2, 29)),
        ("2008", date(2008, 1, 1), date(2008, 12, 31)),
        ("长期", None, None),
        ("", None, None),
    ],
)
def test_days(text: str, first: date | None, last: date | None) -> None:
    assert (read_day(text, last=False), read_day(text, last=True)) == (first, last)


@pytest.mark.parametrize("text", ["2008-13-01", "2008-02-30", "昨天", "05/01/2008", "200805"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_day(text, last=False)


def test_no_end_is_written_as_a_far_year(tmp_path: Path) -> None:
    assert only(table(tmp_path, "1,甲,poi,119.29,26.08,,,,,,2008,9999-12-31")).valid_to is None


# --- formats ----------------------------------------------------------------------------------


def test_csv_in_gb18030_with_wkt(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    text = f'place_id,name,kind,wkt,crs\n1,西洪路,road,"{ROAD}",EPSG:4490\n'
    path.write_bytes(text.encode("gb18030"))
    place = only(path)
    assert place.name == "西洪路" and shapely.equals_exact(
        place.geometry, shapely.from_wkt(ROAD), 0
    )


def test_a_wkt_column_goes_before_lon_and_lat_of_the_row(tmp_path: Path) -> None:
    head = "place_id,name,kind,lon,lat,geometry"
    rows = f'1,路,road,1,1,"{ROAD}"', "2,点,poi,119.29,26.08,"
    road, point = read_gazetteer(table(tmp_path, *rows, head=head)).places()
    assert road.geometry.geom_type == "LineString" and point.geometry.x == 119.29


def _geojson(folder: Path, crs: str | None, **properties: Any) -> Path:
    path = folder / "names.geojson"
    feature = {
        "type": "Feature",
        "properties": {"place_id": 7, "name": "甲", "kind": "poi", **properties},
        "geometry": {"type": "Point", "coordinates": [119.29, 26.08, 12.0]},
    }
    document: dict[str, Any] = {"type": "FeatureCollection", "features": [feature]}
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_geojson_without_a_crs_is_wgs84_by_its_standard_and_says_so(tmp_path: Path) -> None:
    path = _geojson(tmp_path, None, number=59, aliases=["乙", "丙"], valid_from="2008-05-01")
    gazetteer = read_gazetteer(path)
    (place,) = gazetteer.places()
    assert (place.id, place.number, place.aliases) == ("7", "59", ("乙", "丙"))
    assert (place.geometry.x, place.geometry.has_z) == (119.29, False)
    assert place.valid_from == date(2008, 5, 1)
    assert codes(gazetteer) == ["crs_assumed"]


def test_geojson_with_a_crs_member_and_with_a_toml(tmp_path: Path) -> None:
    path = _geojson(tmp_path, "urn:ogc:def:crs:EPSG::4490")
    assert codes(read_gazetteer(path)) == []
    (tmp_path / "names.toml").write_text('[source]\ncrs = "GCJ-02"\n', encoding="utf-8")
    moved = only(path)
    x, y = from_wgs84(moved.geometry.x, moved.geometry.y, GCJ02)
    assert (float(x), float(y)) == pytest.approx((119.29, 26.08), abs=1e-8)


def _write(
    path: Path, shapes: list[Any], crs: str | None, layer: str, append: bool = False
) -> None:
    fields = {
        "place_id": [f"{layer}{at}" for at in range(len(shapes))],
        "name": [f"名{layer}{at}" for at in range(len(shapes))],
        "kind": ["poi"] * len(shapes),
        "admin_code": [350102001002.0] * len(shapes),
    }
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(np.array(shapes, dtype=object)),
        field_data=[np.array(values) for values in fields.values()],
        fields=list(fields),
        crs=crs,
        driver="GPKG",
        layer=layer,
        geometry_type="Unknown",
        append=append,
    )


def test_geopackage_with_its_own_crs_and_several_layers(tmp_path: Path) -> None:
    path = tmp_path / "names.gpkg"
    _write(path, [shapely.Point(119.29, 26.08)], "EPSG:4490", "p")
    area = shapely.Point(119.29, 26.08).buffer(0.001)
    (moved,) = geometry_from_wgs84(np.array([area, None], dtype=object)[:1], parse_crs("EPSG:4549"))
    _write(path, [moved], "EPSG:4549", "q")
    one, two = read_gazetteer(path).places()
    assert (one.id, one.admin_code, two.id) == ("p0", "350102001002", "q0")
    assert shapely.hausdorff_distance(two.geometry, area) < 1e-7
    (tmp_path / "names.toml").write_text('layer = "q"\n', encoding="utf-8")
    assert [place.id for place in read_gazetteer(path).places()] == ["q0"]
    (tmp_path / "names.toml").write_text('layer = "r"\n', encoding="utf-8")
    with pytest.raises(UnusableSource, match="no layer 'r'; it has p, q"):
        read_gazetteer(path)


def _parquet(path: Path, geo: dict[str, Any] | None, **columns: list[Any]) -> Path:
    data = {"place_id": [1], "name": ["甲"], "kind": ["poi"], **columns}
    made = pa.table(data)
    if geo is not None:
        made = made.replace_schema_metadata({"geo": json.dumps(geo)})
    pq.write_table(made, path)
    return path


def test_geoparquet_and_plain_parquet(tmp_path: Path) -> None:
    wkb = shapely.to_wkb(shapely.Point(119.29, 26.08))
    declared = {"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}
    gazetteer = read_gazetteer(_parquet(tmp_path / "a.parquet", declared, geometry=[wkb]))
    assert gazetteer.places()[0].geometry.x == 119.29 and codes(gazetteer) == ["crs_assumed"]

    unknown = {"primary_column": "geometry", "columns": {"geometry": {"crs": None}}}
    with pytest.raises(UndeclaredCrs):
        read_gazetteer(_parquet(tmp_path / "b.parquet", unknown, geometry=[wkb]))

    plain = _parquet(tmp_path / "c.parquet", None, lon=[119.29], lat=[26.08], crs=["EPSG:4490"],
                     aliases=[["乙", "丙"]], valid_from=[date(2008, 5, 1)])  # fmt: skip
    place = only(plain)
    assert (place.id, place.aliases, place.valid_from) == ("1", ("乙", "丙"), date(2008, 5, 1))


def test_a_toml_may_name_the_file_and_the_columns(tmp_path: Path) -> None:
    (tmp_path / "数据.csv").write_text(
        "编码,地名称,类,x,y\n1,甲,道路,119.29,26.08\n", encoding="utf-8"
    )
    toml = tmp_path / "declared.toml"
    toml.write_text(
        '[gazetteer]\nname = "鼓楼地名"\nfile = "数据.csv"\ncrs = "EPSG:4490"\n'
        'retrieved = 2026-11-01\nlicence = "内部"\n\n[gazetteer.columns]\nplace_id = "编码"\n'
        'name = "地名称"\nkind = "类"\n'
        'lon = "x"\nlat = "y"\n',
        encoding="utf-8",
    )
    gazetteer = read_gazetteer(toml)
    assert gazetteer.places()[0].kind is PlaceKind.ROAD
    name, _, rest = gazetteer.version.partition("@")
    day, _, digest = rest.partition("#")
    assert (name, day) == ("鼓楼地名", "2026-11-01")
    assert len(digest) == 8 and int(digest, 16) >= 0
    assert gazetteer.source is not None and gazetteer.source.licence == "内部"


def test_the_version_follows_file_and_declaration(tmp_path: Path) -> None:
    path = table(tmp_path, "1,甲,poi,119.29,26.08,,,,,,,")
    first = read_gazetteer(path).version
    assert first.startswith("names@#") and read_gazetteer(path).version == first
    (tmp_path / "names.toml").write_text('crs = "EPSG:4490" # again\n', encoding="utf-8")
    second = read_gazetteer(path).version
    table(tmp_path, "1,乙,poi,119.29,26.08,,,,,,,", crs=None)
    assert len({first, second, read_gazetteer(path).version}) == 3


# --- CRS --------------------------------------------------------------------------------------


def test_no_crs_is_an_error_that_says_where_to_write_it(tmp_path: Path) -> None:
    path = table(tmp_path, "1,甲,poi,119.29,26.08,,,,,,,", crs=None)
    with pytest.raises(UndeclaredCrs, match=r"names\.csv.*EPSG:4490.*names\.toml.*column crs"):
        read_gazetteer(path)


@pytest.mark.parametrize("crs", ["GCJ-02", "BD-09", "EPSG:4549", "EPSG:3857"])
def test_points_lines_and_areas_come_to_wgs84(tmp_path: Path, crs: str) -> None:
    line = shapely.from_wkt(ROAD)
    true = [shapely.Point(119.29, 26.08), line, line.buffer(0.001)]
    shapes = geometry_from_wgs84(np.array(true, dtype=object), parse_crs(crs))
    rows = [f'{at},名{at},poi,"{shape.wkt}"' for at, shape in enumerate(shapes)]
    path = table(tmp_path, *rows, head="place_id,name,kind,geometry", crs=crs)
    for place, shape in zip(read_gazetteer(path).places(), true, strict=True):
        assert shapely.hausdorff_distance(place.geometry, shape) < 2e-8  # 2 mm


def test_a_crs_for_each_row(tmp_path: Path) -> None:
    x, y = (float(v) for v in from_wgs84(119.29, 26.08, GCJ02))
    rows = (
        f"1,甲,poi,{x!r},{y!r},GCJ-02", "2,乙,poi,119.29,26.08,EPSG:4490",
        "3,丙,poi,119.29,26.08,", "4,丁,poi,119.29,26.08,高德",
    )  # fmt: skip
    path = table(tmp_path, *rows, head="place_id,name,kind,lon,lat,crs", crs=None)
    gazetteer = read_gazetteer(path)
    assert [place.id for place in gazetteer.places()] == ["1", "2"]
    assert gazetteer.places()[0].geometry.x == pytest.approx(119.29, abs=1e-8)
    assert codes(gazetteer) == ["crs_undeclared"] * 2
    (tmp_path / "names.toml").write_text('crs = "EPSG:4490"\n', encoding="utf-8")
    assert [place.id for place in read_gazetteer(path).places()] == ["1", "2", "3"]


def test_an_unknown_crs_and_one_that_cannot_be(tmp_path: Path) -> None:
    row = "1,甲,poi,119.29,26.08,,,,,,,"
    with pytest.raises(UnknownCrs, match=r"names\.toml.*GCJ-02"):
        read_gazetteer(table(tmp_path, row, crs="GCJ-2"))
    with pytest.raises(ContradictedCrs, match="EPSG:4490"):
        read_gazetteer(table(tmp_path, row, crs="EPSG:4549"))
    with pytest.raises(ContradictedCrs, match="颠倒"):
        read_gazetteer(table(tmp_path, "1,甲,poi,26.08,119.29,,,,,,,", crs="EPSG:4490"))


def test_the_crs_member_may_be_a_datum_that_gdal_does_not_know(tmp_path: Path) -> None:
    place = only(_geojson(tmp_path, "GCJ-02"))
    x, y = from_wgs84(place.geometry.x, place.geometry.y, GCJ02)
    assert (float(x), float(y)) == pytest.approx((119.29, 26.08), abs=1e-8)


def test_a_geopackage_of_undefined_crs_is_undeclared(tmp_path: Path) -> None:
    path = tmp_path / "names.gpkg"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has none is what is tested
        _write(path, [shapely.Point(119.29, 26.08)], None, "p")
    with pytest.raises(UndeclaredCrs, match=r"names\.toml"):
        read_gazetteer(path)


def test_file_and_declaration_that_disagree(tmp_path: Path) -> None:
    path = tmp_path / "names.gpkg"
    x, y = from_wgs84(119.29, 26.08, parse_crs("EPSG:4549"))
    _write(path, [shapely.Point(float(x), float(y))], "EPSG:4549", "p")
    # the neighbouring zone: the same numbers three degrees further west
    (tmp_path / "names.toml").write_text('crs = "EPSG:4548"\n', encoding="utf-8")
    with pytest.raises(ContradictedCrs, match=r"EPSG:4549.*EPSG:4548"):
        read_gazetteer(path)
    kept = read_gazetteer(path, keep_going=True)
    assert (kept.places(), codes(kept)) == ((), ["crs_mismatch"])


def test_latitude_first_is_declared(tmp_path: Path) -> None:
    path = table(tmp_path, "1,甲,poi,26.08,119.29,,,,,,,", crs=None)
    (tmp_path / "names.toml").write_text('crs = "EPSG:4490"\naxis_order = "yx"\n', encoding="utf-8")
    assert only(path).geometry.x == 119.29


# --- bad rows ---------------------------------------------------------------------------------

BAD_ROWS = {
    "missing_place_id": ",乙,poi,119.29,26.08,,,,,,,",
    "missing_name": "2,,poi,119.29,26.08,,,,,,,",
    "unknown_kind": "2,乙,castle,119.29,26.08,,,,,,,",
    "duplicate_place_id": "1,乙,poi,119.29,26.08,,,,,,,",
    "empty_geometry": "2,乙,poi,,,,,,,,,",
    "unreadable_geometry": "2,乙,poi,东经119度,26.08,,,,,,,",
    "bad_coordinates": "2,乙,poi,119.29,126.08,,,,,,,",
    "bad_date": "2,乙,poi,119.29,26.08,,,,,,2008-02-30,",
    "bad_text": "2,乙\u200b丙,poi,119.29,26.08,,,,,,,",
    "bad_row": "2,乙,poi",
}


@pytest.mark.parametrize("code", BAD_ROWS)
def test_a_bad_row_is_told_and_left_out_alone(tmp_path: Path, code: str) -> None:
    good = "1,甲,poi,119.29,26.08,,,,,,,", "9,尾,poi,119.29,26.08,,,,,,,"
    gazetteer = read_gazetteer(table(tmp_path, good[0], BAD_ROWS[code], good[1]))
    assert [place.id for place in gazetteer.places()] == ["1", "9"]
    (finding,) = gazetteer.findings
    assert (finding.code, finding.severity) == (code, Severity.BLOCKING)
    assert "第 3 行" in finding.message and finding.advice
    assert all(char.isprintable() for char in finding.message)


@pytest.mark.parametrize(
    ("row", "code", "shown"),
    [
        ("2,乙,poi,0,0,,,,,,,", "bad_coordinates", "(0, 0)"),
        ("2,乙,poi,nan,26.08,,,,,,,", "unreadable_geometry", "nan"),
        ("2,乙,castle,119.29,26.08,,,,,,,", "unknown_kind", "castle"),
        ("2,乙,poi,119.29,26.08,,,,,,2009-01-01,2008-01-01", "bad_date", "2008-01-01"),
        (f"2,{'长' * 101},poi,119.29,26.08,,,,,,,", "bad_text", "长…"),
        ("2,乙\x1b[2J,poi,119.29,26.08,,,,,,,", "bad_text", "乙\ufffd"),
    ],
)
def test_findings_show_the_value(tmp_path: Path, row: str, code: str, shown: str) -> None:
    gazetteer = read_gazetteer(table(tmp_path, row, "9,尾,poi,119.29,26.08,,,,,,,"))
    (finding,) = gazetteer.findings
    assert finding.code == code and shown in finding.message


def test_shapes_that_are_none_and_one_that_can_be_mended(tmp_path: Path) -> None:
    head = "place_id,name,kind,geometry"
    rows = (
        '1,甲,water,"POLYGON ((119.3 26, 119.31 26.01, 119.31 26, 119.3 26.01, 119.3 26))"',
        '2,乙,road,"LINESTRING (119.3 26, 119.3 26)"',
        '3,丙,road,"LINESTRING (119.3 26"',
        "4,丁,poi,POINT EMPTY",
        '5,戊,poi,"GEOMETRYCOLLECTION (POINT (119.3 26))"',
        '6,己,road,"MULTILINESTRING ((119.3 26, 119.31 26))"',
    )
    gazetteer = read_gazetteer(table(tmp_path, *rows, head=head))
    assert {place.id: place.geometry.geom_type for place in gazetteer.places()} == {
        "1": "MultiPolygon",
        "6": "LineString",
    }
    assert gazetteer.places()[0].geometry.is_valid
    told = {
        finding.codes[0]: (finding.code, finding.severity.value) for finding in gazetteer.findings
    }
    assert told == {
        "1": ("invalid_geometry", "warning"),
        "2": ("invalid_geometry", "blocking"),
        "3": ("unreadable_geometry", "blocking"),
        "4": ("empty_geometry", "blocking"),
        "5": ("invalid_geometry", "blocking"),
    }


def test_a_bad_alias_costs_the_alias_only(tmp_path: Path) -> None:
    gazetteer = read_gazetteer(table(tmp_path, "1,甲,poi,119.29,26.08,乙\x07;丙,,,,,,"))
    assert gazetteer.places()[0].aliases == ("丙",) and codes(gazetteer) == ["bad_alias"]


def test_bytes_that_are_no_text_cost_the_row_only(tmp_path: Path) -> None:
    path = _geojson(tmp_path, "EPSG:4490")
    document = json.loads(path.read_text(encoding="utf-8"))
    document["features"].append(json.loads(json.dumps(document["features"][0])))
    document["features"][1]["properties"] |= {"place_id": 8, "name": "BYTES"}
    path.write_bytes(json.dumps(document).encode().replace(b"BYTES", "乙桥".encode("gb18030")))
    gazetteer = read_gazetteer(path)
    assert [place.id for place in gazetteer.places()] == ["7"] and codes(gazetteer) == ["bad_text"]


def test_thousands_of_bad_rows_are_a_readable_number_of_findings(tmp_path: Path) -> None:
    rows = [f"{at},乙,castle,119.29,26.08,,,,,,," for at in range(2_000)]
    gazetteer = read_gazetteer(table(tmp_path, *rows, "x,甲,poi,119.29,26.08,,,,,,,"))
    assert len(gazetteer.findings) == LISTED + 1
    assert sum(finding.places for finding in gazetteer.findings) == 2_000


# --- files that cannot be used ----------------------------------------------------------------


def test_a_file_with_no_usable_row_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnusableSource, match=r"no usable row among 1: 第 2 行.*castle"):
        read_gazetteer(table(tmp_path, "1,甲,castle,119.29,26.08,,,,,,,"))
    with pytest.raises(UnusableSource, match="no rows"):
        read_gazetteer(table(tmp_path))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("names.csv", "", "is empty"),
        ("names.csv", "id,nmae,kind\n1,甲,poi\n", "no column 'name'.*did you mean 'nmae'"),
        ("names.csv", "place_id,name,kind,lon,crs\n1,甲,poi,1,EPSG:4490\n", "'lon' but no 'lat'"),
        ("names.csv", "place_id,name,name,kind\n1,甲,甲,poi\n", "two columns 'name'"),
        ("names.csv", "PK\x03\x04...", "not text"),
        ("names.csv", "place_id,name,kind\n1,甲,poi\n", "neither a geometry nor columns lon"),
        ("names.geojson", "{", "cannot be read"),
        ("names.json", '{"type": "FeatureCollection", "features": []}', "has no rows"),
        ("names.gpkg", "nothing", "cannot be read"),
        ("names.parquet", "nothing", "no readable Parquet"),
        ("names.docx", "nothing", "ending '.docx' is not known"),
        ("names.toml", 'file = "none.csv"\n', "'none.csv' does not exist"),
        ("names.toml", 'crs = "EPSG:4490"\n', "which file is meant"),
        ("names.toml", "csr = 1\n", "unknown key; did you mean crs"),
        ("names.toml", "[[layer]]\n", "declares boundaries"),
        ("names.toml", "= 1", "is not TOML"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(UnusableSource, match=message):
        read_gazetteer(tmp_path / name)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnusableSource, match="does not exist"):
        read_gazetteer(tmp_path / "none.csv")
    with pytest.raises(UnusableSource, match="is a folder"):
        read_gazetteer(tmp_path)


def test_a_declaration_of_boundaries_beside_it_says_nothing_of_it(tmp_path: Path) -> None:
    path = table(
        tmp_path, "1,甲,poi,119.29,26.08,EPSG:4490", head="place_id,name,kind,lon,lat,crs", crs=None
    )
    (tmp_path / "names.toml").write_text(
        '[source]\ncrs = "BD-09"\n[[layer]]\nfile = "x"\n', "utf-8"
    )
    assert only(path).geometry.x == 119.29


def test_keys_that_mean_nothing_here_are_told(tmp_path: Path) -> None:
    path = table(tmp_path, "1,甲,poi,119.29,26.08,,,,,,,", crs=None)
    (tmp_path / "names.toml").write_text('crs = "EPSG:4490"\nticket = "GL-17"\n', encoding="utf-8")
    (finding,) = read_gazetteer(path).findings
    assert (finding.code, finding.severity) == ("unknown_key", Severity.INFO)
    assert "ticket" in finding.message


# --- one content, four formats -----------------------------------------------------------------

_WORDS = st.text("西洪路甲乙丙ABC,\"';é 1", min_size=1, max_size=6).map(str.strip).filter(bool)
_ROWS = st.lists(st.tuples(_WORDS, _WORDS, st.floats(118, 120), st.floats(25, 27)), min_size=1)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=_ROWS)
def test_the_same_rows_in_every_format_are_the_same_places(
    tmp_path: Path, rows: list[tuple[str, str, float, float]]
) -> None:
    columns: dict[str, list[Any]] = {
        "place_id": [f"P{at}" for at in range(len(rows))],
        "name": [row[0] for row in rows],
        "kind": ["poi"] * len(rows),
        "road": [row[1] for row in rows],
    }
    shapes = np.array([shapely.Point(row[2], row[3]) for row in rows] + [None], dtype=object)[:-1]
    crs = ["EPSG:4490"] * len(rows)
    wkt = [shapely.to_wkt(shape, rounding_precision=-1) for shape in shapes]
    pacsv.write_csv(pa.table({**columns, "wkt": wkt, "crs": crs}), tmp_path / "a.csv")
    wkb = list(shapely.to_wkb(shapes))
    pq.write_table(pa.table({**columns, "geometry": wkb, "crs": crs}), tmp_path / "b.parquet")
    for name, driver in (("c.gpkg", "GPKG"), ("d.geojson", "GeoJSON")):
        (tmp_path / name).unlink(missing_ok=True)
        pyogrio.raw.write(
            tmp_path / name,
            geometry=np.array(wkb, dtype=object),
            field_data=[np.array(values, dtype=object) for values in columns.values()],
            fields=list(columns),
            crs="EPSG:4490",
            driver=driver,
            geometry_type="Point",
            **({"COORDINATE_PRECISION": "15"} if driver == "GeoJSON" else {}),
        )
    first = read_gazetteer(tmp_path / "a.csv").places()
    assert [place.name for place in first] == columns["name"]
    for name in ("b.parquet", "c.gpkg", "d.geojson"):
        for one, other in zip(first, read_gazetteer(tmp_path / name).places(), strict=True):
            assert (one.id, one.name, one.kind, one.road) == (
                other.id, other.name, other.kind, other.road,
            )  # fmt: skip
            assert one.geometry.distance(other.geometry) < 1e-12


# --- as a port --------------------------------------------------------------------------------


def test_in_memory(tmp_path: Path) -> None:
    place = Place(id="1", name="甲", kind=PlaceKind.POI, geometry=shapely.Point(119.29, 26.08))
    gazetteer = GazetteerOf([place], "v1")
    assert gazetteer.version == "v1" and gazetteer.places() == (place,)
    assert gazetteer.places() is gazetteer.places()


def test_a_hundred_thousand_rows_are_read_in_seconds(tmp_path: Path) -> None:
    n = 100_000
    rng = np.random.default_rng(3)
    x, y = rng.uniform(119.2, 119.4, n), rng.uniform(26.0, 26.2, n)
    made = pa.table(
        {
            "place_id": [f"P{at}" for at in range(n)],
            "name": [f"西洪路{at}号" for at in range(n)],
            "kind": ["address"] * n,
            "lon": x,
            "lat": y,
            "road": ["西洪路"] * n,
            "number": [str(at) for at in range(n)],
            "crs": ["GCJ-02"] * n,
        }
    )
    pq.write_table(made, tmp_path / "many.parquet")
    started = time.process_time()
    gazetteer = read_gazetteer(tmp_path / "many.parquet")
    spent = time.process_time() - started
    assert len(gazetteer.places()) == n
    # 1 to 2 s where this was written; ten seconds for 300,000 are what is asked for
    assert spent < 10.0 / 3
