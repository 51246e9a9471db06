"""Thousands at once mean the same as one by one."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import pytest
from sqlalchemy import Engine, text

from geodata.cases import PostgresCaseStore, Received
from geodata.database import transaction
from routing.errors import UserInputError
from tests.postgis.builders import CHANNEL, CST, complaint, decision, unlocated

pytestmark = pytest.mark.postgis


def _rows(count: int, *, day: int = 22) -> list[Received]:
    return [
        Received(
            complaint=complaint(
                f"r-{n}",
                text=f"第{n}件",
                received_at=datetime(2026, 11, day + n % 2, 9, tzinfo=CST),
            ),
            external_id=f"B-{n}",
            decision=unlocated() if n % 10 == 0 else decision(),
        )
        for n in range(count)
    ]


def test_in_bulk_as_one_by_one(engine: Engine) -> None:
    rows, store = _rows(30), PostgresCaseStore(engine)
    told = store.receive_many(rows, **CHANNEL)
    assert len(told) == 30 and all(new for _, new in told)
    # numbers of each day count up in the order given
    assert [no for no, _ in told[:4]] == [
        "20261122-000001",
        "20261123-000001",
        "20261122-000002",
        "20261123-000002",
    ]
    for row, (number, _) in zip(rows, told, strict=True):
        case = store.case(number)
        assert (case.complaint, case.decision) == (row.complaint, row.decision)
        again, new = store.receive(row.complaint, row.external_id, row.decision, **CHANNEL)
        assert (again, new) == (case, False)


def test_what_is_there_already_is_left_alone(engine: Engine) -> None:
    store, rows = PostgresCaseStore(engine), _rows(6)
    first = store.receive_many(rows[:3], **CHANNEL)
    changed = dataclasses.replace(rows[0], complaint=complaint("r-0", text="改过"))
    told = store.receive_many([changed, *rows[1:], rows[5]], **CHANNEL)
    assert [new for _, new in told] == [False] * 3 + [True] * 3 + [False]
    assert told[:3] == [(no, False) for no, _ in first]
    assert told[5][0] == told[6][0]
    assert store.case(told[0][0]).complaint.text == "第0件"


def test_all_or_nothing(engine: Engine) -> None:
    store = PostgresCaseStore(engine)
    rows = [*_rows(3), dataclasses.replace(_rows(1)[0], external_id=" ")]
    with pytest.raises(UserInputError, match="external id"):
        store.receive_many(rows, **CHANNEL)
    assert store.counts()["total"] == 0
    assert store.receive_many([], **CHANNEL) == []


def test_the_queue_is_read_by_its_index(engine: Engine) -> None:
    PostgresCaseStore(engine).receive_many(_rows(1_500), **CHANNEL)
    with transaction(engine) as connection:
        connection.execute(text("ANALYZE case_"))
        plan = connection.execute(
            text(
                "EXPLAIN SELECT no FROM case_ ORDER BY queue_rank, queue_confidence, received_at, "
                "no LIMIT 50"
            )
        ).scalars()
        assert "case_queue_idx" in "\n".join(plan)
