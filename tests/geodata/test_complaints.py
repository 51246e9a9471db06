"""Files of complaints: formats, encodings, headings, bad rows."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from geodata.complaint_files.columns import parse_declarations
from geodata.complaints import Complaints, read_complaints
from routing.errors import UnknownCrs, UnusableComplaints

TODAY = date(2026, 11, 22)


def read(path: Path, **given: Any) -> Complaints:
    return read_complaints(path, today=TODAY, **given)


def csv_file(folder: Path, text: str, *, encoding: str = "utf-8", name: str = "in.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def one_row(folder: Path, **cells: str) -> Complaints:
    """A file of one row, WGS 84 unless the cells say otherwise."""
    filled = {"id": "1", "text": "路灯不亮", "lon": "119.3", "lat": "26.08", "crs": "EPSG:4326"}
    filled |= cells
    return read(csv_file(folder, ",".join(filled) + "\n" + ",".join(filled.values()) + "\n"))


# --- encodings, separators, shapes of lines ----------------------------------------------------

CHINESE = "工单编号,诉求内容,经度,纬度,坐标系,受理时间\nA1,路面破损,119.3,26.08,WGS84,2026-01-05\n"


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "UTF-8,"),
        ("utf-8-sig", "UTF-8-BOM,"),
        ("gb18030", "GB18030,"),
        ("utf-16", "UTF-16,"),
    ],
)
def test_the_encoding_is_detected_and_told(tmp_path: Path, encoding: str, told: str) -> None:
    found = read(csv_file(tmp_path, CHINESE, encoding=encoding))
    assert found.id.tolist() == ["A1"]
    assert found.text.to_pylist() == ["路面破损"]
    assert found.notes[0].startswith(told)


def test_a_damaged_character_does_not_turn_utf8_into_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    text = "id,text\n" + "".join(f"{i},路灯不亮了请派人来看一看\n" for i in range(50))
    path.write_bytes(text.encode() + "51,路".encode() + b"\xe7\x81,\n")
    found = read(path)
    assert found.text[0].as_py() == "路灯不亮了请派人来看一看"
    assert "1 unreadable" in found.notes[0]


def test_gzip_and_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "in.csv.gz"
    path.write_bytes(gzip.compress("id;text\n1;漏水\n".encode()))
    found = read(path)
    assert found.text.to_pylist() == ["漏水"]
    assert "semicolon" in found.notes[0]


def test_line_breaks_commas_and_quotes_inside_a_cell(tmp_path: Path) -> None:
    found = read(csv_file(tmp_path, 'id,text\r\n1,"第一行\n第二行,""引号"""\r\n\r\n2,b\r\n'))
    assert found.text.to_pylist() == ['第一行\n第二行,"引号"', "b"]


def test_a_line_with_another_number_of_cells_keeps_its_place_and_stops_no_other(
    tmp_path: Path,
) -> None:
    text = 'id,text,channel\n1,a,app\n2,b\n3,"c\nd",app\n4,e,app,x\n5,f,app,,\n6,g,app\n'
    found = read(csv_file(tmp_path, text))
    assert found.id.tolist() == ["1", "2", "3", "4", "5", "6"]
    assert found.invalid.tolist() == ["", "invalid:cells", "", "invalid:cells", "", ""]
    assert "该行有 2 格，表头有 3 格" in found.explanation[1]


def test_a_text_of_200_000_characters_simply_works(tmp_path: Path) -> None:
    long = "很长的诉求" * 40_000
    found = read(csv_file(tmp_path, f"id,text\n1,{long}\n2,短\n"))
    assert found.text.to_pylist() == [long, "短"]
    assert not any(found.invalid)


def test_a_line_longer_than_the_reader_s_block(tmp_path: Path) -> None:
    long = "x" * (20 << 20)
    found = read(csv_file(tmp_path, f"id,text\n1,{long}\n2,b\n"))
    assert [len(text) for text in found.text.to_pylist()] == [20 << 20, 1]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "is empty"),
        ("excel.csv", b"PK\x03\x04rest", "is not text"),
        ("cut.csv.gz", gzip.compress(b"id,text\n" * 99)[:20], "no whole gzip"),
        ("noise.csv", b"id,text\n1,\xff\xff\xff\xff\xff\n", "neither UTF-8 nor GB18030"),
        ("old.xls", b"\xd0\xcf", "save it as .xlsx"),
        ("some.doc", b"x", "shudi reads"),
        ("broken.xlsx", b"no workbook", "no readable Excel workbook"),
        ("broken.parquet", b"no parquet", "no readable Parquet"),
        ("broken.geojson", b"{", "cannot be read"),
        ("broken.gpkg", b"no database", "cannot be read"),
    ],
    ids=lambda given: given if isinstance(given, str) and "." in given else "",
)
def test_a_file_that_cannot_be_read_is_one_clear_error(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnusableComplaints, match=message):
        read(tmp_path / name)


