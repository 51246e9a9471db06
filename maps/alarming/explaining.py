"""Of all series above their bound, the ones that say it at the lowest level that explains it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from maps.alarming.judging import Judge, Judged
from maps.alarming.methods import EARS_DAY
from maps.alarming.past import Past
from maps.alarming.settings import LEVELS, WEEK
from maps.model import Bools
from routing.model import JurisdictionLevel


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A test above its bound."""

    level: JurisdictionLevel
    judged: Judged


@dataclass(frozen=True, kw_only=True, slots=True)
class Explained:
    """An alarm that stays, with the cases that make it."""

    found: Found
    rows: Bools
    """(n,) its cases in the period, without those that an alarm below it already names."""
    rest: Judged | None
    """What is judged of the rest; ``None`` where nothing below it alarms."""

    @property
    def judged(self) -> Judged:
        """The numbers the alarm stands on: of the rest, where there is one."""
        return self.rest or self.found.judged


def period(past: Past, method: str) -> int:
    """First day of the step that a method judges; the last is ``past.day``."""
    return past.day if method == EARS_DAY else past.day - WEEK + 1


def lowest(
    past: Past,
    judges: Mapping[JurisdictionLevel, Judge],
    found: Sequence[Found],
    largest_p: float,
) -> tuple[list[Explained], int]:
    """Return the alarms that stay and how many were explained by one below.

    Finest level first, one kind before all together, the least likely first. What an alarm covers
    (its jurisdiction and kind, over all days) is taken away from those that come after it: they
    stay only if the rest is above its bound too, with p ≤ ``largest_p``, the largest that was
    significant in the day's batch.
    """
    covered = np.zeros(len(past.cases), dtype=bool)
    kept: list[Explained] = []
    silenced = 0

    def order(one: Found) -> tuple[int, bool, float, int]:
        own = judges[one.level].series
        return (
            LEVELS.index(one.level),
            own.kind_place(one.judged.key) < 0,
            one.judged.p,
            (one.judged.key),
        )

    for one in sorted(found, key=order):
        judge = judges[one.level]
        rows = judge.series.rows(one.judged.key)
        now = rows & (past.cases.day >= period(past, one.judged.method))
        now &= past.cases.day <= past.day
        rest = None
        if (now & covered).any():
            rest = judge.again(one.judged, ~covered)
            if not (
                rest.above and rest.p <= largest_p and rest.observed >= past.settings.min_cases
            ):
                silenced += 1
                continue
        kept.append(Explained(found=one, rows=now & ~covered, rest=rest))
        covered |= rows
    return kept, silenced
