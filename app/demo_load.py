"""The demonstration city into the database: borders, units, rules, accounts, 3,000 cases, and two
years of further ones for maps.

Everything goes the way real data goes: staged, checked, activated, routed and stored by the same
functions. Each step can be repeated, so a load that was cut off is finished by the next one.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from app.alarms import run_day
from app.config import Config
from app.demo_history import load_history
from app.demonstration import LOADER
from app.wiring import Services, today
from geodata import database, versions
from geodata.calendar import store_calendar
from geodata.calendar_files import read_calendar
from geodata.cases import PostgresCaseStore
from geodata.demo import DemoFiles, write_demo
from geodata.demo.names import NOTICE
from geodata.denominator_files import read_denominators
from geodata.denominators import store_denominators
from geodata.gazetteer import read_gazetteer
from geodata.read import read_source
from geodata.rules_store import DutyPerson, store_duty, store_rules, store_units
from geodata.store import gazetteer_versions
from geodata.store.case_history import PastMove, append_past_moves
from geodata.store.case_intake import Received
from geodata.units import Units, read_units
from routing.casework.cases import CaseState, Move, RoutedDecision
from routing.dispatch.recommend import QUEUE
from routing.dispatch.rules import RuleSet
from routing.errors import UserInputError
from routing.model import Complaint, DecisionStatus, UnitKind

RECENT = 160
"""Cases left for the desk: the latest ones, as a morning's queue; all older ones are dispatched."""

ALARMS_OF = 5
"""Days before today whose early warning is shown: the history's burst rises within them."""

HANDED_ON_BY = "350102-ZHZX"
"""The centre that hands on what belongs to another district."""

ACCOUNTS = (
    ("dispatcher", "演示派单员", "dispatcher", None, None),
    ("hongshan", "演示洪山镇工作人员", "street", "350102100", "350102100"),
    ("jianshe", "演示区建设局工作人员", "department", "350102-JSJ", None),
    ("analyst", "演示分析员", "analyst", None, None),
    ("supervisor", "演示督办员", "supervisor", None, None),
    ("admin", "演示管理员", "admin", None, None),
)
"""Login, name, role, unit, subdistrict of each demonstration account."""


def load_demo(*, history: bool = True) -> None:
    """Load the city into the database of this environment; ``history`` is what maps are made from.

    The history ends yesterday, so that the last weeks of the maps are never empty. The accounts'
    password is SHUDI_NEW_PASSWORD. Raises UserInputError outside demonstration
    mode: invented cases and known accounts have no place in a deployment.
    """
    config = Config.from_env(os.environ)
    if not config.demo:
        raise UserInputError("demo load needs SHUDI_DEMO=1; it would put invented cases here")
    password = os.environ.get("SHUDI_NEW_PASSWORD", "")
    if not password:
        raise UserInputError("demo load needs a password for its accounts in SHUDI_NEW_PASSWORD")
    services = Services.from_config(config)
    database.migrate(services.engine)
    with tempfile.TemporaryDirectory(prefix="shudi-demo-") as folder:
        files = write_demo(folder)
        units = _reference_data(services, files)
        stored = _cases(services, files, units)
    if history:
        stored += load_history(today() - timedelta(days=1))
        for back in range(ALARMS_OF, 0, -1):
            run_day(services, today() - timedelta(days=back))
    for login, name, role, unit_code, subdistrict in ACCOUNTS:
        unit = units.unit(unit_code, today()) if unit_code else None
        services.accounts.save(
            login=login,
            name=name,
            role=role,
            password=password,
            by=LOADER,
            unit_code=unit_code,
            unit_name=unit.name if unit else None,
            subdistrict_code=subdistrict,
            demo=True,
        )
    services.engine.dispose()
    click.echo(f"{NOTICE}: {stored} cases, {len(ACCOUNTS)} accounts")


def _reference_data(services: Services, files: DemoFiles) -> Units:
    """Units, duty roster, rules and boundaries; the boundaries are put in force."""
    engine = services.engine
    units = read_units(files.units)
    store_units(engine, units, by=LOADER)
    store_duty(engine, list(_duty(files.duty)), by=LOADER)
    text = files.rules.read_text(encoding="utf-8")
    codes = {unit.code for unit in units}
    rules = RuleSet.parse(text, files.rules.name, units=codes)
    loaded = read_source(files.source)
    begins = loaded.source.effective_from
    store_rules(engine, version=rules.version, toml=text, effective_from=begins, by=LOADER)
    staged = versions.stage(engine, loaded, LOADER, units=codes)
    known = next(v for v in versions.list_versions(engine) if v.id == staged)
    if known.state == "staged":
        versions.activate(engine, staged, begins, LOADER)
    names = gazetteer_versions.stage(engine, read_gazetteer(files.gazetteer), LOADER)
    gazetteer_versions.activate(engine, names, begins, LOADER)
    codes_of: dict[str, set[str]] = {}
    for area in loaded.jurisdictions:
        codes_of.setdefault(area.level.value, set()).add(area.code)
    divisors = read_denominators(files.denominators, codes_of, today())
    store_denominators(engine, divisors.values, by=LOADER)
    store_calendar(engine, read_calendar(files.calendar).days, by=LOADER)
    return Units(units)