def test_an_absent_file(tmp_path: Path) -> None:
    with pytest.raises(UnusableComplaints, match="does not exist"):
        read(tmp_path / "none.csv")


def test_a_heading_alone_is_an_empty_file_of_complaints(tmp_path: Path) -> None:
    assert len(read(csv_file(tmp_path, "id,text\n"))) == 0


# --- headings -----------------------------------------------------------------------------------


def test_chinese_headings_are_read_and_told(tmp_path: Path) -> None:
    found = read(csv_file(tmp_path, CHINESE))
    assert "工单编号 → id" in " ".join(found.notes)
    assert found.lon.tolist() == [119.3]
    assert found.day.tolist() == [date(2026, 1, 5).toordinal()]


def test_a_missing_id_lists_the_columns_with_the_close_one(tmp_path: Path) -> None:
    with pytest.raises(UnusableComplaints, match=r"did you mean 'case_id'.*'case_id', 'text'"):
        read(csv_file(tmp_path, "case_id,text\n1,a\n"))


def test_declared_columns_go_before_all_else(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "id,nature,text\n1,A,x\n")
    found = read(path, columns=parse_declarations(["id=nature", "category=id"]))
    assert (found.id.tolist(), found.category.tolist()) == (["A"], ["1"])


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (["id=nr"], r"no column 'nr'.*did you mean 'nrs'"),
        (["ids=nrs"], r"'ids' is not a column.*did you mean 'id'"),
        (["nonsense"], "is not ours=theirs"),
        (["id=a", "id=b"], "given twice"),
    ],
)
def test_a_wrong_declaration(tmp_path: Path, declared: list[str], message: str) -> None:
    with pytest.raises(UnusableComplaints, match=message):
        read(csv_file(tmp_path, "nrs,text\n1,a\n"), columns=parse_declarations(declared))


@pytest.mark.parametrize(
    ("heading", "message"),
    [
        ("id,lon,text", "'lon' but no 'lat'"),
        ("id,when", "neither 'text' nor 'lon' and 'lat'"),
        ("id,text,text", "two columns headed 'text'"),
    ],
)
def test_headings_that_cannot_serve(tmp_path: Path, heading: str, message: str) -> None:
    with pytest.raises(UnusableComplaints, match=message):
        read(csv_file(tmp_path, heading + "\n" + ",".join("1" * len(heading.split(","))) + "\n"))


# --- bad rows -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "code", "said"),
    [
        ({"id": " "}, "missing_id", "没有编号"),
        ({"text": "", "lon": "", "lat": ""}, "nothing_to_place", "既没有"),
        ({"lat": ""}, "incomplete_coordinate", "没有纬度"),
        ({"lon": "NULL"}, "incomplete_coordinate", "没有经度"),
        ({"lon": "119°18'"}, "not_a_number", "119°18'"),
        ({"lon": "NaN"}, "not_finite", "NaN"),
        ({"lat": "-inf"}, "not_finite", "-inf"),
        ({"lon": "0", "lat": "0.0"}, "zero_coordinate", "(0, 0)"),
        ({"lon": "26.08", "lat": "119.3"}, "swapped", "经度和纬度写反了"),
        ({"lon": "439000", "lat": "2886000"}, "latitude_range", "投影坐标"),
        ({"lon": "479.3"}, "longitude_range", "479.3"),
        ({"crs": ""}, "no_crs", "--crs"),
        ({"crs": "火星"}, "unknown_crs", "火星"),
        ({"crs": "{lon}"}, "unknown_crs", "{lon}"),
        ({"accuracy_m": "0"}, "accuracy", " 0 米"),
        ({"accuracy_m": "-5"}, "accuracy", "-5"),
        ({"accuracy_m": "nan"}, "accuracy", "nan"),
        ({"accuracy_m": "1e9"}, "accuracy", "1e9"),
        ({"accuracy_m": "约20"}, "accuracy", "约20"),
        ({"received_at": "昨天"}, "received_at", "昨天"),
        ({"received_at": "2026-02-30"}, "received_at", "2026-02-30"),
        ({"received_at": "03/04/2026"}, "received_at", "03/04/2026"),
        ({"received_at": "2026-01-01T25:00"}, "received_at", "25:00"),
    ],
)
def test_a_bad_row_is_invalid_and_says_why(
    tmp_path: Path, cells: dict[str, str], code: str, said: str
) -> None:
    found = one_row(tmp_path, **cells)
    assert found.invalid.tolist() == [f"invalid:{code}"]
    assert said in found.explanation[0]
    assert found.explanation[0].startswith("第 1 条")


