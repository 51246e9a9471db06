"""Cases in PostgreSQL: each call one transaction, each change one appended event."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from geodata.database import Scope, enter_scope, leave_scope, transaction
from geodata.store import case_queue
from geodata.store.case_intake import SHANGHAI, Received, receive_rows
from geodata.store.case_queue import MapCase
from geodata.store.case_rows import CASES, EVENTS, case_of, event_of, storable
from geodata.tables import case_, case_event, complaint, personal_data_read
from routing.casework.cases import Case, CaseEvent, CaseState, Move, RoutedDecision
from routing.casework.workflow import allowed, check_move
from routing.errors import MoveConflict, NotFoundError, UserInputError
from routing.model import Complaint

__all__ = ["MapCase", "PostgresCaseStore", "Received", "Scope", "SealedCaller"]

_QUEUE = "QUEUE"  # 人工研判队列: the unit code where nobody can be named


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedCaller:
    """A caller's name and telephone, still encrypted; ``None`` where unknown."""

    name_enc: bytes | None
    phone_enc: bytes | None


class PostgresCaseStore:
    """``routing.ports.CaseStore`` on PostGIS, seen through a scope.

    With a scope only its rows exist, by row-level security: everything else raises NotFoundError
    or is absent. Every method raises StoreUnavailable where the database is gone; then nothing is
    half-done and the same call can be made again.
    """

    def __init__(
        self,
        engine: Engine,
        scope: Scope | None = None,
        *,
        before_commit: Callable[[], None] | None = None,
    ) -> None:
        """``before_commit`` runs when a change is written but not committed; tests break there."""
        self._engine = engine
        self._scope = scope
        self._before_commit = before_commit

    def receive(
        self,
        complaint: Complaint,
        external_id: str,
        decision: RoutedDecision,
        *,
        actor: str,
        actor_name: str,
        caller_name_enc: bytes | None = None,
        caller_phone_enc: bytes | None = None,
    ) -> tuple[Case, bool]:
        """Store the complaint with its first decision; see the port.

        The caller's name and telephone come encrypted; a repeat does not change them either.
        """
        row = Received(
            complaint=complaint,
            external_id=external_id,
            decision=decision,
            caller_name_enc=caller_name_enc,
            caller_phone_enc=caller_phone_enc,
        )
        with transaction(self._engine) as connection:
            [(number, new)] = receive_rows(connection, [row], actor=actor, actor_name=actor_name)
            case = _read(connection, number)
            self._hook()
        return case, new

    def receive_many(
        self, rows: Sequence[Received], *, actor: str, actor_name: str
    ) -> list[tuple[str, bool]]:
        """Store all rows in one transaction, or none of them.

        Returns (case number, whether it is new) for each row in order; means the same as calling
        ``receive`` for each.
        """
        with transaction(self._engine) as connection:
            done = receive_rows(connection, rows, actor=actor, actor_name=actor_name)
            self._hook()
        return done

    def move(
        self,
        case_no: str,
        move: Move,
        *,
        version: int,
        actor: str,
        actor_name: str,
        role: str,
        unit_code: str | None = None,
        unit_name: str | None = None,
        co_units: Sequence[str] | None = None,
        reason: str = "",
    ) -> Case:
        """Append one event and move the pointer; see the port.

        A confirmation takes unit and co-handlers from the decision; naming another unit in it
        raises UserInputError, because that is an override and needs a reason.
        """
        reason = storable(reason)
        with transaction(self._engine) as connection:
            now = self._lock(connection, case_no)
            if now.version != version:
                repeat = _is_repeat(connection, case_no, version, move, actor, unit_code, reason)
                if repeat:
                    return _read(connection, case_no)
                raise _conflict(connection, now)
            line = allowed(move, CaseState(now.state))
            check_move(line, role=role, reason=reason, unit_code=unit_code)
            case = _read(connection, case_no)
            unit, name, helpers = _assigned(case, move, unit_code, unit_name, co_units)
            at = connection.execute(
                insert(case_event)
                .values(
                    case_no=case_no,
                    version=version + 1,
                    move=move.value,
                    state=line.to_state.value,
                    actor=storable(actor),
                    actor_name=storable(actor_name),
                    unit_code=unit,
                    unit_name=name,
                    co_units=helpers,
                    reason=reason,
                )
                .returning(case_event.c.at)
            ).scalar_one()
            connection.execute(
                update(case_)
                .where(case_.c.no == case_no)
                .values(
                    version=version + 1,
                    state=line.to_state.value,
                    unit_code=unit,
                    unit_name=name,
                    co_units=helpers,
                    updated_at=at,
                )
            )
            moved = _read(connection, case_no)
            self._hook()
        return moved

    def case(self, case_no: str) -> Case:
        """One case; NotFoundError where there is none, or the scope does not include it."""
        with transaction(self._engine, scope=self._scope) as connection:
            return _read(connection, case_no)

    def events(self, case_no: str) -> tuple[CaseEvent, ...]:
        """Its history, oldest first; NotFoundError as ``case``."""
        with transaction(self._engine, scope=self._scope) as connection:
            rows = connection.execute(EVENTS.where(case_event.c.case_no == storable(case_no))).all()
        if not rows:
            raise _unknown(case_no)
        return tuple(event_of(row) for row in rows)

    def cases(
        self, filters: Mapping[str, str], *, limit: int, after: str | None = None
    ) -> tuple[Sequence[Case], str | None]:
        """A page in the order of the queue, and the next mark; filters: ``case_queue.FILTERS``."""
        with transaction(self._engine, scope=self._scope) as connection:
            return case_queue.page(connection, filters, limit=limit, after=after)

    def counts(self, filters: Mapping[str, str] | None = None) -> dict[str, int]:
        """How many cases per state, per ``state:status``, ``needs_person`` and ``total``."""
        with transaction(self._engine, scope=self._scope) as connection:
            return case_queue.counts(connection, filters or {})

    def cases_for_map(
        self, subdistrict: str | None = None, *, limit: int = 5_000, **filters: str
    ) -> list[MapCase]:
        """Cases with a point as marks, of one subdistrict or of all the scope shows."""
        if subdistrict is not None:
            filters["subdistrict"] = subdistrict
        with transaction(self._engine, scope=self._scope) as connection:
            return case_queue.on_map(connection, filters, limit=limit)

    def sealed_caller(self, case_no: str) -> SealedCaller:
        """The caller still encrypted, to be shown masked; leaves no trace."""
        with transaction(self._engine) as connection:
            self._lock(connection, case_no, for_update=False)
            return _sealed(connection, case_no)

    def reveal_caller(self, case_no: str, *, actor: str, purpose: str = "") -> SealedCaller:
        """The caller, to be shown in clear; who looked, and when, is recorded in the same step."""
        with transaction(self._engine) as connection:
            self._lock(connection, case_no, for_update=False)
            connection.execute(
                insert(personal_data_read).values(
                    case_no=case_no, actor=storable(actor), purpose=storable(purpose)
                )
            )
            return _sealed(connection, case_no)

    def _lock(self, connection: Connection, case_no: str, *, for_update: bool = True) -> Row[Any]:
        """Return the pointer row, locked; NotFoundError where the scope does not include it."""
        wanted = select(case_).where(case_.c.no == storable(case_no))
        if self._scope is not None:
            enter_scope(connection, self._scope)
            seen = connection.execute(wanted).one_or_none()
            leave_scope(connection)
            if seen is None:
                raise _unknown(case_no)
        row = connection.execute(wanted.with_for_update() if for_update else wanted).one_or_none()
        if row is None:
            raise _unknown(case_no)
        return row

    def _hook(self) -> None:
        if self._before_commit is not None:
            self._before_commit()


