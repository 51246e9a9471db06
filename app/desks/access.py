"""What the desks ask of the services: cases in scope, units by name, who is on duty."""

from __future__ import annotations

from datetime import date

from app import wiring
from app.auth import current_user, scope
from geodata import rules_store
from geodata.cases import PostgresCaseStore
from routing.casework.cases import Move
from routing.model import Unit


def today() -> date:
    return wiring.today()


def store() -> PostgresCaseStore:
    """The cases the signed-in person may see."""
    # The desks also count and map, which is more than the port asks of every store.
    return wiring.services().store(scope())


def categories() -> tuple[str, ...]:
    """The closed list of the rules in force, in its order; where they declare none, what their
    rules name."""
    deps, _ = wiring.services().deps()
    named = (one for rule in deps.rules.rules for one in rule.categories)
    return tuple(deps.rules.categories) or tuple(dict.fromkeys(named))


def move(
    case_no: str,
    what: Move,
    *,
    version: int,
    unit_code: str | None,
    co_units: list[str] | None,
    reason: str,
) -> None:
    """Make one move in the signed-in person's name; errors as ``Services.move`` raises them."""
    who = current_user()
    wiring.services().move(
        scope(),
        case_no,
        what,
        version=version,
        actor=who.login,
        actor_name=who.name,
        role=who.role,
        unit_code=unit_code,
        co_units=co_units,
        reason=reason,
    )


def units() -> list[Unit]:
    """The units that exist today, in the directory's order."""
    now = today()
    return [
        unit
        for unit in wiring.services().units()
        if unit.effective_from <= now and (unit.effective_to is None or now <= unit.effective_to)
    ]


def unit(code: str) -> Unit | None:
    """The unit with this code today."""
    return wiring.services().units().unit(code, today())


def unit_name(code: str) -> str:
    """The unit's name today; the code itself where the directory does not know it."""
    found = unit(code) if code else None
    return found.name if found else code


def duty(code: str) -> tuple[str, str]:
    """Whom to call in a unit today, and the telephone; the unit's own where nobody is listed."""
    for person in rules_store.on_duty(wiring.services().engine, code, today()):
        if person.phone:
            return person.name, person.phone
    found = unit(code) if code else None
    return "", found.phone if found else ""
