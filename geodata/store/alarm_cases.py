"""The cases behind an alarm, as far as the viewer's scope shows them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine

from geodata.database import Scope, transaction
from geodata.store.case_rows import CASES, case_of, storable
from geodata.tables import case_
from routing.casework.cases import Case


def cases_of_alarm(
    engine: Engine, scope: Scope | None, numbers: Sequence[str], *, limit: int
) -> list[Case]:
    """Return the cases with these numbers, newest first, at most ``limit``.

    One that the scope does not include, or that no longer exists, is absent. Raises
    StoreUnavailable where the database is gone.
    """
    wanted = CASES.where(case_.c.no.in_([storable(one) for one in numbers])).order_by(
        case_.c.received_at.desc(), case_.c.no.desc()
    )
    with transaction(engine, scope=scope) as connection:
        return [case_of(row) for row in connection.execute(wanted.limit(limit))]
