"""How far back a list of cases goes: the last so many days, or all of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from app import words
from routing.casework.cases import CaseState
from routing.errors import UserInputError

ALL = "all"


def received_from(period: str, today: date) -> dict[str, str]:
    """The filter for a period of ``words.PERIODS``; none for ``all``.

    Today is the last of the days, so 30 days begin 29 days ago. Raises UserInputError for a period
    that is not on the list.
    """
    if period not in words.PERIODS:
        raise UserInputError(f"period {period!r} is none of {sorted(words.PERIODS)}")
    if period == ALL:
        return {}
    return {"received_from": (today - timedelta(days=int(period) - 1)).isoformat()}


def pending_and_recent(filters: dict[str, str], recent: dict[str, str]) -> Iterable[dict[str, str]]:
    """One set of filters per state: what nobody has decided on stays, however old it is."""
    if not recent:
        return [filters]
    return [
        {**filters, "state": state.value, **({} if state is CaseState.PENDING else recent)}
        for state in CaseState
    ]