def test_several_mistakes_of_one_row_are_all_said(tmp_path: Path) -> None:
    found = one_row(tmp_path, id="", lat="x", received_at="?")
    assert found.invalid[0] == "invalid:missing_id;invalid:not_a_number;invalid:received_at"


@pytest.mark.parametrize(
    "cells",
    [
        {},
        {"accuracy_m": "12.5"},
        {"accuracy_m": "-1", "lon": "", "lat": "", "crs": ""},
        {"crs": "gcj02"},
        {"lon": "439000", "lat": "2886000", "crs": "EPSG:4547"},
        {"lon": " 119.3 ", "lat": "+26.08"},
        {"text": ""},
    ],
)
def test_a_good_row_is_not_refused(tmp_path: Path, cells: dict[str, str]) -> None:
    found = one_row(tmp_path, **cells)
    assert found.invalid.tolist() == [""]
    assert found.explanation.tolist() == [""]


def test_bad_rows_stop_no_other(tmp_path: Path) -> None:
    text = "id,lon,lat,crs\n1,x,26,WGS84\n2,119.3,26.08,WGS84\n3,119.3,26.08,\n"
    found = read(csv_file(tmp_path, text))
    assert found.invalid.tolist() == ["invalid:not_a_number", "", "invalid:no_crs"]
    assert found.lon[1] == 119.3
    assert np.isnan(found.lon[[0, 2]]).all()


def test_rows_of_different_crs_are_converted_each_in_its_own(tmp_path: Path) -> None:
    # the same place three times; GCJ-02 and BD-09 by the published formulae, 0.1 m apart at most
    from geodata.crs import BD09, GCJ02, from_wgs84

    x, y = 119.2965, 26.0745
    rows = ["id,lon,lat,crs", f"1,{x},{y},WGS84"]
    for number, (system, name) in enumerate([(GCJ02, "GCJ-02"), (BD09, "bd09")], start=2):
        lon, lat = from_wgs84([x], [y], system)
        rows.append(f"{number},{lon[0]:.9f},{lat[0]:.9f},{name}")
    found = read(csv_file(tmp_path, "\n".join(rows) + "\n"))
    np.testing.assert_allclose(found.lon, x, atol=1e-6)
    np.testing.assert_allclose(found.lat, y, atol=1e-6)


def test_the_call_s_crs_serves_rows_that_name_none(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "id,lon,lat\n1,119.3,26.08\n")
    assert read(path, crs="EPSG:4490").lon.tolist() == [119.3]
    assert 0 < abs(read(path, crs="GCJ-02").lon[0] - 119.3) < 0.01
    assert read(path).invalid.tolist() == ["invalid:no_crs"]


# --- ids ----------------------------------------------------------------------------------------


def test_a_repeated_order_is_marked_and_one_with_other_content_is_invalid(tmp_path: Path) -> None:
    text = "id,text,note\nA,漏水,1\nB,漏水,1\nA,漏水,2\nA,停电,1\n,漏水,1\n,漏水,1\n"
    found = read(csv_file(tmp_path, text))
    assert found.repeated.tolist() == [False, False, True, False, False, False]
    assert found.invalid.tolist()[:4] == ["", "", "", "invalid:duplicate_id"]
    assert found.invalid.tolist()[4:] == ["invalid:missing_id"] * 2
    assert "第 1 条" in found.explanation[3]


