"""The map as one file: by its address and by the command, the same numbers, nothing asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.analysis.map_file import LAYERS
from app.cli.hotspots import hotspots_command
from tests.web.analysis import city
from tests.web.analysis.office import Office, Seat

pytestmark = pytest.mark.postgis


def _page(seat: Seat, **query: str) -> str:
    answer = seat.client.get("/analysis/map.html", query_string=query)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:400]
    assert "attachment" in answer.headers["Content-Disposition"]
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_is_whole_and_asks_nobody(analyst: Seat, layer: str) -> None:
    text = _page(analyst, layer=layer)
    assert re.findall(r"https?://", text) == []
    assert city.VERSION in text
    assert "L.map(" in text and "<script>alert" not in text


def test_the_hot_community_is_hot_and_says_how_it_was_tested(analyst: Seat) -> None:
    text = _page(analyst, layer="hotspots", method="gi", level="grid")
    for said in ("Getis-Ord Gi*", "零假设", "Benjamini–Hochberg", "投诉量不等于问题量"):
        assert said in text
    assert re.search(r"\\u70ed\\u70b9\\uff089[059]%", text)  # 热点（9…%） in a tooltip


def test_street_staff_get_their_own_ground_only(office: Office) -> None:
    text = _page(office.seat("west"), layer="jurisdictions")
    west, east = "西街道".encode("unicode_escape"), "东街道".encode("unicode_escape")
    assert west.decode() in text and east.decode() not in text


def test_an_unknown_layer_is_refused_with_what_there_is(analyst: Seat) -> None:
    answer = analyst.client.get("/analysis/map.html?layer=heat", headers={"Accept": "text/html"})
    assert answer.status_code == 422


def test_the_command_writes_a_file(
    city_template: str, make_office: Callable[[str], Office], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    office = make_office(city_template)
    url = office.services.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url.replace("+psycopg", ""))
    out = tmp_path / "热点.html"
    done = CliRunner().invoke(hotspots_command, ["-o", str(out)], catch_exceptions=False)
    assert done.exit_code == 0
    assert re.fullmatch(rf"{out}: \d\.\d\d MB, \d+ cases\n", done.stdout)
    assert out.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert list(tmp_path.iterdir()) == [out]  # no temporary file is left


def test_the_command_refuses_in_one_line(
    city_template: str, make_office: Callable[[str], Office], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    office = make_office(city_template)
    url = office.services.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url.replace("+psycopg", ""))
    out = tmp_path / "map.html"
    wrong = ["-o", str(out), "--from", "2026-03-01", "--to", "2026-02-01"]
    done = CliRunner().invoke(hotspots_command, wrong)
    assert "2026-03-01" in str(done.exception) and "颠倒" in str(done.exception)
    assert not out.exists()
