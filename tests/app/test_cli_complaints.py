"""``shudi complaints import``: into the database, once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine

from geodata.cases import PostgresCaseStore
from tests.app.drawn_city import shudi, table
from tests.web import town

pytestmark = pytest.mark.postgis

HEADING = "id,text,lon,lat,crs,received_at,channel\n"
ROWS = (
    "A1,路灯不亮,119.305,26.085,WGS84,2026-01-05T08:30:00,12345\n"
    "A2,漏水,119.325,26.085,WGS84,,app\n"
    "A3,没有坐标,,,,,12345\n"
    "A4,写反了,26.085,119.305,WGS84,,12345\n"
)


@pytest.fixture
def town_engine(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Engine:
    town.build(engine)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SHUDI_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("SHUDI_DATA_KEY", Fernet.generate_key().decode())
    return engine


def test_rows_become_cases_once(tmp_path: Path, town_engine: Engine) -> None:
    path = table(tmp_path, HEADING + ROWS)
    first = shudi("complaints", "import", path)
    assert (first.code, first.out) == (0, "3 new cases, 0 already there, 1 rows invalid\n"), first
    assert "写反了" in first.err
    again = shudi("complaints", "import", table(tmp_path, HEADING + ROWS + "A5,新,,,,,app\n"))
    assert again.out == "1 new cases, 3 already there, 1 rows invalid\n"
    page, _ = PostgresCaseStore(town_engine).cases({}, limit=10)
    by_id = {case.complaint.id: case for case in page}
    assert sorted(by_id) == ["A1", "A2", "A3", "A5"]
    assert by_id["A1"].complaint.received_at == datetime.fromisoformat("2026-01-05T08:30:00+08:00")
    advised = {name: case.decision.recommendation.unit_code for name, case in by_id.items()}
    assert (advised["A1"], advised["A2"], advised["A3"]) == ("W-1", "E-1", "QUEUE")


def test_a_row_without_any_channel_stops_before_anything_is_stored(
    tmp_path: Path, town_engine: Engine
) -> None:
    path = table(tmp_path, "id,text,channel\nA1,漏水,app\nA2,停电,\n")
    done = shudi("complaints", "import", path)
    assert done.code == 2
    assert "row 2 (id 'A2') names no channel; give --channel" in done.err
    assert PostgresCaseStore(town_engine).cases({}, limit=10) == ([], None)
    assert shudi("complaints", "import", path, "--channel", "12345").out.startswith("2 new cases")