# --- times --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-05", date(2026, 1, 5)),
        ("20260105", date(2026, 1, 5)),
        ("2026-01-05T23:59:59", date(2026, 1, 5)),
        ("2026-01-05 8:03", date(2026, 1, 5)),
        ("2026/1/5 08:03:09", date(2026, 1, 5)),
        ("2026年1月5日", date(2026, 1, 5)),
        ("2026-01-05T15:59:59.999Z", date(2026, 1, 5)),
        ("2026-01-05T16:00:00Z", date(2026, 1, 6)),
        ("2026-01-05T01:00:00+09:30", date(2026, 1, 4)),
        ("2026-01-05T20:00:00-0500", date(2026, 1, 6)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)
def test_the_day_is_the_calendar_day_in_shanghai(tmp_path: Path, text: str, day: date) -> None:
    found = one_row(tmp_path, received_at=text)
    assert date.fromordinal(int(found.day[0])) == day
    assert found.has_time.tolist() == [True]


def test_the_instant_of_a_naive_time_is_shanghai_s(tmp_path: Path) -> None:
    found = one_row(tmp_path, received_at="2026-01-05T08:30:00")
    assert found.received_s[0] == datetime.fromisoformat("2026-01-05T00:30:00+00:00").timestamp()


def test_rows_without_a_time_are_of_today_and_counted_once(tmp_path: Path) -> None:
    found = read(csv_file(tmp_path, "id,text,received_at\n1,a,\n2,b,2020-01-01\n3,c,NULL\n"))
    days = [date.fromordinal(int(day)) for day in found.day]
    assert days == [TODAY, date(2020, 1, 1), TODAY]
    assert sum("2 rows without received_at" in note for note in found.notes) == 1


def test_as_of_a_date_is_for_every_row(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "id,text,received_at\n1,a,\n2,b,2020-01-01\n")
    assert set(read(path, as_of=date(2019, 5, 1)).day) == {date(2019, 5, 1).toordinal()}


# --- Excel --------------------------------------------------------------------------------------


