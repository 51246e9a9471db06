"""``shudi route`` as a user calls it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.app.drawn_city import Outcome, shudi, shudi_process, source, table

HEADING = "id,text,lon,lat,crs,received_at\n"
GOOD = HEADING + (
    "a,路灯不亮,119.295,26.075,WGS84,2026-01-05\n"
    "b,漏水,119.305,26.075,WGS84,2026-01-05\n"
    "c,在界线上,119.30,26.075,WGS84,2026-01-05\n"
    "d,没有坐标,,,,2026-01-05\n"
    "e,城外,119.50,26.075,WGS84,2026-01-05\n"
    "f,写反了,26.075,119.295,WGS84,2026-01-05\n"
    "g,界线生效前,119.295,26.075,WGS84,2010-01-05\n"
)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def one_line(outcome: Outcome) -> str:
    assert outcome.code == 2, outcome
    assert "Traceback" not in outcome.err
    lines = outcome.err.strip().splitlines()
    assert len(lines) == 1, outcome.err
    return lines[0]


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return source(tmp_path)


def test_one_row_per_complaint_in_order_with_its_unit(tmp_path: Path, city: Path) -> None:
    out = tmp_path / "out.csv"
    done = shudi("route", table(tmp_path, GOOD), "-b", city, "-o", out)
    assert done.code == 0, done.err
    found = {row["id"]: row for row in rows(out)}
    assert list(found) == list("abcdefg")
    assert [row["unit_code"] for row in found.values()][:3] == ["W", "E", "E"]
    statuses = [row["status"] for row in found.values()]
    assert statuses == [
        "routed", "routed", "review", "unlocated", "outside", "invalid", "outside",
    ]  # fmt: skip
    assert "tie" in found["c"]["reasons"].split(";")
    assert found["f"]["reasons"] == "invalid:swapped"
    assert "写反了" in found["f"]["basis"]
    assert "no_boundaries_in_force" in found["g"]["reasons"].split(";")
    assert found["a"]["boundary_version"].startswith("城@2020-01-01#")
    assert found["a"]["radius_m"] == "30"
    assert done.out == ""


def test_the_summary_counts_and_names_what_was_used(tmp_path: Path, city: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(GOOD.replace("crs", "坐标系").encode("gb18030"))
    done = shudi("route", path, "-b", city, "-o", tmp_path / "out.csv")
    assert "GB18030, comma-separated" in done.err
    assert "坐标系 → crs" in done.err
    assert "routed 2 · review 1 · unlocated 1 · outside 2 · invalid 1" in done.err
    assert "invalid: swapped 1" in done.err
    assert "boundaries 城@2020-01-01#" in done.err


def test_quiet_says_nothing(tmp_path: Path, city: Path) -> None:
    done = shudi("route", table(tmp_path, GOOD), "-b", city, "-q", "-o", tmp_path / "out.csv")
    assert (done.code, done.out, done.err) == (0, "", "")


@pytest.mark.parametrize("ending", ["xlsx", "geojson", "parquet"])
def test_the_other_formats_are_written(tmp_path: Path, city: Path, ending: str) -> None:
    out = tmp_path / f"out.{ending}"
    assert shudi("route", table(tmp_path, GOOD), "-b", city, "-o", out).code == 0
    again = shudi("route", out, "-b", city, "--crs", "WGS84", "--column", "text=basis",
                  "-o", tmp_path / "again.csv")  # fmt: skip
    assert again.code == 0, again.err
    assert [row["id"] for row in rows(tmp_path / "again.csv")] == list("abcdefg")
    assert [row["unit_code"] for row in rows(tmp_path / "again.csv")][:3] == ["W", "E", "E"]


def test_as_of_a_day_replaces_the_day_received(tmp_path: Path, city: Path) -> None:
    out = tmp_path / "out.csv"
    for day, status in [("2019-12-31", "outside"), ("2020-01-01", "routed")]:
        done = shudi("route", table(tmp_path, GOOD), "-b", city, "--as-of", day, "-o", out)
        assert (done.code, rows(out)[0]["status"]) == (0, status)


def test_the_same_place_in_three_datums_is_the_same_unit(tmp_path: Path, city: Path) -> None:
    from geodata.crs import BD09, GCJ02, WGS84, from_wgs84

    # 20 m west of the border: read in a wrong datum it would lie 500 m east of it
    place, lines = (119.2998, 26.075), ["id,lon,lat,crs"]
    for number, system in enumerate((WGS84, GCJ02, BD09)):
        lon, lat = from_wgs84([place[0]], [place[1]], system)
        lines.append(f"{number},{lon[0]:.9f},{lat[0]:.9f},{system.name}")
    out = tmp_path / "out.csv"
    assert shudi("route", table(tmp_path, "\n".join(lines)), "-b", city, "-o", out).code == 0
    assert {(r["unit_code"], r["lon"][:9], r["lat"][:7]) for r in rows(out)} == {
        ("W", "119.2998", "26.075")
    }


def test_a_repeated_order_is_routed_alike(tmp_path: Path, city: Path) -> None:
    text = HEADING + "a,x,119.295,26.075,WGS84,\n" * 2 + "a,y,119.305,26.075,WGS84,\n"
    out = tmp_path / "out.csv"
    done = shudi("route", table(tmp_path, text), "-b", city, "-o", out)
    first, second, third = rows(out)
    assert (second["unit_code"], second["reasons"]) == (first["unit_code"], "duplicate_id")
    assert (third["status"], third["reasons"]) == ("invalid", "invalid:duplicate_id")
    assert "3 rows without received_at" in done.err


def test_formula_looking_cells_leave_as_text(tmp_path: Path, city: Path) -> None:
    text = "id,text,lon,lat,crs\n\"=cmd|' /C calc'!A0\",=1+1,119.295,26.075,WGS84\n"
    out = tmp_path / "out.csv"
    assert shudi("route", table(tmp_path, text), "-b", city, "-o", out).code == 0
    assert rows(out)[0]["id"] == "'=cmd|' /C calc'!A0"


def test_a_text_of_200_000_characters(tmp_path: Path, city: Path) -> None:
    text = f"id,text,lon,lat,crs\na,{'很长' * 100_000},119.295,26.075,WGS84\n"
    out = tmp_path / "out.csv"
    assert shudi("route", table(tmp_path, text), "-b", city, "-o", out).code == 0
    assert rows(out)[0]["status"] == "routed"


# --- hints --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("a,119.5,26.5,WGS84,2026-01-05", "look at --crs and at the sources' crs"),
        ("a,119.295,26.075,WGS84,1999-01-05", "nothing is in force before 2020-01-01"),
    ],
)
def test_where_most_is_outside_a_hint_says_why(
    tmp_path: Path, city: Path, line: str, hint: str
) -> None:
    text = "id,lon,lat,crs,received_at\n" + line
    done = shudi("route", table(tmp_path, text), "-b", city, "-o", tmp_path / "out.csv")
    assert done.code == 0
    assert hint in done.err


# --- unusable calls and input: status 2, one line, no stack trace --------------------------------


def test_a_missing_id_column(tmp_path: Path, city: Path) -> None:
    path = table(tmp_path, "nr,text\n1,a\n")
    said = one_line(shudi_process("route", path, "-b", city, "-o", tmp_path / "out.csv"))
    assert "no column 'id'" in said
    assert "'nr', 'text'" in said
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (["--crs", "GJC-02"], "unknown CRS 'GJC-02'; did you mean GCJ-02"),
        (["--as-of", "gestern"], "--as-of 'gestern' is not a date"),
        (["--column", "id"], "is not ours=theirs"),
        (["--rules", "none.toml"], "none.toml"),
        (["--units", "none.csv"], "none.csv"),
        (["-g", "none.gpkg"], "gazetteer 'none.gpkg' does not exist"),
        (["-b", "none.toml"], "none.toml"),
    ],
)
def test_a_call_that_cannot_be_used(
    tmp_path: Path, city: Path, extra: list[str], message: str
) -> None:
    done = shudi("route", table(tmp_path, GOOD), "-b", city, "-o", tmp_path / "out.csv", *extra)
    assert done.code == 2
    assert message in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "out.csv").exists()


def test_outputs_that_cannot_be_written_are_said_before_any_work(
    tmp_path: Path, city: Path
) -> None:
    path = table(tmp_path, GOOD)
    for out, message in [
        (tmp_path / "out.ods", "ending '.ods' is not known"),
        (tmp_path / "none" / "out.csv", "is missing"),
        (path, "is one of the inputs"),
        (Path("/dev/null.csv").with_name("null"), "ending '' is not known"),
    ]:
        assert message in one_line(shudi("route", path, "-b", city, "-o", out))
    assert path.read_text() == GOOD


def test_a_source_without_crs(tmp_path: Path) -> None:
    bare = source(tmp_path, crs="")
    done = shudi("route", table(tmp_path, GOOD), "-b", bare, "-o", tmp_path / "out.csv")
    assert done.code == 2
    assert "crs" in done.err
    assert "Traceback" not in done.err


def test_a_source_whose_coordinates_contradict_its_crs(tmp_path: Path) -> None:
    wrong = source(tmp_path, crs="EPSG:4547")
    done = shudi("route", table(tmp_path, GOOD), "-b", wrong, "-o", tmp_path / "out.csv")
    assert done.code in (1, 2)
    assert "Traceback" not in done.err
    assert not (tmp_path / "out.csv").exists()


def test_all_mistakes_of_a_rules_file_are_told_with_their_lines(tmp_path: Path, city: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(
        'version = "1"\n'
        '[[rule]]\nid = "a"\ncategory = ["x"]\nlead = "subdistrict"\neffective_from = 2026-01-01\n'
        '[[rule]]\nid = "e"\ncategory = "x"\nlead = "subdistrict"\neffective_from = 2026-01-01\n'
        '[[rule]]\nid = "a"\ncategory = ["x"]\nlead = "subdistrict"\neffective_from = 2026-01-01\n'
        '[[rule]]\nid = "b"\ncategory = ["x"]\neffective_from = 2026-01-01\n'
        '[[rule]]\nid = "c"\ncategory = ["x"]\nlead = "grid"\nwhere = { weather = "rain" }\n'
        "effective_from = 2026-01-01\n"
        '[[rule]]\nid = "d"\ncategory = ["x"]\nlead = "grid"\neffective_from = "soon"\n'
    )
    done = shudi("route", table(tmp_path, GOOD), "-b", city, "--rules", rules,
                 "-o", tmp_path / "out.csv")  # fmt: skip
    assert done.code == 2
    assert "5 error(s)" in done.err
    assert done.err.count("line ") >= 5
    assert "Traceback" not in done.err


def test_a_full_disk_leaves_the_old_output(tmp_path: Path, city: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("the old output")
    many = HEADING + "".join(
        f"{number},x,119.295,26.075,WGS84,2026-01-05\n" for number in range(2000)
    )
    path = table(tmp_path, many)
    done = shudi_process("route", path, "-b", city, "-o", out, file_limit=100_000)
    assert one_line(done).startswith("shudi: cannot write")
    assert out.read_text() == "the old output"
    left = sorted(item.name for item in tmp_path.iterdir())
    assert left == ["in.csv", "out.csv", "城.geojson", "城.toml"]


def test_help_is_the_documentation() -> None:
    done = shudi("route", "--help")
    assert done.code == 0
    for option in ("--boundaries", "--as-of", "--crs", "--column", "--output"):
        assert option in done.out


def test_a_bar_on_a_terminal_and_nothing_on_a_pipe(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    from app.cli.progress import progress

    assert list(progress([1, 2, 3], "routing")) == [1, 2, 3]
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert list(progress([1, 2, 3], "routing")) == [1, 2, 3]
    out, err = capsys.readouterr()
    assert out == ""
    assert "routing" in err and "100%" in err
