"""p values by simulation: fixed number of runs, or given up early on what is not remarkable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from maps.model import Floats
from routing.errors import UserInputError

_SAME = 1e-9
"""Two ratios closer than this are one: a simulation that draws the very same counts is as large,
whatever the order of its sums."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Null:
    """Largest ratios under the null hypothesis."""

    largest: Floats
    """(r,) one per simulation that was run."""
    stopped: bool
    """Given up early because the observed one was not remarkable."""

    def p(self, observed: float) -> float:
        """(1 + #{simulated ≥ observed}) / (r + 1), never 0 (Davison and Hinkley 1997, 4.11).

        Where it was given up early the same formula is a little above #/r of Besag and Clifford
        (1991), so it errs to the side of no alarm.
        """
        reached = int((self.largest >= observed - _SAME).sum())
        return (1 + reached) / (len(self.largest) + 1)


def simulate(
    draw: Callable[[], float], permutations: int, *, observed: float, give_up_after: int | None
) -> Null:
    """Draw the null; with ``give_up_after`` stop as soon as so many reached the observed one."""
    if permutations < 1:
        raise UserInputError(f"permutations={permutations}；至少 1 次，通常 999 次")
    drawn: list[float] = []
    reached = 0
    for _ in range(permutations):
        drawn.append(draw())
        reached += drawn[-1] >= observed - _SAME
        if give_up_after is not None and reached >= give_up_after:
            break
    return Null(largest=np.array(drawn), stopped=len(drawn) < permutations)
