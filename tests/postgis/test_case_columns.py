"""Cases as columns: what the store holds, read in one piece or many, under a scope or not."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import Engine, text

from geodata.cases import PostgresCaseStore, Scope
from geodata.database import transaction
from geodata.store import case_columns
from geodata.store.case_columns import CaseColumns, read_case_columns
from geodata.store.column_coding import NONE
from routing.casework.cases import CaseState, Move
from routing.casework.workflow import ALLOWED_MOVES
from routing.errors import StoreUnavailable
from tests.postgis.builders import CHANNEL, CST, DISPATCHER, complaint, decision, unlocated

pytestmark = pytest.mark.postgis

HERE, THERE = "350102008", "350102009"


def _row(columns: CaseColumns, number: str) -> dict[str, object]:
    (at,) = np.flatnonzero(columns.number == number)
    coded = {
        name: columns.labels[name][code] if (code := columns.codes[name][at]) != NONE else None
        for name in columns.codes
    }
    return {
        **coded,
        "lon": float(columns.lon[at]),
        "lat": float(columns.lat[at]),
        "radius_m": float(columns.radius_m[at]),
        "day": date(1970, 1, 1) + timedelta(days=int(columns.day[at])),
        "minute": int(columns.minute[at]),
        "overridden": int(columns.overridden[at]),
    }


def _receive(engine: Engine, ref: str, run: object = None, **changes: object) -> str:
    store = PostgresCaseStore(engine)
    case, _ = store.receive(complaint(ref, **changes), ref, run or decision(), **CHANNEL)  # type: ignore[arg-type]
    return case.no


def test_every_column_is_what_was_stored(engine: Engine) -> None:
    placed = _receive(engine, "a", received_at=datetime(2026, 11, 22, 23, 59, 59, tzinfo=CST))
    bare = _receive(engine, "b", unlocated(), category=None, channel="app")
    PostgresCaseStore(engine).move(placed, Move.CONFIRM, version=1, **DISPATCHER)
    columns = read_case_columns(engine)
    assert len(columns) == 2
    assert _row(columns, placed) == {
        "category": "道路破损",
        "channel": "12345",
        "district_code": "350102",
        "subdistrict_code": HERE,
        "community_code": None,
        "grid_code": None,
        "unit_code": "350102-JSJ",
        "lon": 119.2835,
        "lat": 26.0953,
        "radius_m": 20.0,
        "day": date(2026, 11, 22),
        "minute": 23 * 60 + 59,
        "overridden": 0,
    }
    told = _row(columns, bare)
    assert np.isnan([told["lon"], told["lat"], told["radius_m"]]).all()
    assert [told[name] for name in ("category", "unit_code", "district_code")] == [None] * 3
    assert told["overridden"] == -1
    assert columns.as_of.utcoffset() is not None


def test_no_cases_are_columns_of_no_length(engine: Engine) -> None:
    columns = read_case_columns(engine)
    assert len(columns) == 0 and columns.number.tolist() == []
    assert all(labels == () for labels in columns.labels.values())


def test_the_last_decision_counts(engine: Engine) -> None:
    store = PostgresCaseStore(engine)
    moves = {
        "confirmed": ["confirm"],
        "overridden": ["override"],
        "confirmed, then overridden": ["confirm", "override"],
        "overridden, taken back": ["override", "withdraw"],
        "overridden, taken back, confirmed": ["override", "withdraw", "confirm"],
        "confirmed, taken back, overridden": ["confirm", "withdraw", "override"],
    }
    numbers = {name: _receive(engine, name) for name in moves}
    for name, made in moves.items():
        for version, move in enumerate(made, start=1):
            unit = {"unit_code": HERE, "unit_name": "水部街道"} if move == "override" else {}
            store.move(
                numbers[name], Move(move), version=version, reason="核实", **unit, **DISPATCHER
            )
    columns = read_case_columns(engine)
    assert {name: _row(columns, number)["overridden"] for name, number in numbers.items()} == {
        "confirmed": 0,
        "overridden": 1,
        "confirmed, then overridden": 1,
        "overridden, taken back": -1,
        "overridden, taken back, confirmed": 0,
        "confirmed, taken back, overridden": 1,
    }


def test_only_a_decision_leads_out_of_the_queue() -> None:
    """The reader takes a case that is out of the queue and was not overridden for confirmed."""
    out = {one.move for one in ALLOWED_MOVES if one.from_state is CaseState.PENDING}
    assert out == {Move.CONFIRM, Move.OVERRIDE}


def test_a_scope_reads_its_rows_alone(engine: Engine) -> None:
    here = _receive(engine, "here")
    there = _receive(engine, "there", decision(subdistrict=THERE))
    PostgresCaseStore(engine).move(there, Move.CONFIRM, version=1, **DISPATCHER)
    read = {
        "all": read_case_columns(engine),
        "place": read_case_columns(engine, Scope(subdistrict=HERE)),
        "unit": read_case_columns(engine, Scope(unit="350102-JSJ")),
        "nothing": read_case_columns(engine, Scope()),
    }
    assert {name: set(columns.number.tolist()) for name, columns in read.items()} == {
        "all": {here, there},
        "place": {here},
        "unit": {there},
        "nothing": set(),
    }
    # not even a word of what lies outside
    assert read["place"].labels["subdistrict_code"] == (HERE,)
    assert _row(read["unit"], there) == _row(read["all"], there)


def _many(engine: Engine, number: int) -> None:
    """Cases of many values with the rows behind them left out."""
    with transaction(engine) as connection:
        for name in ("case__complaint_id_fkey", "case__decision_id_fkey"):
            connection.execute(text(f"ALTER TABLE case_ DROP CONSTRAINT {name}"))
        connection.execute(
            text(
                """
                INSERT INTO case_ (no, version, state, complaint_id, decision_id, channel, status,
                    confidence, category, grid_code, received_at, point)
                SELECT '20260901-' || lpad(i::text, 6, '0'), 1, 'pending', i, i, '12345', 'routed',
                    0.9, CASE WHEN i % 7 > 0 THEN '类' || i % 7 END, 'g' || i / 3,
                    '2026-09-01 00:00+08'::timestamptz + i * interval '1 hour',
                    ST_SetSRID(ST_MakePoint(119 + i / 1e4, 26), 4326)
                FROM generate_series(1, :n) i
                """
            ),
            {"n": number},
        )


def test_pieces_of_the_table_join_to_the_whole(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _many(engine, 500)
    whole = read_case_columns(engine)
    monkeypatch.setattr(case_columns, "_BLOCKS", 3)
    parts = read_case_columns(engine)
    assert len(whole) == len(parts) == 500
    for columns in (whole, parts):
        order = np.argsort(columns.number)
        i = np.arange(1, 501)
        assert columns.number[order].tolist() == [f"20260901-{n:06d}" for n in i]
        np.testing.assert_allclose(columns.lon[order], 119 + i / 1e4, rtol=0, atol=1e-12)
        hours = columns.day[order] * 24 + columns.minute[order] // 60
        assert (hours - hours[0] == i - 1).all()
        for name, wanted in (
            ("category", [f"类{n % 7}" if n % 7 else None for n in i]),
            ("grid_code", [f"g{n // 3}" for n in i]),
        ):
            labels = columns.labels[name]
            assert len(set(labels)) == len(labels)
            codes = columns.codes[name][order].tolist()
            assert [labels[code] if code != NONE else None for code in codes] == wanted


def test_all_rows_are_of_one_moment(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case that is moved while another piece is read is seen as it was."""
    _many(engine, 300)
    monkeypatch.setattr(case_columns, "_BLOCKS", 2)
    read_piece = case_columns._piece

    def and_change(*given: object) -> object:
        with transaction(engine) as other:
            other.execute(text("UPDATE case_ SET state = 'dispatched'"))
        return read_piece(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(case_columns, "_piece", and_change)
    columns = read_case_columns(engine)
    assert len(columns) == 300 and (columns.overridden == -1).all()


def test_a_lost_connection_is_said_and_the_next_read_works(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _many(engine, 50)
    read_piece = case_columns._piece

    def cut(cursor: object, *given: object) -> object:
        monkeypatch.setattr(case_columns, "_piece", read_piece)
        with transaction(engine) as other:
            other.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        return read_piece(cursor, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(case_columns, "_piece", cut)
    with pytest.raises(StoreUnavailable, match="lost"):
        read_case_columns(engine)
    assert len(read_case_columns(engine)) == 50