def sheet(folder: Path, rows: list[list[Any]], merged: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    for row in rows:
        page.append(row)
    for cells in merged:
        page.merge_cells(cells)
    path = folder / "in.xlsx"
    book.save(path)
    return path


def test_excel_with_dates_as_cells_and_numbers_as_ids(tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        [["id", "text", "lon", "lat", "crs", "received_at"],
         [202600017, "漏水", 119.3, 26.08, "WGS84", datetime(2026, 1, 5, 9, 30)],  # noqa: DTZ001
         [None] * 6,
         ["B2", "停电", None, None, None, date(2026, 1, 6)]],
    )  # fmt: skip
    found = read(path)
    assert found.id.tolist() == ["202600017", "B2"]
    assert [date.fromordinal(int(day)).day for day in found.day] == [5, 6]
    assert found.invalid.tolist() == ["", ""]


def test_excel_with_a_title_and_merged_headings_of_two_rows(tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        [["鼓楼区12345工单", None, None, None, None],
         ["工单编号", "诉求内容", "坐标", None, "坐标系"],
         [None, None, "经度", "纬度", None],
         ["A1", "漏水", 119.3, 26.08, "WGS84"]],
        merged=("A1:E1", "A2:A3", "B2:B3", "C2:D2", "E2:E3"),
    )  # fmt: skip
    found = read(path)
    assert (found.id.tolist(), found.lon.tolist()) == (["A1"], [119.3])


def test_excel_with_grouped_headings_above_the_ids_own(tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        [["基本信息", None, "类别"], ["编号", "诉求内容", None], ["A1", "漏水", "供水"]],
        merged=("A1:B1", "C1:C2"),
    )
    found = read(path)
    assert (found.id.tolist(), found.category.tolist()) == (["A1"], ["供水"])


def test_excel_without_a_heading_we_know_lists_what_stands_there(tmp_path: Path) -> None:
    path = sheet(tmp_path, [["标题", None], ["序", "说明"], ["1", "x"]], merged=("A1:B1",))
    with pytest.raises(UnusableComplaints, match="'序', '说明'"):
        read(path)


def test_excel_ids_that_excel_rounded_are_told(tmp_path: Path) -> None:
    path = sheet(tmp_path, [["id", "text"], [1234567890123456789, "a"]])
    assert any("more than 15 digits" in note for note in read(path).notes)


# --- spatial files ------------------------------------------------------------------------------

FEATURES: list[tuple[str, Mapping[str, Any] | None]] = [
    ("A1", {"type": "Point", "coordinates": [119.3, 26.08]}),
    ("A2", None),
    ("A3", {"type": "LineString", "coordinates": [[119.3, 26.0], [119.4, 26.0]]}),
    ("A4", {"type": "Point", "coordinates": [0, 0]}),
]


def geojson(folder: Path, *, own_ids: bool = False) -> Path:
    features = [
        {"type": "Feature", "geometry": geometry, "properties": {"诉求内容": "漏水"}}
        | ({"id": name} if own_ids else {})
        for name, geometry in FEATURES
    ]
    if not own_ids:
        for feature, (name, _) in zip(features, FEATURES, strict=True):
            feature["properties"]["id"] = name  # type: ignore[index]
    path = folder / "in.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.mark.parametrize("own_ids", [False, True])
def test_geojson(tmp_path: Path, own_ids: bool) -> None:
    found = read(geojson(tmp_path, own_ids=own_ids))
    assert found.id.tolist() == ["A1", "A2", "A3", "A4"]
    assert found.invalid.tolist() == ["", "", "invalid:not_a_point", "invalid:zero_coordinate"]
    assert found.lon[0] == 119.3
    assert np.isnan(found.lon[1])


def test_geojson_read_in_the_call_s_crs_is_told(tmp_path: Path) -> None:
    found = read(geojson(tmp_path), crs="GCJ-02")
    assert 0 < abs(found.lon[0] - 119.3) < 0.01
    assert any("though the file declares EPSG:4326" in note for note in found.notes)


def test_geojson_numbered_by_the_reader_alone_has_no_ids(tmp_path: Path) -> None:
    path = tmp_path / "in.geojson"
    feature = {"type": "Feature", "geometry": FEATURES[0][1], "properties": {"text": "x"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(UnusableComplaints, match="no column 'id'"):
        read(path)


def test_geopackage_in_a_projected_crs(tmp_path: Path) -> None:
    path = tmp_path / "in.gpkg"
    pyogrio.write_arrow(
        pa.table({"id": ["A1"], "geometry": shapely.to_wkb([shapely.Point(430_000, 2_885_000)])}),
        path, geometry_name="geometry", geometry_type="Point", crs="EPSG:4547", driver="GPKG",
    )  # fmt: skip
    found = read(path)
    assert found.invalid.tolist() == [""]
    assert 113.0 < found.lon[0] < 114.0  # 70 km west of the 114° meridian
    assert 26.0 < found.lat[0] < 26.2


def test_parquet_plain_with_typed_columns(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    table = pa.table(
        {
            "id": pa.array([7, 8]),
            "lon": [119.3, None],
            "lat": [26.08, None],
            "text": pa.array(["漏水", "停电"]).dictionary_encode(),
            "received_at": pa.array([0, 16 * 3600], pa.timestamp("s", "UTC")),
        }
    )
    pq.write_table(table, path)
    found = read(path, crs="WGS84")
    assert found.id.tolist() == ["7", "8"]
    assert found.invalid.tolist() == ["", ""]
    assert [date.fromordinal(int(d)) for d in found.day] == [date(1970, 1, 1), date(1970, 1, 2)]


@pytest.mark.parametrize(
    ("column", "lon"),
    [
        ({}, 119.3),
        ({"crs": {"id": {"authority": "EPSG", "code": 4490}}}, 119.3),
        ({"crs": None}, None),
    ],
)
def test_geoparquet_declares_its_crs(
    tmp_path: Path, column: dict[str, Any], lon: float | None
) -> None:
    path = tmp_path / "in.parquet"
    geo = {"version": "1.1.0", "primary_column": "shape",
           "columns": {"shape": {"encoding": "WKB", "geometry_types": []} | column}}  # fmt: skip
    table = pa.table({"id": ["A1"], "shape": shapely.to_wkb([shapely.Point(119.3, 26.08)])})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)
    found = read(path)
    if lon is None:
        assert found.invalid.tolist() == ["invalid:no_crs"]
    else:
        assert found.lon.tolist() == [lon]


def test_an_unknown_crs_of_the_call_is_an_error_of_the_call(tmp_path: Path) -> None:
    with pytest.raises(UnknownCrs):
        read(geojson(tmp_path), crs="火星")


def test_what_a_spreadsheet_would_run_is_read_as_it_stands(tmp_path: Path) -> None:
    found = read(csv_file(tmp_path, "id,text\n=cmd|' /C calc'!A0,=1+1\n"))
    assert found.id.tolist() == ["=cmd|' /C calc'!A0"]
    assert found.invalid.tolist() == [""]
