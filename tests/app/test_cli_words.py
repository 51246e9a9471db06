"""``shudi route`` and ``shudi explain`` with ``-g``: words become places, without a database."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.app.drawn_city import Outcome, shudi, table
from tests.app.town_files import FORMATS, GRID_59, TEXTS, boundaries
from tests.routing.geocoding.town import house_x, house_y, point


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Boundaries of the town, its gazetteer in every format, and complaints."""
    path = tmp_path_factory.mktemp("town")
    boundaries(path)
    for write in FORMATS.values():
        write(path)
    lines = ["id,text", *(f"{key},{text}" for key, text in TEXTS.items())]
    table(path, "\n".join(lines) + "\n")
    return path


def route(
    folder: Path, out: Path, *more: object, gazetteer: str = "names.csv", given: str = "in.csv"
) -> Outcome:
    return shudi(
        "route",
        folder / given,
        "-b",
        folder / "town.toml",
        "-g",
        folder / gazetteer,
        "--as-of",
        "2026-09-01",
        "-o",
        out,
        *more,
    )


def rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def found(folder: Path) -> dict[str, dict[str, str]]:
    out = folder / "out.csv"
    done = route(folder, out)
    assert done.code == 0, done.err
    return rows(out)


def test_one_row_per_complaint_in_order(found: dict[str, dict[str, str]]) -> None:
    assert list(found) == list(TEXTS)
    assert {key: row["status"] for key, row in found.items() if row["status"] != "routed"} == {
        "several": "review",
        "away": "outside",
        "nowhere": "unlocated",
        **{
            key: found[key]["status"]
            for key in ("sound", "stretch", "between", "wrong")
            if found[key]["status"] == "review"
        },
    }


def test_every_column_of_the_place_is_filled(found: dict[str, dict[str, str]]) -> None:
    door = found["door"]
    assert (door["status"], door["unit_code"], door["grid_code"]) == ("routed", GRID_59, GRID_59)
    assert door["place_id"] == "r-xh;a-59"
    assert door["matched_text"] == "西洪路59号"
    assert door["reading"] == "house(西洪路|59号)"
    assert door["precision"] == "door"
    at = point(house_x(59), house_y(59))
    assert (float(door["lon"]), float(door["lat"])) == pytest.approx((at.x, at.y), abs=5e-5)
    assert 5 < float(door["radius_m"]) < 60
    assert door["gazetteer_version"].startswith("names@")
    assert "西洪路59号" in door["basis"]


@pytest.mark.parametrize(
    ("key", "precision", "place_ids", "reason"),
    [
        ("between", "door_between", "r-xh", ""),
        ("crossing", "junction", "r-mf", ""),
        ("stretch", "segment", "r-yq", "crosses_units"),
        ("wrong", "door", "a-59", "district_conflict"),
        ("several", "poi", "p-tea", "ambiguous_place"),
        ("sound", "road", "r-df", "homophone"),
        ("comma", "door", "a-59", ""),
    ],
)
def test_what_the_words_were_matched_to(
    found: dict[str, dict[str, str]], key: str, precision: str, place_ids: str, reason: str
) -> None:
    row = found[key]
    assert row["precision"] == precision
    assert place_ids in row["place_id"]
    assert reason in row["reasons"]
    assert float(row["radius_m"]) > 0


def test_a_wrong_district_has_the_same_unit_as_the_right_one(
    found: dict[str, dict[str, str]],
) -> None:
    assert found["wrong"]["unit_code"] == found["door"]["unit_code"]


@pytest.mark.parametrize("key", ["away", "nowhere"])
def test_what_has_no_place_has_no_coordinates_and_an_owner(
    found: dict[str, dict[str, str]], key: str
) -> None:
    row = found[key]
    assert row["lon"] == row["lat"] == row["radius_m"] == row["place_id"] == row["precision"] == ""
    assert row["unit_code"] == "QUEUE"
    assert row["gazetteer_version"].startswith("names@")


@pytest.mark.parametrize("form", ["geojson", "gpkg"])
def test_every_format_of_a_gazetteer_gives_the_same(
    folder: Path, tmp_path: Path, found: dict[str, dict[str, str]], form: str
) -> None:
    out = tmp_path / "out.csv"
    done = route(folder, out, gazetteer=f"names.{form}")
    assert done.code == 0, done.err
    for key, row in rows(out).items():
        for name, value in row.items():
            if name != "gazetteer_version":
                assert value == found[key][name], (key, name)


