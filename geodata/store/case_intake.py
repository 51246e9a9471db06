"""Receiving complaints, one or thousands, by the same statements and with the same meaning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, column, insert, select, values
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import insert as upsert

from geodata.store.case_rows import complaint_values, document_of, point_of, storable
from geodata.tables import case_, case_event, case_number, complaint, decision
from routing.casework.cases import Move, RoutedDecision
from routing.casework.workflow import AllowedMove, allowed
from routing.errors import UserInputError
from routing.model import Complaint

SHANGHAI = ZoneInfo("Asia/Shanghai")
_BATCH = 1_000  # rows in one round of statements; keeps memory flat for an import of any size

Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """A complaint as it arrives with the machine's first decision."""

    complaint: Complaint
    external_id: str
    """The channel's own number; a pair (channel, external_id) is received once."""
    decision: RoutedDecision
    caller_name_enc: bytes | None = None
    """Encrypted by the application; ``None`` where the caller is unknown."""
    caller_phone_enc: bytes | None = None
    arrived_at: datetime | None = None
    """When it entered the system it is taken over from; ``None`` means now."""

    @property
    def key(self) -> Key:
        return storable(self.complaint.channel), storable(self.external_id)


def receive_rows(
    connection: Connection, rows: Sequence[Received], *, actor: str, actor_name: str
) -> list[tuple[str, bool]]:
    """Store what is new; return (case number, whether it is new) for each row in order.

    A pair of channel and external id seen before, in the table or earlier in ``rows``, gets the
    number it already has, and nothing is changed. Raises UserInputError for an empty external id.
    """
    for row in rows:
        if not row.external_id.strip():
            raise UserInputError(
                f"complaint {row.complaint.id!r} of channel {row.complaint.channel!r} has no "
                "external id; give the channel's own number"
            )
    done: list[tuple[str, bool]] = []
    for start in range(0, len(rows), _BATCH):
        done += _receive_batch(connection, rows[start : start + _BATCH], actor, actor_name)
    return done


def _receive_batch(
    connection: Connection, rows: Sequence[Received], actor: str, actor_name: str
) -> list[tuple[str, bool]]:
    first: dict[Key, Received] = {}
    for row in rows:
        first.setdefault(row.key, row)
    # Sorted, so that two imports of the same rows in another order cannot block each other.
    ids = _insert_complaints(connection, [first[key] for key in sorted(first)])
    new = {key: row for key, row in first.items() if key in ids}
    numbers = _numbers(connection, new)
    _insert_cases(connection, new, ids, numbers, actor, actor_name)
    old = [key for key in first if key not in ids]
    numbers |= _known_numbers(connection, old)
    done, seen = [], set()
    for row in rows:
        done.append((numbers[row.key], row.key in ids and row.key not in seen))
        seen.add(row.key)
    return done


def _insert_complaints(connection: Connection, rows: Sequence[Received]) -> dict[Key, int]:
    told = [
        {
            **complaint_values(row.complaint, row.external_id),
            "caller_name_enc": row.caller_name_enc,
            "caller_phone_enc": row.caller_phone_enc,
        }
        for row in rows
    ]
    made = connection.execute(
        upsert(complaint)
        .on_conflict_do_nothing(index_elements=["channel", "external_id"])
        .returning(complaint.c.id, complaint.c.channel, complaint.c.external_id),
        told,
    )
    return {(row.channel, row.external_id): row.id for row in made}


def _day(row: Received) -> date:
    return (row.complaint.received_at or datetime.now(UTC)).astimezone(SHANGHAI).date()


def _numbers(connection: Connection, new: dict[Key, Received]) -> dict[Key, str]:
    """Give each new case the next number of its day; the day's row is locked until the commit."""
    last = {}
    for day, count in sorted(Counter(_day(row) for row in new.values()).items()):
        statement = upsert(case_number).values(day=day, last=count)
        statement = statement.on_conflict_do_update(
            index_elements=["day"], set_={"last": case_number.c.last + statement.excluded.last}
        )
        reached = connection.execute(statement.returning(case_number.c.last)).scalar_one()
        last[day] = reached - count
    numbers = {}
    for key, row in new.items():  # in the order they came
        day = _day(row)
        last[day] += 1
        numbers[key] = f"{day:%Y%m%d}-{last[day]:06d}"
    return numbers


def _insert_cases(
    connection: Connection,
    new: dict[Key, Received],
    ids: dict[Key, int],
    numbers: dict[Key, str],
    actor: str,
    actor_name: str,
) -> None:
    if not new:
        return
    line = allowed(Move.RECEIVE, None)
    runs = connection.execute(
        insert(decision).returning(decision.c.id, decision.c.complaint_id),
        [_decision_values(row.decision, ids[key]) for key, row in new.items()],
    )
    run_of = {row.complaint_id: row.id for row in runs}
    now = datetime.now(UTC)
    connection.execute(
        insert(case_),
        [
            _case_values(row, line, ids[key], run_of[ids[key]], numbers[key])
            for key, row in new.items()
        ],
    )
    connection.execute(
        insert(case_event),
        [
            {
                "case_no": numbers[key],
                "version": 1,
                "move": line.move.value,
                "state": line.to_state.value,
                "actor": storable(actor),
                "actor_name": storable(actor_name),
                "decision_id": run_of[ids[key]],
                "at": row.arrived_at or now,
            }
            for key, row in new.items()
        ],
    )


def _decision_values(run: RoutedDecision, complaint_id: int) -> dict[str, Any]:
    said = run.recommendation
    return {
        "complaint_id": complaint_id,
        "status": said.status.value,
        "unit_code": storable(said.unit_code),
        "boundary_version": storable(run.boundary_version),
        "gazetteer_version": storable(run.gazetteer_version),
        "rules_version": storable(said.rules_version),
        "as_of": run.as_of,
        "document": document_of(run),
    }


def _case_values(
    row: Received, line: AllowedMove, complaint_id: int, decision_id: int, number: str
) -> dict[str, Any]:
    run, codes = row.decision, row.decision.codes
    return {
        "no": number,
        "version": 1,
        "state": line.to_state.value,
        "complaint_id": complaint_id,
        "decision_id": decision_id,
        "channel": row.key[0],
        "status": run.recommendation.status.value,
        "confidence": run.recommendation.confidence,
        "category": storable(row.complaint.category),
        **{
            f"{level}_code": storable(codes.get(level)) or None
            for level in ("district", "subdistrict", "community", "grid")
        },
        "point": point_of(run),
        "radius_m": run.radius_m,
        "received_at": row.complaint.received_at or datetime.now(UTC),
        "created_at": row.arrived_at or datetime.now(UTC),
        "updated_at": row.arrived_at or datetime.now(UTC),
    }


def _known_numbers(connection: Connection, keys: Sequence[Key]) -> dict[Key, str]:
    if not keys:
        return {}
    asked = values(column("channel", SqlText), column("external_id", SqlText), name="asked").data(
        list(keys)
    )
    found = connection.execute(
        select(complaint.c.channel, complaint.c.external_id, case_.c.no)
        .select_from(complaint.join(case_, case_.c.complaint_id == complaint.c.id))
        .join(
            asked,
            (complaint.c.channel == asked.c.channel)
            & (complaint.c.external_id == asked.c.external_id),
        )
    )
    return {(row.channel, row.external_id): row.no for row in found}