def _duty(path: Path) -> Iterator[DutyPerson]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield DutyPerson(
                unit_code=row["unit_code"],
                name=f"{row['name']}（{row['role']}）",
                phone="",
                starts_on=date.fromisoformat(row["from"]),
                ends_on=date.fromisoformat(row["to"]) if row["to"] else date.max,
            )


@dataclass(frozen=True, slots=True)
class _Told:
    """One complaint of the file with the machine's answer."""

    complaint: Complaint
    decision: RoutedDecision


def _cases(services: Services, files: DemoFiles, units: Units) -> int:
    """Route and store all complaints; dispatch all but the latest."""
    decide = services.router()
    told = [_Told(c, decide(c, None)) for c in _complaints(services, files.complaints)]
    told.sort(key=lambda one: _received(one.complaint))
    store = PostgresCaseStore(services.engine)
    rows = [
        Received(
            complaint=one.complaint,
            external_id=one.complaint.id,
            decision=one.decision,
            arrived_at=_received(one.complaint),
        )
        for one in told
    ]
    numbers = store.receive_many(rows, actor=f"api:{LOADER}", actor_name="演示数据导入")
    truth = _truth(files.truth)
    waiting = _waiting(services)
    past = [
        _past_move(number, one, truth, units)
        for (number, _), one in list(zip(numbers, told, strict=True))[:-RECENT]
        if number in waiting
    ]
    append_past_moves(services.engine, past)
    return len(rows)


def _waiting(services: Services) -> set[str]:
    """Numbers of the cases nobody has moved yet; after a load that was cut off, not all of them."""
    found: set[str] = set()
    after: str | None = None
    while True:
        page, after = services.store(None).cases(
            {"state": CaseState.PENDING.value}, limit=500, after=after
        )
        found |= {case.no for case in page}
        if after is None:
            return found


def _complaints(services: Services, path: Path) -> Iterator[Complaint]:
    """The file's rows; a coordinate that names no place leaves the complaint to its words."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            pin = {
                "lon": float(row["lon"]) if row["lon"] else None,
                "lat": float(row["lat"]) if row["lat"] else None,
                "accuracy_m": float(row["accuracy_m"]) if row["accuracy_m"] else None,
            }
            if pin["lon"] == 0 and pin["lat"] == 0:
                pin = dict.fromkeys(pin)
            yield services.complaint(
                id=row["id"],
                text=row["text"],
                crs=row["crs"] or None,
                category=row["category"] or None,
                received_at=datetime.fromisoformat(row["received_at"]),
                channel=row["channel"],
                **pin,
            )


def _truth(path: Path) -> Mapping[str, tuple[str, Sequence[str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            row["id"]: (row["true_unit"], [c for c in row["also_right"].split(";") if c])
            for row in csv.DictReader(file)
        }


def _past_move(
    number: str,
    one: _Told,
    truth: Mapping[str, tuple[str, Sequence[str]]],
    units: Units,
) -> PastMove:
    """What a careful dispatcher would have done."""
    advice = one.decision.recommendation
    right, also_right = truth[one.complaint.id]
    received = _received(one.complaint)
    # minutes a dispatcher took: spread without chance, so that every load is the same
    wait = timedelta(minutes=2 + int(number[-3:]) * 7 % 45)
    agrees = advice.unit_code in (right, *also_right) and advice.unit_code != QUEUE
    unit = units.unit(advice.unit_code if agrees else right, received.date())
    if unit is None or unit.kind is UnitKind.QUEUE:  # another city's: handed on by the centre
        agrees, unit = False, units.unit(HANDED_ON_BY, received.date())
    assert unit is not None  # the demonstration has a centre at all times
    return PastMove(
        case_no=number,
        move=Move.CONFIRM if agrees else Move.OVERRIDE,
        at=received + wait,
        actor="dispatcher",
        actor_name="演示派单员",
        unit_code=unit.code,
        unit_name=unit.name,
        co_units=advice.co_units if agrees else (),
        reason="" if agrees else _why(advice.status),
    )


def _why(status: DecisionStatus) -> str:
    if status is DecisionStatus.UNLOCATED:
        return "与诉求人核实地址后派单"
    if status is DecisionStatus.OUTSIDE:
        return "不属本区管辖，由指挥中心转办"
    return "属地不符：现场核实后改派"


def _received(complaint: Complaint) -> datetime:
    assert complaint.received_at is not None  # every row of the demonstration has one
    return complaint.received_at