def _read(connection: Connection, case_no: str) -> Case:
    row = connection.execute(CASES.where(case_.c.no == storable(case_no))).one_or_none()
    if row is None:
        raise _unknown(case_no)
    return case_of(row)


def _unknown(case_no: str) -> NotFoundError:
    return NotFoundError(f"no case {case_no[:40]!r} here; check the number")


def _sealed(connection: Connection, case_no: str) -> SealedCaller:
    row = connection.execute(
        select(complaint.c.caller_name_enc, complaint.c.caller_phone_enc)
        .join(case_, case_.c.complaint_id == complaint.c.id)
        .where(case_.c.no == case_no)
    ).one()
    return SealedCaller(name_enc=row.caller_name_enc, phone_enc=row.caller_phone_enc)


def _assigned(
    case: Case,
    move: Move,
    unit_code: str | None,
    unit_name: str | None,
    co_units: Sequence[str] | None,
) -> tuple[str | None, str | None, list[str]]:
    """Return who is responsible after the move: unit, its name, co-handlers."""
    advice = case.decision.recommendation
    if move is Move.WITHDRAW:
        return None, None, []
    if move is Move.CONFIRM:
        if unit_code not in (None, "", advice.unit_code):
            raise UserInputError(
                f"confirm means the recommended unit {advice.unit_code!r}, not {unit_code!r}; "
                "override, with a reason, gives the case to another unit"
            )
        if advice.unit_code == _QUEUE:
            raise UserInputError(
                f"case {case.no} has no recommended unit to confirm; override names one"
            )
        helpers = advice.co_units if co_units is None else co_units
        return advice.unit_code, advice.unit_name, storable(list(helpers))
    return storable(unit_code), storable(unit_name or unit_code), storable(list(co_units or ()))


def _is_repeat(
    connection: Connection,
    case_no: str,
    version: int,
    move: Move,
    actor: str,
    unit_code: str | None,
    reason: str,
) -> bool:
    """Whether this very move was made on this version by this actor: an answer that got lost."""
    made = connection.execute(
        EVENTS.where(case_event.c.case_no == case_no, case_event.c.version == version + 1)
    ).one_or_none()
    return (
        made is not None
        and made.move == move.value
        and made.actor == storable(actor)
        and made.reason == reason
        and (not unit_code or made.unit_code == storable(unit_code))
    )


def _conflict(connection: Connection, now: Row[Any]) -> MoveConflict:
    last = connection.execute(
        EVENTS.where(case_event.c.case_no == now.no, case_event.c.version == now.version)
    ).one()
    unit = f" to {last.unit_name}" if last.unit_name else ""
    return MoveConflict(
        f"case {now.no} was moved first: {last.move}{unit} by {last.actor_name} "
        f"at {last.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}; it is at version {now.version} now, "
        "look again",
        {
            "state": now.state,
            "version": now.version,
            "move": last.move,
            "unit_code": now.unit_code,
            "unit_name": now.unit_name,
            "actor": last.actor,
            "actor_name": last.actor_name,
            "at": last.at.astimezone(SHANGHAI).isoformat(),
        },
    )
