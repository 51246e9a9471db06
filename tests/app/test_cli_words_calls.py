"""Calls of ``shudi route`` and ``explain`` with ``-g`` that go wrong, and what is told of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.drawn_city import Outcome, shudi, table
from tests.app.town_files import boundaries, csv_gazetteer
from tests.routing.geocoding.town import PLACES


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Boundaries, a gazetteer and one complaint."""
    path = tmp_path_factory.mktemp("town")
    boundaries(path)
    csv_gazetteer(path)
    table(path, "id,text\n1,西洪路59号\n2,路灯不亮\n")
    return path


def route(folder: Path, out: Path, *more: object) -> Outcome:
    """``shudi route`` on the one complaint."""
    on = ["-b", folder / "town.toml", "-g", folder / "names.csv"]
    return shudi("route", folder / "in.csv", *on, "-o", out, *more)


def test_the_summary_names_the_gazetteer(folder: Path, tmp_path: Path) -> None:
    done = route(folder, tmp_path / "out.csv")
    assert "gazetteer names@" in done.err
    assert f"{len(PLACES)} places" in done.err


def test_without_a_gazetteer_words_are_not_read(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    done = shudi("route", folder / "in.csv", "-b", folder / "town.toml", "-o", out)
    assert done.code == 0, done.err
    assert "unlocated 2" in done.err
    told = shudi("explain", "西洪路59号", "-b", folder / "town.toml")
    assert "without -g GAZETTEER" in told.err


BROKEN = {
    "nothing.csv": None,
    "empty.csv": "",
    "headings.csv": "place_id,name,kind,wkt,crs\n",
    "columns.csv": "a,b\n1,2\n",
    "crs.csv": "place_id,name,kind,lon,lat\n1,西洪路,poi,119.3,26.06\n",
    "mars.csv": "place_id,name,kind,lon,lat,crs\n1,西洪路,poi,119.3,26.06,MARS\n",
    "text.geojson": "this is no GeoJSON",
    "broken.gpkg": "this is no GeoPackage",
    "names.doc": "西洪路",
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("command", ["route", "explain"])
def test_an_unusable_gazetteer_ends_with_one_clear_line(
    folder: Path, tmp_path: Path, name: str, command: str
) -> None:
    content = BROKEN[name]
    path = tmp_path / name
    if content is not None:
        path.write_text(content, encoding="utf-8")
    out = tmp_path / "out.csv"
    on = ["-b", folder / "town.toml", "-g", path]
    done = (
        shudi("route", folder / "in.csv", *on, "-o", out)
        if command == "route"
        else shudi("explain", "西洪路59号", *on)
    )
    assert done.code == 2, done
    assert "Traceback" not in done.err
    assert len(done.err.strip().splitlines()) == 1, done.err
    assert name in done.err
    assert not out.exists()
    assert done.out == ""


@pytest.mark.parametrize("city", ["福州", "35", "35010", "abc"])
def test_a_city_that_is_no_code(folder: Path, tmp_path: Path, city: str) -> None:
    done = route(folder, tmp_path / "out.csv", "--city", city)
    assert done.code == 2
    assert len(done.err.strip().splitlines()) == 1
    assert city in done.err