def test_many_at_once_are_decided_as_one_by_one(
    folder: Path, tmp_path: Path, found: dict[str, dict[str, str]]
) -> None:
    """Over 500 rows are decided in several batches; explain decides one."""
    lines = ["id,text"]
    for n in range(601):
        lines += [f"{n}-{key},{text}" for key, text in list(TEXTS.items())[: 1 if n % 50 else None]]
    table(tmp_path, "\n".join(lines) + "\n")
    out = tmp_path / "out.csv"
    done = shudi(
        "route",
        tmp_path / "in.csv",
        "-b",
        folder / "town.toml",
        "-g",
        folder / "names.csv",
        "--as-of",
        "2026-09-01",
        "-o",
        out,
    )
    assert done.code == 0, done.err
    decided = rows(out)
    assert list(decided) == [line.partition(",")[0] for line in lines[1:]]
    for key, row in decided.items():
        alone = found[key.partition("-")[2]]
        assert {**row, "id": ""} == {**alone, "id": ""}


@pytest.mark.parametrize("key", TEXTS)
def test_explain_gives_the_decision_of_route(
    folder: Path, found: dict[str, dict[str, str]], key: str
) -> None:
    done = shudi(
        "explain",
        TEXTS[key],
        "-b",
        folder / "town.toml",
        "-g",
        folder / "names.csv",
        "--date",
        "2026-09-01",
        "--format",
        "json",
    )
    assert done.code == 0, done.err
    shown = json.loads(done.out)
    for name, value in found[key].items():
        if name in ("id", "text", "category", "received_at", "channel") or name not in shown:
            continue
        other = shown[name]
        if isinstance(other, float):
            assert float(value) == pytest.approx(other, abs=1e-6), name
        else:
            assert value == str(other if other is not None else ""), name


def test_explain_shows_marks_reading_rivals_and_notes(folder: Path) -> None:
    on = ["-b", folder / "town.toml", "-g", folder / "names.csv", "--date", "2026-09-01"]
    told = shudi("explain", "市民来电反映：台江区西洪路59号路灯不亮", *on).out
    for said in (
        "已定位",
        "【西洪路59号】",
        "西洪路59号（门牌，已登记）",
        "house(西洪路|59号)",
        "原文写台江区，该处在鼓楼区",
        "district_conflict",
        "地名库 names@",
    ):
        assert said in told, told
    rivals = shudi("explain", "茶花市场", *on).out
    assert "多地同名" in rivals and "也可能：茶花市场" in rivals
    assert "没有找到地点" in shudi("explain", "望龙路路灯不亮", *on).out
    assert "望龙路" in shudi("explain", "望龙路路灯不亮", *on).out


def test_words_and_a_pin_that_contradict_each_other(folder: Path, tmp_path: Path) -> None:
    here, far = point(house_x(59), house_y(59)), point(4000, -1500)
    table(
        tmp_path,
        "id,text,lon,lat,crs\n"
        f"agree,西洪路59号,{here.x},{here.y},WGS84\n"
        f"apart,西洪路59号,{far.x},{far.y},WGS84\n"
        f"wrong,台江区西洪路59号,{here.x},{here.y},WGS84\n",
    )
    out = tmp_path / "out.csv"
    done = shudi(
        "route",
        tmp_path / "in.csv",
        "-b",
        folder / "town.toml",
        "-g",
        folder / "names.csv",
        "--as-of",
        "2026-09-01",
        "-o",
        out,
    )
    assert done.code == 0, done.err
    decided = rows(out)
    assert (decided["agree"]["status"], decided["agree"]["unit_code"]) == ("routed", GRID_59)
    assert decided["apart"]["status"] == "review"
    assert "text_point_conflict" in decided["apart"]["reasons"]
    assert (decided["wrong"]["status"], decided["wrong"]["unit_code"]) == ("routed", GRID_59)
    assert "district_conflict" in decided["wrong"]["reasons"]
    assert {row["precision"] for row in decided.values()} == {"pin"}


def test_a_row_without_words_and_without_a_pin_is_invalid(folder: Path, tmp_path: Path) -> None:
    table(tmp_path, "id,text\na,\nb,西洪路59号\n")
    out = tmp_path / "out.csv"
    done = shudi(
        "route",
        tmp_path / "in.csv",
        "-b",
        folder / "town.toml",
        "-g",
        folder / "names.csv",
        "--as-of",
        "2026-09-01",
        "-o",
        out,
    )
    assert done.code == 0, done.err
    assert [row["status"] for row in rows(out).values()] == ["invalid", "routed"]
