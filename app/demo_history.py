"""The demonstration's two years for maps into the database: routed by pin, stored, dispatched."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from multiprocessing import get_context

from app.config import Config
from app.decisions import routed_decision
from app.demonstration import LOADER
from app.wiring import Router, Services
from geodata.cases import PostgresCaseStore
from geodata.demo.history import HistoryCase, build_history
from geodata.demo.names import SUBDISTRICTS
from geodata.demo.partition import build_city
from geodata.store.case_history import PastMove, append_past_moves
from geodata.store.case_intake import Received
from geodata.units import Units
from routing.casework.cases import CaseState, Move, RoutedDecision
from routing.dispatch.recommend import QUEUE
from routing.errors import NotFoundError
from routing.model import Complaint
from routing.pipeline import Deps, route

_AT_ONCE = 1_500
"""Cases of one transaction: 5 MB of decisions, and some twenty parts to share among processes."""
_PROCESSES = 4
"""At most: each loads the boundaries for itself, which takes longer than its share of the rest."""

_SIDES = {
    "温泉—水部": ("350102003", "350102008"),
    "东街—安泰": ("350102004", "350102006"),
}
"""The two subdistricts of each disputed border."""


@dataclass(frozen=True, slots=True)
class _Told:
    """One case of the history with the machine's answer."""

    case: HistoryCase
    complaint: Complaint
    decision: RoutedDecision


def load_history(last_day: date) -> int:
    """Store the history that ends on ``last_day``, all of it dispatched; return how many cases.

    Into the database of this environment, by several processes: deciding is bound by one core.
    What is stored already stays as it is, and is dispatched where it was not yet: a load that was
    cut off is finished by the next one.
    """
    history = build_history(build_city(), last_day)
    parts = list(_parts(history))
    with ProcessPoolExecutor(
        max_workers=min(_PROCESSES, os.cpu_count() or 1, len(parts)),
        mp_context=get_context("spawn"),  # a fork would share the database connections
        initializer=_open,
        initargs=(last_day,),
    ) as pool:
        for _ in pool.map(_load, parts):
            pass  # an error in a part is raised here
    return len(history)


def _parts(history: Sequence[HistoryCase]) -> Iterator[slice]:
    """Whole days: numbers of one day are given by one process, the others need not wait for it."""
    start = 0
    for end in range(1, len(history) + 1):
        ends = end == len(history) or (
            end - start >= _AT_ONCE
            and history[end].received_at.date() != history[end - 1].received_at.date()
        )
        if ends:
            yield slice(start, end)
            start = end


@dataclass(frozen=True, slots=True)
class Worker:
    """What one process loads with."""

    services: Services
    history: Sequence[HistoryCase]
    pins: Deps
    """For complaints with a pin: their words say no more."""
    words: Router

    @classmethod
    def of(cls, services: Services, history: Sequence[HistoryCase]) -> Worker:
        """With the boundaries, rules and names in force now."""
        pins = replace(services.deps()[0], reader=None, calibration=None)
        return cls(services, history, pins, services.router())


_worker: Worker | None = None


def _open(last_day: date) -> None:
    global _worker
    services = Services.from_config(Config.from_env(os.environ))
    _worker = Worker.of(services, build_history(build_city(), last_day))


def _load(part: slice) -> None:
    assert _worker is not None  # _open ran first
    services, units = _worker.services, _worker.services.units()
    told = [
        _told(_worker, number, case)
        for number, case in enumerate(_worker.history[part], start=part.start + 1)
    ]
    store = PostgresCaseStore(services.engine)
    rows = [
        Received(
            complaint=one.complaint,
            external_id=one.complaint.id,
            decision=one.decision,
            arrived_at=one.case.received_at,
        )
        for one in told
    ]
    stored = store.receive_many(rows, actor=f"api:{LOADER}", actor_name="演示数据导入")
    append_past_moves(
        services.engine,
        [
            _past_move(number, one, units)
            for (number, new), one in zip(stored, told, strict=True)
            if new or store.case(number).state is CaseState.PENDING
        ],
    )


def _told(worker: Worker, number: int, case: HistoryCase) -> _Told:
    complaint = worker.services.complaint(
        id=f"HISTORY-{number:06d}",
        text=case.text,
        lon=case.lon,
        lat=case.lat,
        crs="WGS84" if case.lon is not None else None,
        accuracy_m=case.accuracy_m,
        category=case.kind,
        received_at=case.received_at,
        channel=case.channel,
    )
    if case.words_only:
        return _Told(case, complaint, worker.words(complaint, None))
    day = case.received_at.date()
    routed = route(complaint, day, worker.pins)
    decision = routed_decision(complaint, routed.hits, routed.recommendation, day)
    return _Told(case, complaint, decision)


def _past_move(number: str, one: _Told, units: Units) -> PastMove:
    """What the person at the desk did; without chance, so that every load is the same."""
    advice, day = one.decision.recommendation, one.case.received_at.date()
    at = one.case.received_at + timedelta(minutes=2 + int(number[-3:]) * 7 % 45)
    other = _instead(one, units)
    unit = units.unit(other or advice.unit_code, day)
    if unit is None:
        raise NotFoundError(f"unit {other or advice.unit_code!r} is not in the demonstration")
    reason = "" if other is None else "属地不符：现场核实后改派"
    if advice.unit_code == QUEUE:
        reason = "与诉求人核实地址后派单"
    return PastMove(
        case_no=number,
        move=Move.CONFIRM if other is None else Move.OVERRIDE,
        at=at,
        actor="dispatcher",
        actor_name="演示派单员",
        unit_code=unit.code,
        unit_name=unit.name,
        co_units=() if other else advice.co_units,
        reason=reason,
    )


def _instead(one: _Told, units: Units) -> str | None:
    """The unit a person named; ``None`` where the recommended one was confirmed."""
    advice, codes = one.decision.recommendation, one.decision.codes
    day = one.case.received_at.date()
    if advice.unit_code == QUEUE:  # the machine named nobody
        return (
            codes.get("subdistrict")
            or SUBDISTRICTS[int(one.complaint.id[-6:]) % len(SUBDISTRICTS)].code
        )
    if one.case.instead is None:
        return None
    if one.case.instead in _SIDES:
        left, right = _SIDES[one.case.instead]
        return right if codes.get("subdistrict") == left else left
    offered = (advice.runner_up_unit, advice.fallback_unit, *advice.co_units)
    return next(
        (
            code
            for code in offered
            if code and code not in (advice.unit_code, QUEUE) and units.unit(code, day)
        ),
        None,
    )
