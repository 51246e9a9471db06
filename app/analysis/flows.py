"""From the unit the machine advised to the unit people decided: counted in the database.

The columns of a snapshot hold the unit now responsible, not the one advised, which stands with the
decision. The database is asked under the viewer's scope, so other people's rows are not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, func, select

from app import wiring
from app.analysis.sight import Sight
from geodata.database import transaction
from geodata.tables import case_, decision
from maps.misroutes import Flow
from routing.casework.cases import CaseState


def flows(seen: Sight) -> list[Flow]:
    """Return the pairs of units with their cases, most first, of dispatched cases whose unit is
    not the one advised; none where there are none. Raises StoreUnavailable without a database."""
    n = func.count().label("n")
    asked = (
        select(decision.c.unit_code.label("advised"), case_.c.unit_code.label("decided"), n)
        .select_from(case_.join(decision, case_.c.decision_id == decision.c.id))
        .where(
            case_.c.state == CaseState.DISPATCHED.value,
            case_.c.unit_code != decision.c.unit_code,
            *_conditions(seen),
        )
        .group_by(decision.c.unit_code, case_.c.unit_code)
        .order_by(n.desc(), decision.c.unit_code, case_.c.unit_code)
    )
    with transaction(wiring.services().engine, scope=seen.scope) as connection:
        return [
            Flow(advised=row.advised, decided=row.decided, n=row.n)
            for row in connection.execute(asked)
        ]


def _conditions(seen: Sight) -> Sequence[ColumnElement[bool]]:
    """The view's filters, as the snapshot's columns apply them."""
    asked = seen.view.filters
    wanted = [
        case_.c.received_at >= _midnight(asked.window.start),
        case_.c.received_at < _midnight(asked.window.end),
    ]
    if asked.kinds:
        wanted.append(case_.c.category.in_(sorted(asked.kinds)))
    if asked.channels:
        wanted.append(case_.c.channel.in_(sorted(asked.channels)))
    if asked.within is not None:
        level, code = asked.within
        wanted.append(case_.c[f"{level.value}_code"] == code)
    return wanted


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=wiring.LOCAL_TIME)
